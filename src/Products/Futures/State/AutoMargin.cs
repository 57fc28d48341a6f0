using Sluice.Core.Values;

namespace Sluice.Products.Futures.State;

/// <summary>How much may be added to an isolated leg by itself while it is open, and how much of it was (F-124). In the settle currency, 0 ≤ Added ≤ Most, Most above zero.</summary>
public readonly record struct AutoMargin(Money Most, Money Added)
{
    public Money Left => Most - Added;
}
