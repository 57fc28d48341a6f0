using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Runtime;
using Sluice.Runtime.Sequencing;

namespace Sluice.Server.Tests.Feeds;

/// <summary>Sits on the bus in front of the views and writes down what the engine's book is at every update id: a hash of each window. Readers compare
/// what they hold with it.</summary>
internal sealed class BookRecord : IEventConsumer
{
    public static readonly int[] Windows = [1, 5, 20, 50, 100, 400];

    private readonly List<ulong>[] hashes = [.. Windows.Select(_ => new List<ulong> { Hash([], [], 1) })];      // update id 0: nothing there
    private readonly SortedList<long, long> bids = new(Comparer<long>.Create((a, b) => b.CompareTo(a)));
    private readonly SortedList<long, long> asks = [];
    private readonly List<(long Id, TaskCompletionSource Reached)> waiting = [];
    private bool ended;
    private long trades;

    public long Updates
    {
        get { lock (waiting) return hashes[0].Count - 1; }
    }

    public long Trades => Interlocked.Read(ref trades);

    /// <summary>When the book has come so far, or no further.</summary>
    public Task ReachedAsync(long id)
    {
        lock (waiting)
        {
            if (ended || hashes[0].Count > id) return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((id, reached));
            return reached.Task;
        }
    }

    /// <summary>Nothing more comes.</summary>
    public void End()
    {
        lock (waiting)
        {
            ended = true;
            foreach (var (_, reached) in waiting) reached.SetResult();
            waiting.Clear();
        }
    }

    public ulong At(int window, long id)
    {
        lock (waiting) return hashes[Array.IndexOf(Windows, window)][(int)id];
    }

    public void Consume(in EventBatch batch)
    {
        var reader = batch.Read();
        while (reader.Next())
        {
            if (reader.Kind == OrderFilled.Kind) Interlocked.Increment(ref trades);
            if (reader.Kind != BookDelta.Kind) continue;
            ref readonly var delta = ref reader.As<BookDelta>();
            var side = delta.Side == Side.Buy ? bids : asks;
            if (delta.Size == 0) side.Remove(delta.Price);
            else side[delta.Price] = delta.Size;
            lock (waiting)
            {
                Assert.Equal(hashes[0].Count, delta.UpdateId);          // each change its own id, none left out
                for (var i = 0; i < Windows.Length; i++) hashes[i].Add(Hash(bids, asks, Windows[i]));
                for (var i = waiting.Count - 1; i >= 0; i--)
                {
                    if (waiting[i].Id > delta.UpdateId) continue;
                    waiting[i].Reached.SetResult();
                    waiting.RemoveAt(i);
                }
            }
        }
    }

    /// <summary>Of the best levels of both sides, best first.</summary>
    public static ulong Hash(SortedList<long, long> bids, SortedList<long, long> asks, int window) => Fold(Fold(14_695_981_039_346_656_037, bids, window), asks, window);

    private static ulong Fold(ulong hash, SortedList<long, long> side, int window)
    {
        var (prices, sizes) = (side.Keys, side.Values);
        var count = int.Min(window, side.Count);
        for (var i = 0; i < count; i++) hash = unchecked(((hash ^ (ulong)prices[i]) * 1_099_511_628_211 ^ (ulong)sizes[i]) * 1_099_511_628_211);
        return unchecked((hash ^ (ulong)count) * 1_099_511_628_211);
    }
}
