using System.CommandLine;
using Sluice.Products;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;

namespace Sluice.Cli.Verbs;

/// <summary>sluice replay DIR: re-executes and compares every recorded hash; never writes.</summary>
internal static class ReplayVerb
{
    public static Command Create()
    {
        var folder = new Argument<DirectoryInfo>("DIR") { Description = "The data folder." };
        var to = new Option<long?>("--to") { Description = "Stop behind this command." };
        var fromStart = new Option<bool>("--from-start") { Description = "Ignore snapshots; the log must go back to command 1 (serve --keep-log)." };
        var verb = new Command("replay", "Re-executes the log of a data folder and compares the state hashes recorded in it.") { folder, to, fromStart };
        verb.SetAction(parsed => Run(parsed.GetValue(folder)!, parsed.GetValue(to) ?? long.MaxValue, parsed.GetValue(fromStart)));
        return verb;
    }

    private static int Run(DirectoryInfo folder, long to, bool fromStart)
    {
        if (!folder.Exists) return ExitCodes.Refuse($"There is no folder {folder.FullName}.");
        var machine = new VenueProducts().Machine;
        try
        {
            using var progress = new ProgressLine("replay");
            var done = Recovery.Run(new FileDisk(folder.FullName), machine, [], upTo: to, fromStart: fromStart, report: Console.Error.WriteLine, progress: progress.Report);
            if (done.End.Kind == LogEndKind.TornTail)
            {
                Console.Error.WriteLine($"{done.End.File} has a torn tail of {done.End.DroppedBytes} bytes at byte {done.End.Offset}: never acknowledged, not executed.");
            }
            if (to != long.MaxValue && machine.Sequence < to) Console.Error.WriteLine($"The log ends at {machine.Sequence}, before {to}.");
            var rate = done.Took.TotalSeconds > 0 ? (long)(done.Commands / done.Took.TotalSeconds) : 0;
            Console.WriteLine($"sequence={machine.Sequence} state_hash={machine.StateHash():x16} commands_per_second={rate}");
            return ExitCodes.Done;
        }
        catch (RecoveryRefusedException refused)
        {
            return ExitCodes.Refuse(refused.Message);
        }
        catch (LogTooNewException newer)
        {
            return ExitCodes.Refuse(newer.Message);
        }
        catch (Exception wrong) when (wrong is StateHashException or LogDamagedException or Core.Kernel.BrokenInvariantException or InvalidOperationException)
        {
            Console.Error.WriteLine(wrong.Message);
            return ExitCodes.Wrong;
        }
    }
}
