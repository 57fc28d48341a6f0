using System.Numerics;
using Sluice.Core.Values;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Wallet;

/// <summary>What amounts are worth in another currency, at last prices, over the shortest way through the pairs. Exact until the end, then rounded down.</summary>
internal sealed class Valuation
{
    private readonly Dictionary<int, (BigInteger Numerator, BigInteger Denominator)> rates = [];

    /// <param name="target">The currency to value in.</param>
    public Valuation(VenueViews views, AssetView target)
    {
        // From the target outward: the rate of each asset follows from the one it is reached from.
        rates.Add(target.Id, (1, 1));
        var reached = new Queue<int>([target.Id]);
        while (reached.TryDequeue(out var from))
        {
            var (numerator, denominator) = rates[from];
            foreach (var pair in views.Pairs)
            {
                var price = pair.LastPrice;
                if (price <= 0) continue;
                var unit = Fixed.PowerOfTen(pair.Terms.PriceDecimals);
                if (pair.Quote.Id == from && rates.TryAdd(pair.Base.Id, (numerator * price, denominator * unit))) reached.Enqueue(pair.Base.Id);
                else if (pair.Base.Id == from && rates.TryAdd(pair.Quote.Id, (numerator * unit, denominator * price))) reached.Enqueue(pair.Quote.Id);
            }
        }
    }

    /// <summary>Zero when no pair leads there.</summary>
    public Money Of(int asset, Money amount)
    {
        if (!rates.TryGetValue(asset, out var rate)) return Money.Zero;
        var value = amount.Raw * rate.Numerator / rate.Denominator;
        return value > (BigInteger)Int128.MaxValue ? new Money(Int128.MaxValue) : new Money((Int128)value);
    }
}
