using Sluice.Bench.All;
using Sluice.Bench.Durable;
using Sluice.Bench.FiveScenarios;
using Sluice.Bench.Futures;
using Sluice.Bench.Margin;
using Sluice.Bench.Measure;
using Sluice.Bench.Modes;
using Sluice.Bench.OrderGen;
using Sluice.Bench.Replay;
using Sluice.Bench.Wire;

namespace Sluice.Bench;

/// <summary>The named loads; `sluice bench NAME` runs one.</summary>
public static class Benchmarks
{
    private static readonly (string Name, string What, Func<Arguments, Report, int> Run)[] Loads =
    [
        ("all", "every load below that has aims, each in a process of its own, then one table: --quick --only NAME,NAME --out DIR", AllBenchmark.Run),
        ("ordergen", "checks the standard order flows, or writes one: --profile P --seed N --count N --prefill N --out FILE", OrderGenCommand.Run),
        ("matching", "the order books alone, beside bare array books and the plain book: --profile P --seed N --count N --runs N", MatchingBenchmark.Run),
        ("scenarios", "the public five-scenario order-book benchmark against its published hashes: --scenario NAME --runs N", ScenariosBenchmark.Run),
        ("core", "orders through the state machine, fees and ledger, checked against the flow's result: --profile P --seed N --count N --runs N", CoreBenchmark.Run),
        ("latency", "one command in the core, one after the other and at a fixed rate: --profile P --seed N --count N --runs N --rate N", LatencyBenchmark.Run),
        ("modes", "matching and core in other modes of the runtime, in processes of their own: --profile P --count N --runs N --rounds N --native PROGRAM", ModesBenchmark.Run),
        ("rates", "one line of rates, for modes to read: --profile P --seed N --count N --runs N", RatesBenchmark.Run),
        ("hash", "no figures, only hashes of events and state, for comparing builds and runtimes: --profile P --count N --seeds N", HashBenchmark.Run),
        ("log", "the same through sequencer and log, durable, and few in flight beside bare flushes: --count N --in-flight N (0: not) --runs N --flush-millis N (0: not) --dir DIR", LogBenchmark.Run),
        ("recovery", "a log re-executed, from its start and from a snapshot: --profile P --seed N --count N --runs N --dir DIR", RecoveryBenchmark.Run),
        ("margin", "each piece of futures arithmetic, beside integers of any size: --rounds N --runs N", MarginBenchmark.Run),
        ("futures", "orders on contracts with all margin, beside the bound and the plain book; and with accounts too small for them: --profile P --seed N --count N --runs N", FuturesBenchmark.Run),
        ("risk", "100,000 accounts with five positions each: an order, a mark, a fall of everything: --accounts N --contracts N --probes N --runs N", RiskBenchmark.Run),
        ("memory", "bytes per resting order and per account: --orders N --users N --runs N", MemoryBenchmark.Run),
        ("gateway", "order to acknowledgement over HTTP and WebSocket, beside a minimal signed endpoint: --url U --admin-token T --seconds N --runs N --connections N --sockets N --in-flight N --only WIRE", GatewayBenchmark.Run),
        ("feed", "trades told to many sockets, beside a loop of one send each: --seconds N --sockets N --runs N", FeedBenchmark.Run),
        ("feed-stuck", "what readers that never read cost the others: --readers N --stuck PERCENT --rate TRADES --seconds N --runs N", FeedStuckBenchmark.Run),
    ];

    /// <summary>Only the load named rates, for a build that holds nothing else.</summary>
    public static int RunRates(string[] args) => RatesBenchmark.Run(new Arguments(args is ["rates", .. var rest] ? rest : args), new Report(Console.Out, Console.Error));

    /// <summary>Every name with what it measures and its options.</summary>
    public static IEnumerable<(string Name, string What)> All => Loads.Select(load => (load.Name, load.What));

    /// <summary>Runs one load; with <c>--sheet FILE</c> its figures are also written there as JSON. The exit code: 0 when the load ran and its result was right, 1 when the result was wrong, 2 for a call it does not understand.</summary>
    public static int Run(string name, string[] args)
    {
        var load = Array.Find(Loads, load => load.Name == name);
        if (load.Run is null)
        {
            Console.Error.WriteLine($"There is no benchmark '{name}'; there are: {string.Join(", ", Loads.Select(one => one.Name))}.");
            return 2;
        }
        try
        {
            var (arguments, report) = (new Arguments(args), new Report(Console.Out, Console.Error));
            var sheet = arguments.Text("sheet");
            var code = load.Run(arguments, report);
            if (sheet is not null) new Sheet(code == 0, report.Figures, report.Curves).Write(sheet);
            return code;
        }
        catch (ArgumentsException wrong)
        {
            Console.Error.WriteLine($"{wrong.Message} {name}: {load.What}.");
            return 2;
        }
    }
}
