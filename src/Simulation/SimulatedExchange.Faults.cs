using Sluice.Core.Kernel;
using Sluice.Products;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;

namespace Sluice.Simulation;

public sealed partial class SimulatedExchange
{
    private const string Snapshots = "snapshot-";
    private const int FaultyRecoveryPerMille = 250;

    private int toHappen;
    private long writerStalls, busStalls;
    private ArmedFault? armed;
    private bool struck;

    private bool FaultsAreOver => toHappen == 0 && !time.IsFrozen && !network.Cut;

    private void PlanFaults()
    {
        var span = options.Commands * MeanPauseNanos * 8 / 10;
        for (var i = options.Crashes + chaos.Below(2); i > 0; i--) Plan(CrashOnce);
        for (var i = options.Faults + chaos.Below(6); i > 0; i--) Plan(FaultOnce);

        void Plan(Action what)
        {
            toHappen++;
            agenda.In(chaos.Between(span / 50, span), what);
        }
    }

    private void CrashOnce()
    {
        if (IsBusy(CrashOnce)) return;
        if (chaos.Chance(200))
        {
            Kill();
            toHappen--;
            return;
        }
        // A third of them while a snapshot is written or just behind it.
        var (calls, file) = chaos.Chance(300) ? (chaos.Below(9), Snapshots) : (chaos.Below(30), null);
        Arm(FaultKind.PowerLoss, calls, chaos.Below(1000), file, () => toHappen--, () =>
        {
            Kill();
            toHappen--;
        });
    }

    // A venue that is down or has a fault waiting gets the next a little later.
    private bool IsBusy(Action later)
    {
        if (venue is not null && armed is null) return false;
        agenda.In(500 * Nanos.PerMillisecond, later);
        return true;
    }

    /// <summary>Some call from now on fails, perhaps one of a recovery. Once it has, or has found no call to strike in half a minute, it goes on.</summary>
    private void Arm(FaultKind kind, int calls, int partPerMille, string? file, Action then, Action orElse)
    {
        var fault = armed = new ArmedFault(kind, calls, partPerMille, file);
        Await(300);

        void Await(int left) => agenda.In(100 * Nanos.PerMillisecond, () =>
        {
            if (fault.HasStruck) then();
            else if (left > 0 || venue is null) Await(left - 1);
            else
            {
                armed = null;
                orElse();
            }
        });
    }

    private void FaultOnce()
    {
        switch (chaos.Below(12))
        {
            case 0: Break(FaultKind.Error, "write error"); break;
            case 1: Break(FaultKind.Full, "disk full"); break;
            case 2: Break(FaultKind.Error, "short write", partPerMille: 1 + chaos.Below(999)); break;
            case 3: Break(FaultKind.LostSync, "failed sync"); break;
            case 4: Break(FaultKind.Error, "snapshot error", file: Snapshots); break;
            case 5: Flips(); break;
            case 6: Jump(Nanos.PerSecond * 3600, "clock +1 h"); break;
            case 7: Jump(-Nanos.PerSecond * 3600, "clock -1 h"); break;
            case 8: For(chaos.Between(1, 8) * Nanos.PerSecond, "clock frozen", time.Freeze, time.Thaw); break;
            case 9: For(chaos.Between(1, 3) * Nanos.PerSecond, "network cut", () => network.Cut = true, () => network.Cut = false); break;
            case 10: Stick(); break;
            default:
                var stall = chaos.Between(20, 400) * Nanos.PerMillisecond;
                var writer = chaos.Chance(500);
                For(chaos.Between(1, 4) * Nanos.PerSecond, writer ? "slow disk" : "slow bus", () => SetStall(writer, stall), () => SetStall(writer, 0));
                break;
        }
    }

    private void Stick()
    {
        if (IsBusy(FaultOnce)) return;
        var feeds = venue!.Feeds;
        For(chaos.Between(3, 25) * Nanos.PerSecond, "slow reader", feeds.Slow.Stick, feeds.GoOn);
    }

    private void SetStall(bool writer, long nanos)
    {
        if (writer) writerStalls = nanos;
        else busStalls = nanos;
    }

    private void Happened(string name)
    {
        toHappen--;
        counts.Fault(name);
    }

    private void Jump(long nanos, string name)
    {
        time.Jump(nanos);
        Happened(name);
    }

    private void For(long nanos, string name, Action begin, Action end)
    {
        begin();
        agenda.In(nanos, () =>
        {
            end();
            Happened(name);
        });
    }

    // A fault that finds nothing to strike, because the venue has nothing more to write, becomes a clock that is set.
    private void Break(FaultKind kind, string name, int partPerMille = 0, string? file = null)
    {
        if (IsBusy(FaultOnce)) return;
        Arm(kind, file is null ? chaos.Below(30) : chaos.Below(2), partPerMille, file, () => Happened(name), () => Jump(Nanos.PerSecond * 3600, "clock +1 h"));
    }

    /// <summary>The disk with faults wired to it.</summary>
    private SimulatedDisk Watched(SimulatedDisk made)
    {
        made.Faults = call =>
        {
            if (call.Kind == DiskCallKind.Preallocate) counts.SegmentsFilled++;
            if (call.Kind == DiskCallKind.Reserve) counts.SegmentsReserved++;
            var fault = armed?.Ask(call) ?? DiskFault.None;
            if (fault.Kind == FaultKind.None) return fault;
            armed = null;
            struck = true;
            return fault;
        };
        return made;
    }

    /// <summary>What has gone wrong with the disk explains that the venue gave up or did not come up.</summary>
    private bool Explains(Exception refused) => struck && refused is LogFailedException or IOException;

    private void Failed(string reason)
    {
        if (!struck) throw new SimulationException($"the venue gave up though nothing was wrong with its disk: {reason}");
        counts.Failures++;
        Restart(disk.Kill());
    }

    private void Kill()
    {
        counts.Kills++;
        Restart(disk.Kill());
    }

    private void LosePower()
    {
        counts.PowerLosses++;
        Restart(disk.Crash(platter));
    }

    private void Restart(SimulatedDisk left)
    {
        venue = null;
        compared.Clear();
        disk = Watched(left);
        corePlanned = writerPlanned = busPlanned = snapshotsPlanned = besidePlanned = false;
        if (armed is null && chaos.Chance(FaultyRecoveryPerMille))
            Arm(chaos.Chance(700) ? FaultKind.PowerLoss : FaultKind.Error, chaos.Below(12), chaos.Below(1000), null, () => { }, () => { });
        agenda.In(chaos.Between(Nanos.PerMillisecond, 2 * Nanos.PerSecond), Start);
    }

    /// <summary>On a copy of what a kill would leave, bits flip: recovery refuses, or comes to a state that was, and loses at most the last flush.</summary>
    private void Flips()
    {
        if (IsBusy(FaultOnce)) return;
        var files = disk.List().Where(name => !name.EndsWith(".new", StringComparison.Ordinal)).ToArray();
        var copy = disk.Kill();
        var name = files[chaos.Below(files.Length)];
        long bit;
        using (var file = copy.OpenRead(name)) bit = chaos.Between(0, long.Min(file.Length, 24 * 1024) * 8);
        copy.Flip(name, bit);
        Happened("bit flip");
        var products = new VenueProducts();
        try
        {
            Recovery.Run(copy, products.Machine, []);
            FileLog.Open(copy, StateMachine.RulesVersion, new LogOptions(shape.SegmentBytes)).Dispose();
        }
        catch (Exception refused) when (refused is LogDamagedException or StateHashException or RecoveryRefusedException)
        {
            counts.FlipsRefused++;
            return;
        }
        witness.CheckFlipped(products.Machine, $"bit {bit} of {name}");
    }
}
