using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Sluice.Fuzz.Tests.Schema;
using Sluice.Fuzz.Tests.Wire;
using Sluice.Tests;

namespace Sluice.Fuzz.Tests.Rest;

/// <summary>Every built operation, from the committed OpenAPI document: valid, boundary and hostile values, ids that are live, over, deleted and somebody
/// else's. Whatever is sent: a documented status, the schema of it, and money that adds up.
/// A failure names its seed, lane and number; SLUICE_FUZZ_REPLAY=seed:lane:number runs that lane alone up to there and prints the last exchange.</summary>
public sealed class RestFuzzTests
{
    private const int Requests = 200_000;
    private const int ContractRequests = 100_000;
    private const int Lanes = 24;
    private const int Rounds = 10;
    private const int DoneLeast = 50;
    private const int ContractDoneLeast = 3;       // what needs a position, an order or a trailing order that is still there
    private const int MostTold = 20;

    private readonly ConcurrentQueue<string> wrong = [];

    [Fact]
    public Task Whatever_is_sent_is_answered_as_documented_and_money_adds_up() => RunAsync(contracts: false, Requests);

    [Fact]
    public Task Whatever_is_sent_about_contracts_is_answered_as_documented_and_money_adds_up() => RunAsync(contracts: true, ContractRequests);

    private async Task RunAsync(bool contracts, int requests)
    {
        if (Environment.GetEnvironmentVariable("SLUICE_FUZZ_REPLAY") is { Length: > 0 } replay)
        {
            await ReplayAsync(replay, contracts);
            return;
        }
        var seed = long.TryParse(Environment.GetEnvironmentVariable("SLUICE_FUZZ_SEED"), CultureInfo.InvariantCulture, out var given) ? given : 1;
        await using var venue = await FuzzVenue.StartAsync();
        var operations = Document.Of(venue.Host.Endpoints, contracts);
        var (composer, judge, tally) = (new Composer(operations), new Judge(venue.Host.Endpoints, operations), new Tally(operations));
        var lanes = new Lane[Lanes];
        for (var i = 0; i < lanes.Length; i++) lanes[i] = await OpenAsync(i, venue, contracts);

        var watch = Stopwatch.StartNew();
        var perRound = (Counts.Of(requests) + Lanes * Rounds - 1) / (Lanes * Rounds);
        for (var round = 0; round < Rounds; round++)
        {
            var first = round * perRound;
            await Task.WhenAll(lanes.Select(lane => Task.Run(async () =>
            {
                for (var number = first; number < first + perRound; number++) await AskAsync(lane, composer, judge, tally, seed, number);
            })));
            await venue.ControlAsync("clock/advance", """{"seconds":7}""");
            await venue.CheckAsync($"seed {seed}, after {tally.Total} requests");
        }
        watch.Stop();
        foreach (var lane in lanes) lane.Dispose();

        Counts.Tell(contracts ? "API fuzz of contracts" : "API fuzz", $"{tally.Total} requests with seed {seed} over {Lanes} connections in {watch.Elapsed.TotalSeconds:0} s; {tally.SignedWell} correctly signed, {tally.Done} done; {Rounds} checks of invariants and of every asset's total{tally}");
        Assert.True(wrong.IsEmpty, $"{wrong.Count} of {tally.Total} went wrong:\n{string.Join("\n", wrong.DistinctBy(one => string.Join(' ', one.Split('\n')[0].Split(' ').Take(5))).Take(MostTold))}");
        Assert.InRange(tally.SignedWell, tally.Total * 60L / 100, tally.Total);
        Assert.InRange(tally.Done, tally.Total * 25L / 100, tally.Total);
        var seldom = operations.Where(operation => operation.IsNeverDone ? tally.DoneOf(operation.Id) > 0 : tally.DoneOf(operation.Id) < Counts.Of(contracts ? ContractDoneLeast : DoneLeast)).Select(operation => $"{operation.Id} {tally.DoneOf(operation.Id)}");
        Assert.Empty(seldom);
    }

    private async Task AskAsync(Lane lane, Composer composer, Judge judge, Tally tally, long seed, int number)
    {
        var attempt = composer.Compose(lane, seed, number);
        await lane.Connection.SendAsync(attempt.Request.ToBytes());
        if (await lane.Connection.ReadAsync() is not { } answer)
        {
            Tell("gets no answer", "");
            await lane.ReconnectAsync();
            return;
        }
        tally.Count(attempt, answer.Status);
        var complaint = judge.Complaint(attempt, answer, out var json);
        if (complaint is not null) Tell(complaint, $"{answer.Status} {answer.Text}");
        else if (json is not null && answer.Status < 300) lane.Learn(attempt.Operation, attempt.Who, attempt.Request, json.RootElement);
        json?.Dispose();
        if (answer.Closes) await lane.ReconnectAsync();

        void Tell(string what, string seen) => wrong.Enqueue($"{attempt.Operation.Id} {what}\n  sent: {attempt.Request}\n  seen: {(seen.Length > 600 ? seen[..600] + "…" : seen)}\n  again: SLUICE_FUZZ_REPLAY={seed}:{lane.Index}:{number} dotnet test --project tests/Fuzz.Tests -c Release");
    }

    private static async Task<Lane> OpenAsync(int index, FuzzVenue venue, bool contracts)
    {
        var lane = await Lane.OpenAsync(index, venue);
        if (contracts) await lane.FundContractsAsync();
        return lane;
    }

    private async Task ReplayAsync(string replay, bool contracts)
    {
        var parts = replay.Split(':').Select(part => long.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        await using var venue = await FuzzVenue.StartAsync();
        var operations = Document.Of(venue.Host.Endpoints, contracts);
        var (composer, judge, tally) = (new Composer(operations), new Judge(venue.Host.Endpoints, operations), new Tally(operations));
        using var lane = await OpenAsync((int)parts[1], venue, contracts);
        for (var number = 0; number < parts[2]; number++) await AskAsync(lane, composer, judge, tally, parts[0], number);
        wrong.Clear();
        var last = composer.Compose(lane, parts[0], (int)parts[2]);
        await AskAsync(lane, composer, judge, tally, parts[0], (int)parts[2]);
        await lane.ReconnectAsync();
        await lane.Connection.SendAsync(last.Request.ToBytes());
        var answer = await lane.Connection.ReadAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{Encoding.Latin1.GetString(last.Request.ToBytes())}\n\nanswered, sent once more: {answer?.Head}\n\n{answer?.Text}");
        await venue.CheckAsync("replay");
        Assert.Empty(wrong);
    }
}
