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

    private const int RoomForDigits = 64;           // 39 digits, or 1 and as many decimals as there may be

    private static ReadOnlySpan<byte> Pairs =>
        "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"u8
        + "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899"u8;

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

        var result = Digits(whole, fraction);
        for (var missing = decimals - fraction.Length; missing > 0; missing -= Fixed.MaxPower) result = unchecked(result * Fixed.PowerOfTen(int.Min(missing, Fixed.MaxPower)));
        value = negative ? -result : result;
        return DecimalParse.Ok;
    }

    // At most 38 of them. Few fit 64 bits, as they nearly always do.
    private static Int128 Digits(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction)
    {
        if (whole.Length + fraction.Length > Fixed.MaxPower)
        {
            Int128 wide = 0;
            foreach (var digit in whole) wide = unchecked(wide * 10 + (digit - '0'));
            foreach (var digit in fraction) wide = unchecked(wide * 10 + (digit - '0'));
            return wide;
        }
        var result = 0L;
        foreach (var digit in whole) result = result * 10 + (digit - '0');
        foreach (var digit in fraction) result = result * 10 + (digit - '0');
        return result;
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
        var negative = value < 0;
        var rest = unchecked((UInt128)(negative ? -value : value));
        Span<byte> room = stackalloc byte[RoomForDigits];
        var start = Digits(rest, room);
        start = int.Min(start, room.Length - decimals - 1);         // at least one digit stands before the point

        var written = 0;
        if (negative) destination[written++] = (byte)'-';
        var whole = room[start..^decimals];
        whole.CopyTo(destination[written..]);
        written += whole.Length;
        var fraction = room[^decimals..].TrimEnd((byte)'0');
        if (fraction.IsEmpty) return written;
        destination[written++] = (byte)'.';
        fraction.CopyTo(destination[written..]);
        return written + fraction.Length;
    }

    // At the end of the room, zeros before them; returns where they start. 19 digits at a time are divided in 64 bits.
    private static int Digits(UInt128 value, Span<byte> room)
    {
        const ulong Part = 10_000_000_000_000_000_000;
        room.Fill((byte)'0');
        var end = room.Length;
        while (value > ulong.MaxValue)
        {
            var (more, part) = UInt128.DivRem(value, Part);
            _ = Digits((ulong)part, room[..end]);
            end -= 19;
            value = more;
        }
        return Digits((ulong)value, room[..end]);
    }

    private static int Digits(ulong value, Span<byte> room)
    {
        var at = room.Length;
        while (value >= 100)
        {
            var (more, pair) = ulong.DivRem(value, 100);
            at -= 2;
            Pairs.Slice((int)pair * 2, 2).CopyTo(room[at..]);
            value = more;
        }
        if (value >= 10)
        {
            at -= 2;
            Pairs.Slice((int)value * 2, 2).CopyTo(room[at..]);
        }
        else if (value > 0)
        {
            room[--at] = (byte)('0' + (int)value);
        }
        return at;
    }

    private static bool AllDigits(ReadOnlySpan<byte> text) => text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
}
