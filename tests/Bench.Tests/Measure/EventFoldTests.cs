using Sluice.Bench.Measure;

namespace Sluice.Bench.Tests.Measure;

public class EventFoldTests
{
    [Fact]
    public void Every_bit_of_every_event_changes_the_value()
    {
        var bytes = new byte[128 * 3 + 40];         // whole blocks and a rest
        for (var i = 0; i < bytes.Length; i++) bytes[i] = unchecked((byte)(i * 7));
        var whole = Of(bytes);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(whole, Of(bytes));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        Assert.Equal(whole, Of(bytes));
    }

    [Fact]
    public void Order_counts()
    {
        var (first, second) = (new byte[256], new byte[256]);
        first[0] = second[128] = 1;
        Assert.NotEqual(Of(first), Of(second));
    }

    private static ulong Of(byte[] bytes)
    {
        var fold = new EventFold();
        fold.Add(bytes);
        return fold.Value;
    }
}
