using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Values;

namespace Sluice.Server.Api.Futures;

/// <summary>Whether sizes of contracts are texts, which may have decimals, or whole numbers (X-Gate-Size-Decimal; conventions 8.2).</summary>
public enum SizeForm
{
    /// <summary>Whole numbers, what is behind the point cut off: for clients that know no decimal sizes, and for delivery contracts always.</summary>
    Integer,
    Text,
}

/// <summary>What objects of contracts are written with, beside <see cref="Spot.JsonDecimals"/>.</summary>
internal static class FuturesJson
{
    extension(Utf8JsonWriter json)
    {
        /// <summary>A size in the form the client asked for.</summary>
        public void WriteSize(ReadOnlySpan<byte> name, Int128 raw, int decimals, SizeForm form)
        {
            json.WritePropertyName(name);
            json.WriteSizeValue(raw, decimals, form);
        }

        public void WriteSizeValue(Int128 raw, int decimals, SizeForm form)
        {
            Span<byte> text = stackalloc byte[DecimalText.MaxLength];
            if (form == SizeForm.Text) json.WriteStringValue(text[..DecimalText.Format(raw, decimals, text)]);
            else json.WriteRawValue(text[..DecimalText.Format(raw / Fixed.PowerOfTen(decimals), 0, text)], skipInputValidation: true);
        }

        /// <summary>Unix time in seconds with milliseconds, as a number.</summary>
        public void WriteSeconds(ReadOnlySpan<byte> name, long nanos) => json.WriteNumber(name, (Int128)(nanos / Nanos.PerMillisecond), 3);

        /// <summary><paramref name="raw"/> × 10^-<paramref name="decimals"/> as a number.</summary>
        public void WriteNumber(ReadOnlySpan<byte> name, Int128 raw, int decimals)
        {
            Span<byte> text = stackalloc byte[DecimalText.MaxLength];
            json.WritePropertyName(name);
            json.WriteRawValue(text[..DecimalText.Format(raw, decimals, text)], skipInputValidation: true);
        }
    }
}
