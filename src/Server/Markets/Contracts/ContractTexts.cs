using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Server.Markets.Contracts;

/// <summary>Reads the texts of one entry, and keeps a sentence for each that is not what it should be.</summary>
internal sealed class ContractTexts(string entry, List<string> errors)
{
    /// <summary>Highest amount of settle currency an entry may name: sums of amounts stay far from the end of 128 bits.</summary>
    private static readonly Money AmountMax = new(Fixed.PowerOfTen(15) * (Int128)Fixed.PowerOfTen(Money.Decimals));

    public int Count => errors.Count;

    public void Add(string sentence) => errors.Add($"{entry}: {sentence}");

    /// <summary>An integer of so many decimals.</summary>
    public long Raw(string field, string? text, int decimals, long min)
    {
        if (MarketRules.TryRaw(text ?? "", decimals, out var raw) && raw >= min) return raw;
        Add($"{field} '{text}' is not a decimal {(min > 0 ? "above 0" : "of at least 0")} with at most {decimals} decimals.");
        return min;
    }

    public Rate Fraction(string field, string? text)
    {
        if (MarketRules.TryRate(text ?? "", out var rate) && rate.Raw <= Rate.One) return rate;
        Add($"{field} '{text}' is not a decimal from 0 to 1.");
        return default;
    }

    public Rate SignedFraction(string field, string? text)
    {
        if (MarketRules.TryRaw(text ?? "", Rate.Decimals, out var raw) && raw is >= -Rate.One and <= Rate.One) return new Rate(raw);
        Add($"{field} '{text}' is not a decimal from -1 to 1.");
        return default;
    }

    public Money Amount(string field, string? text)
    {
        if (MarketRules.TryMoney(text ?? "", out var money) && !money.IsZero && money <= AmountMax) return money;
        Add($"{field} '{text}' is not a decimal above 0, at most 10^15.");
        return default;
    }

    public Leverage Leverage(string field, string text)
    {
        if (MarketRules.TryRaw(text, Products.Futures.Contracts.Leverage.Decimals, out var raw) && raw is >= 100 and <= 100_000) return new Leverage((int)raw);
        Add($"{field} '{text}' is not a leverage from 1 to 1000 with at most 2 decimals.");
        return default;
    }

    public int Seconds(string field, int? value, int min, int max)
    {
        if (value is { } seconds && seconds >= min && seconds <= max) return seconds;
        Add($"{field} must be from {min} to {max} seconds.");
        return min;
    }

    /// <summary>The place of a word in a list, or −1.</summary>
    public int Word(string field, string text, IReadOnlyList<string> words)
    {
        for (var i = 0; i < words.Count; i++)
        {
            if (words[i] == text) return i;
        }
        Add($"{field} '{text}' is none of {string.Join(", ", words.Select(word => $"'{word}'"))}.");
        return -1;
    }

    /// <summary>Decimals a text has without trailing zeros; "0.10" has one.</summary>
    public static int DecimalsOf(string? text)
    {
        var point = text?.IndexOf('.', StringComparison.Ordinal) ?? -1;
        return point < 0 ? 0 : text!.TrimEnd('0').Length - point - 1;
    }
}
