using System.Runtime.InteropServices;
using Sluice.Core.Values;

namespace Sluice.Products.Futures.Contracts;

/// <summary>What happens to what a liquidation brought beyond the bankruptcy price (F-181, F-182).</summary>
public enum SurplusMode : byte
{
    /// <summary>liq_surplus_mode = insurance: all of it is the fund's.</summary>
    Insurance = 0,

    /// <summary>refund_capped_fee: the user keeps it but for a clearance fee.</summary>
    RefundCappedFee = 1,
}

/// <summary>What an operator may choose for a contract beyond the dialect's terms; everything is off in a contract that was listed just now.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct ContractOptions
{
    /// <summary>liq_chunk_value: a larger leg is liquidated in two steps (F-174); zero = never.</summary>
    public Money LiquidationChunk;

    /// <summary>cb_move: how far the index may move in a minute before the contract halts, 10^-12 (F-231); 0 = as far as it likes.</summary>
    public long BreakerMove;

    /// <summary>liq_clearance_rate, 10^-12 of the value filled (F-182).</summary>
    public long ClearanceRate;
    public SurplusMode Surplus;

    /// <summary>The interval of funding is halved when its rate was at the cap twice in a row (F-081).</summary>
    public byte DynamicFunding;

    /// <summary>order_margin_open_loss: an order's margin has the loss in it that it would open with (F-109).</summary>
    public byte OpenLoss;
    public byte Reserved1;
    public int Reserved2;
    public long Reserved3;

    private static readonly Money ChunkMax = Money.Units(Fixed.PowerOfTen(15));

    public static ContractOptions Default => new() { ClearanceRate = Rate.One / 500 };

    public readonly bool IsSound =>
        LiquidationChunk >= Money.Zero && LiquidationChunk <= ChunkMax && BreakerMove is >= 0 and <= Rate.One && DynamicFunding <= 1 && OpenLoss <= 1 && ClearanceRate is >= 0 and <= Rate.One && Surplus <= SurplusMode.RefundCappedFee && Reserved1 == 0 && Reserved2 == 0 && Reserved3 == 0;
}
