using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;
using Sluice.Server.Api.Spot;
using Sluice.Server.Feeds;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.Views;

namespace Sluice.Server.Tests.Feeds;

/// <summary>The socket in front of a whole venue: sequencer, log, views and order entry.</summary>
public sealed class VenueFeedTests
{
    private static JsonElement Data(JsonElement answer) => answer.GetProperty("data").GetProperty("result");

    [Fact]
    public async Task An_order_of_the_socket_shows_on_every_private_channel_and_its_trade_on_the_public_one()
    {
        await using var venue = await FeedVenue.StartAsync();
        await using var alice = await venue.ConnectAsync();
        await using var bob = await venue.ConnectAsync();
        foreach (var (socket, key) in ((TestSocket, string)[])[(alice, "alice"), (bob, "bob")])
        {
            await socket.LoginAsync(key);
            foreach (var channel in (string[])["spot.orders", "spot.usertrades"]) await socket.SubscribeAsync(channel, """["!all"]""", key);
            await socket.SubscribeAsync("spot.balances", null, key);
        }
        await alice.SubscribeAsync("spot.trades", """["BTC_USDT"]""");

        await alice.CallAsync("spot.order_place", "1", """{"currency_pair":"BTC_USDT","side":"sell","amount":"0.5","price":"84000","text":"t-a"}""");
        var placed = Data(await alice.AnswerAsync("1"));
        Assert.Equal(("open", "t-a"), (placed.GetProperty("status").GetString(), placed.GetProperty("text").GetString()));
        var put = (await alice.NextUpdateAsync("spot.orders")).GetProperty("result")[0];
        Assert.Equal((placed.GetProperty("id").GetString(), "put", "0.5"), (put.GetProperty("id").GetString(), put.GetProperty("event").GetString(), put.GetProperty("left").GetString()));
        var hold = (await alice.NextUpdateAsync("spot.balances")).GetProperty("result")[0];
        Assert.Equal(("BTC", "0.5", "999.5", "order-create"), (hold.GetProperty("currency").GetString(), hold.GetProperty("freeze_change").GetString(),
            hold.GetProperty("available").GetString(), hold.GetProperty("change_type").GetString()));

        await bob.CallAsync("spot.order_place", "2", """{"currency_pair":"BTC_USDT","side":"buy","amount":"0.2","price":"84100","time_in_force":"ioc"}""");
        var bought = Data(await bob.AnswerAsync("2"));
        Assert.Equal(("closed", "apiv4-ws"), (bought.GetProperty("status").GetString(), bought.GetProperty("text").GetString()));
        var fill = (await bob.NextUpdateAsync("spot.usertrades")).GetProperty("result")[0];
        Assert.Equal(("taker", "buy", "0.2", "84000", "0.0002", "BTC"), (fill.GetProperty("role").GetString(), fill.GetProperty("side").GetString(),
            fill.GetProperty("amount").GetString(), fill.GetProperty("price").GetString(), fill.GetProperty("fee").GetString(), fill.GetProperty("fee_currency").GetString()));
        var made = (await alice.NextUpdateAsync("spot.usertrades")).GetProperty("result")[0];
        Assert.Equal(("maker", "sell", "16.8", "USDT"), (made.GetProperty("role").GetString(), made.GetProperty("side").GetString(), made.GetProperty("fee").GetString(),
            made.GetProperty("fee_currency").GetString()));
        Assert.Equal(fill.GetProperty("id").GetInt64(), (await alice.NextUpdateAsync("spot.trades")).GetProperty("result").GetProperty("id").GetInt64());
        var update = (await alice.NextUpdateAsync("spot.orders")).GetProperty("result")[0];
        Assert.Equal(("update", "0.3", "84000"), (update.GetProperty("event").GetString(), update.GetProperty("left").GetString(), update.GetProperty("avg_deal_price").GetString()));

        await alice.CallAsync("spot.order_cancel", "3", $$"""{"order_id":"{{placed.GetProperty("id").GetString()}}","currency_pair":"BTC_USDT"}""");
        Assert.Equal("cancelled", Data(await alice.AnswerAsync("3")).GetProperty("status").GetString());
        var finish = (await alice.NextUpdateAsync("spot.orders")).GetProperty("result")[0];
        Assert.Equal(("finish", "cancelled"), (finish.GetProperty("event").GetString(), finish.GetProperty("finish_as").GetString()));
    }

    [Fact]
    public async Task A_batch_is_placed_amended_listed_and_swept()
    {
        await using var venue = await FeedVenue.StartAsync();
        await using var socket = await venue.ConnectAsync();
        await socket.LoginAsync("alice");
        const string one = """{"text":"t-1","currency_pair":"BTC_USDT","side":"buy","amount":"0.1","price":"80000"}""";
        await socket.CallAsync("spot.order_place", "1", $"[{one},{one.Replace("t-1", "t-2", StringComparison.Ordinal)},{one.Replace("0.1", "999999", StringComparison.Ordinal)}]");
        var batch = Data(await socket.AnswerAsync("1"));
        Assert.Equal([true, true, false], batch.EnumerateArray().Select(order => order.GetProperty("succeeded").GetBoolean()));
        var id = batch[0].GetProperty("id").GetString();
        await socket.CallAsync("spot.order_amend", "2", $$"""{"order_id":"{{id}}","currency_pair":"BTC_USDT","amount":"0.2"}""");
        Assert.Equal("0.2", Data(await socket.AnswerAsync("2")).GetProperty("amount").GetString());
        await socket.CallAsync("spot.order_list", "3", """{"currency_pair":"BTC_USDT","status":"open"}""");
        Assert.Equal(2, Data(await socket.AnswerAsync("3")).GetArrayLength());
        await socket.CallAsync("spot.order_status", "4", """{"order_id":"t-2","currency_pair":"BTC_USDT"}""");
        Assert.Equal(batch[1].GetProperty("id").GetString(), Data(await socket.AnswerAsync("4")).GetProperty("id").GetString());
        await socket.CallAsync("spot.order_cancel_ids", "5", $$"""[{"currency_pair":"BTC_USDT","id":"{{id}}"}]""");
        Assert.True(Data(await socket.AnswerAsync("5"))[0].GetProperty("succeeded").GetBoolean());
        await socket.CallAsync("spot.order_cancel_cp", "6", """{"currency_pair":"BTC_USDT"}""");
        Assert.Equal(1, Data(await socket.AnswerAsync("6")).GetArrayLength());
        await socket.CallAsync("spot.order_place", "7", one.Replace("0.1", "1000000", StringComparison.Ordinal));
        Assert.Equal("BALANCE_NOT_ENOUGH", (await socket.AnswerAsync("7")).GetProperty("data").GetProperty("errs").GetProperty("label").GetString());
    }

    /// <summary>Placements without waiting for answers keep their order: the first one is the first in the queue.</summary>
    [Fact]
    public async Task Requests_of_one_connection_reach_the_venue_in_their_order()
    {
        await using var venue = await FeedVenue.StartAsync();
        await using var socket = await venue.ConnectAsync();
        await socket.LoginAsync("alice");
        for (var i = 0; i < 200; i++) await socket.CallAsync("spot.order_place", $"{i}", """{"currency_pair":"BTC_USDT","side":"buy","amount":"0.1","price":"80000"}""");
        var ids = new List<long>();
        for (var i = 0; i < 200; i++) ids.Add(long.Parse(Data(await socket.AnswerAsync($"{i}")).GetProperty("id").GetString()!, CultureInfo.InvariantCulture));
        Assert.Equal(ids.Order(), ids);
    }

    [Fact]
    public async Task Local_books_of_all_depth_channels_follow_a_busy_market()
    {
        await using var venue = await FeedVenue.StartAsync();
        await using var socket = await venue.ConnectAsync();
        await venue.Send(venue.Alice, Limit(Side.Sell, 840_100, 1_000));
        await socket.SubscribeAsync("spot.obu", """["ob.BTC_USDT.50","ob.BTC_USDT.400"]""");
        await socket.SubscribeAsync("spot.order_book_update", """["BTC_USDT","20ms"]""");
        await socket.SubscribeAsync("spot.order_book_update", """["BTC_USDT","100ms"]""");
        var books = new Dictionary<string, (long At, SortedDictionary<decimal, string> Bids, SortedDictionary<decimal, string> Asks, int Window)>();
        foreach (var window in (int[])[20, 100])
        {
            var snapshot = venue.Btc.Book.Depth(window);
            books[$"{window}"] = (snapshot.UpdateId, Shown(snapshot.Bids), Shown(snapshot.Asks), window);
        }
        var random = new Random(77);
        var trading = Task.Run(async () =>
        {
            for (var i = 0; i < 3_000; i++)
            {
                var side = (Side)random.Next(2);
                var price = 840_000 + (side == Side.Buy ? -1 : 1) * random.Next(-20, 400);
                var id = await venue.Send(i % 2 == 0 ? venue.Alice : venue.Bob, Limit(side, price, random.Next(100, 3_000)));
                if (random.Next(3) == 0) await venue.Send(i % 2 == 0 ? venue.Alice : venue.Bob, new CancelOrder { OrderId = id, Instrument = 1, Wallet = 1 });
            }
            await socket.SendAsync("""{"channel":"spot.ping"}""");          // so that there is a message after the end
        }, TestContext.Current.CancellationToken);

        var ended = false;
        while (!ended || books.Count < 4 || books.Values.Any(book => book.At < venue.Btc.Book.UpdateId))
        {
            var message = await socket.NextAsync(_ => true);
            if (message.GetProperty("channel").GetString() == "spot.pong")
            {
                ended = true;
                continue;
            }
            var frame = message.GetProperty("result");
            var isObu = message.GetProperty("channel").GetString() == "spot.obu";
            var name = isObu ? frame.GetProperty("s").GetString()! : frame.GetProperty("l").GetString()!;
            var last = frame.GetProperty("u").GetInt64();
            if (frame.TryGetProperty("full", out _)) books[name] = (last, [], [], isObu ? int.Parse(name.Split('.')[2], CultureInfo.InvariantCulture) : books[name].Window);
            else if (last <= books[name].At) continue;
            else Assert.True(frame.GetProperty("U").GetInt64() <= books[name].At + 1, $"{name} skips");
            var book = books[name];
            Apply(book.Bids, frame.GetProperty("b"));
            Apply(book.Asks, frame.GetProperty("a"));
            Assert.True(book.Bids.Count == 0 || book.Asks.Count == 0 || book.Bids.Keys.Max() < book.Asks.Keys.Min(), $"{name} is crossed at {last}");
            books[name] = book with { At = last };
        }
        await trading;
        Assert.Equal(["100", "20", "ob.BTC_USDT.400", "ob.BTC_USDT.50"], books.Keys.Order(StringComparer.Ordinal));
        foreach (var (_, bids, asks, window) in books.Values)
        {
            var depth = venue.Btc.Book.Depth(window);
            Assert.Equal(Shown(depth.Bids), bids);
            Assert.Equal(Shown(depth.Asks), asks);
        }

        SortedDictionary<decimal, string> Shown(BookLevel[] levels)
        {
            var side = new SortedDictionary<decimal, string>();
            foreach (var level in levels) side[decimal.Parse(venue.Btc.PriceText(level.Price), CultureInfo.InvariantCulture)] = venue.Btc.SizeText(level.Size);
            return side;
        }
    }

    private static void Apply(SortedDictionary<decimal, string> side, JsonElement changes)
    {
        foreach (var change in changes.EnumerateArray())
        {
            var price = decimal.Parse(change[0].GetString()!, CultureInfo.InvariantCulture);
            if (change[1].GetString() == "0") side.Remove(price);
            else side[price] = change[1].GetString()!;
        }
    }

    private static PlaceOrder Limit(Side side, long price, long size) =>
        new() { Instrument = 1, Wallet = 1, Side = side, Type = OrderType.Limit, Price = price, Size = size };
}
