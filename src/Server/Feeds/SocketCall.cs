using System.Runtime.InteropServices;
using System.Text.Json;
using Sluice.Server.Gateway;

namespace Sluice.Server.Feeds;

/// <summary>One request of the socket's order entry (websocket rules 14.1). Reading never throws: what is missing or of another type is empty.</summary>
internal sealed class SocketCall : IDisposable
{
    private readonly JsonDocument document;

    /// <param name="known">The channel of that name, or null when the address has none.</param>
    public SocketCall(FeedConnection connection, JsonDocument document, string channel, FeedChannel? known, long receivedMicros)
    {
        this.document = document;
        Connection = connection;
        Channel = channel;
        Known = known is { Kind: ChannelKind.Api } ? known : null;
        ReceivedMicros = receivedMicros;
        if (document.RootElement.TryGetProperty("payload", out var payload) && payload.ValueKind == JsonValueKind.Object) Payload = payload;
        IsReadable = Payload.ValueKind == JsonValueKind.Object && FeedRequests.TryText(Payload, "req_id", out _);
        RequestId = TextOf("req_id");
        Param = Find("req_param");
    }

    public FeedConnection Connection { get; }
    public string Channel { get; }

    /// <summary>Null when it is no channel of order entry.</summary>
    public FeedChannel? Known { get; }

    /// <summary>What is asked for: "order_place"; empty when <see cref="Known"/> is null.</summary>
    public string Verb => Known?.Verb ?? "";

    public bool IsLogin => Verb == "login";

    public long ReceivedMicros { get; }
    public string TraceId { get; } = Gateway.TraceId.Next();
    public JsonElement Payload { get; }
    public string RequestId { get; }

    /// <summary>Undefined when absent.</summary>
    public JsonElement Param { get; }

    public bool IsReadable { get; }

    /// <summary>Seconds, of the frame itself; null when it has none.</summary>
    public long? FrameTime => document.RootElement.TryGetProperty("time", out var time) && time.ValueKind == JsonValueKind.Number && time.TryGetInt64(out var seconds) ? seconds : null;

    /// <summary>The text of req_param exactly as it stands in the message: it is signed so.</summary>
    public ReadOnlySpan<byte> ParamText => Param.ValueKind == JsonValueKind.Undefined ? default : JsonMarshal.GetRawUtf8Value(Param);

    /// <summary>Whether it names nothing that an earlier request may be about to make: a new order, or an order by the id the venue gave it.</summary>
    public bool IsIndependent => Verb switch
    {
        "order_place" => true,
        "order_cancel" or "order_amend" => Param.ValueKind == JsonValueKind.Object && !OrderId(new Parameters(null, Param)).StartsWith("t-", StringComparison.Ordinal),
        _ => false,
    };

    public static string OrderId(Parameters parameters) => parameters.Identifier("order_id") ?? parameters.Identifier("id") ?? "";

    /// <summary>The order a request names, which it must.</summary>
    public static ApiError? OrderId(Parameters parameters, out string order)
    {
        order = OrderId(parameters);
        return parameters.Error ?? (order.Length == 0 ? ApiErrors.MissingParam("order_id") : null);
    }

    /// <summary>A text or number of the payload as a text.</summary>
    public string TextOf(string name)
    {
        var value = Find(name);
        if (value.ValueKind == JsonValueKind.Number) return value.GetRawText();
        return value.ValueKind == JsonValueKind.String && FeedRequests.TryText(Payload, name, out var text) ? text : "";
    }

    /// <summary>A header of the request; documents name the object req_header, headers or header.</summary>
    public string? Header(string name)
    {
        foreach (var place in (ReadOnlySpan<string>)["req_header", "headers", "header"])
        {
            var headers = Find(place);
            if (headers.ValueKind != JsonValueKind.Object) continue;
            foreach (var header in headers.EnumerateObject())
            {
                if (header.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number)) continue;
                try
                {
                    if (string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase)) return header.Value.ToString();
                }
                catch (InvalidOperationException)
                {
                    continue;       // half a surrogate pair
                }
            }
        }
        return null;
    }

    public void Dispose() => document.Dispose();

    private JsonElement Find(string name) => Payload.ValueKind == JsonValueKind.Object && Payload.TryGetProperty(name, out var value) ? value : default;
}
