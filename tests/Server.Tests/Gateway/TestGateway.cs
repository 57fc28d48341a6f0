using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Server.Gateway;

namespace Sluice.Server.Tests.Gateway;

/// <summary>A real server on a free port, with a handful of fake endpoints behind real operations.</summary>
internal sealed class TestGateway : IAsyncDisposable, IKeyDirectory, IEndpointGroup
{
    public const string Secret = "secret";

    private readonly Dictionary<string, KeyRecord> keys = new(StringComparer.Ordinal);
    private readonly GatewayHost host;

    private TestGateway(TimeProvider? clock, bool limits)
    {
        Add(new KeyRecord { Key = "full", Secret = Bytes(Secret), User = new(1001), Main = new(1001) });
        Add(new KeyRecord { Key = "sub", Secret = Bytes(Secret), User = new(1002), Main = new(1001) });
        Add(new KeyRecord { Key = "reader", Secret = Bytes(Secret), User = new(1003), Main = new(1003), Scopes = new(PermissionGroups.Spot, PermissionGroups.None) });
        Add(new KeyRecord { Key = "walletonly", Secret = Bytes(Secret), User = new(1004), Main = new(1004), Scopes = default(KeyScopes).With(PermissionGroups.Wallet, false) });
        Add(new KeyRecord { Key = "elsewhere", Secret = Bytes(Secret), User = new(1005), Main = new(1005), IpList = ["10.1.2.3"] });
        Add(new KeyRecord { Key = "here", Secret = Bytes(Secret), User = new(1006), Main = new(1006), IpList = ["10.1.2.3", "127.0.0.1"] });
        Add(new KeyRecord { Key = "locked", Secret = Bytes(Secret), User = new(1007), Main = new(1007), Locked = true });
        host = GatewayHost.Build(
            new GatewayOptions { Urls = ["http://127.0.0.1:0"], RateLimits = limits, Clock = clock ?? TimeProvider.System }, this, [this]);
    }

    public HttpClient Client { get; private set; } = null!;

    public Uri BaseUrl => new(host.BaseUrl);
    public EndpointTable Endpoints => host.Endpoints;

    /// <summary>How many requests reached a handler.</summary>
    public int Handled;

    public static async Task<TestGateway> StartAsync(TimeProvider? clock = null, bool limits = false)
    {
        var gateway = new TestGateway(clock, limits);
        await gateway.host.StartAsync(TestContext.Current.CancellationToken);
        gateway.Client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = gateway.BaseUrl };
        return gateway;
    }

    public bool TryGet(string key, [MaybeNullWhen(false)] out KeyRecord record) => keys.TryGetValue(key, out record);

    public void Map(EndpointTable endpoints)
    {
        endpoints.Map("getSystemTime", request =>
        {
            request.Json.WriteStartObject();
            request.Json.WriteNumber("server_time", request.ReceivedMicros / 1000);
            request.Json.WriteEndObject();
            return ApiResult.Done;
        });
        endpoints.Map("listCurrencies", request =>
        {
            request.Json.WriteStartArray();
            for (var i = 0; i < 500; i++) request.Json.WriteStringValue($"CURRENCY{i}");
            request.Json.WriteEndArray();
            return ApiResult.Done;
        });
        endpoints.Map("listSpotAccounts", _ => throw new InvalidOperationException("on purpose"));
        endpoints.Map("listSpotAccountBook", _ => throw new Runtime.VenueUnavailableException("the log's disk is full"));
        endpoints.Map("setDebitFee", _ => ApiResult.Empty);
        endpoints.Map("lockSubAccount", _ => ApiResult.Empty);
        endpoints.Map("createOrder", request => Echo(request, request.BodyParameters(), checkRate: true));
        endpoints.Map("amendOrder", request => Echo(request, request.QueryOrBodyParameters(), checkRate: true));
        endpoints.Map("listOrders", request => Echo(request, request.QueryParameters(), checkRate: false));
        endpoints.Map("cancelOrder", request => Echo(request, request.QueryParameters(), checkRate: false));
        endpoints.Map("getTransferOrderStatus", request => Echo(request, request.QueryOrBodyParameters(), checkRate: false));
        endpoints.Map("createBatchOrders", request =>
        {
            var items = request.BodyArray(10, out var error);
            if (error is not null) return error;
            request.Json.WriteStartArray();
            foreach (var item in items) request.Json.WriteStringValue(new Parameters(null, item).RequiredText("text"));
            request.Json.WriteEndArray();
            return ApiResult.Done;
        });
    }

    /// <summary>Sends a signed request. Each part of the signature can be replaced, to break it.</summary>
    public Task<Answer> SendAsync(
        string method, string path, string query = "", string? body = null, string key = "full", string? timestamp = null, string? signedQuery = null,
        string? signedBody = null, string? sign = null, params (string Name, string Value)[] headers)
    {
        timestamp ??= DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        sign ??= Signature.Of(Bytes(Secret), method, "/api/v4" + path, signedQuery ?? query, Bytes(signedBody ?? body ?? ""), timestamp);
        return SendPlainAsync(method, path, query, body, [("KEY", key), ("Timestamp", timestamp), ("SIGN", sign), .. headers]);
    }

    public async Task<Answer> SendPlainAsync(string method, string path, string query = "", string? body = null, params (string Name, string Value)[] headers)
    {
        var address = new Uri(host.BaseUrl + "/api/v4" + path + (query.Length > 0 ? "?" + query : ""), AsIs);
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Bytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        }
        foreach (var (name, value) in headers)
        {
            if (name == "Content-Type") request.Content!.Headers.Remove(name);
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content!.Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var all = response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(",", h.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer((int)response.StatusCode, bytes, all);
    }

    /// <summary>Sends bytes as they are and reads until the server closes.</summary>
    public async Task<string> SendRawAsync(string text)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(BaseUrl.Host, BaseUrl.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Bytes(text), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await host.DisposeAsync();
    }

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private void Add(KeyRecord record) => keys.Add(record.Key, record);

    private ApiResult Echo(ApiRequest request, Parameters parameters, bool checkRate)
    {
        var pair = parameters.Text("currency_pair") ?? "none";
        if (checkRate && parameters.Error is null && request.CheckRate(pair) is { } tooMany) return tooMany;
        var amount = parameters.Scaled("amount", 12);
        var reduceOnly = parameters.Flag("reduce_only");
        var side = parameters.Word("side", "buy", "sell");
        var range = Pages.ByPage(parameters);
        var (from, to) = Pages.Span(parameters);
        if (request.Operation.Id == "createOrder") parameters.RequiredText("currency_pair");
        if (parameters.Error is { } error) return error;

        Interlocked.Increment(ref Handled);
        var json = request.Json;
        json.WriteStartObject();
        json.WriteNumber("user", request.User.Value);
        json.WriteString("currency_pair", pair);
        json.WriteString("amount", amount is { } value ? value.ToString(CultureInfo.InvariantCulture) : "none");
        json.WriteString("reduce_only", reduceOnly is { } flag ? (flag ? "yes" : "no") : "none");
        json.WriteNumber("side", side);
        json.WriteNumber("skip", range.Skip);
        json.WriteNumber("limit", range.Limit);
        json.WriteString("span", $"{from}-{to}");
        json.WriteString("text", parameters.Text("text"));
        json.WriteString("path", request.Operation.Path.Contains('{') ? request.PathValue() : "");
        json.WriteString("idempotency", request.IdempotencyText);
        json.WriteNumber("expires", request.ExpiresAtMillis);
        var (high, low, asked) = request.Idempotency();
        json.WriteString("idempotency_hash", $"{high:x}{low:x}");
        json.WriteString("asked_hash", $"{asked:x}");
        json.WriteString("second_hash", $"{request.Idempotency(1).High:x}");
        json.WriteEndObject();
        return ApiResult.Done;
    }

    private static readonly UriCreationOptions AsIs = new() { DangerousDisablePathAndQueryCanonicalization = true };
}

internal sealed record Answer(int Status, byte[] Bytes, Dictionary<string, string> Headers)
{
    public string Text => Encoding.UTF8.GetString(Bytes);
    public JsonElement Json => JsonDocument.Parse(Bytes).RootElement;
    public string? Label => Status >= 400 ? Json.GetProperty("label").GetString() : null;
    public string? Message => Json.GetProperty("message").GetString();
    public string? this[string name] => Json.GetProperty(name).ToString();
}

/// <summary>A wall clock that moves only when told; its monotonic side likewise.</summary>
internal sealed class StoppedClock : TimeProvider
{
    private long ticks;

    public DateTimeOffset Start { get; } = DateTimeOffset.UtcNow;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(GetTimestamp());

    public void Advance(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);
}
