using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Sluice.Core.Values;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;

namespace Sluice.Server.Views.Futures;

/// <summary>Contracts, their books and prices, orders, positions and settings, in memory. Fed by the bus thread; read from any thread. What is over is the
/// history's.</summary>
public sealed partial class FuturesViews
{
    private sealed record OwnRates(long Maker, long Taker);

    private sealed record KeptRow(Products.Futures.Contracts.Contract Contract, long UntilNanos);

    private readonly VenueViews venue;
    private readonly ConcurrentDictionary<int, ContractView> byId = new();
    private readonly ConcurrentDictionary<string, ContractView> bySymbol = new(StringComparer.Ordinal);
    private readonly OrdersView<ContractOrderRow> orders = new();
    private readonly TriggersView<ContractTriggerRow> triggers = new();
    private readonly PositionsView positions = new();
    private readonly ConcurrentDictionary<(int User, int Wallet), PositionModeRow> modes = new();
    private readonly ConcurrentDictionary<int, OwnRates> rates = new();
    private readonly ConcurrentDictionary<(int User, int Wallet, int Instrument), long> countdowns = new();
    private readonly ConcurrentDictionary<int, InsuranceRow> insurance = new();
    private readonly ConcurrentDictionary<int, DeleveragingRiskRow> risks = new();
    private readonly ConcurrentDictionary<(int User, int Instrument), KeptRow> kept = new();
    private readonly ConcurrentDictionary<long, CorporateAction> actions = new();
    private readonly ConcurrentDictionary<(int User, int Wallet, int Instrument, Leg Leg), long> calls = new();
    private readonly ConcurrentDictionary<(int User, int Instrument, Leg Leg), AutoMarginRow> autoMargins = new();
    private volatile ContractView[] contracts = [];
    private readonly ConcurrentDictionary<int, Money> pointValues = new();
    private readonly ConcurrentDictionary<int, byte> pointUsers = new();
    private volatile int pointAsset;
    private PositionPointsChanged pointsOfNext;         // bus thread only
    private bool knowsPoints;                           // somebody has paid in them

    internal FuturesViews(VenueViews venue) => this.venue = venue;

    /// <summary>All that were ever listed, in order of listing.</summary>
    public IReadOnlyList<ContractView> Contracts => contracts;

    /// <summary>Dividends and splits that were ever announced, in that order.</summary>
    public IReadOnlyList<CorporateAction> CorporateActions => [.. actions.Values.OrderBy(action => action.Id)];

    /// <summary>Of one wallet, in order of listing; also those that are over.</summary>
    public IEnumerable<ContractView> In(int wallet) => contracts.Where(contract => contract.Wallet == wallet);

    public bool TryGet(string symbol, [MaybeNullWhen(false)] out ContractView contract) => bySymbol.TryGetValue(symbol, out contract);

    public bool TryGet(int instrument, [MaybeNullWhen(false)] out ContractView contract) => byId.TryGetValue(instrument, out contract);

    public ContractView Of(int instrument) => byId[instrument];

    /// <summary>An open order, or one that ended a short while ago; older ones are in the history.</summary>
    public bool TryGetOrder(long id, [MaybeNullWhen(false)] out ContractOrderRow order) => orders.TryGet(id, out order);

    /// <summary>The newest order of a user with this text ("t-…"), open or created at most 30 minutes ago (M-007).</summary>
    public bool TryGetOrder(int user, string text, int? instrument, [MaybeNullWhen(false)] out ContractOrderRow order) =>
        orders.TryGet(user, text, instrument, venue.Shown.TimeNanos, out order);

    /// <summary>A user's open orders, newest first.</summary>
    public IReadOnlyList<ContractOrderRow> OpenOrdersOf(int user) => orders.OpenOf(user);

    public bool TryGetTrigger(long id, [MaybeNullWhen(false)] out ContractTriggerRow trigger) => triggers.TryGet(id, out trigger);

    /// <summary>A user's open and inactive triggers, newest first.</summary>
    public IReadOnlyList<ContractTriggerRow> OpenTriggersOf(int user) => triggers.OpenOf(user);

    /// <summary>A user's rows of a wallet, by instrument, then leg; also those that are empty (F-031).</summary>
    public IReadOnlyList<PositionRow> PositionsOf(int user, int wallet) => [.. positions.Of(user).Where(row => row.Wallet == wallet)];

    /// <summary>All rows of a user in one contract.</summary>
    public IReadOnlyList<PositionRow> PositionsIn(int user, ContractView contract) => positions.Of(user, contract.Id);

    /// <summary>What a user's positions in a contract are required by: its terms, or those before that a change left them for a while (F-169).</summary>
    public Products.Futures.Contracts.Contract RequiredBy(int user, ContractView contract) =>
        !kept.IsEmpty && kept.TryGetValue((user, contract.Id), out var row) ? row.Contract : contract.Contract;

    /// <summary>Until when that is so; 0 where the contract's own terms count.</summary>
    public long RequiredUntil(int user, ContractView contract) => !kept.IsEmpty && kept.TryGetValue((user, contract.Id), out var row) ? row.UntilNanos : 0;

    /// <summary>When a scope was warned of last (F-187); 0 = never. Instrument 0 = all cross positions of the wallet.</summary>
    public long CalledNanos(int user, int wallet, int instrument, Leg leg) => calls.GetValueOrDefault((user, wallet, instrument, leg));

    /// <summary>What may be added to an isolated leg by itself (F-124); null where nothing was chosen.</summary>
    public AutoMarginRow? AutoMarginOf(int user, int instrument, Leg leg) => !autoMargins.IsEmpty && autoMargins.TryGetValue((user, instrument, leg), out var row) ? row : null;

    /// <summary>Everybody's legs in a contract that are not empty.</summary>
    public IEnumerable<PositionRow> HeldIn(ContractView contract) => positions.HeldIn(contract.Id);

    public PositionMode ModeOf(int user, int wallet) => modes.TryGetValue((user, wallet), out var row) ? row.Mode : PositionMode.Single;

    /// <summary>What a user pays in a contract: own rates, or the contract's (F-041).</summary>
    public (Rate Maker, Rate Taker) RatesOf(int user, ContractView contract)
    {
        var own = rates.GetValueOrDefault(user);
        var terms = contract.Terms;
        return (own is null || own.Maker == long.MinValue ? terms.MakerFee : new Rate(own.Maker), own is null || own.Taker == long.MinValue ? terms.TakerFee : new Rate(own.Taker));
    }

    /// <summary>When a user's orders are cancelled unless the countdown is renewed (M-051); 0 = no countdown. Instrument 0 = all of the wallet.</summary>
    public long CountdownOf(int user, int wallet, int instrument) => countdowns.GetValueOrDefault((user, wallet, instrument));

    /// <summary>The fund of a wallet after its last change; null before the first.</summary>
    public InsuranceRow? InsuranceOf(int wallet) => insurance.GetValueOrDefault(wallet);

    public DeleveragingRiskRow? RiskOf(int wallet) => risks.GetValueOrDefault(wallet);
}
