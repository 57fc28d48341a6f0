using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Server.Tests.Venue;

/// <summary>Bad input on what stands beside the API: the control API, and bytes that are hardly HTTP.</summary>
public sealed class BadControlTests(QuietVenue venue) : IClassFixture<QuietVenue>
{
    private const int ValuesPerPlace = 16;

    // Every call of the control API that takes something.
    private static readonly (string Path, string Body)[] Calls =
    [
        ("users", """{"name":"somebody"}"""),
        ("users/USER/fund", """{"wallet":"spot","asset":"USDT","amount":"10"}"""),
        ("PUT users/USER/points", """{"enabled":true}"""),
        ("PUT points", """{"currency":"USDT","value":"2.5"}"""),
        ("PUT users/USER/auto_margin", """{"contract":"futures:usdt:BTC_USDT","side":"long","amount":"10"}"""),
        ("users/USER/reset", "{}"),
        ("prices", """{"prices":{"BTC_USDT":"65000"},"kind":"index","mode":"pin"}"""),
        ("prices", """{"names":["BTC_USDT"],"mode":"release"}"""),
        ("liquidity", """{"instruments":["spot:SOL_USDT"],"mode":"off"}"""),
        ("shock", """{"percent":-1,"instruments":["spot:SOL_USDT"]}"""),
        ("instruments", """{"symbol":"SOL_ETH","price_decimals":6,"size_decimals":3,"reference_price":"0.05","status":"tradable"}"""),
        ("instruments/spot:SOL_USDT/status", """{"status":"trading"}"""),
        ("instruments/futures:usdt:NVDA_USDT/actions", """{"kind":"dividend","amount":"0.26","reference":"q4","at":1900000000}"""),
        ("instruments/futures:usdt:NVDA_USDT/actions", """{"kind":"split","new_shares":4,"old_shares":1,"reference":"split","at":1900000000}"""),
        ("PUT instruments/futures:usdt:BTC_USDT",
            """{"taker_fee_rate":"0.0005","orders_limit":100,"funding_interval":28800,"enable_credit":false,"tiers":[{"risk_limit":"1000000","maintenance_rate":"0.004","initial_rate":"0.005"}],"liq_surplus_mode":"insurance","config_grace":60}"""),
        ("clock/advance", """{"seconds":1}"""),
        ("pause", """{"paused":false}"""),
    ];

    [Fact]
    public async Task Every_call_of_the_operator_withstands_what_nobody_should_send()
    {
        var user = await venue.NewUserAsync();
        var watch = new Withstanding(venue);
        foreach (var (template, text) in Calls)
        {
            var (path, body) = (template.Replace("USER", $"{user.User}", StringComparison.Ordinal).Replace("PUT ", "", StringComparison.Ordinal), JsonNode.Parse(text)!);
            var method = template.StartsWith("PUT ", StringComparison.Ordinal) ? "PUT" : "POST";
            watch.Begin((ulong)text.Length);
            async Task TryAsync(string what, string to, byte[] sent, string? token = null, bool refused = false) =>
                watch.Answered($"{to}, {what},", await venue.Caller.OperateAsync(method, to, sent, token), refused);

            foreach (var place in Hostile.PlacesIn(body))
            {
                var at = string.Join('/', place);
                foreach (var value in watch.Some(Hostile.Values, ValuesPerPlace)) await TryAsync($"{at}={value}", path, Encoding.UTF8.GetBytes(Hostile.Replace(body, place, value)));
                await TryAsync($"{at} missing", path, Encoding.UTF8.GetBytes(Hostile.Replace(body, place, null)));
                if (place[^1] is string) await TryAsync($"{at} twice", path, Encoding.UTF8.GetBytes(Hostile.Replace(body, place, null, twice: true)), refused: true);
            }
            foreach (var other in Hostile.Bodies) await TryAsync($"body {Encoding.Latin1.GetString(other)}", path, other);
            await TryAsync("a huge body", path, Hostile.HugeBody, refused: true);
            await TryAsync("another token", path, Encoding.UTF8.GetBytes(text), new string('0', 64), refused: true);
        }
        foreach (var odd in new[] { "users/0/reset", "users/-1/reset", "users/99999999999/fund", "users/NaN/reset", "instruments/NO_SUCHPAIR/status", "instruments/spot:/status", "nothing", "users/1/2/3", "%ff" })
            watch.Answered(odd, await venue.Caller.OperateAsync("POST", odd, "{}"u8.ToArray()), mustRefuse: true);
        await watch.EndAsync(askedLeast: 400);
    }

    // What HTTP itself does not allow is refused by the web server, before anything of the venue sees it: 400 and no body.
    [Theory]
    [InlineData("GET /api/v4/spot/currency_pairs/%00 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "400")]
    [InlineData("GET /api/v4/spot/time\0 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "400")]
    [InlineData("GET /api/v4/spot/time HTTP/9.9\r\nHost: localhost\r\n\r\n", "505")]
    [InlineData("GET /api/v4/spot/time HTTP/1.1\r\nConnection: close\r\n\r\n", "400")]
    [InlineData("GET /api/v4/spot/time HTTP/1.1\r\nHost: localhost\r\nKEY: a\0b\r\nConnection: close\r\n\r\n", "400")]
    [InlineData("\0\0\0\0\r\n\r\n", "400")]
    [InlineData("POST /api/v4/spot/orders HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", "400")]
    [InlineData("POST /api/v4/spot/orders HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\nConnection: close\r\n\r\n", "401")]
    public async Task What_is_hardly_HTTP_is_refused_and_the_venue_goes_on(string request, string status)
    {
        var before = venue.Portrait();
        using var socket = new TcpClient();
        var address = new Uri(venue.Host.BaseUrl);
        await socket.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        Assert.StartsWith($"HTTP/1.1 {status} ", await reader.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(before, venue.Portrait());
        Assert.Equal(200, (await venue.Caller.GetAsync("/api/v4/spot/time")).Status);
    }
}
