using Sluice.Core.Kernel;
using Sluice.Core.Matching;

namespace Sluice.Core.Tests.Matching;

/// <summary>What a book says it has changed, M-150: each level once, as it is when the operation ends, gone ones first; the best prices only if they are others.</summary>
public class AnnouncementTests
{
    private readonly OrderPool pool = new();
    private readonly OrderBook book;
    private readonly EventBuffer events = new();

    public AnnouncementTests() => book = new OrderBook(new InstrumentId(1), pool);

    [Fact]
    public void A_level_that_empties_and_fills_again_is_said_once_with_its_size()
    {
        var slot = Rest(1, Side.Buy, 100, 5);
        Assert.Equal("100:7 | 100x7", Said(() => book.Move(slot, 100, 7)));
    }

    [Fact]
    public void A_moved_order_empties_one_level_and_makes_another()
    {
        var slot = Rest(1, Side.Sell, 100, 5);
        Rest(2, Side.Sell, 99, 1);
        Assert.Equal("100:0 101:5", Said(() => book.Move(slot, 101, 5)));       // behind the best price
        Assert.Equal("101:0 98:5 | 98x5", Said(() => book.Move(slot, 98, 5)));
    }

    [Fact]
    public void A_level_that_shrinks_and_then_empties_is_said_once_as_gone()
    {
        int[] slots = [Rest(1, Side.Buy, 100, 5), Rest(2, Side.Buy, 100, 6), Rest(3, Side.Buy, 90, 1)];
        Assert.Equal("100:0 90:4 | 90x4", Said(() =>
        {
            book.Move(slots[2], 90, 4);
            Cancel(slots[0]);
            Cancel(slots[1]);
        }));
    }

    // The slot of the level that is gone is the next new level's: what was said of the one is not said of the other.
    [Fact]
    public void A_level_takes_the_place_of_one_that_is_gone()
    {
        int[] slots = [Rest(1, Side.Buy, 100, 5), Rest(2, Side.Buy, 100, 6)];
        Assert.Equal("100:0 80:6 | 80x6", Said(() =>
        {
            Cancel(slots[0]);
            book.Move(slots[1], 80, 6);
        }));
    }

    [Fact]
    public void Best_prices_are_said_when_they_change_and_only_then()
    {
        Rest(1, Side.Buy, 100, 5);
        Assert.Equal("99:5", Said(() => Rest(2, Side.Buy, 99, 5, announce: false)));
        Assert.Equal("100:8 | 100x8", Said(() => Rest(3, Side.Buy, 100, 3, announce: false)));
        Assert.Equal("100:6 | 100x6", Said(() => book.Shrink(Slot(1), 3)));
        Assert.Equal("100:3 | 100x3", Said(() => Cancel(Slot(1))));
        Assert.Equal("100:0 | 99x5", Said(() => Cancel(Slot(3))));
        Assert.Equal("99:0 | 0x0", Said(() => Cancel(Slot(2))));
    }

    private int Slot(long id) => pool.ById.TryGet(id, out var slot) ? slot : OrderPool.None;

    private int Rest(long id, Side side, long price, long size, bool announce = true)
    {
        var slot = pool.TakeOrder();
        pool.Orders[slot] = new Order { Id = id, Side = side, Price = price, Size = size, Left = size };
        if (announce) book.Begin();
        book.Rest(slot);
        if (announce) book.Announce(events);
        return slot;
    }

    private void Cancel(int slot)
    {
        book.Unlink(slot);
        book.Free(slot);
    }

    // "price:size price:size | best price x its size" of whichever side has one.
    private string Said(Action operation)
    {
        events.Clear();
        book.Begin();
        operation();
        book.Announce(events);
        List<string> said = [];
        var reader = events.Read();
        while (reader.Next())
        {
            if (reader.Kind == BookDelta.Kind) said.Add($"{reader.As<BookDelta>().Price}:{reader.As<BookDelta>().Size}");
            if (reader.Kind != BestChanged.Kind) continue;
            ref readonly var best = ref reader.As<BestChanged>();
            said.Add($"| {best.BidPrice + best.AskPrice}x{best.BidSize + best.AskSize}");
        }
        return string.Join(' ', said);
    }
}
