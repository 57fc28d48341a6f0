using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Wallet;
using Sluice.Runtime.Sequencing;

namespace Sluice.Server.Markets.Contracts;

/// <summary>Turns the contracts of a market file into listing commands: those that exist at an instant and are not listed yet.</summary>
internal sealed class ContractListing(VenueProducts venue, MarketFile file)
{
    private const int TriggersLimit = 50;
    private const int TailMax = 16 * 1024;

    private readonly ContractCatalogue catalogue = new(file);
    private readonly byte[] tail = new byte[TailMax];

    /// <summary>When the next delivery contract expires and another is listed; long.MaxValue when the file has no series.</summary>
    public long NextRollNanos(long nowNanos)
    {
        var next = long.MaxValue;
        foreach (var contract in file.Contracts)
        {
            if (contract.IsSeries) next = long.Min(next, DeliveryCalendar.NextExpiry(nowNanos, ContractCatalogue.CyclesOf(contract)));
        }
        return next;
    }

    /// <summary>Lists what the venue does not have yet, in the file's order; what it has keeps its terms and its status. Result: how many.</summary>
    public int List(long nowNanos, ICoreDoor door)
    {
        var listed = 0;
        foreach (var contract in file.Contracts)
        {
            if (!venue.Spot.State.AssetsByCode.TryGetValue(contract.Settle, out var settle)) continue;
            if (!contract.IsSeries)
            {
                if (!IsListed(contract.Name, contract.Settle, isSeries: false)) listed += List(contract, catalogue.TermsOf(contract, settle.Id), door);
                continue;
            }
            foreach (var date in DeliveryCalendar.At(nowNanos, ContractCatalogue.CyclesOf(contract)))
            {
                if (!IsListed(date.SymbolOf(contract.Name), contract.Settle, isSeries: true)) listed += List(contract, catalogue.TermsOf(contract, date, settle.Id), door);
            }
        }
        return listed;
    }

    /// <summary>Gives the insurance funds what the file says they begin with; those that have had anything keep what they have.</summary>
    public void Endow(ICoreDoor door)
    {
        foreach (var (code, text) in file.Insurance.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (!venue.Spot.State.AssetsByCode.TryGetValue(code, out var asset) || !MarketRules.TryMoney(text, out var amount) || amount.IsZero) continue;
            if (venue.Ledger.TryFind(UserId.Venue.Value, WalletId.Insurance, asset.Id, out var fund) && venue.Ledger[fund].UpdateId > 0) continue;
            door.Execute(UserId.Venue, new Fund { User = UserId.Venue.Value, Wallet = WalletId.Insurance.Value, Asset = asset.Id, Amount = amount });
        }
    }

    /// <summary>For senders outside the core thread: the command and its tail.</summary>
    public static (ListContract Command, byte[] Tail) CommandOf(MarketContract contract, ContractTerms terms)
    {
        var writer = new TailWriter(new byte[TailMax]);
        Write(ref writer, contract, terms);
        return (TermsOf(contract, terms), writer.Written.ToArray());
    }

    private bool IsListed(string symbol, string settle, bool isSeries) =>
        ContractNames.WalletOf(settle, isSeries) is not { } wallet || venue.Futures.State.BySymbol.ContainsKey((wallet.Value, symbol));

    private int List(MarketContract contract, ContractTerms terms, ICoreDoor door)
    {
        var writer = new TailWriter(tail);
        Write(ref writer, contract, terms);
        return door.Execute(UserId.Venue, TermsOf(contract, terms), writer.Written).Accepted ? 1 : 0;
    }

    private static void Write(ref TailWriter writer, MarketContract contract, ContractTerms terms)
    {
        writer.Text(terms.Symbol);
        writer.Text(contract.Settle);
        writer.Text(contract.Index);
        writer.Text(terms.Delivery?.Underlying ?? "");
        writer.Byte(checked((byte)terms.RiskLimits.Count));
        foreach (ref readonly var tier in terms.RiskLimits.Tiers)
        {
            writer.Int64((long)(tier.Limit.Raw >> 64));
            writer.Int64(unchecked((long)(ulong)tier.Limit.Raw));
            writer.Int64(tier.MaintenanceRate.Raw);
            writer.Int64(tier.InitialRate.Raw);
        }
    }

    private static ListContract TermsOf(MarketContract contract, ContractTerms terms) => new()
    {
        FundingImpactValue = terms.Funding?.ImpactValue ?? Money.Zero,
        BasisImpactValue = terms.Delivery?.BasisImpactValue ?? Money.Zero,
        Multiplier = terms.Multiplier,
        Tick = terms.Tick,
        MarkRound = terms.MarkRound,
        SizeStep = terms.SizeStep,
        OrderSizeMin = terms.OrderSizeMin,
        OrderSizeMax = terms.OrderSizeMax,
        MarketOrderSizeMax = terms.MarketOrderSizeMax,
        OrderPriceDeviate = terms.OrderPriceDeviate.Raw,
        MarketOrderSlip = terms.MarketOrderSlip.Raw,
        MakerFee = terms.MakerFee.Raw,
        TakerFee = terms.TakerFee.Raw,
        MarkMaxDeviation = terms.MarkMaxDeviation.Raw,
        FundingRateLimit = terms.Funding?.RateLimit.Raw ?? 0,
        InterestPerDay = terms.Funding?.InterestPerDay.Raw ?? 0,
        SettleFee = terms.Delivery?.SettleFee.Raw ?? 0,
        ExpiryNanos = terms.Delivery?.ExpiryNanos ?? 0,
        ClosedFundingFactor = Part(contract.ClosedFundingFactor),
        FundingIntervalSeconds = terms.Funding?.IntervalSeconds ?? 0,
        FundingOffsetSeconds = terms.Funding?.OffsetSeconds ?? 0,
        SettlePriceIntervalSeconds = terms.Delivery?.SettlePriceIntervalSeconds ?? 0,
        SettlePriceDurationSeconds = terms.Delivery?.SettlePriceDurationSeconds ?? 0,
        LeverageMin = terms.LeverageMin.Hundredths,
        LeverageMax = terms.LeverageMax.Hundredths,
        PriceDecimals = terms.PriceDecimals,
        SizeDecimals = terms.SizeDecimals,
        MultiplierDecimals = terms.MultiplierDecimals,
        OrdersLimit = terms.OrdersLimit,
        TriggersLimit = TriggersLimit,
        MarkWindow = terms.MarkWindow,
        ContractKind = terms.Kind,
        Underlying = terms.Underlying,
        Cycle = terms.Delivery?.Cycle ?? default,
        Status = MarketStatus.Tradable,
        OffHours = OffHoursOf(contract.OffHoursPricing),
        LinearWeights = terms.Funding is { LinearWeights: false } ? (byte)0 : (byte)1,
        EnableCredit = terms.EnableCredit ? (byte)1 : (byte)0,
        EnableBonus = terms.EnableBonus ? (byte)1 : (byte)0,
        ReopenRampSeconds = (short)(contract.ReopenRamp ?? RampSeconds),
        ClosedLeverageMax = contract.ClosedMaxLeverage is { } most && MarketRules.TryRaw(most, Leverage.Decimals, out var hundredths) ? (int)hundredths : 0,
    };

    // Checked by the catalogue.
    private static long Part(string? factor) => factor is not null && MarketRules.TryRate(factor, out var rate) ? rate.Raw : Rate.One;

    private const int RampSeconds = 60;

    private static OffHoursPricing OffHoursOf(string word) => word switch
    {
        "freeze" => OffHoursPricing.Freeze,
        "internal_ema" => OffHoursPricing.InternalEma,
        "ewma" => OffHoursPricing.Ewma,
        _ => OffHoursPricing.None,
    };
}
