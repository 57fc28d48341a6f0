namespace Sluice.Bench.Measure;

/// <summary>A table as plain text: the first column to the left, figures to the right.</summary>
public sealed class Table(params string[] heads)
{
    private readonly List<string[]> rows = [heads];

    public void Row(params string[] cells) => rows.Add(cells);

    public void Print(TextWriter writer)
    {
        var widths = heads.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            writer.WriteLine(string.Join("  ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]))).TrimEnd());
        }
    }

    public static string Millions(double value) => FormattableString.Invariant($"{value / 1e6:0.00} M");

    public static string Number(double value, string format = "0.00") => value.ToString(format, null);

    public static string Count(long value) => value.ToString("N0", null);
}
