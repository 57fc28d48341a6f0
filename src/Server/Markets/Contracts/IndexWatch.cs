using Sluice.Core.Kernel;
using Sluice.Products;
using Sluice.Products.Futures.State;

namespace Sluice.Server.Markets.Contracts;

/// <summary>Which indexes somebody can notice from second to second: those of contracts in which a user has a position, an order or a trigger, and those
/// participants trade most. Read from the state, so that it is the same in every run.</summary>
internal sealed class IndexWatch(VenueProducts venue, IndexBook indexes, IEnumerable<string> lively)
{
    private readonly FuturesState futures = venue.Futures.State;
    private readonly HashSet<string> lively = new(lively, StringComparer.Ordinal);
    private bool[] watched = [];
    private long lookedSequence, lookedSecond;

    public bool Any { get; private set; }

    public bool IsWatched(int number) => number < watched.Length && watched[number];

    /// <summary>Looks again when something happened since, once a second of venue time at most; true when it has looked.</summary>
    /// <param name="pricedNanos">Venue time of the last prices. While a manual clock stands there, users may do much: then it looks each time.</param>
    public bool Changed(long pricedNanos)
    {
        var machine = venue.Machine;
        if (machine.Sequence == lookedSequence) return false;
        if (machine.TimeNanos != pricedNanos && machine.TimeNanos / Nanos.PerSecond == lookedSecond) return false;
        Look();
        return true;
    }

    public void Look()
    {
        (lookedSequence, lookedSecond) = (venue.Machine.Sequence, venue.Machine.TimeNanos / Nanos.PerSecond);
        if (watched.Length < futures.ByIndex.Count + indexes.MarketCount) watched = new bool[2 * (futures.ByIndex.Count + indexes.MarketCount)];
        else Array.Clear(watched);
        Any = false;
        if (lively.Count > 0 && !venue.Wallet.State.AllLiquidityOff)
        {
            foreach (var name in lively)
            {
                if (futures.ByIndex.TryGetValue(name, out var followers)) Watch(followers[0].Number);
            }
        }
        for (var slot = 0; slot < futures.Seats.Count; slot++)
        {
            ref readonly var seat = ref futures.Seats[slot];
            if (!seat.Participant && (seat.IsOpen || seat.OpenCount > 0 || seat.OpenTriggers > 0 || seat.OpenAutos > 0)) Watch(seat.Market);
        }
    }

    private void Watch(int market)
    {
        if (market >= indexes.MarketCount || indexes.NumberOf(market) is not (>= 0 and var number)) return;
        watched[number] = Any = true;
        if (indexes.RateOf(number) is >= 0 and var rate) watched[rate] = true;
    }
}
