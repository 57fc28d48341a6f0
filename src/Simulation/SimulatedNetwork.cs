using Sluice.Core.Kernel;

namespace Sluice.Simulation;

/// <summary>Carries messages between clients and the venue: late, in any order, twice, or not at all.</summary>
internal sealed class SimulatedNetwork(Agenda agenda, SeededRandom random)
{
    private const int DroppedPerMille = 12, DoubledPerMille = 15, LatePerMille = 20;

    /// <summary>Cut: nothing arrives.</summary>
    public bool Cut { get; set; }

    /// <summary>Nothing is dropped, doubled or late any more: the end of a run, when everything must be answered.</summary>
    public bool Healed { get; set; }

    public long Dropped { get; private set; }
    public long Doubled { get; private set; }
    public long Late { get; private set; }

    public void Send(Action deliver)
    {
        if (!Healed && (Cut || random.Chance(DroppedPerMille)))
        {
            Dropped++;
            return;
        }
        Plan(deliver);
        if (Healed || !random.Chance(DoubledPerMille)) return;
        Doubled++;
        Plan(deliver);
    }

    private void Plan(Action deliver)
    {
        var nanos = random.Between(200 * Nanos.PerMicrosecond, 20 * Nanos.PerMillisecond);
        if (!Healed && random.Chance(LatePerMille))
        {
            Late++;
            nanos += random.Between(0, 4 * Nanos.PerSecond);
        }
        agenda.In(nanos, deliver);
    }
}
