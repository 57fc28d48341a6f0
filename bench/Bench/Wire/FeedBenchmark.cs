using System.Diagnostics;
using System.Globalization;
using System.Text;
using Sluice.Bench.Measure;
using Sluice.Client;

namespace Sluice.Bench.Wire;

/// <summary>Fan-out: one pair trades as fast as it can, every socket is told of every trade. Counted is what arrives; the naive loop of one send
/// a socket runs in the same run.</summary>
internal static class FeedBenchmark
{
    private const int OrdersInFlight = 64;

    private static readonly byte[] PlainMessage = Encoding.ASCII.GetBytes($"{{\"channel\":\"spot.trades\",\"filler\":\"{new string('x', 180)}\"}}");

    public static int Run(Arguments arguments, Report report) => RunAsync(arguments, report).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(Arguments arguments, Report report)
    {
        var seconds = TimeSpan.FromSeconds(arguments.Number("seconds", 5));
        var count = arguments.Number("sockets", 100);
        var (url, token) = (arguments.Text("url"), arguments.Text("admin-token"));
        arguments.NoMore();

        await using var venue = await TargetVenue.ReachAsync(url, token, report);
        report.Doing($"{count} sockets of the venue");
        var (trades, told) = await VenueAsync(venue, count, seconds);
        report.Doing($"{count} sockets of the naive loop");
        var (sent, plain) = await PlainAsync(count, seconds);

        var table = new Table("feed", "sockets", "messages made per s", "arrived per s", "MB/s", "lost", "ratio");
        Row("spot.trades", trades, told);
        Row("one send a socket", sent, plain);
        report.Line($"feed: {venue.What}; {OrdersInFlight} orders in flight over one socket make the trades");
        report.Line("Client and server share the machine. Lost: made while subscribed and never told to a socket that should have been.");
        report.Line();
        table.Print(report.Result);
        report.End();
        return told.Sum(one => one.Messages) == trades * count ? 0 : 1;

        void Row(string name, long made, Arrived[] arrived)
        {
            var messages = arrived.Sum(one => one.Messages);
            table.Row(name, Table.Count(count), Table.Number(made / seconds.TotalSeconds, "N0"), Table.Number(messages / seconds.TotalSeconds, "N0"),
                Table.Number(arrived.Sum(one => one.Bytes) / seconds.TotalSeconds / 1e6, "0"), Table.Count(made * count - messages),
                Table.Number((double)messages / plain.Sum(one => one.Messages)));
        }
    }

    private static async Task<(long Trades, Arrived[] Arrived)> VenueAsync(TargetVenue venue, int count, TimeSpan lasting)
    {
        var readers = new List<Reader>();
        for (var i = 0; i < count; i++)
        {
            var socket = await RawSocket.ConnectAsync(venue.Url, "/ws/v4/");
            socket.Queue(Encoding.ASCII.GetBytes($"{{\"time\":{DateTimeOffset.UtcNow.ToUnixTimeSeconds()},\"channel\":\"spot.trades\",\"event\":\"subscribe\",\"payload\":[\"{TargetVenue.Pair}\"]}}"));
            await socket.FlushAsync();
            readers.Add(new Reader(socket, "\"update\""));
        }
        foreach (var reader in readers) await reader.Answered;
        var trades = await TradeAsync(venue, lasting);
        return (trades, await EndAsync(readers, trades));
    }

    // One user rests a large sell, another takes from it in the smallest bites.
    private static async Task<long> TradeAsync(TargetVenue venue, TimeSpan lasting)
    {
        using var maker = await SocketLoad.OpenAsync(venue.Url, await venue.OpenAsync());
        using var taker = await SocketLoad.OpenAsync(venue.Url, await venue.OpenAsync());
        var sell = OrderLoad.Order("sell", venue.Last, venue.LargeSize, "gtc");
        var buy = OrderLoad.Order("buy", venue.Last, venue.Size, "ioc");
        long trades = 0, inMaker = 0;
        var open = OrdersInFlight;
        var until = Stopwatch.GetTimestamp() + (long)(lasting.TotalSeconds * Stopwatch.Frequency);
        await RefillAsync();
        for (var slot = 0; slot < OrdersInFlight; slot++) SocketLoad.Request(taker, "spot.order_place", slot, buy);
        while (open > 0)
        {
            await taker.FlushAsync();
            await taker.ReceiveAsync();
            if (inMaker < 2 * OrdersInFlight) await RefillAsync();
            while (taker.TryRead(out var text))
            {
                if (text.IsEmpty || text.IndexOf("\"ack\":true"u8) >= 0) continue;
                if (text.IndexOf("\"finish_as\":\"filled\""u8) < 0) throw new InvalidOperationException($"An order did not trade: {Encoding.UTF8.GetString(text)}");
                trades++;
                inMaker--;
                var slot = int.Parse(OrderLoad.TextBehind(text, "\"request_id\":\"")!, CultureInfo.InvariantCulture);
                if (Stopwatch.GetTimestamp() < until) SocketLoad.Request(taker, "spot.order_place", slot, buy);
                else open--;
            }
        }
        return trades;

        async Task RefillAsync()
        {
            SocketLoad.Request(maker, "spot.order_place", 0, sell);
            await maker.FlushAsync();
            while (true)
            {
                while (maker.TryRead(out var text))
                {
                    if (text.IsEmpty || text.IndexOf("\"ack\":true"u8) >= 0) continue;
                    if (text.IndexOf("\"errs\""u8) >= 0) throw new InvalidOperationException($"The maker is refused: {Encoding.UTF8.GetString(text)}");
                    inMaker += 1000;
                    return;
                }
                await maker.ReceiveAsync();
            }
        }
    }

    private static async Task<(long Sent, Arrived[] Arrived)> PlainAsync(int count, TimeSpan lasting)
    {
        await using var server = await PlainServer.StartAsync();
        var readers = new List<Reader>();
        for (var i = 0; i < count; i++)
        {
            var socket = await RawSocket.ConnectAsync(server.Url, "/ws/v4/");
            SocketLoad.Request(socket, "hello", i, "0");            // answered: the server has the socket in its list
            await socket.FlushAsync();
            readers.Add(new Reader(socket, "filler\":\"xxx"));
        }
        foreach (var reader in readers) await reader.Answered;
        long sent = 0;
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < lasting; sent++) await server.BroadcastAsync(PlainMessage);
        return (sent, await EndAsync(readers, sent));
    }

    // What is on its way may still arrive.
    private static async Task<Arrived[]> EndAsync(List<Reader> readers, long expected)
    {
        var started = Stopwatch.GetTimestamp();
        while (readers.Exists(reader => reader.Messages < expected) && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(5)) await Task.Delay(20);
        var arrived = readers.Select(reader => new Arrived(reader.Messages, reader.Bytes)).ToArray();
        foreach (var reader in readers) reader.Dispose();
        return arrived;
    }

    private readonly record struct Arrived(long Messages, long Bytes);

    /// <summary>Counts what a socket is told: the first frame is the answer to its request.</summary>
    private sealed class Reader : IDisposable
    {
        private readonly RawSocket socket;
        private readonly byte[] mark;
        private readonly TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long messages;

        public Reader(RawSocket socket, string mark)
        {
            this.socket = socket;
            this.mark = Encoding.ASCII.GetBytes(mark);
            _ = Task.Run(RunAsync);
        }

        public Task Answered => answered.Task;

        public long Messages => Volatile.Read(ref messages);

        public long Bytes { get; private set; }

        public void Dispose() => socket.Dispose();

        private async Task RunAsync()
        {
            try
            {
                while (true)
                {
                    while (socket.TryRead(out var text))
                    {
                        if (text.IsEmpty) continue;
                        if (!answered.Task.IsCompleted)
                        {
                            if (text.IndexOf("\"message\""u8) >= 0) answered.TrySetException(new InvalidOperationException($"Refused: {Encoding.UTF8.GetString(text)}"));
                            else answered.TrySetResult();
                        }
                        else if (text.IndexOf(mark) >= 0)
                        {
                            Bytes += text.Length;
                            Volatile.Write(ref messages, messages + 1);
                        }
                    }
                    await socket.ReceiveAsync();
                }
            }
            catch (Exception gone) when (gone is EndOfStreamException or System.Net.Sockets.SocketException or ObjectDisposedException)
            {
                answered.TrySetResult();
            }
        }
    }
}
