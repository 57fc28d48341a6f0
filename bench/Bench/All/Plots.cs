using System.Security;
using System.Text;
using Sluice.Bench.Measure;

namespace Sluice.Bench.All;

/// <summary>Two plots as SVG text: how far each figure is from its goal, and latencies by percentile. Nothing but lines, rectangles and words.</summary>
internal static class Plots
{
    private const int Width = 960;

    // Classes of the style sheet: each has a colour for a light page and one for a dark page. Who does not ask for either gets the light one.
    private const string Good = "good", Fair = "fair", Poor = "poor", Grid = "grid", Ink = "ink";
    private static readonly string[] Lines = [Fair, Poor, Good, "four", "five", "six"];

    private static readonly (string Name, string Light, string Dark)[] Colours =
    [
        ("page", "#ffffff", "#0d1117"), (Ink, "#1f2328", "#e6edf3"), (Grid, "#d0d4da", "#3d444d"), (Good, "#2e7d32", "#56c05c"), (Fair, "#1565c0", "#6cb0ff"),
        (Poor, "#b3261e", "#ff8078"), ("four", "#8e24aa", "#d19bf0"), ("five", "#c25100", "#ffa657"), ("six", "#00838f", "#4fd0dc"),
    ];

    /// <summary>One bar a figure, as a share of its goal; the goal is a line, what it must be a mark.</summary>
    public static string OfGoal(IReadOnlyList<Figure> figures)
    {
        const int Row = 22, Left = 380, Right = 70, Top = 44;
        const double Most = 1.5;                        // longer bars are cut: they have reached it anyway
        var height = Top + Row * figures.Count + 34;
        var svg = Begin(height, "share of the goal");
        double X(double share) => Left + (Width - Left - Right) * double.Clamp(share, 0, Most) / Most;
        for (var share = 0.0; share <= Most; share += 0.25)
        {
            Line(svg, X(share), Top - 6, X(share), height - 30, share == 1 ? Ink : Grid, share == 1 ? 1.5 : 1);
            Words(svg, X(share), height - 14, Table.Number(share), "middle");
        }
        for (var i = 0; i < figures.Count; i++)
        {
            var figure = figures[i];
            var y = Top + Row * i;
            var colour = figure.ReachesGoal ? Good : figure.ReachesMust ? Fair : Poor;
            svg.Append(Invariant($"<rect x=\"{Left}\" y=\"{y + 3}\" width=\"{X(figure.OfGoal) - Left:0.0}\" height=\"{Row - 8}\" class=\"{colour}\"/>\n"));
            var (low, high) = (X(figure.ShareOfGoal(figure.Value.Low)), X(figure.ShareOfGoal(figure.Value.High)));
            if (low != high) Line(svg, low, y + 3 + (Row - 8) / 2, high, y + 3 + (Row - 8) / 2, Ink, 1);
            Words(svg, Left - 8, y + 14, figure.Name, "end");
            Words(svg, double.Max(X(figure.OfGoal), double.Max(low, high)) + 5, y + 14, Table.Number(figure.OfGoal), "start");
            var must = figure.Better == Better.More ? figure.Must / figure.Goal : figure.Goal / figure.Must;
            if (double.IsFinite(must) && must > 0) Line(svg, X(must), y + 1, X(must), y + Row - 3, Ink, 2);
        }
        Words(svg, Left, 26, "green: goal reached, blue: what it must be, red: neither; upright mark: what it must be; thin line: lowest to highest run", "start");
        return End(svg);
    }

    /// <summary>Time over percentile, both logarithmic: each step to the right is rarer by ten.</summary>
    public static string Percentiles(IReadOnlyList<Curve> curves)
    {
        const int Left = 80, Right = 250, Top = 44, Height = 460, Bottom = 50;
        var points = curves.SelectMany(curve => curve.Points).Where(point => point.Nanos > 0).ToArray();
        var svg = Begin(Height, "latency by percentile");
        if (points.Length == 0) return End(svg);
        var (low, high) = (double.Floor(double.Log10(points.Min(point => point.Nanos))), double.Ceiling(double.Log10(points.Max(point => point.Nanos))));
        if (high <= low) high = low + 1;
        var rarest = double.Ceiling(points.Max(point => Rarity(point.Quantile)));
        double X(double rarity) => Left + (Width - Left - Right) * rarity / rarest;
        double Y(double log) => Height - Bottom - (Height - Bottom - Top) * (log - low) / (high - low);
        for (var decade = low; decade <= high; decade++)
        {
            Line(svg, Left, Y(decade), Width - Right, Y(decade), Grid, 1);
            Words(svg, Left - 8, Y(decade) + 4, Nanos(double.Pow(10, decade)), "end");
        }
        for (var rarity = 0; rarity <= rarest; rarity++)
        {
            Line(svg, X(rarity), Top, X(rarity), Height - Bottom, Grid, 1);
            Words(svg, X(rarity), Height - Bottom + 18, rarity switch { 0 => "all", 1 => "90 %", 2 => "99 %", _ => $"99.{new string('9', rarity - 2)} %" }, "middle");
        }
        for (var i = 0; i < curves.Count; i++)
        {
            var line = string.Join(' ', curves[i].Points.Where(point => point.Nanos > 0).Select(point => Invariant($"{X(Rarity(point.Quantile)):0.0},{Y(double.Log10(point.Nanos)):0.0}")));
            svg.Append(Invariant($"<polyline points=\"{line}\" class=\"line {Lines[i % Lines.Length]}\" stroke-width=\"2\"/>\n"));
            Line(svg, Width - Right + 16, Top + 20 * i, Width - Right + 40, Top + 20 * i, Lines[i % Lines.Length], 3);
            Words(svg, Width - Right + 46, Top + 20 * i + 4, curves[i].Name, "start");
        }
        return End(svg);
    }

    // 0.9 → 1, 0.99 → 2.
    private static double Rarity(double quantile) => -double.Log10(1 - quantile);

    private static string Nanos(double nanos) => nanos switch
    {
        >= 1e9 => $"{nanos / 1e9:0} s", >= 1e6 => $"{nanos / 1e6:0} ms", >= 1e3 => $"{nanos / 1e3:0} us", _ => $"{nanos:0} ns",
    };

    private static StringBuilder Begin(int height, string title)
    {
        var svg = new StringBuilder();
        svg.Append(Invariant($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" width=\"{Width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\">\n"));
        svg.Append($"<style>\n{Sheet(colour => colour.Light)}@media(prefers-color-scheme:dark){{\n{Sheet(colour => colour.Dark)}}}\n</style>\n");
        svg.Append(Invariant($"<title>{title}</title>\n<rect width=\"{Width}\" height=\"{height}\" class=\"page\"/>\n"));
        return svg;
    }

    private static string Sheet(Func<(string Name, string Light, string Dark), string> of) =>
        string.Concat(Colours.Select(colour => $".{colour.Name}{{fill:{of(colour)}}}.line.{colour.Name}{{fill:none;stroke:{of(colour)}}}\n"));

    private static string End(StringBuilder svg) => svg.Append("</svg>\n").ToString();

    private static void Line(StringBuilder svg, double x1, double y1, double x2, double y2, string colour, double width) =>
        svg.Append(Invariant($"<line x1=\"{x1:0.0}\" y1=\"{y1:0.0}\" x2=\"{x2:0.0}\" y2=\"{y2:0.0}\" class=\"line {colour}\" stroke-width=\"{width}\"/>\n"));

    private static void Words(StringBuilder svg, double x, double y, string words, string anchor) =>
        svg.Append(Invariant($"<text x=\"{x:0.0}\" y=\"{y:0.0}\" text-anchor=\"{anchor}\" class=\"{Ink}\">{SecurityElement.Escape(words)}</text>\n"));

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
