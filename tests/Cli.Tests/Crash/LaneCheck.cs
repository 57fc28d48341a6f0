using System.Text.Json;
using Microsoft.Data.Sqlite;
using Sluice.Client;

namespace Sluice.Cli.Tests.Crash;

// What the venue must say when nothing is in doubt: exactly what the ledger has.
internal sealed partial class Lane
{
    private const int EndedAskedARound = 10;

    private string BaseAsset => $"K{number}";

    private string QuoteAsset => $"Q{number}";

    public async Task CheckAsync()
    {
        if (keys.Count == 0) return;            // killed before the lane had opened
        foreach (var user in new[] { LaneLedger.Maker, LaneLedger.Taker, LaneLedger.Sub })
        {
            if (user == LaneLedger.Sub && subLocked) continue;
            var rest = ClientOf(SenderOf(user));
            await CheckOpenAsync(user, rest);
            await CheckTriggersAsync(user, rest);
            await CheckBalancesAsync(user, rest);
            foreach (var order in ledger.Orders.Values.Where(order => order is { IsOpen: false, Id: not null } && order.User == user).OrderBy(_ => random.Next()).Take(EndedAskedARound))
                Expect(order, (await rest.GetAsync($"/spot/orders/{order.Id}", ("currency_pair", Pair))).Require());
        }
        await CheckKeysAsync();

        // These wait for the history of maker, taker and sub-account: the database is looked at next.
        foreach (var (sender, path) in new[] { (Sender.Maker, "/spot/my_trades"), (Sender.Taker, "/spot/my_trades"), (Sender.Maker, "/wallet/sub_account_transfers") })
            (await ClientOf(sender).GetAsync(path)).Require();
        if (!subLocked) (await ClientOf(Sender.Sub).GetAsync("/spot/my_trades")).Require();
        var pair = (await ClientOf(Sender.Maker).GetAsync($"/spot/currency_pairs/{Pair}")).Require();
        Assert.Equal(halted ? "untradable" : "tradable", pair.GetProperty("trade_status").GetString());
    }

    private async Task CheckOpenAsync(int user, RestClient rest)
    {
        var told = (await rest.GetAsync("/spot/orders", ("currency_pair", Pair), ("status", "open"), ("limit", "100"))).Require().EnumerateArray()
            .ToDictionary(order => order.GetProperty("text").GetString()!);
        var expected = ledger.OpenOf(user).ToDictionary(order => order.Value.Text, order => order.Value);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), told.Keys.Order(StringComparer.Ordinal));
        foreach (var (text, order) in expected)
        {
            Expect(order, told[text]);
            Assert.Equal((order.Price / 100m, order.Size / 1000m), (Decimal(told[text], "price"), Decimal(told[text], "amount")));
        }
    }

    private async Task CheckTriggersAsync(int user, RestClient rest)
    {
        var told = (await rest.GetAsync("/spot/price_orders", ("status", "open"), ("market", Pair), ("limit", "100"))).Require().EnumerateArray()
            .Select(trigger => trigger.GetProperty("id").GetInt64()).Order();
        Assert.Equal(ledger.Triggers.Values.Where(trigger => trigger.Status == "open" && trigger.User == user).Select(trigger => trigger.Id!.Value).Order(), told);
    }

    private async Task CheckBalancesAsync(int user, RestClient rest)
    {
        var told = (await rest.GetAsync("/spot/accounts")).Require().EnumerateArray().ToDictionary(account => account.GetProperty("currency").GetString()!,
            account => (Decimal(account, "available"), Decimal(account, "locked")));
        foreach (var quote in new[] { false, true })
        {
            var expected = (Units(ledger.Book.Available[(user, quote)]), Units(ledger.Held(user, quote)));
            Assert.Equal(expected, told.GetValueOrDefault(quote ? QuoteAsset : BaseAsset));
        }
    }

    private async Task CheckKeysAsync()
    {
        foreach (var key in keys)
        {
            using var rest = new RestClient(venue!.BaseUrl, key.Credentials);
            var read = await rest.GetAsync("/account/detail");
            if (subLocked)
            {
                Assert.False(read.IsSuccess);
                continue;
            }
            Assert.Equal(subId, read.Require().GetProperty("user_id").GetInt32());
            if (!key.Writes) Assert.Equal("READ_ONLY", (await rest.SendAsync(HttpMethod.Delete, "/spot/price_orders", [("market", Pair)])).Label);
        }
        foreach (var key in revoked)
        {
            using var rest = new RestClient(venue!.BaseUrl, key);
            Assert.Equal("INVALID_KEY", (await rest.GetAsync("/account/detail")).Label);
        }
        var listed = (await ClientOf(Sender.Maker).GetAsync($"/sub_accounts/{subId}/keys")).Require();
        Assert.Equal(keys.Count, listed.GetArrayLength());
    }

    /// <summary>The history of this lane in the database, row by row: each order, fill, transfer and entry of the account book once. Rows looked at.</summary>
    /// <param name="complete">The venue has stopped. While it runs, nobody can wait for the rows of a locked sub-account.</param>
    public long CheckHistory(SqliteConnection history, bool complete = false)
    {
        if (subId == 0) return 0;
        long rows = 0;
        foreach (var user in new[] { LaneLedger.Maker, LaneLedger.Taker, LaneLedger.Sub })
        {
            if (user == LaneLedger.Sub && subLocked && !complete) continue;
            var expected = ledger.Orders.Values.Where(order => order.User == user).ToDictionary(order => order.Text);
            var found = Rows(history, "SELECT text, id, size_left, filled_size, filled_value, fee, finish FROM orders WHERE user_id = @1", IdOf(user));
            Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), found.Select(row => (string)row[0]).Order(StringComparer.Ordinal));
            foreach (var row in found)
            {
                var order = expected[(string)row[0]];
                order.Id ??= (long)row[1];
                Assert.Equal((order.Id, order.Filled, order.Value, order.Fee, (long)order.Finish), ((long)row[1], (long)row[3], Quanta(row[4]), Quanta(row[5]), (long)row[6]));
                if (!order.ByBudget) Assert.Equal(order.Left, (long)row[2]);
            }
            var fills = Rows(history, "SELECT order_id, count(*), sum(size) FROM fills WHERE user_id = @1 GROUP BY order_id", IdOf(user));
            Assert.Equal(expected.Values.Where(order => order.Fills > 0).Select(order => (order.Id!.Value, (long)order.Fills, order.Filled)).Order(),
                fills.Select(row => ((long)row[0], (long)row[1], (long)row[2])).Order());
            rows += found.Count + fills.Sum(row => (long)row[1]) + CheckBook(history, user);
        }
        return rows;
    }

    // The entries of each account follow one another without a gap, add up, and end at the ledger's balance.
    private long CheckBook(SqliteConnection history, int user)
    {
        var (totals, entries) = (new Dictionary<(long Wallet, long Asset), (Int128 Total, long Update)>(), 0L);
        foreach (var row in Rows(history, "SELECT wallet, asset, change, total, update_id FROM book WHERE user_id = @1 ORDER BY id", IdOf(user)))
        {
            var account = ((long)row[0], (long)row[1]);
            var (total, update) = totals.GetValueOrDefault(account);
            Assert.Equal((total + Quanta(row[2]), update + 1), (Quanta(row[3]), (long)row[4]));
            totals[account] = (Quanta(row[3]), (long)row[4]);
            entries++;
        }
        var assets = totals.Keys.Select(key => key.Asset).Distinct().Order().ToList();          // listed base first
        foreach (var quote in new[] { false, true })
        {
            var expected = new[] { ledger.Book.Available[(user, quote)] + ledger.Held(user, quote), ledger.Margin[(user, quote)] };
            var found = totals.Where(total => total.Key.Asset == assets[quote ? 1 : 0]).OrderBy(total => total.Key.Wallet).Select(total => total.Value.Total).ToList();
            Assert.Equal(expected, found.Count == 1 ? [.. found, Int128.Zero] : found);
        }
        return entries;
    }

    private static List<object[]> Rows(SqliteConnection history, string sql, int user)
    {
        using var command = history.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("@1", user);
        using var reader = command.ExecuteReader();
        var rows = new List<object[]>();
        while (reader.Read())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }
        return rows;
    }

    private static Int128 Quanta(object text) => Int128.Parse((string)text, System.Globalization.CultureInfo.InvariantCulture);

    private static decimal Units(Int128 quanta) => (decimal)quanta / 1_000_000_000_000m;
}
