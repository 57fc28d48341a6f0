namespace Sluice.Core.Kernel;

/// <summary>A user or sub-account, the owner of accounts; below 2^31 because clients hold it in 32 bits. 0 is the venue itself.</summary>
public readonly record struct UserId(int Value) : IComparable<UserId>
{
    public static readonly UserId Venue;

    public int CompareTo(UserId other) => Value.CompareTo(other.Value);
    public override string ToString() => Value.ToString(null, null);
}

/// <summary>An asset, dense from 1 in order of listing.</summary>
public readonly record struct AssetId(int Value);

/// <summary>An instrument of any product, dense from 1 in order of listing; its product-qualified name is "spot:BTC_USDT".</summary>
public readonly record struct InstrumentId(int Value);

/// <summary>Order and time, given once by the sequencer and logged with the command (M-003). Time is nanoseconds since the Unix epoch.</summary>
public readonly record struct Stamp(long Sequence, long TimeNanos);

/// <summary>Nanosecond arithmetic of the one clock the core knows.</summary>
public static class Nanos
{
    public const long PerSecond = 1_000_000_000;
    public const long PerMillisecond = 1_000_000;
    public const long PerMicrosecond = 1_000;
}

/// <summary>Which wallet of an owner an account belongs to (spec README §5). Isolated margin wallets are <see cref="Margin"/> of their pair.</summary>
public readonly record struct WalletId(int Value)
{
    public static readonly WalletId Spot = new(1);
    public static readonly WalletId FuturesUsdt = new(2);
    public static readonly WalletId FuturesBtc = new(3);
    public static readonly WalletId DeliveryUsdt = new(4);
    public static readonly WalletId Options = new(5);
    public static readonly WalletId Cfd = new(6);
    public static readonly WalletId Stock = new(7);
    public static readonly WalletId Earn = new(8);
    public static readonly WalletId Loan = new(9);
    public static readonly WalletId Launchpool = new(10);
    public static readonly WalletId Alpha = new(11);

    // The venue's own wallets (owner 0).
    public static readonly WalletId Fees = new(100);
    public static readonly WalletId Insurance = new(101);
    public static readonly WalletId RoundingResidue = new(102);
    public static readonly WalletId House = new(103);
    public static readonly WalletId OutsideWorld = new(104);

    private const int ClearingBase = 1 << 15;
    private const int MarginBase = 1 << 24;

    /// <summary>The contra of every profit realised in one contract (F-026), by the contract's place in the order of listing, from 0.</summary>
    public static WalletId Clearing(int contract) => new(ClearingBase + contract);

    /// <summary>Cash that backs contracts. It may be below what is held, even below zero, while unrealised profit covers the requirement (F-093, F-257): what
    /// may leave it is for their product to say.</summary>
    public bool IsContracts => Value >= FuturesUsdt.Value && Value <= DeliveryUsdt.Value;

    public static WalletId Margin(InstrumentId pair) => new(MarginBase + pair.Value);

    public bool IsMargin => Value > MarginBase;
    public InstrumentId MarginPair => new(Value - MarginBase);
}
