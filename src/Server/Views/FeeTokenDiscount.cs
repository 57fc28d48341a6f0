using Sluice.Core.Values;
using Sluice.Products.Spot;

namespace Sluice.Server.Views;

/// <summary>What the fee token leaves of a fee rate (S-052, S-053).</summary>
/// <param name="Factor">10^-12 of the ordinary rate.</param>
internal sealed record FeeTokenDiscount(long Factor)
{
    /// <summary>Without a fee token nothing is discounted.</summary>
    public static readonly FeeTokenDiscount None = new(Rate.One);

    public static FeeTokenDiscount Of(in ConfigureSpot terms) => terms.FeeToken == 0 ? None : new(terms.FeeTokenFactor);

    public long Of(long rate) => rate <= 0 ? rate : (long)Fixed.MulDiv(rate, Factor, Rate.One, Rounding.Ceiling);
}
