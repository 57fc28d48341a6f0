using System.CommandLine;
using Sluice.Cli.Trading;
using Sluice.Server.Markets;

namespace Sluice.Cli.Verbs;

/// <summary>sluice markets: what a venue lists; sluice markets export: the demo markets in the shape that serve --markets FILE reads.</summary>
internal static class MarketsVerb
{
    public static Command Create()
    {
        var export = new Command("export", "Prints the demo markets as JSON; change it and start with serve --markets FILE.");
        export.SetAction(_ =>
        {
            Console.WriteLine(System.Text.Encoding.UTF8.GetString(MarketFile.Demo.ToJson()));
            return ExitCodes.Done;
        });
        var verb = MarketVerbs.Markets();
        verb.Add(export);
        return verb;
    }
}
