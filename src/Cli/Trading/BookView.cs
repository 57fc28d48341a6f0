using Spectre.Console;

namespace Sluice.Cli.Trading;

/// <summary>An order book as a ladder: asks above, the spread, bids below, each level with a bar of what lies up to it.</summary>
internal static class BookView
{
    private const int BarWidth = 24;

    public static Table Of(Market market, IReadOnlyList<(string Price, string Size)> bids, IReadOnlyList<(string Price, string Size)> asks)
    {
        var table = Terminal.Table(">price", $">{market.Unit}", ">sum", "");
        var most = decimal.Max(bids.Sum(level => Terminal.Number(level.Size)), asks.Sum(level => Terminal.Number(level.Size)));
        Rows(asks, "red", upwards: true);
        table.Row(Spread(bids, asks), "", "", "");
        Rows(bids, "green", upwards: false);
        return table;

        void Rows(IReadOnlyList<(string Price, string Size)> levels, string colour, bool upwards)
        {
            decimal sum = 0;
            var rows = new List<(string Price, string Size, decimal Sum)>();
            foreach (var (price, size) in levels) rows.Add((price, size, sum += Terminal.Number(size)));
            if (upwards) rows.Reverse();
            foreach (var (price, size, upTo) in rows)
            {
                var bar = most == 0 ? 0 : (int)decimal.Ceiling(upTo / most * BarWidth);
                table.Row($"[{colour}]{Markup.Escape(price)}[/]", Markup.Escape(size), Terminal.Plain(upTo), $"[{colour}]{new string('█', bar)}[/]");
            }
        }
    }

    private static string Spread(IReadOnlyList<(string Price, string Size)> bids, IReadOnlyList<(string Price, string Size)> asks)
    {
        if (bids.Count == 0 || asks.Count == 0) return "[yellow]one side is empty[/]";
        var (bid, ask) = (Terminal.Number(bids[0].Price), Terminal.Number(asks[0].Price));
        return $"[grey]spread {Terminal.Plain(ask - bid)}[/]";
    }
}
