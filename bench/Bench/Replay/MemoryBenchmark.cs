using System.Runtime.CompilerServices;
using Sluice.Bench.Measure;
using Sluice.Bench.OrderGen;
using Sluice.Bench.Plain;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;

namespace Sluice.Bench.Replay;

/// <summary>What a resting order and a user cost in memory, room to grow included: the heap before and after, divided.</summary>
internal static class MemoryBenchmark
{
    private const int Users = 1000;
    private const int Books = 1000;
    private const int OrdersInBooks = 200_000;
    private const int UsersOfBooks = 10;                // few: what people own is not what books take

    public static int Run(Arguments arguments, Report report)
    {
        var orders = arguments.Number("orders", 1_000_000, least: 1000);
        var users = arguments.Number("users", 100_000, least: 1000);
        var runs = arguments.Number("runs", 5);
        arguments.NoMore();

        var flow = Resting(orders, Users);
        var many = Generator.Generate(Profile.Mixed1000 with { Accounts = UsersOfBooks }, 1, 1, OrdersInBooks);
        List<double> plain = [], order = [], user = [], venue = [], alone = [];
        for (var run = 1; run <= runs; run++)
        {
            report.Doing($"run {run} of {runs}: {Table.Count(orders)} resting orders, {Table.Count(users)} users with two funded assets each, {Table.Count(Books)} books");
            plain.Add(Grown(() => Filled(new PlainReplay(flow), orders), null) / orders);
            var empty = new VenueReplay(flow, VenueTerms.Bare);
            order.Add(Grown(() => Filled(empty, orders), empty) / orders);
            var one = Resting(1, users);
            user.Add((Grown(() => new VenueReplay(Everyone(users), VenueTerms.Bare), null) - Grown(() => new VenueReplay(one, VenueTerms.Bare), null)) / users);
            venue.Add(Grown(() => Filled(new VenueReplay(many, VenueTerms.Bare), many.Prefill), null));
            alone.Add(Grown(() => Filled(new BookReplay(many), many.Prefill), null));
        }
        var (ofOrder, ofVenue) = (Spread.Of(order), Spread.Of(venue));
        var table = new Table("one of", "how many", "bytes", "of it the record", "plain", "ratio");
        table.Row("resting order", Table.Count(orders), ofOrder.Text("0.0"), Table.Count(Unsafe.SizeOf<Order>()), Spread.Of(plain).Text("0.0"), Table.Number(ofOrder.Median / Spread.Of(plain).Median));
        table.Row("funded account", Table.Count(users), Spread.Of(user).Text("0.0"), Table.Count(Unsafe.SizeOf<Account>()), "-", "-");
        table.Row("venue", $"{Table.Count(Books)} pairs", ofVenue.Text("N0"), "-", "-", "-");
        table.Row("order books alone", $"{Table.Count(Books)} books", Spread.Of(alone).Text("N0"), "-", "-", "-");
        report.Add(new Figure("memory, resting order", ofOrder, 128, 64, "B", Better.Less, $"{Table.Count(orders)} orders on one pair; the record is {Unsafe.SizeOf<Order>()} B"));
        report.Add(new Figure("memory, 1,000 books and 200,000 orders", ofVenue / 1e6, 200, 80, "MB", Better.Less, $"the venue with {UsersOfBooks} users; order books alone {Spread.Of(alone).Text("0.0", 1e6)} MB"));
        report.Line($"memory: orders of {Users} users on 1,000 prices of one pair; an account is one user's balance of one asset, index included; median (lowest-highest) of {runs} runs");
        report.Line($"venue: {Table.Count(Books)} pairs with {Table.Count(OrdersInBooks)} resting orders of {UsersOfBooks} users, and all that state machine and products keep");
        report.Line();
        table.Print(report.Result);
        report.End();
        return 0;
    }

    // Nothing crosses: buys below the middle, sells above it.
    private static OrderFlow Resting(int count, int accounts)
    {
        var records = new FlowRecord[count];
        for (var i = 0; i < count; i++)
        {
            var side = i & 1;
            var away = (uint)(i / 2 % 500) + 1;
            records[i] = new FlowRecord
            {
                Op = FlowOp.Add, Side = (byte)side, OrderId = (ulong)i + 1, Price = side == 0 ? Generator.Middle - away : Generator.Middle + away, Quantity = 1,
                Account = (uint)(i % accounts) + 1,
            };
        }
        return new OrderFlow(Profile.Mixed1 with { Accounts = accounts }, 0, 0, records, count, new FlowResult(0, 0, 0, "", count, 1000, ""));
    }

    private static T Filled<T>(T replay, int records) where T : IReplay
    {
        replay.Run(0, records);
        return replay;
    }

    private static OrderFlow Everyone(int users) => Resting(users, users);

    private static double Grown<T>(Func<T> make, object? alive)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var made = make();
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(made);
        GC.KeepAlive(alive);
        return after - before;
    }
}
