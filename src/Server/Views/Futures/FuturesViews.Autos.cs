using System.Diagnostics.CodeAnalysis;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.State;
using Sluice.Server.History.Futures;

namespace Sluice.Server.Views.Futures;

// Trailing and chase orders (M-110, M-111).
public sealed partial class FuturesViews
{
    private readonly TriggersView<TrailRow> trails = new();
    private readonly TriggersView<ChaseRow> chases = new();

    // Active trailing orders by what moves them; bus thread only.
    private readonly Dictionary<(int Instrument, TriggerPriceType Price, Side Side), HashSet<long>> following = [];

    /// <summary>An open trailing order, or one that ended a short while ago; older ones are in the history.</summary>
    public bool TryGetTrail(long id, [MaybeNullWhen(false)] out TrailRow trail) => trails.TryGet(id, out trail);

    /// <summary>A user's open ones, newest first.</summary>
    public IReadOnlyList<TrailRow> OpenTrailsOf(int user) => trails.OpenOf(user);

    public bool TryGetChase(long id, [MaybeNullWhen(false)] out ChaseRow chase) => chases.TryGet(id, out chase);

    /// <summary>A user's open ones, newest first.</summary>
    public IReadOnlyList<ChaseRow> OpenChasesOf(int user) => chases.OpenOf(user);

    private bool ApplyAuto(in EventReader reader)
    {
        var kind = reader.Kind;
        if (kind == TrailsMoved.Kind) Moved(reader.As<TrailsMoved>());
        else if (kind == TrailCreated.Kind) Created(reader.As<TrailCreated>(), reader);
        else if (kind == TrailUpdated.Kind) Updated(reader.As<TrailUpdated>());
        else if (kind == TrailFinished.Kind) Finished(reader.As<TrailFinished>());
        else if (kind == ChaseCreated.Kind) Created(reader.As<ChaseCreated>(), reader);
        else if (kind == ChaseUpdated.Kind) Updated(reader.As<ChaseUpdated>());
        else if (kind == ChaseFinished.Kind) Finished(reader.As<ChaseFinished>());
        else return false;
        return true;
    }

    private void Created(in TrailCreated created, in EventReader reader)
    {
        venue.Counts.AddTriggers(1);
        if (!Telling || venue.IsParticipant(created.User)) return;
        var row = RowOf(created.OrderId, created.User, created.Terms, new TailReader(reader.Tail<TrailCreated>()).Text(), Now) with
        {
            Status = created.Status, Extremum = created.Extremum, ActivatedNanos = created.Status == TriggerStatus.Open ? Now : 0, UpdatedNanos = Now, Sequence = Sequence,
        };
        Put(row);
        Log(row, isCreate: true);
    }

    private void Updated(in TrailUpdated updated)
    {
        if (!Telling || !trails.TryGet(updated.OrderId, out var row)) return;
        ref readonly var terms = ref updated.Terms;
        var active = updated.Status == TriggerStatus.Open;
        Put(row with
        {
            Amount = terms.Amount, ActivationPrice = terms.ActivationPrice, Rule = terms.Rule, PriceType = terms.PriceType, Offset = terms.Offset,
            IsPercent = terms.IsPercent != 0, Status = updated.Status, Extremum = updated.Extremum,
            ActivatedNanos = row.ActivatedNanos == 0 && active ? Now : row.ActivatedNanos, UpdatedNanos = Now, Sequence = Sequence,
        });
        if (updated.IsAmended != 0 && trails.TryGet(updated.OrderId, out row)) Log(row, isCreate: false);
    }

    // A row that has changed later than this, in what is read again after a start, has seen it already.
    private void Moved(in TrailsMoved moved)
    {
        if (!following.TryGetValue((moved.Instrument, moved.PriceType, moved.Side), out var ids)) return;
        foreach (var id in ids)
        {
            if (!trails.TryGet(id, out var row) || row.Sequence > Sequence) continue;
            if (moved.Side == Side.Sell ? row.Extremum < moved.Extremum : row.Extremum > moved.Extremum) trails.Put(row with { Extremum = moved.Extremum, UpdatedNanos = Now });
        }
    }

    private void Finished(in TrailFinished finished)
    {
        venue.Counts.AddTriggers(-1);
        if (!Telling || !trails.TryGet(finished.OrderId, out var row)) return;
        Put(row with
        {
            Status = finished.Status, Reason = finished.Reason, Extremum = finished.Extremum, FinishedNanos = Now, FiredOrder = finished.NewOrder,
            ReferencePrice = finished.ReferencePrice, Refusal = finished.Refusal, UpdatedNanos = Now, Sequence = Sequence,
        });
    }

    private void Created(in ChaseCreated created, in EventReader reader)
    {
        venue.Counts.AddTriggers(1);
        if (!Telling || venue.IsParticipant(created.User)) return;
        ref readonly var terms = ref created.Terms;
        Put(new ChaseRow
        {
            Id = created.OrderId, User = created.User, Instrument = terms.Instrument, Wallet = byId[terms.Instrument].Wallet,
            Text = new TailReader(reader.Tail<ChaseCreated>()).Text(), CreatedNanos = Now, Amount = terms.Amount, Child = created.Child, Bound = created.Bound, Gap = terms.Gap,
            IsPercent = terms.IsPercent != 0, ReduceOnly = terms.ReduceOnly != 0, MarginMode = terms.MarginMode, IntervalSeconds = IntervalOf(terms), Price = created.Price,
            Status = TriggerStatus.Open, UpdatedNanos = Now,
        });
    }

    private void Updated(in ChaseUpdated updated)
    {
        if (Telling && chases.TryGet(updated.OrderId, out var row)) Put(row with { Price = updated.Price, UpdatedNanos = Now });
    }

    private void Finished(in ChaseFinished finished)
    {
        venue.Counts.AddTriggers(-1);
        if (!Telling || !chases.TryGet(finished.OrderId, out var row)) return;
        Put(row with
        {
            Status = finished.Status, Reason = finished.Reason, ChildFinish = finished.ChildReason, Filled = finished.Filled, FinishedNanos = Now, UpdatedNanos = Now,
        });
    }

    private void BeginAutos(FuturesState state, IFuturesHistory? history, long sequence)
    {
        venue.Counts.AddTriggers(state.Trails.All.Count + state.Chases.All.Count);
        if (history is null) return;
        foreach (var chase in history.OpenChases()) chases.Put(chase);
        foreach (var row in history.OpenTrails())
        {
            // Moves before this state are in no log that will be read again.
            var known = row.Sequence <= sequence && state.Trails.All.TryGetValue(row.Id, out var order);
            Keep(known ? row with { Extremum = state.Trails.All[row.Id].Extremum } : row);
        }
    }

    private void ReconcileAutos(FuturesState state, IFuturesHistory? history)
    {
        foreach (var order in state.Trails.All.Values.Where(order => !venue.IsParticipant(order.User)))
        {
            var terms = order.Terms;
            Put(RowOf(order.Id, order.User, terms, order.Text, order.CreatedNanos) with
            {
                Status = order.Status, Extremum = order.Extremum, ActivatedNanos = order.ActivatedNanos, UpdatedNanos = Now, Sequence = Sequence,
            });
        }
        foreach (var order in state.Chases.All.Values.Where(order => !venue.IsParticipant(order.User)))
        {
            var terms = order.Terms;
            state.Pool.ById.TryGet(order.Child, out var slot);
            Put(new ChaseRow
            {
                Id = order.Id, User = order.User, Instrument = terms.Instrument, Wallet = order.Market.Wallet.Value, Text = order.Text, CreatedNanos = order.CreatedNanos,
                Amount = terms.Amount, Child = order.Child, Bound = order.Bound, Gap = terms.Gap, IsPercent = terms.IsPercent != 0, ReduceOnly = terms.ReduceOnly != 0,
                MarginMode = terms.MarginMode, IntervalSeconds = IntervalOf(terms), Price = state.Pool.Orders[slot].Price, Status = TriggerStatus.Open, UpdatedNanos = Now,
            });
        }
        if (history is null) return;
        foreach (var row in history.OpenTrails().Where(row => !state.Trails.All.ContainsKey(row.Id)))
        {
            Put(row with { Status = TriggerStatus.Invalid, FinishedNanos = Now, UpdatedNanos = Now, Sequence = Sequence });
        }
        foreach (var row in history.OpenChases().Where(row => !state.Chases.All.ContainsKey(row.Id)))
        {
            Put(row with { Status = TriggerStatus.Invalid, FinishedNanos = Now, UpdatedNanos = Now });
        }
    }

    private TrailRow RowOf(long id, int user, in CreateTrailingOrder terms, string text, long created) => new()
    {
        Id = id, User = user, Instrument = terms.Instrument, Wallet = byId[terms.Instrument].Wallet, Text = text, CreatedNanos = created, ReduceOnly = terms.ReduceOnly != 0,
        PositionRelated = terms.PositionRelated != 0, MarginMode = terms.MarginMode, Amount = terms.Amount, ActivationPrice = terms.ActivationPrice, Rule = terms.Rule,
        PriceType = terms.PriceType, Offset = terms.Offset, IsPercent = terms.IsPercent != 0,
    };

    private static int IntervalOf(in CreateChaseOrder terms) => terms.IntervalSeconds == 0 ? 1 : terms.IntervalSeconds;

    private void Log(TrailRow row, bool isCreate)
    {
        var change = new TrailChangeRow(row.Id, row.User, Sequence, Now, isCreate, row.Amount, row.ActivationPrice, row.Rule, row.PriceType, row.Offset, row.IsPercent);
        foreach (var listener in venue.Hearers) listener.TrailLogged(change);
    }

    private void Put(TrailRow row)
    {
        Keep(row);
        foreach (var listener in venue.Hearers) listener.TrailChanged(row);
    }

    private void Keep(TrailRow row)
    {
        if (trails.TryGet(row.Id, out var before) && following.TryGetValue((before.Instrument, before.PriceType, before.Side), out var old)) old.Remove(row.Id);
        trails.Put(row);
        if (row.Status != TriggerStatus.Open) return;
        var key = (row.Instrument, row.PriceType, row.Side);
        if (!following.TryGetValue(key, out var ids)) following.Add(key, ids = []);
        ids.Add(row.Id);
    }

    private void Put(ChaseRow row)
    {
        chases.Put(row);
        foreach (var listener in venue.Hearers) listener.ChaseChanged(row);
    }
}
