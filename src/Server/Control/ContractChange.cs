using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Listing;
using Sluice.Runtime;
using Sluice.Server.Gateway;
using Sluice.Server.Markets.Contracts;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Control;

/// <summary>Other terms for a listed contract (F-169), by the names of the dialect and of a market file; what is left out stays.</summary>
internal sealed class ContractChange(ControlOptions options)
{
    /// <summary>config_grace where the operator gives none: three days.</summary>
    private const int GraceSeconds = 72 * 3600;
    private const int GraceSecondsMax = 365 * 86_400;
    private const int CountMax = 10_000;
    private const int MarkWindowMax = 3600;
    private const int TailMax = 4096;
    private const int TiersMax = 64;
    private const long InitialRateMin = Rate.One / 100_000;

    private static readonly Int128 AmountMax = Money.Units(1_000_000_000_000_000).Raw;

    private static readonly string[] Shared =
    [
        "quanto_multiplier", "order_price_round", "mark_price_round", "order_size_min", "order_size_max", "market_order_size_max", "order_price_deviate",
        "market_order_slip_ratio", "orders_limit", "leverage_min", "leverage_max", "maker_fee_rate", "taker_fee_rate", "mark_max_deviation", "mark_window", "enable_credit",
        "enable_bonus", "tiers", "config_grace", .. ContractOptionsBody.Fields,
    ];

    private static readonly string[] OfPerpetual = [.. Shared, "funding_interval", "funding_offset", "funding_rate_limit", "interest_rate", "funding_impact_value"];
    private static readonly string[] OfDelivery = [.. Shared, "basis_impact_value", "settle_fee_rate"];

    public async ValueTask<ApiError?> ChangeAsync(ControlRequest request)
    {
        var found = InstrumentNames.Find(options.Views, request.Value(), out var unknown);
        if (unknown is not null) return unknown;
        if (found is not [ContractView contract])
        {
            return ApiErrors.InvalidParam("instrument", request.Value(), "the full name of one contract is expected, such as futures:usdt:BTC_USDT");
        }
        var body = request.Body(contract.IsDelivery ? OfDelivery : OfPerpetual);
        var command = new ConfigureContract { Instrument = contract.Id, Terms = TermsOf(body, contract), Options = ContractOptionsBody.Read(body, contract.Options) };
        command.GraceSeconds = (int)(body.Integer("config_grace", 0, GraceSecondsMax) ?? GraceSeconds);
        var tiers = TiersOf(body, contract);
        if (body.Error is { } error) return error;
        var terms = ListingHandlers.TermsOf(command.Terms, contract.Symbol, contract.Terms.Delivery?.Underlying ?? "", contract.Terms.SettleAsset, tiers);
        if (ContractCheck.Find(terms) is var fault && fault != ContractFault.None) return new ApiError("INVALID_PARAM_VALUE", ContractCatalogue.Sentence(fault, terms));

        var outcome = await options.Sequencer.SubmitAsync(UserId.Venue, command, TailOf(tiers), new CommandOptions(Idempotency: request.Idempotency()));
        if (!outcome.Result.Accepted) return ControlRefusals.Of(outcome.Result.Refusal);
        request.Json.WriteStartObject();
        request.Json.WriteString("name"u8, InstrumentNames.Of(contract));
        request.Json.WriteNumber("sequence"u8, outcome.Stamp.Sequence);
        request.Json.WriteEndObject();
        return null;
    }

    private static ListContract TermsOf(Parameters body, ContractView contract)
    {
        var terms = contract.Listing;
        var (price, size) = (contract.PriceDecimals, contract.SizeDecimals);
        if (!contract.IsInverse) terms.Multiplier = Raw(body, "quanto_multiplier", terms.MultiplierDecimals, terms.Multiplier, 1);
        terms.Tick = Raw(body, "order_price_round", price, terms.Tick, 1);
        terms.MarkRound = Raw(body, "mark_price_round", price, terms.MarkRound, 1);
        terms.OrderSizeMin = Raw(body, "order_size_min", size, terms.OrderSizeMin);
        terms.OrderSizeMax = Raw(body, "order_size_max", size, terms.OrderSizeMax, 1);
        terms.MarketOrderSizeMax = Raw(body, "market_order_size_max", size, terms.MarketOrderSizeMax);
        terms.OrderPriceDeviate = Fraction(body, "order_price_deviate", terms.OrderPriceDeviate);
        terms.MarketOrderSlip = Fraction(body, "market_order_slip_ratio", terms.MarketOrderSlip);
        terms.OrdersLimit = (int)(body.Integer("orders_limit", 1, CountMax) ?? terms.OrdersLimit);
        terms.LeverageMin = (int)Raw(body, "leverage_min", Leverage.Decimals, terms.LeverageMin, 100, 100_000);
        terms.LeverageMax = (int)Raw(body, "leverage_max", Leverage.Decimals, terms.LeverageMax, 100, 100_000);
        terms.MakerFee = Raw(body, "maker_fee_rate", Rate.Decimals, terms.MakerFee, -Rate.One, Rate.One);
        terms.TakerFee = Fraction(body, "taker_fee_rate", terms.TakerFee);
        terms.MarkMaxDeviation = Fraction(body, "mark_max_deviation", terms.MarkMaxDeviation);
        terms.MarkWindow = (int)(body.Integer("mark_window", 1, MarkWindowMax) ?? terms.MarkWindow);
        terms.EnableCredit = Flag(body, "enable_credit", terms.EnableCredit);
        terms.EnableBonus = Flag(body, "enable_bonus", terms.EnableBonus);
        if (contract.IsDelivery)
        {
            terms.BasisImpactValue = Amount(body, "basis_impact_value", terms.BasisImpactValue);
            terms.SettleFee = Fraction(body, "settle_fee_rate", terms.SettleFee);
            return terms;
        }
        terms.FundingIntervalSeconds = (int)(body.Integer("funding_interval", 3600, 28_800) ?? terms.FundingIntervalSeconds);
        terms.FundingOffsetSeconds = (int)(body.Integer("funding_offset", 0, 28_800) ?? terms.FundingOffsetSeconds);
        terms.FundingRateLimit = Fraction(body, "funding_rate_limit", terms.FundingRateLimit);
        terms.InterestPerDay = Fraction(body, "interest_rate", terms.InterestPerDay);
        terms.FundingImpactValue = Amount(body, "funding_impact_value", terms.FundingImpactValue);
        return terms;
    }

    private static TierTerms[] TiersOf(Parameters body, ContractView contract)
    {
        var given = body.Array("tiers");
        if (!body.Has("tiers")) return [.. contract.Terms.RiskLimits.Tiers.ToArray().Select(tier => new TierTerms(tier.Limit, tier.MaintenanceRate, tier.InitialRate))];
        if (given.Count is 0 or > TiersMax || given.Any(tier => tier.ValueKind != JsonValueKind.Object))
        {
            body.Refuse(ApiErrors.InvalidParam("tiers", $"{given.Count} entries", $"1 to {TiersMax} objects with risk_limit, maintenance_rate and initial_rate"));
            return [];
        }
        var tiers = new TierTerms[given.Count];
        for (var k = 0; k < tiers.Length; k++)
        {
            var tier = new Parameters(null, given[k]);
            var (limit, maintenance, initial) = (tier.RequiredScaled("risk_limit", Money.Decimals), tier.RequiredScaled("maintenance_rate", Rate.Decimals), tier.RequiredScaled("initial_rate", Rate.Decimals));
            if (tier.Error is null && (limit <= 0 || limit > AmountMax || maintenance <= 0 || maintenance > Rate.One || initial < InitialRateMin || initial > Rate.One))
            {
                tier.Refuse(ApiErrors.InvalidParam("tiers", $"tier {k + 1}", "a limit above 0, at most 10^15; a maintenance rate above 0 and an initial rate of at least 0.00001, both at most 1"));
            }
            if (tier.Error is { } error) body.Refuse(error);
            else tiers[k] = new TierTerms(new Money(limit), new Rate((long)maintenance), new Rate((long)initial));
        }
        return tiers;
    }

    private static byte[] TailOf(TierTerms[] tiers)
    {
        var tail = new TailWriter(new byte[TailMax]);
        tail.Byte((byte)tiers.Length);
        foreach (var tier in tiers)
        {
            tail.Int64((long)(tier.Limit.Raw >> 64));
            tail.Int64(unchecked((long)(ulong)tier.Limit.Raw));
            tail.Int64(tier.MaintenanceRate.Raw);
            tail.Int64(tier.InitialRate.Raw);
        }
        return tail.Written.ToArray();
    }

    private static long Raw(Parameters body, string name, int decimals, long now, long least = 0, long most = ContractCheck.PriceMax)
    {
        if (body.Scaled(name, decimals) is not { } raw) return now;
        if (raw >= least && raw <= most) return (long)raw;
        body.Refuse(ApiErrors.InvalidParam(name, DecimalText.Format(raw, decimals), $"from {DecimalText.Format(least, decimals)} to {DecimalText.Format(most, decimals)}"));
        return now;
    }

    internal static long Fraction(Parameters body, string name, long now) => Raw(body, name, Rate.Decimals, now, 0, Rate.One);

    internal static byte Flag(Parameters body, string name, byte now) => body.Flag(name) is { } flag ? flag ? (byte)1 : (byte)0 : now;

    internal static Money Amount(Parameters body, string name, Money now, int least = 1)
    {
        if (body.Scaled(name, Money.Decimals) is not { } raw) return now;
        if (raw >= least && raw <= AmountMax) return new Money(raw);
        body.Refuse(ApiErrors.InvalidParam(name, DecimalText.Format(raw, Money.Decimals), least == 0 ? "0, or more, at most 10^15" : "above 0, at most 10^15"));
        return now;
    }
}

/// <summary>The options of a contract as the control API writes and takes them.</summary>
internal static class ContractOptionsBody
{
    public static readonly string[] Fields = ["liq_surplus_mode", "liq_clearance_rate", "liq_chunk_value", "cb_move", "dynamic_funding_interval", "order_margin_open_loss"];

    private static readonly string[] SurplusModes = ["insurance", "refund_capped_fee"];

    public static ContractOptions Read(Parameters body, ContractOptions options)
    {
        var surplus = body.Word("liq_surplus_mode", SurplusModes);
        if (surplus >= 0) options.Surplus = (SurplusMode)surplus;
        options.ClearanceRate = ContractChange.Fraction(body, "liq_clearance_rate", options.ClearanceRate);
        options.BreakerMove = ContractChange.Fraction(body, "cb_move", options.BreakerMove);
        options.DynamicFunding = ContractChange.Flag(body, "dynamic_funding_interval", options.DynamicFunding);
        options.OpenLoss = ContractChange.Flag(body, "order_margin_open_loss", options.OpenLoss);
        options.LiquidationChunk = ContractChange.Amount(body, "liq_chunk_value", options.LiquidationChunk, 0);
        return options;
    }

    public static void Write(Utf8JsonWriter json, in ContractOptions options)
    {
        json.WriteString("liq_surplus_mode"u8, SurplusModes[(int)options.Surplus]);
        json.WriteString("liq_clearance_rate"u8, new Rate(options.ClearanceRate).ToString());
        json.WriteString("liq_chunk_value"u8, options.LiquidationChunk.ToString());
        json.WriteString("cb_move"u8, new Rate(options.BreakerMove).ToString());
        json.WriteBoolean("dynamic_funding_interval"u8, options.DynamicFunding != 0);
        json.WriteBoolean("order_margin_open_loss"u8, options.OpenLoss != 0);
    }
}
