using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sluice.Server.Gateway;

namespace Sluice.Server.Feeds;

/// <summary>How the socket treats its clients.</summary>
public sealed record FeedOptions
{
    /// <summary>The wall clock: times of messages and signature windows. Data carry the venue's time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The dialect's limit; without rate limits there is none.</summary>
    public int ConnectionsPerAddress { get; init; } = 300;

    /// <summary>The server pings at this interval and gives up on a client that does not answer within it.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A client without a subscription that sends nothing for so long is sent away.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>All WebSocket addresses of the venue and the connections to them, whatever they speak.</summary>
public sealed class FeedSockets(IKeyDirectory keys, RateLimiter limiter, FeedOptions? given = null, IBrowserSessions? sessions = null) : IAsyncDisposable
{
    private readonly FeedOptions options = given ?? new FeedOptions();
    private readonly List<IFeeds> products = [];
    private readonly ConcurrentDictionary<FeedConnection, (FeedSocket Speaks, Task Left)> connections = [];
    private readonly Dictionary<IPAddress, int> addresses = [];
    private readonly CancellationTokenSource stopped = new();

    /// <summary>Connections open now.</summary>
    public int ConnectionCount => connections.Count;

    /// <summary>What waits for the client that is furthest behind.</summary>
    public int MostQueuedBytes => connections.IsEmpty ? 0 : connections.Keys.Max(connection => connection.QueuedBytes);

    /// <summary>Connections that do not keep up now.</summary>
    public int SlowCount => connections.Keys.Count(connection => connection.IsSlow);

    /// <summary>Streams with a subscriber.</summary>
    public int TopicCount => products.Sum(product => product.Publisher.TopicCount);

    internal IKeyDirectory Keys => keys;

    internal RateLimiter Limiter => limiter;

    internal TimeProvider Clock => options.Clock;

    /// <summary>A product's addresses; before <see cref="Map"/>.</summary>
    internal void Add(IFeeds product) => products.Add(product);

    /// <summary>Puts the sockets beside the API.</summary>
    public void Map(WebApplication app)
    {
        app.Use(next => http =>
        {
            if (http.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }) SharedStream.Under(http);
            return next(http);
        });
        app.UseWebSockets();
        foreach (var product in products)
        {
            foreach (var (path, speaks) in product.Addresses(app.Services))
            {
                var requests = new FeedRequests(speaks, keys, options.Clock);
                app.Map(path, http => AcceptAsync(http, speaks, requests));
            }
            foreach (var (path, why) in product.Refused) app.Map(path, http => RefuseAsync(http, why(http)));
            product.Publisher.Start();
        }
        app.Lifetime.ApplicationStopping.Register(Close);
        _ = SweepAsync();
    }

    /// <summary>Closes all connections in the normal way and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        Close();
        await Task.WhenAll(connections.Values.Select(connection => connection.Left));
        foreach (var product in products) product.Publisher.Stop();
        stopped.Dispose();
    }

    private void Close()
    {
        if (!stopped.IsCancellationRequested) stopped.Cancel();
        foreach (var (connection, (speaks, _)) in connections)
        {
            if (speaks.Farewell is { } channel) Tell(connection, channel);
            connection.Close(WebSocketCloseStatus.NormalClosure, "The venue stops");
        }
    }

    // In the dialect's word for it: a client connects anew.
    private void Tell(FeedConnection connection, FeedChannel channel)
    {
        var writer = FrameWriter.Rent();
        var json = writer.BeginUpdate(channel, Clock.GetUtcNow().ToUnixTimeMilliseconds());
        json.WriteStartObject();
        json.WriteString("type"u8, "upgrade"u8);
        json.WriteEndObject();
        var frame = writer.End();
        writer.Return();
        connection.TrySend(frame);
        frame.Release();
    }

    private async Task AcceptAsync(HttpContext http, FeedSocket speaks, FeedRequests requests)
    {
        var remote = http.Connection.RemoteIpAddress ?? IPAddress.None;
        if (!http.WebSockets.IsWebSocketRequest)
        {
            await RefuseAsync(http, new ApiError("INVALID_PROTOCOL", "This address speaks WebSocket only"));
            return;
        }
        if (stopped.IsCancellationRequested || !TryEnter(remote))
        {
            await RefuseAsync(http, new ApiError("TOO_MANY_REQUESTS", $"At most {options.ConnectionsPerAddress} connections from one address"));
            return;
        }
        var left = new TaskCompletionSource();
        FeedConnection? connection = null;
        try
        {
            using var socket = await http.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
            {
                DangerousEnableCompression = true,      // no answer mixes a secret with what somebody else chose
                KeepAliveInterval = options.PingInterval,
                KeepAliveTimeout = options.PingInterval,
            });
            var holder = sessions?.OfUpgrade(http.Request);
            connection = new FeedConnection(socket, remote, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), OutputOf(http, socket),
                sizesAsTexts: http.Request.Headers["X-Gate-Size-Decimal"] == "1", holder?.Key);
            if (StreamOf(http) is { } stream && requests.PlainCallsOf(connection) is { } plain) stream.Offer(plain);
            connections[connection] = (speaks, left.Task);
            if (stopped.IsCancellationRequested) connection.Close(WebSocketCloseStatus.NormalClosure, "The venue stops");
            var mine = connection;
            using var ended = holder?.Ended.Register(() => mine.Close(WebSocketCloseStatus.PolicyViolation, "Signed out"));
            await connection.RunAsync(requests.Receive);
        }
        finally
        {
            if (connection is not null)
            {
                connections.TryRemove(connection, out _);
                speaks.Publisher.Post(new News(NewsKind.Gone, connection));
            }
            Leave(remote);
            left.SetResult();
        }
    }

    /// <summary>Gathers frames where the stream under the socket is at hand.</summary>
    private static FrameOutput? OutputOf(HttpContext http, WebSocket socket) =>
        StreamOf(http) is { } stream ? new GatheredOutput(socket, stream, compresses: http.Response.Headers.SecWebSocketExtensions.Count > 0) : null;

    private static SharedStream? StreamOf(HttpContext http) => (http.Features.Get<IHttpUpgradeFeature>() as SharedStream.Upgrade)?.Stream;

    private bool TryEnter(IPAddress remote)
    {
        lock (addresses)
        {
            var open = addresses.GetValueOrDefault(remote);
            if (limiter.Enabled && open >= options.ConnectionsPerAddress) return false;
            addresses[remote] = open + 1;
            return true;
        }
    }

    private void Leave(IPAddress remote)
    {
        lock (addresses)
        {
            if (--addresses[remote] == 0) addresses.Remove(remote);
        }
    }

    private async Task SweepAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(15));
        try
        {
            while (await timer.WaitForNextTickAsync(stopped.Token))
            {
                foreach (var connection in connections.Keys)
                {
                    if (!connection.HasSubscriptions && connection.IdleMillis(Environment.TickCount64) > options.IdleTimeout.TotalMilliseconds)
                        connection.Close(WebSocketCloseStatus.NormalClosure, "Nothing was heard for a while");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The venue stops.
        }
    }

    private static Task RefuseAsync(HttpContext http, ApiError error)
    {
        http.Response.StatusCode = error.Status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync($$"""{"label":"{{error.Label}}","message":"{{JsonEncodedText.Encode(error.Message)}}"}""");
    }
}

/// <summary>The sockets of one product.</summary>
internal interface IFeeds
{
    Publisher Publisher { get; }

    /// <summary>Each address, without the slash at its end, and what is spoken there.</summary>
    IEnumerable<(string Path, FeedSocket Socket)> Addresses(IServiceProvider services);

    /// <summary>Addresses that look like one of the product's and are none, and why.</summary>
    IEnumerable<(string Path, Func<HttpContext, ApiError> Why)> Refused => [];
}
