namespace Sluice.Server.Views;

/// <summary>How much there is, for status and metrics: numbers the views keep as they go, read without a lock.</summary>
public sealed class VenueCounts
{
    private long users, participants, openOrders, participantOrders, openTriggers, trades, fills, batches;

    public long Users => Volatile.Read(ref users);
    public long Participants => Volatile.Read(ref participants);

    /// <summary>Of users.</summary>
    public long OpenOrders => Volatile.Read(ref openOrders);

    public long ParticipantOrders => Volatile.Read(ref participantOrders);
    public long OpenTriggers => Volatile.Read(ref openTriggers);

    /// <summary>Public trades of all pairs since the venue began.</summary>
    public long Trades => Volatile.Read(ref trades);

    /// <summary>Sides of trades told since start, participants' not counted.</summary>
    public long Fills => Volatile.Read(ref fills);

    /// <summary>Batches of events consumed since start.</summary>
    public long Batches => Volatile.Read(ref batches);

    // One thread writes: no interlocked arithmetic.
    internal void AddUser(bool participant) => Add(ref participant ? ref participants : ref users, 1);

    internal void AddOrders(bool participant, long change) => Add(ref participant ? ref participantOrders : ref openOrders, change);

    internal void AddTriggers(long change) => Add(ref openTriggers, change);

    internal void AddTrades(long change) => Add(ref trades, change);

    internal void AddFill() => Add(ref fills, 1);

    internal void AddBatch() => Add(ref batches, 1);

    private static void Add(ref long count, long change) => Volatile.Write(ref count, count + change);
}
