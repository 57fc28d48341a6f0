using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sluice.Server.Feeds;

/// <summary>The bytes of a WebSocket connection, written to by the socket (pings, answers to pings, closing) and by who gathers frames: each write is whole
/// frames, and one waits for the other.</summary>
internal sealed class SharedStream(Stream inner) : Stream
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private FrontFrames? front;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Puts itself under the socket of this request, which is accepted next.</summary>
    public static Upgrade Under(HttpContext http)
    {
        var upgrade = new Upgrade(http.Features.GetRequiredFeature<IHttpUpgradeFeature>());
        http.Features.Set<IHttpUpgradeFeature>(upgrade);
        return upgrade;
    }

    /// <summary>From now on offers the client's messages to <paramref name="taker"/> first. Before the socket reads.</summary>
    public void Offer(IMessageTaker taker) => front = new FrontFrames(inner, taker);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        front is null ? inner.ReadAsync(buffer, cancellationToken) : front.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!turn.Wait(0, CancellationToken.None)) return WaitAndWriteAsync(buffer, cancellationToken);
        ValueTask writing;
        try
        {
            writing = inner.WriteAsync(buffer, cancellationToken);
        }
        catch
        {
            turn.Release();
            throw;
        }
        if (!writing.IsCompletedSuccessfully) return FinishAsync(writing);
        turn.Release();
        return writing;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;         // a write is on its way at once

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask WaitAndWriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        await FinishAsync(inner.WriteAsync(buffer, cancellation));
    }

    private async ValueTask FinishAsync(ValueTask writing)
    {
        try
        {
            await writing;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Upgrades as the server does, and keeps hold of the stream.</summary>
    internal sealed class Upgrade(IHttpUpgradeFeature inner) : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => inner.IsUpgradableRequest;

        /// <summary>Null before the upgrade.</summary>
        public SharedStream? Stream { get; private set; }

        public async Task<Stream> UpgradeAsync() => Stream = new SharedStream(await inner.UpgradeAsync());
    }
}
