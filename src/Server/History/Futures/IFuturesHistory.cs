using Sluice.Core.Values;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.History.Futures;

/// <param name="Open">True: open ones, false: ended ones, by end time.</param>
/// <param name="BelowId">Ids below it, for readers that go on from the last one they have.</param>
public sealed record ContractOrderQuery(int User, int Wallet, Window Window, bool Open, int? Instrument = null, long? BelowId = null);

/// <param name="BelowId">Trade ids of the contract below it.</param>
/// <param name="IsMaker">Null = both roles.</param>
public sealed record ContractFillQuery(int User, int Wallet, Window Window, int? Instrument = null, long? OrderId = null, long? BelowId = null, bool? IsMaker = null);

/// <summary>Records of one user in one wallet.</summary>
public sealed record ContractQuery(int User, int Wallet, Window Window, int? Instrument = null);

/// <param name="Profit">Sign of the realised profit, 0 = all.</param>
public sealed record PositionCloseQuery(int User, int Wallet, Window Window, int? Instrument = null, bool? WasLong = null, int Profit = 0);

/// <summary>Public records of a wallet's contracts.</summary>
public sealed record PublicQuery(int Wallet, Window Window, int? Instrument = null);

/// <summary>What has been paid into and out of an account since it began, by the account book's kinds.</summary>
public readonly record struct AccountTotals(Money Transferred, Money Profit, Money Fees, Money Rebates, Money Funding,
    Money Points = default);

/// <summary>One bar of mark, index or premium; raw prices of the contract, or 10^-8 for the premium.</summary>
public readonly record struct PriceBar(long StartSeconds, long Open, long High, long Low, long Close)
{
    public static PriceBar Begun(long start, long price) => new(start, price, price, price, price);

    /// <summary>There was no price in it.</summary>
    public static PriceBar None(long start) => new(start, 0, 0, 1, 0);

    public bool IsNone => High < Low;

    public PriceBar With(long price) => this with { High = long.Max(High, price), Low = long.Min(Low, price), Close = price };

    /// <summary>This bar and a later part of it.</summary>
    public PriceBar Then(in PriceBar later) => later.IsNone ? this
        : IsNone ? later with { StartSeconds = StartSeconds }
        : this with { High = long.Max(High, later.High), Low = long.Min(Low, later.Low), Close = later.Close };
}

/// <summary>Of what price a series of bars is. Numbers are stored.</summary>
public enum PriceSeries { Mark = 1, Index = 2, Premium = 3 }

/// <summary>A contract's bars of one start, to be stored; a later row of it replaces them.</summary>
public sealed record PriceBarRow(int Instrument, int Seconds, PriceBar Mark, PriceBar Index, PriceBar Premium)
{
    public long StartSeconds => Mark.StartSeconds;

    public PriceBar Bar(PriceSeries series) => series switch { PriceSeries.Mark => Mark, PriceSeries.Index => Index, _ => Premium };
}

/// <summary>Five minutes of a contract: what was taken and liquidated in them, and what was held at their end (contract_stats). Sizes raw.</summary>
public sealed record ContractStatRow
{
    public required int Instrument { get; init; }
    public required long StartSeconds { get; init; }
    public long Mark { get; init; }
    public long OpenInterest { get; init; }
    public long Longs { get; init; }                        // who holds one
    public long Shorts { get; init; }
    public long TopLongs { get; init; }                     // of the top holders
    public long TopShorts { get; init; }
    public long TopLongSize { get; init; }
    public long TopShortSize { get; init; }
    public long LongTaken { get; init; }                    // bought and sold by takers
    public long ShortTaken { get; init; }
    public long LongLiquidated { get; init; }
    public long ShortLiquidated { get; init; }
    public Money LongLiquidatedValue { get; init; }         // in the settle currency
    public Money ShortLiquidatedValue { get; init; }
}

/// <summary>What has been, of contracts: projections of events into the database, written with the sequence they reach. Lists are newest first.</summary>
public interface IFuturesHistory
{
    ContractOrderRow? ContractOrder(long id);

    IReadOnlyList<ContractOrderRow> ContractOrders(ContractOrderQuery query);

    /// <summary>How many there are, whatever the page.</summary>
    long CountContractOrders(ContractOrderQuery query);

    /// <summary>All open orders, and those that ended at or after an instant: what the views in memory start from.</summary>
    IReadOnlyList<ContractOrderRow> ContractOrdersOpenOrEndedSince(long nanos);

    IReadOnlyList<ContractFillRow> ContractFills(ContractFillQuery query);

    /// <summary>How many there are, whatever the page.</summary>
    long CountContractFills(ContractFillQuery query);

    ContractTriggerRow? ContractTrigger(long id);

    IReadOnlyList<ContractTriggerRow> ContractTriggers(ContractQuery query);

    IReadOnlyList<ContractTriggerRow> OpenContractTriggers();

    TrailRow? Trail(long id);

    IReadOnlyList<TrailRow> Trails(AutoQuery query);

    /// <summary>All users'; the extremum as of the row's sequence.</summary>
    IReadOnlyList<TrailRow> OpenTrails();

    /// <summary>What a trailing order was created with and changed to.</summary>
    IReadOnlyList<TrailChangeRow> TrailChanges(long id, Window window);

    ChaseRow? Chase(long id);

    IReadOnlyList<ChaseRow> Chases(AutoQuery query);

    IReadOnlyList<ChaseRow> OpenChases();

    /// <summary>Every change of a user's positions.</summary>
    IReadOnlyList<PositionRow> Positions(ContractQuery query);

    IReadOnlyList<PositionCloseRow> PositionCloses(PositionCloseQuery query);

    IReadOnlyList<FundingRow> Funding(int instrument, Window window);

    IReadOnlyList<LiquidationRow> Liquidations(ContractQuery query);

    /// <summary>Everybody's.</summary>
    IReadOnlyList<LiquidationRow> Liquidations(PublicQuery query);

    IReadOnlyList<DeleveragingRow> Deleveragings(ContractQuery query);

    IReadOnlyList<SettlementRow> Settlements(ContractQuery query);

    /// <summary>The fund's last change of each hour.</summary>
    IReadOnlyList<InsuranceRow> Insurance(int wallet, int limit);

    AccountTotals Totals(int user, int wallet);

    /// <summary>Stored bars with start in [from, to), oldest first.</summary>
    IReadOnlyList<PriceBar> PriceBars(int instrument, PriceSeries series, int seconds, long fromSeconds, long toSeconds);

    PriceBarRow? LastPriceBars(int instrument, int seconds);

    /// <summary>Five-minute rows with start in [from, to), oldest first.</summary>
    IReadOnlyList<ContractStatRow> Stats(int instrument, long fromSeconds, long toSeconds);

    /// <summary>Raw size of all trades so far, and the id of the last one still stored.</summary>
    (long Size, long LastId) TradedBefore(int instrument);
}
