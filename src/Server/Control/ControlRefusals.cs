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
        _ => SpotRefusals.Of(refusal),
    };

    public static ApiError UnknownUser(string id) => new("NOT_FOUND", $"There is no user {ApiErrors.Shorten(id)}");
}
