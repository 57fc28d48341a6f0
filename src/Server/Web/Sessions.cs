using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Sluice.Server.Gateway;

namespace Sluice.Server.Web;

/// <summary>One browser that signed in: stands for one API key until it ends.</summary>
/// <param name="key">The key's name.</param>
/// <param name="csrf">What the page shows with every request, beside the cookie that it cannot read.</param>
internal sealed class Session(string key, string csrf, DateTimeOffset started)
{
    private readonly CancellationTokenSource ended = new();
    private long lastUseTicks = started.UtcTicks;

    public string Key => key;
    public string Csrf => csrf;
    public DateTimeOffset Started => started;
    public CancellationToken Ended => ended.Token;

    public DateTimeOffset LastUse
    {
        get => new(Interlocked.Read(ref lastUseTicks), TimeSpan.Zero);
        set => Interlocked.Exchange(ref lastUseTicks, value.UtcTicks);
    }

    /// <summary>A secret of one-time codes that was shown and not yet confirmed.</summary>
    public byte[]? OfferedCodes { get; set; }

    public void End() => ended.Cancel();
}

/// <summary>The sessions of this process. They are kept in memory only: a restart signs everybody out. What is kept is a hash of the cookie, so that a
/// reader of this memory cannot sign in with it.</summary>
public sealed class Sessions(IKeyDirectory keys, TimeProvider clock) : IBrowserSessions
{
    public const string Cookie = "sluice_session";
    public const string CsrfHeader = "X-Sluice-Csrf";

    private const int TokenBytes = 32;
    private const int SessionsPerKey = 20;
    private const int SessionsMost = 20_000;
    private static readonly TimeSpan IdleMost = TimeSpan.FromHours(12);
    private static readonly TimeSpan LifeMost = TimeSpan.FromDays(7);

    private readonly ConcurrentDictionary<string, Session> sessions = new(StringComparer.Ordinal);

    public int Count => sessions.Count;

    public bool TryClaim(HttpRequest request, IPAddress remote, out KeyRecord? holder, out ApiError? refusal)
    {
        (holder, refusal) = (null, null);
        if (request.Headers.ContainsKey("KEY") || !request.Cookies.ContainsKey(Cookie)) return false;
        refusal = Check(request, remote, out _, out holder);
        return true;
    }

    public SocketHolder? OfUpgrade(HttpRequest upgrade) =>
        // The cookie alone does not tell who opened the socket: any page can. Its address does.
        IsOwnOrigin(upgrade, required: true) && TryFind(upgrade, out var session) ? new SocketHolder(session.Key, session.Ended) : null;

    /// <summary>Begins one for the holder of a key and gives the browser its cookie.</summary>
    internal Session Begin(HttpContext http, KeyRecord key)
    {
        Sweep(key.Key);
        Drop(http);
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        var session = new Session(key.Key, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes)), clock.GetUtcNow());
        sessions[HashOf(token)] = session;
        http.Response.Cookies.Append(Cookie, token, CookieTerms(http, LifeMost));
        return session;
    }

    internal void End(HttpContext http)
    {
        Drop(http);
        http.Response.Cookies.Delete(Cookie, CookieTerms(http, null));
    }

    private void Drop(HttpContext http)
    {
        if (http.Request.Cookies[Cookie] is { } token && sessions.TryRemove(HashOf(token), out var session)) session.End();
    }

    /// <summary>The checks of every request of a session: one of this venue's own pages sent it, it shows the session's other secret, the session lasts, and
    /// its key still exists and is good from there.</summary>
    internal ApiError? Check(HttpRequest request, IPAddress remote, out Session? session, out KeyRecord? holder)
    {
        holder = null;
        if (!TryFind(request, out session)) return new ApiError("INVALID_CREDENTIALS", "The session has ended; sign in again");
        if (!IsOwnOrigin(request, required: !HttpMethods.IsGet(request.Method)))
            return new ApiError("FORBIDDEN", "A session counts only for requests of this venue's own pages");
        var shown = Encoding.UTF8.GetBytes(request.Headers[CsrfHeader].ToString());
        if (!CryptographicOperations.FixedTimeEquals(shown, Encoding.UTF8.GetBytes(session.Csrf)))
            return new ApiError("FORBIDDEN", $"A request of a session needs the header {CsrfHeader}");
        if (!keys.TryGet(session.Key, out holder))
        {
            session.End();
            return new ApiError("INVALID_CREDENTIALS", "The API key of this session was deleted; sign in again");
        }
        if (holder.Admits(remote)) return null;
        holder = null;
        return new ApiError("IP_FORBIDDEN", "Request IP not in whitelist");
    }

    /// <summary>Whether a page of this venue sent it, by what browsers do not let pages change: the Origin, or for reads, which carry none within a site,
    /// Sec-Fetch-Site.</summary>
    internal static bool IsOwnOrigin(HttpRequest request, bool required)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0)
        {
            // Behind a proxy that ends TLS the scheme differs, so host and port decide; Host itself is checked before.
            return Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Scheme is "http" or "https"
                && string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);
        }
        if (required) return false;
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        return site is "" or "same-origin";
    }

    internal bool TryFind(HttpRequest request, [MaybeNullWhen(false)] out Session session)
    {
        session = null;
        if (request.Cookies[Cookie] is not { Length: > 0 and <= 4 * TokenBytes } token || !sessions.TryGetValue(HashOf(token), out session)) return false;
        if (IsOver(session))
        {
            if (sessions.TryRemove(HashOf(token), out var gone)) gone.End();
            session = null;
            return false;
        }
        session.LastUse = clock.GetUtcNow();
        return true;
    }

    internal DateTimeOffset ExpiryOf(Session session) => session.Started + LifeMost;

    private bool IsOver(Session session)
    {
        var now = clock.GetUtcNow();
        return session.Ended.IsCancellationRequested || now - session.LastUse > IdleMost || now - session.Started > LifeMost;
    }

    // Those that are over go, and of a key with many the oldest, so that nobody fills the memory by signing in.
    private void Sweep(string key)
    {
        var own = new List<KeyValuePair<string, Session>>();
        foreach (var entry in sessions)
        {
            if (IsOver(entry.Value)) Remove(entry.Key);
            else if (entry.Value.Key == key || sessions.Count >= SessionsMost) own.Add(entry);
        }
        if (own.Count < SessionsPerKey) return;
        foreach (var entry in own.OrderBy(entry => entry.Value.LastUse).Take(own.Count - SessionsPerKey + 1)) Remove(entry.Key);

        void Remove(string hash)
        {
            if (sessions.TryRemove(hash, out var session)) session.End();
        }
    }

    private static CookieOptions CookieTerms(HttpContext http, TimeSpan? life) => new()
    {
        HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/", MaxAge = life, IsEssential = true,
        Secure = http.Request.IsHttps || http.Request.Headers["X-Forwarded-Proto"].ToString() == "https",
    };

    private static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
