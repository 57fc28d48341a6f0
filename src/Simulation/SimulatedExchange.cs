using Sluice.Core.Kernel;
using Sluice.Products;
using Sluice.Runtime.Sequencing;

namespace Sluice.Simulation;

/// <summary>What every seed has at least (the numbers of the reliability page).</summary>
/// <param name="Commands">Sent by clients and the operator; what participants send comes on top.</param>
/// <param name="Crashes">Each with recovery.</param>
/// <param name="Faults">Other than crashes and what the network does by itself.</param>
public sealed record SimulationOptions(int Commands = 2_000, int Crashes = 3, int Faults = 10);

/// <summary>A whole exchange in one thread, from one seed: clients, network, venue, disk and clocks, with faults. Everything it does follows from the
/// seed, so that a failure is repeated by running the seed again.</summary>
public sealed partial class SimulatedExchange
{
    private const int Traders = 5;
    private const int InFlightMax = 8;
    private const long HeartbeatNanos = 100 * Nanos.PerMillisecond;
    private const long RetryNanos = 700 * Nanos.PerMillisecond;
    private const long SettledWithinNanos = 600 * Nanos.PerSecond;

    private readonly SimulationOptions options;
    private readonly VirtualTime time = new();
    private readonly Agenda agenda;
    private readonly SimulatedNetwork network;
    private readonly CommandMix mix;
    private readonly Witness witness = new();
    private readonly SeededRandom pace;
    private readonly SeededRandom chaos;
    private readonly SeededRandom platter;
    private readonly VenueShape shape;
    private readonly List<Client> clients = [];
    private readonly SimulationCounts counts = new();
    private readonly ulong seed;
    private SimulatedDisk disk;
    private SimulatedVenue? venue;
    private long step;
    private int issued;
    private bool corePlanned, writerPlanned, busPlanned, snapshotsPlanned, besidePlanned;
    private string last = "start";

    private SimulatedExchange(ulong seed, SimulationOptions options)
    {
        this.seed = seed;
        this.options = options;
        agenda = new Agenda(time);
        var root = new SeededRandom(seed);
        network = new SimulatedNetwork(agenda, root.Fork(1));
        mix = new CommandMix(root.Fork(2), seed);
        (pace, chaos, platter) = (root.Fork(3), root.Fork(4), root.Fork(5));
        var draw = root.Fork(6);
        shape = new VenueShape(1024 << (4 + draw.Below(3)), 150 + draw.Below(900), draw.Chance(500), draw.Chance(700), draw.Chance(300));
        disk = Watched(new SimulatedDisk());
    }

    /// <summary>Runs one seed to its end. Throws <see cref="SimulationFailedException"/> at the first thing that is not as it must be.</summary>
    public static SimulationCounts Run(ulong seed, SimulationOptions? options = null)
    {
        var simulation = new SimulatedExchange(seed, options ?? new SimulationOptions());
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        try
        {
            simulation.Run();
        }
        catch (Exception broken)
        {
            throw new SimulationFailedException(seed, simulation.step, simulation.last, broken);
        }
        simulation.counts.Took = System.Diagnostics.Stopwatch.GetElapsedTime(started);
        return simulation.counts;
    }

    private void Run()
    {
        Start();
        for (var i = 0; i < Traders; i++) clients.Add(new Client());
        clients.Add(new Client { IsOperator = true });
        Beat();
        PlanCommand();
        PlanFaults();
        while (!IsSettled) DoNext();
        counts.SimulatedNanos = time.TrueNanos;
        Close();
    }

    // Everything was sent, everything was answered, all faults have happened.
    private bool IsSettled => issued >= options.Commands && clients.TrueForAll(client => client.Waiting.Count == 0) && venue is not null && FaultsAreOver;

    private void DoNext()
    {
        if (time.TrueNanos > SettledAfterNanos + SettledWithinNanos) throw new SimulationException($"{clients.Sum(client => client.Waiting.Count)} requests were not answered in {SettledWithinNanos / Nanos.PerSecond} s");
        if (!agenda.Next()) throw new SimulationException("nothing is planned any more, and not everything is answered");
        step++;
        if (disk.PowerIsOff) LosePower();
    }

    private long SettledAfterNanos => issued < options.Commands ? time.TrueNanos : lastIssuedNanos;

    private void Start()
    {
        last = "recovery";
        try
        {
            struck = false;
            var started = new SimulatedVenue(disk, shape, time, seed, witness, counts, message => last = message);
            witness.Recovered(started.Products.Machine);
            venue = started;
        }
        catch (PowerLossException)
        {
            return;                         // the loop sees that the power is off
        }
        catch (Exception refused) when (Explains(refused))
        {
            counts.RefusedStarts++;
            Restart(disk.Kill());
            return;
        }
        counts.Starts++;
        venue.Open(SetUp);
        PlanCore(0);
    }

    private void SetUp(ICoreDoor door)
    {
        if (venue!.Products.Identity.Users.Count(user => user.Parent != 0) >= Traders) return;
        Provision(venue.Products, door, venue.Clock.NowNanos);
    }

    /// <summary>While the venue stands it looks at its clock now and then, as its core thread does when it wakes.</summary>
    private void Beat()
    {
        last = "feeds";
        PlanCore(0);
        venue?.Feeds.Turn();
        agenda.In(HeartbeatNanos, Beat);
    }

    private void PlanCore(long inNanos) => Plan(ref corePlanned, inNanos, () =>
    {
        corePlanned = false;
        last = "core";
        if (!Turn(Stage.Core)) return;
        Check();
        PlanWriter();
        PlanSnapshots();
    });

    private void PlanWriter() => Plan(ref writerPlanned, pace.Between(0, 2 * Nanos.PerMillisecond) + writerStalls, () =>
    {
        writerPlanned = false;
        last = "writer";
        if (!Turn(Stage.Writer)) return;
        PlanBus();
        PlanBeside();
    });

    private void PlanBus() => Plan(ref busPlanned, pace.Between(0, Nanos.PerMillisecond) + busStalls, () =>
    {
        busPlanned = false;
        last = "bus";
        if (!Turn(Stage.Bus)) return;
        PlanBus();
        PlanSnapshots();
        CompareViews();
    });

    private void PlanSnapshots() => Plan(ref snapshotsPlanned, pace.Chance(300) ? pace.Between(0, Nanos.PerMillisecond) : pace.Between(0, 100 * Nanos.PerMillisecond), () =>
    {
        snapshotsPlanned = false;
        last = "snapshot";
        if (Turn(Stage.Snapshots)) counts.Snapshots++;
    });

    private void PlanBeside() => Plan(ref besidePlanned, pace.Between(0, 50 * Nanos.PerMillisecond), () =>
    {
        besidePlanned = false;
        last = "next segment";
        venue?.StepBeside();
    });

    private void Plan(ref bool planned, long inNanos, Action what)
    {
        if (planned) return;
        planned = true;
        agenda.In(inNanos, what);
    }

    private bool Turn(Stage stage)
    {
        if (venue is null) return false;
        try
        {
            var worked = venue.Sequencer.Step(stage);
            if (venue.Sequencer.Unavailable is { } reason && !disk.PowerIsOff) Failed(reason);
            return worked && venue is not null;
        }
        catch (PowerLossException)
        {
            return false;                   // the loop sees that the power is off
        }
    }

    private void Close()
    {
        last = "stop in order";
        armed = null;
        venue!.Stop();
        venue.Feeds.GoOn();
        for (var turn = 0; turn < 3; turn++)
        {
            time.MoveTo(time.TrueNanos + HeartbeatNanos);
            venue.Feeds.Turn();
        }
        venue.Feeds.CheckEnd();
        var sequence = venue.Products.Machine.Sequence;
        last = "start after a stop in order";
        disk = disk.Kill();
        var again = new SimulatedVenue(disk, shape, time, seed, witness, counts, _ => { });
        if (!again.Recovered.CleanStop) throw new SimulationException("the stop in order left no mark");
        if (again.Products.Machine.Sequence != sequence) throw new SimulationException($"stopped at command {sequence}, came back at {again.Products.Machine.Sequence}");
        witness.Recovered(again.Products.Machine);
        var verified = Verification.Run(disk, new VenueProducts().Machine);
        if (verified.Problems.Count > 0) throw new SimulationException($"verify: {string.Join(' ', verified.Problems)}");
        counts.Sequence = sequence;
        counts.StateHash = verified.StateHash;
        counts.Duplicates = witness.Duplicates;
        counts.Steps = step;
        (counts.Dropped, counts.Doubled, counts.Late) = (network.Dropped, network.Doubled, network.Late);
    }
}

/// <summary>A seed failed; the same seed fails again at the same step.</summary>
public sealed class SimulationFailedException(ulong seed, long step, string doing, Exception cause)
    : Exception($"Seed {seed} failed at step {step} ({doing}): {cause.Message} Run it again with: sluice simulate --seeds {seed}..{seed}", cause)
{
    public ulong Seed { get; } = seed;
    public long Step { get; } = step;
}
