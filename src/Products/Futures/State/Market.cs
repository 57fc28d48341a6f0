using System.Runtime.CompilerServices;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Funding;
using Sluice.Products.Futures.Pricing;

namespace Sluice.Products.Futures.State;

/// <summary>What a contract was listed with, beside its terms.</summary>
/// <param name="Terms">As of the command; the texts of its tail follow.</param>
public sealed record Listed(ListContract Terms, string Symbol, string Settle, string IndexName, string Underlying, long ListedNanos);

/// <summary>A listed contract: terms, book, prices, the running cycle of funding, and its open legs.</summary>
public sealed class Market(int number, Contract contract, Listed listed, WalletId wallet, OrderPool pool, PositionTable positions)
{
    private readonly List<FormerTerms> former = [];

    /// <summary>Place in the order of listing, from 0.</summary>
    public int Number { get; } = number;
    public InstrumentId Id { get; } = new(FuturesState.FirstInstrument + number);
    public Contract Contract { get; private set; } = contract;
    public ContractTerms Terms => Contract.Terms;
    public Listed Listed { get; private set; } = listed;
    public ContractOptions Options { get; set; } = ContractOptions.Default;

    /// <summary>How often its terms were changed, and when last (F-169); the listing is no change.</summary>
    public int Changes { get; set; }
    public long ConfiguredNanos { get; set; }

    /// <summary>Terms that some positions keep the requirements of, in the order of their changes.</summary>
    public IReadOnlyList<FormerTerms> Former => former;

    public string Symbol => Listed.Symbol;

    /// <summary>Where its margin, profit and fees are.</summary>
    public WalletId Wallet { get; } = wallet;
    public int Asset => Terms.SettleAsset;

    /// <summary>Ledger slots: the contra of profits, the venue's fees, the insurance fund of the settle currency.</summary>
    public int Clearing { get; init; }
    public int Fees { get; init; }
    public int Fund { get; init; }

    public OrderBook Book { get; } = new(new InstrumentId(FuturesState.FirstInstrument + number), pool);
    public MarketStatus Status { get; set; }

    /// <summary>When a delisting settles (F-230); 0 = none announced.</summary>
    public long EndNanos { get; set; }

    /// <summary>When it was halted last (F-084).</summary>
    public long HaltedNanos { get; set; }

    /// <summary>Halted because its prices are too old; the first fresh one opens it again (F-052).</summary>
    public bool IsHaltedByAge { get; set; }

    // Prices. 0 before the first.
    public long Index { get; set; }
    public IndexFlags Flags { get; set; }
    public ushort Sources { get; set; }

    /// <summary>When the index was last more than a repetition of itself (F-052).</summary>
    public long FreshNanos { get; set; }
    public long Mark { get; set; }

    /// <summary>The index that was announced last (F-061).</summary>
    public long ToldIndex { get; set; }
    public bool IsMarkPinned { get; set; }

    /// <summary>What terms and mark allow an order.</summary>
    public ref readonly OrderRange Range
    {
        get
        {
            if (range.Mark != Mark || range.Contract != Contract) Measure();
            return ref range;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Measure() => range = new OrderRange(Contract, Mark);

    private OrderRange range;

    /// <summary>Grows with every move of the mark in this process; what positions were counted at.</summary>
    public int MarkVersion { get; set; } = 1;

    /// <summary>Where the running epoch of <see cref="MarkDrift"/> found the mark.</summary>
    public int DriftEpoch { get; set; }
    public long DriftFrom { get; set; }

    public MiddleAverage Middle { get; private set; } = new(int.Max(contract.Terms.MarkWindow, 1));

    /// <summary>Of the minute before; empty unless <see cref="ContractOptions.BreakerMove"/> says so.</summary>
    public IndexMoves Moves { get; } = new();

    // Funding.

    /// <summary>Settlements in a row whose rate was at the cap (F-081).</summary>
    public int CapHits { get; set; }

    /// <summary>The running cycle's: another interval counts from the next settlement on (F-081). Null for a delivery contract.</summary>
    public FundingTerms? Cycle { get; private set; } = contract.Terms.Funding;
    public PremiumSamples Premiums;
    public Rate Rate { get; set; }
    public Rate RateBefore { get; set; }
    public long NextFundingNanos { get; set; }

    // Delivery, and delisting.
    public Rate BasisRate { get; set; }
    public SettlementAverage Average;

    /// <summary>When the settlement average takes its next sample; timers of another plan find another instant.</summary>
    public long NextSampleNanos { get; set; }

    public TriggerHeap Longs { get; } = new(positions, ofLongs: true);
    public TriggerHeap Shorts { get; } = new(positions, ofLongs: false);

    /// <summary>Σ of positive sizes (F-253).</summary>
    public long OpenInterest { get; set; }

    public TriggerBook[] Triggers { get; } = [new(), new(), new()];
    public TrailBook[] Trails { get; } = [new(), new(), new()];

    /// <summary>Some price may be waited for. False: none is, and nobody reads those books.</summary>
    public bool HasTriggers { get; set; }

    /// <summary>After one has gone.</summary>
    public void LookForTriggers() => HasTriggers = !(Array.TrueForAll(Triggers, book => book.IsEmpty) && Array.TrueForAll(Trails, book => book.IsEmpty));

    private readonly ChaseSide chasingBuys = new(Side.Buy), chasingSells = new(Side.Sell);

    public ChaseSide ChasesOf(Side side) => side == Side.Buy ? chasingBuys : chasingSells;

    /// <summary>On both sides together: mostly none, and then nobody reads the sides.</summary>
    public int ChaseCount { get; set; }

    public bool IsDelivery => Terms.Kind == ContractKind.Delivery;

    public bool IsTrading => Status is MarketStatus.Tradable or MarketStatus.Delisting;

    /// <summary>When it ends: the expiry of a delivery contract, the end of a delisting; 0 = never.</summary>
    public long SettlesNanos => IsDelivery ? Terms.Delivery!.ExpiryNanos : EndNanos;

    /// <summary>What the positions of a seat are required by: the present terms, or those it keeps.</summary>
    public Contract ContractOf(in Seat seat) => seat.Kept == 0 ? Contract : FormerOf(seat.Kept).Contract;

    public FormerTerms FormerOf(int change) => former.Find(terms => terms.Change == change)!;

    public void Keep(FormerTerms terms) => former.Add(terms);

    public void Forget(int change) => former.RemoveAll(terms => terms.Change == change);

    /// <summary>Other terms from now on; the running cycle of funding keeps its length.</summary>
    public void Configure(Contract configured, Listed terms, in ContractOptions options)
    {
        var fits = IsAsleep || configured.Terms.MarkWindow == Terms.MarkWindow;
        (Contract, Listed, Options, SleepRules) = (configured, terms, options, SleepRules.Of(terms.Terms));
        if (options.BreakerMove == 0) Moves.Clear();
        if (!fits) FitMiddle();
        if (Cycle is { } cycle) BeginCycle(cycle.IntervalSeconds);
    }

    /// <summary>The running cycle of funding has this length; 0 = the terms'.</summary>
    public void BeginCycle(int intervalSeconds = 0)
    {
        var terms = Terms.Funding!;
        Cycle = intervalSeconds == 0 || intervalSeconds == terms.IntervalSeconds ? terms : terms with { IntervalSeconds = intervalSeconds };
    }

    /// <summary>What its market behind it being closed means for it.</summary>
    public SleepRules SleepRules { get; private set; } = SleepRules.Of(listed.Terms);
    public Sleep Sleep;
    public KeptImpact Impact;

    /// <summary>The market behind it is closed or halted: its own book makes its prices (F-240, K-201).</summary>
    public bool IsAsleep => Sleep.Session is MarketSession.Closed or MarketSession.Halted;

    /// <summary>The length of the middle's average: five minutes asleep, else as listed (F-056, F-241).</summary>
    public void FitMiddle() => Middle = Middle.Within(int.Max(IsAsleep ? SleepRules.Window : Terms.MarkWindow, 1));

    /// <summary>The next price leaves the mark where it was put. False between commands.</summary>
    public bool HoldsMark { get; set; }

    /// <summary>The samples are of other prices.</summary>
    public void ForgetMiddle() => Middle = new MiddleAverage(int.Max(IsAsleep ? SleepRules.Window : Terms.MarkWindow, 1));

    /// <summary>Another scale, or another level, for index, reference and what is held finer; not for the mark (K-208, K-209).</summary>
    public void Reprice(Func<long, long> raw, Func<Int128, Int128> fine)
    {
        Index = raw(Index);
        if (Sleep.Session == MarketSession.Live) return;
        if (Sleep.Outside != 0) Sleep.Outside = raw(Sleep.Outside);
        Sleep.Inner.Value = fine(Sleep.Inner.Value);
        Sleep.Mark.Value = fine(Sleep.Mark.Value);
        if (!IsAsleep) return;
        Sleep.Reference = raw(Sleep.Reference);
        Sleep.Band = new OffHoursBand(raw(Sleep.Band.Low), raw(Sleep.Band.High));
    }

    /// <summary>One sample of the book's middle a second, while it has one (F-056, F-057).</summary>
    public void SampleMiddle(long nowNanos)
    {
        var (bids, asks) = (Book.Bids, Book.Asks);
        if (bids.IsEmpty || asks.IsEmpty || Status == MarketStatus.CircuitBreaker || nowNanos / Nanos.PerSecond == Middle.SampledNanos / Nanos.PerSecond) return;
        Middle.Add(bids.PriceOf(bids.BestKey), asks.PriceOf(asks.BestKey), Index, nowNanos);
    }

    /// <summary>Says what has changed in the book; chase orders look whether their best price is another one.</summary>
    public void Announce(Context context)
    {
        Book.Announce(context.Events);
        if (ChaseCount == 0 || !IsTrading) return;
        chasingBuys.Look(context, this);
        chasingSells.Look(context, this);
    }

    public TriggerHeap HeapOf(long size) => size > 0 ? Longs : Shorts;

    /// <summary>How long the index stays good when nothing new comes: after it no position is liquidated by the mark, and no premium sampled (F-052, F-064, F-171).</summary>
    public const long StaleNanos = 60 * Nanos.PerSecond;

    /// <summary>After so long nothing is settled on the last prices either (F-052, F-084).</summary>
    public const long DeadNanos = 15 * 60 * Nanos.PerSecond;

    public bool IsStale(long nowNanos) => !IsPricedInside && IsOlder(StaleNanos, nowNanos);

    public bool IsDead(long nowNanos) => !IsPricedInside && IsOlder(DeadNanos, nowNanos);

    // A price made inside is never old, in a halt either (F-052).
    private bool IsPricedInside => IsAsleep && SleepRules.IsInside;

    private bool IsOlder(long age, long nowNanos) => Index == 0 || nowNanos - FreshNanos > age;
}
