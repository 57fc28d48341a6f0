using Sluice.Runtime.Disk;

namespace Sluice.Runtime.Tests.Log;

/// <summary>Files written past the page cache hold what was written, however it was cut into pieces.</summary>
public sealed class AppendedFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sluice-appended-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public void What_is_written_in_pieces_is_read_back(int seed, bool reserved)
    {
        var random = new Random(seed);
        var disk = new FileDisk(folder);
        var all = new byte[3 << 20];
        random.NextBytes(all);
        using (var file = disk.CreateAppended("pieces"))
        {
            if (reserved) file.Reserve(all.Length + 5000);
            else file.Preallocate(all.Length + 5000);
            file.Sync();
            var length = file.Length;
            AssertHolds(disk, [], length);
            Assert.InRange(length, all.Length + 5000, all.Length + 5000 + 4095);
            for (var at = 0; at < all.Length;)
            {
                // Around a block, and beyond what is kept in memory.
                var part = int.Min(random.Next(4) switch { 0 => random.Next(1, 300), 1 => 4096, 2 => random.Next(4000, 9000), _ => random.Next(1, 2 << 20) }, all.Length - at);
                file.Write(at, all.AsSpan(at, part));
                at += part;
                if (random.Next(3) == 0) continue;
                file.Sync();
                AssertHolds(disk, all.AsSpan(0, at), length);
            }
            file.Sync();
            Assert.Equal(length, file.Length);
        }
        AssertHolds(disk, all, null);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_reads_what_it_has_not_flushed(bool reserved)
    {
        using var file = new FileDisk(folder).CreateAppended("read");
        if (reserved) file.Reserve(8192);
        else file.Preallocate(8192);
        file.Write(0, [1, 2, 3]);
        file.Write(3, [4]);
        var read = new byte[6];
        Assert.Equal(6, file.Read(0, read));
        Assert.Equal([1, 2, 3, 4, 0, 0], read);
        file.Write(4, [5]);
        Assert.Equal(6, file.Read(0, read));
        Assert.Equal([1, 2, 3, 4, 5, 0], read);
    }

    [Fact]
    public void A_gap_is_refused()
    {
        using var file = new FileDisk(folder).CreateAppended("gap");
        if (file is not AppendedFile) return;               // no such files here: then anything may be written
        file.Preallocate(8192);
        file.Write(0, new byte[100]);
        Assert.Throws<ArgumentException>(() => file.Write(101, [1]));
        Assert.Throws<ArgumentException>(() => file.Write(99, [1]));
    }

    [Fact]
    public void A_file_system_that_will_not_have_it_gets_the_usual_writes()
    {
        var disk = new FileDisk(folder);
        using var plain = disk.Create("usual");
        using (var file = new AppendedFile(plain, new Direct(plain, writes: false, reserves: false), []))
        {
            file.Preallocate(5000);
            Assert.Equal(5000, file.Length);
            file.Write(0, [1, 2, 3]);
            file.Write(4000, [4]);
            file.Sync();
        }
        var written = File.ReadAllBytes(Path.Combine(folder, "usual"));
        Assert.Equal([1, 2, 3], written[..3]);
        Assert.Equal(4, written[4000]);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void A_file_is_reserved_whatever_the_file_system_will_have(bool writes, bool reserves)
    {
        var disk = new FileDisk(folder);
        using var plain = disk.Create("pieces");
        var direct = new Direct(plain, writes, reserves);
        using (var file = new AppendedFile(plain, direct, []))
        {
            file.Reserve(3 << 20);
            Assert.Equal(3 << 20, file.Length);
            Assert.Equal((writes, reserves) switch { (true, true) => AlignedBuffer.Block, (true, false) => 3 << 20, _ => 0 }, direct.Written);
            AssertHolds(disk, [], 3 << 20);
            file.Write(0, [1, 2, 3]);
            file.Sync();
            file.Write(3, [4]);
            file.Sync();
            AssertHolds(disk, [1, 2, 3, 4], 3 << 20);
            file.Reserve(1 << 20);
            Assert.Equal(3 << 20, file.Length);
        }
    }

    /// <summary>Of a file system that has such files or not, and rooms to be reserved or not.</summary>
    private sealed class Direct(IDiskFile file, bool writes, bool reserves) : IDirectFile
    {
        public long Written { get; private set; }

        public void Write(ReadOnlySpan<byte> blocks, long offset)
        {
            if (!writes) throw new IOException("Invalid argument", 22);
            file.Write(offset, blocks);
            Written += blocks.Length;
        }

        public bool TryReserve(long from, long to)
        {
            if (reserves) file.Reserve(to);
            return reserves;
        }

        public void Dispose() { }
    }

    // Followed by zeros to the end of the file.
    private static void AssertHolds(FileDisk disk, ReadOnlySpan<byte> bytes, long? length)
    {
        using var file = disk.OpenRead("pieces");
        var read = new byte[file.Length];
        Assert.Equal(length ?? read.Length, read.Length);
        Assert.Equal(read.Length, file.Read(0, read));
        Assert.True(bytes.SequenceEqual(read.AsSpan(0, bytes.Length)));
        Assert.Equal(-1, read.AsSpan(bytes.Length).IndexOfAnyExcept((byte)0));
    }
}
