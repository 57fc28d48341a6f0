using Sluice.Core.Kernel;
using Sluice.Products.Futures.Pricing;

namespace Sluice.Products.Futures.State;

/// <summary>What of a snapshot is there for sleeping markets.</summary>
internal static class SleepSnapshot
{
    public static void Save(StateWriter writer, Market market)
    {
        ref readonly var sleep = ref market.Sleep;
        writer.Byte((byte)sleep.Session);
        if (sleep.Session == MarketSession.Live) return;
        writer.Int64(sleep.Reference);
        writer.Int64(sleep.Band.Low);
        writer.Int64(sleep.Band.High);
        writer.Int128(sleep.Inner.Value);
        writer.Int128(sleep.Mark.Value);
        writer.Int64(sleep.EdgeNanos);
        writer.Int64(sleep.AnchoredNanos);
        writer.Int64(sleep.Outside);
        writer.Int64(sleep.OpenedNanos);
    }

    /// <summary>Before the samples of the middle, whose number depends on it.</summary>
    public static void Load(ref StateReader reader, Market market)
    {
        ref var sleep = ref market.Sleep;
        sleep = new Sleep { Session = (MarketSession)reader.Byte() };
        if (sleep.Session == MarketSession.Live) return;
        sleep.Reference = reader.Int64();
        sleep.Band = new OffHoursBand(reader.Int64(), reader.Int64());
        sleep.Inner.Value = reader.Int128();
        sleep.Mark.Value = reader.Int128();
        sleep.EdgeNanos = reader.Int64();
        sleep.AnchoredNanos = reader.Int64();
        sleep.Outside = reader.Int64();
        sleep.OpenedNanos = reader.Int64();
        market.FitMiddle();
    }
}
