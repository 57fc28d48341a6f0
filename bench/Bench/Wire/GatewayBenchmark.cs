using Sluice.Bench.Measure;
using Sluice.Client;

namespace Sluice.Bench.Wire;

/// <summary>Order to acknowledgement over the network stack: signed HTTP requests against a minimal signed endpoint, and pipelined socket requests, on a venue
/// that keeps everything in memory and on a durable one, by turns in the same run.</summary>
internal static class GatewayBenchmark
{
    private const string OnlyPlaced = "WebSocket, only placed";

    public static int Run(Arguments arguments, Report report) => RunAsync(arguments, report).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(Arguments arguments, Report report)
    {
        var seconds = arguments.Number("seconds", 2);
        var connections = arguments.Number("connections", 64);
        var sockets = arguments.Number("sockets", 8);
        var inFlight = arguments.Number("in-flight", 128);
        var runs = arguments.Number("runs", 5);
        var (url, token, only) = (arguments.Text("url"), arguments.Text("admin-token"), arguments.Text("only"));
        arguments.NoMore();

        var targets = new List<Target>();
        if (url is null)
        {
            targets.Add(await Target.OpenAsync("memory", await LocalVenue.StartAsync(inMemory: true), int.Max(connections, sockets)));
            targets.Add(await Target.OpenAsync("durable", await LocalVenue.StartAsync(), int.Max(connections, sockets)));
        }
        else
        {
            targets.Add(await Target.OpenAsync("remote", await TargetVenue.ReachAsync(url, token, report), int.Max(connections, sockets)));
        }
        await using var plain = await PlainServer.StartAsync(targets.SelectMany(target => target.Traders));

        var loads = new[] { new Load("HTTP", 1, 1), new Load("HTTP", connections, 1), new Load("WebSocket", sockets, inFlight), new Load(OnlyPlaced, sockets, inFlight) };
        var table = new Table("order entry", "connections", "in flight", "per s", "ratio", "p50 us", "ratio", "p99 us", "CPU us server", "load", "cores", "behind ms", "refused");
        var refused = 0L;
        foreach (var load in loads.Where(load => only is null || load.Wire.StartsWith(only, StringComparison.Ordinal)))
        {
            foreach (var target in targets) target.Runs.Clear();
            var peers = new List<LoadRun>();
            for (var run = 0; run <= runs; run++)           // the first one warms up
            {
                report.Doing($"{load.Wire}, {load.Connections} connections, {load.InFlight} in flight each: {(run == 0 ? "warming up" : $"run {run} of {runs}")}");
                var lasting = TimeSpan.FromSeconds(seconds);
                peers.Add(load.On(plain.Url, targets[0].Traders, targets[0], lasting, isVenue: false));
                foreach (var target in targets) target.Runs.Add(target.Engine(() => load.On(target.Venue.Url, target.Traders, target, lasting, isVenue: true)));
            }
            peers.RemoveAt(0);
            Row(load, load.Wire == "HTTP" ? "signed endpoint" : "socket, a constant", peers, null);
            foreach (var target in targets)
            {
                target.Runs.RemoveAt(0);
                refused += target.Runs.Sum(one => one.Latencies.Refused);
                Row(load, target.Name, target.Runs, peers);
                foreach (var figure in FiguresOf(load, target, peers)) report.Add(figure);
                if (target.Runs.Find(one => one.Latencies.Refused > 0) is { } bad) report.Doing($"refused: {bad.Latencies.FirstRefusal}");
            }
        }

        foreach (var target in targets) report.Line($"gateway, {target.Name}: {target.Venue.What}");
        report.Line("Each request places a resting order or cancels it (only placed: an order that ends at once), and is answered when it is durable and shown; one a frame. Median of the runs (least-most), by turns; ratios run by run.");
        report.Line("signed endpoint: Kestrel as it comes; reads the body, verifies SHA-512 and HMAC-SHA512, reads and writes JSON as long as the venue's.");
        report.Line("CPU us: processor time a request of everything but the load, and of the load. cores: of all together. behind: how much longer the history took to store everything; its processor time is counted. Client and server share the machine.");
        report.Line();
        table.Print(report.Result);
        var failures = targets.Select(target => target.Venue.Failure).OfType<string>().ToArray();
        foreach (var failure in failures) report.Line(failure);
        report.End();
        foreach (var target in targets) await target.Venue.DisposeAsync();
        return refused == 0 && failures.Length == 0 ? 0 : 1;

        void Row(Load load, string name, List<LoadRun> of, List<LoadRun>? peers)
        {
            var (rate, half) = (Spread.Of(of.Select(one => one.PerSecond)), Spread.Of(of.Select(one => one.Latencies.Micros(.5))));
            table.Row($"{load.Wire} {name}", Table.Count(load.Connections), Table.Count(load.Connections * load.InFlight), rate.Text("N0"),
                peers is null ? "" : Ratio(of, peers, one => one.PerSecond).Text(), half.Text("N0"),
                peers is null ? "" : Ratio(of, peers, one => one.Latencies.Micros(.5)).Text(),
                Spread.Of(of.Select(one => one.Latencies.Micros(.99))).Text("N0"), Spread.Of(of.Select(one => one.ServerMicros)).Text("0.0"),
                Table.Number(Spread.Of(of.Select(one => one.LoadMicros)).Median, "0.0"), Table.Number(Spread.Of(of.Select(one => one.Cores)).Median, "0.0"),
                Table.Number(Spread.Of(of.Select(one => one.BehindSeconds)).Median * 1000, "0"),
                Table.Count(of.Sum(one => one.Latencies.Refused)));
        }
    }

    private static IEnumerable<Figure> FiguresOf(Load load, Target target, List<LoadRun> peers)
    {
        var rate = Spread.Of(target.Runs.Select(one => one.PerSecond));
        var cost = $"{Spread.Of(target.Runs.Select(one => one.ServerMicros)).Text("0.0")} us CPU a request, load {Table.Number(Spread.Of(target.Runs.Select(one => one.LoadMicros)).Median, "0.0")}";
        var used = Usage.Of([.. target.Runs.Select(one => one.Cost)]);
        if (load.Wire != "HTTP")
        {
            yield return new Figure($"{load.Wire}, {target.Name}", rate / 1e3, 100, 250, "k/s", Detail: cost) { Used = used };
        }
        else if (load.Connections > 1)
        {
            var (half, part) = (Ratio(target.Runs, peers, one => one.Latencies.Micros(.5)), Ratio(target.Runs, peers, one => one.PerSecond));
            yield return new Figure($"HTTP {target.Name}, p50 of a signed endpoint", half, 3, 2, "×", Better.Less,
                $"{Spread.Of(target.Runs.Select(one => one.Latencies.Micros(.5))).Text("N0")} us") { Used = used };
            yield return new Figure($"HTTP {target.Name}, throughput of a signed endpoint", part, 0.5, 0.7, "×", Detail: $"{rate.Text("N0")}/s; {cost}") { Used = used };
        }
    }

    /// <summary>Of runs that took turns: each with the peer's beside it, since the machine is not the same for long.</summary>
    private static Spread Ratio(List<LoadRun> of, List<LoadRun> peers, Func<LoadRun, double> figure) => Spread.Of(of.Zip(peers, (one, peer) => figure(one) / figure(peer)));

    private sealed record Load(string Wire, int Connections, int InFlight)
    {
        public LoadRun On(Uri url, Credentials[] traders, Target target, TimeSpan lasting, bool isVenue) => Wire switch
        {
            "HTTP" => OrderLoad.Run(url, traders[..Connections], target.Resting, lasting, isVenue ? target.Venue.Settle : null),
            OnlyPlaced => SocketLoad.Run(url, traders[..Connections], InFlight, target.Passing, lasting, login: isVenue, cancels: false, isVenue ? target.Venue.Settle : null),
            _ => SocketLoad.Run(url, traders[..Connections], InFlight, target.Resting, lasting, login: isVenue, settle: isVenue ? target.Venue.Settle : null),
        };
    }

    private sealed record Target(string Name, TargetVenue Venue, Credentials[] Traders, string Resting, string Passing)
    {
        public List<LoadRun> Runs { get; } = [];

        /// <summary>A run with what the core's thread took meanwhile.</summary>
        public LoadRun Engine(Func<LoadRun> run)
        {
            var before = Venue.EngineCpuSeconds();
            return run() with { EngineCpuSeconds = Venue.EngineCpuSeconds() - before };
        }

        public static async Task<Target> OpenAsync(string name, TargetVenue venue, int traders)
        {
            var all = new Credentials[traders];
            for (var i = 0; i < traders; i++) all[i] = await venue.OpenAsync();
            return new Target(name, venue, all, OrderLoad.Order("buy", venue.PassiveBuy, venue.Size, "gtc"), OrderLoad.Order("buy", venue.PassiveBuy, venue.Size, "ioc"));
        }
    }
}
