using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;

namespace Sluice.Runtime.Tests.Sequencing;

public sealed class RetentionTests
{
    private static readonly SequencerOptions EveryHundred = new(CommandsPerSnapshot: 100);
    private static readonly LogOptions Small = new(8192);

    [Fact]
    public async Task A_venue_in_memory_keeps_two_snapshots_and_the_log_behind_them_however_long_it_runs()
    {
        var disk = new MemoryDisk();
        var sizes = new List<FolderSizes>();
        for (var day = 0; day < 3; day++)
        {
            using var venue = new Venue(disk, options: EveryHundred, log: Small);
            var user = day == 0 ? (await venue.SetUp()).Alice : 1;
            await DepositHundreds(venue, disk, user, 15);
            venue.Sequencer.Stop();
            sizes.Add(venue.Store.Sizes());
            Assert.True(venue.Log.BytesWritten > 300_000);
        }
        Assert.All(sizes, size => Assert.Equal(2, size.Snapshots));
        Assert.All(sizes, size => Assert.InRange(size.LogBytes, 8192, 12 * 8192));
        Assert.Equal(sizes[1].SnapshotBytes, sizes[2].SnapshotBytes);
    }

    [Fact]
    public async Task With_a_read_model_that_stands_still_its_snapshot_and_the_log_behind_it_stay()
    {
        var disk = new MemoryDisk();
        var projected = long.MaxValue;
        long stuck;
        using (var venue = new Venue(disk, options: EveryHundred, log: Small, projected: () => Volatile.Read(ref projected)))
        {
            var (alice, _) = await venue.SetUp();
            await DepositHundreds(venue, disk, alice, 4);
            stuck = await venue.Sequencer.AskAsync(machine => machine.Sequence);
            Volatile.Write(ref projected, stuck);
            await DepositHundreds(venue, disk, alice, 10);
        }
        var kept = new SnapshotStore(disk).List();
        Assert.Equal(3, kept.Count);
        var start = kept[^1].Sequence;
        Assert.InRange(start, stuck - 100, stuck);
        using var reader = new LogReader(disk, start + 1);
        Assert.True(reader.Read());
        Assert.Equal(start + 1, reader.Sequence);

        var products = new Sluice.Products.VenueProducts();
        Assert.Equal(start, Recovery.Run(disk, products.Machine, [], projected: stuck).SnapshotSequence);
    }

    [Fact]
    public void Without_a_snapshot_the_read_models_have_reached_nothing_goes()
    {
        var disk = new MemoryDisk();
        var store = new SnapshotStore(disk);
        foreach (var sequence in new[] { 10, 20, 30, 40 }) store.Write(new SnapshotMeta(1, sequence, 0, 0), new byte[] { 1 });
        store.Retain(projected: 9);
        Assert.Equal([40, 30, 20, 10], store.List().Select(entry => entry.Sequence));
        store.Retain(projected: 19);
        Assert.Equal([40, 30, 10], store.List().Select(entry => entry.Sequence));
        store.Retain(projected: 40);
        Assert.Equal([40, 30], store.List().Select(entry => entry.Sequence));
    }

    /// <summary>Each hundred is followed by its snapshot: one that still waits when the next comes would be left out, and a busy machine lets it wait.</summary>
    private static async Task DepositHundreds(Venue venue, MemoryDisk disk, int user, int hundreds)
    {
        for (var i = 0; i < hundreds; i++)
        {
            var before = SnapshotStore.NameOf(await venue.Sequencer.AskAsync(machine => machine.Sequence));
            await venue.Deposit(user, 100);
            while (!disk.List().Any(name => name.EndsWith(".snap", StringComparison.Ordinal) && string.CompareOrdinal(name, before) > 0))
                await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }
}
