using System.Runtime.CompilerServices;
using CsCheck;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Accounting of positions (futures section 3), and the identities it keeps.</summary>
public class PositionTests
{
    private static PositionChange Trade(ref Position position, Contract contract, long quantity, string price, out ClosedPosition ended, string fee = "0", long now = 1) =>
        position.Fill(contract, quantity, contract.Value(quantity, contract.P(price)), M(fee), now, out ended);

    private static PositionChange Trade(ref Position position, Contract contract, long quantity, string price) => Trade(ref position, contract, quantity, price, out _);

    [Fact]
    public void FX_03_F_022_profit_of_a_long()
    {
        var position = new Position { IsCross = true };
        Trade(ref position, Btc, 100, "32300");
        Assert.Equal("33.8", Trade(ref position, Btc, -100, "35680").Profit.ToString());
    }

    [Fact]
    public void FX_04_F_022_F_028_an_inverse_position_with_funding()
    {
        var position = new Position { IsCross = true };
        Trade(ref position, BtcUsd, 15_000, "750");
        Assert.Equal("-20", position.EntryValue.ToString());
        position.PayFunding(M("0.05"));
        Trade(ref position, BtcUsd, -15_000, "800", out var ended);
        Assert.Equal("1.25", ended.TradeProfit.ToString());
        Assert.Equal("0.05", ended.FundingPaid.ToString());
        Assert.Equal("1.2", ended.Realised.ToString());
    }

    [Fact]
    public void FX_06_F_029_return_on_equity()
    {
        Assert.Equal("0.079175", DecimalText.Format(Requirements.ReturnOnEquity(M("0.104"), M("1.3135425")), 6));
        Assert.Equal("0.039702", DecimalText.Format(Requirements.ReturnOnEquity(M("1"), M("25.1875")), 6));
        Assert.Equal(0, Requirements.ReturnOnEquity(M("1"), Money.Zero));
    }

    [Fact]
    public void FX_07_F_101_isolated_margin_of_an_opening_fill()
    {
        var position = new Position { Leverage = X(100) };
        var change = position.Fill(Btc, 20, M("100"), Money.Zero, 1, out _);
        Assert.Equal("1.075", change.MarginCharged.ToString());
        Assert.Equal("1.075", position.Margin.ToString());
    }

    [Fact]
    public void FX_09_F_021_F_022_F_023_linear_netting_and_a_flip()
    {
        var position = new Position { IsCross = true };
        Trade(ref position, Eth, 100, "2600");
        Trade(ref position, Eth, 50, "2630");
        Assert.Equal((150L, "3915", "2610"), (position.Size, position.EntryValue.ToString(), Eth.Entry(position.Size, position.EntryValue)));
        Assert.Equal("24", Trade(ref position, Eth, -60, "2650").Profit.ToString());
        Assert.Equal((90L, "2349"), (position.Size, position.EntryValue.ToString()));
        var flip = Trade(ref position, Eth, -120, "2580", out var ended, now: 9);
        Assert.Equal(("-27", 90L, 30L, true), (flip.Profit.ToString(), flip.Closed, flip.Opened, flip.Ended));
        Assert.Equal((-30L, "-774"), (position.Size, position.EntryValue.ToString()));
        Assert.Equal("-3", ended.TradeProfit.ToString());
        // W + K, this user's part, is the sum of w.
        Assert.Equal("-771", (position.EntryValue - ended.TradeProfit).ToString());
        Assert.Equal((9L, 30L, 0L), (position.OpenedNanos, position.SizeMax, position.ClosedSize));
        Assert.Equal(Money.Zero, position.Realised);
    }

    [Fact]
    public void FX_10_F_023_F_024_F_026_inverse_netting_is_exact_over_a_flip()
    {
        var position = new Position { IsCross = true };
        Trade(ref position, BtcUsd, 30_000, "84000");
        Trade(ref position, BtcUsd, 20_000, "82000");
        Assert.Equal("-0.601045296167", position.EntryValue.ToString());
        Assert.Equal("83188.4057971", BtcUsd.Entry(position.Size, position.EntryValue));
        var first = Trade(ref position, BtcUsd, -25_000, "85000").Profit;
        var second = Trade(ref position, BtcUsd, -25_000, "81000", out var ended).Profit;
        Assert.Equal(("0.006405001025", "-0.008119327226"), (first.ToString(), second.ToString()));
        Assert.Equal("-0.001714326201", (first + second).ToString());
        Assert.Equal(first + second, ended.TradeProfit);
        Assert.Equal((0L, Money.Zero), (position.Size, position.EntryValue));
    }

    [Fact]
    public void F_023_an_inverse_flip_splits_one_rounded_value()
    {
        var position = new Position { IsCross = true };
        Trade(ref position, BtcUsd, 7, "3.01");
        var entry = position.EntryValue;
        var value = BtcUsd.Value(-10, BtcUsd.P("3.07"));
        var change = position.Fill(BtcUsd, -10, value, Money.Zero, 2, out _);
        Assert.Equal(-3, position.Size);
        // 7/10 of the value closes, half-even; the rest opens. Nothing is lost in between.
        Assert.Equal("3.257328990228", value.ToString());
        Assert.Equal("0.977198697068", position.EntryValue.ToString());       // the rest of 2.280130293160, which is 2.2801302931596 rounded
        Assert.Equal(value, position.EntryValue - entry - change.Profit);
    }

    [Fact]
    public void F_028_the_record_of_a_life_has_both_average_prices_and_all_that_was_paid()
    {
        var position = new Position { Leverage = X(10) };
        Trade(ref position, Eth, -40, "2600", out _, fee: "0.5", now: 77);
        Trade(ref position, Eth, -20, "2630", out _, fee: "-0.1");
        position.PayFunding(M("-0.3"));
        Trade(ref position, Eth, 15, "2500", out _, fee: "0.2");
        Trade(ref position, Eth, 45, "2400", out var ended, fee: "0.4");
        Assert.False(ended.WasLong);
        Assert.Equal((60L, 60L, 77L), (ended.SizeMax, ended.ClosedSize, ended.OpenedNanos));
        Assert.Equal("111", ended.TradeProfit.ToString());                 // 1 566 − 1 455
        Assert.Equal(("1", "-0.3", "110.3"), (ended.FeesPaid.ToString(), ended.FundingPaid.ToString(), ended.Realised.ToString()));
        Assert.Equal(("2425", "2610"), (DecimalText.Format(ended.LongPrice, 8), DecimalText.Format(ended.ShortPrice, 8)));
        Assert.Equal(("110.3", "110.3"), (position.HistoryProfit.ToString(), position.LastCloseProfit.ToString()));
        Assert.Equal((0L, 0L, 0L, Money.Zero), (position.OpenedNanos, position.SizeMax, position.ClosedSize, position.Realised));
        Trade(ref position, Eth, 1, "2400");
        Trade(ref position, Eth, -1, "2300");
        Assert.Equal(("109.3", "-1"), (position.HistoryProfit.ToString(), position.LastCloseProfit.ToString()));
    }

    [Fact]
    public void F_028_the_fee_of_a_flip_belongs_to_the_life_it_ends()
    {
        var position = new Position { IsCross = true };
        Trade(ref position, Eth, 10, "2600", out _, fee: "0.1");
        Trade(ref position, Eth, -15, "2600", out var ended, fee: "0.3");
        Assert.Equal("0.4", ended.FeesPaid.ToString());
        Assert.Equal(Money.Zero, position.FeesPaid);
    }

    [Fact]
    public void F_103_a_reduction_releases_its_part_of_the_margin_and_a_flip_all_of_it()
    {
        var position = new Position { Leverage = X(20) };
        Trade(ref position, Eth, 3, "2600");
        Assert.Equal("3.9585", position.Margin.ToString());
        var reduced = Trade(ref position, Eth, -1, "2650");
        Assert.Equal(("1.3195", "2.639"), (reduced.MarginReleased.ToString(), position.Margin.ToString()));
        var flip = Trade(ref position, Eth, -3, "2700");
        Assert.Equal(("2.639", "1.37025"), (flip.MarginReleased.ToString(), flip.MarginCharged.ToString()));
        Assert.Equal("1.37025", position.Margin.ToString());
    }

    [Fact]
    public void F_031_every_change_counts_and_a_flip_is_two()
    {
        var position = new Position { IsCross = true };
        Trade(ref position, Eth, 3, "2600");
        position.PayFunding(M("0.1"));
        Assert.Equal(2, position.UpdateId);
        Trade(ref position, Eth, -4, "2600");
        Assert.Equal(4, position.UpdateId);
    }

    [Fact]
    public void F_020_a_position_and_an_account_are_three_cache_lines_and_a_seat_five()
    {
        const int Line = 64;
        Assert.Equal(Position.Lines * Line, Unsafe.SizeOf<Position>());
        Assert.Equal(MarginAccount.Lines * Line, Unsafe.SizeOf<MarginAccount>());
        Assert.Equal(5 * Line, Unsafe.SizeOf<Seat>());
    }

    // Users trade with each other at random; each trade has one value, with opposite signs on its legs.
    private static readonly Gen<(int Buyer, int Seller, long Size, long Price)> AnyTrade =
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 3], Gen.Long[1, 400], Gen.Long[1_000, 20_000_000], (buyer, other, size, price) =>
            (buyer, (buyer + 1 + other) % 5, size, price));

    [Fact]
    public void F_026_F_027_F_250_F_251_F_252_F_253_F_254_F_255_clearing_and_entry_values_sum_to_zero_linear() => Identities(Eth);

    [Fact]
    public void F_026_F_027_F_250_F_251_F_252_F_253_F_254_F_255_clearing_and_entry_values_sum_to_zero_inverse() => Identities(BtcUsd);

    private static void Identities(Contract contract) => Gen.Select(AnyTrade.Array[1, 60], Gen.Int[0, 31]).Sample((trades, modes) =>
    {
        var positions = new Position[5];
        var cash = new Money[5];
        for (var i = 0; i < 5; i++) positions[i] = new Position { IsCross = (modes >> i & 1) == 0, Leverage = X(1 + 7 * i) };
        var clearing = Money.Zero;
        var held = new Money[5];
        foreach (var (buyer, seller, size, price) in trades)
        {
            var value = contract.Value(size, price);
            Leg(buyer, size, value);
            Leg(seller, -size, -value);

            var entries = positions.Aggregate(Money.Zero, (sum, p) => sum + p.EntryValue);
            Assert.Equal(Money.Zero, clearing + entries);                                                   // F-026, F-252
            Assert.Equal(0, positions.Sum(p => p.Size));                                                    // F-251
            Assert.Equal(Money.Zero, cash.Aggregate(clearing, (sum, c) => sum + c));                        // F-250
            for (var i = 0; i < 5; i++)
            {
                Assert.Equal(positions[i].Margin, held[i]);
                Assert.False(positions[i].Margin.IsNegative);
                if (positions[i].Size == 0) Assert.Equal((Money.Zero, Money.Zero), (positions[i].EntryValue, positions[i].Margin));     // F-254
                if (positions[i].IsCross) Assert.Equal(Money.Zero, positions[i].Margin);
            }
            if (positions.All(p => p.Size == 0)) Assert.Equal(Money.Zero, clearing);                        // F-253
            if (contract.IsInverse) continue;
            foreach (var at in new[] { 1, price, 99_999_999L })
            {
                // F-255: at any common price, what users have and would realise is what they brought in: nothing.
                var equity = positions.Aggregate(Money.Zero, (sum, p) => sum + contract.Unrealised(p.Size, p.EntryValue, at));
                Assert.Equal(Money.Zero, cash.Aggregate(equity, (sum, c) => sum + c));
            }
        }

        void Leg(int user, long quantity, Money value)
        {
            var change = positions[user].Fill(contract, quantity, value, Money.Zero, 1, out _);
            cash[user] += change.Profit;
            clearing -= change.Profit;
            held[user] += change.MarginCharged - change.MarginReleased;
        }
    }, iter: 2_000);

    [Fact]
    public void F_028_a_life_earns_what_its_record_says() => Gen.Select(Gen.Long[-50, 50].Where(q => q != 0), Gen.Long[100_000, 900_000]).Array[1, 40].Sample(trades =>
    {
        var position = new Position { IsCross = true };
        var earned = Money.Zero;
        var recorded = Money.Zero;
        foreach (var (quantity, price) in trades)
        {
            var change = position.Fill(BtcUsd, quantity, BtcUsd.Value(quantity, price), new Money(3), 1, out var ended);
            earned += change.Profit - new Money(3);
            if (change.Ended) recorded += ended.Realised;
        }
        Assert.Equal(earned, recorded + position.Realised);
        Assert.Equal(recorded, position.HistoryProfit);
    }, iter: 2_000);
}
