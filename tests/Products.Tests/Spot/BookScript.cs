using System.Text;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Spot;
using static Sluice.Products.Tests.Venue;

namespace Sluice.Products.Tests.Spot;

/// <summary>
/// A book as a script: one command a line, what it must lead to on the lines below it. Users appear when they are first named, with a fortune.
/// Every fill, every end that is not a complete fill, every refusal and every end of a trigger has to be written down, in order.
/// After each command the depth built from deltas alone must be the visible book (M-152) and all invariants must hold; at the end the state
/// must survive a snapshot.
/// <code>
/// A: sell alice 2 @ 101.0 [ioc|fok|poc] [iceberg 1] [stp cn|co|cb] [tp 110] [sl 95] [text t-x]
/// market buy dave 100 [fok] [slip 0.01]          cancel A     cancelall alice [buy|sell]     amend A price 100 size 3
/// T: when >= 105 alice sell 2 @ 104 [ioc] [expires 60]        when &lt;= 95 alice buy market 100      cancel T
/// countdown alice 5     wait 5     status tradable     sub carol of alice     fund alice BTC 3     rates alice 0.001 0.002
/// fill alice dave 2 @ 101 [hidden] [auction]     end A ioc left 2     refused BalanceTooLow     fired T / failed T Why / cancelled T / expired T / invalid T
/// bids 2 @ 99, 1 @ 98     asks none     queue 100: A 5, B 3/1     has alice BTC 3 held 2     last 100
/// </code>
/// </summary>
internal sealed class BookScript
{
    private readonly Venue venue;
    private readonly Dictionary<string, int> users = [];
    private readonly Dictionary<string, long> labels = [];
    private readonly SortedDictionary<(Side, long), long> depth = [];
    private readonly Queue<string> observed = new();
    private string line = "";

    private BookScript(Venue venue) => this.venue = venue;

    public static Venue Book(string script, Func<ListPair, ListPair>? terms = null)
    {
        var run = new BookScript(WithPair(terms));
        foreach (var raw in script.Split('\n'))
        {
            run.line = raw.Split('#')[0].Trim();
            if (run.line.Length > 0) run.Do(run.line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }
        run.NothingUnsaid();
        Assert.Equal(run.venue.Machine.StateHash(), run.venue.Restored().Machine.StateHash());
        return run.venue;
    }

    private void Do(string[] words)
    {
        if (words[0] is "fill" or "end" or "refused" or "fired" or "failed" or "cancelled" or "expired" or "invalid")
        {
            Assert.True(observed.Count > 0, $"nothing more happened at: {line}");
            Assert.Equal(Normal(line), Normal(observed.Dequeue()));
            return;
        }
        NothingUnsaid();
        var label = words[0].EndsWith(':') && words[0] != "queue" ? words[0][..^1] : null;
        if (label is not null) words = words[1..];
        if (Check(words)) return;
        var result = Command(words);
        if (label is not null && result.ObjectId != 0) labels[label] = result.ObjectId;
        Observe(result);
        if (!result.Accepted) observed.Enqueue($"refused {(SpotRefusal)result.Refusal}");
    }

    private CommandResult Command(string[] words) => words[0] switch
    {
        "buy" or "sell" => Limit(words),
        "market" => Market(words),
        "amend" => venue.Send(OwnerOf(words[1]), new AmendOrder
        {
            OrderId = labels[words[1]], Price = Price(After(words, "price")), Size = Size(After(words, "size")), OnlyIfUnfilled = words.Contains("unfilled") ? (byte)1 : (byte)0,
        }),
        "cancel" when words[1].StartsWith('T') => venue.Send(OwnerOf(words[1]), new CancelTrigger { TriggerId = labels[words[1]] }),
        "cancel" => venue.Send(OwnerOf(words[1]), new CancelOrder { OrderId = labels[words[1]] }),
        "cancelall" => venue.Send(User(words[1]), new CancelAllOrders
        {
            Instrument = BtcUsdt, Side = words.Length < 3 ? SideFilter.Both : words[2] == "buy" ? SideFilter.Buy : SideFilter.Sell,
        }),
        "when" => Trigger(words),
        "countdown" => venue.Send(User(words[1]), new SetCountdown { TimeoutSeconds = int.Parse(words[2]), Instrument = words.Length > 3 ? BtcUsdt : 0 }),
        "wait" => Wait(words),
        "status" => venue.Send(0, new SetMarketStatus { Instrument = BtcUsdt, Status = Enum.Parse<MarketStatus>(words[1], true) }),
        "sub" => Sub(words),
        "fund" => Fund(words),
        "rates" => venue.Send(0, new SetTraderSettings { User = User(words[1]), MakerFee = Fraction(words[2]), TakerFee = Fraction(words[3]), UniqueText = -1, FeeToken = -1 }),
        _ => throw new InvalidOperationException($"Not a line of a book script: {line}"),
    };

    private CommandResult Limit(string[] words)
    {
        var order = new PlaceOrder
        {
            Instrument = BtcUsdt, Wallet = 1, Side = SideOf(words[0]), Type = OrderType.Limit, Size = Size(words[2]), Price = Price(words[4]),
            TimeInForce = TifOf(words, TimeInForce.GoodTillCancelled), Iceberg = Size(After(words, "iceberg")), StpAction = StpOf(words),
            TakeProfitTrigger = Price(After(words, "tp")), StopLossTrigger = Price(After(words, "sl")),
        };
        return After(words, "text") is { } text ? venue.Send(User(words[1]), order, text, "") : venue.Send(User(words[1]), order);
    }

    private CommandResult Market(string[] words)
    {
        var side = SideOf(words[1]);
        return venue.Send(User(words[2]), new PlaceOrder
        {
            Instrument = BtcUsdt, Wallet = 1, Side = side, Type = OrderType.Market, TimeInForce = TifOf(words, TimeInForce.ImmediateOrCancel),
            Size = side == Side.Sell ? Size(words[3]) : 0, Budget = side == Side.Buy ? Amount(words[3]) : Money.Zero,
            SlippageRate = After(words, "slip") is { } slip ? Fraction(slip) : 0, StpAction = StpOf(words),
        });
    }

    private CommandResult Trigger(string[] words)
    {
        var (side, market) = (SideOf(words[4]), words[5] == "market");
        return venue.Send(User(words[3]), new CreateTrigger
        {
            Instrument = BtcUsdt, Wallet = 1, Rule = words[1] == ">=" ? TriggerRule.AtOrAbove : TriggerRule.AtOrBelow, TriggerPrice = Price(words[2]), Side = side,
            Type = market ? OrderType.Market : OrderType.Limit,
            TimeInForce = market ? TimeInForce.ImmediateOrCancel : TifOf(words, TimeInForce.GoodTillCancelled),
            Size = market ? side == Side.Sell ? Size(words[6]) : 0 : Size(words[5]), Price = market ? 0 : Price(words[7]),
            Budget = market && side == Side.Buy ? Amount(words[6]) : Money.Zero,
            ExpirationSeconds = After(words, "expires") is { } seconds ? int.Parse(seconds) : 0,
        });
    }

    private CommandResult Wait(string[] words)
    {
        venue.Now += long.Parse(words[1]) * Nanos.PerSecond;
        return venue.Send(0, default(Tick));
    }

    private CommandResult Sub(string[] words)
    {
        users.Add(words[1], venue.User(words[1], User(words[3])));
        venue.Fund(users[words[1]], Btc, "1000000");
        venue.Fund(users[words[1]], Usdt, "1000000000");
        return default;
    }

    private CommandResult Fund(string[] words)
    {
        if (!users.ContainsKey(words[1])) users.Add(words[1], venue.User(words[1]));
        venue.Fund(users[words[1]], words[2] == "BTC" ? Btc : Usdt, words[3]);
        return default;
    }

    private bool Check(string[] words)
    {
        var book = venue.Spot.Pairs[0].Book;
        switch (words[0])
        {
            case "bids" or "asks":
                var side = words[0] == "bids" ? Side.Buy : Side.Sell;
                var shown = depth.Where(d => d.Key.Item1 == side).Select(d => $"{Text(d.Value, 3)} @ {Text(d.Key.Item2, 1)}");
                Assert.Equal(Normal(line[5..]), Normal(depth.Any(d => d.Key.Item1 == side) ? string.Join(", ", side == Side.Buy ? shown.Reverse() : shown) : "none"));
                return true;
            case "queue":
                var price = Price(words[1].TrimEnd(':'));
                var orders = book.Slots(Side.Buy).Concat(book.Slots(Side.Sell)).Where(s => venue.Spot.Pool.Orders[s].Price == price)
                    .Select(s => (venue.Spot.Pool.Orders[s].Id, venue.Spot.Pool.Orders[s].Left, Visible: venue.Spot.Pool.VisibleOf(s)));
                var queue = orders.Select(o => $"{Label(o.Id)} {Text(o.Left, 3)}" + (o.Visible != o.Left ? $"/{Text(o.Visible, 3)}" : ""));
                Assert.Equal(Normal(line[(line.IndexOf(':') + 1)..]), Normal(string.Join(", ", queue)));
                return true;
            case "has":
                var (available, held) = venue.Balance(User(words[1]), words[2] == "BTC" ? Btc : Usdt);
                Assert.Equal(Normal(words[3]), available.ToString());
                if (After(words, "held") is { } expected) Assert.Equal(Normal(expected), held.ToString());
                return true;
            case "last":
                Assert.Equal(Price(words[1]), book.LastPrice);
                return true;
            default:
                return false;
        }
    }

    private void Observe(CommandResult result)
    {
        foreach (var (seen, _) in venue.Events)
        {
            switch (seen)
            {
                case OrderFilled fill:
                    observed.Enqueue($"fill {Name(fill.MakerUser)} {Name(fill.TakerUser)} {Text(fill.Size, 3)} @ {Text(fill.Price, 1)}"
                        + (fill.Flags.HasFlag(FillFlags.HiddenMaker) ? " hidden" : "") + (fill.Flags.HasFlag(FillFlags.Auction) ? " auction" : ""));
                    break;
                case OrderFinished end when end.Reason != FinishReason.Filled:
                    if (end.OrderId == result.ObjectId && !result.Accepted) break;      // a killed order says so by its refusal
                    var left = end.BudgetLeft.IsZero ? Text(end.Left, 3) : end.BudgetLeft.ToString();
                    observed.Enqueue($"end {Label(end.OrderId)} {Short(end.Reason)} left {left}");
                    break;
                case TriggerFinished trigger:
                    var verb = trigger.Status == TriggerStatus.Succeeded ? "fired" : trigger.Status.ToString().ToLowerInvariant();
                    observed.Enqueue($"{verb} {Label(trigger.TriggerId)}" + (trigger.Refusal != 0 ? $" {(SpotRefusal)trigger.Refusal}" : ""));
                    break;
                case OrderAccepted { TriggerId: > 0 } accepted when labels.FirstOrDefault(l => l.Value == accepted.TriggerId).Key is { } name:
                    labels[$"{name}.order"] = accepted.OrderId;
                    break;
                case TriggerCreated { ParentOrder: > 0 } child when labels.ContainsValue(child.ParentOrder) || child.ParentOrder == result.ObjectId:
                    labels[$"{Label(child.ParentOrder)}.{(child.Role == TriggerRole.TakeProfit ? "tp" : "sl")}"] = child.TriggerId;
                    break;
                case BookDelta { Size: 0 } gone:
                    Assert.True(depth.Remove((gone.Side, gone.Price)), $"a level that was not shown went away: {line}");
                    break;
                case BookDelta delta:
                    depth[(delta.Side, delta.Price)] = delta.Size;
                    break;
            }
        }
        DepthIsTheBook();
        venue.CheckInvariants();
    }

    private void DepthIsTheBook()
    {
        var visible = new SortedDictionary<(Side, long), long>();
        foreach (var side in new[] { Side.Buy, Side.Sell })
        {
            foreach (var slot in venue.Spot.Pairs[0].Book.Slots(side))
            {
                var order = venue.Spot.Pool.Orders[slot];
                visible[(side, order.Price)] = visible.GetValueOrDefault((side, order.Price)) + venue.Spot.Pool.VisibleOf(slot);
            }
        }
        Assert.Equal(visible, depth);
    }

    private void NothingUnsaid() => Assert.True(observed.Count == 0, $"before '{line}' the script does not say: {string.Join("; ", observed)}");

    private int User(string name)
    {
        if (!users.TryGetValue(name, out var user)) users.Add(name, user = venue.Rich(name));
        return user;
    }

    private int OwnerOf(string label)
    {
        var id = labels[label];
        if (venue.Spot.Triggers.All.TryGetValue(id, out var trigger)) return trigger.User;
        return venue.Spot.Pool.ById.TryGet(id, out var slot) ? venue.Spot.Traders[venue.Spot.Pool.Orders[slot].Trader].User : users.Values.First();
    }

    private string Name(int user) => users.First(u => u.Value == user).Key;

    // The label of an order, or its owner's name when it has none.
    private string Label(long id)
    {
        if (labels.FirstOrDefault(l => l.Value == id).Key is { } label) return label;
        foreach (var (seen, _) in venue.Events)
        {
            if (seen is OrderAccepted accepted && accepted.OrderId == id) return Name(accepted.User);
            if (seen is OrderFinished finished && finished.OrderId == id) return Name(finished.User);
            if (seen is TriggerFinished trigger && trigger.TriggerId == id) return Name(trigger.User);
        }
        return venue.Spot.Pool.ById.TryGet(id, out var slot) ? Name(venue.Spot.Traders[venue.Spot.Pool.Orders[slot].Trader].User) : $"#{id}";
    }

    private static string Short(FinishReason reason) => reason switch
    {
        FinishReason.ImmediateOrCancel => "ioc", FinishReason.SelfTrade => "stp", FinishReason.FillOrKill => "fok", FinishReason.PostOnly => "poc",
        _ => reason.ToString().ToLowerInvariant(),
    };

    private static Side SideOf(string word) => word == "buy" ? Side.Buy : Side.Sell;

    private static TimeInForce TifOf(string[] words, TimeInForce otherwise) =>
        words.Contains("ioc") ? TimeInForce.ImmediateOrCancel : words.Contains("fok") ? TimeInForce.FillOrKill
        : words.Contains("poc") ? TimeInForce.PostOnly : words.Contains("gtc") ? TimeInForce.GoodTillCancelled : otherwise;

    private static SelfTradeAction StpOf(string[] words) => After(words, "stp") switch
    {
        "cn" => SelfTradeAction.CancelNewest, "co" => SelfTradeAction.CancelOldest, "cb" => SelfTradeAction.CancelBoth, _ => SelfTradeAction.None,
    };

    private static string? After(string[] words, string word) => Array.IndexOf(words, word) is var at and >= 0 ? words[at + 1] : null;

    private static long Price(string? text) => text is null ? 0 : Scaled(text, 1);

    private static long Size(string? text) => text is null ? 0 : Scaled(text, 3);

    private static string Text(long raw, int decimals) => DecimalText.Format(raw, decimals);

    // Numbers without trailing zeros, blanks of one.
    private static string Normal(string text) => string.Join(' ', text.Replace(",", " ,").Replace("/", " / ").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word =>
        DecimalText.TryParse(Encoding.UTF8.GetBytes(word), Money.Decimals, out Int128 value) == DecimalParse.Ok ? new Money(value).ToString() : word));
}
