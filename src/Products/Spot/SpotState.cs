using System.Runtime.CompilerServices;
using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;

namespace Sluice.Products.Spot;

/// <summary>An asset: code and the decimals its spot amounts and fees are rounded to (S-005).</summary>
public sealed record Asset(int Id, string Code, string Name, int Scale)
{
    /// <summary>The rounding multiple in money quanta.</summary>
    public long Unit { get; } = Fixed.PowerOfTen(Money.Decimals - Scale);
}

/// <summary>A spot pair: its terms, its book, its trigger orders.</summary>
public sealed class Pair(InstrumentId id, string symbol, Asset baseAsset, Asset quoteAsset, OrderPool pool, int baseFees, int quoteFees)
{
    /// <summary>M-133, and sizes that stay exact in every client: whatever is within them can be added up without an overflow.</summary>
    public const long PriceMax = 1L << 62;
    public const long SizeMax = 1L << 53;

    private const long NoBand = -1;                 // in place of a last price

    private readonly int number = id.Value;         // a plain number stands among the fields that every command reads
    private long bandLastPrice = NoBand;            // the book's, when the band was brought up to date
    private long valueUnit = 1;         // the book's
    private long makerFee, takerFee;    // of the terms
    private MarketStatus status;

    // Values of several fields stand behind all others, in this order: what every order reads before what few do.
    private readonly PairAssets assets = new(baseAsset.Id, quoteAsset.Id);
    private UsualOrders usual;
    private readonly FeeSides fees = new(baseAsset, baseFees, quoteAsset, quoteFees);
    private Int128 productMax;
    private ListPair terms;

    public InstrumentId Id => new(number);
    public string Symbol { get; } = symbol;
    public Asset Base { get; } = baseAsset;
    public Asset Quote { get; } = quoteAsset;

    /// <summary>The two assets by number alone, which is all that a look-up of an account reads.</summary>
    public PairAssets Assets => assets;

    public OrderBook Book { get; } = new(id, pool);
    public TriggerBook Triggers { get; } = new();

    public MarketStatus Status
    {
        get => status;
        set
        {
            status = value;
            usual.Set(terms, status, valueUnit, productMax);
        }
    }

    public ref readonly ListPair Terms => ref terms;

    /// <summary>What admits most orders, and their value, without a question for each rule.</summary>
    internal ref readonly UsualOrders Usual => ref usual;

    /// <summary>When it was first listed, and the reference price it had then: where its price history begins.</summary>
    public long ListedNanos { get; init; }
    public long ListingReference { get; init; }

    /// <summary>Base size traded since the listing, raw units.</summary>
    public long TradedVolume { get; set; }

    /// <summary>Money quanta in one raw unit of size.</summary>
    public long BaseUnit { get; private set; }

    /// <summary>Highest price a buy and lowest a sell may have (M-055); compared exactly because prices are whole ticks.</summary>
    public long BuyBound { get; private set; }
    public long SellBound { get; private set; }

    /// <summary>Last trade, or the listing reference before the first (M-055).</summary>
    public long Reference => Book.LastPrice != 0 ? Book.LastPrice : Terms.ReferencePrice;

    public void SetTerms(in ListPair given)
    {
        terms = given;
        Book.ValueUnit = valueUnit = Fixed.PowerOfTen(Money.Decimals - terms.PriceDecimals - terms.SizeDecimals);
        BaseUnit = Fixed.PowerOfTen(Money.Decimals - terms.SizeDecimals);
        productMax = ValueMax / valueUnit;
        (makerFee, takerFee) = (terms.MakerFee, terms.TakerFee);
        bandLastPrice = NoBand;
        usual.Set(terms, status, valueUnit, productMax);
    }

    /// <summary>Whether price × size is a value the ledger has room for.</summary>
    public bool IsPayable(long price, long size) => Wide.Product(price, size) <= productMax;

    // 10^18 units, as much as an account can be funded with.
    private static readonly Int128 ValueMax = Money.Units(Fixed.PowerOfTen(18)).Raw;

    /// <summary>Reserved for an order: quote at its price for a buy, base for a sell (S-020, S-021). Neither number is negative.</summary>
    public Money Reserved(Side side, long price, long left)
    {
        var fits = Wide.TryProduct(unchecked((ulong)left), unchecked((ulong)price), out var product);
        return fits || side != Side.Buy ? Reserved(side, left, product) : Value(price, left);
    }

    /// <summary>The same for who knows price × left. Without a jump: nobody foresees a side. Neither unit is above 10^12: the product fits.</summary>
    public Money Reserved(Side side, long left, ulong product)
    {
        var (amount, unit, quote) = (unchecked((ulong)left), BaseUnit, valueUnit);
        if (side == Side.Buy) amount = product;
        if (side == Side.Buy) unit = quote;
        return new Money(unchecked((Int128)Wide.Product(amount, (ulong)unit)));
    }

    /// <summary>Of a size that is not negative.</summary>
    public Money BaseMoney(long size) => new(unchecked((Int128)Wide.Product((ulong)size, (ulong)BaseUnit)));

    /// <summary>price × size in the quote asset, exact (S-004); neither is negative.</summary>
    public Money Value(long price, long size) => new(unchecked(Wide.Product((ulong)size, (ulong)price, (ulong)valueUnit)));

    /// <summary>What is charged of what a side receives.</summary>
    internal ref readonly FeeTerms FeesOf(Side side) => ref fees[(int)side & 1];

    /// <summary>What a trader's order pays when it makes and when it takes: its own rates or the pair's (M-008).</summary>
    public long MakerRateOf(in Trader trader) => trader.MakerFee != TraderSettings.PairRate ? trader.MakerFee : makerFee;
    public long TakerRateOf(in Trader trader) => trader.TakerFee != TraderSettings.PairRate ? trader.TakerFee : takerFee;

    /// <summary>Brings the band to the reference of this instant (M-057: it does not move during a sweep).</summary>
    public void RefreshBand()
    {
        if (Book.LastPrice != bandLastPrice) MoveBand();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MoveBand()
    {
        bandLastPrice = Book.LastPrice;
        var reference = Reference;
        BuyBound = Terms.UpRate == 0 || reference == 0 ? long.MaxValue : Bound(Side.Buy, reference, Terms.UpRate);
        SellBound = Terms.DownRate == 0 || reference == 0 ? 0 : Bound(Side.Sell, reference, Terms.DownRate);
        usual.SetBand(BuyBound, SellBound);
    }

    /// <summary>Whether a price is beyond the band as it was brought up to date last.</summary>
    public bool IsOutOfBand(Side side, long price) => side == Side.Buy ? price > BuyBound : price < SellBound;

    /// <summary>reference × (1 ± rate), rounded inward to a tick: buy floor, sell ceiling (M-054, M-056).</summary>
    public static long Bound(Side side, long reference, long rate) => side == Side.Buy
        ? (long)Int128.Min(Fixed.MulDiv(reference, checked(Rate.One + rate), Rate.One, Rounding.Floor), long.MaxValue)
        : (long)Fixed.MulDiv(reference, long.Max(Rate.One - rate, 0), Rate.One, Rounding.Ceiling);
}

/// <summary>In which asset the fee of a side is, to a multiple of how many money quanta, and to which account of the venue it goes (ledger slot).</summary>
internal readonly record struct FeeTerms(long Unit, int Asset, int VenueAccount);

/// <summary>Of a buyer, who receives base, and of a seller, who receives quote (S-050).</summary>
[InlineArray(2)]
internal struct FeeSides
{
    private FeeTerms buyer;

    public FeeSides(Asset baseAsset, int baseFees, Asset quoteAsset, int quoteFees)
    {
        buyer = new FeeTerms(baseAsset.Unit, baseAsset.Id, baseFees);
        this[1] = new FeeTerms(quoteAsset.Unit, quoteAsset.Id, quoteFees);
    }
}

/// <summary>Base and quote asset of a pair.</summary>
public readonly record struct PairAssets(int Base, int Quote);

/// <summary>What is read of a pair ahead of its commands, beside those of the others: then the pair itself need not be there yet.</summary>
public readonly record struct PairAhead(Pair? Pair, OrderBook Book, PairAssets Assets);

/// <summary>What spot asks of identity.</summary>
public interface IUsers
{
    /// <summary>False when the user does not exist.</summary>
    bool TryGet(int user, out UserFacts facts);

    /// <summary>Asks the cache for what <see cref="TryGet"/> reads.</summary>
    void Prefetch(int user);

    /// <summary>Asked for every order: hardly anybody is, and then it costs next to nothing.</summary>
    bool IsLocked(int user);
}

/// <param name="Main">The main account a sub-account belongs to; itself for a main account.</param>
public readonly record struct UserFacts(int Main, bool Participant);

/// <summary>What a user may set for its own trading; −1 rates mean the pair's.</summary>
public sealed record TraderSettings(long MakerFee = TraderSettings.PairRate, long TakerFee = TraderSettings.PairRate, bool UniqueText = false,
    bool FeeToken = false)
{
    /// <summary>In place of a rate: the pair's. Other negative maker rates are rebates (M-121).</summary>
    public const long PairRate = -1;

    public static readonly TraderSettings Default = new();
}

/// <summary>Everything spot remembers.</summary>
public sealed class SpotState(Ledger ledger, IUsers users)
{
    public Ledger Ledger { get; } = ledger;
    public IUsers Users { get; } = users;
    public OrderPool Pool { get; } = new();
    public TraderTable Traders { get; private set; } = null!;

    /// <summary>By id − 1.</summary>
    public List<Asset> Assets { get; } = [];
    public List<Pair> Pairs { get; } = [];

    private Pair?[] byNumber = [];          // the same by id, which every command asks for; none has 0

    private PairAhead[] ahead = [default];

    public Dictionary<string, Asset> AssetsByCode { get; } = [];
    public Dictionary<string, Pair> PairsBySymbol { get; } = [];
    public ConfigureSpot Config { get; set; } = new() { StpByMainAccount = 1 };
    public SortedDictionary<int, TraderSettings> Settings { get; } = [];

    /// <summary>When open orders of (user, instrument; 0 = all) are cancelled (M-051).</summary>
    public SortedDictionary<(int User, int Instrument), long> Countdowns { get; } = [];

    /// <summary>Texts of open orders of users who asked for uniqueness (M-007).</summary>
    public SortedDictionary<long, (int Trader, string Text)> UniqueTexts { get; } = [];

    public TriggerTable Triggers { get; } = new();

    public PovTable Pov { get; private set; } = null!;

    public SpotState Begin()
    {
        Pov = new PovTable(this);
        Traders = new TraderTable(Pool, Ledger);
        return this;
    }

    public void Add(Pair pair)
    {
        Pairs.Add(pair);
        byNumber = [null, .. Pairs];
        ahead = [.. ahead, new PairAhead(pair, pair.Book, pair.Assets)];
        PairsBySymbol.Add(pair.Symbol, pair);
    }

    public void ClearPairs()
    {
        Pairs.Clear();
        byNumber = [];
        ahead = [default];
        PairsBySymbol.Clear();
    }

    public Pair? PairOf(int instrument) => unchecked((uint)instrument) < (uint)byNumber.Length ? byNumber[instrument] : null;

    /// <summary>Without a pair when there is none.</summary>
    public ref readonly PairAhead AheadOf(int instrument) => ref ahead[unchecked((uint)instrument) < (uint)ahead.Length ? instrument : 0];

    public Asset? AssetOf(int asset) => asset > 0 && asset <= Assets.Count ? Assets[asset - 1] : null;

    /// <summary>The trader's slot, created on first use; −1 when the user does not exist or the wallet is not one spot trades with.</summary>
    public int TraderOf(int user, Pair pair, WalletId wallet)
    {
        TraderOf(user, pair, wallet, out var slot);
        return slot;
    }

    /// <summary>The same with the trader itself; a null reference when there is none.</summary>
    public ref Trader TraderOf(int user, Pair pair, WalletId wallet, out int slot)
    {
        ref var trader = ref Traders.Recalled(user, pair.Id.Value, wallet.Value, out slot);
        if (!Unsafe.IsNullRef(in trader)) return ref trader;
        slot = FindOrMakeTrader(user, pair, wallet);
        return ref slot < 0 ? ref Unsafe.NullRef<Trader>() : ref Traders[slot];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int FindOrMakeTrader(int user, Pair pair, WalletId wallet)
    {
        if (wallet != WalletId.Spot && wallet != WalletId.Margin(pair.Id)) return -1;
        var known = Ledger.TryFind(user, wallet, pair.Assets.Base, out var account);
        if (known && Traders.TryFind(account, pair.Id.Value, out var slot))
        {
            Traders.Recall(slot);
            return slot;
        }
        if (!TryFacts(user, wallet, pair.Assets.Quote, out var facts, out var quote)) return -1;
        var settings = Settings.Count != 0 && Settings.TryGetValue(user, out var own) ? own : TraderSettings.Default;
        if (!known) account = Ledger.Open(user, wallet, pair.Assets.Base, facts.Participant);
        ref var trader = ref Traders.Add(account, pair.Id.Value, out slot);
        trader.User = user;
        trader.Wallet = wallet.Value;
        trader.QuoteAccount = quote;
        trader.StpGroup = facts.Main;
        trader.Participant = facts.Participant;
        trader.MakerFee = settings.MakerFee;
        trader.TakerFee = settings.TakerFee;
        trader.UniqueText = settings.UniqueText;
        trader.FeeToken = settings.FeeToken;
        return slot;
    }

    // Who trades in a second pair is known from the account that it pays from there too: what a user is never changes.
    private bool TryFacts(int user, WalletId wallet, int asset, out UserFacts facts, out int account)
    {
        ref readonly var usual = ref Ledger.FindUsual(user, wallet, asset, out account);
        if (!Unsafe.IsNullRef(in usual) && usual.Noted is not 0 and var noted)
        {
            facts = new UserFacts(int.Abs(noted), noted < 0);
            return true;
        }
        if (!Users.TryGet(user, out facts)) return false;
        account = Ledger.OpenUsual(user, wallet, asset, facts.Participant);
        Ledger.NotedOf(account) = facts.Participant ? -facts.Main : facts.Main;
        return true;
    }

    /// <summary>The trader of a user in a pair with the spot wallet, or the pair's isolated margin wallet; when it has one.</summary>
    public bool TryFindTrader(int user, Pair pair, WalletId wallet, out int slot)
    {
        slot = -1;
        return Ledger.TryFind(user, wallet, pair.Assets.Base, out var account) && Traders.TryFind(account, pair.Id.Value, out slot);
    }
}
