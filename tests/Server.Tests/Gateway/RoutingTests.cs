using Sluice.Server.Gateway;

namespace Sluice.Server.Tests.Gateway;

public sealed class RoutingTests
{
    [Fact]
    public void The_table_has_every_operation_with_a_permission_and_a_status()
    {
        Assert.Equal(527, Operations.All.Count);
        Assert.All(Operations.All, operation => Assert.Equal(operation.IsPublic, operation.Permission == PermissionGroups.None));
        Assert.All(Operations.All, operation => Assert.InRange(operation.SuccessStatus, 200, 204));
        Assert.Equal(96, Operations.All.Count(operation => operation.RateClass == RateClass.Public));
    }

    [Fact]
    public void Every_operation_is_found_under_its_own_path()
    {
        var table = new EndpointTable();
        foreach (var operation in Operations.All)
        {
            var values = 0;
            var path = string.Join('/', operation.Path.Split('/').Select(part => part.StartsWith('{') ? "v" + values++ : part));
            var match = table.Match(operation.Method, path);
            Assert.Equal(operation, match.Operation);
            Assert.Equal(Enumerable.Range(0, values).Select(i => "v" + i), match.PathValues);
        }
    }

    [Fact]
    public void Mapping_twice_or_the_unknown_is_a_mistake()
    {
        var table = new EndpointTable();
        table.Map("createOrder", _ => ApiResult.Empty);
        Assert.True(table.IsMapped(Operations.Of("createOrder")));
        Assert.Throws<ArgumentException>(() => table.Map("createOrder", _ => ApiResult.Empty));
        Assert.Throws<ArgumentException>(() => table.Map("noSuchOperation", _ => ApiResult.Empty));
        Assert.Equal(["createOrder"], table.Mapped.Select(operation => operation.Id));
    }

    [Theory]
    [InlineData("GET", "/no/such/path", 404, "NOT_FOUND")]
    [InlineData("GET", "/", 404, "NOT_FOUND")]
    [InlineData("GET", "", 404, "NOT_FOUND")]
    [InlineData("GET", "/spot/orders/", 404, "NOT_FOUND")]
    [InlineData("GET", "/SPOT/time", 404, "NOT_FOUND")]
    [InlineData("POST", "/spot/time", 405, "METHOD_NOT_ALLOWED")]
    [InlineData("PUT", "/spot/orders", 405, "METHOD_NOT_ALLOWED")]
    [InlineData("TRACE", "/spot/orders", 405, "METHOD_NOT_ALLOWED")]
    [InlineData("GET", "/earn/uni/currencies", 501, "NOT_IMPLEMENTED")]
    [InlineData("GET", "/spot/fee", 501, "NOT_IMPLEMENTED")]            // private and unsigned: still a fact about the build
    [InlineData("GET", "/futures/usd/contracts", 501, "NOT_IMPLEMENTED")]
    [InlineData("GET", "/delivery/btc/contracts", 501, "NOT_IMPLEMENTED")]
    public async Task What_does_not_answer_says_why(string method, string path, int status, string label)
    {
        await using var gateway = await TestGateway.StartAsync();
        var answer = await gateway.SendPlainAsync(method, path);
        Assert.Equal((status, label), (answer.Status, answer.Label));
        Assert.False(string.IsNullOrWhiteSpace(answer.Message));
        Assert.Equal("application/json", answer.Headers["Content-Type"]);
    }

    [Fact]
    public async Task The_allowed_methods_are_named()
    {
        await using var gateway = await TestGateway.StartAsync();
        Assert.Equal("GET,POST,DELETE", (await gateway.SendPlainAsync("PUT", "/spot/orders")).Headers["Allow"].Replace(" ", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/options/underlyings")]
    [InlineData("/options/contracts?underlying=BTC_USDT")]
    [InlineData("/margin/currency_pairs")]
    public async Task Lists_of_products_to_come_are_empty(string path)
    {
        await using var gateway = await TestGateway.StartAsync();
        var answer = await gateway.SendPlainAsync("GET", path);
        Assert.Equal((200, "[]"), (answer.Status, answer.Text));
        Assert.DoesNotContain(gateway.Endpoints.Mapped, operation => path.StartsWith(operation.Path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Outside_the_api_nothing_is_found()
    {
        await using var gateway = await TestGateway.StartAsync();
        foreach (var path in new[] { "/", "/api/v40/spot/time", "/api/v3/spot/time", "/favicon.ico" })
        {
            var answer = await gateway.Client.GetAsync(new Uri(gateway.BaseUrl, path), TestContext.Current.CancellationToken);
            Assert.Equal(404, (int)answer.StatusCode);
            Assert.Contains("NOT_FOUND", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Path_values_are_decoded_and_statuses_are_the_operations()
    {
        await using var gateway = await TestGateway.StartAsync();
        Assert.Equal("t-a b", (await gateway.SendAsync("DELETE", "/spot/orders/t-a%20b"))["path"]);
        Assert.Equal((204, ""), ((await gateway.SendAsync("POST", "/sub_accounts/7/lock")).Status, (await gateway.SendAsync("POST", "/sub_accounts/7/lock")).Text));
        var empty = await gateway.SendAsync("POST", "/account/debit_fee", body: """{"enabled":true}""");
        Assert.Equal((200, ""), (empty.Status, empty.Text));
    }

    [Fact]
    public async Task Headers_of_every_answer()
    {
        await using var gateway = await TestGateway.StartAsync();
        foreach (var path in new[] { "/spot/time", "/no/such" })
        {
            var headers = (await gateway.SendPlainAsync("GET", path)).Headers;
            Assert.InRange(long.Parse(headers["X-Out-Time"]), long.Parse(headers["X-In-Time"]), long.MaxValue);
            Assert.Equal(32, headers["X-Gate-Trace-ID"].Length);
            Assert.Equal("*", headers["Access-Control-Allow-Origin"]);
            Assert.Equal("1728000", headers["Access-Control-Max-Age"]);
            Assert.False(headers.ContainsKey("Server"));
        }
        var preflight = await gateway.SendPlainAsync("OPTIONS", "/spot/orders", "", null, ("Origin", "http://x"), ("Access-Control-Request-Method", "POST"));
        Assert.Equal(204, preflight.Status);
        Assert.Contains("DELETE", preflight.Headers["Access-Control-Allow-Methods"], StringComparison.Ordinal);
        Assert.Contains("SIGN", preflight.Headers["Access-Control-Allow-Headers"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("deflate, gzip;q=0.5", true)]
    [InlineData("*", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("gzip; q=0.000", false)]
    [InlineData("br", false)]
    public async Task Long_answers_are_compressed_when_accepted(string accept, bool compressed)
    {
        await using var gateway = await TestGateway.StartAsync();
        var plain = await gateway.SendPlainAsync("GET", "/spot/currencies");
        var answer = await gateway.SendPlainAsync("GET", "/spot/currencies", "", null, ("Accept-Encoding", accept));
        Assert.Equal(compressed, answer.Headers.ContainsKey("Content-Encoding"));
        var bytes = answer.Bytes;
        if (compressed)
        {
            Assert.True(bytes.Length < plain.Bytes.Length);
            using var unpacked = new MemoryStream();
            using (var gzip = new System.IO.Compression.GZipStream(new MemoryStream(bytes), System.IO.Compression.CompressionMode.Decompress)) gzip.CopyTo(unpacked);
            bytes = unpacked.ToArray();
        }
        Assert.Equal(plain.Bytes, bytes);
        Assert.False((await gateway.SendPlainAsync("GET", "/spot/time", "", null, ("Accept-Encoding", "gzip"))).Headers.ContainsKey("Content-Encoding"));
    }

    [Fact]
    public async Task An_unexpected_exception_says_its_trace_id_and_nothing_else()
    {
        await using var gateway = await TestGateway.StartAsync();
        var answer = await gateway.SendAsync("GET", "/spot/accounts");
        Assert.Equal((500, "SERVER_ERROR"), (answer.Status, answer.Label));
        Assert.Contains(answer.Headers["X-Gate-Trace-ID"], answer.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("purpose", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_whole_address_on_the_request_line_is_understood()
    {
        await using var gateway = await TestGateway.StartAsync();
        var answer = await gateway.SendRawAsync("GET http://x/api/v4/spot/time?a=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_label_named_in_the_server_is_in_the_table()
    {
        var labels = 0;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Wire.Repository.Root, "src", "Server"), "*.cs", SearchOption.AllDirectories))
        {
            foreach (System.Text.RegularExpressions.Match use in System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(file), "ApiError\\(\"([A-Za-z_]+)\""))
            {
                Assert.True(ErrorLabels.All.ContainsKey(use.Groups[1].Value), $"{use.Groups[1].Value} in {file}");
                labels++;
            }
        }
        Assert.True(labels > 10);
    }
}
