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
    public async Task Orders_reach_a_venue_over_both_wires()
    {
        await using var venue = await LocalVenue.StartAsync();
        Credentials[] traders = [await venue.OpenAsync(), await venue.OpenAsync()];
        var order = OrderLoad.Order("buy", venue.PassiveBuy, venue.Size, "gtc");
        var http = await OrderLoad.RunAsync(venue.Url, traders, order, TimeSpan.FromMilliseconds(50));
        Assert.Null(http.FirstRefusal);
        Assert.True(http.Count >= 2 * traders.Length);
        var socket = await SocketLoad.RunAsync(venue.Url, traders, 8, order, TimeSpan.FromMilliseconds(50), login: true);
        Assert.Null(socket.FirstRefusal);
        Assert.True(socket.Count >= 8 * traders.Length);
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
