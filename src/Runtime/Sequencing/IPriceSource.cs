namespace Sluice.Runtime.Sequencing;

/// <summary>Where prices from outside come from. It speaks on the core thread, by price commands, and ahead of whatever is due at the same instant: what falls
/// due at T counts with the prices of T.</summary>
public interface IPriceSource
{
    /// <summary>The next instant at which it has something to say, venue time; long.MaxValue for never.</summary>
    long NextNanos { get; }

    /// <summary>It says what prices are now. Also called where a manual clock stops, whatever <see cref="NextNanos"/> is.</summary>
    void Step(long nowNanos, ICoreDoor door);
}
