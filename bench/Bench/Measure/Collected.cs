namespace Sluice.Bench.Measure;

/// <summary>Garbage collections and bytes allocated, of all threads of the process. A younger generation's count holds the older ones'.</summary>
internal readonly record struct Collected(int Gen0, int Gen1, int Gen2, long Bytes)
{
    public static Collected Now => new(GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2), GC.GetTotalAllocatedBytes());

    public (int Gen0, int Gen1, int Gen2) Generations => (Gen0, Gen1, Gen2);

    public static Collected operator -(Collected a, Collected b) => new(a.Gen0 - b.Gen0, a.Gen1 - b.Gen1, a.Gen2 - b.Gen2, a.Bytes - b.Bytes);
}
