using System.Text.Json.Nodes;
using Sluice.Server.Tests.Venue;
using Sluice.Server.Tests.Wire;

namespace Sluice.Server.Tests.Api.Futures;

/// <summary>Whatever is sent about contracts: an answer of the dialect, never a failure of the server. The requests are the golden ones with one value replaced by what
/// nobody should send, or left out.</summary>
public sealed class FuturesBadInputTests(FuturesVenue venue) : IClassFixture<FuturesVenue>
{
    private readonly List<string> wrong = [];
    private int asked;

    [Theory]
    [InlineData("futures")]
    [InlineData("delivery")]
    public async Task Every_operation_withstands_what_nobody_should_send(string group)
    {
        foreach (var file in GoldenFile.All.Values.Where(file => file.Operation.Group == group))
        {
            var (signer, request) = await new GoldenRun(file, venue).PrepareAsync();
            foreach (var changed in Changed(request)) await AskAsync(file, signer, changed);
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {asked} went wrong:\n{string.Join('\n', wrong.Take(40))}");
        Assert.InRange(asked, 1000, int.MaxValue);
        Assert.All(venue.Products.Machine.CheckInvariants(), invariant => Assert.Null(invariant.Broken));
    }

    private static IEnumerable<JsonObject> Changed(JsonObject request)
    {
        foreach (var part in new[] { "path", "query", "body" })
        {
            if (request[part] is not JsonObject values) continue;
            foreach (var name in values.Select(entry => entry.Key).ToArray())
            {
                foreach (var text in Hostile.Texts) yield return With(request, part, name, JsonValue.Create(text));
                if (part == "path") continue;
                yield return With(request, part, name, null);
                if (part != "body") continue;
                yield return With(request, part, name, new JsonArray(1));
                yield return With(request, part, name, new JsonObject { ["a"] = 1 });
                yield return With(request, part, name, JsonValue.Create(long.MinValue));
            }
        }
    }

    private static JsonObject With(JsonObject request, string part, string name, JsonNode? value)
    {
        var copy = (JsonObject)request.DeepClone();
        var values = (JsonObject)copy[part]!;
        values.Remove(name);
        if (value is not null) values[name] = value;
        return copy;
    }

    private async Task AskAsync(GoldenFile file, Signer signer, JsonObject request)
    {
        var path = file.Operation.Path;
        foreach (var (name, value) in request["path"] as JsonObject ?? []) path = path.Replace($"{{{name}}}", Uri.EscapeDataString(value!.ToString()), StringComparison.Ordinal);
        var query = string.Join('&', (request["query"] as JsonObject ?? []).Select(entry => $"{entry.Key}={Uri.EscapeDataString(entry.Value!.ToString())}"));
        if (path.Contains("/./", StringComparison.Ordinal) || path.Contains("/../", StringComparison.Ordinal) || path.EndsWith('.')) return;      // the client rewrites these
        var said = await venue.AskAsync(signer, file.Operation.Method, path, query, request["body"]?.ToJsonString() ?? "");
        asked++;
        if (said.Status < 400) return;
        if (said.Status >= 500 && said.Status != 501) wrong.Add($"{file.Operation} {path} {query} {request["body"]?.ToJsonString()}: {said.Status} {said.Text}");
        else if (said.Label.Length == 0 || said["message"].Length == 0) wrong.Add($"{file.Operation} {path} {query}: no label or message in {said.Text}");
    }
}
