using Sluice.Server.Control;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

namespace Sluice.Server.Web;

/// <summary>What the dialect's contract does not tell: the step of sizes where they may have decimals (F-013). Those left out trade in whole contracts.</summary>
internal sealed class SizeSteps(VenueViews views)
{
    public void Map(SessionApi api) => api.Add("GET", "steps", needsSession: false, Show);

    private ValueTask<ApiError?> Show(SessionRequest request)
    {
        var json = request.Json;
        json.WriteStartObject();
        json.WriteStartObject("contracts"u8);
        foreach (var contract in views.Futures.Contracts.Where(contract => contract.SizeDecimals > 0))
            json.WriteString(InstrumentNames.Of(contract), contract.SizeText(contract.Terms.SizeStep));
        json.WriteEndObject();
        json.WriteEndObject();
        return default;
    }
}
