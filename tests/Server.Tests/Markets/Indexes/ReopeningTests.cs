using Sluice.Core.Kernel;
using Sluice.Server.Markets.Indexes;

namespace Sluice.Server.Tests.Markets.Indexes;

public class ReopeningTests
{
    private readonly Reopening reopening = new();

    [Fact]
    public void K_206_a_price_is_confirmed_by_the_next_two()
    {
        Assert.False(Offer(100, 0));
        Assert.False(Offer(101, 1));                // exactly 1 % away still confirms
        Assert.True(Offer(99, 2));
    }

    [Fact]
    public void K_206_a_contradicted_price_is_dropped_and_the_next_begins_again()
    {
        Assert.False(Offer(100, 0));
        Assert.False(Offer(100, 1));
        Assert.False(Offer(101.01, 2));
        Assert.False(Offer(100.5, 3));
        Assert.True(Offer(101.5, 4));
    }

    [Fact]
    public void K_206_or_it_stands_alone_for_five_seconds()
    {
        Assert.False(reopening.Wait(At(0)));
        Assert.False(Offer(100, 1));
        Assert.False(reopening.Wait(At(6) - 1));
        Assert.True(reopening.Wait(At(6)));
        reopening.Clear();
        Assert.False(reopening.Wait(At(60)));
    }

    private bool Offer(double price, long second) => reopening.Offer(price, At(second));

    private static long At(long second) => second * Nanos.PerSecond;
}
