using Sluice.Core.Ledger;

namespace Sluice.Server.Api.Spot;

/// <summary>Reasons of the ledger as <c>type</c> and <c>code</c> of the account book. Codes 101, 102, 103 and 110 are the dialect's; it publishes none
/// for the others, which are counted from 900.</summary>
internal static class AccountBookTypes
{
    private static readonly (Reason Reason, string Type, string Code)[] All =
    [
        (Reason.OrderHold, "new_order", "101"),
        (Reason.OrderAmend, "new_order", "101"),
        (Reason.OrderFill, "order_fill", "102"),
        (Reason.OrderRelease, "cancel_order", "103"),
        (Reason.Deposit, "deposit", "110"),
        (Reason.Fee, "order_fee", "901"),
        (Reason.FeeToken, "order_fee", "901"),
        (Reason.Rebate, "order_fee", "901"),
        (Reason.TransferIn, "transfer_in", "902"),
        (Reason.TransferOut, "transfer_out", "903"),
        (Reason.SubTransferIn, "sub_account_transfer_in", "904"),
        (Reason.SubTransferOut, "sub_account_transfer_out", "905"),
        (Reason.Fund, "fund", "906"),
        (Reason.Reset, "reset", "907"),
        (Reason.Residue, "rounding", "908"),
        (Reason.PointFee, "point_fee", "909"),
    ];

    public static (string Type, string Code) Of(Reason reason)
    {
        foreach (var entry in All)
        {
            if (entry.Reason == reason) return (entry.Type, entry.Code);
        }
        return ("unknown", "0");
    }

    /// <summary>The reasons that both filters let through; none when a filter names something else.</summary>
    public static IReadOnlyList<Reason> Reasons(string? type, string? code) =>
        [.. All.Where(entry => (type is null || entry.Type == type) && (code is null || entry.Code == code)).Select(entry => entry.Reason)];
}
