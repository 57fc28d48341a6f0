using Sluice.Runtime.Disk;

namespace Sluice.Server.Tests.Venue;

internal enum DiskCall { Write, Sync }

/// <summary>A disk that works until it is told to fail, and from that call on never again.</summary>
internal sealed class FaultyDisk(IDisk disk) : IDisk
{
    private readonly Lock gate = new();
    private DiskCall failing;
    private int callsLeft = int.MaxValue;
    private Func<IOException>? error;

    /// <summary>From now on the n-th call of this kind fails, and every call of either kind after it.</summary>
    public void FailAt(DiskCall call, int nth, Func<IOException> with)
    {
        lock (gate) (failing, callsLeft, error) = (call, nth, with);
    }

    public IReadOnlyList<string> List() => disk.List();

    public bool Exists(string name) => disk.Exists(name);

    public IDiskFile OpenRead(string name) => disk.OpenRead(name);

    public IDiskFile Create(string name) => new FaultyFile(this, disk.Create(name));

    public IDiskFile OpenWrite(string name) => new FaultyFile(this, disk.OpenWrite(name));

    public void Rename(string from, string to) => disk.Rename(from, to);

    public void Delete(string name) => disk.Delete(name);

    public void SyncDirectory() => disk.SyncDirectory();

    public IDisposable? TryLock(string name) => disk.TryLock(name);

    private void Called(DiskCall call)
    {
        lock (gate)
        {
            if (error is null) return;
            if (callsLeft > 0 && call == failing) callsLeft--;
            if (callsLeft == 0) throw error();
        }
    }

    private sealed class FaultyFile(FaultyDisk owner, IDiskFile file) : IDiskFile
    {
        public long Length => file.Length;

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            owner.Called(DiskCall.Write);
            file.Write(offset, bytes);
        }

        public int Read(long offset, Span<byte> into) => file.Read(offset, into);

        public void Preallocate(long length)
        {
            owner.Called(DiskCall.Write);
            file.Preallocate(length);
        }

        public void Reserve(long length)
        {
            owner.Called(DiskCall.Write);
            file.Reserve(length);
        }

        public void Sync()
        {
            owner.Called(DiskCall.Sync);
            file.Sync();
        }

        public void Dispose() => file.Dispose();
    }
}
