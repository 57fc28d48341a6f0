using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Pricing;

namespace Sluice.Server.Views.Futures;

/// <summary>Index and mark with what the mark is the median of (F-055), raw prices; 0 = none yet.</summary>
/// <param name="Sequence">The command they are of.</param>
public sealed record ContractPrices(long Index, long Mark, long Basis, long Average, long Last, int Sources, IndexFlags Flags, bool IsMarkPinned, long TimeNanos, long Sequence)
{
    public static readonly ContractPrices None = new(0, 0, 0, 0, 0, 0, IndexFlags.None, false, 0, 0);
}

/// <summary>The rate of the running cycle and when it applies (F-074).</summary>
/// <param name="Rate">10^-12; <paramref name="Premium"/> is in 10^-8.</param>
public sealed record FundingState(long Rate, long Premium, long AppliesNanos)
{
    public static readonly FundingState None = new(0, 0, 0);
}

/// <summary>How a delivery contract comes to its settlement price (F-059, F-211).</summary>
/// <param name="BasisRate">A year's, 10^-12.</param>
/// <param name="SettlePrice">0 until it is settled.</param>
public sealed record DeliveryState(long BasisRate, long FairPrice, Int128 SampleSum, int Samples, long SettlePrice)
{
    public static readonly DeliveryState None = new(0, 0, 0, 0, 0);
}

/// <summary>What the market behind a contract is doing, and how far prices may go without it (F-242, K-202); raw prices, 0 while it is live.</summary>
public sealed record SessionState(MarketSession Session, long Reference, long Low, long High)
{
    public static readonly SessionState Live = new(MarketSession.Live, 0, 0, 0);
}

/// <summary>Who holds how much of a contract; what the venue itself holds (the insurance fund) is not announced.</summary>
public readonly record struct OpenInterest(long LongSize, long ShortSize, int Longs, int Shorts)
{
    /// <summary>Raw size: both sides hold the same, and the venue is on one of them at most.</summary>
    public long Size => long.Max(LongSize, ShortSize);
}

/// <summary>A contract as readers know it: one object for the life of the process. Read from any thread.</summary>
public sealed class ContractView : MarketView
{
    private sealed record KnownTop(long Version, TopHolders Holders);

    private sealed record Facts(Contract Contract, ListContract Listing, ContractOptions Options, Contract Before, MarketStatus Status, long EndNanos, long ChangedNanos);

    private readonly Lock gate = new();
    private volatile Facts facts;
    private readonly Func<IEnumerable<PositionRow>> legs;
    private volatile KnownTop top = new(0, default);
    private OpenInterest interest;
    private long holdings;                      // counts changes of sizes
    private long tradeSize;
    private long lastTradeId;

    internal ContractView(int id, ContractListing listing, AssetView settle, in ListContract terms, long listedNanos, long nowNanos, Func<int, IEnumerable<PositionRow>> legs)
        : base(id, listing.Terms.Symbol, listedNanos, 0)
    {
        this.legs = () => legs(id);
        Settle = settle;
        Index = listing.Index;
        Wallet = listing.Terms.Kind == ContractKind.Delivery ? WalletId.DeliveryUsdt.Value
            : settle.Code == "BTC" ? WalletId.FuturesBtc.Value : WalletId.FuturesUsdt.Value;
        var contract = new Contract(listing.Terms);
        facts = new Facts(contract, terms, ContractOptions.Default, contract, terms.Status, 0, nowNanos);
    }

    /// <summary>The terms with what follows from them: what every figure is computed with.</summary>
    public Contract Contract => facts.Contract;

    public ContractTerms Terms => facts.Contract.Terms;

    public AssetView Settle { get; }

    /// <summary>Name of the index it follows.</summary>
    public string Index { get; }

    /// <summary>Where its margin is: futures:usdt, futures:btc or delivery:usdt.</summary>
    public int Wallet { get; }

    public bool IsDelivery => Terms.Kind == ContractKind.Delivery;
    public bool IsInverse => Terms.Kind == ContractKind.Inverse;

    /// <summary>What the terms of the record do not hold.</summary>
    public ListContract Listing => facts.Listing;

    /// <summary>What the operator chose beyond the dialect's terms.</summary>
    public ContractOptions Options => facts.Options;

    /// <summary>The terms before their last change, which some positions may keep the requirements of (F-169).</summary>
    internal Contract Before => facts.Before;

    public MarketStatus Status => facts.Status;

    /// <summary>When a delisting settles what is left, 0 = it is not being delisted (F-230).</summary>
    public long EndNanos => facts.EndNanos;

    public long ChangedNanos => facts.ChangedNanos;
    public ContractPrices Prices { get; private set; } = ContractPrices.None;
    public FundingState Funding { get; private set; } = FundingState.None;
    public DeliveryState Delivery { get; private set; } = DeliveryState.None;
    public SessionState Session { get; private set; } = SessionState.Live;

    public override int PriceDecimals => facts.Listing.PriceDecimals;
    public override int SizeDecimals => facts.Listing.SizeDecimals;

    public OpenInterest Interest
    {
        get { lock (gate) return interest; }
    }

    /// <summary>Who holds most, as of now: walks all that hold the contract, once after their sizes have changed.</summary>
    public TopHolders Top
    {
        get
        {
            var version = Volatile.Read(ref holdings);          // before the legs are read: what changes meanwhile is read again
            if (top is var known && known.Version == version) return known.Holders;
            return (top = new KnownTop(version, TopHolders.Of(legs()))).Holders;
        }
    }

    /// <summary>Raw size of all trades since the listing.</summary>
    public long TradeSize => Volatile.Read(ref tradeSize);

    /// <summary>0 before the first trade.</summary>
    public long LastTradeId => Volatile.Read(ref lastTradeId);

    /// <summary>Price of the last trade; the mark, or the index, before the first one; 0 without any.</summary>
    public long LastPrice => Ticker.Last is not 0 and var last ? last : Prices is { Mark: not 0 } priced ? priced.Mark : Prices.Index;

    /// <summary>|w| of a size at a price, in the settle currency; zero without a price.</summary>
    public Money ValueOf(long size, long price)
    {
        if (price == 0) return Money.Zero;
        var value = Contract.Value(size, price);
        return value.IsNegative ? -value : value;
    }

    internal void Change(ContractListing listing, in ListContract terms, in ContractOptions options, long nowNanos) =>
        facts = facts with { Contract = new Contract(listing.Terms), Before = facts.Contract, Listing = terms, Options = options, ChangedNanos = nowNanos };

    internal void Change(MarketStatus status, long endNanos, long nowNanos) => facts = facts with { Status = status, EndNanos = endNanos, ChangedNanos = nowNanos };

    internal void Change(ContractPrices prices) => Prices = prices;

    internal void Change(FundingState funding) => Funding = funding;

    internal void Change(DeliveryState delivery) => Delivery = delivery;

    internal void Change(SessionState session) => Session = session;

    internal void Change(OpenInterest held)
    {
        lock (gate) interest = held;
        Interlocked.Increment(ref holdings);
    }

    internal void Traded(long id, long size)
    {
        Volatile.Write(ref lastTradeId, id);
        Volatile.Write(ref tradeSize, tradeSize + size);
    }

    /// <summary>What has traded before this process began.</summary>
    internal void BeginTrades(long id, long size)
    {
        Volatile.Write(ref lastTradeId, long.Max(id, lastTradeId));
        Volatile.Write(ref tradeSize, size);
    }
}
