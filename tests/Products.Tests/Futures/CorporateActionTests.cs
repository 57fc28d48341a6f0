using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Dividends and splits of the stocks behind contracts (F-244, K-208, K-209), with the rules' own numbers.</summary>
public class CorporateActionTests
{
    private static readonly ContractTerms Stock = Linear("BTC", multiplierDecimals: 0, priceDecimals: 2, tick: 1, leverage: 20) with
    {
        Symbol = "NVDA_USDT", Underlying = Underlying.Stocks, OrderPriceDeviate = R("0.5"), MarketOrderSlip = R("0.2"), MakerFee = Rate.Zero, TakerFee = Rate.Zero,
        RiskLimits = Tiers(("1000000", "0.02", "0.05")), Funding = new FundingTerms(28_800, 0, R("0.003"), Rate.Zero, M("1000")),
    };

    private static Exchange With(ContractTerms? terms = null)
    {
        var e = Exchange.With(terms ?? Stock, "268", listing => listing with { OffHours = OffHoursPricing.Ewma, ClosedFundingFactor = Rate.One })
            .User("A", "100000").User("B", "100000").User("C", "100000");
        e.Endow("1000");
        return e;
    }

    private static ScheduleCorporateAction Dividend(Exchange e, string amount, long at = 0) =>
        new() { Instrument = e.Id, Type = CorporateActionType.Dividend, Dividend = e.P(amount), AtNanos = at };

    private static ScheduleCorporateAction Split(Exchange e, int n, int m, long at = 0) =>
        new() { Instrument = e.Id, Type = CorporateActionType.Split, NewShares = n, OldShares = m, AtNanos = at };

    private static string Price(Exchange e, long price) => e.Market.Contract.Text(price);

    [Fact]
    public void K_208_F_244_a_dividend_goes_from_shorts_to_longs_and_equity_stays()
    {
        var e = With();
        e.Trade("B", "A", 10, "268");
        e.Price("268", IndexFlags.Closed);
        var before = new[] { "A", "B" }.Select(user => e.Risk(user).Equity).ToArray();
        var cash = new[] { "A", "B" }.Select(e.Cash).ToArray();
        e.Accept("", Dividend(e, "0.26"), "nvda-2026-4");
        Assert.Equal(["2.6", "-2.6"], new[] { "A", "B" }.Select((user, i) => (e.Cash(user) - cash[i]).ToString()));
        Assert.Equal(before, new[] { "A", "B" }.Select(user => e.Risk(user).Equity));
        Assert.Equal(("267.74", "267.74", "267.74"), (Price(e, e.Market.Sleep.Reference), Price(e, e.Market.Index), Price(e, e.Market.Mark)));
        e.Wait(3);
        Assert.Equal("267.74", Price(e, e.Market.Mark));                // and stays lowered
        Assert.Equal("1000", e.Fund.ToString());
        Assert.Equal("-2.6", e.Of("A").FundingPaid.ToString());
    }

    [Fact]
    public void K_208_isolated_legs_keep_their_level_and_nobody_is_liquidated_by_it()
    {
        var e = With();
        e.Leverage("A", 20);
        e.Leverage("B", 20);
        e.Trade("B", "A", 10, "268");
        e.Price("268", IndexFlags.Closed);
        e.Accept("", Dividend(e, "8.00"), "special");                   // 80 of a margin of 134
        Assert.Equal(("214", "54"), (e.Of("A").Margin.ToString(), e.Of("B").Margin.ToString()));
        Assert.Equal((10L, -10L), (e.Of("A").Size, e.Of("B").Size));
        Assert.Empty(e.Events<LiquidationStarted>());

        // What the margin lacks its account pays.
        var cash = e.Cash("B");
        e.Accept("", Dividend(e, "6.00"), "special-2");
        Assert.Equal("0", e.Of("B").Margin.ToString());
        Assert.Equal("-60", (e.Cash("B") - cash).ToString());
    }

    [Fact]
    public void K_208_a_dividend_is_paid_once_at_its_instant_and_not_when_taken_back()
    {
        var e = With();
        e.Trade("B", "A", 10, "268");
        var cash = e.Cash("A");
        var first = e.Accept("", Dividend(e, "0.26", e.Venue.Now + 60 * Nanos.PerSecond), "q4");
        var second = e.Accept("", Dividend(e, "0.50", e.Venue.Now + 60 * Nanos.PerSecond), "q4-wrong");
        e.Accept("", new CancelCorporateAction { ActionId = second });
        Assert.Equal(e.Venue.Machine.StateHash(), e.Venue.Restored().Machine.StateHash());
        e.Wait(59);
        Assert.Equal(cash, e.Cash("A"));
        e.Wait(1);
        Assert.Equal("2.6", (e.Cash("A") - cash).ToString());
        Assert.Equal("267.74", Price(e, e.Market.Mark));                // live too, until the next price from outside
        Assert.Equal((first, CorporateActionStatus.Done, "268"), (e.Events<CorporateActionChanged>().Single().Id, e.Events<CorporateActionChanged>().Single().Status, Price(e, e.Events<CorporateActionChanged>().Single().IndexBefore)));
        Assert.Equal(FuturesRefusal.RepeatedText, e.Refused("", Dividend(e, "0.26"), "q4"));
        Assert.Equal(FuturesRefusal.ActionNotFound, e.Refused("", new CancelCorporateAction { ActionId = first }));
        e.Wait(3600);
        Assert.Equal("2.6", (e.Cash("A") - cash).ToString());
    }

    [Fact]
    public void K_209_F_244_a_split_multiplies_sizes_and_divides_prices()
    {
        var e = With();
        e.Trade("B", "A", 10, "268");
        e.Leverage("C", 10);
        e.Trade("B", "C", 4, "268");
        e.Place("A", 1, "200");
        e.Accept("A", new CreateContractTrigger
        {
            Instrument = e.Id, TriggerPrice = e.P("300"), Rule = TriggerRule.AtOrAbove, PriceType = TriggerPriceType.Mark, Size = 1, TimeInForce = TimeInForce.ImmediateOrCancel, ExpirationSeconds = 60,
        }, "");
        e.Price("270");
        e.Price("268", IndexFlags.Closed);
        e.Mark("270");
        var before = e.Risk("A").Unrealised;
        e.Accept("", Split(e, 4, 1), "nvda-4-for-1");
        Assert.Equal((40L, -56L, 16L), (e.Of("A").Size, e.Of("B").Size, e.Of("C").Size));
        Assert.Equal("67", e.Market.Contract.Entry(40, e.Of("A").EntryValue));
        Assert.Equal("107.2", e.Of("C").Margin.ToString());
        Assert.Equal(("67", "67", "67.5"), (Price(e, e.Market.Sleep.Reference), Price(e, e.Market.Index), Price(e, e.Market.Mark)));
        Assert.Equal(("63.65", "70.35"), (Price(e, e.Market.Sleep.Band.Low), Price(e, e.Market.Sleep.Band.High)));
        Assert.Equal(("20", "20"), (before.ToString(), e.Risk("A").Unrealised.ToString()));
        Assert.Empty(e.Market.Book.Slots(Side.Buy));
        Assert.Empty(e.State.Triggers.All);
        Assert.Equal("67", Price(e, e.Market.Book.LastPrice));
        Assert.Equal(56L, e.Market.OpenInterest);
        Assert.Equal(e.Venue.Machine.StateHash(), e.Venue.Restored().Machine.StateHash());
    }

    [Fact]
    public void K_209_what_is_no_whole_contract_is_settled_at_the_mark()
    {
        var e = With();
        e.Trade("B", "A", 3, "268");
        e.Trade("B", "C", 4, "268");
        e.Price("268", IndexFlags.Closed);
        e.Mark("270");
        e.Accept("", Split(e, 3, 2), "three-for-two");                  // 3 → 4.5, 4 → 6, −7 → −10.5, at 180
        Assert.Equal((4L, 6L, -10L), (e.Of("A").Size, e.Of("C").Size, e.Of("B").Size));
        Assert.Equal("180", Price(e, e.Market.Mark));
        // Half a contract: 90 at the mark, of an entry value of 804 · 0.5 / 4.5.
        Assert.Equal("714.666666666667", e.Of("A").EntryValue.ToString());
        Assert.Equal("0.666666666667", e.Of("A").TradeProfit.ToString());
        Assert.Equal("5.333333333333", e.Risk("A").Unrealised.ToString());        // with the third above the 6 it had
        Assert.Equal(0L, e.Of(FuturesState.HouseUser).Size);            // the halves of A and B meet
        Assert.Equal(Money.Zero, e.Clearing + e.Of("A").EntryValue + e.Of("B").EntryValue + e.Of("C").EntryValue);

        // One for ten of what is less than ten: all of it is settled.
        e = With();
        e.Trade("B", "A", 5, "268");
        e.Price("268", IndexFlags.Closed);
        e.Mark("270");
        var cash = e.Cash("A");
        e.Accept("", Split(e, 1, 10), "one-for-ten");
        Assert.Equal((0L, 0L), (e.Of("A").Size, e.Of("B").Size));
        Assert.Equal("10", (e.Cash("A") - cash).ToString());
        Assert.Equal(2, e.Events<PositionClosed>().Count());
        Assert.Equal("2700", Price(e, e.Market.Mark));

        // Halves of the same side are a whole one of the house's.
        e = With();
        e.Trade("B", "A", 1, "268");
        e.Trade("B", "C", 1, "268");
        e.Price("268", IndexFlags.Closed);
        e.Accept("", Split(e, 1, 2), "one-for-two");
        Assert.Equal((0L, 0L, -1L, 1L), (e.Of("A").Size, e.Of("C").Size, e.Of("B").Size, e.Of(FuturesState.HouseUser).Size));
    }

    [Fact]
    public void K_209_a_split_needs_a_closed_market()
    {
        var e = With();
        Assert.Equal(FuturesRefusal.ActionNotPossible, e.Refused("", Split(e, 4, 1), "early"));
        var id = e.Accept("", Split(e, 4, 1, e.Venue.Now + Nanos.PerSecond), "later");
        e.Wait(1);
        Assert.Equal((id, CorporateActionStatus.Missed), (e.Events<CorporateActionChanged>().Single().Id, e.State.CorporateActions.Find(id)!.Status));
        e.Price("268", IndexFlags.Halted);
        Assert.Equal(FuturesRefusal.ActionNotPossible, e.Refused("", Split(e, 4, 1), "halted"));
        e.Price("268", IndexFlags.Closed);
        e.Accept("", Split(e, 4, 1), "closed");
    }

    [Fact]
    public void F_244_what_is_no_action_is_refused()
    {
        var e = With();
        e.Price("268", IndexFlags.Closed);
        Assert.Equal(FuturesRefusal.InvalidTerms, e.Refused("", Split(e, 4, 4), "a"));
        Assert.Equal(FuturesRefusal.InvalidTerms, e.Refused("", Split(e, 4, 0), "a"));
        Assert.Equal(FuturesRefusal.InvalidTerms, e.Refused("", Split(e, 1001, 1), "a"));
        Assert.Equal(FuturesRefusal.InvalidTerms, e.Refused("", Dividend(e, "0"), "a"));
        Assert.Equal(FuturesRefusal.InvalidTerms, e.Refused("", Dividend(e, "1") with { NewShares = 2 }, "a"));
        Assert.Equal(FuturesRefusal.InvalidTerms, e.Refused("", Dividend(e, "1") with { Type = 0 }, "a"));
        Assert.Equal(FuturesRefusal.ActionNotPossible, e.Refused("", Dividend(e, "260"), "a"));
        Assert.Equal(FuturesRefusal.InvalidText, e.Refused("", Dividend(e, "1"), "a b"));
        Assert.Equal(FuturesRefusal.InvalidText, e.Refused("", Dividend(e, "1"), ""));
        Assert.Equal(FuturesRefusal.ContractNotFound, e.Refused("", Dividend(e, "1") with { Instrument = 7 }, "a"));
        var coin = Exchange.With(Btc.Terms, "84000");
        Assert.Equal(FuturesRefusal.InvalidTerms, coin.Refused("", Split(coin, 2, 1), "a"));
    }
}
