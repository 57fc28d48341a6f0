using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Products.Spot;
using static Sluice.Products.Tests.Venue;

namespace Sluice.Products.Tests.Spot;

/// <summary>What fills do to balances (spot sections 3 to 6), with the figures of the worked examples.</summary>
public class MoneyTests
{
    private const int Maker = 10_001, Taker = 10_002;

    // BTC_USDT as captured: tick 0.1, lot 0.000001, at least 3 USDT, 0.1 % for takers and 0.09 % for makers.
    private static Venue Captured(string makerBtc = "10", string takerUsdt = "1000", Func<ListPair, ListPair>? more = null, int baseScale = 12, int quoteScale = 12)
    {
        var venue = WithPair(terms => (more ?? (t => t))(terms with
        {
            PriceDecimals = 1, SizeDecimals = 6, MinBase = 1, MinQuote = Amount("3"), MakerFee = Fraction("0.0009"), TakerFee = Fraction("0.001"),
        }), baseScale, quoteScale);
        Assert.Equal(Maker, venue.User("maker"));
        Assert.Equal(Taker, venue.User("taker"));
        venue.Fund(Maker, Btc, makerBtc);
        venue.Fund(Taker, Usdt, takerUsdt);
        return venue;
    }

    private static PlaceOrder Order(Side side, string size, string price, int sizeDecimals = 6, int priceDecimals = 1) => new()
    {
        Instrument = BtcUsdt, Wallet = 1, Side = side, Price = Scaled(price, priceDecimals), Size = Scaled(size, sizeDecimals),
    };

    [Fact]
    public void SX_01_S_031_S_040_S_041_a_market_buy_by_quote()
    {
        var venue = Captured(takerUsdt: "100");
        venue.Accept(Maker, Order(Side.Sell, "0.0005", "83859.0"));
        venue.Accept(Maker, Order(Side.Sell, "0.001", "83860.0"));
        venue.Accept(Maker, Order(Side.Sell, "0.5", "83861.5"));
        venue.Accept(Taker, new PlaceOrder
        {
            Instrument = BtcUsdt, Wallet = 1, Type = OrderType.Market, TimeInForce = TimeInForce.ImmediateOrCancel, Budget = Amount("100"),
        });
        var fills = venue.Of<OrderFilled>().ToArray();
        Assert.Equal([500L, 692L], fills.Select(f => f.Size));
        Assert.Equal(["41.9295", "58.03112"], fills.Select(f => f.Value.ToString()));
        Assert.Equal("0.000001192", (fills[0].TakerFee + fills[1].TakerFee).ToString());
        var end = venue.Only<OrderFinished>(o => o.User == Taker);
        Assert.Equal(FinishReason.Filled, end.Reason);
        Assert.Equal("0.03938", end.BudgetLeft.ToString());
        Assert.Equal((Amount("0.03938"), default), venue.Balance(Taker, Usdt));
        Assert.Equal((Amount("0.001190808"), default), venue.Balance(Taker, Btc));
        venue.CheckInvariants();
    }

    [Fact]
    public void SX_02_S_020_S_021_S_050_a_limit_buy_with_price_improvement()
    {
        var venue = Captured();
        venue.Accept(Maker, Order(Side.Sell, "0.004", "83990.5"));
        venue.Accept(Taker, Order(Side.Buy, "0.01", "84000.0"));
        var hold = venue.Of<BalanceChanged>().First();
        Assert.Equal(("840", Reason.OrderHold), (hold.HeldChange.ToString(), hold.Reason));
        var first = venue.Only<OrderFilled>();
        Assert.Equal(("335.962", "0.000004"), (first.Value.ToString(), first.TakerFee.ToString()));
        Assert.Equal((Amount("160.038"), Amount("504")), venue.Balance(Taker, Usdt));       // 1000 - 335.962 - 504
        Assert.Equal(Amount("0.003996"), venue.Balance(Taker, Btc).Available);

        venue.Accept(Maker, Order(Side.Sell, "0.006", "84000.0"));
        var second = venue.Only<OrderFilled>();
        Assert.Equal(("504", "0.0000054", Taker), (second.Value.ToString(), second.MakerFee.ToString(), second.MakerUser));
        Assert.Equal((Amount("160.038"), default), venue.Balance(Taker, Usdt));
        Assert.Equal(Amount("0.0099906"), venue.Balance(Taker, Btc).Available);             // 0.003996 + 0.006 - 0.0000054
    }

    [Fact]
    public void SX_03_M_120_a_sell_pays_in_quote()
    {
        var venue = Captured(takerUsdt: "100", more: terms => terms with { PriceDecimals = 2, SizeDecimals = 4, MinBase = 0 });
        venue.Accept(Taker, Order(Side.Buy, "0.0333", "2699.15", 4, 2));
        venue.Accept(Maker, Order(Side.Sell, "0.0333", "2699.15", 4, 2));
        var fill = venue.Only<OrderFilled>();
        Assert.Equal(("89.881695", "0.089881695"), (fill.Value.ToString(), fill.TakerFee.ToString()));
        Assert.Equal(Amount("89.791813305"), venue.Balance(Maker, Usdt).Available);
        Assert.Equal(Amount("0.089881695"), venue.VenueBalance(WalletId.Fees, Usdt));
    }

    [Fact]
    public void SX_04_S_051_S_005_a_fee_rounds_up_to_the_scale_of_its_currency()
    {
        var venue = Captured(takerUsdt: "100", more: terms => terms with { PriceDecimals = 2, SizeDecimals = 6, TakerFee = Fraction("0.00095") }, quoteScale: 8);
        venue.Accept(Taker, Order(Side.Buy, "0.0333", "2699.17", 6, 2));            // 89.882361
        venue.Accept(Maker, Order(Side.Sell, "0.0333", "2699.17", 6, 2));
        var fill = venue.Only<OrderFilled>();
        Assert.Equal(("89.882361", "0.08538825"), (fill.Value.ToString(), fill.TakerFee.ToString()));
    }

    // The printed fee belongs to the value of SX-04, 89.882361: 0.0808941249 / 12.345 = 0.00655278452…
    [Fact]
    public void SX_05_S_053_a_fee_in_the_fee_token_leaves_the_trade_leg_without_fee()
    {
        var venue = WithToken("1");
        SellForTokenFee(venue);
        var fill = venue.Only<OrderFilled>();
        Assert.Equal(("0.00655279", 3), (fill.TakerFee.ToString(), fill.TakerFeeAsset));
        Assert.True(fill.Flags.HasFlag(FillFlags.TakerFeeToken));
        Assert.Equal(Amount("89.882361"), venue.Balance(Maker, Usdt).Available);
        Assert.Equal(Amount("0.99344721"), venue.Balance(Maker, 3).Available);
        Assert.Equal(Amount("0.00655279"), venue.VenueBalance(WalletId.Fees, 3));
        venue.CheckInvariants();
    }

    [Fact]
    public void S_053_a_token_balance_that_does_not_cover_the_whole_fee_is_not_touched()
    {
        var venue = WithToken("0.00655278");
        SellForTokenFee(venue);
        var fill = venue.Only<OrderFilled>();
        Assert.Equal(("0.089882361", Usdt), (fill.TakerFee.ToString(), fill.TakerFeeAsset));
        Assert.Equal(Amount("0.00655278"), venue.Balance(Maker, 3).Available);
    }

    // Buyer and seller are one user with tokens for one of the two fees.
    [Fact]
    public void S_053_who_trades_with_itself_pays_two_fees_from_one_balance()
    {
        var venue = WithToken("0.01");
        venue.Accept(0, new ConfigureSpot { StpByMainAccount = 0, FeeToken = 3, FeeTokenPair = 2, FeeTokenFactor = Fraction("0.9") });
        venue.Fund(Maker, Usdt, "100");
        venue.Accept(Maker, Order(Side.Buy, "0.0333", "2699.15", 4, 2));
        venue.Accept(Maker, Order(Side.Sell, "0.0333", "2699.15", 4, 2));
        var fill = venue.Only<OrderFilled>();
        Assert.Equal(FillFlags.MakerFeeToken, fill.Flags);
        Assert.Equal(Usdt, fill.TakerFeeAsset);
        venue.CheckInvariants();
    }

    [Fact]
    public void S_053_without_a_price_of_the_token_the_ordinary_fee_holds()
    {
        var venue = WithToken("1", traded: false);
        SellForTokenFee(venue);
        Assert.Equal(Usdt, venue.Only<OrderFilled>().TakerFeeAsset);
    }

    [Fact]
    public void S_051_M_121_a_rebate_rounds_down_in_magnitude_and_may_exceed_the_fee()
    {
        var venue = Captured(takerUsdt: "100", more: terms => terms with
        {
            PriceDecimals = 2, SizeDecimals = 6, MakerFee = Fraction("-0.00095"), TakerFee = 0,
        }, quoteScale: 8);
        venue.Accept(Maker, Order(Side.Sell, "0.0333", "2699.17", 6, 2));
        venue.Accept(Taker, Order(Side.Buy, "0.0333", "2699.17", 6, 2));
        Assert.Equal("-0.08538824", venue.Only<OrderFilled>().MakerFee.ToString());
        Assert.Equal(Amount("89.96774924"), venue.Balance(Maker, Usdt).Available);
        Assert.Equal(Amount("-0.08538824"), venue.VenueBalance(WalletId.Fees, Usdt));
        venue.CheckInvariants();
    }

    [Fact]
    public void M_121_a_users_own_rebate()
    {
        var venue = Captured();
        venue.Accept(0, new SetTraderSettings { User = Maker, MakerFee = Fraction("-0.0001"), TakerFee = -1, UniqueText = -1, FeeToken = -1 });
        venue.Accept(Maker, Order(Side.Sell, "0.004", "84000.0"));
        Assert.Equal(Fraction("0.001"), venue.Only<OrderAccepted>().TakerRate);     // -1: the pair's
        venue.Accept(Taker, Order(Side.Buy, "0.004", "84000.0"));
        Assert.Equal("-0.0336", venue.Only<OrderFilled>().MakerFee.ToString());
    }

    [Fact]
    public void SX_08_M_130_less_than_the_smallest_value_is_refused()
    {
        var venue = Captured();
        Assert.Equal((ushort)SpotRefusal.ValueTooLittle, venue.Send(Maker, Order(Side.Sell, "0.00003", "84000")).Refusal);      // 2.52
        venue.Accept(Maker, Order(Side.Sell, "0.000036", "84000"));                                                            // 3.024
    }

    [Fact]
    public void S_040_the_six_legs_of_a_fill_in_order()
    {
        var venue = Captured();
        venue.Accept(Maker, Order(Side.Sell, "0.004", "84000"));
        venue.Accept(Taker, Order(Side.Buy, "0.004", "84100"));
        var legs = venue.Of<BalanceChanged>().Skip(1).Select(b => $"{(b.User == Maker ? "maker" : "taker")} {(b.Asset == Btc ? "BTC" : "USDT")} {b.Change} held {b.HeldChange} {b.Reason}");
        Assert.Equal(
        [
            "maker BTC -0.004 held -0.004 OrderFill", "maker USDT 336 held 0 OrderFill", "maker USDT -0.3024 held 0 Fee",
            "taker USDT -336 held -336.4 OrderFill", "taker BTC 0.004 held 0 OrderFill", "taker BTC -0.000004 held 0 Fee",
        ], legs);
    }

    [Fact]
    public void S_012_available_and_locked_make_the_total_and_each_change_counts()
    {
        var venue = Captured();
        venue.Accept(Taker, Order(Side.Buy, "0.001", "84000"));
        var held = venue.Only<BalanceChanged>();
        Assert.Equal(("1000", "84", 2L), (held.Total.ToString(), held.Held.ToString(), held.UpdateId));
        venue.Accept(Taker, new CancelAllOrders());
        Assert.Equal(("0", 3L), (venue.Only<BalanceChanged>().Held.ToString(), venue.Only<BalanceChanged>().UpdateId));
    }

    [Fact]
    public void S_013_S_042_every_asset_sums_to_zero_with_the_venues_own_accounts()
    {
        var venue = Captured();
        venue.Accept(Maker, Order(Side.Sell, "0.004", "84000"));
        venue.Accept(Taker, Order(Side.Buy, "0.004", "84000"));
        foreach (var (asset, funded) in new[] { (Btc, "10"), (Usdt, "1000") })
        {
            var users = venue.Balance(Maker, asset).Available + venue.Balance(Taker, asset).Available;
            Assert.Equal(Amount(funded), users + venue.VenueBalance(WalletId.Fees, asset));
            Assert.Equal(-Amount(funded), venue.VenueBalance(WalletId.OutsideWorld, asset));
        }
    }

    [Fact]
    public void S_022_M_025_not_enough_is_refused_in_the_paying_currency_of_the_wallet()
    {
        var venue = Captured(makerBtc: "0.01", takerUsdt: "100");
        var margin = WalletId.Margin(new InstrumentId(BtcUsdt)).Value;
        Assert.Equal((ushort)SpotRefusal.BalanceTooLow, venue.Send(Taker, Order(Side.Buy, "0.01", "10000.1")).Refusal);
        Assert.Equal((ushort)SpotRefusal.BalanceTooLow, venue.Send(Maker, Order(Side.Sell, "0.010001", "10000")).Refusal);
        Assert.Equal((ushort)SpotRefusal.MarginBalanceTooLow, venue.Send(Taker, Order(Side.Buy, "0.01", "10000") with { Wallet = margin }).Refusal);
        venue.Accept(Taker, Order(Side.Buy, "0.01", "10000"));
        venue.Accept(Maker, Order(Side.Sell, "0.01", "10000.1"));
    }

    [Fact]
    public void S_010_an_isolated_margin_wallet_trades_its_own_pair_only()
    {
        var venue = Captured();
        var margin = WalletId.Margin(new InstrumentId(BtcUsdt)).Value;
        venue.Fund(Taker, Usdt, "500", margin);
        venue.Accept(Maker, Order(Side.Sell, "0.004", "84000"));
        venue.Accept(Taker, Order(Side.Buy, "0.004", "84000") with { Wallet = margin });
        Assert.Equal(Amount("0.003996"), venue.Balance(Taker, Btc, margin).Available);
        Assert.Equal(Amount("1000"), venue.Balance(Taker, Usdt).Available);
        Assert.Equal((ushort)SpotRefusal.WalletNotSupported, venue.Send(Taker, Order(Side.Buy, "0.004", "84000") with { Wallet = margin + 1 }).Refusal);
        Assert.Equal((ushort)SpotRefusal.WalletNotSupported, venue.Send(Taker, Order(Side.Buy, "0.004", "84000") with { Wallet = 2 }).Refusal);
    }

    [Fact]
    public void S_030_S_034_a_market_sell_is_in_base_and_its_value_is_judged_at_the_last_price()
    {
        var venue = Captured(more: terms => terms with { ReferencePrice = 840_000 });
        venue.Accept(Taker, Order(Side.Buy, "0.0001", "84000"));
        var sell = Order(Side.Sell, "0.000035", "0.0") with { Type = OrderType.Market, TimeInForce = TimeInForce.ImmediateOrCancel };
        Assert.Equal((ushort)SpotRefusal.ValueTooLittle, venue.Send(Maker, sell).Refusal);          // 2.94
        venue.Accept(Maker, sell with { Size = 36 });
        var buy = sell with { Side = Side.Buy, Size = 0, Budget = Amount("2.99") };
        Assert.Equal((ushort)SpotRefusal.ValueTooLittle, venue.Send(Taker, buy).Refusal);
        venue.Accept(Maker, Order(Side.Sell, "0.001", "1000000"));
        venue.Accept(Taker, buy with { Budget = Amount("3") });                                     // the fill itself may be smaller: 0.000003
        Assert.Equal(3, venue.Only<OrderFilled>().Size);
    }

    // The fee token is the third asset, its pair the second: 12.345 USDT a token, 8 decimals.
    private static Venue WithToken(string balance, bool traded = true)
    {
        var venue = Captured(takerUsdt: "200", more: terms => terms with { PriceDecimals = 2, SizeDecimals = 4, MinBase = 0 });
        venue.Accept(0, new ListAsset { Scale = 8 }, "TOK", "Token");
        var pair = venue.List(terms => terms with { PriceDecimals = 3, SizeDecimals = 2 }, "TOK");
        venue.Accept(0, new ConfigureSpot { StpByMainAccount = 1, FeeToken = 3, FeeTokenPair = pair, FeeTokenFactor = Fraction("0.9") });
        venue.Fund(Maker, 3, "1");
        if (traded)
        {
            venue.Accept(Maker, Order(Side.Sell, "1", "12.345", 2, 3) with { Instrument = pair });
            venue.Accept(Taker, Order(Side.Buy, "1", "12.345", 2, 3) with { Instrument = pair });
            venue.Fund(Maker, Usdt, "-12.345");
            venue.Fund(Maker, 3, balance);
        }
        venue.Accept(0, new SetTraderSettings { User = Maker, MakerFee = -1, TakerFee = -1, UniqueText = -1, FeeToken = 1 });
        return venue;
    }

    private static void SellForTokenFee(Venue venue)
    {
        venue.Accept(Taker, Order(Side.Buy, "0.0333", "2699.17", 4, 2));
        venue.Accept(Maker, Order(Side.Sell, "0.0333", "2699.17", 4, 2));
    }
}
