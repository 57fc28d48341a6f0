using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Bench.Measure;
using Sluice.Bench.OrderGen;
using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Products;
using Sluice.Products.Spot;

namespace Sluice.Bench.Replay;

/// <summary>A venue set up for a flow: one pair a symbol, one user an account, funded so that only stale cancels are refused.</summary>
internal sealed class VenueReplay : IReplay
{
    private const int DrainAbove = 4096;            // bytes of events: they are read while they are still in the first cache

    // No fill comes with less than itself and four postings behind it.
    private static readonly int LeastWithFill = Unsafe.SizeOf<OrderFilled>() + 4 * Unsafe.SizeOf<BalanceChanged>();

    private readonly OrderFlow flow;
    private readonly WaitingRecords waiting = new();
    private readonly EventBuffer events = new(1 << 20);
    private readonly EventFold fold = new();
    private readonly byte[] place = Record<PlaceOrder>();
    private readonly byte[] cancel = Record<CancelOrder>();
    private readonly byte[] amend = Record<AmendOrder>();
    private readonly long idsBefore;                    // given out before the flow's first order
    private long timeNanos = 1_767_225_600 * Nanos.PerSecond;
    private Tape tape = new();
    private long trades;
    private long traded;
    private long rejects;

    /// <param name="capacity">What the venue takes memory for at its start; nothing unless it is said.</param>
    public VenueReplay(OrderFlow flow, VenueTerms terms, VenueCapacity? capacity = null)
    {
        this.flow = flow;
        Venue = new VenueProducts(capacity);
        idsBefore = FlowCommands.SetUp(flow, terms, new DirectSink(Venue, timeNanos));
        ref var order = ref Command<PlaceOrder>(place);
        order.Wallet = WalletId.Spot.Value;
        order.Type = OrderType.Limit;
    }

    // The same point of the same flow, in a venue that takes over the saved state.
    private VenueReplay(VenueReplay other)
    {
        flow = other.flow;
        Venue = new VenueProducts();
        idsBefore = other.idsBefore;
        other.place.CopyTo(place, 0);
        (timeNanos, tape, trades, traded, rejects) = (other.timeNanos, other.tape, other.trades, other.traded, other.rejects);
        EventHash = other.EventHash;
        var saved = new StateWriter();
        other.Venue.Machine.Save(saved);
        Venue.Machine.Load(saved.Written.Span);
    }

    public VenueProducts Venue { get; }

    /// <summary>A fold over every byte of every event, when it is asked for by a start value; else 0.</summary>
    public ulong EventHash { get; set; }

    /// <summary>Another venue at this point, from a snapshot of this one.</summary>
    public VenueReplay Restored() => new(this);

    /// <summary>Executes the records [from, to) of the flow; events are read as they come, the fills go to the tape.</summary>
    public void Run(int from, int to)
    {
        if (Venue.Machine.IsLarge) RunAhead(from, to);
        else RunPlainly(from, to);
        Drain();
    }

    private void RunPlainly(int from, int to)
    {
        var machine = Venue.Machine;
        var sequence = machine.Sequence;
        for (; from < to; from++)
        {
            ref readonly var record = ref flow.Records[from];
            Execute(machine, ++sequence, Encode(record), record);
        }
    }

    // In a large venue the cache is asked for what the next records will read, so they must be there: some are encoded before the first of them runs, as they
    // wait in the venue's batches.
    private void RunAhead(int from, int to)
    {
        var machine = Venue.Machine;
        var sequence = machine.Sequence;
        for (; from < to; from += waiting.Capacity)
        {
            waiting.Clear();
            for (var i = 0; i < int.Min(waiting.Capacity, to - from); i++) waiting.Add(Encode(flow.Records[from + i]));
            var batch = waiting.Batch;
            for (var i = 0; i < batch.Count; i++)
            {
                machine.Prefetch(batch, i);
                Execute(machine, ++sequence, batch.RecordAt(i), flow.Records[from + i]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Execute(StateMachine machine, long sequence, ReadOnlySpan<byte> bytes, in FlowRecord record)
    {
        unchecked
        {
            timeNanos += 250;
            var seen = events.Length;
            var result = machine.Execute(new Stamp(sequence, timeNanos), bytes, events);
            var length = events.Length;
            if (length - seen >= LeastWithFill) SeeFills(seen);
            if (!result.Accepted) rejects++;
            else if (result.ObjectId - idsBefore != (long)record.OrderId) WrongId(record, result.ObjectId);
            if (length > DrainAbove) Drain();
        }
    }

    private static void WrongId(in FlowRecord record, long id) => throw new InvalidOperationException($"Order {record.OrderId} got id {id}.");

    /// <summary>The same, one command at a time: how long each took, in ticks of the stopwatch, whose own reading is in them. Events are read in between.</summary>
    public void RunClosed(int from, int to, Span<long> ticks)
    {
        var machine = Venue.Machine;
        var sequence = machine.Sequence;
        for (var i = from; i < to; i++)
        {
            var bytes = Encode(flow.Records[i]);
            timeNanos += 250;
            var seen = events.Length;
            var before = Stopwatch.GetTimestamp();
            var result = machine.Execute(new Stamp(++sequence, timeNanos), bytes, events);
            ticks[i - from] = Stopwatch.GetTimestamp() - before;
            SeeFills(seen);
            if (!result.Accepted) rejects++;
            if (events.Length > DrainAbove) Drain();
        }
        Drain();
    }

    /// <summary>The same at a fixed rate: the n-th command is due n intervals after the start, whatever happened before, and its time runs from then until
    /// it is executed. A stop of the machine is in the times of all who had to wait (no coordinated omission). Reading the events is in it too.</summary>
    /// <param name="interval">Ticks between commands.</param>
    public void RunOpen(int from, int to, double interval, Span<long> ticks)
    {
        var machine = Venue.Machine;
        var sequence = machine.Sequence;
        var start = Stopwatch.GetTimestamp();
        for (var i = from; i < to; i++)
        {
            var due = start + (long)((i - from) * interval);
            while (Stopwatch.GetTimestamp() < due)
            {
            }
            timeNanos += 250;
            var seen = events.Length;
            var result = machine.Execute(new Stamp(++sequence, timeNanos), Encode(flow.Records[i]), events);
            ticks[i - from] = Stopwatch.GetTimestamp() - due;
            SeeFills(seen);
            if (!result.Accepted) rejects++;
            if (events.Length > DrainAbove) Drain();
        }
        Drain();
    }

    public FlowResult Result()
    {
        var resting = new List<(long Id, long Price, long Left)>();
        var levels = 0;
        foreach (var pair in Venue.Spot.State.Pairs)
        {
            levels += pair.Book.Bids.Count + pair.Book.Asks.Count;
            foreach (var slot in pair.Book.Slots(Side.Buy).Concat(pair.Book.Slots(Side.Sell)))
            {
                ref readonly var order = ref pair.Book.Pool.Orders[slot];
                resting.Add((order.Id - idsBefore, order.Price, order.Left));
            }
        }
        resting.Sort();
        var book = new Tape();
        foreach (var (id, price, left) in resting) book.Resting(id, price, left);
        return new FlowResult(trades, traded, rejects, tape.Text, resting.Count, levels, book.Text);
    }

    // As FlowCommands.Send, into records that are kept: only what differs is written.
    private ReadOnlySpan<byte> Encode(in FlowRecord record)
    {
        var actor = FlowCommands.UserOf(record.Account);
        var instrument = FlowCommands.InstrumentOf(record);
        var id = unchecked(idsBefore + (long)record.OrderId);
        switch (record.Op)
        {
            case FlowOp.Cancel:
                var bytes = cancel;
                Header(bytes).Actor = actor;
                ref var gone = ref Command<CancelOrder>(bytes);
                gone.OrderId = id;
                gone.Instrument = instrument;
                return bytes;
            case FlowOp.Amend:
                bytes = amend;
                Header(bytes).Actor = actor;
                ref var moved = ref Command<AmendOrder>(bytes);
                moved.OrderId = id;
                moved.Instrument = instrument;
                moved.Price = record.Price;
                return bytes;
            default:
                bytes = place;
                Header(bytes).Actor = actor;
                ref var order = ref Command<PlaceOrder>(bytes);
                order.Instrument = instrument;
                order.Side = (Side)record.Side;
                order.Price = record.Price;
                order.Size = record.Quantity;
                order.TimeInForce = FlowCommands.ForceOf(record);
                return bytes;
        }
    }

    private void Drain()
    {
        fold.Add(events.Written);
        if (EventHash != 0) EventHash = Fold.Over(EventHash, events.Written);
        events.Clear();
    }

    // Command by command: the walk from event to event waits for loads alone, and the next command need not wait for it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SeeFills(int from)
    {
        var reader = events.Read(from);
        while (reader.Next())
        {
            if (reader.Kind != OrderFilled.Kind) continue;
            ref readonly var fill = ref reader.As<OrderFilled>();
            trades++;
            traded += fill.Size;
            tape.Trade(fill.MakerOrder - idsBefore, fill.TakerOrder - idsBefore, fill.Price, fill.Size);
        }
    }

    private static byte[] Record<T>() where T : unmanaged, ICommand
    {
        var bytes = new byte[Unsafe.SizeOf<CommandHeader>() + Unsafe.SizeOf<T>()];
        Header(bytes).Kind = T.Kind;
        return bytes;
    }

    private static ref CommandHeader Header(byte[] record) => ref Unsafe.As<byte, CommandHeader>(ref MemoryMarshal.GetArrayDataReference(record));

    private static ref T Command<T>(byte[] record) where T : unmanaged, ICommand =>
        ref Unsafe.As<byte, T>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(record), Unsafe.SizeOf<CommandHeader>()));
}
