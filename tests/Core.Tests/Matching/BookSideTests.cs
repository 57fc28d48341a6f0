using Sluice.Core.Kernel;
using Sluice.Core.Matching;

namespace Sluice.Core.Tests.Matching;

public class BookSideTests
{
    // Dense prices share blocks, sparse ones have a block each, and at the ends of the range keys are negated.
    [Theory]
    [InlineData(Side.Buy, 1_000L, 400)]
    [InlineData(Side.Sell, 1_000L, 400)]
    [InlineData(Side.Buy, 1L, 40)]
    [InlineData(Side.Sell, 1L, 40)]
    [InlineData(Side.Buy, 1L << 61, int.MaxValue)]
    [InlineData(Side.Sell, 1L << 61, int.MaxValue)]
    public void Agrees_with_a_sorted_set_while_levels_come_and_go(Side side, long lowest, int span)
    {
        var book = new OrderBook(new InstrumentId(1), new OrderPool());
        var levels = book.SideOf(side);
        var model = new SortedDictionary<long, int>();
        var random = new Random(7);
        for (var step = 0; step < 20_000; step++)
        {
            var price = model.Count > 0 && random.Next(2) == 0 ? model.ElementAt(random.Next(model.Count)).Key : lowest + random.Next(span);
            Assert.Equal(model.GetValueOrDefault(price, OrderPool.None), levels.Find(price));
            if (model.Remove(price)) levels.Remove(price);
            else if (model.Count < 300)
            {
                model.Add(price, levels.FindOrMake(price, out var made));
                Assert.True(made);
                Assert.Equal((model[price], false), (levels.FindOrMake(price, out made), made));
            }

            Assert.Equal(model.Count, levels.Count);
            Assert.Equal(model.Count == 0, levels.IsEmpty);
            if (model.Count == 0) continue;
            var best = side == Side.Buy ? model.Last() : model.First();
            Assert.Equal((best.Value, best.Key), (levels.Best, levels.PriceOf(levels.BestKey)));
            if (step % 500 != 0) continue;
            var inOrder = side == Side.Buy ? model.Values.Reverse() : model.Values;
            Assert.Equal(inOrder, Enumerable.Range(0, levels.Count).Select(levels.FromBest));
            Assert.Equal(model.Count, model.Values.Distinct().Count());
            Assert.All(model, level => Assert.Equal((level.Key, side), (book.Pool.Levels[level.Value].Price, book.Pool.Levels[level.Value].Side)));
        }
    }

    [Fact]
    public void Nothing_crosses_an_empty_side()
    {
        var book = new OrderBook(new InstrumentId(1), new OrderPool());
        Assert.False(book.Crosses(Side.Buy, long.MaxValue));
        Assert.False(book.Crosses(Side.Sell, 0));
    }
}
