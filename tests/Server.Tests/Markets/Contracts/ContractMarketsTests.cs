using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.State;
using Sluice.Products.Wallet;
using Sluice.Runtime.Disk;
using Sluice.Server.Markets;

namespace Sluice.Server.Tests.Markets.Contracts;

public class ContractMarketsTests
{
    private const long Friday = 1_767_337_200_000_000_000;          // 2026-01-02T07:00:00Z, an hour before an expiry
    private const long Monday = 1_767_625_200_000_000_000;          // 2026-01-05T15:00:00Z: America is open, Korea shut
    private static readonly MarketFile Few = MarketVenue.OnlyContracts("BTC_USDT", "BTC_USD", "ETH_USDT", "0G_USDT", "NVDA_USDT", "SKHYNIX_USDT", "XAU_USDT");

    [Fact]
    public async Task Every_contract_of_the_demo_is_listed_priced_and_two_sided_and_stays_so()
    {
        using var venue = await MarketVenue.Open();
        var perpetuals = MarketFile.Demo.Contracts.Count(contract => !contract.IsSeries);
        Assert.True(perpetuals >= 357);
        Assert.Equal(perpetuals + 8, venue.Products.Futures.State.Markets.Count);
        await Alive.Check(venue);
        for (var n = 0; n < 3; n++)
        {
            await venue.Advance(600);
            await Alive.Check(venue);
        }
        Assert.All(await venue.Sequencer.AskAsync(machine => machine.CheckInvariants().ToArray()), check => Assert.Null(check.Broken));
        Assert.True(venue.Ended.Where(ended => ended.Key.Refusal != 0).Sum(ended => ended.Value) * 50 < venue.Ended.Values.Sum(), string.Join(' ', venue.Ended));
        Assert.Empty(venue.Liquidated);
    }

    [Fact]
    public async Task F_210_when_a_delivery_contract_expires_it_is_settled_and_the_next_is_there_at_the_same_instant()
    {
        using var venue = await MarketVenue.Open(1, Few, startNanos: Friday);
        Assert.DoesNotContain(venue.Products.Futures.State.Markets, market => market.Symbol == "BTC_USDT_20260116");
        await venue.Advance(3600);
        Assert.Equal(MarketStatus.Delisted, venue.Contract("BTC_USDT_20260102").Status);
        var next = venue.Contract("BTC_USDT_20260116");
        Assert.Equal(Friday + 3600 * MarketVenue.Second, next.Listed.ListedNanos);
        Assert.Equal(venue.Contract("BTC_USDT").Index, next.Index);
        await venue.Advance(60);
        await Alive.Check(venue);
        await venue.Advance(7 * 86_400);
        Assert.Equal(MarketStatus.Delisted, venue.Contract("BTC_USDT_20260109").Status);
        Assert.Equal(MarketStatus.Tradable, venue.Contract("BTC_USDT_20260123").Status);
        Assert.All(await venue.Sequencer.AskAsync(machine => machine.CheckInvariants().ToArray()), check => Assert.Null(check.Broken));
    }

    [Fact]
    public async Task Prices_step_every_second_where_a_user_can_notice_and_every_minute_where_nobody_can()
    {
        using var venue = await MarketVenue.Open(1, Few, startNanos: Monday, liquid: false);
        var user = await venue.User("alice");
        await Fund(venue, user, WalletId.FuturesUsdt, 100_000);
        Assert.Equal(60, await Steps(venue, 3600));
        Assert.Equal(1, await Steps(venue, 7));                         // where the clock stops
        var placed = await venue.Send(user, Buy(venue.Contract("NVDA_USDT"), 15_000, 1));
        Assert.True(placed.Result.Accepted, $"{placed.Result}");
        Assert.InRange(await Steps(venue, 300), 300, 301);          // and what nobody watches where the clock stops
        Assert.True((await venue.Send(user, new CancelContractOrder { OrderId = placed.Result.ObjectId })).Result.Accepted);
        Assert.InRange(await Steps(venue, 3600), 60, 61);
    }

    [Fact]
    public async Task A_pin_is_the_index_at_once_and_a_release_gives_it_back()
    {
        using var venue = await MarketVenue.Open(1, Few, startNanos: Monday);
        await venue.Advance(60);
        var (nvda, korean) = (venue.Contract("NVDA_USDT"), venue.Contract("SKHYNIX_USDT"));
        await Told(venue, new PinPrice { Price = Money.Units(150), Pinned = 1 }, "NVDA_USDT");
        Assert.Equal((15_000, IndexFlags.Pinned), (nvda.Index, nvda.Flags));
        await venue.Advance(2);
        Assert.InRange(nvda.Mark, 14_850, 15_150);
        await venue.Advance(60);
        Assert.InRange(nvda.Mark, 14_990, 15_010);
        Assert.InRange(nvda.Book.LastPrice, 14_950, 15_050);
        await Alive.Check(venue);
        Assert.Equal(IndexFlags.Closed, korean.Flags);

        await Told(venue, new PinPrice { Pinned = 0 }, "NVDA_USDT");
        Assert.InRange(nvda.Index, 17_500, 18_900);
        await venue.Advance(60);
        await Alive.Check(venue);
        Assert.Empty(venue.Liquidated);
    }

    [Fact]
    public async Task A_shock_moves_pair_and_contract_together_and_participants_live_through_it()
    {
        using var venue = await MarketVenue.Open(1, Few, startNanos: Monday);
        await venue.Advance(600);
        var btc = venue.Contract("BTC_USDT");
        var before = btc.Index;
        await Told(venue, new ShockPrices { FractionE12 = -Rate.One * 3 / 10 });
        Assert.InRange(btc.Index / (0.7 * before), 0.999, 1.001);
        await venue.Advance(10);
        var pair = venue.Pair("BTC_USDT");
        Assert.InRange(btc.Index / 100.0 / (pair.Book.LastPrice / 10.0), 0.998, 1.002);
        await venue.Advance(50);
        await Alive.Check(venue);
        await Told(venue, new ShockPrices { FractionE12 = Rate.One }, "BTC_USDT");
        await venue.Advance(60);
        await Alive.Check(venue);
        Assert.InRange(btc.Mark / (1.4 * before), 0.99, 1.01);
        Assert.Empty(venue.Liquidated);
        Assert.All(await venue.Sequencer.AskAsync(machine => machine.CheckInvariants().ToArray()), check => Assert.Null(check.Broken));
    }

    [Fact]
    public async Task A_large_user_is_served_and_participants_hold_what_he_left_them()
    {
        using var venue = await MarketVenue.Open(1, Few, startNanos: Monday);
        var user = await venue.User("whale");
        await Fund(venue, user, WalletId.FuturesUsdt, 100_000_000);
        var market = venue.Contract("0G_USDT");
        for (var n = 0; n < 20; n++)
        {
            await venue.Send(user, new PlaceContractOrder { Instrument = market.Id.Value, Size = -10_000, TimeInForce = TimeInForce.ImmediateOrCancel });
            await venue.Advance(30);
            await Alive.Check(venue);
        }
        Assert.True(market.OpenInterest >= 150_000, $"{market.OpenInterest}");
        await Told(venue, new ShockPrices { FractionE12 = -Rate.One / 2 }, "0G_USDT");
        await venue.Advance(600);
        await Alive.Check(venue);
        Assert.Empty(venue.Liquidated);
    }

    [Fact]
    public async Task Liquidity_off_empties_a_contract_by_its_full_name_and_on_fills_it()
    {
        using var venue = await MarketVenue.Open(1, Few, startNanos: Monday);
        var (btc, eth) = (venue.Contract("BTC_USDT"), venue.Contract("ETH_USDT"));
        await venue.Send(0, new SetLiquidity { On = 0 }, "futures:usdt:BTC_USDT");
        await venue.Sequencer.ActAsync(venue.Participants.Leave);
        Assert.True(btc.Book.Bids.IsEmpty && btc.Book.Asks.IsEmpty);
        Assert.False(eth.Book.Bids.IsEmpty);
        var traded = btc.Book.LastTradeId;
        await venue.Advance(60);
        Assert.True(btc.Book.Bids.IsEmpty && btc.Book.LastTradeId == traded);
        await venue.Send(0, new SetLiquidity { On = 1 }, "futures:usdt:BTC_USDT");
        await venue.Advance(2);
        await Alive.Check(venue);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_state_and_another_seed_another()
    {
        async Task<ulong> Run(ulong seed)
        {
            using var venue = await MarketVenue.Open(seed, Few, startNanos: Monday);
            await venue.Advance(100);
            var user = await venue.User("alice");
            await Fund(venue, user, WalletId.FuturesUsdt, 100_000);
            await venue.Send(user, new PlaceContractOrder { Instrument = venue.Contract("BTC_USDT").Id.Value, Size = 500, TimeInForce = TimeInForce.ImmediateOrCancel });
            await venue.Advance(400);
            return await venue.Hash();
        }
        var first = await Run(5);
        Assert.Equal(first, await Run(5));
        Assert.NotEqual(first, await Run(6));
    }

    [Fact]
    public async Task After_a_restart_nothing_is_listed_twice_and_prices_go_on()
    {
        var disk = new MemoryDisk();
        long index;
        int count;
        using (var venue = await MarketVenue.Open(3, Few, disk, Monday))
        {
            await venue.Advance(300);
            (index, count) = (venue.Contract("0G_USDT").Index, venue.Products.Futures.State.Markets.Count);
        }
        using var again = await MarketVenue.Open(3, Few, disk);
        Assert.Equal(count, again.Products.Futures.State.Markets.Count);
        Assert.Equal(index, again.Contract("0G_USDT").Index);
        Assert.False(again.Ended.ContainsKey((ListContract.Kind, 0)));
        await again.Advance(60);
        await Alive.Check(again);
    }

    [Fact]
    public async Task K_201_a_stock_goes_to_sleep_and_wakes_with_its_market()
    {
        using var venue = await MarketVenue.Open(1, Few, startNanos: Monday + 9 * 3600 * MarketVenue.Second - 60 * MarketVenue.Second);       // a minute before the close
        var nvda = venue.Contract("NVDA_USDT");
        Assert.Equal(IndexFlags.None, nvda.Flags & IndexFlags.Closed);
        await venue.Advance(7200);
        Assert.Equal((IndexFlags.Closed, MarketStatus.Tradable), (nvda.Flags, nvda.Status));
        await Alive.Check(venue);
        await venue.Advance(8 * 3600);
        Assert.Equal((IndexFlags.None, MarketStatus.Tradable), (nvda.Flags & ~IndexFlags.Single, nvda.Status));
        await Alive.Check(venue);
    }

    [Fact]
    public async Task F_230_participants_leave_a_contract_that_is_delisted_and_it_settles()
    {
        using var venue = await MarketVenue.Open(1, Few, startNanos: Monday);
        await venue.Advance(60);
        var market = venue.Contract("0G_USDT");
        var end = venue.Sequencer.NowNanos + 1800 * MarketVenue.Second;
        Assert.True((await venue.Send(0, new SetContractStatus { Instrument = market.Id.Value, Status = MarketStatus.Delisting, EndNanos = end })).Result.Accepted);
        await venue.Advance(120);
        Assert.True(market.Book.Bids.IsEmpty && market.Book.Asks.IsEmpty);
        await venue.Advance(1800);
        Assert.Equal((MarketStatus.Delisted, 0), (market.Status, market.OpenInterest));
        await Alive.Check(venue);
        Assert.All(await venue.Sequencer.AskAsync(machine => machine.CheckInvariants().ToArray()), check => Assert.Null(check.Broken));
    }

    private static async Task<int> Steps(MarketVenue venue, long seconds)
    {
        var before = venue.Ended.GetValueOrDefault((SetPrices.Kind, (ushort)0));
        await venue.Advance(seconds);
        return venue.Ended.GetValueOrDefault((SetPrices.Kind, (ushort)0)) - before;
    }

    // As the control API does it: the command, then the prices that follow from it.
    private static async Task Told<T>(MarketVenue venue, T command, params string[] names) where T : unmanaged, ICommand
    {
        Assert.True((await venue.Send(0, command, names)).Result.Accepted);
        await venue.Sequencer.ActAsync(door => venue.Contracts.Step(venue.Sequencer.NowNanos, door));
    }

    private static async Task Fund(MarketVenue venue, int user, WalletId wallet, long units)
    {
        var fund = new Sluice.Products.Wallet.Fund { User = user, Wallet = wallet.Value, Asset = venue.Products.Spot.State.AssetsByCode["USDT"].Id, Amount = Money.Units(units) };
        Assert.True((await venue.Send(0, fund, "", "", "")).Result.Accepted);
    }

    private static PlaceContractOrder Buy(Market market, long price, long size) => new() { Instrument = market.Id.Value, Price = price, Size = size };
}
