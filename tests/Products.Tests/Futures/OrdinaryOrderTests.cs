using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>An ordinary order is admitted in a way of its own (M-016 to M-025), and so is its other price (M-093): the answers and the events are those of the long way, which an order
/// takes that says which of its seats it is for, and an amendment in a venue that asks for open losses. What an amended order is credited with is worked out in 64 bits where that suffices.</summary>
public class OrdinaryOrderTests
{
    private static readonly string[] Names = ["ann", "bob", "cid", "dan"];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void M_016_M_025_M_091_M_093_F_104_F_107_F_154_both_ways_agree_through_a_random_history(int seed)
    {
        var random = new Random(seed);
        var limited = seed % 4 == 0;
        Exchange[] both = [Listed(limited), Listed(limited)];
        var open = new List<long>();
        var refusals = new Dictionary<FuturesRefusal, int>();
        var amendments = new Dictionary<FuturesRefusal, int>();
        var amendedIntoTrades = 0;
        for (var i = 0; i < 1_600; i++)
        {
            var name = Names[random.Next(Names.Length)];
            var price = (60_000 + random.Next(-400, 401)).ToString();
            var before = both[0].Market.Book.LastTradeId;
            if (random.Next(150) == 0) foreach (var exchange in both) exchange.Mark(price);
            if (open.Count > 0 && random.Next(4) == 0)
            {
                var at = random.Next(open.Count);
                var id = open[at];
                open.RemoveAt(at);
                var result = Send(both, name, new CancelContractOrder { Instrument = both[0].Id, OrderId = id }, new CancelContractOrder { Instrument = both[0].Id, OrderId = id });
                if (!result.Accepted) open.Add(id);
                continue;
            }
            open.RemoveAll(id => !both[0].State.Pool.ById.TryGet(id, out _));
            if (open.Count > 0 && random.Next(3) == 0)
            {
                var (amended, trades) = (Amend(both, open[random.Next(open.Count)], both[0].P(price), random), both[0].Market.Book.LastTradeId - before);
                amendments[amended] = amendments.GetValueOrDefault(amended) + 1;
                if (trades > 0) amendedIntoTrades++;
                continue;
            }
            var size = random.Next(1, random.Next(8) == 0 ? 4_000 : 60) * (random.Next(2) == 0 ? 1 : -1);
            var order = both[0].Order(size, price, (TimeInForce)random.Next(4));
            var placed = Send(both, name, order, order with { MarginMode = IsCross(name) ? (byte)1 : (byte)2 });
            if (placed.Accepted) open.Add(placed.ObjectId);
            else refusals[(FuturesRefusal)placed.Refusal] = refusals.GetValueOrDefault((FuturesRefusal)placed.Refusal) + 1;
        }
        foreach (var exchange in both) exchange.Check();
        Assert.Contains(FuturesRefusal.InsufficientAvailable, refusals.Keys);
        Assert.Contains(FuturesRefusal.PostOnlyWouldTake, refusals.Keys);
        if (limited) Assert.Contains(FuturesRefusal.TooManyOrders, refusals.Keys);
        Assert.True(amendments[FuturesRefusal.None] > 60 && amendedIntoTrades > 10, string.Join(", ", amendments) + $", {amendedIntoTrades} traded");
        Assert.Contains(FuturesRefusal.InsufficientAvailable, amendments.Keys);
        Assert.Contains(FuturesRefusal.PostOnlyWouldTake, amendments.Keys);
    }

    // By whoever has the order. The second venue goes the long way for as long as it asks for open losses, which this contract has none of.
    private static FuturesRefusal Amend(Exchange[] both, long id, long price, Random random)
    {
        var state = both[0].State;
        Assert.True(state.Pool.ById.TryGet(id, out var slot));
        var (order, seat) = (state.Pool.Orders[slot], state.Seats[state.Pool.Orders[slot].Trader]);
        var size = random.Next(3) == 0 ? 0 : random.Next(0, random.Next(8) == 0 ? 4_000 : 90) * (order.Side == Side.Buy ? 1 : -1);
        var command = new AmendContractOrder { OrderId = id, Instrument = both[0].Id, Price = price, Size = size };
        both[1].State.AsksOpenLoss = true;
        var result = Send(both, Names.Single(name => both[0][name] == seat.User), command, command);
        both[1].State.AsksOpenLoss = false;
        return (FuturesRefusal)result.Refusal;
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void M_093_an_amendment_credits_what_the_order_counts_and_all_sums_hold_behind_it(int seed)
    {
        var random = new Random(seed);
        var exchange = Listed(false);
        var sums = new Products.Futures.Accounts.Sums(exchange.State);
        var (amended, refused) = (0, 0);
        for (var i = 0; i < 400; i++)
        {
            var name = Names[random.Next(Names.Length)];
            var price = (60_000 + random.Next(-300, 301)).ToString();
            var placed = exchange.Venue.Send(exchange[name], exchange.Order(random.Next(1, 90) * (random.Next(2) == 0 ? 1 : -1), price), "", "");
            if (!placed.Accepted || !exchange.State.Pool.ById.TryGet(placed.ObjectId, out var slot)) continue;
            var order = exchange.State.Pool.Orders[slot];
            ref readonly var seat = ref exchange.State.Seats[order.Trader];
            var part = sums.PartOf(exchange.Market, seat, order);
            Assert.Equal((order.Id, order.Left), (part.OrderId, part.Size));
            Assert.Equal(sums.MarginOf(exchange.Market, seat, order, order.Left), part.Margin);
            Assert.Equal(Products.Futures.Accounts.Sums.ValueOf(exchange.Market, order.Price, order.Left), part.Value);

            var to = random.Next(20) switch { 0 => 0, 1 => order.Price + 1, 2 => exchange.Market.Range.Highest + exchange.Market.Terms.Tick, _ => exchange.P((60_000 + random.Next(-300, 301)).ToString()) };
            var size = random.Next(3) == 0 ? 0 : random.Next(0, 120) * (order.Side == Side.Buy ? 1 : -1);
            var result = exchange.Venue.Send(exchange[name], new AmendContractOrder { OrderId = order.Id, Instrument = exchange.Id, Price = to, Size = size }, "");
            if (result.Accepted) amended++;
            else refused++;
            exchange.Check();
        }
        Assert.True(amended > 60 && refused > 5, $"{amended} {refused}");
    }

    private static Exchange Listed(bool limited)
    {
        var exchange = Exchange.With(Btc.Terms with { OrderPriceDeviate = R("0.05"), MarketOrderSlip = R("0.01"), OrdersLimit = limited ? 5 : 200 }, "60000");
        for (var i = 0; i < Names.Length; i++)
        {
            exchange.User(Names[i], i == 3 ? "300" : "20000");
            exchange.Leverage(Names[i], 5 + 20 * i, IsCross(Names[i]));
        }
        return exchange;
    }

    private static bool IsCross(string name) => name is "bob" or "dan";

    private static CommandResult Send<T>(Exchange[] both, string name, T command, T same) where T : unmanaged, ICommand
    {
        var first = both[0].Venue.Send(both[0][name], command, typeof(T) == typeof(PlaceContractOrder) ? ["", ""] : []);
        var second = both[1].Venue.Send(both[1][name], same, typeof(T) == typeof(PlaceContractOrder) ? ["", ""] : []);
        Assert.Equal(second.Refusal, first.Refusal);
        Assert.Equal(second.ObjectId, first.ObjectId);
        Assert.True(both[1].Venue.EventBytes.SequenceEqual(both[0].Venue.EventBytes), $"{command} leaves other events");
        return first;
    }
}
