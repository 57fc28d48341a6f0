using Sluice.Core.Values;

namespace Sluice.Products.Futures.Contracts;

/// <summary>What a contract is worth and how it ends.</summary>
public enum ContractKind : byte
{
    /// <summary>Perpetual, worth size × multiplier × price in the settle currency.</summary>
    Linear = 1,

    /// <summary>Perpetual with a face value of one unit of quote, worth size / price in the settle coin.</summary>
    Inverse = 2,

    /// <summary>Linear, settled in cash at its expiry, without funding (F-083, F-217).</summary>
    Delivery = 3,
}

/// <summary>The dialect's contract_type: what the index is of, and so which sessions it follows.</summary>
public enum Underlying : byte
{
    Crypto = 0,
    Stocks = 1,
    Metals = 2,
    Indices = 3,
    Forex = 4,
    Commodities = 5,
}

/// <summary>The dialect's cycle of a delivery contract (F-210).</summary>
public enum DeliveryCycle : byte
{
    Weekly = 1,
    BiWeekly = 2,
    Quarterly = 3,
    BiQuarterly = 4,
}

/// <summary>The static parameters of a contract (F-014). Prices are raw integers of <see cref="PriceDecimals"/>, sizes of <see cref="SizeDecimals"/>.
/// <see cref="ContractCheck"/> says what may not be; a <see cref="Contract"/> is made of terms that passed.</summary>
public sealed record ContractTerms
{
    /// <summary>"BTC_USDT", "BTC_USD", "BTC_USDT_20261225" (F-010).</summary>
    public required string Symbol { get; init; }
    public required ContractKind Kind { get; init; }
    public Underlying Underlying { get; init; }

    /// <summary>Of margin, profit and fees.</summary>
    public required int SettleAsset { get; init; }

    /// <summary>Fine enough for tick, mark and index; 0 to 12.</summary>
    public required int PriceDecimals { get; init; }

    /// <summary>0, or more where sizes may be decimal (F-013).</summary>
    public int SizeDecimals { get; init; }

    /// <summary>quanto_multiplier, base units per contract, times 10^<see cref="MultiplierDecimals"/>. An inverse contract has 1 and shows "0".</summary>
    public long Multiplier { get; init; } = 1;
    public int MultiplierDecimals { get; init; }

    /// <summary>order_price_round.</summary>
    public required long Tick { get; init; }

    /// <summary>mark_price_round; the index has the same precision.</summary>
    public required long MarkRound { get; init; }

    /// <summary>The lot: 1 contract, or the step of decimal sizes (F-013).</summary>
    public long SizeStep { get; init; } = 1;

    /// <summary>order_size_min; 0 means one <see cref="SizeStep"/> (M-131).</summary>
    public long OrderSizeMin { get; init; }
    public required long OrderSizeMax { get; init; }

    /// <summary>0 means <see cref="OrderSizeMax"/>.</summary>
    public long MarketOrderSizeMax { get; init; }

    /// <summary>How far from the mark an order may cross (M-053).</summary>
    public required Rate OrderPriceDeviate { get; init; }

    /// <summary>How far a market order may slip from the best price (M-054).</summary>
    public required Rate MarketOrderSlip { get; init; }
    public int OrdersLimit { get; init; } = 100;

    public required Leverage LeverageMin { get; init; }
    public required Leverage LeverageMax { get; init; }
    public required RiskLimitTable RiskLimits { get; init; }

    /// <summary>Default rates; a user's own override them (F-041). A negative maker rate is a rebate.</summary>
    public required Rate MakerFee { get; init; }

    /// <summary>Also the reserve for leaving a position, f_m (F-042).</summary>
    public required Rate TakerFee { get; init; }

    /// <summary>How far mark and index may be apart; zero where nothing is clamped (F-061).</summary>
    public Rate MarkMaxDeviation { get; init; } = new(Rate.One / 10);

    /// <summary>Samples of one second in the moving average of the mark: 30, or 300 before the market opens and off hours (F-056).</summary>
    public int MarkWindow { get; init; } = 30;

    public bool EnableCredit { get; init; }
    public bool EnableBonus { get; init; }

    /// <summary>Of perpetual contracts.</summary>
    public FundingTerms? Funding { get; init; }

    /// <summary>Of delivery contracts.</summary>
    public DeliveryTerms? Delivery { get; init; }

    /// <summary>Whether a price is a whole number of ticks (M-002); a division only where a tick is not the finest price there is.</summary>
    public bool IsOnTick(long price) => Tick == 1 || price % Tick == 0;

    /// <summary>Whether a size, signed or not, is a whole number of lots (F-003); likewise.</summary>
    public bool IsWholeLots(long size) => SizeStep == 1 || size % SizeStep == 0;
}

/// <summary>When and how much the two sides of a perpetual contract pay each other (F-070…F-080).</summary>
/// <param name="IntervalSeconds">1, 2, 4 or 8 hours.</param>
/// <param name="OffsetSeconds">funding_offset: the settlement is so much after the multiple of the interval.</param>
/// <param name="RateLimit">The cap of the rate of one settlement, a multiple of 10^-6.</param>
/// <param name="InterestPerDay">Zero for everything but crypto (F-072).</param>
/// <param name="ImpactValue">funding_impact_value, in the settle currency.</param>
public sealed record FundingTerms(int IntervalSeconds, int OffsetSeconds, Rate RateLimit, Rate InterestPerDay, Money ImpactValue)
{
    /// <summary>premium_weighting: the i-th sample of a cycle weighs i, or all weigh the same (F-071).</summary>
    public bool LinearWeights { get; init; } = true;

    public int Hours => IntervalSeconds / 3600;
}

/// <summary>When and how a delivery contract ends (F-210…F-214).</summary>
/// <param name="ExpiryNanos">Since the Unix epoch.</param>
/// <param name="BasisImpactValue">In the settle currency.</param>
/// <param name="SettlePriceIntervalSeconds">Between two samples of the settlement average.</param>
/// <param name="SettlePriceDurationSeconds">Of the window before the expiry; a multiple of the interval.</param>
public sealed record DeliveryTerms(DeliveryCycle Cycle, string Underlying, long ExpiryNanos, Money BasisImpactValue, Rate SettleFee,
    int SettlePriceIntervalSeconds = 60, int SettlePriceDurationSeconds = 1800)
{
    public int Samples => SettlePriceDurationSeconds / SettlePriceIntervalSeconds;
}
