namespace Sluice.Core.Values;

/// <summary>How a text failed to become a value, or that it did not fail.</summary>
public enum DecimalParse : byte
{
    Ok = 0,

    /// <summary>Not a plain decimal: empty, blanks, sign '+', exponent, NaN, two points, other characters (M-002).</summary>
    Malformed,

    /// <summary>More decimals than the value holds, and they are not trailing zeros.</summary>
    TooManyDecimals,

    /// <summary>The number does not fit.</summary>
    Overflow,
}

/// <summary>The one door between decimal text and integers (M-002). Text is UTF-8 or ASCII bytes as they came on the wire.</summary>
public static class DecimalText
{
    /// <summary>The longest text <see cref="Format(Int128, int, Span{byte})"/> writes.</summary>
    public const int MaxLength = 42;

    /// <summary>Reads <paramref name="text"/> as an integer count of 10^-<paramref name="decimals"/>. Accepts a leading '-', leading and trailing
    /// zeros, ".5" and "5." are malformed. Never throws.</summary>
    public static DecimalParse TryParse(ReadOnlySpan<byte> text, int decimals, out Int128 value)
    {
        value = 0;
        var negative = text.Length > 0 && text[0] == (byte)'-';
        var digits = negative ? text[1..] : text;
        if (digits.Length == 0) return DecimalParse.Malformed;

        var point = digits.IndexOf((byte)'.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? default : digits[(point + 1)..];
        if (whole.Length == 0 || (point >= 0 && fraction.Length == 0) || !AllDigits(whole) || !AllDigits(fraction)) return DecimalParse.Malformed;

        fraction = fraction.TrimEnd((byte)'0');
        if (fraction.Length > decimals) return DecimalParse.TooManyDecimals;
        whole = whole.TrimStart((byte)'0');
        if (whole.Length + decimals > 38) return DecimalParse.Overflow;     // 10^38 < 2^127: what follows cannot overflow

        Int128 result = 0;
        foreach (var digit in whole) result = result * 10 + (digit - '0');
        foreach (var digit in fraction) result = result * 10 + (digit - '0');
        for (var i = fraction.Length; i < decimals; i++) result *= 10;
        value = negative ? -result : result;
        return DecimalParse.Ok;
    }

    /// <summary>As the other overload, for values that must fit 64 bits.</summary>
    public static DecimalParse TryParse(ReadOnlySpan<byte> text, int decimals, out long value)
    {
        value = 0;
        var result = TryParse(text, decimals, out Int128 wide);
        if (result != DecimalParse.Ok) return result;
        if (wide > long.MaxValue || wide < long.MinValue) return DecimalParse.Overflow;
        value = (long)wide;
        return DecimalParse.Ok;
    }

    /// <summary>Text without trailing zeros: 1500 at 3 decimals is "1.5".</summary>
    public static string Format(Int128 value, int decimals)
    {
        Span<byte> buffer = stackalloc byte[MaxLength];
        return System.Text.Encoding.ASCII.GetString(buffer[..Format(value, decimals, buffer)]);
    }

    /// <summary>Writes the text without trailing zeros into <paramref name="destination"/> (at least <see cref="MaxLength"/> bytes) and returns its length.</summary>
    public static int Format(Int128 value, int decimals, Span<byte> destination)
    {
        Span<byte> reversed = stackalloc byte[MaxLength];
        var negative = value < 0;
        var rest = unchecked((UInt128)(negative ? -value : value));
        var length = 0;
        var position = 0;
        var significant = false;
        while (rest != 0 || position <= decimals)
        {
            UInt128 next;
            byte digit;
            if (rest <= ulong.MaxValue)
            {
                var low = (ulong)rest;
                next = low / 10;
                digit = (byte)('0' + (int)(low % 10));
            }
            else
            {
                (next, var remainder) = UInt128.DivRem(rest, 10);
                digit = (byte)('0' + (int)remainder);
            }
            if (position == decimals)
            {
                if (significant) reversed[length++] = (byte)'.';
                significant = true;
            }
            significant |= digit != (byte)'0';
            if (significant) reversed[length++] = digit;
            rest = next;
            position++;
        }
        var written = 0;
        if (negative) destination[written++] = (byte)'-';
        for (var i = length - 1; i >= 0; i--) destination[written++] = reversed[i];
        return written;
    }

    private static bool AllDigits(ReadOnlySpan<byte> text) => text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
}
