using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Events;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>What an operator may choose for a contract, and is off otherwise (F-081, F-174, F-231).</summary>
public class OptionTests
{
    // 5 % of 84,000 is 4,200: 88,200 passes, a cent more does not. What is older than a minute no longer counts.
    [Fact]
    public void F_231_an_index_that_moves_too_far_in_a_minute_halts_its_contract_until_the_operator_opens_it()
    {
        var e = Exchange.With(Btc.Terms, "84000");
        e.Configure(options: now => now with { BreakerMove = R("0.05").Raw });
        After(e, 0, "84000");
        After(e, 30, "88200");
        Assert.Equal(MarketStatus.Tradable, e.Market.Status);
        After(e, 20, "88200.01");
        Assert.Equal(MarketStatus.CircuitBreaker, e.Market.Status);
        Assert.Equal(e.Venue.Machine.StateHash(), e.Venue.Restored().Machine.StateHash());
        After(e, 1, "84000");
        Assert.Equal(MarketStatus.CircuitBreaker, e.Market.Status);
        e.Accept("", new SetContractStatus { Instrument = e.Id, Status = MarketStatus.Tradable });

        After(e, 70, "88000");                  // the minute before knows 84,000
        After(e, 60, "92400");
        Assert.Equal(MarketStatus.Tradable, e.Market.Status);
        After(e, 61, "97020.01");               // 5 % of 92,400 and a cent
        Assert.Equal(MarketStatus.CircuitBreaker, e.Market.Status);
    }

    [Fact]
    public void F_231_nothing_halts_where_it_is_not_chosen()
    {
        var e = Exchange.With(Btc.Terms, "84000");
        After(e, 1, "60000");
        Assert.Equal(MarketStatus.Tradable, e.Market.Status);
        Assert.Empty(e.Market.Moves.Samples);
    }

    [Fact]
    public void F_081_a_rate_at_its_cap_twice_in_a_row_halves_the_interval_from_the_next_settlement_on()
    {
        var e = Exchange.With(Btc.Terms, "84000");
        e.Configure(terms => terms with { FundingRateLimit = R("0.00001").Raw }, options: now => now with { DynamicFunding = 1 });
        Settle(e);
        Assert.Equal(28_800, e.Market.Terms.Funding!.IntervalSeconds);
        Settle(e);
        Assert.Equal(14_400, e.Venue.Only<ContractConfigured>().Terms.FundingIntervalSeconds);
        Assert.Equal((14_400, 28_800, e.Venue.Now + Hours(8)), (e.Market.Terms.Funding!.IntervalSeconds, e.Market.Cycle!.IntervalSeconds, e.Market.NextFundingNanos));
        Assert.Equal(e.Venue.Machine.StateHash(), e.Venue.Restored().Machine.StateHash());
        Settle(e);
        Assert.Equal((14_400, e.Venue.Now + Hours(4)), (e.Market.Cycle!.IntervalSeconds, e.Market.NextFundingNanos));
    }

    // 10,000 contracts at 20 times have 4,263. At 80,000 they have 263 and need 300: a level of 0.877, above two thirds.
    [Fact]
    public void F_174_of_a_large_leg_a_fifth_is_sold_first_and_the_rest_half_a_minute_later()
    {
        var e = Ready();
        e.Mark("80000");
        Assert.Equal((8_000, -2_000), (e.Of("L").Size, e.Venue.Only<PositionLiquidated>().OrderSize));
        Assert.Equal(e.Venue.Machine.StateHash(), e.Venue.Restored().Machine.StateHash());
        e.Mark("80001");
        e.Wait(29);
        Assert.Equal(8_000, e.Of("L").Size);
        e.Wait(1);
        Assert.Equal((0, -8_000), (e.Of("L").Size, e.Venue.Only<PositionLiquidated>().OrderSize));
        Assert.Empty(e.State.Cooling);
    }

    // At 79,900: 163 for 299.625, 0.544.
    [Fact]
    public void F_174_a_level_below_two_thirds_sells_all_at_once_also_while_it_waits()
    {
        var deep = Ready();
        deep.Mark("79900");
        Assert.Equal(0, deep.Of("L").Size);
        var e = Ready();
        e.Mark("80000");
        e.Mark("79900");
        Assert.Equal(0, e.Of("L").Size);
        Assert.Single(e.Events<LiquidationEnded>());
    }

    [Fact]
    public void F_174_a_small_leg_goes_whole()
    {
        var e = Ready("100000");
        e.Mark("80000");
        Assert.Equal(0, e.Of("L").Size);
    }

    private static Exchange Ready(string chunk = "50000")
    {
        var e = Exchange.With(Btc.Terms with { OrderPriceDeviate = R("0.5") }, "84000").User("L", "50000").User("S", "1000000").User("B", "1000000");
        e.Configure(options: now => now with { LiquidationChunk = M(chunk) });
        e.Endow("100000");
        e.Leverage("L", 20);
        e.Trade("S", "L", 10_000, "84000");
        e.Place("B", 20_000, "79950");
        return e;
    }

    private static void After(Exchange e, int seconds, string price)
    {
        e.Venue.Now += seconds * Nanos.PerSecond;
        e.Price(price);
    }

    // Through the next settlement, with a premium sampled in the minute before.
    private static void Settle(Exchange e)
    {
        var due = e.Market.NextFundingNanos;
        e.Venue.Now = due - 90 * Nanos.PerSecond;
        e.Refresh();
        e.Venue.Now = due;
        e.Venue.Accept(0, default(Tick));
        e.Check();
    }
}
