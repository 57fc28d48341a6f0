using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Server.Gateway;
using Sluice.Server.Tests.Wire;

namespace Sluice.Server.Tests.Venue;

/// <summary>Whatever is sent: an answer of the dialect, never a failure of the server, and nothing changed when it is refused. The requests are made from
/// the golden ones with one thing wrong, or everything.</summary>
public sealed class BadInputTests(QuietVenue venue) : IClassFixture<QuietVenue>
{
    private const int ValuesPerPlace = 8;

    private static readonly JsonObject Document = (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "docs", "api", "openapi.json")))!;

    private readonly Withstanding watch = new(venue);

    /// <summary>Contracts are asked where they have books: <see cref="Api.Futures.FuturesBadInputTests"/>.</summary>
    public static TheoryData<string> Groups => [.. GoldenFile.All.Values.Where(file => !Api.Futures.FuturesGoldenTests.IsOfContracts(file)).Select(file => file.Operation.Group).Distinct().Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Groups))]
    public async Task Every_operation_withstands_what_nobody_should_send(string group)
    {
        foreach (var operation in venue.Host.Endpoints.Mapped.Where(operation => operation.Group == group))
        {
            var (signer, request) = await new GoldenRun(GoldenFile.All[operation.Name], venue).PrepareAsync();
            watch.Begin((ulong)operation.Index);
            foreach (var attempt in Attempts(operation, request, signer)) await TryAsync(attempt, operation.Id);
        }
        await watch.EndAsync(askedLeast: 100);
    }

    /// <summary>One request; path and query as they stand on the request line.</summary>
    private sealed record Attempt(string What, string Method, string Path, string Query, byte[] Body, Signer Signer, string? Timestamp = null, string? Signature = null, bool Refused = false, (string Name, string Value)? Header = null);

    private IEnumerable<Attempt> Attempts(Operation operation, JsonObject request, Signer signer)
    {
        var method = operation.Method;
        var path = (request["path"] as JsonObject ?? []).ToDictionary(entry => entry.Key, entry => Uri.EscapeDataString((string)entry.Value!));
        var query = (request["query"] as JsonObject ?? []).ToDictionary(entry => entry.Key, entry => Uri.EscapeDataString((string)entry.Value!));
        var body = request["body"];
        var bytes = body is null ? [] : Encoding.UTF8.GetBytes(body.ToJsonString());
        string At(Dictionary<string, string> values) => values.Aggregate(operation.Path, (text, entry) => text.Replace($"{{{entry.Key}}}", entry.Value, StringComparison.Ordinal));
        string Of(Dictionary<string, string> values) => string.Join('&', values.Select(entry => $"{entry.Key}={entry.Value}"));
        Attempt With(string what, Dictionary<string, string>? otherPath = null, string? otherQuery = null, byte[]? otherBody = null) =>
            new(what, method, At(otherPath ?? path), otherQuery ?? Of(query), otherBody ?? bytes, signer);

        foreach (var name in path.Keys)
            foreach (var text in watch.Some(Hostile.Texts, ValuesPerPlace)) yield return With($"path {name}={text}", otherPath: new(path) { [name] = text });

        var documented = Document["paths"]![operation.Path]![method.ToLowerInvariant()]!["parameters"] as JsonArray ?? [];
        var names = documented.Where(parameter => (string?)parameter!["in"] == "query").Select(parameter => (string)parameter!["name"]!).Union(query.Keys);
        foreach (var name in names)
        {
            foreach (var text in watch.Some(Hostile.Texts, ValuesPerPlace)) yield return With($"query {name}={text}", otherQuery: Of(new(query) { [name] = text }));
            yield return With($"query {name} missing", otherQuery: Of(query.Where(entry => entry.Key != name).ToDictionary()));
            yield return With($"query {name} twice", otherQuery: $"{Of(query)}&{name}=1&{name}=2");
        }
        foreach (var text in new[] { "%zz", "=", "&&", "a=%ff", "%ff=1", "currency_pair", "limit[]=5", new string('q', 9000) }) yield return With($"query {text}", otherQuery: text);

        if (body is not null)
        {
            foreach (var place in Hostile.PlacesIn(body))
            {
                var at = string.Join('/', place);
                foreach (var value in watch.Some(Hostile.Values, ValuesPerPlace)) yield return With($"body {at}={value}", otherBody: Encoding.UTF8.GetBytes(Hostile.Replace(body, place, value)));
                yield return With($"body {at} missing", otherBody: Encoding.UTF8.GetBytes(Hostile.Replace(body, place, null)));
                if (place[^1] is string)
                    yield return With($"body {at} twice", otherBody: Encoding.UTF8.GetBytes(Hostile.Replace(body, place, null, twice: true))) with { Refused = true };
            }
            yield return With("a huge body", otherBody: Hostile.HugeBody) with { Refused = true };
        }
        if (method is "POST" or "PUT" or "PATCH")
            foreach (var other in Hostile.Bodies) yield return With($"body {Encoding.Latin1.GetString(other)}", otherBody: other);

        if (operation.IsPublic) yield break;
        foreach (var text in watch.Some(Hostile.Texts, 4)) yield return With($"exptime {text}") with { Header = ("x-gate-exptime", text) };
        if (operation.IsWrite)
            foreach (var key in new[] { "", " ", "a b", new string('k', 65) })
                yield return With($"Idempotency-Key {key}") with { Header = ("Idempotency-Key", key), Refused = key.Trim().Length > 0 };
        var plain = With("") with { Refused = true };
        yield return plain with { What = "a wrong signature", Signature = new string('0', 128) };
        yield return plain with { What = "no signature at all", Signature = "" };
        yield return plain with { What = "a signature that is none", Signature = "zz" };
        yield return plain with { What = "an unknown key", Signer = signer with { Key = new string('f', 32) } };
        yield return plain with { What = "no key", Signer = Signer.Nobody };
        foreach (var time in new[] { "0", "-1", "NaN", "1e9", "99999999999999999999", $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 61}", $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3600}" })
            yield return plain with { What = $"timestamp {time}", Timestamp = time };
        if (operation.IsWrite) yield return plain with { What = "a read-only key", Signer = venue.Reader };
    }

    private async Task TryAsync(Attempt attempt, string operation)
    {
        var what = $"{operation}, {attempt.What},";
        try
        {
            using var message = MessageOf(attempt);
            watch.Answered(what, await venue.Caller.SendAsync(message), attempt.Refused);
        }
        catch (HttpRequestException broken)
        {
            watch.Broken(what, broken);
        }
    }

    private HttpRequestMessage MessageOf(Attempt attempt)
    {
        var path = "/api/v4" + attempt.Path;
        var target = new Uri($"{venue.Host.BaseUrl}{path}{(attempt.Query.Length > 0 ? "?" + attempt.Query : "")}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var message = new HttpRequestMessage(new HttpMethod(attempt.Method), target);
        if (attempt.Body.Length > 0)
        {
            message.Content = new ByteArrayContent(attempt.Body);
            message.Content.Headers.ContentType = new("application/json");
        }
        if (attempt.Header is { } header) message.Headers.TryAddWithoutValidation(header.Name, header.Value);
        if (attempt.Signer.Key.Length == 0) return message;
        var timestamp = attempt.Timestamp ?? DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        message.Headers.TryAddWithoutValidation("KEY", attempt.Signer.Key);
        message.Headers.TryAddWithoutValidation("Timestamp", timestamp);
        message.Headers.TryAddWithoutValidation("SIGN",
            attempt.Signature ?? Signature.Of(Encoding.UTF8.GetBytes(attempt.Signer.Secret), attempt.Method, path, attempt.Query, attempt.Body, timestamp));
        return message;
    }
}
