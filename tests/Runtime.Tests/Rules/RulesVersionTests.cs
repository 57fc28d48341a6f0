using System.Globalization;
using System.IO.Compression;
using Sluice.Core.Kernel;
using Sluice.Products;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;

namespace Sluice.Runtime.Tests.Rules;

/// <summary>A committed log of each rules version, with the hashes it led to. While the version stays, the hashes stay: a rule that changes them
/// needs a new <see cref="StateMachine.RulesVersion"/> and a fixture of its own. To write that one, run these tests with
/// SLUICE_WRITE_FIXTURE=1 and commit the new folder.</summary>
public class RulesVersionTests
{
    private static string Fixture(int version) => Path.Combine(AppContext.BaseDirectory, "Fixtures", $"rules-{version}");

    [Fact]
    public void M_003_the_committed_log_of_these_rules_leads_where_it_led()
    {
        if (Environment.GetEnvironmentVariable("SLUICE_WRITE_FIXTURE") == "1") Write();
        var folder = Fixture(StateMachine.RulesVersion);
        Assert.True(Directory.Exists(folder), $"No log of rules version {StateMachine.RulesVersion} is committed: write it as described above.");
        var expected = File.ReadAllText(Path.Combine(folder, "expected.txt"));
        Assert.True(expected == Outcome(Read(folder)), $"These rules are not those of version {StateMachine.RulesVersion}: "
            + $"raise StateMachine.RulesVersion and commit a log of the new version.\nexpected\n{expected}\nis\n{Outcome(Read(folder))}");
    }

    [Fact]
    public void M_003_every_committed_log_names_its_version()
    {
        var folders = Directory.GetDirectories(Path.Combine(AppContext.BaseDirectory, "Fixtures"));
        Assert.NotEmpty(folders);
        foreach (var folder in folders)
        {
            var version = uint.Parse(Path.GetFileName(folder)["rules-".Length..], CultureInfo.InvariantCulture);
            using var reader = new LogReader(Read(folder));
            Assert.True(reader.Read());
            Assert.Equal(version, reader.RulesVersion);
        }
    }

    // A snapshot taken halfway, and the second half behind it: the same end.
    [Fact]
    public void M_003_from_a_snapshot_in_the_middle_it_leads_to_the_same_state()
    {
        var disk = Read(Fixture(StateMachine.RulesVersion));
        var (whole, first, second) = (new VenueProducts().Machine, new VenueProducts().Machine, new VenueProducts().Machine);
        var events = new EventBuffer();
        var half = Commands(disk).Count / 2;
        foreach (var (stamp, record) in Commands(disk))
        {
            whole.Execute(stamp, record, events);
            if (stamp.Sequence <= half) first.Execute(stamp, record, events);
            if (stamp.Sequence == half)
            {
                var writer = new StateWriter();
                first.Save(writer);
                second.Load(writer.Written.Span);
            }
            if (stamp.Sequence > half) second.Execute(stamp, record, events);
            events.Clear();
        }
        Assert.Equal(whole.StateHash(), second.StateHash());
    }

    /// <summary>A venue whose older build stopped in order goes on with this one: everybody has what they had, and nothing is at odds.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void M_003_a_snapshot_of_these_or_older_rules_is_taken_over_whole(int version)
    {
        var disk = Read(Fixture(version));
        var products = new VenueProducts();
        var recovered = Recovery.Run(disk, products.Machine, []);
        Assert.Equal((Commands(disk).Count, 0L), (recovered.SnapshotSequence, recovered.Commands));
        Assert.Equal(File.ReadAllText(Path.Combine(Fixture(version), "facts.txt")), Facts.Of(products));
        Assert.All(products.Machine.CheckInvariants(), check => Assert.Null(check.Broken));

        // What it is now is saved and taken over in turn.
        var (writer, twin) = (new StateWriter(), new VenueProducts());
        products.Machine.Save(writer);
        twin.Machine.Load(writer.Written.Span);
        Assert.Equal(products.Machine.StateHash(), twin.Machine.StateHash());
    }

    private static string Outcome(IDisk disk)
    {
        var machine = new VenueProducts().Machine;
        var events = new EventBuffer();
        var (eventHash, accepted) = (Fold.Start, 0);
        foreach (var (stamp, record) in Commands(disk))
        {
            events.Clear();
            if (machine.Execute(stamp, record, events).Accepted) accepted++;
            eventHash = Fold.Over(eventHash, events.Written);
        }
        Assert.All(machine.CheckInvariants(), check => Assert.Null(check.Broken));
        return string.Create(CultureInfo.InvariantCulture, $"commands={machine.Sequence} accepted={accepted}\nstate_hash={machine.StateHash():x16}\nevent_hash={eventHash:x16}\n");
    }

    private static List<(Stamp Stamp, byte[] Record)> Commands(IDisk disk)
    {
        using var reader = new LogReader(disk);
        var commands = new List<(Stamp, byte[])>();
        while (reader.Read())
        {
            if (reader.Kind == FrameKind.Command) commands.Add((new Stamp(reader.Sequence, reader.TimeNanos), reader.Payload.ToArray()));
        }
        return commands;
    }

    private static MemoryDisk Read(string folder)
    {
        var disk = new MemoryDisk();
        foreach (var path in Directory.GetFiles(folder, "*.gz"))
        {
            using var packed = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
            using var bytes = new MemoryStream();
            packed.CopyTo(bytes);
            using var file = disk.Create(Path.GetFileNameWithoutExtension(path));
            file.Write(0, bytes.ToArray());
        }
        return disk;
    }

    private static void Write()
    {
        var disk = new MemoryDisk();
        using (var log = FileLog.Open(disk, StateMachine.RulesVersion, new LogOptions(1 << 20)))
        {
            foreach (var (stamp, record) in RulesFixture.Commands())
            {
                var frame = new byte[Frame.PaddedBytes(record.Length)];
                Frame.Write(frame, FrameKind.Command, stamp.Sequence, stamp.TimeNanos, record);
                log.Append(frame);
            }
            log.Sync();
        }
        var facts = Snapshot(disk);
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Sluice.slnx"))) root = root.Parent!;
        var sources = Path.Combine(root.FullName, "tests", "Runtime.Tests", "Fixtures", $"rules-{StateMachine.RulesVersion}");
        foreach (var folder in new[] { sources, Fixture(StateMachine.RulesVersion) })
        {
            Directory.CreateDirectory(folder);
            foreach (var name in disk.List())
            {
                using var file = disk.OpenRead(name);
                var bytes = new byte[file.Length];
                file.Read(0, bytes);
                using var packed = new GZipStream(File.Create(Path.Combine(folder, name + ".gz")), CompressionLevel.SmallestSize);
                packed.Write(bytes);
            }
            File.WriteAllText(Path.Combine(folder, "expected.txt"), Outcome(disk));
            File.WriteAllText(Path.Combine(folder, "facts.txt"), facts);
        }
    }

    // Where the log leads, as a snapshot on the same disk.
    private static string Snapshot(MemoryDisk disk)
    {
        var products = new VenueProducts();
        var events = new EventBuffer();
        foreach (var (stamp, record) in Commands(disk))
        {
            products.Machine.Execute(stamp, record, events);
            events.Clear();
        }
        var writer = new StateWriter();
        products.Machine.Save(writer);
        new SnapshotStore(disk).Write(new SnapshotMeta(StateMachine.RulesVersion, products.Machine.Sequence, products.Machine.TimeNanos, products.Machine.StateHash()), writer.Written);
        return Facts.Of(products);
    }
}
