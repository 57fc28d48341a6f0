using Sluice.Bench.Measure;

namespace Sluice.Bench.All;

/// <summary>Two plots as SVG text: how far each figure is from its goal, and latencies by percentile. Nothing but lines, rectangles and words.</summary>
internal static class Plots
{
    /// <summary>One bar a figure, as a share of its goal; the goal is a line, what it must be a mark.</summary>
    public static string OfGoal(IReadOnlyList<Figure> figures)
    {
        const int Row = 22, Left = 380, Right = 70, Top = 44;
        const double Most = 1.5;                        // longer bars are cut: they have reached it anyway
        var height = Top + Row * figures.Count + 34;
        var svg = new Svg(height, "share of the goal");
        double X(double share) => Left + (Svg.Width - Left - Right) * double.Clamp(share, 0, Most) / Most;
        for (var share = 0.0; share <= Most; share += 0.25)
        {
            svg.Line(X(share), Top - 6, X(share), height - 30, share == 1 ? Svg.Ink : Svg.Grid, share == 1 ? 1.5 : 1);
            svg.Words(X(share), height - 14, Table.Number(share), "middle");
        }
        for (var i = 0; i < figures.Count; i++)
        {
            var figure = figures[i];
            var y = Top + Row * i;
            var colour = figure.ReachesGoal ? Svg.Good : figure.ReachesMust ? Svg.Fair : Svg.Poor;
            svg.Bar(Left, y + 3, X(figure.OfGoal) - Left, Row - 8, colour);
            var (low, high) = (X(figure.ShareOfGoal(figure.Value.Low)), X(figure.ShareOfGoal(figure.Value.High)));
            if (low != high) svg.Line(low, y + 3 + (Row - 8) / 2, high, y + 3 + (Row - 8) / 2, Svg.Ink, 1);
            svg.Words(Left - 8, y + 14, figure.Name, "end");
            svg.Words(double.Max(X(figure.OfGoal), double.Max(low, high)) + 5, y + 14, Table.Number(figure.OfGoal), "start");
            var must = figure.Better == Better.More ? figure.Must / figure.Goal : figure.Goal / figure.Must;
            if (double.IsFinite(must) && must > 0) svg.Line(X(must), y + 1, X(must), y + Row - 3, Svg.Ink, 2);
        }
        svg.Words(16, 26, "green: goal reached, blue: what it must be, red: neither; upright mark: what it must be; thin line: lowest to highest run", "start");
        return svg.End();
    }

    /// <summary>Time over percentile, both logarithmic: each step to the right is rarer by ten.</summary>
    public static string Percentiles(IReadOnlyList<Curve> curves)
    {
        const int Left = 80, Right = 250, Top = 44, Height = 460, Bottom = 50;
        var points = curves.SelectMany(curve => curve.Points).Where(point => point.Nanos > 0).ToArray();
        var svg = new Svg(Height, "latency by percentile");
        if (points.Length == 0) return svg.End();
        var (low, high) = (double.Floor(double.Log10(points.Min(point => point.Nanos))), double.Ceiling(double.Log10(points.Max(point => point.Nanos))));
        if (high <= low) high = low + 1;
        var rarest = double.Ceiling(points.Max(point => Rarity(point.Quantile)));
        double X(double rarity) => Left + (Svg.Width - Left - Right) * rarity / rarest;
        double Y(double log) => Height - Bottom - (Height - Bottom - Top) * (log - low) / (high - low);
        for (var decade = low; decade <= high; decade++)
        {
            svg.Line(Left, Y(decade), Svg.Width - Right, Y(decade), Svg.Grid, 1);
            svg.Words(Left - 8, Y(decade) + 4, Nanos(double.Pow(10, decade)), "end");
        }
        for (var rarity = 0; rarity <= rarest; rarity++)
        {
            svg.Line(X(rarity), Top, X(rarity), Height - Bottom, Svg.Grid, 1);
            svg.Words(X(rarity), Height - Bottom + 18, rarity switch { 0 => "all", 1 => "90 %", 2 => "99 %", _ => $"99.{new string('9', rarity - 2)} %" }, "middle");
        }
        for (var i = 0; i < curves.Count; i++)
        {
            var colour = Svg.Lines[i % Svg.Lines.Length];
            svg.Path(curves[i].Points.Where(point => point.Nanos > 0).Select(point => (X(Rarity(point.Quantile)), Y(double.Log10(point.Nanos)))), colour, 2);
            svg.Line(Svg.Width - Right + 16, Top + 20 * i, Svg.Width - Right + 40, Top + 20 * i, colour, 3);
            svg.Words(Svg.Width - Right + 46, Top + 20 * i + 4, curves[i].Name, "start");
        }
        return svg.End();
    }

    // 0.9 → 1, 0.99 → 2.
    private static double Rarity(double quantile) => -double.Log10(1 - quantile);

    private static string Nanos(double nanos) => nanos switch
    {
        >= 1e9 => $"{nanos / 1e9:0} s", >= 1e6 => $"{nanos / 1e6:0} ms", >= 1e3 => $"{nanos / 1e3:0} us", _ => $"{nanos:0} ns",
    };

    }
