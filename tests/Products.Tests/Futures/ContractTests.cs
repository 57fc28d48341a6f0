using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Margin;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Values, fees and what terms may be (futures sections 2 and 4, 17.1).</summary>
public class ContractTests
{
    [Fact]
    public void FX_01_F_104_cost_of_an_order_on_both_sides()
    {
        var fee = R("0.0005");
        var price = Btc.P("50000");
        Assert.Equal("5000", Btc.Value(1_000, price).ToString());
        Assert.Equal("2.5", Fees(Btc.Value(1_000, price), "0.0005").ToString());
        Assert.Equal("255", OrderMargin.Of(Btc, Side.Buy, 1_000, price, X(20), fee).ToString());
        Assert.Equal("255.125", OrderMargin.Of(Btc, Side.Sell, 1_000, price, X(20), fee).ToString());
    }

    [Fact]
    public void FX_02_F_003_a_budget_opens_whole_lots()
    {
        var price = Eth.P("3200");
        Assert.Equal(15, OrderMargin.SizeFor(Eth, Side.Sell, M("50"), price, X(10), Fee));
        Assert.Equal(15, OrderMargin.SizeFor(Eth, Side.Buy, M("50"), price, X(10), Fee));
        Assert.Equal("48.756", OrderMargin.Of(Eth, Side.Sell, 15, price, X(10), Fee).ToString());
        Assert.Equal("52.0064", OrderMargin.Of(Eth, Side.Sell, 16, price, X(10), Fee).ToString());
        Assert.Equal(16, OrderMargin.SizeFor(Eth, Side.Sell, M("52.0064"), price, X(10), Fee));
        Assert.Equal(15, OrderMargin.SizeFor(Eth, Side.Sell, M("52.006399999999"), price, X(10), Fee));
        Assert.Equal(0, OrderMargin.SizeFor(Eth, Side.Sell, Money.Zero, price, X(10), Fee));
    }

    [Fact]
    public void F_104_an_inverse_budget_buys_the_largest_size_it_covers()
    {
        foreach (var side in new[] { Side.Buy, Side.Sell })
        {
            var size = OrderMargin.SizeFor(BtcUsd, side, M("0.01"), BtcUsd.P("84000"), X(10), Fee);
            Assert.True(OrderMargin.Of(BtcUsd, side, size, BtcUsd.P("84000"), X(10), Fee) <= M("0.01"));
            Assert.True(OrderMargin.Of(BtcUsd, side, size + 1, BtcUsd.P("84000"), X(10), Fee) > M("0.01"));
        }
    }

    [Fact]
    public void F_104_a_unit_of_the_highest_value_is_still_divided_exactly()
    {
        // One contract is worth 10^13: its cost takes more than 128 bits before it is divided.
        var contract = new Contract(Btc.Terms with { PriceDecimals = 0, MultiplierDecimals = 0, Multiplier = 1_000, Tick = 1 });
        Assert.Equal(3, OrderMargin.SizeFor(contract, Side.Buy, M("3045000000000"), 10_000_000_000, X(10), Fee));
        Assert.Equal(2, OrderMargin.SizeFor(contract, Side.Buy, M("3044999999999.999999999999"), 10_000_000_000, X(10), Fee));
    }

    // Around every power of two, as far as sizes and prices go.
    private static IEnumerable<long> Borders(int bits)
    {
        yield return 0;
        for (var bit = 0; bit <= bits; bit++)
        {
            for (var beside = -1; beside <= 1; beside++) yield return (1L << bit) + beside;
        }
    }

    [Fact]
    public void F_011_a_value_of_64_bits_is_the_exact_one_at_every_border()
    {
        var dear = new Contract(Btc.Terms with { PriceDecimals = 0, MultiplierDecimals = 0, Multiplier = 1_000, Tick = 1 });
        var (taken, left) = (0, 0);
        foreach (var contract in new[] { Btc, Eth, dear, BtcUsd })
        {
            foreach (var magnitude in Borders(53))
            {
                foreach (var price in Borders(53))
                {
                    foreach (var size in new[] { magnitude, -magnitude })
                    {
                        var exact = new System.Numerics.BigInteger(size) * contract.ValueUnit * price;
                        var isShort = contract.IsShort(size, price);
                        if (contract.IsInverse)
                        {
                            Assert.False(isShort);
                            continue;
                        }
                        if (isShort) Assert.Equal(exact, contract.ShortValue(size, price));
                        var most = System.Numerics.BigInteger.Abs(exact);
                        Assert.True(isShort ? most < 1L << 61 : most.IsZero || most >= 1L << 58);
                        if (most < (System.Numerics.BigInteger)Int128.MaxValue) Assert.Equal(exact, (System.Numerics.BigInteger)contract.Value(size, price).Raw);
                        if (isShort) taken++;
                        else left++;
                    }
                }
            }
        }
        Assert.True(taken > 1000 && left > 1000);
    }

    [Fact]
    public void F_003_a_part_of_a_value_of_64_bits_is_rounded_like_any()
    {
        foreach (var value in Borders(60).Append((1L << 61) - 1))
        {
            var any = new Notional(value, 1);
            foreach (var raw in Borders(39).Where(rate => rate <= Rate.One).Append(Rate.One).Append(500_000_000).Append(200_000_000))
            {
                var rate = new Rate(raw);
                Assert.Equal(new Money(Int256.MulDiv(value, raw, 1, Rate.One, Rounding.Ceiling)), new Money(rate.ShortPart(value)));
                Assert.Equal(any.Part(rate), new Money(rate.ShortPart(value)));
                Assert.Equal(rate.Of(new Money(value), Rounding.Ceiling), new Money(rate.ShortFee(value)));
                Assert.Equal(new Rate(-raw).Of(new Money(value), Rounding.Ceiling), new Money(new Rate(-raw).ShortFee(value)));
                foreach (var leverage in new[] { 1, 3, 20, 125 })
                {
                    foreach (var factor in new[] { MarginFactor.Of(X(leverage), rate, 1), MarginFactor.Of(X(leverage), rate, 2, feeOnMargin: true) })
                    {
                        Assert.Equal(Int256.MulDiv(value, factor.Numerator, factor.Denominator, Rounding.Ceiling), factor.ShortPart(value));
                    }
                }
            }
            if (Btc.RiskLimits.IsInFirst(value)) Assert.Equal(Btc.RiskLimits.Maintenance(any), new Money(Btc.RiskLimits.InFirst(value)));
        }
        var last = Btc.RiskLimits[0].Limit.Raw;
        foreach (var beside in new[] { -1, 0, 1 })
        {
            var value = (long)Int128.Min(last, long.MaxValue - 1) + beside;
            Assert.Equal(value <= last, Btc.RiskLimits.IsInFirst(value));
        }
    }

    [Fact]
    public void FX_05_F_011_an_inverse_position_gains_as_the_price_rises()
    {
        var rise = BtcUsd.Value(100_000, BtcUsd.P("10500")) - BtcUsd.Value(100_000, BtcUsd.P("10000"));
        Assert.Equal("0.47619047619", rise.ToString());
        Assert.Equal("-0.47619047619", (BtcUsd.Value(-100_000, BtcUsd.P("10500")) - BtcUsd.Value(-100_000, BtcUsd.P("10000"))).ToString());
    }

    [Fact]
    public void FX_08_F_040_an_inverse_fee_goes_up_and_a_rebate_down()
    {
        var value = BtcUsd.Value(1, BtcUsd.P("83802"));
        Assert.Equal("-0.000011932889", value.ToString());
        Assert.Equal("0.00000000895", Fees(value, "0.00075").ToString());
        Assert.Equal("-0.000000002386", Fees(value, "-0.0002").ToString());
    }

    [Fact]
    public void F_003_F_011_both_legs_of_an_inverse_fill_have_one_magnitude()
    {
        for (long price = 1; price < 2_000; price += 7) Assert.Equal(Money.Zero, BtcUsd.Value(12_345, price) + BtcUsd.Value(-12_345, price));
    }

    [Fact]
    public void F_003_F_025_profit_is_rounded_down()
    {
        Assert.Equal(new Money(-333_333_333_334) - M("5"), BtcUsd.Unrealised(1, M("5"), BtcUsd.P("3")));
        Assert.Equal(new Money(333_333_333_333) - M("5"), BtcUsd.Unrealised(-1, M("5"), BtcUsd.P("3")));
    }

    [Fact]
    public void F_012_values_of_every_size_are_exact()
    {
        // Beyond 64 bits: the largest size at a price of nine digits.
        Assert.Equal("1200000000000", Btc.Value(12_000_000, Btc.P("1000000000")).ToString());
        Assert.Equal("-1200000000000", Btc.Value(-12_000_000, Btc.P("1000000000")).ToString());
        Assert.Equal("0.000001", Btc.Value(1, 1).ToString());
    }

    [Fact]
    public void F_012_M_133_a_value_beyond_the_ledger_is_seen_before_it_is_computed()
    {
        var contract = new Contract(Btc.Terms with { PriceDecimals = 0, MultiplierDecimals = 0, Multiplier = 1_000, Tick = 1 });
        Assert.True(contract.IsPayable(1_000_000, 1_000_000_000));                              // 10^18
        Assert.True(contract.IsPayable(-1_000_000, 1_000_000_000));
        Assert.False(contract.IsPayable(1_000_000, 1_000_000_001));
        Assert.False(contract.IsPayable(ContractCheck.SizeMax, ContractCheck.PriceMax));
        Assert.True(BtcUsd.IsPayable(ContractCheck.SizeMax, 1));                                // 9 · 10^17 coins at a cent
    }

    [Fact]
    public void F_012_decimals_that_do_not_fit_are_refused()
    {
        var terms = Btc.Terms;
        Assert.Equal(ContractFault.None, ContractCheck.Find(terms with { PriceDecimals = 8 }));
        Assert.Equal(ContractFault.ValueNotExact, ContractCheck.Find(terms with { PriceDecimals = 9 }));
        Assert.Equal(ContractFault.None, ContractCheck.Find(terms with { PriceDecimals = 6, SizeDecimals = 2 }));
        Assert.Equal(ContractFault.ValueNotExact, ContractCheck.Find(terms with { PriceDecimals = 7, SizeDecimals = 2 }));
        Assert.Equal(ContractFault.ValueNotExact, ContractCheck.Find(terms with { Multiplier = long.MaxValue }));
        Assert.Equal(ContractFault.ValueNotExact, ContractCheck.Find(BtcUsd.Terms with { PriceDecimals = 7 }));
        Assert.Throws<BrokenInvariantException>(() => new Contract(terms with { PriceDecimals = 9 }));
    }

    [Fact]
    public void F_013_decimal_sizes_have_a_lot()
    {
        var contract = new Contract(Eth.Terms with { SizeDecimals = 2, SizeStep = 5, OrderSizeMax = 1_000_000_000, MarketOrderSizeMax = 0 });
        Assert.Equal("26", contract.Value(100, contract.P("2600")).ToString());
        Assert.Equal("0.26", contract.Value(1, contract.P("2600")).ToString());
        Assert.Equal(1_230, contract.ToLot(1_234));
        Assert.Equal(ContractFault.SizeLimits, ContractCheck.Find(contract.Terms with { OrderSizeMin = 3 }));
    }

    [Fact]
    public void F_014_F_083_F_217_F_305_terms_that_contradict_themselves_are_refused()
    {
        var terms = Btc.Terms;
        void Refused(ContractFault fault, ContractTerms given) => Assert.Equal(fault, ContractCheck.Find(given));
        Refused(ContractFault.StepNotPositive, terms with { Tick = 0 });
        Refused(ContractFault.StepNotPositive, terms with { MarkRound = 0 });
        Refused(ContractFault.StepNotPositive, terms with { SizeStep = 0 });
        Refused(ContractFault.StepNotPositive, BtcUsd.Terms with { Multiplier = 2 });
        Refused(ContractFault.SizeLimits, terms with { OrderSizeMax = 0 });
        Refused(ContractFault.SizeLimits, terms with { OrderSizeMin = 12_000_001 });
        Refused(ContractFault.SizeLimits, terms with { MarketOrderSizeMax = 12_000_001 });
        Refused(ContractFault.SizeLimits, terms with { OrderSizeMax = (1L << 53) + 1 });
        Refused(ContractFault.Rates, terms with { MarketOrderSlip = R("0.031") });
        Refused(ContractFault.Rates, terms with { TakerFee = R("-0.0001") });
        Refused(ContractFault.Rates, terms with { MakerFee = R("-1.1") });
        Refused(ContractFault.LeverageRange, terms with { LeverageMax = X(201) });
        Refused(ContractFault.LeverageRange, terms with { LeverageMin = new Leverage(99) });
        Refused(ContractFault.LeverageRange, terms with { LeverageMin = X(50), LeverageMax = X(20) });
        Refused(ContractFault.RiskLimits, terms with { TakerFee = R("0.003") });
        Refused(ContractFault.Funding, terms with { Funding = null });
        Refused(ContractFault.Funding, terms with { Funding = terms.Funding! with { IntervalSeconds = 10_800 } });
        Refused(ContractFault.Funding, terms with { Funding = terms.Funding! with { OffsetSeconds = 28_800 } });
        Refused(ContractFault.Funding, terms with { Funding = terms.Funding! with { RateLimit = R("0.0030001") } });
        Refused(ContractFault.Funding, BtcDelivery.Terms with { Funding = terms.Funding });
        Refused(ContractFault.Delivery, BtcDelivery.Terms with { Delivery = null });
        Refused(ContractFault.Delivery, BtcDelivery.Terms with { Delivery = BtcDelivery.Terms.Delivery! with { SettlePriceIntervalSeconds = 7 } });
        Refused(ContractFault.Delivery, terms with { Delivery = BtcDelivery.Terms.Delivery });
    }

    [Fact]
    public void F_305_what_is_odd_is_a_warning()
    {
        Assert.Equal(ContractWarnings.None, ContractCheck.Warnings(Btc.Terms, Btc.P("84000")));
        Assert.Equal(ContractWarnings.DeviationBelowMargin, ContractCheck.Warnings(Btc.Terms with { LeverageMax = X(33) }, Btc.P("84000")));
        Assert.Equal(ContractWarnings.SizeBeyondTiers, ContractCheck.Warnings(Btc.Terms, Btc.P("3000000")));
        Assert.Equal(ContractWarnings.None, ContractCheck.Warnings(Btc.Terms, Btc.P("2500000")));
    }

    [Fact]
    public void F_024_an_entry_price_has_six_decimals_more_than_the_tick()
    {
        Assert.Equal(1, Btc.TickDecimals);
        Assert.Equal("84000", Btc.Entry(3, Btc.Value(3, Btc.P("84000"))));
        Assert.Equal("83333.3333333", Btc.Entry(3, Btc.Value(2, Btc.P("84000")) + Btc.Value(1, Btc.P("82000"))));
        Assert.Equal("83333.3333333", Btc.Entry(-3, Btc.Value(-2, Btc.P("84000")) + Btc.Value(-1, Btc.P("82000"))));
        Assert.Equal(0, Btc.EntryPrice(0, Money.Zero));
    }

    [Fact]
    public void F_042_the_reserve_is_the_higher_of_two_taker_rates()
    {
        Assert.Equal(Fee, OrderMargin.FeeOf(Btc, R("0.0005")));
        Assert.Equal(R("0.001"), OrderMargin.FeeOf(Btc, R("0.001")));
    }
}
