using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Sluice.Server.Gateway;

/// <summary>What one caller can hold of the server before it is cut off. docs/operating/serve.md lists the defaults.</summary>
public sealed record ConnectionLimits
{
    public int RequestLineBytes { get; init; } = 16 * 1024;
    public int HeaderBytes { get; init; } = 32 * 1024;
    public int HeaderCount { get; init; } = 100;

    /// <summary>From the first byte of a request to the last of its headers.</summary>
    public TimeSpan HeadersWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two requests of a connection.</summary>
    public TimeSpan KeptAlive { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>Whoever sends a body, or takes an answer, more slowly than this for longer than <see cref="Grace"/> is cut off.</summary>
    public int LeastBytesPerSecond { get; init; } = 240;

    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>All together; as many again may be WebSockets. One more is closed unheard.</summary>
    public int Connections { get; init; } = 20_000;

    internal void Set(KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = RequestBody.DrainUpTo + RequestBody.MaxLength;
        limits.MaxRequestLineSize = RequestLineBytes;
        limits.MaxRequestHeadersTotalSize = HeaderBytes;
        limits.MaxRequestHeaderCount = HeaderCount;
        limits.RequestHeadersTimeout = HeadersWithin;
        limits.KeepAliveTimeout = KeptAlive;
        limits.MinRequestBodyDataRate = limits.MinResponseDataRate = new MinDataRate(LeastBytesPerSecond, Grace);
        limits.MaxConcurrentConnections = limits.MaxConcurrentUpgradedConnections = Connections;
    }
}
