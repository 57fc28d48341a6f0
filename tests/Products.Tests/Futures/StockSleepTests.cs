using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Pricing;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Stock contracts while their market sleeps (K-200…K-207), with the rules' own numbers: 268.00, twenty times.</summary>
public class StockSleepTests
{
    private static readonly ContractTerms Stock = Linear("BTC", multiplierDecimals: 0, priceDecimals: 4, tick: 100, leverage: 20) with
    {
        Symbol = "NVDA_USDT", Underlying = Underlying.Stocks, OrderPriceDeviate = R("0.5"), MarketOrderSlip = R("0.2"), MakerFee = Rate.Zero, TakerFee = Rate.Zero,
        RiskLimits = Tiers(("1000000", "0.02", "0.05")), Funding = new FundingTerms(28_800, 0, R("0.003"), Rate.Zero, M("1000")),
    };

    private static Exchange With(OffHoursPricing pricing = OffHoursPricing.Ewma, ContractTerms? terms = null, Func<ListContract, ListContract>? change = null) =>
        Exchange.With(terms ?? Stock, "268", listing => (change ?? (same => same))(listing with { OffHours = pricing, ClosedFundingFactor = Rate.One }))
            .User("A", "1000000").User("B", "1000000");

    private static string Inner(Exchange e) => DecimalText.Format(Fixed.Divide(e.Market.Sleep.Inner.Value, 10_000_000, Rounding.HalfEven), 6);

    private static (string, string) Band(Exchange e) => (e.Market.Contract.Text(e.Market.Sleep.Band.Low), e.Market.Contract.Text(e.Market.Sleep.Band.High));

    private static ContractTerms AtMost(int leverage) => Stock with { LeverageMax = X(leverage) };

    [Fact]
    public void K_202_the_band_is_one_over_the_highest_leverage_and_a_tenth_at_most_in_a_halt()
    {
        var e = With();
        e.Price("268", IndexFlags.Closed);
        Assert.Equal(("254.6", "281.4"), Band(e));
        e = With(terms: AtMost(10));
        e.Price("268", IndexFlags.Closed);
        Assert.Equal(("241.2", "294.8"), Band(e));
        e = With(terms: AtMost(5));
        e.Price("268", IndexFlags.Halted);
        Assert.Equal(("241.2", "294.8"), Band(e));
        e.Price("268", IndexFlags.Closed);                              // computed once, when it stopped being live
        Assert.Equal(("241.2", "294.8"), Band(e));
        Assert.Equal((MarketSession.Halted, MarketSession.Closed), (e.Events<ContractSessionChanged>().Single().Old, e.Market.Sleep.Session));
    }

    [Fact]
    public void K_200_K_203_a_frozen_index_stays_whatever_the_book_does()
    {
        var e = With(OffHoursPricing.Freeze);
        e.Place("A", 100, "279");
        e.Place("B", -100, "280");
        e.Price("268", IndexFlags.Closed);
        for (var hour = 0; hour < 56; hour++)
        {
            e.Wait(3_600);
            e.Price("268", IndexFlags.Closed);
        }
        Assert.Equal("268", e.Market.Contract.Text(e.Market.Index));
        Assert.Equal(MarketStatus.Tradable, e.Market.Status);
    }

    [Fact]
    public void K_203_the_middle_of_the_impact_prices_moves_the_index_every_three_seconds()
    {
        var e = With();
        e.Place("A", 100, "271");
        e.Place("B", -100, "273");
        e.Price("268", IndexFlags.Closed);
        foreach (var expected in new[] { "268.003332", "268.006661", "268.009988" })
        {
            e.Wait(3);
            Assert.Equal(expected, Inner(e));
        }
        e.Wait(3 * 1_197);
        Assert.Equal("270.528482", Inner(e));
        Assert.Equal("270.5285", e.Market.Contract.Text(e.Market.Index));
    }

    [Fact]
    public void K_203_the_index_reaches_the_edge_of_the_band_and_stays()
    {
        var e = With();
        e.Place("A", 100, "289");
        e.Place("B", -100, "291");
        e.Price("268", IndexFlags.Closed);
        e.Wait(3 * 1_127);
        Assert.True(e.Market.Sleep.Inner.Value < SmoothedPrice.StartingAt(e.P("281.4")).Value);
        e.Wait(3);
        Assert.Equal("281.4", Inner(e));
        e.Wait(36_000);
        Assert.Equal("281.4", Inner(e));
    }

    [Fact]
    public void K_203_a_side_with_less_than_ten_thousand_leaves_the_index_where_it_is()
    {
        var e = With();
        e.Place("A", 100, "271");
        e.Place("B", -36, "273");                                       // 9,828
        e.Price("268", IndexFlags.Closed);
        e.Wait(300);
        Assert.Equal("268", Inner(e));
        e.Place("B", -1, "274");
        e.Wait(3);
        Assert.NotEqual("268", Inner(e));
    }

    [Fact]
    public void K_204_the_mark_moves_by_half_a_percent_in_three_seconds()
    {
        var e = With();
        e.Price("268", IndexFlags.Closed);
        e.Trade("B", "A", 100, "281");
        e.Place("A", 1, "280.9");
        e.Place("B", -1, "281.1");
        Assert.Equal("268", e.Market.Contract.Text(e.Market.Mark));
        foreach (var expected in new[] { "269.34", "270.6867", "272.0401", "273.4003", "274.7673", "276.1412", "277.5219", "278.9095", "280.304", "281", "281" })
        {
            e.Wait(3);
            Assert.Equal(expected, e.Market.Contract.Text(e.Market.Mark));
        }
    }

    [Fact]
    public void K_205_the_aggressive_side_is_limited_to_the_band()
    {
        var e = With();
        e.Price("268", IndexFlags.Closed);
        e.Place("A", 1, "281.4");
        Assert.Equal(FuturesRefusal.PriceTooDeviated, e.Refused("A", e.Order(1, "281.41")));
        Assert.Equal(FuturesRefusal.PriceTooDeviated, e.Refused("A", e.Order(-1, "254.59")));
        var low = e.Place("A", 1, "200");
        Assert.Equal(FuturesRefusal.PriceTooDeviated, e.Refused("A", new AmendContractOrder { OrderId = low, Price = e.P("281.41") }, ""));
        e.Price("268");
        e.Place("A", 1, "281.41");
    }

    [Fact]
    public void K_205_a_market_order_reaches_two_percent_from_the_mark_and_not_beyond_the_band()
    {
        var e = With();
        e.Price("268", IndexFlags.Closed);
        e.Mark("270");
        e.Place("B", -1, "275.4");
        e.Place("B", -1, "275.41");
        e.Place("A", 2, "0");
        Assert.Equal("275.4", e.Market.Contract.Text(Assert.Single(e.Events<ContractFilled>()).Price));
        Assert.Equal(1, e.Of("A").Size);

        e.Mark("280");                                                  // 285.60 is outside the band
        e.Place("B", -1, "281.4");
        e.Place("B", -1, "281.5");
        e.Accept("B", new CancelContractOrder { OrderId = e.State.Pool.Orders[e.Market.Book.Slots(Side.Sell).First()].Id });
        e.Place("A", 2, "0");
        Assert.Equal("281.4", e.Market.Contract.Text(Assert.Single(e.Events<ContractFilled>()).Price));
    }

    [Fact]
    public void K_205_what_is_opened_asleep_has_half_the_leverage()
    {
        var e = With();
        e.Leverage("A", 20);
        e.Trade("B", "A", 10, "268");
        e.Price("268", IndexFlags.Closed);
        Assert.Equal("134", e.Of("A").Margin.ToString());               // kept
        Assert.Equal(FuturesRefusal.LeverageTooHigh, e.Refused("A", e.Order(10, "268")));
        e.Place("A", -5, "268");                                        // closing is free
        e.Leverage("A", 10);
        e.Place("A", 10, "268");
        Assert.Equal(FuturesRefusal.LeverageTooHigh, e.Refused("A", new SetLeverage { Instrument = e.Id, Leverage = 1_100 }));

        e = With(change: terms => terms with { ClosedLeverageMax = 500 });
        e.Price("268", IndexFlags.Closed);
        Assert.Equal(FuturesRefusal.LeverageTooHigh, e.Refused("A", e.Order(10, "268")));
        e.Leverage("A", 5);
        e.Place("A", 10, "268");
    }

    [Fact]
    public void K_206_the_gap_at_the_opening_is_real()
    {
        var e = With();
        e.Endow("1000");
        e.Leverage("A", 20);
        e.Trade("B", "A", 10, "268");
        e.Price("268", IndexFlags.Closed);
        e.Wait(3_600);
        Assert.Equal("134", e.Of("A").Margin.ToString());
        e.Price("249.8");                                              // what the price service believes after 250.00, 250.40 and 249.80
        Assert.Equal("249.8", e.Market.Contract.Text(e.Market.Index));
        Assert.Equal("249.8", e.Market.Contract.Text(e.Market.Mark));
        Assert.Equal(0, e.Of("A").Size);
        Assert.Equal("254.6", e.Market.Contract.Text(Assert.Single(e.Events<PositionLiquidated>()).BankruptcyPrice));
        var fund = e.Of(Products.Futures.State.FuturesState.FundUser);
        Assert.Equal("-48", e.Market.Contract.Unrealised(fund.Size, fund.EntryValue, e.Market.Mark).ToString());
    }

    [Fact]
    public void K_201_a_halted_stock_is_priced_inside_and_its_positions_go_on_being_watched()
    {
        var e = With();
        e.Price("268", IndexFlags.Halted);
        e.Wait(3_600);
        Assert.False(e.Market.IsStale(e.Venue.Now));
        Assert.Equal(MarketStatus.Tradable, e.Market.Status);

        e = With(OffHoursPricing.Freeze);
        e.Price("268", IndexFlags.Halted);
        e.Wait(3_600);
        Assert.Equal(MarketStatus.CircuitBreaker, e.Market.Status);     // F-052: a price that stopped
        e.Price("268");
        Assert.Equal(MarketStatus.Tradable, e.Market.Status);
    }

    // Frozen in a halt the price grows old, and while it is nobody is looked at. What the mark reached meanwhile is looked at with the price that ends it.
    [Theory]
    [InlineData(IndexFlags.Halted)]
    [InlineData(IndexFlags.Closed)]
    public void F_171_F_241_what_was_reached_while_the_price_was_old_is_looked_at_when_it_is_not_any_more(IndexFlags before)
    {
        var e = With(OffHoursPricing.Freeze);
        e.Endow("1000");
        e.Leverage("A", 20);
        e.Trade("B", "A", 10, "268");
        e.Price("268", before);
        e.Wait(120);
        Assert.True(e.Market.IsStale(e.Venue.Now));
        e.Mark("255");
        Assert.Equal(10, e.Of("A").Size);
        var twin = e.Venue.Restored();

        e.Price("268", IndexFlags.Closed);
        Assert.False(e.Market.IsStale(e.Venue.Now));
        Assert.Equal("255", e.Market.Contract.Text(e.Market.Mark));
        Assert.Equal(0, e.Of("A").Size);
        Assert.Single(e.Events<PositionLiquidated>());

        twin.Execute(new Stamp(e.Venue.Machine.Sequence, e.Venue.Now), e.Venue.LastRecord);
        Assert.True(e.Venue.EventBytes.SequenceEqual(twin.EventBytes));
        e.Price("268", IndexFlags.Closed);
        Assert.Empty(e.Events<ContractPriced>());                       // said again, it changes nothing
    }

    [Theory]
    [InlineData("1", "0.003")]
    [InlineData("0.5", "0.0015")]
    [InlineData("0", "0")]
    public void K_207_funding_asleep_is_a_part_of_the_rate(string factor, string rate)
    {
        var e = With(change: terms => terms with { ClosedFundingFactor = R(factor).Raw });
        e.Place("A", 100, "276");                                       // 2.9 % above: beyond the cap of 0.3 %
        e.Place("B", -100, "277");
        e.Price("268", IndexFlags.Closed);
        e.Wait(60);
        Assert.Equal(R(rate), e.Market.Rate);
    }

    [Fact]
    public void K_203_nothing_is_left_of_a_night_on_the_next_day_and_a_restored_machine_dreams_the_same()
    {
        var e = With();
        e.Place("A", 100, "271");
        e.Place("B", -100, "273");
        e.Price("268", IndexFlags.Closed);
        e.Wait(1_000);
        var twin = e.Venue.Restored();
        Assert.Equal(e.Venue.Machine.StateHash(), twin.Machine.StateHash());
        var record = Venue.Record(0, default(Tick), default, 0, [], CommandFlags.None);
        e.Venue.Now += 600 * Nanos.PerSecond;
        var stamp = new Stamp(e.Venue.Machine.Sequence + 1, e.Venue.Now);
        e.Venue.Execute(stamp, record);
        twin.Execute(stamp, record);
        Assert.True(e.Venue.EventBytes.SequenceEqual(twin.EventBytes));
        e.Price("270");
        Assert.Equal("270", e.Market.Contract.Text(e.Market.Index));
        Assert.Equal(default, e.Market.Sleep.Inner);
        e.Wait(10);                                                     // the timer ends with nobody to step
        Assert.Equal(0, e.State.NextStockStepNanos);
    }
}
