using System.Diagnostics.CodeAnalysis;
using Sluice.Core.Kernel;
using Sluice.Runtime;

namespace Sluice.Server.Views;

/// <summary>Everything that is read often, in memory: listings, books, tickers, balances, open orders and triggers, users and keys. Fed by the bus
/// thread; read from any thread. Ended orders, fills and the account book are the history's (<see cref="History.IHistory"/>).</summary>
public sealed class VenueViews : IEventConsumer
{
    /// <summary>Heard in the order given. Set before the first batch.</summary>
    public IReadOnlyList<IViewListener> Listeners { get; set; } = [];

    /// <summary>All that were ever listed, by id.</summary>
    public IReadOnlyList<AssetView> Assets => throw new InvalidOperationException("not yet");

    public IReadOnlyList<PairView> Pairs => throw new InvalidOperationException("not yet");

    /// <summary>Of the last command shown, and the time stamped on it.</summary>
    public Stamp Shown => throw new InvalidOperationException("not yet");

    public bool TryGetAsset(string code, [MaybeNullWhen(false)] out AssetView asset) => throw new InvalidOperationException("not yet");

    public AssetView AssetOf(int id) => throw new InvalidOperationException("not yet");

    public bool TryGetPair(string symbol, [MaybeNullWhen(false)] out PairView pair) => throw new InvalidOperationException("not yet");

    public PairView PairOf(int id) => throw new InvalidOperationException("not yet");

    /// <summary>All balances of a user that were ever used, by wallet, then asset.</summary>
    public IReadOnlyList<BalanceView> BalancesOf(int user) => throw new InvalidOperationException("not yet");

    /// <summary>Zeros when the account was never used.</summary>
    public BalanceView BalanceOf(int user, int wallet, int asset) => throw new InvalidOperationException("not yet");

    /// <summary>An open order, or one that ended a short while ago (a bounded number is kept); older ones are in the history.</summary>
    public bool TryGetOrder(long id, [MaybeNullWhen(false)] out OrderRow order) => throw new InvalidOperationException("not yet");

    /// <summary>The newest order of a user with this text ("t-…"), open or created at most 30 minutes ago (M-007); in one pair, or in any with null.</summary>
    public bool TryGetOrder(int user, string text, int? instrument, [MaybeNullWhen(false)] out OrderRow order) => throw new InvalidOperationException("not yet");

    /// <summary>A user's open orders, newest first.</summary>
    public IReadOnlyList<OrderRow> OpenOrdersOf(int user) => throw new InvalidOperationException("not yet");

    public bool TryGetTrigger(long id, [MaybeNullWhen(false)] out TriggerRow trigger) => throw new InvalidOperationException("not yet");

    /// <summary>A user's open and inactive triggers, newest first.</summary>
    public IReadOnlyList<TriggerRow> OpenTriggersOf(int user) => throw new InvalidOperationException("not yet");

    /// <summary>Null when there is no such user.</summary>
    public UserView? UserOf(int id) => throw new InvalidOperationException("not yet");

    /// <summary>All users, by id, participants included.</summary>
    public IReadOnlyList<UserView> Users => throw new InvalidOperationException("not yet");

    public IReadOnlyList<UserView> SubAccountsOf(int main) => throw new InvalidOperationException("not yet");

    public IReadOnlyList<KeyView> KeysOf(int user) => throw new InvalidOperationException("not yet");

    /// <summary>Effective trading rates of a user in a pair (10^-12) and whether fees are paid with the fee token.</summary>
    public (long MakerRate, long TakerRate, bool FeeToken) RatesOf(int user, PairView pair) => throw new InvalidOperationException("not yet");

    public void Consume(in EventBatch batch) => throw new InvalidOperationException("not yet");
}
