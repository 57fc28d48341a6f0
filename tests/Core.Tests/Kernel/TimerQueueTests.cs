using CsCheck;
using Sluice.Core.Kernel;

namespace Sluice.Core.Tests.Kernel;

public class TimerQueueTests
{
    private static readonly Gen<Due> Dues = Gen.Select(Gen.Long[0, 3], Gen.Byte[0, 2], Gen.Long[0, 2], Gen.Long[0, 2], Gen.Long[0, 50])
        .Select((at, row, a, b, c) => new Due(at, row, 1, a, b, c));

    [Fact]
    public void M_003_due_work_comes_in_one_order_whatever_the_order_of_insertion() => Dues.List[0, 200].Sample(dues =>
    {
        var queue = new TimerQueue();
        foreach (var due in dues) queue.Add(due);
        var taken = new List<Due>();
        while (queue.Count > 0)
        {
            var next = queue.NextAtNanos;
            taken.Add(queue.Take());
            Assert.Equal(next, taken[^1].AtNanos);
        }
        Assert.Equal(dues.Order(), taken);
        Assert.Equal(long.MaxValue, queue.NextAtNanos);
    }, iter: 500);

    [Fact]
    public void Ties_go_by_row_then_instrument_then_user_then_object()
    {
        Due[] inOrder = [new(1, 9, 9, 9, 9, 9), new(2, 1, 1, 9, 9, 9), new(2, 2, 1, 1, 9, 9), new(2, 2, 1, 2, 1, 9), new(2, 2, 1, 2, 2, 1), new(2, 2, 1, 2, 2, 2)];
        Assert.Equal(inOrder, inOrder.Reverse().Order());
    }

    [Fact]
    public void It_is_saved_by_meaning_and_comes_back() => Dues.List[0, 100].Sample(dues =>
    {
        static byte[] Saved(TimerQueue queue)
        {
            var writer = new StateWriter();
            queue.Save(writer);
            return writer.Written.ToArray();
        }
        var (forward, backward, loaded) = (new TimerQueue(), new TimerQueue(), new TimerQueue());
        foreach (var due in dues) forward.Add(due);
        foreach (var due in Enumerable.Reverse(dues)) backward.Add(due);
        Assert.Equal(Saved(forward), Saved(backward));
        var reader = new StateReader(Saved(forward));
        loaded.Load(ref reader);
        Assert.True(reader.IsEmpty);
        Assert.Equal(Saved(forward), Saved(loaded));
    }, iter: 300);
}
