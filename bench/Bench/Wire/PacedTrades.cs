using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Sluice.Bench.Wire;

/// <summary>Trades at a steady rate, whether or not they are answered in time: one user rests large sells, another takes from them, one trade an order.
/// So the n-th order sent makes the n-th trade of the pair.</summary>
internal sealed class PacedTrades : IDisposable
{
    private const int Kept = 1 << 20;
    private const int TradesInLarge = 1000;

    private readonly RawSocket maker, taker;
    private readonly string sell, buy;
    private readonly long period;
    private readonly long[] sent = new long[Kept];
    private int answered, stock;

    private PacedTrades(TargetVenue venue, RawSocket maker, RawSocket taker, int perSecond)
    {
        (this.maker, this.taker) = (maker, taker);
        sell = OrderLoad.Order("sell", venue.Last, venue.LargeSize, "gtc");
        buy = OrderLoad.Order("buy", venue.Last, venue.Size, "ioc");
        period = Stopwatch.Frequency / perSecond;
    }

    /// <summary>Orders sent so far.</summary>
    public int Count { get; private set; }

    public static async Task<PacedTrades> OpenAsync(TargetVenue venue, int perSecond) =>
        new(venue, await SocketLoad.OpenAsync(venue.Url, await venue.OpenAsync()), await SocketLoad.OpenAsync(venue.Url, await venue.OpenAsync()), perSecond);

    /// <summary>When the order of this trade was sent.</summary>
    public long SentAt(long trade) => sent[trade % Kept];

    /// <summary>Sends until it is over, on a thread of its own; then all orders are answered. Their times from sending to the result.</summary>
    public Task<Latencies> RunAsync(Func<bool> isOver) =>
        Task.Factory.StartNew(() => Run(isOver), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose()
    {
        maker.Dispose();
        taker.Dispose();
    }

    private Latencies Run(Func<bool> isOver)
    {
        var acknowledged = new Latencies();
        var next = Stopwatch.GetTimestamp();
        for (var over = false; !over || answered < Count;)
        {
            over = over || isOver();
            var now = Stopwatch.GetTimestamp();
            for (; !over && next <= now; next += period)
            {
                if (stock < TradesInLarge / 2) Restock();
                sent[++Count % Kept] = Stopwatch.GetTimestamp();
                SocketLoad.Request(taker, "spot.order_place", Count, buy);
                taker.Flush();
                stock--;
            }
            var micros = over ? 1000 : long.Clamp((next - now) * 1_000_000 / Stopwatch.Frequency, 0, 1000);
            if (maker.HasData(0))
            {
                maker.Receive();
                while (maker.TryRead(out _)) { }
                maker.Flush();      // a ping is answered
            }
            if (!taker.HasData((int)micros)) continue;
            taker.Receive();
            now = Stopwatch.GetTimestamp();
            while (taker.TryRead(out var text))
            {
                if (text.IsEmpty || text.IndexOf("\"ack\":true"u8) >= 0) continue;
                if (text.IndexOf("\"finish_as\":\"filled\""u8) < 0) throw new InvalidOperationException($"An order did not trade: {Encoding.UTF8.GetString(text)}");
                acknowledged.Add(SentAt(int.Parse(OrderLoad.TextBehind(text, "\"request_id\":\"")!, CultureInfo.InvariantCulture)), now);
                answered++;
            }
            taker.Flush();          // and here
        }
        return acknowledged;
    }

    private void Restock()
    {
        SocketLoad.Request(maker, "spot.order_place", 0, sell);
        maker.Flush();
        for (var rests = false; !rests;)
        {
            maker.Receive();
            while (maker.TryRead(out var text))
            {
                if (text.IsEmpty || text.IndexOf("\"ack\":true"u8) >= 0) continue;
                if (text.IndexOf("\"errs\""u8) >= 0) throw new InvalidOperationException($"The maker is refused: {Encoding.UTF8.GetString(text)}");
                rests = true;
            }
        }
        stock += TradesInLarge;
    }
}
