using CsCheck;
using Sluice.Core.Margin;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Liquidation;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Whole chains of liquidation rounds (F-165), put together from the functions as the state machine will: what every chain keeps.</summary>
public class LiquidationChainTests
{
    private static readonly Contract[] Contracts = [Btc, Eth, new(Linear("MID", multiplierDecimals: 0, priceDecimals: 4, tick: 1, leverage: 50))];
    private static readonly long[] Marks = [8_400_000, 260_000, 12_500];

    private sealed class Account(Money cash, Position[] legs)
    {
        public Money Cash { get; set; } = cash;
        public Money FundCash { get; set; }
        public Money Fees { get; set; }
        public Position[] Legs { get; } = legs;
        public Position[] FundLegs { get; } = [.. legs.Select(_ => new Position { IsCross = true })];
        public Position[] BuyerLegs { get; } = [.. legs.Select(_ => new Position { IsCross = true })];
        public Money BuyerCash { get; set; }

        public Exposure Part(int i) => Requirements.Of(Contracts[i], Contracts[i].RiskLimits, Legs[i].Size, Legs[i].EntryValue, X(10), Marks[i]);
        public Exposure Sum => Part(0) + Part(1) + Part(2);
        public MarginLevel Level => new(Cash + Sum.Unrealised, Sum.Requirement);

        // What everybody has and would realise at the marks.
        public Money Everything => Enumerable.Range(0, 3).Aggregate(Cash + FundCash + BuyerCash + Fees, (sum, i) => sum
            + new[] { Legs[i], FundLegs[i], BuyerLegs[i] }.Aggregate(Money.Zero, (all, leg) => all + Contracts[i].Unrealised(leg.Size, leg.EntryValue, Marks[i])));
    }

    // One round of F-165, steps 5 to 9: part of it fills in the book at the bankruptcy price or between it and the mark, the fund takes the rest.
    private static void Round(Account account, int filledPercent, int betterPercent)
    {
        var level = account.Level;
        var chosen = LiquidationStage.Choose([account.Part(0).Requirement, account.Part(1).Requirement, account.Part(2).Requirement]);
        var contract = Contracts[chosen];
        var size = account.Legs[chosen].Size;
        var close = LiquidationStage.SizeToClose(contract, contract.RiskLimits, size, Marks[chosen], level.Equity);
        var bankruptcy = BankruptcyPrice.Cross(contract, size, Marks[chosen], level, account.Part(chosen).Requirement)!.Value;

        var filled = level.Equity > Money.Zero ? close * filledPercent / 100 : 0;
        // Never worse than the order's limit. Where less equity is left than the exit fee, the limit is beyond the mark.
        var better = size > 0 ? long.Max(Marks[chosen] - bankruptcy, 0) : long.Min(Marks[chosen] - bankruptcy, 0);
        var price = bankruptcy + better * betterPercent / 100;
        if (filled > 0)
        {
            var quantity = size > 0 ? -filled : filled;
            var value = contract.Value(quantity, price);
            var fee = Fees(value, "0.0005");
            var profit = account.Legs[chosen].Fill(contract, quantity, value, fee, 1, out _).Profit;
            account.BuyerCash += account.BuyerLegs[chosen].Fill(contract, -quantity, -value, Money.Zero, 1, out _).Profit;
            var surplus = LiquidationMoney.Surplus(contract, quantity, value, fee, bankruptcy);
            account.Cash += profit - fee - surplus;
            account.Fees += fee;
            account.FundCash += surplus;
        }
        if (close > filled)
        {
            var quantity = size > 0 ? filled - close : close - filled;
            var value = contract.Value(quantity, bankruptcy);
            account.Cash += account.Legs[chosen].Fill(contract, quantity, value, Money.Zero, 1, out _).Profit;
            account.FundCash += account.FundLegs[chosen].Fill(contract, -quantity, -value, Money.Zero, 1, out _).Profit;
            var reserve = LiquidationMoney.TakeOverReserve(contract, quantity, bankruptcy, account.Cash + account.Sum.Unrealised);
            account.Cash -= reserve;
            account.FundCash += reserve;
        }
    }

    [Fact]
    public void F_165_F_173_F_181_F_183_F_184_F_255_every_chain_ends_safe_or_empty_and_conserves_money()
    {
        var ended = new int[2];
        Gen.Select(Gen.Long[-400_000, 400_000], Gen.Long[-60_000, 60_000], Gen.Long[-900_000, 900_000], Gen.Int[-40, 99], Gen.Int[0, 100], Gen.Int[0, 100]).Sample((btc, eth, mid, percent, filled, better) =>
        {
            long[] sizes = [btc, eth, mid];
            var legs = new Position[3];
            for (var i = 0; i < 3; i++)
            {
                legs[i] = new Position { IsCross = true };
                if (sizes[i] != 0) legs[i].Fill(Contracts[i], sizes[i], Contracts[i].Value(sizes[i], Marks[i] + (i - 1) * 10), Money.Zero, 1, out _);
            }
            var account = new Account(Money.Zero, legs);
            // Equity of some per cent of the requirement, below zero too.
            account.Cash = new Money(account.Sum.Requirement.Raw * percent / 100) - account.Sum.Unrealised;
            var everything = account.Everything;
            var rounds = 0;
            while (account.Level.IsBreached)
            {
                var before = account.Sum.Requirement;
                Round(account, filled, better);
                Assert.True(account.Sum.Requirement < before);
                Assert.Equal(everything, account.Everything);
                Assert.True(++rounds <= 14 + 11 + 8, $"{rounds}");
            }
            var isEmpty = account.Legs.All(leg => leg.Size == 0);
            Assert.True(isEmpty || account.Level.Equity > account.Level.Requirement);
            // Prices of bankruptcy are rounded in the account's favour, and reserves take no more than there is.
            if (isEmpty) Assert.False(account.Cash.IsNegative, account.Cash.ToString());
            if (rounds > 0) Interlocked.Increment(ref ended[isEmpty ? 0 : 1]);
        }, iter: 2_000);
        Assert.True(ended[0] > 100 && ended[1] > 100, $"{ended[0]} empty, {ended[1]} safe");
    }
}
