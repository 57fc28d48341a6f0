using System.Text;

namespace Sluice.Fuzz.Tests.Rest;

/// <summary>What nobody should send: values at every edge that a parser, a number or a database has.</summary>
internal static class Hostile
{
    private static readonly string Digits = new('7', 60);

    /// <summary>Texts of numbers: edges of every integer type, of money (10^-12 in 128 bits), signs, exponents, digits of other scripts.</summary>
    public static readonly string[] Numbers =
    [
        "0", "-0", "+0", "0.0", "-1", "+1", "1e400", "-1e400", "1e-400", "1E5", "1e3", "NaN", "Infinity", "-Infinity", "0x10", "1_000", "1,5", "1.2.3", ".5", "5.", "-", ".", " 1", "1 ",
        "00000000000000000001", "2147483647", "2147483648", "-2147483649", "4294967296", "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "18446744073709551616", "9223372.036854775807", "170141183460469231731687303715884105727", "170141183460469231731687303715884105728", "170141183460469231731687303.715884105727",
        "-170141183460469231731687303.715884105728", "99999999999999999999", "0.000000000001", "0.0000000000001", "0.0000000000000000000000000001", "0.1234567890123", "1.000000000000000000000000000000",
        Digits, "0." + Digits, "-0." + Digits, "\u0661\u0662\u0663", "\uff11\uff12", "1\u00a0000", "\u22121", "1\0",
    ];

    /// <summary>Texts that are no numbers.</summary>
    public static readonly string[] Texts =
    [
        "", " ", "\t", "\n", "\0", "\u001f", "\u007f", "a\r\nKEY: x", "null", "true", "[]", "{}", "\"", "\\", "'", "' OR 1=1 --", "'; DROP TABLE orders; --", "../../etc/passwd", "..%2f..%2f",
        "%", "%00", "%zz", "<script>alert(1)</script>", "${jndi:ldap://x}", "\U0001F600\U0001F4A9", "\u202e\u0645", "e\u0301", "\ufeff", "\uffff", "BTC_USDT_", "btc_usdt", "_", "BTC_", "_USDT", "NO_PAIR",
        "t-", "t", "T-x", "t-\u00e9", "t-" + new string('a', 28), "t-" + new string('a', 29), new string('a', 64), new string('a', 65), new string('a', 257), new string('\u00e9', 5000), new string('a', 10_240),
    ];

    /// <summary>JSON of every type, for a place that wants another.</summary>
    public static readonly string[] Types =
    [
        "null", "true", "false", "0", "-0", "1", "-1", "0.5", "1e400", "-1e400", "1e-400", "12345678901234567890", "0.00000000000000000000001", "[]", "[[]]", "[null]", "[1,\"a\",{}]", "{}", "{\"a\":1}",
        "\"\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "{\"\\ud800\":1}",
    ];

    /// <summary>In place of a whole body.</summary>
    public static readonly byte[][] Bodies =
    [
        .. new[]
        {
            "null", "[]", "1", "\"x\"", "{", "}", "{}", "[{}]", "[[]]", "[null]", "{\"a\":1}{\"a\":1}", "{'a':1}", "{\"a\":}", "{\"a\":NaN}", "{\"a\":01}", "{\"a\":1,}", "// x\n{}", "\0", " ",
            string.Concat(Enumerable.Repeat("[", 17)) + string.Concat(Enumerable.Repeat("]", 17)), new string('[', 20_000), string.Concat(Enumerable.Repeat("{\"a\":", 17)) + "1" + new string('}', 17),
        }.Select(Encoding.UTF8.GetBytes),
        [0xff, 0xfe, 0x7b, 0x7d], [.. "{\"text\":\""u8, 0xc3, 0x28, .. "\"}"u8], [.. "{\"text\":\""u8, 0xed, 0xa0, 0x80, .. "\"}"u8], [0xef, 0xbb, 0xbf, .. "{}"u8],
        [.. "{\"text\":\""u8, .. Enumerable.Repeat((byte)'a', 70_000), .. "\"}"u8],
    ];

    /// <summary>In a path or query as it stands on the request line.</summary>
    public static readonly string[] OnTheLine = ["%zz", "%", "%f", "%ff%fe", "%ED%A0%80", "..", ".", "%2e%2e", "a%2Fb", "a/b", "*", "", "%25", "%0A", "%E2%80%AE", "~", "!$'()", "%2B1", "+1", "%00"];
}
