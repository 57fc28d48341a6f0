using System.Globalization;
using Sluice.Server.Gateway;

namespace Sluice.Server.Tests.Gateway;

/// <summary>Checks before the handler: their labels, statuses, sentences, and which comes first.</summary>
public sealed class AdmissionTests
{
    private const string Order = """{"currency_pair":"BTC_USDT","amount":"1.5"}""";

    private static string Seconds(double offset) =>
        (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0 + offset).ToString("F7", CultureInfo.InvariantCulture);

    private static void Refused(Answer answer, int status, string label, string? message = null)
    {
        Assert.Equal((status, label), (answer.Status, answer.Label));
        if (message is not null) Assert.Equal(message, answer.Message);
        else Assert.False(string.IsNullOrWhiteSpace(answer.Message));
    }

    [Fact]
    public async Task A_good_signature_reaches_the_handler_as_its_user()
    {
        await using var gateway = await TestGateway.StartAsync();
        var answer = await gateway.SendAsync("POST", "/spot/orders", body: Order);
        Assert.Equal(201, answer.Status);
        Assert.Equal(("1001", "BTC_USDT", "1500000000000"), (answer["user"], answer["currency_pair"], answer["amount"]));
        Assert.Equal("1002", (await gateway.SendAsync("GET", "/spot/orders", key: "sub"))["user"]);
    }

    [Fact]
    public async Task Each_missing_header_is_named()
    {
        await using var gateway = await TestGateway.StartAsync();
        Refused(await gateway.SendPlainAsync("GET", "/spot/orders"), 401, "MISSING_REQUIRED_HEADER", "Missing required header: Timestamp");
        Refused(await gateway.SendPlainAsync("GET", "/spot/orders", "", null, ("Timestamp", "1")), 401, "MISSING_REQUIRED_HEADER", "Missing required header: KEY");
        Refused(await gateway.SendPlainAsync("GET", "/spot/orders", "", null, ("Timestamp", "1"), ("KEY", "full")), 401, "MISSING_REQUIRED_HEADER",
            "Missing required header: SIGN");
    }

    [Theory]
    [InlineData(-61)]
    [InlineData(62)]
    public async Task Outside_sixty_seconds_is_expired(double offset)
    {
        await using var gateway = await TestGateway.StartAsync();
        Refused(await gateway.SendAsync("GET", "/spot/orders", timestamp: Seconds(offset)), 403, "REQUEST_EXPIRED");
    }

    [Theory]
    [InlineData(-55)]
    [InlineData(55)]
    public async Task Inside_sixty_seconds_with_decimals_is_good(double offset)
    {
        await using var gateway = await TestGateway.StartAsync();
        Assert.Equal(200, (await gateway.SendAsync("GET", "/spot/orders", timestamp: Seconds(offset))).Status);
    }

    [Fact]
    public async Task The_window_ends_at_sixty_seconds_exactly()
    {
        var clock = new StoppedClock();
        await using var gateway = await TestGateway.StartAsync(clock);
        var micros = (clock.Start - DateTimeOffset.UnixEpoch).Ticks / 10;
        string At(long offset) => $"{(micros + offset) / 1_000_000}.{(micros + offset) % 1_000_000:D6}";
        Assert.Equal(200, (await gateway.SendAsync("GET", "/spot/orders", timestamp: At(-60_000_000))).Status);
        Assert.Equal(200, (await gateway.SendAsync("GET", "/spot/orders", timestamp: At(60_000_000))).Status);
        Refused(await gateway.SendAsync("GET", "/spot/orders", timestamp: At(-60_000_001)), 403, "REQUEST_EXPIRED");
        Refused(await gateway.SendAsync("GET", "/spot/orders", timestamp: At(60_000_001)), 403, "REQUEST_EXPIRED");
    }

    [Theory]
    [InlineData("now")]
    [InlineData("1e9")]
    [InlineData("-1")]
    [InlineData("0x10")]
    [InlineData("NaN")]
    [InlineData("99999999999999999999999999999999999999")]
    [InlineData("111111111111111111111111111111111111111111111111111111111111")]
    [InlineData("1700000000,1")]
    public async Task A_timestamp_that_is_no_time_is_expired(string timestamp)
    {
        await using var gateway = await TestGateway.StartAsync();
        Refused(await gateway.SendAsync("GET", "/spot/orders", timestamp: timestamp), 403, "REQUEST_EXPIRED");
    }

    [Fact]
    public async Task The_order_of_checks()
    {
        await using var gateway = await TestGateway.StartAsync();
        Refused(await gateway.SendAsync("GET", "/spot/orders", key: "nobody", timestamp: Seconds(-100)), 403, "REQUEST_EXPIRED");
        Refused(await gateway.SendAsync("GET", "/spot/orders", key: "nobody", sign: "00"), 401, "INVALID_KEY", "Invalid key provided");
        Refused(await gateway.SendAsync("GET", "/spot/orders", key: "elsewhere", sign: "00"), 401, "IP_FORBIDDEN", "Request IP not in whitelist");
        Refused(await gateway.SendAsync("GET", "/spot/orders", key: "walletonly", sign: "00"), 401, "INVALID_SIGNATURE", "Signature mismatch");
        Refused(await gateway.SendAsync("GET", "/spot/orders", key: "locked", sign: "00"), 401, "INVALID_SIGNATURE");
        Refused(await gateway.SendAsync("GET", "/spot/orders", key: "locked"), 403, "ACCOUNT_LOCKED");
        Refused(await gateway.SendAsync("GET", "/spot/orders", key: "walletonly"), 403, "FORBIDDEN", "Request API key does not have spot permission");
        Refused(await gateway.SendAsync("POST", "/spot/orders", body: "not json", key: "reader"), 403, "READ_ONLY");
        Refused(await gateway.SendAsync("DELETE", "/spot/orders/1", key: "reader"), 403, "READ_ONLY");
        Assert.Equal(0, gateway.Handled);
        Assert.Equal(200, (await gateway.SendAsync("GET", "/spot/orders", key: "reader")).Status);
        Assert.Equal(200, (await gateway.SendAsync("GET", "/spot/orders", key: "here")).Status);
    }

    [Fact]
    public async Task Each_group_asks_for_its_own_permission()
    {
        await using var gateway = await TestGateway.StartAsync();
        Refused(await gateway.SendAsync("POST", "/account/debit_fee", key: "walletonly", body: "{}"), 403, "FORBIDDEN",
            "Request API key does not have account permission");
        Refused(await gateway.SendAsync("POST", "/sub_accounts/7/lock", key: "walletonly"), 403, "FORBIDDEN",
            "Request API key does not have sub_accounts permission");
        Assert.Equal(200, (await gateway.SendAsync("GET", "/wallet/order_status", key: "walletonly")).Status);
        Assert.Equal(200, (await gateway.SendAsync("POST", "/wallet/order_status", body: "{}", key: "walletonly")).Status);
    }

    [Fact]
    public async Task A_changed_body_query_or_path_breaks_the_signature()
    {
        await using var gateway = await TestGateway.StartAsync();
        Refused(await gateway.SendAsync("POST", "/spot/orders", body: Order, signedBody: Order.Replace("1.5", "1.6", StringComparison.Ordinal)), 401, "INVALID_SIGNATURE");
        Refused(await gateway.SendAsync("GET", "/spot/orders", query: "limit=10", signedQuery: "limit=11"), 401, "INVALID_SIGNATURE");
        Refused(await gateway.SendAsync("POST", "/spot/orders", query: "x=1", signedQuery: "", body: Order), 401, "INVALID_SIGNATURE");
        Assert.Equal(0, gateway.Handled);
    }

    [Theory]
    [InlineData("text=a%2Cb+c%20d", "text=a%2Cb+c%20d")]
    [InlineData("text=a%2Cb+c%20d", "text=a,b+c d")]
    [InlineData("text=a%2Cb+c%20d", "text=a,b c d")]
    public async Task Each_form_of_the_query_is_accepted_over_the_wire(string sent, string signed)
    {
        await using var gateway = await TestGateway.StartAsync();
        var answer = await gateway.SendAsync("GET", "/spot/orders", query: sent, signedQuery: signed);
        Assert.Equal((200, "a,b c d"), (answer.Status, answer["text"]));
    }

    [Fact]
    public async Task Public_operations_ignore_signatures()
    {
        await using var gateway = await TestGateway.StartAsync();
        Assert.Equal(200, (await gateway.SendAsync("GET", "/spot/time", key: "nobody", sign: "00", timestamp: "1")).Status);
    }

    [Fact]
    public void An_ip_list_knows_ipv4_inside_ipv6_and_admits_nobody_when_unreadable()
    {
        var key = new KeyRecord { Key = "k", Secret = [], User = new(1), Main = new(1), IpList = ["10.0.0.1"] };
        Assert.True(key.Admits(System.Net.IPAddress.Parse("::ffff:10.0.0.1")));
        Assert.True(key.Admits(System.Net.IPAddress.Parse("10.0.0.1")));
        Assert.False(key.Admits(System.Net.IPAddress.Parse("10.0.0.2")));
        Assert.False(key.Admits(System.Net.IPAddress.Parse("::1")));
        var broken = new KeyRecord { Key = "k", Secret = [], User = new(1), Main = new(1), IpList = ["nonsense"] };
        Assert.False(broken.Admits(System.Net.IPAddress.Loopback));
    }

    [Fact]
    public void Scopes_survive_their_text()
    {
        var scopes = default(KeyScopes).With(PermissionGroups.Spot, readOnly: false).With(PermissionGroups.Wallet, readOnly: true);
        Assert.Equal("spot:rw,wallet:r", scopes.ToString());
        Assert.True(KeyScopes.TryParse("spot:rw,wallet:r", out var read));
        Assert.Equal(scopes, read);
        Assert.True(KeyScopes.TryParse(KeyScopes.Full.ToString(), out read));
        Assert.Equal(KeyScopes.Full, read);
        Assert.False(KeyScopes.TryParse("spot", out _));
        Assert.False(KeyScopes.TryParse("moon:rw", out _));
    }

    [Fact]
    public async Task Idempotency_key_and_expiry_are_read_strictly()
    {
        await using var gateway = await TestGateway.StartAsync();
        var millis = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var later = (millis + 60_000).ToString(CultureInfo.InvariantCulture);
        var good = await gateway.SendAsync("POST", "/spot/orders", body: Order, headers: [("Idempotency-Key", "a-1"), ("x-gate-exptime", later)]);
        Assert.Equal((201, "a-1", later), (good.Status, good["idempotency"], good["expires"]));

        foreach (var bad in new[] { new string('k', 65), "two words", "" })
        {
            var answer = await gateway.SendAsync("POST", "/spot/orders", body: Order, headers: [("Idempotency-Key", bad)]);
            Refused(answer, 400, "INVALID_PARAM_VALUE");
        }
        foreach (var bad in new[] { "soon", "1e12", "-5", "0", "1.5", "99999999999999999999999" })
            Refused(await gateway.SendAsync("POST", "/spot/orders", body: Order, headers: [("x-gate-exptime", bad)]), 400, "INVALID_PARAM_VALUE");
        Refused(await gateway.SendAsync("POST", "/spot/orders", body: Order, headers: [("x-gate-exptime", "1700000000000")]), 403, "REQUEST_EXPIRED");
    }

    [Fact]
    public async Task An_idempotency_key_is_the_users_own_and_tells_bodies_apart()
    {
        await using var gateway = await TestGateway.StartAsync();
        async Task<Answer> Send(string key, string body, string idempotency)
        {
            return await gateway.SendAsync("POST", "/spot/orders", key: key, body: body, headers: [("Idempotency-Key", idempotency)]);
        }
        var first = await Send("full", Order, "one");
        var again = await Send("full", Order, "one");
        var changed = await Send("full", Order + " ", "one");
        var other = await Send("full", Order, "two");
        var sub = await Send("sub", Order, "one");
        Assert.Equal((first["idempotency_hash"], first["asked_hash"]), (again["idempotency_hash"], again["asked_hash"]));
        Assert.Equal(first["idempotency_hash"], changed["idempotency_hash"]);
        Assert.NotEqual(first["asked_hash"], changed["asked_hash"]);
        Assert.NotEqual(first["idempotency_hash"], other["idempotency_hash"]);
        Assert.NotEqual(first["idempotency_hash"], sub["idempotency_hash"]);
        Assert.DoesNotContain(first["second_hash"]!, first["idempotency_hash"]!, StringComparison.Ordinal);
        Assert.Equal("00", (await gateway.SendAsync("POST", "/spot/orders", body: Order))["idempotency_hash"]);
    }

    [Fact]
    public async Task Bodies_of_get_and_delete_are_never_read()
    {
        await using var gateway = await TestGateway.StartAsync();
        Assert.Equal(200, (await gateway.SendAsync("DELETE", "/spot/orders/1", body: "{]", signedBody: "")).Status);
        Refused(await gateway.SendAsync("DELETE", "/spot/orders/1", body: "{]"), 401, "INVALID_SIGNATURE");
    }

    [Fact]
    public async Task A_venue_that_takes_no_commands_says_so()
    {
        await using var gateway = await TestGateway.StartAsync();
        Refused(await gateway.SendAsync("GET", "/spot/account_book"), 503, "TOO_BUSY", "the log's disk is full");
    }
}
