using System.CommandLine;
using System.Globalization;
using Sluice.Simulation;

namespace Sluice.Cli.Verbs;

/// <summary>sluice simulate: the fault simulation, outside the tests.</summary>
internal static class SimulateVerb
{
    private const ulong Largest = 1_000_000_000_000;

    public static Command Create()
    {
        var seeds = new Option<string>("--seeds") { Description = "The first and the last seed, such as 1..1000; one number runs one seed.", DefaultValueFactory = _ => "1..100" };
        var commands = new Option<int>("--commands") { Description = "Client commands of each seed (20 to 1,000,000).", DefaultValueFactory = _ => 2_000 };
        var verb = new Command("simulate", "Runs a whole exchange a seed on simulated disks, networks and clocks that fail, and checks it at every step.") { seeds, commands };
        verb.SetAction(parsed => Run(parsed.GetValue(seeds)!, parsed.GetValue(commands)));
        return verb;
    }

    private static int Run(string text, int commands)
    {
        var ends = text.Split("..");
        if (ends.Length > 2 || !TryParse(ends[0], out var first) || !TryParse(ends[^1], out var last) || last < first)
            return ExitCodes.Refuse($"--seeds {text} is no range of seeds; it takes A..B with A not above B, such as 1..1000.");
        if (commands is < 20 or > 1_000_000) return ExitCodes.Refuse($"--commands {commands} is out of range; it takes 20 to 1000000.");
        SeedRange done;
        using (var progress = new ProgressLine("seeds")) done = SeedRange.Run(first, last, new SimulationOptions(commands), progress.Report);
        foreach (var failed in done.Failures) Console.WriteLine(failed.Message);
        foreach (var line in done.Summary()) Console.WriteLine(line);
        return done.Failures.Count == 0 ? ExitCodes.Done : ExitCodes.Wrong;
    }

    private static bool TryParse(string text, out ulong seed) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seed) && seed is >= 1 and <= Largest;
}
