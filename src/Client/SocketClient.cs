using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Sluice.Client;

/// <summary>A socket of the API: frames out, frames in. One reader, any number of senders.</summary>
public sealed class SocketClient : IDisposable
{
    private readonly ClientWebSocket socket = new();
    private readonly SemaphoreSlim sending = new(1, 1);
    private byte[] buffer = new byte[64 * 1024];

    /// <param name="baseUrl">Scheme, host and port, http or ws.</param>
    public static Task<SocketClient> ConnectAsync(string baseUrl, string path = "/ws/v4/", CancellationToken cancellation = default) => ConnectAsync(baseUrl, path, hasDecimalSizes: false, cancellation);

    /// <param name="baseUrl">Scheme, host and port, http or ws.</param>
    /// <param name="hasDecimalSizes">Sizes of contracts come as texts, which may have decimals.</param>
    public static async Task<SocketClient> ConnectAsync(string baseUrl, string path, bool hasDecimalSizes, CancellationToken cancellation)
    {
        var client = new SocketClient();
        var address = baseUrl.StartsWith("http", StringComparison.Ordinal) ? string.Concat("ws", baseUrl.AsSpan(4)) : baseUrl;
        if (hasDecimalSizes) client.socket.Options.SetRequestHeader(RestClient.SizeDecimalHeader, "1");
        await client.socket.ConnectAsync(new Uri(address + path), cancellation);
        return client;
    }

    public async Task SendAsync(string json, CancellationToken cancellation = default)
    {
        await sending.WaitAsync(cancellation);
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, true, cancellation);
        }
        finally
        {
            sending.Release();
        }
    }

    public Task SubscribeAsync(string channel, string payloadJson, Credentials? credentials = null, CancellationToken cancellation = default)
    {
        var time = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var auth = credentials is null ? ""
            : $",\"auth\":{{\"method\":\"api_key\",\"KEY\":\"{credentials.Key}\",\"SIGN\":\"{credentials.SignSubscription(channel, "subscribe", time)}\"}}";
        return SendAsync($"{{\"time\":{time},\"channel\":\"{channel}\",\"event\":\"subscribe\",\"payload\":{payloadJson}{auth}}}", cancellation);
    }

    /// <summary>Logs in for order entry; the answer comes as a frame whose request_id is "login".</summary>
    public Task LoginAsync(Credentials credentials, CancellationToken cancellation = default)
    {
        var time = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var sign = credentials.SignSocketRequest("spot.login", "", time);
        return SendAsync($"{{\"time\":{time},\"channel\":\"spot.login\",\"event\":\"api\",\"payload\":{{\"req_id\":\"login\",\"api_key\":\"{credentials.Key}\","
            + $"\"timestamp\":\"{time}\",\"signature\":\"{sign}\"}}}}", cancellation);
    }

    public Task RequestAsync(string channel, string requestId, string parametersJson, CancellationToken cancellation = default) =>
        SendAsync($"{{\"time\":{DateTimeOffset.UtcNow.ToUnixTimeSeconds()},\"channel\":\"{channel}\",\"event\":\"api\",\"payload\":{{\"req_id\":\"{requestId}\","
            + $"\"req_param\":{parametersJson}}}}}", cancellation);

    /// <summary>The next frame's bytes, good until the next call; empty when the other side has closed.</summary>
    public async Task<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellation = default)
    {
        var length = 0;
        while (true)
        {
            if (length == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
            var received = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation);
            if (received.MessageType == WebSocketMessageType.Close) return default;
            length += received.Count;
            if (received.EndOfMessage) return buffer.AsMemory(0, length);
        }
    }

    /// <summary>The next frame that passes, as a copy.</summary>
    public async Task<JsonElement> ReceiveAsync(Func<JsonElement, bool> wanted, CancellationToken cancellation = default)
    {
        while (true)
        {
            var frame = await ReceiveAsync(cancellation);
            if (frame.IsEmpty) throw new EndOfStreamException("The venue closed the socket.");
            var json = JsonSerializer.Deserialize(frame.Span, AnswerJson.Default.JsonElement);
            if (wanted(json)) return json;
        }
    }

    public void Dispose()
    {
        socket.Dispose();
        sending.Dispose();
    }
}
