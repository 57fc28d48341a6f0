using System.Text.Json.Serialization;

namespace Sluice.Server.Markets.Contracts;

/// <summary>A perpetual contract, or a series of delivery contracts that differ in their expiry only; fields by the dialect's names where it has one (F-014).
/// A perpetual has the fields of funding, a series has `cycles` and the fields of delivery.</summary>
public sealed record MarketContract
{
    /// <summary>"BTC_USDT", "BTC_USD". Of a series the underlying: its contracts are "BTC_USDT_20261225".</summary>
    public string Name { get; set; } = "";

    /// <summary>"direct" is worth size × multiplier × price, "inverse" size / price.</summary>
    public string Type { get; set; } = "direct";

    /// <summary>Asset of margin and profit.</summary>
    public string Settle { get; set; } = "USDT";

    /// <summary>What the index is of: "" for crypto, "stocks", "metals", "indices", "forex", "commodities".</summary>
    public string ContractType { get; set; } = "";

    /// <summary>Among the file's indices.</summary>
    public string Index { get; set; } = "";

    /// <summary>Base units a contract; "0" for inverse ones, whose face is one unit of quote.</summary>
    public string QuantoMultiplier { get; set; } = "";
    public string OrderPriceRound { get; set; } = "";
    public string MarkPriceRound { get; set; } = "";

    /// <summary>Sizes may have decimals: whole multiples of <see cref="SizeStep"/> (F-013).</summary>
    public bool EnableDecimal { get; set; }
    public string SizeStep { get; set; } = "1";
    public string OrderSizeMin { get; set; } = "1";
    public string OrderSizeMax { get; set; } = "";
    public string MarketOrderSizeMax { get; set; } = "";
    public string OrderPriceDeviate { get; set; } = "";
    public string MarketOrderSlipRatio { get; set; } = "";
    public string LeverageMin { get; set; } = "1";
    public string LeverageMax { get; set; } = "";

    /// <summary>Name of one of the file's tables.</summary>
    public string RiskLimitTable { get; set; } = "";
    public string MakerFeeRate { get; set; } = "-0.0001";
    public string TakerFeeRate { get; set; } = "0.00075";
    public int OrdersLimit { get; set; } = 100;

    /// <summary>Seconds between settlements.</summary>
    public int? FundingInterval { get; set; }
    public int? FundingOffset { get; set; }
    public string? FundingRateLimit { get; set; }

    /// <summary>A day.</summary>
    public string? InterestRate { get; set; }
    public string? FundingImpactValue { get; set; }

    /// <summary>What takes the index's place while its market sleeps: "freeze" the last price, "ewma" the book of a stock contract (K-203),
    /// "internal_ema" that of others (F-241); "" where it never does.</summary>
    public string OffHoursPricing { get; set; } = "";

    /// <summary>Of a stock contract, for what is opened while its market sleeps; without it half of leverage_max (K-205).</summary>
    public string? ClosedMaxLeverage { get; set; }

    /// <summary>Of a stock contract: what part of the funding rate counts while its market sleeps; without it all (K-207).</summary>
    public string? ClosedFundingFactor { get; set; }

    /// <summary>Of a contract with "internal_ema": seconds from its internal index to outside prices; without it 60 (F-243).</summary>
    public int? ReopenRamp { get; set; }

    /// <summary>Of a series: "WEEKLY", "BI-WEEKLY", "QUARTERLY", "BI-QUARTERLY".</summary>
    public IReadOnlyList<string>? Cycles { get; set; }
    public string? BasisImpactValue { get; set; }
    public string? SettleFeeRate { get; set; }

    /// <summary>Seconds between samples, and of the window before the expiry.</summary>
    public int? SettlePriceInterval { get; set; }
    public int? SettlePriceDuration { get; set; }

    /// <summary>How lively participants keep it: "high", "medium", "low".</summary>
    public string Activity { get; set; } = "low";
    public PairLiquidity? Liquidity { get; set; }

    [JsonIgnore]
    public bool IsSeries => Cycles is not null;
}

/// <summary>A contract as the control API takes it: with tiers of its own, or with a table of the venue's market file.</summary>
public sealed record AddedContract
{
    public MarketContract Contract { get; set; } = new();
    public IReadOnlyList<MarketTier> Tiers { get; set; } = [];
}

/// <summary>Tiers that contracts share by name (F-110). Deductions and the highest leverage of a tier follow from them.</summary>
public sealed record MarketRiskTable
{
    public string Name { get; set; } = "";
    public IReadOnlyList<MarketTier> Tiers { get; set; } = [];
}

public sealed record MarketTier
{
    /// <summary>The highest position value of the tier, in the settle currency.</summary>
    public string RiskLimit { get; set; } = "";
    public string MaintenanceRate { get; set; } = "";
    public string InitialRate { get; set; } = "";
}

/// <summary>A price from outside that contracts follow, and how it is simulated (F-050…F-053).</summary>
public sealed record MarketIndex
{
    /// <summary>"BTC_USDT"; a rate of exchange is "fx:USDKRW".</summary>
    public string Name { get; set; } = "";

    /// <summary>What its constituents quote, where that is something else: "stock:000660", "cfd:XAUUSD".</summary>
    public string? Source { get; set; }

    /// <summary>The currency the source is quoted in, where it is not the dollar: the index is the source divided by "fx:USD" + currency (F-302).</summary>
    public string? Currency { get; set; }

    /// <summary>Whose hours the source keeps: "US", "KR", "METAL", "CME_EQ", "FX". Without one it never sleeps.</summary>
    public string? Calendar { get; set; }

    /// <summary>Of the source, at the listing. Without one the index is that of the spot pair of its name.</summary>
    public string? ReferencePrice { get; set; }

    /// <summary>The step the index is rounded to; without one the finest mark_price_round of its contracts (F-003).</summary>
    public string? PriceRound { get; set; }

    /// <summary>One simulated constituent each.</summary>
    public IReadOnlyList<double> Weights { get; set; } = [];
    public AssetModel? Model { get; set; }

    [JsonIgnore]
    public string SourceName => Source ?? Name;

    /// <summary>Base and quote of the simulated path: a source that has a name of its own moves alone, a pair as its assets do.</summary>
    [JsonIgnore]
    public (string Base, string Quote) Path
    {
        get
        {
            var split = SourceName.IndexOf('_', StringComparison.Ordinal);
            return split < 0 ? (SourceName, "USDT") : (SourceName[..split], SourceName[(split + 1)..]);
        }
    }
}
