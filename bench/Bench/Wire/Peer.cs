using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Sluice.Client;

namespace Sluice.Bench.Wire;

/// <summary>What HTTP order entry is a ratio to: the least an endpoint for signed orders does. It reads the body, hashes it, verifies the signature, reads the
/// order's JSON and answers one as long as the venue's; there is no market behind it.</summary>
internal sealed class Peer(IEnumerable<Credentials> traders)
{
    private readonly Dictionary<string, byte[]> secrets = traders.ToDictionary(one => one.Key, one => Encoding.UTF8.GetBytes(one.Secret), StringComparer.Ordinal);
    private long orders;

    public async Task PlaceAsync(HttpContext context)
    {
        using var body = new MemoryStream(512);
        await context.Request.Body.CopyToAsync(body);
        if (!IsSigned(context.Request, body.GetBuffer().AsSpan(0, (int)body.Length)))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }
        var order = JsonSerializer.Deserialize(body.GetBuffer().AsSpan(0, (int)body.Length), PeerJson.Default.PeerOrder)!;
        context.Response.StatusCode = StatusCodes.Status201Created;
        await AnswerAsync(context, PeerAnswer.To(order, Interlocked.Increment(ref orders), "open"));
    }

    public async Task CancelAsync(HttpContext context)
    {
        if (!IsSigned(context.Request, default))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }
        var order = new PeerOrder { Pair = context.Request.Query["currency_pair"].ToString(), Text = (string)context.Request.RouteValues["id"]! };
        await AnswerAsync(context, PeerAnswer.To(order, Volatile.Read(ref orders), "cancelled"));
    }

    private static async Task AnswerAsync(HttpContext context, PeerAnswer answer)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(answer, PeerJson.Default.PeerAnswer);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        await context.Response.Body.WriteAsync(json);
    }

    private bool IsSigned(HttpRequest request, ReadOnlySpan<byte> body)
    {
        var headers = request.Headers;
        if (!secrets.TryGetValue(headers["KEY"].ToString(), out var secret)) return false;
        var text = $"{request.Method}\n{request.Path}\n{request.QueryString.Value?.TrimStart('?')}\n{Convert.ToHexStringLower(SHA512.HashData(body))}\n{headers["Timestamp"]}";
        var expected = Convert.ToHexStringLower(HMACSHA512.HashData(secret, Encoding.UTF8.GetBytes(text)));
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.ASCII.GetBytes(headers["SIGN"].ToString()));
    }
}

internal sealed record PeerOrder
{
    [JsonPropertyName("text")] public string? Text { get; init; }
    [JsonPropertyName("currency_pair")] public string? Pair { get; init; }
    [JsonPropertyName("side")] public string? Side { get; init; }
    [JsonPropertyName("type")] public string? Type { get; init; }
    [JsonPropertyName("amount")] public string? Amount { get; init; }
    [JsonPropertyName("price")] public string? Price { get; init; }
    [JsonPropertyName("time_in_force")] public string? Force { get; init; }
    [JsonPropertyName("account")] public string? Account { get; init; }
}

/// <summary>An answer as long as the venue's.</summary>
internal sealed record PeerAnswer
{
    [JsonPropertyName("id")] public required string Id { get; init; }
    [JsonPropertyName("text")] public string? Text { get; init; }
    [JsonPropertyName("status")] public required string Status { get; init; }
    [JsonPropertyName("currency_pair")] public string? Pair { get; init; }
    [JsonPropertyName("side")] public string? Side { get; init; }
    [JsonPropertyName("type")] public string? Type { get; init; }
    [JsonPropertyName("amount")] public string? Amount { get; init; }
    [JsonPropertyName("price")] public string? Price { get; init; }
    [JsonPropertyName("create_time_ms")] public long Created { get; init; }
    [JsonPropertyName("rest")] public string Rest { get; init; } = new('x', 450);

    public static PeerAnswer To(PeerOrder order, long id, string status) => new()
    {
        Id = id.ToString(null, null), Text = order.Text, Status = status, Pair = order.Pair, Side = order.Side, Type = order.Type, Amount = order.Amount, Price = order.Price,
        Created = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
    };
}

[JsonSerializable(typeof(PeerOrder)), JsonSerializable(typeof(PeerAnswer))]
internal sealed partial class PeerJson : JsonSerializerContext;
