using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sluice.Server.Gateway;

namespace Sluice.Server.Web;

/// <summary>One call of the page's own endpoints.</summary>
/// <param name="Session">Null before signing in.</param>
/// <param name="Holder">Its key.</param>
internal sealed record SessionRequest(HttpContext Http, string[] Values, JsonElement Body, Session? Session, KeyRecord? Holder, Utf8JsonWriter Json)
{
    private Parameters? parameters;

    /// <summary>The body, an object with no other fields than these; no body is an empty object.</summary>
    public Parameters Fields(params ReadOnlySpan<string> fields)
    {
        if (parameters is not null) return parameters;
        parameters = new Parameters(null, Body);
        if (Body.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Object)) parameters.Refuse(ApiErrors.InvalidBody("The request body must be a JSON object"));
        if (Body.ValueKind != JsonValueKind.Object) return parameters;
        foreach (var property in Body.EnumerateObject())
        {
            if (!fields.Contains(property.Name)) parameters.Refuse(new ApiError("INVALID_PARAM_VALUE", $"Unknown field `{ApiErrors.Shorten(property.Name)}`"));
        }
        return parameters;
    }
}

/// <summary>Answers one call: null when done and written, else the refusal.</summary>
internal delegate ValueTask<ApiError?> SessionHandler(SessionRequest request);

/// <summary>So many attempts from one address in a minute; passwords and secrets are not to be guessed here.</summary>
internal sealed class Attempts(TimeProvider clock, int most)
{
    private const int AddressesMost = 10_000;

    private readonly Dictionary<string, (DateTimeOffset Start, int Count)> seen = new(StringComparer.Ordinal);

    public bool Admits(HttpContext http)
    {
        var from = http.Connection.RemoteIpAddress?.ToString() ?? "";
        var now = clock.GetUtcNow();
        lock (seen)
        {
            if (seen.Count >= AddressesMost) seen.Clear();
            var (start, count) = seen.GetValueOrDefault(from, (now, 0));
            if (now - start >= TimeSpan.FromMinutes(1)) (start, count) = (now, 0);
            seen[from] = (start, count + 1);
            return count < most;
        }
    }
}
