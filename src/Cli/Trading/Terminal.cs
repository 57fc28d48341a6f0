using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Sluice.Cli.Trading;

/// <summary>How numbers, times and tables look in a terminal. Numbers are the venue's own texts, never parsed into binary fractions to be printed again.</summary>
internal static class Terminal
{
    /// <summary>Errors go beside the data, so that a pipe gets only data.</summary>
    public static IAnsiConsole Error { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    // A pipe has no width: nothing is cut or folded there.
    private const int PipeWidth = 240;

    static Terminal()
    {
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = PipeWidth;
        if (Console.IsErrorRedirected) Error.Profile.Width = PipeWidth;
    }

    public static Table Table(params ReadOnlySpan<string> columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
        {
            // A leading '>' makes a column of numbers.
            var right = column.StartsWith('>');
            table.AddColumn(new TableColumn(new Markup($"[grey]{Markup.Escape(right ? column[1..] : column)}[/]")) { Alignment = right ? Justify.Right : Justify.Left, NoWrap = true });
        }
        return table;
    }

    public static void Row(this Table table, params ReadOnlySpan<string> cells)
    {
        var row = new Markup[cells.Length];
        for (var i = 0; i < cells.Length; i++) row[i] = new Markup(cells[i]);
        table.AddRow(row);
    }

    /// <summary>The table, or a sentence where there is nothing to show.</summary>
    public static void Print(this Table table, string nothing)
    {
        if (table.Rows.Count == 0) AnsiConsole.MarkupLineInterpolated($"[grey]{nothing}[/]");
        else AnsiConsole.Write(table);
    }

    /// <summary>A field as text, "" when it is not there.</summary>
    public static string Text(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
            ? value.ValueKind switch { JsonValueKind.String => value.GetString()!, JsonValueKind.Null => "", _ => value.GetRawText() }
            : "";

    public static decimal Number(this JsonElement element, string name) => Number(element.Text(name));

    public static decimal Number(string text) => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : 0;

    public static string Escaped(this JsonElement element, string name) => Markup.Escape(element.Text(name));

    /// <summary>Green above zero, red below.</summary>
    public static string Signed(string text, string unit = "")
    {
        var value = Number(text);
        var colour = value > 0 ? "green" : value < 0 ? "red" : "grey";
        return $"[{colour}]{(value > 0 && !text.StartsWith('+') ? "+" : "")}{Markup.Escape(text)}{unit}[/]";
    }

    public static string Side(string side) => side is "buy" or "long" ? $"[green]{side}[/]" : $"[red]{side}[/]";

    /// <summary>A large number with separators.</summary>
    public static string Grouped(string text) => Number(text) is var value && value >= 1000 ? value.ToString("N0", CultureInfo.InvariantCulture) : Markup.Escape(text);

    /// <summary>Seconds or milliseconds since the epoch, UTC.</summary>
    public static string Time(decimal value)
    {
        if (value <= 0) return "";
        var milliseconds = value > 1e11m ? value : value * 1000;
        return DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
    }

    public static string Plain(decimal value) => value.ToString("0.############", CultureInfo.InvariantCulture);
}
