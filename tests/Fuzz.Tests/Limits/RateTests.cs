using System.Collections.Concurrent;
using System.Diagnostics;
using Sluice.Core.Kernel;
using Sluice.Fuzz.Tests.Wire;
using Sluice.Server.Gateway;
using Sluice.Tests;

namespace Sluice.Fuzz.Tests.Limits;

/// <summary>The dialect's limits are exact under 64 callers at once: never more than the limit in any window, wherever it begins, and never less than 99 %
/// of it (conventions 7).</summary>
public sealed class RateTests
{
    private const int Callers = 64;

    public static TheoryData<RateClass> Classes => [RateClass.SpotPlace, RateClass.SpotCancel, RateClass.SpotOther, RateClass.Public, RateClass.WalletTransfer, RateClass.SubAccount, RateClass.OtherPrivate, RateClass.SocketSpotPlace];

    [Theory]
    [MemberData(nameof(Classes))]
    public void Sixty_four_threads_get_the_limit_and_no_more(RateClass rateClass)
    {
        var rule = RateRules.Of(rateClass);
        var clock = new SteppedClock();
        var limiter = new RateLimiter(clock);
        var subject = RateSubject.Of(new UserId(7));
        var step = TimeSpan.FromMilliseconds(rule.WindowMillis / 50 + 1);       // no divisor of the window
        var steps = Counts.Of(1_000);
        var allowed = new int[steps];
        using var barrier = new Barrier(Callers, _ => clock.Advance(step));
        var threads = Enumerable.Range(0, Callers).Select(caller => new Thread(() =>
        {
            for (var i = 0; i < steps; i++)
            {
                // Some come in crowds, some alone: enough together to use every place that is free.
                for (var tries = (i * 7 + caller) % 13 + rule.Limit / Callers + 1; tries > 0; tries--)
                {
                    if (limiter.Check(rateClass, subject, 3, "BTC_USDT").Allowed) Interlocked.Increment(ref allowed[i]);
                }
                barrier.SignalAndWait();
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();

        // What happens at one step happens at one instant: a window of the limit holds this many steps.
        var inWindow = (int)((TimeSpan.FromMilliseconds(rule.WindowMillis).Ticks + step.Ticks - 1) / step.Ticks);
        long total = 0;
        for (var first = 0; first < steps; first++)
        {
            total += allowed[first];
            Assert.InRange(allowed.AsSpan(first, int.Min(inWindow, steps - first)).ToArray().Sum(), 0, rule.Limit);
        }
        var windows = steps / inWindow;
        Assert.InRange(total, (long)Math.Ceiling(windows * rule.Limit * 0.99), (windows + 1L) * rule.Limit);
    }

    [Fact]
    public async Task Sixty_four_connections_get_the_limit_and_no_more()
    {
        await using var venue = await FuzzVenue.StartAsync(rateLimits: true);
        var user = await venue.NewUserAsync(("USDT", "1000000"));
        var order = """{"currency_pair":"BTC_USDT","side":"buy","amount":"0.001","price":"80000"}""";
        (string Name, RawRequest Request, RateClass Class)[] asked =
        [
            ("spot orders", RawRequest.To("POST", "/spot/orders", "", order), RateClass.SpotPlace),
            ("public", RawRequest.To("GET", "/spot/currency_pairs/BTC_USDT"), RateClass.Public),
            ("spot private", RawRequest.To("GET", "/spot/accounts"), RateClass.SpotOther),
            ("sub-accounts", RawRequest.To("GET", "/sub_accounts"), RateClass.SubAccount),
            ("wallet", RawRequest.To("GET", "/wallet/total_balance"), RateClass.WalletTransfer),
        ];
        var (allowed, refused) = (new int[asked.Length], new int[asked.Length]);
        var strange = new ConcurrentQueue<string>();
        var hammering = TimeSpan.FromSeconds(2.7);
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            using var connection = await RawConnection.OpenAsync(venue.BaseUrl);
            for (var i = caller; watch.Elapsed < hammering; i++)
            {
                var kind = i % asked.Length;
                await connection.SendAsync(asked[kind].Request.By(user).ToBytes());
                var answer = (await connection.ReadAsync())!.Value;
                if (answer.Status is 200 or 201) Interlocked.Increment(ref allowed[kind]);
                else if (answer.Status == 429) Interlocked.Increment(ref refused[kind]);
                else strange.Enqueue($"{asked[kind].Name}: {answer.Status} {answer.Text}");
            }
        })));
        var elapsed = watch.Elapsed;
        Assert.Empty(strange);
        for (var kind = 0; kind < asked.Length; kind++)
        {
            // Begun within the time there were at least so many whole windows, and in all of it at most so many.
            var rule = RateRules.Of(asked[kind].Class);
            var least = int.Max((int)(hammering.TotalMilliseconds / rule.WindowMillis), 1) * rule.Limit;
            var most = (int)Math.Ceiling(elapsed.TotalMilliseconds / rule.WindowMillis) * rule.Limit;
            Assert.True(allowed[kind] >= Math.Ceiling(least * 0.99) && allowed[kind] <= most, $"{asked[kind].Name}: {allowed[kind]} allowed of {least} to {most}");
            Assert.True(refused[kind] > 0, $"{asked[kind].Name}: nothing was refused, so nothing was shown");
        }
        Counts.Tell("Rate limits over HTTP", $"{Callers} connections: {string.Join(", ", asked.Select((kind, i) => $"{kind.Name} {allowed[i]} allowed, {refused[i]} refused"))}");
    }

    /// <summary>Time that moves when it is told to.</summary>
    private sealed class SteppedClock : TimeProvider
    {
        private long ticks = TimeSpan.TicksPerDay;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref ticks);

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(Volatile.Read(ref ticks));

        public void Advance(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);
    }
}
