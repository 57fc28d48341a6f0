using System.Globalization;
using System.Text;
using System.Text.Json;
using Spectre.Console;

namespace Sluice.Cli.Trading;

/// <summary>One candle: start in seconds, prices, volume.</summary>
internal readonly record struct Candle(long Start, decimal Open, decimal High, decimal Low, decimal Close, decimal Volume)
{
    /// <summary>A pair's: texts in the order time, quote volume, close, high, low, open, base volume.</summary>
    public static Candle OfPair(JsonElement cells)
    {
        return new Candle(long.Parse(cells[0].GetString()!, CultureInfo.InvariantCulture), At(5), At(3), At(4), At(2), At(6));

        decimal At(int cell) => Terminal.Number(cells[cell].GetString()!);
    }

    /// <summary>A contract's: an object.</summary>
    public static Candle OfContract(JsonElement candle) =>
        new((long)candle.Number("t"), candle.Number("o"), candle.Number("h"), candle.Number("l"), candle.Number("c"), candle.Number("v"));
}

/// <summary>Candles in characters: bodies in half blocks, wicks as lines, a price at each few rows and the volume below.</summary>
internal static class CandleChart
{
    private const int LabelEvery = 4;
    private const string Heights = " ▁▂▃▄▅▆▇█";

    /// <param name="height">Rows for the prices.</param>
    public static void Draw(IReadOnlyList<Candle> candles, IAnsiConsole console, int height)
    {
        if (candles.Count == 0)
        {
            console.MarkupLine("[grey]There are no candles yet.[/]");
            return;
        }
        var (high, low) = (candles.Max(candle => candle.High), candles.Min(candle => candle.Low));
        var step = high == low ? 1 : (high - low) / (height * 2);           // half a row
        var decimals = DecimalsOf(candles);
        for (var row = height - 1; row >= 0; row--)
        {
            var line = new StringBuilder();
            foreach (var candle in candles) line.Append(Cell(candle, row));
            var label = row % LabelEvery == 0 ? (low + step * (row * 2 + 1)).ToString($"F{decimals}", CultureInfo.InvariantCulture) : "";
            console.MarkupLine($"{line} [grey]{label}[/]");
        }
        Volumes(candles, console);
        var (first, last) = (Terminal.Time(candles[0].Start), Terminal.Time(candles[^1].Start));
        console.MarkupLine($"[grey]{first}{new string(' ', int.Max(2, candles.Count - first.Length - last.Length))}{last} UTC[/]");
        var change = candles[0].Open == 0 ? 0 : (candles[^1].Close / candles[0].Open - 1) * 100;
        console.MarkupLine($"close {Terminal.Plain(candles[^1].Close)}  {Terminal.Signed(change.ToString("0.00", CultureInfo.InvariantCulture), " %")}  high {Terminal.Plain(high)}  low {Terminal.Plain(low)}");

        string Cell(Candle candle, int row)
        {
            // Two halves a row, counted from the bottom.
            var colour = candle.Close >= candle.Open ? "green" : "red";
            var (bodyLow, bodyHigh) = (Half(decimal.Min(candle.Open, candle.Close)), Half(decimal.Max(candle.Open, candle.Close)));
            var (lower, upper) = (row * 2, row * 2 + 1);
            var (hasLower, hasUpper) = (bodyLow <= lower && lower <= bodyHigh, bodyLow <= upper && upper <= bodyHigh);
            var wick = Half(candle.Low) <= upper && lower <= Half(candle.High);
            var shape = (hasLower, hasUpper) switch { (true, true) => '█', (true, false) => '▄', (false, true) => '▀', _ => wick ? '│' : ' ' };
            return shape == ' ' ? " " : $"[{colour}]{shape}[/]";
        }

        int Half(decimal price) => int.Clamp((int)((price - low) / step), 0, height * 2 - 1);
    }

    private static void Volumes(IReadOnlyList<Candle> candles, IAnsiConsole console)
    {
        var most = candles.Max(candle => candle.Volume);
        var line = new StringBuilder();
        foreach (var candle in candles)
        {
            var bar = most == 0 ? 0 : (int)decimal.Ceiling(candle.Volume / most * (Heights.Length - 1));
            line.Append($"[{(candle.Close >= candle.Open ? "green" : "red")}]{Heights[bar]}[/]");
        }
        console.MarkupLine($"{line} [grey]volume[/]");
    }

    private static int DecimalsOf(IReadOnlyList<Candle> candles) => candles.Max(candle => int.Max(candle.Close.Scale, candle.Low.Scale));
}
