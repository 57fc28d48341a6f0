using System.Numerics;
using System.Runtime.InteropServices;
using Sluice.Bench.OrderGen;
using Sluice.Bench.Replay;

namespace Sluice.Bench.Bound;

/// <summary>The array book as it is usually published, in C#: for every symbol a flat array over all prices of the flow, a bitmap of three levels a side, orders of 24 bytes in a flat
/// array by their dense ids, ordinary jumps. No accounts, no checks, no events but the tape's hash, nothing allocated. <see cref="BoundReplay"/> is the same idea made as fast as we
/// could; this one is what figures of other places were set against.</summary>
internal sealed unsafe class FlatReplay : IReplay
{
    private const int Prices = (int)(OrderFlow.HighestPrice - OrderFlow.LowestPrice) + 1;

    private readonly OrderFlow flow;
    private readonly PinnedMemory memory = new();
    private readonly FlatOrder* orders;
    private readonly FlatBook* books;
    private Tape tape = new();
    private long trades;
    private long traded;
    private long rejects;

    public FlatReplay(OrderFlow flow)
    {
        this.flow = flow;
        orders = memory.Take<FlatOrder>(flow.MaxOrderId + 1);
        books = memory.Take<FlatBook>(flow.Profile.Symbols);
        for (var i = 0; i < flow.Profile.Symbols; i++)
        {
            books[i].Levels = memory.Take<ArrayLevel>(Prices);
            books[i].Bids = memory.Take<ulong>(PriceBits.Words);
            books[i].Asks = memory.Take<ulong>(PriceBits.Words);
        }
    }

    public void Run(int from, int to)
    {
        fixed (FlowRecord* records = flow.Records)
        {
            for (var command = records + from; command < records + to; command++)
            {
                var book = books + command->Symbol;
                var id = (uint)command->OrderId;
                switch (command->Op)
                {
                    case FlowOp.Add:
                        if (Match(book, command) is not 0 and var left) Rest(book, id, command->Price - OrderFlow.LowestPrice, command->Side, left);
                        break;
                    case FlowOp.Ioc:
                        Match(book, command);
                        break;
                    case FlowOp.Cancel:
                        if (orders[id].Open == 0) rejects++;
                        else Unlink(book, id);
                        break;
                    default:
                        if (orders[id].Open is not 0 and var open)
                        {
                            Unlink(book, id);
                            Rest(book, id, command->Price - OrderFlow.LowestPrice, orders[id].Side, open);
                        }
                        else rejects++;
                        break;
                }
            }
        }
    }

    public FlowResult Result()
    {
        var book = new Tape();
        var (resting, levels) = (0, 0);
        for (var id = 1L; id <= flow.MaxOrderId; id++)
        {
            if (orders[id].Open == 0) continue;
            resting++;
            if (orders[id].Previous == 0) levels++;
            book.Resting(id, orders[id].Price + OrderFlow.LowestPrice, orders[id].Open);
        }
        return new FlowResult(trades, traded, rejects, tape.Text, resting, levels, book.Text);
    }

    // What is left of it.
    private uint Match(FlatBook* book, FlowRecord* command)
    {
        unchecked
        {
            var left = command->Quantity;
            var limit = (int)(command->Price - OrderFlow.LowestPrice);
            while (left != 0)
            {
                int price;
                if (command->Side == 0)
                {
                    price = PriceBits.First(book->Asks);
                    if (price < 0 || price > limit) break;
                }
                else
                {
                    price = PriceBits.Last(book->Bids);
                    if (price < limit) break;
                }
                var level = book->Levels + price;
                while (left != 0 && level->First != 0)
                {
                    var id = level->First;
                    var maker = orders + id;
                    var size = uint.Min(maker->Open, left);
                    trades++;
                    traded += size;
                    tape.Trade(id, (long)command->OrderId, (uint)price + OrderFlow.LowestPrice, size);
                    left -= size;
                    maker->Open -= size;
                    if (maker->Open != 0) break;
                    level->First = maker->Next;
                    if (maker->Next != 0) orders[maker->Next].Previous = 0;
                    else level->Last = 0;
                }
                if (level->First == 0) PriceBits.Clear(command->Side == 0 ? book->Asks : book->Bids, price);
            }
            return left;
        }
    }

    private void Rest(FlatBook* book, uint id, uint price, int side, uint left)
    {
        var order = orders + id;
        var level = book->Levels + price;
        *order = new FlatOrder { Previous = level->Last, Price = price, Open = left, Side = side };
        if (level->Last != 0) orders[level->Last].Next = id;
        else
        {
            level->First = id;
            PriceBits.Set(side == 0 ? book->Bids : book->Asks, (int)price);
        }
        level->Last = id;
    }

    private void Unlink(FlatBook* book, uint id)
    {
        var order = orders + id;
        var level = book->Levels + order->Price;
        if (order->Previous != 0) orders[order->Previous].Next = order->Next;
        else level->First = order->Next;
        if (order->Next != 0) orders[order->Next].Previous = order->Previous;
        else level->Last = order->Previous;
        order->Open = 0;
        if (level->First == 0) PriceBits.Clear(order->Side == 0 ? book->Bids : book->Asks, (int)order->Price);
    }

    [StructLayout(LayoutKind.Sequential, Size = 24)]
    private struct FlatOrder
    {
        public uint Next;
        public uint Previous;
        public uint Price;              // ticks above the flow's lowest
        public uint Open;               // 0 = not resting
        public int Side;
    }

    private struct FlatBook
    {
        public ArrayLevel* Levels;
        public ulong* Bids;
        public ulong* Asks;
    }

    /// <summary>A bit for each price with orders, one for each word of those that is not zero, and one for each word of these.</summary>
    private static class PriceBits
    {
        private const int Lowest = (Prices + 63) / 64, Middle = (Lowest + 63) / 64;

        public const int Words = Lowest + Middle + 1;

        public static void Set(ulong* bits, int price)
        {
            unchecked
            {
                bits[price >> 6] |= 1UL << price;
                bits[Lowest + (price >> 12)] |= 1UL << (price >> 6);
                bits[Lowest + Middle] |= 1UL << (price >> 12);
            }
        }

        public static void Clear(ulong* bits, int price)
        {
            unchecked
            {
                if ((bits[price >> 6] &= ~(1UL << price)) != 0) return;
                if ((bits[Lowest + (price >> 12)] &= ~(1UL << (price >> 6))) != 0) return;
                bits[Lowest + Middle] &= ~(1UL << (price >> 12));
            }
        }

        // −1 when there is none.
        public static int First(ulong* bits)
        {
            if (bits[Lowest + Middle] == 0) return -1;
            var top = BitOperations.TrailingZeroCount(bits[Lowest + Middle]);
            var middle = (top << 6) + BitOperations.TrailingZeroCount(bits[Lowest + top]);
            return (middle << 6) + BitOperations.TrailingZeroCount(bits[middle]);
        }

        public static int Last(ulong* bits)
        {
            if (bits[Lowest + Middle] == 0) return -1;
            var top = BitOperations.Log2(bits[Lowest + Middle]);
            var middle = (top << 6) + BitOperations.Log2(bits[Lowest + top]);
            return (middle << 6) + BitOperations.Log2(bits[middle]);
        }
    }
}
