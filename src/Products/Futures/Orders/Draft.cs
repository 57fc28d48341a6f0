using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;

namespace Sluice.Products.Futures.Orders;

/// <summary>An order while it is being admitted: what the command said, and what follows from the position it meets.</summary>
public struct Draft
{
    public Side Side;

    /// <summary>Size without sign: the command's, or all of the position it closes.</summary>
    public long Size;

    /// <summary>Of <see cref="Size"/>, what meets the position; the rest opens.</summary>
    public long Reducing;

    /// <summary>The order's price, or a market order's bound.</summary>
    public long Limit;

    /// <summary>The price its margin is valued at (F-104).</summary>
    public long ValuePrice;

    /// <summary>The mark its open loss is measured from (F-109); 0 = it has none. Known once its margin was checked.</summary>
    public long LossMark;

    /// <summary>Signed size of the leg it trades, before it trades.</summary>
    public long Held;

    /// <summary>What all of it is worth at its price, half-even (F-113); what its seat's orders of its side are with it; what all of them ask then (F-106), and how much more than
    /// without it. Known once its margin was checked.</summary>
    public Money Value;
    public OrderSums Own;
    public Money OrderMargin;
    public Money Needed;

    /// <summary><see cref="OrderMargin"/> is exact.</summary>
    public bool IsExact;

    /// <summary>They are known.</summary>
    public bool IsCounted;

    public Leg Leg;
    public ContractOrderFlags Flags;
    public TimeInForce TimeInForce;
    public RatePair Rates;
    public bool IsMarket;

    /// <summary>Within every limit at once: <see cref="Admission.IsOrdinary"/>.</summary>
    public bool IsOrdinary;

    /// <summary>It trades at once, as far as the best opposite price says.</summary>
    public bool Crosses;

    /// <summary>The seat of the first order it would trade with, where it pays to ask for its memory; −1 otherwise.</summary>
    public int Maker;

    /// <summary>Can only bring a position toward zero.</summary>
    public readonly bool Reduces => (Flags & (ContractOrderFlags.ReduceOnly | ContractOrderFlags.ClosePosition)) != 0;

    /// <summary>The most of it that may trade: a reduce-only order trades no further than its position.</summary>
    public readonly long Most => Reduces ? Reducing : Size;

    public readonly bool MayRest => TimeInForce is TimeInForce.GoodTillCancelled or TimeInForce.PostOnly;

    /// <summary>Signed.</summary>
    public readonly long Quantity => unchecked((Size ^ -(long)Side) + (long)Side);         // no jump

    public readonly Rate Taker => new(Rates.Taker);
}
