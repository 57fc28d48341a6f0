using System.Net.Http.Headers;
using System.Text;

namespace Sluice.Client;

/// <summary>The operator's interface, /sluice/v1.</summary>
public sealed class ControlClient : IDisposable
{
    private readonly HttpClient http;

    public ControlClient(string baseUrl, string adminToken)
    {
        http = new HttpClient { BaseAddress = new Uri(baseUrl), Timeout = TimeSpan.FromMinutes(5) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", adminToken);
    }

    /// <param name="path">Below /sluice/v1, such as /status.</param>
    public Task<Answer> GetAsync(string path, CancellationToken cancellation = default) => SendAsync(HttpMethod.Get, "/sluice/v1" + path, null, cancellation);

    /// <param name="idempotencyKey">Makes the call safe to repeat for an hour, as everywhere in the API.</param>
    public Task<Answer> PostAsync(string path, string json, CancellationToken cancellation = default, string? idempotencyKey = null) =>
        SendAsync(HttpMethod.Post, "/sluice/v1" + path, json, cancellation, idempotencyKey);

    /// <summary>/health/live, /health/ready, /metrics.</summary>
    public Task<Answer> ProbeAsync(string path, CancellationToken cancellation = default) => SendAsync(HttpMethod.Get, path, null, cancellation);

    public void Dispose() => http.Dispose();

    private async Task<Answer> SendAsync(HttpMethod method, string path, string? json, CancellationToken cancellation, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (idempotencyKey is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request, cancellation);
        return new Answer((int)response.StatusCode, response.Headers, await response.Content.ReadAsByteArrayAsync(cancellation));
    }
}
