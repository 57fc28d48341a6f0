using Sluice.Bench.Measure;
using Sluice.Client;

namespace Sluice.Bench.Wire;

/// <summary>Order to acknowledgement over the network stack: signed HTTP requests and socket requests, each with the plain server under the same
/// load in the same run.</summary>
internal static class GatewayBenchmark
{
    public static int Run(Arguments arguments, Report report) => RunAsync(arguments, report).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(Arguments arguments, Report report)
    {
        var seconds = TimeSpan.FromSeconds(arguments.Number("seconds", 5));
        var connections = arguments.Number("connections", 16);
        var inFlight = arguments.Number("in-flight", 32);
        var (url, token) = (arguments.Text("url"), arguments.Text("admin-token"));
        arguments.NoMore();

        await using var venue = await TargetVenue.ReachAsync(url, token, report);
        await using var plain = await PlainServer.StartAsync();
        var traders = new List<Credentials>();
        for (var i = 0; i < connections; i++) traders.Add(await venue.OpenAsync());
        var order = OrderLoad.Order("buy", venue.PassiveBuy, venue.Size, "gtc");

        var table = new Table("requests", "connections", "in flight", "per s", "p50 us", "p99 us", "p99.9 us", "plain per s", "plain p50 us", "ratio", "refused");
        var refused = 0;
        await Load("HTTP", 1, 1);
        await Load("HTTP", connections, 1);
        await Load("WebSocket", 1, 1);
        await Load("WebSocket", connections, inFlight);
        report.Line($"gateway: {venue.What}; each request places a resting order or cancels it, acknowledged when durable");
        report.Line("plain: a minimal endpoint and a minimal socket that answer a constant. Client and server share the machine.");
        report.Line();
        table.Print(report.Result);
        report.End();
        return refused == 0 ? 0 : 1;

        async Task Load(string wire, int over, int depth)
        {
            var users = traders.Take(over).ToArray();
            Latencies signed = new(), constant = new();
            foreach (var (label, lasting) in new[] { ("warming up", TimeSpan.FromSeconds(1)), ("measuring", seconds) })
            {
                report.Doing($"{wire}, {over} connections, {depth} in flight each: {label}");
                if (wire == "HTTP")
                {
                    signed = await OrderLoad.RunAsync(venue.Url, users, order, lasting);
                    constant = await OrderLoad.RunAsync(plain.Url, users, order, lasting);
                }
                else
                {
                    signed = await SocketLoad.RunAsync(venue.Url, users, depth, order, lasting, login: true);
                    constant = await SocketLoad.RunAsync(plain.Url, users, depth, order, lasting, login: false);
                }
            }
            refused += signed.Refused;
            var (rate, plainRate) = (signed.Count / seconds.TotalSeconds, constant.Count / seconds.TotalSeconds);
            table.Row(wire, Table.Count(over), Table.Count(over * depth), Table.Number(rate, "N0"), Table.Number(signed.Micros(.5), "N0"), Table.Number(signed.Micros(.99), "N0"),
                Table.Number(signed.Micros(.999), "N0"), Table.Number(plainRate, "N0"), Table.Number(constant.Micros(.5), "N0"), Table.Number(rate / plainRate),
                Table.Count(signed.Refused));
            if (signed.FirstRefusal is { } sentence) report.Doing($"refused: {sentence}");
        }
    }
}
