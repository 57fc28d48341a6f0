using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Sluice.Cli.Trading;

/// <summary>Open orders of every market, by the wallet they are paid from.</summary>
internal static class OpenOrders
{
    private const string PageMost = "100";

    public static async Task<int> ShowAsync(Session session)
    {
        var pairs = await session.SendAsync(HttpMethod.Get, "/spot/open_orders", null, ("page", "1"), ("limit", PageMost));
        var lists = new List<(string Wallet, JsonElement[] Orders)> { ("spot", [.. pairs.EnumerateArray().SelectMany(pair => pair.GetProperty("orders").EnumerateArray())]) };
        foreach (var wallet in WalletVerbs.ContractWallets)
        {
            // A venue that does not know a product says so; the others still count.
            var answer = await session.Rest.GetAsync($"/{wallet.Replace(':', '/')}/orders", ("status", "open"), ("limit", PageMost));
            if (answer.IsSuccess) lists.Add((wallet, [.. answer.Json.EnumerateArray()]));
        }
        if (session.AsJson)
        {
            var all = new JsonObject();
            foreach (var (wallet, orders) in lists) all[wallet] = new JsonArray([.. orders.Select(order => JsonNode.Parse(order.GetRawText()))]);
            Console.WriteLine(all.ToJsonString());
            return ExitCodes.Done;
        }
        var table = Terminal.Table("market", "order", "side", ">size", ">price", ">left", "created (UTC)");
        foreach (var (wallet, orders) in lists)
        {
            foreach (var order in orders)
            {
                var isPair = wallet == "spot";
                var side = isPair ? order.Text("side") : order.Number("size") > 0 ? "buy" : "sell";
                table.Row(Markup.Escape($"{wallet}:{order.Text(isPair ? "currency_pair" : "contract")}"), order.Escaped("id"), Terminal.Side(side), order.Escaped(isPair ? "amount" : "size"), order.Escaped("price"),
                    order.Escaped("left"), Terminal.Time(order.Number("create_time")));
            }
        }
        table.Print("No order is open.");
        return ExitCodes.Done;
    }
}
