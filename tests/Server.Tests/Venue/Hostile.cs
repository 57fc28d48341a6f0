using System.Text.Json.Nodes;

namespace Sluice.Server.Tests.Venue;

/// <summary>What nobody should send.</summary>
internal static class Hostile
{
    private static readonly string Digits = "0." + new string('1', 60);

    /// <summary>For a place in a path or query, as it stands on the request line.</summary>
    public static readonly string[] Texts =
    [
        "", "0", "-1", "-0", "+1", "%201", "1e308", "1e-308", "1" + new string('0', 30), "-1" + new string('0', 30), "NaN", "Infinity", Digits, "0x10", "1_000", "1,5",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "2147483648", "4294967296", "true", "null", "[]", "%7B%7D", "%zz", "%", "%ff%fe",
        "%ED%A0%80", "%D9%A1%D9%A2", "..", "%2e%2e%2f", "a%2Fb", "%27%20OR%201=1%20--", new string('a', 1000), "NO_SUCHPAIR", "BTC_USDT_", "btc_usdt", "*", "%0A", "%E2%80%AE",
    ];

    /// <summary>For a value in a body, as JSON.</summary>
    public static readonly string[] Values =
    [
        "null", "true", "0", "-1", "-0", "0.5", "1e308", "1e400", "-1e308", "1" + new string('0', 30), Digits, "9223372036854775807", "9223372036854775808", "2147483648", "[]", "{}",
        "[[]]", "[null]", "[1,\"a\",{}]", "{\"a\":1}", "\"\"", "\" \"", "\"0\"", "\"-1\"", "\"-0\"", "\"+1\"", "\"1e308\"", "\"1e3\"", "\"NaN\"", "\"Infinity\"", "\"1,5\"", "\".5\"", "\"5.\"", "\"0x10\"",
        $"\"1{new string('0', 30)}\"", $"\"{Digits}\"", $"\"-{Digits}\"", "\"9223372036854775808\"", "\"170141183460469231731687303715884105728\"", "\"\\u0000\"", "\"\\ud800\"",
        "\"\\u0661\\u0662\"", "\"NO_SUCHPAIR\"", "\"btc_usdt\"", "\"buy\\n\"", $"\"{new string('a', 5000)}\"", "\"t-\\u00e9\"", "\"0.00000000000000000001\"", "\"80000.01\"",
    ];

    /// <summary>In place of a whole body.</summary>
    public static readonly byte[][] Bodies =
    [
        [], .. new[]
        {
            "null", "[]", "1", "\"x\"", "{", "}", "{}", "{\"a\":1}{\"a\":1}", "{'a':1}", "{\"a\":}", "[{}]", "[[[]]]", "\u0000", "{\"a\":NaN}", "{\"a\":01}",
            string.Concat(Enumerable.Repeat("[", 100)) + string.Concat(Enumerable.Repeat("]", 100)),
            string.Concat(Enumerable.Repeat("{\"a\":", 100)) + "1" + new string('}', 100),
            "{\"\\ud800\":1,\"\\ud800\":2}",
        }.Select(System.Text.Encoding.UTF8.GetBytes),
        [0xff, 0xfe, 0x7b, 0x7d], [.. "{\"text\":\""u8, 0xc3, 0x28, .. "\"}"u8], [0xef, 0xbb, 0xbf, .. "{}"u8],
    ];

    /// <summary>More than any body may have.</summary>
    public static readonly byte[] HugeBody = [.. "{\"text\":\""u8, .. Enumerable.Repeat((byte)'a', 2 << 20), .. "\"}"u8];

    /// <summary>Every value of a body, as the way to it: the keys and indices.</summary>
    public static IEnumerable<object[]> PlacesIn(JsonNode? node, params object[] at)
    {
        if (at.Length > 0) yield return at;
        var inner = node switch
        {
            JsonObject map => map.SelectMany(entry => PlacesIn(entry.Value, [.. at, entry.Key])),
            JsonArray list => list.SelectMany((item, i) => PlacesIn(item, [.. at, i])),
            _ => [],
        };
        foreach (var place in inner) yield return place;
    }

    /// <summary>The body with something else in one place; null takes the place away, and <paramref name="twice"/> adds the key a second time.</summary>
    public static string Replace(JsonNode body, object[] place, string? value, bool twice = false)
    {
        const string mark = "\"@here@\"";
        var copy = body.DeepClone();
        var parent = copy;
        foreach (var step in place[..^1]) parent = step is string key ? parent![key]! : parent![(int)step]!;
        var old = place[^1] is string name ? parent[name] : parent[(int)place[^1]];
        if (value is null && !twice)
        {
            if (place[^1] is string gone) ((JsonObject)parent).Remove(gone);
            else ((JsonArray)parent).RemoveAt((int)place[^1]);
            return copy.ToJsonString();
        }
        var text = old?.ToJsonString() ?? "null";
        if (place[^1] is string at) parent[at] = "@here@";
        else parent[(int)place[^1]] = "@here@";
        var json = copy.ToJsonString();
        return twice && place[^1] is string again ? json.Replace(mark, $"{text},{System.Text.Json.JsonSerializer.Serialize(again)}:{value ?? text}", StringComparison.Ordinal)
            : json.Replace(mark, value ?? text, StringComparison.Ordinal);
    }
}
