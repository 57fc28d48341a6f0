using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Sluice.Cli;

/// <summary>Calls to copy, below the help of the verb they are of.</summary>
internal static class Examples
{
    private static readonly Dictionary<Command, string[]> Known = [];

    public static void Of(Command verb, params string[] calls) => Known[verb] = calls;

    public static void ShowBelowHelp(RootCommand root)
    {
        foreach (var help in root.Options.OfType<HelpOption>()) help.Action = new Below((SynchronousCommandLineAction)help.Action!);
    }

    private sealed class Below(SynchronousCommandLineAction help) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parsed)
        {
            var code = help.Invoke(parsed);
            if (!Known.TryGetValue(parsed.CommandResult.Command, out var calls) || calls.Length == 0) return code;
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var call in calls) output.WriteLine($"  sluice {call}");
            output.WriteLine();
            return code;
        }
    }
}
