using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Spot;
using static Sluice.Products.Tests.Venue;

namespace Sluice.Products.Tests.Spot;

/// <summary>A plain limit order is admitted by bounds worked out before, any other rule by rule: both give the same answer and the same events, at every bound and beside it.</summary>
public class PlainOrderTests
{
    private static readonly ListPair Bounded = Terms with
    {
        MinBase = 10, MaxBase = 5000, MinQuote = Amount("1.00005"), MaxQuote = Amount("500.00005"), ReferencePrice = 1000, UpRate = Fraction("0.1"),
        DownRate = Fraction("0.1"), OrdersLimit = 40, BuyStartNanos = Start, SellStartNanos = Start + 5,
    };

    [Fact]
    public void M_010_M_012_M_014_M_055_M_130_S_061_at_every_bound() => Agree(Bounded,
        [-1, 0, 1, 899, 900, 901, 909, 999, 1000, 1001, 1099, 1100, 1101, 5001, Pair.PriceMax, Pair.PriceMax + 1],
        [-1, 0, 1, 9, 10, 11, 90, 99, 100, 101, 102, 111, 112, 4545, 4546, 4999, 5000, 5001, Pair.SizeMax, Pair.SizeMax + 1]);

    [Fact]
    public void M_012_M_055_without_limits() => Agree(Terms, [0, 1, 1000, Pair.PriceMax - 1, Pair.PriceMax, Pair.PriceMax + 1, long.MaxValue],
        [0, 1, 1000, (long)1e18 / 1000, Pair.SizeMax - 1, Pair.SizeMax, Pair.SizeMax + 1, long.MaxValue]);

    // 10^18 units are 10^22 of price × size here: more than 64 bits.
    [Fact]
    public void M_014_the_largest_value_that_can_be_paid() => Agree(Terms, [(1L << 32) - 1, 1L << 32, 5_000_000_000_000, 10_000_000_000_000, 10_000_000_000_001],
        [(1L << 32) - 1, 1L << 32, 1_000_000_000, 1_000_000_001]);

    [Fact]
    public void M_014_a_minimum_above_every_product_of_64_bits() => Agree(Terms with { MinQuote = Amount("2000000000000000") }, [4_000_000_000, 5_000_000_000, 5_000_000_001],
        [4_000_000_000, 4_000_000_001]);

    [Theory]
    [InlineData(MarketStatus.Untradable)]
    [InlineData(MarketStatus.Buyable)]
    [InlineData(MarketStatus.Sellable)]
    [InlineData(MarketStatus.CircuitBreaker)]
    [InlineData(MarketStatus.Delisting)]
    public void M_012_M_140_the_status_changes_and_comes_back(MarketStatus status)
    {
        var pair = new Two(Terms);
        foreach (var next in (MarketStatus[])[status, MarketStatus.Tradable])
        {
            pair.Both(0, new SetMarketStatus { Instrument = BtcUsdt, Status = next }, new SetMarketStatus { Instrument = BtcUsdt, Status = next });
            pair.PlaceAll([1000, 1001], [10]);
        }
    }

    [Fact]
    public void M_055_new_terms_and_a_trade_move_the_bounds()
    {
        var pair = new Two(Bounded);
        pair.Wait(10);
        pair.Place(new PlaceOrder { Instrument = BtcUsdt, Wallet = 1, Side = Side.Sell, Price = 1090, Size = 100 });
        pair.Place(new PlaceOrder { Instrument = BtcUsdt, Wallet = 1, Side = Side.Buy, Price = 1090, Size = 100 });
        pair.PlaceAll([980, 981, 1198, 1199, 1200], [100]);
        var wider = Bounded with { UpRate = Fraction("0.2"), DownRate = 0, MinBase = 1, MaxBase = 0, MinQuote = default, MaxQuote = default, OrdersLimit = 0 };
        pair.Both(0, wider, wider, "BTC_USDT", "BTC", "USDT");
        pair.PlaceAll([1, 980, 1199, 1307, 1308, 1309], [1, 9, 6000]);
    }

    // Below 2^64, at it and beyond, of both factors and of their product.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData((1L << 32) - 1, (1L << 32) + 1)]
    [InlineData(1L << 32, 1L << 32)]
    [InlineData(1L << 40, (1L << 24) + 1)]
    [InlineData(5_000_000_000_000, 1_000_000_000)]
    public void S_004_S_020_S_021_values_and_reservations_on_both_sides_of_64_bits(long price, long size)
    {
        var pair = WithPair().Spot.PairOf(BtcUsdt)!;
        var value = new Money(checked((Int128)price * size * pair.Book.ValueUnit));
        Assert.Equal(value, pair.Book.Value(price, size));
        Assert.Equal(value, pair.Value(price, size));
        Assert.Equal(value, pair.Reserved(Side.Buy, price, size));
        Assert.Equal(new Money((Int128)size * pair.BaseUnit), pair.Reserved(Side.Sell, price, size));
    }

    private static void Agree(ListPair terms, long[] prices, long[] sizes)
    {
        var pair = new Two(terms);
        pair.PlaceAll(prices[..1], sizes);
        pair.Wait(4);
        pair.PlaceAll(prices[..1], sizes);
        pair.Wait(1);
        pair.PlaceAll(prices, sizes);
    }

    /// <summary>Two venues that are told the same, but that no order of the second one is plain.</summary>
    private sealed class Two
    {
        private readonly Venue plain, other;
        private readonly int user;

        public Two(ListPair terms)
        {
            (plain, other) = (WithPair(_ => terms), WithPair(_ => terms));
            user = plain.User("ann");
            Assert.Equal(user, other.User("ann"));
            foreach (var venue in (Venue[])[plain, other])
            {
                venue.Fund(user, Btc, "1000000000000000");
                venue.Fund(user, Usdt, "1000000000000000000");
            }
        }

        public void Wait(long nanos)
        {
            plain.Now += nanos;
            other.Now += nanos;
        }

        public void PlaceAll(long[] prices, long[] sizes)
        {
            foreach (var price in prices)
            {
                foreach (var size in sizes)
                {
                    foreach (var side in (Side[])[Side.Buy, Side.Sell])
                    {
                        for (var time = TimeInForce.GoodTillCancelled; time <= TimeInForce.PostOnly; time++)
                        {
                            Place(new PlaceOrder { Instrument = BtcUsdt, Wallet = 1, Side = side, Price = price, Size = size, TimeInForce = time });
                        }
                    }
                    Both(user, new CancelAllOrders(), new CancelAllOrders());
                }
            }
        }

        /// <summary>A field that nobody reads makes an order one of a kind.</summary>
        public void Place(PlaceOrder order)
        {
            Both(user, order, order with { Reserved1 = 1 });
        }

        public void Both<T>(int actor, T command, T same, params string[] texts) where T : unmanaged, ICommand
        {
            var (first, second) = (plain.Send(actor, command, texts), other.Send(actor, same, texts));
            Assert.Equal(second.Refusal, first.Refusal);
            Assert.Equal(second.ObjectId, first.ObjectId);
            Assert.True(other.EventBytes.SequenceEqual(plain.EventBytes), $"{command} leaves other events");
        }
    }
}
