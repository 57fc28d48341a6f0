using Microsoft.Data.Sqlite;
using Sluice.Client;
using Sluice.Tests;

namespace Sluice.Cli.Tests.Crash;

/// <summary>kill -9 of a real venue on a real disk, again and again: under load, while it recovers, while SIGTERM's snapshot is written. What was
/// acknowledged is there with the outcome that was told, what was in doubt and is sent again happens once, and the history has everything once.</summary>
public sealed class KillTests
{
    private const int Lanes = 6, AcknowledgedARound = 1000;

    private enum Kill { UnderLoad, InSnapshot, InStop, InRecovery }

    [Theory]
    [InlineData(true, 20261)]
    [InlineData(false, 20262)]
    public async Task Nothing_acknowledged_is_lost_and_nothing_happens_twice(bool keepLog, int seed)
    {
        using var folder = new TemporaryFolder();
        var data = Path.Combine(folder.Path, "data");
        string[] arguments = ["--data", data, "--markets", "none", "--liquidity", "off", "--rate-limits", "off", "--segment-bytes", "65536", "--snapshot-every", "200", .. keepLog ? new[] { "--keep-log" } : []];
        var random = new Random(seed);
        var lanes = Enumerable.Range(0, Lanes).Select(number => new Lane(number, seed * 100 + number, overSocket: number % 2 == 0)).ToArray();
        var volume = new VolumeLane(seed);
        var rounds = Counts.Of(10);
        var (kills, unfinished, least) = (new int[4], 0, int.MaxValue);
        for (var round = 0; round < rounds; round++)
        {
            if (round % 3 == 1)
            {
                for (var again = 1 + random.Next(2); again > 0; again--)
                {
                    await VenueProcess.StartAndKillAsync(TimeSpan.FromMilliseconds(random.Next(100, 900)), arguments);
                    kills[(int)Kill.InRecovery]++;
                }
            }
            await using var venue = await VenueProcess.ServeAsync(arguments);
            await CheckAsync(venue, lanes, volume, data, $"seed {seed}, before round {round}");

            var (before, enough) = (lanes.Sum(lane => lane.Acknowledged), AcknowledgedARound + random.Next(500));
            var (acknowledged, reached) = (0, new TaskCompletionSource());
            var writers = lanes.Select(lane => lane.RunAsync(() =>
            {
                if (Interlocked.Increment(ref acknowledged) == enough) reached.SetResult();
            })).ToArray();
            var ended = Task.WhenAll([.. writers, volume.RunAsync()]);
            await Task.WhenAny(reached.Task, ended);        // a lane that fails ends early and throws below
            var kill = (Kill)(round % 3);
            using (var watch = new FileSystemWatcher(data, "snapshot-*.new"))
            {
                var begun = new TaskCompletionSource();
                watch.Created += (_, _) => begun.TrySetResult();
                watch.EnableRaisingEvents = kill != Kill.UnderLoad;
                if (kill == Kill.InStop) venue.Terminate();
                if (kill != Kill.UnderLoad) await Task.WhenAny(begun.Task, kill == Kill.InStop ? venue.WaitForExitAsync() : ended);
                await venue.KillAsync();
            }
            kills[(int)kill]++;
            await ended;
            var left = Directory.GetFiles(data, "snapshot-*.new");
            Assert.True(left.Length <= 1, string.Join(' ', left));
            unfinished += left.Length;
            least = int.Min(least, lanes.Sum(lane => lane.Acknowledged) - before);
        }
        Assert.True(least >= AcknowledgedARound, $"a round had only {least} acknowledged commands");

        await using (var last = await VenueProcess.ServeAsync(arguments))
        {
            await CheckAsync(last, lanes, volume, data, $"seed {seed}, after the last round");
            await volume.EndAsync();
            await last.StopAsync();
        }
        var (exit, output, errors) = await VenueProcess.RunAsync("verify", data);
        Assert.True(exit == 0 && output.StartsWith("ok: ", StringComparison.Ordinal), output + errors);
        long rows;
        using (var history = Open(data)) rows = lanes.Sum(lane => lane.CheckHistory(history, complete: true)) + volume.CheckHistory(history);
        Assert.True(volume.Traded.Taken > 0, "the percentage-of-volume order took nothing");
        if (keepLog) await CheckRebuiltAsync(data, Path.Combine(folder.Path, "rebuilt"), arguments);
        else Assert.False(File.Exists(Path.Combine(data, "00000000000000000001.log")), "no segment has ever been let go");

        Tell(keepLog, lanes, volume, kills, unfinished, least, rows);
    }

    private static async Task CheckAsync(VenueProcess venue, Lane[] lanes, VolumeLane volume, string data, string where)
    {
        try
        {
            var status = (await venue.Control.GetAsync("/status")).Require();
            Assert.True(status.GetProperty("sequence").GetInt64() >= lanes.Max(lane => lane.Sequence), "the venue is behind what it acknowledged");
            foreach (var lane in lanes) lane.Attach(venue);
            volume.Attach(venue);
            using var history = Open(data);
            foreach (var lane in lanes) await lane.ResolveAsync(history);
            await Task.WhenAll(lanes.Select(lane => lane.RepeatAsync()));
            await Task.WhenAll([.. lanes.Select(lane => lane.CheckAsync()), volume.CheckAsync(history)]);
            Assert.True((await venue.Control.GetAsync("/invariants")).Require().GetProperty("ok").GetBoolean());
            foreach (var lane in lanes) lane.CheckHistory(history);
        }
        catch (Exception wrong) when (wrong is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{where}: {wrong.Message} {venue.Errors}", wrong);
        }
    }

    // The log, re-executed from its first command into an empty database, gives the rows that the killed venues left.
    private static async Task CheckRebuiltAsync(string data, string copy, string[] arguments)
    {
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.EnumerateFiles(data))
        {
            var name = Path.GetFileName(file);
            if (!name.StartsWith("history.db", StringComparison.Ordinal)) File.Copy(file, Path.Combine(copy, name));
        }
        await using (var venue = await VenueProcess.ServeAsync([.. arguments.Select(argument => argument == data ? copy : argument)])) await venue.StopAsync();
        using var history = Open(data);
        using var attach = history.CreateCommand();
        attach.CommandText = $"ATTACH '{Path.Combine(copy, "history.db")}' AS rebuilt";
        attach.ExecuteNonQuery();
        foreach (var table in new[] { "orders", "fills", "trades", "candles", "book", "triggers", "transfers", "deposits" })
        {
            foreach (var (one, other) in new[] { ("main", "rebuilt"), ("rebuilt", "main") })
            {
                using var compare = history.CreateCommand();
                compare.CommandText = $"SELECT count(*) FROM (SELECT * FROM {one}.{table} EXCEPT SELECT * FROM {other}.{table})";
                Assert.True((long)compare.ExecuteScalar()! == 0, $"{table}: {one} has rows that {other} has not");
            }
        }
    }

    private static SqliteConnection Open(string data)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(data, "history.db")};Pooling=False");
        connection.Open();
        return connection;
    }

    private static void Tell(bool keepLog, Lane[] lanes, VolumeLane volume, int[] kills, int unfinished, int least, long rows)
    {
        var kinds = lanes.SelectMany(lane => lane.Counts).GroupBy(kind => kind.Key).OrderByDescending(kind => kind.Sum(one => one.Value));
        Counts.Tell($"kill -9, {(keepLog ? "log kept" : "segments let go")}", $"{kills[(int)Kill.UnderLoad]} kills under load, {kills[(int)Kill.InSnapshot]} under load when a snapshot began, "
            + $"{kills[(int)Kill.InStop]} in SIGTERM's snapshot ({unfinished} left one unfinished), {kills[(int)Kill.InRecovery]} in recovery; {lanes.Sum(lane => lane.Acknowledged)} commands acknowledged, at least {least} a round; "
            + $"{lanes.Sum(lane => lane.InDoubt.Asked)} answers lost and asked for again, {lanes.Sum(lane => lane.InDoubt.Executed)} of them orders that had been executed; {lanes.Sum(lane => lane.SocketInDoubt.Asked)} lost over the socket and looked up, {lanes.Sum(lane => lane.SocketInDoubt.Executed)} of them executed; "
            + $"{lanes.Sum(lane => lane.Repetitions)} acknowledged commands repeated; {rows} rows of history compared; 0 lost, 0 twice; a percentage-of-volume order took "
            + $"{volume.Traded.Taken / 1000m} of the {volume.Traded.Volume / 1000m} that {volume.Acknowledged} more commands traded. "
            + string.Join(", ", kinds.Select(kind => $"{kind.Key} {kind.Sum(one => one.Value)}")));
    }
}
