using Sluice.Bench.All;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Funding;
using Sluice.Products.Futures.Liquidation;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.Pricing;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures.Concepts;

/// <summary>The plots of docs/concepts/futures, drawn from the venue's arithmetic.</summary>
public class PlotTests
{
    private const int Left = 80, Right = 190, Top = 30, Bottom = 50, Height = 380;

    [Fact]
    public void The_mark_is_the_middle_of_three_F_055()
    {
        // A trade far away at one minute, a real move of the index from two minutes on.
        var index = new List<(double, double)>();
        var (last, mark) = (new List<(double, double)>(), new List<(double, double)>());
        var middle = new MiddleAverage(30);
        for (var second = 0; second <= 240; second++)
        {
            var at = Eth.P("3000") + (second < 120 ? 0 : long.Min(second - 120, 60) * 50);      // +30 within a minute
            var traded = second is >= 60 and < 75 ? Eth.P("3060") : at + 100;
            middle.Add(at + 40, at + 60, at, second * 1_000_000_000L);
            var parts = MarkPrice.Perpetual(Eth, at, R("0.0001"), Hours(4), middle, traded, second * 1_000_000_000L);
            index.Add((second, at / 100.0));
            last.Add((second, traded / 100.0));
            mark.Add((second, parts.Median / 100.0));
        }
        var plot = new Axes("mark, last trade and index", (0, 240, 30), (2990, 3070, 10), "seconds", "USDT");
        plot.Curve("last trade", last, Svg.Poor, 1.5);
        plot.Curve("index", index, Svg.Good, 1.5);
        plot.Curve("mark", mark, Svg.Fair, 3);
        Page.Shows("mark-price.svg", plot.End());
    }

    [Fact]
    public void The_funding_rate_has_a_flat_middle_and_a_cap_F_073()
    {
        var plot = new Axes("funding rate by average premium", (-0.5, 0.5, 0.1), (-0.4, 0.4, 0.1), "average premium, %", "rate of one settlement, %");
        foreach (var (hours, colour) in new[] { (8, Svg.Fair), (4, Svg.Good), (1, Svg.Poor) })
        {
            var terms = Eth.Terms.Funding! with { IntervalSeconds = hours * 3600 };
            plot.Curve($"every {hours} h", Enumerable.Range(-100, 201).Select(step =>
            {
                var samples = default(PremiumSamples);
                samples.Add(step * 5_000);
                return (step * 0.005, FundingRate.Of(terms, samples, Rate.Zero).Raw / 1e10);
            }), colour, 2);
        }
        Page.Shows("funding.svg", plot.End());
    }

    [Fact]
    public void The_requirement_bends_at_every_tier_F_110()
    {
        var plot = new Axes("what a position must keep, by its value", (0, 4, 0.5), (0, 40, 5), "position value, million USDT", "thousand USDT");
        plot.Curve("maintenance", Values(value => Eth.RiskLimits.Maintenance(value)), Svg.Fair, 2);
        plot.Curve("with exit fee", Values(value => Requirements.Maintenance(Eth, Eth.RiskLimits, value)), Svg.Poor, 2);
        foreach (ref readonly var tier in Eth.RiskLimits.Tiers)
        {
            if (tier.Limit <= M("4000000")) plot.Mark(InMillions(tier.Limit), "");
        }
        Page.Shows("margin.svg", plot.End());

        static IEnumerable<(double, double)> Values(Func<Notional, Money> of) => Enumerable.Range(0, 81).Select(step =>
        {
            var value = Money.Units(step * 50_000L);
            return (InMillions(value), InMillions(of(Notional.Of(value))) * 1000);
        });
    }

    [Fact]
    public void A_level_falls_to_one_before_the_equity_is_gone_F_111_F_115_F_116()
    {
        var leg = new Position { Leverage = X(20) };
        leg.Fill(Eth, 2_000, Eth.Value(2_000, Eth.P("3000")), Money.Zero, 1, out _);
        var plot = new Axes("a long of 20 ETH at 3,000, isolated, 20 times", (2820, 3020, 20), (-1, 4, 0.5), "mark", "thousand USDT");
        var marks = Enumerable.Range(0, 101).Select(step => Eth.P("2820") + step * 200L).ToArray();
        plot.Curve("equity", marks.Select(mark => (mark / 100.0, Thousands(leg.Margin + Eth.Unrealised(leg.Size, leg.EntryValue, mark)))), Svg.Fair, 2);
        plot.Curve("requirement", marks.Select(mark => (mark / 100.0, Thousands(Requirements.Maintenance(Eth, Eth.RiskLimits, Eth.NotionalOf(leg.Size, mark))))), Svg.Poor, 2);
        plot.Mark(LiquidationPrice.Isolated(Eth, Eth.RiskLimits, leg.Size, leg.EntryValue, leg.Margin)!.Value / 100.0, "liquidation");
        plot.Mark(BankruptcyPrice.Isolated(Eth, leg.Size, leg.EntryValue, leg.Margin)!.Value / 100.0, "bankruptcy");
        Page.Shows("liquidation.svg", plot.End());
    }

    private static double InMillions(Money value) => (double)value.Raw / 1e18;

    private static double Thousands(Money value) => (double)value.Raw / 1e15;

    /// <summary>Two linear axes with a grid, curves with their names at the right, and upright marks.</summary>
    private sealed class Axes
    {
        private readonly Svg svg;
        private readonly (double From, double To, double Step) x, y;
        private int curves, marks;

        public Axes(string title, (double From, double To, double Step) x, (double From, double To, double Step) y, string xName, string yName)
        {
            (this.x, this.y) = (x, y);
            svg = new Svg(Height, title);
            svg.Words(Left, 18, yName, "start");
            svg.Words((Left + Svg.Width - Right) / 2.0, Height - 8, xName, "middle");
            for (var n = 0; n <= Math.Round((x.To - x.From) / x.Step); n++)
            {
                var at = x.From + n * x.Step;
                svg.Line(X(at), Top, X(at), Height - Bottom, Svg.Grid, 1);
                svg.Words(X(at), Height - Bottom + 18, Math.Round(at, 4).ToString(null, null), "middle");
            }
            for (var n = 0; n <= Math.Round((y.To - y.From) / y.Step); n++)
            {
                var at = Math.Round(y.From + n * y.Step, 6);
                svg.Line(Left, Y(at), Svg.Width - Right, Y(at), at == 0 ? Svg.Ink : Svg.Grid, 1);
                svg.Words(Left - 8, Y(at) + 4, at.ToString(null, null), "end");
            }
        }

        public void Curve(string name, IEnumerable<(double X, double Y)> points, string colour, double width)
        {
            svg.Path(points.Select(point => (X(point.X), Y(double.Clamp(point.Y, y.From, y.To)))), colour, width);
            var at = Top + 12 + 22 * curves++;
            svg.Line(Svg.Width - Right + 16, at, Svg.Width - Right + 40, at, colour, 3);
            svg.Words(Svg.Width - Right + 46, at + 4, name, "start");
        }

        public void Mark(double at, string name)
        {
            svg.Line(X(at), Top, X(at), Height - Bottom, Svg.Ink, 1);
            if (name.Length > 0) svg.Words(X(at) + 4, Top + 14 + 18 * marks++, name, "start");
        }

        public string End() => svg.End();

        private double X(double value) => Left + (Svg.Width - Left - Right) * (value - x.From) / (x.To - x.From);

        private double Y(double value) => Height - Bottom - (Height - Bottom - Top) * (value - y.From) / (y.To - y.From);
    }
}
