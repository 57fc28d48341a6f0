using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Spot;

namespace Sluice.Products.Tests;

/// <summary>Idempotency keys (design, Retries): 60 minutes, across restarts.</summary>
public class IdempotencyTests
{
    private static readonly IdempotencyKey Key = new(1, 2, 3);
    private static readonly PlaceOrder Order = new() { Instrument = 1, Wallet = 1, Price = 1000, Size = 1000 };

    private static (Venue Venue, int Ann) Ready()
    {
        var venue = Venue.WithPair();
        return (venue, venue.Rich("ann"));
    }

    [Fact]
    public void The_same_key_and_body_is_answered_not_executed()
    {
        var (venue, ann) = Ready();
        var first = venue.Send(ann, Order, Key, 0, []);
        var again = venue.Send(ann, Order, Key, 0, []);
        Assert.Equal((first.ObjectId, true, false), (again.ObjectId, again.Duplicate, first.Duplicate));
        Assert.Single(venue.Spot.Pairs[0].Book.Slots(Side.Buy));
        Assert.Equal(1, venue.Only<CommandEnded>().Duplicate);
        Assert.True(venue.Restored().Send(ann, Order, Key, 0, []).Duplicate);
    }

    [Fact]
    public void A_refusal_is_remembered_too()
    {
        var (venue, ann) = Ready();
        var wrong = Order with { Size = 0 };
        Assert.Equal((ushort)SpotRefusal.InvalidCombination, venue.Send(ann, wrong, Key, 0, []).Refusal);
        var again = venue.Send(ann, wrong, Key, 0, []);
        Assert.Equal(((ushort)SpotRefusal.InvalidCombination, true), (again.Refusal, again.Duplicate));
    }

    [Fact]
    public void Another_body_under_the_same_key_is_refused()
    {
        var (venue, ann) = Ready();
        venue.Send(ann, Order, Key, 0, []);
        Assert.Equal(KernelRefusal.KeyReused, venue.Send(ann, Order, Key with { Body = 9 }, 0, []).Refusal);
    }

    [Fact]
    public void After_sixty_minutes_a_key_is_new_again()
    {
        var (venue, ann) = Ready();
        var first = venue.Send(ann, Order, Key, 0, []);
        venue.Now += 3600 * Nanos.PerSecond - 1;
        Assert.True(venue.Send(ann, Order, Key, 0, []).Duplicate);
        venue.Now += 1;
        var late = venue.Send(ann, Order, Key, 0, []);
        Assert.False(late.Duplicate);
        Assert.NotEqual(first.ObjectId, late.ObjectId);
        Assert.True(venue.Send(ann, Order, Key, 0, []).Duplicate);
        Assert.Equal(venue.Machine.StateHash(), venue.Restored().Machine.StateHash());
    }

    [Fact]
    public void M_011_a_late_command_is_not_remembered()
    {
        var (venue, ann) = Ready();
        Assert.Equal(KernelRefusal.Expired, venue.Send(ann, Order, Key, venue.Now - 1, []).Refusal);
        Assert.True(venue.Send(ann, Order, Key, 0, []).Accepted);
    }
}
