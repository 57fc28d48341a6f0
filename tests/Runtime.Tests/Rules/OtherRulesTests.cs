using Sluice.Core.Kernel;
using Sluice.Products;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;
using Sluice.Runtime.Tests.Sequencing;

namespace Sluice.Runtime.Tests.Rules;

/// <summary>New rules never rewrite the past: they start from a snapshot of the old ones or not at all.</summary>
public sealed class OtherRulesTests
{
    private static readonly SequencerOptions Old = new(RulesVersion: StateMachine.RulesVersion);
    private static readonly SequencerOptions New = new(RulesVersion: StateMachine.RulesVersion + 1);

    [Fact]
    public async Task Newer_rules_start_from_the_snapshot_of_a_clean_stop()
    {
        var disk = new MemoryDisk(crashable: true);
        var (hash, sequence, alice) = await Run(disk, Old);
        ulong later;
        {
            var venue = new Venue(disk, options: New);          // never stopped: it crashes
            Assert.Equal((sequence, 0L), (venue.Recovered.SnapshotSequence, venue.Recovered.Commands));
            Assert.Equal(hash, await venue.Hash());
            await venue.Deposit(alice, 5);
            later = await venue.Hash();
        }
        var after = disk.Crash();
        using var again = new Venue(after, options: New);
        Assert.Equal((sequence, 5L), (again.Recovered.SnapshotSequence, again.Recovered.Commands));
        Assert.Equal(later, await again.Hash());
        using var reader = new LogReader(after);
        var rules = new List<uint>();
        while (reader.Read()) rules.Add(reader.RulesVersion);
        Assert.Equal(5, rules.Count(version => version == New.RulesVersion));
        Assert.Equal(rules.Order(), rules);
    }

    [Fact]
    public async Task Newer_rules_refuse_what_older_ones_left_behind_their_last_snapshot()
    {
        var disk = new MemoryDisk(crashable: true);
        var (_, sequence, alice) = await Run(disk, Old);
        await new Venue(disk, options: Old).Deposit(alice, 3);          // never stopped: it crashes
        var refused = Assert.Throws<RecoveryRefusedException>(() => new Venue(disk.Crash(), options: New));
        Assert.Equal($"Commands behind sequence {sequence} were written under rules {Old.RulesVersion} and the venue did not stop cleanly; this build has rules {New.RulesVersion} and will not "
            + "re-execute them. Start the folder once with the build that wrote it (sluice serve --data DIR), stop it with SIGTERM so that it writes a snapshot, "
            + "then start this build.", refused.Message);

        var repaired = disk.Crash();
        new Venue(repaired, options: Old).Dispose();
        using var started = new Venue(repaired, options: New);
        Assert.Equal(sequence + 3, started.Recovered.Sequence);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Older_rules_refuse_what_newer_ones_wrote(bool cleanStop)
    {
        var disk = new MemoryDisk(crashable: true);
        if (cleanStop) await Run(disk, New);
        else await new Venue(disk, options: New).SetUp();
        var left = cleanStop ? disk : disk.Crash();
        var refused = Assert.Throws<RecoveryRefusedException>(() => new Venue(left, options: Old));
        Assert.Equal($"The data was written under rules {New.RulesVersion}, and this build has rules {Old.RulesVersion}: use the newer build.", refused.Message);
    }

    [Fact]
    public async Task A_folder_of_older_rules_verifies_from_their_last_snapshot_on()
    {
        var disk = new MemoryDisk();
        var (hash, sequence, alice) = await Run(disk, Old);
        using (var venue = new Venue(disk, options: New)) await venue.Deposit(alice, 5);
        var found = Verification.Run(disk, new VenueProducts().Machine, rules: New.RulesVersion);
        Assert.Empty(found.Problems);
        Assert.Equal((sequence + 5, 2), (found.Sequence, found.Snapshots));
        Assert.NotEqual(hash, found.StateHash);
        Assert.Equal([$"Command {sequence + 1} was written under rules {New.RulesVersion} and no snapshot stands behind it; this build has rules {Old.RulesVersion}."],
            Verification.Run(disk, new VenueProducts().Machine, rules: Old.RulesVersion).Problems);
    }

    private static async Task<(ulong Hash, long Sequence, int Alice)> Run(MemoryDisk disk, SequencerOptions options)
    {
        using var venue = new Venue(disk, options: options);
        var (alice, _) = await venue.SetUp();
        return (await venue.Hash(), await venue.Sequencer.AskAsync(machine => machine.Sequence), alice);
    }
}
