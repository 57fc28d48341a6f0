using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Sluice.Core.Values;

namespace Sluice.Server.Gateway;

/// <summary>A decimal as it was sent: plain notation is checked, range and precision are the reader's business.</summary>
/// <param name="Text">ASCII, for <see cref="DecimalText"/>; empty when the parameter was not given.</param>
public readonly record struct DecimalField(string Name, ReadOnlyMemory<byte> Text)
{
    public bool IsGiven => Text.Length > 0;

    public override string ToString() => Encoding.ASCII.GetString(Text.Span);
}

/// <summary>Typed reading of parameters from the query, the body, or both (the body wins). The first thing wrong is kept in <see cref="Error"/>, later
/// reads change nothing about it: read everything, then look once. null, and an empty text in a query, count as not given. Unknown keys are ignored.</summary>
public sealed class Parameters
{
    private readonly QueryParameters? query;
    private readonly JsonElement body;

    /// <param name="query">The query, or null when it is not looked at.</param>
    /// <param name="body">An object; or nothing (default) when there is no body.</param>
    public Parameters(QueryParameters? query, JsonElement body = default)
    {
        this.query = query;
        this.body = body;
    }

    /// <summary>What is wrong with what was read so far.</summary>
    public ApiError? Error { get; private set; }

    /// <summary>Notes a refusal unless there is one already.</summary>
    public void Refuse(ApiError error) => Error ??= error;

    public bool Has(string name) => Find(name, out _, out _) != Source.None;

    /// <summary>A text of at most <paramref name="longest"/> characters, none of them a control character; null when not given.</summary>
    public string? Text(string name, int longest = 256)
    {
        string? text;
        switch (Find(name, out var value, out var element))
        {
            case Source.None: return null;
            case Source.Query: text = value; break;
            default:
                if (element.ValueKind != JsonValueKind.String) return Wrong<string>(name, element, "a text is expected");
                text = StringOf(name, element);
                break;
        }
        if (text is not null && text.Length > longest) return Wrong<string>(name, text, $"at most {longest} characters");
        if (text is not null && text.AsSpan().ContainsAnyInRange('\0', '\u001f')) return Wrong<string>(name, text, "control characters are not allowed");
        return text;
    }

    /// <summary>As <see cref="Text"/>; not given or empty is a refusal, and "" is returned.</summary>
    public string RequiredText(string name, int longest = 256)
    {
        var text = Text(name, longest);
        if (string.IsNullOrEmpty(text)) Refuse(ApiErrors.MissingParam(name));
        return text ?? "";
    }

    /// <summary>An id that clients send as text or as a number; null when not given.</summary>
    public string? Identifier(string name) =>
        Find(name, out _, out var element) == Source.Body && element.ValueKind == JsonValueKind.Number ? element.GetRawText() : Text(name);

    /// <summary>A whole number within the bounds; null when not given.</summary>
    public long? Integer(string name, long least = long.MinValue, long most = long.MaxValue)
    {
        string text;
        switch (Find(name, out var value, out var element))
        {
            case Source.None: return null;
            case Source.Query: text = value!; break;
            default:
                if (element.ValueKind is not (JsonValueKind.Number or JsonValueKind.String)) return Wrong<long?>(name, element, "a whole number is expected");
                text = element.ValueKind == JsonValueKind.Number ? element.GetRawText() : StringOf(name, element) ?? "";
                break;
        }
        if (!TryReadInteger(text, out var number)) return Wrong<long?>(name, text, "");
        if (number < least || number > most) return Wrong<long?>(name, text, "");
        return number;
    }

    public long RequiredInteger(string name, long least = long.MinValue, long most = long.MaxValue)
    {
        var number = Integer(name, least, most);
        if (number is null) Refuse(ApiErrors.MissingParam(name));
        return number ?? 0;
    }

    /// <summary>A JSON boolean, or the texts true and false; null when not given.</summary>
    public bool? Flag(string name)
    {
        switch (Find(name, out var value, out var element))
        {
            case Source.None: return null;
            case Source.Query: break;
            default:
                if (element.ValueKind is JsonValueKind.True or JsonValueKind.False) return element.ValueKind == JsonValueKind.True;
                if (element.ValueKind != JsonValueKind.String) return Wrong<bool?>(name, element, "true or false is expected");
                value = StringOf(name, element) ?? "";
                break;
        }
        return value switch
        {
            "true" or "1" => true,
            "false" or "0" => false,
            _ => Wrong<bool?>(name, value!, "true or false is expected"),
        };
    }

    /// <summary>One of the words; its index, or -1 when not given (or refused).</summary>
    public int Word(string name, params ReadOnlySpan<string> words)
    {
        if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var element) && element.ValueKind == JsonValueKind.String)
        {
            var sent = JsonMarshal.GetRawUtf8Value(element)[1..^1];
            for (var i = 0; i < words.Length; i++)
            {
                if (Ascii.Equals(sent, words[i])) return i;         // as it nearly always stands there: nothing is made of it
            }
        }
        var text = Text(name);
        if (string.IsNullOrEmpty(text)) return -1;
        var index = words.IndexOf(text);
        if (index < 0) Refuse(ApiErrors.InvalidParam(name, text, $"one of {string.Join(", ", words.ToArray())} is expected"));
        return index;
    }

    /// <summary>A decimal in plain notation, from a text or a JSON number.</summary>
    public DecimalField Decimal(string name)
    {
        ReadOnlyMemory<byte> text;
        switch (Find(name, out var value, out var element))
        {
            case Source.None: return new(name, default);
            case Source.Query: text = Encoding.UTF8.GetBytes(value!); break;
            default:
                if (element.ValueKind is not (JsonValueKind.Number or JsonValueKind.String))
                {
                    Wrong<string>(name, element, "a decimal is expected");
                    return new(name, default);
                }
                var sent = JsonMarshal.GetRawUtf8Value(element);
                text = element.ValueKind == JsonValueKind.Number ? sent.ToArray()
                    : sent.Contains((byte)'\\') ? Encoding.UTF8.GetBytes(StringOf(name, element) ?? "") : sent[1..^1].ToArray();
                break;
        }
        if (DecimalText.TryParse(text.Span, Money.Decimals, out Int128 _) != DecimalParse.Malformed) return new(name, text);
        Wrong<string>(name, Encoding.UTF8.GetString(text.Span), "a decimal such as 12.5 is expected");
        return new(name, default);
    }

    public DecimalField RequiredDecimal(string name)
    {
        var field = Decimal(name);
        if (!field.IsGiven) Refuse(ApiErrors.MissingParam(name));
        return field;
    }

    /// <summary>A decimal as a count of 10^-<paramref name="decimals"/>; too many decimals and numbers that do not fit are refused. null when not given.</summary>
    public Int128? Scaled(string name, int decimals)
    {
        var field = Decimal(name);
        if (!field.IsGiven) return null;
        switch (DecimalText.TryParse(field.Text.Span, decimals, out Int128 value))
        {
            case DecimalParse.Ok: return value;
            case DecimalParse.TooManyDecimals: return Wrong<Int128?>(name, field.ToString(), $"at most {decimals} decimals");
            default: return Wrong<Int128?>(name, field.ToString(), "the number is too large");
        }
    }

    public Int128 RequiredScaled(string name, int decimals)
    {
        var value = Scaled(name, decimals);
        if (value is null) Refuse(ApiErrors.MissingParam(name));
        return value ?? 0;
    }

    /// <summary>A list of texts: a JSON array of texts, a comma-separated text, or a query parameter given several times.</summary>
    public IReadOnlyList<string> List(string name, int most = 100)
    {
        var list = new List<string>();
        if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var element) && element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.String) { Wrong<string>(name, element, "a list of texts is expected"); return []; }
                if (StringOf(name, item) is { } text) list.Add(text);
                if (list.Count > most) break;
            }
        }
        else if (query is not null && query.Find(name, out _) > 1)
        {
            foreach (var value in query.All(name)) list.AddRange(value.Split(',', StringSplitOptions.RemoveEmptyEntries));
        }
        else if (Text(name, 65536) is { } text)
        {
            list.AddRange(text.Split(',', StringSplitOptions.RemoveEmptyEntries));
        }
        if (list.Count > most) Refuse(ApiErrors.InvalidParam(name, $"{list.Count} entries", $"at most {most}"));
        return list;
    }

    /// <summary>An object inside the body; its parameters are read, and refused, by a reader of its own.</summary>
    public Parameters? Object(string name)
    {
        if (Find(name, out _, out var element) != Source.Body) return null;
        return element.ValueKind == JsonValueKind.Object ? new Parameters(null, element) : Wrong<Parameters>(name, element, "an object is expected");
    }

    /// <summary>The elements of an array inside the body; empty when not given.</summary>
    public IReadOnlyList<JsonElement> Array(string name)
    {
        if (Find(name, out _, out var element) != Source.Body) return [];
        if (element.ValueKind == JsonValueKind.Array) return [.. element.EnumerateArray()];
        Wrong<string>(name, element, "a list is expected");
        return [];
    }

    private Source Find(string name, out string? value, out JsonElement element)
    {
        value = null;
        element = default;
        if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out element) && element.ValueKind != JsonValueKind.Null) return Source.Body;
        if (query is null) return Source.None;
        var count = query.Find(name, out value);
        if (count > 1) Refuse(new ApiError("INVALID_PARAM_VALUE", $"Request parameter `{name}` is given {count} times"));
        return count > 0 && value!.Length > 0 ? Source.Query : Source.None;
    }

    /// <summary>False for a text that is none: half a surrogate pair is JSON, and no character.</summary>
    internal static bool TryGetText(JsonElement element, out string? text)
    {
        text = null;
        try
        {
            text = element.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private string? StringOf(string name, JsonElement element)
    {
        if (!TryGetText(element, out var text)) Refuse(ApiErrors.InvalidBody($"The text of `{name}` holds half a surrogate pair"));
        return text;
    }

    private T? Wrong<T>(string name, JsonElement element, string reason) => Wrong<T>(name, element.GetRawText(), reason);

    private T? Wrong<T>(string name, string text, string reason)
    {
        Refuse(reason.Length == 0 ? ApiErrors.InvalidParam(name, text) : ApiErrors.InvalidParam(name, text, reason));
        return default;
    }

    private static bool TryReadInteger(string text, out long number)
    {
        number = 0;
        Span<byte> ascii = stackalloc byte[24];
        return text.Length is > 0 and <= 24 && Encoding.UTF8.TryGetBytes(text, ascii, out var length)
            && DecimalText.TryParse(ascii[..length], 0, out number) == DecimalParse.Ok;
    }

    private enum Source { None, Query, Body }
}
