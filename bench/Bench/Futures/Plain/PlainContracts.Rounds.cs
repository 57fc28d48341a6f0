using System.Numerics;
using Sluice.Products.Futures.Events;
using static Sluice.Bench.Futures.Plain.PlainFormulas;

namespace Sluice.Bench.Futures.Plain;

// Liquidation (F-165), take-over (F-183, F-193) and deleveraging (F-166, F-202).
internal sealed partial class PlainContracts
{
    private readonly PlainLegs fund = new();
    private readonly Dictionary<(int Contract, bool Longs), List<PlainAccount>> rankings = [];
    private BigInteger fundCash;
    private BigInteger fundHighest;
    private PlainRound? round;

    private void On(in LiquidationStarted start)
    {
        Settle();
        queue ??= InDanger();
        var account = accounts[start.User];
        var scope = account.IsCross ? -1 : start.Instrument;
        var (equity, requirement) = account.LevelOf(scope);
        Compared++;
        Same("liquidated at", $"{equity} of {requirement}", $"{start.Equity.Raw} of {start.Requirement.Raw}");
        if (!account.IsBreached(scope)) Same($"level of {account.User}", "left alone", "liquidated");
        account.Locked.Add(scope);
        started.Add((account, scope));
    }

    private void On(in LiquidationEnded end)
    {
        var account = accounts[end.User];
        var scope = account.IsCross ? -1 : end.Instrument;
        Compared++;
        if (account.IsBreached(scope)) Same($"level of {account.User}", "goes on", "ended");
        account.Locked.Remove(scope);
    }

    // Steps 5 to 7: which leg, how much of it, at which price.
    private void BeginRound(PlainOrder order)
    {
        Rounds++;
        var (account, contract) = (order.Owner, order.Contract);
        if (account.IsCross)
        {
            var largest = account.Legs.Keys.MaxBy(account.RequirementOf);
            Same("leg", $"{account.RequirementOf(largest)}", $"{account.RequirementOf(contract)}");
        }
        var leg = account.LegOf(contract);
        var closing = Closing(leg.Size, marks[contract], account.LevelOf(contract).Equity);
        var bankruptcy = account.BankruptcyPriceOf(contract);
        Same("liquidation order", $"{(leg.Size > 0 ? -closing : closing)} at {bankruptcy ?? 1}", $"{(order.Buys ? order.Left : -order.Left)} at {order.Price}");
        round = new PlainRound(order, leg.Copy(), bankruptcy is not null, account.LiquidationPriceOf(contract) ?? 0, account.CashBalance);
    }

    // Steps 8 to 10, with everything that will be told of them.
    private void PassOn()
    {
        var now = round!;
        var (account, contract, price) = (now.Order.Owner, now.Order.Contract, now.Order.Price);
        var sign = now.Order.Buys ? 1 : -1;
        var surplus = BigInteger.Zero;
        if (now.Filled > 0)
        {
            var at = Value(sign * now.Filled, price);
            surplus = BigInteger.Max(0, at - now.Value - now.Fees + FeeOf(at, Fee));            // F-180
            account.Cash -= surplus;
            fundCash += surplus;
        }
        var left = now.Order.Left;
        if (left > 0)
        {
            var reserve = FeeOf(Value(left, price), Fee);
            var rest = left;
            if (now.HasPrice && !MayTake(contract, -sign * left, price, reserve)) rest = Deleverage(account, contract, sign * left, price);
            if (rest > 0)
            {
                Apply(account, contract, sign * rest, Value(sign * rest, price), 0);
                fundCash += fund.Of(contract).Fill(-sign * rest, Value(-sign * rest, price), 0, nowNanos);
                var has = account.IsCross ? account.LevelOf(contract).Equity : account.CashBalance - now.CashBefore;
                var paid = BigInteger.Max(0, BigInteger.Min(has, FeeOf(Value(rest, price), Fee)));
                account.Cash -= paid;
                fundCash += paid;
                Expect($"taken over {account.User} {contract} {-sign * rest} at {price} with {paid}");
            }
        }
        var toFund = BigInteger.Zero;
        if (!account.IsCross)
        {
            toFund = account.CashBalance - now.CashBefore;
            account.Cash -= toFund;
            fundCash += toFund;
        }
        Expect($"liquidated {account.User} {contract} {now.Before.Size} {now.Before.Margin} {sign * (now.Filled + left)} left {left} at {price} from {now.LiquidationPrice}: {surplus} and {toFund}");
        fundHighest = BigInteger.Max(fundHighest, FundEquity());
    }

    private void On(in PositionTakenOver taken) => Came($"taken over {taken.User} {taken.Instrument} {taken.Size} at {taken.Price} with {taken.FeeReserve.Raw}");

    private void On(in PositionDeleveraged taken) => Came($"deleveraged {taken.User} {taken.Instrument} {taken.Size} at {taken.Price} left {taken.PositionLeft} for {taken.Profit.Raw}");

    private void On(in PositionLiquidated done)
    {
        Came($"liquidated {done.User} {done.Instrument} {done.Size} {done.Margin.Raw} {done.OrderSize} left {done.Left} at {done.BankruptcyPrice} from {done.LiquidationPrice}: {done.Surplus.Raw} and {done.MarginToFund.Raw}");
        round = null;
    }

    private BigInteger FundEquity() => fundCash + fund.All.Aggregate(BigInteger.Zero, (sum, leg) => sum + Value(leg.Value.Size, marks[leg.Key]) - leg.Value.Entry);

    // F-193; nothing here lasts eight hours.
    private bool MayTake(int contract, long size, long price, BigInteger reserve)
    {
        fundHighest = BigInteger.Max(fundHighest, FundEquity());
        var after = FundEquity() + reserve + Value(size, marks[contract]) - Value(size, price);
        return after >= 0 && 100 * after >= 70 * fundHighest;
    }

    // Returns what nobody was left for, without sign.
    private long Deleverage(PlainAccount liquidated, int contract, long quantity, long price)
    {
        var longs = quantity > 0;
        if (!rankings.TryGetValue((contract, longs), out var ranking)) rankings[(contract, longs)] = ranking = Ranking(contract, longs);
        foreach (var account in ranking)
        {
            if (quantity == 0) break;
            var leg = account.LegOf(contract);
            if (account == liquidated || leg.Size == 0 || leg.Size > 0 != longs || account.Locked.Count > 0 || account.LevelOf(contract).Equity <= 0) continue;
            var size = Math.Sign(quantity) * long.Min(long.Abs(quantity), long.Abs(leg.Size));
            Apply(liquidated, contract, size, Value(size, price), 0);
            var cash = account.Cash;
            Apply(account, contract, -size, -Value(size, price), 0);
            Expect($"deleveraged {account.User} {contract} {-size} at {price} left {leg.Size} for {account.Cash - cash}");
            quantity -= size;
        }
        if (quantity == 0 || fund.Of(contract) is not { Size: not 0 } own || own.Size > 0 != longs) return long.Abs(quantity);
        var last = Math.Sign(quantity) * long.Min(long.Abs(quantity), long.Abs(own.Size));
        Apply(liquidated, contract, last, Value(last, price), 0);
        var profit = own.Fill(-last, -Value(last, price), 0, nowNanos);
        fundCash += profit;
        Expect($"deleveraged 0 {contract} {-last} at {price} left {own.Size} for {profit}");
        return long.Abs(quantity - last);
    }

    // F-202: profit over level, losses times level, larger first; then who is older, then the lower user.
    private List<PlainAccount> Ranking(int contract, bool longs)
    {
        var all = holders[contract].Where(account => account.LegOf(contract).Size is var size && size != 0 && size > 0 == longs).Select(account => (Account: account, Score: Score(account, contract))).ToList();
        all.Sort((a, b) =>
        {
            var score = (b.Score.Over * a.Score.Under).CompareTo(a.Score.Over * b.Score.Under);
            if (score != 0) return score;
            var age = a.Account.LegOf(contract).OpenedNanos.CompareTo(b.Account.LegOf(contract).OpenedNanos);
            return age != 0 ? age : a.Account.User.CompareTo(b.Account.User);
        });
        return [.. all.Select(one => one.Account)];
    }

    private static (BigInteger Over, BigInteger Under) Score(PlainAccount account, int contract)
    {
        var (equity, requirement) = account.LevelOf(contract);
        if (requirement == 0 || equity <= 0) return (0, 1);
        var (profit, entry) = (account.Unrealised(contract), BigInteger.Abs(account.LegOf(contract).Entry));
        return profit > 0 ? (profit * requirement, entry * equity) : (profit * equity, entry * requirement);
    }

    /// <summary>The fund's legs.</summary>
    private sealed class PlainLegs
    {
        public Dictionary<int, PlainLeg> All { get; } = [];

        public PlainLeg Of(int contract) => All.TryGetValue(contract, out var leg) ? leg : All[contract] = new PlainLeg();
    }

    /// <summary>One round of a liquidation: its order, the leg before, and what was filled.</summary>
    private sealed class PlainRound(PlainOrder order, PlainLeg before, bool hasPrice, BigInteger liquidationPrice, BigInteger cashBefore)
    {
        public PlainOrder Order => order;
        public PlainLeg Before => before;
        public bool HasPrice => hasPrice;
        public BigInteger LiquidationPrice => liquidationPrice;
        public BigInteger CashBefore => cashBefore;
        public long Filled { get; private set; }
        public BigInteger Value { get; private set; }
        public BigInteger Fees { get; private set; }

        public void Fill(long size, BigInteger value, BigInteger fee)
        {
            Filled += size;
            Value += value;
            Fees += fee;
        }
    }
}
