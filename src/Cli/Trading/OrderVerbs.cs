using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Sluice.Cli.Trading;

/// <summary>buy, sell, cancel, orders, positions: what a key may do.</summary>
internal static class OrderVerbs
{
    private const decimal Reach = 1.01m;            // how far above the best ask a market buy in base may pay

    public static Command Buy() => Trade("buy", "Buys: at once at the market's price, or with --price at that price or better.",
        ["buy BTC_USDT --quote 100", "buy BTC_USDT 0.01 --price 60000", "buy futures:BTC_USDT 100 --leverage 10", "buy futures:BTC_USDT 100 --reduce-only"], isBuy: true);

    public static Command Sell() => Trade("sell", "Sells, or opens a short position of a contract.",
        ["sell BTC_USDT 0.01", "sell BTC_USDT 0.01 --price 70000 --post-only", "sell futures:ETH_USDT 50 --leverage 5", "sell futures:BTC_USDT --close"], isBuy: false);

    public static Command Cancel()
    {
        var id = new Argument<string?>("ORDER") { Description = "Its id, or its text beginning with t-.", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "Every open order of the market." };
        var named = new Option<string?>("--id") { Description = "As ORDER." };
        return SessionOptions.Verb("cancel", "Cancels an order, or with --all every open order of a market.", ["cancel BTC_USDT 123456", "cancel futures:BTC_USDT --all"], async session =>
        {
            var market = Market.Parse(session.Get(MarketVerbs.MarketArgument));
            if (session.Get(id) is not null && session.Get(named) is not null) throw new UsageException("Name the order once, as ORDER or with --id.");
            var order = session.Get(id) ?? session.Get(named);
            if (session.Get(all) == order is not null) throw new UsageException("Name one order, or all of them with --all.");
            if (order is null)
            {
                var gone = await session.SendAsync(HttpMethod.Delete, $"{market.Path}/orders", null, (market.Parameter, market.Symbol));
                return session.Show(gone, orders => AnsiConsole.MarkupLineInterpolated($"{orders.GetArrayLength()} cancelled"));
            }
            var pair = market.IsContract ? null : market.Symbol;
            return session.Show(await session.SendAsync(HttpMethod.Delete, $"{market.Path}/orders/{order}", null, ("currency_pair", pair)), answer => Print(market, [answer]));
        }, MarketVerbs.MarketArgument, id, named, all);
    }

    public static Command Orders()
    {
        var market = new Argument<string?>("MARKET") { Description = MarketVerbs.MarketArgument.Description + " Without one, open orders of all.", Arity = ArgumentArity.ZeroOrOne };
        foreach (var source in MarketVerbs.MarketArgument.CompletionSources) market.CompletionSources.Add(source);
        var finished = new Option<bool>("--finished") { Description = "Those that are over." };
        var limit = new Option<int>("--limit") { Description = "At most so many.", DefaultValueFactory = _ => 50 };
        return SessionOptions.Verb("orders", "Lists open orders of all markets or of one, or finished ones.", ["orders", "orders BTC_USDT", "orders futures:BTC_USDT --finished --limit 10"], async session =>
        {
            if (session.Get(market) is not { } name)
            {
                if (session.Get(finished)) throw new UsageException("Finished orders are listed by market: name one.");
                return await OpenOrders.ShowAsync(session);
            }
            var asked = Market.Parse(name);
            var answer = await session.SendAsync(HttpMethod.Get, $"{asked.Path}/orders", null, (asked.Parameter, asked.Symbol), ("status", session.Get(finished) ? "finished" : "open"),
                ("limit", session.Get(limit).ToString(null, null)));
            return session.Show(answer, orders => Print(asked, [.. orders.EnumerateArray()]));
        }, market, finished, limit);
    }

    public static Command Positions()
    {
        var settle = new Option<string>("--settle") { Description = "usdt or btc.", DefaultValueFactory = _ => "usdt" };
        var delivery = new Option<bool>("--delivery") { Description = "Of delivery contracts." };
        return SessionOptions.Verb("positions", "Lists open positions with their profit and where they would be liquidated.", ["positions", "positions --settle btc"], async session =>
        {
            var path = $"/{(session.Get(delivery) ? "delivery" : "futures")}/{session.Get(settle)}/positions";
            var answer = await session.SendAsync(HttpMethod.Get, path, null, ("holding", "true"));
            return session.Show(answer, positions => TableOf(positions).Print("No position is open."));
        }, settle, delivery);
    }

    public static Table TableOf(JsonElement positions)
    {
        var table = Terminal.Table("contract", "side", ">size", ">entry", ">mark", ">profit", ">margin", ">liquidated at", "leverage");
        foreach (var position in positions.EnumerateArray().Where(one => one.Number("size") != 0))
        {
            var leverage = position.Text("leverage") is "0" ? $"cross {position.Text("cross_leverage_limit")}x" : $"{position.Text("leverage")}x";
            table.Row(position.Escaped("contract"), Terminal.Side(position.Number("size") > 0 ? "long" : "short"), position.Escaped("size"), position.Escaped("entry_price"),
                position.Escaped("mark_price"), Terminal.Signed(position.Text("unrealised_pnl")), position.Escaped("margin"), position.Escaped("liq_price"), Markup.Escape(leverage));
        }
        return table;
    }

    private static Command Trade(string name, string description, string[] examples, bool isBuy)
    {
        var size = new Argument<string?>("SIZE") { Description = "Base units of a pair, contracts of a contract.", Arity = ArgumentArity.ZeroOrOne };
        var quote = new Option<string?>("--quote") { Description = "What to spend in a market buy of a pair, in its quote." };
        var price = new Option<string?>("--price") { Description = "Limit price; without it the order trades at once." };
        var tif = new Option<string?>("--tif") { Description = "gtc, ioc, fok or poc." };
        var postOnly = new Option<bool>("--post-only") { Description = "Only rest, never take (poc)." };
        var reduceOnly = new Option<bool>("--reduce-only") { Description = "Contracts: only make a position smaller." };
        var close = new Option<bool>("--close") { Description = "Contracts: close the whole position." };
        var leverage = new Option<string?>("--leverage") { Description = "Contracts: set it first; 0 is cross." };
        var text = new Option<string?>("--text") { Description = "A label of your own, beginning with t-." };
        tif.AcceptOnlyFromAmong("gtc", "ioc", "fok", "poc");
        Symbol[] symbols = [MarketVerbs.MarketArgument, size, .. isBuy ? [quote] : Array.Empty<Symbol>(), price, tif, postOnly, reduceOnly, close, leverage, text];
        return SessionOptions.Verb(name, description, examples, async session =>
        {
            var market = Market.Parse(session.Get(MarketVerbs.MarketArgument));
            session.RequireKey();
            var force = session.Get(postOnly) ? "poc" : session.Get(tif);
            var order = new JsonObject { [market.Parameter] = market.Symbol };
            if (session.Get(text) is { } label) order["text"] = label;
            if (market.IsContract)
            {
                if (session.Get(leverage) is { } times) await session.SendAsync(HttpMethod.Post, $"{market.Path}/positions/{market.Symbol}/leverage", null, ("leverage", times));
                Contract(order, session.Get(size), session.Get(price), force, isBuy, session.Get(reduceOnly), session.Get(close));
            }
            else
            {
                if (session.Get(reduceOnly) || session.Get(close) || session.Get(leverage) is not null) throw new UsageException("--reduce-only, --close and --leverage are for contracts: name one as futures:BTC_USDT.");
                await PairAsync(session, market, order, session.Get(size), isBuy ? session.Get(quote) : null, session.Get(price), force, isBuy);
            }
            var placed = await session.SendAsync(HttpMethod.Post, $"{market.Path}/orders", order.ToJsonString());
            return session.Show(placed, answer => Print(market, [answer]));
        }, symbols);
    }

    private static void Contract(JsonObject order, string? size, string? price, string? force, bool isBuy, bool reduceOnly, bool close)
    {
        if (close == size is not null) throw new UsageException(close ? "--close closes whatever there is: give no size with it." : "Say how many contracts, or --close.");
        order["size"] = close ? "0" : (isBuy ? "" : "-") + size;
        order["price"] = price ?? "0";
        order["tif"] = force ?? (price is null ? "ioc" : "gtc");
        if (reduceOnly) order["reduce_only"] = true;
        if (close) order["close"] = true;
    }

    // A market buy of the API names what to spend; one in base is sent as a limit order a little above the best ask that does not rest.
    private static async Task PairAsync(Session session, Market market, JsonObject order, string? size, string? quote, string? price, string? force, bool isBuy)
    {
        order["side"] = isBuy ? "buy" : "sell";
        if (size is null == quote is null) throw new UsageException(isBuy ? $"Say how much to buy in {market.Unit}, or what to spend with --quote." : $"Say how much to sell in {market.Unit}.");
        if (quote is not null && price is not null) throw new UsageException("--quote is spent at the market's price: leave --price out, or give a size.");
        if (price is null && isBuy && quote is null)
        {
            var pair = await session.GetAsync($"/spot/currency_pairs/{market.Symbol}");
            var book = await session.GetAsync("/spot/order_book", ("currency_pair", market.Symbol), ("limit", "1"));
            if (book.GetProperty("asks").GetArrayLength() == 0) throw new UsageException($"Nobody sells {market.Symbol} now; with --price an order waits.");
            var best = Terminal.Number(book.GetProperty("asks")[0][0].GetString()!);
            price = Terminal.Plain(decimal.Round(best * Reach, (int)pair.Number("precision")));
            force ??= "ioc";
        }
        order["type"] = price is null ? "market" : "limit";
        order["amount"] = quote ?? size;
        if (price is not null) order["price"] = price;
        if (price is null || force is not null) order["time_in_force"] = force ?? "ioc";
    }

    private static void Print(Market market, IReadOnlyList<JsonElement> orders)
    {
        var table = Terminal.Table("order", "side", ">size", ">price", ">left", ">average", "status", "created (UTC)");
        foreach (var order in orders)
        {
            var size = market.IsContract ? order.Text("size") : order.Text("amount");
            var side = market.IsContract ? order.Number("size") switch { > 0 => "buy", < 0 => "sell", _ => "" } : order.Text("side");
            var ended = order.Text("finish_as") is { Length: > 0 } and not "open" ? $" ({order.Text("finish_as")})" : "";
            table.Row(order.Escaped("id"), Terminal.Side(side), Markup.Escape(size), order.Escaped("price"), order.Escaped("left"),
                order.Escaped(market.IsContract ? "fill_price" : "avg_deal_price"), Markup.Escape(order.Text("status") + ended), Terminal.Time(order.Number("create_time")));
        }
        table.Print("No orders.");
    }
}
