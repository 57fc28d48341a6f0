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
        await using var plain = await PlainServer.StartAsync(Traders);
        var run = OrderLoad.Run(plain.Url, Traders, OrderLoad.Order("buy", "1", "2", "gtc"), TimeSpan.FromMilliseconds(50));
        Assert.Equal(0, run.Latencies.Refused);
        Assert.True(run.Latencies.Count >= 2 * Traders.Length);
        Assert.True(run.Latencies.Micros(0.5) > 0);
    }

    [Fact]
    public async Task The_endpoint_it_is_compared_with_verifies_signatures()
    {
        await using var plain = await PlainServer.StartAsync(new Credentials("key", "another"), new Credentials("other", "secret"));
        var longEnough = TimeSpan.FromMinutes(5);         // it ends with the refusal too many, however slow the machine is
        Assert.Throws<InvalidOperationException>(() => OrderLoad.Run(plain.Url, Traders, OrderLoad.Order("buy", "1", "2", "gtc"), longEnough));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Orders_reach_a_venue_over_both_wires(bool inMemory)
    {
        await using var venue = await LocalVenue.StartAsync(inMemory);
        Credentials[] traders = [await venue.OpenAsync(), await venue.OpenAsync()];
        var order = OrderLoad.Order("buy", venue.PassiveBuy, venue.Size, "gtc");
        var http = OrderLoad.Run(venue.Url, traders, order, TimeSpan.FromMilliseconds(50)).Latencies;
        Assert.Null(http.FirstRefusal);
        Assert.True(http.Count >= 2 * traders.Length);
        var socket = SocketLoad.Run(venue.Url, traders, 8, order, TimeSpan.FromMilliseconds(50), login: true).Latencies;
        Assert.Null(socket.FirstRefusal);
        Assert.True(socket.Count >= 8 * traders.Length);
        Assert.Null(venue.Failure);
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
        var latencies = SocketLoad.Run(plain.Url, Traders, 8, OrderLoad.Order("buy", "1", "2", "gtc"), TimeSpan.FromMilliseconds(50), login: false).Latencies;
        Assert.Equal(0, latencies.Refused);
        Assert.True(latencies.Count >= 8 * Traders.Length);
    }

    [Fact]
    public void Everyone_is_told_of_every_trade()
    {
        using var result = new StringWriter();
        var exit = FeedBenchmark.Run(new Arguments(["--sockets", "5", "--seconds", "1", "--runs", "1"]), new Report(result, TextWriter.Null));
        Assert.True(exit == 0, result.ToString());
    }
}
