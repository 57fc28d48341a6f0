using Sluice.Runtime.Disk;
using Sluice.Simulation;

namespace Sluice.Crash.Tests.Disk;

/// <summary>The disk that the other tests believe in.</summary>
public sealed class SimulatedDiskTests
{
    private const int Sector = 512;

    [Fact]
    public void What_is_flushed_survives_and_what_is_not_survives_sector_by_sector()
    {
        var disk = new SimulatedDisk();
        using var file = disk.Create("a");
        file.Preallocate(1 << 20);
        file.Write(0, Fill(4 * Sector, 1));
        file.Sync();
        disk.SyncDirectory();
        file.Write(Sector, Fill(2 * Sector, 2));
        file.Write(2 * Sector, Fill(Sector, 3));
        var seen = Outcomes(disk, after => string.Concat(Enumerable.Range(0, 5).Select(sector => Whole(after, "a", sector))));
        Assert.Equal(["11110", "11210", "11310", "12110", "12210", "12310"], seen.Keys);
        Assert.All(seen.Values, times => Assert.InRange(times, 100, 1000));
        Assert.Equal("12310", string.Concat(Enumerable.Range(0, 5).Select(sector => Whole(disk.Kill(), "a", sector))));
    }

    [Fact]
    public void A_file_that_is_reserved_and_flushed_has_its_length_and_zeros_where_nothing_was_written()
    {
        var disk = new SimulatedDisk();
        using var file = disk.Create("a");
        disk.SyncDirectory();
        file.Reserve(3 * Sector);
        Assert.Equal(["0", "1536"], Outcomes(disk, after => $"{Length(after, "a")}").Keys);
        file.Sync();
        file.Write(Sector, Fill(Sector, 1));
        Assert.Equal(["000", "010"], Outcomes(disk, after => string.Concat(Enumerable.Range(0, 3).Select(sector => Whole(after, "a", sector)))).Keys);
    }

    [Fact]
    public void A_length_that_was_not_flushed_is_old_or_new_and_its_sectors_may_be_zero()
    {
        var disk = new SimulatedDisk();
        using var file = disk.Create("a");
        disk.SyncDirectory();
        file.Write(0, Fill(Sector, 1));
        Assert.Equal(["0:", "512:0", "512:1"], Outcomes(disk, after => Length(after, "a") + ":" + (Length(after, "a") > 0 ? Whole(after, "a", 0) : "")).Keys);
    }

    [Fact]
    public void An_emptied_file_is_the_old_one_or_the_new_one_until_it_is_flushed()
    {
        var disk = new SimulatedDisk();
        Put(disk, "a", Fill(Sector, 1));
        using var file = disk.Create("a");
        file.Write(0, Fill(Sector, 2));
        Assert.Equal(["0", "1", "2", "empty"], Outcomes(disk, after => Length(after, "a") == 0 ? "empty" : Whole(after, "a", 0)).Keys);
        file.Sync();
        Assert.Equal(["2"], Outcomes(disk, after => Whole(after, "a", 0)).Keys);
    }

    [Fact]
    public void Changes_of_names_survive_up_to_some_point_in_their_order()
    {
        var disk = new SimulatedDisk();
        Put(disk, "a", Fill(Sector, 1));
        Put(disk, "b", Fill(Sector, 2));
        disk.Rename("a", "b");
        disk.Delete("b");
        using (disk.Create("c")) { }
        Assert.Equal(["", "a b", "b", "c"], Outcomes(disk, after => string.Join(' ', after.List())).Keys);
        disk.SyncDirectory();
        Assert.Equal(["c"], Outcomes(disk, after => string.Join(' ', after.List())).Keys);
    }

    [Fact]
    public void A_lost_flush_is_in_doubt_for_ever_and_a_new_write_is_not()
    {
        var disk = new SimulatedDisk();
        Put(disk, "a", Fill(3 * Sector, 1));
        using var file = disk.OpenWrite("a");
        file.Write(0, Fill(2 * Sector, 2));
        disk.Faults = call => call.Kind == DiskCallKind.Sync ? DiskFault.LostSync : default;
        Assert.Throws<IOException>(file.Sync);
        disk.Faults = null;
        file.Write(Sector, Fill(2 * Sector, 3));
        file.Sync();
        file.Sync();
        Assert.Equal("233", string.Concat(Enumerable.Range(0, 3).Select(sector => Whole(disk, "a", sector))));
        Assert.Equal(["133", "233"], Outcomes(disk, after => string.Concat(Enumerable.Range(0, 3).Select(sector => Whole(after, "a", sector)))).Keys);
    }

    [Fact]
    public void Each_kind_of_call_fails_as_it_is_told_to()
    {
        var disk = new SimulatedDisk();
        Put(disk, "a", Fill(Sector, 1));
        foreach (var kind in Enum.GetValues<DiskCallKind>())
        {
            disk.Faults = call => call.Kind == kind ? DiskFault.Error() : default;
            Assert.Contains(kind.ToString(), Assert.Throws<IOException>(() => Everything(disk)).Message);
            disk.Faults = call => call.Kind == kind ? DiskFault.Full() : default;
            Assert.Throws<DiskFullException>(() => Everything(disk));
            var after = disk.Kill();
            after.Faults = call => call.Kind == kind ? DiskFault.PowerLoss() : default;
            Assert.Throws<PowerLossException>(() => Everything(after));
            Assert.True(after.PowerIsOff);
            after.Faults = null;
            Assert.Throws<PowerLossException>(() => after.Exists("a"));
        }
        disk.Faults = null;
        Everything(disk);
    }

    [Fact]
    public void A_short_write_has_written_its_part()
    {
        var disk = new SimulatedDisk();
        using var file = disk.Create("a");
        disk.Faults = call => call.Kind is DiskCallKind.Write or DiskCallKind.Preallocate ? DiskFault.Full(700) : default;
        Assert.Throws<DiskFullException>(() => file.Write(100, Fill(Sector * 2, 1)));
        Assert.Equal(800, file.Length);
        Assert.Throws<DiskFullException>(() => file.Preallocate(10_000));
        Assert.Equal(1500, file.Length);
        disk.Faults = call => call.Kind == DiskCallKind.Reserve ? DiskFault.Full(300) : default;
        Assert.Throws<DiskFullException>(() => file.Reserve(10_000));
        Assert.Equal(1800, file.Length);
        var bytes = new byte[1800];
        Assert.Equal(1800, file.Read(0, bytes));
        Assert.Equal(700, bytes.Count(one => one == 1));
    }

    [Fact]
    public void A_flipped_bit_is_flipped_on_the_platter_and_in_no_other_copy()
    {
        var disk = new SimulatedDisk();
        Put(disk, "a", new byte[9000]);
        var copy = disk.Kill();
        disk.Flip("a", 8 * 5000 + 3);
        Assert.Equal(8, Content(disk, "a")[5000]);
        Assert.Equal(8, Content(disk.Crash(new SeededRandom(1)), "a")[5000]);
        Assert.Equal(0, Content(copy, "a")[5000]);
        Assert.Throws<ArgumentOutOfRangeException>(() => disk.Flip("a", 8 * 9000));
    }

    [Fact]
    public void A_killed_process_leaves_what_is_not_flushed_as_unsafe_as_before()
    {
        var disk = new SimulatedDisk();
        using (var file = disk.Create("a")) file.Write(0, Fill(Sector, 1));
        Assert.NotNull(disk.TryLock("lock"));
        var after = disk.Kill();
        Assert.Null(disk.TryLock("lock"));
        Assert.NotNull(after.TryLock("lock"));
        Assert.Equal(["", "a", "a lock"], Outcomes(after, crashed => string.Join(' ', crashed.List())).Keys);
    }

    [Fact]
    public void The_same_seed_gives_the_same_numbers_and_the_same_outcome()
    {
        Assert.Equal(0xE220_A839_7B1D_CDAFul, new SeededRandom(0).Next());      // SplitMix64's published first number
        var random = new SeededRandom(5);
        var fork = random.Fork("disk").Next();
        random.Next();
        Assert.Equal(fork, random.Fork("disk").Next());
        Assert.NotEqual(fork, random.Fork("net").Next());
        Assert.Equal(Enumerable.Range(-3, 6).Select(value => (long)value), Enumerable.Range(0, 1000).Select(_ => random.Between(-3, 3)).Distinct().Order());
    }

    private static void Everything(IDisk disk)
    {
        _ = disk.List();
        using (disk.OpenRead("a")) { }
        using (var file = disk.Create("new"))
        {
            file.Preallocate(100);
            file.Reserve(200);
            file.Write(0, [1]);
            _ = file.Read(0, new byte[1]);
            file.Sync();
        }
        using (disk.OpenWrite("new")) { }
        disk.Rename("new", "old");
        disk.Delete("old");
        disk.SyncDirectory();
    }

    private static SortedDictionary<string, int> Outcomes(SimulatedDisk disk, Func<SimulatedDisk, string> seen)
    {
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var random = new SeededRandom(1);
        for (var i = 0; i < 1000; i++)
        {
            var one = seen(disk.Crash(random));
            outcomes[one] = outcomes.GetValueOrDefault(one) + 1;
        }
        return outcomes;
    }

    private static void Put(SimulatedDisk disk, string name, byte[] bytes)
    {
        using var file = disk.Create(name);
        file.Write(0, bytes);
        file.Sync();
        disk.SyncDirectory();
    }

    private static byte[] Fill(int count, byte value) => [.. Enumerable.Repeat(value, count)];

    private static string Whole(SimulatedDisk disk, string name, int sector)
    {
        var bytes = Content(disk, name).AsSpan(sector * Sector, Sector);
        Assert.True(bytes.IndexOfAnyExcept(bytes[0]) < 0, "a sector is written whole or not at all");
        return bytes[0].ToString();
    }

    private static byte[] Content(SimulatedDisk disk, string name)
    {
        using var file = disk.OpenRead(name);
        var bytes = new byte[file.Length];
        Assert.Equal(bytes.Length, file.Read(0, bytes));
        return bytes;
    }

    private static long Length(SimulatedDisk disk, string name) => disk.Files().First(file => file.Name == name).Length;
}
