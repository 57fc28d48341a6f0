using Sluice.Core.Values;
using Sluice.Products.Futures.Margin;

namespace Sluice.Products.Futures.State;

/// <summary>How far any mark may have moved since an account was brought up to date, so that the accounts that can afford the worst of it need not be added up anew for
/// every order. It only ever says "surely"; the exact figures decide the rest. No part of the state.</summary>
public sealed class MarkDrift(IReadOnlyList<Market> markets)
{
    private const int MovesPerEpoch = 4096;
    private const long One = 1_000_000_000;             // of the swings

    /// <summary>Requirements and margins are rounded to quanta, a few per contract.</summary>
    private static readonly Money Roundings = new(1 << 20);

    private int epoch = 1;
    private int moves;
    private int began = 1, formerBegan = 1;             // in counts of the mark clock
    private long swing, formerSwing;                    // how far the furthest mark was from where its epoch found it, 10^-9, rounded up
    private Factors now = new(-1, 0, 0), former = new(-1, 0, 0);
    private long leastRate;                             // of value, below which no requirement is; 0 = not known

    /// <summary>A mark goes from one price to another; the clock counts it already.</summary>
    public void Moved(Market market, long from, long to, int clock)
    {
        if (++moves > MovesPerEpoch)
        {
            (moves, epoch) = (1, epoch + 1);
            (formerBegan, formerSwing) = (began, swing);
            (began, swing) = (clock - 1, 0);            // who has seen everything before this move belongs to it
        }
        if (market.DriftEpoch != epoch || market.DriftFrom == 0) (market.DriftEpoch, market.DriftFrom) = (epoch, from == 0 ? to : from);        // before its first mark it had no positions
        if (market.DriftFrom <= 0 || to <= 0) swing = One;
        else if (swing < One)
        {
            var away = (Int128)long.Abs(to - market.DriftFrom) * One / market.DriftFrom + 1;
            if (away > swing) swing = (long)Int128.Min(away, One);
        }
    }

    /// <summary>Contracts or their terms are other ones: whatever was counted before is unknown.</summary>
    public void Forget(int clock)
    {
        (moves, leastRate) = (0, 0);
        now = former = new Factors(-1, 0, 0);
        epoch++;
        (began, formerBegan, swing, formerSwing) = (clock, clock, 0, 0);
    }

    /// <summary>By how much profit less requirement, or profit less initial margin, of an account can have shrunk since it was brought up to date.</summary>
    /// <returns>False where that cannot be said.</returns>
    public bool TryLoss(in MarginAccount account, int clock, out Money loss)
    {
        loss = Money.Zero;
        if (account.MarkClock == clock || (account.Cross.Requirement.Raw | account.Cross.InitialMargin.Raw) == 0) return true;       // without a cross position no mark matters
        var most = account.MarkClock >= began ? swing : account.MarkClock >= formerBegan ? swing + formerSwing : One;
        if (most > One / 16 || account.KeptSeats != 0 || (account.Cross.Requirement.Raw | account.Cross.InitialMargin.Raw) >> 87 != 0) return false;

        ref var factors = ref account.MarkClock >= began ? ref now : ref former;
        if (factors.Most != most) factors = FactorsOf(most);
        if (factors.OfRequirement > Factors.Greatest) return false;
        var value = Wide.Product(Coarse(account.Cross.Requirement), factors.OfRequirement);
        var margin = Wide.Product(Coarse(account.Cross.InitialMargin), factors.OfInitialMargin);
        loss = new Money(unchecked((Int128)((value + margin) >> (Factors.Bits - Unsharp)) + Roundings.Raw));        // the sum is below 2^128 (Greatest), so a part of it has room
        return true;
    }

    /// <summary>What amounts are multiplied by to find their loss, in 2^-32, for marks that were at most so far away.</summary>
    private readonly record struct Factors(long Most, ulong OfRequirement, ulong OfInitialMargin)
    {
        public const int Bits = 32;
        public const ulong Greatest = ulong.MaxValue >> 2;         // so that the sum of two products fits
    }

    private const int Unsharp = 24;                     // amounts are looked at in 2^24 quanta, a hundred-thousandth of a unit

    // At most 2^63: who has more is not looked at here.
    private static ulong Coarse(Money amount) => unchecked((ulong)(amount.Raw >> Unsharp) + 1);

    // Both ends of the move may lie on either side of where the epochs found the mark, and inverse values move a little more than their marks.
    private Factors FactorsOf(long most)
    {
        var drift = (UInt128)((most * 2 + most * most / (One / 8)) * (Rate.One / One)) << Factors.Bits;
        if (leastRate == 0) leastRate = Least();
        var ofRequirement = UInt128.Min(drift * 2 / (ulong)leastRate + 1, ulong.MaxValue);
        return new Factors(most, (ulong)ofRequirement, (ulong)(drift / Rate.One) + 1);
    }

    private long Least()
    {
        var least = Rate.One;
        foreach (var market in markets)
        {
            least = long.Min(least, market.Contract.RiskLimits[0].MaintenanceRate.Raw + market.Contract.ExitFee.Raw);
        }
        return long.Max(least, 1);
    }
}
