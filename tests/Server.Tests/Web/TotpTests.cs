using System.Text;
using Sluice.Server.Web;

namespace Sluice.Server.Tests.Web;

public sealed class TotpTests
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");

    // RFC 6238, appendix B, SHA-1: the last six digits of its eight.
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_the_RFC(long seconds, string code) => Assert.Equal(code, Totp.At(Secret, DateTimeOffset.FromUnixTimeSeconds(seconds)));

    [Fact]
    public void A_code_is_good_for_a_step_before_and_after_and_never_again_once_used()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1111111109);
        var step = Totp.Match(Secret, "081804", now.AddSeconds(30), 0);
        Assert.NotNull(step);
        Assert.Null(Totp.Match(Secret, "081804", now.AddSeconds(30), step.Value));
        Assert.Null(Totp.Match(Secret, "081804", now.AddSeconds(90), 0));
        Assert.Null(Totp.Match(Secret, "81804", now, 0));
    }

    [Fact]
    public void Secrets_are_written_in_base_32()
    {
        Assert.Equal("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", Totp.TextOf(Secret));
        Assert.Equal("MZXW6YQ", Totp.TextOf("foob"u8));
        Assert.Equal(Secret, BytesOf(Totp.TextOf(Secret)));
    }

    internal static byte[] BytesOf(string text)
    {
        var bytes = new List<byte>();
        int bits = 0, held = 0;
        foreach (var letter in text)
        {
            held = held << 5 | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter, StringComparison.Ordinal);
            bits += 5;
            if (bits < 8) continue;
            bits -= 8;
            bytes.Add((byte)(held >> bits));
            held &= (1 << bits) - 1;
        }
        return [.. bytes];
    }
}
