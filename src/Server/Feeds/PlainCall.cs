using System.Text;
using System.Text.Json;
using Sluice.Server.Api.Spot;

namespace Sluice.Server.Feeds;

/// <summary>A message that places or cancels one order, as nearly all of them are written (<see cref="PlainOrder"/>): after a login, without a signature and
/// headers of its own.</summary>
internal struct PlainCall
{
    private const int ShortestMessage = 40;

    /// <summary>"spot.order_place" or "spot.order_cancel".</summary>
    public FeedChannel Channel;

    public bool Cancels;
    public PlainOrder Order;

    /// <summary>Letters, digits and signs that need no escape; at most <see cref="PlainRequest.IdBytes"/>. Where it stands in the message.</summary>
    public Range RequestId;

    /// <summary>Where req_param stands in the message.</summary>
    public Range Param;

    /// <summary>Seconds, of the message itself; null when it has none.</summary>
    public long? Time;

    private int seen;

    /// <summary>False when it is anything else; whoever reads it as a document has the words for it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out PlainCall call)
    {
        call = default;
        if (text.Length < ShortestMessage || !Ascii.IsValid(text)) return false;
        try
        {
            var json = new Utf8JsonReader(text);
            return json.Read() && json.TokenType == JsonTokenType.StartObject && call.TryMembers(ref json) && !json.Read() && call.seen == (2 | 4 | 8 | 32 | 64 | (call.seen & (1 | 16)));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private bool TryMembers(ref Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueIsEscaped) return false;
            var name = json.ValueSpan;
            if (!json.Read()) return false;
            var read = name.Length switch
            {
                2 when name.SequenceEqual("id"u8) => First(1) && json.TokenType is JsonTokenType.String or JsonTokenType.Number,       // not for orders
                4 when name.SequenceEqual("time"u8) => First(16) && TryTime(ref json),
                5 when name.SequenceEqual("event"u8) => First(2) && json.TokenType == JsonTokenType.String && json.ValueSpan.SequenceEqual("api"u8),
                7 when name.SequenceEqual("channel"u8) => First(4) && json.TokenType == JsonTokenType.String && TryChannel(json.ValueSpan),
                7 when name.SequenceEqual("payload"u8) => First(8) && Channel is not null && json.TokenType == JsonTokenType.StartObject && TryPayload(ref json),
                _ => false,
            };
            if (!read) return false;
        }
        return json.TokenType == JsonTokenType.EndObject;
    }

    private bool TryPayload(ref Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueIsEscaped) return false;
            var name = json.ValueSpan;
            if (!json.Read()) return false;
            if (name.SequenceEqual("req_id"u8))
            {
                if (!First(32) || json.TokenType != JsonTokenType.String || json.ValueIsEscaped || json.ValueSpan.Length > PlainRequest.IdBytes) return false;
                if (json.ValueSpan.IndexOfAnyExceptInRange((byte)' ', (byte)'~') >= 0) return false;
                RequestId = ((int)json.TokenStartIndex + 1)..((int)json.TokenStartIndex + 1 + json.ValueSpan.Length);
            }
            else if (name.SequenceEqual("req_param"u8))
            {
                if (!First(64) || json.TokenType != JsonTokenType.StartObject) return false;
                var start = (int)json.TokenStartIndex;
                if (!PlainOrder.TryRead(ref json, Cancels, out Order)) return false;
                Param = start..(int)json.BytesConsumed;
            }
            else
            {
                return false;
            }
        }
        return json.TokenType == JsonTokenType.EndObject;
    }

    private bool TryChannel(ReadOnlySpan<byte> name)
    {
        Cancels = name.SequenceEqual("spot.order_cancel"u8);
        return (Cancels || name.SequenceEqual("spot.order_place"u8)) && SpotChannels.TryFind(name, out Channel!);
    }

    private bool TryTime(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out var seconds)) return false;
        Time = seconds;
        return true;
    }

    // A name that comes twice makes the whole message bad.
    private bool First(int bit)
    {
        var first = (seen & bit) == 0;
        seen |= bit;
        return first;
    }
}
