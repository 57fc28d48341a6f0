using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Sluice.Client;

namespace Sluice.Cli.Tests.Crash;

/// <summary>One writer: a market, a maker, a taker and a sub-account of its own, and a seeded stream of commands of every kind, one at a time. So the
/// ledger knows what each must be answered and what all of them must have led to. What is in doubt when the venue dies is sent again first.</summary>
/// <param name="overSocket">Whether maker and taker place, amend and cancel single orders over the socket.</param>
internal sealed partial class Lane(int number, int seed, bool overSocket)
{
    private const int RecentKept = 16, RepeatedARound = 3;

    private readonly Random random = new(seed);
    private readonly LaneLedger ledger = new();
    private readonly List<SubKey> keys = [];
    private readonly Queue<Step> recent = new();
    private readonly Dictionary<string, int> counts = [];
    private RestClient? maker, taker, sub;
    private Credentials? makerKey, takerKey;
    private VenueProcess? venue;
    private Step? pending;
    private int sent, texts;
    private int makerId, takerId, subId;
    private bool subLocked, halted;

    public string Pair { get; } = $"K{number}_Q{number}";

    /// <summary>The highest sequence an answer told.</summary>
    public long Sequence { get; private set; }

    public int Acknowledged { get; private set; }

    /// <summary>Answers lost and asked for again; and how many of those commands were found to have been executed before.</summary>
    public (int Asked, int Executed) InDoubt { get; private set; }

    /// <summary>Acknowledged commands sent once more.</summary>
    public int Repetitions { get; private set; }

    /// <summary>Acknowledged commands by kind.</summary>
    public IReadOnlyDictionary<string, int> Counts => counts;

    public bool IsInDoubt => pending is not null;

    public void Attach(VenueProcess to)
    {
        foreach (var client in new[] { maker, taker, sub }) client?.Dispose();
        CloseSockets();
        venue = to;
        (maker, taker, sub) = (null, null, null);
    }

    /// <summary>Sends until the venue is gone; told of each acknowledgement.</summary>
    public async Task RunAsync(Action acknowledged)
    {
        while (await StepAsync()) acknowledged();
    }

    /// <summary>Sends what is in doubt again: it is executed if it was not, and answered if it was. An order that the history has already must be the
    /// one that is answered.</summary>
    public async Task ResolveAsync(SqliteConnection history)
    {
        if (pending is not { } step) return;
        step.Repeated = true;
        if (step.Socket is not null)
        {
            var answer = await FindExecutedAsync(step, history);
            step.Found = answer is not null;
            if (answer is not null) Settle(step, answer);
            else Assert.True(await StepAsync(), $"{step.Kind} {step.Key} was not answered by a venue that is ready");
            SocketInDoubt = (SocketInDoubt.Asked + 1, SocketInDoubt.Executed + (step.Found ? 1 : 0));
            return;
        }
        object? before = null;
        if (step.Text is { } text)
        {
            (await ClientOf(step.Sender).GetAsync("/spot/my_trades")).Require();        // waits for the history
            before = Rows(history, $"SELECT id FROM orders WHERE user_id = @1 AND text = '{text}'", IdOf(UserOf(step.Sender))).SingleOrDefault()?[0];
        }
        Assert.True(await StepAsync(), $"{step.Kind} {step.Key} was not answered by a venue that is ready");
        if (before is not null && long.TryParse(step.Made, out var made)) Assert.Equal(before, made);
        InDoubt = (InDoubt.Asked + 1, InDoubt.Executed + (before is null ? 0 : 1));
    }

    /// <summary>Repeats some commands that were acknowledged: the answer names the same, and nothing else happens (the checks that follow see it).</summary>
    public async Task RepeatAsync()
    {
        foreach (var step in recent.Where(step => !subLocked || step.Sender != Sender.Sub).OrderBy(_ => random.Next()).Take(RepeatedARound))
        {
            var again = await SendAsync(step);
            Assert.Equal(step.Made, MadeBy(again));
            Repetitions++;
        }
    }

    private async Task<bool> StepAsync()
    {
        var step = pending ??= Next();
        if (step.Key.Length == 0) step.Key = $"{Pair}-{sent++}";
        Answer answer;
        try
        {
            answer = await SendAsync(step);
        }
        catch (Exception gone) when (IsGone(gone))
        {
            return false;
        }
        if (answer.Status == 503) return false;       // stopping: whether it was executed is not said
        Settle(step, answer);
        return true;
    }

    private void Settle(Step step, Answer answer)
    {
        try
        {
            step.Settle(answer);
        }
        catch (Exception wrong) when (wrong is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{step.Kind} {step.Method} {step.Path} {step.Body} (key {step.Key}, seed {seed}{(step.Repeated ? ", repeated" : "")}) "
                + $"was answered {answer.Status} {System.Text.Encoding.UTF8.GetString(answer.Body)}: {wrong.Message}", wrong);
        }
        pending = null;
        Acknowledged++;
        counts[step.Kind] = counts.GetValueOrDefault(step.Kind) + 1;
        if (step.Text is null || step.Socket is not null) return;
        step.Made = MadeBy(answer);
        recent.Enqueue(step);
        if (recent.Count > RecentKept) recent.Dequeue();
    }

    private static string? MadeBy(Answer answer) => answer.IsSuccess ? answer.Json.GetProperty("id").GetString() : answer.Label;

    private Task<Answer> SendAsync(Step step) => step.Socket is var (channel, parameters) ? CallAsync(step.Sender, step.Key, channel, parameters) : step.Sender == Sender.Operator
        ? venue!.Control.PostAsync(step.Path, step.Body!, idempotencyKey: step.Key)
        : ClientOf(step.Sender).SendAsync(step.Method, step.Path, step.Query, step.Body, [("Idempotency-Key", step.Key)]);

    private RestClient ClientOf(Sender sender) => sender switch
    {
        Sender.Maker => maker ??= new RestClient(venue!.BaseUrl, makerKey),
        Sender.Taker => taker ??= new RestClient(venue!.BaseUrl, takerKey),
        _ => sub ??= new RestClient(venue!.BaseUrl, keys.Find(key => key.Writes)!.Credentials),
    };

    private string NewText() => $"t-{number}-{texts++}";

    private static string Size(long raw) => (raw / 1000m).ToString(CultureInfo.InvariantCulture);

    private static string Price(long raw) => (raw / 100m).ToString(CultureInfo.InvariantCulture);

    private static string Money(Int128 quanta) => ((decimal)quanta / 1_000_000_000_000m).ToString(CultureInfo.InvariantCulture);

    private static decimal Decimal(JsonElement of, string name) => decimal.Parse(of.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    private void NoteSequence(JsonElement answer) => Sequence = long.Max(Sequence, answer.GetProperty("sequence").GetInt64());

    /// <summary>A key of the sub-account.</summary>
    private sealed record SubKey(Credentials Credentials, bool Writes);
}
