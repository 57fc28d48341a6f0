using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Spot;

namespace Sluice.Products.Tests.Spot;

/// <summary>A trader is found by its base account: several pairs may share one.</summary>
public class TraderTests
{
    [Fact]
    public void S_061_pairs_with_one_base_asset_keep_their_traders_apart_also_behind_a_snapshot()
    {
        var venue = Venue.WithPair();
        venue.Accept(0, new ListAsset { Scale = 12 }, "EUR", "Euro");
        venue.Accept(0, new ListAsset { Scale = 12 }, "GBP", "Pound");
        int[] pairs = [Venue.BtcUsdt, venue.List(null, quoteCode: "EUR"), venue.List(null, quoteCode: "GBP")];
        var users = Enumerable.Range(0, 5).Select(n => venue.Rich($"user{n}")).ToArray();
        var expected = new Dictionary<(int User, int Pair), List<long>>();
        for (var round = 0; round < 3; round++)
        {
            foreach (var user in users)
            {
                foreach (var pair in pairs.Where(pair => (user + pair) % 3 != 0))
                {
                    var order = venue.Accept(user, new PlaceOrder { Instrument = pair, Wallet = 1, Side = Side.Sell, Price = 10_000 + round, Size = 5 });
                    (expected.TryGetValue((user, pair), out var own) ? own : expected[(user, pair)] = []).Add(order);
                }
            }
        }
        Check(venue.Products);

        var (writer, other) = (new StateWriter(), new VenueProducts());
        venue.Machine.Save(writer);
        for (var twice = 0; twice < 2; twice++)             // also over a state that has traders of its own
        {
            other.Machine.Load(writer.Written.Span);
            Check(other);
        }
        venue.Machine.Load(writer.Written.Span);
        Check(venue.Products);
        Assert.Equal(other.Machine.StateHash(), venue.Machine.StateHash());

        venue.Accept(users[0], new CancelAllOrders { Instrument = pairs[1] });
        expected.Remove((users[0], pairs[1]));
        venue.Accept(users[1], new CancelAllOrders());
        foreach (var pair in pairs) expected.Remove((users[1], pair));
        Check(venue.Products);

        void Check(VenueProducts products)
        {
            var spot = products.Spot.State;
            foreach (var user in users)
            {
                foreach (var number in pairs)
                {
                    var orders = new List<long>();
                    if (spot.TryFindTrader(user, spot.PairOf(number)!, WalletId.Spot, out var trader))
                    {
                        Assert.Equal((user, number), (spot.Traders[trader].User, spot.Traders[trader].Instrument));
                        for (var slot = spot.Traders[trader].First; slot != OrderPool.None; slot = spot.Pool.Orders[slot].TraderNext) orders.Add(spot.Pool.Orders[slot].Id);
                        Assert.Equal(orders.Count, spot.Traders[trader].OpenCount);
                    }
                    Assert.Equal(expected.GetValueOrDefault((user, number)) ?? [], orders);
                    Assert.False(spot.TryFindTrader(user, spot.PairOf(number)!, WalletId.Margin(new InstrumentId(number)), out _));
                }
            }
            Assert.All(products.Machine.CheckInvariants(), check => Assert.Null(check.Broken));
        }
    }
}
