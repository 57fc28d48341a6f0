using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Fills;
using Sluice.Products.Futures.State;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Fees of contracts in points (F-045). One bitcoin at 60,000: the taker pays 45 USDT, the maker is paid 6.</summary>
public class PointTests
{
    private const int Usdt = 2, Coin = 1, Point = 3;

    [Fact]
    public void F_045_the_whole_fee_is_paid_in_points_where_there_are_enough()
    {
        var e = Ready("2.5", "200");                                    // 45 USDT are 112.5 points
        var (cash, fees) = (e.Cash("T"), e.Fees);
        e.Trade("M", "T", 10_000, "60000");
        var fill = e.Venue.Only<ContractFilled>();
        Assert.Equal((ContractFillFlags.TakerPoints, M("112.5"), M("-6")), (fill.Flags, fill.TakerFee, fill.MakerFee));
        Assert.Equal((cash, fees - M("6")), (e.Cash("T"), e.Fees));
        Assert.Equal((M("87.5"), M("112.5")), (Points(e, "T"), e.Venue.VenueBalance(WalletId.Fees, Point)));
        var paid = Assert.Single(e.Events<BalanceChanged>(), one => one.Asset == Point);
        Assert.Equal((Reason.PointFee, fill.TakerOrder, M("-112.5"), e["T"], 1), (paid.Reason, paid.Reference, paid.Change, paid.User, paid.Wallet));
        Assert.Equal(e.Id, paid.Instrument);
        Assert.Equal((M("0"), M("0")), (e.Of("T").FeesPaid, e.Of("T").Realised));
        Assert.Equal((M("112.5"), M("0")), (e.Venue.Only<PositionPointsChanged>().Paid, e.Venue.Only<PositionPointsChanged>().History));
        Same(e);
    }

    [Fact]
    public void F_045_it_is_cash_as_before_where_they_are_not_enough_or_nobody_asked()
    {
        var e = Ready("2.5", "112.4");
        var cash = e.Cash("T");
        e.Trade("M", "T", 10_000, "60000");
        Assert.Equal((M("45"), ContractFillFlags.None), (e.Venue.Only<ContractFilled>().TakerFee, e.Venue.Only<ContractFilled>().Flags));
        Assert.Equal((cash - M("45"), M("112.4")), (e.Cash("T"), Points(e, "T")));

        // 9.000000000045 would be 9.000001 in their unit.
        e = Ready("0.200000000001", "9");
        e.Trade("M", "T", 10_000, "60000");
        Assert.Equal((M("45"), M("9")), (e.Venue.Only<ContractFilled>().TakerFee, Points(e, "T")));

        e = Ready("2.5", "200");
        e.Accept("T", new SetPointUse { Enabled = 0 });
        e.Trade("M", "T", 10_000, "60000");
        Assert.Equal((M("45"), M("200")), (e.Venue.Only<ContractFilled>().TakerFee, Points(e, "T")));

        e = Ready("2.5", "200");
        e.Accept("", new SetPointValue { Asset = Usdt, Points = Point });
        e.Trade("M", "T", 10_000, "60000");
        Assert.Equal((M("45"), M("200")), (e.Venue.Only<ContractFilled>().TakerFee, Points(e, "T")));
    }

    [Fact]
    public void F_045_both_sides_pay_and_who_trades_with_itself_pays_both_from_one_balance()
    {
        var e = Ready("1", "80", maker: "0.0005");
        e.Venue.Fund(e["M"], Point, "100", 1);
        e.Accept("M", new SetPointUse { Enabled = 1 });
        e.Trade("M", "T", 10_000, "60000");
        Assert.Equal((M("30"), M("45")), (e.Venue.Only<ContractFilled>().MakerFee, e.Venue.Only<ContractFilled>().TakerFee));
        Assert.Equal(ContractFillFlags.MakerPoints | ContractFillFlags.TakerPoints, e.Venue.Only<ContractFilled>().Flags);
        Assert.Equal((M("70"), M("35"), M("75")), (Points(e, "M"), Points(e, "T"), e.Venue.VenueBalance(WalletId.Fees, Point)));

        e = Ready("1", "74.9", maker: "0.0005");                        // enough for either, not for both
        e.Accept("", new Products.Spot.ConfigureSpot());                // no groups: its own orders are met
        var cash = e.Cash("T");
        e.Trade("T", "T", 10_000, "60000");
        Assert.Equal((M("30"), M("45"), ContractFillFlags.MakerPoints), (e.Venue.Only<ContractFilled>().MakerFee, e.Venue.Only<ContractFilled>().TakerFee, e.Venue.Only<ContractFilled>().Flags));
        Assert.Equal((M("44.9"), cash - M("45")), (Points(e, "T"), e.Cash("T")));
    }

    [Fact]
    public void F_045_points_are_rounded_up_to_their_unit()
    {
        Assert.Equal(M("0.000001"), PointFees.Worth(new Money(1), M("1"), 1_000_000));
        Assert.Equal(M("15.000000"), PointFees.Worth(M("45"), M("0.333333333333"), 1_000_000));
        Assert.Equal(M("14.999999999985"), PointFees.Worth(M("45"), M("0.333333333333"), 1));
        Assert.Equal(M("48000"), PointFees.Worth(M("0.6"), M("80000"), 1_000_000));
    }

    // As a cash fee does, what a closing fill costs belongs to the life it ends.
    [Fact]
    public void F_045_F_028_points_belong_to_the_life_of_the_position()
    {
        var e = Ready("1", "1000");
        e.Trade("M", "T", 10_000, "60000");
        e.Trade("M", "T", -5_000, "60000");
        Assert.Equal(new LegPoints(M("67.5"), M("0")), Kept(e));
        e.Trade("M", "T", -10_000, "60000");                            // turns: all 45 are of the life that ends
        Assert.Equal(-5_000, e.Of("T").Size);
        Assert.Equal(new LegPoints(M("0"), M("112.5")), Kept(e));
        Assert.Equal([(M("112.5"), M("0")), (M("0"), M("112.5"))], e.Events<PositionPointsChanged>().Select(one => (one.Paid, one.History)));
        e.Trade("M", "T", 5_000, "60000");
        Assert.Equal(new LegPoints(M("0"), M("135")), Kept(e));
        Same(e);
    }

    [Fact]
    public void F_045_a_liquidation_pays_in_cash_and_who_meets_it_in_points()
    {
        var e = Ready("1", "1000", maker: "0.0005");
        e.Endow("100000");
        e.Leverage("T", 20);
        e.Trade("M", "T", 10_000, "60000");
        e.Venue.Fund(e["M"], Point, "1000", 1);
        e.Accept("M", new SetPointUse { Enabled = 1 });
        var points = Points(e, "T");
        e.Place("M", 10_000, "57300");
        e.Mark("57100");
        Assert.Equal(0, e.Of("T").Size);
        var fills = e.Events<ContractFilled>().ToArray();
        Assert.NotEmpty(fills);
        Assert.All(fills, fill => Assert.Equal(ContractFillFlags.Liquidation | ContractFillFlags.MakerPoints, fill.Flags & (ContractFillFlags.Liquidation | ContractFillFlags.MakerPoints | ContractFillFlags.TakerPoints)));
        Assert.Equal(points, Points(e, "T"));
        Assert.Equal(M("1000") - fills.Aggregate(Money.Zero, (sum, fill) => sum + fill.MakerFee), Points(e, "M"));
        Same(e);
    }

    [Fact]
    public void F_045_an_inverse_contract_has_the_value_of_its_coin()
    {
        var e = Exchange.With(BtcUsd.Terms, "60000");
        e.Venue.Accept(0, new Products.Spot.ListAsset { Scale = 6 }, "POINT", "Points");
        foreach (var name in new[] { "M", "T" }) e.User(name, "10");
        e.Venue.Fund(e["T"], Point, "100", 1);
        e.Accept("", new SetPointValue { Asset = Coin, Points = Point, Value = M("60000") });
        e.Accept("T", new SetPointUse { Enabled = 1 });
        e.Trade("M", "T", 6_000, "60000");                              // 0.1 BTC; 0.000075 of fee
        Assert.Equal((M("4.5"), M("95.5")), (e.Venue.Only<ContractFilled>().TakerFee, Points(e, "T")));
        Same(e);
    }

    [Fact]
    public void F_045_values_and_uses_are_checked()
    {
        var e = Ready("1", "1000");
        Assert.Equal(FuturesRefusal.NoChange, e.Refused("T", new SetPointUse { Enabled = 1 }));
        Assert.Equal(FuturesRefusal.InvalidCombination, e.Refused("T", new SetPointUse { Enabled = 2 }));
        Assert.Equal(FuturesRefusal.UserNotFound, e.Refused("", new SetPointUse { Enabled = 1 }));
        var sub = (int)e.Venue.Accept(0, new Products.Identity.CreateUser { Parent = e["M"] }, "sub", "", "");
        e.Venue.Accept(0, new Products.Identity.SetLocked { User = sub, Locked = 1 });
        Assert.Equal((ushort)FuturesRefusal.UserLocked, e.Venue.Send(sub, new SetPointUse { Enabled = 1 }).Refusal);
        Assert.Equal(FuturesRefusal.NoChange, e.Refused("", new SetPointValue { Asset = Usdt, Points = Point, Value = M("1") }));
        Assert.Equal(FuturesRefusal.AssetNotFound, e.Refused("", new SetPointValue { Asset = 9, Points = Point, Value = M("1") }));
        Assert.Equal(FuturesRefusal.InvalidTerms, e.Refused("", new SetPointValue { Asset = Point, Points = Point, Value = M("1") }));
        Assert.Equal(FuturesRefusal.InvalidTerms, e.Refused("", new SetPointValue { Asset = Usdt, Points = Coin, Value = M("1") }));
        Assert.Equal(FuturesRefusal.InvalidTerms, e.Refused("", new SetPointValue { Asset = Usdt, Points = Point, Value = M("-1") }));
        Assert.Equal(FuturesRefusal.InvalidTerms, e.Refused("", new SetPointValue { Asset = Usdt, Points = Point, Value = M("1000000000.000000000001") }));
    }

    private static Money Points(Exchange e, string user) => e.Venue.Balance(e[user], Point).Available;

    private static LegPoints Kept(Exchange e)
    {
        Assert.True(e.State.Seats.TryFind(e["T"], e.Market.Number, out var seat));
        return e.State.Points.Legs[e.State.Seats[seat].Net];
    }

    private static void Same(Exchange e) => Assert.Equal(e.Venue.Machine.StateHash(), e.Venue.Restored().Machine.StateHash());

    private static Exchange Ready(string value, string points, string? maker = null)
    {
        var e = Exchange.With(maker is null ? Terms : Terms with { MakerFee = R(maker) }, "60000");
        e.Venue.Accept(0, new Products.Spot.ListAsset { Scale = 6 }, "POINT", "Points");
        foreach (var name in new[] { "M", "T" }) e.User(name, "1000000");
        e.Venue.Fund(e["T"], Point, points, 1);
        e.Accept("", new SetPointValue { Asset = Usdt, Points = Point, Value = M(value) });
        e.Accept("T", new SetPointUse { Enabled = 1 });
        return e;
    }

    private static readonly Sluice.Products.Futures.Contracts.ContractTerms Terms = Fx.Btc.Terms;
}
