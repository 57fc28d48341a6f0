using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;
using Sluice.Server.Api.Spot;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

/// <summary>Writes contracts and their tiers.</summary>
internal static class ContractJson
{
    /// <summary>Contract, or DeliveryContract.</summary>
    public static void Write(Utf8JsonWriter json, ContractView contract, SizeForm form)
    {
        json.WriteStartObject();
        WriteTerms(json, contract, form);
        if (contract.IsDelivery) WriteDelivery(json, contract);
        else WritePerpetual(json, contract, form);
        json.WriteEndObject();
    }

    private static void WriteTerms(Utf8JsonWriter json, ContractView contract, SizeForm form)
    {
        var (terms, prices) = (contract.Terms, contract.Prices);
        var (price, size) = (contract.PriceDecimals, contract.SizeDecimals);
        var tiers = terms.RiskLimits;
        json.WriteString("name"u8, contract.Symbol);
        json.WriteString("type"u8, contract.IsInverse ? "inverse"u8 : "direct"u8);
        json.WriteDecimal("quanto_multiplier"u8, contract.IsInverse ? 0 : terms.Multiplier, terms.MultiplierDecimals);
        json.WriteDecimal("leverage_min"u8, terms.LeverageMin.Hundredths, Leverage.Decimals);
        json.WriteDecimal("leverage_max"u8, terms.LeverageMax.Hundredths, Leverage.Decimals);
        json.WriteDecimal("maintenance_rate"u8, tiers[0].MaintenanceRate.Raw, Rate.Decimals);
        json.WriteString("mark_type"u8, "index"u8);
        json.WriteDecimal("mark_price"u8, prices.Mark, price);
        json.WriteDecimal("index_price"u8, prices.Index, price);
        json.WriteDecimal("last_price"u8, contract.LastPrice, price);
        json.WriteDecimal("maker_fee_rate"u8, terms.MakerFee.Raw, Rate.Decimals);
        json.WriteDecimal("taker_fee_rate"u8, terms.TakerFee.Raw, Rate.Decimals);
        json.WriteDecimal("order_price_round"u8, terms.Tick, price);
        json.WriteDecimal("mark_price_round"u8, terms.MarkRound, price);
        json.WriteMoney("risk_limit_base"u8, tiers[0].Limit);
        json.WriteMoney("risk_limit_step"u8, tiers.Count > 1 ? tiers[1].Limit - tiers[0].Limit : Money.Zero);
        json.WriteMoney("risk_limit_max"u8, tiers[tiers.Count - 1].Limit);
        json.WriteSize("order_size_min"u8, terms.OrderSizeMin, size, form);
        json.WriteSize("order_size_max"u8, terms.OrderSizeMax, size, form);
        json.WriteDecimal("order_price_deviate"u8, terms.OrderPriceDeviate.Raw, Rate.Decimals);
        json.WriteString("ref_discount_rate"u8, "0"u8);
        json.WriteString("ref_rebate_rate"u8, "0"u8);
        json.WriteNumber("orderbook_id"u8, contract.Book.UpdateId);
        json.WriteNumber("trade_id"u8, contract.LastTradeId);
        json.WriteSize("trade_size"u8, contract.TradeSize, size, form);
        json.WriteSize("position_size"u8, contract.Interest.Size, size, form);
        json.WriteSeconds("config_change_time"u8, contract.ChangedNanos);
        json.WriteBoolean("in_delisting"u8, contract.Status == MarketStatus.Delisting);
        json.WriteNumber("orders_limit"u8, terms.OrdersLimit);
    }

    private static void WritePerpetual(Utf8JsonWriter json, ContractView contract, SizeForm form)
    {
        var (terms, funding) = (contract.Terms, contract.Terms.Funding!);
        json.WriteDecimal("funding_rate"u8, contract.Funding.Rate, Rate.Decimals);
        json.WriteDecimal("funding_rate_indicative"u8, contract.Funding.Rate, Rate.Decimals);           // F-074: both are the same
        json.WriteNumber("funding_interval"u8, funding.IntervalSeconds);
        json.WriteNumber("funding_offset"u8, funding.OffsetSeconds);
        json.WriteNumber("funding_next_apply"u8, contract.Funding.AppliesNanos / Nanos.PerSecond);
        json.WriteString("funding_cap_ratio"u8, "0.75"u8);                                              // F-080
        json.WriteDecimal("funding_rate_limit"u8, funding.RateLimit.Raw, Rate.Decimals);
        json.WriteMoney("funding_impact_value"u8, funding.ImpactValue);
        json.WriteDecimal("interest_rate"u8, funding.InterestPerDay.Raw, Rate.Decimals);
        json.WriteBoolean("enable_decimal"u8, contract.SizeDecimals > 0);
        json.WriteBoolean("enable_bonus"u8, terms.EnableBonus);
        json.WriteBoolean("enable_credit"u8, terms.EnableCredit);
        json.WriteBoolean("enable_circuit_breaker"u8, contract.Options.BreakerMove != 0);
        json.WriteSeconds("create_time"u8, contract.ListedNanos);
        json.WriteNumber("launch_time"u8, contract.ListedNanos / Nanos.PerSecond);
        json.WriteString("status"u8, FuturesWords.Of(contract.Status));
        json.WriteNumber("delisting_time"u8, contract.Status is MarketStatus.Delisting or MarketStatus.Delisted ? contract.ChangedNanos / Nanos.PerSecond : 0);
        json.WriteNumber("delisted_time"u8, contract.EndNanos / Nanos.PerSecond);
        json.WriteDecimal("market_order_slip_ratio"u8, terms.MarketOrderSlip.Raw, Rate.Decimals);
        json.WriteDecimal("market_order_size_max"u8, terms.MarketOrderSizeMax, contract.SizeDecimals);
        json.WriteString("contract_type"u8, FuturesWords.Of(terms.Underlying));
    }

    private static void WriteDelivery(Utf8JsonWriter json, ContractView contract)
    {
        var (terms, state) = (contract.Terms.Delivery!, contract.Delivery);
        var price = contract.PriceDecimals;
        json.WriteString("underlying"u8, terms.Underlying);
        json.WriteString("cycle"u8, FuturesWords.Of(terms.Cycle));
        json.WriteDecimal("basis_rate"u8, state.BasisRate, Rate.Decimals);
        json.WriteDecimal("basis_value"u8, BasisOf(contract), price);
        json.WriteMoney("basis_impact_value"u8, terms.BasisImpactValue);
        json.WriteDecimal("settle_fee_rate"u8, terms.SettleFee.Raw, Rate.Decimals);
        json.WriteDecimal("settle_price"u8, state.SettlePrice, price);
        json.WriteNumber("settle_price_interval"u8, terms.SettlePriceIntervalSeconds);
        json.WriteNumber("settle_price_duration"u8, terms.SettlePriceDurationSeconds);
        json.WriteNumber("expire_time"u8, terms.ExpiryNanos / Nanos.PerSecond);
    }

    /// <summary>What the mark of a delivery contract stands above its index (F-059).</summary>
    public static long BasisOf(ContractView contract) => contract.Prices.Basis == 0 ? 0 : contract.Prices.Basis - contract.Prices.Index;

    /// <summary>One tier of a table (F-110); tiers count from 1 on the wire.</summary>
    /// <param name="symbol">Null where the table stands alone.</param>
    public static void WriteTier(Utf8JsonWriter json, in Tier tier, int k, string? symbol)
    {
        json.WriteStartObject();
        json.WriteNumber("tier"u8, k + 1);
        json.WriteMoney("risk_limit"u8, tier.Limit);
        json.WriteDecimal("initial_rate"u8, tier.InitialRate.Raw, Rate.Decimals);
        json.WriteDecimal("maintenance_rate"u8, tier.MaintenanceRate.Raw, Rate.Decimals);
        json.WriteDecimal("leverage_max"u8, tier.LeverageMax.Hundredths, Leverage.Decimals);
        if (symbol is not null) json.WriteString("contract"u8, symbol);
        json.WriteMoney("deduction"u8, tier.Deduction);
        json.WriteEndObject();
    }
}
