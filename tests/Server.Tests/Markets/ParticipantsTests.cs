using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;
using Sluice.Runtime.Disk;
using Sluice.Server.Markets;

namespace Sluice.Server.Tests.Markets;

public class ParticipantsTests
{
    private const int LevelsMin = 20;

    private static readonly string[] Majors = ["BTC_USDT", "ETH_USDT", "SOL_USDT", "XRP_USDT", "BNB_USDT", "DOGE_USDT"];
    private static readonly MarketFile Few = MarketVenue.Only("BTC_USDT", "ETH_USDT", "ETH_BTC", "PEPE_USDT", "USDC_USDT", "FLOW_USDT", "BTC_USDC");

    [Fact]
    public async Task Every_demo_pair_is_alive_at_once_and_after_ten_minutes()
    {
        using var venue = await MarketVenue.Open(file: MarketVenue.Pairs);
        await EveryPairIsAlive(venue);
        for (var minute = 0; minute < 10; minute++)
        {
            await venue.Advance(60);
            await EveryPairIsAlive(venue);
        }
        foreach (var symbol in Majors)
        {
            var trades = venue.TradesOf(symbol);
            Assert.InRange(trades.Count, 120, 1_000);
            Assert.All(trades.Zip(trades.Skip(1)), pair => Assert.InRange(pair.Second.Nanos - pair.First.Nanos, 0, 5 * MarketVenue.Second));
            Assert.InRange(MarketVenue.Start + 600 * MarketVenue.Second - trades[^1].Nanos, 0, 5 * MarketVenue.Second);
        }
        Assert.All(await venue.Sequencer.AskAsync(machine => machine.CheckInvariants().ToArray()), check => Assert.Null(check.Broken));
        Assert.InRange(venue.Ended.Values.Sum() / 600.0, 20, 75);       // commands a second
        Assert.True(venue.Ended.Where(ended => ended.Key.Refusal != 0).Sum(ended => ended.Value) * 20 < venue.Ended.Values.Sum(), string.Join(' ', venue.Ended));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_state_and_another_seed_another()
    {
        async Task<ulong> Run(ulong seed)
        {
            using var venue = await MarketVenue.Open(seed, Few);
            await venue.Advance(100);
            var user = await venue.User("alice", ("USDT", 1_000_000));
            await venue.Send(user, Market(venue.Pair("BTC_USDT"), 500_000));
            await venue.Send(0, new ShockPrices { FractionE12 = -Rate.One / 20 }, "ETH_USDT");
            await venue.Advance(200);
            return await venue.Hash();
        }
        var first = await Run(5);
        Assert.Equal(first, await Run(5));
        Assert.NotEqual(first, await Run(6));
    }

    [Fact]
    public async Task M_055_a_shock_of_everything_is_followed_across_the_band()
    {
        using var venue = await MarketVenue.Open(1, Few);
        await venue.Advance(30);
        var (btc, ethBtc, usdc) = (venue.Pair("BTC_USDT").Book.LastPrice, venue.Pair("ETH_BTC").Book.LastPrice, venue.Pair("USDC_USDT").Book.LastPrice);
        await venue.Send(0, new ShockPrices { FractionE12 = -Rate.One * 4 / 10 });
        await venue.Advance(5);
        Assert.InRange(venue.Pair("BTC_USDT").Book.LastPrice / (0.6 * btc), 0.99, 1.01);
        Assert.InRange((double)venue.Pair("ETH_BTC").Book.LastPrice / ethBtc, 0.99, 1.01);
        Assert.InRange((double)venue.Pair("USDC_USDT").Book.LastPrice / usdc, 0.998, 1.002);
        await EveryPairIsAlive(venue);
    }

    [Theory]
    [InlineData("65000")]
    [InlineData("400000")]
    [InlineData("12000")]
    public async Task M_055_a_pin_is_followed_at_once_and_released_again(string price)
    {
        using var venue = await MarketVenue.Open(1, Few);
        await venue.Advance(30);
        var pin = Money.Units(long.Parse(price));
        var raw = (double)(pin.Raw / Fixed.PowerOfTen(11));
        await venue.Send(0, new PinPrice { Price = pin, Pinned = 1 }, "BTC_USDT");
        await venue.Advance(5);
        Assert.InRange(venue.Pair("BTC_USDT").Book.LastPrice / raw, 0.998, 1.002);
        await venue.Advance(25);
        var implied = (venue.Pair("ETH_USDT").Book.LastPrice / 1e2) / (venue.Pair("BTC_USDT").Book.LastPrice / 1e1);
        Assert.InRange(venue.Pair("ETH_BTC").Book.LastPrice / 1e6 / implied, 0.99, 1.01);
        await EveryPairIsAlive(venue);

        await venue.Send(0, new PinPrice { Pinned = 0 }, "BTC_USDT");
        await venue.Advance(5);
        var fair = new PathReader(venue.Path).Price(new PathAnchor("BTC", "USDT", venue.Pair("BTC_USDT").ListedNanos, 838_590), venue.Sequencer.NowNanos);
        Assert.InRange(venue.Pair("BTC_USDT").Book.LastPrice / fair, 0.995, 1.005);
        await EveryPairIsAlive(venue);
    }

    [Fact]
    public async Task A_swept_book_is_full_again_within_a_second()
    {
        using var venue = await MarketVenue.Open(1, Few);
        await venue.Advance(30);
        var user = await venue.User("whale", ("USDT", 100_000_000));
        for (var n = 0; n < 3; n++)
        {
            Assert.True((await venue.Send(user, Market(venue.Pair("PEPE_USDT"), 30_000))).Result.Accepted);
            Assert.True((await venue.Send(user, Market(venue.Pair("BTC_USDT"), 600_000))).Result.Accepted);
            Assert.True((await venue.Depth("PEPE_USDT", Side.Sell)).Levels < LevelsMin);
            await venue.Advance(1);
            await EveryPairIsAlive(venue);
        }
    }

    [Fact]
    public async Task Orders_of_users_on_the_wrong_side_of_the_index_are_taken()
    {
        using var venue = await MarketVenue.Open(1, Few);
        var user = await venue.User("generous", ("USDT", 10_000_000));
        var pair = venue.Pair("FLOW_USDT");
        await venue.Send(user, new PlaceOrder
        {
            Instrument = pair.Id.Value, Wallet = 1, Side = Side.Buy, Type = OrderType.Limit, Price = pair.Book.LastPrice * 12 / 10, Size = 30_000_00,
        });
        await venue.Advance(60);
        await EveryPairIsAlive(venue);
        Assert.Equal(0, await venue.Sequencer.AskAsync(_ => OpenOrders(venue, user, pair)));
    }

    [Fact]
    public async Task Liquidity_off_empties_the_book_and_on_fills_it()
    {
        using var venue = await MarketVenue.Open(1, Few);
        await venue.Advance(10);
        await venue.Send(0, new SetLiquidity { On = 0 }, "ETH_USDT");
        await venue.Sequencer.ActAsync(venue.Participants.Leave);
        Assert.Equal(0, (await venue.Depth("ETH_USDT", Side.Buy)).Levels);
        Assert.Equal(0, (await venue.Depth("ETH_USDT", Side.Sell)).Levels);
        var traded = venue.Pair("ETH_USDT").Book.LastTradeId;
        await venue.Advance(60);
        Assert.Equal(0, (await venue.Depth("ETH_USDT", Side.Buy)).Levels);
        Assert.Equal(traded, venue.Pair("ETH_USDT").Book.LastTradeId);
        Assert.True((await venue.Depth("BTC_USDT", Side.Buy)).Levels >= LevelsMin);

        await venue.Send(0, new SetLiquidity { On = 0 });
        await venue.Advance(1);
        Assert.All(Few.Pairs, pair => Assert.True(venue.Pair(pair.Symbol).Book.Bids.IsEmpty && venue.Pair(pair.Symbol).Book.Asks.IsEmpty, pair.Symbol));
        await venue.Send(0, new SetLiquidity { On = 1 });
        await venue.Advance(1);
        await EveryPairIsAlive(venue);
    }

    [Fact]
    public async Task M_140_a_halted_pair_gets_no_orders_until_it_trades_again()
    {
        using var venue = await MarketVenue.Open(1, Few);
        var pair = venue.Pair("BTC_USDT");
        await venue.Send(0, new SetMarketStatus { Instrument = pair.Id.Value, Status = MarketStatus.CircuitBreaker });
        var update = await venue.Sequencer.AskAsync(_ => pair.Book.UpdateId);
        await venue.Advance(120);
        Assert.Equal(update, pair.Book.UpdateId);
        await venue.Send(0, new SetMarketStatus { Instrument = pair.Id.Value, Status = MarketStatus.Tradable });
        await venue.Advance(5);
        await EveryPairIsAlive(venue);
    }

    [Fact]
    public async Task Arbitrageurs_trade_where_a_cross_pair_strays_from_its_legs()
    {
        using var venue = await MarketVenue.Open(1, Few);
        var trader = venue.Products.Identity.Users.Single(user => user.Name == "seeded:arbitrageur").Id;
        long Moves(string asset) => venue.Products.Ledger.TryFind(trader, WalletId.Spot, venue.Products.Spot.State.AssetsByCode[asset].Id, out var slot)
            ? venue.Products.Ledger[slot].UpdateId : 0;
        var before = await venue.Sequencer.AskAsync(_ => (Moves("ETH"), Moves("BTC"), Moves("USDT")));
        await venue.Advance(1_200);
        var after = await venue.Sequencer.AskAsync(_ => (Moves("ETH"), Moves("BTC"), Moves("USDT")));
        Assert.True(after.Item1 > before.Item1 && after.Item2 > before.Item2 && after.Item3 > before.Item3, $"{before} {after}");
        Assert.InRange(venue.Pair("ETH_BTC").Book.LastPrice / 1e6 / (venue.Pair("ETH_USDT").Book.LastPrice / 1e2 / (venue.Pair("BTC_USDT").Book.LastPrice / 1e1)), 0.998, 1.002);
    }

    [Fact]
    public async Task A_pair_listed_later_comes_alive_too()
    {
        using var venue = await MarketVenue.Open(1, Few);
        await venue.Advance(10);
        var added = new MarketPair
        {
            Symbol = "SOL_ETH", PriceDecimals = 6, SizeDecimals = 3, ReferencePrice = "0.052743", MinQuote = "0.001", UpRate = "0.1", DownRate = "0.1",
        };
        Assert.Empty(MarketRules.Errors(added, code => venue.Products.Spot.State.AssetsByCode.TryGetValue(code, out var asset) ? asset.Scale : null));
        var (command, tail) = MarketListing.CommandOf(added);
        Assert.True((await venue.Sequencer.SubmitAsync(UserId.Venue, command, tail)).Result.Accepted);
        await venue.Advance(2);
        await EveryPairIsAlive(venue);
    }

    [Fact]
    public async Task After_a_restart_they_go_on_with_their_users_and_orders()
    {
        var disk = new MemoryDisk();
        int users, orders;
        using (var venue = await MarketVenue.Open(1, Few, disk))
        {
            await venue.Advance(60);
            (users, orders) = (venue.Products.Identity.Users.Count, Resting(venue));
        }
        using var again = await MarketVenue.Open(1, Few, disk, MarketVenue.Start + 3_600 * MarketVenue.Second);
        Assert.Equal(users, again.Products.Identity.Users.Count);
        Assert.InRange(await again.Sequencer.AskAsync(_ => Resting(again)), orders - 20, orders + 20);
        await EveryPairIsAlive(again);
        await again.Advance(60);
        await EveryPairIsAlive(again);
    }

    [Fact]
    public async Task A_day_later_books_are_still_two_sided_and_purses_bounded()
    {
        var two = MarketVenue.Only("ETH_USDT", "FLOW_USDT", "DAI_USDT");
        using var venue = await MarketVenue.Open(3, two);
        for (var hour = 0; hour < 24; hour += 4)
        {
            await venue.Advance(4 * 3600);
            await EveryPairIsAlive(venue);
        }
        var fair = new PathReader(venue.Path).Price(new PathAnchor("ETH", "USDT", venue.Pair("ETH_USDT").ListedNanos, 269_915), venue.Sequencer.NowNanos);
        Assert.InRange(venue.Pair("ETH_USDT").Book.LastPrice / fair, 0.997, 1.003);
        Assert.All(await venue.Sequencer.AskAsync(machine => machine.CheckInvariants().ToArray()), check => Assert.Null(check.Broken));
    }

    private static PlaceOrder Market(Pair pair, long budget) => new()
    {
        Instrument = pair.Id.Value, Wallet = 1, Side = Side.Buy, Type = OrderType.Market, TimeInForce = TimeInForce.ImmediateOrCancel, Budget = Money.Units(budget),
    };

    private static int OpenOrders(MarketVenue venue, int user, Pair pair) =>
        venue.Products.Spot.State.TryFindTrader(user, pair, WalletId.Spot, out var trader) ? venue.Products.Spot.State.Traders[trader].OpenCount : 0;

    private static int Resting(MarketVenue venue) => venue.Products.Spot.State.Pairs.Sum(pair => pair.Book.Slots(Side.Buy).Count() + pair.Book.Slots(Side.Sell).Count());

    private static Task<int> EveryPairIsAlive(MarketVenue venue) => venue.Sequencer.AskAsync(_ =>
    {
        foreach (var pair in venue.Products.Spot.State.Pairs)
        {
            var (bids, asks) = (MarketVenue.DepthOf(pair, Side.Buy), MarketVenue.DepthOf(pair, Side.Sell));
            Assert.True(bids.Levels >= LevelsMin && asks.Levels >= LevelsMin, $"{pair.Symbol}: {bids.Levels} bids, {asks.Levels} asks");
            if (Majors.Contains(pair.Symbol)) Assert.True(bids.Value >= 50_000 && asks.Value >= 50_000, $"{pair.Symbol}: {bids.Value:F0}, {asks.Value:F0} within 1 %");
            Assert.True(pair.Book.LastPrice > 0, $"{pair.Symbol} has no trade");
            var spread = (pair.Book.BestPrice(Side.Sell)!.Value - pair.Book.BestPrice(Side.Buy)!.Value) / (double)pair.Book.LastPrice;
            Assert.InRange(spread, 0, 0.012);
        }
        return 0;
    });
}
