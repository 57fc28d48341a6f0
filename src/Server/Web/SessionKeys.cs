using System.Text;
using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Products.Identity;
using Sluice.Server.Api.Identity;
using Sluice.Server.Gateway;
using Sluice.Server.Identity;
using Sluice.Server.Views;

namespace Sluice.Server.Web;

/// <summary>The API keys of who is signed in. The dialect has no call for the keys of a main account: there they are made on the page, and so they are here.
/// No key can make one that may do more than itself.</summary>
internal sealed class SessionKeys(SessionOptions options)
{
    private const int LongestName = 64;
    private const int ClassicMode = 1;

    public void Map(SessionApi api)
    {
        api.Add("GET", "keys", needsSession: true, List);
        api.Add("POST", "keys", needsSession: true, CreateAsync);
        api.Add("DELETE", "keys/*", needsSession: true, DeleteAsync);
    }

    private ValueTask<ApiError?> List(SessionRequest request)
    {
        if (CheckPermission(request, write: false) is { } forbidden) return new(forbidden);
        request.Json.WriteStartArray();
        foreach (var key in options.Views.KeysOf(request.Holder!.User.Value)) Write(request.Json, key, null);
        request.Json.WriteEndArray();
        return default;
    }

    private async ValueTask<ApiError?> CreateAsync(SessionRequest request)
    {
        if (CheckPermission(request, write: true) is { } forbidden) return forbidden;
        var body = request.Fields("name", "perms", "ip_whitelist");
        var name = body.RequiredText("name", LongestName);
        var scopes = KeyPermissions.Read(body);
        var addresses = KeyPermissions.ReadAddresses(body);
        var own = request.Holder!.Scopes;
        if (body.Error is { } error) return error;
        if ((scopes.Read & ~own.Read) != 0 || (scopes.Write & ~own.Write) != 0)
            return new ApiError("FORBIDDEN", "A key cannot give another one more than it has itself; sign in with one that may do more");

        var user = request.Holder.User;
        var made = options.Seal.CreateKey();
        var outcome = await options.Door.SubmitAsync(user, new CreateKey { User = user.Value, Mode = ClassicMode },
            TailBytes.OfKey(made.Key, name, options.Seal.Seal(made.Key, Encoding.UTF8.GetBytes(made.Secret)), scopes.ToString(), addresses));
        if (!outcome.Result.Accepted) return IdentityRefusals.Of(outcome.Result.Refusal);
        if (!options.Views.TryGetKey(made.Key, out var key)) return new ApiError("NOT_FOUND", "The key was deleted meanwhile");
        Write(request.Json, key, made.Secret);
        return null;
    }

    private async ValueTask<ApiError?> DeleteAsync(SessionRequest request)
    {
        if (CheckPermission(request, write: true) is { } forbidden) return forbidden;
        var user = request.Holder!.User;
        if (!options.Views.TryGetKey(request.Values[0], out var key) || key.User != user.Value) return IdentityRefusals.Of(IdentityRefusal.KeyNotFound);
        if (key.Key == request.Holder.Key) return new ApiError("BAD_REQUEST", "This session uses that key; sign in with another one to delete it");
        var outcome = await options.Door.SubmitAsync(user, new DeleteKey { User = user.Value }, TailBytes.Of(key.Key));
        if (!outcome.Result.Accepted) return IdentityRefusals.Of(outcome.Result.Refusal);
        request.Json.WriteStartObject();
        request.Json.WriteString("key"u8, key.Key);
        request.Json.WriteNumber("sequence"u8, outcome.Stamp.Sequence);
        request.Json.WriteEndObject();
        return null;
    }

    // The permission that account settings have on the dialect's own calls. Keys of sub-accounts are the main account's to make.
    private static ApiError? CheckPermission(SessionRequest request, bool write)
    {
        var holder = request.Holder!;
        if (holder.Locked) return new ApiError("ACCOUNT_LOCKED", "The account of this API key is locked");
        if (write && holder.IsSubAccount) return new ApiError("FORBIDDEN", "Keys of a sub-account are made and deleted by its main account");
        if ((holder.Scopes.Read & PermissionGroups.Account) == 0) return new ApiError("FORBIDDEN", "Request API key does not have account permission");
        return write && (holder.Scopes.Write & PermissionGroups.Account) == 0 ? new ApiError("READ_ONLY", "Request API key is read-only for account") : null;
    }

    private void Write(Utf8JsonWriter json, KeyView key, string? secret)
    {
        KeyScopes.TryParse(key.Permissions, out var scopes);
        json.WriteStartObject();
        json.WriteString("key"u8, key.Key);
        if (secret is not null) json.WriteString("secret"u8, secret);
        json.WriteString("name"u8, key.Name);
        KeyPermissions.Write(json, scopes);
        KeyPermissions.WriteAddresses(json, key.IpList.Split(',', StringSplitOptions.RemoveEmptyEntries));
        json.WriteNumber("created_at"u8, key.CreatedNanos / Nanos.PerSecond);
        json.WriteNumber("last_access"u8, options.Keys.LastUsedNanos(key.Key) / Nanos.PerSecond);
        json.WriteEndObject();
    }
}
