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
        arguments.NoMore();

        var table = new Table("one of", "how many", "bytes", "of it the record", "plain", "ratio");
        report.Doing($"{Table.Count(orders)} resting orders in the plain book");
        var flow = Resting(orders, Users);
        var plain = Grown(() =>
        {
            var replay = new PlainReplay(flow);
            replay.Run(0, flow.Records.Length);
            return replay;
        }, null) / orders;
        report.Doing($"{Table.Count(orders)} resting orders in the venue");
        var empty = new VenueReplay(flow, VenueTerms.Bare);
        var order = Grown(() =>
        {
            empty.Run(0, flow.Records.Length);
            return empty;
        }, empty) / orders;
        table.Row("resting order", Table.Count(orders), Table.Number(order, "0.0"), Table.Count(Unsafe.SizeOf<Order>()), Table.Number(plain, "0.0"),
            Table.Number(order / plain));
        report.Doing($"{Table.Count(users)} users with two funded assets each");
        var one = Resting(1, users);
        var user = (Grown(() => new VenueReplay(Everyone(users), VenueTerms.Bare), null) - Grown(() => new VenueReplay(one, VenueTerms.Bare), null)) / users;
        table.Row("funded account", Table.Count(users), Table.Number(user, "0.0"), Table.Count(Unsafe.SizeOf<Account>()), "-", "-");
        report.Add(new Figure("memory, resting order", order, 128, 64, "B", Better.Less, $"{Table.Count(orders)} orders on one pair; the record is {Unsafe.SizeOf<Order>()} B"));

        report.Doing($"{Table.Count(Books)} books with {Table.Count(OrdersInBooks)} orders");
        var many = Generator.Generate(Profile.Mixed1000 with { Accounts = UsersOfBooks }, 1, 1, OrdersInBooks);
        var venue = Grown(() => Filled(new VenueReplay(many, VenueTerms.Bare), many), null);
        var alone = Grown(() => Filled(new BookReplay(many), many), null);
        table.Row("venue", $"{Table.Count(Books)} pairs", Table.Count((long)venue), "-", "-", "-");
        table.Row("order books alone", $"{Table.Count(Books)} books", Table.Count((long)alone), "-", "-", "-");
        report.Add(new Figure("memory, 1,000 books and 200,000 orders", venue / 1e6, 200, 80, "MB", Better.Less, $"the venue with {UsersOfBooks} users; order books alone {alone / 1e6:0.0} MB"));
        report.Line($"memory: orders of {Users} users on 1,000 prices of one pair; an account is one user's balance of one asset, index included");
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

    private static T Filled<T>(T replay, OrderFlow flow) where T : IReplay
    {
        replay.Run(0, flow.Prefill);
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
