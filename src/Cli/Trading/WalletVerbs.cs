using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Sluice.Cli.Trading;

/// <summary>balances, transfer, keys.</summary>
internal static class WalletVerbs
{
    public static Command Balances() => SessionOptions.Verb("balances", "Shows what is in each wallet.", ["balances", "balances --json"], async session =>
    {
        var wallets = new JsonObject { ["spot"] = Node(await session.SendAsync(HttpMethod.Get, "/spot/accounts")) };
        foreach (var path in ContractWallets)
        {
            // A venue that does not know a product says so; the others still count.
            var answer = await session.Rest.GetAsync($"/{path.Replace(':', '/')}/accounts");
            if (answer.IsSuccess) wallets[path] = Node(answer.Json);
        }
        if (session.AsJson)
        {
            Console.WriteLine(wallets.ToJsonString());
            return ExitCodes.Done;
        }
        var table = Terminal.Table("wallet", "asset", ">available", ">in use", ">total");
        foreach (var row in wallets["spot"]!.AsArray().Select(row => JsonSerializer.SerializeToElement(row)))
        {
            var (free, held) = (row.Number("available"), row.Number("locked"));
            if (free != 0 || held != 0) table.Row("spot", row.Escaped("currency"), row.Escaped("available"), row.Escaped("locked"), Terminal.Plain(free + held));
        }
        foreach (var path in ContractWallets.Where(wallets.ContainsKey))
        {
            var row = JsonSerializer.SerializeToElement(wallets[path]);
            var total = row.Number("total");
            if (total != 0) table.Row(path, row.Escaped("currency"), row.Escaped("available"), Terminal.Plain(total - row.Number("available")), row.Escaped("total"));
        }
        table.Print("Every wallet is empty.");
        return ExitCodes.Done;
    });

    public static Command Transfer()
    {
        var amount = new Argument<string>("AMOUNT");
        var asset = new Argument<string>("ASSET") { Description = "USDT, BTC, …" };
        var from = new Argument<string>("FROM") { Description = "spot, futures, delivery, margin:BTC_USDT." };
        var to = new Argument<string>("TO") { Description = "As FROM." };
        return SessionOptions.Verb("transfer", "Moves funds between wallets.", ["transfer 1000 USDT spot futures", "transfer 0.5 BTC futures spot"], async session =>
        {
            var currency = session.Get(asset).ToUpperInvariant();
            var order = new JsonObject { ["currency"] = currency, ["amount"] = session.Get(amount) };
            foreach (var (field, wallet) in new[] { ("from", session.Get(from)), ("to", session.Get(to)) })
            {
                var parts = wallet.Split(':');
                order[field] = parts[0];
                if (parts[0] is "futures" or "delivery") order["settle"] = parts.Length > 1 ? parts[1] : currency.ToLowerInvariant();
                if (parts[0] == "margin" && parts.Length > 1) order["currency_pair"] = parts[1].ToUpperInvariant();
            }
            var done = await session.SendAsync(HttpMethod.Post, "/wallet/transfers", order.ToJsonString());
            return session.Show(done, answer => AnsiConsole.MarkupLineInterpolated($"moved {session.Get(amount)} {currency} from {session.Get(from)} to {session.Get(to)}, transfer {answer.Text("tx_id")}"));
        }, amount, asset, from, to);
    }

    public static Command Keys() => SessionOptions.Verb("keys", "Shows whose key is used, and what it may do.", ["keys"], async session =>
    {
        var detail = await session.SendAsync(HttpMethod.Get, "/account/detail");
        var keys = await session.SendAsync(HttpMethod.Get, "/account/main_keys");
        if (session.AsJson)
        {
            Console.WriteLine(new JsonObject { ["url"] = session.BaseUrl, ["key"] = session.Credentials!.Key, ["user"] = Node(detail), ["keys"] = Node(keys) }.ToJsonString());
            return ExitCodes.Done;
        }
        var table = Terminal.Table("", "");
        table.Row("venue", Markup.Escape(session.BaseUrl));
        table.Row("user", detail.Escaped("user_id"));
        table.Row("key", Markup.Escape(session.Credentials!.Key));
        foreach (var key in keys.ValueKind == JsonValueKind.Array ? [.. keys.EnumerateArray()] : new[] { keys })
        {
            var permissions = key.TryGetProperty("perms", out var perms) && perms.ValueKind == JsonValueKind.Array
                ? string.Join(", ", perms.EnumerateArray().Select(perm => perm.Text("name") + (perm.Text("read_only") == "true" ? " (read)" : "")))
                : "";
            table.Row(Markup.Escape(key.Text("name") is { Length: > 0 } name ? name : "permissions"), Markup.Escape(permissions));
        }
        AnsiConsole.Write(table.HideHeaders());
        return ExitCodes.Done;
    });

    public static readonly string[] ContractWallets = ["futures:usdt", "futures:btc", "delivery:usdt"];

    private static JsonNode? Node(JsonElement element) => JsonNode.Parse(element.GetRawText());
}
