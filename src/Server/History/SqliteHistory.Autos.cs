using Sluice.Server.History.Futures;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.History;

// Trailing and chase orders: what is told, and what is asked.
public sealed partial class SqliteHistory
{
    private const string SelectTrails = $"SELECT {AutoRecords.TrailColumns} FROM trails";
    private const string SelectChases = $"SELECT {AutoRecords.ChaseColumns} FROM chases";

    public void TrailChanged(TrailRow trail) => Tell(trail, trail.User);

    public void TrailLogged(TrailChangeRow change) => Tell(change, change.User);

    public void ChaseChanged(ChaseRow chase) => Tell(chase, chase.User);

    public TrailRow? Trail(long id) => database.Read(new Query(SelectTrails).WhereIs("id", id), AutoRecords.Trail).FirstOrDefault();

    public IReadOnlyList<TrailRow> Trails(AutoQuery query)
    {
        var select = Ended(query, SelectTrails);
        if (query.Related != 0) select.Where(query.Related > 0 ? "related = 1 AND amount < 0" : "related = 1 AND amount > 0");
        return database.Read(Newest(select, query), AutoRecords.Trail);
    }

    public IReadOnlyList<TrailRow> OpenTrails() => database.Read(new Query(SelectTrails).Where("status <= 1").Then("ORDER BY id"), AutoRecords.Trail);

    public IReadOnlyList<TrailChangeRow> TrailChanges(long id, Window window) =>
        database.Read(new Query($"SELECT {AutoRecords.ChangeColumns} FROM trail_changes").WhereIs("order_id", id).Then("ORDER BY sequence DESC").Page(window), AutoRecords.Change);

    public ChaseRow? Chase(long id) => database.Read(new Query(SelectChases).WhereIs("id", id), AutoRecords.Chase).FirstOrDefault();

    public IReadOnlyList<ChaseRow> Chases(AutoQuery query) => database.Read(Newest(Ended(query, SelectChases), query), AutoRecords.Chase);

    public IReadOnlyList<ChaseRow> OpenChases() => database.Read(new Query(SelectChases).Where("status <= 1").Then("ORDER BY id"), AutoRecords.Chase);

    private static Query Ended(AutoQuery query, string select)
    {
        var time = query.ByEnd ? "finished" : "created";
        var ended = new Query(select).WhereIs("user_id", query.User).WhereIs("wallet", query.Wallet).Where("status > 1").WhereIs("instrument", query.Instrument)
            .Where($"{time} >= ? AND {time} < ?", query.Window.FromNanos, query.Window.ToNanos);
        if (query.HideCancelled) ended.Where("status <> 4");
        if (query.ReduceOnly is { } reduces) ended.WhereIs("reduce_only", reduces ? 1 : 0);
        if (query.Side != 0) ended.Where(query.Side > 0 ? "amount > 0" : "amount < 0");
        return ended;
    }

    private static Query Newest(Query select, AutoQuery query) => select.Then(query.ByEnd ? "ORDER BY finished DESC, id DESC" : "ORDER BY id DESC").Page(query.Window);
}
