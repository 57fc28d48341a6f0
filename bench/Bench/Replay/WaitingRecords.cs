using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Core.Kernel;

namespace Sluice.Bench.Replay;

/// <summary>Records encoded before the first of them runs, as commands wait in the venue's batches.</summary>
internal sealed class WaitingRecords
{
    private const int Most = 256;
    private const int Stride = 256;         // bytes; no record of a flow is longer

    private readonly byte[] bytes = new byte[Most * Stride];
    private readonly int[] lengths = new int[Most];
    private int count;

    public int Capacity => Most;

    public void Clear() => count = 0;

    public void Add(ReadOnlySpan<byte> record)
    {
        record.CopyTo(bytes.AsSpan(count * Stride, Stride));
        lengths[count++] = record.Length;
    }

    public Records Batch => new(bytes, lengths, count);

    /// <summary>What waits, for <see cref="StateMachine.Prefetch"/>.</summary>
    public readonly record struct Records(byte[] Bytes, int[] Lengths, int Count) : IRecordBatch
    {
        // Whoever asks is told of no more than there are: one check is enough.
        public ReadOnlySpan<byte> RecordAt(int at) =>
            MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Bytes), unchecked(at * Stride)), Lengths[at]);
    }
}
