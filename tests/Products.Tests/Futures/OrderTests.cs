using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Admission, reduce-only orders and amends of contracts (matching sections 2, 6, 8-10; F-107, F-150…F-157).</summary>
public class OrderTests
{
    [Fact]
    public void FX_14_F_106_F_107_order_margin_is_the_larger_side_and_comes_out_of_what_is_available()
    {
        var e = Ready("1000");
        e.Leverage("A", 20, cross: true);
        e.Place("A", 200, "83000");
        e.Place("A", -100, "85000");
        Assert.Equal(("85.49", "914.51"), (e.Risk("A").OrderMargin.ToString(), e.Risk("A").Available.ToString()));
        e.Accept("", new SetContractFees { User = e["A"], MakerFee = 0, TakerFee = 0 });
        e.Trade("B", "A", 50, "84000");
        Assert.Equal(("21.315", "85.49", "893.195"), (e.Risk("A").InitialMargin.ToString(), e.Risk("A").OrderMargin.ToString(), e.Risk("A").Available.ToString()));
        var rest = e.Risk("A").Available;
        // 85.49 for 200: what is left affords 2,089 more, rounded down.
        Assert.Equal(FuturesRefusal.InsufficientAvailable, e.Refused("A", e.Order(2_090, "83000")));
        e.Place("A", 2_089, "83000");
        Assert.True(e.Risk("A").Available < M("0.43") && e.Risk("A").Available >= Money.Zero, $"{rest} {e.Risk("A").Available}");
    }

    [Fact]
    public void F_106_the_position_takes_its_part_of_the_other_side_first()
    {
        var e = Ready("1000");
        e.Leverage("A", 20, cross: true);
        e.Trade("B", "A", 100, "84000");
        var available = e.Risk("A").Available;
        e.Place("A", -100, "84500");
        Assert.Equal(available, e.Risk("A").Available);              // closes what there is
        e.Place("A", -30, "84600");
        Assert.Equal(M("13.0802175"), e.Risk("A").OrderMargin);        // 30 · 8.46 · (1/20 + 0.0015 + 0.0000375), of the worse price
        e.Place("A", -50, "84400");                                 // a better price meets the position first
        Assert.True(e.Risk("A").OrderMargin > M("34"), e.Risk("A").OrderMargin.ToString());
    }

    [Fact]
    public void F_107_what_the_position_frees_on_one_side_does_not_pay_for_the_other()
    {
        var e = Ready("90");
        e.Leverage("A", 20, cross: true);
        e.Trade("B", "A", 100, "84000");
        e.Place("A", -100, "84500");
        e.Place("A", -50, "84600");                                 // 21.80 asked, 65 if the position took nothing of the other
        Assert.True(e.Risk("A").Available > M("24") && e.Risk("A").Available < M("26"), e.Risk("A").Available.ToString());
        Assert.Equal(FuturesRefusal.InsufficientAvailable, e.Refused("A", e.Order(140, "83000")));      // 59.84, so 38 more
        e.Place("A", 100, "83000");                                 // 42.75, so 21 more
    }

    [Fact]
    public void M_012_M_013_M_040_combinations_are_refused()
    {
        var e = Ready("1000");
        Assert.Equal(FuturesRefusal.ContractNotFound, e.Refused("A", e.Order(1, "84000") with { Instrument = 1 }));
        Assert.Equal(FuturesRefusal.SizeZeroWithoutClose, e.Refused("A", e.Order(0, "84000")));
        Assert.Equal(FuturesRefusal.InvalidCombination, e.Refused("A", e.Order(1, "0") with { TimeInForce = TimeInForce.GoodTillCancelled }));
        Assert.Equal(FuturesRefusal.InvalidCombination, e.Refused("A", e.Order(1, "84000") with { SlippageRate = 1 }));
        Assert.Equal(FuturesRefusal.InvalidCombination, e.Refused("A", e.Order(10, "84000") with { Iceberg = 10 }));
        Assert.Equal(FuturesRefusal.InvalidCombination, e.Refused("A", e.Order(1, "84000") with { Flags = ContractOrderFlags.Liquidation }));
        Assert.Equal(FuturesRefusal.InvalidCombination, e.Refused("A", e.Order(1, "84000") with { Flags = ContractOrderFlags.ClosePosition }));
        Assert.Equal(FuturesRefusal.OffTick, e.Refused("A", e.Order(1, "84000") with { Price = e.P("84000") + 1 }));
        Assert.Equal(FuturesRefusal.InvalidText, e.Refused("A", e.Order(1, "84000"), "t-no blanks", ""));
        Assert.Equal(FuturesRefusal.MarginModeMismatch, e.Refused("A", e.Order(1, "84000") with { MarginMode = 2 }));
        Assert.Equal(FuturesRefusal.UserNotFound, e.Refused("", e.Order(1, "84000")));
    }

    [Fact]
    public void M_014_M_131_F_150_sizes_are_within_the_contract()
    {
        var e = Ready("1000");
        Assert.Equal(FuturesRefusal.SizeTooLarge, e.Refused("A", e.Order(12_000_001, "84000")));
        Assert.Equal(FuturesRefusal.SizeTooLarge, e.Refused("A", e.Order(10_000_001, "0")));
        var min = Exchange.With(Btc.Terms with { OrderSizeMin = 5 }, "84000").User("A", "1000");
        Assert.Equal(FuturesRefusal.SizeTooSmall, min.Refused("A", min.Order(4, "84000")));
    }

    [Fact]
    public void M_016_the_orders_limit_counts_what_may_rest()
    {
        var e = Exchange.With(Btc.Terms with { OrdersLimit = 2 }, "84000").User("A", "1000");
        e.Place("A", 1, "83000");
        e.Place("A", 1, "83000");
        Assert.Equal(FuturesRefusal.TooManyOrders, e.Refused("A", e.Order(1, "83000")));
        e.Place("A", 1, "83000", TimeInForce.ImmediateOrCancel);
    }

    [Fact]
    public void MX_20_M_053_the_band_is_around_the_mark_and_equality_passes()
    {
        var e = Exchange.With(Btc.Terms with { OrderPriceDeviate = R("0.1") }, "50000").User("A", "100000");
        e.Place("A", 1, "55000");
        Assert.Equal(FuturesRefusal.PriceTooDeviated, e.Refused("A", e.Order(1, "55000.1")));
        Assert.Equal(FuturesRefusal.PriceTooDeviated, e.Refused("A", e.Order(-1, "44999.9")));
        e.Place("A", 1, "100");                                  // the passive side is free
    }

    [Fact]
    public void MX_21_M_054_M_044_a_market_order_slips_so_far()
    {
        var e = Exchange.With(Btc.Terms with { MarketOrderSlip = R("0.001") }, "100").User("A", "1000").User("B", "1000");
        foreach (var price in new[] { "100.1", "100.2", "100.3" }) e.Place("B", -1, price);
        e.Place("A", 3, "0");
        Assert.Equal([(e.P("100.1"), 1L), (e.P("100.2"), 1L)], e.Events<ContractFilled>().Select(f => (f.Price, f.Size)));
        var finished = Assert.Single(e.Events<ContractOrderFinished>(), f => f.User == e["A"]);
        Assert.Equal((1, FinishReason.ImmediateOrCancel), (finished.Left, finished.Reason));
    }

    [Fact]
    public void M_022_M_023_M_024_post_only_fill_or_kill_and_an_empty_side()
    {
        var e = Ready("10000");
        Assert.Equal(FuturesRefusal.NoCounterparty, e.Refused("A", e.Order(1, "0")));
        e.Place("B", -5, "84000");
        Assert.Equal(FuturesRefusal.PostOnlyWouldTake, e.Refused("A", e.Order(1, "84000", TimeInForce.PostOnly)));
        Assert.Equal(FuturesRefusal.FillOrKillWouldNotFill, e.Refused("A", e.Order(6, "84000", TimeInForce.FillOrKill)));
        e.Place("A", 5, "84000", TimeInForce.FillOrKill);
    }

    [Fact]
    public void F_113_F_151_position_and_orders_stay_within_the_tier_of_the_leverage()
    {
        var e = Ready("100000000");
        e.Leverage("A", 200, cross: true);
        e.Place("A", 59_523, "84000");                           // 499,993.2 of 500,000
        Assert.Equal(FuturesRefusal.RiskLimitExceeded, e.Refused("A", e.Order(1, "84000")));
        e.Place("A", -59_523, "84000.1");                        // the other direction is measured by itself
        Assert.Equal(FuturesRefusal.LeverageTooLow, e.Refused("A", new SetLeverage { Instrument = e.Id, Leverage = 99, IsCross = 1 }));
        Assert.Equal(FuturesRefusal.LeverageTooHigh, e.Refused("A", new SetLeverage { Instrument = e.Id, Leverage = 20_001, IsCross = 1 }));
    }

    [Fact]
    public void F_153_prices_beyond_the_own_liquidation_or_bankruptcy_price_are_refused()
    {
        var e = Ready("100000");
        e.Leverage("A", 20);
        e.Trade("B", "A", 10_000, "84000");
        Assert.Equal(FuturesRefusal.PriceOverLiquidation, e.Refused("A", e.Order(1, "80037.1")));        // FX-20: liquidated at 80,037.2
        e.Place("A", 1, "80037.2");
        var near = Exchange.With(Btc.Terms with { OrderPriceDeviate = R("0.5") }, "84000").User("A", "100000").User("B", "1000000");
        near.Leverage("A", 20);
        near.Trade("B", "A", 10_000, "84000");
        Assert.Equal(FuturesRefusal.PriceOverBankrupt, near.Refused("A", near.Order(-1, "79796.8")));    // bankrupt at 79,796.9
        near.Place("A", -1, "79796.9");
    }

    [Fact]
    public void F_154_an_order_that_would_be_liquidated_when_filled_is_refused()
    {
        var e = Exchange.With(Btc.Terms with { OrderPriceDeviate = R("0.5") }, "84000").User("A", "10000");
        e.Leverage("A", 100);
        Assert.Equal(FuturesRefusal.LiquidateImmediately, e.Refused("A", e.Order(100, "85000")));
        e.Place("A", 100, "84300");
    }

    [Fact]
    public void M_081_M_080_reduce_only_needs_a_position_and_its_other_side()
    {
        var e = Ready("10000");
        Assert.Equal(FuturesRefusal.ReduceOnlyNoPosition, e.Refused("A", e.Order(1, "84000") with { Flags = ContractOrderFlags.ReduceOnly }));
        e.Trade("B", "A", 10, "84000");
        Assert.Equal(FuturesRefusal.ReduceOnlyDirection, e.Refused("A", e.Order(1, "84000") with { Flags = ContractOrderFlags.ReduceOnly }));
        Assert.Equal(FuturesRefusal.LegMismatch, e.Refused("A", new PlaceContractOrder { Instrument = e.Id, Price = e.P("84000"), AutoSize = AutoSize.CloseLong }));
    }

    [Fact]
    public void MX_14_MX_15_MX_16_M_084_M_085_reduce_only_orders_share_the_position()
    {
        var e = Ready("10000");
        e.Trade("B", "A", 10, "84000");
        var first = e.Place("A", Reduce(e, -6, "84005"));
        var second = e.Place("A", Reduce(e, -6, "84003"));
        var shrunk = Assert.Single(e.Events<ContractOrderUpdated>());
        Assert.Equal((first, 4, -4, UpdateReason.ReduceShrink), (shrunk.OrderId, shrunk.Left, shrunk.Size, shrunk.Reason));

        e.Place("B", 7, "83900");
        e.Place("A", -7, "83900", TimeInForce.ImmediateOrCancel);
        shrunk = Assert.Single(e.Events<ContractOrderUpdated>());
        Assert.Equal((second, 3), (shrunk.OrderId, shrunk.Left));
        Assert.Equal((first, FinishReason.ReduceOut), Assert.Single(e.Events<ContractOrderFinished>(), f => f.OrderId == first) is var out1 ? (out1.OrderId, out1.Reason) : default);

        e.Place("B", 3, "83900");
        e.Place("A", -3, "83900", TimeInForce.ImmediateOrCancel);
        Assert.Equal(FinishReason.ReduceOnly, Assert.Single(e.Events<ContractOrderFinished>(), f => f.OrderId == second).Reason);
    }

    [Fact]
    public void M_032_M_084_what_a_sweep_makes_unexecutable_it_does_not_meet()
    {
        var e = Ready("10000");
        e.Trade("B", "A", 10, "84000");
        e.Place("A", -10, "84001");
        var reduce = e.Place("A", Reduce(e, -10, "84002"));
        e.Place("B", 20, "84002", TimeInForce.ImmediateOrCancel);
        Assert.Equal(0, e.Of("A").Size);
        Assert.Equal(FinishReason.ReduceOnly, Assert.Single(e.Events<ContractOrderFinished>(), f => f.OrderId == reduce).Reason);
        Assert.Single(e.Events<ContractFilled>());
    }

    [Fact]
    public void MX_17_M_086_F_023_a_plain_order_flips_the_position()
    {
        var e = Ready("10000");
        e.Trade("B", "A", 5, "84000");
        e.Place("B", 8, "84000");
        e.Place("A", -8, "84000");
        Assert.Equal(-3, e.Of("A").Size);
        Assert.Single(e.Events<PositionClosed>(), p => p.User == e["A"]);
    }

    [Fact]
    public void M_082_M_132_a_closing_order_takes_the_whole_position()
    {
        var e = Ready("10000");
        e.Trade("B", "A", 5, "84000");
        e.Place("B", 8, "83990");
        e.Place("A", new PlaceContractOrder { Instrument = e.Id, Flags = ContractOrderFlags.ClosePosition, TimeInForce = TimeInForce.ImmediateOrCancel });
        Assert.Equal((0, -5), (e.Of("A").Size, Assert.Single(e.Events<ContractOrderAccepted>()).Size));
    }

    [Fact]
    public void M_083_F_130_hedge_mode_keeps_both_legs()
    {
        var e = Ready("10000");
        e.Accept("A", new SetPositionMode { Wallet = 2, Mode = PositionMode.Dual });
        e.Trade("B", "A", 5, "84000");
        e.Place("B", 3, "84000");
        e.Place("A", -3, "84000", TimeInForce.ImmediateOrCancel);
        Assert.Equal((5, -3), (e.Of("A", Leg.Long).Size, e.Of("A", Leg.Short).Size));
        e.Place("B", -1, "84010");
        e.Place("A", Reduce(e, 1, "84010"));                      // buys back a short
        Assert.Equal((5, -2), (e.Of("A", Leg.Long).Size, e.Of("A", Leg.Short).Size));
        e.Place("A", Reduce(e, -4, "84100"));
        Assert.Equal(FuturesRefusal.ReduceOnlyExceeded, e.Refused("A", Reduce(e, -2, "84100")));
        Assert.Equal(FuturesRefusal.LegMismatch, e.Refused("A", new PlaceContractOrder { Instrument = e.Id, Price = e.P("84000"), Flags = ContractOrderFlags.ClosePosition }));
        e.Place("B", 9, "83990");
        e.Place("A", new PlaceContractOrder { Instrument = e.Id, AutoSize = AutoSize.CloseLong, Flags = ContractOrderFlags.ReduceOnly, TimeInForce = TimeInForce.ImmediateOrCancel });
        Assert.Equal((0, -2), (e.Of("A", Leg.Long).Size, e.Of("A", Leg.Short).Size));
        Assert.Equal(FinishReason.ReduceOnly, Assert.Single(e.Events<ContractOrderFinished>(), f => f.Reason == FinishReason.ReduceOnly).Reason);
    }

    [Fact]
    public void M_087_F_122_F_131_modes_change_only_without_positions_and_orders()
    {
        var e = Ready("10000");
        var order = e.Place("A", 1, "83000");
        Assert.Equal(FuturesRefusal.OrdersOpen, e.Refused("A", new SetPositionMode { Wallet = 2, Mode = PositionMode.Dual }));
        Assert.Equal(FuturesRefusal.OrdersOpen, e.Refused("A", new SetMarginMode { Instrument = e.Id, IsCross = 0 }));
        e.Accept("A", new CancelContractOrder { OrderId = order });
        e.Trade("B", "A", 5, "84000");
        Assert.Equal(FuturesRefusal.PositionsOpen, e.Refused("A", new SetPositionMode { Wallet = 2, Mode = PositionMode.Dual }));
        Assert.Equal(FuturesRefusal.PositionsOpen, e.Refused("A", new SetLeverage { Instrument = e.Id, Leverage = 1000 }));
        Assert.Equal(FuturesRefusal.ModeUnchanged, e.Refused("A", new SetMarginMode { Instrument = e.Id, IsCross = 1 }));
        Assert.Equal(FuturesRefusal.InvalidCombination, e.Refused("A", new SetPositionMode { Wallet = 2, Mode = (PositionMode)3 }));
        Assert.Equal(FuturesRefusal.LegMismatch, e.Refused("A", new SetLeverage { Instrument = e.Id, Leverage = 1000, IsCross = 1, Leg = Leg.Long }));
    }

    [Fact]
    public void M_090_M_091_M_092_M_093_an_amend_is_checked_whole_and_keeps_or_loses_its_place()
    {
        var e = Ready("1000");
        e.Leverage("A", 10, cross: true);
        var order = e.Place("A", 100, "83000");
        Assert.Equal(FuturesRefusal.NoChange, e.Refused("A", new AmendContractOrder { OrderId = order, Price = e.P("83000") }));
        Assert.Equal(FuturesRefusal.InvalidCombination, e.Refused("A", new AmendContractOrder { OrderId = order, Size = -50 }));
        Assert.Equal(FuturesRefusal.InsufficientAvailable, e.Refused("A", new AmendContractOrder { OrderId = order, Size = 20_000 }));
        Assert.Equal(FuturesRefusal.PriceTooDeviated, e.Refused("A", new AmendContractOrder { OrderId = order, Price = e.P("90000") }));
        Assert.Equal(FuturesRefusal.OrderNotFound, e.Refused("B", new AmendContractOrder { OrderId = order, Size = 50 }));
        e.Accept("A", new AmendContractOrder { OrderId = order, Size = 50 }, "");
        Assert.Equal(Products.Futures.Margin.OrderMargin.Of(e.Market.Contract, Side.Buy, 50, e.P("83000"), X(10), Fee), e.Risk("A").OrderMargin);
        e.Place("B", -20, "83900");
        e.Accept("A", new AmendContractOrder { OrderId = order, Price = e.P("83900"), Size = 60 }, "");
        Assert.Equal((20, order), (Assert.Single(e.Events<ContractFilled>()).Size, e.Events<ContractFilled>().Single().TakerOrder));
        Assert.Equal(20, e.Of("A").Size);
        e.Accept("A", new AmendContractOrder { OrderId = order, Size = 20 }, "");
        Assert.Equal(FinishReason.Cancelled, Assert.Single(e.Events<ContractOrderFinished>()).Reason);
    }

    [Fact]
    public void M_050_M_051_all_are_cancelled_at_once_or_when_the_countdown_is_over()
    {
        var e = Ready("1000");
        e.Place("A", 1, "83000");
        e.Place("A", -1, "85000");
        Assert.Equal(1, e.Accept("A", new CancelAllContractOrders { Wallet = 2, Side = Products.Spot.SideFilter.Sell }));
        Assert.Equal(FuturesRefusal.TimeoutTooShort, e.Refused("A", new SetContractCountdown { Wallet = 2, TimeoutSeconds = 4 }));
        e.Accept("A", new SetContractCountdown { Wallet = 2, TimeoutSeconds = 5 });
        e.Wait(4);
        Assert.Empty(e.Events<ContractOrderFinished>());
        e.Wait(1);
        Assert.Equal(FinishReason.Cancelled, Assert.Single(e.Events<ContractOrderFinished>()).Reason);
    }

    [Fact]
    public void M_073_the_own_orders_are_not_met()
    {
        var e = Ready("10000");
        e.Place("A", -2, "84000");
        e.Place("A", 5, "84000");
        Assert.Empty(e.Events<ContractFilled>());
        Assert.Equal(FinishReason.SelfTrade, Assert.Single(e.Events<ContractOrderFinished>()).Reason);
    }

    [Fact]
    public void M_073_M_007_groups_and_unique_texts_are_the_settings_of_pairs()
    {
        var e = Ready("10000");
        e.Accept("", new Products.Spot.SetTraderSettings { User = e["A"], MakerFee = -1, TakerFee = -1, UniqueText = 1, FeeToken = -1 });
        var first = e.Accept("A", e.Order(1, "83000"), "t-one", "");
        Assert.Equal(FuturesRefusal.RepeatedText, e.Refused("A", e.Order(1, "83000"), "t-one", ""));
        Assert.Equal(e.Venue.Machine.StateHash(), e.Venue.Restored().Machine.StateHash());
        e.Accept("A", new CancelContractOrder { OrderId = first });
        e.Accept("A", e.Order(1, "83000"), "t-one", "");
        e.Accept("", new Products.Spot.ConfigureSpot());
        Assert.Equal(FuturesRefusal.StpNotInGroup, e.Refused("A", e.Order(1, "83000") with { StpAction = SelfTradeAction.CancelOldest }));
        e.Place("A", -2, "84000");
        e.Place("A", 2, "84000");
        Assert.Equal((2, e["A"], e["A"]), Assert.Single(e.Events<ContractFilled>()) is var fill ? (fill.Size, fill.MakerUser, fill.TakerUser) : default);
    }

    [Fact]
    public void M_012_a_locked_user_trades_nothing()
    {
        var e = Ready("10000");
        var sub = e.Venue.User("sub", e["A"]);
        e.Venue.Accept(0, new Products.Identity.SetLocked { User = sub, Locked = 1 });
        Assert.Equal((ushort)FuturesRefusal.UserLocked, e.Venue.Send(sub, e.Order(1, "83000"), "", "").Refusal);
        Assert.Equal((ushort)FuturesRefusal.UserLocked, e.Venue.Send(sub, new SetLeverage { Instrument = e.Id, Leverage = 1000, IsCross = 1 }).Refusal);
    }

    [Fact]
    public void F_163_prices_that_make_no_sense_change_nothing()
    {
        var e = Ready("10000");
        Assert.Equal(FuturesRefusal.PriceNotPositive, e.Refused("", new PinMark { Instrument = e.Id, Mark = -1 }));
        Assert.Equal(FuturesRefusal.PriceNotPositive, e.Refused("", new PinMark { Instrument = e.Id }));
        var bytes = new byte[64];
        var tail = new Core.Kernel.TailWriter(bytes);
        tail.Text("BTC_USDT");
        tail.Int64(-1);
        tail.Int64(5);
        Assert.Equal((ushort)FuturesRefusal.PriceNotPositive, e.Venue.SendPrice(new SetPrices { Count = 1 }, tail.Written).Refusal);
        Assert.Equal((ushort)FuturesRefusal.InvalidCombination, e.Venue.SendPrice(new SetPrices { Count = 2 }, []).Refusal);
        Assert.Equal(e.P("84000"), e.Market.Mark);
    }

    [Fact]
    public void M_064_the_hidden_part_of_an_iceberg_pays_the_taker_rate()
    {
        var e = Ready("100000");
        e.Place("B", e.Order(-30, "84000") with { Iceberg = 10 });
        e.Place("A", 20, "84000", TimeInForce.ImmediateOrCancel);
        Assert.Equal([ContractFillFlags.None, ContractFillFlags.HiddenMaker], e.Events<ContractFilled>().Select(f => f.Flags));
        Assert.Equal(["-0.0084", "0.063"], e.Events<ContractFilled>().Select(f => f.MakerFee.ToString()));
    }

    [Fact]
    public void M_140_a_halted_contract_takes_post_only_and_uncrosses_when_it_opens()
    {
        var e = Ready("100000");
        e.Accept("", new SetContractStatus { Instrument = e.Id, Status = MarketStatus.CircuitBreaker });
        Assert.Equal(FuturesRefusal.SideNotTradable, e.Refused("A", e.Order(1, "84000")));
        e.Place("A", 10, "84010", TimeInForce.PostOnly);
        e.Place("B", -10, "83990", TimeInForce.PostOnly);
        e.Accept("", new SetContractStatus { Instrument = e.Id, Status = MarketStatus.Tradable });
        var fill = Assert.Single(e.Events<ContractFilled>());
        Assert.Equal((10, e.P("84000"), ContractFillFlags.Auction), (fill.Size, fill.Price, fill.Flags));
    }

    private static PlaceContractOrder Reduce(Exchange e, long size, string price) => e.Order(size, price) with { Flags = ContractOrderFlags.ReduceOnly };

    private static Exchange Ready(string cash) => Exchange.With(Btc.Terms, "84000").User("A", cash).User("B", "100000000");
}
