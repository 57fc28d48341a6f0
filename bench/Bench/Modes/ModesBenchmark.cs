using System.Diagnostics;
using System.Globalization;
using Sluice.Bench.Measure;
using Sluice.Bench.OrderGen;
using Sluice.Bench.Replay;

namespace Sluice.Bench.Modes;

/// <summary>The same load in other modes of the runtime, and compiled ahead of time: each in processes of its own, by turns.</summary>
internal static class ModesBenchmark
{
    private static readonly Mode[] Modes =
    [
        new("tiered, profile-guided (default)"),
        new("tiered, no profile", ("DOTNET_TieredPGO", "0")),
        new("no tiers", ("DOTNET_TieredCompilation", "0")),
        new("no precompiled code", ("DOTNET_ReadyToRun", "0")),
        new("no AVX-512", ("DOTNET_EnableAVX512F", "0"), ("DOTNET_EnableAVX512", "0")),
    ];

    public static int Run(Arguments arguments, Report report)
    {
        var asked = FlowArguments.Read(arguments, Profile.Mixed1, Profile.Mixed1000);
        var rounds = arguments.Number("rounds", 3);
        var native = arguments.Text("native");
        arguments.NoMore();
        var modes = native is null ? Modes : [.. Modes, new Mode("ahead of time") { Program = native }];

        var table = new Table("mode", "profile", "core M/s CPU", "of default", "matching M/s", "of default", "bound M/s", "of default");
        foreach (var profile in asked.Profiles)
        {
            foreach (var mode in modes) mode.Rates.Clear();
            for (var round = 1; round <= rounds; round++)
            {
                foreach (var mode in modes)
                {
                    report.Doing($"{profile.Name}: round {round} of {rounds}, {mode.Name}");
                    mode.Measure(profile, asked);
                }
            }
            foreach (var mode in modes)
            {
                string[] cells = [mode.Name, profile.Name];
                foreach (var name in (string[])["core", "matching", "bound"])
                {
                    var (own, first) = (mode.Of(name), modes[0].Of(name));
                    cells = [.. cells, own.Text(unit: 1e6), Table.Number(own.Median / first.Median)];
                }
                table.Row(cells);
            }
        }
        report.Line($"modes: seed {asked.Seed}, {Table.Count(asked.Count)} commands, {asked.Runs} runs a process, median (lowest-highest) of {rounds} processes a mode, by turns");
        report.Line();
        table.Print(report.Result);
        report.End();
        return 0;
    }

    private sealed class Mode(string name, params (string Name, string Value)[] environment)
    {
        public string Name => name;

        /// <summary>Null: this program.</summary>
        public string? Program { get; init; }

        public List<Dictionary<string, double>> Rates { get; } = [];

        public Spread Of(string what) => Spread.Of(Rates.Select(rates => rates[what]));

        public void Measure(Profile profile, FlowArguments asked)
        {
            string[] load = ["rates", "--profile", profile.Name, "--seed", $"{asked.Seed}", "--count", $"{asked.Count}", "--runs", $"{asked.Runs}"];
            var start = Program is null ? Itself.With(["bench", .. load]) : new ProcessStartInfo(Program, load);
            start.RedirectStandardOutput = start.RedirectStandardError = true;
            foreach (var (variable, value) in environment) start.Environment[variable] = value;
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0) throw new InvalidOperationException($"{name}: exit code {process.ExitCode}: {output}{errors.Result}");
            var words = output.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var rates = new Dictionary<string, double>();
            for (var i = 2; i + 1 < words.Length; i += 2) rates.Add(words[i], double.Parse(words[i + 1], CultureInfo.InvariantCulture));
            Rates.Add(rates);
        }
    }
}
