using Sluice.Server.Markets.Calendars;
using Sluice.Server.Markets.Contracts;

namespace Sluice.Server.Markets.Indexes;

/// <summary>What the indexes of a market file must satisfy.</summary>
internal static class IndexRules
{
    private const int WeightsMax = 16;                          // a bit each in the record of an index price
    private const int NameLengthMax = 32;

    public static void Find(MarketFile file, List<string> errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var index in file.Indexes)
        {
            var texts = new ContractTexts($"Index {index.Name}", errors);
            if (index.Name.Length is 0 or > NameLengthMax) texts.Add($"the name must have 1 to {NameLengthMax} characters.");
            if (!names.Add(index.Name)) texts.Add("it is there twice.");
            if (index.Calendar is { } calendar && !CalendarFile.Has(calendar)) texts.Add($"there is no calendar {calendar}.");
            if (index.Weights.Count is 0 or > WeightsMax || index.Weights.Any(weight => !(weight is > 0 and <= 1000)))
            {
                texts.Add($"weights must be 1 to {WeightsMax} numbers above 0, at most 1000.");
            }
            if (index.PriceRound is { } round) texts.Raw("price_round", round, 12, 1);
            if (index.ReferencePrice is { } price) texts.Raw("reference_price", price, 12, 1);
            else if (file.PairOf(index.Name) is null || index.Source is not null) texts.Add("without a spot pair of its name it needs a reference_price.");
            if (index.Currency is { } currency && !file.Indexes.Any(rate => rate.Name == IndexTerms.RateOf(currency) && rate.Currency is null))
            {
                texts.Add($"the rate {IndexTerms.RateOf(currency)} is not among the indexes.");
            }
            if (index.Model is { } model) MarketRules.ModelErrors(model, $"Index {index.Name}", errors);
        }
    }
}
