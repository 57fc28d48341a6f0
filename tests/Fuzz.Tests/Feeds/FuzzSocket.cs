using System.Globalization;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.Fuzz.Tests.Wire;

namespace Sluice.Fuzz.Tests.Feeds;

/// <summary>A client of the venue's socket.</summary>
internal sealed class FuzzSocket : IAsyncDisposable
{
    private readonly ClientWebSocket socket = new();
    private byte[] buffer = new byte[64 * 1024];

    public static async Task<FuzzSocket> OpenAsync(FuzzVenue venue, string path = "/ws/v4")
    {
        var client = new FuzzSocket();
        await client.socket.ConnectAsync(new Uri(venue.BaseUrl.Replace("http", "ws", StringComparison.Ordinal) + path), TestContext.Current.CancellationToken);
        return client;
    }

    public static long Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    public static string Hmac(Signer signer, string text) => Convert.ToHexStringLower(HMACSHA512.HashData(signer.SecretBytes, Encoding.UTF8.GetBytes(text)));

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public Task SendAsync(byte[] message, WebSocketMessageType type) => socket.SendAsync(message, type, true, TestContext.Current.CancellationToken);

    /// <summary>The next message; null when the venue has closed.</summary>
    public async Task<JsonElement?> ReadAsync()
    {
        var length = 0;
        while (true)
        {
            if (length == buffer.Length) Array.Resize(ref buffer, length * 2);
            ValueWebSocketReceiveResult part;
            try
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(length), TestContext.Current.CancellationToken);
            }
            catch (WebSocketException)
            {
                return null;
            }
            if (part.MessageType == WebSocketMessageType.Close) return null;
            length += part.Count;
            if (!part.EndOfMessage) continue;
            using var document = JsonDocument.Parse(buffer.AsMemory(0, length));
            return document.RootElement.Clone();
        }
    }

    /// <summary>The next message that fits.</summary>
    public async Task<JsonElement> NextAsync(Predicate<JsonElement> fits)
    {
        while (await ReadAsync() is { } message)
        {
            if (fits(message)) return message;
        }
        throw new InvalidOperationException("The venue has closed the connection.");
    }

    /// <summary>What could not be read at all is answered without an id.</summary>
    public static bool IsUnreadable(JsonElement message) => !message.TryGetProperty("id", out _) && !message.TryGetProperty("request_id", out _)
        && message.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object && Text(message, "event") is not "update";

    /// <summary>Whether it is the last answer to a request of the order entry.</summary>
    public static bool Answers(JsonElement message, string id) =>
        Text(message, "request_id") == id && !(message.TryGetProperty("ack", out var ack) && ack.ValueKind == JsonValueKind.True);

    public static bool Echoes(JsonElement message, long id) => message.TryGetProperty("id", out var echoed) && echoed.ValueKind == JsonValueKind.Number && echoed.TryGetInt64(out var number) && number == id;

    /// <summary>The label of an answer of the order entry; empty when it is done.</summary>
    public static (string Status, string Label) StatusOf(JsonElement answer) => (answer.GetProperty("header").GetProperty("status").GetString()!,
        answer.GetProperty("data").TryGetProperty("errs", out var errors) ? errors.GetProperty("label").GetString()! : "");

    public static string Login(Signer signer, string id, string? time = null, string? key = null, string? signature = null, string prefix = "spot")
    {
        var at = time ?? Now.ToString(CultureInfo.InvariantCulture);
        return $$"""{"time":{{Now}},"channel":"{{prefix}}.login","event":"api","payload":{"req_id":"{{id}}","api_key":"{{key ?? signer.Key}}","timestamp":"{{at}}","signature":"{{signature ?? Hmac(signer, $"api\n{prefix}.login\n\n{at}")}}"} }""";
    }

    public async Task LoginAsync(Signer signer, string prefix = "spot")
    {
        await SendAsync(Login(signer, "login", prefix: prefix));
        Assert.Equal("200", StatusOf(await NextAsync(message => Answers(message, "login"))).Status);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived) await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", TestContext.Current.CancellationToken);
        }
        catch (WebSocketException)
        {
            // The venue has gone first.
        }
        socket.Dispose();
    }

    private static string? Text(JsonElement message, string name) => message.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
