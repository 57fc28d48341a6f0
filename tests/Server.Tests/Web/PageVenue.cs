using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Sluice.Server.Venue;
using Sluice.Server.Web;

namespace Sluice.Server.Tests.Web;

/// <summary>A venue on loopback with a page of two files, and nobody trading.</summary>
public sealed class PageVenue : IAsyncLifetime
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"sluice-page-{Guid.NewGuid():N}");

    internal VenueHost Host { get; private set; } = null!;

    public Uri BaseUrl => new(Host.BaseUrl);

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(folder, "assets"));
        await File.WriteAllTextAsync(Path.Combine(folder, "index.html"), "<!doctype html><title>page</title>");
        await File.WriteAllTextAsync(Path.Combine(folder, "assets", "app-1.js"), "export {}");
        await File.WriteAllTextAsync(Path.Combine(folder, "assets", "app-1.js.br"), "as brotli");
        await File.WriteAllTextAsync(Path.Combine(folder, "assets", "app-1.js.gz"), "as gzip");
        Host = await VenueHost.StartAsync(new VenueOptions
        {
            Urls = ["http://127.0.0.1:0"], Liquidity = false, DemoKey = "demokey", DemoSecret = "demosecret", WebFolder = folder, Hosts = ["venue.test"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (Host is not null) await Host.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A browser that has not signed in.</summary>
    internal Browser Browser() => new(BaseUrl);

    internal async Task<Browser> SignedInAsync()
    {
        var browser = Browser();
        await browser.SendAsync(HttpMethod.Post, $"{SessionApi.Prefix}/demo", new { });
        return browser;
    }
}

/// <summary>Sends what a browser would: cookies, Origin on everything but reads, and the session's second secret where the page adds it.</summary>
internal sealed class Browser : IDisposable
{
    private readonly HttpClient client;

    public Browser(Uri baseUrl)
    {
        BaseUrl = baseUrl;
        client = new HttpClient(new SocketsHttpHandler { CookieContainer = Cookies, AllowAutoRedirect = false }) { BaseAddress = baseUrl };
    }

    public Uri BaseUrl { get; }
    public CookieContainer Cookies { get; } = new();
    public string? Csrf { get; set; }

    public string Origin => BaseUrl.GetLeftPart(UriPartial.Authority);

    /// <summary>The status and the JSON of the answer. The second secret is taken from an answer that has it.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Json, HttpResponseMessage Answer)> SendAsync(HttpMethod method, string path, object? body = null, string? origin = "own", string? csrf = "own", string? host = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = JsonContent.Create(body);
        if (origin == "own" && method != HttpMethod.Get) request.Headers.Add("Origin", Origin);
        else if (origin is not (null or "own")) request.Headers.Add("Origin", origin);
        if (csrf == "own") csrf = Csrf;
        if (csrf is not null) request.Headers.Add(Sessions.CsrfHeader, csrf);
        if (host is not null) request.Headers.Host = host;
        var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var json = text.StartsWith('{') || text.StartsWith('[') ? JsonDocument.Parse(text).RootElement : default;
        if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty("csrf", out var secret)) Csrf = secret.GetString();
        return (answer.StatusCode, json, answer);
    }

    public void Dispose() => client.Dispose();
}
