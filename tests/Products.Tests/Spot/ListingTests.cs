using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Spot;
using static Sluice.Products.Tests.Venue;

namespace Sluice.Products.Tests.Spot;

/// <summary>Assets, pairs and their terms (spot section 1).</summary>
public class ListingTests
{
    [Fact]
    public void S_001_M_002_a_pair_is_listed_with_its_terms()
    {
        var venue = WithPair(terms => terms with { ReferencePrice = 1000 });
        var listed = venue.Only<PairListed>();
        Assert.Equal((1, Btc, Usdt, Start, 1000L), (listed.Instrument, listed.Base, listed.Quote, listed.ListedNanos, listed.ListingReference));
        venue.Now += 1;
        Assert.Equal(1, venue.List(terms => terms with { ReferencePrice = 2000, MaxBase = 5 }));
        Assert.Equal((Start, 1000L, 5L), (venue.Only<PairListed>().ListedNanos, venue.Only<PairListed>().ListingReference, venue.Spot.Pairs[0].Terms.MaxBase));
        Assert.Single(venue.Spot.Pairs);
    }

    [Fact]
    public void S_002_zero_is_no_limit()
    {
        var venue = WithPair();
        var ann = venue.Rich("ann");
        venue.Accept(ann, new PlaceOrder { Instrument = BtcUsdt, Wallet = 1, Price = 1, Size = 1 });
        venue.Accept(ann, new PlaceOrder { Instrument = BtcUsdt, Wallet = 1, Side = Side.Sell, Price = 10_000_000, Size = 999_999_000 });
    }

    [Fact]
    public void S_004_S_005_terms_that_would_need_rounding_or_make_no_sense_are_refused()
    {
        var venue = WithPair(quoteScale: 4);
        void Refused(Func<ListPair, ListPair> change, string symbol = "BTC_USDT", string of = "BTC", string quote = "USDT", SpotRefusal why = SpotRefusal.InvalidTerms) =>
            Assert.Equal((ushort)why, venue.Send(0, change(Terms), symbol, of, quote).Refusal);
        venue.Accept(0, new ListAsset { Scale = 2 }, "ETH", "Ether");
        Refused(terms => terms with { SizeDecimals = 4 });              // 1 + 4 > 4; and decimals never change
        Refused(terms => terms with { PriceDecimals = 2, SizeDecimals = 3 }, "ETH_USDT", "ETH");        // finer than ETH itself
        Refused(terms => terms with { PriceDecimals = 3, SizeDecimals = 2 }, "ETH_USDT", "ETH");        // 3 + 2 > 4
        Refused(terms => terms with { PriceDecimals = -1 }, "ETH_USDT", "ETH");
        Refused(terms => terms with { PriceDecimals = 13 }, "ETH_USDT", "ETH");
        Refused(terms => terms, "ETH_BTC", "ETH");                      // the symbol says otherwise
        Refused(terms => terms, "BTC_BTC", "BTC", "BTC");
        Refused(terms => terms with { TakerFee = -1 });
        Refused(terms => terms with { TakerFee = Rate.One + 1 });
        Refused(terms => terms with { MinBase = -1 });
        Refused(terms => terms with { MaxQuote = new Money(-1) });
        Refused(terms => terms with { DownRate = Rate.One + 1 });
        Refused(terms => terms with { SlippageRate = Rate.One + 1 });
        Refused(terms => terms with { OrdersLimit = -1 });
        Refused(terms => terms with { Status = (MarketStatus)99 });
        Refused(terms => terms, "XRP_USDT", "XRP", why: SpotRefusal.AssetNotFound);
        foreach (var scale in new[] { -1, 13 }) Assert.Equal((ushort)SpotRefusal.InvalidTerms, venue.Send(0, new ListAsset { Scale = scale }, "NEW", "New").Refusal);
        Assert.Equal((ushort)SpotRefusal.InvalidTerms, venue.Send(0, new ListAsset { Scale = 8 }, "", "Nameless").Refusal);
        Assert.Equal((ushort)SpotRefusal.PairNotFound, venue.Send(0, new SetMarketStatus { Instrument = 7 }).Refusal);
        Assert.Equal((ushort)SpotRefusal.InvalidTerms, venue.Send(0, new SetMarketStatus { Instrument = 1, Status = (MarketStatus)7 }).Refusal);
        Assert.Equal((ushort)SpotRefusal.AssetNotFound, venue.Send(0, new ConfigureSpot { FeeToken = 9, FeeTokenPair = 1 }).Refusal);
        Assert.Equal((ushort)SpotRefusal.InvalidTerms, venue.Send(0, new ConfigureSpot { FeeTokenFactor = -1 }).Refusal);
        Assert.Equal((ushort)SpotRefusal.UserNotFound, venue.Send(0, new SetTraderSettings { User = 5 }).Refusal);
        var ann = venue.User("ann");
        Assert.Equal((ushort)SpotRefusal.InvalidTerms, venue.Send(0, new SetTraderSettings { User = ann, TakerFee = -2 }).Refusal);
        Assert.Equal((ushort)SpotRefusal.InvalidTerms, venue.Send(0, new SetTraderSettings { User = ann, MakerFee = -Rate.One - 1 }).Refusal);
    }

    [Fact]
    public void S_005_an_asset_listed_twice_stays_itself()
    {
        var venue = WithPair();
        Assert.Equal(Btc, venue.Accept(0, new ListAsset { Scale = 8 }, "BTC", "Bitcoin again"));
        Assert.Equal(12, venue.Spot.Assets[0].Scale);
    }

    [Fact]
    public void S_055_S_052_rates_of_a_user_hold_for_orders_accepted_after_they_were_set()
    {
        var venue = WithPair(terms => terms with { MakerFee = Fraction("0.001"), TakerFee = Fraction("0.002") });
        var ann = venue.Rich("ann");
        var order = new PlaceOrder { Instrument = BtcUsdt, Wallet = 1, Side = Side.Sell, Price = 1000, Size = 1000 };
        venue.Accept(ann, order);
        Assert.Equal((Fraction("0.001"), Fraction("0.002")), (venue.Only<OrderAccepted>().MakerRate, venue.Only<OrderAccepted>().TakerRate));
        venue.Accept(0, new SetTraderSettings { User = ann, MakerFee = 0, TakerFee = Fraction("0.0002"), UniqueText = -1, FeeToken = -1 });
        venue.Accept(ann, order);
        Assert.Equal((0L, Fraction("0.0002")), (venue.Only<OrderAccepted>().MakerRate, venue.Only<OrderAccepted>().TakerRate));
        venue.Accept(venue.Rich("bob"), order with { Side = Side.Buy, Size = 2000 });
        Assert.Equal(["0.1", "0"], venue.Of<OrderFilled>().Select(f => f.MakerFee.ToString()));
    }
}
