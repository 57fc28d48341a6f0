using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Sluice.Client;

/// <summary>The API over HTTP. Safe for many threads.</summary>
/// <param name="baseUrl">Scheme, host and port only.</param>
/// <param name="credentials">Null: only public operations.</param>
public sealed class RestClient(string baseUrl, Credentials? credentials = null) : IDisposable
{
    /// <summary>Asks for sizes of contracts as texts, which may have decimals; without it they are whole numbers, and what is behind the point is not told.</summary>
    public const string SizeDecimalHeader = "X-Gate-Size-Decimal";

    private const string Prefix = "/api/v4";

    private readonly HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 256, PooledConnectionLifetime = TimeSpan.FromMinutes(10) })
    {
        BaseAddress = new Uri(baseUrl),
    };

    /// <summary>Whether every request has <see cref="SizeDecimalHeader"/>.</summary>
    public bool HasDecimalSizes { get; init; }

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] query) => SendAsync(HttpMethod.Get, path, query);

    public Task<Answer> DeleteAsync(string path, params (string Name, string Value)[] query) => SendAsync(HttpMethod.Delete, path, query);

    public Task<Answer> PostAsync(string path, string json) => SendAsync(HttpMethod.Post, path, [], json);

    /// <param name="path">Below /api/v4, such as /spot/orders.</param>
    /// <param name="json">The body; null for none.</param>
    public async Task<Answer> SendAsync(HttpMethod method, string path, IReadOnlyList<(string Name, string Value)> query, string? json = null,
        IReadOnlyList<(string Name, string Value)>? headers = null, CancellationToken cancellation = default)
    {
        var queryText = string.Join('&', query.Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value)}"));
        var body = json is null ? [] : Encoding.UTF8.GetBytes(json);
        using var request = new HttpRequestMessage(method, Prefix + path + (queryText.Length == 0 ? "" : "?" + queryText));
        if (json is not null) request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        if (credentials is not null)
        {
            var timestamp = (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000m).ToString(CultureInfo.InvariantCulture);
            request.Headers.TryAddWithoutValidation("KEY", credentials.Key);
            request.Headers.TryAddWithoutValidation("Timestamp", timestamp);
            request.Headers.TryAddWithoutValidation("SIGN", credentials.Sign(method.Method, Prefix + path, queryText, body, timestamp));
        }
        if (HasDecimalSizes) request.Headers.TryAddWithoutValidation(SizeDecimalHeader, "1");
        foreach (var (name, value) in headers ?? []) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await http.SendAsync(request, cancellation);
        return new Answer((int)response.StatusCode, response.Headers, await response.Content.ReadAsByteArrayAsync(cancellation));
    }

    public void Dispose() => http.Dispose();
}
