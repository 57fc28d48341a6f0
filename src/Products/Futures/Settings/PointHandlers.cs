using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Settings;

/// <summary>What settle currencies are worth in points, and who pays in them (F-045).</summary>
public sealed class PointHandlers(FuturesState state)
{
    // More is a mistake about decimals.
    private static readonly Money ValueMax = Money.Units(1_000_000_000);

    public ushort SetValue(in SetPointValue command, ReadOnlySpan<byte> tail, Context context)
    {
        var points = state.Points;
        if (state.Spot.AssetOf(command.Asset) is null || state.Spot.AssetOf(command.Points) is null) return (ushort)FuturesRefusal.AssetNotFound;
        if (command.Value.IsNegative || command.Value > ValueMax || command.Asset == command.Points) return (ushort)FuturesRefusal.InvalidTerms;
        if (points.Asset != 0 && points.Asset != command.Points) return (ushort)FuturesRefusal.InvalidTerms;             // what was paid is told in them
        if (points.Values.GetValueOrDefault(command.Asset) == command.Value) return (ushort)FuturesRefusal.NoChange;
        points.Asset = command.Points;
        if (command.Value.IsZero) points.Values.Remove(command.Asset);
        else points.Values[command.Asset] = command.Value;
        Settle();
        context.ObjectId = command.Asset;
        context.Events.Append(new PointValueChanged { Terms = command });
        return 0;
    }

    public ushort SetUse(in SetPointUse command, ReadOnlySpan<byte> tail, Context context)
    {
        var user = context.Actor.Value;
        if (FuturesState.IsVenue(user) || !state.Users.TryGet(user, out _)) return (ushort)FuturesRefusal.UserNotFound;
        if (command.Enabled > 1) return (ushort)FuturesRefusal.InvalidCombination;
        if (state.Users.IsLocked(user)) return (ushort)FuturesRefusal.UserLocked;
        if (state.Points.Users.Contains(user) == (command.Enabled != 0)) return (ushort)FuturesRefusal.NoChange;
        if (command.Enabled != 0) state.Points.Users.Add(user);
        else state.Points.Users.Remove(user);
        Settle();
        context.ObjectId = user;
        context.Events.Append(new PointUseChanged { User = user, Enabled = command.Enabled });
        return 0;
    }

    private void Settle() => state.UsesPoints = state.Points.Values.Count != 0 && state.Points.Users.Count != 0;
}
