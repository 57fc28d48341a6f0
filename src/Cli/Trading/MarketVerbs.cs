using System.CommandLine;
using System.Text.Json;
using Sluice.Server.Markets;
using Spectre.Console;

namespace Sluice.Cli.Trading;

/// <summary>markets, ticker, book, candles: what everybody may see.</summary>
internal static class MarketVerbs
{
    public static readonly Argument<string> MarketArgument = new("MARKET")
    {
        HelpName = "MARKET",
        Description = "BTC_USDT (spot), futures:BTC_USDT, futures:btc:BTC_USD, BTC_USDT_20261225 (delivery).",
        CompletionSources = { _ => [.. MarketFile.Demo.Pairs.Select(pair => pair.Base + "_" + pair.Quote), .. MarketFile.Demo.Contracts.Select(contract => "futures:" + contract.Name)] },
    };

    public static Command Markets()
    {
        var search = new Argument<string?>("SEARCH") { Description = "Only names that contain this.", Arity = ArgumentArity.ZeroOrOne };
        var kind = new Option<string>("--kind") { Description = "spot, futures, delivery or all.", DefaultValueFactory = _ => "all" };
        kind.AcceptOnlyFromAmong("spot", "futures", "delivery", "all");
        var verb = SessionOptions.Verb("markets", "Lists the markets of a venue with their prices.", ["markets", "markets BTC --kind futures", "markets export > markets.json"],
            async session =>
            {
                var asked = session.Get(kind)!;
                var lists = new List<(string Prefix, JsonElement Tickers)>();
                foreach (var (kindOf, prefix, path) in Lists)
                {
                    if (asked == kindOf || asked == "all") lists.Add((prefix, await session.GetAsync($"{path}/tickers")));
                }
                var wanted = session.Get(search)?.ToUpperInvariant() ?? "";
                var rows = lists.SelectMany(list => list.Tickers.EnumerateArray().Select(ticker => (list.Prefix, Ticker: ticker)))
                    .Where(row => NameOf(row.Ticker).Contains(wanted, StringComparison.Ordinal)).ToArray();
                if (session.AsJson)
                {
                    Console.WriteLine($"[{string.Join(',', rows.Select(row => row.Ticker.GetRawText()))}]");
                    return ExitCodes.Done;
                }
                var table = Terminal.Table("market", ">last", ">24 h", ">high", ">low", ">volume");
                foreach (var (prefix, ticker) in rows)
                {
                    table.Row(Markup.Escape(prefix + NameOf(ticker)), ticker.Escaped("last"), Terminal.Signed(ticker.Text("change_percentage"), " %"), ticker.Escaped("high_24h"),
                        ticker.Escaped("low_24h"), Terminal.Grouped(Volume(ticker)));
                }
                table.Print("No market of that name.");
                return ExitCodes.Done;
            }, search, kind);
        return verb;
    }

    public static Command Ticker() => SessionOptions.Verb("ticker", "Shows the price of a market.", ["ticker BTC_USDT", "ticker futures:ETH_USDT --json"], async session =>
    {
        var market = Market.Parse(session.Get(MarketArgument));
        var tickers = await session.GetAsync($"{market.Path}/tickers", (market.Parameter, market.Symbol));
        if (tickers.GetArrayLength() == 0) throw new UsageException($"The venue has no market {market.Name}.");
        return session.Show(tickers[0], ticker =>
        {
            var table = Terminal.Table("", ">");
            table.Row("market", Markup.Escape(market.Name));
            table.Row("last", $"[bold]{ticker.Escaped("last")}[/] {Terminal.Signed(ticker.Text("change_percentage"), " %")}");
            foreach (var (label, field) in Shown)
            {
                if (ticker.Text(field).Length > 0) table.Row(label, ticker.Escaped(field));
            }
            AnsiConsole.Write(table.HideHeaders());
        });
    }, MarketArgument);

    public static Command Book()
    {
        var depth = new Option<int>("--depth") { Description = "Levels on each side (1 to 100).", DefaultValueFactory = _ => 10 };
        return SessionOptions.Verb("book", "Shows the order book of a market.", ["book BTC_USDT", "book futures:BTC_USDT --depth 20"], async session =>
        {
            var market = Market.Parse(session.Get(MarketArgument));
            var book = await session.GetAsync($"{market.Path}/order_book", (market.Parameter, market.Symbol), ("limit", int.Clamp(session.Get(depth), 1, 100).ToString(null, null)), ("with_id", "true"));
            return session.Show(book, shown => AnsiConsole.Write(BookView.Of(market, Levels(shown, "bids"), Levels(shown, "asks"))));
        }, MarketArgument, depth);
    }

    public static Command Candles()
    {
        var interval = new Option<string>("--interval") { Description = "10s 1m 5m 15m 30m 1h 4h 8h 1d 7d.", DefaultValueFactory = _ => "1h" };
        var limit = new Option<int?>("--limit") { Description = "How many; by default as many as the terminal is wide." };
        return SessionOptions.Verb("candles", "Draws the candles of a market.", ["candles BTC_USDT", "candles futures:XAU_USDT --interval 15m"], async session =>
        {
            var market = Market.Parse(session.Get(MarketArgument));
            var wide = AnsiConsole.Profile.Width;
            var count = session.Get(limit) ?? int.Clamp(wide - 16, 10, 200);
            var answer = await session.GetAsync($"{market.Path}/candlesticks", (market.Parameter, market.Symbol), ("interval", session.Get(interval)), ("limit", count.ToString(null, null)));
            return session.Show(answer, shown =>
            {
                var candles = shown.EnumerateArray().Select(one => market.IsContract ? Candle.OfContract(one) : Candle.OfPair(one)).ToArray();
                AnsiConsole.MarkupLineInterpolated($"[bold]{market.Name}[/] {session.Get(interval)!}");
                CandleChart.Draw(candles, AnsiConsole.Console, int.Clamp(AnsiConsole.Profile.Height - 6, 12, 24));
            });
        }, MarketArgument, interval, limit);
    }

    /// <summary>Price and size of each level, best first, whichever of the two shapes the API has.</summary>
    public static (string Price, string Size)[] Levels(JsonElement book, string side) =>
        [.. book.GetProperty(side).EnumerateArray().Select(level => level.ValueKind == JsonValueKind.Array ? (level[0].GetString()!, level[1].GetString()!) : (level.Text("p"), level.Text("s")))];

    public static string NameOf(JsonElement ticker) => ticker.Text("currency_pair") is { Length: > 0 } pair ? pair : ticker.Text("contract");

    private static readonly (string Kind, string Prefix, string Path)[] Lists =
    [
        ("spot", "", "/spot"), ("futures", "futures:", "/futures/usdt"), ("futures", "futures:btc:", "/futures/btc"), ("delivery", "", "/delivery/usdt"),
    ];

    private static readonly (string Label, string Field)[] Shown =
    [
        ("bid", "highest_bid"), ("ask", "lowest_ask"), ("high, 24 h", "high_24h"), ("low, 24 h", "low_24h"), ("mark", "mark_price"), ("index", "index_price"),
        ("funding rate", "funding_rate"), ("open interest", "total_size"), ("volume, 24 h", "volume_24h"), ("base volume, 24 h", "base_volume"), ("quote volume, 24 h", "quote_volume"),
    ];

    private static string Volume(JsonElement ticker) => ticker.Text("quote_volume") is { Length: > 0 } quote ? quote : ticker.Text("volume_24h_quote") is { Length: > 0 } settled ? settled : ticker.Text("volume_24h");
}
