using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Orders;
using Sluice.Products.Futures.Pricing;
using Sluice.Products.Futures.State;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>What is worked out once for a contract and its mark says the same as each check by itself (M-012 to M-014, M-053).</summary>
public class OrderRangeTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(Rate.One, 1)]
    [InlineData(Rate.One / 3, 999_999_999_999)]
    [InlineData(30_000_000_000, 5_000_001)]
    [InlineData(1, ContractCheck.PriceMax)]
    [InlineData(Rate.One - 1, 7)]
    public void M_053_the_band_ends_where_the_exact_comparison_does(long deviate, long mark)
    {
        var contract = new Contract(Btc.Terms with { OrderPriceDeviate = new Rate(deviate), MarketOrderSlip = Rate.Zero });
        var range = new OrderRange(contract, mark);
        foreach (var price in new[] { range.Lowest - 1, range.Lowest, range.Lowest + 1, mark, range.Highest - 1, range.Highest, range.Highest + 1 })
        {
            Assert.Equal((Int128)price * Rate.One > (Int128)mark * (Rate.One + deviate), price > range.Highest);
            Assert.Equal((Int128)price * Rate.One < (Int128)mark * (Rate.One - deviate), price < range.Lowest);
        }
    }

    [Fact]
    public void M_012_an_ordinary_order_passes_every_check_of_its_form()
    {
        var random = new Random(7);
        var (ordinary, others) = (0, 0);
        foreach (var terms in new[]
        {
            Btc.Terms, Btc.Terms with { SizeStep = 10, OrderSizeMin = 20 }, Btc.Terms with { OrderPriceDeviate = Rate.Zero, MarketOrderSlip = Rate.Zero }, Eth.Terms,
            Btc.Terms with { OrderPriceDeviate = new Rate(Rate.One) }, BtcUsd.Terms, Btc.Terms with { OrderSizeMax = ContractCheck.SizeMax, MarketOrderSizeMax = 0 },
        })
        {
            var market = Exchange.With(terms, "50000").Market;
            var step = market.Terms.SizeStep;
            for (var i = 0; i < 4_000; i++)
            {
                var price = Near(random, random.Next(5) switch { 0 => market.Range.Lowest, 1 => market.Range.Highest, 2 => 0, 3 => ContractCheck.PriceMax, _ => market.Mark });
                var size = Near(random, random.Next(6) switch { 0 => 0, 1 => market.Terms.OrderSizeMin, 2 => market.Terms.OrderSizeMax, 3 => step, 4 => SizeOf(market), _ => step * random.Next(1, 100) });
                if (random.Next(2) == 0) price -= price % market.Terms.Tick;
                if (random.Next(2) == 0) size -= size % step;
                var command = new PlaceContractOrder { Instrument = market.Id.Value, Price = price, Size = random.Next(2) == 0 ? size : -size, TimeInForce = (TimeInForce)random.Next(4) };
                if (i == 0) command.Size = long.MinValue;
                if (!Admission.IsOrdinary(command, market))
                {
                    others++;
                    continue;
                }
                ordinary++;
                Assert.Equal(FuturesRefusal.None, Admission.Form(command, market));
                Assert.False(Bounds.Deviates(market, Side.Buy, price) || Bounds.Deviates(market, Side.Sell, price));
                Assert.Equal(market.Contract.Value(size, price).Raw, long.Abs(size) * market.Contract.ValueUnit * price * long.Sign(size));
                Assert.True(market.Contract.Value(long.Abs(size), market.Mark).Raw < 1L << 61);
            }
        }
        Assert.True(ordinary > 500 && others > 500, $"{ordinary} {others}");
    }

    [Fact]
    public void M_012_what_has_more_to_it_is_not_ordinary()
    {
        var market = Exchange.With(Btc.Terms, "50000").Market;
        var plain = new PlaceContractOrder { Instrument = market.Id.Value, Price = market.Mark, Size = 1, TimeInForce = TimeInForce.PostOnly };
        Assert.True(Admission.IsOrdinary(plain, market));
        foreach (var command in new[]
        {
            plain with { Price = 0 }, plain with { Size = 0 }, plain with { TimeInForce = (TimeInForce)4 }, plain with { StpAction = SelfTradeAction.CancelNewest },
            plain with { Flags = ContractOrderFlags.ReduceOnly }, plain with { AutoSize = AutoSize.CloseLong }, plain with { MarginMode = 1 }, plain with { Iceberg = 1 },
            plain with { SlippageRate = 1 }, plain with { TakeProfitTrigger = 1 }, plain with { TakeProfitPrice = 1 }, plain with { StopLossTrigger = 1 },
            plain with { StopLossPrice = 1 }, plain with { Price = market.Mark + 1 }, plain with { Iceberg = -1 },
        })
        {
            Assert.False(Admission.IsOrdinary(command, market));
        }
        foreach (var status in Enum.GetValues<MarketStatus>())
        {
            market.Status = status;
            Assert.Equal(status == MarketStatus.Tradable, Admission.IsOrdinary(plain, market));
        }
        market.Status = MarketStatus.Tradable;
        market.Sleep.Session = MarketSession.Closed;
        Assert.False(Admission.IsOrdinary(plain, market));
        market.Sleep.Session = MarketSession.Live;
        market.Mark = 0;
        Assert.False(Admission.IsOrdinary(plain, market));
    }

    [Fact]
    public void F_153_an_isolated_leg_is_looked_at_before_its_bankruptcy_price()
    {
        var random = new Random(11);
        var checkedLegs = 0;
        foreach (var terms in new[] { Btc.Terms with { OrderPriceDeviate = R("0.5") }, BtcUsd.Terms })
        {
            var unit = terms.Kind == ContractKind.Inverse ? 100 : 1_000;
            for (var round = 0; round < 40; round++)
            {
                var exchange = Exchange.With(terms, "60000").User("ann", "1000000").User("bob", "1000000");
                exchange.Leverage("ann", random.Next(1, 80));
                var bounds = new Bounds(exchange.State, new Products.Futures.Accounts.Sums(exchange.State));
                exchange.Trade("bob", "ann", (random.Next(2) == 0 ? 1 : -1) * unit * random.Next(1, 50), "60000");
                for (var i = 0; i < 20; i++)
                {
                    exchange.Venue.Accept(0, new PinMark { Instrument = exchange.Id, Mark = exchange.P((59_900 + random.Next(200)).ToString()) });
                    if (random.Next(3) == 0 && exchange.Of("ann").Size is not 0 and var size) exchange.Trade("bob", "ann", long.Sign(size) * unit, "60000");
                    exchange.State.Seats.TryFind(exchange["ann"], exchange.Market.Number, out var slot);
                    ref readonly var seat = ref exchange.State.Seats[slot];
                    if (seat.IsCross || seat.Net < 0 || exchange.State.Positions[seat.Net] is not { Size: not 0 } position) break;
                    if (bounds.BankruptcyPriceOf(seat, exchange.Market, Products.Futures.Positions.Leg.Net) is not { } bankruptcy) continue;
                    checkedLegs++;
                    Assert.True(position.Size > 0 ? bankruptcy <= position.TriggerMark + terms.Tick : bankruptcy >= position.TriggerMark - terms.Tick,
                        $"{position.Size} at {exchange.Market.Mark}: bankrupt at {bankruptcy}, looked at from {position.TriggerMark}");
                }
            }
        }
        Assert.True(checkedLegs > 300, $"{checkedLegs}");
    }

    private static long Near(Random random, long border) => border + random.Next(-2, 3);

    // About where a value at the mark has 61 bits.
    private static long SizeOf(Market market) => (long)((Int128)(1L << 61) / ((Int128)market.Contract.ValueUnit * market.Mark)) + 1;
}
