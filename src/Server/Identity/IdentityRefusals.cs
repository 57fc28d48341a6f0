using Sluice.Core.Kernel;
using Sluice.Products.Identity;
using Sluice.Server.Gateway;

namespace Sluice.Server.Identity;

/// <summary>Every refusal of identity as the wire tells it: label and a sentence that says what to change.</summary>
public static class IdentityRefusals
{
    public static ApiError Of(ushort refusal) => refusal < (ushort)IdentityRefusal.UserNotFound ? OfKernel(refusal) : Of((IdentityRefusal)refusal);

    public static ApiError Of(IdentityRefusal refusal)
    {
        var (label, sentence) = Tell(refusal);
        return new ApiError(label, sentence);
    }

    public static ApiError UnknownSubAccount(string id) => new("SUB_ACCOUNT_NOT_FOUND", $"There is no sub-account {ApiErrors.Shorten(id)} of this account");

    /// <summary>Refusals any command can meet.</summary>
    public static ApiError OfKernel(ushort refusal) => refusal switch
    {
        KernelRefusal.Expired => new ApiError("REQUEST_EXPIRED", "The request reached the venue after the time it was to expire"),
        KernelRefusal.KeyReused => new ApiError("INVALID_PARAM_VALUE", "This Idempotency-Key was used for another request within the last hour; use a new one"),
        _ => new ApiError("SERVER_ERROR", $"The venue does not know this command ({refusal})"),
    };

    private static (string Label, string Sentence) Tell(IdentityRefusal refusal) => refusal switch
    {
        IdentityRefusal.UserNotFound => ("USER_NOT_FOUND", "There is no such user"),
        IdentityRefusal.NotASubAccount => ("SUB_ACCOUNT_NOT_FOUND", "Only a sub-account can be locked, and this is a main account"),
        IdentityRefusal.NameTaken => ("INVALID_PARAM_VALUE", "The name is taken; choose another one"),
        IdentityRefusal.TooManySubAccounts => ("ACCOUNT_EXCEPTION", $"A main account has at most {IdentityProduct.SubAccountsMax} sub-accounts"),
        IdentityRefusal.KeyNotFound => ("NOT_FOUND", "There is no such API key of this account"),
        IdentityRefusal.TooManyKeys => ("ACCOUNT_EXCEPTION", $"An account has at most {IdentityProduct.KeysMax} API keys; delete one first"),
        IdentityRefusal.InvalidName => ("INVALID_PARAM_VALUE", "The name must have 1 to 64 characters"),
        IdentityRefusal.NoChange => ("NO_CHANGE", "No change is made"),
        IdentityRefusal.KeyExists => ("DUPLICATE_REQUEST", "This API key exists already"),
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "No sentence for this refusal."),
    };
}
