using Sluice.Core.Matching;
using Sluice.Products.Spot;

namespace Sluice.Products.Tests.Spot.Oracle;

// What a market does beside its loop: halts and auctions, attached orders, telling its depth.
internal sealed partial class PlainBook
{
    private readonly List<(Side Side, long Price)> touched = [];
    private readonly List<(Side Side, long Price)> gone = [];
    private (long, long, long, long) best;
    private long updates;

    /// <summary>Whether changed levels and best prices are said too.</summary>
    public bool TellsDepth { get; init; }

    public MarketStatus Status { get; private set; } = MarketStatus.Tradable;

    private bool Halted => Status == MarketStatus.CircuitBreaker;

    public SpotRefusal Become(MarketStatus status)
    {
        said.Add($"status {Status} {status}");
        var resumes = Halted && status != MarketStatus.CircuitBreaker;
        Status = status;
        if (resumes) Uncross();
        Announce();
        return SpotRefusal.None;
    }

    // M-012
    private bool Lets(Ask ask) => Status switch
    {
        MarketStatus.Tradable => true,
        MarketStatus.Buyable => ask.Side == Side.Buy,
        MarketStatus.Sellable => ask.Side == Side.Sell,
        MarketStatus.CircuitBreaker => ask.Tif == TimeInForce.PostOnly,
        _ => false,
    };

    // M-140: every price between the best ask and the best bid is tried.
    private void Uncross()
    {
        if (bids.Count == 0 || asks.Count == 0 || bids.First().Key < asks.First().Key) return;
        var (bottom, top) = (asks.First().Key, bids.First().Key);
        var price = Enumerable.Range(0, (int)(top - bottom) + 1).Select(n => bottom + n).MinBy(at =>
        {
            var bought = Open.Where(o => o.Ask.Side == Side.Buy && o.Price >= at).Sum(o => o.Left);
            var sold = Open.Where(o => o.Ask.Side == Side.Sell && o.Price <= at).Sum(o => o.Left);
            return (-long.Min(bought, sold), long.Abs(bought - sold), long.Abs(at - Last), at);
        });
        while (bids.Count > 0 && asks.Count > 0 && bids.First().Key >= price && asks.First().Key <= price)
        {
            PlainOrder[] both = [bids.First().Value[0], asks.First().Value[0]];
            var (older, younger) = (both.MinBy(o => o.Id)!, both.MaxBy(o => o.Id)!);
            var size = both.Min(o => o.Left);
            foreach (var order in both)
            {
                order.Left -= size;
                order.Visible = order.Ask.Iceberg > 0 ? long.Min(order.Ask.Iceberg, order.Left) : order.Left;
                Touch(order);
            }
            lastPrice = price;
            var (olderGot, youngerGot) = Settle(younger, older, price, size, false, auction: true);
            foreach (var order in new[] { older, younger }.Where(o => o.Left == 0)) said.Add($"finish {order.Id} Filled left 0 budget 0");
            Fire(price);
            ParentFilled(older.Id, size, olderGot);
            ParentFilled(younger.Id, size, youngerGot);
            foreach (var order in both.Where(o => o.Left == 0)) Remove(order);
        }
    }

    // M-102, M-104: by a trade at this price, in ascending id, once.
    private void Fire(long price)
    {
        foreach (var trigger in triggers.Values.Where(t => t.Armed && (t.Above ? price >= t.Price : price <= t.Price)).OrderBy(t => t.Id))
        {
            trigger.Armed = false;
            fired.Enqueue((trigger, price));
        }
    }

    // M-107: profit above and loss below a buy, the other way round for a sell.
    private static bool WrongStops(Ask ask)
    {
        bool Wrong(long at, bool above) => at != 0 && (above ? at <= ask.Price : at >= ask.Price);
        return Wrong(ask.ProfitAt, ask.Side == Side.Buy) || Wrong(ask.LossAt, ask.Side == Side.Sell);
    }

    private void Attach(PlainOrder parent)
    {
        var buys = parent.Ask.Side == Side.Buy;
        foreach (var (at, above) in new[] { (parent.Ask.ProfitAt, buys), (parent.Ask.LossAt, !buys) })
        {
            if (at == 0) continue;
            var tif = parent.Ask.ChildPrice == 0 ? TimeInForce.ImmediateOrCancel : TimeInForce.GoodTillCancelled;
            var child = new PlainTrigger(++lastId, parent.Ask.User, above, at, new Ask(parent.Ask.User, buys ? Side.Sell : Side.Buy, parent.Ask.ChildPrice, 0, tif), parent.Id);
            triggers.Add(child.Id, child);
            said.Add($"trigger {child.Id} of {parent.Id} {(above ? "above" : "below")} {at}");
        }
    }

    private void ParentFilled(long parent, long size, Int128 received)
    {
        if (size == 0) return;
        foreach (var child in ChildrenOf(parent))
        {
            child.Received += received;
            child.Size = child.Ask.Side == Side.Sell ? (long)(child.Received / BaseUnit) : child.Size + size;
            if (!child.Alive) child.Alive = child.Armed = true;
            said.Add($"trigger {child.Id} size {child.Size} budget {child.Received}");
        }
    }

    private void ParentEnded(long parent)
    {
        foreach (var child in ChildrenOf(parent).Where(c => !c.Alive)) End(child, "Invalid");
    }

    // One cancels the other; what is placed is what the parent's fills brought.
    private Ask Fired(PlainTrigger trigger)
    {
        if (trigger.Parent == 0) return trigger.Ask;
        foreach (var sibling in ChildrenOf(trigger.Parent).Where(c => c != trigger)) End(sibling, "Cancelled");
        var byBudget = trigger.Ask.Price == 0 && trigger.Ask.Side == Side.Buy;
        return trigger.Ask with { Size = byBudget ? 0 : trigger.Size, Budget = byBudget ? trigger.Received : 0 };
    }

    private List<PlainTrigger> ChildrenOf(long parent) => [.. triggers.Values.Where(t => t.Parent == parent && parent != 0).OrderBy(t => t.Id)];

    private void End(PlainTrigger trigger, string status)
    {
        triggers.Remove(trigger.Id);
        said.Add($"trigger {trigger.Id} {status} order 0 at 0 None");
    }

    private void Touch(PlainOrder order)
    {
        if (!touched.Contains((order.Ask.Side, order.Price))) touched.Add((order.Ask.Side, order.Price));
    }

    // M-150, M-152: what is gone, what changed, the best.
    private void Announce()
    {
        if (TellsDepth && touched.Count > 0)
        {
            var depth = Depth();
            foreach (var (side, price) in gone.Where(level => !depth.ContainsKey(level))) said.Add($"delta {++updates} {side} {price} x 0");
            foreach (var (side, price) in touched.Where(depth.ContainsKey)) said.Add($"delta {++updates} {side} {price} x {depth[(side, price)]}");
            var bid = bids.Keys.FirstOrDefault();
            var ask = asks.Keys.FirstOrDefault();
            var now = (bid, depth.GetValueOrDefault((Side.Buy, bid)), ask, depth.GetValueOrDefault((Side.Sell, ask)));
            if (now != best) said.Add($"best {updates} {best = now}");
        }
        touched.Clear();
        gone.Clear();
    }
}
