using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Spot;

namespace Sluice.Products.Tests;

/// <summary>What holds for every type of the core and of the products.</summary>
public class KernelRulesTests
{
    private static readonly Type[] Types =
        [.. new[] { typeof(StateMachine).Assembly, typeof(VenueProducts).Assembly }.SelectMany(a => a.GetTypes())];

    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    [Fact]
    public void F_001_F_002_no_field_parameter_or_local_is_a_floating_point_number()
    {
        var found = new List<string>();
        foreach (var type in Types)
        {
            found.AddRange(type.GetFields(Everything).Where(f => IsFloating(f.FieldType)).Select(f => $"{type}.{f.Name}"));
            foreach (var method in type.GetMethods(Everything).Cast<MethodBase>().Concat(type.GetConstructors(Everything)))
            {
                if (method is MethodInfo { ReturnType: var result } && IsFloating(result)) found.Add($"{type}.{method.Name} returns it");
                found.AddRange(method.GetParameters().Where(p => IsFloating(p.ParameterType)).Select(p => $"{type}.{method.Name}({p.Name})"));
                if (method.GetMethodBody() is { } body && body.LocalVariables.Any(l => IsFloating(l.LocalType))) found.Add($"{type}.{method.Name} has a local");
            }
        }
        Assert.Empty(found);
        Assert.True(Types.Length > 100);
    }

    // Commands and events are logged and hashed as their bytes: what stands between two fields would be whatever was in memory.
    [Fact]
    public void M_003_commands_and_events_have_no_bytes_without_a_field()
    {
        var blittable = Types.Where(t => t.IsValueType && !t.IsGenericTypeDefinition && (typeof(ICommand).IsAssignableFrom(t) || typeof(IEvent).IsAssignableFrom(t))).ToList();
        blittable.AddRange([typeof(CommandHeader), typeof(EventHeader), typeof(IdempotencyKey)]);
        var padded = blittable.Select(t => (Type: t, Gap: SizeOf(t) - Bytes(t))).Where(t => t.Gap != 0).Select(t => $"{t.Type.Name}: {t.Gap}");
        Assert.True(!padded.Any(), string.Join(", ", padded));
        Assert.True(blittable.Count > 40);
    }

    [Fact]
    public void M_003_kinds_are_used_once()
    {
        foreach (var family in new[] { typeof(ICommand), typeof(IEvent) })
        {
            var kinds = Types.Where(t => t.IsValueType && family.IsAssignableFrom(t)).Select(t => (ushort)t.GetProperty("Kind")!.GetValue(null)!).ToArray();
            Assert.Equal(kinds.Length, kinds.Distinct().Count());
        }
    }

    [Fact]
    public void A_resting_order_takes_at_most_128_bytes() => Assert.InRange(SizeOf(typeof(Order)), 1, 128);

    [Fact]
    public void Every_handler_has_a_command_and_every_command_a_handler()
    {
        var names = new VenueProducts().Machine.CommandNames;
        foreach (var type in Types.Where(t => t.IsValueType && typeof(ICommand).IsAssignableFrom(t)))
        {
            var kind = (ushort)type.GetProperty("Kind")!.GetValue(null)!;
            Assert.Equal(type.Name, names.GetValueOrDefault(kind));
        }
    }

    // Place, fill, cancel, amend, market orders and icebergs, on 64 levels and four users, once warm.
    [Fact]
    public void Nothing_is_allocated_per_command_once_warm()
    {
        var venue = Venue.WithPair(terms => terms with { MakerFee = Venue.Fraction("0.001"), TakerFee = Venue.Fraction("0.002"), ReferencePrice = 1000, UpRate = Venue.Fraction("0.5") });
        var users = new[] { venue.Rich("a"), venue.Rich("b"), venue.Rich("c"), venue.Rich("d") };
        var machine = venue.Machine;
        var events = new EventBuffer(1 << 20);
        var place = Venue.Record(users[0], new PlaceOrder { Instrument = 1, Wallet = 1 }, default, 0, Venue.Tail("t-label", ""));
        var cancel = Venue.Record(users[0], default(CancelOrder), default, 0, []);
        var amend = Venue.Record(users[0], default(AmendOrder), default, 0, []);
        var ids = new long[256];

        void Round(int rounds)
        {
            for (var i = 0; i < rounds; i++)
            {
                events.Clear();
                var user = users[i % 4];
                MemoryMarshal.AsRef<CommandHeader>(place.AsSpan()).Actor = user;
                ref var order = ref MemoryMarshal.AsRef<PlaceOrder>(place.AsSpan(16));
                order.Side = (Side)(i / 4 % 2);
                order.Type = i % 16 == 7 ? OrderType.Market : OrderType.Limit;
                var budget = order.Type == OrderType.Market && order.Side == Side.Buy;
                order.Price = order.Type == OrderType.Market ? 0 : 1000 + (order.Side == Side.Buy ? -1 : 1) * (i * 7 % 32) + (i % 9 == 0 ? 1 : 0);
                order.Size = budget ? 0 : 2 + i % 5;
                order.Budget = budget ? Venue.Terms.MinQuote + new Sluice.Core.Values.Money(3_000_000_000_000) : default;
                order.Iceberg = i % 11 == 0 && order.Type == OrderType.Limit ? 1 : 0;
                order.TimeInForce = order.Type == OrderType.Market || i % 13 == 0 && order.Iceberg == 0 ? TimeInForce.ImmediateOrCancel : TimeInForce.GoodTillCancelled;
                var placed = machine.Execute(new Stamp(machine.Sequence + 1, venue.Now), place, events);
                ref var seat = ref ids[i % ids.Length];
                MemoryMarshal.AsRef<CommandHeader>(amend.AsSpan()).Actor = users[(i + 2) % 4];
                MemoryMarshal.AsRef<AmendOrder>(amend.AsSpan(16)).OrderId = ids[(i + 126) % ids.Length];
                MemoryMarshal.AsRef<AmendOrder>(amend.AsSpan(16)).Price = 990 + i % 20;
                machine.Execute(new Stamp(machine.Sequence + 1, venue.Now), amend, events);
                MemoryMarshal.AsRef<CommandHeader>(cancel.AsSpan()).Actor = user;
                MemoryMarshal.AsRef<CancelOrder>(cancel.AsSpan(16)).OrderId = seat;
                machine.Execute(new Stamp(machine.Sequence + 1, venue.Now), cancel, events);
                seat = placed.ObjectId;
            }
        }

        Round(20_000);
        var trades = venue.Spot.Pairs[0].Book.LastTradeId;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Round(20_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(venue.Spot.Pairs[0].Book.LastTradeId - trades > 5_000, $"{venue.Spot.Pairs[0].Book.LastTradeId - trades} trades");
        venue.CheckInvariants();
    }

    // A hint comes before any check: whatever a record holds, it changes nothing and stops nothing.
    [Fact]
    public void Prefetching_takes_any_record_and_changes_nothing()
    {
        var venue = Spot.BookScript.Book("I: sell ice 30 @ 100 iceberg 10");
        var dan = venue.Rich("dan");
        venue.Accept(dan, new PlaceOrder { Instrument = 1, Wallet = 1, Price = 900, Size = 10_000 });
        var hash = venue.Machine.StateHash();
        var random = new Random(3);
        var records = Enumerable.Range(0, 20_000).Select(n =>
        {
            var record = new byte[16 + random.Next(0, 260)];
            random.NextBytes(record);
            ref var header = ref MemoryMarshal.AsRef<CommandHeader>(record.AsSpan());
            header.Kind = random.Next(4) == 0 ? (ushort)random.Next(ushort.MaxValue) : new[] { PlaceOrder.Kind, CancelOrder.Kind, AmendOrder.Kind }[n % 3];
            if (random.Next(2) == 0) header.Flags = CommandFlags.None;
            var body = record.AsSpan(16);
            if (header.Kind == PlaceOrder.Kind && body.Length >= Unsafe.SizeOf<PlaceOrder>() && random.Next(4) != 0)
            {
                MemoryMarshal.AsRef<PlaceOrder>(body).Instrument = 1;
                if (random.Next(2) == 0) MemoryMarshal.AsRef<PlaceOrder>(body).Wallet = random.Next(3);
            }
            return record;
        }).ToArray();
        for (var at = 0; at < records.Length; at++) venue.Machine.Prefetch(new Records(records), at);
        Assert.Equal(hash, venue.Machine.StateHash());
        venue.CheckInvariants();
    }

    private readonly record struct Records(byte[][] All) : IRecordBatch
    {
        public int Count => All.Length;
        public ReadOnlySpan<byte> RecordAt(int at) => All[at];
    }

    // A book whose operations have been counted to the end counts from the start again; what is on display stays on display.
    [Fact]
    public void M_064_the_count_of_operations_may_come_round()
    {
        var venue = Spot.BookScript.Book("I: sell ice 30 @ 100 iceberg 10");
        var book = venue.Spot.Pairs[0].Book;
        var changed = typeof(OrderPool).GetProperty("Changed", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(book.Pool)!;
        var epoch = changed.GetType().GetProperty("Epoch")!;
        var dan = venue.Rich("dan");
        var buy = new PlaceOrder { Instrument = 1, Wallet = 1, Price = 1000, Size = 10_000 };
        venue.Accept(dan, buy);                                     // its second slice is of this operation …
        var old = (int)epoch.GetValue(changed)!;
        epoch.SetValue(changed, int.MaxValue - 1);
        for (var i = 0; i <= old; i++) venue.Accept(dan, new PlaceOrder { Instrument = 1, Wallet = 1, Price = 1, Size = 1 });
        Assert.Equal(old, (int)epoch.GetValue(changed)!);
        venue.Accept(dan, buy with { Size = 1 });                   // … and not of a later one with the same number
        Assert.Equal(FillFlags.None, venue.Only<OrderFilled>().Flags);
    }

    private static bool IsFloating(Type type) =>
        (type.HasElementType ? type.GetElementType()! : Nullable.GetUnderlyingType(type) ?? type) is var bare
        && (bare == typeof(double) || bare == typeof(float) || bare == typeof(decimal) || bare == typeof(Half));

    private static int SizeOf(Type type) => (int)typeof(System.Runtime.CompilerServices.Unsafe).GetMethod("SizeOf")!.MakeGenericMethod(type).Invoke(null, null)!;

    private static int Bytes(Type type)
    {
        if (type.IsEnum) return SizeOf(type);
        if (type.IsPrimitive || type == typeof(Int128)) return SizeOf(type);
        return type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Sum(f => Bytes(f.FieldType));
    }
}
