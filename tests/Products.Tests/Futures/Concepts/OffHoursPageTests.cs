using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Orders;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.Pricing;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures.Concepts;

/// <summary>The worked numbers of docs/concepts/futures/off-hours.md.</summary>
public class OffHoursPageTests
{
    private static readonly Contract Stock = new(Linear("BTC", multiplierDecimals: 0, priceDecimals: 4, tick: 100, leverage: 20) with
    {
        TakerFee = Rate.Zero, RiskLimits = Tiers(("1000000", "0.02", "0.05")),
    });

    private static string Six(in SmoothedPrice price, int dropped) => DecimalText.Format(Fixed.Divide(price.Value, Fixed.PowerOfTen(dropped), Rounding.HalfEven), 13 - dropped);

    [Fact]
    public void Off_hours_K_202_K_203_K_204_K_205_K_206_F_241()
    {
        var band = OffHoursBand.Of(Stock.P("268"), X(20), false);
        Page.Says("off-hours.md", Stock.Text(band.Low), Stock.Text(band.High));

        var (index, steps) = (SmoothedPrice.StartingAt(Stock.P("268")), 0);
        var middle = SmoothedPrice.StartingAt(Stock.P("272")).Value;
        for (; steps < 1_200; steps++)
        {
            if (steps is 1 or 2) Page.Says("off-hours.md", Six(index, 7));
            index.StepTowards(middle);
        }
        Page.Says("off-hours.md", Six(index, 7));

        index = SmoothedPrice.StartingAt(Stock.P("268"));
        for (steps = 0; index.Value < SmoothedPrice.StartingAt(band.High).Value; steps++) index.StepTowards(SmoothedPrice.StartingAt(Stock.P("290")).Value);
        Page.Says("off-hours.md", steps.ToString(null, null));

        var mark = SlowMark.At(Stock.P("268"));
        for (steps = 0; steps < 3; steps++)
        {
            mark.StepTowards(Stock.P("281"));
            Page.Says("off-hours.md", Stock.Text(mark.Price(1)));
        }
    }

    [Fact]
    public void Off_hours_the_market_order_K_205_and_the_gap_K_206()
    {
        var e = Exchange.With(Stock.Terms with { Symbol = "NVDA_USDT", Underlying = Underlying.Stocks, OrderPriceDeviate = R("0.5"), MarketOrderSlip = R("0.2") }, "268",
            terms => terms with { OffHours = OffHoursPricing.Ewma });
        e.Price("268", IndexFlags.Closed);
        e.Mark("270");
        Page.Says("off-hours.md", Stock.Text(Bounds.OfMarket(e.Market, Side.Buy, 0, e.P("271"))));

        var leg = new Position { Leverage = X(20) };
        leg.Fill(Stock, 10, Stock.Value(10, Stock.P("268")), Money.Zero, 1, out _);
        var open = Stock.P("249.8");
        var bankruptcy = Products.Futures.Liquidation.BankruptcyPrice.Isolated(Stock, leg.Size, leg.EntryValue, leg.Margin)!.Value;
        var loss = Stock.Unrealised(leg.Size, leg.EntryValue, open);
        Page.Says("off-hours.md", (-loss).ToString(), leg.Margin.ToString(), Stock.Text(bankruptcy), (-loss - leg.Margin).ToString());
    }

    [Fact]
    public void Off_hours_of_metals_F_241()
    {
        var index = SmoothedPrice.StartingAt(Stock.P("100"));
        var bid = new ImpactPrice(Stock.P("101"), 1);
        index.StepInto(bid, default);
        Page.Says("off-hours.md", Six(index, 4));
        for (var second = 1; second < 3_600; second++) index.StepInto(bid, default);
        Page.Says("off-hours.md", DecimalText.Format(index.Value / Fixed.PowerOfTen(7), 6));
    }
}
