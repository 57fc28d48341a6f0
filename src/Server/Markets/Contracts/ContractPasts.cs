using System.Collections.Concurrent;
using System.Globalization;
using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Markets.Contracts;

/// <summary>What the past of a contract is made of: the path of its index, ending at what that was when the contract was listed. That of a delivery contract
/// begins when the calendar has it listed, and costs its premium more. Thread-safe.</summary>
/// <param name="pairs">Listed pairs by symbol.</param>
internal sealed class ContractPasts(PricePath path, MarketFile file, Func<string, PairView?> pairs)
{
    private readonly ConcurrentDictionary<int, HistoryTerms?> known = new();
    private readonly Dictionary<string, MarketIndex> indexes = file.Indexes.ToDictionary(index => index.Name, StringComparer.Ordinal);

    /// <summary>Null where there is no past.</summary>
    public HistoryTerms? Of(ContractView contract) => known.GetOrAdd(contract.Id, static (_, source) => source.Own.Made(source.Contract), (Own: this, Contract: contract));

    private HistoryTerms? Made(ContractView contract)
    {
        if (PriceAt(contract) is not { } past) return null;
        var tick = contract.Terms.Tick;
        var (entry, first, basis) = (EntryOf(contract), 0L, (DeliveryBasis?)null);
        if (contract.Terms.Delivery is { } delivery)
        {
            if (entry is null) return null;                     // not of a series, so no calendar says since when
            first = DeliveryCalendar.ListingOf(delivery.ExpiryNanos, ContractCatalogue.CyclesOf(entry)) / Nanos.PerSecond;
            basis = DeliveryBasis.Of(ContractNames.KeyOf(path.Seed, new WalletId(contract.Wallet), contract.Symbol), delivery.ExpiryNanos);
        }
        var reference = (long)double.Round(past.Price * (1 + (basis?.At(contract.ListedNanos) ?? 0)) * Fixed.PowerOfTen(contract.PriceDecimals) / tick) * tick;
        return new HistoryTerms(ContractNames.Of(new WalletId(contract.Wallet), contract.Symbol), past.Base, past.Quote, contract.PriceDecimals, contract.SizeDecimals, reference, contract.ListedNanos)
        {
            Tick = tick, IsInverse = contract.IsInverse, ValueUnit = contract.Contract.ValueUnit, Liquidity = entry?.Liquidity ?? new PairLiquidity(),
            FirstSeconds = first, Basis = basis,
        };
    }

    private MarketContract? EntryOf(ContractView contract)
    {
        var name = contract.Terms.Delivery?.Underlying ?? contract.Symbol;
        return file.Contracts.FirstOrDefault(one => one.IsSeries == contract.IsDelivery && one.Name == name && one.Settle == contract.Settle.Code);
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
