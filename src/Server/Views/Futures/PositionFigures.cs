using Sluice.Core.Margin;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Liquidation;

namespace Sluice.Server.Views.Futures;

/// <summary>What may be added to an isolated leg by itself while it is open, and what of it was, in the settle currency (F-124).</summary>
public sealed record AutoMarginRow(Money Most, Money Added);

/// <summary>What is computed of one leg when somebody asks (F-032), with the inputs it was computed from.</summary>
public sealed record PositionFigures
{
    public required PositionRow Row { get; init; }
    public required ContractView Contract { get; init; }

    /// <summary>What its requirements are by: the contract's terms, or those before a change until an instant (F-169); 0 = the contract's.</summary>
    public required Contract Required { get; init; }
    public long KeptUntilNanos { get; init; }

    /// <summary>When an isolated leg was warned of last (F-187); 0 = never.</summary>
    public long CalledNanos { get; init; }

    /// <summary>What may be added to an isolated leg by itself (F-124); null where nothing was chosen.</summary>
    public AutoMarginRow? AutoMargin { get; init; }

    /// <summary>The prices the figures are of.</summary>
    public required ContractPrices Prices { get; init; }

    /// <summary>V at the mark (value).</summary>
    public Money Value { get; init; }
    public Money Unrealised { get; init; }

    /// <summary>Of an isolated leg at entry (F-101), of a cross one at the mark (F-102). Hedged cross legs share one, which the larger leg has (F-133).</summary>
    public Money InitialMargin { get; init; }

    /// <summary>R, exit fee included (F-112); shared like the initial margin.</summary>
    public Money Requirement { get; init; }

    /// <summary>Index of the tier that holds the value, 0 = the first.</summary>
    public int Tier { get; init; }

    public Rate AverageMaintenanceRate { get; init; }

    /// <summary>The most the position may be worth at its leverage (F-113).</summary>
    public Money RiskLimit { get; init; }

    /// <summary>F-115; null when nothing can liquidate it.</summary>
    public long? LiquidationPrice { get; init; }

    /// <summary>Of the leg when isolated, of the account when cross (F-111).</summary>
    public MarginLevel Level { get; init; }

    /// <summary>1 for those that are deleveraged first, 5 for the last, 6 without a position (F-203).</summary>
    public int DeleveragingLight { get; init; } = Deleveraging.NoLight;

    /// <summary>Open orders of this leg.</summary>
    public int PendingOrders { get; init; }

    /// <summary>The order that closes the position, if one is open.</summary>
    public ContractOrderRow? CloseOrder { get; init; }

    public bool IsHeld => Row.Size != 0;
    public Leverage Leverage => new(Row.Leverage);
}

/// <summary>One user's account in one wallet, computed when somebody asks (F-090…F-095).</summary>
public sealed record AccountFigures
{
    public required int User { get; init; }
    public required int Wallet { get; init; }

    /// <summary>T, isolated margins included.</summary>
    public Money Total { get; init; }

    /// <summary>Σ M.</summary>
    public Money IsolatedMargin { get; init; }

    /// <summary>Of isolated legs; the cross part is <see cref="Risk"/>'s.</summary>
    public Money IsolatedUnrealised { get; init; }
    public Money IsolatedRequirement { get; init; }

    /// <summary>OM_x and OM_i (F-092).</summary>
    public Money CrossOrderMargin { get; init; }
    public Money IsolatedOrderMargin { get; init; }

    /// <summary>Cash outside isolated positions, and what cross positions and all orders ask of it.</summary>
    public Risk Risk { get; init; }

    /// <summary>When the cross scope was warned of last (F-187); 0 = never.</summary>
    public long CalledNanos { get; init; }

    /// <summary>The venue's sequence the inputs were read at.</summary>
    public long Sequence { get; init; }

    public IReadOnlyList<PositionFigures> Positions { get; init; } = [];
}
