using CsCheck;
using Sluice.Core.Margin;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Fills;
using Sluice.Products.Futures.Funding;
using Sluice.Products.Futures.Liquidation;
using Sluice.Products.Futures.Margin;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures.Oracle;

/// <summary>The arithmetic of futures against the rules' formulas on exact fractions, over contracts of all shapes and values of all sizes.</summary>
public class OracleTests
{
    private static readonly string[] Tables = ["BTC", "ETH", "LARGE", "MID", "SMALL", "METAL", "STOCK", "INVERSE"];

    private static readonly long[] Takers = [750_000_000, 250_000_000, 500_000_001];

    private static readonly Gen<Contract> AnyContract = Gen.Select(Gen.Bool, Gen.Int[0, 6], Gen.Int[0, 4], Gen.Int[0, 2], Gen.Long[1, 1_000], Gen.Long[1, 25], Gen.Int[0, Tables.Length - 1],
        Gen.Int[0, 2]).Select((inverse, priceDecimals, multiplierDecimals, sizeDecimals, multiplier, tick, table, fee) =>
        new Contract((inverse ? BtcUsd : Btc).Terms with
        {
            PriceDecimals = priceDecimals, Tick = tick, SizeDecimals = sizeDecimals, TakerFee = new Rate(Takers[fee]), LeverageMax = X(20), OrderSizeMax = 1L << 50, MarketOrderSizeMax = 0,
            Multiplier = inverse ? 1 : multiplier, MultiplierDecimals = inverse ? 0 : multiplierDecimals, RiskLimits = Table(Tables[table]),
        }));

    // Numbers of every length up to a limit.
    private static Gen<long> Long(int bits) => Gen.Select(Gen.Int[1, bits], Gen.ULong).Select((length, raw) => (long)(raw >> (64 - length)) + 1);
    private static readonly Gen<long> Size = Gen.Select(Long(36), Gen.Bool).Select((size, isLong) => isLong ? size : -size);
    private static readonly Gen<long> Price = Long(34);
    private static readonly Gen<Money> Amount = Gen.Select(Long(62), Gen.Int[0, 6], Gen.Bool).Select((raw, scale, negative) =>
        new Money((Int128)raw * Fixed.PowerOfTen(scale) * (negative ? -1 : 1)));

    [Fact]
    public void F_011_F_025_F_101_F_102_F_104_F_110_F_112_values_and_requirements() =>
        Gen.Select(AnyContract, Size, Price, Price, Gen.Int[100, 20_000], Gen.Bool).Sample((contract, size, price, entryPrice, hundredths, isBuy) =>
        {
            var plain = new PlainFutures(contract.Terms);
            var value = plain.Value(size, plain.Price(price));
            var leverage = new Leverage(hundredths);
            var entry = contract.Value(size, entryPrice);
            Assert.Equal(value.ToMoney(Rounding.HalfEven), contract.Value(size, price));
            Assert.Equal(plain.Unrealised(size, entry, price), contract.Unrealised(size, entry, price));
            var notional = contract.NotionalOf(size, price);
            Assert.Equal(plain.Initial(value.Size, leverage), Requirements.Initial(contract, notional, leverage));
            Assert.Equal(plain.Requirement(value.Size), Requirements.Maintenance(contract, contract.RiskLimits, notional));
            Assert.Equal(plain.Initial(((Fraction)entry).Size, leverage), Requirements.Initial(contract, Notional.Of(entry), leverage));
            var side = isBuy ? Side.Buy : Side.Sell;
            Assert.Equal(plain.OrderMargin(side, long.Abs(size), price, leverage, R("0.0006")), OrderMargin.Of(contract, side, long.Abs(size), price, leverage, R("0.0006")));
            // The entry price stands for a mark.
            Assert.Equal(plain.OpenLoss(side, long.Abs(size), price, entryPrice), OrderMargin.LossMark(side, price, entryPrice) is not 0 and var mark ? OrderMargin.OpenLoss(contract, long.Abs(size), price, mark) : Money.Zero);
            Assert.Equal(plain.Funding(size, price, R("-0.000123")), FundingPayment.Of(contract, size, price, R("-0.000123")));
            Assert.Equal(plain.Funding(size, price, R("0.003")), FundingPayment.Of(contract, size, price, R("0.003")));
        }, iter: 5_000);

    [Fact]
    public void F_115_F_116_F_117_prices() => Gen.Select(AnyContract, Size, Price, Price, Amount, Gen.Int[0, 3]).Where(IsPayable).Sample((contract, size, price, mark, amount, kind) =>
    {
        var plain = new PlainFutures(contract.Terms);
        var entry = contract.Value(size, price);
        if (entry.IsZero) return;
        // A margin of the position's own size, or any amount.
        var margin = kind == 0 ? amount : new Money(Int128.Abs(entry.Raw) * kind / 7);
        Assert.Equal(plain.LiquidationPrice(size, entry, margin), LiquidationPrice.Isolated(contract, contract.RiskLimits, size, entry, margin));

        // Isolated: e = M + u without rounding; the mark cancels out.
        var unrealised = plain.Value(size, plain.Price(mark)) - entry;
        Assert.Equal(plain.BankruptcyPrice(size, mark, margin + unrealised), BankruptcyPrice.Isolated(contract, size, entry, margin));

        // Cross: a part of the balance.
        var level = new MarginLevel(margin, M("7") + new Money(Int128.Abs(entry.Raw) / 11));
        var requirement = new Money(level.Requirement.Raw / 3);
        Assert.Equal(plain.BankruptcyPrice(size, mark, margin * ((Fraction)requirement / level.Requirement)),
            BankruptcyPrice.Cross(contract, size, mark, level, requirement));
    }, iter: 10_000);

    // No position is worth more than orders can pay for (M-133): what Int256 has room for is reckoned from that.
    private static bool IsPayable((Contract Contract, long Size, long Price, long Mark, Money, int) drawn) =>
        drawn.Contract.IsPayable(drawn.Size, drawn.Price) && drawn.Contract.IsPayable(drawn.Size, drawn.Mark);

    // An account funded with 10^18 units holds at most its leverage times that: the largest products a price is asked of.
    [Theory, InlineData(1), InlineData(-1)]
    public void F_117_a_position_of_the_largest_value_has_a_bankruptcy_price(int side)
    {
        var contract = new Contract(Btc.Terms with { PriceDecimals = 0, Tick = 1, SizeDecimals = 0, MultiplierDecimals = 0, Multiplier = 1_000, OrderSizeMax = 1L << 50 });
        var (size, mark) = (side * 1_000_000_000L, 125_000_000L);
        var plain = new PlainFutures(contract.Terms);
        var value = contract.NotionalOf(size, mark);
        Assert.Equal(Money.Units(Fixed.PowerOfTen(18)).Raw * 125, value.Numerator);
        var level = new MarginLevel(Money.Units(Fixed.PowerOfTen(18)), new Money(value.Numerator / 2));
        var requirement = new Money(value.Numerator / 2);
        var expected = plain.BankruptcyPrice(size, mark, (Fraction)level.Equity);
        Assert.NotNull(expected);
        Assert.Equal(expected, BankruptcyPrice.Cross(contract, size, mark, level, requirement));
    }

    [Fact]
    public void F_104_F_003_the_largest_size_a_budget_opens() => Gen.Select(AnyContract, Price, Long(60), Gen.Int[100, 20_000], Gen.Bool).Sample((contract, price, budget, hundredths, isBuy) =>
    {
        var plain = new PlainFutures(contract.Terms);
        var (side, leverage) = (isBuy ? Side.Buy : Side.Sell, new Leverage(hundredths));
        var size = OrderMargin.SizeFor(contract, side, new Money(budget), price, leverage, Fee);
        if (size > 0) Assert.True(plain.OrderMargin(side, size, price, leverage, Fee) <= new Money(budget));
        if (size < ContractCheck.SizeMax) Assert.True(plain.OrderMargin(side, size + 1, price, leverage, Fee) > new Money(budget));
    }, iter: 3_000);

    [Fact]
    public void F_045_fees_in_points() => Gen.Select(Amount, Amount, Gen.Int[0, 12]).Sample((fee, value, scale) =>
    {
        if (fee <= Money.Zero || value <= Money.Zero || value > Money.Units(1_000_000_000)) return;
        var unit = Fixed.PowerOfTen(scale);
        Assert.Equal(PlainFutures.Points(fee, value, unit), PointFees.Worth(fee, value, unit));
    }, iter: 5_000);

    [Fact]
    public void F_202_scores_rank_as_fractions_do() => Gen.Select(Amount, Amount, Amount, Amount, Amount, Amount).Sample((u1, w1, e1, u2, w2, e2) =>
    {
        static Fraction Plain(Money u, Money w, Money equity, Money requirement)
        {
            if (equity <= Money.Zero) return 0L;
            var (pct, level) = (u / ((Fraction)w).Size, equity / (Fraction)requirement);
            return u > Money.Zero ? pct / level : pct * level;
        }
        var requirement = M("3.000000000001");
        Assert.Equal(Plain(u1, w1, e1, requirement).CompareTo(Plain(u2, w2, e2, requirement)),
            AdlScore.Of(u1, w1, new MarginLevel(e1, requirement)).CompareTo(AdlScore.Of(u2, w2, new MarginLevel(e2, requirement))));
    }, iter: 5_000);
}
