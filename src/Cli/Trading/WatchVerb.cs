using System.CommandLine;
using System.Net.WebSockets;
using System.Text.Json;
using Sluice.Client;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Sluice.Cli.Trading;

/// <summary>watch: book, trades and the caller's positions, live until Ctrl+C. The socket says when something changed; a broken connection is opened again.</summary>
internal static class WatchVerb
{
    private const int Depth = 10;
    private const int Trades = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PositionsEvery = TimeSpan.FromSeconds(2);

    public static Command Create()
    {
        var once = new Option<int?>("--updates") { Description = "End after so many updates." };
        return SessionOptions.Verb("watch", "Shows book, trades and positions of a market as they change.", ["watch BTC_USDT", "watch futures:BTC_USDT", "watch BTC_USDT --json --updates 3"], async session =>
        {
            var market = Market.Parse(session.Get(MarketVerbs.MarketArgument));
            using var stop = new CancellationTokenSource();
            Console.CancelKeyPress += (_, pressed) =>
            {
                pressed.Cancel = true;
                stop.Cancel();
            };
            var left = session.Get(once) ?? int.MaxValue;
            try
            {
                if (session.AsJson) await LinesAsync(session, market, left, stop.Token);
                else await ScreenAsync(session, market, left, stop.Token);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
            }
            return ExitCodes.Done;
        }, MarketVerbs.MarketArgument, once);
    }

    // One JSON object a line: the frames of the socket as they come.
    private static async Task LinesAsync(Session session, Market market, int left, CancellationToken stop)
    {
        using var socket = await SubscribeAsync(session, market, stop);
        while (left > 0)
        {
            var frame = await socket.ReceiveAsync(json => json.Text("event") is "update" or "all", stop);
            Console.WriteLine(frame.GetRawText());
            left--;
        }
    }

    private static async Task ScreenAsync(Session session, Market market, int left, CancellationToken stop)
    {
        var trades = new LinkedList<JsonElement>();
        IRenderable positions = new Text("");
        var positionsAt = DateTime.MinValue;
        await AnsiConsole.Live(new Text("connecting…")).StartAsync(async live =>
        {
            while (left > 0 && !stop.IsCancellationRequested)
            {
                try
                {
                    using var socket = await SubscribeAsync(session, market, stop);
                    while (left > 0)
                    {
                        var until = DateTime.UtcNow + Pause;
                        do
                        {
                            var frame = await socket.ReceiveAsync(json => json.Text("event") is "update" or "all", stop);
                            if (frame.Text("channel").EndsWith(".trades", StringComparison.Ordinal)) Remember(trades, frame.GetProperty("result"));
                        }
                        while (DateTime.UtcNow < until);
                        var book = await session.GetAsync($"{market.Path}/order_book", (market.Parameter, market.Symbol), ("limit", $"{Depth}"));
                        if (market.IsContract && session.Credentials is not null && DateTime.UtcNow - positionsAt > PositionsEvery)
                        {
                            positions = OrderVerbs.TableOf(await session.SendAsync(HttpMethod.Get, $"{market.Path}/positions", null, ("holding", "true")));
                            positionsAt = DateTime.UtcNow;
                        }
                        live.UpdateTarget(Screen(market, book, trades, positions));
                        live.Refresh();
                        left--;
                    }
                }
                catch (Exception lost) when (lost is WebSocketException or EndOfStreamException or HttpRequestException)
                {
                    live.UpdateTarget(new Markup($"[yellow]the connection is lost ({Markup.Escape(lost.Message)}); trying again…[/]"));
                    live.Refresh();
                    await Task.Delay(TimeSpan.FromSeconds(1), stop);
                }
            }
        });
    }

    private static Rows Screen(Market market, JsonElement book, LinkedList<JsonElement> trades, IRenderable positions)
    {
        var tape = Terminal.Table("time (UTC)", "side", ">price", $">{market.Unit}");
        foreach (var trade in trades)
        {
            var side = market.IsContract ? (trade.Number("size") > 0 ? "buy" : "sell") : trade.Text("side");
            var size = market.IsContract ? Terminal.Plain(decimal.Abs(trade.Number("size"))) : trade.Text("amount");
            tape.Row(Terminal.Time(trade.Number("create_time"))[11..], Terminal.Side(side), trade.Escaped("price"), Markup.Escape(size));
        }
        var ladder = BookView.Of(market, MarketVerbs.Levels(book, "bids"), MarketVerbs.Levels(book, "asks"));
        return new Rows(new Markup($"[bold]{Markup.Escape(market.Name)}[/]  [grey]Ctrl+C ends[/]"), new Columns(ladder, tape), positions);
    }

    private static void Remember(LinkedList<JsonElement> trades, JsonElement result)
    {
        foreach (var trade in result.ValueKind == JsonValueKind.Array ? [.. result.EnumerateArray()] : new[] { result }) trades.AddFirst(trade);
        while (trades.Count > Trades) trades.RemoveLast();
    }

    private static async Task<SocketClient> SubscribeAsync(Session session, Market market, CancellationToken stop)
    {
        var (path, group) = market.Kind switch
        {
            MarketKind.Spot => ("/ws/v4/", "spot"),
            MarketKind.Futures => ($"/v4/ws/{market.Settle}", "futures"),
            _ => ($"/v4/ws/delivery/{market.Settle}", "futures"),
        };
        var socket = await SocketClient.ConnectAsync(session.BaseUrl, path, hasDecimalSizes: true, stop);
        await socket.SubscribeAsync($"{group}.trades", $"[\"{market.Symbol}\"]", null, stop);
        await socket.SubscribeAsync($"{group}.book_ticker", $"[\"{market.Symbol}\"]", null, stop);
        return socket;
    }
}
