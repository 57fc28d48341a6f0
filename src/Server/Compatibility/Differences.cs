using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Server.Compatibility;

/// <summary>Where an implemented operation or channel differs from the dialect, in one file (<c>differences.json</c>) that the page prints and the
/// wire tests obey: a property that is neither answered nor named here fails the build.</summary>
public sealed record Differences
{
    /// <summary>Operation name → what differs.</summary>
    public required SortedDictionary<string, string> Operations { get; init; }

    /// <summary>Channel key → what differs.</summary>
    public required SortedDictionary<string, string> Channels { get; init; }

    /// <summary>Schema of openapi.json, or operation name → property → why it is not answered.</summary>
    public required SortedDictionary<string, SortedDictionary<string, string>> Absent { get; init; }

    /// <summary>The committed file.</summary>
    public static Differences Committed { get; } = Read();

    private static Differences Read()
    {
        using var stream = typeof(Differences).Assembly.GetManifestResourceStream("compatibility/differences.json")
            ?? throw new InvalidDataException("differences.json is not embedded.");
        return JsonSerializer.Deserialize(stream, DifferencesJson.Default.Differences) ?? throw new InvalidDataException("differences.json is empty.");
    }
}

[JsonSerializable(typeof(Differences))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
internal sealed partial class DifferencesJson : JsonSerializerContext;
