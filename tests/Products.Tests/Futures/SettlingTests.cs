using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Marks, funding, delivery and delisting as the machine runs them (F-055…F-064, F-070…F-084, F-163, F-164, F-211, F-213, F-230).</summary>
public class SettlingTests
{
    private const long Hour = 3600 * Nanos.PerSecond;

    [Fact]
    public void FX_38_F_164_F_076_funding_is_paid_between_the_legs_of_the_instant()
    {
        var e = Exchange.With(Btc.Terms, "83760.70", startSeconds: 28_790).User("L", "100000").User("S", "100000").User("T", "100000");
        e.Accept("", new SetContractFees { User = e["L"], MakerFee = 0, TakerFee = 0 });
        e.Place("L", 14_301, "83760.7");
        e.Place("S", -9_000, "83760.7", TimeInForce.ImmediateOrCancel);
        e.Place("T", -5_301, "83760.7", TimeInForce.ImmediateOrCancel);
        e.Market.Rate = R("0.000028");
        e.Mark("83760.70");
        var cash = new[] { "L", "S", "T" }.Select(e.Cash).ToArray();
        e.Wait(10);
        var settled = Assert.Single(e.Events<FundingSettled>());
        Assert.Equal((Money.Zero, R("0.000028").Raw, 0), (settled.Residue, settled.Rate, settled.IsMissed));
        Assert.Equal(["3.35401295796", "-2.11076964", "-1.24324331796"], e.Events<FundingPaid>().Select(p => p.Payment.ToString()));
        Assert.Equal(["-3.35401295796", "2.11076964", "1.24324331796"], new[] { "L", "S", "T" }.Select((u, i) => (e.Cash(u) - cash[i]).ToString()));
        Assert.Equal("3.35401295796", e.Of("L").FundingPaid.ToString());
    }

    [Fact]
    public void FX_39_F_078_what_rounding_leaves_of_inverse_funding_is_the_funds()
    {
        var e = Exchange.With(BtcUsd.Terms, "83787.19", startSeconds: 28_790).User("L", "10").User("S", "10").User("T", "10");
        e.Place("L", 30_000, "83787.1");
        e.Place("S", -17_000, "83787.1", TimeInForce.ImmediateOrCancel);
        e.Place("T", -13_000, "83787.1", TimeInForce.ImmediateOrCancel);
        e.Market.Rate = R("0.0001");
        e.Mark("83787.19");
        e.Wait(10);
        Assert.Equal(["0.000035804996", "-0.000020289497", "-0.000015515498"], e.Events<FundingPaid>().Select(p => p.Payment.ToString()));
        Assert.Equal("0.000000000001", e.Fund.ToString());
        Assert.Equal("0.000000000001", Assert.Single(e.Events<FundingSettled>()).Residue.ToString());
    }

    [Fact]
    public void F_077_an_isolated_leg_pays_from_its_margin()
    {
        var e = Exchange.With(Btc.Terms, "84000", startSeconds: 28_790).User("L", "10000").User("S", "100000");
        e.Leverage("L", 20);
        e.Trade("S", "L", 10_000, "84000");
        e.Market.Rate = R("0.0001");
        e.Mark("84000");
        e.Wait(10);
        Assert.Equal("4254.6", e.Of("L").Margin.ToString());
    }

    [Fact]
    public void F_084_funding_due_while_prices_are_dead_is_missed_and_the_cycle_begins_again()
    {
        var e = Exchange.With(Btc.Terms, "84000").User("L", "10000").User("S", "100000");
        e.Trade("S", "L", 10, "84000");
        e.Market.Rate = R("0.0001");
        var cash = e.Cash("L");
        e.Wait(28_800);
        Assert.Equal(1, Assert.Single(e.Events<FundingSettled>()).IsMissed);
        Assert.Equal(cash, e.Cash("L"));
        Assert.Equal(Venue.Start + 16 * Hour, e.Market.NextFundingNanos);
        Assert.Equal(MarketStatus.CircuitBreaker, e.Market.Status);             // F-052: too old for fifteen minutes
        e.Price("84000");
        Assert.Equal(MarketStatus.Tradable, e.Market.Status);
    }

    [Fact]
    public void F_055_F_061_F_163_the_mark_is_the_median_of_three()
    {
        var e = Exchange.With(Btc.Terms, "84000").User("A", "1000000").User("B", "1000000");
        e.Trade("B", "A", 1, "84010");
        e.Place("A", 10, "84030");
        e.Place("B", -10, "84040");
        e.Venue.Now += Nanos.PerSecond;
        e.Price("84000");
        var priced = Assert.Single(e.Events<ContractPriced>());
        Assert.Equal((e.P("84000"), e.P("84035"), e.P("84010"), e.P("84010")), (priced.Basis, priced.Average, priced.Last, priced.Mark));
    }

    [Fact]
    public void F_063_F_064_F_074_a_premium_is_sampled_each_minute_and_skipped_when_prices_are_stale()
    {
        var e = Exchange.With(Btc.Terms, "84000").User("A", "100000000").User("B", "100000000");
        e.Place("A", 10_000, "84100");
        e.Place("B", -10_000, "84200");
        e.Wait(60);
        var rate = Assert.Single(e.Events<FundingRateChanged>());
        Assert.Equal((1, 119_048L, 690_000_000L), (rate.IsSampled, rate.Premium, rate.Rate));        // 100/84,000; less 0.0005
        e.Wait(60);
        Assert.Equal((0, 690_000_000L), (Assert.Single(e.Events<FundingRateChanged>()).IsSampled, e.Market.Rate.Raw));
    }

    [Fact]
    public void F_075_a_cycle_without_a_sample_keeps_the_rate_of_the_one_before()
    {
        var e = Exchange.With(Btc.Terms, "84000", startSeconds: 28_600).User("A", "1000").User("B", "1000");
        e.Wait(62);                                             // stale from here on: minutes are skipped
        e.Market.Rate = R("0.0002");
        e.Wait(140);
        Assert.Equal((R("0.0002"), R("0.0002")), (e.Market.Rate, e.Market.RateBefore));
    }

    [Fact]
    public void FX_61_F_211_F_213_F_214_a_delivery_contract_settles_at_the_mean_of_its_last_half_hour()
    {
        var expiry = Venue.Start + 2 * Hour;
        var e = Exchange.With(BtcDelivery.Terms with { Delivery = BtcDelivery.Terms.Delivery! with { ExpiryNanos = expiry } }, "83500", startSeconds: 3600)
            .User("A", "100000").User("B", "100000").User("C", "100000").User("M", "10000000");
        // A +380 at 83,500; B −200 at 84,200.5; C −180 with W −1,488.99, that is −180 at 82,721.666…: 60 at 82,500, 120 at 82,832.5. M nets to nothing.
        Open(e, "A", 380, "83500");
        Open(e, "B", -200, "84200.5");
        Open(e, "C", -60, "82500");
        Open(e, "C", -120, "82832.5");
        Assert.Equal(("-1488.99", 0), (e.Of("C").EntryValue.ToString(), e.Of("M").Size));
        var order = e.Place("A", 1, "80000");
        for (var i = 1; i <= 30; i++)
        {
            e.Venue.Now = expiry - (30 - i) * 60 * Nanos.PerSecond;
            e.Price($"{84_000 + i * 37 / 100}.{i * 37 % 100:00}");
        }
        Assert.Equal(("84005.7", MarketStatus.Delisted), (e.Market.Contract.Text(Assert.Single(e.Events<ContractSettled>()).Price), e.Market.Status));
        Assert.Equal(order, Assert.Single(e.Events<ContractOrderFinished>()).OrderId);
        Assert.Equal([("19.2166", "0.47883249"), ("3.896", "0.2520171"), ("-23.1126", "0.22681539")], e.Events<PositionSettled>().Select(p => (p.Profit.ToString(), p.Fee.ToString())));
        Assert.Equal((Money.Zero, 0L), (e.Clearing, e.Market.OpenInterest));
        Assert.Equal(FuturesRefusal.SideNotTradable, e.Refused("A", e.Order(1, "84000")));
    }

    [Fact]
    public void F_060_in_the_last_half_hour_the_mark_is_the_average_so_far_with_the_live_price()
    {
        var expiry = Venue.Start + 2 * Hour;
        var e = Exchange.With(BtcDelivery.Terms with { Delivery = BtcDelivery.Terms.Delivery! with { ExpiryNanos = expiry } }, "84000", startSeconds: 3600);
        for (var i = 1; i <= 15; i++)
        {
            e.Venue.Now = expiry - (30 - i) * 60 * Nanos.PerSecond;
            e.Price("84000");
        }
        e.Venue.Now += Nanos.PerSecond;
        e.Price("90000");
        Assert.Equal("87000", e.Market.Contract.Text(e.Market.Mark));
    }

    [Fact]
    public void FX_62_F_158_F_197_a_debt_nobody_can_pay_is_taken_from_the_gains_of_the_settlement()
    {
        var expiry = Venue.Start + 2 * Hour;
        var e = Exchange.With(BtcDelivery.Terms with { TakerFee = R("0.0001"), MakerFee = Rate.Zero, OrderPriceDeviate = R("0.9"), MarketOrderSlip = R("0.5"), Delivery = BtcDelivery.Terms.Delivery! with { ExpiryNanos = expiry, SettleFee = Rate.Zero } }, "1000", startSeconds: 3600)
            .User("W", "1000").User("V", "1000").User("L", "120");
        foreach (var user in new[] { "W", "V", "L" }) e.Accept("", new SetContractFees { User = e[user], MakerFee = 0, TakerFee = 0 });
        e.Endow("12");
        e.Leverage("L", 100, cross: true);
        // W +10,000 and V +5,000 (1 and 0.5 coins) at 1,000 against L: at 1,100 they gain 100 and 50, and L, with 120, is 30 short.
        e.Place("L", -10_000, "1000");
        e.Place("W", 10_000, "1000", TimeInForce.ImmediateOrCancel);
        e.Place("L", -5_000, "1000");
        e.Place("V", 5_000, "1000", TimeInForce.ImmediateOrCancel);
        // Nothing is looked at while the prices are stale: so L comes to the settlement as it is.
        e.Venue.Now += 61 * Nanos.PerSecond;
        for (var i = 1; i <= 30; i++)
        {
            e.Venue.Now = expiry - (30 - i) * 60 * Nanos.PerSecond;
            e.Price("1100", IndexFlags.Stale);
        }
        Assert.Equal(("1088", "1044", "0", "0"), (e.Cash("W").ToString(), e.Cash("V").ToString(), e.Cash("L").ToString(), e.Fund.ToString()));

        // F-158: what is left stays for ten minutes.
        Assert.Equal(e.Venue.Now + 600 * Nanos.PerSecond, e.Venue.Only<TransfersHeld>().UntilNanos);
        var transfer = new Products.Wallet.Transfer { FromUser = e["W"], ToUser = e["W"], FromWallet = Exchange.DeliveryWallet, ToWallet = 1, Asset = 2, Amount = M("1088") };
        Assert.Equal((FuturesRefusal)Products.Wallet.WalletRefusal.TransfersHeld, e.Refused("W", transfer, ""));
        Assert.Equal(e.Venue.Machine.StateHash(), e.Venue.Restored().Machine.StateHash());
        e.Wait(599);
        Assert.Equal((FuturesRefusal)Products.Wallet.WalletRefusal.TransfersHeld, e.Refused("W", transfer, ""));
        e.Wait(1);
        e.Accept("W", transfer, "");
    }

    [Fact]
    public void F_230_a_delisted_perpetual_is_reduce_only_until_its_end_and_settles_free_of_charge()
    {
        var e = Exchange.With(Btc.Terms, "84000").User("L", "10000").User("S", "100000");
        e.Trade("S", "L", 100, "84000");
        var fees = e.Fees;
        var end = e.Venue.Now + Hour;
        Assert.Equal(FuturesRefusal.InvalidTerms, e.Refused("", new SetContractStatus { Instrument = e.Id, Status = MarketStatus.Delisted }));
        e.Accept("", new SetContractStatus { Instrument = e.Id, Status = MarketStatus.Delisting, EndNanos = end });
        Assert.Equal(FuturesRefusal.ContractInDelisting, e.Refused("L", e.Order(1, "84000")));
        e.Place("L", e.Order(-40, "84100") with { Flags = ContractOrderFlags.ReduceOnly });
        for (var i = 0; i <= 60; i++)
        {
            e.Venue.Now = end - (60 - i) * 60 * Nanos.PerSecond;
            e.Price("84100");
        }
        Assert.Equal(("84100", MarketStatus.Delisted), (e.Market.Contract.Text(Assert.Single(e.Events<ContractSettled>()).Price), e.Market.Status));
        Assert.Equal((0, Money.Zero, fees), (e.Of("L").Size, e.Clearing, e.Fees));
    }

    private static void Open(Exchange e, string user, long size, string price)
    {
        e.Mark(price);
        e.Place("M", -size, price);
        e.Place(user, size, price, TimeInForce.ImmediateOrCancel);
        e.Venue.Accept(0, new PinMark { Instrument = e.Id, Mark = 0 });
    }
}
