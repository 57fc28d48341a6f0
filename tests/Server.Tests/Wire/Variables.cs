using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sluice.Server.Tests.Wire;

/// <summary>What <c>${…}</c> stands for in a golden file: values saved by its set-up, the user, the time, and prices relative to the market
/// (<c>${price:BTC_USDT:0.95}</c>, on the pair's tick, the same all through one file).</summary>
internal sealed partial class Variables
{
    private readonly Dictionary<string, string> values = [];
    private readonly long start = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    public string this[string name] { set => values[name] = value; }

    /// <summary>The text with every variable replaced. An unknown name is an error of the golden file.</summary>
    public string Expand(string text) => Pattern().Replace(text, match => Value(match.Groups[1].Value));

    /// <summary>A copy of the document with every variable in its texts replaced.</summary>
    public JsonNode? Expand(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Select(entry => KeyValuePair.Create(Expand(entry.Key), Expand(entry.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Expand)]),
        JsonValue value when value.TryGetValue<string>(out var text) => JsonValue.Create(Expand(text)),
        _ => node?.DeepClone(),
    };

    /// <summary>The pairs whose price a document asks for.</summary>
    public static IEnumerable<(string Name, string Pair, string Factor)> PricesIn(string document) => Pattern().Matches(document)
        .Select(match => match.Groups[1].Value).Where(name => name.StartsWith("price:", StringComparison.Ordinal)).Distinct()
        .Select(name => (name, name.Split(':')[1], name.Split(':')[2]));

    private string Value(string name)
    {
        if (values.TryGetValue(name, out var value)) return value;
        var moment = Moment().Match(name);
        if (!moment.Success) throw new InvalidDataException($"Nothing is known of ${{{name}}}.");
        var shift = moment.Groups[2].Value.Length == 0 ? 0 : long.Parse(moment.Groups[2].Value, CultureInfo.InvariantCulture);
        return ((moment.Groups[1].Value == "nowms" ? start : start / 1000) + shift).ToString(CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"\$\{([^}]+)\}")]
    private static partial Regex Pattern();

    [GeneratedRegex(@"^(now|nowms)([+-]\d+)?$")]
    private static partial Regex Moment();
}
