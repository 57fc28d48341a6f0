using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Funding;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Listing;

/// <summary>Lists contracts (F-010, F-014, F-305).</summary>
public sealed class ListingHandlers(FuturesState state)
{
    private const int TiersMax = 64;

    /// <summary>Sets the timers of a contract that was listed just now.</summary>
    public Action<Market, Context>? Beginning { get; set; }

    public ushort List(in ListContract command, ReadOnlySpan<byte> tail, Context context)
    {
        var reader = new TailReader(tail);
        var (symbol, settle, index, underlying) = (reader.Text(), reader.Text(), reader.Text(), reader.Text());
        var tiers = Tiers(ref reader);
        if (tiers.Length is 0 or > TiersMax) return (ushort)FuturesRefusal.InvalidTerms;
        if (!state.Spot.AssetsByCode.TryGetValue(settle, out var asset)) return (ushort)FuturesRefusal.AssetNotFound;
        if (WalletOf(settle, command.ContractKind) is not { } wallet) return (ushort)FuturesRefusal.InvalidTerms;
        if (state.BySymbol.ContainsKey((wallet.Value, symbol))) return (ushort)FuturesRefusal.AlreadyListed;       // ConfigureContract changes it
        if (symbol.Length is 0 or > 48 || index.Length is 0 or > 48 || underlying.Length > 48 || state.Markets.Count == FuturesState.MarketsMax
            || command.Status is not (MarketStatus.Untradable or MarketStatus.Tradable or MarketStatus.CircuitBreaker))
        {
            return (ushort)FuturesRefusal.InvalidTerms;
        }
        if (Sound(command, symbol, underlying, asset.Id, tiers) is not { } terms) return (ushort)FuturesRefusal.InvalidTerms;
        if (command.ContractKind == ContractKind.Delivery && command.ExpiryNanos <= context.Stamp.TimeNanos) return (ushort)FuturesRefusal.InvalidTerms;

        var market = Make(state, terms, new Listed(command, symbol, settle, index, underlying, context.Stamp.TimeNanos), wallet);
        market.Status = command.Status;
        if (terms.Funding is { } funding) market.NextFundingNanos = FundingRate.NextSettlementNanos(funding, context.Stamp.TimeNanos);
        context.ObjectId = market.Id.Value;
        context.Events.Append(new ContractListed
        {
            Terms = command, ListedNanos = context.Stamp.TimeNanos, Instrument = market.Id.Value, SettleAsset = asset.Id,
        }, tail);
        Beginning?.Invoke(market, context);
        return 0;
    }

    /// <summary>Also from a snapshot.</summary>
    public static Market Make(FuturesState state, ContractTerms terms, Listed listed, WalletId wallet)
    {
        var number = state.Markets.Count;
        var asset = terms.SettleAsset;
        var market = new Market(number, new Contract(terms), listed, wallet, state.Pool, state.Positions)
        {
            Clearing = state.Ledger.Open(UserId.Venue.Value, WalletId.Clearing(number), asset),
            Fees = state.Ledger.Open(UserId.Venue.Value, WalletId.Fees, asset),
            Fund = state.Ledger.Open(UserId.Venue.Value, WalletId.Insurance, asset),
        };
        state.Add(market);
        return market;
    }

    /// <summary>Null where nothing holds such a contract's margin (spec README §5).</summary>
    public static WalletId? WalletOf(string settle, ContractKind kind) => (settle, kind) switch
    {
        ("USDT", ContractKind.Linear) => WalletId.FuturesUsdt,
        ("BTC", ContractKind.Inverse) => WalletId.FuturesBtc,
        ("USDT", ContractKind.Delivery) => WalletId.DeliveryUsdt,
        _ => null,
    };

    /// <summary>Terms that passed every check (F-012, F-110, F-305); null where one fails.</summary>
    public static ContractTerms? Sound(in ListContract command, string symbol, string underlying, int asset, ReadOnlySpan<TierTerms> tiers)
    {
        if (tiers.Length is 0 or > TiersMax || !IsSound(command, tiers)) return null;
        var terms = TermsOf(command, symbol, underlying, asset, tiers);
        return ContractCheck.Find(terms) == ContractFault.None ? terms : null;
    }

    /// <summary>The tiers of a tail.</summary>
    public static TierTerms[] Tiers(ref TailReader reader)
    {
        var tiers = new TierTerms[reader.Byte()];
        for (var i = 0; i < tiers.Length; i++)
        {
            var (high, low) = (reader.Int64(), reader.Int64());
            tiers[i] = new TierTerms(new Money(new Int128(unchecked((ulong)high), unchecked((ulong)low))), new Rate(reader.Int64()), new Rate(reader.Int64()));
        }
        return tiers;
    }

    /// <summary>The tail of a listing, as events carry it.</summary>
    public static void WriteTail(ref TailWriter writer, Listed listed, RiskLimitTable tiers)
    {
        writer.Text(listed.Symbol);
        writer.Text(listed.Settle);
        writer.Text(listed.IndexName);
        writer.Text(listed.Underlying);
        writer.Byte((byte)tiers.Count);
        foreach (ref readonly var tier in tiers.Tiers)
        {
            writer.Int64((long)(tier.Limit.Raw >> 64));
            writer.Int64(unchecked((long)(ulong)tier.Limit.Raw));
            writer.Int64(tier.MaintenanceRate.Raw);
            writer.Int64(tier.InitialRate.Raw);
        }
    }

    public static ContractTerms TermsOf(in ListContract command, string symbol, string underlying, int asset, ReadOnlySpan<TierTerms> tiers)
    {
        var isDelivery = command.ContractKind == ContractKind.Delivery;
        return new ContractTerms
        {
            Symbol = symbol, Kind = command.ContractKind, Underlying = command.Underlying, SettleAsset = asset, PriceDecimals = command.PriceDecimals,
            SizeDecimals = command.SizeDecimals, Multiplier = command.Multiplier, MultiplierDecimals = command.MultiplierDecimals, Tick = command.Tick,
            MarkRound = command.MarkRound, SizeStep = command.SizeStep, OrderSizeMin = command.OrderSizeMin, OrderSizeMax = command.OrderSizeMax,
            MarketOrderSizeMax = command.MarketOrderSizeMax, OrderPriceDeviate = new Rate(command.OrderPriceDeviate),
            MarketOrderSlip = new Rate(command.MarketOrderSlip), OrdersLimit = command.OrdersLimit, LeverageMin = new Leverage(command.LeverageMin),
            LeverageMax = new Leverage(command.LeverageMax), RiskLimits = new RiskLimitTable(tiers), MakerFee = new Rate(command.MakerFee),
            TakerFee = new Rate(command.TakerFee), MarkMaxDeviation = new Rate(command.MarkMaxDeviation), MarkWindow = command.MarkWindow,
            EnableCredit = command.EnableCredit != 0, EnableBonus = command.EnableBonus != 0,
            Funding = isDelivery ? null : new FundingTerms(command.FundingIntervalSeconds, command.FundingOffsetSeconds, new Rate(command.FundingRateLimit),
                new Rate(command.InterestPerDay), command.FundingImpactValue) { LinearWeights = command.LinearWeights != 0 },
            Delivery = !isDelivery ? null : new DeliveryTerms(command.Cycle, underlying, command.ExpiryNanos, command.BasisImpactValue, new Rate(command.SettleFee),
                command.SettlePriceIntervalSeconds, command.SettlePriceDurationSeconds),
        };
    }

    // What must hold before anything is computed of it: tables divide by rates, windows allocate.
    private static bool IsSound(in ListContract command, ReadOnlySpan<TierTerms> tiers)
    {
        foreach (var tier in tiers)
        {
            if (tier.Limit <= Money.Zero || tier.Limit > LimitMax || tier.MaintenanceRate.Raw is <= 0 or > Rate.One || tier.InitialRate.Raw is < RateMin or > Rate.One) return false;
        }
        return command.ContractKind is ContractKind.Linear or ContractKind.Inverse or ContractKind.Delivery && command.Underlying <= Underlying.Commodities
            && command.OffHours <= OffHoursPricing.Ewma && (command.OffHours == OffHoursPricing.None || command.ContractKind == ContractKind.Linear)
            && command.ClosedFundingFactor is >= 0 and <= Rate.One && command.ReopenRampSeconds >= 0
            && (command.ClosedLeverageMax == 0 || (command.ClosedLeverageMax >= 100 && command.ClosedLeverageMax <= command.LeverageMax)) && command.OrdersLimit >= 0 && command.TriggersLimit >= 0 && command.MarkWindow is > 0 and <= 3600
            && command.Tick is > 0 and <= ContractCheck.PriceMax && command.MarkRound is > 0 and <= ContractCheck.PriceMax
            && command.SizeStep is > 0 and <= ContractCheck.SizeMax && command.MakerFee >= -Rate.One && command.TakerFee is >= 0 and <= Rate.One
            && command.FundingImpactValue >= Money.Zero && command.FundingImpactValue <= LimitMax && command.BasisImpactValue >= Money.Zero && command.BasisImpactValue <= LimitMax
            && command.SettlePriceIntervalSeconds >= 0 && command.SettlePriceDurationSeconds is >= 0 and <= 86_400 && command.LeverageMax <= 100_000
            && command.ExpiryNanos is >= 0 and < long.MaxValue / 2;
    }

    private static readonly Money LimitMax = Money.Units(Fixed.PowerOfTen(15));
    private const long RateMin = Rate.One / 100_000;
}
