using System.Numerics;
using Sluice.Bench.OrderGen;
using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using static Sluice.Bench.Futures.Plain.PlainFormulas;

namespace Sluice.Bench.Futures.Plain;

/// <summary>Everything margin decides in a flow on contracts, decided a second time without any of the machine's sums, bounds, triggers and cushions: whether an order is
/// refused, what each fill does to positions and cash, who is liquidated and in which order, at which prices, and who pays. What matched comes from the machine's
/// events; they must be those expected here, one by one. <see cref="Difference"/> is the first that is not.</summary>
internal sealed partial class PlainContracts
{
    private readonly Dictionary<int, PlainAccount> accounts = [];
    private readonly Dictionary<long, PlainOrder> orders = [];
    private readonly Dictionary<int, long> marks = [];
    private readonly Dictionary<int, (SortedDictionary<long, long> Bids, SortedDictionary<long, long> Asks)> books = [];
    private readonly Dictionary<int, HashSet<PlainAccount>> holders = [];
    private readonly Queue<string> expected = [];
    private readonly HashSet<PlainAccount> touched = [];
    private readonly Dictionary<int, (Money Total, Money Held)> told = [];
    private long nowNanos;
    private string doing = "";

    /// <summary>The first event or refusal that is not the one expected; null while all are.</summary>
    public string? Difference { get; private set; }

    /// <summary>Events compared one by one, refusals for margin, and rounds of liquidation.</summary>
    public long Compared { get; private set; }
    public long Refusals { get; private set; }
    public long Rounds { get; private set; }

    public PlainContracts(OrderFlow flow, Money[] funds)
    {
        for (var account = 1; account <= flow.Profile.Accounts; account++)
        {
            var user = ContractMarkets.UserOf(account);
            var at20 = account % 2 == 0;
            accounts.Add(user, new PlainAccount(user, !at20, at20 ? 2000 : 1000, contract => marks[contract]) { Cash = funds[account].Raw });
        }
        for (var symbol = 0; symbol < flow.Profile.Symbols; symbol++)
        {
            var contract = ContractMarkets.InstrumentOf(symbol);
            marks[contract] = ContractMarkets.Middle;
            books[contract] = (new(Comparer<long>.Create((a, b) => b.CompareTo(a))), []);
            holders[contract] = [];
        }
    }

    /// <summary>A moved price: its events.</summary>
    public void Price(EventReader events, long timeNanos)
    {
        (nowNanos, doing) = (timeNanos, "a price");
        Walk(events);
    }

    /// <summary>A command of the flow, its answer and its events.</summary>
    public void Follow(in FlowRecord record, long orderId, CommandResult result, EventReader events, long timeNanos)
    {
        nowNanos = timeNanos;
        doing = $"{record.Op} {record.OrderId} of account {record.Account}";
        var account = accounts[ContractMarkets.UserOf((int)record.Account)];
        var contract = ContractMarkets.InstrumentOf((int)record.Symbol);
        var refusal = Refusal(record, orderId, account, contract);
        Same("refusal", refusal.ToString(), ((FuturesRefusal)result.Refusal).ToString());
        if (refusal is FuturesRefusal.InsufficientAvailable or FuturesRefusal.LiquidateImmediately) Refusals++;
        Walk(events);
    }

    private FuturesRefusal Refusal(in FlowRecord record, long orderId, PlainAccount account, int contract)
    {
        if (record.Op is FlowOp.Cancel or FlowOp.Amend)
        {
            if (!account.Orders.TryGetValue(orderId, out var order)) return FuturesRefusal.OrderNotFound;
            if (record.Op == FlowOp.Cancel) return FuturesRefusal.None;
            if (order.Price == record.Price) return FuturesRefusal.NoChange;
            return Refusal(account, contract, order.Buys, order.Left, record.Price, order);
        }
        return Refusal(account, contract, record.Side == 0, record.Quantity, record.Price, null);
    }

    // M-053, F-153, F-113, F-154, F-107, in this order.
    private FuturesRefusal Refusal(PlainAccount account, int contract, bool buys, long size, long price, PlainOrder? replaced)
    {
        var mark = marks[contract];
        var leg = account.LegOf(contract);
        if (buys ? 2 * price > 3 * mark : 2 * price < mark) return FuturesRefusal.PriceTooDeviated;
        var reduces = leg.Size != 0 && leg.Size > 0 != buys;
        if (reduces)
        {
            if (account.BankruptcyPriceOf(contract) is { } bankruptcy && (buys ? price > bankruptcy : price < bankruptcy)) return FuturesRefusal.PriceOverBankrupt;
            if (size <= long.Abs(leg.Size) && replaced is null) return Affords(account, contract, buys, size, price, replaced);
        }
        else if (leg.Size != 0 && account.LiquidationPriceOf(contract) is { } liquidation && (buys ? price < liquidation : price > liquidation))
        {
            return FuturesRefusal.PriceOverLiquidation;
        }
        if (!(reduces && size <= long.Abs(leg.Size)) && WouldBeLiquidated(account, contract, buys, size, price)) return FuturesRefusal.LiquidateImmediately;
        return Affords(account, contract, buys, size, price, replaced);
    }

    private bool WouldBeLiquidated(PlainAccount account, int contract, bool buys, long size, long price)
    {
        if (buys ? price <= marks[contract] : price >= marks[contract]) return false;      // better than the mark: what it costs, the margin of the order covers
        var after = account.LegOf(contract).Copy();
        var value = Value(buys ? size : -size, price);
        var fee = FeeOf(value, Fee);
        var profit = after.Fill(buys ? size : -size, value, account.IsolatedAt, nowNanos);
        var requirement = after.Size == 0 ? 0 : Requirement(Value(after.Size, marks[contract]));
        var unrealised = Value(after.Size, marks[contract]) - after.Entry;
        if (!account.IsCross) return requirement > 0 && after.Margin + unrealised <= requirement;
        var (equity, all) = account.LevelOf(contract);
        equity += profit - fee + unrealised - account.Unrealised(contract);
        all += requirement - account.RequirementOf(contract);
        return all > 0 && equity <= all;
    }

    private FuturesRefusal Affords(PlainAccount account, int contract, bool buys, long size, long price, PlainOrder? replaced)
    {
        var added = new PlainOrder { Id = long.MaxValue, Owner = account, Contract = contract, Buys = buys, Price = price, Left = size, ValuePrice = ValuePriceOf(contract, buys, price) };
        var needed = account.OrderMarginOf(contract, added, replaced?.Id ?? 0) - account.OrderMarginOf(contract, null, 0);
        return needed <= 0 || needed <= account.Available ? FuturesRefusal.None : FuturesRefusal.InsufficientAvailable;
    }

    // F-104: a sell would trade at the best bid.
    private long ValuePriceOf(int contract, bool buys, long price) => buys || books[contract].Bids.Count == 0 ? price : long.Max(price, books[contract].Bids.First().Key);

    private void Rest(PlainOrder order)
    {
        order.Owner.Orders[order.Id] = order;
        Level(order, order.Left);
    }

    private void Remove(PlainOrder order)
    {
        if (!order.Owner.Orders.Remove(order.Id)) return;
        Level(order, -order.Left);
    }

    private void Level(PlainOrder order, long change)
    {
        var side = order.Buys ? books[order.Contract].Bids : books[order.Contract].Asks;
        var size = side.GetValueOrDefault(order.Price) + change;
        if (size == 0) side.Remove(order.Price);
        else side[order.Price] = size;
    }

    private void Expect(string what) => expected.Enqueue(what);

    private void Came(string what)
    {
        Compared++;
        Same("event", expected.Count > 0 ? expected.Dequeue() : "nothing", what);
    }

    private void Same(string of, string plain, string machine)
    {
        if (plain != machine) Difference ??= $"{doing}: {of}: the calculator says {plain}, the machine {machine}";
    }
}
