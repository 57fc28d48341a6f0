using System.CommandLine;
using Sluice.Products;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;

namespace Sluice.Cli.Verbs;

/// <summary>sluice verify DIR: every record, every snapshot, every invariant; never writes.</summary>
internal static class VerifyVerb
{
    public static Command Create()
    {
        var folder = new Argument<DirectoryInfo>("DIR") { Description = "The data folder." };
        var verb = new Command("verify", "Checks every record, snapshot and invariant of a data folder.") { folder };
        verb.SetAction(parsed => Run(parsed.GetValue(folder)!));
        return verb;
    }

    private static int Run(DirectoryInfo folder)
    {
        if (!folder.Exists) return ExitCodes.Refuse($"There is no folder {folder.FullName}.");
        using var progress = new ProgressLine("verify");
        var found = Verification.Run(new FileDisk(folder.FullName), new VenueProducts().Machine, progress.Report);
        if (found.End.Kind == LogEndKind.TornTail)
        {
            Console.WriteLine($"torn tail: {found.End.DroppedBytes} bytes at byte {found.End.Offset} of {found.End.File}; never acknowledged, cut at the next start");
        }
        foreach (var problem in found.Problems) Console.WriteLine($"wrong: {problem}");
        Console.WriteLine($"{(found.Problems.Count == 0 ? "ok" : "not ok")}: records={found.Records} snapshots={found.Snapshots} sequence={found.Sequence} state_hash={found.StateHash:x16}");
        return found.Problems.Count == 0 ? ExitCodes.Done : ExitCodes.Wrong;
    }
}
