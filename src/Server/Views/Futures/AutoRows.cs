using Sluice.Core.Matching;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;

namespace Sluice.Server.Views.Futures;

/// <summary>What trailing and chase orders have in common.</summary>
public interface IAutoRow : ITriggerRow
{
    int Wallet { get; }
    string Text { get; }
}

/// <summary>A trailing order as readers know it (M-110). Immutable; a change is a new row. Prices and sizes are raw.</summary>
public sealed record TrailRow : IAutoRow
{
    public required long Id { get; init; }
    public required int User { get; init; }
    public required int Instrument { get; init; }
    public required int Wallet { get; init; }
    public required string Text { get; init; }
    public required long CreatedNanos { get; init; }
    public required bool ReduceOnly { get; init; }
    public required bool PositionRelated { get; init; }
    public required byte MarginMode { get; init; }          // as of CreateTrailingOrder
    public required long Amount { get; init; }              // signed
    public required long ActivationPrice { get; init; }     // 0 = at once
    public required TriggerRule Rule { get; init; }
    public required TriggerPriceType PriceType { get; init; }
    public required long Offset { get; init; }              // raw price, or 10^-12 with IsPercent
    public required bool IsPercent { get; init; }

    public TriggerStatus Status { get; init; }
    public AutoReason Reason { get; init; }
    public long Extremum { get; init; }                     // 0 = not active yet
    public long ActivatedNanos { get; init; }
    public long FinishedNanos { get; init; }
    public long FiredOrder { get; init; }
    public long ReferencePrice { get; init; }               // that fired it
    public ushort Refusal { get; init; }
    public long UpdatedNanos { get; init; }
    public long Sequence { get; init; }                     // of the last change; the extremum may have moved since

    public bool IsOpen => Status is TriggerStatus.Open or TriggerStatus.Inactive;
    public Side Side => Amount < 0 ? Side.Sell : Side.Buy;

    /// <summary>The price that fires it now; 0 = not active yet.</summary>
    public long Level => Extremum == 0 ? 0 : Products.Futures.State.TrailSide.Level(Side, Extremum, Offset, IsPercent);
}

/// <summary>What a trailing order was created with, or changed to.</summary>
public sealed record TrailChangeRow(long OrderId, int User, long Sequence, long TimeNanos, bool IsCreate, long Amount, long ActivationPrice, TriggerRule Rule,
    TriggerPriceType PriceType, long Offset, bool IsPercent);

/// <summary>A chase order as readers know it (M-111). Immutable; a change is a new row. What it has traded its child knows while it is open.</summary>
public sealed record ChaseRow : IAutoRow
{
    public required long Id { get; init; }
    public required int User { get; init; }
    public required int Instrument { get; init; }
    public required int Wallet { get; init; }
    public required string Text { get; init; }
    public required long CreatedNanos { get; init; }
    public required long Amount { get; init; }              // signed
    public required long Child { get; init; }               // its order in the book
    public required long Bound { get; init; }               // no price beyond; 0 = none
    public required long Gap { get; init; }                 // raw price, or 10^-12 with IsPercent
    public required bool IsPercent { get; init; }
    public required bool ReduceOnly { get; init; }
    public required byte MarginMode { get; init; }          // as of CreateChaseOrder
    public required int IntervalSeconds { get; init; }

    public long Price { get; init; }                        // where its order is
    public TriggerStatus Status { get; init; }
    public AutoReason Reason { get; init; }
    public FinishReason ChildFinish { get; init; }
    public long Filled { get; init; }                       // without sign; of one that is over
    public long FinishedNanos { get; init; }
    public long UpdatedNanos { get; init; }

    public bool IsOpen => Status is TriggerStatus.Open or TriggerStatus.Inactive;
    public Side Side => Amount < 0 ? Side.Sell : Side.Buy;
}
