using System.Numerics;
using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Trailing orders (M-110).</summary>
public class TrailingOrderTests
{
    private static readonly long FivePercent = R("0.05").Raw;

    [Fact]
    public void MX_19_M_110_a_sell_five_percent_behind_fires_at_104_5_after_110()
    {
        var e = Ready("100");
        e.Place("B", 50, "104");
        var id = e.Accept("A", Percent(e, -3, FivePercent), "t-trail");
        var created = Assert.Single(e.Events<TrailCreated>());
        Assert.Equal((id, TriggerStatus.Open, e.P("100")), (created.OrderId, created.Status, created.Extremum));
        e.Mark("110");
        Assert.Equal((e.P("110"), Side.Sell, TriggerPriceType.Mark), Assert.Single(e.Events<TrailsMoved>()) is var moved ? (moved.Extremum, moved.Side, moved.PriceType) : default);
        e.Mark("104.6");
        Assert.Empty(e.Events<TrailFinished>());
        e.Mark("104.5");
        var finished = Assert.Single(e.Events<TrailFinished>());
        Assert.Equal((id, TriggerStatus.Succeeded, AutoReason.Fired, e.P("104.5"), e.P("110")),
            (finished.OrderId, finished.Status, finished.Reason, finished.ReferencePrice, finished.Extremum));
        var order = Assert.Single(e.Events<ContractOrderAccepted>());
        Assert.Equal((finished.NewOrder, id, 0, TimeInForce.ImmediateOrCancel, -3), (order.OrderId, order.TriggerId, order.Price, order.TimeInForce, order.Size));
        Assert.Equal(-3, e.Of("A").Size);
        e.Mark("120");
        e.Mark("90");
        Assert.Empty(e.Events<ContractOrderAccepted>());
    }

    // Help page: maximum 50,000; five percent, or 5,000.
    [Theory]
    [InlineData("0.05", "", "47500.1", "47500")]
    [InlineData("", "5000", "45000.1", "45000")]
    public void M_110_the_level_is_47500_five_percent_and_45000_five_thousand_below_50000(string percent, string distance, string before, string at)
    {
        var e = Ready("49000");
        var offset = percent.Length > 0 ? R(percent).Raw : e.P(distance);
        e.Accept("A", new CreateTrailingOrder
        {
            Instrument = e.Id, Amount = -1, Offset = offset, IsPercent = percent.Length > 0 ? (byte)1 : (byte)0, PriceType = TriggerPriceType.Mark,
        }, "");
        e.Mark("50000");
        e.Mark(before);
        Assert.Empty(e.Events<TrailFinished>());
        e.Mark(at);
        Assert.Equal(e.P(at), Assert.Single(e.Events<TrailFinished>()).ReferencePrice);
    }

    // The minimum is 90; ten percent above it is 99, and the part of a price step rounds up.
    [Fact]
    public void M_110_a_buy_follows_the_minimum_and_fires_from_below()
    {
        var e = Ready("100");
        e.Place("B", -50, "100");
        var id = e.Accept("A", Percent(e, 2, R("0.1").Raw), "");
        e.Mark("95");
        e.Mark("90.05");
        e.Mark("97");
        e.Mark("99.05");
        Assert.Empty(e.Events<TrailFinished>());
        e.Mark("99.06");
        Assert.Equal((id, e.P("90.05")), Assert.Single(e.Events<TrailFinished>()) is var f ? (f.OrderId, f.Extremum) : default);
        Assert.Equal(2, e.Of("A").Size);
    }

    [Fact]
    public void M_110_it_sleeps_until_its_activation_and_starts_at_that_reference()
    {
        var e = Ready("100");
        var id = e.Accept("A", Percent(e, -1, FivePercent) with { ActivationPrice = e.P("105"), Rule = TriggerRule.AtOrAbove }, "");
        Assert.Equal((TriggerStatus.Inactive, 0L), Assert.Single(e.Events<TrailCreated>()) is var c ? (c.Status, c.Extremum) : default);
        e.Mark("90");                                       // far below what it will follow
        e.Mark("104");
        Assert.Empty(e.Events<TrailUpdated>());
        e.Mark("106");
        var active = Assert.Single(e.Events<TrailUpdated>());
        Assert.Equal((id, TriggerStatus.Open, e.P("106"), 0), (active.OrderId, active.Status, active.Extremum, active.IsAmended));
        e.Mark("100.71");
        Assert.Empty(e.Events<TrailFinished>());
        e.Mark("100.70");
        Assert.Single(e.Events<TrailFinished>());
    }

    // Without a rule it is the side on which the price is; a condition that holds already is no waiting.
    [Theory]
    [InlineData("105", 0, TriggerStatus.Inactive, TriggerRule.AtOrAbove)]
    [InlineData("95", 0, TriggerStatus.Inactive, TriggerRule.AtOrBelow)]
    [InlineData("95", 1, TriggerStatus.Open, TriggerRule.AtOrAbove)]
    [InlineData("100", 2, TriggerStatus.Open, TriggerRule.AtOrBelow)]
    public void M_110_an_activation_has_a_side(string price, int rule, TriggerStatus status, TriggerRule decided)
    {
        var e = Ready("100");
        e.Accept("A", Percent(e, -1, FivePercent) with { ActivationPrice = e.P(price), Rule = (TriggerRule)rule }, "");
        Assert.Equal((status, decided), Assert.Single(e.Events<TrailCreated>()) is var c ? (c.Status, c.Terms.Rule) : default);
    }

    [Fact]
    public void M_110_M_102_last_index_and_mark_are_three_prices_and_ids_fire_in_order()
    {
        var e = Ready("100");
        e.Place("B", 50, "90");
        var last = e.Accept("A", Percent(e, -1, FivePercent) with { PriceType = TriggerPriceType.Last }, "");
        var index = e.Accept("A", Percent(e, -1, FivePercent) with { PriceType = TriggerPriceType.Index }, "");
        e.Mark("90");
        Assert.Empty(e.Events<TrailFinished>());
        e.Place("C", -1, "90", TimeInForce.ImmediateOrCancel);
        Assert.Equal(last, Assert.Single(e.Events<TrailFinished>()).OrderId);
        e.Price("95");
        Assert.Equal(index, Assert.Single(e.Events<TrailFinished>()).OrderId);

        // A price trigger between two trailing orders.
        e.Mark("100");
        var first = e.Accept("A", Percent(e, -1, FivePercent), "");
        var trigger = e.Accept("A", new CreateContractTrigger
        {
            Instrument = e.Id, TriggerPrice = e.P("95"), Rule = TriggerRule.AtOrBelow, PriceType = TriggerPriceType.Mark, Size = -1, TimeInForce = TimeInForce.ImmediateOrCancel,
        }, "");
        var third = e.Accept("A", Percent(e, -1, R("0.02").Raw), "");
        e.Mark("94");
        Assert.Equal([first, trigger, third], e.Events<ContractOrderAccepted>().Select(o => o.TriggerId));
    }

    [Fact]
    public void M_110_what_it_may_not_be()
    {
        var e = Ready("100", c => c with { TriggersLimit = 2 });
        var fine = Percent(e, -1, FivePercent);
        Assert.Equal(FuturesRefusal.ContractNotFound, e.Refused("A", fine with { Instrument = 99 }, ""));
        Assert.Equal(FuturesRefusal.InvalidCombination, e.Refused("A", fine with { Amount = 0 }, ""));
        Assert.Equal(FuturesRefusal.InvalidCombination, e.Refused("A", fine with { Offset = 0 }, ""));
        Assert.Equal(FuturesRefusal.InvalidCombination, e.Refused("A", fine with { Offset = Rate.One }, ""));
        Assert.Equal(FuturesRefusal.InvalidCombination, e.Refused("A", fine with { PositionRelated = 1 }, ""));
        Assert.Equal(FuturesRefusal.InvalidCombination, e.Refused("A", fine with { Amount = long.MinValue }, ""));
        Assert.Equal(FuturesRefusal.OffTick, e.Refused("A", fine with { ActivationPrice = e.P("105") + 1 }, ""));
        Assert.Equal(FuturesRefusal.InvalidText, e.Refused("A", fine, "what is this"));
        Assert.Equal(FuturesRefusal.ReduceOnlyNoPosition, e.Refused("A", fine with { ReduceOnly = 1, PositionRelated = 1 }, ""));
        var id = e.Accept("A", fine, "");
        e.Accept("A", fine, "");
        Assert.Equal(FuturesRefusal.TooManyTriggers, e.Refused("A", fine, ""));
        Assert.Equal(FuturesRefusal.TriggerNotFound, e.Refused("B", new StopTrailingOrder { OrderId = id }));
        Assert.Equal(FuturesRefusal.TriggerNotFound, e.Refused("B", new UpdateTrailingOrder { OrderId = id, Amount = -2 }));
    }

    [Fact]
    public void M_087_a_mode_waits_for_trailing_orders()
    {
        var e = Ready("100");
        var id = e.Accept("A", Percent(e, -1, FivePercent), "");
        Assert.Equal(FuturesRefusal.OrdersOpen, e.Refused("A", new SetPositionMode { Wallet = 2, Mode = PositionMode.Dual }));
        Assert.Equal(FuturesRefusal.OrdersOpen, e.Refused("A", new SetMarginMode { Instrument = e.Id }));
        e.Accept("A", new StopTrailingOrder { OrderId = id });
        Assert.Equal((TriggerStatus.Cancelled, AutoReason.Stopped), Assert.Single(e.Events<TrailFinished>()) is var f ? (f.Status, f.Reason) : default);
        e.Accept("A", new SetPositionMode { Wallet = 2, Mode = PositionMode.Dual });
    }

    [Fact]
    public void M_110_a_change_keeps_the_extremum_and_may_fire_at_once()
    {
        var e = Ready("100");
        e.Place("B", 50, "90");
        var id = e.Accept("A", Percent(e, -1, FivePercent), "");
        e.Mark("110");
        e.Mark("106");
        Assert.Equal(FuturesRefusal.NoChange, e.Refused("A", new UpdateTrailingOrder { OrderId = id, Amount = -1, Offset = FivePercent, IsPercent = 1 }));
        Assert.Equal(FuturesRefusal.InvalidCombination, e.Refused("A", new UpdateTrailingOrder { OrderId = id, Amount = 1 }));
        Assert.Equal(FuturesRefusal.TrailIsActive, e.Refused("A", new UpdateTrailingOrder { OrderId = id, ActivationPrice = e.P("120"), Changes = TrailChanges.Activation }));
        e.Accept("A", new UpdateTrailingOrder { OrderId = id, Amount = -2, Offset = e.P("10") });
        Assert.Equal((e.P("110"), -2L, 1), Assert.Single(e.Events<TrailUpdated>()) is var u ? (u.Extremum, u.Terms.Amount, u.IsAmended) : default);
        e.Accept("A", new UpdateTrailingOrder { OrderId = id, Offset = e.P("4") });
        Assert.Equal((id, e.P("106")), Assert.Single(e.Events<TrailFinished>()) is var f ? (f.OrderId, f.ReferencePrice) : default);
        Assert.Equal(-2, e.Of("A").Size);
    }

    [Fact]
    public void M_110_a_waiting_one_may_change_its_activation()
    {
        var e = Ready("100");
        var id = e.Accept("A", Percent(e, -1, FivePercent) with { ActivationPrice = e.P("120") }, "");
        e.Accept("A", new UpdateTrailingOrder { OrderId = id, ActivationPrice = e.P("110"), Changes = TrailChanges.Activation });
        Assert.Equal((TriggerStatus.Inactive, TriggerRule.AtOrAbove), Assert.Single(e.Events<TrailUpdated>()) is var w ? (w.Status, w.Terms.Rule) : default);
        e.Accept("A", new UpdateTrailingOrder { OrderId = id, ActivationPrice = 0, Changes = TrailChanges.Activation });
        Assert.Equal((TriggerStatus.Open, e.P("100")), Assert.Single(e.Events<TrailUpdated>()) is var a ? (a.Status, a.Extremum) : default);
    }

    [Fact]
    public void M_110_M_081_reduce_only_fails_without_a_position_and_says_why()
    {
        var e = Ready("100");
        e.Place("B", 50, "90");
        e.Accept("A", Percent(e, -1, FivePercent) with { ReduceOnly = 1 }, "");
        e.Mark("95");
        Assert.Equal((TriggerStatus.Failed, AutoReason.Refused, (ushort)FuturesRefusal.ReduceOnlyNoPosition),
            Assert.Single(e.Events<TrailFinished>()) is var f ? (f.Status, f.Reason, f.Refusal) : default);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void M_110_bound_to_a_position_it_ends_with_it_and_closes_no_more_than_is_left(bool hedged)
    {
        var e = Ready("100");
        if (hedged) e.Accept("A", new SetPositionMode { Wallet = 2, Mode = PositionMode.Dual });
        e.Trade("B", "A", 10, "100");
        var bound = Percent(e, -10, FivePercent) with { ReduceOnly = 1, PositionRelated = 1 };
        var first = e.Accept("A", bound, "");
        var leg = hedged ? Leg.Long : Leg.Net;
        Assert.Equal(10, e.Of("A", leg).Size);
        var reduce = e.Order(-4, "0") with { Flags = ContractOrderFlags.ReduceOnly };
        e.Place("B", 20, "94");
        e.Place("A", reduce with { Price = e.P("94"), TimeInForce = TimeInForce.ImmediateOrCancel });
        Assert.Equal(6, e.Of("A", leg).Size);
        e.Mark("95");
        Assert.Equal((first, TriggerStatus.Succeeded), Assert.Single(e.Events<TrailFinished>()) is var f ? (f.OrderId, f.Status) : default);
        Assert.Equal(0, e.Of("A", leg).Size);

        e.Trade("B", "A", 5, "95");
        var second = e.Accept("A", bound with { Amount = -5 }, "");
        e.Accept("A", new StopAllTrailingOrders { Wallet = 2, Guards = GuardedSide.Short });
        Assert.Empty(e.Events<TrailFinished>());
        e.Place("A", reduce with { Size = -5, Price = e.P("94"), TimeInForce = TimeInForce.ImmediateOrCancel });
        Assert.Equal((second, TriggerStatus.Cancelled, AutoReason.PositionClosed), Assert.Single(e.Events<TrailFinished>()) is var g ? (g.OrderId, g.Status, g.Reason) : default);
    }

    [Fact]
    public void F_165_M_110_a_liquidation_ends_it_before_it_can_fire()
    {
        var e = Exchange.With(Btc.Terms, "84000").User("A", "100000").User("B", "10000000");
        e.Endow("100000");
        e.Leverage("A", 20);
        e.Trade("B", "A", 1_000, "84000");
        var stop = e.Accept("A", Percent(e, -1_000, R("0.04").Raw) with { ReduceOnly = 1, PositionRelated = 1 }, "");
        e.Price("79500");
        Assert.Equal((stop, TriggerStatus.Cancelled, AutoReason.Liquidated), Assert.Single(e.Events<TrailFinished>()) is var f ? (f.OrderId, f.Status, f.Reason) : default);
        Assert.Single(e.Events<LiquidationStarted>());
    }

    [Fact]
    public void M_140_F_230_a_halt_sees_no_price_and_the_end_of_a_contract_ends_it()
    {
        var e = Ready("100");
        var id = e.Accept("A", Percent(e, -1, FivePercent), "");
        e.Accept("", new SetContractStatus { Instrument = e.Id, Status = MarketStatus.CircuitBreaker });
        e.Mark("50");
        Assert.Empty(e.Events<TrailFinished>());
        e.Accept("", new SetContractStatus { Instrument = e.Id, Status = MarketStatus.Tradable });
        e.Mark("100");
        e.Accept("", new SetContractStatus { Instrument = e.Id, Status = MarketStatus.Delisting, EndNanos = e.Venue.Now + 60 * Nanos.PerSecond });
        Assert.Equal(FuturesRefusal.ContractInDelisting, e.Refused("A", Percent(e, -1, FivePercent), ""));
        e.Wait(60);
        Assert.Equal((id, AutoReason.ContractEnded), Assert.Single(e.Events<TrailFinished>()) is var f ? (f.OrderId, f.Reason) : default);
    }

    // A tick that activates and fires nothing moves groups, and allocates nothing.
    [Fact]
    public void M_110_prices_that_move_extremes_allocate_nothing()
    {
        var e = Ready("1000");
        for (var i = 1; i <= 20; i++)
        {
            e.Accept("A", Percent(e, i % 2 == 0 ? 1 : -1, R("0.2").Raw + i), "");
            e.Accept("A", Percent(e, i % 2 == 0 ? 1 : -1, 0) with { IsPercent = 0, Offset = e.P("300") + i }, "");
        }
        var (machine, events, now) = (e.Venue.Machine, new EventBuffer(1 << 20), e.Venue.Now);
        var pin = Venue.Record(0, new PinMark { Instrument = e.Id }, default, 0, []);
        var mark = e.P("1000");

        void Round(int ticks)
        {
            for (var i = 0; i < ticks; i++)
            {
                events.Clear();
                mark += i % 2 == 0 ? 40 : -37;              // a new maximum every other time
                MemoryMarshal.AsRef<PinMark>(pin.AsSpan(16)).Mark = mark;
                machine.Execute(new Stamp(machine.Sequence + 1, now), pin, events);
            }
        }

        // The runtime may put what it compiles on this thread's account: of some rounds the one with least counts, and what a price allocates is in all of them.
        Round(500);
        var least = long.MaxValue;
        for (var n = 0; n < 4; n++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Round(1_000);
            least = long.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
        Assert.Equal(40, e.State.Trails.All.Count);
        Assert.Equal(mark + 37, e.State.Trails.All.Values.Where(t => t.Side == Side.Sell).Max(t => t.Extremum));
    }

    // Random extremes of both sides against each order's own maximum or minimum, on exact fractions; with a machine restored on the way.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void M_110_groups_move_and_fire_as_each_order_alone_would(int seed)
    {
        var random = new Random(seed);
        var e = Ready("1000");
        var plain = new SortedDictionary<long, Plain>();
        var mark = e.P("1000");
        for (var step = 0; step < 1_500; step++)
        {
            if (random.Next(3) == 0 && plain.Count < 40)
            {
                var percent = random.Next(2) == 0;
                var terms = new CreateTrailingOrder
                {
                    Instrument = e.Id, Amount = random.Next(2) == 0 ? 1 : -1, PriceType = TriggerPriceType.Mark, IsPercent = percent ? (byte)1 : (byte)0,
                    Offset = percent ? random.Next(1, 60) * (Rate.One / 1000) + random.Next(7) : random.Next(1, 6_000),
                    ActivationPrice = random.Next(2) == 0 ? 0 : (mark + random.Next(-3_000, 3_000)) / 10 * 10, Rule = (TriggerRule)random.Next(3),
                };
                plain.Add(e.Accept("A", terms, ""), new Plain(Assert.Single(e.Events<TrailCreated>()).Terms, mark));
                continue;
            }
            if (random.Next(12) == 0 && plain.Count > 0)
            {
                var gone = plain.Keys.ElementAt(random.Next(plain.Count));
                e.Accept("A", new StopTrailingOrder { OrderId = gone });
                Assert.Equal(plain[gone].Extremum, Assert.Single(e.Events<TrailFinished>()).Extremum);
                plain.Remove(gone);
                continue;
            }
            mark = long.Max(50_000, mark + random.Next(-1_500, 1_501));
            e.Mark(e.Market.Contract.Text(mark));
            var fired = plain.Where(p => p.Value.Sees(mark)).Select(p => p.Key).ToList();
            Assert.Equal(fired, e.Events<TrailFinished>().Select(f => f.OrderId));
            foreach (var id in fired) plain.Remove(id);
            Assert.Equal(plain.Select(p => (p.Key, p.Value.Extremum)), e.State.Trails.All.Values.Select(t => (t.Id, t.Extremum)));
            if (step % 100 == 0) Assert.Equal(e.Venue.Machine.StateHash(), e.Venue.Restored().Machine.StateHash());
        }
    }

    private sealed class Plain
    {
        private readonly CreateTrailingOrder terms;

        public Plain(CreateTrailingOrder terms, long mark)
        {
            this.terms = terms;
            Sees(mark);
        }

        public long Extremum { get; private set; }

        public bool Sees(long price)
        {
            if (Extremum == 0)
            {
                var starts = terms.ActivationPrice == 0 || (terms.Rule == TriggerRule.AtOrAbove ? price >= terms.ActivationPrice : price <= terms.ActivationPrice);
                if (starts) Extremum = price;
                return false;
            }
            Extremum = terms.Amount < 0 ? long.Max(Extremum, price) : long.Min(Extremum, price);
            BigInteger one = Rate.One;
            var way = terms.Amount < 0 ? -1 : 1;
            var level = terms.IsPercent != 0 ? Extremum * (one + way * (BigInteger)terms.Offset) : (Extremum + way * (BigInteger)terms.Offset) * one;
            return terms.Amount < 0 ? price * one <= level : price * one >= level;
        }
    }

    private static CreateTrailingOrder Percent(Exchange e, long amount, long rate) => new()
    {
        Instrument = e.Id, Amount = amount, Offset = rate, IsPercent = 1, PriceType = TriggerPriceType.Mark,
    };

    private static Exchange Ready(string price, Func<ListContract, ListContract>? change = null) =>
        Exchange.With(Btc.Terms with { OrderPriceDeviate = R("0.3"), MarketOrderSlip = R("0.2") }, price, change).User("A", "100000").User("B", "10000000").User("C", "10000000");
}
