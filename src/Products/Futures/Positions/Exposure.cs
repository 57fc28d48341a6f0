using Sluice.Core.Margin;
using Sluice.Core.Values;

namespace Sluice.Products.Futures.Positions;

/// <summary>What one contract adds to an account at one mark: one cross position, or the cross legs of both sides together.</summary>
/// <param name="Requirement">R = MM + V·f_m, each rounded up (F-110, F-112).</param>
public record struct Exposure(Money Unrealised, Money InitialMargin, Money Requirement)
{
    /// <summary>What it adds to equity less requirement: the account is safe while cash and these sum to more than zero (F-170).</summary>
    public readonly Money Contribution => Unrealised - Requirement;

    public static Exposure operator +(in Exposure a, in Exposure b) =>
        new(a.Unrealised + b.Unrealised, a.InitialMargin + b.InitialMargin, a.Requirement + b.Requirement);

    public static Exposure operator -(in Exposure a, in Exposure b) =>
        new(a.Unrealised - b.Unrealised, a.InitialMargin - b.InitialMargin, a.Requirement - b.Requirement);

    public readonly Risk ToRisk() => new(Money.Zero, Unrealised, InitialMargin, Money.Zero, Requirement);
}
