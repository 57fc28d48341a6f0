using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Products.Futures.Liquidation;

/// <summary>The marks at which equity no longer covers what is required: at or below <see cref="Below"/>, and at or above <see cref="Above"/>.</summary>
/// <param name="Below">0 where no fall is deep enough.</param>
/// <param name="Above"><see cref="long.MaxValue"/> where no rise is high enough.</param>
public readonly record struct PriceBand(long Below, long Above)
{
    public static readonly PriceBand Everything = new(0, long.MaxValue);

    /// <summary>The price a long is liquidated at, or none.</summary>
    public long? OfLong => Below is > 0 and < long.MaxValue ? Below : null;

    /// <summary>The price a short is liquidated at, or none.</summary>
    public long? OfShort => Above is > 0 and < long.MaxValue ? Above : null;

    public bool Contains(long mark) => mark > Below && mark < Above;

    /// <summary>Narrows the band to where cushion + w(net, p) − W &gt; rate · V(larger, p) − deduction. Both sides are linear in p (linear contracts) or in
    /// 1/p (inverse), so there is one root; over the tiers the narrowest band is right because the requirement is convex (F-115).</summary>
    /// <param name="net">Signed size whose value moves with the price: both legs together.</param>
    /// <param name="larger">Size of the larger leg, without sign: what the requirement is of (F-133).</param>
    /// <param name="rest">Cushion − W + deduction, in quanta.</param>
    /// <param name="rate">Of the requirement, exit fee included, in 10^-12.</param>
    /// <param name="step">Prices are rounded to multiples of it.</param>
    /// <param name="inward">Up below and down above, so that nothing comes late (F-003). Otherwise away from the band: of a step of 1 the marks outside are then
    /// exactly those where it does not hold.</param>
    public PriceBand Narrowed(Contract contract, long net, long larger, Int128 rest, long rate, long step, bool inward = true)
    {
        // Rates are nearly always whole millionths; then what follows fits 128 bits, and often 64.
        var one = Rate.One;
        if (rate % Millionth == 0) (rate, one) = (rate / Millionth, Rate.One / Millionth);
        return contract.IsInverse ? NarrowedInverse(contract.ValueUnit, long.BigMul(net, one) + long.BigMul(larger, rate), rest, one, step, inward)
            : NarrowedLinear(contract.ValueUnit, long.BigMul(net, one) - long.BigMul(larger, rate), rest, one, step, inward);
    }

    // rest + slope / one · unit · p > 0
    private PriceBand NarrowedLinear(long unit, Int128 slope, Int128 rest, long one, long step, bool inward)
    {
        if (slope == 0) return rest > 0 ? this : this with { Above = 0 };
        if (slope > 0)
        {
            if (rest >= 0) return this;
            return this with { Below = long.Max(Below, Times(Int256.MulDiv(-rest, one, slope, long.BigMul(unit, step), inward ? Rounding.Ceiling : Rounding.Floor), step)) };
        }
        if (rest <= 0) return this with { Above = 0 };
        return this with { Above = long.Min(Above, Times(Int256.MulDiv(rest, one, -slope, long.BigMul(unit, step), inward ? Rounding.Floor : Rounding.Ceiling), step)) };
    }

    // rest − slope / one · unit / p > 0
    private PriceBand NarrowedInverse(long unit, Int128 slope, Int128 rest, long one, long step, bool inward)
    {
        if (slope == 0) return rest > 0 ? this : this with { Above = 0 };
        if (slope > 0)
        {
            if (rest <= 0) return this with { Below = long.MaxValue };
            return this with { Below = long.Max(Below, Times(Int256.MulDiv(slope, unit, rest, long.BigMul(one, step), inward ? Rounding.Ceiling : Rounding.Floor), step)) };
        }
        if (rest >= 0) return this;
        return this with { Above = long.Min(Above, Times(Int256.MulDiv(-slope, unit, -rest, long.BigMul(one, step), inward ? Rounding.Floor : Rounding.Ceiling), step)) };
    }

    private const long Millionth = Rate.One / 1_000_000;

    // A root beyond every price is as good as the last one.
    private static long Times(Int128 steps, long step) => steps > long.MaxValue / step ? long.MaxValue : (long)steps * step;
}
