using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Server.Web;

/// <summary>One-time codes by the clock (RFC 6238): six digits, half a minute each, HMAC-SHA1, as every authenticator has them.</summary>
internal static class Totp
{
    public const int SecretBytes = 20;

    private const int StepSeconds = 30, Digits = 6, Modulus = 1_000_000;
    private const int StepsAround = 1;              // clocks differ
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The step whose code it is, newer than the last one that was used; null when the code is not good, or was used.</summary>
    public static long? Match(ReadOnlySpan<byte> secret, string code, DateTimeOffset now, long lastStep)
    {
        var present = now.ToUnixTimeSeconds() / StepSeconds;
        for (var step = present - StepsAround; step <= present + StepsAround; step++)
        {
            if (step > lastStep && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(At(secret, step)), Encoding.UTF8.GetBytes(code))) return step;
        }
        return null;
    }

    public static string At(ReadOnlySpan<byte> secret, DateTimeOffset now) => At(secret, now.ToUnixTimeSeconds() / StepSeconds);

    private static string At(ReadOnlySpan<byte> secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        HMACSHA1.HashData(secret, counter, hash);
        var number = BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 0xF)..]) & int.MaxValue;
        return (number % Modulus).ToString(new string('0', Digits), CultureInfo.InvariantCulture);
    }

    /// <summary>Base 32, as authenticators take secrets that are typed.</summary>
    public static string TextOf(ReadOnlySpan<byte> secret)
    {
        var text = new StringBuilder();
        int bits = 0, held = 0;
        foreach (var octet in secret)
        {
            held = (held << 8 | octet) & 0xFFF;
            bits += 8;
            for (; bits >= 5; bits -= 5) text.Append(Alphabet[held >> (bits - 5) & 31]);
        }
        if (bits > 0) text.Append(Alphabet[held << (5 - bits) & 31]);
        return text.ToString();
    }
}
