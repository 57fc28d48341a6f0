using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Server.Views.Futures;

/// <summary>A listing as it was announced, as the terms every figure is computed with.</summary>
internal sealed record ContractListing(ContractTerms Terms, string SettleCode, string Index)
{
    /// <param name="tail">As of <see cref="ListContract"/>.</param>
    public static ContractListing Read(in ListContract listing, int settleAsset, ReadOnlySpan<byte> tail)
    {
        var reader = new TailReader(tail);
        var symbol = reader.Text();
        var settle = reader.Text();
        var index = reader.Text();
        var underlying = reader.Text();
        return new ContractListing(TermsOf(listing, settleAsset, symbol, underlying, Tiers(ref reader)), settle, index);
    }

    private static RiskLimitTable Tiers(ref TailReader reader)
    {
        var tiers = new TierTerms[reader.Byte()];
        for (var k = 0; k < tiers.Length; k++)
        {
            var (high, low) = (reader.Int64(), reader.Int64());
            tiers[k] = new TierTerms(new Money(new Int128(unchecked((ulong)high), unchecked((ulong)low))), new Rate(reader.Int64()), new Rate(reader.Int64()));
        }
        return new RiskLimitTable(tiers);
    }

    private static ContractTerms TermsOf(in ListContract listing, int settleAsset, string symbol, string underlying, RiskLimitTable tiers) => new()
    {
        Symbol = symbol, Kind = listing.ContractKind, Underlying = listing.Underlying, SettleAsset = settleAsset, PriceDecimals = listing.PriceDecimals,
        SizeDecimals = listing.SizeDecimals, Multiplier = listing.Multiplier, MultiplierDecimals = listing.MultiplierDecimals, Tick = listing.Tick,
        MarkRound = listing.MarkRound, SizeStep = listing.SizeStep, OrderSizeMin = listing.OrderSizeMin, OrderSizeMax = listing.OrderSizeMax,
        MarketOrderSizeMax = listing.MarketOrderSizeMax, OrderPriceDeviate = new Rate(listing.OrderPriceDeviate), MarketOrderSlip = new Rate(listing.MarketOrderSlip),
        OrdersLimit = listing.OrdersLimit, LeverageMin = new Leverage(listing.LeverageMin), LeverageMax = new Leverage(listing.LeverageMax), RiskLimits = tiers,
        MakerFee = new Rate(listing.MakerFee), TakerFee = new Rate(listing.TakerFee), MarkMaxDeviation = new Rate(listing.MarkMaxDeviation),
        MarkWindow = listing.MarkWindow, EnableCredit = listing.EnableCredit != 0, EnableBonus = listing.EnableBonus != 0,
        Funding = listing.ContractKind == ContractKind.Delivery ? null
            : new FundingTerms(listing.FundingIntervalSeconds, listing.FundingOffsetSeconds, new Rate(listing.FundingRateLimit), new Rate(listing.InterestPerDay),
                listing.FundingImpactValue) { LinearWeights = listing.LinearWeights != 0 },
        Delivery = listing.ContractKind != ContractKind.Delivery ? null
            : new DeliveryTerms(listing.Cycle, underlying, listing.ExpiryNanos, listing.BasisImpactValue, new Rate(listing.SettleFee),
                listing.SettlePriceIntervalSeconds, listing.SettlePriceDurationSeconds),
    };
}
