using CsCheck;
using Sluice.Core.Margin;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Liquidation;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Stages, take-overs, the fund and deleveraging (futures sections 11 to 13, 17.5).</summary>
public class LiquidationTests
{
    [Fact]
    public void FX_50_F_112_F_165_F_173_F_180_F_181_F_182_a_partial_liquidation_steps_down_one_tier()
    {
        var mark = Btc.P("84000");
        var equity = M("4900");
        var position = new Position { IsCross = true, Leverage = X(20) };
        position.Fill(Btc, 143_000, Btc.Value(143_000, mark), Money.Zero, 1, out _);
        var exposure = Requirements.Of(Btc, Btc.RiskLimits, position.Size, position.EntryValue, X(20), mark);
        var level = new MarginLevel(equity, exposure.Requirement);
        Assert.Equal(("4955.7", "0.98876042", true), (exposure.Requirement.ToString(), level.ToString(), level.IsBreached));

        Assert.Equal(119_047, LiquidationStage.SizeWorth(Btc, M("1000000"), mark));
        var close = LiquidationStage.SizeToClose(Btc, Btc.RiskLimits, position.Size, mark, equity);
        Assert.Equal(23_953, close);
        Assert.Equal("83720.13275692", Fine(Btc, 8) is var fine ? fine.Text(BankruptcyPrice.Cross(fine, 143_000, fine.P("84000"), level, exposure.Requirement)) : "");
        var bankruptcy = BankruptcyPrice.Cross(Btc, position.Size, mark, level, exposure.Requirement)!.Value;
        Assert.Equal("83720.2", Btc.Text(bankruptcy));

        // All of it fills, in two parts, better than at the bankruptcy price.
        var (value, fees, profit) = (Money.Zero, Money.Zero, Money.Zero);
        foreach (var (size, price) in new[] { (-15_000L, "83990"), (-8_953L, "83970.5") })
        {
            var part = Btc.Value(size, Btc.P(price));
            var fee = Fees(part, "0.00075");
            profit += position.Fill(Btc, size, part, fee, 2, out _).Profit - fee;
            (value, fees) = (value + part, fees + fee);
        }
        Assert.Equal(("-201163.78865", "150.8728414875", "-192.2841914875"), (value.ToString(), fees.ToString(), profit.ToString()));
        var surplus = LiquidationMoney.Surplus(Btc, -close, value, fees, bankruptcy);
        Assert.Equal("628.3219948075", surplus.ToString());

        var after = Requirements.Of(Btc, Btc.RiskLimits, position.Size, position.EntryValue, X(20), mark).Requirement;
        Assert.Equal("3999.9779", after.ToString());
        // To the fund.
        var left = new MarginLevel(equity + profit - surplus, after);
        Assert.Equal(("4079.393813705", "1.01985409", false), (left.Equity.ToString(), left.ToString(), left.IsBreached));
        // To the user, but for a fee.
        var clearance = LiquidationMoney.ClearanceFee(surplus, value, R("0.002"));
        var kept = new MarginLevel(equity + profit - clearance, after);
        Assert.Equal(("402.3275773", "4305.3882312125", "1.076353"), (clearance.ToString(), kept.Equity.ToString(), kept.ToString()));
    }

    [Fact]
    public void FX_27_F_180_fills_above_the_bankruptcy_price_leave_a_surplus()
    {
        var contract = new Contract(Btc.Terms with { TakerFee = Rate.Zero, MakerFee = Rate.Zero });
        Assert.Equal("100", LiquidationMoney.Surplus(contract, -10_000, contract.Value(-10_000, contract.P("10100")), Money.Zero, contract.P("10000")).ToString());
        Assert.Equal("100", LiquidationMoney.Surplus(contract, 10_000, contract.Value(10_000, contract.P("9900")), Money.Zero, contract.P("10000")).ToString());
        // A taker rate above the reserve can make it negative: then it is nothing.
        Assert.Equal(Money.Zero, LiquidationMoney.Surplus(contract, -10_000, contract.Value(-10_000, contract.P("10000")), M("1"), contract.P("10000")));
    }

    [Fact]
    public void FX_51_F_165_F_183_F_184_F_192_a_gap_and_a_take_over()
    {
        var position = new Position { Leverage = X(20) };
        position.Fill(Btc, 100_000, Btc.Value(100_000, Btc.P("84000")), Money.Zero, 1, out _);
        Assert.Equal("42630", position.Margin.ToString());
        var mark = Btc.P("79500");
        var level = Requirements.IsolatedLevel(Btc, Btc.RiskLimits, position.Size, position.EntryValue, position.Margin, mark);
        Assert.Equal(("-2370", "3128.75", "-0.75749101"), (level.Equity.ToString(), level.Requirement.ToString(), level.ToString()));
        // Nothing is left of the equity, so the whole leg goes although it is in the second tier.
        Assert.Equal(100_000, LiquidationStage.SizeToClose(Btc, Btc.RiskLimits, position.Size, mark, level.Equity));
        var bankruptcy = BankruptcyPrice.Isolated(Btc, position.Size, position.EntryValue, position.Margin)!.Value;
        Assert.Equal("79796.9", Btc.Text(bankruptcy));

        var cash = M("42630");
        var fund = new Position { IsCross = true };
        var taken = Btc.Value(100_000, bankruptcy);
        var change = position.Fill(Btc, -100_000, -taken, Money.Zero, 2, out _);
        fund.Fill(Btc, 100_000, taken, Money.Zero, 2, out _);
        Assert.Equal(("-42031", "42630", true), (change.Profit.ToString(), change.MarginReleased.ToString(), change.Ended));
        var reserve = LiquidationMoney.TakeOverReserve(Btc, 100_000, bankruptcy, cash + change.Profit);
        var rest = cash + change.Profit - reserve;
        Assert.Equal(("598.47675", "0.52325"), (reserve.ToString(), rest.ToString()));
        var loss = Btc.Unrealised(fund.Size, fund.EntryValue, mark);
        Assert.Equal("-2969", loss.ToString());
        Assert.Equal(level.Equity, reserve + rest + loss);
    }

    [Fact]
    public void F_183_a_reserve_takes_no_more_than_there_is()
    {
        Assert.Equal("5", LiquidationMoney.TakeOverReserve(Btc, 100_000, Btc.P("79796.9"), M("5")).ToString());
        Assert.Equal(Money.Zero, LiquidationMoney.TakeOverReserve(Btc, 100_000, Btc.P("79796.9"), M("-5")));
    }

    [Fact]
    public void F_165_F_173_a_stage_leaves_the_most_the_tier_below_holds()
    {
        var eth = new Contract(Eth.Terms with { SizeDecimals = 2, SizeStep = 25 });
        foreach (var contract in new[] { Btc, BtcUsd, eth })
        {
            Gen.Select(Gen.Long[1, 200_000_000], Gen.Long[100_000, 20_000_000], Gen.Bool).Sample((raw, mark, isLong) =>
            {
                var size = contract.ToLot(raw);
                if (size == 0) return;
                var tiers = contract.RiskLimits;
                var close = LiquidationStage.SizeToClose(contract, tiers, isLong ? size : -size, mark, M("1"));
                var k = tiers.TierOf(contract.NotionalOf(size, mark));
                if (k == 0)
                {
                    Assert.Equal(size, close);
                    return;
                }
                Assert.InRange(close, 1, size);
                Assert.Equal(0, (size - close) % contract.Terms.SizeStep);
                Assert.False(contract.NotionalOf(size - close, mark).Exceeds(tiers[k - 1].Limit));
                Assert.True(contract.NotionalOf(size - close + contract.Terms.SizeStep, mark).Exceeds(tiers[k - 1].Limit));
            }, iter: 1_000);
        }
    }

    [Fact]
    public void F_165_the_leg_with_the_largest_requirement_goes_first()
    {
        Assert.Equal(2, LiquidationStage.Choose([M("1"), M("2"), M("3"), M("3")]));
        Assert.Equal(-1, LiquidationStage.Choose([Money.Zero]));
        Assert.Equal(-1, LiquidationStage.Choose([]));
    }

    [Fact]
    public void F_134_F_165_hedged_legs_are_netted_at_the_mark_without_a_change_of_equity()
    {
        var mark = Btc.P("84000");
        var longLeg = new Position { IsCross = true, Leg = Leg.Long };
        var shortLeg = new Position { IsCross = true, Leg = Leg.Short };
        longLeg.Fill(Btc, 50_000, Btc.Value(50_000, Btc.P("83000")), Money.Zero, 1, out _);
        shortLeg.Fill(Btc, -30_000, Btc.Value(-30_000, Btc.P("84500")), Money.Zero, 1, out _);
        var overlap = LiquidationStage.Overlap(longLeg.Size, shortLeg.Size);
        Assert.Equal(30_000, overlap);
        var value = Btc.Value(overlap, mark);
        var profit = longLeg.Fill(Btc, -overlap, -value, Money.Zero, 2, out _).Profit + shortLeg.Fill(Btc, overlap, value, Money.Zero, 2, out _).Profit;
        Assert.Equal("4500", profit.ToString());                                                // 3 · 1 000 + 3 · 500
        Assert.Equal((20_000L, 0L), (longLeg.Size, shortLeg.Size));
        Assert.Equal("6500", (profit + Btc.Unrealised(longLeg.Size, longLeg.EntryValue, mark)).ToString());
    }

    private static AdlCandidate Short(int user, long size, string entry, int leverage, long opened = 0)
    {
        var mark = Btc.P("79500");
        var value = Btc.Value(-size, Btc.P(entry));
        var level = Requirements.IsolatedLevel(Btc, Btc.RiskLimits, -size, value, Requirements.Initial(Btc, Notional.Of(value), X(leverage)), mark);
        return new AdlCandidate(AdlScore.Of(Btc.Unrealised(-size, value, mark), value, level), opened, user, size, false, user);
    }

    [Fact]
    public void FX_52_F_166_F_202_F_203_deleveraging_by_score()
    {
        AdlCandidate[] ranking = [Short(3, 4_000, "79000", 20), Short(2, 5_000, "81000", 50), Short(1, 2_000, "90000", 10)];
        Array.Sort(ranking);
        Assert.Equal([1, 2, 3], ranking.Select(candidate => candidate.User));
        Assert.Equal(["0.0017775", "0.0017357", "-0.0745004"], ranking.Select((candidate, i) =>
            DecimalText.Format(candidate.Score.Displayed(i < 2 ? 8 : 7), i < 2 ? 8 : 7)));
        var taken = new long[3];
        Assert.Equal(0, Deleveraging.Take(ranking, 3_000, taken));
        Assert.Equal([2_000, 1_000, 0], taken);
        Assert.Equal([1, 4, 5], new[] { 2_000, 7_000, 11_000 }.Select(cumulative => Deleveraging.Light(cumulative, 11_000)));

        // Everybody closes at the bankruptcy price, without a fee.
        var price = Btc.P("79796.9");
        Money Close(long size, string entry, long quantity)
        {
            var position = new Position { IsCross = true };
            position.Fill(Btc, size, Btc.Value(size, Btc.P(entry)), Money.Zero, 1, out _);
            return position.Fill(Btc, quantity, Btc.Value(quantity, price), Money.Zero, 2, out _).Profit;
        }
        Assert.Equal(("2040.62", "120.31"), (Close(-2_000, "90000", 2_000).ToString(), Close(-5_000, "81000", 1_000).ToString()));
        var loss = Close(3_000, "84000", -3_000);
        Assert.Equal("-1260.93", loss.ToString());
        var margin = Requirements.Initial(Btc, Btc.NotionalOf(3_000, Btc.P("84000")), X(20));
        Assert.Equal(("1278.9", "17.97"), (margin.ToString(), (margin + loss).ToString()));
        Assert.Equal("17.9543025", LiquidationMoney.TakeOverReserve(Btc, 3_000, price, margin + loss).ToString());
    }

    [Fact]
    public void FX_53_F_166_the_top_of_the_ranking_gives_until_nothing_is_left_to_place()
    {
        // The table's order 2, 5, 4, 1, 6, 3 with 10 contracts each; its own formula ranks by another measure.
        AdlCandidate[] ranking = [.. new[] { 2, 5, 4, 1, 6, 3 }.Select(user => new AdlCandidate(AdlScore.None, 0, user, 10, false, user))];
        var taken = new long[6];
        Assert.Equal(0, Deleveraging.Take(ranking, 20, taken));
        Assert.Equal([(2, 10L), (5, 10L)], ranking.Zip(taken).Where(pair => pair.Second > 0).Select(pair => (pair.First.User, pair.Second)));
        Assert.Equal(5, Deleveraging.Take(ranking, 65, taken));
    }

    [Fact]
    public void F_195_F_202_ties_go_to_the_older_position_then_the_lower_user_and_the_fund_is_last()
    {
        AdlCandidate[] ranking =
        [
            Short(9, 10, "90000", 10, opened: 1) with { IsFund = true }, Short(5, 10, "90000", 10, opened: 7), Short(4, 10, "90000", 10, opened: 8),
            Short(3, 10, "90000", 10, opened: 7), Short(8, 10, "70000", 10, opened: 1),
        ];
        Array.Sort(ranking);
        Assert.Equal([3, 5, 4, 8, 9], ranking.Select(candidate => candidate.User));
    }

    [Fact]
    public void F_202_scores_are_compared_exactly_and_undefined_levels_have_none()
    {
        var level = new MarginLevel(M("3"), M("1"));
        var third = AdlScore.Of(M("1"), M("1"), level);
        Assert.True(third.CompareTo(AdlScore.Of(M("1") - new Money(1), M("1"), level)) > 0);
        Assert.Equal(0, third.CompareTo(AdlScore.Of(M("2"), M("-2"), level)));
        Assert.Equal(AdlScore.None, AdlScore.Of(M("1"), M("1"), default));
        Assert.Equal(AdlScore.None, AdlScore.Of(M("1"), M("1"), new MarginLevel(Money.Zero, M("1"))));
        Assert.Equal(AdlScore.None, AdlScore.Of(M("1"), Money.Zero, level));
        // A loss counts more the safer the account is.
        Assert.True(AdlScore.Of(M("-1"), M("1"), level).CompareTo(AdlScore.Of(M("-1"), M("1"), new MarginLevel(M("9"), M("1")))) > 0);
    }

    [Fact]
    public void FX_54_F_194_the_fund_sells_in_parts()
    {
        var sold = new List<long>();
        for (long left = 280; left > 0; left -= sold[^1]) sold.Add(InsuranceFund.DisposalSize(Btc, left, R("0.5"), 50, 10_000, R("0.01")));
        Assert.Equal([100L, 90, 45, 45], sold);
        Assert.Equal(0, InsuranceFund.DisposalSize(Btc, 280, R("0.5"), 50, 99, R("0.01")));
        Assert.Equal(1, InsuranceFund.DisposalSize(Btc, 1, R("0.5"), 0, 10_000, R("0.01")));
    }

    [Fact]
    public void F_193_F_207_the_fund_takes_over_down_to_its_floor_and_seven_tenths_of_its_height()
    {
        Assert.True(InsuranceFund.MayTakeOver(M("70"), Money.Zero, M("100")));
        Assert.False(InsuranceFund.MayTakeOver(M("69.999999999999"), Money.Zero, M("100")));
        Assert.False(InsuranceFund.MayTakeOver(M("70"), M("70.000000000001"), M("100")));
        Assert.False(InsuranceFund.IsAtRisk(M("80"), M("100")));
        Assert.True(InsuranceFund.IsAtRisk(M("79.999999999999"), M("100")));
    }

    [Fact]
    public void FX_62_F_197_winners_give_in_proportion()
    {
        var haircuts = new Money[2];
        Assert.Equal(Money.Zero, InsuranceFund.Haircut([M("100"), M("50")], M("18"), haircuts));
        Assert.Equal([M("12"), M("6")], haircuts);
        Assert.Equal((M("88"), M("44")), (M("100") - haircuts[0], M("50") - haircuts[1]));
    }

    [Fact]
    public void F_197_the_largest_gain_bears_the_rounding_and_nobody_gives_more_than_it_won() =>
        Gen.Select(Gen.Long[0, 1_000].Array[1, 8], Gen.Long[0, 9_000]).Sample((gains, debt) =>
        {
            var amounts = gains.Select(gain => new Money(gain)).ToArray();
            var haircuts = new Money[gains.Length];
            var unpaid = InsuranceFund.Haircut(amounts, new Money(debt), haircuts);
            Assert.Equal(new Money(debt), haircuts.Aggregate(unpaid, (sum, cut) => sum + cut));
            Assert.All(haircuts.Zip(amounts), pair => Assert.True(!pair.First.IsNegative && pair.First <= pair.Second));
            Assert.Equal(new Money(long.Max(0, debt - gains.Sum())), unpaid);
        }, iter: 2_000);
}
