using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

namespace Sluice.Server.Feeds;

/// <summary>Reads what clients send and passes it on: pings are answered here, subscriptions go to the publisher, order entry to its session.</summary>
internal sealed class FeedRequests(FeedSocket speaks, IKeyDirectory keys, TimeProvider wall)
{
    private const int WindowSeconds = 60;
    private const string PingSuffix = ".ping";
    private const string Api = "api";

    private static readonly FeedError Unreadable = new(FeedError.Malformed, "invalid argument struct: the message is not a JSON object in UTF-8");

    public PlainCalls? PlainCallsOf(FeedConnection connection) => speaks.Orders.PlainCallsOf(connection);

    /// <param name="message">Null when it is not text.</param>
    public void Receive(FeedConnection connection, byte[]? message)
    {
        var document = message is null ? null : JsonBody.Parse(message, out _);
        if (document is null || document.RootElement.ValueKind != JsonValueKind.Object)
        {
            document?.Dispose();
            new FeedReply("", "").Send(connection, WallMillis, Unreadable);
            return;
        }
        if (!Answer(connection, document)) document.Dispose();
    }

    /// <summary>True when somebody else disposes of the document.</summary>
    private bool Answer(FeedConnection connection, JsonDocument document)
    {
        var root = document.RootElement;
        var isReadable = TryChannel(root, out var channelName, out var known) & TryEvent(root, out var eventName);
        if (isReadable && channelName.Length > 0 && eventName == Api && !channelName.EndsWith(PingSuffix, StringComparison.Ordinal))
        {
            var session = connection.Session ??= new SocketSession(speaks.Orders, connection);
            session.Enter(new SocketCall(connection, document, channelName, known, WallMicros));
            return true;
        }
        var id = RawOf(root, "id");
        var payload = RawOf(root, "payload");
        if (!isReadable || channelName.Length == 0)
        {
            new FeedReply(channelName, eventName, id, payload).Send(connection, WallMillis,
                new FeedError(FeedError.Malformed, "invalid argument struct: channel and event are texts, and a channel is needed"));
            return false;
        }
        if (channelName.EndsWith(PingSuffix, StringComparison.Ordinal))
        {
            FeedReply.Pong(connection, WallMillis, string.Concat(channelName.AsSpan(0, channelName.Length - PingSuffix.Length), ".pong"), id);
            return false;
        }
        var reply = new FeedReply(channelName, eventName, id, payload);
        if (Subscribe(connection, root, reply, known) is { } error) reply.Send(connection, WallMillis, error);
        return false;
    }

    private FeedError? Subscribe(FeedConnection connection, JsonElement root, FeedReply reply, FeedChannel? channel)
    {
        if (reply.Event is not ("subscribe" or "unsubscribe")) return Bad($"invalid argument: unknown event {ApiErrors.Shorten(reply.Event)}");
        if (speaks.Refused.TryGetValue(reply.Channel, out var reason)) return Bad($"{reply.Channel} is not served: {reason}");
        if (channel is not { IsSubscription: true })
            return Bad($"invalid argument: unknown channel {ApiErrors.Shorten(reply.Channel)}");
        var subscribes = reply.Event == "subscribe";
        if (!TryTime(root, out var time, out var isGiven) || (subscribes && !isGiven))
            return new FeedError(FeedError.Malformed, "invalid argument struct: time is the Unix time in whole seconds");

        KeyRecord? signer = null;
        if (subscribes && channel.IsPrivate)
        {
            if (Authenticate(connection, root, reply, channel.Group, time, out signer) is { } refusal)
                return new FeedError(FeedError.NotAuthenticated, $$"""{"label":"{{refusal.Label}}","message":"{{refusal.Message}}"}""");
        }
        else if (subscribes && IsStale(time))
        {
            return Bad($"invalid argument: time differs by more than {WindowSeconds} s from the server's {WallMillis / 1000}");
        }

        if (speaks.Payload.Read(channel, root, new Asker(signer?.User.Value ?? 0, connection.SizesAsTexts, subscribes), out var topics) is { } wrong) return wrong;
        if (!connection.TryWait()) return Bad($"too many requests: {FeedConnection.MostWaiting} wait for their answer");
        speaks.Publisher.Post(new News(subscribes ? NewsKind.Subscribe : NewsKind.Unsubscribe,
            new Subscription(connection, channel, topics, signer?.Key ?? "", reply, signer is null ? null : () => IsGood(signer.Key, connection, channel.Group))));
        return null;
    }

    private bool IsGood(string key, FeedConnection connection, PermissionGroups group) =>
        keys.TryGet(key, out var record) && !record.Locked && record.Admits(connection.Remote) && (record.Scopes.Read & group) != 0;

    /// <summary>The checks of a private subscription, in the order of REST (websocket rules 3).</summary>
    private ApiError? Authenticate(FeedConnection connection, JsonElement root, FeedReply reply, PermissionGroups group, long time, out KeyRecord? signer)
    {
        signer = null;
        if (connection.Holder is { } holder && !root.TryGetProperty("auth", out _)) return AuthenticateHolder(connection, holder, group, out signer);
        if (!root.TryGetProperty("auth", out var auth) || auth.ValueKind != JsonValueKind.Object || !TryText(auth, "KEY", out var key)
            || !TryText(auth, "SIGN", out var sign) || key.Length == 0 || sign.Length == 0)
            return new ApiError("MISSING_REQUIRED_HEADER", "auth needs KEY and SIGN");
        if (IsStale(time)) return new ApiError("REQUEST_EXPIRED", $"gap between request time and server time exceeds {WindowSeconds}; server time is {WallMillis / 1000}");
        if (!keys.TryGet(key, out var record)) return new ApiError("INVALID_KEY", "Invalid key provided");
        if (!record.Admits(connection.Remote)) return new ApiError("IP_FORBIDDEN", "Request IP not in whitelist");
        var text = Encoding.UTF8.GetBytes($"channel={reply.Channel}&event={reply.Event}&time={time}");
        if (!Signature.VerifyText(record.Hash, text, sign)) return new ApiError("INVALID_SIGNATURE", "Signature mismatch");
        return Admit(record, group, out signer);
    }

    /// <summary>As for a signature of the same key, but that the cookie of the handshake stands for it.</summary>
    private ApiError? AuthenticateHolder(FeedConnection connection, string holder, PermissionGroups group, out KeyRecord? signer)
    {
        signer = null;
        if (!keys.TryGet(holder, out var record)) return new ApiError("INVALID_KEY", "Invalid key provided");
        return record.Admits(connection.Remote) ? Admit(record, group, out signer) : new ApiError("IP_FORBIDDEN", "Request IP not in whitelist");
    }

    private ApiError? Admit(KeyRecord record, PermissionGroups group, out KeyRecord? signer)
    {
        signer = null;
        if (record.Locked) return new ApiError("ACCOUNT_LOCKED", "The account of this API key is locked");
        if ((record.Scopes.Read & group) == 0) return new ApiError("FORBIDDEN", $"Request API key does not have {Permissions.NameOf(group)} permission");
        keys.Used(record);
        signer = record;
        return null;
    }

    private bool IsStale(long time) => WallMillis / 1000 - time is > WindowSeconds or < -WindowSeconds;

    /// <summary>As <see cref="TryText"/>; a channel that is known is not made a text anew.</summary>
    private bool TryChannel(JsonElement root, out string text, out FeedChannel? known)
    {
        known = null;
        if (root.TryGetProperty("channel"u8, out var value) && value.ValueKind == JsonValueKind.String)
        {
            var raw = JsonMarshal.GetRawUtf8Value(value);
            if (speaks.Channels.TryFind(raw[1..^1], out known))
            {
                text = known.Name;
                return true;
            }
        }
        if (!TryText(root, "channel", out text)) return false;
        speaks.Channels.TryFind(text, out known);       // written with escapes
        return true;
    }

    private static bool TryEvent(JsonElement root, out string text)
    {
        text = Api;
        return (root.TryGetProperty("event"u8, out var value) && value.ValueKind == JsonValueKind.String && JsonMarshal.GetRawUtf8Value(value).SequenceEqual("\"api\""u8))
            || TryText(root, "event", out text);
    }

    /// <summary>A text that is there or not: null and nothing read as empty.</summary>
    internal static bool TryText(JsonElement element, string name, out string text)
    {
        text = "";
        if (!element.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return true;
        if (value.ValueKind != JsonValueKind.String) return false;
        try
        {
            text = value.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;           // half a surrogate pair
        }
    }

    private static bool TryTime(JsonElement root, out long time, out bool isGiven)
    {
        time = 0;
        isGiven = root.TryGetProperty("time", out var value) && value.ValueKind != JsonValueKind.Null;
        return !isGiven || (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out time) && time is >= 0 and < 100_000_000_000);
    }

    private static byte[]? RawOf(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) ? JsonMarshal.GetRawUtf8Value(value).ToArray() : null;

    private static FeedError Bad(string message) => new(FeedError.BadArgument, message);

    private long WallMicros => (wall.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private long WallMillis => wall.GetUtcNow().ToUnixTimeMilliseconds();
}
