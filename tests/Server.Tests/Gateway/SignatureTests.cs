using System.Globalization;
using System.Text;
using Sluice.Server.Gateway;

namespace Sluice.Server.Tests.Gateway;

public sealed class SignatureTests
{
    private const string GetSign = "55f84ea195d6fe57ce62464daaa7c3c02fa9d1dde954e4c898289c9a2407a3d6fb3faf24deff16790d726b66ac9f74526668b13bd01029199cc4fcc522418b8a";
    private const string PostSign = "eae42da914a590ddf727473aff25fc87d50b64783941061f47a3fdb92742541fc4c2c14017581b4199a1418d54471c269c03a38d788d802e2c306c37636389f0";
    private const string PostBody = """{"contract":"BTC_USD","type":"limit","size":100,"price":6800,"time_in_force":"gtc"}""";

    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("secret");

    [Fact]
    public void Published_vector_without_body() => Assert.True(
        Signature.Verify(Secret, "GET", "/api/v4/futures/orders", "contract=BTC_USD&status=finished&limit=50", [], "1541993715", GetSign));

    [Fact]
    public void Published_vector_with_body() => Assert.True(
        Signature.Verify(Secret, "POST", "/api/v4/futures/orders", "", Encoding.ASCII.GetBytes(PostBody), "1541993715", PostSign));

    [Fact]
    public void Every_part_is_covered()
    {
        Assert.False(Signature.Verify(Secret, "PUT", "/api/v4/futures/orders", "contract=BTC_USD&status=finished&limit=50", [], "1541993715", GetSign));
        Assert.False(Signature.Verify(Secret, "GET", "/api/v4/futures/order", "contract=BTC_USD&status=finished&limit=50", [], "1541993715", GetSign));
        Assert.False(Signature.Verify(Secret, "GET", "/api/v4/futures/orders", "contract=BTC_USD&limit=50&status=finished", [], "1541993715", GetSign));
        Assert.False(Signature.Verify(Secret, "GET", "/api/v4/futures/orders", "contract=BTC_USD&status=finished&limit=50", "x"u8, "1541993715", GetSign));
        Assert.False(Signature.Verify(Secret, "GET", "/api/v4/futures/orders", "contract=BTC_USD&status=finished&limit=50", [], "1541993715.0", GetSign));
        Assert.False(Signature.Verify("secres"u8, "GET", "/api/v4/futures/orders", "contract=BTC_USD&status=finished&limit=50", [], "1541993715", GetSign));
    }

    [Theory]
    [InlineData("")]
    [InlineData("55f8")]
    [InlineData("zz")]
    public void Malformed_signatures_are_wrong_not_errors(string sign)
    {
        Assert.False(Signature.Verify(Secret, "GET", "/p", "", [], "1", sign));
        Assert.False(Signature.Verify(Secret, "GET", "/p", "", [], "1", new string('z', 128)));
    }

    [Fact]
    public void A_signature_has_one_spelling() =>
        Assert.False(Signature.Verify(Secret, "GET", "/api/v4/futures/orders", "contract=BTC_USD&status=finished&limit=50", [], "1541993715", GetSign.ToUpperInvariant()));

    [Theory]
    [InlineData("a=1%2C2+3", "a=1%2C2+3", true)]     // as sent
    [InlineData("a=1%2C2+3", "a=1,2+3", true)]       // percent-decoded
    [InlineData("a=1%2C2+3", "a=1,2 3", true)]       // decoded with '+' as blank
    [InlineData("a=1%2C2+3", "a=1%2C2 3", false)]
    [InlineData("a=%2B%20%c3%a9", "a=+ é", true)]
    [InlineData("a=%2B+x", "a=+ x", true)]           // an encoded plus stays a plus
    [InlineData("a=100%", "a=100%", true)]
    [InlineData("a=%zz%2", "a=%zz%2", true)]
    [InlineData("a+b", "a b", true)]
    public void Three_forms_of_the_query(string sent, string signed, bool good)
    {
        var sign = Signature.Of(Secret, "GET", "/api/v4/x", signed, [], "1700000000.1234567");
        Assert.Equal(good, Signature.Verify(Secret, "GET", "/api/v4/x", sent, [], "1700000000.1234567", sign));
    }

    [Fact]
    public void Long_queries_are_signed_like_short_ones()
    {
        var query = string.Join('&', Enumerable.Range(0, 500).Select(i => "k" + i.ToString(CultureInfo.InvariantCulture) + "=%2C"));
        var sign = Signature.Of(Secret, "GET", "/api/v4/x", query.Replace("%2C", ",", StringComparison.Ordinal), [], "1");
        Assert.True(Signature.Verify(Secret, "GET", "/api/v4/x", query, [], "1", sign));
    }
}
