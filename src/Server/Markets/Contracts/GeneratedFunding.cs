using Sluice.Core.Kernel;
using Sluice.Products.Futures.Funding;
using Sluice.Server.History.Futures;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Markets.Contracts;

/// <summary>The funding of the time before a contract was listed, made when asked for: a premium drawn from the seed for each settlement, slow moods and quick ones,
/// through the formula of the running venue (F-073). As far back as the generated candles.</summary>
public sealed class GeneratedFunding(PricePath path) : IFundingPast
{
    private const double PerDeviation = 0.012;      // deviation of a cycle's average premium, in deviations of a day's price
    private const int MoodSettlements = 12;         // settlements of one mood, most of its premium

    public IEnumerable<FundingRow> Before(ContractView contract, long fromNanos, long toNanos)
    {
        if (contract.Terms.Funding is not { } terms) yield break;
        var key = Noise.Key(Noise.Key(path.Seed, contract.Index), 23);
        var deviation = path.DailyDeviation(contract.Index.Split('_')[0], "USDT") * PerDeviation;
        var interval = terms.IntervalSeconds * Nanos.PerSecond;
        var first = long.Max(fromNanos, GeneratedCandles.FirstSeconds(contract.ListedNanos) * Nanos.PerSecond);
        var due = FundingRate.NextSettlementNanos(terms, long.Min(toNanos, contract.ListedNanos) - 1);
        if (due >= long.Min(toNanos, contract.ListedNanos)) due -= interval;
        for (; due >= first; due -= interval)
        {
            var number = due / interval;
            var premium = deviation * (0.8 * Noise.Normal(key, number / MoodSettlements) + 0.6 * Noise.Normal(key, -1 - number));
            var samples = default(PremiumSamples);
            samples.Add((long)double.Round(premium * 1e8));
            yield return new FundingRow(contract.Id, due, due, FundingRate.Of(terms, samples, default).Raw, 0, false);
        }
    }
}
