using System.Globalization;
using System.Text.Json;
using Sluice.Fuzz.Tests.Rest;
using Sluice.Fuzz.Tests.Wire;
using Sluice.Tests;

namespace Sluice.Fuzz.Tests.Feeds;

/// <summary>What signs a login, a request and a subscription of the socket: no byte of it can be changed (websocket rules 3 and 14).</summary>
public sealed class SocketSignatureTests
{
    private const int Mutations = 2_000;

    private static readonly string[] Parts = ["signature", "key", "time", "parameters"];

    [Fact]
    public async Task No_byte_of_a_signed_frame_can_be_changed()
    {
        await using var venue = await FuzzVenue.StartAsync();
        var user = await venue.NewUserAsync(("USDT", "100000"));
        await using var stranger = await FuzzSocket.OpenAsync(venue);
        await using var known = await FuzzSocket.OpenAsync(venue);
        await known.LoginAsync(user);
        var before = venue.Host.Views.Shown.Sequence;
        var (counts, wrong) = (new SortedDictionary<string, int>(StringComparer.Ordinal), new List<string>());
        for (var number = 0; number < Counts.Of(Mutations); number++)
        {
            var dice = new Dice(1, 0, number);
            var kind = number % 3;
            var part = dice.Below(kind == 1 ? 4 : 3);
            var time = FuzzSocket.Now.ToString(CultureInfo.InvariantCulture);
            var param = """{"currency_pair":"BTC_USDT","side":"buy","amount":"0.001","price":"80000"}""";
            var sign = FuzzSocket.Hmac(user, kind switch { 0 => $"api\nspot.login\n\n{time}", 1 => $"api\nspot.order_place\n{param}\n{time}", _ => $"channel=spot.orders&event=subscribe&time={time}" });
            var key = user.Key;
            switch (part)
            {
                case 0: sign = Spoil(sign, ref dice); break;
                case 1: key = Spoil(key, ref dice); break;
                case 2: time = Spoil(time, ref dice, digits: true); break;
                default: param = param.Replace("0.001", dice.Of("0.002", "0.01", "0.0010", "1"), StringComparison.Ordinal); break;
            }
            var socket = kind == 1 ? known : stranger;
            await socket.SendAsync(kind switch
            {
                0 => FuzzSocket.Login(user, $"r{number}", time, key, sign),
                1 => $$"""{"time":{{FuzzSocket.Now}},"channel":"spot.order_place","event":"api","payload":{"req_id":"r{{number}}","api_key":"{{key}}","timestamp":"{{time}}","signature":"{{sign}}","req_param":{{param}} } }""",
                _ => $$"""{"time":{{time}},"id":{{number}},"channel":"spot.orders","event":"subscribe","payload":["BTC_USDT"],"auth":{"method":"api_key","KEY":"{{key}}","SIGN":"{{sign}}"} }""",
            });
            var answer = await socket.NextAsync(message => FuzzSocket.Answers(message, $"r{number}") || FuzzSocket.Echoes(message, number) || FuzzSocket.IsUnreadable(message));
            var label = LabelOf(answer);
            counts[label] = counts.GetValueOrDefault(label) + 1;
            string[] allowed = part switch { 1 => ["INVALID_KEY"], 2 => ["REQUEST_EXPIRED", "INVALID_SIGNATURE", "unreadable"], _ => ["INVALID_SIGNATURE"] };
            if (!allowed.Contains(label)) wrong.Add($"{Parts[part]} of {kind}: {answer}");
        }
        Counts.Tell("Socket signature mutations", $"{counts.Values.Sum()}: {string.Join(", ", counts.Select(count => $"{count.Key} {count.Value}"))}; none done");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(20)));
        Assert.Equal(before, venue.Host.Views.Shown.Sequence);
    }

    // Bytes that JSON can carry; a time has digits, or it is another type.
    private static string Spoil(string text, ref Dice dice, bool digits = false)
    {
        var at = dice.Below(text.Length);
        switch (dice.Below(3))
        {
            case 0: return text.Remove(at, 1);
            case 1: return text.Insert(at, text[at..(at + 1)]);
            default:
                var other = digits ? (char)('0' + (text[at] - '0' + 1 + dice.Below(9)) % 10) : char.IsAsciiDigit(text[at]) || dice.Percent(50) ? (char)('g' + dice.Below(20)) : char.ToUpperInvariant(text[at]);
                return $"{text[..at]}{other}{text[(at + 1)..]}";
        }
    }

    private static string LabelOf(JsonElement answer)
    {
        if (answer.TryGetProperty("header", out _)) return FuzzSocket.StatusOf(answer).Label;
        if (!answer.TryGetProperty("error", out var error) || error.ValueKind != JsonValueKind.Object) return "done";
        var message = error.GetProperty("message").GetString()!;
        if (message[0] != '{') return "unreadable";
        using var inner = JsonDocument.Parse(message);
        return inner.RootElement.GetProperty("label").GetString()!;
    }
}
