using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Runtime;
using Sluice.Server.Gateway;
using Sluice.Server.Markets;
using Sluice.Server.Markets.Contracts;

namespace Sluice.Server.Control;

/// <summary>A perpetual contract that joins a running venue: `contract` as in a market file, following an index of the venue's market file or the price of a
/// listed pair, with a risk table of the file or `tiers` of its own.</summary>
internal sealed class ContractAddition(ControlOptions options)
{
    private const string OwnTable = "own";

    private static readonly IReadOnlyList<double> PairWeights = [1, 1, 1];

    public async ValueTask<ApiError?> AddAsync(ControlRequest request, JsonElement body)
    {
        AddedContract? added;
        try
        {
            added = body.Deserialize(MarketJson.Default.AddedContract);
        }
        catch (JsonException broken)
        {
            return ApiErrors.InvalidBody($"The request body is not a contract as in a market file, with tiers of its own or without: {broken.Message}");
        }
        if (added is null) return ApiErrors.InvalidBody("The request body is null");
        var errors = new List<string>();
        if (FileOf(added, errors) is not { } file) return new ApiError("INVALID_PARAM_VALUE", string.Join(' ', errors));
        var contract = file.Contracts[0];
        options.Views.TryGetAsset(contract.Settle, out var settle);
        var (command, tail) = ContractListing.CommandOf(contract, new ContractCatalogue(file).TermsOf(contract, settle!.Id));
        var outcome = await options.Sequencer.SubmitAsync(UserId.Venue, command, tail, new CommandOptions(Idempotency: request.Idempotency()));
        if (!outcome.Result.Accepted) return ControlRefusals.Of(outcome.Result.Refusal);

        var sequence = await options.Sequencer.ActAsync(options.PricesChanged);         // so that it has a price
        request.Json.WriteStartObject();
        request.Json.WriteString("name"u8, InstrumentNames.Of(options.Views.Futures.Of((int)outcome.Result.ObjectId)));
        request.Json.WriteNumber("sequence"u8, sequence);
        request.Json.WriteEndObject();
        return null;
    }

    // A market file of this one contract and what it needs, checked; null when something is wrong.
    private MarketFile? FileOf(AddedContract added, List<string> errors)
    {
        var contract = added.Contract;
        if (contract.IsSeries) errors.Add("Series of delivery contracts come from the market file; a perpetual has no cycles.");
        if (!options.Views.TryGetAsset(contract.Settle, out var settle)) errors.Add($"The settle asset {ApiErrors.Shorten(contract.Settle)} is not listed.");
        var index = options.Markets.Indexes.FirstOrDefault(known => known.Name == contract.Index)
            ?? (options.Views.TryGetPair(contract.Index, out _) ? new MarketIndex { Name = contract.Index, Weights = PairWeights } : null);
        if (index is null) errors.Add($"The index {ApiErrors.Shorten(contract.Index)} is neither one of the market file nor the price of a listed pair; list the pair first.");
        if (added.Tiers.Any(tier => tier is null)) errors.Add("There is a null among the tiers.");
        if (errors.Count > 0) return null;

        var own = added.Tiers.Count > 0 ? new MarketRiskTable { Name = OwnTable, Tiers = added.Tiers } : null;
        var file = new MarketFile
        {
            Assets = [new MarketAsset { Code = settle!.Code, Name = settle.Name, Scale = settle.Scale }],
            Indexes = [index!],
            RiskTables = own is null ? options.Markets.RiskTables : [own],
            Contracts = [own is null ? contract : contract with { RiskLimitTable = OwnTable }],
        };
        ContractCatalogue.Find(file, errors);
        return errors.Count == 0 ? file : null;
    }
}
