using System.Text;
using System.Text.Json.Nodes;
using Sluice.Fuzz.Tests.Wire;
using Sluice.Server.Gateway;

namespace Sluice.Fuzz.Tests.Limits;

/// <summary>What one caller can hold of the server is bounded, and others are answered meanwhile and afterwards (docs/operating/serve.md).</summary>
public sealed class HttpLimitTests
{
    private static readonly ConnectionLimits Short = new() { HeadersWithin = TimeSpan.FromSeconds(1), Grace = TimeSpan.FromSeconds(2), KeptAlive = TimeSpan.FromSeconds(2) };

    [Theory]
    [InlineData(1024 * 1024, 200)]
    [InlineData(1024 * 1024 + 1, 400)]
    [InlineData(4 * 1024 * 1024, 400)]
    public async Task A_body_has_one_mebibyte(int length, int status)
    {
        await using var venue = await FuzzVenue.StartAsync();
        var user = await venue.NewUserAsync();
        var body = """{"enabled":true}""".PadRight(length);
        var (seen, text) = await venue.AskAsync(user, "POST", "/account/debit_fee", "", body);
        Assert.True(seen == status, $"{seen} {text}");
        if (status == 400) Assert.Equal("INVALID_REQUEST_BODY", (string?)JsonNode.Parse(text)!["label"]);
        await StillThereAsync(venue);
    }

    [Fact]
    public async Task A_chunked_body_has_no_more_and_an_endless_one_is_cut_off()
    {
        await using var venue = await FuzzVenue.StartAsync();
        var user = await venue.NewUserAsync();
        var head = RawRequest.To("POST", "/account/debit_fee").By(user) with { Headers = "Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n" };
        var request = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(head.ToBytes()).Replace("Content-Length: 0\r\n", "", StringComparison.Ordinal));
        var chunk = Encoding.Latin1.GetBytes("10000\r\n" + new string(' ', 0x10000) + "\r\n");
        using var connection = await RawConnection.OpenAsync(venue.BaseUrl);
        await connection.SendAsync(request);
        for (var i = 0; i < 32; i++) await connection.SendAsync(chunk);
        await connection.SendAsync("0\r\n\r\n"u8.ToArray());
        var answer = (await connection.ReadAsync())!.Value;
        Assert.Equal((400, "INVALID_REQUEST_BODY"), (answer.Status, (string?)JsonNode.Parse(answer.Text)!["label"]));

        using var endless = await RawConnection.OpenAsync(venue.BaseUrl);
        await endless.SendAsync(request);
        var sent = 0L;
        try
        {
            for (; sent < 256L << 20; sent += chunk.Length) await endless.SendAsync(chunk);
        }
        catch (System.Net.Sockets.SocketException)
        {
            // cut off while sending
        }
        Assert.InRange(sent, 1L << 20, 64L << 20);
        await StillThereAsync(venue);
    }

    [Theory]
    [InlineData("a long query", 414)]
    [InlineData("a long path", 414)]
    [InlineData("many headers", 431)]
    [InlineData("a long header", 431)]
    [InlineData("two lengths", 400)]
    [InlineData("length and chunks", 400)]
    [InlineData("a folded header", 400)]
    [InlineData("a header without name", 400)]
    [InlineData("a blank before the colon", 400)]
    [InlineData("no host", 400)]
    [InlineData("another protocol", 505)]
    public async Task What_is_too_long_or_no_HTTP_is_refused_before_the_venue_sees_it(string what, int status)
    {
        await using var venue = await FuzzVenue.StartAsync();
        var plain = RawRequest.To("GET", "/spot/time");
        var headers = (string lines) => Encoding.Latin1.GetString((plain with { Headers = lines }).ToBytes());
        var request = what switch
        {
            "a long query" => Encoding.Latin1.GetString((plain with { Query = new string('q', 17_000) }).ToBytes()),
            "a long path" => Encoding.Latin1.GetString((plain with { Target = "/api/v4/" + new string('p', 17_000) }).ToBytes()),
            "many headers" => headers(string.Concat(Enumerable.Range(0, 101).Select(i => $"X-{i}: 1\r\n"))),
            "a long header" => headers($"X-Long: {new string('h', 33_000)}\r\n"),
            "two lengths" => headers("Content-Length: 1\r\nContent-Length: 2\r\n"),
            "length and chunks" => headers("Content-Length: 4\r\nTransfer-Encoding: gzip\r\n"),
            "a folded header" => headers("X-Folded: 1\r\n 2\r\n"),
            "a header without name" => headers(": 1\r\n"),
            "a blank before the colon" => headers("X-Blank : 1\r\n"),
            "no host" => headers("").Replace("Host: venue\r\n", "", StringComparison.Ordinal),
            _ => headers("").Replace("HTTP/1.1", "HTTP/3.7", StringComparison.Ordinal),
        };
        using var connection = await RawConnection.OpenAsync(venue.BaseUrl);
        await connection.SendAsync(Encoding.Latin1.GetBytes(request));
        var answer = (await connection.ReadAsync())!.Value;
        Assert.Equal((status, 0, true), (answer.Status, answer.Body.Length, answer.Closes));
        await StillThereAsync(venue);
    }

    [Fact]
    public async Task JSON_has_sixteen_levels()
    {
        await using var venue = await FuzzVenue.StartAsync();
        var user = await venue.NewUserAsync();
        foreach (var (levels, status) in new[] { (15, 200), (16, 400), (100_000, 400) })
        {
            var nested = new string('[', levels) + new string(']', levels);
            var (seen, text) = await venue.AskAsync(user, "POST", "/account/debit_fee", "", $$"""{"enabled":true,"unknown":{{nested}}}""");
            Assert.True(seen == status, $"{levels}: {seen} {text}");
        }
        await StillThereAsync(venue);
    }

    [Fact]
    public async Task Who_drips_is_cut_off_and_nobody_waits_for_him()
    {
        const int Dripping = 200;
        await using var venue = await FuzzVenue.StartAsync(change: options => options with { Limits = Short });
        var user = await venue.NewUserAsync();
        var post = RawRequest.To("POST", "/account/debit_fee", "", new string(' ', 10_000)).By(user).ToBytes();
        byte[][] starts =
        [
            "GET /api/v4/spot/time HTT"u8.ToArray(), "GET /api/v4/spot/time HTTP/1.1\r\nHost: venue\r\nX-A: "u8.ToArray(), post[..^9_990], [],
        ];
        var drips = Enumerable.Range(0, Dripping).Select(i => Task.Run(async () =>
        {
            using var connection = await RawConnection.OpenAsync(venue.BaseUrl);
            await connection.SendAsync(starts[i % starts.Length]);
            var ended = connection.ReadSomeAsync().AsTask();
            try
            {
                // A byte at a time, until the server has had enough.
                while (!ended.IsCompleted)
                {
                    if (i % starts.Length != 3) await connection.SendAsync("x"u8.ToArray());
                    await Task.WhenAny(ended, Task.Delay(100, TestContext.Current.CancellationToken));
                }
                while ((await ended).Length > 0) ended = connection.ReadSomeAsync().AsTask();
            }
            catch (System.Net.Sockets.SocketException)
            {
                // cut off while sending
            }
        })).ToArray();
        var all = Task.WhenAll(drips);
        var answered = 0;
        while (!all.IsCompleted)
        {
            await StillThereAsync(venue);
            answered++;
        }
        await all;
        Assert.InRange(answered, 10, int.MaxValue);
        await StillThereAsync(venue);
    }

    [Fact]
    public async Task One_connection_too_many_is_closed_and_the_others_are_answered()
    {
        await using var venue = await FuzzVenue.StartAsync(change: options => options with { Limits = new ConnectionLimits { Connections = 20 } });
        var open = new List<RawConnection>();
        var request = RawRequest.To("GET", "/spot/time").ToBytes();
        var closed = 0;
        for (var i = 0; i < 30; i++)
        {
            var connection = await RawConnection.OpenAsync(venue.BaseUrl);
            open.Add(connection);
            await connection.SendAsync(request);
            if (await connection.ReadAsync() is null) closed++;
        }
        Assert.InRange(closed, 10, 12);
        await open[0].SendAsync(request);
        Assert.Equal(200, (await open[0].ReadAsync())!.Value.Status);
        foreach (var connection in open) connection.Dispose();
        while ((await venue.AskAsync(RawRequest.To("GET", "/spot/time"))).Status != 200) await Task.Yield();      // a closed connection frees its place a moment later
    }

    private static async Task StillThereAsync(FuzzVenue venue)
    {
        var (status, text) = await venue.AskAsync(RawRequest.To("GET", "/spot/time"));
        Assert.True(status == 200, $"{status} {text}");
    }
}
