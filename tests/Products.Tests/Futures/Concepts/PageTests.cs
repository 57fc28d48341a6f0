using Sluice.Core.Margin;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Funding;
using Sluice.Products.Futures.Liquidation;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.Pricing;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures.Concepts;

/// <summary>The worked numbers of docs/concepts/futures, each page's own example.</summary>
public class PageTests
{
    private static readonly long Entry = Eth.P("3000");

    [Fact]
    public void Mark_price_F_055_F_056_F_061()
    {
        var index = Eth.P("3000");
        var middle = new MiddleAverage(30);
        for (var second = 1; second <= 30; second++) middle.Add(Eth.P("3001"), Eth.P("3002"), index, second * 1_000_000_000L);
        var parts = MarkPrice.Perpetual(Eth, index, R("0.0002"), Hours(2), middle, Eth.P("3010"), 30_000_000_000);
        Page.Says("mark-price.md", Eth.Text(parts.Basis), Eth.Text(parts.Average), Eth.Text(parts.Last), Eth.Text(parts.Median));

        var pushed = MarkPrice.Perpetual(Eth, index, R("0.0002"), Hours(2), middle, Eth.P("3300"), 30_000_000_000);
        Assert.Equal(parts.Median, pushed.Median);                              // one trade far away moves nothing
        Page.Says("mark-price.md", Eth.Text(MarkPrice.Clamped(Eth, Eth.P("3400"), index)));
    }

    [Fact]
    public void Funding_F_071_F_073_F_076_F_078()
    {
        var terms = Eth.Terms.Funding!;
        var samples = default(PremiumSamples);
        foreach (var premium in new[] { 20_000, 40_000, 90_000 }) samples.Add(premium);     // 0.0002, 0.0004, 0.0009
        var rate = FundingRate.Of(terms, samples, Rate.Zero);
        Page.Says("funding.md", Math.Round((0.0002 + 2 * 0.0004 + 3 * 0.0009) / 6, 6).ToString(null, null), rate.ToString());

        var mark = Eth.P("3000.37");
        var payments = new[] { 2_000L, -1_300, -700 }.Select(size => FundingPayment.Of(Eth, size, mark, rate)).ToArray();
        Page.Says("funding.md", payments[0].ToString(), (-payments[1]).ToString(), (-payments[2]).ToString());
        Assert.Equal(Money.Zero, payments[0] + payments[1] + payments[2]);

        var inBand = default(PremiumSamples);
        inBand.Add(30_000);                                                                 // 0.0003: within the band of interest
        Page.Says("funding.md", FundingRate.Of(terms, inBand, Rate.Zero).ToString());
    }

    [Fact]
    public void Margin_F_101_F_104_F_110_F_119()
    {
        var (long20, value) = Long20();
        Page.Says("margin.md", value.ToString(), long20.Margin.ToString());
        Page.Says("margin.md", OrderMargin.Of(Eth, Side.Buy, 2_000, Entry, X(20), Fee).ToString(), OrderMargin.Of(Eth, Side.Sell, 2_000, Entry, X(20), Fee).ToString());

        foreach (var worth in new[] { "60000", "300000", "500000", "1500000" })
        {
            var notional = Notional.Of(M(worth));
            Page.Says("margin.md", Eth.RiskLimits.Maintenance(notional).ToString(), Requirements.Maintenance(Eth, Eth.RiskLimits, notional).ToString());
        }
        Page.Says("margin.md", RiskLimit.LimitFor(Eth.RiskLimits, X(20)).ToString(), RiskLimit.LimitFor(Eth.RiskLimits, X(100)).ToString());

        var verdict = MarginChange.SetLeverage(Eth, long20.Size, long20.EntryValue, long20.Margin, X(50), Entry, Money.Zero, out var less);
        Assert.Equal(MarginVerdict.Allowed, verdict);
        Page.Says("margin.md", less.ToString(), (long20.Margin - less).ToString());
    }

    [Fact]
    public void Liquidation_F_111_F_115_F_116_F_173_F_180()
    {
        var (leg, _) = Long20();
        var liquidation = LiquidationPrice.Isolated(Eth, Eth.RiskLimits, leg.Size, leg.EntryValue, leg.Margin)!.Value;
        var bankruptcy = BankruptcyPrice.Isolated(Eth, leg.Size, leg.EntryValue, leg.Margin)!.Value;
        Page.Says("liquidation.md", Eth.Text(liquidation), Eth.Text(bankruptcy));
        var below = liquidation - Eth.Terms.Tick;                               // the price shown is rounded to the early side
        foreach (var mark in new[] { Entry, Eth.P("2900"), liquidation, below })
        {
            Page.Says("liquidation.md", Requirements.IsolatedLevel(Eth, Eth.RiskLimits, leg.Size, leg.EntryValue, leg.Margin, mark).ToString());
        }
        Assert.True(Requirements.IsolatedLevel(Eth, Eth.RiskLimits, leg.Size, leg.EntryValue, leg.Margin, below).IsBreached);
        Assert.False(Requirements.IsolatedLevel(Eth, Eth.RiskLimits, leg.Size, leg.EntryValue, leg.Margin, liquidation).IsBreached);

        // All of it is sold a little better than at the bankruptcy price: the difference goes to the fund.
        var value = Eth.Value(-leg.Size, Eth.P("2855"));
        var fee = Fees(value, "0.00075");
        Page.Says("liquidation.md", LiquidationMoney.Surplus(Eth, -leg.Size, value, fee, bankruptcy).ToString());

        // A large one steps down.
        var mark2 = Eth.P("2900");
        var large = 25_000L;                                                    // 250 ETH, 725,000 USDT: third tier
        var kept = large - LiquidationStage.SizeToClose(Eth, Eth.RiskLimits, large, mark2, M("3000"));
        Page.Says("liquidation.md", kept.ToString("#,0", null), (large - kept).ToString("#,0", null));
    }

    [Fact]
    public void Deleveraging_F_202_F_203()
    {
        (string Name, long Size, string Entry, int Leverage)[] shorts = [("Bo", -3_000, "3300", 10), ("Cy", -5_000, "2900", 50), ("Di", -2_000, "2800", 20)];
        var mark = Eth.P("2840");
        var ranking = shorts.Select((one, i) =>
        {
            var leg = new Position { Leverage = X(one.Leverage) };
            leg.Fill(Eth, one.Size, Eth.Value(one.Size, Eth.P(one.Entry)), Money.Zero, i + 1, out _);
            var profit = Eth.Unrealised(leg.Size, leg.EntryValue, mark);
            var level = Requirements.IsolatedLevel(Eth, Eth.RiskLimits, leg.Size, leg.EntryValue, leg.Margin, mark);
            return (one.Name, Candidate: new AdlCandidate(AdlScore.Of(profit, leg.EntryValue, level), i + 1, i + 1, -one.Size, false, i), Profit: profit, Level: level);
        }).OrderBy(one => one.Candidate).ToArray();
        Assert.Equal(["Bo", "Cy", "Di"], ranking.Select(one => one.Name));
        long before = 0;
        foreach (var one in ranking)
        {
            before += one.Candidate.Size;
            Page.Says("deleveraging.md", one.Profit.ToString(), one.Level.ToString(), DecimalText.Format(one.Candidate.Score.Displayed(8), 8),
                Deleveraging.Light(before, 10_000).ToString(null, null));
        }
        var taken = new long[3];
        Assert.Equal(0, Deleveraging.Take([.. ranking.Select(one => one.Candidate)], 4_000, taken));
        Assert.Equal([3_000, 1_000, 0], taken);
    }

    private static (Position Leg, Money Value) Long20()
    {
        var leg = new Position { Leverage = X(20) };
        var value = Eth.Value(2_000, Entry);
        leg.Fill(Eth, 2_000, value, Money.Zero, 1, out _);
        return (leg, value);
    }
}
