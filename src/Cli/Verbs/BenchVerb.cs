using System.CommandLine;
using Sluice.Bench;

namespace Sluice.Cli.Verbs;

/// <summary>sluice bench NAME: the named loads of bench/.</summary>
internal static class BenchVerb
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = string.Join(", ", Benchmarks.All.Select(one => one.Name)) };
        var rest = new Argument<string[]>("ARGS") { Description = "What the load takes; without any it says so.", Arity = ArgumentArity.ZeroOrMore };
        var verb = new Command("bench", "Runs a named load and prints its figures, with the ratio to a plain version of the same run.") { name, rest };
        verb.TreatUnmatchedTokensAsErrors = false;
        verb.SetAction(parsed => Benchmarks.Run(parsed.GetValue(name)!, [.. parsed.GetValue(rest) ?? [], .. parsed.UnmatchedTokens]));
        return verb;
    }
}
