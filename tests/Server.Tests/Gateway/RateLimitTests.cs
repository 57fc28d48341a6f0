using System.Net;
using Sluice.Server.Gateway;

namespace Sluice.Server.Tests.Gateway;

public sealed class RateLimitTests
{
    private static readonly RateSubject User = RateSubject.Of(new Core.Kernel.UserId(7));

    [Fact]
    public void Never_more_than_the_limit_in_any_window_and_never_fewer_for_who_waits()
    {
        var clock = new StoppedClock();
        var limiter = new RateLimiter(clock);
        var random = new Random(5);
        var allowed = new List<long>();
        for (var i = 0; i < 20_000; i++)
        {
            clock.Advance(TimeSpan.FromMicroseconds(random.Next(20_000)));
            if (limiter.Check(RateClass.SpotPlace, User, market: "BTC_USDT").Allowed) allowed.Add(clock.GetTimestamp());
        }
        for (var i = 10; i < allowed.Count; i++) Assert.True(allowed[i] - allowed[i - 10] >= TimeSpan.TicksPerSecond);

        // A caller that asks all the time gets all of it.
        var greedy = new RateLimiter(clock);
        var granted = 0;
        for (var i = 0; i < 10_000; i++)
        {
            if (greedy.Check(RateClass.SpotPlace, User, market: "BTC_USDT").Allowed) granted++;
            clock.Advance(TimeSpan.FromMilliseconds(1));
        }
        Assert.Equal(100, granted);
    }

    [Fact]
    public void Classes_count_what_they_say()
    {
        var clock = new StoppedClock();
        var limiter = new RateLimiter(clock);
        int Grants(RateClass rateClass, int endpoint = 0, string? market = null, RateSubject? subject = null)
        {
            var count = 0;
            while (count < 1000 && limiter.Check(rateClass, subject ?? User, endpoint, market).Allowed) count++;
            return count;
        }
        Assert.Equal((10, 10, 0), (Grants(RateClass.SpotPlace, 1, "A_B"), Grants(RateClass.SpotPlace, 1, "C_D"), Grants(RateClass.SpotPlace, 2, "A_B")));
        Assert.Equal((200, 200, 0), (Grants(RateClass.SpotOther, 1), Grants(RateClass.SpotOther, 2), Grants(RateClass.SpotOther, 1)));
        Assert.Equal((80, 0), (Grants(RateClass.SubAccount, 1), Grants(RateClass.SubAccount, 2)));
        Assert.Equal((200, 0), (Grants(RateClass.SpotCancel, 1), Grants(RateClass.SpotCancel, 2)));
        Assert.Equal(200, Grants(RateClass.SpotCancel, subject: RateSubject.Of(new Core.Kernel.UserId(8))));
        Assert.Equal((1, 150, 80), (Grants(RateClass.Withdraw), Grants(RateClass.OtherPrivate), Grants(RateClass.WalletTransfer)));
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal((1, 200, 0), (Grants(RateClass.Withdraw), Grants(RateClass.SpotCancel), Grants(RateClass.WalletTransfer)));
    }

    [Fact]
    public void Verdicts_tell_room_and_reset()
    {
        var clock = new StoppedClock();
        var limiter = new RateLimiter(clock);
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal(new RateVerdict(true, 10, 9, now), limiter.Check(RateClass.SpotPlace, User, market: "A_B"));
        Assert.Equal(new RateVerdict(true, 10, 0, now), limiter.Check(RateClass.SpotPlace, User, market: "A_B", count: 9));
        Assert.Equal(new RateVerdict(false, 10, 0, now + 1), limiter.Check(RateClass.SpotPlace, User, market: "A_B"));
        Assert.True(new RateLimiter(clock, enabled: false).Check(RateClass.Withdraw, User, count: 1000).Allowed);
    }

    [Fact]
    public void Counters_go_when_their_window_is_over()
    {
        var clock = new StoppedClock();
        var limiter = new RateLimiter(clock);
        for (var user = 1; user <= 3000; user++) limiter.Check(RateClass.SpotCancel, RateSubject.Of(new Core.Kernel.UserId(user)));
        Assert.Equal(3000, limiter.CounterCount);
        clock.Advance(TimeSpan.FromSeconds(2));
        for (var i = 0; i < 4096; i++) limiter.Check(RateClass.SubAccount, User);
        Assert.True(limiter.CounterCount <= 2);
    }

    [Fact]
    public void Addresses_count_by_network()
    {
        Assert.Equal(RateSubject.Of(IPAddress.Parse("10.0.0.1")), RateSubject.Of(IPAddress.Parse("::ffff:10.0.0.1")));
        Assert.NotEqual(RateSubject.Of(IPAddress.Parse("10.0.0.1")), RateSubject.Of(IPAddress.Parse("10.0.0.2")));
        Assert.Equal(RateSubject.Of(IPAddress.Parse("2001:db8::1")), RateSubject.Of(IPAddress.Parse("2001:db8::2")));
        Assert.NotEqual(RateSubject.Of(IPAddress.Parse("2001:db8::1")), RateSubject.Of(IPAddress.Parse("2001:db8:0:1::1")));
    }

    [Fact]
    public async Task Parallel_connections_get_the_limit_exactly()
    {
        var clock = new StoppedClock();
        await using var gateway = await TestGateway.StartAsync(clock, limits: true);
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(async _ =>
        {
            var mine = new List<Answer>();
            for (var i = 0; i < 5; i++) mine.Add(await gateway.SendPlainAsync("GET", "/spot/time"));
            return mine;
        }));
        var all = answers.SelectMany(mine => mine).ToList();
        Assert.Equal(200, all.Count(answer => answer.Status == 200));
        Assert.Equal(120, all.Count(answer => answer.Status == 429));
        Assert.Equal(Enumerable.Range(0, 200), all.Where(answer => answer.Status == 200).Select(answer => int.Parse(answer.Headers["X-Gate-RateLimit-Requests-Remain"])).Order());

        var refused = all.First(answer => answer.Status == 429);
        Assert.Equal("""{"label":"TOO_MANY_REQUESTS","message":" Request Rate Limit Exceeded (003)"}""", refused.Text);
        Assert.Equal(("200", "0"), (refused.Headers["X-Gate-RateLimit-Limit"], refused.Headers["X-Gate-RateLimit-Requests-Remain"]));
        Assert.Equal(clock.GetUtcNow().ToUnixTimeSeconds() + 10, long.Parse(refused.Headers["X-Gate-RateLimit-Reset-Timestamp"]));
        Assert.Equal(200, (await gateway.SendPlainAsync("GET", "/spot/currencies")).Status);    // its own count

        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(200, (await gateway.SendPlainAsync("GET", "/spot/time")).Status);
    }

    [Fact]
    public async Task Placing_counts_per_market_and_a_refused_body_counts_too()
    {
        var clock = new StoppedClock();
        await using var gateway = await TestGateway.StartAsync(clock, limits: true);
        var statuses = new List<int>();
        for (var i = 0; i < 12; i++) statuses.Add((await gateway.SendAsync("POST", "/spot/orders", body: """{"currency_pair":"A_B"}""")).Status);
        Assert.Equal([.. Enumerable.Repeat(201, 10), 429, 429], statuses);
        Assert.Equal(429, (await gateway.SendAsync("PATCH", "/spot/orders/1", query: "currency_pair=A_B")).Status);
        Assert.Equal(201, (await gateway.SendAsync("POST", "/spot/orders", body: """{"currency_pair":"C_D"}""")).Status);
        Assert.Equal(201, (await gateway.SendAsync("POST", "/spot/orders", body: """{"currency_pair":"A_B"}""", key: "sub")).Status);

        statuses.Clear();
        for (var i = 0; i < 11; i++) statuses.Add((await gateway.SendAsync("POST", "/spot/orders", body: "{")).Status);
        Assert.Equal([.. Enumerable.Repeat(400, 10), 429], statuses);
    }

    [Fact]
    public async Task Switched_off_there_is_no_limit_and_no_header()
    {
        await using var gateway = await TestGateway.StartAsync(new StoppedClock(), limits: false);
        for (var i = 0; i < 15; i++)
        {
            var answer = await gateway.SendAsync("POST", "/spot/orders", body: """{"currency_pair":"A_B"}""");
            Assert.Equal(201, answer.Status);
            Assert.False(answer.Headers.ContainsKey("X-Gate-RateLimit-Limit"));
        }
    }
}
