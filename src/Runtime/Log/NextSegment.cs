using Sluice.Runtime.Disk;

namespace Sluice.Runtime.Log;

/// <summary>The file of the next segment, filled with zeros or reserved, and flushed, beside the writer while the current segment fills. It gets its header
/// and its name only when it is used. One attempt: what fails here fails the log when the segment is needed.</summary>
internal sealed class NextSegment(IDisk disk, TaskScheduler beside)
{
    public const string Unfinished = SegmentHeader.Extension + ".new";
    public const string Name = "next" + Unfinished;

    private Task<IDiskFile>? filling;
    private long bytes;

    /// <summary>Whether the prepared one is reserved, not filled.</summary>
    public bool IsReserved { get; private set; }

    /// <summary>Starts to make one, unless that is done.</summary>
    public void Prepare(long length, bool reserved)
    {
        if (filling is not null) return;
        (bytes, IsReserved) = (length, reserved);
        filling = Task.Factory.StartNew(Fill, CancellationToken.None, TaskCreationOptions.LongRunning, beside);
    }

    /// <summary>The prepared file, waited for when it is still being made; null when there is none of this length. Throws what making it threw.</summary>
    public IDiskFile? Take(long length)
    {
        if (filling is not { } ready || bytes != length) return null;
        var file = ready.GetAwaiter().GetResult();
        filling = null;
        return file;
    }

    /// <summary>Closes a file that was not used. It stays behind under its unfinished name, which the next opening deletes, unless
    /// <paramref name="delete"/>.</summary>
    public void Drop(bool delete)
    {
        if (filling is not { } ready) return;
        filling = null;
        ((IAsyncResult)ready).AsyncWaitHandle.WaitOne();
        if (!ready.IsCompletedSuccessfully) return;
        ready.Result.Dispose();
        if (delete) disk.Delete(Name);
    }

    private IDiskFile Fill()
    {
        var file = disk.CreateAppended(Name);
        try
        {
            GiveRoom(file, bytes, IsReserved);
            file.Sync();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>To a new file, in one way or the other.</summary>
    public static void GiveRoom(IDiskFile file, long length, bool reserved)
    {
        if (reserved) file.Reserve(length);
        else file.Preallocate(length);
    }
}
