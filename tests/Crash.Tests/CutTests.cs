using System.Collections.Concurrent;
using Sluice.Core.Kernel;
using Sluice.Crash.Tests.Kit;
using Sluice.Products;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;
using Sluice.Simulation;
using Sluice.Tests;

namespace Sluice.Crash.Tests;

/// <summary>The log cut at every byte, each time with the whole recovery behind it.</summary>
public sealed class CutTests
{
    private const ulong Seed = 1;
    private const int GoesOnEvery = 61, ShortenedEvery = 67;        // primes: every position in a frame gets its turn
    private static readonly LogOptions Segments = new(8192, ReservedFrom: 700);

    [Fact]
    public void Cut_at_any_byte_the_whole_frames_before_it_are_recovered_and_nothing_else()
    {
        var wanted = Counts.Of(1 << 20);
        var recording = new Recording(Seed, Segments);
        var given = 0;
        var (cuts, commands, executed, shortened, wentOn, torn) = (0L, 0L, 0L, 0L, 0L, 0L);
        var files = new ConcurrentDictionary<string, bool>();
        var batches = recording.Batches().TakeWhile(_ => given < wanted).Select(batch => (batch, Take(batch)));
        Parallel.ForEach(Partitioner.Create(batches, EnumerablePartitionerOptions.NoBuffering), Workers, one =>
        {
            var (batch, count) = one;
            files.TryAdd(batch.File, true);
            var expected = batch.Frames[0].Sequence - 1;
            var state = recording.Truth.StateAt(expected);
            var next = 0;
            var tail = batch.Frames[^1].Sequence;
            var (ran, cut) = (0L, 0);
            for (; cut < count; cut++)
            {
                for (; next < batch.Frames.Count && batch.Frames[next].Needs <= cut; next++) expected = batch.Frames[next].Sequence;
                state = recording.Truth.StateAt(expected);
                if (expected < batch.Durable) Assert.Fail($"seed {Seed}, {batch.File} cut at {batch.Offset + cut}: the test itself expects less than what was flushed.");
                var disk = batch.Before.Kill();
                if (cut > 0) Write(disk, batch.File, batch.Offset, batch.Bytes.AsSpan(0, cut));
                var (products, recovered) = Recover(batch, cut, disk, expected, state);
                ran += recovered.Commands;
                if (recovered.End.Kind == LogEndKind.TornTail) Interlocked.Increment(ref torn);
                using (var log = FileLog.Open(disk, StateMachine.RulesVersion, Segments, expected + 1))
                {
                    if (log.LastSequence != expected) Fail(batch, cut, $"the log opens at {log.LastSequence}, not {expected}");
                    if (cut % GoesOnEvery == 0)
                    {
                        GoOn(batch, cut, disk, log, new SmallVenue(products));
                        Interlocked.Increment(ref wentOn);
                    }
                }
                if (cut % ShortenedEvery != 0) continue;
                Shorten(batch, cut, next, recording.Truth);
                Interlocked.Increment(ref shortened);
            }
            Interlocked.Add(ref cuts, cut);
            Interlocked.Add(ref executed, ran);
            Interlocked.Add(ref commands, tail - batch.Frames[0].Sequence + 1);
        });
        Assert.Equal(wanted, cuts);
        Assert.True(recording.Filled > 0 && recording.Reserved > 0);
        Counts.Tell("Crash at every byte", $"{cuts:N0} cut offsets of {files.Count:N0} segments (behind the first {recording.Filled:N0} filled, {recording.Reserved:N0} reserved) with {commands:N0} commands, {torn:N0} with a torn tail, {executed:N0} commands "
            + $"re-executed; {shortened:N0} of them with the file really shortened, {wentOn:N0} with a venue that went on and crashed again");

        int Take(WrittenBatch batch)
        {
            var count = int.Min(batch.Bytes.Length, wanted - given);
            given += count;
            return count;
        }
    }

    private static ParallelOptions Workers => new() { MaxDegreeOfParallelism = Environment.ProcessorCount };

    private static (VenueProducts Products, Recovered Recovered) Recover(WrittenBatch batch, int cut, SimulatedDisk disk, long expected, ulong state)
    {
        var products = new VenueProducts();
        Recovered recovered;
        try
        {
            recovered = Recovery.Run(disk, products.Machine, []);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException(Where(batch, cut), error);
        }
        if (recovered.Sequence != expected) Fail(batch, cut, $"recovered up to {recovered.Sequence}, not {expected}");
        if (products.Machine.StateHash() != state) Fail(batch, cut, $"recovered another state at {expected}");
        return (products, recovered);
    }

    /// <summary>One more command is accepted, and it is still there behind a power loss.</summary>
    private static void GoOn(WrittenBatch batch, int cut, SimulatedDisk disk, FileLog log, SmallVenue venue)
    {
        var random = new SeededRandom((ulong)(batch.Offset + cut));
        var (stamp, record) = venue.Next(random);
        log.Append(Framed.Command(stamp, record));
        log.Sync();
        Recover(batch, cut, disk.Crash(random), stamp.Sequence, venue.Machine.StateHash());
    }

    /// <summary>The file ends at the cut: a frame that would end in zeros is not whole then.</summary>
    private static void Shorten(WrittenBatch batch, int cut, int whole, Truth truth)
    {
        while (whole > 0 && batch.Frames[whole - 1].End > cut) whole--;
        var expected = whole == 0 ? batch.Frames[0].Sequence - 1 : batch.Frames[whole - 1].Sequence;
        var disk = batch.Before.Kill();
        var head = new byte[batch.Offset];
        using (var file = disk.OpenRead(batch.File)) Assert.Equal(head.Length, file.Read(0, head));
        using (var file = disk.Create(batch.File))
        {
            file.Write(0, head);
            file.Write(batch.Offset, batch.Bytes.AsSpan(0, cut));
        }
        Recover(batch, cut, disk, expected, truth.StateAt(expected));
        using var log = FileLog.Open(disk, StateMachine.RulesVersion, Segments, expected + 1);
        if (log.LastSequence != expected) Fail(batch, cut, $"shortened, the log opens at {log.LastSequence}, not {expected}");
    }

    private static void Write(IDisk disk, string name, long offset, ReadOnlySpan<byte> bytes)
    {
        using var file = disk.OpenWrite(name);
        file.Write(offset, bytes);
    }

    private static string Where(WrittenBatch batch, int cut) => $"seed {Seed}, {batch.File} cut at byte {batch.Offset + cut}";

    private static void Fail(WrittenBatch batch, int cut, string what) => Assert.Fail($"{Where(batch, cut)}: {what}.");
}
