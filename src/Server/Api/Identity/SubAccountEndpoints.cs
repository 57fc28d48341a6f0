using System.Text;
using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Products.Identity;
using Sluice.Runtime;
using Sluice.Server.Gateway;
using Sluice.Server.Identity;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Identity;

/// <summary>Group `subaccount`: sub-accounts and their keys, for keys of the main account only.</summary>
public sealed class SubAccountEndpoints(VenueViews views, KeyDirectory keys, SecretSeal seal, ICommandDoor door) : IEndpointGroup
{
    private const int LongestName = 64, LongestEmail = 128, LongestRemark = 128;
    private const int NormalState = 1, LockedState = 2;

    public void Map(EndpointTable endpoints)
    {
        endpoints.Map("listSubAccounts", List);
        endpoints.Map("createSubAccounts", CreateAsync);
        endpoints.Map("getSubAccount", Get);
        endpoints.Map("listUnifiedMode", UnifiedModes);
        endpoints.Map("lockSubAccount", request => SetLockAsync(request, true));
        endpoints.Map("unlockSubAccount", request => SetLockAsync(request, false));
        endpoints.Map("listSubAccountKeys", ListKeys);
        endpoints.Map("createSubAccountKeys", CreateKeyAsync);
        endpoints.Map("getSubAccountKey", GetKey);
        endpoints.Map("updateSubAccountKeys", UpdateKeyAsync);
        endpoints.Map("deleteSubAccountKeys", DeleteKeyAsync);
    }

    private ValueTask<ApiResult> List(ApiRequest request)
    {
        if (SubAccountLookup.CheckMain(request) is { } forbidden) return forbidden;
        var query = request.QueryParameters();
        query.Word("type", "0", "1");           // all, and regular ones: there are no others
        if (query.Error is { } error) return error;
        request.Json.WriteStartArray();
        foreach (var user in views.SubAccountsOf(request.User.Value)) Write(request.Json, user);
        request.Json.WriteEndArray();
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> CreateAsync(ApiRequest request)
    {
        if (SubAccountLookup.CheckMain(request) is { } forbidden) return forbidden;
        var body = request.BodyParameters();
        var name = body.RequiredText("login_name", LongestName);
        var remark = body.Text("remark", LongestRemark) ?? "";
        var email = body.Text("email", LongestEmail) ?? "";
        body.Text("password", 256);             // nothing logs in with a password yet, so none is kept
        if (name.Length > 0 && !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.'))
            body.Refuse(ApiErrors.InvalidParam("login_name", name, "letters, digits, '_', '-' and '.' are allowed"));
        if (email.Length > 0 && !LooksLikeEmail(email)) body.Refuse(ApiErrors.InvalidParam("email", email));
        if (body.Error is { } error) return error;

        var outcome = await SubmitAsync(request, new CreateUser { Parent = request.User.Value }, TailBytes.Of(name, remark, email));
        if (!outcome.Result.Accepted) return IdentityRefusals.Of(outcome.Result.Refusal);
        Write(request.Json, views.UserOf((int)outcome.Result.ObjectId)!);
        return ApiResult.Done;
    }

    private ValueTask<ApiResult> Get(ApiRequest request)
    {
        if (!TryFind(request, out var user, out var error)) return error;
        Write(request.Json, user);
        return ApiResult.Done;
    }

    private ValueTask<ApiResult> UnifiedModes(ApiRequest request)
    {
        if (SubAccountLookup.CheckMain(request) is { } forbidden) return forbidden;
        var json = request.Json;
        json.WriteStartArray();
        foreach (var user in views.SubAccountsOf(request.User.Value))
        {
            json.WriteStartObject();
            json.WriteNumber("user_id"u8, user.Id);
            json.WriteBoolean("is_unified"u8, false);
            json.WriteString("mode"u8, "classic"u8);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> SetLockAsync(ApiRequest request, bool locked)
    {
        if (!TryFind(request, out var user, out var error)) return error;
        var outcome = await SubmitAsync(request, new SetLocked { User = user.Id, Locked = locked ? (byte)1 : (byte)0 }, []);
        return outcome.Result.Accepted ? ApiResult.Empty : IdentityRefusals.Of(outcome.Result.Refusal);
    }

    private ValueTask<ApiResult> ListKeys(ApiRequest request)
    {
        if (!TryFind(request, out var user, out var error)) return error;
        request.Json.WriteStartArray();
        foreach (var key in views.KeysOf(user.Id)) Write(request.Json, user, key);
        request.Json.WriteEndArray();
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> CreateKeyAsync(ApiRequest request)
    {
        if (!TryFind(request, out var user, out var error)) return error;
        if (!TryReadKey(request, out var wanted, out error)) return error;
        var made = seal.CreateKey(request.Idempotency());
        var outcome = await SubmitAsync(request, new CreateKey { User = user.Id, Mode = wanted.Mode },
            TailBytes.OfKey(made.Key, wanted.Name, seal.Seal(made.Key, Encoding.UTF8.GetBytes(made.Secret)), wanted.Permissions, wanted.Addresses));
        if (!outcome.Result.Accepted) return IdentityRefusals.Of(outcome.Result.Refusal);
        if (!views.TryGetKey(made.Key, out var key)) return UnknownKey(made.Key, user);        // deleted before the request was repeated
        Write(request.Json, user, key, made.Secret);
        return ApiResult.Done;
    }

    private ValueTask<ApiResult> GetKey(ApiRequest request)
    {
        if (!TryFindKey(request, out var user, out var key, out var error)) return error;
        Write(request.Json, user, key);
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> UpdateKeyAsync(ApiRequest request)
    {
        if (!TryFindKey(request, out var user, out var key, out var error)) return error;
        if (!TryReadKey(request, out var wanted, out error)) return error;
        var outcome = await SubmitAsync(request, new UpdateKey { User = user.Id, Mode = wanted.Mode },
            TailBytes.Of(key.Key, wanted.Name, wanted.Permissions, wanted.Addresses));
        return outcome.Result.Accepted ? ApiResult.Empty : IdentityRefusals.Of(outcome.Result.Refusal);
    }

    private async ValueTask<ApiResult> DeleteKeyAsync(ApiRequest request)
    {
        if (!TryFind(request, out var user, out var error)) return error;

        // A repeated request finds the key gone, and is to get the first answer again: the core decides.
        if (request.IdempotencyText is null && !TryFindKey(request, out user, out _, out error)) return error;
        var outcome = await SubmitAsync(request, new DeleteKey { User = user.Id }, TailBytes.Of(request.PathValue(1)));
        return outcome.Result.Accepted ? ApiResult.Empty : IdentityRefusals.Of(outcome.Result.Refusal);
    }

    private ValueTask<CommandOutcome> SubmitAsync<T>(ApiRequest request, T command, byte[] tail) where T : unmanaged, ICommand =>
        door.SubmitAsync(request.User, command, tail, new CommandOptions(Idempotency: request.Idempotency()));

    private bool TryFind(ApiRequest request, out UserView user, out ApiError error)
    {
        var forbidden = SubAccountLookup.CheckMain(request);
        UserView? found = null;
        ApiError? unknown = null;
        if (forbidden is null) SubAccountLookup.TryFind(views, request.User.Value, request.PathValue(), out found, out unknown);
        (user, error) = (found!, forbidden ?? unknown!);
        return found is not null;
    }

    private bool TryFindKey(ApiRequest request, out UserView user, out KeyView key, out ApiError error)
    {
        key = null!;
        if (!TryFind(request, out user, out error)) return false;
        if (views.TryGetKey(request.PathValue(1), out var found) && found.User == user.Id)
        {
            key = found;
            return true;
        }
        error = UnknownKey(request.PathValue(1), user);
        return false;
    }

    private static bool TryReadKey(ApiRequest request, out (int Mode, string Name, string Permissions, string Addresses) key, out ApiError error)
    {
        var body = request.BodyParameters();
        key = ((int)(body.Integer("mode", 1, 2) ?? 1), body.Text("name", LongestName) ?? "", KeyPermissions.Read(body).ToString(), KeyPermissions.ReadAddresses(body));
        error = body.Error!;
        return body.Error is null;
    }

    private static void Write(Utf8JsonWriter json, UserView user)
    {
        json.WriteStartObject();
        json.WriteString("remark"u8, user.Remark);
        json.WriteString("login_name"u8, user.Name);
        json.WriteString("password"u8, ""u8);
        json.WriteString("email"u8, user.Email);
        json.WriteNumber("state"u8, user.Locked ? LockedState : NormalState);
        json.WriteNumber("type"u8, 1);
        json.WriteNumber("user_id"u8, user.Id);
        json.WriteNumber("create_time"u8, user.CreatedNanos / Nanos.PerSecond);
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, UserView user, KeyView key, string? secret = null)
    {
        KeyScopes.TryParse(key.Permissions, out var scopes);
        json.WriteStartObject();
        json.WriteNumber("user_id"u8, key.User);
        json.WriteNumber("mode"u8, key.Mode);
        json.WriteString("name"u8, key.Name);
        KeyPermissions.Write(json, scopes);
        KeyPermissions.WriteAddresses(json, key.IpList.Split(',', StringSplitOptions.RemoveEmptyEntries));
        json.WriteString("key"u8, key.Key);
        if (secret is not null) json.WriteString("secret"u8, secret);
        json.WriteNumber("state"u8, user.Locked ? LockedState : NormalState);
        json.WriteNumber("created_at"u8, key.CreatedNanos / Nanos.PerSecond);
        json.WriteNumber("updated_at"u8, key.UpdatedNanos / Nanos.PerSecond);
        json.WriteNumber("last_access"u8, keys.LastUsedNanos(key.Key) / Nanos.PerSecond);
        json.WriteEndObject();
    }

    private static ApiError UnknownKey(string key, UserView user) => new("NOT_FOUND", $"Sub-account {user.Id} has no API key {ApiErrors.Shorten(key)}");

    private static bool LooksLikeEmail(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && at < text.Length - 1 && text.IndexOf('@', at + 1) < 0 && !text.Any(char.IsWhiteSpace) && !text.Any(char.IsControl);
    }
}
