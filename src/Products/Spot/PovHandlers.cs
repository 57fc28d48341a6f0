using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;

namespace Sluice.Products.Spot;

/// <summary>Percentage-of-volume orders (matching section 18: parents outside the matching core). Every few seconds the parent looks at what others
/// have traded since, and takes its share with an immediate-or-cancel child inside its limit and the pair's slippage bound. The dialect publishes
/// names only, so the mechanics are ours: README.md beside this file.</summary>
internal sealed class PovHandlers(SpotState state, Placement placement)
{
    public const ushort StepTimer = 302;

    private const int StepSeconds = 5;
    private const int OpenMax = 20;                     // per user and pair
    private const int TtlSecondsMax = 30 * 86_400;
    private const long KeptNanos = 30 * 86_400 * Nanos.PerSecond;
    private const byte Row = 12;                        // samples and next cycles (spec README §4)

    public ushort Create(in CreatePov command, ReadOnlySpan<byte> tail, Context context)
    {
        if (state.PairOf(command.Instrument) is not { } pair) return (ushort)SpotRefusal.PairNotFound;
        if (pair.Status is MarketStatus.Delisted or MarketStatus.Delisting or MarketStatus.Untradable) return (ushort)SpotRefusal.SideNotTradable;
        if (command.RatePercent is < 1 or > 100 || command.TtlSeconds is < 1 or > TtlSecondsMax || command.LimitPrice is < 0 or > Pair.PriceMax || command.TriggerPrice < 0 || command.Side > Side.Sell
            || command.Size <= 0) return (ushort)SpotRefusal.InvalidCombination;
        ref readonly var terms = ref pair.Terms;
        if (command.Size < terms.MinBase) return (ushort)SpotRefusal.AmountTooLittle;
        if (command.Size > Pair.SizeMax || (terms.MaxBase != 0 && command.Size > terms.MaxBase)) return (ushort)SpotRefusal.AmountTooMuch;
        var price = command.LimitPrice != 0 ? command.LimitPrice : pair.Reference;
        if (!pair.IsPayable(price, command.Size)) return (ushort)SpotRefusal.ValueTooMuch;
        if (pair.Book.Value(price, command.Size) < terms.MinQuote) return (ushort)SpotRefusal.ValueTooLittle;
        var (user, instrument) = (context.Actor.Value, command.Instrument);
        if (tail.Length > 128 || OrderText.Read(tail) is null) return (ushort)SpotRefusal.InvalidText;
        if (state.TraderOf(user, pair, WalletId.Spot) < 0) return (ushort)SpotRefusal.UserNotFound;
        if (state.Users.IsLocked(user)) return (ushort)SpotRefusal.UserLocked;
        if (state.Pov.All.Values.Count(o => o.IsOpen && o.User == user && o.Terms.Instrument == instrument) >= OpenMax) return (ushort)SpotRefusal.TooManyOrders;

        var reader = new TailReader(tail);
        var now = context.Stamp.TimeNanos;
        var order = new PovOrder
        {
            Id = context.NextId(), User = user, Pair = pair, Terms = command, Text = reader.Text(), Ttl = reader.Text(), CreatedNanos = now,
            TriggersAbove = command.TriggerPrice > pair.Reference,
        };
        context.ObjectId = order.Id;
        state.Pov.All.Add(order.Id, order);
        if (command.TriggerPrice == 0) Start(order, now);
        Tell(order, context);
        Schedule(order, context);
        return 0;
    }

    public ushort Cancel(in CancelPov command, ReadOnlySpan<byte> tail, Context context)
    {
        if (!state.Pov.All.TryGetValue(command.OrderId, out var order) || order.User != context.Actor.Value) return (ushort)SpotRefusal.OrderNotFound;
        if (!order.IsOpen) return (ushort)SpotRefusal.OrderClosed;
        context.ObjectId = order.Id;
        End(order, PovStatus.Terminated, "cancelled", context);
        return 0;
    }

    /// <summary>Ends everything of a user whose account is closed.</summary>
    public static void CloseAll(SpotState state, int user, Context context)
    {
        foreach (var order in state.Pov.All.Values.Where(o => o.IsOpen && o.User == user)) End(order, PovStatus.Terminated, "cancelled", context);
    }

    /// <summary>A step of an open order, or the end of the 30 days an ended one is kept.</summary>
    public void Step(in Due due, Context context)
    {
        if (!state.Pov.All.TryGetValue(due.C, out var order)) return;
        var now = due.AtNanos;
        if (!order.IsOpen)
        {
            if (order.EndedNanos + KeptNanos <= now) state.Pov.All.Remove(order.Id);
            return;
        }
        if (now >= order.ExpiresNanos)
        {
            End(order, PovStatus.Expired, "", context);
            return;
        }
        if (order.Status == PovStatus.Created && Triggered(order))
        {
            Start(order, now);
            Tell(order, context);
        }
        else if (order.Status == PovStatus.Running) Participate(order, context);
        if (order.IsOpen) Schedule(order, context);
    }

    private static bool Triggered(PovOrder order) => order.TriggersAbove
        ? order.Pair.Reference >= order.Terms.TriggerPrice
        : order.Pair.Reference <= order.Terms.TriggerPrice;

    private static void Start(PovOrder order, long now)
    {
        order.Status = PovStatus.Running;
        order.StartedNanos = order.UpdatedNanos = now;
        order.VolumeSeen = order.Pair.TradedVolume;
    }

    private void Participate(PovOrder order, Context context)
    {
        var pair = order.Pair;
        order.Owed = checked(order.Owed + (pair.TradedVolume - order.VolumeSeen) * order.Terms.RatePercent);
        order.VolumeSeen = pair.TradedVolume;
        var left = order.Terms.Size - order.Filled;
        var price = Price(order);
        if (price <= 0) return;
        var smallest = Smallest(pair, price);
        if (left < smallest)
        {
            End(order, PovStatus.Completed, "", context);           // the rest is dust that no child may have
            return;
        }
        var share = long.Min(order.Owed / 100, left);
        if (share < smallest) return;
        if (left - share < smallest) share = left;                  // leave no dust behind

        Span<byte> tail = stackalloc byte[64];
        var writer = new TailWriter(tail);
        writer.Text(order.Text);
        var child = new PlaceOrder
        {
            Instrument = pair.Id.Value, Wallet = WalletId.Spot.Value, Side = order.Terms.Side, Type = OrderType.Limit,
            TimeInForce = TimeInForce.ImmediateOrCancel, Price = price, Size = share,
        };
        var refusal = placement.Place(child, writer.Written, order.User, 0, context);
        if (refusal is SpotRefusal.BalanceTooLow or SpotRefusal.UserLocked)
        {
            End(order, PovStatus.Terminated, refusal == SpotRefusal.UserLocked ? "account_locked" : "insufficient_balance", context);
            return;
        }
        var filled = pair.TradedVolume - order.VolumeSeen;          // the child was the only one to trade since
        order.VolumeSeen = pair.TradedVolume;
        if (refusal != SpotRefusal.None) return;                    // a halt, a moved band: another try at the next step
        order.Owed = long.Max(order.Owed - share * 100, 0);
        if (filled == 0) return;
        order.Filled += filled;
        order.UpdatedNanos = context.Stamp.TimeNanos;
        if (order.Filled >= order.Terms.Size) End(order, PovStatus.Completed, "", context);
        else Tell(order, context);
    }

    // Its limit, but no further from the last price than a market order may go (M-056), nor out of the band (M-055).
    private static long Price(PovOrder order)
    {
        var pair = order.Pair;
        pair.RefreshBand();
        var side = order.Terms.Side;
        var rate = pair.Terms.SlippageRate;
        var bound = rate == 0 || pair.Reference == 0 ? 0 : Pair.Bound(side, pair.Reference, rate);
        var limit = order.Terms.LimitPrice;
        if (side == Side.Buy)
        {
            var most = bound == 0 ? pair.BuyBound : long.Min(bound, pair.BuyBound);
            if (limit != 0) return long.Min(limit, most);
            return most == long.MaxValue ? pair.Book.BestPrice(Side.Sell) ?? 0 : most;
        }
        var least = long.Max(bound, pair.SellBound);
        if (limit != 0) return long.Max(limit, least);
        return least == 0 ? pair.Book.BestPrice(Side.Buy) ?? 0 : least;
    }

    private static long Smallest(Pair pair, long price)
    {
        var byValue = Fixed.Divide(pair.Terms.MinQuote.Raw, (Int128)price * pair.Book.ValueUnit, Rounding.Ceiling);
        return long.Max(long.Max(pair.Terms.MinBase, 1), (long)Int128.Min(byValue, long.MaxValue));
    }

    private static void End(PovOrder order, PovStatus status, string why, Context context)
    {
        order.Status = status;
        order.TerminatedAs = why;
        order.EndedNanos = order.UpdatedNanos = context.Stamp.TimeNanos;
        Tell(order, context);
        context.Timers.Add(new Due(order.EndedNanos + KeptNanos, Row, StepTimer, order.Terms.Instrument, order.User, order.Id));
    }

    private static void Schedule(PovOrder order, Context context) => context.Timers.Add(new Due(
        long.Min(context.Stamp.TimeNanos + StepSeconds * Nanos.PerSecond, order.ExpiresNanos), Row, StepTimer, order.Terms.Instrument, order.User, order.Id));

    private static void Tell(PovOrder order, Context context)
    {
        Span<byte> tail = stackalloc byte[256];
        context.Emit(order.Describe(), tail[..order.DescribeTail(tail)]);
    }
}
