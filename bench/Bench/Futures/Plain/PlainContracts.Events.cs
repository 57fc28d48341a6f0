using System.Numerics;
using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;
using static Sluice.Bench.Futures.Plain.PlainFormulas;

namespace Sluice.Bench.Futures.Plain;

// The machine's events, each compared with the one expected.
internal sealed partial class PlainContracts
{
    private PlainOrder? taking;                 // accepted by the running command
    private bool rests;
    private List<(PlainAccount Account, int Scope)>? queue;    // who must be liquidated first, in which order
    private readonly List<(PlainAccount Account, int Scope)> started = [];

    private void Walk(EventReader events)
    {
        taking = null;
        queue = null;
        rests = false;
        started.Clear();
        touched.Clear();
        told.Clear();
        rankings.Clear();
        while (Difference is null && events.Next())
        {
            if (events.Kind == ContractPriced.Kind) On(events.As<ContractPriced>());
            else if (events.Kind == ContractOrderAccepted.Kind) On(events.As<ContractOrderAccepted>());
            else if (events.Kind == ContractOrderUpdated.Kind) On(events.As<ContractOrderUpdated>());
            else if (events.Kind == ContractFilled.Kind) On(events.As<ContractFilled>());
            else if (events.Kind == ContractOrderFinished.Kind) On(events.As<ContractOrderFinished>());
            else if (events.Kind == PositionChanged.Kind) On(events.As<PositionChanged>());
            else if (events.Kind == BalanceChanged.Kind) On(events.As<BalanceChanged>());
            else if (events.Kind == LiquidationStarted.Kind) On(events.As<LiquidationStarted>());
            else if (events.Kind == PositionTakenOver.Kind) On(events.As<PositionTakenOver>());
            else if (events.Kind == PositionDeleveraged.Kind) On(events.As<PositionDeleveraged>());
            else if (events.Kind == PositionLiquidated.Kind) On(events.As<PositionLiquidated>());
            else if (events.Kind == LiquidationEnded.Kind) On(events.As<LiquidationEnded>());
        }
        Settle();
        if (Difference is null) Check();
    }

    // What holds when a command is over.
    private void Check()
    {
        if (expected.Count > 0) Same("event", expected.Dequeue(), "nothing");
        expected.Clear();
        foreach (var (user, (total, held)) in told)
        {
            Same($"cash of {user}", $"{accounts[user].Cash}", $"{total.Raw}");
            Same($"margins of {user}", $"{accounts[user].Margins}", $"{held.Raw}");
        }
        queue ??= InDanger();
        foreach (var (account, scope) in queue.Concat(touched.SelectMany(Scopes)))
        {
            if (account.Locked.Count == 0 && account.IsBreached(scope)) Same($"level of {account.User}", "liquidated", "left alone");
        }
        // Those in danger at once went in their order.
        var turns = started.Select(one => queue.IndexOf(one)).Where(at => at >= 0).ToList();
        Same("order of liquidations", string.Join(' ', turns.Order()), string.Join(' ', turns));
    }

    // Whoever the command endangered: by user; after a moved mark by level, then user (F-161 step 6, F-162).
    private List<(PlainAccount Account, int Scope)> InDanger()
    {
        var breached = touched.OrderBy(account => account.User).SelectMany(Scopes).Where(one => one.Account.IsBreached(one.Scope)).ToList();
        if (!moved) return breached;
        breached.Sort((a, b) =>
        {
            var (x, y) = (a.Account.LevelOf(a.Scope), b.Account.LevelOf(b.Scope));
            var level = (x.Equity * y.Requirement).CompareTo(y.Equity * x.Requirement);
            return level != 0 ? level : a.Account.User.CompareTo(b.Account.User);
        });
        return breached;
    }

    private bool moved;

    private static IEnumerable<(PlainAccount Account, int Scope)> Scopes(PlainAccount account) =>
        account.IsCross ? [(account, -1)] : account.Legs.Where(leg => leg.Value.Size != 0).Select(leg => (account, leg.Key)).ToList();

    private void On(in ContractPriced priced)
    {
        marks[priced.Instrument] = priced.Mark;
        foreach (var holder in holders[priced.Instrument]) touched.Add(holder);
        moved = true;
        queue = InDanger();
        moved = false;
    }

    private void On(in ContractOrderAccepted accepted)
    {
        Settle();
        var order = new PlainOrder
        {
            Id = accepted.OrderId, Owner = accounts[accepted.User], Contract = accepted.Instrument, Buys = accepted.Size > 0, Price = accepted.Price, Left = long.Abs(accepted.Size),
            ValuePrice = accepted.ValuePrice,
        };
        if ((accepted.Flags & ContractOrderFlags.Liquidation) != 0)
        {
            BeginRound(order);
            return;
        }
        Same("value price", $"{ValuePriceOf(order.Contract, order.Buys, order.Price)}", $"{order.ValuePrice}");
        (taking, rests) = (order, accepted.TimeInForce == TimeInForce.GoodTillCancelled);
        orders[order.Id] = order;
    }

    private void On(in ContractOrderUpdated updated)
    {
        var order = orders[updated.OrderId];
        Same("left", $"{order.Left}", $"{updated.Left}");
        Remove(order);
        Same("value price", $"{ValuePriceOf(order.Contract, order.Buys, updated.Price)}", $"{updated.ValuePrice}");
        (order.Price, order.ValuePrice) = (updated.Price, updated.ValuePrice);
        (taking, rests) = (order, true);
    }

    private void On(in ContractFilled filled)
    {
        var maker = orders[filled.MakerOrder];
        var taker = filled.TakerOrder == round?.Order.Id ? round.Order : orders[filled.TakerOrder];
        var quantity = taker.Buys ? filled.Size : -filled.Size;
        var value = Value(quantity, filled.Price);
        Compared++;
        Same("value", $"{BigInteger.Abs(value)}", $"{filled.Value.Raw}");
        Same("maker's fee", $"{FeeOf(value, Maker)}", $"{filled.MakerFee.Raw}");
        Same("taker's fee", $"{FeeOf(value, Fee)}", $"{filled.TakerFee.Raw}");
        Level(maker, -filled.Size);
        maker.Left -= filled.Size;
        taker.Left -= filled.Size;
        Same("maker's left", $"{maker.Left}", $"{filled.MakerLeft}");
        Apply(maker.Owner, maker.Contract, -quantity, -value, FeeOf(value, Maker));
        Apply(taker.Owner, taker.Contract, quantity, value, FeeOf(value, Fee));
        if (round?.Order == taker) round.Fill(filled.Size, value, FeeOf(value, Fee));
    }

    private void On(in ContractOrderFinished finished)
    {
        if (finished.OrderId == round?.Order.Id)
        {
            PassOn();
            return;
        }
        var order = orders[finished.OrderId];
        Same("left", $"{order.Left}", $"{finished.Left}");
        Remove(order);
        orders.Remove(finished.OrderId);
        if (taking == order) taking = null;
    }

    // The order of the command rests once nothing more of it is told.
    private void Settle()
    {
        if (taking is { } order && rests && order.Left > 0) Rest(order);
        taking = null;
    }

    private void On(in PositionChanged changed) =>
        Came($"position {changed.User} {changed.Instrument} {changed.Size} {changed.EntryValue.Raw} {changed.Margin.Raw} {changed.OpenedNanos}");

    private void ExpectPosition(PlainAccount account, int contract)
    {
        var leg = account.LegOf(contract);
        Expect($"position {account.User} {contract} {leg.Size} {leg.Entry} {leg.Margin} {leg.OpenedNanos}");
    }

    private void On(in BalanceChanged balance)
    {
        if (balance.Wallet != WalletId.FuturesUsdt.Value || !accounts.TryGetValue(balance.User, out var account)) return;
        told[balance.User] = (balance.Total, balance.Held);
        if (balance.Reason == Reason.PositionMargin && balance.Change.IsZero && balance.Reference == balance.Instrument)
        {
            // F-184: a debt without cross positions comes out of the contract's own margin.
            var leg = account.LegOf(balance.Instrument);
            var taken = BigInteger.Min(leg.Margin, -account.CashBalance);
            Same("margin taken for a debt", $"{-taken}", $"{balance.HeldChange.Raw}");
            leg.Margin -= taken;
            ExpectPosition(account, balance.Instrument);
        }
        else if (balance.Reason == Reason.Insurance && balance.Change > Money.Zero && round is null)
        {
            Same("debt the fund pays", $"{-account.CashBalance}", $"{balance.Change.Raw}");
            account.Cash += balance.Change.Raw;
            fundCash -= balance.Change.Raw;
        }
    }

    /// <summary>One leg of a trade, take-over or deleveraging.</summary>
    private void Apply(PlainAccount account, int contract, long quantity, BigInteger value, BigInteger fee)
    {
        account.Cash += account.LegOf(contract).Fill(quantity, value, account.IsolatedAt, nowNanos) - fee;
        if (account.LegOf(contract).Size != 0) holders[contract].Add(account);
        else holders[contract].Remove(account);
        touched.Add(account);
        ExpectPosition(account, contract);
    }
}
