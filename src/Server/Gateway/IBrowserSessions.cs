using System.Net;
using Microsoft.AspNetCore.Http;

namespace Sluice.Server.Gateway;

/// <summary>Who signed in with a browser. A session stands for one API key and may do exactly what that key may: where a request would be signed, the
/// session's cookie takes the signature's place, and every other check of the key stays.</summary>
public interface IBrowserSessions
{
    /// <summary>False: the request carries no session, and has to be signed. True: the key of the session, or why the session does not count.</summary>
    bool TryClaim(HttpRequest request, IPAddress remote, out KeyRecord? holder, out ApiError? refusal);

    /// <summary>The session a WebSocket was opened with by a page of this venue; null when there is none.</summary>
    SocketHolder? OfUpgrade(HttpRequest upgrade);
}

/// <summary>Whose socket it is.</summary>
/// <param name="Key">The key of the session.</param>
/// <param name="Ended">Signed out, or expired: the socket is closed then.</param>
public sealed record SocketHolder(string Key, CancellationToken Ended);
