using System.Security;
using System.Text;

namespace Sluice.Bench.All;

/// <summary>A plot as SVG text, nothing but lines, rectangles and words, for light pages and dark ones.</summary>
internal sealed class Svg
{
    public const int Width = 960;

    // Classes of the style sheet: each has a colour for a light page and one for a dark page. Who does not ask for either gets the light one.
    public const string Good = "good", Fair = "fair", Poor = "poor", Grid = "grid", Ink = "ink";
    public static readonly string[] Lines = [Fair, Poor, Good, "four", "five", "six"];

    private static readonly (string Name, string Light, string Dark)[] Colours =
    [
        ("page", "#ffffff", "#0d1117"), (Ink, "#1f2328", "#e6edf3"), (Grid, "#d0d4da", "#3d444d"), (Good, "#2e7d32", "#56c05c"), (Fair, "#1565c0", "#6cb0ff"),
        (Poor, "#b3261e", "#ff8078"), ("four", "#8e24aa", "#d19bf0"), ("five", "#c25100", "#ffa657"), ("six", "#00838f", "#4fd0dc"),
    ];

    private readonly StringBuilder text = new();

    public Svg(int height, string title)
    {
        text.Append(Invariant($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" width=\"{Width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\">\n"));
        text.Append($"<style>\n{Sheet(colour => colour.Light)}@media(prefers-color-scheme:dark){{\n{Sheet(colour => colour.Dark)}}}\n</style>\n");
        text.Append(Invariant($"<title>{SecurityElement.Escape(title)}</title>\n<rect width=\"{Width}\" height=\"{height}\" class=\"page\"/>\n"));
    }

    public string End() => text.Append("</svg>\n").ToString();

    public void Line(double x1, double y1, double x2, double y2, string colour, double width) =>
        text.Append(Invariant($"<line x1=\"{x1:0.0}\" y1=\"{y1:0.0}\" x2=\"{x2:0.0}\" y2=\"{y2:0.0}\" class=\"line {colour}\" stroke-width=\"{width}\"/>\n"));

    public void Path(IEnumerable<(double X, double Y)> points, string colour, double width) =>
        text.Append(Invariant($"<polyline points=\"{string.Join(' ', points.Select(point => Invariant($"{point.X:0.0},{point.Y:0.0}")))}\" class=\"line {colour}\" stroke-width=\"{width}\"/>\n"));

    public void Bar(double x, double y, double width, double height, string colour) =>
        text.Append(Invariant($"<rect x=\"{x:0.0}\" y=\"{y:0.0}\" width=\"{width:0.0}\" height=\"{height:0.0}\" class=\"{colour}\"/>\n"));

    public void Words(double x, double y, string words, string anchor) =>
        text.Append(Invariant($"<text x=\"{x:0.0}\" y=\"{y:0.0}\" text-anchor=\"{anchor}\" class=\"{Ink}\">{SecurityElement.Escape(words)}</text>\n"));

    private static string Sheet(Func<(string Name, string Light, string Dark), string> of) =>
        string.Concat(Colours.Select(colour => $".{colour.Name}{{fill:{of(colour)}}}.line.{colour.Name}{{fill:none;stroke:{of(colour)}}}\n"));

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
