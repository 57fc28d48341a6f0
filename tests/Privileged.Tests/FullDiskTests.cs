using Sluice.Cli.Tests;
using Sluice.Client;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Tests;

namespace Sluice.Privileged.Tests;

/// <summary>A venue on a disk that really fills up: it stops taking orders and says so, goes on answering questions, and after a restart with room has
/// everything it acknowledged.</summary>
public sealed class FullDiskTests
{
    private const string LogIsFull = "The disk of the log is full. Nothing acknowledged is lost; make room on it and start the venue again.";
    private const int Writers = 4, OrdersMost = 150;

    [Fact]
    public async Task A_disk_that_fills_up_stops_orders_and_loses_none()
    {
        using var disk = SmallDisk.Mount(24);
        VenueProcess.Launcher = disk.Launcher;
        string[] arguments = ["--data", $"{disk.Path}/data", "--markets", "none", "--liquidity", "off", "--rate-limits", "off", "--segment-bytes", "65536", "--snapshot-every", "400"];
        var traders = new List<Trader>();
        var (cycles, refused, repeated, acknowledged) = (Counts.Of(20), 0, 0, 0);
        for (var cycle = 0; cycle < cycles; cycle++)
        {
            await using var venue = await VenueProcess.ServeAsync(arguments);
            if (cycle == 0) await OpenAsync(venue, traders);
            foreach (var trader in traders) trader.Attach(venue);
            foreach (var trader in traders) repeated += await trader.ResolveAsync();
            foreach (var trader in traders) await trader.CheckAsync();
            Assert.Equal((200, ""), await ProbeAsync(venue, "/health/ready"));

            disk.Fill();
            var answers = await Task.WhenAll(traders.Select(trader => trader.RunAsync()));
            Assert.All(answers, answer => Assert.Equal((503, "TOO_BUSY", LogIsFull), (answer.Status, answer.Label!, answer.Message!)));
            refused += answers.Length;
            Assert.Equal((503, LogIsFull), await ProbeAsync(venue, "/health/ready"));
            Assert.Equal((503, LogIsFull), Said(await venue.Control.PostAsync("/users", """{"name":"late"}""", TestContext.Current.CancellationToken)));
            Assert.Equal((200, ""), await ProbeAsync(venue, "/health/live"));
            foreach (var trader in traders) await trader.CheckAsync();          // reads go on

            disk.Free();
            Assert.Equal((503, LogIsFull), await ProbeAsync(venue, "/health/ready"));       // a failed write is final
            if (cycle % 2 == 0) await venue.KillAsync();
            else
            {
                venue.Terminate();
                Assert.Equal(1, await venue.WaitForExitAsync());        // it did not end as asked: it had failed
            }
            Assert.Single(venue.Errors.Split('\n'), line => line == LogIsFull);
            acknowledged = traders.Sum(trader => trader.Acknowledged);
        }

        await using (var last = await VenueProcess.ServeAsync(arguments))
        {
            foreach (var trader in traders) trader.Attach(last);
            foreach (var trader in traders) repeated += await trader.ResolveAsync();
            foreach (var trader in traders) await trader.CheckAsync();
            await last.StopAsync();
        }
        var (exit, output, errors) = await VenueProcess.RunAsync("verify", $"{disk.Path}/data");
        Assert.True(exit == 0 && output.StartsWith("ok: ", StringComparison.Ordinal), output + errors);
        Counts.Tell("full disk", $"{cycles} times filled and freed; {acknowledged} orders and cancels acknowledged, {refused} refused for want of room, {repeated} of those asked for again; 0 lost, 0 twice");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_disk_that_is_full_at_the_start_is_one_sentence(bool fresh)
    {
        using var disk = SmallDisk.Mount(8);
        VenueProcess.Launcher = disk.Launcher;
        string[] arguments = ["--data", $"{disk.Path}/data", "--markets", "none", "--liquidity", "off", "--segment-bytes", "1048576"];
        if (!fresh)
        {
            await using var venue = await VenueProcess.ServeAsync(arguments);
            await venue.NewUserAsync("early");
            await venue.KillAsync();
        }
        disk.Fill();
        var (exit, output, errors) = await VenueProcess.RunAsync(["serve", "--urls", "http://127.0.0.1:0", .. arguments]);
        Assert.True(exit == 2, $"exit code {exit}: {output}{errors}");
        Assert.Empty(output);
        Assert.Contains("full", Assert.Single(errors.Trim().Split('\n')));

        disk.Free();
        await using var again = await VenueProcess.ServeAsync(arguments);
        Assert.Equal((200, ""), await ProbeAsync(again, "/health/ready"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_disk_without_room_to_reserve_stops_the_log_behind_what_is_durable(bool ahead)
    {
        using var mounted = SmallDisk.Mount(8);
        var disk = new FileDisk(mounted.Reached);
        using var log = FileLog.Open(disk, 1, new LogOptions(1 << 20, ahead ? TaskScheduler.Default : null, ReservedFrom: 1));
        var failed = Assert.Throws<LogFailedException>(() =>
        {
            var frame = new byte[Frame.PaddedBytes(64_000)];
            for (var sequence = 1L; sequence < 1000; sequence++)
            {
                Frame.Write(frame, FrameKind.Command, sequence, 1, new byte[64_000]);
                log.Append(frame);
                log.Sync();
            }
        });
        Assert.IsType<DiskFullException>(failed.InnerException);
        Assert.Equal(LogIsFull, failed.Message);
        Assert.InRange(log.DurableSequence, 6 * 16, 8 * 16);
        Assert.True(log.BytesWritten < 9 << 20, "segments were filled with zeros");       // twice as much with them
        using var reader = new LogReader(disk);
        while (reader.Read()) { }
        Assert.Equal((log.LastSequence, LogEndKind.Clean), (reader.LastSequence, reader.End.Kind));
    }

    private static async Task OpenAsync(VenueProcess venue, List<Trader> traders)
    {
        (await venue.Control.PostAsync("/instruments", """{"symbol":"BTC_USDT","price_decimals":2,"size_decimals":3,"reference_price":"100","orders_limit":0}""")).Require();
        for (var i = 0; i < Writers; i++) traders.Add(new Trader(i, await venue.NewUserAsync($"trader-{i}", ("USDT", "1000000"))));
    }

    private static async Task<(int Status, string Message)> ProbeAsync(VenueProcess venue, string path) => Said(await venue.Control.ProbeAsync(path));

    private static (int Status, string Message) Said(Answer answer) => (answer.Status, answer.Message ?? "");

    /// <summary>Places orders and cancels them, one after the other, and knows which are open.</summary>
    private sealed class Trader(int number, Credentials key)
    {
        private readonly Dictionary<string, string> open = [];      // text → id
        private RestClient? rest;
        private (string Key, string? Cancels)? pending;
        private int sent;

        public int Acknowledged { get; private set; }

        public void Attach(VenueProcess venue)
        {
            rest?.Dispose();
            rest = new RestClient(venue.BaseUrl, key);
        }

        /// <summary>Until something is not acknowledged.</summary>
        public async Task<Answer> RunAsync()
        {
            while (true)
            {
                var answer = await StepAsync();
                if (!answer.IsSuccess) return answer;
            }
        }

        /// <summary>What was refused for want of room is asked for again: it happens now, or has happened.</summary>
        public async Task<int> ResolveAsync()
        {
            if (pending is null) return 0;
            (await StepAsync()).Require();
            return 1;
        }

        public async Task CheckAsync()
        {
            var told = new Dictionary<string, string>();
            var page = 1;
            for (var full = true; full; page++)
            {
                var listed = (await rest!.GetAsync("/spot/orders", ("currency_pair", "BTC_USDT"), ("status", "open"), ("page", $"{page}"), ("limit", "100"))).Require();
                foreach (var order in listed.EnumerateArray()) told.Add(order.GetProperty("text").GetString()!, order.GetProperty("id").GetString()!);
                full = listed.GetArrayLength() == 100;
            }
            var sure = told.Where(order => pending is null || (order.Key != pending.Value.Key && order.Value != pending.Value.Cancels)).OrderBy(order => order.Value);
            Assert.Equal(open.Where(order => order.Value != pending?.Cancels).OrderBy(order => order.Value), sure);
            if (pending is not null) return;
            var account = (await rest!.GetAsync("/spot/accounts", ("currency", "USDT"))).Require()[0];
            Assert.Equal(open.Count * 10m, decimal.Parse(account.GetProperty("locked").GetString()!, System.Globalization.CultureInfo.InvariantCulture));
        }

        private async Task<Answer> StepAsync()
        {
            pending ??= ($"t-{number}-{sent}", sent++ % 3 == 2 || open.Count >= OrdersMost ? open.First().Value : null);
            var (step, cancels) = pending.Value;
            var answer = cancels is null
                ? await SendAsync(HttpMethod.Post, "/spot/orders", $$"""{"text":"{{step}}","currency_pair":"BTC_USDT","side":"buy","amount":"0.1","price":"100"}""", step)
                : await SendAsync(HttpMethod.Delete, $"/spot/orders/{cancels}", null, step, ("currency_pair", "BTC_USDT"));
            if (!answer.IsSuccess) return answer;
            if (cancels is null) open.Add(step, answer.Json.GetProperty("id").GetString()!);
            else Assert.True(open.Remove(open.First(order => order.Value == cancels).Key));
            pending = null;
            Acknowledged++;
            return answer;
        }

        private Task<Answer> SendAsync(HttpMethod method, string path, string? json, string idempotencyKey, params (string, string)[] query) =>
            rest!.SendAsync(method, path, query, json, [("Idempotency-Key", idempotencyKey)]);
    }
}
