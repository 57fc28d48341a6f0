using System.Text;
using System.Text.Json;
using Sluice.Core.Values;

namespace Sluice.Server.Api.Spot;

/// <summary>Exact numbers as the dialect writes them: plain decimal texts. Nothing is allocated.</summary>
internal static class JsonDecimals
{
    extension(Utf8JsonWriter json)
    {
        /// <summary><paramref name="raw"/> × 10^-<paramref name="decimals"/> as a text.</summary>
        public void WriteDecimal(ReadOnlySpan<byte> name, Int128 raw, int decimals)
        {
            Span<byte> text = stackalloc byte[DecimalText.MaxLength];
            json.WriteString(name, text[..DecimalText.Format(raw, decimals, text)]);
        }

        public void WriteDecimalValue(Int128 raw, int decimals)
        {
            Span<byte> text = stackalloc byte[DecimalText.MaxLength];
            json.WriteStringValue(text[..DecimalText.Format(raw, decimals, text)]);
        }

        public void WriteMoney(ReadOnlySpan<byte> name, Money amount) => json.WriteDecimal(name, amount.Raw, Money.Decimals);

        /// <summary>A whole number as a text.</summary>
        public void WriteIntegerText(ReadOnlySpan<byte> name, long value) => json.WriteDecimal(name, value, 0);
    }

    /// <summary>A text of the wire as an integer count of 10^-<paramref name="decimals"/>.</summary>
    public static bool TryRead(string text, int decimals, out Int128 value)
    {
        value = 0;
        Span<byte> bytes = stackalloc byte[64];
        return Encoding.UTF8.TryGetBytes(text, bytes, out var length) && DecimalText.TryParse(bytes[..length], decimals, out value) == DecimalParse.Ok;
    }
}
