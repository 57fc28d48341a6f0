using Sluice.Core.Values;

namespace Sluice.Core.Margin;

/// <summary>What an account has and must have in one settle currency. Every product contributes one, and products add up; amounts of different
/// currencies are never added. The wallet's cash is a contribution like any other, made once by whoever owns the wallet.</summary>
/// <param name="Cash">Free of isolated margins (F-090).</param>
/// <param name="Unrealised">Profit not yet realised, and the value of options where equity counts it; may be negative (F-091).</param>
/// <param name="InitialMargin">Of open positions (F-102).</param>
/// <param name="OrderMargin">Of open orders (F-104…F-106).</param>
/// <param name="Maintenance">The requirement of open positions, exit fees included (F-110).</param>
public readonly record struct Risk(Money Cash, Money Unrealised, Money InitialMargin, Money OrderMargin, Money Maintenance)
{
    /// <summary>The margin balance MB.</summary>
    public Money Equity => Cash + Unrealised;

    /// <summary>What new orders may use; below zero it blocks them and liquidates nobody (F-093, F-108).</summary>
    public Money Available => Equity - InitialMargin - OrderMargin;

    /// <summary>What may leave the account: profit not yet realised does not count, loss does. Never negative (F-094).</summary>
    public Money Transferable => Money.Max(Money.Zero, Cash + Money.Min(Money.Zero, Unrealised) - InitialMargin - OrderMargin);

    public MarginLevel Level => new(Equity, Maintenance);

    public static Risk operator +(Risk a, Risk b) => new(a.Cash + b.Cash, a.Unrealised + b.Unrealised, a.InitialMargin + b.InitialMargin,
        a.OrderMargin + b.OrderMargin, a.Maintenance + b.Maintenance);

    public static Risk operator -(Risk a, Risk b) => new(a.Cash - b.Cash, a.Unrealised - b.Unrealised, a.InitialMargin - b.InitialMargin,
        a.OrderMargin - b.OrderMargin, a.Maintenance - b.Maintenance);
}
