using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Spot;
using Sluice.Runtime;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Views;

/// <summary>Everything that is read often, in memory: listings, books, tickers, balances, open orders and triggers, users and keys. Fed by the bus
/// thread; read from any thread. Ended orders, fills and the account book are the history's (<see cref="History.IHistory"/>).</summary>
public sealed partial class VenueViews : IEventConsumer
{
    private sealed record At(Stamp Stamp);

    private readonly ConcurrentDictionary<string, AssetView> assetsByCode = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, PairView> pairsBySymbol = new(StringComparer.Ordinal);
    private readonly BalancesView balances = new();
    private readonly OrdersView<OrderRow> orders = new();
    private readonly TriggersView<TriggerRow> triggers = new();
    private readonly UsersView users = new();
    private volatile AssetView[] assets = [];
    private volatile PairView[] pairs = [];
    private volatile FeeTokenDiscount discount = FeeTokenDiscount.None;
    private volatile At shown = new(default);
    private IViewListener[] listeners = [];

    public VenueViews() => Futures = new FuturesViews(this);

    /// <summary>Heard in the order given. Set before <see cref="Begin"/> and the first batch.</summary>
    public IReadOnlyList<IViewListener> Listeners
    {
        get => listeners;
        set => listeners = [.. value];
    }

    public VenueCounts Counts { get; } = new();

    /// <summary>All that were ever listed, by id.</summary>
    public IReadOnlyList<AssetView> Assets => assets;

    public IReadOnlyList<PairView> Pairs => pairs;

    /// <summary>Of the last command shown, and the time stamped on it.</summary>
    public Stamp Shown => shown.Stamp;

    public bool TryGetAsset(string code, [MaybeNullWhen(false)] out AssetView asset) => assetsByCode.TryGetValue(code, out asset);

    public AssetView AssetOf(int id) => assets[id - 1];

    public bool TryGetPair(string symbol, [MaybeNullWhen(false)] out PairView pair) => pairsBySymbol.TryGetValue(symbol, out pair);

    public bool TryGetPair(ReadOnlySpan<char> symbol, [MaybeNullWhen(false)] out PairView pair) =>
        pairsBySymbol.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(symbol, out pair);

    public PairView PairOf(int id) => pairs[id - 1];

    /// <summary>All balances of a user that were ever used, by wallet, then asset.</summary>
    public IReadOnlyList<BalanceView> BalancesOf(int user) => balances.Of(user);

    /// <summary>Zeros when the account was never used.</summary>
    public BalanceView BalanceOf(int user, int wallet, int asset) => balances.Of(user, wallet, asset);

    /// <summary>An open order, or one that ended a short while ago (a bounded number is kept); older ones are in the history.</summary>
    public bool TryGetOrder(long id, [MaybeNullWhen(false)] out OrderRow order) => orders.TryGet(id, out order);

    /// <summary>The newest order of a user with this text ("t-…"), open or created at most 30 minutes ago (M-007); in one pair, or in any with null.</summary>
    public bool TryGetOrder(int user, string text, int? instrument, [MaybeNullWhen(false)] out OrderRow order) =>
        orders.TryGet(user, text, instrument, Shown.TimeNanos, out order);

    /// <summary>A user's open orders, newest first.</summary>
    public IReadOnlyList<OrderRow> OpenOrdersOf(int user) => orders.OpenOf(user);

    public bool TryGetTrigger(long id, [MaybeNullWhen(false)] out TriggerRow trigger) => triggers.TryGet(id, out trigger);

    /// <summary>A user's open and inactive triggers, newest first.</summary>
    public IReadOnlyList<TriggerRow> OpenTriggersOf(int user) => triggers.OpenOf(user);

    public PovView Pov { get; } = new();

    /// <summary>Contracts, perpetual and with delivery.</summary>
    public FuturesViews Futures { get; }

    /// <summary>Null when there is no such user.</summary>
    public UserView? UserOf(int id) => users.Of(id);

    /// <summary>All users, by id, participants included.</summary>
    public IReadOnlyList<UserView> Users => users.All;

    public IReadOnlyList<UserView> SubAccountsOf(int main) => users.SubAccountsOf(main);

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<KeyView> KeysOf(int user) => users.KeysOf(user);

    public bool TryGetKey(string key, [MaybeNullWhen(false)] out KeyView found) => users.TryGetKey(key, out found);

    public TraderSettings SettingsOf(int user) => users.SettingsOf(user);

    /// <summary>What a user has to pay fees of contracts with in points (F-045); zero where the venue has none.</summary>
    public Money PointsOf(int user) => Futures.PointAsset is not 0 and var points ? BalanceOf(user, WalletId.Spot.Value, points).Available : Money.Zero;

    /// <summary>Effective trading rates of a user in a pair (10^-12) and whether fees are paid with the fee token.</summary>
    public (long MakerRate, long TakerRate, bool FeeToken) RatesOf(int user, PairView pair)
    {
        var (own, terms) = (users.SettingsOf(user), pair.Terms);
        return (own.MakerFee >= 0 ? own.MakerFee : terms.MakerFee, own.TakerFee >= 0 ? own.TakerFee : terms.TakerFee, own.FeeToken);
    }

    /// <summary>A fee rate as it is when the fee token pays (S-052); a rebate stays.</summary>
    public long Discounted(long rate) => discount.Of(rate);

    public void Consume(in EventBatch batch)
    {
        var reader = batch.Read();
        while (reader.Next()) Apply(reader);
        orders.Forget(timeNanos);
        Futures.Forget(timeNanos);
        Counts.AddBatch();
        shown = new At(new Stamp(batch.LastSequence, timeNanos));
        if (!telling) return;
        foreach (var listener in listeners) listener.Delivered(batch.LastSequence, timeNanos);
    }
}
