using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Bench.Futures.Plain;
using Sluice.Bench.Measure;
using Sluice.Bench.OrderGen;
using Sluice.Bench.Replay;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;

namespace Sluice.Bench.Futures;

/// <summary>What the accounts of a flow on contracts have.</summary>
/// <param name="Funds">By account, from 1.</param>
/// <param name="MarkMove">How far the index may be from the middle when a mark is moved, 10^-6.</param>
/// <param name="IsStrained">Orders are refused and accounts liquidated: the venue's ids are no longer those of the flow.</param>
internal sealed record ContractTerms(Money[] Funds, int MarkMove, bool IsStrained = false);

/// <summary>A flow on contracts: one perpetual a symbol, one user an account, every second one isolated at 20 times and the others cross at 10. Every 1,000th command is preceded
/// by a price that moves the mark of the contract it trades. Margin, tiers, fees and the liquidation check are on for every command.</summary>
internal sealed class ContractReplay : IReplay
{
    private const int DrainAbove = 4096;            // bytes of events: they are read while they are still in the first cache
    private const int MarkEvery = 1000;

    // No fill comes with less than itself and what becomes of two positions.
    private static readonly int LeastWithFill = Unsafe.SizeOf<ContractFilled>() + 2 * int.Min(Unsafe.SizeOf<PositionChanged>(), Unsafe.SizeOf<PositionClosed>());

    private readonly OrderFlow flow;
    private readonly ContractTerms terms;
    private readonly EventBuffer events = new(1 << 20);
    private readonly EventFold fold = new();
    private readonly WaitingRecords waiting = new();
    private readonly byte[] place = Record<PlaceContractOrder>();
    private readonly byte[] cancel = Record<CancelContractOrder>();
    private readonly byte[] amend = Record<AmendContractOrder>();
    private readonly byte[] price = new byte[256];
    private readonly long idsBefore;                // given out before the flow's first order
    private readonly long[]? ids;                   // by the flow's, where they are not at a constant distance; 0 = refused
    private readonly HashSet<int> liquidated = [];
    private long timeNanos = 1_767_225_600 * Nanos.PerSecond;
    private readonly StateMachine machine;
    private readonly int seenFrom;                  // bytes of events behind which a command may have something to be seen
    private int untilMark;                          // commands
    private bool isWatched;
    private Tape tape = new();
    private long trades;
    private long traded;

    public ContractReplay(OrderFlow flow, ContractTerms terms)
    {
        (this.flow, this.terms) = (flow, terms);
        Venue = new VenueProducts(ContractMarkets.CapacityFor(flow));
        machine = Venue.Machine;
        if (terms.IsStrained) ids = new long[flow.MaxOrderId + 1];
        seenFrom = terms.IsStrained ? 0 : LeastWithFill;
        var sink = new DirectSink(Venue, timeNanos);
        ContractMarkets.List(sink, flow.Profile.Symbols, flow.Profile.Accounts);
        for (var account = 1; account <= flow.Profile.Accounts; account++) ContractMarkets.Fund(sink, account, terms.Funds[account]);
        idsBefore = sink.ObjectId;
        foreach (var (account, symbol) in flow.Trading)
        {
            if (account % 2 == 0) sink.Take(new UserId(ContractMarkets.UserOf((int)account)), new SetLeverage { Instrument = ContractMarkets.InstrumentOf((int)symbol), Leverage = 2000 }, default);
        }
        Header(price).Kind = SetPrices.Kind;
        Header(price).Flags = CommandFlags.Price;
    }

    public VenueProducts Venue { get; }

    /// <summary>Refusals of any kind, and of those for want of margin.</summary>
    public long Refused { get; private set; }
    public long RefusedForMargin { get; private set; }

    public int Liquidated => liquidated.Count;

    /// <summary>Called behind every command.</summary>
    public Action<FlowRecord>? After { get; set; }

    /// <summary>Who decides everything again, command by command.</summary>
    public PlainContracts? Follower { get; set; }

    public void Run(int from, int to)
    {
        isWatched = ids is not null || Follower is not null || After is not null;
        // An order's id must be known before it is encoded; where orders are refused it is not, until they were asked for.
        if (Venue.Machine.IsLarge && ids is null) RunAhead(from, to);
        else
        {
            for (; from < to; from++) Execute(from, Encode(flow.Records[from]));
        }
        Drain();
    }

    // As they wait in the venue's batches: the cache is asked for what the next ones will read.
    private void RunAhead(int from, int to)
    {
        for (; from < to; from += waiting.Capacity)
        {
            waiting.Clear();
            for (var i = 0; i < int.Min(waiting.Capacity, to - from); i++) waiting.Add(Encode(flow.Records[from + i]));
            var batch = waiting.Batch;
            for (var i = 0; i < batch.Count; i++)
            {
                Venue.Machine.Prefetch(batch, i);
                Execute(from + i, batch.RecordAt(i));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Execute(int at, ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            timeNanos += 250;
            if (--untilMark < 0) MoveMark(at);
            var seen = events.Length;
            var result = machine.Execute(new Stamp(machine.Sequence + 1, timeNanos), bytes, events);
            var length = events.Length;
            if (length - seen >= seenFrom) See(seen);
            if (!result.Accepted) Refuse(result.Refusal);
            if (isWatched) Watch(flow.Records[at], result);
            if (length > DrainAbove) Drain();
        }
    }

    // Somewhere within the allowed distance of the middle, the same in every run.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MoveMark(int at)
    {
        untilMark = MarkEvery - 1;
        var seen = events.Length;
        machine.Execute(new Stamp(machine.Sequence + 1, timeNanos), MarkMove(flow.Records[at], at), events);
        See(seen);
        if (Follower is not null) Follow(default, default, isPrice: true);
    }

    public FlowResult Result()
    {
        var resting = new List<(long Id, long Price, long Left)>();
        var levels = 0;
        foreach (var market in Venue.Futures.State.Markets)
        {
            levels += market.Book.Bids.Count + market.Book.Asks.Count;
            foreach (var slot in market.Book.Slots(Side.Buy).Concat(market.Book.Slots(Side.Sell)))
            {
                ref readonly var order = ref market.Book.Pool.Orders[slot];
                resting.Add((order.Id - idsBefore, order.Price, order.Left));
            }
        }
        resting.Sort();
        var book = new Tape();
        foreach (var (id, at, left) in resting) book.Resting(id, at, left);
        return new FlowResult(trades, traded, Refused, tape.Text, resting.Count, levels, book.Text);
    }

    // What a run that is only timed has nobody for.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Watch(in FlowRecord record, CommandResult result)
    {
        if (ids is not null && result.Accepted && record.Op is (FlowOp.Add or FlowOp.Ioc)) ids[record.OrderId] = result.ObjectId;
        if (Follower is not null) Follow(record, result, isPrice: false);
        After?.Invoke(record);
    }

    private void Follow(in FlowRecord record, CommandResult result, bool isPrice)
    {
        if (isPrice) Follower!.Price(events.Read(), timeNanos);
        else Follower!.Follow(record, IdOf(record), result, events.Read(), timeNanos);
        Drain();
    }

    private long IdOf(in FlowRecord record) => ids is null ? idsBefore + (long)record.OrderId : ids[record.OrderId];

    private void Refuse(ushort refusal)
    {
        Refused++;
        if ((FuturesRefusal)refusal is FuturesRefusal.InsufficientAvailable or FuturesRefusal.LiquidateImmediately) RefusedForMargin++;
    }

    private ReadOnlySpan<byte> Encode(in FlowRecord record)
    {
        var actor = ContractMarkets.UserOf((int)record.Account);
        var instrument = ContractMarkets.InstrumentOf((int)record.Symbol);
        switch (record.Op)
        {
            case FlowOp.Cancel:
                Header(cancel).Actor = actor;
                ref var gone = ref Command<CancelContractOrder>(cancel);
                gone.OrderId = IdOf(record);
                gone.Instrument = instrument;
                return cancel;
            case FlowOp.Amend:
                Header(amend).Actor = actor;
                ref var moved = ref Command<AmendContractOrder>(amend);
                moved.OrderId = IdOf(record);
                moved.Instrument = instrument;
                moved.Price = record.Price;
                return amend;
            default:
                Header(place).Actor = actor;
                ref var order = ref Command<PlaceContractOrder>(place);
                order.Instrument = instrument;
                order.Price = record.Price;
                order.Size = unchecked((record.Quantity ^ -(long)record.Side) + record.Side);           // which side comes is anybody's guess: no jump
                order.TimeInForce = FlowCommands.ForceOf(record);
                return place;
        }
    }

    private ReadOnlySpan<byte> MarkMove(in FlowRecord record, int at)
    {
        var random = at * 0x9E37_79B9L % (2 * terms.MarkMove + 1) - terms.MarkMove;
        var tail = new TailWriter(price.AsSpan(Unsafe.SizeOf<CommandHeader>() + Unsafe.SizeOf<SetPrices>()));
        ContractMarkets.Write(ref tail, (int)record.Symbol, ContractMarkets.Middle + ContractMarkets.Middle * random / 1_000_000);
        Command<SetPrices>(price).Count = 1;
        return price.AsSpan(0, Unsafe.SizeOf<CommandHeader>() + Unsafe.SizeOf<SetPrices>() + tail.Length);
    }

    private void Drain()
    {
        fold.Add(events.Written);
        events.Clear();
    }

    // Command by command: the walk from event to event waits for loads alone, and the next command need not wait for it.
    private void See(int from)
    {
        var reader = events.Read(from);
        while (reader.Next())
        {
            if (reader.Kind != ContractFilled.Kind)
            {
                if (terms.IsStrained && reader.Kind == LiquidationStarted.Kind) liquidated.Add(reader.As<LiquidationStarted>().User);
                continue;
            }
            ref readonly var fill = ref reader.As<ContractFilled>();
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
