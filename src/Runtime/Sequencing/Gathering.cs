using System.Diagnostics;

namespace Sluice.Runtime.Sequencing;

/// <summary>When the core thread waits a moment because more commands are likely to come at once. It spins, for at most some microseconds, only while that
/// keeps paying, and never on a machine with one core.</summary>
internal sealed class Gathering
{
    /// <summary>What the commands that are there may lose for those that come: this part of a flush, and never more than so many microseconds.</summary>
    private const int PartOfFlush = 8, MicrosMax = 200;

    private const int SpinMicros = 20;

    /// <summary>How often at most it is left out when it did not pay. A moment's wait is little beside a flush, a spin much beside an idle core.</summary>
    private const int WaitsSkippedMax = 16, SpinsSkippedMax = 256;

    private static readonly bool Alone = Environment.ProcessorCount == 1;
    private static readonly long TicksPerMicro = long.Max(Stopwatch.Frequency / 1_000_000, 1);

    private Patience returning = new(WaitsSkippedMax);
    private Patience next = new(SpinsSkippedMax);
    private int expected;
    private bool answered;

    /// <summary>So many commands were just answered, and so many others wait.</summary>
    public void Answered(int commands, int waiting)
    {
        expected = commands + waiting;
        answered = true;
    }

    /// <summary>Some commands wait. Those whose answers just went out are likely to be followed by others: one flush for all is sooner over than two in
    /// a row.</summary>
    public void Wait(Intake intake, long flushTicks)
    {
        var target = expected;
        expected = 0;
        if (Alone || intake.Waiting >= target || !returning.Try()) return;
        returning.Paid(SpinUntil(intake, target, long.Min(flushTicks / PartOfFlush, MicrosMax * TicksPerMicro)));
    }

    /// <summary>Nothing waits, and the thread is about to sleep: a sender that sends one at a time may be back before it has fallen asleep.</summary>
    public bool Spin(Intake intake)
    {
        if (Alone || !answered || !next.Try()) return false;
        answered = false;
        var came = SpinUntil(intake, 1, SpinMicros * TicksPerMicro);
        next.Paid(came);
        return came;
    }

    private static bool SpinUntil(Intake intake, int commands, long ticks)
    {
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetTimestamp() - started < ticks;)
        {
            if (intake.Waiting >= commands) return true;
            Thread.SpinWait(8);
            if (!Thread.Yield()) Thread.SpinWait(8);
        }
        return intake.Waiting >= commands;
    }

    /// <summary>Tries less and less often what does not pay.</summary>
    private struct Patience(int skippedMax)
    {
        private int skip;
        private int skipped;

        public bool Try()
        {
            if (skipped >= skip) return true;
            skipped++;
            return false;
        }

        public void Paid(bool yes)
        {
            skipped = 0;
            skip = yes ? skip / 4 : int.Min(skip * 2 + 1, skippedMax);
        }
    }
}
