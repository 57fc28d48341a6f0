using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Sluice.Fuzz.Tests.Rest;
using Sluice.Fuzz.Tests.Wire;
using Sluice.Server.Feeds;
using Sluice.Server.Gateway;
using Sluice.Tests;

namespace Sluice.Fuzz.Tests.Feeds;

/// <summary>Order entry and subscriptions over the socket: good frames, and the same with something spoiled. Each is answered, never as a failure of the
/// server, and money adds up.</summary>
public sealed class SocketFuzzTests
{
    private const int Frames = 20_000;
    private const int Sockets = 8;

    private readonly ConcurrentDictionary<string, int> seen = new();
    private readonly ConcurrentQueue<string> wrong = [];

    [Theory]
    [InlineData("spot")]
    [InlineData("perpetual")]
    [InlineData("delivery")]
    public async Task Every_frame_is_answered_and_money_adds_up(string socket)
    {
        var seed = long.TryParse(Environment.GetEnvironmentVariable("SLUICE_FUZZ_SEED"), CultureInfo.InvariantCulture, out var given) ? given : 1;
        await using var venue = await FuzzVenue.StartAsync();
        var dialect = socket == "spot" ? SocketDialect.Spot : SocketDialect.Of(venue, socket == "delivery");
        var each = int.Max(Counts.Of(Frames) / Sockets, 1);
        await Task.WhenAll(Enumerable.Range(0, Sockets).Select(lane => Task.Run(() => RunAsync(venue, dialect, lane, seed, each))));
        Counts.Tell($"Socket fuzz, {socket}", $"{each * Sockets} frames with seed {seed} over {Sockets} sockets: {string.Join(", ", seen.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{count.Key} {count.Value}"))}");
        Assert.True(wrong.IsEmpty, $"{wrong.Count} went wrong:\n{string.Join('\n', wrong.Take(20))}");
        await venue.CheckAsync($"seed {seed}");
        foreach (var channel in dialect.Calls.Keys) Assert.True(seen.GetValueOrDefault($"{channel} 200") >= Counts.Of(socket == "spot" ? 50 : 20), $"{channel} was done {seen.GetValueOrDefault($"{channel} 200")} times");
    }

    private async Task RunAsync(FuzzVenue venue, SocketDialect dialect, int lane, long seed, int frames)
    {
        var user = await venue.NewUserAsync(("USDT", "1000000"), ("BTC", "10"));
        foreach (var wallet in new[] { "futures:usdt", "delivery:usdt" }) await venue.FundAsync(user.User, "USDT", "1000000", wallet);
        var socket = await FuzzSocket.OpenAsync(venue, dialect.Path);
        await socket.LoginAsync(user, dialect.Prefix);
        var orders = new List<string> { "1" };
        for (var number = 0; number < frames; number++)
        {
            var dice = new Dice(seed, lane, number);
            var frame = "";
            try
            {
                var kind = dice.Below(100);
                frame = kind < 60 ? Call(dialect, ref dice, number, orders) : kind < 95 ? Subscription(dialect, ref dice, user, number) : "";
                if (frame.Length > 0) await socket.SendAsync(frame);
                else
                {
                    var body = dice.Among(Hostile.Bodies);
                    frame = System.Text.Encoding.Latin1.GetString(body);
                    await socket.SendAsync(body, Utf8.IsValid(body) && dice.Percent(50) ? WebSocketMessageType.Text : WebSocketMessageType.Binary);
                }
                var answer = await socket.NextAsync(message => FuzzSocket.Answers(message, $"r{number}") || FuzzSocket.Echoes(message, number) || FuzzSocket.IsUnreadable(message));
                if (Complaint(dialect, answer, orders) is { } complaint) wrong.Enqueue($"seed {seed}, socket {lane}, frame {number}: {complaint}\n  {frame}\n  {answer}");
            }
            catch (Exception broken) when (broken is InvalidOperationException or WebSocketException or KeyNotFoundException)
            {
                wrong.Enqueue($"seed {seed}, socket {lane}, frame {number}: {broken.Message}\n  {frame}");
                await socket.DisposeAsync();
                socket = await FuzzSocket.OpenAsync(venue, dialect.Path);
                await socket.LoginAsync(user, dialect.Prefix);
            }
        }
        await socket.DisposeAsync();
    }

    private string? Complaint(SocketDialect dialect, JsonElement answer, List<string> orders)
    {
        if (!answer.TryGetProperty("header", out var header))
        {
            var failed = answer.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object;
            seen.AddOrUpdate(failed ? $"error {error.GetProperty("code").GetInt32()}" : "subscribed", 1, (_, count) => count + 1);
            return failed && (error.GetProperty("code").GetInt32() is < 1 or > 4 || error.GetProperty("message").GetString()!.Length == 0) ? "has no code or sentence" : null;
        }
        var (status, label) = FuzzSocket.StatusOf(answer);
        seen.AddOrUpdate($"{header.GetProperty("channel").GetString()} {status}", 1, (_, count) => count + 1);
        if (status[0] == '5') return "is a failure of the server";
        if (status[0] == '2')
        {
            var result = answer.GetProperty("data").GetProperty("result");
            if (header.GetProperty("channel").GetString() == dialect.Place && result.ValueKind == JsonValueKind.Object) orders.Add(result.GetProperty("id").GetRawText().Trim('"'));
            if (orders.Count > 32) orders.RemoveAt(0);
            return null;
        }
        return ErrorLabels.All.ContainsKey(label) && answer.GetProperty("data").GetProperty("errs").GetProperty("message").GetString()!.Length > 0 ? null : $"has an unlisted label, {label}, or no sentence";
    }

    private static string Call(SocketDialect dialect, ref Dice dice, int number, List<string> orders)
    {
        var channel = dice.Percent(30) ? dialect.Place : dice.Among(dialect.Calls.Keys.ToArray());
        var text = dialect.Calls[channel].Replace("\"@\"", $"\"{dialect.Price(ref dice)}\"", StringComparison.Ordinal).Replace("\"#\"", $"\"{dice.Among(orders)}\"", StringComparison.Ordinal);
        if (dice.Percent(45)) text = Spoil(ref dice, text);
        return $$"""{"time":{{FuzzSocket.Now}},"channel":"{{channel}}","event":"api","payload":{"req_id":"r{{number}}","req_param":{{text}}{{(dice.Percent(5) ? ",\"req_header\":{\"x-gate-exptime\":" + dice.Among(Hostile.Types) + "}" : "")}} } }""";
    }

    private static string Subscription(SocketDialect dialect, ref Dice dice, Signer user, int number)
    {
        var channel = dice.Among(dialect.Channels.Where(known => known.IsSubscription).ToArray());
        var payload = dialect.Payload(channel, user, ref dice);
        if (dice.Percent(40)) payload = Spoil(ref dice, payload);
        var name = dice.Percent(90) ? dice.Of("\"subscribe\"", "\"unsubscribe\"") : dice.Among(Hostile.Types);
        var time = dice.Percent(92) ? FuzzSocket.Now.ToString(CultureInfo.InvariantCulture) : dice.Among(Hostile.Types);
        var sign = FuzzSocket.Hmac(user, $"channel={channel.Name}&event=subscribe&time={time}");
        var auth = dice.Percent(90) ? $$"""{"method":"api_key","KEY":"{{user.Key}}","SIGN":"{{sign}}"}""" : dice.Among(Hostile.Types);
        return $$"""{"time":{{time}},"id":{{number}},"channel":"{{channel.Name}}","event":{{name}},"payload":{{payload}},"auth":{{auth}} }""";
    }

    // One value of it, or all of it, is something else.
    private static string Spoil(ref Dice dice, string json)
    {
        var other = dice.Below(4) switch
        {
            0 => dice.Among(Hostile.Types),
            1 => JsonSerializer.Serialize(dice.Among(Hostile.Texts)),
            _ => JsonSerializer.Serialize(dice.Among(Hostile.Numbers)),
        };
        if (dice.Percent(15)) return other;
        var node = JsonNode.Parse(json)!;
        const string mark = "@here@";
        switch (node is JsonArray { Count: > 0 } list && list[0] is JsonObject inner ? inner : node)
        {
            case JsonObject map: map[dice.Among(map.Select(entry => entry.Key).ToArray())] = mark; break;
            case JsonArray items: items[dice.Below(items.Count)] = mark; break;
        }
        return node.ToJsonString().Replace($"\"{mark}\"", other, StringComparison.Ordinal);
    }
}
