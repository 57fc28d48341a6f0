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
    /// <summary>liq_clearance_rate, 10^-12 of the value filled (F-182).</summary>
    public long ClearanceRate;
    public SurplusMode Surplus;
    public byte Reserved1;
    public short Reserved2;
    public int Reserved3;

    public static ContractOptions Default => new() { ClearanceRate = Rate.One / 500 };

    public readonly bool IsSound =>
        ClearanceRate is >= 0 and <= Rate.One && Surplus <= SurplusMode.RefundCappedFee && Reserved1 == 0 && Reserved2 == 0 && Reserved3 == 0;
}
