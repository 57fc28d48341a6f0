using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Sluice.Server.Web;

namespace Sluice.Server.Tests.Web;

public sealed class SessionTests(PageVenue venue) : IClassFixture<PageVenue>
{
    private const string Accounts = "/api/v4/spot/accounts";

    [Fact]
    public async Task One_click_signs_the_demo_user_in_and_the_session_does_what_its_key_may()
    {
        using var browser = venue.Browser();
        var (_, before, _) = await browser.SendAsync(HttpMethod.Get, SessionApi.Prefix);
        Assert.False(before.GetProperty("signed_in").GetBoolean());
        Assert.True(before.GetProperty("demo_sign_in").GetBoolean());
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.SendAsync(HttpMethod.Get, Accounts)).Status);

        var (status, session, answer) = await browser.SendAsync(HttpMethod.Post, $"{SessionApi.Prefix}/demo", new { });
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("demokey", session.GetProperty("key").GetString());
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=strict", cookie, StringComparison.Ordinal);

        var (read, accounts, account) = await browser.SendAsync(HttpMethod.Get, Accounts);
        Assert.Equal(HttpStatusCode.OK, read);
        Assert.Contains(accounts.EnumerateArray(), row => row.GetProperty("currency").GetString() == "USDT");
        Assert.False(account.Headers.Contains("Access-Control-Allow-Origin"));

        var order = await browser.SendAsync(HttpMethod.Post, "/api/v4/spot/orders", new { currency_pair = "BTC_USDT", side = "buy", amount = "0.001", price = "70000" });
        Assert.Equal(HttpStatusCode.Created, order.Status);
        Assert.Equal("open", order.Json.GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("https://elsewhere.test", "own")]       // another site's page
    [InlineData("null", "own")]                         // a sandboxed frame
    [InlineData(null, "own")]                           // no browser leaves it out of a write
    [InlineData("own", "guessed")]
    [InlineData("own", null)]
    public async Task A_write_of_a_session_needs_this_origin_and_the_second_secret(string? origin, string? csrf)
    {
        using var browser = await venue.SignedInAsync();
        var refused = await browser.SendAsync(HttpMethod.Post, "/api/v4/spot/orders", new { currency_pair = "BTC_USDT", side = "buy", amount = "0.001", price = "70000" }, origin, csrf);
        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.Equal("FORBIDDEN", refused.Json.GetProperty("label").GetString());
    }

    [Fact]
    public async Task A_read_of_a_session_needs_the_second_secret_and_no_foreign_origin()
    {
        using var browser = await venue.SignedInAsync();
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.SendAsync(HttpMethod.Get, Accounts, csrf: null)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.SendAsync(HttpMethod.Get, Accounts, origin: "https://elsewhere.test")).Status);
        Assert.Equal(HttpStatusCode.OK, (await browser.SendAsync(HttpMethod.Get, Accounts)).Status);
    }

    [Fact]
    public async Task Nobody_signs_in_from_another_origin()
    {
        using var browser = venue.Browser();
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.SendAsync(HttpMethod.Post, $"{SessionApi.Prefix}/demo", new { }, origin: "https://elsewhere.test")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.SendAsync(HttpMethod.Post, SessionApi.Prefix, new { key = "demokey", secret = "demosecret" }, origin: null)).Status);
        Assert.Equal(0, browser.Cookies.Count);
    }

    [Fact]
    public async Task Key_and_secret_sign_in_and_a_wrong_secret_does_not()
    {
        using var browser = venue.Browser();
        var wrong = await browser.SendAsync(HttpMethod.Post, SessionApi.Prefix, new { key = "demokey", secret = "demosecreT" });
        Assert.Equal("INVALID_CREDENTIALS", wrong.Json.GetProperty("label").GetString());
        Assert.Equal(0, browser.Cookies.Count);
        Assert.Equal(HttpStatusCode.OK, (await browser.SendAsync(HttpMethod.Post, SessionApi.Prefix, new { key = "demokey", secret = "demosecret" })).Status);
        Assert.Equal(HttpStatusCode.OK, (await browser.SendAsync(HttpMethod.Get, Accounts)).Status);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_and_its_socket()
    {
        using var browser = await venue.SignedInAsync();
        using var socket = await ConnectAsync(browser.Origin, browser.Cookies);
        Assert.Equal("success", (await SubscribeAsync(socket, "spot.balances")).GetProperty("result").GetProperty("status").GetString());
        var cookies = browser.Cookies.GetCookieHeader(venue.BaseUrl);

        Assert.Equal(HttpStatusCode.OK, (await browser.SendAsync(HttpMethod.Delete, SessionApi.Prefix)).Status);
        var last = await socket.ReceiveAsync(new byte[4096], TestContext.Current.CancellationToken);
        Assert.Equal(WebSocketMessageType.Close, last.MessageType);

        browser.Cookies.SetCookies(venue.BaseUrl, cookies);         // whoever kept the cookie has nothing
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.SendAsync(HttpMethod.Get, Accounts)).Status);
    }

    [Fact]
    public async Task A_socket_tells_private_things_only_when_this_origin_opened_it_with_the_cookie()
    {
        using var browser = await venue.SignedInAsync();
        using var foreign = await ConnectAsync("https://elsewhere.test", browser.Cookies);
        Assert.Equal("fail", (await SubscribeAsync(foreign, "spot.balances")).GetProperty("result").GetProperty("status").GetString());
        using var without = await ConnectAsync(browser.Origin, new CookieContainer());
        Assert.Equal("fail", (await SubscribeAsync(without, "spot.balances")).GetProperty("result").GetProperty("status").GetString());

        using var own = await ConnectAsync(browser.Origin, browser.Cookies);
        Assert.Equal("success", (await SubscribeAsync(own, "spot.balances")).GetProperty("result").GetProperty("status").GetString());
        await browser.SendAsync(HttpMethod.Post, $"{SessionApi.Prefix}/funds/top-up", new { });
        var told = await ReceiveAsync(own);
        Assert.Equal("update", told.GetProperty("event").GetString());
        Assert.Equal("10000", told.GetProperty("result")[0].GetProperty("change").GetString());
    }

    [Fact]
    public async Task A_session_cannot_log_in_to_order_entry_over_the_socket()
    {
        using var browser = await venue.SignedInAsync();
        using var socket = await ConnectAsync(browser.Origin, browser.Cookies);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        await SendAsync(socket, $$"""{"time":{{now}},"channel":"spot.order_list","event":"api","payload":{"req_id":"1","req_param":{"currency_pair":"BTC_USDT","status":"open"} } }""");
        Assert.Equal("AUTHENTICATION_FAILED", (await ReceiveAsync(socket)).GetProperty("data").GetProperty("errs").GetProperty("label").GetString());
    }

    [Fact]
    public async Task Keys_are_made_shown_once_and_deleted_and_give_no_more_than_the_session_has()
    {
        using var browser = await venue.SignedInAsync();
        var made = await browser.SendAsync(HttpMethod.Post, $"{SessionApi.Prefix}/keys", new { name = "reader", perms = new[] { new { name = "spot", read_only = true }, new { name = "account", read_only = false } } });
        Assert.Equal(HttpStatusCode.OK, made.Status);
        var (key, secret) = (made.Json.GetProperty("key").GetString()!, made.Json.GetProperty("secret").GetString()!);

        using var reader = venue.Browser();
        Assert.Equal(HttpStatusCode.OK, (await reader.SendAsync(HttpMethod.Post, SessionApi.Prefix, new { key, secret })).Status);
        Assert.Equal(HttpStatusCode.OK, (await reader.SendAsync(HttpMethod.Get, Accounts)).Status);
        var order = await reader.SendAsync(HttpMethod.Post, "/api/v4/spot/orders", new { currency_pair = "BTC_USDT", side = "buy", amount = "0.001", price = "70000" });
        Assert.Equal("READ_ONLY", order.Json.GetProperty("label").GetString());
        var more = await reader.SendAsync(HttpMethod.Post, $"{SessionApi.Prefix}/keys", new { name = "more", perms = new[] { new { name = "wallet", read_only = false } } });
        Assert.Equal("FORBIDDEN", more.Json.GetProperty("label").GetString());

        var (_, list, _) = await browser.SendAsync(HttpMethod.Get, $"{SessionApi.Prefix}/keys");
        Assert.Contains(list.EnumerateArray(), row => row.GetProperty("key").GetString() == key && !row.TryGetProperty("secret", out _));
        Assert.Equal(HttpStatusCode.OK, (await browser.SendAsync(HttpMethod.Delete, $"{SessionApi.Prefix}/keys/{key}")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await reader.SendAsync(HttpMethod.Get, Accounts)).Status);
    }

    [Fact]
    public async Task F_013_The_size_steps_of_contracts_with_decimals_are_told_to_everybody()
    {
        using var browser = venue.Browser();
        var (status, json, _) = await browser.SendAsync(HttpMethod.Get, $"{SessionApi.Prefix}/steps");
        Assert.Equal(HttpStatusCode.OK, status);
        var steps = json.GetProperty("contracts");
        Assert.Equal("0.01", steps.GetProperty("futures:usdt:ETH_USDT").GetString());
        Assert.False(steps.TryGetProperty("futures:usdt:BTC_USDT", out _));
    }

    [Fact]
    public async Task Name_and_password_sign_in_with_a_code_where_one_was_set_up_and_each_code_once()
    {
        using var browser = await venue.SignedInAsync();
        var shortOne = await browser.SendAsync(HttpMethod.Put, $"{SessionApi.Prefix}/login", new { name = "ada", password = "too short" });
        Assert.Equal(HttpStatusCode.BadRequest, shortOne.Status);
        Assert.Equal(HttpStatusCode.OK, (await browser.SendAsync(HttpMethod.Put, $"{SessionApi.Prefix}/login", new { name = "ada", password = "correct horse" })).Status);

        using var other = venue.Browser();
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.SendAsync(HttpMethod.Post, SessionApi.Prefix, new { name = "ada", password = "correct horsf" })).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.SendAsync(HttpMethod.Post, SessionApi.Prefix, new { name = "nobody", password = "correct horse" })).Status);
        Assert.Equal(HttpStatusCode.OK, (await other.SendAsync(HttpMethod.Post, SessionApi.Prefix, new { name = "ADA", password = "correct horse" })).Status);
        Assert.Equal(HttpStatusCode.OK, (await other.SendAsync(HttpMethod.Get, Accounts)).Status);

        await browser.SendAsync(HttpMethod.Post, $"{SessionApi.Prefix}/login/codes", new { });
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.SendAsync(HttpMethod.Put, $"{SessionApi.Prefix}/login/codes", new { code = "000000x" })).Status);
        var offered = (await browser.SendAsync(HttpMethod.Post, $"{SessionApi.Prefix}/login/codes", new { })).Json.GetProperty("secret").GetString()!;
        string Code() => Totp.At(TotpTests.BytesOf(offered), DateTimeOffset.UtcNow);
        Assert.True((await browser.SendAsync(HttpMethod.Put, $"{SessionApi.Prefix}/login/codes", new { code = Code() })).Json.GetProperty("codes").GetBoolean());

        Assert.Equal(HttpStatusCode.Unauthorized, (await other.SendAsync(HttpMethod.Post, SessionApi.Prefix, new { name = "ada", password = "correct horse" })).Status);
        var code = Code();
        Assert.Equal(HttpStatusCode.OK, (await other.SendAsync(HttpMethod.Post, SessionApi.Prefix, new { name = "ada", password = "correct horse", code })).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.SendAsync(HttpMethod.Post, SessionApi.Prefix, new { name = "ada", password = "correct horse", code })).Status);

        Assert.Equal("", (await browser.SendAsync(HttpMethod.Delete, $"{SessionApi.Prefix}/login")).Json.GetProperty("name").GetString());
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.SendAsync(HttpMethod.Post, SessionApi.Prefix, new { name = "ada", password = "correct horse" })).Status);
    }

    [Fact]
    public async Task A_reset_gives_the_funds_of_the_start()
    {
        using var browser = await venue.SignedInAsync();
        var reset = await browser.SendAsync(HttpMethod.Post, $"{SessionApi.Prefix}/funds/reset", new { });
        Assert.Equal(HttpStatusCode.OK, reset.Status);
        var (_, accounts, _) = await browser.SendAsync(HttpMethod.Get, $"{Accounts}?currency=USDT");
        Assert.Equal("50000", accounts[0].GetProperty("available").GetString());
        Assert.Equal(2, reset.Json.GetProperty("resets_left").GetInt32());
    }

    private async Task<ClientWebSocket> ConnectAsync(string origin, CookieContainer cookies)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", origin);
        socket.Options.Cookies = cookies;
        await socket.ConnectAsync(new Uri($"ws://{venue.BaseUrl.Authority}/v4/ws/spot"), TestContext.Current.CancellationToken);
        return socket;
    }

    private static async Task<JsonElement> SubscribeAsync(ClientWebSocket socket, string channel)
    {
        await SendAsync(socket, $$"""{"time":{{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}},"channel":"{{channel}}","event":"subscribe"}""");
        return await ReceiveAsync(socket);
    }

    private static async Task SendAsync(ClientWebSocket socket, string text) =>
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

    private static async Task<JsonElement> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        var read = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        return JsonDocument.Parse(buffer.AsMemory(0, read.Count)).RootElement;
    }
}
