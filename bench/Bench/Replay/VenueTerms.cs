using Sluice.Core.Values;

namespace Sluice.Bench.Replay;

/// <summary>How the replayed venue is configured; everything by commands that production also has.</summary>
/// <param name="Fee">Maker and taker rate.</param>
/// <param name="Band">How far limit prices may be from the last trade (M-055); 0 = no band.</param>
/// <param name="OrdersLimit">Open orders per user and pair (S-061); 0 = no limit.</param>
public sealed record VenueTerms(string Name, bool SelfTradeGroups, long Fee, long Band, int OrdersLimit)
{
    /// <summary>Nothing refuses but a stale cancel, so that the result can be compared.</summary>
    public static readonly VenueTerms Bare = new("bare", false, 0, 0, 0);

    /// <summary>Holds, fees of 0.1 % on both sides, every leg in the ledger; orders meet as with the bare terms, so the result can be compared. What the
    /// published figures of the core are measured with.</summary>
    public static readonly VenueTerms Fees = Bare with { Name = "fees", Fee = Rate.One / 1000 };

    /// <summary>As a pair is listed by default: groups, fees of 0.1 %, a band of 10 %, 200 open orders.</summary>
    public static readonly VenueTerms Defaults = new("defaults", true, Rate.One / 1000, Rate.One / 10, 200);
}
