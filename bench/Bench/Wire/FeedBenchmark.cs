using System.Diagnostics;
using System.Text;
using Sluice.Bench.Measure;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Server.Views;

namespace Sluice.Bench.Wire;

/// <summary>Fan-out: trades are told to the feeds as the bus tells them, as fast as everyone takes them, and every socket is told of every trade. Beside it in the
/// same run, the naive loop: one send a socket and message, of a message made before.</summary>
internal static class FeedBenchmark
{
    /// <summary>Trades told and not yet taken by everyone.</summary>
    private const int Ahead = 1024;

    private static readonly byte[] PlainMessage = Encoding.ASCII.GetBytes($"{{\"channel\":\"spot.trades\",\"filler\":\"{new string('x', 180)}\"}}");

    public static int Run(Arguments arguments, Report report) => RunAsync(arguments, report).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(Arguments arguments, Report report)
    {
        var seconds = TimeSpan.FromSeconds(arguments.Number("seconds", 2));
        var counts = arguments.Text("sockets") is { } text ? [Of(text)] : new[] { 100, 1000 };
        var runs = arguments.Number("runs", 5);
        arguments.NoMore();

        report.Doing("starting a venue");
        await using var venue = await LocalVenue.StartAsync(inMemory: true);
        await using var plain = await PlainServer.StartAsync();
        var table = new Table("feed", "sockets", "messages/s", "ratio", "bytes each", "MB/s", "updates/s", "CPU ns a message: server", "reader", "cores", "lost");
        var lost = 0L;
        foreach (var count in counts)
        {
            var (fed, looped) = (new List<Fan>(), new List<Fan>());
            for (var run = 0; run <= runs; run++)           // the first one warms up
            {
                report.Doing($"{count} sockets: {(run == 0 ? "warming up" : $"run {run} of {runs}")}");
                looped.Add(await PlainAsync(plain, count, seconds));
                fed.Add(await VenueAsync(venue, count, seconds));
            }
            looped.RemoveAt(0);
            fed.RemoveAt(0);
            Row("one send a message", count, looped, null);
            Row("spot.trades", count, fed, looped);
            lost += fed.Sum(one => one.Lost);
            var (rate, ratio) = (Spread.Of(fed.Select(one => one.PerSecond)), Ratio(fed, looped));
            report.Add(new Figure($"feed, {count} sockets, of one send a message", ratio, 1, count < 1000 ? 3 : 2, "×",
                Detail: $"{rate.Text("N0")}/s; {Spread.Of(fed.Select(one => one.ServerNanos)).Text("N0")} ns CPU of {Spread.Of(looped.Select(one => one.ServerNanos)).Text("N0")}") { Used = Usage.Of([.. fed.Select(one => one.Cost)]) });
        }

        report.Line($"feed: every socket is told of every trade; the trades come as the bus tells them, no more than {Ahead} ahead of who reads. {venue.What}.");
        report.Line("one send a message: a loop of one WebSocket.SendAsync a socket, of bytes made before. The same thread reads all sockets either way.");
        report.Line("Median of the runs (least-most), by turns; ratios run by run. CPU: processor time of everything but the reading thread, and of it. Client and server share the machine.");
        report.Line();
        table.Print(report.Result);
        report.End();
        return lost == 0 && venue.Failure is null ? 0 : 1;

        void Row(string name, int sockets, List<Fan> of, List<Fan>? peers)
        {
            var rate = Spread.Of(of.Select(one => one.PerSecond));
            table.Row(name, Table.Count(sockets), rate.Text("N0"), peers is null ? "" : Ratio(of, peers).Text(),
                Table.Number(of.Sum(one => one.Bytes) / (double)of.Sum(one => one.Messages), "0"), Table.Number(Spread.Of(of.Select(one => one.Bytes / one.Seconds)).Median / 1e6, "0"),
                Table.Number(rate.Median / sockets, "N0"), Spread.Of(of.Select(one => one.ServerNanos)).Text("N0"),
                Table.Number(Spread.Of(of.Select(one => one.ReaderNanos)).Median, "N0"), Table.Number(Spread.Of(of.Select(one => one.Cores)).Median, "0.0"), Table.Count(of.Sum(one => one.Lost)));
        }
    }

    /// <summary>Run by run: the machine is not the same for long.</summary>
    private static Spread Ratio(List<Fan> of, List<Fan> peers) => Spread.Of(of.Zip(peers, (one, peer) => one.PerSecond / peer.PerSecond));

    private static int Of(string text) => int.TryParse(text, out var count) && count > 0 ? count : throw new ArgumentsException($"--sockets takes a whole number from 1, not '{text}'.");

    private static async Task<Fan> VenueAsync(LocalVenue venue, int count, TimeSpan lasting)
    {
        var sockets = new List<RawSocket>();
        for (var i = 0; i < count; i++) sockets.Add(await SubscribeAsync(venue.Url));
        using var readers = new FanReaders(sockets);
        var pair = venue.Traded;
        long id = 0;
        return await Fan.OfAsync(readers, count, lasting, () =>
        {
            var nanos = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000_000;
            venue.Feeds.Traded(pair, new TradeRow(pair.Id, ++id, nanos + id % 1_000_000, id % 2 == 0 ? Side.Buy : Side.Sell, 650_000 + id % 100, 1_000 + id % 1000, Money.Zero));
            return ValueTask.CompletedTask;
        });
    }

    private static async Task<Fan> PlainAsync(PlainServer server, int count, TimeSpan lasting)
    {
        server.Forget();
        var sockets = new List<RawSocket>();
        for (var i = 0; i < count; i++)
        {
            var socket = await RawSocket.ConnectAsync(server.Url, "/ws/v4/", 8 * 1024);
            SocketLoad.Request(socket, "hello", i, "0");            // answered: the server has the socket in its list
            await AnsweredAsync(socket);
            sockets.Add(socket);
        }
        using var readers = new FanReaders(sockets);
        return await Fan.OfAsync(readers, count, lasting, () => server.BroadcastAsync(PlainMessage));
    }

    private static async Task<RawSocket> SubscribeAsync(Uri url)
    {
        var socket = await RawSocket.ConnectAsync(url, "/ws/v4/", 8 * 1024);
        socket.Queue(Encoding.ASCII.GetBytes($"{{\"time\":{DateTimeOffset.UtcNow.ToUnixTimeSeconds()},\"channel\":\"spot.trades\",\"event\":\"subscribe\",\"payload\":[\"{TargetVenue.Pair}\"]}}"));
        await AnsweredAsync(socket);
        return socket;
    }

    private static async Task AnsweredAsync(RawSocket socket)
    {
        await socket.FlushAsync();
        while (true)
        {
            await socket.ReceiveAsync();
            if (!socket.TryRead(out var text)) continue;
            if (text.IndexOf("\"error\""u8) >= 0) throw new InvalidOperationException($"Refused: {Encoding.UTF8.GetString(text)}");
            return;
        }
    }

    /// <summary>How a fan-out went.</summary>
    private sealed record Fan(long Messages, long Bytes, long Lost, double Seconds, double ServerCpu, double ReaderCpu)
    {
        /// <summary>A command here is a message; no thread touches a book.</summary>
        public Cost Cost => new(Messages, double.NaN, Seconds, Collected.Bytes) { ProcessCpuSeconds = ServerCpu + ReaderCpu, Collections = Collected.Generations };

        public Collected Collected { get; init; }
        public double PerSecond => Messages / Seconds;
        public double ServerNanos => ServerCpu * 1e9 / Messages;
        public double ReaderNanos => ReaderCpu * 1e9 / Messages;
        public double Cores => (ServerCpu + ReaderCpu) / Seconds;

        /// <summary>Tells one update after the other as long as it may, and waits until everyone has been told.</summary>
        public static async Task<Fan> OfAsync(FanReaders readers, int count, TimeSpan lasting, Func<ValueTask> tell)
        {
            using var process = Process.GetCurrentProcess();
            var (started, cpu, reading) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime, readers.CpuNanos);
            var collected = Collected.Now;
            long told = 0;
            while (Stopwatch.GetElapsedTime(started) < lasting)
            {
                if (told - readers.Messages / count >= Ahead) await Task.Delay(TimeSpan.FromMilliseconds(1));
                else
                {
                    for (var i = 0; i < 32; i++, told++) await tell();
                }
            }
            while (readers.Messages < told * count && Stopwatch.GetElapsedTime(started) < lasting + TimeSpan.FromSeconds(5) && readers.Failure is null) await Task.Delay(1);
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            process.Refresh();
            var (all, readerCpu) = ((process.TotalProcessorTime - cpu).TotalSeconds, (readers.CpuNanos - reading) / 1e9);
            if (readers.Failure is { } failure) throw new InvalidOperationException($"A reader lost its connection: {failure.Message}", failure);
            var (least, most) = readers.Range;
            collected = Collected.Now - collected;
            return new Fan(readers.Messages, readers.Bytes, long.Max(told - least, 0) + long.Max(most - told, 0), seconds, all - readerCpu, readerCpu)
            {
                Collected = collected,
            };
        }
    }
}
