using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sluice.Server.Tests.Wire;

/// <summary>Compares an answer with what a golden file expects. A value of the file is a literal, or a matcher in angle brackets:
/// <list type="bullet">
/// <item><c>&lt;string&gt;</c> not empty; <c>&lt;string:any|decimal|positive|rate|int|seconds|ms|multiple:N&gt;</c> a text of that form</item>
/// <item><c>&lt;decimal:V&gt;</c> a text that equals V in value, trailing zeros allowed; <c>&lt;number:V&gt;</c> a JSON number written V</item>
/// <item><c>&lt;int&gt;</c>, <c>&lt;int:positive|32|ms|seconds|seconds0&gt;</c> a JSON integer; <c>&lt;bool&gt;</c>; <c>&lt;any&gt;</c>; <c>&lt;enum:a|b&gt;</c></item>
/// <item><c>&lt;absent&gt;</c> the property is missing; a trailing question mark (<c>&lt;any?&gt;</c>) allows missing or null</item>
/// <item>lists: <c>["&lt;each&gt;", x]</c> not empty, all fit; <c>["&lt;each?&gt;", x]</c> may be empty; <c>["&lt;some&gt;", x]</c> one fits;
/// <c>["&lt;count:2&gt;", x]</c> or <c>["&lt;count:1-10&gt;", x]</c> that many, all fit; any other list is element by element</item>
/// <item>objects: the same properties, no more, no less; <c>{"$map": [key, value]}</c> is a non-empty map (<c>$map?</c>: may be empty)</item>
/// </list></summary>
internal sealed partial class Matcher(Variables variables, bool loose = false)
{
    private readonly List<string> mismatches = [];

    /// <summary>Every difference with the place where it is. <paramref name="loose"/> lets answers have properties the file does not name.</summary>
    public static IReadOnlyList<string> Compare(JsonNode? expected, JsonNode? actual, Variables variables, bool loose = false)
    {
        var matcher = new Matcher(variables, loose);
        matcher.Visit("$", expected, actual);
        return matcher.mismatches;
    }

    private void Visit(string at, JsonNode? expected, JsonNode? actual)
    {
        switch (expected)
        {
            case JsonObject wanted: Visit(at, wanted, actual); break;
            case JsonArray wanted: Visit(at, wanted, actual); break;
            case JsonValue value when value.TryGetValue<string>(out var text): VisitText(at, text, actual); break;
            default: Require(JsonNode.DeepEquals(expected, actual), at, expected?.ToJsonString() ?? "null", actual); break;
        }
    }

    private void Visit(string at, JsonObject wanted, JsonNode? actual)
    {
        if (actual is not JsonObject answer)
        {
            Require(false, at, "an object", actual);
            return;
        }

        if ((wanted["$map"] ?? wanted["$map?"]) is JsonArray map)
        {
            Require(answer.Count > 0 || wanted.ContainsKey("$map?"), at, "a map with at least one entry", actual);
            foreach (var (key, value) in answer)
            {
                Visit($"{at} key", map[0], JsonValue.Create(key));
                Visit($"{at}.{key}", map[1], value);
            }

            return;
        }

        foreach (var (name, value) in wanted)
        {
            var present = answer.TryGetPropertyValue(name, out var seen);
            if (value is JsonValue v && v.TryGetValue<string>(out var text) && Form(text) is { } form)
            {
                if (form == "absent")
                {
                    Require(!present || seen is null, $"{at}.{name}", "nothing", seen);
                    continue;
                }

                if (form.EndsWith('?') && seen is null) continue;
            }

            if (!present) mismatches.Add($"{at}.{name} is missing");
            else Visit($"{at}.{name}", value, seen);
        }

        if (loose) return;
        foreach (var (name, seen) in answer)
            if (!wanted.ContainsKey(name)) mismatches.Add($"{at}.{name} is not in the golden file: {seen?.ToJsonString() ?? "null"}");
    }

    private void Visit(string at, JsonArray wanted, JsonNode? actual)
    {
        if (actual is not JsonArray answer)
        {
            Require(false, at, "a list", actual);
            return;
        }

        if (ListForm(wanted) is not { } form)
        {
            Require(answer.Count == wanted.Count, at, $"{wanted.Count} elements", actual);
            for (var i = 0; i < Math.Min(answer.Count, wanted.Count); i++) Visit($"{at}[{i}]", wanted[i], answer[i]);
            return;
        }

        if (form == "some")
        {
            Require(answer.Any(element => Compare(wanted[1], element, variables, loose).Count == 0), at, $"one element that fits {wanted[1]!.ToJsonString()}", actual);
            return;
        }

        if (form == "each") Require(answer.Count > 0, at, "at least one element", actual);
        if (form.StartsWith("count:", StringComparison.Ordinal))
        {
            var bounds = form[6..].Split('-').Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
            Require(answer.Count >= bounds[0] && answer.Count <= bounds[^1], at, $"{form[6..]} elements, not {answer.Count},", actual);
        }

        for (var i = 0; i < answer.Count; i++) Visit($"{at}[{i}]", wanted[1], answer[i]);
    }

    private void VisitText(string at, string text, JsonNode? actual)
    {
        if (Form(text) is not { } form)
        {
            var literal = variables.Expand(text);
            Require(actual is JsonValue value && value.TryGetValue<string>(out var seen) && seen == literal, at, $"\"{literal}\"", actual);
            return;
        }

        if (form.EndsWith('?'))
        {
            if (actual is null) return;
            form = form[..^1];
        }

        var (kind, detail) = form.IndexOf(':') is var colon and > 0 ? (form[..colon], variables.Expand(form[(colon + 1)..])) : (form, "");
        Require(Fits(kind, detail, actual), at, text == form ? text : variables.Expand(text), actual);
    }

    private static bool Fits(string kind, string detail, JsonNode? actual)
    {
        if (kind == "any") return actual is not null;
        if (actual is not JsonValue value) return false;
        var isText = value.TryGetValue<string>(out var text);
        return kind switch
        {
            "string" => isText && FitsText(detail, text!),
            "decimal" => isText && DecimalForm().IsMatch(text!) && SameValue(text!, detail),
            "number" => !isText && value.ToJsonString() == detail,
            "bool" => value.TryGetValue<bool>(out _),
            "enum" => detail.Split('|').Contains(isText ? text : value.ToJsonString()),
            "int" => !isText && value.TryGetValue<long>(out var number) && FitsInteger(detail, number),
            _ => throw new InvalidDataException($"<{kind}:{detail}> is not a matcher."),
        };
    }

    private static bool FitsText(string detail, string text) => detail switch
    {
        "" => text.Length > 0,
        "any" => true,
        "decimal" => DecimalForm().IsMatch(text),
        "positive" => DecimalForm().IsMatch(text) && text[0] != '-' && text.Any(c => c is >= '1' and <= '9'),
        "rate" => DecimalForm().IsMatch(text) && Math.Abs(double.Parse(text, CultureInfo.InvariantCulture)) < 1,
        "int" => IntegerForm().IsMatch(text),
        "seconds" => IntegerForm().IsMatch(text) && text.Length == 10,
        "ms" => MillisecondsForm().IsMatch(text),
        _ when detail.StartsWith("multiple:", StringComparison.Ordinal) => BigInteger.TryParse(text.Split('.')[0], out var number)
            && number % BigInteger.Parse(detail[9..]) == 0 && !text.SkipWhile(c => c != '.').Any(c => c is >= '1' and <= '9'),
        _ => throw new InvalidDataException($"<string:{detail}> is not a matcher."),
    };

    private static bool FitsInteger(string detail, long number) => detail switch
    {
        "" => true,
        "positive" => number > 0,
        "32" => number is >= int.MinValue and <= int.MaxValue,
        "ms" => number is > 1_000_000_000_000 and < 10_000_000_000_000,
        "seconds" => number is > 1_000_000_000 and < 10_000_000_000,
        "seconds0" => number is 0 or (> 1_000_000_000 and < 10_000_000_000),
        _ => throw new InvalidDataException($"<int:{detail}> is not a matcher."),
    };

    private static bool SameValue(string left, string right) => Plain(left) == Plain(right);

    private static string Plain(string text)
    {
        var negative = text.StartsWith('-');
        var parts = text.TrimStart('-').Split('.');
        var whole = parts[0].TrimStart('0');
        var fraction = parts.Length > 1 ? parts[1].TrimEnd('0') : "";
        return whole.Length + fraction.Length == 0 ? "0" : $"{(negative ? "-" : "")}{whole}.{fraction}";
    }

    /// <summary>The inside of a matcher, or null for a literal.</summary>
    internal static string? Form(string text) => text.Length > 2 && text[0] == '<' && text[^1] == '>' ? text[1..^1] : null;

    /// <summary>The quantifier of a list pattern, or null for a list that is meant element by element.</summary>
    internal static string? ListForm(JsonArray list) =>
        list.Count == 2 && list[0] is JsonValue value && value.TryGetValue<string>(out var text) && Form(text) is { } form
        && (form is "each" or "each?" or "some" || form.StartsWith("count:", StringComparison.Ordinal)) ? form : null;

    private void Require(bool holds, string at, string wanted, JsonNode? actual)
    {
        if (holds) return;
        var seen = actual?.ToJsonString() ?? "null";
        mismatches.Add($"{at}: expected {wanted}, saw {(seen.Length > 200 ? seen[..200] + "…" : seen)}");
    }

    [GeneratedRegex(@"^-?\d+(\.\d+)?$")]
    private static partial Regex DecimalForm();

    [GeneratedRegex(@"^\d+$")]
    private static partial Regex IntegerForm();

    [GeneratedRegex(@"^\d{13}(\.\d+)?$")]
    private static partial Regex MillisecondsForm();
}
