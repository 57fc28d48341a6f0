namespace Sluice.Runtime.Disk;

/// <summary>A disk that ends with the process. With <c>crashable</c> it remembers beside the current content what was synced, so that
/// <see cref="Crash"/> can show what a power loss would leave.</summary>
public sealed class MemoryDisk(bool crashable = false) : IDisk
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, Content> live = new(StringComparer.Ordinal);
    private readonly HashSet<string> locks = new(StringComparer.Ordinal);
    private Dictionary<string, Content> synced = new(StringComparer.Ordinal);

    public IReadOnlyList<string> List()
    {
        lock (gate) return [.. live.Keys];
    }

    public bool Exists(string name)
    {
        lock (gate) return live.ContainsKey(name);
    }

    public IDiskFile OpenRead(string name) => OpenWrite(name);

    public IDiskFile Create(string name)
    {
        lock (gate)
        {
            if (live.TryGetValue(name, out var content)) content.Empty();
            else live.Add(name, content = new Content(crashable));
            return new OpenFile(gate, content);
        }
    }

    public IDiskFile OpenWrite(string name)
    {
        lock (gate) return new OpenFile(gate, Find(name));
    }

    public void Rename(string from, string to)
    {
        lock (gate)
        {
            live[to] = Find(from);
            live.Remove(from);
        }
    }

    public void Delete(string name)
    {
        lock (gate) live.Remove(name);
    }

    public void SyncDirectory()
    {
        if (!crashable) return;
        lock (gate) synced = new Dictionary<string, Content>(live, StringComparer.Ordinal);
    }

    public IDisposable? TryLock(string name)
    {
        lock (gate)
        {
            if (!locks.Add(name)) return null;
            live.TryAdd(name, new Content(crashable));
            return new Held(this, name);
        }
    }

    /// <summary>Another disk with what a power loss at this moment would leave: synced names with synced content, nothing else.</summary>
    public MemoryDisk Crash()
    {
        if (!crashable) throw new InvalidOperationException("This disk was not made crashable.");
        var after = new MemoryDisk(crashable: true);
        lock (gate)
            foreach (var (name, content) in synced)
            {
                var copy = content.AfterCrash();
                after.live.Add(name, copy);
                after.synced.Add(name, copy);
            }
        return after;
    }

    private Content Find(string name) =>
        live.TryGetValue(name, out var content) ? content : throw new FileNotFoundException($"There is no file {name}.", name);

    private sealed class Held(MemoryDisk disk, string name) : IDisposable
    {
        public void Dispose()
        {
            lock (disk.gate) disk.locks.Remove(name);
        }
    }

    private sealed class Content(bool crashable)
    {
        public byte[] Bytes = [];
        public int Length;
        private byte[] syncedBytes = [];
        private int syncedLength;
        private int dirtyFrom = int.MaxValue;
        private int dirtyTo;

        public void Empty()
        {
            Bytes = [];
            Length = 0;
            Touch(0, syncedLength);
        }

        public void Reserve(int length)
        {
            if (length > Bytes.Length) Array.Resize(ref Bytes, Math.Max(length, (int)Math.Min(Bytes.Length * 2L, Array.MaxLength)));
            if (length <= Length) return;
            Touch(Length, length);
            Length = length;
        }

        /// <summary>Remembers that these bytes differ from what was synced.</summary>
        public void Touch(int from, int to)
        {
            if (!crashable || from >= to) return;
            dirtyFrom = Math.Min(dirtyFrom, from);
            dirtyTo = Math.Max(dirtyTo, to);
        }

        public void Sync()
        {
            if (!crashable) return;
            if (syncedBytes.Length < Length) Array.Resize(ref syncedBytes, Bytes.Length);
            syncedLength = Length;
            var to = Math.Min(dirtyTo, Length);
            if (dirtyFrom < to) Bytes.AsSpan(dirtyFrom, to - dirtyFrom).CopyTo(syncedBytes.AsSpan(dirtyFrom));
            dirtyFrom = int.MaxValue;
            dirtyTo = 0;
        }

        public Content AfterCrash()
        {
            var copy = new Content(true);
            copy.Reserve(syncedLength);
            syncedBytes.AsSpan(0, syncedLength).CopyTo(copy.Bytes);
            copy.Sync();
            return copy;
        }
    }

    private sealed class OpenFile(Lock gate, Content content) : IDiskFile
    {
        public long Length
        {
            get { lock (gate) return content.Length; }
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            var from = checked((int)offset);
            lock (gate)
            {
                content.Reserve(from + bytes.Length);
                bytes.CopyTo(content.Bytes.AsSpan(from));
                content.Touch(from, from + bytes.Length);
            }
        }

        public int Read(long offset, Span<byte> into)
        {
            lock (gate)
            {
                if (offset >= content.Length) return 0;
                var count = (int)Math.Min(into.Length, content.Length - offset);
                content.Bytes.AsSpan((int)offset, count).CopyTo(into);
                return count;
            }
        }

        public void Preallocate(long length)
        {
            lock (gate) content.Reserve(checked((int)length));
        }

        public void Reserve(long length) => Preallocate(length);

        public void Sync()
        {
            lock (gate) content.Sync();
        }

        public void Dispose() { }
    }
}
