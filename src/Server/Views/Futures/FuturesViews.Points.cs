using Sluice.Core.Values;
using Sluice.Products.Futures.Events;

namespace Sluice.Server.Views.Futures;

// Fees in points (F-045).
public sealed partial class FuturesViews
{
    /// <summary>The asset of points; 0 where the venue never had any.</summary>
    public int PointAsset => pointAsset;

    /// <summary>Points for one unit of a settle currency; zero where fees are paid in cash.</summary>
    public Money PointValueOf(int asset) => pointValues.GetValueOrDefault(asset);

    /// <summary>Whether a user pays in points where it has them.</summary>
    public bool PaysInPoints(int user) => pointUsers.ContainsKey(user);

    private void Changed(in PointValueChanged changed)
    {
        pointAsset = changed.Terms.Points;
        if (changed.Terms.Value.IsZero) pointValues.TryRemove(changed.Terms.Asset, out _);
        else pointValues[changed.Terms.Asset] = changed.Terms.Value;
    }

    private void Changed(in PointUseChanged changed)
    {
        if (changed.Enabled != 0) pointUsers[changed.User] = 0;
        else pointUsers.TryRemove(changed.User, out _);
    }

    // What was told of this leg just before, or what it had.
    private PositionRow WithPoints(PositionRow row)
    {
        var next = pointsOfNext;
        if (next.User == row.User && next.Instrument == row.Instrument && next.Leg == row.Leg)
        {
            pointsOfNext = default;
            return row with { PointsPaid = next.Paid, HistoryPoints = next.History };
        }
        return positions.Find(row) is { } old ? row with { PointsPaid = old.PointsPaid, HistoryPoints = old.HistoryPoints } : row;
    }
}
