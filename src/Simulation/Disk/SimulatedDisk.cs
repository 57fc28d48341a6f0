using Sluice.Runtime.Disk;

namespace Sluice.Simulation;

/// <summary>A disk in memory with a journaling file system on it. It knows what a process sees (the cache), what is on the platter, and what lies
/// between, sector by sector; it can fail any call, lose power, or rot. What a call costs depends on the bytes it touches, not on the size of the file.</summary>
public sealed class SimulatedDisk : IDisk
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, FileContent> live = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileContent> durable = new(StringComparer.Ordinal);
    private readonly List<FolderChange> pending = [];
    private readonly HashSet<string> locks = new(StringComparer.Ordinal);
    private long calls;

    /// <summary>Asked before each call that can fail, under the disk's lock. Null: nothing fails.</summary>
    public Func<DiskCall, DiskFault>? Faults { get; set; }

    /// <summary>Made so far, failed ones included.</summary>
    public long Calls
    {
        get { lock (gate) return calls; }
    }

    /// <summary>Whether the power has gone.</summary>
    public bool PowerIsOff { get; private set; }

    public IReadOnlyList<string> List()
    {
        lock (gate)
        {
            Meet(DiskCallKind.List, "");
            return [.. live.Keys];
        }
    }

    public bool Exists(string name)
    {
        lock (gate)
        {
            CheckPower();
            return live.ContainsKey(name);
        }
    }

    public IDiskFile OpenRead(string name) => Open(name, DiskCallKind.OpenRead);

    public IDiskFile OpenWrite(string name) => Open(name, DiskCallKind.OpenWrite);

    public IDiskFile Create(string name)
    {
        lock (gate)
        {
            Meet(DiskCallKind.Create, name);
            if (live.TryGetValue(name, out var content)) content.Empty();
            else Put(name, content = new FileContent(name));
            return new SimulatedFile(this, content);
        }
    }

    public void Rename(string from, string to)
    {
        lock (gate)
        {
            Meet(DiskCallKind.Rename, from);
            var content = Find(from);
            live.Remove(from);
            live[to] = content;
            content.Name = to;
            pending.Add(new FolderChange(to, content, from));
        }
    }

    public void Delete(string name)
    {
        lock (gate)
        {
            Meet(DiskCallKind.Delete, name);
            if (live.Remove(name)) pending.Add(new FolderChange(null, null, name));
        }
    }

    public void SyncDirectory()
    {
        lock (gate)
        {
            Meet(DiskCallKind.SyncDirectory, "");
            foreach (var change in pending) change.Apply(durable);
            pending.Clear();
        }
    }

    public IDisposable? TryLock(string name)
    {
        lock (gate)
        {
            CheckPower();
            if (!locks.Add(name)) return null;
            if (!live.ContainsKey(name)) Put(name, new FileContent(name));
            return new Held(this, name);
        }
    }

    /// <summary>The length of each file as a process sees it; no call that counts or fails.</summary>
    public IReadOnlyList<(string Name, long Length)> Files()
    {
        lock (gate) return [.. live.Select(file => (file.Key, file.Value.Length))];
    }

    /// <summary>Another disk, as one power loss at this moment may leave this one. Each sector that was not flushed has what it had, or anything
    /// written to it since; a length that was not flushed is old or new; of the changes of names that were not flushed, the first few
    /// have happened, in order.</summary>
    public SimulatedDisk Crash(SeededRandom random)
    {
        var after = new SimulatedDisk();
        lock (gate)
        {
            var names = new Dictionary<string, FileContent>(durable, StringComparer.Ordinal);
            foreach (var change in pending[..random.Below(pending.Count + 1)]) change.Apply(names);
            foreach (var (name, content) in names.OrderBy(file => file.Key, StringComparer.Ordinal))
            {
                var survived = content.AfterPowerLoss(random);
                after.live.Add(name, survived);
                after.durable.Add(name, survived);
            }
        }
        return after;
    }

    /// <summary>Another disk, as the end of the process leaves this one: everything written is there, flushed or not, and nothing is locked.</summary>
    public SimulatedDisk Kill()
    {
        var after = new SimulatedDisk();
        lock (gate)
        {
            var copies = new Dictionary<FileContent, FileContent>();
            foreach (var (name, content) in live) after.live.Add(name, Copy(content));
            foreach (var (name, content) in durable) after.durable.Add(name, Copy(content));
            foreach (var change in pending) after.pending.Add(change with { Content = change.Content is { } content ? Copy(content) : null });

            FileContent Copy(FileContent content)
            {
                if (!copies.TryGetValue(content, out var copy)) copies.Add(content, copy = content.Copy());
                return copy;
            }
        }
        return after;
    }

    /// <summary>Turns one bit of a file over, in the cache and on the platter.</summary>
    public void Flip(string name, long bit)
    {
        lock (gate)
        {
            var content = Find(name);
            if (bit < 0 || bit / 8 >= content.Length) throw new ArgumentOutOfRangeException(nameof(bit), bit, $"{name} has {content.Length} bytes.");
            content.Flip(bit);
        }
    }

    private SimulatedFile Open(string name, DiskCallKind kind)
    {
        lock (gate)
        {
            Meet(kind, name);
            return new SimulatedFile(this, Find(name));
        }
    }

    private void Put(string name, FileContent content)
    {
        live.Add(name, content);
        pending.Add(new FolderChange(name, content, null));
    }

    private FileContent Find(string name) =>
        live.TryGetValue(name, out var content) ? content : throw new FileNotFoundException($"There is no file {name}.", name);

    // A call that does all of its work or nothing.
    private void Meet(DiskCallKind kind, string file) => Throw(Ask(kind, file), kind, file);

    private DiskFault Ask(DiskCallKind kind, string file, long offset = 0, long bytes = 0)
    {
        CheckPower();
        calls++;
        return Faults?.Invoke(new DiskCall(calls, kind, file, offset, bytes)) ?? default;
    }

    private void Throw(DiskFault fault, DiskCallKind kind, string file)
    {
        if (fault.Kind == FaultKind.None) return;
        if (fault.Kind == FaultKind.PowerLoss) PowerIsOff = true;
        CheckPower();
        var what = $"Call {calls}, {kind} {file}".TrimEnd();
        throw fault.Kind == FaultKind.Full ? new DiskFullException($"{what}: no space left on the device.") : new IOException($"{what}: input/output error.");
    }

    private void CheckPower()
    {
        if (PowerIsOff) throw new PowerLossException();
    }

    /// <summary>A change of names: what <paramref name="Gone"/> named, if anything, is now named <paramref name="Name"/>, if anything.</summary>
    private sealed record FolderChange(string? Name, FileContent? Content, string? Gone)
    {
        public void Apply(Dictionary<string, FileContent> names)
        {
            if (Gone is not null) names.Remove(Gone);
            if (Name is not null) names[Name] = Content!;
        }
    }

    private sealed class Held(SimulatedDisk disk, string name) : IDisposable
    {
        public void Dispose()
        {
            lock (disk.gate) disk.locks.Remove(name);
        }
    }

    private sealed class SimulatedFile(SimulatedDisk disk, FileContent content) : IDiskFile
    {
        public long Length
        {
            get
            {
                lock (disk.gate)
                {
                    disk.CheckPower();
                    return content.Length;
                }
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            lock (disk.gate)
            {
                var fault = disk.Ask(DiskCallKind.Write, content.Name, offset, bytes.Length);
                content.Write(offset, fault.Kind == FaultKind.None ? bytes : bytes[..(int)long.Min(fault.Part, bytes.Length)]);
                disk.Throw(fault, DiskCallKind.Write, content.Name);
            }
        }

        public int Read(long offset, Span<byte> into)
        {
            lock (disk.gate)
            {
                disk.Throw(disk.Ask(DiskCallKind.Read, content.Name, offset, into.Length), DiskCallKind.Read, content.Name);
                if (offset >= content.Length) return 0;
                var count = (int)long.Min(into.Length, content.Length - offset);
                content.Read(offset, into[..count]);
                return count;
            }
        }

        public void Preallocate(long length) => Grow(DiskCallKind.Preallocate, length);

        // What is reserved and what is filled with zeros reads the same, whatever of it a crash leaves.
        public void Reserve(long length) => Grow(DiskCallKind.Reserve, length);

        public void Sync()
        {
            lock (disk.gate)
            {
                var fault = disk.Ask(DiskCallKind.Sync, content.Name);
                if (fault.Kind == FaultKind.None) content.Sync();
                if (fault.Kind == FaultKind.LostSync) content.LoseSync();
                disk.Throw(fault, DiskCallKind.Sync, content.Name);
            }
        }

        public void Dispose() { }

        private void Grow(DiskCallKind kind, long length)
        {
            lock (disk.gate)
            {
                var fault = disk.Ask(kind, content.Name, content.Length, length - content.Length);
                content.Grow(fault.Kind == FaultKind.None ? length : long.Min(content.Length + fault.Part, length));
                disk.Throw(fault, kind, content.Name);
            }
        }
    }
}
