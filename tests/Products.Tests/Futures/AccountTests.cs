using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Accounts of contracts: leverage, isolated margin, transfers, resets (F-090…F-094, F-119…F-121, F-168).</summary>
public class AccountTests
{
    [Fact]
    public void FX_15_F_119_isolated_leverage_releases_margin_where_the_mark_allows()
    {
        var e = Isolated();
        Assert.Equal("4263", e.Of("A").Margin.ToString());
        e.Leverage("A", 50);
        Assert.Equal("1743", e.Of("A").Margin.ToString());
        var worse = Isolated();
        worse.Price("83000");
        Assert.Equal(FuturesRefusal.LiquidateImmediately, worse.Refused("A", new SetLeverage { Instrument = worse.Id, Leverage = 5000 }));
    }

    [Fact]
    public void FX_16_F_121_margin_is_added_from_what_may_leave_and_removed_down_to_the_initial()
    {
        var e = Isolated();
        e.Accept("A", new ChangeMargin { Instrument = e.Id, Change = M("1000") });
        Assert.Equal(("5263", "5263"), (e.Of("A").Margin.ToString(), (e.Cash("A") - e.State.FreeCash(e.State.Accounts[0])).ToString()));
        e.Price("83500");
        Assert.Equal(FuturesRefusal.RemoveTooMuch, e.Refused("A", new ChangeMargin { Instrument = e.Id, Change = M("-500.000000000001") }));
        e.Accept("A", new ChangeMargin { Instrument = e.Id, Change = M("-500") });
        Assert.Equal(FuturesRefusal.InsufficientAvailable, e.Refused("A", new ChangeMargin { Instrument = e.Id, Change = M("1000000") }));
        Assert.Equal(FuturesRefusal.RemoveTooMuch, e.Refused("A", new ChangeMargin { Instrument = e.Id, Change = new Money(Int128.MinValue) }));
        Assert.Equal(FuturesRefusal.InsufficientAvailable, e.Refused("A", new ChangeMargin { Instrument = e.Id, Change = new Money(Int128.MaxValue) }));
        Assert.Equal(FuturesRefusal.PositionEmpty, e.Refused("A", new ChangeMargin { Instrument = e.Id, Leg = Leg.Long, Change = M("1") }));
        Assert.Equal(FuturesRefusal.NoChange, e.Refused("A", new ChangeMargin { Instrument = e.Id }));
        Assert.Equal(FuturesRefusal.PositionCrossMargin, e.Refused("B", new ChangeMargin { Instrument = e.Id, Change = M("1") }));
    }

    [Fact]
    public void FX_17_F_133_F_132_hedged_cross_legs_ask_for_the_larger_one()
    {
        var e = Exchange.With(Btc.Terms with { OrderPriceDeviate = R("0.5") }, "84000").User("A", "30000").User("B", "100000000").User("C", "100000000");
        e.Accept("", new SetContractFees { User = e["A"], MakerFee = 0, TakerFee = 0 });
        e.Accept("A", new SetPositionMode { Wallet = 2, Mode = PositionMode.Dual });
        e.Leverage("A", 20, cross: true);
        e.Trade("B", "A", 50_000, "83000");
        e.Place("C", 30_000, "84500");
        e.Place("A", -30_000, "84500", TimeInForce.ImmediateOrCancel);
        e.Mark("84000");
        var risk = e.Risk("A");
        Assert.Equal(("21315", "1575", "36500", "23.17460317"), (risk.InitialMargin.ToString(), risk.Maintenance.ToString(), risk.Equity.ToString(), risk.Level.ToString()));
    }

    [Fact]
    public void FX_23_F_090_F_091_two_cross_positions_share_their_cash()
    {
        var e = Exchange.With(Btc.Terms with { OrderPriceDeviate = R("0.5") }, "84000").User("A", "5000").User("B", "100000000");
        var btc = e.Id;
        e.Accept("", new SetContractFees { User = e["A"], MakerFee = 0, TakerFee = 0 });
        e.Leverage("A", 100, cross: true);
        e.Trade("B", "A", 10_000, "84000");
        e.Mark("83000");
        e.List(Eth.Terms with { Symbol = "ETH_USDT", OrderPriceDeviate = R("0.5") });
        e.Price("2600");
        e.Leverage("A", 100, cross: true);
        e.Place("B", 2_000, "2600");
        e.Place("A", -2_000, "2600", TimeInForce.ImmediateOrCancel);
        e.Mark("2650");
        var risk = e.Risk("A");
        Assert.Equal(("3000", "510", "5.88235294"), (risk.Equity.ToString(), risk.Maintenance.ToString(), risk.Level.ToString()));
        Assert.NotEqual(btc, e.Id);
    }

    [Fact]
    public void F_094_F_168_F_152_only_what_is_not_needed_leaves_the_wallet()
    {
        var e = Exchange.With(Btc.Terms, "84000").User("A", "1000").User("B", "1000000");
        e.Leverage("A", 20, cross: true);
        e.Trade("B", "A", 1_000, "84000");
        e.Price("84500");                                       // a profit of 50 that is not realised does not leave
        var risk = e.Risk("A");
        Assert.Equal((M("993.7"), M("50")), (e.Cash("A"), risk.Unrealised));
        Assert.Equal(M("993.7") - risk.InitialMargin, risk.Transferable);
        Assert.Equal((ushort)Products.Wallet.WalletRefusal.BalanceTooLow, Transfer(e, risk.Transferable + new Money(1)).Refusal);
        Assert.True(Transfer(e, risk.Transferable).Accepted);
        e.Check();
        Assert.Equal(Money.Zero, e.Risk("A").Transferable);
    }

    [Fact]
    public void F_108_F_155_a_fill_may_leave_less_than_nothing_available_and_liquidates_nobody()
    {
        var e = Exchange.With(Btc.Terms, "84000").User("A", "1000").User("B", "1000000");
        e.Leverage("A", 20, cross: true);
        e.Trade("B", "A", 2_000, "84000");
        e.Price("83000");
        Assert.True(e.Risk("A").Available.IsNegative);
        Assert.Equal(FuturesRefusal.InsufficientAvailable, e.Refused("A", e.Order(1, "83000")));
        e.Place("A", e.Order(-1, "83000") with { Flags = ContractOrderFlags.ReduceOnly });      // F-155
    }

    [Fact]
    public void F_120_a_cross_leverage_goes_where_the_account_affords_it()
    {
        var e = Exchange.With(Btc.Terms, "84000").User("A", "1000").User("B", "1000000");
        e.Leverage("A", 20, cross: true);
        e.Trade("B", "A", 1_000, "84000");
        Assert.Equal(FuturesRefusal.InsufficientAvailable, e.Refused("A", new SetLeverage { Instrument = e.Id, Leverage = 500, IsCross = 1 }));
        e.Leverage("A", 100, cross: true);
        Assert.Equal("90.3", e.Risk("A").InitialMargin.ToString());
    }

    [Fact]
    public void F_113_a_risk_limit_sets_the_leverage_that_reaches_it()
    {
        var e = Exchange.With(Btc.Terms, "84000").User("A", "1000");
        e.Leverage("A", 200, cross: true);
        e.Accept("A", new SetRiskLimit { Instrument = e.Id, Limit = M("1200000") });
        Assert.Equal(12_500, Assert.Single(e.Events<PositionChanged>()).Leverage);
        e.Accept("A", new SetRiskLimit { Instrument = e.Id, Limit = M("10") });
        Assert.Equal(12_500, Assert.Single(e.Events<PositionChanged>()).Leverage);
        Assert.Equal(FuturesRefusal.RiskLimitTooHigh, e.Refused("A", new SetRiskLimit { Instrument = e.Id, Limit = M("2000000000") }));
        Assert.Equal(FuturesRefusal.RiskLimitTooLow, e.Refused("A", new SetRiskLimit { Instrument = e.Id, Limit = M("0") }));
    }

    [Fact]
    public void F_041_F_043_own_rates_and_rebates_out_of_the_fees()
    {
        var e = Exchange.With(Btc.Terms, "84000").User("A", "1000").User("B", "1000000");
        e.Accept("", new SetContractFees { User = e["A"], MakerFee = long.MinValue, TakerFee = 0 });
        e.Trade("B", "A", 100, "84000");
        Assert.Equal(("0", "-0.084", "-0.084"), (e.Of("A").FeesPaid.ToString(), e.Of("B").FeesPaid.ToString(), e.Fees.ToString()));
        Assert.Equal(FuturesRefusal.InvalidTerms, e.Refused("", new SetContractFees { User = e["A"], MakerFee = Rate.One + 1 }));
        Assert.Equal(FuturesRefusal.UserNotFound, e.Refused("", new SetContractFees { User = 1 }));
    }

    [Fact]
    public void F_191_the_operator_endows_the_insurance_fund_and_takes_out_what_is_there()
    {
        var e = Exchange.With(Btc.Terms, "84000");
        e.Endow("100");
        Assert.Equal(("100", "100"), (e.Fund.ToString(), Assert.Single(e.Events<InsuranceChanged>()).Balance.ToString()));
        Assert.Equal((ushort)Products.Wallet.WalletRefusal.BalanceTooLow, Endow(e, 2, "-100.1"));
        Assert.Equal((ushort)Products.Wallet.WalletRefusal.BalanceTooLow, Endow(e, 1, "1"));            // no contract settles in it
        Assert.Equal((ushort)Products.Wallet.WalletRefusal.AssetNotFound, Endow(e, 9, "1"));
        Assert.Equal(0, Endow(e, 2, "-40"));
        Assert.Equal("60", e.Fund.ToString());

        static ushort Endow(Exchange e, int asset, string amount) =>
            e.Venue.Send(0, new Products.Wallet.Fund { User = 0, Wallet = WalletId.Insurance.Value, Asset = asset, Amount = M(amount) }, "", "", "").Refusal;
    }

    [Fact]
    public void D_001_a_reset_user_gives_its_positions_to_the_house_at_the_mark()
    {
        var e = Isolated();
        e.Place("A", 10, "83000");
        e.Price("84100");
        e.Accept("", new Products.Wallet.ResetUser { User = e["A"] });
        Assert.Equal((0, Money.Zero, 10_000), (e.Of("A").Size, e.Cash("A"), e.Of(Products.Futures.State.FuturesState.HouseUser).Size));
        Assert.Equal(e.P("84100") * 10_000L, (long)(e.Of(1).EntryValue.Raw / e.Market.Contract.ValueUnit));
    }

    [Fact]
    public void F_010_F_014_F_305_terms_are_checked_as_a_whole_at_the_listing()
    {
        var e = Exchange.With(Btc.Terms, "84000");
        Assert.Equal(FuturesRefusal.AlreadyListed, Listed(Btc.Terms));
        Assert.Equal(FuturesRefusal.InvalidTerms, Listed(Btc.Terms with { Symbol = "X_USDT" }, c => c with { MarketOrderSlip = c.OrderPriceDeviate + 1 }));
        Assert.Equal(FuturesRefusal.InvalidTerms, Listed(Btc.Terms with { Symbol = "X_USDT" }, c => c with { Tick = 0 }));
        Assert.Equal(FuturesRefusal.InvalidTerms, Listed(Btc.Terms with { Symbol = "X_USDT" }, c => c with { FundingIntervalSeconds = 5 }));
        Assert.Equal(FuturesRefusal.InvalidTerms, Listed(BtcUsd.Terms with { SettleAsset = 1 }));
        Assert.Equal(FuturesRefusal.InvalidTerms, Listed(BtcDelivery.Terms with { Delivery = BtcDelivery.Terms.Delivery! with { ExpiryNanos = 1 } }));

        var (bare, coin) = Exchange.Listing(Btc.Terms);
        Assert.Equal((ushort)FuturesRefusal.AssetNotFound, new Venue().Send(0, bare, default, 0, coin).Refusal);

        FuturesRefusal Listed(Products.Futures.Contracts.ContractTerms terms, Func<ListContract, ListContract>? change = null)
        {
            var before = e.Venue.Substance();
            var (command, tail) = Exchange.Listing(terms, change);
            var refusal = (FuturesRefusal)e.Venue.Send(0, command, default, 0, tail).Refusal;
            Assert.Equal(before, e.Venue.Substance());
            return refusal;
        }
    }

    private static CommandResult Transfer(Exchange e, Money amount) => e.Venue.Send(e["A"], new Products.Wallet.Transfer
    {
        FromUser = e["A"], ToUser = e["A"], FromWallet = 2, ToWallet = 1, Asset = 2, Amount = amount,
    }, "");

    private static Exchange Isolated()
    {
        var e = Exchange.With(Btc.Terms, "84000").User("A", "10000").User("B", "1000000");
        e.Leverage("A", 20);
        e.Trade("B", "A", 10_000, "84000");
        return e;
    }
}
