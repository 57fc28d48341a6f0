using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Server.Tests.Api.Spot;
using Sluice.Server.Tests.Wire;
using Sluice.Server.Venue;

namespace Sluice.Server.Tests.Venue;

/// <summary>Calls a whole venue from outside: its API as a signer, its control API as the operator.</summary>
internal sealed class VenueCaller(VenueHost host) : IDisposable
{
    public HttpClient Client { get; } = new() { BaseAddress = new Uri(host.BaseUrl) };

    /// <summary>A call of the control API that must succeed.</summary>
    public async Task<JsonNode> ControlAsync(string path, string? body = null)
    {
        var said = await OperateAsync(body is null ? "GET" : "POST", path, body ?? "");
        Assert.True(said.Status == 200, $"{path}: {said.Status} {said.Text}");
        return JsonNode.Parse(said.Text)!;
    }

    public Task<Said> OperateAsync(string method, string path, string body) => OperateAsync(method, path, Encoding.UTF8.GetBytes(body));

    /// <param name="token">Another one than the operator's.</param>
    public async Task<Said> OperateAsync(string method, string path, byte[] body, string? token = null)
    {
        using var message = new HttpRequestMessage(new HttpMethod(method), $"/sluice/v1/{path}");
        if (body.Length > 0)
        {
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? host.AdminToken);
        return await SendAsync(message);
    }

    public async Task<Said> AskAsync(Signer signer, string method, string path, string query = "", string body = "")
    {
        using var message = GoldenRun.Signed(signer, method, path, query, body);
        return await SendAsync(message);
    }

    public async Task<Said> GetAsync(string path)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(message);
    }

    public async Task<Said> SendAsync(HttpRequestMessage message)
    {
        using var response = await Client.SendAsync(message, TestContext.Current.CancellationToken);
        return new Said((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>With 1 BTC and 100,000 USDT in spot.</summary>
    public async Task<Signer> NewUserAsync(string name)
    {
        var made = await ControlAsync("users", $$"""{"name":"{{name}}"}""");
        var user = new Signer((int)made["user_id"]!, (string)made["key"]!, (string)made["secret"]!);
        await ControlAsync($"users/{user.User}/fund", """{"wallet":"spot","asset":"BTC","amount":"1"}""");
        await ControlAsync($"users/{user.User}/fund", """{"wallet":"spot","asset":"USDT","amount":"100000"}""");
        return user;
    }

    /// <summary>A key that may read everything and write nothing. Keys of less than full scope come from the dialect: a main account makes them for
    /// its sub-accounts.</summary>
    public async Task<Signer> NewReaderAsync(string name)
    {
        var main = await NewUserAsync(name);
        var sub = await MadeAsync(main, "/sub_accounts", $$"""{"login_name":"{{name}}-sub"}""");
        var permissions = string.Join(',', new[] { "spot", "wallet", "account" }.Select(group => $$"""{"name":"{{group}}","read_only":true}"""));
        var key = await MadeAsync(main, $"/sub_accounts/{sub["user_id"]}/keys", $$"""{"mode":1,"name":"reader","perms":[{{permissions}}]}""");
        return new Signer((int)sub["user_id"]!, (string)key["key"]!, (string)key["secret"]!);
    }

    public void Dispose() => Client.Dispose();

    private async Task<JsonNode> MadeAsync(Signer signer, string path, string body)
    {
        var said = await AskAsync(signer, "POST", path, "", body);
        Assert.True(said.Status is 200 or 201, $"{path}: {said.Status} {said.Text}");
        return JsonNode.Parse(said.Text)!;
    }
}
