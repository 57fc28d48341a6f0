namespace Sluice.Bench.OrderGen;

/// <summary>Makes the order flow of a profile: the same (profile, seed, count) gives the same bytes everywhere. It runs a small reference book
/// while it draws, so that cancels and amends name live orders, immediate orders really trade, and the expected result is known.</summary>
public sealed class Generator
{
    internal const int Middle = 1 << 16;

    private const int Low = (int)OrderFlow.LowestPrice;
    private const int High = (int)OrderFlow.HighestPrice;
    private const int GoneKept = 4096;
    private const double MiddleMoves = 0.02;
    private const double Stale = 0.01;          // of cancels name an order that is over
    private const double GoFurther = 0.88;      // near the touch distances are geometric, mean about 8 ticks

    private readonly Profile profile;
    private readonly int prefill;
    private readonly PythonRandom random;
    private readonly double[] popularity;       // cumulative
    private readonly ReferenceBook[] books;
    private readonly FlowOrder[] orders;
    private readonly FlowRecord[] records;
    private readonly List<(int Id, byte Side)> gone = [];
    private Tape tape = new();
    private int lastId;
    private long trades;
    private long traded;
    private long rejects;

    private Generator(Profile profile, uint seed, int count, int? prefillAsked)
    {
        this.profile = profile;
        prefill = prefillAsked ?? profile.Resting;
        var resting = prefillAsked is { } asked ? int.Max(asked, 2 * profile.Symbols) : profile.Resting;
        random = new PythonRandom(seed);
        records = new FlowRecord[prefill + count];
        orders = new FlowOrder[records.Length + 2];

        // Symbols are drawn with weight 1 / (rank + 8).
        popularity = new double[profile.Symbols];
        var total = 0.0;
        for (var i = 0; i < popularity.Length; i++) popularity[i] = total += 1.0 / (i + 8);
        books = new ReferenceBook[profile.Symbols];
        for (var i = 0; i < books.Length; i++)
        {
            var weight = (popularity[i] - (i > 0 ? popularity[i - 1] : 0.0)) / total;
            books[i] = new ReferenceBook(orders, double.Max(2.0, resting * weight));
        }
    }

    /// <param name="count">Measured commands.</param>
    /// <param name="prefill">ADDs before them; null = the profile's resting target.</param>
    public static OrderFlow Generate(Profile profile, uint seed, int count, int? prefill = null)
    {
        var generator = new Generator(profile, seed, count, prefill);
        generator.Run();
        return new OrderFlow(profile, seed, generator.prefill, generator.records, generator.lastId, generator.Result());
    }

    private void Run()
    {
        for (var n = 0; n < records.Length; n++)
        {
            var symbol = n < prefill && n < profile.Symbols * 2 ? n % profile.Symbols : PickSymbol();
            var book = books[symbol];
            var op = n < prefill ? FlowOp.Add : PickOp(book);
            if (n >= prefill && random.Next() < MiddleMoves) MoveMiddle(book);
            switch (op)
            {
                case FlowOp.Cancel: Cancel(ref records[n], symbol, book); break;
                case FlowOp.Amend: Amend(ref records[n], symbol, book); break;
                default: Order(ref records[n], n < prefill, op, symbol, book); break;
            }
        }
    }

    private int PickSymbol()
    {
        if (profile.Symbols == 1) return 0;
        var drawn = random.Next() * popularity[^1];
        var (low, high) = (0, popularity.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (popularity[middle] < drawn) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    // Adds and cancels share their part so that the book is held near its target size.
    private FlowOp PickOp(ReferenceBook book)
    {
        var drawn = random.Next();
        var addOrCancel = profile.Add + profile.Cancel;
        FlowOp op;
        if (drawn < addOrCancel)
        {
            var missing = 1.0 - book.Fill;
            if (missing is <= -1.0 or >= 1.0) missing = book.Fill < 1 ? 1.0 : -1.0;
            var share = profile.Add / addOrCancel * (1.0 + 0.5 * missing);
            op = random.Next() < share ? FlowOp.Add : FlowOp.Cancel;
        }
        else
        {
            op = drawn < addOrCancel + profile.Ioc ? FlowOp.Ioc : FlowOp.Amend;
        }
        return book.Live.Count == 0 ? FlowOp.Add : op;
    }

    private void MoveMiddle(ReferenceBook book)
    {
        book.Middle += random.Next() < 0.5 ? 1 : -1;
        if (book.Middle < Low + 2 * profile.Span || book.Middle > High - 2 * profile.Span) book.Middle = Middle;
    }

    private void Order(ref FlowRecord record, bool filling, FlowOp op, int symbol, ReferenceBook book)
    {
        var side = random.Next() < 0.5 ? 0 : 1;
        var account = 1 + random.Below(profile.Accounts);
        var quantity = 1 + random.Below(100);
        if (filling && book.Live.Count == 1) side = 1 - orders[book.Live[0]].Side;
        var aggressive = op == FlowOp.Ioc || (!filling && profile.Cross != 0 && random.Next() < profile.Cross);
        var opposite = book.Best(1 - side);
        int price;
        if (aggressive && opposite != 0)
        {
            var slip = random.Below(3);
            price = side == 0 ? opposite + slip : opposite - slip;
            quantity = 1 + random.Below(profile.AggressiveQuantity);
        }
        else
        {
            price = PassivePrice(book, side);
        }
        price = int.Clamp(price, Low, High);

        var id = ++lastId;
        orders[id].Side = (byte)side;
        orders[id].Account = account;
        orders[id].Symbol = symbol;
        record = new FlowRecord
        {
            Op = op, Side = (byte)side, Symbol = (uint)symbol, OrderId = (ulong)id, Price = (uint)price, Quantity = (uint)quantity, Account = (uint)account,
        };
        var left = Match(book, side, id, price, quantity);
        if (op == FlowOp.Add && left > 0)
        {
            book.Rest(id, price, left);
            book.AddLive(id);
        }
        else
        {
            gone.Add((id, (byte)side));
        }
    }

    private int Match(ReferenceBook book, int side, int id, int limit, int quantity)
    {
        while (quantity > 0)
        {
            var price = book.Best(1 - side);
            if (price == 0 || (side == 0 ? price > limit : price < limit)) break;
            for (var maker = book.First(price); quantity > 0 && maker != 0;)
            {
                ref var resting = ref orders[maker];
                var next = resting.Next;
                var size = int.Min(resting.Open, quantity);
                quantity -= size;
                trades++;
                traded += size;
                tape.Trade(maker, id, price, size);
                resting.Open -= size;
                if (resting.Open > 0) break;
                book.Unrest(maker);
                book.RemoveLive(maker);
                gone.Add((maker, (byte)(1 - side)));
                maker = next;
            }
            if (gone.Count > GoneKept) gone.RemoveRange(0, GoneKept / 2);
        }
        return quantity;
    }

    private void Cancel(ref FlowRecord record, int symbol, ReferenceBook book)
    {
        int id;
        if (gone.Count > 0 && random.Next() < Stale)
        {
            (id, _) = gone[random.Below(gone.Count)];
            rejects++;
            symbol = orders[id].Symbol;
        }
        else
        {
            id = book.Live[random.Below(book.Live.Count)];
            book.Unrest(id);
            book.RemoveLive(id);
            gone.Add((id, orders[id].Side));
        }
        ref readonly var order = ref orders[id];
        record = new FlowRecord { Op = FlowOp.Cancel, Side = order.Side, Symbol = (uint)symbol, OrderId = (ulong)id, Account = (uint)order.Account };
    }

    private void Amend(ref FlowRecord record, int symbol, ReferenceBook book)
    {
        var id = book.Live[random.Below(book.Live.Count)];
        ref readonly var order = ref orders[id];
        var open = order.Open;
        var price = PassivePrice(book, order.Side);
        if (price == order.Price) price += order.Side == 0 ? -1 : 1;
        record = new FlowRecord
        {
            Op = FlowOp.Amend, Side = order.Side, Symbol = (uint)symbol, OrderId = (ulong)id, Price = (uint)price, Quantity = (uint)open,
            Account = (uint)order.Account,
        };
        book.Unrest(id);
        book.Rest(id, price, open);
    }

    private int PassivePrice(ReferenceBook book, int side)
    {
        var distance = Distance();
        int price;
        if (side == 0)
        {
            var ask = book.Best(1);
            price = book.Middle - 1 - distance;
            if (ask != 0 && price >= ask) price = ask - 1 - (distance & 7);
        }
        else
        {
            var bid = book.Best(0);
            price = book.Middle + distance;
            if (bid != 0 && price <= bid) price = bid + 1 + (distance & 7);
        }
        return int.Clamp(price, Low, High);
    }

    private int Distance()
    {
        if (random.Next() >= profile.Near) return random.Below(profile.Span);
        var distance = 0;
        for (var drawn = random.Next(); drawn < GoFurther && distance < profile.Span - 1; drawn = random.Next()) distance++;
        return distance;
    }

    private FlowResult Result()
    {
        var book = new Tape();
        var resting = 0;
        for (var id = 1; id <= lastId; id++)
        {
            if (orders[id].Price == 0) continue;
            resting++;
            book.Resting(id, orders[id].Price, orders[id].Open);
        }
        return new FlowResult(trades, traded, rejects, tape.Text, resting, books.Sum(b => b.Levels), book.Text);
    }
}
