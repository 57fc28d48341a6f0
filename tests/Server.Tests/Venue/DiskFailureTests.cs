using Microsoft.Data.Sqlite;
using Sluice.Runtime.Disk;
using Sluice.Server.Tests.Wire;
using Sluice.Server.Venue;

namespace Sluice.Server.Tests.Venue;

/// <summary>A venue whose disk gives out stops accepting, says why, still answers questions, and has lost nothing it acknowledged.</summary>
public sealed class DiskFailureTests
{
    private static VenueOptions Quiet => new() { Urls = ["http://127.0.0.1:0"], ManualClock = true, Liquidity = false, RateLimits = false };

    public static TheoryData<string, int, bool> Faults
    {
        get
        {
            var faults = new TheoryData<string, int, bool>();
            foreach (var call in Enum.GetNames<DiskCall>())
                foreach (var nth in new[] { 1, 4 }) faults.Add(call, nth, nth == 4);
            return faults;
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_failed_write_or_flush_is_final_and_nothing_acknowledged_is_lost(string call, int nth, bool full)
    {
        var memory = new MemoryDisk(crashable: true);
        var disk = new FaultyDisk(memory);
        var sentences = new List<string>();
        var acknowledged = new List<string>();
        Signer alice;
        await using (var host = await VenueHost.StartAsync(Quiet with { Disk = disk, Report = sentence => { lock (sentences) sentences.Add(sentence); } }))
        {
            using var caller = new VenueCaller(host);
            alice = await caller.NewUserAsync("alice");
            disk.FailAt(Enum.Parse<DiskCall>(call), nth, () => full ? new DiskFullException("No space left on device") : new IOException("Input/output error"));
            var refused = await PlaceAsync(caller, alice);
            for (; refused.Status == 201; refused = await PlaceAsync(caller, alice)) acknowledged.Add(refused["id"]);
            Assert.Equal(nth - 1, acknowledged.Count);
            var said = full ? "The disk of the log is full." : "The log cannot be written: Input/output error";
            Refuses(refused, said);
            Refuses(await PlaceAsync(caller, alice), said);
            Refuses(await caller.OperateAsync("POST", "users", """{"name":"bob"}"""), said);
            Refuses(await caller.GetAsync("/health/ready"), said);
            Assert.Equal(200, (await caller.GetAsync("/health/live")).Status);
            Assert.Contains(said, Assert.Single(sentences), StringComparison.Ordinal);

            Assert.Equal(acknowledged.Order(StringComparer.Ordinal), await OpenAsync(caller, alice));
            var accounts = await caller.AskAsync(alice, "GET", "/spot/accounts", "currency=USDT");
            Assert.Equal($"{16 * acknowledged.Count}", accounts.Json[0].GetProperty("locked").GetString());
            var book = await caller.GetAsync("/api/v4/spot/order_book?currency_pair=BTC_USDT");
            Assert.Equal((200, acknowledged.Count > 0 ? 1 : 0), (book.Status, book.Json.GetProperty("bids").GetArrayLength()));
        }

        await using var again = await VenueHost.StartAsync(Quiet with { Disk = memory.Crash() });
        using var later = new VenueCaller(again);
        Assert.Empty(acknowledged.Except(await OpenAsync(later, alice)));
        Assert.Equal(201, (await PlaceAsync(later, alice)).Status);
        Assert.Equal(200, (await later.GetAsync("/health/ready")).Status);
        Assert.True((bool)(await later.ControlAsync("invariants"))["ok"]!);
    }

    [Fact]
    public async Task A_history_that_cannot_be_written_leaves_trading_on_and_catches_up_later()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-").FullName;
        try
        {
            Signer alice, bob;
            await using (var host = await VenueHost.StartAsync(Quiet with { DataFolder = folder }))
            {
                using var caller = new VenueCaller(host);
                (alice, bob) = (await caller.NewUserAsync("alice"), await caller.NewUserAsync("bob"));
                Assert.Equal("[]", (await caller.AskAsync(alice, "GET", "/spot/my_trades")).Text);
                Run(folder, "CREATE TRIGGER broken BEFORE INSERT ON fills BEGIN SELECT RAISE(ABORT, 'the disk is broken'); END");
                var first = await PlaceAsync(caller, alice);
                Assert.Equal(201, (await PlaceAsync(caller, bob, "sell")).Status);
                Refuses(await caller.AskAsync(alice, "GET", "/spot/my_trades"), "");
                Refuses(await caller.GetAsync("/health/ready"), "The history cannot be written");

                Assert.Equal("closed", (await caller.AskAsync(alice, "GET", $"/spot/orders/{first["id"]}", "currency_pair=BTC_USDT"))["status"]);
                Assert.Equal(201, (await PlaceAsync(caller, alice)).Status);
                Assert.Single(await OpenAsync(caller, alice));
            }
            Run(folder, "DROP TRIGGER broken");

            await using var again = await VenueHost.StartAsync(Quiet with { DataFolder = folder });
            using var later = new VenueCaller(again);
            Assert.Equal(200, (await later.GetAsync("/health/ready")).Status);
            Assert.Single((await later.AskAsync(alice, "GET", "/spot/my_trades")).Json.EnumerateArray());
            Assert.Single(await OpenAsync(later, alice));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<Api.Spot.Said> PlaceAsync(VenueCaller caller, Signer signer, string side = "buy") => caller.AskAsync(signer, "POST", "/spot/orders", "",
        $$"""{"currency_pair":"BTC_USDT","side":"{{side}}","amount":"0.0002","price":"80000"}""");

    private static async Task<List<string>> OpenAsync(VenueCaller caller, Signer signer)
    {
        var orders = await caller.AskAsync(signer, "GET", "/spot/orders", "currency_pair=BTC_USDT&status=open");
        return [.. orders.Json.EnumerateArray().Select(order => order.GetProperty("id").GetString()!).Order(StringComparer.Ordinal)];
    }

    // What the venue says when it cannot: 503 and a sentence.
    private static void Refuses(Api.Spot.Said said, string start)
    {
        Assert.Equal((503, "TOO_BUSY"), (said.Status, said.Label));
        Assert.StartsWith(start, said["message"], StringComparison.Ordinal);
        Assert.NotEmpty(said["message"]);
    }

    private static void Run(string folder, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "history.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
