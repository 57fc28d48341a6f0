using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Sluice.Cli.Trading;

/// <summary>trail, chase: orders on perpetual contracts that follow the price (M-110, M-111).</summary>
internal static class AutoVerbs
{
    public static Command Trail()
    {
        var offset = new Option<string>("--offset") { Description = "How far the price turns back: a distance such as 500, or a part such as 1%.", Required = true };
        var above = new Option<string?>("--from-above") { Description = "Begin to follow at this price or above." };
        var below = new Option<string?>("--from-below") { Description = "Begin to follow at this price or below." };
        var by = new Option<string>("--by") { Description = "The price it follows: last, index or mark.", DefaultValueFactory = _ => "last" };
        by.AcceptOnlyFromAmong(PriceTypes);
        return Verb("trail", "Trailing orders: at the market's price once the price has turned back.",
            ["trail sell futures:BTC_USDT 10 --offset 1% --reduce-only", "trail buy futures:BTC_USDT 10 --offset 500 --from-below 60000"], [offset, above, below, by], (session, order) =>
            {
                if (session.Get(above) is not null && session.Get(below) is not null) throw new UsageException("It begins to follow from one side: give --from-above or --from-below.");
                order["price_offset"] = session.Get(offset);
                order["price_type"] = Array.IndexOf(PriceTypes, session.Get(by)) + 1;
                if ((session.Get(above) ?? session.Get(below)) is not { } price) return;
                order["activation_price"] = price;
                order["is_gte"] = session.Get(above) is not null;
            }, PrintTrails);
    }

    public static Command Chase()
    {
        var limit = new Option<string?>("--limit-price") { Description = "Follow no further than to this price." };
        var reach = new Option<string?>("--reach") { Description = "Follow no further than this distance from the price at the start." };
        var gap = new Option<string?>("--gap") { Description = "Stay behind the best price: by a distance such as 5, or a part such as 0.1%." };
        return Verb("chase", "Chase orders: at the best price of their own side, moved as it moves.",
            ["chase buy futures:BTC_USDT 10", "chase sell futures:BTC_USDT 10 --gap 0.1% --limit-price 60000"], [limit, reach, gap], (session, order) =>
            {
                if (session.Get(limit) is not null && session.Get(reach) is not null) throw new UsageException("It has one limit: give --limit-price or --reach.");
                order["price_limit"] = session.Get(limit) ?? "0";
                if (session.Get(reach) is { } distance) order["offset_limit"] = distance;
                if (session.Get(gap) is not { } behind) return;
                (order["price_type"], order["price_gap_type"], order["price_gap_value"]) = (2, behind.EndsWith('%') ? 2 : 1, behind.TrimEnd('%'));
            }, PrintChases);
    }

    private static readonly string[] PriceTypes = ["last", "index", "mark"];

    /// <summary>A verb with buy, sell, list and stop below it.</summary>
    /// <param name="own">Options of an order of this kind; <paramref name="write"/> puts them into the body.</param>
    private static Command Verb(string kind, string description, string[] examples, Option[] own, Action<Session, JsonObject> write, Action<IReadOnlyList<JsonElement>> print)
    {
        var verb = new Command(kind, description) { Place("buy"), Place("sell"), List(kind, print), Stop(kind, print) };
        Examples.Of(verb, [.. examples, $"{kind} list futures:BTC_USDT", $"{kind} stop futures:BTC_USDT --all"]);
        return verb;

        Command Place(string side)
        {
            var size = new Argument<string>("SIZE") { Description = "Contracts." };
            var reduceOnly = new Option<bool>("--reduce-only") { Description = "Only make a position smaller." };
            var text = new Option<string?>("--text") { Description = "A label of your own, beginning with t-." };
            string[] mine = [.. examples.Where(example => example.StartsWith($"{kind} {side} ", StringComparison.Ordinal))];
            return SessionOptions.Verb(side, $"Places one that {side}s.", mine, async session =>
            {
                var market = MarketOf(session);
                var amount = session.Get(size);
                if (amount.StartsWith('-')) throw new UsageException($"The size has no sign: `{kind} buy` buys, `{kind} sell` sells.");
                var order = new JsonObject { ["contract"] = market.Symbol, ["amount"] = (side == "buy" ? "" : "-") + amount };
                if (session.Get(reduceOnly)) order["reduce_only"] = true;
                if (session.Get(text) is { } label) order["text"] = label;
                write(session, order);
                var placed = await session.SendAsync(HttpMethod.Post, PathOf(market, kind, "create"), order.ToJsonString());
                return session.Show(placed, answer => AnsiConsole.MarkupLineInterpolated($"{kind} order {(answer.TryGetProperty("data", out var data) ? data : answer).Text("id")}"));
            }, [MarketVerbs.MarketArgument, size, .. own, reduceOnly, text]);
        }
    }

    private static Command List(string kind, Action<IReadOnlyList<JsonElement>> print)
    {
        var finished = new Option<bool>("--finished") { Description = "Those that are over." };
        var limit = new Option<int>("--limit") { Description = "At most so many, up to 100.", DefaultValueFactory = _ => 50 };
        return SessionOptions.Verb("list", "Lists those of a contract.", [$"{kind} list futures:BTC_USDT", $"{kind} list futures:BTC_USDT --finished"], async session =>
        {
            var market = MarketOf(session);
            var answer = await session.SendAsync(HttpMethod.Get, PathOf(market, kind, "list"), null, ("contract", market.Symbol), ("is_finished", session.Get(finished) ? "true" : "false"),
                ("sort_by", "1"), ("page_num", "1"), ("page_size", session.Get(limit).ToString(null, null)));
            return session.Show(answer, orders => print(OrdersOf(orders)));
        }, MarketVerbs.MarketArgument, finished, limit);
    }

    private static Command Stop(string kind, Action<IReadOnlyList<JsonElement>> print)
    {
        var id = new Argument<string?>("ORDER") { Description = "Its id, or its text beginning with t-.", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "Every one of the contract." };
        return SessionOptions.Verb("stop", "Stops one, or with --all every one of a contract.", [$"{kind} stop futures:BTC_USDT 123456", $"{kind} stop futures:BTC_USDT --all"], async session =>
        {
            var (market, order) = (MarketOf(session), session.Get(id));
            if (session.Get(all) == order is not null) throw new UsageException("Name one order, or all of them with --all.");
            var body = order is null ? new JsonObject { ["contract"] = market.Symbol } : new JsonObject { [order.StartsWith("t-", StringComparison.Ordinal) ? "text" : "id"] = order };
            var stopped = await session.SendAsync(HttpMethod.Post, PathOf(market, kind, order is null ? "stop_all" : "stop"), body.ToJsonString());
            return session.Show(stopped, answer => print(OrdersOf(answer)));
        }, MarketVerbs.MarketArgument, id, all);
    }

    private static Market MarketOf(Session session)
    {
        var market = Market.Parse(session.Get(MarketVerbs.MarketArgument));
        return market.Kind == MarketKind.Futures ? market : throw new UsageException("Trailing and chase orders are for perpetual contracts: name one as futures:BTC_USDT.");
    }

    private static string PathOf(Market market, string kind, string what) => $"{market.Path}/autoorder/v1/{kind}/{what}";

    private static JsonElement[] OrdersOf(JsonElement answer) => answer.TryGetProperty("order", out var one) ? [one] : [.. answer.GetProperty("orders").EnumerateArray()];

    private static void PrintTrails(IReadOnlyList<JsonElement> orders)
    {
        var table = Terminal.Table("order", "side", ">size", ">offset", ">begins at", ">furthest", ">fires at", "status", "created (UTC)");
        foreach (var order in orders)
        {
            table.Row(order.Escaped("id"), Terminal.Side(order.Text("side_label")), order.Escaped("amount"), order.Escaped("price_offset"), order.Escaped("activation_price"),
                order.Escaped("extremum_price"), order.Escaped("trigger_price"), StatusOf(order), Terminal.Time(order.Number("create_time")));
        }
        table.Print("No trailing orders.");
    }

    private static void PrintChases(IReadOnlyList<JsonElement> orders)
    {
        var table = Terminal.Table("order", "side", ">size", ">price", ">limit", ">filled", ">average", "status", "created (UTC)");
        foreach (var order in orders)
        {
            table.Row(order.Escaped("id"), Terminal.Side(order.Text("side_label")), order.Escaped("amount"), order.Escaped("chase_price"), order.Escaped("price_limit"),
                order.Escaped("fill_amount"), order.Escaped("average_fill_price"), StatusOf(order), Terminal.Time(order.Number("create_time")));
        }
        table.Print("No chase orders.");
    }

    private static string StatusOf(JsonElement order) => Markup.Escape(order.Text("status_code") + (order.Text("reason") is { Length: > 0 } why ? $" ({why})" : ""));
}
