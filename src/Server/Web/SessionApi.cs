using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sluice.Core.Kernel;
using Sluice.Runtime;
using Sluice.Server.Control;
using Sluice.Server.Gateway;
using Sluice.Server.Identity;
using Sluice.Server.Views;

namespace Sluice.Server.Web;

/// <summary>What the page's own endpoints are about.</summary>
public sealed record SessionOptions
{
    public required Sessions Sessions { get; init; }
    public required KeyDirectory Keys { get; init; }
    public required SecretSeal Seal { get; init; }
    public required VenueViews Views { get; init; }
    public required ICommandDoor Door { get; init; }
    public required DemoUser Demo { get; init; }
    public required Passwords Passwords { get; init; }

    /// <summary>The demo user's key where one click signs in with it: a venue that only this machine reaches. Null elsewhere.</summary>
    public string? OneClickKey { get; init; }

    /// <summary>The demo user, who may give himself virtual funds; null where there is none.</summary>
    public int? DemoUserId { get; init; }

    /// <summary>Whether only a manual clock's operator moves time: the page then says so.</summary>
    public bool ManualClock { get; init; }

    public required ILogger Logger { get; init; }
}

/// <summary>The few calls only the page has: signing in and out, its own keys, demo funds, size steps. All stand under /sluice/v1/session; everything else the page
/// does goes through the public API.</summary>
public sealed partial class SessionApi
{
    public const string Prefix = "/sluice/v1/session";

    private const int AttemptsPerMinute = 20;

    private readonly SessionOptions options;
    private readonly Attempts attempts = new(TimeProvider.System, AttemptsPerMinute);
    private readonly List<(string Method, string[] Path, bool NeedsSession, SessionHandler Handler)> routes = [];

    public SessionApi(SessionOptions options)
    {
        this.options = options;
        Add("GET", "", needsSession: false, Show);
        Add("POST", "", needsSession: false, SignInAsync);
        Add("POST", "demo", needsSession: false, SignInAsDemo);
        Add("DELETE", "", needsSession: true, SignOut);
        new SessionKeys(options).Map(this);
        new DemoFunds(options).Map(this);
        new SessionLogin(options).Map(this);
        new SizeSteps(options.Views).Map(this);
    }

    public void Map(WebApplication app)
    {
        app.Map(Prefix, AnswerAsync);
        app.Map(Prefix + "/{**rest}", AnswerAsync);
    }

    internal void Add(string method, string path, bool needsSession, SessionHandler handler) => routes.Add((method, path.Split('/'), needsSession, handler));

    private async Task AnswerAsync(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        var buffer = new ResponseBuffer();
        byte[]? rented = null;
        JsonDocument? document = null;
        try
        {
            var error = await RunAsync(http, buffer.Json, bytes => rented = bytes, parsed => document = parsed);
            if (error is not null)
            {
                buffer.Clear();
                ControlApi.WriteError(buffer, error);
            }
            await ControlApi.WriteAsync(http, error?.Status ?? StatusCodes.Status200OK, buffer.Complete());
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException && http.RequestAborted.IsCancellationRequested)
        {
            // The caller hung up: nobody is left to answer.
        }
        finally
        {
            document?.Dispose();
            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private async ValueTask<ApiError?> RunAsync(HttpContext http, Utf8JsonWriter json, Action<byte[]?> keep, Action<JsonDocument> dispose)
    {
        try
        {
            var path = http.Request.Path.Value![Prefix.Length..].Trim('/').Split('/');
            var known = routes.Where(route => route.Path.Length == path.Length && route.Path.Zip(path).All(part => part.First == part.Second || (part.First == "*" && part.Second.Length > 0))).ToList();
            if (known.Count == 0) return ApiErrors.NotFound(http.Request.Path.Value!);
            var route = known.FirstOrDefault(route => route.Method == http.Request.Method);
            if (route.Handler is null) return ApiErrors.MethodNotAllowed(http.Request.Method, string.Join(",", known.Select(other => other.Method)));

            // Nothing here is for pages of other sites, signed in or not: one could sign its visitor in as somebody else.
            if (!HttpMethods.IsGet(route.Method) && !Sessions.IsOwnOrigin(http.Request, required: true))
                return new ApiError("FORBIDDEN", "Only this venue's own pages sign in here; programs sign their requests with a key");
            Session? session = null;
            KeyRecord? holder = null;
            if (route.NeedsSession && options.Sessions.Check(http.Request, RemoteOf(http), out session, out holder) is { } refusal) return refusal;

            JsonElement body = default;
            if (!HttpMethods.IsGet(route.Method) && !HttpMethods.IsDelete(route.Method))
            {
                var (rented, length) = await RequestBody.ReadAsync(http.Request, http.RequestAborted);
                keep(rented);
                if (length < 0) return ApiErrors.InvalidBody($"The request body is larger than {RequestBody.MaxLength} bytes");
                if (length > 0)
                {
                    if (RequestHeaders.CheckContentType(http.Request) is { } wrongType) return wrongType;
                    if (JsonBody.Parse(rented.AsMemory(0, length), out var malformed) is not { } document) return malformed;
                    dispose(document);
                    body = document.RootElement;
                }
            }
            return await route.Handler(new SessionRequest(http, [.. path.Where((_, i) => route.Path[i] == "*")], body, session, holder, json));
        }
        catch (VenueUnavailableException unavailable)
        {
            return new ApiError("TOO_BUSY", unavailable.Message);
        }
        catch (BadHttpRequestException broken)
        {
            return ApiErrors.InvalidBody($"The request body could not be read: {broken.Message}");
        }
        catch (Exception unexpected) when (!http.RequestAborted.IsCancellationRequested)
        {
            LogUnexpected(options.Logger, unexpected, http.Request.Method, http.Request.Path);
            return new ApiError("SERVER_ERROR", "The server failed; its log has the reason");
        }
    }

    /// <summary>Who is signed in here, and how one can. The page asks this first; it needs no second secret, since it is where the page gets it.</summary>
    private ValueTask<ApiError?> Show(SessionRequest request)
    {
        if (!Sessions.IsOwnOrigin(request.Http.Request, required: false)) return new(new ApiError("FORBIDDEN", "A session is shown to this venue's own pages only"));
        if (options.Sessions.TryFind(request.Http.Request, out var session) && options.Keys.TryGet(session.Key, out var key)) Write(request.Json, session, key);
        else Write(request.Json, null, null);
        return default;
    }

    private async ValueTask<ApiError?> SignInAsync(SessionRequest request)
    {
        var body = request.Fields("key", "secret", "name", "password", "code");
        var byName = body.Has("name");
        var (name, secret) = byName ? (body.RequiredText("name"), body.RequiredText("password")) : (body.RequiredText("key"), body.RequiredText("secret"));
        var code = body.Text("code", 16) ?? "";
        if (body.Error is { } error) return error;
        if (!attempts.Admits(request.Http)) return new ApiError("TOO_MANY_REQUESTS", "Too many attempts from this address; wait a minute");
        if (byName)
        {
            return await options.Passwords.CheckAsync(name, secret, code) is { } named && options.Keys.TryGet(named, out var holder) ? Begin(request, holder)
                : new ApiError("INVALID_CREDENTIALS", "Name, password and code do not belong together; a code is needed where they were set up, and counts once");
        }
        return options.Keys.TryGet(name, out var key) && CryptographicOperations.FixedTimeEquals(key.Secret, Encoding.UTF8.GetBytes(secret)) ? Begin(request, key)
            : new ApiError("INVALID_CREDENTIALS", "Key and secret do not belong together; check that both were copied whole");
    }

    private ValueTask<ApiError?> SignInAsDemo(SessionRequest request)
    {
        if (request.Fields().Error is { } error) return new(error);
        if (options.OneClickKey is not { } name || !IPAddress.IsLoopback(RemoteOf(request.Http)) || !options.Keys.TryGet(name, out var key))
            return new(new ApiError("FORBIDDEN", "The demo account signs in with one click only on the machine its venue runs on; use its key and secret"));
        return new(Begin(request, key));
    }

    private ApiError? Begin(SessionRequest request, KeyRecord key)
    {
        if (!key.Admits(RemoteOf(request.Http))) return new ApiError("IP_FORBIDDEN", "Request IP not in whitelist");
        if (key.Locked) return new ApiError("ACCOUNT_LOCKED", "The account of this API key is locked");
        options.Keys.Used(key);
        Write(request.Json, options.Sessions.Begin(request.Http, key), key);
        return null;
    }

    private ValueTask<ApiError?> SignOut(SessionRequest request)
    {
        options.Sessions.End(request.Http);
        Write(request.Json, null, null);
        return default;
    }

    private void Write(Utf8JsonWriter json, Session? session, KeyRecord? key)
    {
        json.WriteStartObject();
        json.WriteBoolean("signed_in"u8, session is not null);
        json.WriteBoolean("demo_sign_in"u8, options.OneClickKey is not null);
        json.WriteBoolean("manual_clock"u8, options.ManualClock);
        if (session is not null && key is not null)
        {
            json.WriteString("csrf"u8, session.Csrf);
            json.WriteNumber("user_id"u8, key.User.Value);
            json.WriteString("name"u8, options.Views.UserOf(key.User.Value)?.Name ?? "");
            json.WriteString("key"u8, key.Key);
            json.WriteString("permissions"u8, key.Scopes.ToString());
            json.WriteBoolean("is_sub_account"u8, key.IsSubAccount);
            json.WriteBoolean("is_demo"u8, key.User.Value == options.DemoUserId);
            json.WriteNumber("expires_at"u8, options.Sessions.ExpiryOf(session).ToUnixTimeSeconds());
        }
        json.WriteEndObject();
    }

    internal static IPAddress RemoteOf(HttpContext http) => http.Connection.RemoteIpAddress ?? IPAddress.None;

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void LogUnexpected(ILogger logger, Exception exception, string method, string path);
}
