using System.Collections.Concurrent;
using Sluice.Server.Views;

namespace Sluice.Server.History;

/// <summary>The history in SQLite. The bus thread queues rows; one thread writes them in large transactions, each with the sequence it reaches, so that
/// every row is there exactly once whatever happens. Read from any thread.</summary>
public sealed partial class SqliteHistory : IHistory, IStoredCandles, IViewListener, IDisposable
{
    private const int PageRows = 10_000;
    private const int QueuedMax = 1_000_000;
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Rows up to a sequence, to be written together.</summary>
    private sealed class Page
    {
        public List<object> Rows { get; } = [];
        public long Sequence { get; set; }
        public long TimeNanos { get; set; }

        /// <summary>Number of its last row.</summary>
        public long LastRow { get; set; }
    }

    private readonly Action<string> report;
    private readonly HistoryDatabase database;
    private readonly HistoryWriter writer;
    private readonly Thinning thinning;
    private readonly Thread thread;
    private readonly AutoResetEvent wake = new(false);
    private readonly object gate = new();
    private readonly Queue<Page> pages = [];
    private readonly List<(long Row, TaskCompletionSource<bool> Answer)> waiting = [];
    private readonly ConcurrentDictionary<int, long> toldOfUser = new();
    private readonly ConcurrentDictionary<int, long> toldOfPair = new();
    private readonly ConcurrentDictionary<int, MarketView> pairs = new();

    // Bus thread only: what this batch has told, complete once it is delivered.
    private readonly List<object> fresh = [];
    private long told;

    private long committedRow;
    private long sequence;
    private long settled;               // by whoever asks for it: one thread
    private long queuedRows;
    private (long Sequence, long TimeNanos) reached;
    private volatile string? failure;
    private volatile bool stopping;

    /// <param name="path">The database file; null keeps it in memory.</param>
    /// <param name="report">Where the sentence for the operator goes when writing fails.</param>
    public SqliteHistory(string? path, Retention? retention = null, Action<string>? report = null)
    {
        this.report = report ?? (static _ => { });
        database = new HistoryDatabase(path);
        sequence = database.Read(new Query("SELECT value FROM meta WHERE name = 'sequence'"), static row => row.GetInt64(0))[0];
        reached = (sequence, 0);
        writer = new HistoryWriter(database, pairs);
        thinning = new Thinning(database, retention ?? new Retention());
        thread = new Thread(Run) { Name = "history", IsBackground = true };
        thread.Start();
    }

    public long Sequence => Volatile.Read(ref sequence);

    /// <summary>Why nothing is written any more, or null. What is missing is caught up with from the log at the next start.</summary>
    public string? Failure => failure;

    /// <summary>Of the database, its write-ahead log included.</summary>
    public long SizeBytes => database.SizeBytes;

    /// <summary>Rows told and not yet written.</summary>
    public long Behind => Volatile.Read(ref told) - Volatile.Read(ref committedRow);

    /// <summary>The sequence that even a power loss leaves: what is committed is flushed first. For those who delete what could rebuild it.</summary>
    public long Settle()
    {
        var reached = Sequence;
        if (database.Flush()) settled = reached;
        return settled;
    }

    public ValueTask<bool> CaughtUpAsync(int user, CancellationToken cancellation = default) =>
        ReachAsync(toldOfUser.GetValueOrDefault(user), cancellation);

    public ValueTask<bool> CaughtUpAsync(MarketView pair, CancellationToken cancellation = default) =>
        ReachAsync(toldOfPair.GetValueOrDefault(pair.Id), cancellation);

    public void OrderChanged(OrderRow order, OrderChange change) => Tell(order, order.User);

    public void Filled(FillRow fill) => Tell(fill, fill.User);

    public void Traded(PairView pair, TradeRow trade)
    {
        if (failure is not null) return;
        fresh.Add(trade);
        toldOfPair[pair.Id] = ++told;
    }

    public void PairChanged(PairView pair) => pairs[pair.Id] = pair;

    public void BalanceChanged(BalanceRow entry) => Tell(entry, entry.User);

    public void TriggerChanged(TriggerRow trigger) => Tell(trigger, trigger.User);

    public void Transferred(TransferRow transfer)
    {
        Tell(transfer, transfer.FromUser);
        toldOfUser[transfer.ToUser] = told;
        if (transfer.Actor != 0) toldOfUser[transfer.Actor] = told;
    }

    public void Deposited(DepositRow deposit) => Tell(deposit, deposit.User);

    public void Delivered(long sequence, long timeNanos)
    {
        lock (gate)
        {
            reached = (sequence, timeNanos);
            if (fresh.Count == 0) return;
            while (queuedRows > QueuedMax && failure is null) Monitor.Wait(gate);
            if (failure is null) Queue(sequence, timeNanos);
        }
        fresh.Clear();
    }

    /// <summary>Writes what is left.</summary>
    public void Dispose()
    {
        stopping = true;
        wake.Set();
        thread.Join();
        writer.Dispose();
        thinning.Dispose();
        database.Dispose();
        wake.Dispose();
    }

    private void Tell(object row, int user)
    {
        if (failure is not null) return;
        fresh.Add(row);
        toldOfUser[user] = ++told;
    }

    private void Queue(long upTo, long timeNanos)
    {
        var page = pages.Count > 0 && pages.Last() is { } last && last.Rows.Count < PageRows ? last : null;
        if (page is null) pages.Enqueue(page = new Page());
        page.Rows.AddRange(fresh);
        (page.Sequence, page.TimeNanos, page.LastRow) = (upTo, timeNanos, told);
        queuedRows += fresh.Count;
        if (queuedRows > PageRows || waiting.Count > 0) wake.Set();
    }

    private async ValueTask<bool> ReachAsync(long row, CancellationToken cancellation)
    {
        if (Volatile.Read(ref committedRow) >= row) return true;
        var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (committedRow >= row) return true;
            if (failure is not null) return false;
            waiting.Add((row, answer));
        }
        wake.Set();
        try
        {
            return await answer.Task.WaitAsync(Patience, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private void Run()
    {
        var written = Environment.TickCount64;
        try
        {
            while (true)
            {
                wake.WaitOne(Together);
                var last = stopping;
                while (TryTake(out var page))
                {
                    writer.Write(page.Rows, page.Sequence, page.TimeNanos);
                    Committed(page);
                    thinning.Count(page.Rows.Count, page.TimeNanos);
                    written = Environment.TickCount64;
                }
                if (last || Environment.TickCount64 - written >= 1000)
                {
                    AdvanceIdle();
                    written = Environment.TickCount64;
                }
                if (last) return;
            }
        }
        catch (Exception broken)
        {
            Fail(broken);
        }
    }

    private bool TryTake(out Page page)
    {
        lock (gate) return pages.TryDequeue(out page!);
    }

    private void Committed(Page page)
    {
        lock (gate)
        {
            Volatile.Write(ref committedRow, page.LastRow);
            Volatile.Write(ref sequence, page.Sequence);
            queuedRows -= page.Rows.Count;
            Monitor.PulseAll(gate);
            waiting.RemoveAll(one =>
            {
                if (one.Row > page.LastRow) return one.Answer.Task.IsCompleted;
                one.Answer.TrySetResult(true);
                return true;
            });
        }
    }

    // Nothing was told for a while: the sequence moves on all the same.
    private void AdvanceIdle()
    {
        (long Sequence, long TimeNanos) now;
        lock (gate)
        {
            if (pages.Count > 0 || reached.Sequence <= sequence) return;
            now = reached;
        }
        writer.Write([], now.Sequence, now.TimeNanos);
        thinning.Count(0, now.TimeNanos);
        Volatile.Write(ref sequence, now.Sequence);
    }

    private void Fail(Exception broken)
    {
        lock (gate)
        {
            failure = $"The history cannot be written: {broken.Message} Orders and balances are safe in the log; the history catches up at the next start.";
            pages.Clear();
            queuedRows = 0;
            foreach (var (_, answer) in waiting) answer.TrySetResult(false);
            waiting.Clear();
            Monitor.PulseAll(gate);
        }
        report(failure);
    }
}
