#if MUTANTS
namespace Sluice.Core.Kernel;

/// <summary>One deliberate fault each, compiled only into the tests of the simulation: whoever doubts that a check can fail turns one on.</summary>
public enum Mutation
{
    None,

    /// <summary>Answers leave before the log is flushed.</summary>
    AcknowledgeBeforeFlush,

    /// <summary>A frame is taken for right whatever its checksum says.</summary>
    SkipChecksum,

    /// <summary>What a resting order held is not freed when it ends.</summary>
    ForgetHold,

    /// <summary>Idempotency keys are not remembered.</summary>
    ForgetKey,

    /// <summary>A fee is taken from the payer and reaches nobody.</summary>
    LoseFee,

    /// <summary>A new segment's name is not flushed.</summary>
    SkipFolderFlush,

    /// <summary>A flush that failed is tried again, and the second one counts.</summary>
    RetryFailedFlush,

    /// <summary>What is behind a torn tail stays in the file.</summary>
    KeepTornTail,

    /// <summary>After a start, frames that are only in the system's memory count as durable.</summary>
    TrustCache,

    /// <summary>The segment that the oldest kept snapshot still needs is deleted.</summary>
    DeleteNeededSegment,

    /// <summary>Snapshots are written without waiting for the log to have what is in them.</summary>
    SnapshotAheadOfLog,

    /// <summary>Answers leave before the views show what they are about.</summary>
    AnswerBeforeViews,

    /// <summary>Stamps follow a clock that is set back.</summary>
    LetTimeGoBack,

    /// <summary>The views do not hear that a level is gone.</summary>
    KeepDeadLevel,

    /// <summary>Timers do not survive a snapshot.</summary>
    ForgetTimers,

    /// <summary>A profit realised in a contract has no contra.</summary>
    LoseContra,

    /// <summary>Nobody is looked at when a mark has moved.</summary>
    OverlookDanger,

    /// <summary>Reduce-only orders keep their size when their position shrinks.</summary>
    KeepReduceOnly,

    /// <summary>The mark of a contract whose market sleeps leaves its band.</summary>
    LeaveBand,
}

/// <summary>Which one is on, for this thread.</summary>
public static class Mutant
{
    [ThreadStatic]
    private static Mutation active;

    public static void Set(Mutation mutation) => active = mutation;

    public static bool Is(Mutation mutation) => active == mutation;
}
#endif
