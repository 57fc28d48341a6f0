using Sluice.Crash.Tests.Kit;
using Sluice.Products;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;
using Sluice.Simulation;
using Sluice.Tests;

namespace Sluice.Crash.Tests;

/// <summary>The power goes at each call of what takes several, and then again at each call of the recovery behind it.</summary>
public sealed class StepTests
{
    private const int Outcomes = 10, TwiceFor = 2;

    public static TheoryData<string> Scenes => [.. Scene.Names];

    [Theory]
    [MemberData(nameof(Scenes))]
    public void Power_lost_at_each_call_and_again_at_each_call_of_the_recovery(string scene)
    {
        var (calls, states, twice, reservations) = (0, 0, 0, 0);
        for (var seed = 1ul; seed <= (ulong)Counts.Scale; seed++)
        {
            for (var call = 1L; ; call++)
            {
                var made = 0;
                foreach (var part in (int[])[0, 1, 700, 5000])
                {
                    var at = new Scene(scene, seed);
                    if (!LosePower(at, call, part, out var kind)) break;
                    made++;
                    if (kind == DiskCallKind.Reserve) reservations++;
                    var random = new SeededRandom(seed).Fork((ulong)call * 10_000 + (ulong)part);
                    for (var outcome = 0; outcome < Outcomes; outcome++)
                    {
                        var where = $"{scene}, seed {seed}, power lost at call {call} ({kind}) behind {part} bytes, outcome {outcome}";
                        var after = at.Disk.Crash(random);
                        if (outcome < TwiceFor) twice += LoseItAgain(at, after, random, where);
                        Continue(at, after, at.Truth.Copy(), where);
                        states++;
                    }
                    if (kind is not (DiskCallKind.Write or DiskCallKind.Preallocate or DiskCallKind.Reserve)) break;
                }
                if (made == 0) break;
                calls++;
            }
        }
        Assert.True(calls > 8, $"only {calls} calls: the scene does not happen");
        Assert.Equal(scene.Contains("into a reserved", StringComparison.Ordinal), reservations > 0);
        Counts.Tell($"Power lost while {scene}", $"at {calls:N0} calls, {states:N0} crash states, {twice:N0} more by a second loss at each call of the recovery");
    }

    private static bool LosePower(Scene scene, long call, int part, out DiskCallKind kind)
    {
        var before = scene.Disk.Calls;
        var met = default(DiskCallKind);
        scene.Disk.Faults = made =>
        {
            if (made.Number != before + call) return default;
            met = made.Kind;
            return DiskFault.PowerLoss(part);
        };
        try
        {
            scene.Act();
            kind = default;
            return false;
        }
        catch (PowerLossException)
        {
            kind = met;
            return true;
        }
    }

    /// <summary>The power goes at the n-th call of recovering, opening and going on, for every n.</summary>
    private static int LoseItAgain(Scene scene, SimulatedDisk disk, SeededRandom random, string where)
    {
        for (var call = 1; ; call++)
        {
            var again = disk.Kill();
            var truth = scene.Truth.Copy();
            var least = scene.Durable;
            again.Faults = made => made.Number == call ? DiskFault.PowerLoss(random.Below(3) * 400) : default;
            try
            {
                GoOn(scene, again, truth, ref least);
                return call - 1;
            }
            catch (PowerLossException)
            {
            }
            Check(scene, again.Crash(random), truth, least, $"{where}, and again at call {call}");
        }
    }

    private static void Continue(Scene scene, SimulatedDisk disk, Truth truth, string where)
    {
        try
        {
            if (truth.Invented(disk) is { } invented) throw new InvalidOperationException($"{invented} was never written.");
            var least = scene.Durable;
            GoOn(scene, disk, truth, ref least);
            var machine = new VenueProducts().Machine;
            var found = Verification.Run(disk.Kill(), machine, rules: scene.Rules);
            if (found.Problems.Count > 0) throw new InvalidOperationException($"Verification finds: {found.Problems[0]}");
            truth.Check(machine, least);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"{where}: {error.Message}", error);
        }
    }

    private static void GoOn(Scene scene, SimulatedDisk disk, Truth truth, ref long least)
    {
        using var venue = new RunningVenue(disk, truth, least, new LogOptions(6144), scene.Rules);
        least = venue.Log.DurableSequence;
        venue.Append(new SeededRandom(9), 2);
        venue.Log.Sync();
        least = venue.Log.DurableSequence;
    }

    private static void Check(Scene scene, SimulatedDisk disk, Truth truth, long least, string where)
    {
        try
        {
            var machine = new VenueProducts().Machine;
            Recovery.Run(disk, machine, [], rules: scene.Rules);
            truth.Check(machine, least);
            using var log = FileLog.Open(disk, scene.Rules, new LogOptions(6144), machine.Sequence + 1);
            Assert.Equal(machine.Sequence, log.LastSequence);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"{where}: {error.Message}", error);
        }
    }
}
