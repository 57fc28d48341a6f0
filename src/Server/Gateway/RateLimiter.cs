using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Sluice.Core.Kernel;

namespace Sluice.Server.Gateway;

/// <summary>Who is counted: a user (main or sub-account each for itself), or an address for public endpoints.</summary>
public readonly record struct RateSubject(ulong High, ulong Low)
{
    public static RateSubject Of(UserId user) => new(0, (ulong)(uint)user.Value);

    /// <summary>An IPv4 address counts alone, an IPv6 one with its /64 network: one subscriber usually owns all of that.</summary>
    public static RateSubject Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        if (!address.TryWriteBytes(bytes, out _)) return default;
        var tag = address.AddressFamily == AddressFamily.InterNetwork ? 4UL : 6UL;
        return new(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes), tag);
    }
}

/// <summary>What a limit says to one request.</summary>
/// <param name="Remaining">How many more fit into the window now.</param>
/// <param name="ResetSeconds">Unix seconds: now when allowed, else when the next one fits.</param>
public readonly record struct RateVerdict(bool Allowed, int Limit, int Remaining, long ResetSeconds);

/// <summary>Counts requests exactly: never more than the limit in any window of that length, wherever it begins, and never fewer for a caller
/// that waits for room. Counters that have been empty for a while go away.</summary>
public sealed class RateLimiter(TimeProvider clock, bool enabled = true)
{
    private const int SweepEvery = 4096;

    private readonly ConcurrentDictionary<CounterKey, Counter> counters = new();
    private readonly long ticksPerSecond = clock.TimestampFrequency;
    private readonly long ticksPerMilli = clock.TimestampFrequency / 1000;
    private int checksSinceSweep;

    /// <summary>False with --rate-limits off: everything is allowed and no header is sent.</summary>
    public bool Enabled { get; } = enabled;

    /// <summary>Counters held now.</summary>
    public int CounterCount => counters.Count;

    /// <summary>Counts one request, or says that it is too many; a refused one is not counted.</summary>
    /// <param name="endpoint">A dense number for classes that count each endpoint; ignored by the others.</param>
    /// <param name="market">For classes that count each market: the symbol of a market that exists, so that callers cannot invent counters.</param>
    /// <param name="count">How many it counts for. More than the limit never fits.</param>
    public RateVerdict Check(RateClass rateClass, RateSubject subject, int endpoint = 0, string? market = null, int count = 1)
    {
        var rule = RateRules.Of(rateClass);
        var wall = clock.GetUtcNow().ToUnixTimeSeconds();
        if (!Enabled) return new(true, rule.Limit, rule.Limit, wall);

        if (Interlocked.Increment(ref checksSinceSweep) >= SweepEvery) Sweep();
        var key = new CounterKey(rateClass, subject, rule.PerEndpoint ? endpoint : 0, rule.PerMarket ? market ?? "" : "");
        while (true)
        {
            var counter = counters.GetOrAdd(key, static (_, window) => new Counter(window), rule.WindowMillis * ticksPerMilli);
            lock (counter)
            {
                if (counter.Retired) continue;
                var now = clock.GetTimestamp();
                counter.Forget(now);
                if (counter.Count + count <= rule.Limit)
                {
                    counter.Add(now, count);
                    return new(true, rule.Limit, rule.Limit - counter.Count, wall);
                }
                return new(false, rule.Limit, rule.Limit - counter.Count, wall + (counter.TicksUntilRoom(now) + ticksPerSecond - 1) / ticksPerSecond);
            }
        }
    }

    /// <summary>Drops counters with nothing left in their window.</summary>
    public void Sweep()
    {
        Interlocked.Exchange(ref checksSinceSweep, 0);
        foreach (var (key, counter) in counters)
        {
            lock (counter)
            {
                counter.Forget(clock.GetTimestamp());
                if (counter.Count > 0) continue;
                counter.Retired = true;

                // Only this one: another sweep may have dropped it already, and another counter, which counts, may stand in its place.
                counters.TryRemove(new KeyValuePair<CounterKey, Counter>(key, counter));
            }
        }
    }

    private readonly record struct CounterKey(RateClass Class, RateSubject Subject, int Endpoint, string Market);

    /// <summary>The times of the requests inside the window, oldest first, in a ring that grows to what is used.</summary>
    private sealed class Counter(long windowTicks)
    {
        private long[] times = new long[4];
        private int head;

        public int Count { get; private set; }
        public bool Retired { get; set; }

        public void Forget(long now)
        {
            while (Count > 0 && now - times[head] >= windowTicks)
            {
                head = (head + 1) & (times.Length - 1);
                Count--;
            }
        }

        public void Add(long now, int count)
        {
            for (var i = 0; i < count; i++)
            {
                if (Count == times.Length) Grow();
                times[(head + Count) & (times.Length - 1)] = now;
                Count++;
            }
        }

        public long TicksUntilRoom(long now) => Count == 0 ? windowTicks : times[head] + windowTicks - now;

        private void Grow()
        {
            var wider = new long[times.Length * 2];
            for (var i = 0; i < Count; i++) wider[i] = times[(head + i) & (times.Length - 1)];
            times = wider;
            head = 0;
        }
    }
}
