using System.Numerics;
using Sluice.Bench.OrderGen;
using Sluice.Bench.Replay;

namespace Sluice.Bench.Bound;

/// <summary>How fast the flow can be done at all in C#: bare array books, one a symbol. Levels in a flat array over a window of prices, best prices from a
/// bitmap, orders in a flat array by their dense ids. No accounts, no checks, no events but the tape's hash, nothing allocated. It is what the
/// engine's figures are set against; it could not run a venue.</summary>
internal sealed unsafe class BoundReplay : IReplay
{
    private const int WindowOfOne = 4096, WindowOfMany = 1024;

    private readonly OrderFlow flow;
    private readonly PinnedMemory memory = new();
    private readonly ArrayOrder* orders;
    private readonly ArrayBook* books;
    private Tape tape = new();
    private long trades;
    private long traded;
    private long rejects;

    public BoundReplay(OrderFlow flow)
    {
        this.flow = flow;
        orders = memory.Take<ArrayOrder>(flow.MaxOrderId + 1);
        books = memory.Take<ArrayBook>(flow.Profile.Symbols);
        var size = flow.Profile.Symbols == 1 ? WindowOfOne : WindowOfMany;
        for (var i = 0; i < flow.Profile.Symbols; i++)
        {
            Window(books + i, Generator.Middle - (int)OrderFlow.LowestPrice - size / 2, size);
            books[i].Best[0] = ArrayBook.NoBid;
            books[i].Best[1] = ArrayBook.NoAsk;
        }
    }

    public void Run(int from, int to)
    {
        fixed (FlowRecord* records = flow.Records)
        {
            for (FlowRecord* command = records + from, end = records + to; command < end; command++)
            {
                var book = books + command->Symbol;
                switch (command->Op)
                {
                    case FlowOp.Add: Add(book, command); break;
                    case FlowOp.Cancel: Cancel(book, (uint)command->OrderId); break;
                    case FlowOp.Ioc: Match(book, command); break;
                    default: Amend(book, command); break;
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

    private void Add(ArrayBook* book, FlowRecord* command)
    {
        var left = Crosses(book, command) ? Match(book, command) : command->Quantity;
        if (left == 0) return;
        var id = (uint)command->OrderId;
        orders[id].Open = left;
        orders[id].Side = command->Side;
        Rest(book, id, command->Price, command->Side);
    }

    private void Cancel(ArrayBook* book, uint id)
    {
        if (orders[id].Open == 0)
        {
            rejects++;
            return;
        }
        Unlink(book, id);
        orders[id].Open = 0;
    }

    private void Amend(ArrayBook* book, FlowRecord* command)
    {
        var id = (uint)command->OrderId;
        if (orders[id].Open == 0)
        {
            rejects++;
            return;
        }
        Unlink(book, id);
        Rest(book, id, command->Price, orders[id].Side);
    }

    // (x ^ sign) − sign is x or −x: which side a command is on nobody can predict.
    private static bool Crosses(ArrayBook* book, FlowRecord* command)
    {
        unchecked
        {
            var place = (int)(command->Price - OrderFlow.LowestPrice) - book->Low;
            var sign = -command->Side;
            return ((place - book->Best[1 - command->Side]) ^ sign) - sign >= 0;
        }
    }

    // What is left of it.
    private uint Match(ArrayBook* book, FlowRecord* command)
    {
        unchecked
        {
            var limit = (int)(command->Price - OrderFlow.LowestPrice) - book->Low;
            var left = command->Quantity;
            var opposite = 1 - command->Side;
            var sign = -command->Side;
            var hash = tape;
            while (((limit - book->Best[opposite]) ^ sign) - sign >= 0)
            {
                var place = book->Best[opposite];
                var price = (uint)(place + book->Low) + OrderFlow.LowestPrice;
                var level = book->Levels + place;
                var id = level->First;
                do
                {
                    var maker = orders + id;
                    var size = uint.Min(maker->Open, left);
                    trades++;
                    traded += size;
                    hash.Trade(id, (long)command->OrderId, price, size);
                    left -= size;
                    maker->Open -= size;
                    if (maker->Open != 0) break;
                    id = maker->Next;
                }
                while (left != 0 && id != 0);
                level->First = id;
                orders[id].Previous = 0;
                if (id == 0)
                {
                    level->Last = 0;
                    book->Unmark(place);
                    book->Best[opposite] = opposite == 1 ? book->AtOrAbove(place) : book->AtOrBelow(place);
                }
                if (left == 0) break;
            }
            tape = hash;
            return left;
        }
    }

    private void Rest(ArrayBook* book, uint id, uint price, int side)
    {
        unchecked
        {
            var ticks = (int)(price - OrderFlow.LowestPrice);
            if ((uint)(ticks - book->Low) >= (uint)book->Size) Widen(book, ticks);
            var place = ticks - book->Low;
            var level = book->Levels + place;
            var last = level->Last;
            var order = orders + id;
            order->Previous = last;
            order->Next = 0;
            order->Price = (ushort)ticks;
            level->Last = id;
            orders[last].Next = id;
            if (last != 0) return;
            level->First = id;
            book->Mark(place);
            var best = book->Best + side;
            var sign = -side;
            if (((place - *best) ^ sign) - sign > 0) *best = place;
        }
    }

    private void Unlink(ArrayBook* book, uint id)
    {
        unchecked
        {
            var order = orders + id;
            var (next, previous) = (order->Next, order->Previous);
            var place = order->Price - book->Low;
            var level = book->Levels + place;
            orders[previous].Next = next;
            orders[next].Previous = previous;

            // −1 where there is no neighbour: the end of the queue then moves on, without a jump.
            var atFront = (uint)(((long)previous - 1) >> 63);
            var atBack = (uint)(((long)next - 1) >> 63);
            level->First ^= (level->First ^ next) & atFront;
            level->Last ^= (level->Last ^ previous) & atBack;
            if ((next | previous) != 0) return;
            book->Unmark(place);
            if (place != book->Best[order->Side]) return;
            book->Best[order->Side] = order->Side == 1 ? book->AtOrAbove(place) : book->AtOrBelow(place);
        }
    }

    private void Window(ArrayBook* book, int low, int size)
    {
        var words = memory.Take<ulong>(size / 64 + (size + 4095) / 4096);
        book->Words = words;
        book->Summary = words + size / 64;
        book->Levels = memory.Take<ArrayLevel>(size);
        book->Low = low;
        book->Size = size;
    }

    // A price outside: a window of the next power of two that has it and all there was, once in a long while.
    private void Widen(ArrayBook* book, int ticks)
    {
        var old = *book;
        var (lowest, above) = (int.Min(old.Low, ticks), int.Max(old.Low + old.Size, ticks + 1));
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)(above - lowest + 128));      // 128: room to begin at a whole word
        var low = (lowest - (size - (above - lowest)) / 2) & ~63;
        Window(book, low, size);
        var shift = old.Low - low;
        for (var place = 0; place < old.Size; place++)
        {
            if (old.Levels[place].First == 0) continue;
            book->Levels[place + shift] = old.Levels[place];
            book->Mark(place + shift);
        }
        if (old.Best[0] != ArrayBook.NoBid) book->Best[0] = old.Best[0] + shift;
        if (old.Best[1] != ArrayBook.NoAsk) book->Best[1] = old.Best[1] + shift;
    }
}
