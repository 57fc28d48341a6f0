using Sluice.Runtime.Disk;

namespace Sluice.Runtime.Log;

/// <summary>The file of the next segment, filled with zeros and flushed beside the writer while the current segment fills. It gets its header and its
/// name only when it is used. One attempt: what fails here fails the log when the segment is needed.</summary>
internal sealed class NextSegment(IDisk disk, TaskScheduler beside)
{
    public const string Unfinished = SegmentHeader.Extension + ".new";
    public const string Name = "next" + Unfinished;

    private Task<IDiskFile>? filling;
    private long bytes;

    /// <summary>Starts to fill one, unless that is done.</summary>
    public void Prepare(long length)
    {
        if (filling is not null) return;
        bytes = length;
        filling = Task.Factory.StartNew(Fill, CancellationToken.None, TaskCreationOptions.LongRunning, beside);
    }

    /// <summary>The prepared file, waited for when it is still being filled; null when there is none of this length. Throws what filling it threw.</summary>
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
            file.Preallocate(bytes);
            file.Sync();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
