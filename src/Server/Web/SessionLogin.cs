using System.Security.Cryptography;
using Sluice.Server.Gateway;

namespace Sluice.Server.Web;

/// <summary>Name, password and one-time codes of who is signed in. They stand for the session's key, and go with it.</summary>
internal sealed class SessionLogin(SessionOptions options)
{
    public void Map(SessionApi api)
    {
        api.Add("GET", "login", needsSession: true, Show);
        api.Add("PUT", "login", needsSession: true, SetAsync);
        api.Add("DELETE", "login", needsSession: true, Remove);
        api.Add("POST", "login/codes", needsSession: true, OfferCodes);
        api.Add("PUT", "login/codes", needsSession: true, TakeCodes);
        api.Add("POST", "login/codes/off", needsSession: true, DropCodes);
    }

    private ValueTask<ApiError?> Show(SessionRequest request)
    {
        Write(request);
        return default;
    }

    private async ValueTask<ApiError?> SetAsync(SessionRequest request)
    {
        if (CheckPermission(request) is { } forbidden) return forbidden;
        var body = request.Fields("name", "password");
        var (name, password) = (body.RequiredText("name", Passwords.LongestName).Trim(), body.RequiredText("password", Passwords.LongestPassword));
        if (body.Error is null && (name.Length < Passwords.ShortestName || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '@')))
            body.Refuse(ApiErrors.InvalidParam("name", name, $"{Passwords.ShortestName} to {Passwords.LongestName} letters, digits, '_', '-', '.' and '@'"));
        if (body.Error is null && password.Length < Passwords.ShortestPassword)
            body.Refuse(new ApiError("INVALID_PARAM_VALUE", $"A password has at least {Passwords.ShortestPassword} characters"));
        if (body.Error is { } error) return error;
        if (!await options.Passwords.SetAsync(request.Holder!.Key, name, password)) return new ApiError("INVALID_PARAM_VALUE", "The name is taken; choose another one");
        Write(request);
        return null;
    }

    private ValueTask<ApiError?> Remove(SessionRequest request)
    {
        if (CheckPermission(request) is { } forbidden) return new(forbidden);
        options.Passwords.Remove(request.Holder!.Key);
        Write(request);
        return default;
    }

    private ValueTask<ApiError?> OfferCodes(SessionRequest request)
    {
        if (CheckPermission(request) is { } forbidden) return new(forbidden);
        if (options.Passwords.OfKey(request.Holder!.Key) is not { } login) return new(NoPassword());
        var secret = RandomNumberGenerator.GetBytes(Totp.SecretBytes);
        request.Session!.OfferedCodes = secret;
        request.Json.WriteStartObject();
        request.Json.WriteString("secret"u8, Totp.TextOf(secret));
        request.Json.WriteString("uri"u8, $"otpauth://totp/Sluice:{Uri.EscapeDataString(login.Name)}?secret={Totp.TextOf(secret)}&issuer=Sluice");
        request.Json.WriteEndObject();
        return default;
    }

    private ValueTask<ApiError?> TakeCodes(SessionRequest request)
    {
        if (CheckPermission(request) is { } forbidden) return new(forbidden);
        var code = request.Fields("code").RequiredText("code", 16);
        if (request.Fields().Error is { } error) return new(error);
        if (request.Session!.OfferedCodes is not { } secret) return new(new ApiError("BAD_REQUEST", "Ask for a secret first"));
        if (!options.Passwords.SetCodes(request.Holder!.Key, secret, code)) return new(WrongCode());
        request.Session.OfferedCodes = null;
        Write(request);
        return default;
    }

    private ValueTask<ApiError?> DropCodes(SessionRequest request)
    {
        if (CheckPermission(request) is { } forbidden) return new(forbidden);
        var code = request.Fields("code").RequiredText("code", 16);
        if (request.Fields().Error is { } error) return new(error);
        if (!options.Passwords.SetCodes(request.Holder!.Key, null, code)) return new(WrongCode());
        Write(request);
        return default;
    }

    private static ApiError? CheckPermission(SessionRequest request) =>
        (request.Holder!.Scopes.Write & PermissionGroups.Account) == 0 ? new ApiError("READ_ONLY", "Request API key is read-only for account") : null;

    private static ApiError NoPassword() => new("BAD_REQUEST", "Set a name and password first");

    private static ApiError WrongCode() => new("INVALID_CREDENTIALS", "That code is not good now; check the clock of the device, and take the next one");

    private void Write(SessionRequest request)
    {
        var login = options.Passwords.OfKey(request.Holder!.Key);
        request.Json.WriteStartObject();
        request.Json.WriteString("name"u8, login?.Name ?? "");
        request.Json.WriteBoolean("codes"u8, login?.Totp is not null);
        request.Json.WriteEndObject();
    }
}
