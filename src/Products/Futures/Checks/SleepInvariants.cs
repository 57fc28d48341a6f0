using Sluice.Core.Kernel;
using Sluice.Products.Futures.Pricing;
using Sluice.Core.Matching;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Checks;

/// <summary>Index and mark of a contract whose market sleeps are inside its band, and somebody steps it (K-I9, F-242).</summary>
internal sealed class SleepersInBand(FuturesState state) : IInvariant
{
    public string Name => "index and mark of sleeping contracts in their bands, and a step is due";

    public string? Broken()
    {
        foreach (var market in state.Markets)
        {
            ref readonly var sleep = ref market.Sleep;
            if (sleep.Session == MarketSession.Live)
            {
                if (sleep.Reference != 0 || sleep.Band != default) return $"{market.Symbol}: live, with a band";
                continue;
            }
            if (!market.SleepRules.Sleeps || sleep.IsStep) return $"{market.Symbol}: {sleep.Session}";
            if (market.Status == MarketStatus.Delisted) continue;
            var rests = SleepTimer.NextOf(state, market.SleepRules.StepNanos) == 0;
            if (rests && (!market.IsAsleep || !market.Book.Bids.IsEmpty || !market.Book.Asks.IsEmpty)) return $"{market.Symbol}: {sleep.Session}, and no step is due";
            if (!market.IsAsleep) continue;
            var (low, high) = sleep.Band;
            if (sleep.Reference < low || sleep.Reference > high) return $"{market.Symbol}: {sleep.Reference} outside its band {low} to {high}";
            if (market.Index < low || market.Index > high) return $"{market.Symbol}: index {market.Index} outside {low} to {high}";
            if (!market.IsMarkPinned && (market.Mark < low || market.Mark > high)) return $"{market.Symbol}: mark {market.Mark} outside {low} to {high}";
        }
        return null;
    }
}
