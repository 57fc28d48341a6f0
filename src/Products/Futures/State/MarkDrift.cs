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
        epoch++;
        (began, formerBegan, swing, formerSwing) = (clock, clock, 0, 0);
    }

    /// <summary>By how much profit less requirement, or profit less initial margin, of an account can have shrunk since it was brought up to date.</summary>
    /// <returns>False where that cannot be said.</returns>
    public bool TryLoss(in MarginAccount account, int clock, out Money loss)
    {
        loss = Money.Zero;
        if (account.MarkClock == clock) return true;
        var most = account.MarkClock >= began ? swing : account.MarkClock >= formerBegan ? swing + formerSwing : One;
        if (most > One / 16 || account.KeptSeats != 0 || (account.Cross.Requirement.Raw | account.Cross.InitialMargin.Raw) >> 88 != 0) return false;

        // Both ends of the move may lie on either side of where the epochs found the mark, and inverse values move a little more than their marks.
        var drift = (most * 2 + most * most / (One / 8)) * (Rate.One / One);
        if (leastRate == 0) leastRate = Least();
        var value = (UInt128)account.Cross.Requirement.Raw * (ulong)drift / (ulong)leastRate;
        var margin = (UInt128)account.Cross.InitialMargin.Raw * (ulong)drift / Rate.One;
        loss = new Money((Int128)(value * 2 + margin)) + Roundings;
        return true;
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
