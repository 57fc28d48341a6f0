using Sluice.Bench.Measure;
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
    public void Readers_that_read_are_told_every_trade_and_stuck_ones_the_book_anew()
    {
        using var result = new StringWriter();
        var exit = FeedStuckBenchmark.Run(new Arguments(["--readers", "10", "--stuck", "20", "--rate", "400", "--seconds", "1", "--runs", "1"]), new Report(result, TextWriter.Null));
        Assert.True(exit == 0, result.ToString());
        Assert.Contains("of 2, 2 were told the book anew when they read at last, 0 had been dropped", result.ToString(), StringComparison.Ordinal);
        Assert.Contains("not in their order: 0", result.ToString(), StringComparison.Ordinal);
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
