using System.Text;
using Sluice.Server.Gateway;

namespace Sluice.Server.Tests.Gateway;

/// <summary>Bodies and queries that are wrong: each gets its label and names what is wrong; none reaches a handler's end.</summary>
public sealed class ParameterTests
{
    private static string Nested(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);

    [Theory]
    [InlineData("{", "INVALID_REQUEST_BODY", "JSON")]
    [InlineData("not json", "INVALID_REQUEST_BODY", "JSON")]
    [InlineData("[]", "INVALID_REQUEST_BODY", "object")]
    [InlineData("1", "INVALID_REQUEST_BODY", "object")]
    [InlineData("null", "INVALID_REQUEST_BODY", "object")]
    [InlineData("{} {}", "INVALID_REQUEST_BODY", "JSON")]
    [InlineData("{/* */}", "INVALID_REQUEST_BODY", "JSON")]
    [InlineData("""{"currency_pair":"A_B","currency_pair":"A_B"}""", "INVALID_REQUEST_BODY", "twice")]
    [InlineData("""{"currency_pair":"A_B","x":{"y":1,"\u0079":2}}""", "INVALID_REQUEST_BODY", "twice")]
    [InlineData("""{"currency_pair":"A_B","\ud800":1,"\ud800":2}""", "INVALID_REQUEST_BODY", "")]
    [InlineData("""{"currency_pair":"\ud800"}""", "INVALID_REQUEST_BODY", "currency_pair")]
    [InlineData("{}", "MISSING_REQUIRED_PARAM", "currency_pair")]
    [InlineData("", "MISSING_REQUIRED_PARAM", "currency_pair")]
    [InlineData("""{"currency_pair":null}""", "MISSING_REQUIRED_PARAM", "currency_pair")]
    [InlineData("""{"currency_pair":""}""", "MISSING_REQUIRED_PARAM", "currency_pair")]
    [InlineData("""{"currency_pair":5}""", "INVALID_PARAM_VALUE", "currency_pair")]
    [InlineData("""{"currency_pair":["A_B"]}""", "INVALID_PARAM_VALUE", "currency_pair")]
    [InlineData("""{"currency_pair":"A_B","amount":true}""", "INVALID_PARAM_VALUE", "amount")]
    [InlineData("""{"currency_pair":"A_B","amount":{}}""", "INVALID_PARAM_VALUE", "amount")]
    [InlineData("""{"currency_pair":"A_B","amount":"1e3"}""", "INVALID_PARAM_VALUE", "`amount` value: 1e3")]
    [InlineData("""{"currency_pair":"A_B","amount":1e308}""", "INVALID_PARAM_VALUE", "`amount` value: 1e308")]
    [InlineData("""{"currency_pair":"A_B","amount":"+1"}""", "INVALID_PARAM_VALUE", "amount")]
    [InlineData("""{"currency_pair":"A_B","amount":" 1"}""", "INVALID_PARAM_VALUE", "amount")]
    [InlineData("""{"currency_pair":"A_B","amount":"NaN"}""", "INVALID_PARAM_VALUE", "amount")]
    [InlineData("""{"currency_pair":"A_B","amount":NaN}""", "INVALID_REQUEST_BODY", "JSON")]
    [InlineData("""{"currency_pair":"A_B","amount":"Infinity"}""", "INVALID_PARAM_VALUE", "amount")]
    [InlineData("""{"currency_pair":"A_B","amount":"１"}""", "INVALID_PARAM_VALUE", "amount")]
    [InlineData("""{"currency_pair":"A_B","amount":"0.0000000000001"}""", "INVALID_PARAM_VALUE", "12 decimals")]
    [InlineData("""{"currency_pair":"A_B","amount":"123456789012345678901234567890123456789012345678901234567890"}""", "INVALID_PARAM_VALUE", "too large")]
    [InlineData("""{"currency_pair":"A_B","reduce_only":"maybe"}""", "INVALID_PARAM_VALUE", "reduce_only")]
    [InlineData("""{"currency_pair":"A_B","side":"hold"}""", "INVALID_PARAM_VALUE", "buy, sell")]
    [InlineData("""{"currency_pair":"A_B","limit":1.5}""", "INVALID_PARAM_VALUE", "limit")]
    public async Task A_wrong_body_is_told_what_is_wrong(string body, string label, string named)
    {
        await using var gateway = await TestGateway.StartAsync();
        var answer = await gateway.SendAsync("POST", "/spot/orders", body: body);
        Assert.Equal((400, label), (answer.Status, answer.Label));
        Assert.Contains(named, answer.Message, StringComparison.Ordinal);
        Assert.Equal(0, gateway.Handled);
    }

    [Theory]
    [InlineData("""{"currency_pair":"A_B","amount":"1.50"}""", "1500000000000")]
    [InlineData("""{"currency_pair":"A_B","amount":1.50}""", "1500000000000")]
    [InlineData("""{"currency_pair":"A_B","amount":"1.500000000000000000000000000000000000000000000000000000000000"}""", "1500000000000")]
    [InlineData("""{"currency_pair":"A_B","amount":"-2"}""", "-2000000000000")]
    [InlineData("""{"currency_pair":"A_B","amount":"\u0031"}""", "1000000000000")]
    [InlineData("""{"currency_pair":"A_B","amount":null,"unknown":{"deep":[1,2]},"settle":"usdt"}""", "none")]
    public async Task Decimals_come_as_text_or_number_and_unknown_keys_change_nothing(string body, string amount)
    {
        await using var gateway = await TestGateway.StartAsync();
        var answer = await gateway.SendAsync("POST", "/spot/orders", body: body);
        Assert.Equal((201, amount), (answer.Status, answer["amount"]));
    }

    [Fact]
    public async Task Sixteen_levels_are_read_and_seventeen_are_not()
    {
        await using var gateway = await TestGateway.StartAsync();
        Assert.Equal("MISSING_REQUIRED_PARAM", (await gateway.SendAsync("POST", "/spot/orders", body: Nested(16))).Label);
        Assert.Equal("INVALID_REQUEST_BODY", (await gateway.SendAsync("POST", "/spot/orders", body: Nested(17))).Label);
        Assert.Equal("INVALID_REQUEST_BODY", (await gateway.SendAsync("POST", "/spot/orders", body: new string('[', 500_000))).Label);
    }

    [Fact]
    public async Task A_megabyte_is_read_and_more_is_not()
    {
        await using var gateway = await TestGateway.StartAsync();
        const string frame = """{"currency_pair":"A_B","padding":""}""";
        var full = frame.Insert(frame.Length - 2, new string('x', 1024 * 1024 - frame.Length));
        Assert.Equal(201, (await gateway.SendAsync("POST", "/spot/orders", body: full)).Status);
        foreach (var length in new[] { 1024 * 1024 + 1, 5_000_000 })
        {
            var answer = await gateway.SendAsync("POST", "/spot/orders", body: new string('x', length));
            Assert.Equal((400, "INVALID_REQUEST_BODY"), (answer.Status, answer.Label));
        }
        Assert.Equal(200, (await gateway.SendPlainAsync("GET", "/spot/time")).Status);
    }

    [Fact]
    public async Task A_body_without_length_counts_alike()
    {
        await using var gateway = await TestGateway.StartAsync();
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(null, null);
        const string body = """{"currency_pair":"A_B"}""";
        var sign = Signature.Of(TestGateway.Bytes(TestGateway.Secret), "POST", "/api/v4/spot/orders", "", Encoding.UTF8.GetBytes(body), timestamp);
        var head = $"POST /api/v4/spot/orders HTTP/1.1\r\nHost: x\r\nConnection: close\r\nKEY: full\r\nTimestamp: {timestamp}\r\nSIGN: {sign}\r\nTransfer-Encoding: chunked\r\n\r\n";
        Assert.StartsWith("HTTP/1.1 201", await gateway.SendRawAsync(head + $"{body.Length:x}\r\n{body}\r\n0\r\n\r\n"), StringComparison.Ordinal);
        var broken = await gateway.SendRawAsync(head + "zz\r\nnonsense\r\n");
        Assert.StartsWith("HTTP/1.1 400", broken, StringComparison.Ordinal);
        Assert.Contains("INVALID_REQUEST_BODY", broken, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invalid_utf8_is_no_body()
    {
        await using var gateway = await TestGateway.StartAsync();
        Assert.Null(JsonBody.Parse(new byte[] { (byte)'"', 0xC3, 0x28, (byte)'"' }, out var error));
        Assert.Equal("INVALID_REQUEST_BODY", error!.Label);
    }

    [Fact]
    public async Task A_form_is_told_that_json_is_wanted()
    {
        await using var gateway = await TestGateway.StartAsync();
        var answer = await gateway.SendAsync("POST", "/spot/orders", body: "currency_pair=A_B", headers: [("Content-Type", "application/x-www-form-urlencoded")]);
        Assert.Equal((415, "INVALID_CONTENT_TYPE"), (answer.Status, answer.Label));
        var good = await gateway.SendAsync("POST", "/spot/orders", body: """{"currency_pair":"A_B"}""", headers: [("Content-Type", "application/json; charset=utf-8")]);
        Assert.Equal(201, good.Status);
    }

    [Theory]
    [InlineData("limit=1001", "Invalid request parameter `limit` value: 1001")]
    [InlineData("limit=0", "Invalid request parameter `limit` value: 0")]
    [InlineData("limit=-1", "Invalid request parameter `limit` value: -1")]
    [InlineData("limit=ten", "Invalid request parameter `limit` value: ten")]
    [InlineData("page=0", "Invalid request parameter `page` value: 0")]
    [InlineData("page=99999999999999999999999", "Invalid request parameter `page` value: 99999999999999999999999")]
    [InlineData("from=1e9", "Invalid request parameter `from` value: 1e9")]
    [InlineData("from=20&to=10", "Invalid request parameter `from` value: 20 (it is later than `to`)")]
    [InlineData("limit=5&limit=5", "Request parameter `limit` is given 2 times")]
    public async Task A_wrong_query_is_told_what_is_wrong(string query, string message)
    {
        await using var gateway = await TestGateway.StartAsync();
        var answer = await gateway.SendAsync("GET", "/spot/orders", query: query);
        Assert.Equal((400, "INVALID_PARAM_VALUE", message), (answer.Status, answer.Label, answer.Message));
    }

    [Fact]
    public async Task Paging_and_times_are_read()
    {
        await using var gateway = await TestGateway.StartAsync();
        var answer = await gateway.SendAsync("GET", "/spot/orders", query: "page=3&limit=1000&from=10&to=20&side=sell&reduce_only=true&unknown=1&text=");
        Assert.Equal(("2000", "1000", "10-20", "1", "yes"), (answer["skip"], answer["limit"], answer["span"], answer["side"], answer["reduce_only"]));
        Assert.Equal([4, 5], new PageRange(4, 3).Of([0, 1, 2, 3, 4, 5]));
        Assert.Empty(new PageRange(long.MaxValue / 2, 3).Of([0, 1]));
    }

    [Fact]
    public async Task Patch_reads_query_and_body_alike()
    {
        await using var gateway = await TestGateway.StartAsync();
        var query = await gateway.SendAsync("PATCH", "/spot/orders/9", query: "currency_pair=A_B", body: """{"amount":"1"}""");
        var body = await gateway.SendAsync("PATCH", "/spot/orders/9", body: """{"currency_pair":"A_B","amount":"1"}""");
        var bare = await gateway.SendAsync("PATCH", "/spot/orders/9", query: "currency_pair=A_B&amount=1");
        foreach (var answer in new[] { query, body, bare })
            Assert.Equal((200, "A_B", "1000000000000", "9"), (answer.Status, answer["currency_pair"], answer["amount"], answer["path"]));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("[1,2,3,4,5,6,7,8,9,10,11]")]
    [InlineData("")]
    [InlineData("[")]
    public async Task A_batch_is_an_array_of_one_to_ten(string body)
    {
        await using var gateway = await TestGateway.StartAsync();
        Assert.Equal("INVALID_REQUEST_BODY", (await gateway.SendAsync("POST", "/spot/batch_orders", body: body)).Label);
        Assert.Equal("""["t-1"]""", (await gateway.SendAsync("POST", "/spot/batch_orders", body: """[{"text":"t-1"}]""")).Text);
    }

    [Fact]
    public void Lists_come_joined_repeated_or_as_array()
    {
        Assert.Equal(["A", "B"], new Parameters(new QueryParameters("currencies=A,B")).List("currencies"));
        Assert.Equal(["A", "B"], new Parameters(new QueryParameters("currencies=A&currencies=B")).List("currencies"));
        Assert.Equal(["A", "B"], new Parameters(null, System.Text.Json.JsonDocument.Parse("""{"currencies":["A","B"]}""").RootElement).List("currencies"));
        var tooMany = new Parameters(new QueryParameters("currencies=A,B,C"));
        tooMany.List("currencies", 2);
        Assert.Equal("INVALID_PARAM_VALUE", tooMany.Error?.Label);
    }

    [Fact]
    public async Task Damaged_requests_never_end_in_a_server_error()
    {
        await using var gateway = await TestGateway.StartAsync();
        const string good = """{"currency_pair":"A_B","amount":"1.5","side":"buy","limit":10,"reduce_only":true,"text":"t-\u0031","x":[1,{"y":null}]}""";
        const string spice = "\"\\{}[]:,.-+eE0159 \u0000\u00e9\ud83dnutrf%&=";
        var random = new Random(20261124);
        for (var i = 0; i < 1500; i++)
        {
            var text = new StringBuilder(good);
            for (var edits = random.Next(1, 6); edits > 0; edits--)
            {
                var at = random.Next(text.Length);
                if (random.Next(3) == 0) text.Remove(at, Math.Min(random.Next(1, 12), text.Length - at));
                else if (random.Next(2) == 0) text.Insert(at, spice[random.Next(spice.Length)]);
                else text[at] = spice[random.Next(spice.Length)];
                if (text.Length == 0) text.Append('{');
            }
            var query = "limit=5&text=" + Uri.EscapeDataString(text.ToString().Replace("\ud83d", "", StringComparison.Ordinal)) + "&%zz&=&a=%ff%c3";
            var answer = i % 2 == 0 ? await gateway.SendAsync("POST", "/spot/orders", body: text.ToString())
                : await gateway.SendAsync("GET", "/spot/orders", query: query);
            Assert.True(answer.Status is 200 or 201 or 400, $"{answer.Status} {answer.Text} for {text}");
            if (answer.Status == 400) Assert.False(string.IsNullOrEmpty(answer.Message));
        }
    }
}
