using System.Text.Json.Nodes;

namespace Sluice.Server.Tests.Wire;

public sealed class MatcherTests
{
    private static int Mismatches(string expected, string actual, bool loose = false)
    {
        var variables = new Variables { ["order"] = "42" };
        return Matcher.Compare(JsonNode.Parse(expected), JsonNode.Parse(actual), variables, loose).Count;
    }

    [Theory]
    [InlineData("""1""", """1""")]
    [InlineData("""{"a":"<int>","b":"<absent>"}""", """{"a":1}""")]
    [InlineData("""{"a":"<any?>"}""", """{}""")]
    [InlineData("""{"a":"<any?>"}""", """{"a":null}""")]
    [InlineData("\"<decimal:0.001>\"", "\"0.00100\"")]
    [InlineData("\"<decimal:0>\"", "\"0.000\"")]
    [InlineData("\"<decimal:-1.50>\"", "\"-1.5\"")]
    [InlineData("\"<number:${order}>\"", "42")]
    [InlineData("\"${order}\"", "\"42\"")]
    [InlineData("\"<enum:>=|<=>\"", "\"<=\"")]
    [InlineData("\"<string:positive>\"", "\"0.01\"")]
    [InlineData("\"<string:ms>\"", "\"1606292218213.4578\"")]
    [InlineData("\"<string:multiple:100>\"", "\"83900.0\"")]
    [InlineData("\"<int:ms>\"", "1606292218213")]
    [InlineData("""["<each>","<bool>"]""", """[true,false]""")]
    [InlineData("""["<each?>","<bool>"]""", """[]""")]
    [InlineData("""["<some>",1]""", """[0,1]""")]
    [InlineData("""["<count:1-2>","<any>"]""", """[0,1]""")]
    [InlineData("""{"$map":["<string>","<string:decimal>"]}""", """{"BTC":"1"}""")]
    [InlineData("""{"$map?":["<string>","<string:decimal>"]}""", """{}""")]
    public void Fits(string expected, string actual) => Assert.Equal(0, Mismatches(expected, actual));

    [Theory]
    [InlineData("""1""", "\"1\"")]
    [InlineData("""{"a":"<int>"}""", """{}""")]
    [InlineData("""{"a":"<int>"}""", """{"a":1,"b":2}""")]
    [InlineData("""{"a":"<absent>"}""", """{"a":1}""")]
    [InlineData("""{"a":"<any>"}""", """{"a":null}""")]
    [InlineData("\"<decimal:0.001>\"", "\"0.01\"")]
    [InlineData("\"<decimal:1>\"", "1")]
    [InlineData("\"<string:decimal>\"", "\"1e5\"")]
    [InlineData("\"<string:positive>\"", "\"0.00\"")]
    [InlineData("\"<string:positive>\"", "\"-1\"")]
    [InlineData("\"<string>\"", "\"\"")]
    [InlineData("\"<string:multiple:100>\"", "\"83900.5\"")]
    [InlineData("\"<int:32>\"", "3000000000")]
    [InlineData("\"<int:ms>\"", "1606292218")]
    [InlineData("\"<int>\"", "1.5")]
    [InlineData("\"<enum:a|b>\"", "\"c\"")]
    [InlineData("""["<each>","<bool>"]""", """[]""")]
    [InlineData("""["<each>","<bool>"]""", """[true,1]""")]
    [InlineData("""["<some>",1]""", """[0,2]""")]
    [InlineData("""["<count:2>","<any>"]""", """[0]""")]
    [InlineData("""[1,2]""", """[1]""")]
    [InlineData("""{"$map":["<string>","<string:decimal>"]}""", """{}""")]
    public void Does_not_fit(string expected, string actual) => Assert.NotEqual(0, Mismatches(expected, actual));

    [Fact]
    public void Loose_lets_an_answer_have_more() => Assert.Equal(0, Mismatches("""{"a":1}""", """{"a":1,"b":2}""", loose: true));

    [Fact]
    public void A_matcher_that_does_not_exist_is_an_error_of_the_file() => Assert.Throws<InvalidDataException>(() => Mismatches("\"<string:odd>\"", "\"x\""));
}
