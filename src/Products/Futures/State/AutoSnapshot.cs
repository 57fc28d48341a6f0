using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Commands;

namespace Sluice.Products.Futures.State;

/// <summary>Saves and restores trailing and chase orders, after the contracts, users and orders they refer to.</summary>
public sealed class AutoSnapshot(FuturesState state) : IStatePart
{
    public string Name => "futures autos";

    public bool Hashed => true;

    /// <summary>Older than these orders.</summary>
    public bool MayBeMissing => true;

    public void Save(StateWriter writer)
    {
        writer.Int32(state.Trails.All.Count);
        foreach (var order in state.Trails.All.Values)
        {
            writer.Int64(order.Id);
            writer.Int32(order.User);
            writer.Value(order.Terms);
            writer.Text(order.Text);
            writer.Int64(order.CreatedNanos);
            writer.Int64(order.ActivatedNanos);
            writer.Byte((byte)order.Status);
            writer.Int64(order.Extremum);
        }
        writer.Int32(state.Chases.All.Count);
        foreach (var order in state.Chases.All.Values)
        {
            writer.Int64(order.Id);
            writer.Int32(order.User);
            writer.Value(order.Terms);
            writer.Text(order.Text);
            writer.Int64(order.CreatedNanos);
            writer.Int64(order.Child);
            writer.Int64(order.Bound);
            writer.Int64(order.MovedNanos);
            writer.Int64(order.DueNanos);
            writer.Int64(ChaseTable.SideOf(order).Best);
        }
    }

    public void Load(ref StateReader reader)
    {
        for (var left = reader.Int32(); left > 0; left--)
        {
            var (id, user) = (reader.Int64(), reader.Int32());
            var terms = reader.Value<CreateTrailingOrder>();
            var market = state.MarketOf(terms.Instrument)!;
            state.Trails.Restore(state, new TrailingOrder
            {
                Id = id, User = user, Seat = state.SeatOf(user, market), Market = market, Terms = terms, Text = reader.Text(), CreatedNanos = reader.Int64(),
                ActivatedNanos = reader.Int64(), Status = (TriggerStatus)reader.Byte(), Started = reader.Int64(),
            });
        }
        for (var left = reader.Int32(); left > 0; left--)
        {
            var (id, user) = (reader.Int64(), reader.Int32());
            var terms = reader.Value<CreateChaseOrder>();
            var market = state.MarketOf(terms.Instrument)!;
            var order = new ChaseOrder
            {
                Id = id, User = user, Seat = state.SeatOf(user, market), Market = market, Terms = terms, Text = reader.Text(), CreatedNanos = reader.Int64(),
                Child = reader.Int64(), Bound = reader.Int64(), MovedNanos = reader.Int64(), DueNanos = reader.Int64(),
            };
            state.Chases.Restore(state, order);
            ChaseTable.SideOf(order).Best = reader.Int64();
        }
    }
}
