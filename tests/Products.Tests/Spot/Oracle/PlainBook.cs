using Sluice.Core.Matching;
using Sluice.Products.Spot;

namespace Sluice.Products.Tests.Spot.Oracle;

/// <summary>One order or trigger as asked for. Price 0: a market order. Budget: quote of a market buy, in quanta.</summary>
internal sealed record Ask(int User, Side Side, long Price, long Size, TimeInForce Tif, long Iceberg = 0, SelfTradeAction Stp = SelfTradeAction.None,
    Int128 Budget = default, long Slip = 0, long ProfitAt = 0, long LossAt = 0, long ChildPrice = 0)
{
    public bool Attaches => ProfitAt != 0 || LossAt != 0;
}

internal sealed class PlainOrder
{
    public required long Id { get; init; }
    public required Ask Ask { get; init; }
    public long Price { get; set; }
    public long Size { get; set; }
    public long Left { get; set; }
    public long Visible { get; set; }
    public Int128 Received { get; set; }            // as taker, less fees
    public bool HiddenAtStart { get; set; }         // its slice was born in the running command

    public long Filled => Size - Left;

    public PlainOrder Copy() => (PlainOrder)MemberwiseClone();
}

/// <summary>Parent: of an attached one (M-107). It is armed by its parent's first fill and disarmed when it fires.</summary>
internal sealed record PlainTrigger(long Id, int User, bool Above, long Price, Ask Ask, long Parent = 0)
{
    public bool Armed { get; set; } = Parent == 0;
    public bool Alive { get; set; } = Parent == 0;
    public long Size { get; set; } = Ask.Size;
    public Int128 Received { get; set; }
}

/// <summary>
/// The market of matching.md and spot.md once more: lists and dictionaries, one line a rule, nothing shared with the book it judges. It is slow
/// and says what should happen as lines of text.
/// </summary>
internal sealed partial class PlainBook
{
    private const long One = 1_000_000_000_000;

    private readonly SortedDictionary<long, List<PlainOrder>> bids = new(Comparer<long>.Create((a, b) => b.CompareTo(a)));
    private readonly SortedDictionary<long, List<PlainOrder>> asks = [];
    private readonly Dictionary<long, PlainTrigger> triggers = [];
    private readonly Queue<(PlainTrigger Trigger, long Price)> fired = new();
    private readonly List<string> said = [];
    private long lastId;
    private long lastPrice;

    public required long Reference { get; init; }
    public required long BandRate { get; init; }
    public required long SlippageRate { get; init; }
    public required long MakerRate { get; init; }
    public required long TakerRate { get; init; }
    public required long ValueUnit { get; init; }       // quanta in one raw price × one raw size
    public required long BaseUnit { get; init; }        // quanta in one raw size

    /// <summary>The main account of each user.</summary>
    public required Dictionary<int, int> Groups { get; init; }

    public Dictionary<(int User, bool Quote), Int128> Available { get; } = [];

    public long FirstId { init => lastId = value; }

    public IEnumerable<PlainOrder> Open => bids.Values.Concat(asks.Values).SelectMany(level => level);

    public IEnumerable<PlainTrigger> Waiting => triggers.Values;

    public Dictionary<(Side, long), long> Depth()
    {
        var depth = new Dictionary<(Side, long), long>();
        foreach (var order in Open) depth[(order.Ask.Side, order.Price)] = depth.GetValueOrDefault((order.Ask.Side, order.Price)) + order.Visible;
        return depth;
    }

    /// <summary>Runs one command and everything it sets off; what happened, line by line.</summary>
    public List<string> Run(Func<SpotRefusal> command)
    {
        said.Clear();
        var refusal = command();
        said.Add(refusal == SpotRefusal.None ? "done" : $"refused {refusal}");
        while (fired.TryDequeue(out var next))                              // M-004: after the whole command, first in first out
        {
            if (!triggers.ContainsKey(next.Trigger.Id)) continue;            // its sibling was first
            var why = Place(Fired(next.Trigger), out var order);
            triggers.Remove(next.Trigger.Id);
            said.Add($"trigger {next.Trigger.Id} {(why == SpotRefusal.None ? "Succeeded" : "Failed")} order {order} at {next.Price} {why}");
        }
        return said;
    }

    public SpotRefusal Place(Ask ask) => Place(ask, out _);

    public SpotRefusal Cancel(int user, long id)
    {
        if (Find(id) is not { } order || order.Ask.User != user) return SpotRefusal.OrderNotFound;
        Cancel(order, FinishReason.Cancelled);
        Announce();
        return SpotRefusal.None;
    }

    public SpotRefusal CancelAll(int user)
    {
        foreach (var order in Open.Where(o => o.Ask.User == user).OrderBy(o => o.Id).ToList()) Cancel(order, FinishReason.Cancelled);     // M-050
        Announce();
        return SpotRefusal.None;
    }

    public SpotRefusal Amend(int user, long id, long newPrice, long newSize)
    {
        var refusal = Change(user, id, newPrice, newSize);
        Announce();
        return refusal;
    }

    private SpotRefusal Change(int user, long id, long newPrice, long newSize)
    {
        if (Find(id) is not { } order || order.Ask.User != user) return SpotRefusal.OrderNotFound;
        if (order.Ask.Attaches) return SpotRefusal.AmendWithStop;
        var price = newPrice == 0 ? order.Price : newPrice;
        var size = newSize == 0 ? order.Size : newSize;
        if (price == order.Price && size == order.Size) return SpotRefusal.NoChange;
        if (Status == MarketStatus.Untradable) return SpotRefusal.SideNotTradable;
        if (size <= order.Filled)                                           // M-090
        {
            Cancel(order, FinishReason.Cancelled);
            return SpotRefusal.None;
        }
        var side = order.Ask.Side;
        if (price != order.Price && OutOfBand(side, price)) return SpotRefusal.PriceOutOfBand;
        if (price != order.Price && !Halted && order.Ask.Tif == TimeInForce.PostOnly && Crosses(side, price)) return SpotRefusal.PostOnlyWouldTake;
        var left = size - order.Filled;
        var more = Reserved(side, price, left) - Reserved(side, order.Price, order.Left);
        if (Available[(user, side == Side.Buy)] < more) return SpotRefusal.BalanceTooLow;
        Available[(user, side == Side.Buy)] -= more;
        said.Add($"update {id} price {price} size {size} left {left}");
        var keepsPlace = price == order.Price && size < order.Size;         // M-091
        order.Size = size;
        order.Left = left;
        if (keepsPlace)
        {
            if (order.Visible > left) Touch(order);
            order.Visible = long.Min(order.Visible, left);                  // M-065
            return SpotRefusal.None;
        }
        Remove(order);
        var takes = price != order.Price && !Halted && Crosses(side, price);           // M-092
        order.Price = price;
        if (!takes)
        {
            Rest(order);
            return SpotRefusal.None;
        }
        var stop = Match(order, price, 0, out _);
        if (order.Left > 0 && stop != "stp") Rest(order);
        else Finish(order, order.Left == 0 ? FinishReason.Filled : FinishReason.SelfTrade, 0, order.Left > 0);
        return SpotRefusal.None;
    }

    public SpotRefusal Trigger(int user, bool above, long price, Ask ask)
    {
        if (above ? price <= Last : price >= Last) return SpotRefusal.TriggerPriceOnWrongSide;      // M-101
        var trigger = new PlainTrigger(++lastId, user, above, price, ask);
        triggers.Add(trigger.Id, trigger);
        said.Add($"trigger {trigger.Id} stored");
        return SpotRefusal.None;
    }

    public SpotRefusal CancelTrigger(int user, long id)
    {
        if (!triggers.TryGetValue(id, out var trigger) || trigger.User != user) return SpotRefusal.TriggerNotFound;
        triggers.Remove(id);
        said.Add($"trigger {id} Cancelled order 0 at 0 None");
        return SpotRefusal.None;
    }

    private long Last => lastPrice == 0 ? Reference : lastPrice;

    private SpotRefusal Place(Ask ask, out long id)
    {
        var refusal = Admit(ask, out id);
        Announce();
        return refusal;
    }

    private SpotRefusal Admit(Ask ask, out long id)
    {
        id = 0;
        var market = ask.Price == 0;
        if (!Lets(ask)) return SpotRefusal.SideNotTradable;
        if (ask.Budget == 0 && ask.Size == 0) return SpotRefusal.InvalidCombination;
        if (market && ask.Slip > SlippageRate) return SpotRefusal.SlippageOutOfRange;
        if (ask.Iceberg >= ask.Size && ask.Iceberg != 0) return SpotRefusal.InvalidCombination;     // M-060
        if (WrongStops(ask)) return SpotRefusal.StopPriceGeometry;
        if (!market && OutOfBand(ask.Side, ask.Price)) return SpotRefusal.PriceOutOfBand;           // M-055
        var order = new PlainOrder { Id = lastId + 1, Ask = ask, Price = ask.Price, Size = ask.Size, Left = ask.Size };
        var limit = market ? Bound(ask.Side, ask.Slip == 0 ? SlippageRate : ask.Slip) : ask.Price;
        var kill = FinishReason.Open;
        if (ask.Tif == TimeInForce.PostOnly && !Halted && Crosses(ask.Side, ask.Price)) kill = FinishReason.PostOnly;
        else if (ask.Tif == TimeInForce.FillOrKill && !WouldFill(order, limit, true)) kill = WouldFill(order, limit, false) ? FinishReason.SelfTrade : FinishReason.FillOrKill;
        else if (market && Opposite(ask.Side).Count == 0) return SpotRefusal.NoCounterparty;
        var byBudget = market && ask.Side == Side.Buy;
        var reserved = byBudget ? ask.Budget : Reserved(ask.Side, ask.Price, ask.Size);
        var purse = (ask.User, ask.Side == Side.Buy);
        if (kill == FinishReason.Open && Available[purse] < reserved) return SpotRefusal.BalanceTooLow;

        id = ++lastId;
        said.Add($"accept {id} user {ask.User} {ask.Side} {ask.Price} x {ask.Size}");
        if (kill != FinishReason.Open)
        {
            said.Add($"finish {id} {kill} left {ask.Size} budget {ask.Budget}");
            return kill == FinishReason.PostOnly ? SpotRefusal.PostOnlyWouldTake : SpotRefusal.FillOrKillWouldNotFill;
        }
        Available[purse] -= reserved;
        Attach(order);
        var budgetLeft = ask.Budget;
        var stop = Halted ? "bound" : Match(order, limit, ask.Budget, out budgetLeft);
        if (order.Left > 0 && stop != "stp" && ask.Tif is TimeInForce.GoodTillCancelled or TimeInForce.PostOnly)
        {
            Rest(order);
            ParentFilled(order.Id, order.Filled, order.Received);
            return SpotRefusal.None;
        }
        var reason = stop switch
        {
            "filled" => FinishReason.Filled,
            "stp" => FinishReason.SelfTrade,
            "dust" => order.Filled == 0 && budgetLeft == ask.Budget ? FinishReason.Small : FinishReason.Filled,
            _ when ask.Tif == TimeInForce.FillOrKill => FinishReason.Filled,
            _ when !market => FinishReason.ImmediateOrCancel,
            "empty" => FinishReason.DepthNotEnough,
            _ => FinishReason.PriceProtectCancelled,
        };
        if (byBudget) Available[purse] += budgetLeft;
        Finish(order, reason, budgetLeft, !byBudget && order.Left > 0, told: false);
        ParentFilled(order.Id, order.Filled, order.Received);
        ParentEnded(order.Id);
        return SpotRefusal.None;
    }

    // The loop of M-032. The taker's money is already set aside.
    private string Match(PlainOrder taker, long limit, Int128 budget, out Int128 budgetLeft)
    {
        foreach (var order in Open) order.HiddenAtStart = false;            // what is on display now is maker
        var byBudget = taker.Ask.Price == 0 && taker.Ask.Side == Side.Buy;
        budgetLeft = budget;
        while (byBudget ? budgetLeft > 0 : taker.Left > 0)
        {
            if (Opposite(taker.Ask.Side).Count == 0) return "empty";
            var (price, level) = Opposite(taker.Ask.Side).First();
            if (taker.Ask.Side == Side.Buy ? price > limit : price < limit) return "bound";
            var maker = level[0];
            if (byBudget && budgetLeft < (Int128)price * ValueUnit) return "dust";     // S-031
            if (Groups[maker.Ask.User] == Groups[taker.Ask.User])           // M-070, M-071
            {
                if (taker.Ask.Stp is SelfTradeAction.CancelOldest or SelfTradeAction.CancelBoth) Cancel(maker, FinishReason.SelfTrade);
                if (taker.Ask.Stp != SelfTradeAction.CancelOldest) return "stp";
                continue;
            }
            var size = byBudget ? (long)Int128.Min(maker.Visible, budgetLeft / ((Int128)price * ValueUnit)) : long.Min(taker.Left, maker.Visible);
            if (byBudget) budgetLeft -= (Int128)price * size * ValueUnit;
            else taker.Left -= size;
            maker.Left -= size;
            maker.Visible -= size;
            lastPrice = price;
            Touch(maker);
            var (makerGot, takerGot) = Settle(taker, maker, price, size, byBudget);
            taker.Received += takerGot;
            if (maker.Left == 0)
            {
                Remove(maker);
                said.Add($"finish {maker.Id} Filled left 0 budget 0");
            }
            else if (maker.Visible == 0)                                    // M-062
            {
                level.RemoveAt(0);
                level.Add(maker);
                maker.Visible = long.Min(maker.Ask.Iceberg, maker.Left);
                maker.HiddenAtStart = true;
            }
            Fire(price);
            ParentFilled(maker.Id, size, makerGot);
        }
        return "filled";
    }

    private (Int128 Maker, Int128 Taker) Settle(PlainOrder taker, PlainOrder maker, long price, long size, bool byBudget, bool auction = false)
    {
        var value = (Int128)price * size * ValueUnit;
        var amount = (Int128)size * BaseUnit;
        (Int128 Fee, Int128 Got) Pay(PlainOrder order, long rate, Int128 setAside)
        {
            var buys = order.Ask.Side == Side.Buy;
            var gets = buys ? amount : value;
            var fee = (gets * rate + One - 1) / One;                        // S-051: up
            Available[(order.Ask.User, !buys)] += gets - fee;
            if (buys) Available[(order.Ask.User, true)] += setAside - value;        // S-040: the improvement comes back
            return (fee, gets - fee);
        }
        var (makerFee, makerGot) = Pay(maker, maker.HiddenAtStart && !auction ? TakerRate : MakerRate, (Int128)maker.Price * size * ValueUnit);        // M-064
        var (takerFee, takerGot) = Pay(taker, auction ? MakerRate : TakerRate, byBudget ? value : (Int128)taker.Price * size * ValueUnit);
        said.Add($"fill {maker.Id} by {taker.Id} {size} @ {price} fees {makerFee} {takerFee} left {maker.Left} {taker.Left}{(maker.HiddenAtStart && !auction ? " hidden" : "")}{(auction ? " auction" : "")}");
        return (makerGot, takerGot);
    }

    // The dry run of a fill-or-kill: the same loop on a copy of everything.
    private bool WouldFill(PlainOrder order, long limit, bool stp)
    {
        var copy = new PlainBook
        {
            Reference = Reference, BandRate = BandRate, SlippageRate = SlippageRate, MakerRate = MakerRate, TakerRate = TakerRate, ValueUnit = ValueUnit,
            BaseUnit = BaseUnit, Groups = stp ? Groups : Groups.Keys.Append(-1).ToDictionary(user => user, user => user),
        };
        foreach (var purse in Available) copy.Available.Add(purse.Key, purse.Value);
        foreach (var resting in Open.Select(o => o.Copy())) copy.LevelOf(resting).Add(resting);
        var probe = new PlainOrder { Id = 0, Ask = stp ? order.Ask : order.Ask with { User = -1 }, Price = order.Price, Size = order.Size, Left = order.Left };
        copy.Available[(-1, true)] = copy.Available[(-1, false)] = 0;
        var stop = copy.Match(probe, limit, order.Ask.Budget, out var budgetLeft);
        if (order.Ask.Budget == 0) return probe.Left == 0;
        return stop is "filled" or "dust" || (copy.lastPrice != 0 && budgetLeft < (Int128)copy.lastPrice * ValueUnit);     // S-033
    }

    private void Cancel(PlainOrder order, FinishReason reason)
    {
        Remove(order);
        Finish(order, reason, 0, true);
    }

    private void Finish(PlainOrder order, FinishReason reason, Int128 budgetLeft, bool release, bool told = true)
    {
        if (release) Available[(order.Ask.User, order.Ask.Side == Side.Buy)] += Reserved(order.Ask.Side, order.Price, order.Left);
        said.Add($"finish {order.Id} {reason} left {order.Left} budget {budgetLeft}");
        if (told) ParentEnded(order.Id);
    }

    private void Rest(PlainOrder order)
    {
        order.Visible = order.Ask.Iceberg > 0 ? long.Min(order.Ask.Iceberg, order.Left) : order.Left;
        LevelOf(order).Add(order);
        Touch(order);
    }

    private List<PlainOrder> LevelOf(PlainOrder order)
    {
        var side = order.Ask.Side == Side.Buy ? bids : asks;
        if (!side.TryGetValue(order.Price, out var level)) side.Add(order.Price, level = []);
        return level;
    }

    private void Remove(PlainOrder order)
    {
        var side = order.Ask.Side == Side.Buy ? bids : asks;
        side[order.Price].Remove(order);
        Touch(order);
        if (side[order.Price].Count > 0) return;
        side.Remove(order.Price);
        gone.Add((order.Ask.Side, order.Price));
    }

    private PlainOrder? Find(long id) => Open.FirstOrDefault(o => o.Id == id);

    private SortedDictionary<long, List<PlainOrder>> Opposite(Side side) => side == Side.Buy ? asks : bids;

    private bool Crosses(Side side, long price) => Opposite(side).Count > 0 && (side == Side.Buy ? Opposite(side).First().Key <= price : Opposite(side).First().Key >= price);

    // M-055: compared exactly, by cross-multiplication.
    private bool OutOfBand(Side side, long price) => side == Side.Buy
        ? (Int128)price * One > (Int128)Last * (One + BandRate)
        : (Int128)price * One < (Int128)Last * (One - BandRate);

    private long Bound(Side side, long rate) => side == Side.Buy
        ? (long)((Int128)Last * (One + rate) / One)
        : (long)(((Int128)Last * (One - rate) + One - 1) / One);

    private Int128 Reserved(Side side, long price, long size) => side == Side.Buy ? (Int128)price * size * ValueUnit : (Int128)size * BaseUnit;
}
