using System.Buffers.Binary;
using System.Text;
using Sluice.Fuzz.Tests.Feeds;
using Sluice.Fuzz.Tests.Wire;
using Sluice.Server.Feeds;
using Sluice.Tests;

namespace Sluice.Fuzz.Tests.Limits;

/// <summary>Frames that break the protocol or have no end close their own connection and no other; storms of requests end somewhere (RFC 6455,
/// docs/operating/serve.md).</summary>
public sealed class FrameTests
{
    private const int TooBig = 1009, ProtocolError = 1002, NotUtf8 = 1007;

    public static TheoryData<string, int> Broken => new()
    {
        { "a message of more than 256 KiB", TooBig },
        { "fragments without end", TooBig },
        { "text that is no UTF-8", NotUtf8 },
        { "half a character at the end", NotUtf8 },
        { "a reserved opcode", ProtocolError },
        { "a reserved control opcode", ProtocolError },
        { "reserved bits", ProtocolError },
        { "no mask", ProtocolError },
        { "a ping of 126 bytes", ProtocolError },
        { "a ping in fragments", ProtocolError },
        { "a continuation of nothing", ProtocolError },
        { "text within a fragmented text", ProtocolError },
        { "a length of 64 bits", TooBig },
        { "a negative length", ProtocolError },
        { "a close of one byte", ProtocolError },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_broken_frame_ends_its_own_connection(string what, int status)
    {
        await using var venue = await FuzzVenue.StartAsync();
        await using var other = await FuzzSocket.OpenAsync(venue);
        using var connection = await UpgradeAsync(venue);
        var text = Encoding.UTF8.GetBytes(new string('a', 1000));
        switch (what)
        {
            case "a message of more than 256 KiB": await SendAllAsync(connection, Frame(0x81, Encoding.UTF8.GetBytes(new string('a', 300 * 1024)))); break;
            case "fragments without end":
                await SendAllAsync(connection, Frame(0x01, text));
                for (var i = 0; i < 1000; i++) await SendAllAsync(connection, Frame(0x00, text));
                break;
            case "text that is no UTF-8": await SendAllAsync(connection, Frame(0x81, [0x7b, 0xc3, 0x28])); break;
            case "half a character at the end": await SendAllAsync(connection, Frame(0x81, [0x7b, 0xf0, 0x9f])); break;
            case "a reserved opcode": await SendAllAsync(connection, Frame(0x83, text)); break;
            case "a reserved control opcode": await SendAllAsync(connection, Frame(0x8b, "x"u8)); break;
            case "reserved bits": await SendAllAsync(connection, Frame(0xb1, text)); break;
            case "no mask": await SendAllAsync(connection, [0x81, 8, .. "{\"a\":12}"u8]); break;
            case "a ping of 126 bytes": await SendAllAsync(connection, Frame(0x89, new byte[126])); break;
            case "a ping in fragments": await SendAllAsync(connection, Frame(0x09, "x"u8)); break;
            case "a continuation of nothing": await SendAllAsync(connection, Frame(0x80, text)); break;
            case "text within a fragmented text": await SendAllAsync(connection, [.. Frame(0x01, text), .. Frame(0x81, text)]); break;
            case "a length of 64 bits":
                await SendAllAsync(connection, [0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]);
                for (var i = 0; i < 300; i++) await SendAllAsync(connection, text);
                break;
            case "a negative length": await SendAllAsync(connection, [0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]); break;
            default: await SendAllAsync(connection, Frame(0x88, [3])); break;
        }
        var closed = await CloseStatusAsync(connection);
        Assert.True(closed is 0 || closed == status, $"closed with {closed}");       // the client may be cut off before it reads why
        await AnswersAsync(other);
        Assert.Equal(200, (await venue.AskAsync(RawRequest.To("GET", "/spot/time"))).Status);
    }

    [Fact]
    public async Task A_flood_of_pings_and_empty_fragments_holds_nobody_up()
    {
        await using var venue = await FuzzVenue.StartAsync();
        await using var other = await FuzzSocket.OpenAsync(venue);
        using var connection = await UpgradeAsync(venue);
        var pings = Counts.Of(20_000);
        var reading = Task.Run(async () =>
        {
            var bytes = 0L;
            while (bytes < pings * 6L)
            {
                var some = await connection.ReadSomeAsync();
                if (some.Length == 0) break;
                bytes += some.Length;
            }
            return bytes;
        }, TestContext.Current.CancellationToken);
        byte[] hundred = [.. Enumerable.Range(0, 100).SelectMany(_ => Frame(0x89, "ping"u8))];
        for (var i = 0; i < pings / 100; i++)
        {
            await connection.SendAsync(hundred);
            if (i % 20 == 0) await AnswersAsync(other);
        }
        Assert.Equal(pings / 100 * 100 * 6L, await reading);         // each is answered: two bytes of head, four of text
        byte[] empty = [.. Enumerable.Range(0, 1000).SelectMany(_ => Frame(0x00, []))];
        await connection.SendAsync(Frame(0x01, []));
        for (var i = 0; i < 20; i++) await connection.SendAsync(empty);
        await AnswersAsync(other);
    }

    [Fact]
    public async Task A_storm_of_subscriptions_ends_with_what_there_is_to_subscribe_to()
    {
        await using var venue = await FuzzVenue.StartAsync();
        await using var other = await FuzzSocket.OpenAsync(venue);
        var stormy = await FuzzSocket.OpenAsync(venue);
        var pairs = venue.Host.Views.Pairs.Select(pair => pair.Symbol).ToArray();
        var frames = new List<string>();
        foreach (var channel in SpotChannels.All.Where(known => known.IsSubscription && !known.IsPrivate))
        {
            foreach (var pair in pairs)
            {
                string[] payloads = channel.Kind switch
                {
                    ChannelKind.Candlesticks => [.. new[] { "10s", "1m", "5m", "15m", "30m", "1h", "4h", "8h", "1d", "7d" }.Select(interval => $"[\"{interval}\",\"{pair}\"]")],
                    ChannelKind.OrderBookUpdate => [$"[\"{pair}\",\"20ms\"]", $"[\"{pair}\",\"100ms\"]"],
                    ChannelKind.OrderBook => [.. new[] { 5, 10, 20, 50, 100 }.SelectMany(level => new[] { $"[\"{pair}\",\"{level}\",\"100ms\"]", $"[\"{pair}\",\"{level}\",\"1000ms\"]" })],
                    ChannelKind.Obu => [$"[\"ob.{pair}.50\",\"ob.{pair}.400\"]"],
                    _ => [$"[\"{pair}\"]"],
                };
                frames.AddRange(payloads.Select(payload => $"\"channel\":\"{channel.Name}\",\"payload\":{payload}"));
            }
        }
        var (subscribed, failed, asked) = (0, 0, Counts.Of(10_000));
        var reading = Task.Run(async () =>
        {
            while (await stormy.ReadAsync() is { } message)
            {
                if (!message.TryGetProperty("id", out _)) continue;
                if (message.GetProperty("result").GetProperty("status").GetString() == "success") subscribed++;
                else failed++;
                if (subscribed + failed == asked) return;        // what is refused at once overtakes what waits
            }
        }, TestContext.Current.CancellationToken);
        for (var i = 0; i < asked; i++)
        {
            // Twice through all of them, then off and on again.
            var frame = frames[i % frames.Count];
            await stormy.SendAsync($$"""{"time":{{FuzzSocket.Now}},"id":{{i}},"event":"{{(i / frames.Count < 2 || i % 2 == 0 ? "subscribe" : "unsubscribe")}}",{{frame}} }""");
            if (i % 1000 == 0) await AnswersAsync(other);
        }
        await reading;
        Assert.Equal(asked, subscribed + failed);
        var topics = await GaugeAsync(venue, "sluice_socket_topics");
        Assert.InRange(topics, 1, frames.Count * 2);

        // The longest list there may be, against everything: refused or done, and others do not wait.
        var longest = string.Join(',', Enumerable.Range(0, 2000).Select(i => $"\"{pairs[i % pairs.Length]}\""));
        for (var i = 0; i < 50; i++) await stormy.SendAsync($$"""{"time":{{FuzzSocket.Now}},"id":{{i}},"channel":"spot.tickers","event":"unsubscribe","payload":[{{longest}}]}""");
        await AnswersAsync(other);
        await stormy.DisposeAsync();
        while (await GaugeAsync(venue, "sluice_socket_topics") > 0) await AnswersAsync(other);        // all of it goes with the connection
        Counts.Tell("Subscription storm", $"{asked} requests on one socket, {subscribed} done, {failed} refused, {topics} streams at the end");
    }

    [Fact]
    public async Task Who_does_not_read_the_answers_is_dropped()
    {
        await using var venue = await FuzzVenue.StartAsync();
        await using var other = await FuzzSocket.OpenAsync(venue);
        using var connection = await UpgradeAsync(venue);
        var request = Frame(0x81, Encoding.UTF8.GetBytes($$"""{"time":{{FuzzSocket.Now}},"channel":"spot.ping","id":"{{new string('x', 4000)}}"}"""));
        byte[] many = [.. Enumerable.Range(0, 50).SelectMany(_ => request)];
        try
        {
            for (var i = 0; i < 2000; i++)
            {
                await connection.SendAsync(many);
                if (i % 50 == 0) await AnswersAsync(other);
            }
            Assert.Fail("400 MB of unread answers were kept, or their requests unread");
        }
        catch (System.Net.Sockets.SocketException)
        {
            // dropped
        }
        await AnswersAsync(other);
    }

    private static async Task<RawConnection> UpgradeAsync(FuzzVenue venue)
    {
        var connection = await RawConnection.OpenAsync(venue.BaseUrl);
        await connection.SendAsync("GET /ws/v4 HTTP/1.1\r\nHost: venue\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"u8.ToArray());
        Assert.Equal(101, (await connection.ReadAsync())!.Value.Status);
        return connection;
    }

    // Masked, as a client's must be.
    private static byte[] Frame(byte head, ReadOnlySpan<byte> payload)
    {
        var frame = new List<byte> { head };
        var length = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(length, payload.Length);
        if (payload.Length < 126) frame.Add((byte)(0x80 | payload.Length));
        else if (payload.Length < 65_536) frame.AddRange([0xfe, length[6], length[7]]);
        else frame.AddRange([0xff, .. length]);
        byte[] mask = [0x12, 0x34, 0x56, 0x78];
        frame.AddRange(mask);
        for (var i = 0; i < payload.Length; i++) frame.Add((byte)(payload[i] ^ mask[i % 4]));
        return [.. frame];
    }

    // The venue may have closed before the last of it is sent.
    private static async Task SendAllAsync(RawConnection connection, byte[] bytes)
    {
        try
        {
            await connection.SendAsync(bytes);
        }
        catch (System.Net.Sockets.SocketException)
        {
            // cut off while sending
        }
    }

    /// <summary>The status of the close frame; 0 when the connection ended without one.</summary>
    private static async Task<int> CloseStatusAsync(RawConnection connection)
    {
        var status = 0;
        while (await connection.ReadSomeAsync() is { Length: > 0 } some)
        {
            if (status == 0 && some.Length >= 4 && some.Span[0] == 0x88) status = BinaryPrimitives.ReadUInt16BigEndian(some.Span[2..]);
        }
        return status;
    }

    private static async Task AnswersAsync(FuzzSocket socket)
    {
        await socket.SendAsync("""{"channel":"spot.ping"}""");
        await socket.NextAsync(message => message.GetProperty("channel").GetString() == "spot.pong");
    }

    private static async Task<double> GaugeAsync(FuzzVenue venue, string name)
    {
        var (_, text) = await venue.AskAsync(RawRequest.To("GET", "") with { Target = "/metrics" });
        return double.Parse(text.Split('\n').First(line => line.StartsWith(name + " ", StringComparison.Ordinal)).Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
