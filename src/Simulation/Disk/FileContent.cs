using System.Runtime.InteropServices;

namespace Sluice.Simulation;

/// <summary>One file: what the cache shows, what the platter has, and what is between them.</summary>
/// <param name="name">As created; it changes with the file's.</param>
internal sealed class FileContent(string name)
{
    private readonly Dictionary<int, Unsynced> unsynced = [];
    private PageTable cache = new();
    private PageTable platter = new();
    private long platterLength;
    private bool emptied;       // since the last flush: the platter may still have all that was before

    /// <summary>The one it has, or had last.</summary>
    public string Name { get; set; } = name;

    public long Length { get; private set; }

    public void Read(long offset, Span<byte> into) => cache.Read(offset, into);

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        Length = long.Max(Length, offset + bytes.Length);
        while (!bytes.IsEmpty)
        {
            var (page, at) = ((int)(offset / Page.Bytes), (int)(offset % Page.Bytes));
            var part = int.Min(Page.Bytes - at, bytes.Length);
            Touch(page, at / Page.SectorBytes, (at + part - 1) / Page.SectorBytes);
            bytes[..part].CopyTo(cache.Writable(page)[at..]);
            bytes = bytes[part..];
            offset += part;
        }
    }

    /// <summary>Zeros up to this length. Neither they nor their flush cost anything: behind its pages a file is zero anyway.</summary>
    public void Grow(long length) => Length = long.Max(Length, length);

    public void Empty()
    {
        emptied |= platterLength > 0;
        cache.Clear();
        unsynced.Clear();
        Length = 0;
    }

    public void Sync()
    {
        if (emptied) platter.Clear();
        emptied = false;
        platterLength = Length;
        if (unsynced.Count == 0) return;
        List<int>? doubtful = null;
        foreach (var (page, state) in unsynced)
        {
            if (state.Lost != 0) (doubtful ??= []).Add(page);
            else if (state.Dirty == byte.MaxValue)
            {
                platter.Set(page, Page.Share(cache[page]));
                continue;
            }

            // Sector by sector, so that a log that grows by less than a page a flush does not copy its page each time.
            for (var sector = 0; sector < Page.Sectors; sector++)
            {
                if ((state.Dirty & 1 << sector) == 0) continue;
                Page.Sector(cache[page], sector).CopyTo(platter.Writable(page)[(sector * Page.SectorBytes)..]);
            }
        }
        if (doubtful is null)
        {
            unsynced.Clear();
            return;
        }
        var still = doubtful.ConvertAll(page => (page, unsynced[page]));
        unsynced.Clear();
        foreach (var (page, state) in still)
            unsynced.Add(page, new Unsynced { Lost = state.Lost, Earlier = state.Earlier?.FindAll(earlier => (state.Lost & 1 << earlier.Sector) != 0) });
    }

    /// <summary>A flush that failed: no later one flushes these sectors again, unless they are written again. The length, which the file system
    /// keeps in its journal, is as unsynced as before.</summary>
    public void LoseSync()
    {
        foreach (var page in unsynced.Keys)
        {
            ref var state = ref CollectionsMarshal.GetValueRefOrNullRef(unsynced, page);
            state.Lost |= state.Dirty;
            state.Dirty = 0;
        }
    }

    /// <summary>Cache and platter rot alike.</summary>
    public void Flip(long bit)
    {
        var (page, at) = ((int)(bit / 8 / Page.Bytes), (int)(bit / 8 % Page.Bytes));
        var mask = (byte)(1 << (int)(bit % 8));
        var same = ReferenceEquals(cache[page], platter[page]);
        cache.Writable(page)[at] ^= mask;
        if (same) platter.Set(page, Page.Share(cache[page]));
        else platter.Writable(page)[at] ^= mask;
    }

    /// <summary>The file with cache and platter as they are.</summary>
    public FileContent Copy()
    {
        var copy = new FileContent(Name) { cache = cache.Copy(), platter = platter.Copy(), platterLength = platterLength, emptied = emptied, Length = Length };
        foreach (var (page, state) in unsynced) copy.unsynced.Add(page, state with { Earlier = state.Earlier is null ? null : [.. state.Earlier] });
        return copy;
    }

    /// <summary>One of the files that a power loss now may leave.</summary>
    public FileContent AfterPowerLoss(SeededRandom random)
    {
        if (emptied && random.Below(2) == 0) return Flushed(platter.Copy(), platterLength);
        var survived = emptied ? new PageTable() : platter.Copy();
        foreach (var (page, state) in unsynced)
        {
            for (var sector = 0; sector < Page.Sectors; sector++)
            {
                if (((state.Dirty | state.Lost) & 1 << sector) == 0) continue;
                var version = random.Below(2 + (state.Earlier?.Count(earlier => earlier.Sector == sector) ?? 0));
                if (version == 0) continue;
                var bytes = version == 1 ? Page.Sector(cache[page], sector)
                    : state.Earlier!.Where(earlier => earlier.Sector == sector).ElementAt(version - 2).Bytes;
                bytes.CopyTo(survived.Writable(page)[(sector * Page.SectorBytes)..]);
            }
        }
        var old = emptied ? 0 : platterLength;
        return Flushed(survived, old != Length && random.Below(2) == 0 ? old : Length);
    }

    private FileContent Flushed(PageTable pages, long length)
    {
        // What lies behind a shorter length is gone: the file may grow again, and is zero there then.
        for (var page = (int)(length / Page.Bytes); page < pages.Count; page++)
        {
            var from = (int)long.Max(length - (long)page * Page.Bytes, 0);
            if (pages[page] is null) continue;
            if (from == 0) pages.Set(page, null);
            else pages.Writable(page)[from..].Clear();
        }
        return new FileContent(Name) { platter = pages, cache = pages.Copy(), platterLength = length, Length = length };
    }

    private void Touch(int page, int first, int last)
    {
        ref var state = ref CollectionsMarshal.GetValueRefOrAddDefault(unsynced, page, out _);
        for (var sector = first; sector <= last; sector++)
        {
            var bit = (byte)(1 << sector);
            if (((state.Dirty | state.Lost) & bit) != 0) (state.Earlier ??= []).Add((sector, Page.Sector(cache[page], sector).ToArray()));
            state.Dirty |= bit;
            state.Lost = (byte)(state.Lost & ~bit);
        }
    }
}
