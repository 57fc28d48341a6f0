using Sluice.Products.Futures.Commands;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;
using Sluice.Server.Api.Spot;
using Sluice.Server.Api.Wallet;
using Sluice.Server.Gateway;
using Sluice.Server.Identity;

namespace Sluice.Server.Control;

/// <summary>A refusal of any command the operator can send, told as its product tells it.</summary>
public static class ControlRefusals
{
    public static ApiError Of(ushort refusal) => refusal switch
    {
        < (ushort)IdentityRefusal.UserNotFound => IdentityRefusals.OfKernel(refusal),
        < (ushort)WalletRefusal.UserNotFound => IdentityRefusals.Of(refusal),
        < (ushort)SpotRefusal.PairNotFound => WalletRefusals.Of(refusal),
        < (ushort)FuturesRefusal.ContractNotFound => SpotRefusals.Of(refusal),
        _ => OfContracts((FuturesRefusal)refusal),
    };

    private static ApiError OfContracts(FuturesRefusal refusal) => refusal switch
    {
        FuturesRefusal.ContractNotFound => new ApiError("NOT_FOUND", "There is no such contract, or it is over"),
        FuturesRefusal.AlreadyListed => new ApiError("INVALID_PARAM_VALUE", "A contract of this name is listed already"),
        FuturesRefusal.InvalidTerms => new ApiError("INVALID_PARAM_VALUE", "The contract does not allow this: see the rules of its terms, and of its status"),
        FuturesRefusal.TermsFixed => new ApiError("INVALID_PARAM_VALUE",
            "quanto_multiplier, order_price_round and mark_price_round stay as they are once the contract was traded or has open orders; what else was named can be changed"),
        FuturesRefusal.PositionEmpty => new ApiError("POSITION_EMPTY", "The user has no open isolated position there"),
        FuturesRefusal.PositionCrossMargin => new ApiError("POSITION_CROSS_MARGIN", "The position is of cross margin: all of the account stands behind it already"),
        FuturesRefusal.NoChange => new ApiError("NO_CHANGE", "These are the terms it has"),
        FuturesRefusal.PriceNotPositive => new ApiError("INVALID_PARAM_VALUE", "There is no pinned mark to release, or the price is out of range"),
        FuturesRefusal.SideNotTradable => new ApiError("BAD_REQUEST", "The contract has no index price yet"),
        _ => new ApiError("BAD_REQUEST", $"Contracts refused it: {refusal}"),
    };

    public static ApiError UnknownUser(string id) => new("NOT_FOUND", $"There is no user {ApiErrors.Shorten(id)}");
}
