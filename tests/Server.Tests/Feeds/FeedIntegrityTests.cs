using Sluice.Core.Matching;
using Sluice.Products.Spot;
using Sluice.Server.Feeds;
using Sluice.Tests;

namespace Sluice.Server.Tests.Feeds;

/// <summary>A busy market over real sockets: books rebuilt from snapshot and changes, limited books, best prices and trades against the engine's record,
/// while some readers are stuck.</summary>
public sealed class FeedIntegrityTests
{
    private const int InFlight = 128, OpenMost = 1_200, TradesLeast = 100_000;
    private const int SlowBytes = 512 * 1024;

    [Fact]
    public async Task Every_reader_has_the_engines_book_and_every_trade_while_others_are_stuck()
    {
        var record = new BookRecord();
        await using var venue = await FeedVenue.StartAsync(record);
        var ended = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var readers = new FeedReaders(venue, record) { End = ended.Task };
        await using var stuckInTrades = await readers.StuckAsync(("spot.trades", """["BTC_USDT"]"""));
        await using var stuckInBooks = await readers.StuckAsync(("spot.obu", """["ob.BTC_USDT.50","ob.BTC_USDT.400"]"""), ("spot.order_book", """["BTC_USDT","100","100ms"]"""),
            ("spot.order_book_update", """["BTC_USDT","100ms"]"""));

        var tradeReaders = Enumerable.Range(0, 3).Select(_ => new TaskCompletionSource()).ToArray();
        var subscribed = Task.WhenAll(tradeReaders.Select(reader => reader.Task));
        var trades = tradeReaders.Select(ready => readers.TradesAsync(subscribed, ready)).ToArray();
        await subscribed;
        Task<Seen>[] books = [.. Enumerable.Range(0, 8).Select(i => i % 2 == 0 ? readers.FollowAsync("20ms", 20, i) : readers.FollowAsync("100ms", 100, i)),
            readers.FollowAsync("20ms", 20, 8, 50, 400), readers.FollowAsync("100ms", 100, 9, 50, 400)];
        var others = new[] { readers.FollowObuAsync(50), readers.FollowObuAsync(400), readers.LimitedAsync(5), readers.LimitedAsync(20), readers.LimitedAsync(100), readers.BestAsync(), readers.BestAsync() };
        Task[] all = [.. trades, .. books, .. others];

        var (commands, most) = await TradeAsync(venue, record, readers, all);
        record.End();
        readers.LastTrade = record.Trades;
        ended.SetResult(record.Updates);

        // Whoever has read everything by now waits for more: a trade that moves the best. The top of the book is not both of theirs.
        foreach (var user in new[] { venue.Alice, venue.Bob })
            await venue.Send(user, new PlaceOrder { Instrument = 1, Wallet = 1, Side = Side.Sell, Type = OrderType.Limit, Price = 800_000, Size = 1_000_000, TimeInForce = TimeInForce.ImmediateOrCancel });
        await Task.WhenAll(all);
        Assert.True(most <= FeedConnection.MostBytes, $"{most} bytes waited for one reader");

        // What is read in the end is what the engine itself has.
        foreach (var side in new[] { Side.Buy, Side.Sell })
        {
            var shown = venue.Btc.Book.Depth(int.MaxValue);
            Assert.Equal(await venue.EngineBook(side), (side == Side.Buy ? shown.Bids : shown.Asks).Select(level => (level.Price, level.Size)));
        }
        var (before, missing) = await DrainTradesAsync(stuckInTrades, record.Trades);
        var (conflated, gaps, cutOff) = await DrainBooksAsync(stuckInBooks, record);
        Assert.True(missing > 0, "the reader of trades that was stuck was not dropped");
        Assert.True(conflated > 0 || cutOff, "the reader of books that was stuck lost nothing");

        var followed = await Task.WhenAll(books);
        var (updateAnew, obuAnew) = (readers.ToldAnew("spot.order_book_update"), readers.ToldAnew("spot.obu"));
        Assert.True(updateAnew > 0 && obuAnew > 0, "no reader that paused was told anew");
        var told = await Task.WhenAll(others);
        Counts.Tell("feeds", $"{record.Updates} updates of the book and {record.Trades} trades in {commands} commands over real sockets; {followed.Sum(one => one.Frames)} frames of changes in "
            + $"{followed.Sum(one => one.Connections)} connections of {followed.Length} readers with {followed.Sum(one => one.Pauses)} pauses and {followed.Sum(one => one.Full)} full frames "
            + $"({updateAnew} of order_book_update and {obuAnew} of obu behind a pause), "
            + $"{told.Sum(one => one.Frames)} frames of {told.Length} other readers of books, each equal to the engine's book at its update id; {trades.Length} readers had every trade; one stuck reader of "
            + $"trades was dropped behind {before}, one of books got {conflated} full frames for {gaps} updates it missed{(cutOff ? " and was cut off" : "")}; at most {most} bytes waited for a reader");
    }

    // Random orders, some crossing, some cancelled, as fast as the venue takes them; until enough has happened and those that are stuck or pause have been noticed.
    private static async Task<(long Commands, int MostQueued)> TradeAsync(FeedVenue venue, BookRecord record, FeedReaders readers, Task[] tasks)
    {
        var (random, target, commands, most) = (new Random(20), Counts.Of(300_000), 0L, 0);
        var open = new Queue<(int User, long Id)>();
        var middle = 840_000L;
        var channels = new[] { "spot.order_book_update", "spot.obu" };
        for (var slow = false; record.Updates < target || record.Trades < TradesLeast || !slow || channels.Any(channel => readers.ToldAnew(channel) == 0); )
        {
            if (Array.Find(tasks, reader => reader.IsFaulted) is { } failed) await failed;
            Assert.True(record.Updates < 20L * target + 20_000_000, $"{record.Updates} updates, {record.Trades} trades, {most} bytes waiting: the readers that are stuck or pause are not noticed");
            var sent = new List<(int User, Task<long> Id)>();
            for (var i = 0; i < InFlight; i++)
            {
                var user = random.Next(2) == 0 ? venue.Alice : venue.Bob;
                if (open.Count > OpenMost || (open.Count > OpenMost / 2 && random.Next(3) == 0))
                {
                    var (owner, id) = open.Dequeue();
                    sent.Add((0, venue.Send(owner, new CancelOrder { OrderId = id, Instrument = 1, Wallet = 1 })));
                    continue;
                }
                var side = (Side)random.Next(2);
                var takes = random.Next(2) == 0;
                var price = middle + (side == Side.Buy ? -1 : 1) * (takes ? -random.Next(10, 60) : random.Next(1, 900));
                sent.Add((user, venue.Send(user, new PlaceOrder
                {
                    Instrument = 1, Wallet = 1, Side = side, Type = OrderType.Limit, Price = price, Size = takes ? random.Next(3_000, 9_000) : random.Next(100, 3_000),
                    TimeInForce = takes ? TimeInForce.ImmediateOrCancel : TimeInForce.GoodTillCancelled, Iceberg = !takes && random.Next(10) == 0 ? 50 : 0,
                })));
                if (takes) middle += random.Next(-1, 2);
            }
            foreach (var (user, id) in sent)
            {
                var told = await id;
                if (user != 0 && told != 0) open.Enqueue((user, told));
            }
            commands += InFlight;
            most = int.Max(most, venue.Sockets.MostQueuedBytes);
            slow |= most >= SlowBytes;
        }
        return (commands, most);
    }

    // All it was told before it was cut off, in order and without a gap.
    private static async Task<(long Before, long Missing)> DrainTradesAsync(TestSocket socket, long all)
    {
        long last = 0;
        try
        {
            while (last < all)
            {
                var trade = (await socket.NextUpdateAsync("spot.trades")).GetProperty("result").GetProperty("id_market").GetInt64();
                Assert.Equal(last + 1, trade);
                last = trade;
            }
        }
        catch (Exception gone) when (gone is System.Net.WebSockets.WebSocketException or InvalidOperationException)
        {
            // Cut off.
        }
        return (last, all - last);
    }

    // What it missed is said by a full frame, and in the end it has the last update; or it was cut off, as who answers no ping is.
    private static async Task<(int Full, long Missed, bool CutOff)> DrainBooksAsync(TestSocket socket, BookRecord record)
    {
        var (at, full, missed) = (new Dictionary<string, long>(), 0, 0L);
        try
        {
            while (at.Count < 3 || at.Values.Any(id => id < record.Updates))
            {
                var message = await socket.NextAsync(message => message.GetProperty("channel").GetString() is "spot.obu" or "spot.order_book_update");
                var frame = message.GetProperty("result");
                if (!frame.TryGetProperty("u", out var last)) continue;
                var name = message.GetProperty("channel").GetString() + frame.GetProperty("s").GetString();
                var known = at.TryGetValue(name, out var before);
                if (!frame.TryGetProperty("full", out _)) Assert.True(!known || before + 1 == frame.GetProperty("U").GetInt64(), $"{name} goes on behind {before} and does not say so");
                else if (known)
                {
                    full++;
                    missed += last.GetInt64() - before;
                }
                at[name] = last.GetInt64();
            }
        }
        catch (Exception gone) when (gone is System.Net.WebSockets.WebSocketException or InvalidOperationException)
        {
            return (full, missed, true);
        }
        return (full, missed, false);
    }
}
