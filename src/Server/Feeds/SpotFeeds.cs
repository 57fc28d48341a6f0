using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Core.Matching;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

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

/// <summary>The spot socket: public and private channels, and order entry.</summary>
public sealed class SpotFeeds : IViewListener, IAsyncDisposable
{
    private static readonly string[] Paths = ["/ws/v4", "/v4/ws/spot"];

    private readonly FeedOptions options;
    private readonly IListings listings;
    private readonly IKeyDirectory keys;
    private readonly IOrderEntry orders;
    private readonly RateLimiter limiter;
    private readonly Publisher publisher;
    private readonly ConcurrentDictionary<FeedConnection, Task> connections = [];
    private readonly Dictionary<IPAddress, int> addresses = [];
    private readonly CancellationTokenSource stopped = new();
    private FeedRequests? requests;

    /// <param name="venueNanos">The venue clock, for bars and rolling days.</param>
    public SpotFeeds(IListings listings, ICandles candles, IKeyDirectory keys, IOrderEntry orders, RateLimiter limiter, Func<long> venueNanos, FeedOptions? options = null)
    {
        this.options = options ?? new FeedOptions();
        this.listings = listings;
        this.keys = keys;
        this.orders = orders;
        this.limiter = limiter;
        publisher = new Publisher(listings, candles, this.options.Clock, venueNanos);
    }

    /// <summary>Connections open now.</summary>
    public int ConnectionCount => connections.Count;

    /// <summary>What waits for the client that is furthest behind.</summary>
    public int MostQueuedBytes => connections.IsEmpty ? 0 : connections.Keys.Max(connection => connection.QueuedBytes);

    /// <summary>Connections that do not keep up now.</summary>
    public int SlowCount => connections.Keys.Count(connection => connection.IsSlow);

    /// <summary>Streams with a subscriber.</summary>
    public int TopicCount => publisher.TopicCount;

    /// <summary>Puts the socket beside the API.</summary>
    public void Map(WebApplication app)
    {
        var logger = app.Services.GetService<ILogger<SpotFeeds>>() ?? NullLogger<SpotFeeds>.Instance;
        requests = new FeedRequests(listings, keys, options.Clock, publisher, new SocketOrders(keys, orders, limiter, options.Clock, logger));
        app.Use(next => http =>
        {
            if (http.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }) SharedStream.Under(http);
            return next(http);
        });
        app.UseWebSockets();
        foreach (var path in Paths) app.Map(path, AcceptAsync);
        app.Lifetime.ApplicationStopping.Register(Close);
        publisher.Start();
        _ = SweepAsync();
    }

    public void OrderChanged(OrderRow order, OrderChange change)
    {
        if (publisher.IsWanted(order.User)) publisher.Post(new News(NewsKind.Order, order, change));
    }

    public void Filled(FillRow fill)
    {
        if (publisher.IsWanted(fill.User)) publisher.Post(new News(NewsKind.Fill, fill));
    }

    public void Traded(PairView pair, TradeRow trade)
    {
        if (publisher.TryGetPair(pair.Id, out var feed) && feed.WantsTrades) publisher.Post(new News(NewsKind.Trade, trade));
    }

    public void BalanceChanged(BalanceRow entry)
    {
        if (publisher.IsWanted(entry.User)) publisher.Post(new News(NewsKind.Balance, entry));
    }

    public void TriggerChanged(TriggerRow trigger)
    {
        if (publisher.IsWanted(trigger.User)) publisher.Post(new News(NewsKind.Trigger, trigger));
    }

    public void Transferred(TransferRow transfer)
    {
        if (publisher.IsWanted(transfer.FromUser) || publisher.IsWanted(transfer.ToUser)) publisher.Post(new News(NewsKind.Transfer, transfer));
    }

    public void LevelChanged(PairView pair, Side side, long price, long size, long updateId, long timeNanos)
    {
        if (publisher.TryGetPair(pair.Id, out var feed)) feed.LevelChanged(new LevelChange(side, price, size, updateId, timeNanos));
    }

    public void BestChanged(PairView pair, long timeNanos)
    {
        if (publisher.TryGetPair(pair.Id, out var feed)) feed.BestChanged();
    }

    public void UserChanged(UserView user)
    {
        if (publisher.IsWanted(user.Id)) publisher.Post(new News(NewsKind.User, user));
    }

    public void KeyChanged(KeyView key)
    {
        if (publisher.IsWanted(key.User)) publisher.Post(new News(NewsKind.Key, key));
    }

    public void KeyDeleted(string key) => publisher.Post(new News(NewsKind.KeyGone, key));

    /// <summary>Closes all connections in the normal way and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        Close();
        await Task.WhenAll(connections.Values);
        publisher.Stop();
        stopped.Dispose();
    }

    private void Close()
    {
        if (!stopped.IsCancellationRequested) stopped.Cancel();
        foreach (var connection in connections.Keys) connection.Close(WebSocketCloseStatus.NormalClosure, "The venue stops");
    }

    private async Task AcceptAsync(HttpContext http)
    {
        var remote = http.Connection.RemoteIpAddress ?? IPAddress.None;
        if (!http.WebSockets.IsWebSocketRequest)
        {
            await RefuseAsync(http, StatusCodes.Status400BadRequest, "INVALID_PROTOCOL", "This address speaks WebSocket only");
            return;
        }
        if (stopped.IsCancellationRequested || !TryEnter(remote))
        {
            await RefuseAsync(http, StatusCodes.Status429TooManyRequests, "TOO_MANY_REQUESTS", $"At most {options.ConnectionsPerAddress} connections from one address");
            return;
        }
        var ended = new TaskCompletionSource();
        FeedConnection? connection = null;
        try
        {
            using var socket = await http.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
            {
                DangerousEnableCompression = true,      // no answer mixes a secret with what somebody else chose
                KeepAliveInterval = options.PingInterval,
                KeepAliveTimeout = options.PingInterval,
            });
            connection = new FeedConnection(socket, remote, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), OutputOf(http, socket));
            if (StreamOf(http) is { } stream && requests!.PlainCallsOf(connection) is { } plain) stream.Offer(plain);
            connections[connection] = ended.Task;
            if (stopped.IsCancellationRequested) connection.Close(WebSocketCloseStatus.NormalClosure, "The venue stops");
            await connection.RunAsync(requests!.Receive);
        }
        finally
        {
            if (connection is not null)
            {
                connections.TryRemove(connection, out _);
                publisher.Post(new News(NewsKind.Gone, connection));
            }
            Leave(remote);
            ended.SetResult();
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

    private static Task RefuseAsync(HttpContext http, int status, string label, string message)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync($$"""{"label":"{{label}}","message":"{{message}}"}""");
    }
}
