using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Bench.OrderGen;

/// <summary>One of the flows that figures are quoted on: seed 1, 3,000,000 measured commands. What must come out was computed once by the
/// generator these profiles were defined with, and is committed beside this file.</summary>
public sealed record StandardFlow(string Profile, uint Seed, int Prefill, int Count, long MaxOrderId, long Trades, long TradedQuantity, long Rejects,
    string TapeHash, int RestingOrders, int PriceLevels, string BookHash, string FileSha256)
{
    public FlowResult Result => new(Trades, TradedQuantity, Rejects, TapeHash, RestingOrders, PriceLevels, BookHash);

    public static IReadOnlyList<StandardFlow> All { get; } = Read();

    /// <summary>True when the flow is none of them, or is the one it should be.</summary>
    internal static bool Agrees(OrderFlow flow)
    {
        var standard = All.FirstOrDefault(s => s.Profile == flow.Profile.Name && s.Seed == flow.Seed && s.Count == flow.Measured && s.Prefill == flow.Prefill);
        return standard is null || (standard.FileSha256 == flow.Sha256() && standard.Result == flow.Expected);
    }

    private static IReadOnlyList<StandardFlow> Read()
    {
        using var stream = typeof(StandardFlow).Assembly.GetManifestResourceStream("ordergen/expected.json")!;
        return JsonSerializer.Deserialize(stream, StandardFlowJson.Default.IReadOnlyListStandardFlow)!;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IReadOnlyList<StandardFlow>))]
internal sealed partial class StandardFlowJson : JsonSerializerContext;
