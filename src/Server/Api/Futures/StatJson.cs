using System.Text.Json;
using Sluice.Core.Values;
using Sluice.Server.History.Futures;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

/// <summary>Writes statistics of a contract (ContractStat): what happened in a step added up, what is held as at its end.</summary>
internal static class StatJson
{
    private const int RatioDecimals = 6;

    /// <param name="named">Whether it says which contract it is of, as sockets do.</param>
    public static void Write(Utf8JsonWriter json, ContractView contract, long startSeconds, ContractStatRow[] steps, SizeForm form, bool named = false)
    {
        var (last, size) = (steps[^1], contract.SizeDecimals);
        var sums = steps.Aggregate(static (a, b) => a with
        {
            LongTaken = a.LongTaken + b.LongTaken, ShortTaken = a.ShortTaken + b.ShortTaken, LongLiquidated = a.LongLiquidated + b.LongLiquidated,
            ShortLiquidated = a.ShortLiquidated + b.ShortLiquidated, LongLiquidatedValue = a.LongLiquidatedValue + b.LongLiquidatedValue,
            ShortLiquidatedValue = a.ShortLiquidatedValue + b.ShortLiquidatedValue,
        });
        json.WriteStartObject();
        json.WriteNumber("time"u8, startSeconds);
        if (named) json.WriteString("contract"u8, contract.Symbol);
        json.WriteNumber("lsr_taker"u8, Ratio(sums.LongTaken, sums.ShortTaken), RatioDecimals);
        json.WriteNumber("lsr_account"u8, Ratio(last.Longs, last.Shorts), RatioDecimals);
        WriteLiquidated(json, "long_liq_size"u8, "long_liq_amount"u8, "long_liq_usd"u8, sums.LongLiquidated, sums.LongLiquidatedValue, contract, last.Mark, form);
        json.WriteNumber("long_liq_usd_new"u8, Usd(sums.LongLiquidatedValue, sums.LongLiquidated, contract).Raw, Money.Decimals);
        WriteLiquidated(json, "short_liq_size"u8, "short_liq_amount"u8, "short_liq_usd"u8, sums.ShortLiquidated, sums.ShortLiquidatedValue, contract, last.Mark, form);
        json.WriteNumber("short_liq_usd_new"u8, Usd(sums.ShortLiquidatedValue, sums.ShortLiquidated, contract).Raw, Money.Decimals);
        json.WriteSize("open_interest"u8, last.OpenInterest, size, form);
        json.WriteNumber("open_interest_usd"u8, Usd(contract.ValueOf(last.OpenInterest, last.Mark), last.OpenInterest, contract).Raw, Money.Decimals);
        json.WriteNumber("top_lsr_account"u8, Ratio(last.TopLongs, last.TopShorts), RatioDecimals);
        WriteRatio(json, "top_lsr_size"u8, Ratio(last.TopLongSize, last.TopShortSize), form);
        json.WriteNumber("mark_price"u8, last.Mark, contract.PriceDecimals);
        json.WriteDecimalText("top_long_size"u8, last.TopLongSize, size);
        json.WriteDecimalText("top_short_size"u8, last.TopShortSize, size);
        json.WriteDecimalText("long_taker_size"u8, sums.LongTaken, size);
        json.WriteDecimalText("short_taker_size"u8, sums.ShortTaken, size);
        json.WriteNumber("top_long_account"u8, last.TopLongs);
        json.WriteNumber("top_short_account"u8, last.TopShorts);
        json.WriteNumber("long_users"u8, last.Longs);
        json.WriteNumber("short_users"u8, last.Shorts);
        json.WriteEndObject();
    }

    private static void WriteDecimalText(this Utf8JsonWriter json, ReadOnlySpan<byte> name, long raw, int decimals) => Spot.JsonDecimals.WriteDecimal(json, name, raw, decimals);

    // The amount is in base units: size × multiplier, or of an inverse contract its value.
    private static void WriteLiquidated(Utf8JsonWriter json, ReadOnlySpan<byte> sizeName, ReadOnlySpan<byte> amountName, ReadOnlySpan<byte> usdName, long size, Money value,
        ContractView contract, long mark, SizeForm form)
    {
        var terms = contract.Terms;
        json.WriteSize(sizeName, size, contract.SizeDecimals, form);
        if (contract.IsInverse) json.WriteNumber(amountName, value.Raw, Money.Decimals);
        else json.WriteNumber(amountName, (Int128)size * terms.Multiplier, contract.SizeDecimals + terms.MultiplierDecimals);
        json.WriteNumber(usdName, Usd(value, size, contract).Raw, Money.Decimals);
    }

    // The dialect treats this ratio as a size: a text where sizes are texts.
    private static void WriteRatio(Utf8JsonWriter json, ReadOnlySpan<byte> name, Int128 ratio, SizeForm form)
    {
        if (form == SizeForm.Text) json.WriteSize(name, ratio, RatioDecimals, form);
        else json.WriteNumber(name, ratio, RatioDecimals);
    }

    private static Money Usd(Money value, long size, ContractView contract) =>
        contract.IsInverse ? new Money((Int128)size * Fixed.PowerOfTen(Money.Decimals - contract.SizeDecimals)) : value;

    private static Int128 Ratio(long over, long under) => under == 0 ? 0 : Fixed.MulDiv(over, Fixed.PowerOfTen(RatioDecimals), under, Rounding.HalfEven);
}
