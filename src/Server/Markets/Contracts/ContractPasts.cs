using System.Collections.Concurrent;
using System.Globalization;
using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Markets.Contracts;

/// <summary>What the past of a contract is made of: the path of its index, ending at what that was when the contract was listed. Delivery contracts have none: they
/// begin with their listing. Thread-safe.</summary>
/// <param name="pairs">Listed pairs by symbol.</param>
internal sealed class ContractPasts(PricePath path, MarketFile file, Func<string, PairView?> pairs)
{
    private readonly ConcurrentDictionary<int, HistoryTerms?> known = new();
    private readonly Dictionary<string, MarketIndex> indexes = file.Indexes.ToDictionary(index => index.Name, StringComparer.Ordinal);

    /// <summary>Null where there is no past.</summary>
    public HistoryTerms? Of(ContractView contract) => known.GetOrAdd(contract.Id, static (_, source) => source.Own.Made(source.Contract), (Own: this, Contract: contract));

    private HistoryTerms? Made(ContractView contract)
    {
        if (contract.IsDelivery || PriceAt(contract) is not { } past) return null;
        var tick = contract.Terms.Tick;
        var reference = (long)double.Round(past.Price * Fixed.PowerOfTen(contract.PriceDecimals) / tick) * tick;
        var entry = file.Contracts.FirstOrDefault(one => !one.IsSeries && one.Name == contract.Symbol && one.Settle == contract.Settle.Code);
        return new HistoryTerms(ContractNames.Of(new WalletId(contract.Wallet), contract.Symbol), past.Base, past.Quote, contract.PriceDecimals, contract.SizeDecimals, reference, contract.ListedNanos)
        {
            Tick = tick, IsInverse = contract.IsInverse, ValueUnit = contract.Contract.ValueUnit, Liquidity = entry?.Liquidity ?? new PairLiquidity(),
        };
    }

    private (string Base, string Quote, double Price)? PriceAt(ContractView contract)
    {
        if (indexes.TryGetValue(contract.Index, out var index) && index.ReferencePrice is { } text)
        {
            var rate = index.Currency is { } currency && indexes.TryGetValue(Indexes.IndexTerms.RateOf(currency), out var found) ? Number(found.ReferencePrice ?? "1") : 1;
            return (index.Path.Base, index.Path.Quote, Number(text) / rate);
        }
        if (pairs(contract.Index) is not { ListingReference: > 0 } pair) return null;
        var anchor = new PathAnchor(pair.Base.Code, pair.Quote.Code, pair.ListedNanos, pair.ListingReference);
        return (pair.Base.Code, pair.Quote.Code, new PathReader(path).Price(anchor, contract.ListedNanos) / Fixed.PowerOfTen(pair.PriceDecimals));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
