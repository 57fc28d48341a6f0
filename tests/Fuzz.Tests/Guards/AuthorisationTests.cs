using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sluice.Fuzz.Tests.Schema;
using Sluice.Fuzz.Tests.Wire;
using Sluice.Server.Gateway;
using Sluice.Tests;

namespace Sluice.Fuzz.Tests.Guards;

/// <summary>Who may do what to whose things: every private operation of the route table, asked by everybody who can ask. Another user's order, price
/// order, transfer, key or sub-account looks exactly like one that does not exist, and a refusal changes nothing.</summary>
public sealed class AuthorisationTests
{
    private const string NoId = "999999999", NoSub = "2000000000", NoKey = "ffffffffffffffffffffffffffffffff";

    private readonly List<string> wrong = [];
    private int asked, made;

    [Fact]
    public async Task Everybody_gets_what_the_table_says()
    {
        var rows = Encoding.UTF8.GetString(Repository.Read("tests", "Fuzz.Tests", "Guards", "authorisation.csv")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != '#').Select(line => line.Split('|')).ToDictionary(cells => cells[0]);
        await using var venue = await FuzzVenue.StartAsync();
        var operations = venue.Host.Endpoints.Mapped.Where(operation => !operation.IsPublic && !IsOfContracts(operation)).ToArray();
        Assert.Equal(operations.Select(operation => operation.Id).Order(StringComparer.Ordinal), rows.Keys.Order(StringComparer.Ordinal));

        foreach (var operation in operations) await CheckAsync(venue, await People.GatherAsync(venue, operation.Permission), operation, rows[operation.Id]);
        var passersBy = await People.GatherAsync(venue, PermissionGroups.Spot);
        foreach (var operation in venue.Host.Endpoints.Mapped.Where(operation => operation.IsPublic && !IsOfContracts(operation))) await CheckPublicAsync(venue, passersBy, operation);
        await venue.CheckAsync("after the matrix");
        Counts.Tell("Authorisation matrix", $"{venue.Host.Endpoints.Mapped.Count(operation => !IsOfContracts(operation))} operations, {asked} requests by 12 kinds of callers");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>Contracts: each private operation wants a good key of its group, from its address, that may write where it writes; and nothing is told of
    /// somebody else's orders or done to them.</summary>
    [Fact]
    public async Task Contracts_are_for_keys_of_their_group_and_orders_for_their_owner()
    {
        await using var venue = await FuzzVenue.StartAsync();
        var operations = venue.Host.Endpoints.Mapped.Where(operation => !operation.IsPublic && IsOfContracts(operation)).ToArray();
        Assert.True(operations.Length > 60, $"{operations.Length} operations");
        foreach (var group in operations.GroupBy(operation => operation.Permission))
        {
            var people = await People.GatherAsync(venue, group.Key);
            foreach (var operation in group)
            {
                await Expect(operation, "nobody", Signer.Nobody, "MISSING_REQUIRED_HEADER");
                await Expect(operation, "a revoked key", people.Revoked, "INVALID_KEY");
                await Expect(operation, "a key for elsewhere", people.Elsewhere, "IP_FORBIDDEN");
                await Expect(operation, "a locked sub-account", people.Locked, "ACCOUNT_LOCKED");
                await Expect(operation, "a key without the group", people.Without, "FORBIDDEN");
                if (operation.IsWrite) await Expect(operation, "a read-only key", people.Reader, "READ_ONLY");
            }
        }
        foreach (var (wallet, contract) in new[] { ("futures", "BTC_USDT"), ("delivery", "") }) await CheckOrdersAsync(venue, wallet, contract);
        await venue.CheckAsync("after the contracts");
        Counts.Tell("Authorisation of contracts", $"{operations.Length} operations, {asked} requests");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));

        async Task Expect(Operation operation, string who, Signer signer, string expected)
        {
            asked++;
            var path = Regex.Replace(operation.Path.Replace("{settle}", "usdt", StringComparison.Ordinal).Replace("{contract}", "BTC_USDT", StringComparison.Ordinal), @"\{\w+\}", NoId);
            var (status, text) = await venue.AskAsync(signer, operation.Method, path, "", operation.Method is "POST" or "PUT" ? "{}" : "");
            var label = status < 300 ? "done" : (string?)JsonNode.Parse(text)?["label"];
            if (label != expected) wrong.Add($"{operation.Id}, {who}: {label}, not {expected}: {text}");
        }
    }

    private async Task CheckOrdersAsync(FuzzVenue venue, string wallet, string contract)
    {
        (string, string)[] funds = [("USDT", "1000000")];
        var (owner, other) = (await venue.NewUserAsync(funds), await venue.NewUserAsync(funds));
        if (contract.Length == 0) contract = (string)(await venue.DoAsync(owner, "GET", $"/{wallet}/usdt/contracts"))![0]!["name"]!;
        foreach (var each in new[] { owner, other })
            await venue.DoAsync(each, "POST", "/wallet/transfers", "", $$"""{"currency":"USDT","from":"spot","to":"{{wallet}}","amount":"10000","settle":"usdt"}""");
        var mark = decimal.Parse((string)(await venue.DoAsync(owner, "GET", $"/{wallet}/usdt/contracts/{contract}"))!["mark_price"]!, System.Globalization.CultureInfo.InvariantCulture);
        var price = decimal.Round(mark * 0.99m).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var order = await venue.DoAsync(owner, "POST", $"/{wallet}/usdt/orders", "", $$"""{"contract":"{{contract}}","size":1,"price":"{{price}}","tif":"gtc"}""");
        var trigger = await venue.DoAsync(owner, "POST", $"/{wallet}/usdt/price_orders", "",
            $$$"""{"initial":{"contract":"{{{contract}}}","size":1,"price":"0","tif":"ioc"},"trigger":{"strategy_type":0,"price_type":1,"price":"{{{price}}}","rule":2,"expiration":86400}}""");
        var (orders, triggers) = ($"/{wallet}/usdt/orders/{order!["id"]}", $"/{wallet}/usdt/price_orders/{trigger!["id"]}");
        List<(string Method, string Path, string Body)> asks = [("GET", orders, ""), ("DELETE", orders, ""), ("GET", triggers, ""), ("DELETE", triggers, "")];
        if (wallet == "futures") asks.Add(("PUT", orders, """{"size":2}"""));
        foreach (var (method, path, body) in asks)
        {
            asked += 2;
            var unknown = path[..(path.LastIndexOf('/') + 1)] + NoId;
            var (seen, none) = (await venue.AskAsync(other, method, path, "", body), await venue.AskAsync(other, method, unknown, "", body));
            // An order of contracts says that it is somebody else's (M-049), and nothing more; a price order does not exist.
            var expected = path == orders ? "ORDER_NOT_OWNED" : (string?)JsonNode.Parse(none.Text)?["label"];
            var told = JsonNode.Parse(seen.Text)!.AsObject();
            if ((string?)told["label"] != expected || told.Count != 2 || none.Status != 404) wrong.Add($"{method} {path} by another user: {seen.Status} {seen.Text}; what does not exist: {none.Status} {none.Text}");
        }
        foreach (var path in new[] { orders, triggers })
        {
            var (status, text) = await venue.AskAsync(owner, "GET", path, "", "");
            if (status != 200 || !text.Contains("\"open\"", StringComparison.Ordinal)) wrong.Add($"{path} of its owner: {status} {text}");
        }
    }

    // They have a matrix of their own: what a row of the table names, they name otherwise.
    private static bool IsOfContracts(Operation operation) => operation.Group is "futures" or "delivery";

    /// <summary>Everybody who can ask. All but the owner and the others act for the owner's sub-account.</summary>
    private sealed record People(Signer Owner, Signer Other, Signer OtherSub, Signer Sub, Signer Reader, Signer Revoked, Signer Elsewhere, Signer Locked, Signer Without)
    {
        public static async Task<People> GatherAsync(FuzzVenue venue, PermissionGroups group)
        {
            (string, string)[] funds = [("USDT", "1000000"), ("BTC", "10")];
            var (owner, other) = (await venue.NewUserAsync(funds), await venue.NewUserAsync(funds));
            var (sub, locked, otherSub) = (await venue.NewSubAccountAsync(owner, $"sub{owner.User}"), await venue.NewSubAccountAsync(owner, $"locked{owner.User}"), await venue.NewSubAccountAsync(other, $"sub{other.User}"));
            foreach (var each in new[] { sub, otherSub }) await venue.FundAsync(each.User, "USDT", "1000000");
            var all = FuzzVenue.PermissionsOfAll(readOnly: false);
            var revoked = await venue.NewKeyAsync(owner, sub.User, all);
            await venue.DoAsync(owner, "DELETE", $"/sub_accounts/{sub.User}/keys/{revoked.Key}");
            await venue.DoAsync(owner, "POST", $"/sub_accounts/{locked.User}/lock");
            var except = string.Join(',', Permissions.Known.Where(known => (known.Group & group) != 0).Select(known => known.Name));
            var without = await venue.NewKeyAsync(owner, sub.User, FuzzVenue.PermissionsOfAll(readOnly: false, except));
            return new People(owner, other, otherSub, sub, await venue.NewKeyAsync(owner, sub.User, FuzzVenue.PermissionsOfAll(readOnly: true)), revoked,
                await venue.NewKeyAsync(owner, sub.User, all, "192.0.2.1"), locked, without);
        }
    }

    /// <summary>One of each, of one holder; sub-accounts and keys are the main account's.</summary>
    private sealed record Things(Signer Holder, string Order, string Text, string Trigger, string Pov, string Tx, Signer Sub)
    {
        public static readonly Things None = new(Signer.Nobody, NoId, "t-none", NoId, NoId, NoId, new Signer(int.Parse(NoSub), NoKey, ""));

        /// <summary>What of it nobody else may be told.</summary>
        public string[] Marks => [Order, Text, Trigger, Pov, Tx, $"{Holder.User}", Holder.Key, $"{Sub.User}", Sub.Key];
    }

    private async Task<Things> MakeAsync(FuzzVenue venue, Signer main, Signer holder)
    {
        var name = $"t-mark-{++made}";
        var order = await venue.DoAsync(holder, "POST", "/spot/orders", "", $$"""{"text":"{{name}}","currency_pair":"BTC_USDT","side":"buy","amount":"0.001","price":"80000"}""");
        var trigger = await venue.DoAsync(holder, "POST", "/spot/price_orders", "",
            """{"market":"BTC_USDT","trigger":{"price":"90000","rule":">=","expiration":86400},"put":{"type":"limit","side":"buy","price":"80000","amount":"0.001","account":"normal","time_in_force":"gtc"}}""");
        var pov = await venue.DoAsync(holder, "POST", "/spot/pov_orders", "", """{"currency_pair":"BTC_USDT","side":"buy","amount":"0.01","participation_rate":10,"ttl":"1h"}""");
        var transfer = await venue.DoAsync(holder, "POST", "/wallet/transfers", "", """{"currency":"USDT","from":"spot","to":"margin","amount":"1","currency_pair":"BTC_USDT"}""");
        var sub = await venue.NewSubAccountAsync(main, $"s{made}");
        await venue.FundAsync(sub.User, "USDT", "100");
        return new Things(holder, (string)order!["id"]!, name, $"{trigger!["id"]}", $"{pov!["id"]}", $"{transfer!["tx_id"]}", sub);
    }

    private async Task CheckAsync(FuzzVenue venue, People people, Operation operation, string[] row)
    {
        var (owns, holds) = (await MakeAsync(venue, people.Owner, people.Owner), await MakeAsync(venue, people.Owner, people.Sub));
        string Cell(int column) => row.Length > column ? row[column] : "?";
        async Task<string> Expect(string who, Signer signer, Things about, string expected)
        {
            var before = venue.Portrait(about.Holder.User, about.Sub.User);
            var (status, text) = await AskAsync(venue, operation, row, signer, about, people);
            var label = status < 300 ? "done" : (string?)JsonNode.Parse(text)?["label"] ?? $"{status}";
            var own = signer.User == about.Holder.User;
            if (expected == "none" && label == "done")
            {
                label = "none";
                var named = row[2].Contains("{order}", StringComparison.Ordinal) ? about.Order : "";      // a batch repeats what it was asked
                if (about.Marks.FirstOrDefault(mark => mark != named && Regex.IsMatch(text, $@"(?<![\w-]){Regex.Escape(mark)}(?![\w-])")) is { } leak) wrong.Add($"{operation.Id}, {who}: tells {leak}: {text}");
            }
            if (label != expected) wrong.Add($"{operation.Id}, {who}: {label}, not {expected}: {status} {text}");
            if (label != "done" && venue.Portrait(about.Holder.User, about.Sub.User) != before) wrong.Add($"{operation.Id}, {who}: {label}, and something of the holder's changed");
            return own ? "" : text;
        }

        await Expect("nobody", Signer.Nobody, holds, "MISSING_REQUIRED_HEADER");
        await Expect("a revoked key", people.Revoked, holds, "INVALID_KEY");
        await Expect("a key for elsewhere", people.Elsewhere, holds, "IP_FORBIDDEN");
        await Expect("a locked sub-account", people.Locked, holds, "ACCOUNT_LOCKED");
        await Expect("a key without the group", people.Without, holds, "FORBIDDEN");
        await Expect("a read-only key", people.Reader, holds, operation.Group == "subaccount" ? "FORBIDDEN" : operation.IsWrite ? "READ_ONLY" : Cell(7));
        foreach (var stranger in new[] { people.Other, people.OtherSub })
        {
            var expected = stranger == people.OtherSub && Cell(5) == "FORBIDDEN" && operation.Id != "subAccountToSubAccount" ? "FORBIDDEN" : Cell(4);
            var seen = await Expect("another user", stranger, owns, expected);
            var (_, unknown) = await AskAsync(venue, operation, row, stranger, Things.None, people);
            if ((expected != "none" || row[2].Contains("{order}", StringComparison.Ordinal)) && Same(seen, owns) != Same(unknown, Things.None)) wrong.Add($"{operation.Id}: somebody else's is answered {seen}, what does not exist {unknown}");
        }
        await Expect("the sub-account about the main account's", people.Sub, owns, Cell(5));
        await Expect("the main account about its sub-account's", people.Owner, holds, Cell(6));
        await Expect("the sub-account about its own", people.Sub, holds, Cell(7));
        await Expect("the owner", people.Owner, owns, Cell(3));
    }

    // Public operations do not look at keys at all.
    private async Task CheckPublicAsync(FuzzVenue venue, People people, Operation operation)
    {
        var path = operation.Path.Replace("{currency}", "BTC", StringComparison.Ordinal).Replace("{currency_pair}", "BTC_USDT", StringComparison.Ordinal);
        var query = operation.Id switch { "listTickers" => "", "listCurrencyChains" => "currency=BTC", "getSpotInsuranceHistory" => "business=margin&currency=USDT&from=1&to=2", _ when path != operation.Path => "", _ => "currency_pair=BTC_USDT" };
        foreach (var signer in new[] { Signer.Nobody, people.Owner, people.Reader, people.Revoked, people.Elsewhere, people.Locked })
        {
            asked++;
            var (status, text) = await venue.AskAsync(signer, operation.Method, path, query);
            if (status != 200) wrong.Add($"{operation.Id} is public: {status} {text}");
        }
    }

    private async Task<(int Status, string Text)> AskAsync(FuzzVenue venue, Operation operation, string[] row, Signer signer, Things about, People people)
    {
        asked++;
        var order = operation.Path.Contains("price_orders", StringComparison.Ordinal) ? about.Trigger : operation.Path.Contains("pov_orders", StringComparison.Ordinal) ? about.Pov : about.Order;
        string Fill(string text) => text.Replace("{order}", about.Order, StringComparison.Ordinal).Replace("{order_id}", order, StringComparison.Ordinal).Replace("{tx}", about.Tx, StringComparison.Ordinal)
            .Replace("{sub}", $"{about.Sub.User}", StringComparison.Ordinal).Replace("{user_id}", $"{about.Sub.User}", StringComparison.Ordinal).Replace("{key}", about.Sub.Key, StringComparison.Ordinal)
            .Replace("{self}", $"{people.Sub.User}", StringComparison.Ordinal).Replace("{new}", $"{++made}", StringComparison.Ordinal);
        return await venue.AskAsync(signer, operation.Method, Fill(operation.Path), Fill(row[1]), Fill(row[2]));
    }

    // The ids that were asked about are repeated in the answer.
    private static string Same(string text, Things about)
    {
        foreach (var id in new[] { about.Order, about.Trigger, about.Pov, about.Tx, $"{about.Sub.User}", about.Sub.Key }) text = text.Replace(id, "#", StringComparison.Ordinal);
        return text;
    }
}
