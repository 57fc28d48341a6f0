using System.Text.Json;
using Sluice.Core.Matching;
using static Sluice.Server.Tests.Feeds.Futures.FuturesFeedRig;
using static Sluice.Server.Tests.Feeds.Futures.FuturesPublicChannelTests;

namespace Sluice.Server.Tests.Feeds.Futures;

/// <summary>The sockets of contracts in front of a whole venue.</summary>
public sealed class ContractVenueTests
{
    private static JsonElement Data(JsonElement answer) => answer.GetProperty("data").GetProperty("result");

    [Fact]
    public async Task An_order_of_the_socket_shows_on_every_private_channel_and_its_trade_on_the_public_one()
    {
        await using var venue = await ContractVenue.StartAsync();
        await using var alice = await venue.ConnectAsync();
        await using var bob = await venue.ConnectAsync();
        foreach (var (socket, key) in ((TestSocket, string)[])[(alice, "alice"), (bob, "bob")])
        {
            await ContractVenue.LoginAsync(socket, key);
            foreach (var channel in (string[])["futures.orders", "futures.usertrades", "futures.positions", "futures.position_closes", "futures.balances"])
                Succeeded(await socket.SubscribeAsync(channel, """["1","!all"]""", key));
        }
        Succeeded(await alice.SubscribeAsync("futures.trades", """["BTC_USDT"]"""));

        await alice.CallAsync("futures.order_place", "1", """{"contract":"BTC_USDT","size":-50,"price":"100000","tif":"gtc","text":"t-a"}""");
        var placed = Data(await alice.AnswerAsync("1", ack: true));         // of contracts both answers say which they are
        Assert.Equal("1", placed.GetProperty("req_id").GetString());
        placed = Data(await alice.NextAsync(message => message.TryGetProperty("ack", out var ack) && !ack.GetBoolean()));
        Assert.Equal(("open", "t-a", -50), (placed.GetProperty("status").GetString(), placed.GetProperty("text").GetString(), placed.GetProperty("size").GetInt32()));
        var put = (await alice.NextUpdateAsync("futures.orders")).GetProperty("result")[0];
        Assert.Equal((placed.GetProperty("id").GetInt64(), "_new", -50), (put.GetProperty("id").GetInt64(), put.GetProperty("finish_as").GetString(), put.GetProperty("left").GetInt32()));

        await bob.CallAsync("futures.order_place", "2", """{"contract":"BTC_USDT","size":20,"price":"0","tif":"ioc"}""");
        var bought = Data(await bob.NextAsync(message => message.TryGetProperty("ack", out var ack) && !ack.GetBoolean()));
        Assert.Equal(("finished", "filled", "apiv4-ws"), (bought.GetProperty("status").GetString(), bought.GetProperty("finish_as").GetString(), bought.GetProperty("text").GetString()));
        var fill = (await bob.NextUpdateAsync("futures.usertrades")).GetProperty("result")[0];
        Assert.Equal(("taker", 20, "100000", 0.15m), (fill.GetProperty("role").GetString(), fill.GetProperty("size").GetInt32(), fill.GetProperty("price").GetString(),
            fill.GetProperty("fee").GetDecimal()));                             // 20 contracts of 0.0001 at 100,000 are 200; of it 0.075 %
        var made = (await alice.NextUpdateAsync("futures.usertrades")).GetProperty("result")[0];
        Assert.Equal(("maker", -20, "t-a"), (made.GetProperty("role").GetString(), made.GetProperty("size").GetInt32(), made.GetProperty("text").GetString()));
        Assert.Equal(fill.GetProperty("id").GetString(), (await alice.NextUpdateAsync("futures.trades")).GetProperty("result")[0].GetProperty("id").GetInt64().ToString(null, null));
        var held = (await bob.NextUpdateAsync("futures.positions")).GetProperty("result")[0];
        Assert.Equal((20, 100_000m, "single"), (held.GetProperty("size").GetInt32(), held.GetProperty("entry_price").GetDecimal(), held.GetProperty("mode").GetString()));
        var fee = (await bob.NextUpdateAsync("futures.balances")).GetProperty("result")[0];
        Assert.Equal(("fee", -0.15m, 9999.85m, "usdt"), (fee.GetProperty("type").GetString(), fee.GetProperty("change").GetDecimal(), fee.GetProperty("balance").GetDecimal(),
            fee.GetProperty("currency").GetString()));

        await bob.CallAsync("futures.order_place", "3", """{"contract":"BTC_USDT","size":-20,"price":"90000","tif":"gtc","reduce_only":true}""");
        await alice.CallAsync("futures.order_cancel", "4", $$"""{"order_id":"{{placed.GetProperty("id").GetInt64()}}"}""");
        Assert.Equal("cancelled", Data(await alice.AnswerAsync("4")).GetProperty("finish_as").GetString());
    }

    [Fact]
    public async Task A_batch_is_placed_amended_listed_and_swept()
    {
        await using var venue = await ContractVenue.StartAsync();
        await using var socket = await venue.ConnectAsync();
        await ContractVenue.LoginAsync(socket, "alice");
        const string one = """{"text":"t-1","contract":"BTC_USDT","size":10,"price":"95000","tif":"gtc"}""";
        await socket.CallAsync("futures.order_batch_place", "1", $"[{one},{one.Replace("t-1", "t-2", StringComparison.Ordinal)}]");
        var batch = Data(await socket.NextAsync(message => message.TryGetProperty("ack", out var ack) && !ack.GetBoolean()));
        Assert.Equal([true, true], batch.EnumerateArray().Select(order => order.GetProperty("succeeded").GetBoolean()));
        var id = batch[0].GetProperty("id").GetInt64();
        await socket.CallAsync("futures.order_amend", "2", $$"""{"order_id":"{{id}}","size":12}""");
        Assert.Equal(12, Data(await socket.AnswerAsync("2")).GetProperty("size").GetInt32());
        await socket.CallAsync("futures.order_list", "3", """{"contract":"BTC_USDT","status":"open"}""");
        Assert.Equal(2, Data(await socket.AnswerAsync("3")).GetArrayLength());
        await socket.CallAsync("futures.order_status", "4", """{"order_id":"t-2"}""");
        Assert.Equal(batch[1].GetProperty("id").GetInt64(), Data(await socket.AnswerAsync("4")).GetProperty("id").GetInt64());
        await socket.CallAsync("futures.order_cancel_ids", "5", $$"""["{{id}}"]""");
        Assert.True(Data(await socket.AnswerAsync("5"))[0].GetProperty("succeeded").GetBoolean());
        await socket.CallAsync("futures.order_cancel_cp", "6", """{"contract":"BTC_USDT"}""");
        Assert.Equal(1, Data(await socket.AnswerAsync("6")).GetArrayLength());
    }

    /// <summary>A local book that begins with a snapshot and follows the changes is the venue's at each of their ids (websocket rules 13.1).</summary>
    [Theory]
    [InlineData("20ms", 20)]
    [InlineData("100ms", 50)]
    public async Task A_local_book_follows_a_busy_market(string frequency, int level)
    {
        await using var venue = await ContractVenue.StartAsync();
        await using var socket = await venue.ConnectAsync();
        Succeeded(await socket.SubscribeAsync("futures.order_book_update", $"""["BTC_USDT","{frequency}","{level}"]"""));
        var snapshot = venue.Btc.Book.Depth(level);
        var at = snapshot.UpdateId;
        var bids = snapshot.Bids.ToDictionary(one => venue.Btc.PriceText(one.Price), one => one.Size);
        var asks = snapshot.Asks.ToDictionary(one => venue.Btc.PriceText(one.Price), one => one.Size);
        var dice = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            var buys = dice.Next(2) == 0;
            await venue.Place(buys ? venue.Alice : venue.Bob, (buys ? 1 : -1) * dice.Next(1, 4), 1_000_000 + (buys ? -1 : 1) * dice.Next(-3, 60), TimeInForce.GoodTillCancelled);
            if (i % 40 == 39)
            {
                foreach (var user in new[] { venue.Alice, venue.Bob })
                    await venue.Send(user, new Products.Futures.Commands.CancelAllContractOrders { Wallet = 2 }, []);
            }
        }
        while (at < venue.Btc.Book.UpdateId)
        {
            var change = (await socket.NextUpdateAsync("futures.order_book_update")).GetProperty("result");
            if (change.GetProperty("u").GetInt64() < at + 1) continue;
            Assert.InRange(at + 1, change.GetProperty("U").GetInt64(), change.GetProperty("u").GetInt64());
            at = change.GetProperty("u").GetInt64();
            Apply(bids, change.GetProperty("b"));
            Apply(asks, change.GetProperty("a"));
        }
        var shown = venue.Btc.Book.Depth(level);
        Assert.Equal(shown.Bids.ToDictionary(one => venue.Btc.PriceText(one.Price), one => one.Size).OrderBy(one => one.Key), bids.OrderBy(one => one.Key));
        Assert.Equal(shown.Asks.ToDictionary(one => venue.Btc.PriceText(one.Price), one => one.Size).OrderBy(one => one.Key), asks.OrderBy(one => one.Key));

        static void Apply(Dictionary<string, long> levels, JsonElement changes)
        {
            foreach (var one in changes.EnumerateArray())
            {
                var (price, size) = (one.GetProperty("p").GetString()!, one.GetProperty("s").GetInt64());
                if (size == 0) levels.Remove(price);
                else levels[price] = size;
            }
        }
    }
}
