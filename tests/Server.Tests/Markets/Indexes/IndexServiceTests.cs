using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Wallet;
using Sluice.Server.Markets;
using Sluice.Server.Markets.Calendars;
using Sluice.Server.Markets.Contracts;
using Sluice.Server.Markets.Indexes;

namespace Sluice.Server.Tests.Markets.Indexes;

public class IndexServiceTests
{
    private const long Second = Nanos.PerSecond;
    private static readonly long Start = At("2026-01-05T15:00:00Z");                 // a Monday with America open and Korea shut
    private static readonly IndexTerms Six = new("X", "X", null, null, 4, 1, [1, 1, 1, 1, 1, 1], false);
    private readonly SortedDictionary<string, Money> pins = new(StringComparer.Ordinal);

    [Fact]
    public void F_050_the_index_stays_near_the_true_price_through_outages_and_outliers()
    {
        var service = new IndexService(3, pins);
        for (var i = 0; i < 8; i++) service.Add(Six with { Name = $"X{i}", Source = $"X{i}" }, nanos => 100 + (nanos - Start) / Second * 0.001);
        var used = new SortedSet<int>();
        for (var second = 0; second < 7200; second++)
        {
            foreach (var price in service.Step(Start + second * Second))
            {
                Assert.InRange(price.Price, (long)((100 + second * 0.001) * 10_000 * 0.998), (long)((100 + second * 0.001) * 10_000 * 1.002));
                Assert.Equal(IndexFlags.None, price.Flags);
                used.Add(int.PopCount(price.Sources));
            }
        }
        Assert.Superset(new SortedSet<int> { 5, 6 }, used);
    }

    [Fact]
    public void F_052_with_few_constituents_it_comes_down_to_one_and_to_none()
    {
        var service = new IndexService(3, pins);
        for (var i = 0; i < 16; i++) service.Add(Six with { Name = $"X{i}", Source = $"X{i}", Weights = [1, 1] }, _ => 100);
        var flags = new HashSet<IndexFlags>();
        for (var second = 0; second < 20_000; second++)
        {
            foreach (var price in service.Step(Start + second * Second))
            {
                flags.Add(price.Flags);
                Assert.InRange(price.Price, 0.85 * 1_000_000, 1.15 * 1_000_000);
                // A lone constituent may be the wrong one; nothing is there to say so.
                if (price.Flags == IndexFlags.None) Assert.InRange(price.Price, 0.998 * 1_000_000, 1.002 * 1_000_000);
            }
        }
        Assert.Equal([IndexFlags.None, IndexFlags.Single, IndexFlags.Stale], flags.Order());
    }

    [Fact]
    public void The_same_seed_gives_the_same_prices_and_another_seed_others()
    {
        Assert.Equal(Run(1, 0, 300), Run(1, 0, 300));
        Assert.NotEqual(Run(1, 0, 300), Run(2, 0, 300));
        // A service that starts later says the same from there on.
        Assert.Equal(Run(1, 0, 300)[200..], Run(1, 200, 300));

        List<IndexPrice> Run(ulong seed, int from, int to)
        {
            var service = new IndexService(seed, pins);
            service.Add(Six, nanos => 100 + nanos / Second % 100);
            var prices = new List<IndexPrice>();
            for (var second = from; second < to; second++) prices.Add(service.Step(Start + second * Second)[0]);
            return prices;
        }
    }

    [Fact]
    public void Every_index_of_the_demo_has_a_price_at_once_wherever_its_market_stands()
    {
        var service = Demo(new PricePath(1, MarketFile.Demo), [], out var listed);
        var prices = service.Step(listed).ToArray();
        Assert.All(prices, price => Assert.True(price.Price > 0, service.TermsOf(price.Index).Name));
        Assert.Equal(IndexFlags.None, Of("NVDA_USDT").Flags);
        Assert.Equal(IndexFlags.Closed, Of("SKHYNIX_USDT").Flags);
        Assert.Equal(IndexFlags.None, Of("XAU_USDT").Flags);
        Assert.InRange(Of("NVDA_USDT").Price, 18_150, 18_250);                       // listed at 182.00
        Assert.InRange(Of("0G_USDT").Price, 11_800, 11_880);
        Assert.InRange(Of("KODEXINVERSE_USDT").Price, 2_000, 2_090);                  // 3,005 won at 1,470 are 2.044

        IndexPrice Of(string name) => prices[service.NumberOf(name)];
    }

    [Fact]
    public void A_week_of_a_stock_follows_the_hours_of_its_market()
    {
        var service = Demo(new PricePath(1, MarketFile.Demo), [], out _, "NVDA_USDT", "SKHYNIX_USDT", "XAU_USDT", "BTC_USD", "fx:USDKRW");
        var (nvda, hynix) = (service.NumberOf("NVDA_USDT"), service.NumberOf("SKHYNIX_USDT"));
        var closed = 0;
        for (var minute = 0; minute < 7 * 1440; minute += 10)
        {
            IndexPrice before = default, now = default, korean = default;
            for (var second = 0; second < 8; second++)
            {
                var prices = service.Step(Start + (minute * 60 + second) * Second);
                (before, now, korean) = (now, prices[nvda], prices[hynix]);
            }
            var isOpen = service.PhaseOf(nvda, Start + minute * 60 * Second) != SessionPhase.Closed;
            Assert.Equal(!isOpen, now.Flags.HasFlag(IndexFlags.Closed));
            if (!isOpen) Assert.Equal(before.Price, now.Price);
            if (!isOpen) closed++;
            Assert.Equal(service.PhaseOf(hynix, Start + minute * 60 * Second) == SessionPhase.Closed, korean.Flags.HasFlag(IndexFlags.Closed));
        }
        Assert.Equal(7 * 144 - 5 * 96, closed);                                      // 16 hours on five days, in pieces of ten minutes
    }

    [Fact]
    public void Pins_of_indices_and_of_sources()
    {
        var service = Demo(new PricePath(1, MarketFile.Demo), [], out var now, "NVDA_USDT", "SKHYNIX_USDT", "fx:USDKRW");
        var (nvda, hynix) = (service.NumberOf("NVDA_USDT"), service.NumberOf("SKHYNIX_USDT"));
        service.Step(now);
        pins["NVDA_USDT"] = Money("150.125");
        Assert.Equal(new IndexPrice(nvda, 15_012, 0, IndexFlags.Pinned), service.Step(now + Second)[nvda]);      // a tie, to the even cent
        pins.Clear();
        Assert.InRange(service.Step(now + 2 * Second)[nvda].Price, 18_000, 18_400);

        // While Korea trades: 600,000 won at 1,500 are 400 dollars, after three prices of the reopening.
        var korea = At("2026-01-06T00:00:00Z");
        pins["stock:000660"] = Money("600000");
        pins["fx:USDKRW"] = Money("1500");
        for (var second = 0; second < 3; second++)
        {
            service.Step(korea + second * Second);
        }
        Assert.Equal(40_000, service.Step(korea + 3 * Second)[hynix].Price);
        Assert.Equal(IndexFlags.None, service.Step(korea + 4 * Second)[hynix].Flags);
        pins["fx:USDKRW"] = Money("1600");
        Assert.Equal(37_500, service.Step(korea + 5 * Second)[hynix].Price);
    }

    [Fact]
    public void Shocks_move_what_they_name_or_everything_but_rates()
    {
        var path = new PricePath(1, MarketFile.Demo);
        List<(long, long, string[])> shocks = [];
        var service = Demo(path, shocks, out var now, "NVDA_USDT", "XAU_USDT", "fx:USDKRW", "0G_USDT");
        service.Step(now);
        var before = service.Step(now + Second).ToArray();
        shocks.Add((now + 2 * Second, -100_000_000_000, []));
        service.Forget();
        AssertMoved(2, 0.9, 0.9, 1, 0.9);
        shocks.Add((now + 9 * Second, 500_000_000_000, ["stock:NVDA", "0G_USDT"]));
        service.Forget();
        AssertMoved(9, 1.35, 0.9, 1, 1.35);

        void AssertMoved(long second, params double[] factors)
        {
            var after = service.Step(now + second * Second);
            string[] names = ["NVDA_USDT", "XAU_USDT", "fx:USDKRW", "0G_USDT"];
            for (var i = 0; i < names.Length; i++)
            {
                var number = service.NumberOf(names[i]);
                Assert.InRange((double)after[number].Price / before[number].Price, factors[i] * 0.995, factors[i] * 1.005);
            }
        }
    }

    [Fact]
    public async Task An_index_with_a_spot_pair_has_the_pairs_price()
    {
        var file = MarketFile.Demo with { Pairs = [.. MarketFile.Demo.Pairs.Where(pair => pair.Symbol is "BTC_USDT" or "ETH_USDT")] };
        using var venue = await MarketVenue.Open(1, file);
        var wallet = venue.Products.Wallet.State;
        var paths = new IndexPaths(venue.Path, file, venue.Products.Spot.State.PairsBySymbol, wallet.Shocks);
        var btc = paths.Of(file.Indexes.Single(index => index.Name == "BTC_USDT"), 0);
        var pair = new IndexPrices(venue.Path, file, venue.Products);
        var instant = MarketVenue.Start + 12_345 * Second;
        Assert.Equal(pair.Of(venue.Pair("BTC_USDT")).At(instant) / 10, btc(instant), 8);
        await venue.Send(1, new ShockPrices { FractionE12 = -200_000_000_000 });
        pair.Refresh();
        Assert.Equal(pair.Of(venue.Pair("BTC_USDT")).At(instant) / 10, btc(instant), 8);
        Assert.InRange(btc(instant), 83_859 * 0.75, 83_859 * 0.85);
    }

    [Fact]
    public void After_a_restart_it_goes_on_from_what_was_published()
    {
        var service = Demo(new PricePath(1, MarketFile.Demo), [], out var now, "SKHYNIX_USDT", "fx:USDKRW");
        var hynix = service.NumberOf("SKHYNIX_USDT");
        service.Resume(hynix, 39_999, IndexFlags.Closed, now - Second);
        Assert.Equal(new IndexPrice(hynix, 39_999, 0, IndexFlags.Closed), service.Step(now)[hynix]);
    }

    [Fact]
    public void Steps_a_minute_apart_end_where_steps_of_a_second_do()
    {
        var (fine, coarse) = (new IndexService(3, pins), new IndexService(3, pins));
        foreach (var service in new[] { fine, coarse })
        {
            for (var i = 0; i < 8; i++) service.Add(Six with { Name = $"X{i}", Source = $"X{i}", Weights = [1, 1] }, nanos => 100 + (nanos - Start) / Second * 0.001);
            for (var i = 0; i < 8; i++) service.Add(Six with { Name = $"S{i}", Source = $"S{i}", Weights = [1], Calendar = "US", IsStock = true }, _ => 50);
        }
        var (seen, same, flags) = (0, 0, new HashSet<IndexFlags>());
        for (var second = 0; second < 200_000; second++)
        {
            var now = fine.Step(Start + second * Second).ToArray();
            if (second % 60 != 0) continue;
            var then = coarse.Step(Start + second * Second).ToArray();
            for (var i = 0; i < now.Length; i++)
            {
                seen++;
                flags.Add(now[i].Flags);
                if (now[i] == then[i]) same++;
                else Assert.InRange(then[i].Price / (double)now[i].Price, 0.85, 1.15);
            }
        }
        Assert.Superset(new HashSet<IndexFlags> { IndexFlags.None, IndexFlags.Single, IndexFlags.Stale, IndexFlags.Closed, IndexFlags.Halted }, flags);
        Assert.InRange((double)same / seen, 0.999, 1);
    }

    // Rates first, as the service asks for.
    private IndexService Demo(PricePath path, List<(long, long, string[])> shocks, out long listed, params string[] names)
    {
        listed = Start;
        var file = MarketFile.Demo;
        var catalogue = new ContractCatalogue(file);
        var service = new IndexService(path.Seed, pins);
        var paths = new IndexPaths(path, file, new Dictionary<string, Sluice.Products.Spot.Pair>(), shocks);
        foreach (var index in file.Indexes.OrderBy(index => index.Currency is null ? 0 : 1))
        {
            if (names.Length > 0 && !names.Contains(index.Name)) continue;
            service.Add(IndexTerms.Of(index, catalogue, file), index.ReferencePrice is null ? _ => 100 : paths.Of(index, Start));
        }
        return service;
    }

    private static Money Money(string text) => MarketRules.TryMoney(text, out var money) ? money : throw new FormatException(text);

    private static long At(string instant) => DateTimeOffset.Parse(instant).ToUnixTimeSeconds() * Second;
}
