using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Pricing;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Contracts of metals, indices and the like while their market sleeps (F-240…F-243).</summary>
public class SleepTests
{
    private static readonly ContractTerms Gold = Linear("BTC", multiplierDecimals: 2, priceDecimals: 4, tick: 100, leverage: 20) with
    {
        Symbol = "XAU_USDT", Underlying = Underlying.Metals, OrderPriceDeviate = R("0.5"), MarketOrderSlip = R("0.05"),
        RiskLimits = Tiers(("1000000", "0.02", "0.05")), Funding = new FundingTerms(28_800, 0, R("0.003"), Rate.Zero, M("1000")),
    };

    private static Exchange With(OffHoursPricing pricing = OffHoursPricing.InternalEma) =>
        Exchange.With(Gold, "100", terms => terms with { OffHours = pricing, ReopenRampSeconds = 60 }).User("A", "1000000").User("B", "1000000");

    private static string Inner(Exchange e) => DecimalText.Format(Fixed.Divide(e.Market.Sleep.Inner.Value, 10_000, Rounding.HalfEven), 9);

    [Fact]
    public void F_240_a_closed_market_says_so_and_opens_again_with_prices_from_outside()
    {
        var e = With();
        e.Price("100", IndexFlags.Closed);
        var closed = Assert.Single(e.Events<ContractSessionChanged>());
        Assert.Equal((MarketSession.Live, MarketSession.Closed), (closed.Old, closed.New));
        Assert.Equal(("100", "95", "105"), (e.Market.Contract.Text(closed.Reference), e.Market.Contract.Text(closed.Low), e.Market.Contract.Text(closed.High)));
        e.Price("100", IndexFlags.Closed);
        Assert.Empty(e.Events<ContractSessionChanged>());
        Assert.Empty(e.Events<ContractPriced>());                       // nothing is new
        e.Place("A", 100, "99");                                        // traded day and night
        e.Price("100");
        Assert.Equal(MarketSession.Reopening, Assert.Single(e.Events<ContractSessionChanged>()).New);
    }

    [Fact]
    public void FX_42_F_241_the_book_of_a_sleeping_contract_moves_its_index()
    {
        var e = With();
        e.Place("A", 5_000, "101");
        e.Price("100", IndexFlags.Closed);
        e.Wait(1);
        Assert.Equal("100.000277739", Inner(e));
        e.Wait(3_599);
        Assert.Equal("100.632120", Inner(e)[..10]);
        Assert.Equal("100.6321", e.Market.Contract.Text(e.Market.Index));
        Assert.False(e.Market.IsStale(e.Venue.Now));                    // what is made inside is never old (F-052)
    }

    [Fact]
    public void F_241_without_depth_or_with_a_frozen_index_nothing_moves()
    {
        var e = With();
        e.Place("A", 500, "101");                                       // 505 of the 1,000 asked for
        e.Price("100", IndexFlags.Closed);
        e.Wait(600);
        Assert.Equal("100", Inner(e));

        e = With(OffHoursPricing.Freeze);
        e.Place("A", 5_000, "101");
        e.Price("100", IndexFlags.Closed);
        e.Wait(600);
        Assert.Equal("100", e.Market.Contract.Text(e.Market.Index));
    }

    [Fact]
    public void F_241_F_056_the_average_of_the_middle_reaches_back_five_minutes_while_asleep()
    {
        var e = With(OffHoursPricing.Freeze);
        e.Place("A", 5_000, "99");
        e.Place("B", -5_000, "103");
        for (var i = 0; i < 40; i++)
        {
            e.Wait(1);
            e.Price("100");
        }
        Assert.Equal(30, e.Market.Middle.Count);
        e.Price("100", IndexFlags.Closed);
        Again(10);
        Assert.Equal(130, e.Market.Middle.Count);
        Again(30);
        Assert.Equal(300, e.Market.Middle.Count);
        e.Price("100");
        Assert.Equal(30, e.Market.Middle.Count);

        void Again(int times)
        {
            for (; times > 0; times--)
            {
                e.Wait(10);
                e.Price("100", IndexFlags.Closed);
            }
        }
    }

    [Fact]
    public void F_241_the_timer_rests_where_nobody_trades_and_goes_on_with_the_first_order()
    {
        var e = With();
        e.Price("100", IndexFlags.Closed);
        Assert.NotEqual(0, e.State.NextStepNanos);
        e.Wait(70);
        Assert.Equal(0, e.State.NextStepNanos);
        Assert.False(e.Market.IsStale(e.Venue.Now));
        e.Place("A", 5_000, "101");
        e.Wait(1);
        Assert.Equal("100.000277739", Inner(e));
    }

    [Fact]
    public void F_242_orders_and_mark_stay_within_one_over_the_highest_leverage()
    {
        var e = With();
        e.Place("B", -5_000, "120");                                    // while prices come from outside, as far as M-053 allows
        e.Price("100", IndexFlags.Closed);
        e.Place("A", 100, "105");
        Assert.Equal(FuturesRefusal.PriceTooDeviated, e.Refused("A", e.Order(100, "105.01")));
        Assert.Equal(FuturesRefusal.PriceTooDeviated, e.Refused("A", e.Order(-100, "94.99")));
        e.Place("A", 100, "50");                                        // what does not cross is not limited
        e.Place("B", -100, "104.99", TimeInForce.ImmediateOrCancel);
        Assert.Equal("105", e.Market.Contract.Text(Assert.Single(e.Events<ContractFilled>()).Price));

        // A market order too ends at the edge: the ask at 120 is not reached.
        e.Place("A", 100, "0");
        Assert.Empty(e.Events<ContractFilled>());
    }

    [Fact]
    public void F_242_a_band_held_at_its_edge_for_five_minutes_follows_once_an_hour()
    {
        var e = With();
        e.Place("A", 100_000, "140");                                   // bids that pull up for hours
        e.Price("100", IndexFlags.Closed);
        var anchors = new List<(long Seconds, string Reference)>();
        var start = e.Venue.Now;
        for (var i = 0; i < 3 * 360; i++)
        {
            e.Wait(10);
            foreach (var moved in e.Events<ContractSessionChanged>()) anchors.Add(((e.Venue.Now - start) / Nanos.PerSecond, e.Market.Contract.Text(moved.Reference)));
            Assert.InRange(e.Market.Mark, e.Market.Sleep.Band.Low, e.Market.Sleep.Band.High);
        }
        // 104.5 after 428 s: 40 · (1 − e^(−428/3600)) = 4.5; the edge itself after 481 s. Then 300 s there, and 3,600 s between two.
        Assert.Equal([(730L, "105"), (4_330L, "110.25"), (7_930L, "115.7625")], anchors);
    }

    [Fact]
    public void F_242_who_would_be_liquidated_outside_the_band_is_not_in_this_phase()
    {
        var e = With(OffHoursPricing.Freeze);
        e.Leverage("A", 10);
        e.Trade("B", "A", 1_000, "100");                                // liquidated below 92, the band ends at 95
        e.Price("100", IndexFlags.Closed);
        e.Place("B", -1_000, "95");
        e.Place("B", 100, "80");
        e.Wait(600);
        Assert.NotEqual(0, e.Of("A").Size);
        Assert.InRange(e.Market.Mark, e.Market.Sleep.Band.Low, e.Market.Sleep.Band.High);
        e.Price("90");                                                  // frozen prices have no way between
        Assert.Equal(0, e.Of("A").Size);
    }

    [Fact]
    public void F_243_the_index_is_led_to_the_first_prices_from_outside()
    {
        var e = With();
        e.Price("100", IndexFlags.Closed);
        e.Wait(600);
        e.Price("106");
        Assert.Equal("100", e.Market.Contract.Text(e.Market.Index));
        e.Wait(15);
        Assert.Equal("101.5", e.Market.Contract.Text(e.Market.Index));      // a quarter of the way
        e.Wait(15);
        e.Price("112");                                                 // 30 s later, half way to where prices are now
        Assert.Equal("106", e.Market.Contract.Text(e.Market.Index));
        e.Wait(29);
        Assert.Equal("111.8", e.Market.Contract.Text(e.Market.Index));
        e.Wait(1);
        Assert.Equal("112", e.Market.Contract.Text(e.Market.Index));
        Assert.Equal(MarketSession.Live, Assert.Single(e.Events<ContractSessionChanged>()).New);
        Assert.Equal(0L, e.Market.Sleep.Reference);
        e.Price("113");
        Assert.Equal("113", e.Market.Contract.Text(e.Market.Index));
    }

    [Fact]
    public void F_242_a_band_is_rounded_inward()
    {
        Assert.Equal(new OffHoursBand(2_546_000, 2_814_000), OffHoursBand.Of(2_680_000, X(20), false));
        Assert.Equal(new OffHoursBand(67, 133), OffHoursBand.Of(100, X(3), false));
        Assert.Equal(new OffHoursBand(1, 200), OffHoursBand.Of(100, X(1), false));
        Assert.Equal(130, new OffHoursBand(67, 133).Clamp(200, 10));
        Assert.Equal(70, new OffHoursBand(67, 133).Clamp(50, 10));
    }

    [Fact]
    public void F_305_only_perpetual_contracts_in_the_settle_currency_sleep()
    {
        var e = With();
        var (command, tail) = Exchange.Listing(BtcUsd.Terms, terms => terms with { OffHours = OffHoursPricing.InternalEma });
        Assert.Equal((ushort)FuturesRefusal.InvalidTerms, e.Venue.Send(0, command, default, 0, tail).Refusal);
        (command, tail) = Exchange.Listing(Gold with { Symbol = "XAG_USDT" }, terms => terms with { OffHours = OffHoursPricing.InternalEma, ClosedFundingFactor = Rate.One + 1 });
        Assert.Equal((ushort)FuturesRefusal.InvalidTerms, e.Venue.Send(0, command, default, 0, tail).Refusal);
    }
}
