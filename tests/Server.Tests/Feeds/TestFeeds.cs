using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Server.Api.Spot;
using Sluice.Server.Feeds;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

namespace Sluice.Server.Tests.Feeds;

/// <summary>A real server with the spot socket; the test itself plays the bus, the candles and the order entry.</summary>
internal sealed class TestFeeds : IAsyncDisposable, IKeyDirectory, ICandles
{
    public const string Secret = "secret";

    private readonly GatewayHost host;
    private readonly List<Candle> bars = [];

    private TestFeeds(bool limits, FeedOptions? options, TimeProvider? clock, IOrderEntry? entry)
    {
        Btc = TestPairs.Btc();
        Eth = TestPairs.Eth();
        Add("full", 1001);
        Add("other", 1002);
        Add("walletonly", 1003, default(KeyScopes).With(PermissionGroups.Wallet, false));
        Add("reader", 1004, default(KeyScopes).With(PermissionGroups.Spot, true));
        Keys["elsewhere"] = new KeyRecord { Key = "elsewhere", Secret = Bytes(Secret), User = new(1005), Main = new(1005), IpList = ["10.1.2.3"] };
        Keys["locked"] = new KeyRecord { Key = "locked", Secret = Bytes(Secret), User = new(1006), Main = new(1006), Locked = true };
        var wall = clock ?? TimeProvider.System;
        var limiter = new RateLimiter(wall, limits);
        Entry = entry ?? new EchoEntry();
        Sockets = new FeedSockets(this, limiter, (options ?? new FeedOptions()) with { Clock = wall });
        Feeds = new SpotFeeds(new TestPairs(Btc, Eth), this, Entry, Sockets, () => VenueNanos);
        host = GatewayHost.Build(new GatewayOptions { Urls = ["http://127.0.0.1:0"], RateLimits = limits, Clock = wall }, this, [], Sockets.Map, limiter);
    }

    public Dictionary<string, KeyRecord> Keys { get; } = new(StringComparer.Ordinal);
    public FeedSockets Sockets { get; }
    public SpotFeeds Feeds { get; }
    public IOrderEntry Entry { get; }
    public PairView Btc { get; }
    public PairView Eth { get; }
    public long VenueNanos { get; set; } = 1_700_000_000_123_000_000;
    public string BaseUrl => host.BaseUrl;

    public static async Task<TestFeeds> StartAsync(bool limits = false, FeedOptions? options = null, TimeProvider? clock = null, IOrderEntry? entry = null)
    {
        var feeds = new TestFeeds(limits, options, clock, entry);
        await feeds.host.StartAsync(TestContext.Current.CancellationToken);
        return feeds;
    }

    public async Task<TestSocket> ConnectAsync(string path = "/ws/v4/", Action<ClientWebSocketOptions>? with = null)
    {
        var socket = new ClientWebSocket();
        with?.Invoke(socket.Options);
        await socket.ConnectAsync(new Uri(host.BaseUrl.Replace("http", "ws", StringComparison.Ordinal) + path), TestContext.Current.CancellationToken);
        return new TestSocket(socket);
    }

    /// <summary>One change of a book, as the bus tells it.</summary>
    public void Level(PairView pair, Side side, long price, long size)
    {
        var id = pair.Book.UpdateId + 1;
        pair.Book.Change(side, price, size, id, VenueNanos);
        Feeds.LevelChanged(pair, side, price, size, id, VenueNanos);
        Feeds.BestChanged(pair, VenueNanos);
    }

    public void Bar(Candle candle)
    {
        lock (bars)
        {
            bars.RemoveAll(bar => bar.StartSeconds == candle.StartSeconds);
            bars.Add(candle);
        }
    }

    public bool TryGet(string key, [MaybeNullWhen(false)] out KeyRecord record)
    {
        lock (Keys) return Keys.TryGetValue(key, out record);
    }

    public IReadOnlyList<Candle> Read(MarketView pair, int intervalSeconds, long fromSeconds, long toSeconds)
    {
        lock (bars) return [.. bars.Where(bar => bar.StartSeconds >= fromSeconds && bar.StartSeconds < toSeconds).OrderBy(bar => bar.StartSeconds)];
    }

    public async ValueTask DisposeAsync()
    {
        await Sockets.DisposeAsync();
        await host.DisposeAsync();
    }

    public Task StopAsync() => host.StopAsync(TestContext.Current.CancellationToken);

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Hmac(string text, string secret = Secret) => Convert.ToHexStringLower(HMACSHA512.HashData(Bytes(secret), Bytes(text)));

    public static long Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    private void Add(string key, int user, KeyScopes? scopes = null) =>
        Keys[key] = new KeyRecord { Key = key, Secret = Bytes(Secret), User = new(user), Main = new(user), Scopes = scopes ?? KeyScopes.Full };
}

/// <summary>A client without a library.</summary>
internal sealed class TestSocket(ClientWebSocket socket) : IAsyncDisposable
{
    private readonly byte[] buffer = new byte[4 * 1024 * 1024];
    private readonly List<JsonElement> unread = [];
    private int nextId;

    public WebSocketState State => socket.State;
    public WebSocketCloseStatus? CloseStatus => socket.CloseStatus;

    /// <summary>Goes without a word.</summary>
    public void Abort() => socket.Abort();

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public Task SendAsync(byte[] bytes, WebSocketMessageType type) => socket.SendAsync(bytes, type, true, TestContext.Current.CancellationToken);

    /// <summary>The next message as it came; null when the server closes.</summary>
    public async Task<byte[]?> ReadBytesAsync()
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), late.Token);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            length += part.Count;
            if (part.EndOfMessage) return buffer[..length];
        }
    }

    public async Task<JsonElement> ReadAsync() =>
        await ReadBytesAsync() is { } bytes ? JsonDocument.Parse(bytes).RootElement : throw new InvalidOperationException("The server has closed the connection.");

    /// <summary>The next message that fits; others are kept for later.</summary>
    public async Task<JsonElement> NextAsync(Predicate<JsonElement> fits)
    {
        var kept = unread.FindIndex(fits);
        if (kept >= 0)
        {
            var message = unread[kept];
            unread.RemoveAt(kept);
            return message;
        }
        while (true)
        {
            var message = await ReadAsync();
            if (fits(message)) return message;
            unread.Add(message);
        }
    }

    public Task<JsonElement> NextUpdateAsync(string channel) =>
        NextAsync(message => Text(message, "channel") == channel && Text(message, "event") is "update");

    /// <summary>Subscribes and returns the reply.</summary>
    /// <param name="payload">JSON, or null for none.</param>
    public async Task<JsonElement> SubscribeAsync(string channel, string? payload, string? key = null, string @event = "subscribe", long? time = null, string? sign = null)
    {
        var id = ++nextId;
        var at = time ?? TestFeeds.Now;
        var auth = key is null ? ""
            : $$""","auth":{"method":"api_key","KEY":"{{key}}","SIGN":"{{sign ?? TestFeeds.Hmac($"channel={channel}&event={@event}&time={at}")}}"}""";
        var body = payload is null ? "" : $$""","payload":{{payload}}""";
        await SendAsync($$"""{"time":{{at}},"id":{{id}},"channel":"{{channel}}","event":"{{@event}}"{{body}}{{auth}}}""");
        return await NextAsync(message => message.TryGetProperty("id", out var echoed) && echoed.ValueKind == JsonValueKind.Number && echoed.GetInt32() == id);
    }

    /// <summary>Sends a request of the order entry.</summary>
    /// <param name="param">JSON as it goes into the message; null for none.</param>
    public Task CallAsync(string channel, string requestId, string? param = null, string? signedWith = null, string? signedParam = null, string header = "", long? time = null)
    {
        var at = time ?? TestFeeds.Now;
        var signature = signedWith is null ? ""
            : $$""","api_key":"{{signedWith}}","timestamp":"{{at.ToString(CultureInfo.InvariantCulture)}}","signature":"{{TestFeeds.Hmac($"api\n{channel}\n{signedParam ?? param}\n{at}")}}" """;
        var body = param is null ? "" : $$""","req_param":{{param}}""";
        return SendAsync($$$"""{"time":{{{TestFeeds.Now}}},"channel":"{{{channel}}}","event":"api","payload":{"req_id":"{{{requestId}}}"{{{header}}}{{{body}}}{{{signature}}}}}""");
    }

    public Task<JsonElement> AnswerAsync(string requestId, bool ack = false) =>
        NextAsync(message => Text(message, "request_id") == requestId && message.TryGetProperty("ack", out _) == ack);

    public async Task LoginAsync(string key = "full")
    {
        await CallAsync("spot.login", "login", signedWith: key);
        Assert.Equal("200", (await AnswerAsync("login")).GetProperty("header").GetProperty("status").GetString());
    }

    public async Task CloseAsync() => await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", TestContext.Current.CancellationToken);

    /// <summary>Leaves in the normal way if it can: a server that has to find out by itself stops a second later.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived) await CloseAsync();
        }
        catch (WebSocketException)
        {
            // The server has gone first.
        }
        socket.Dispose();
    }

    private static string? Text(JsonElement message, string name) => message.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>Answers every order with what it was asked, and fails where it is told to.</summary>
internal sealed class EchoEntry : IOrderEntry
{
    public TaskCompletionSource Hold { get; } = new();

    public ValueTask<ApiError?> PlaceAsync(OrderCaller caller, Parameters order, Utf8JsonWriter json) => WriteAsync("place", caller, order, json);

    public ValueTask<ApiError?> PlaceBatchAsync(OrderCaller caller, IReadOnlyList<JsonElement> orders, Utf8JsonWriter json) => ListAsync("placed", orders, json);

    public ValueTask<ApiError?> CancelAsync(OrderCaller caller, string orderId, Parameters parameters, Utf8JsonWriter json) =>
        orderId == "404" ? new(new ApiError("ORDER_NOT_FOUND", "Order not found")) : WriteAsync("cancel " + orderId, caller, parameters, json);

    public ValueTask<ApiError?> CancelIdsAsync(OrderCaller caller, IReadOnlyList<JsonElement> orders, Utf8JsonWriter json) => ListAsync("cancelled", orders, json);

    public ValueTask<ApiError?> CancelPairAsync(OrderCaller caller, Parameters parameters, Utf8JsonWriter json) => WriteAsync("cancel_cp", caller, parameters, json);

    public ValueTask<ApiError?> AmendAsync(OrderCaller caller, string orderId, Parameters parameters, Utf8JsonWriter json) => WriteAsync("amend " + orderId, caller, parameters, json);

    public ValueTask<ApiError?> StatusAsync(OrderCaller caller, string orderId, Parameters parameters, Utf8JsonWriter json) => WriteAsync("status " + orderId, caller, parameters, json);

    public ValueTask<ApiError?> ListAsync(OrderCaller caller, Parameters parameters, Utf8JsonWriter json) => WriteAsync("list", caller, parameters, json);

    private static ValueTask<ApiError?> ListAsync(string what, IReadOnlyList<JsonElement> orders, Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var order in orders) json.WriteStringValue($"{what} {order.GetRawText()}");
        json.WriteEndArray();
        return new((ApiError?)null);
    }

    private async ValueTask<ApiError?> WriteAsync(string did, OrderCaller caller, Parameters parameters, Utf8JsonWriter json)
    {
        var text = parameters.Text("text");
        if (parameters.Error is { } error) return error;
        json.WriteStartObject();
        json.WriteString("did", did);
        json.WriteNumber("user", caller.Key.User.Value);
        json.WriteString("text", text ?? caller.DefaultText);
        json.WriteString("tag", caller.ChannelTag);
        json.WriteNumber("expires", caller.ExpiresAtMillis);
        if (text == "slow") await Hold.Task;
        if (text == "stopped") throw new Runtime.VenueUnavailableException("the log's disk is full");
        if (text == "broken") throw new InvalidOperationException("on purpose");
        json.WriteEndObject();
        return null;
    }
}
