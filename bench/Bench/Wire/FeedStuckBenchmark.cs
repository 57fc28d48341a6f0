using System.Diagnostics;
using System.Net.Sockets;
using Sluice.Bench.Measure;

namespace Sluice.Bench.Wire;

/// <summary>Slow consumers: the same steady trades told to many readers, once when all of them read and once when some never do. What the stuck ones cost
/// the others is the ratio of the latencies of the same call.</summary>
internal static class FeedStuckBenchmark
{
    private const int WarmSeconds = 5, NoticedWithinSeconds = 60;

    public static int Run(Arguments arguments, Report report) => RunAsync(arguments, report).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(Arguments arguments, Report report)
    {
        var seconds = TimeSpan.FromSeconds(arguments.Number("seconds", 10));
        var (count, percent) = (arguments.Number("readers", 1000, least: 2), arguments.Number("stuck", 10));
        var (rounds, rate) = (arguments.Number("runs", 3), arguments.Number("rate", 40));
        arguments.NoMore();
        var stuck = int.Max(1, count * percent / 100);
        if (stuck >= count) throw new ArgumentsException("--stuck leaves nobody who reads.");

        report.Doing("starting a venue");
        await using var venue = await LocalVenue.StartAsync();
        using var trades = await PacedTrades.OpenAsync(venue, rate);
        report.Doing("warming up");
        await OneAsync(venue, trades, count, count - stuck, withStuck: false, TimeSpan.FromSeconds(1));
        var (none, some) = (new List<Told>(), new List<Told>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var withStuck in new[] { round % 2 == 1, round % 2 == 0 })
            {
                report.Doing($"run {round + 1} of {rounds}: {count} readers, {(withStuck ? stuck : 0)} of them stuck");
                (withStuck ? some : none).Add(await OneAsync(venue, trades, count, count - stuck, withStuck, seconds));
            }
        }

        report.Line($"feed-stuck: {venue.What}");
        report.Line($"{count} readers of spot.trades and spot.order_book_update, {rate} trades a second, {rounds} runs of {seconds.TotalSeconds:0} s each way, by turns. Client and server share the machine.");
        report.Line($"Timed are the same {count - stuck} readers both times: from sending an order to the trade told; and orders from sending to the result. The reading thread adds up to 1 ms.");
        report.Line();
        var table = new Table("ms", "messages/s", "told p50", "p99", "max", "orders p50", "p99", "max");
        Row("all read", none);
        Row($"{stuck} stuck", some);
        table.Row("ratio", Ratio(told => told.Messages), Ratio(told => told.Delivery.Micros(0.5)), Ratio(told => told.Delivery.Micros(0.99)), Ratio(told => told.Delivery.Micros(1)),
            Ratio(told => told.Orders.Micros(0.5)), Ratio(told => told.Orders.Micros(0.99)), Ratio(told => told.Orders.Micros(1)));
        table.Print(report.Result);
        report.Line();
        report.Line($"p99 told, stuck/none by run: {string.Join(", ", none.Zip(some, (one, other) => Table.Number(other.Delivery.Micros(0.99) / one.Delivery.Micros(0.99))))}");
        report.Line($"stuck: at most {Table.Count(some.Max(told => told.MostQueued))} bytes queued for one (all read: {Table.Count(none.Max(told => told.MostQueued))}); of {stuck * rounds}, "
            + $"{some.Sum(told => told.Conflated)} were told the book anew when they read at last, {some.Sum(told => told.Dropped)} had been dropped");
        var missing = none.Concat(some).Sum(told => told.Missing);
        report.Line($"trades not told to a reader that reads, or not in their order: {missing}");
        report.End();
        return missing == 0 && some.TrueForAll(told => told.Conflated + told.Dropped == stuck) ? 0 : 1;

        void Row(string name, List<Told> runs)
        {
            var told = Told.Merge(runs);
            table.Row(name, Table.Number(told.Messages / (seconds.TotalSeconds * runs.Count), "N0"), Millis(told.Delivery, 0.5), Millis(told.Delivery, 0.99), Millis(told.Delivery, 1),
                Millis(told.Orders, 0.5), Millis(told.Orders, 0.99), Millis(told.Orders, 1));
        }

        string Ratio(Func<Told, double> figure) => Table.Number(figure(Told.Merge(some)) / figure(Told.Merge(none)));
    }

    private static string Millis(Latencies latencies, double quantile) => Table.Number(latencies.Micros(quantile) / 1000, "0.0");

    private static async Task<Told> OneAsync(LocalVenue venue, PacedTrades trades, int count, int timed, bool withStuck, TimeSpan lasting)
    {
        var sockets = new List<RawSocket>();
        for (var i = 0; i < count; i++) sockets.Add(await StreamReaders.SubscribeAsync(venue.Url, withStuck && i >= timed));
        var stuck = withStuck ? sockets.GetRange(timed, count - timed) : [];
        using var readers = StreamReaders.Start(sockets.Take(count - stuck.Count), timed, trades);
        using var watch = new Watch(venue);

        var started = Stopwatch.GetTimestamp();
        await trades.RunAsync(() => Stopwatch.GetElapsedTime(started) is var warm && warm > TimeSpan.FromSeconds(WarmSeconds)
            && (watch.Slow >= stuck.Count || warm > TimeSpan.FromSeconds(NoticedWithinSeconds)));
        readers.Time();
        var (before, begun) = (readers.Messages, Stopwatch.GetTimestamp());
        var orders = await trades.RunAsync(() => Stopwatch.GetElapsedTime(begun) >= lasting);
        var messages = readers.Messages - before;
        await readers.EndAsync();
        if (readers.Failure is { } failure) throw new InvalidOperationException($"A reader that reads lost its connection: {failure.Message}", failure);

        var ends = await Task.WhenAll(stuck.Select(EndAsync));
        return new Told(messages, Latencies.Merge([readers.Latencies]), Latencies.Merge([orders]), readers.Missing, watch.MostQueued, ends.Count(dropped => !dropped), ends.Count(dropped => dropped));
    }

    // It reads at last: true when it was dropped; false once it has been told that it missed something, with the whole book.
    private static async Task<bool> EndAsync(RawSocket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            while (true)
            {
                while (socket.TryRead(out var text))
                {
                    if (text.IndexOf("\"full\":true"u8) >= 0) return false;
                }
                await socket.ReceiveAsync(patience.Token);
            }
        }
        catch (Exception gone) when (gone is EndOfStreamException or SocketException)
        {
            return true;
        }
        finally
        {
            socket.Dispose();
        }
    }

    /// <summary>What one run gave.</summary>
    /// <param name="Messages">To the timed readers, in the timed span.</param>
    /// <param name="Delivery">Merged.</param>
    /// <param name="Orders">Merged.</param>
    private sealed record Told(long Messages, Latencies Delivery, Latencies Orders, long Missing, int MostQueued, int Conflated, int Dropped)
    {
        public static Told Merge(List<Told> runs) => new(runs.Sum(told => told.Messages), Latencies.Merge(runs.Select(told => told.Delivery)),
            Latencies.Merge(runs.Select(told => told.Orders)), 0, 0, 0, 0);
    }

    /// <summary>Looks at the venue's queues now and then.</summary>
    private sealed class Watch : IDisposable
    {
        private readonly LocalVenue venue;
        private readonly Timer timer;
        private volatile int slow, mostQueued;

        public Watch(LocalVenue venue)
        {
            this.venue = venue;
            timer = new Timer(_ => Look(), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(200));
        }

        public int Slow => slow;
        public int MostQueued => mostQueued;

        public void Dispose() => timer.Dispose();

        private void Look()
        {
            slow = venue.Sockets.SlowCount;
            mostQueued = int.Max(mostQueued, venue.Sockets.MostQueuedBytes);
        }
    }
}
