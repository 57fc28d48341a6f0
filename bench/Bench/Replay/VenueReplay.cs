using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Bench.OrderGen;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;

namespace Sluice.Bench.Replay;

/// <summary>A venue set up for a flow: one pair a symbol, one user an account, funded so that only stale cancels are refused.</summary>
internal sealed class VenueReplay
{
    private const int DrainAbove = 16 * 1024;           // bytes of events: they are read while they are in the first cache

    private readonly OrderFlow flow;
    private readonly EventBuffer events = new(1 << 20);
    private readonly byte[] place = Record<PlaceOrder>();
    private readonly byte[] cancel = Record<CancelOrder>();
    private readonly byte[] amend = Record<AmendOrder>();
    private readonly byte[] other = new byte[1024];
    private long timeNanos = 1_767_225_600 * Nanos.PerSecond;
    private long idsBefore;                             // engine ids given out before the flow's first order
    private Tape tape = new();
    private long trades;
    private long traded;
    private long rejects;

    public VenueReplay(OrderFlow flow, VenueTerms terms)
    {
        this.flow = flow;
        SetUp(terms);
        ref var order = ref Command<PlaceOrder>(place);
        order.Wallet = WalletId.Spot.Value;
        order.Type = OrderType.Limit;
    }

    public VenueProducts Venue { get; } = new();

    /// <summary>Executes the records [from, to) of the flow; events are read as they come, the fills go to the tape.</summary>
    public void Run(int from, int to)
    {
        var machine = Venue.Machine;
        var sequence = machine.Sequence;
        foreach (ref readonly var record in flow.Records.AsSpan(from, to - from))
        {
            var bytes = Encode(record);
            timeNanos += 250;
            var result = machine.Execute(new Stamp(++sequence, timeNanos), bytes, events);
            if (!result.Accepted) rejects++;
            else if (result.ObjectId - idsBefore != (long)record.OrderId) throw new InvalidOperationException($"Order {record.OrderId} got id {result.ObjectId}.");
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

    // The dense ids of the flow and those of the venue differ by what the set-up used up.
    private ReadOnlySpan<byte> Encode(in FlowRecord record)
    {
        var actor = IdentityProduct.FirstUser - 1 + (int)record.Account;
        var instrument = (int)record.Symbol + 1;
        switch (record.Op)
        {
            case FlowOp.Cancel:
                Header(cancel).Actor = actor;
                ref var gone = ref Command<CancelOrder>(cancel);
                gone.OrderId = idsBefore + (long)record.OrderId;
                gone.Instrument = instrument;
                return cancel;
            case FlowOp.Amend:
                Header(amend).Actor = actor;
                ref var moved = ref Command<AmendOrder>(amend);
                moved.OrderId = idsBefore + (long)record.OrderId;
                moved.Instrument = instrument;
                moved.Price = record.Price;
                return amend;
            default:
                Header(place).Actor = actor;
                ref var order = ref Command<PlaceOrder>(place);
                order.Instrument = instrument;
                order.Side = (Side)record.Side;
                order.Price = record.Price;
                order.Size = record.Quantity;
                order.TimeInForce = record.Op == FlowOp.Add ? TimeInForce.GoodTillCancelled : TimeInForce.ImmediateOrCancel;
                return place;
        }
    }

    private void Drain()
    {
        var reader = events.Read();
        while (reader.Next())
        {
            if (reader.Kind != OrderFilled.Kind) continue;
            ref readonly var fill = ref reader.As<OrderFilled>();
            trades++;
            traded += fill.Size;
            tape.Trade(fill.MakerOrder - idsBefore, fill.TakerOrder - idsBefore, fill.Price, fill.Size);
        }
        events.Clear();
    }

    private void SetUp(VenueTerms terms)
    {
        Give(new ConfigureSpot { StpByMainAccount = terms.SelfTradeGroups ? (byte)1 : (byte)0 });
        Give(new ListAsset { Scale = Money.Decimals }, "USDT", "Tether");
        for (var symbol = 0; symbol < flow.Profile.Symbols; symbol++)
        {
            var code = $"B{symbol}";
            Give(new ListAsset { Scale = Money.Decimals }, code, code);
            Give(new ListPair
            {
                PriceDecimals = 2, SizeDecimals = 4, MinBase = 1, ReferencePrice = Generator.Middle, MakerFee = terms.Fee, TakerFee = terms.Fee,
                UpRate = terms.Band, DownRate = terms.Band, OrdersLimit = terms.OrdersLimit, Status = MarketStatus.Tradable,
            }, $"{code}_USDT", code, "USDT");
        }
        for (var account = 1; account <= flow.Profile.Accounts; account++)
        {
            var user = (int)Give(new CreateUser(), $"u{account}", "", "");
            Give(new Fund { User = user, Wallet = WalletId.Spot.Value, Asset = 1, Amount = Money.Units(1_000_000_000) });
        }
        var funded = new HashSet<(uint, uint)>();
        foreach (ref readonly var record in flow.Records.AsSpan())
        {
            if (record.Op is FlowOp.Cancel or FlowOp.Amend || !funded.Add((record.Account, record.Symbol))) continue;
            var user = IdentityProduct.FirstUser - 1 + (int)record.Account;
            idsBefore = Give(new Fund { User = user, Wallet = WalletId.Spot.Value, Asset = (int)record.Symbol + 2, Amount = Money.Units(1_000_000) });
        }
    }

    private long Give<T>(in T command, params ReadOnlySpan<string> texts) where T : unmanaged, ICommand
    {
        var at = Unsafe.SizeOf<CommandHeader>() + Unsafe.SizeOf<T>();
        MemoryMarshal.Write(other, new CommandHeader { Kind = T.Kind });
        MemoryMarshal.Write(other.AsSpan(Unsafe.SizeOf<CommandHeader>()), command);
        var tail = new TailWriter(other.AsSpan(at));
        foreach (var text in texts) tail.Text(text);
        var result = Venue.Machine.Execute(new Stamp(Venue.Machine.Sequence + 1, timeNanos), other.AsSpan(0, at + tail.Length), events);
        events.Clear();
        return result.Accepted ? result.ObjectId : throw new InvalidOperationException($"The set-up was refused: {typeof(T).Name} {result.Refusal}.");
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
