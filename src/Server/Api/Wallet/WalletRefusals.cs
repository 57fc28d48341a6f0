using Sluice.Products.Wallet;
using Sluice.Server.Gateway;
using Sluice.Server.Identity;

namespace Sluice.Server.Api.Wallet;

/// <summary>Every refusal of wallets as the wire tells it: label and a sentence that says what to change.</summary>
public static class WalletRefusals
{
    public static ApiError Of(ushort refusal) => refusal < (ushort)WalletRefusal.UserNotFound ? IdentityRefusals.OfKernel(refusal) : Of((WalletRefusal)refusal);

    public static ApiError Of(WalletRefusal refusal)
    {
        var (label, sentence) = Tell(refusal);
        return new ApiError(label, sentence);
    }

    public static ApiError UnknownCurrency(string code) => new("INVALID_CURRENCY", $"Invalid currency {ApiErrors.Shorten(code)}");

    private static (string Label, string Sentence) Tell(WalletRefusal refusal) => refusal switch
    {
        WalletRefusal.UserNotFound => ("USER_NOT_FOUND", "There is no such user"),
        WalletRefusal.AssetNotFound => ("INVALID_CURRENCY", "Invalid currency"),
        WalletRefusal.WalletNotFound => ("ACCOUNT_EXCEPTION", "There is no such account"),
        WalletRefusal.AmountNotPositive => ("INVALID_PARAM_VALUE", "Invalid request parameter `amount`: it must be above 0"),
        WalletRefusal.BalanceTooLow => ("BALANCE_NOT_ENOUGH", "Not enough balance: the amount is more than what is available"),
        WalletRefusal.SameAccount => ("INVALID_PARAM_VALUE", "Source and destination are the same account"),
        WalletRefusal.NotRelated => ("SUB_ACCOUNT_NOT_FOUND", "The two accounts do not belong to one main account"),
        WalletRefusal.WalletNotSupported => ("ACCOUNT_EXCEPTION", "This account cannot hold the currency"),
        WalletRefusal.PriceNotPositive => ("INVALID_PARAM_VALUE", "The price, or what a shock leaves of it, must be above 0"),
        WalletRefusal.ClientOrderIdUsed => ("ORDER_EXISTS", "A transfer with this client_order_id exists already"),
        WalletRefusal.UserLocked => ("SUB_ACCOUNT_LOCKED", "The sub-account is locked; unlock it first"),
        WalletRefusal.TransfersHeld => ("MARGIN_TRANSFER_FAILED",
            "Gains of a settlement had to be cut: nothing leaves the accounts of contracts in this currency for ten minutes; try again then"),
        WalletRefusal.AmountTooMuch => ("INVALID_PARAM_VALUE", "Invalid request parameter `amount`: it is more than any supply"),
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "No sentence for this refusal."),
    };
}
