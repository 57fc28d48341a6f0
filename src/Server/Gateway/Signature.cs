using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Server.Gateway;

/// <summary>The dialect's request signature: HMAC-SHA512 over method, path, query, body hash and timestamp, a line each.</summary>
public static class Signature
{
    /// <summary>Bytes of a signature; twice as many hexadecimal digits in the header.</summary>
    public const int Length = HMACSHA512.HashSizeInBytes;

    private const int OnStack = 1024;

    /// <summary>Whether the header's signature is that of the request. Clients sign the query raw, percent-decoded, or decoded with '+' as blank;
    /// any of the three is good, and they differ only where the query holds '%' or '+'.</summary>
    public static bool Verify(
        ReadOnlySpan<byte> secret, string method, ReadOnlySpan<char> path, ReadOnlySpan<char> query, ReadOnlySpan<byte> body, string timestamp, string sign)
    {
        using var hash = new SecretHash(secret.ToArray());
        return Verify(hash, method, path, query, body, timestamp, sign);
    }

    /// <summary>As the other overload, under a secret whose hash is set up.</summary>
    internal static bool Verify(
        SecretHash secret, string method, ReadOnlySpan<char> path, ReadOnlySpan<char> query, ReadOnlySpan<byte> body, string timestamp, string sign)
    {
        Span<byte> given = stackalloc byte[Length];
        if (!TryReadHex(sign, given)) return false;

        Span<byte> bodyHash = stackalloc byte[Length * 2];
        HexOf(body, bodyHash);
        if (Matches(secret, method, path, query, QueryForm.Raw, bodyHash, timestamp, given)) return true;
        if (query.IndexOfAny('%', '+') < 0) return false;
        if (query.Contains('%') && Matches(secret, method, path, query, QueryForm.Decoded, bodyHash, timestamp, given)) return true;
        return query.Contains('+') && Matches(secret, method, path, query, QueryForm.DecodedWithBlanks, bodyHash, timestamp, given);
    }

    /// <summary>Whether the hexadecimal text is the HMAC-SHA512 of a text: what WebSocket requests are signed with.</summary>
    internal static bool VerifyText(SecretHash secret, ReadOnlySpan<byte> text, ReadOnlySpan<char> sign)
    {
        Span<byte> given = stackalloc byte[Length];
        Span<byte> expected = stackalloc byte[Length];
        if (!TryReadHex(sign, given)) return false;
        secret.Compute(text, expected);
        return CryptographicOperations.FixedTimeEquals(given, expected);
    }

    /// <summary>The signature of a request, as a client makes it; the query is signed as given.</summary>
    public static string Of(ReadOnlySpan<byte> secret, string method, string path, string query, ReadOnlySpan<byte> body, string timestamp)
    {
        Span<byte> bodyHash = stackalloc byte[Length * 2];
        Span<byte> signature = stackalloc byte[Length];
        HexOf(body, bodyHash);
        using var hash = new SecretHash(secret.ToArray());
        Sign(hash, method, path, query, QueryForm.Raw, bodyHash, timestamp, signature);
        return Convert.ToHexStringLower(signature);
    }

    private static bool Matches(
        SecretHash secret, string method, ReadOnlySpan<char> path, ReadOnlySpan<char> query, QueryForm form, ReadOnlySpan<byte> bodyHash,
        string timestamp, ReadOnlySpan<byte> given)
    {
        Span<byte> expected = stackalloc byte[Length];
        Sign(secret, method, path, query, form, bodyHash, timestamp, expected);
        return CryptographicOperations.FixedTimeEquals(given, expected);
    }

    private static void Sign(
        SecretHash secret, string method, ReadOnlySpan<char> path, ReadOnlySpan<char> query, QueryForm form, ReadOnlySpan<byte> bodyHash,
        string timestamp, Span<byte> signature)
    {
        var most = 3 * (method.Length + path.Length + query.Length + timestamp.Length) + bodyHash.Length + 4;    // UTF-8: three bytes a char
        var rented = most > OnStack ? ArrayPool<byte>.Shared.Rent(most) : null;
        Span<byte> text = rented is null ? stackalloc byte[OnStack] : rented;
        try
        {
            var length = Encoding.UTF8.GetBytes(method, text);
            text[length++] = (byte)'\n';
            length += Encoding.UTF8.GetBytes(path, text[length..]);
            text[length++] = (byte)'\n';
            var queryLength = Encoding.UTF8.GetBytes(query, text[length..]);
            length += form == QueryForm.Raw ? queryLength : Decode(text.Slice(length, queryLength), form == QueryForm.DecodedWithBlanks);
            text[length++] = (byte)'\n';
            bodyHash.CopyTo(text[length..]);
            length += bodyHash.Length;
            text[length++] = (byte)'\n';
            length += Encoding.UTF8.GetBytes(timestamp, text[length..]);
            secret.Compute(text[..length], signature);
        }
        finally
        {
            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Percent-decodes in place and returns the new length. A '%' that two hexadecimal digits do not follow stays as it is.</summary>
    private static int Decode(Span<byte> text, bool plusIsBlank)
    {
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            if (character == (byte)'%' && i + 2 < text.Length && char.IsAsciiHexDigit((char)text[i + 1]) && char.IsAsciiHexDigit((char)text[i + 2]))
            {
                character = (byte)(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2]));
                i += 2;
            }
            else if (plusIsBlank && character == (byte)'+')
            {
                character = (byte)' ';
            }
            text[length++] = character;
        }
        return length;
    }

    private static int HexDigit(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static void HexOf(ReadOnlySpan<byte> body, Span<byte> hex)
    {
        Span<byte> hash = stackalloc byte[SHA512.HashSizeInBytes];
        SHA512.HashData(body, hash);
        Convert.TryToHexStringLower(hash, hex, out _);
    }

    // Lower case only, as clients make it: a signature has one spelling, so that no changed byte of it is good.
    private static bool TryReadHex(ReadOnlySpan<char> text, Span<byte> bytes) =>
        text.Length == bytes.Length * 2 && !text.ContainsAnyInRange('A', 'F') && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done;

    private enum QueryForm { Raw, Decoded, DecodedWithBlanks }
}
