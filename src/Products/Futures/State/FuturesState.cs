using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Spot;

namespace Sluice.Products.Futures.State;

/// <summary>Everything contracts remember.</summary>
public sealed class FuturesState
{
    /// <summary>Contracts are numbered from here, apart from spot, whose dense tables stay as they are.</summary>
    public const int FirstInstrument = 100_001;

    /// <summary>More contracts than this have no clearing account.</summary>
    public const int MarketsMax = 32_000;

    /// <summary>Who holds what the insurance fund took over, and what the house took from users who were reset. No user has these ids.</summary>
    public const int FundUser = 0;
    public const int HouseUser = 1;

    /// <summary>What a position begins with: cross, ten times, or the most its contract allows.</summary>
    public static readonly Leverage DefaultLeverage = Leverage.Times(10);

    public FuturesState(Ledger ledger, IUsers users, SpotState spot)
    {
        (Ledger, Users, Spot) = (ledger, users, spot);
        Seats = new SeatTable(Pool);
        Touched = new TouchedSeats(Seats);
        Liquidations = new LiquidationQueue(Accounts, Seats);
        Drift = new MarkDrift(Markets);
    }

    public Ledger Ledger { get; }
    public IUsers Users { get; }

    /// <summary>Assets are spot's.</summary>
    public SpotState Spot { get; }

    public OrderPool Pool { get; } = new();
    public SeatTable Seats { get; }
    public PositionTable Positions { get; } = new();
    public AccountTable Accounts { get; } = new();
    public List<Market> Markets { get; } = [];
    public Dictionary<(int Wallet, string Symbol), Market> BySymbol { get; } = [];
    public Dictionary<string, List<Market>> ByIndex { get; } = [];
    public SortedDictionary<int, SetContractFees> Fees { get; } = [];

    /// <summary>When open orders of (user, wallet, instrument; 0 = all) are cancelled (M-051).</summary>
    public SortedDictionary<(int User, int Wallet, int Instrument), long> Countdowns { get; } = [];

    public ContractTriggerTable Triggers { get; } = new();
    public TrailTable Trails { get; } = new();
    public ChaseTable Chases { get; } = new();

    /// <summary>Prices that open orders are valued at where it is not their own, by id (F-104, F-105).</summary>
    public Dictionary<long, long> ValuePrices { get; } = [];

    /// <summary>Marks that the open loss of open orders is measured from, by id: of those that have one (F-109, F-105).</summary>
    public Dictionary<long, long> LossMarks { get; } = [];

    /// <summary>Some contract asks for open losses, or did (F-109). No part of the state: it saves a look at the contract's options.</summary>
    public bool AsksOpenLoss { get; set; }

    /// <summary>Texts of open orders of users who asked for uniqueness, which is one setting for pairs and contracts (M-007).</summary>
    public SortedDictionary<long, (int Seat, string Text)> UniqueTexts { get; } = [];

    /// <summary>Margin that is added by itself, by slots of legs; never walked (F-124).</summary>
    public Dictionary<int, AutoMargin> AutoMargins { get; } = [];

    /// <summary>Fees in points (F-045).</summary>
    public PointTable Points { get; } = new();

    /// <summary>Somebody may pay in points. No part of the state: it saves the look at who.</summary>
    public bool UsesPoints { get; set; }

    /// <summary>Liquidations in two steps, and until when each waits after its first (F-174).</summary>
    public SortedDictionary<long, long> Cooling { get; } = [];

    /// <summary>Insurance funds by settle asset (F-190).</summary>
    public SortedDictionary<int, Fund> Funds { get; } = [];

    /// <summary>Grows with every move of any mark: an account that has seen it is up to date. No part of the state.</summary>
    public int MarkClock { get; set; } = 1;

    /// <summary>How far marks have moved since.</summary>
    public MarkDrift Drift { get; }

    /// <summary>When accounts were looked at last: what the staleness of prices was measured from.</summary>
    public long LookedNanos { get; set; }

    /// <summary>Dividends and splits (F-244).</summary>
    public CorporateActionTable CorporateActions { get; } = new();

    /// <summary>When sleeping contracts take their next step, those of stocks and the others; 0 = none sleeps (F-241, K-203).</summary>
    public long NextStepNanos;
    public long NextStockStepNanos;

    /// <summary>Seats that the running command changed, to be looked at when it ends (F-161 step 6).</summary>
    public TouchedSeats Touched { get; }

    /// <summary>Scopes that wait for their liquidation: the first is at work until it is done (F-162, F-189). Empty between commands; a scope whose contract is
    /// halted is known by its lock (F-188).</summary>
    public LiquidationQueue Liquidations { get; }

    /// <summary>A round is queued.</summary>
    public bool IsLiquidating { get; set; }

    /// <summary>The venue itself: without margin rules, fees and announcements (F-194).</summary>
    public static bool IsVenue(int user) => user <= HouseUser;

    public Market? MarketOf(int instrument) => AheadOf(instrument).Market;

    private MarketAhead[] ahead = [];

    /// <summary>What is read of a contract ahead of its commands, by instrument; without a market when there is none.</summary>
    public MarketAhead AheadOf(int instrument)
    {
        var at = unchecked((uint)(instrument - FirstInstrument));
        return at < (uint)ahead.Length ? ahead[at] : default;
    }

    public void Add(Market market)
    {
        Markets.Add(market);
        ahead = [.. ahead, new MarketAhead(market, market.Book, market.Wallet, market.Asset)];
        BySymbol.Add((market.Wallet.Value, market.Symbol), market);
        if (!ByIndex.TryGetValue(market.Listed.IndexName, out var followers)) ByIndex.Add(market.Listed.IndexName, followers = []);
        followers.Add(market);
        Drift.Forget(MarkClock);
    }

    /// <summary>The account's slot, opened on first use; −1 when the user does not exist.</summary>
    public int AccountOf(int user, WalletId wallet, int asset)
    {
        if (Accounts.TryFind(user, wallet, out var slot)) return slot;
        int ledger;
        if (IsVenue(user)) ledger = Ledger.Open(UserId.Venue.Value, user == FundUser ? WalletId.Insurance : WalletId.House, asset);
        else if (Users.TryGet(user, out var facts)) ledger = Ledger.Open(user, wallet, asset, facts.Participant);
        else return -1;
        return Accounts.Add(wallet, new MarginAccount
        {
            User = user, Wallet = wallet.Value, Ledger = ledger, FirstSeat = SeatTable.None, FirstOpen = SeatTable.None, MarkClock = MarkClock,
        });
    }

    /// <summary>The seat's slot, made on first use; −1 when the user does not exist.</summary>
    /// <param name="split">The second one, of the isolated legs of split mode.</param>
    public int SeatOf(int user, Market market, bool split = false)
    {
        if (Seats.TryFind(user, market.Number, out var slot, split)) return slot;
        var account = AccountOf(user, market.Wallet, market.Asset);
        if (account < 0) return SeatTable.None;
        Users.TryGet(user, out var facts);
        var leverage = LeverageOf(market);
        slot = Seats.Add(new Seat
        {
            User = user, Market = market.Number, Account = account, Net = PositionTable.None, Long = PositionTable.None, Short = PositionTable.None,
            First = OrderPool.None, Last = OrderPool.None, NextOfAccount = Accounts[account].FirstSeat, NextOpen = SeatTable.None,
            PreviousOpen = SeatTable.None, Group = facts.Main, Participant = facts.Participant, Leverage = leverage, ShortLeverage = leverage, CrossLimit = leverage, IsCross = !split,
            IsSplit = split,
        });
        Accounts[account].FirstSeat = slot;
        return slot;
    }

    /// <summary>The seat that an order or a setting of a margin mode is about: only in split mode there are two (F-130).</summary>
    /// <param name="marginMode">0 = as the position, 1 = cross, 2 = isolated.</param>
    public int SeatFor(int user, Market market, byte marginMode)
    {
        var slot = SeatOf(user, market);
        return marginMode == 2 && slot >= 0 && Accounts[Seats[slot].Account].Mode == PositionMode.DualPlus ? SeatOf(user, market, split: true) : slot;
    }

    /// <summary>A user's seats in a contract: one, or two that split mode has made; the cross one first.</summary>
    public IEnumerable<int> SeatsIn(int user, Market market)
    {
        if (Seats.TryFind(user, market.Number, out var slot)) yield return slot;
        if (Seats.TryFind(user, market.Number, out slot, split: true)) yield return slot;
    }

    /// <summary>More than the caches hold: it pays to ask for memory ahead.</summary>
    public bool IsLarge => Pool.IsLarge || Seats.Count > LargeSeats;

    private const int LargeSeats = 16 * 1024;       // about 1 KiB each, with account and legs

    /// <summary>Asks for the seat of the first order an order of this side would trade with.</summary>
    public int PrefetchMaker(Market market, Side side)
    {
        var seat = Pool.Orders[Pool.Levels[market.Book.Opposite(side).Best].First].Trader;
        Seats.Prefetch(seat);
        Seats.PrefetchRest(seat);
        return seat;
    }

    /// <summary>Asks for what a seat names that an order reads: its account, and its one-way leg if it has one.</summary>
    public void PrefetchAround(in Seat seat)
    {
        Accounts.Prefetch(seat.Account);
        if (seat.Held != 0) Positions.Prefetch(seat.Net);
    }

    /// <summary>The same for who will trade.</summary>
    public void PrefetchTrader(int slot)
    {
        ref readonly var seat = ref Seats[slot];
        Accounts.PrefetchWhole(seat.Account);
        Positions.PrefetchWhole(seat.Net);
    }

    /// <summary>What a position begins with in a contract.</summary>
    public static Leverage LeverageOf(Market market)
    {
        var leverage = DefaultLeverage < market.Terms.LeverageMax ? DefaultLeverage : market.Terms.LeverageMax;
        return leverage < market.Terms.LeverageMin ? market.Terms.LeverageMin : leverage;
    }

    /// <summary>Whether a seat is anything but what it would be made as: one that is not may be what a refused command asked for.</summary>
    public bool Means(in Seat seat)
    {
        var leverage = LeverageOf(Markets[seat.Market]);
        return (seat.Net & seat.Long & seat.Short) != PositionTable.None || seat.IsCross == seat.IsSplit || seat.Leverage != leverage || seat.ShortLeverage != leverage
            || seat.CrossLimit != leverage
            || seat.LongLiquidation != 0 || seat.ShortLiquidation != 0;
    }

    /// <summary>The slot of a leg, made on first use.</summary>
    public int PositionOf(int seatSlot, Leg leg)
    {
        ref var seat = ref Seats[seatSlot];
        var slot = seat.SlotOf(leg);
        if (slot != PositionTable.None) return slot;
        slot = Positions.Add(new Position
        {
            Leg = leg, IsCross = seat.IsCross, Leverage = seat.LeverageOf(leg), IndexSlot = PositionTable.None,
            Seat = seatSlot,
        });
        switch (leg)
        {
            case Leg.Long: seat.Long = slot; break;
            case Leg.Short: seat.Short = slot; break;
            default: seat.Net = slot; break;
        }
        return slot;
    }

    /// <summary>Whose orders a seat's do not meet; 0 where the venue has no groups (M-073).</summary>
    public int GroupOf(in Seat seat) => Spot.Config.StpByMainAccount != 0 ? seat.Group : 0;

    /// <summary>Whether a user's texts must be unique among its open orders in a contract (M-007).</summary>
    public bool WantsUniqueText(int user) => Spot.Settings.Count != 0 && Spot.Settings.TryGetValue(user, out var settings) && settings.UniqueText;

    /// <summary>Signed size of a leg.</summary>
    public long SizeOf(in Seat seat, Leg leg) => leg == Leg.Net ? seat.Held : seat.SlotOf(leg) is >= 0 and var slot ? Positions[slot].Size : 0;

    /// <summary>Cash outside isolated positions, CB (F-090).</summary>
    public Money FreeCash(in MarginAccount account) => Ledger[account.Ledger].Total - account.IsolatedMargin;

    /// <summary>Maker and taker rate of a user in a contract (F-041).</summary>
    public RatePair RatesOf(int user, Market market)
    {
        var (maker, taker) = (market.Terms.MakerFee.Raw, market.Terms.TakerFee.Raw);
        if (Fees.Count != 0 && Fees.TryGetValue(user, out var own))
        {
            if (own.MakerFee != long.MinValue) maker = own.MakerFee;
            if (own.TakerFee != long.MinValue) taker = own.TakerFee;
        }
        return new RatePair(maker, taker);
    }

    public void Clear()
    {
        Markets.Clear();
        ahead = [];
        BySymbol.Clear();
        ByIndex.Clear();
        Pool.Clear();
        Seats.Clear();
        Positions.Clear();
        Accounts.Clear();
        Fees.Clear();
        Countdowns.Clear();
        Triggers.Clear();
        Trails.Clear();
        Chases.Clear();
        ValuePrices.Clear();
        LossMarks.Clear();
        AsksOpenLoss = false;
        UniqueTexts.Clear();
        Cooling.Clear();
        AutoMargins.Clear();
        Points.Clear();
        UsesPoints = false;
        Funds.Clear();
        CorporateActions.Clear();
        (NextStepNanos, NextStockStepNanos) = (0, 0);
        Touched.Forget();
        IsLiquidating = false;
        Liquidations.Forget();
        Drift.Forget(MarkClock);
    }
}

/// <summary>What is liquidated together (F-165): all cross legs of an account, or one isolated leg.</summary>
/// <param name="Seat">Of the isolated leg; −1 for cross.</param>
public readonly record struct Scope(int Account, int Seat, Leg Leg)
{
    public bool IsCross => Seat == SeatTable.None;
}

/// <summary>Scopes in the order in which they are liquidated, each once.</summary>
public sealed class LiquidationQueue(AccountTable accounts, SeatTable seats)
{
    private readonly Queue<Scope> waiting = new();

    public int Count => waiting.Count;

    /// <summary>The one at work.</summary>
    public Scope First => waiting.Peek();

    /// <summary>To the end, unless it waits already.</summary>
    public void Add(in Scope scope)
    {
        if (!Mark(scope, true)) return;
        waiting.Enqueue(scope);
    }

    public void RemoveFirst() => Mark(waiting.Dequeue(), false);

    /// <summary>Without a look at accounts and seats, which are gone.</summary>
    public void Forget() => waiting.Clear();

    // False when it was so before.
    private bool Mark(in Scope scope, bool waits)
    {
        ref var mark = ref accounts[scope.Account].IsQueued;
        if (!scope.IsCross) mark = ref scope.Leg == Leg.Short ? ref seats[scope.Seat].IsShortQueued : ref seats[scope.Seat].IsLongQueued;
        if (mark == waits) return false;
        mark = waits;
        return true;
    }
}

/// <summary>Seats changed by the running command, each once, in the order of their users when they are asked for.</summary>
public sealed class TouchedSeats
{
    private readonly SeatTable seats;
    private const int Few = 16;

    private (long Order, int Slot)[] touched = new (long, int)[Few];

    public TouchedSeats(SeatTable seats) => this.seats = seats;

    public int Count { get; private set; }

    public int this[int at] => touched[at].Slot;

    public void Add(int slot) => Add(slot, ref seats[slot]);

    public void Add(int slot, ref Seat seat)
    {
        if (seat.IsTouched) return;
        seat.IsTouched = true;
        var at = Count;
        if (at == touched.Length) Array.Resize(ref touched, touched.Length * 2);
        touched[at] = (OrderOf(seat), slot);
        Count = unchecked(at + 1);
    }

    /// <summary>Ascending user, then contract (F-161 step 6). Nearly always there are a few.</summary>
    public void Sort()
    {
        var all = touched.AsSpan(0, Count);
        if (all.Length > Few)
        {
            all.Sort((a, b) => a.Order.CompareTo(b.Order));
            return;
        }
        if (all.Length == 2)
        {
            // Who trades with whom nobody can guess: both are written, whichever comes first.
            ref var a = ref all[0];
            ref var b = ref all[1];
            var turned = b.Order < a.Order;
            var (low, high) = (long.Min(a.Order, b.Order), long.Max(a.Order, b.Order));
            var (first, second) = (turned ? b.Slot : a.Slot, turned ? a.Slot : b.Slot);
            (a.Order, a.Slot) = (low, first);
            (b.Order, b.Slot) = (high, second);
            return;
        }
        for (var i = 1; i < all.Length; i++)
        {
            var (one, at) = (all[i], i);
            for (; at > 0 && all[at - 1].Order > one.Order; at--) all[at] = all[at - 1];
            all[at] = one;
        }
    }

    public void Clear()
    {
        foreach (var (_, slot) in touched.AsSpan(0, Count)) seats[slot].IsTouched = false;
        Count = 0;
    }

    /// <summary>Without a look at seats, which are gone.</summary>
    public void Forget() => Count = 0;

    // User, contract, the split seat last; contracts are fewer than 2^16.
    private static long OrderOf(in Seat seat) => ((long)seat.User << 24) | ((long)seat.Market << 1) | (seat.IsSplit ? 1L : 0);
}

/// <summary>What is read of a contract ahead of its commands, beside those of the others: then the contract itself need not be there yet.</summary>
public readonly record struct MarketAhead(Market? Market, OrderBook Book, WalletId Wallet, int Asset);
