using System.Text;
using System.Text.Json;
using Sluice.Core.Matching;

namespace Sluice.Server.Api.Spot;

/// <summary>An order, or which order to cancel, as nearly all of them are written: properties that are known, each once, as texts without escapes. It is read
/// in one pass and nothing is made of it. Whatever is written otherwise is not plain, and neither is what is wrong: both are read as documents, which can say
/// what is wrong.</summary>
internal struct PlainOrder
{
    private const int LongestId = 18;           // digits: below M-133's bound on numbers of every kind

    /// <summary>Where they stand in the message; nowhere when not given. None that is given is empty.</summary>
    public Range Pair, Text, Amount, Price;

    /// <summary>0 when none is given.</summary>
    public long OrderId;

    /// <summary>By <see cref="OrderType"/>, <see cref="SelfTradeAction"/> and <see cref="ActionMode"/>; the first when not given.</summary>
    public int Type, StpAction, Mode;

    /// <summary>By <see cref="Core.Matching.Side"/> and <see cref="Core.Matching.TimeInForce"/>; -1 when not given.</summary>
    public int Side = -1, TimeInForce = -1;

    /// <summary>Whether the account is named; it is the spot account then.</summary>
    public bool NamesAccount;

    private int seen;

    public PlainOrder()
    {
    }

    /// <summary>Reads a text that is an order and nothing else. False when it is not plain.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out PlainOrder order)
    {
        order = default;
        if (text.IsEmpty || !Ascii.IsValid(text)) return false;
        try
        {
            var json = new Utf8JsonReader(text);
            return json.Read() && json.TokenType == JsonTokenType.StartObject && TryRead(ref json, cancels: false, out order) && !json.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Reads on from the object's beginning to its end. False when it is not plain; the reader may stand anywhere then.</summary>
    public static bool TryRead(ref Utf8JsonReader json, bool cancels, out PlainOrder order)
    {
        order = new PlainOrder();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueIsEscaped) return false;
            var name = json.ValueSpan;
            if (!json.Read() || !(cancels ? order.TryTarget(name, ref json) : order.TryField(name, ref json))) return false;
        }
        return json.TokenType == JsonTokenType.EndObject;
    }

    private bool TryTarget(ReadOnlySpan<byte> name, ref Utf8JsonReader json)
    {
        if (name.SequenceEqual("order_id"u8)) return First(1) && TryId(ref json, out OrderId);
        if (!TryText(ref json, out var value)) return false;
        if (name.SequenceEqual("currency_pair"u8)) return First(2) && Put(ref Pair, json);
        if (name.SequenceEqual("account"u8)) return First(4) && value.SequenceEqual("spot"u8) && (NamesAccount = true);
        return name.SequenceEqual("action_mode"u8) && First(8) && TryWord(value, SpotWords.ActionModes, out Mode);
    }

    private bool TryField(ReadOnlySpan<byte> name, ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.False) return name.SequenceEqual("auto_borrow"u8) ? First(1) : name.SequenceEqual("auto_repay"u8) && First(2);
        if (!TryText(ref json, out var value)) return false;
        switch (name.Length)
        {
            case 4 when name.SequenceEqual("side"u8): return First(4) && TryWord(value, SpotWords.Sides, out Side);
            case 4 when name.SequenceEqual("type"u8): return First(8) && TryWord(value, SpotWords.Types, out Type);
            case 4 when name.SequenceEqual("text"u8): return First(16) && Put(ref Text, json);
            case 5 when name.SequenceEqual("price"u8): return First(32) && Put(ref Price, json);
            case 6 when name.SequenceEqual("amount"u8): return First(64) && Put(ref Amount, json);
            case 7 when name.SequenceEqual("account"u8): return First(128) && value.SequenceEqual("spot"u8) && (NamesAccount = true);
            case 7 when name.SequenceEqual("iceberg"u8): return First(256) && value.SequenceEqual("0"u8);
            case 7 when name.SequenceEqual("stp_act"u8): return First(512) && TryWord(value, SpotWords.SelfTradeActions, out StpAction);
            case 11 when name.SequenceEqual("action_mode"u8): return First(1024) && TryWord(value, SpotWords.ActionModes, out Mode);
            case 13 when name.SequenceEqual("currency_pair"u8): return First(2048) && Put(ref Pair, json);
            case 13 when name.SequenceEqual("time_in_force"u8): return First(4096) && TryWord(value, SpotWords.TimesInForce, out TimeInForce);
            default: return false;
        }
    }

    // A name that comes twice makes the whole message bad.
    private bool First(int bit)
    {
        var first = (seen & bit) == 0;
        seen |= bit;
        return first;
    }

    private static bool TryText(ref Utf8JsonReader json, out ReadOnlySpan<byte> text)
    {
        text = json.TokenType == JsonTokenType.String && !json.ValueIsEscaped ? json.ValueSpan : default;
        return !text.IsEmpty;
    }

    private static bool TryId(ref Utf8JsonReader json, out long id)
    {
        id = 0;
        if (json.TokenType is not (JsonTokenType.String or JsonTokenType.Number) || json.ValueIsEscaped || json.ValueSpan.Length is 0 or > LongestId) return false;
        foreach (var digit in json.ValueSpan)
        {
            if (digit is < (byte)'0' or > (byte)'9') return false;
            id = id * 10 + (digit - '0');
        }
        return json.ValueSpan[0] != (byte)'0';
    }

    private static bool Put(ref Range field, in Utf8JsonReader json)
    {
        var start = (int)json.TokenStartIndex + 1;      // behind the quote
        field = start..(start + json.ValueSpan.Length);
        return true;
    }

    private static bool TryWord(ReadOnlySpan<byte> value, string[] words, out int index)
    {
        for (index = 0; index < words.Length; index++)
        {
            if (Ascii.Equals(value, words[index])) return true;
        }
        index = 0;
        return false;
    }
}
