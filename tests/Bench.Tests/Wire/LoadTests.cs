using Sluice.Bench.Wire;
using Sluice.Client;

namespace Sluice.Bench.Tests.Wire;

/// <summary>The loads' own HTTP and WebSocket clients, against the plain server.</summary>
public class LoadTests
{
    private static readonly Credentials[] Traders = [new("key", "secret"), new("other", "secret")];

    [Fact]
    public async Task Requests_over_HTTP_are_answered_and_timed()
    {
        await using var plain = await PlainServer.StartAsync();
        var latencies = await OrderLoad.RunAsync(plain.Url, Traders, OrderLoad.Order("buy", "1", "2", "gtc"), TimeSpan.FromMilliseconds(50));
        Assert.Equal(0, latencies.Refused);
        Assert.True(latencies.Count >= Traders.Length);
        Assert.True(latencies.Micros(0.5) > 0);
    }

    [Fact]
    public async Task Requests_over_WebSocket_are_answered_in_their_slots()
    {
        await using var plain = await PlainServer.StartAsync();
        var latencies = await SocketLoad.RunAsync(plain.Url, Traders, 8, OrderLoad.Order("buy", "1", "2", "gtc"), TimeSpan.FromMilliseconds(50), login: false);
        Assert.Equal(0, latencies.Refused);
        Assert.True(latencies.Count >= 8 * Traders.Length);
    }
}
