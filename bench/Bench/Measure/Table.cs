using System.Text;

namespace Sluice.Bench.Measure;

/// <summary>A table as plain text: the first column to the left, figures to the right.</summary>
public sealed class Table(params string[] heads)
{
    private readonly List<string[]> rows = [heads];

    public void Row(params string[] cells) => rows.Add(cells);

    public void PrintMarkdown(StringBuilder into)
    {
        into.Append(Line(heads)).Append(string.Concat(heads.Select((_, column) => IsWords(column) ? "|---" : "|---:"))).Append("|\n");
        foreach (var row in rows.Skip(1)) into.Append(Line(row));

        static string Line(string[] cells) => $"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |\n";
    }

    // Words stand to the left: the first column, and a last one that says what a reader needs beside the figures.
    private bool IsWords(int column) => column == 0 || (column == heads.Length - 1 && heads[column] == "detail");

    public void Print(TextWriter writer)
    {
        var widths = heads.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            writer.WriteLine(string.Join("  ", row.Select((cell, column) => IsWords(column) ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd());
        }
    }

    public static string Millions(double value) => FormattableString.Invariant($"{value / 1e6:0.00} M");

    public static string Number(double value, string format = "0.00") => value.ToString(format, null);

    public static string Count(long value) => value.ToString("N0", null);
}
