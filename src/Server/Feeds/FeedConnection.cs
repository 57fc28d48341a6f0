using System.Net;
using System.Net.WebSockets;
using System.Threading.Channels;

namespace Sluice.Server.Feeds;

/// <summary>One client. Reads its requests in order; sends what is queued for it, in order, from one loop. Queuing never waits.</summary>
internal sealed class FeedConnection
{
    public const int LongestRequest = 256 * 1024;

    /// <summary>Queued for a client that does not keep up: from here on it gets no more of what it can do without.</summary>
    private const int SlowFrames = 256;
    private const int SlowBytes = 512 * 1024;

    /// <summary>From here on it is dropped.</summary>
    public const int MostFrames = 16 * 1024;
    public const int MostBytes = 16 * 1024 * 1024;

    /// <summary>Subscription requests of one client that wait for the feed thread; one more is refused.</summary>
    public const int MostWaiting = 16 * 1024;

    private const int CompressFrom = 1024;

    private readonly WebSocket socket;
    private readonly Channel<SharedFrame> queue = Channel.CreateUnbounded<SharedFrame>(new UnboundedChannelOptions { SingleReader = true });
    private int queuedFrames;
    private int queuedBytes;
    private int closing;
    private int waiting;
    private WebSocketCloseStatus closeStatus = WebSocketCloseStatus.NormalClosure;
    private string closeReason = "";
    private long lastHeardMillis = Environment.TickCount64;

    public FeedConnection(WebSocket socket, IPAddress remote, string id)
    {
        this.socket = socket;
        Remote = remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote;
        Id = id;
    }

    /// <summary>16 hexadecimal digits.</summary>
    public string Id { get; }

    /// <summary>32 hexadecimal digits.</summary>
    public string TraceId { get; } = Guid.NewGuid().ToString("N");

    public IPAddress Remote { get; }

    /// <summary>What it is subscribed to. The feed thread's.</summary>
    public HashSet<Topic> Topics { get; } = [];

    /// <summary>Read by the sweep that closes idle connections.</summary>
    public volatile bool HasSubscriptions;

    /// <summary>Its order entry; null until it uses that.</summary>
    public SocketSession? Session { get; set; }

    public bool IsSlow => Volatile.Read(ref queuedFrames) >= SlowFrames || Volatile.Read(ref queuedBytes) >= SlowBytes;

    /// <summary>What waits for it here.</summary>
    public int QueuedBytes => Volatile.Read(ref queuedBytes);

    public bool IsClosing => Volatile.Read(ref closing) != 0;

    public long IdleMillis(long nowMillis) => nowMillis - Volatile.Read(ref lastHeardMillis);

    /// <summary>Counts a subscription request that will wait; false when too many do.</summary>
    public bool TryWait()
    {
        if (Interlocked.Increment(ref waiting) <= MostWaiting) return true;
        Waited();
        return false;
    }

    /// <summary>It waits no longer.</summary>
    public void Waited() => Interlocked.Decrement(ref waiting);

    /// <summary>Reads until the client leaves or is dropped. <paramref name="receive"/> gets each message whole, in a buffer of its own, or null for
    /// one that is not text.</summary>
    public async Task RunAsync(Action<FeedConnection, byte[]?> receive)
    {
        var sending = SendAsync();
        try
        {
            await ReceiveAsync(receive);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            socket.Abort();
        }
        Close(WebSocketCloseStatus.NormalClosure, "");
        if (await Task.WhenAny(sending, Task.Delay(TimeSpan.FromSeconds(5))) != sending) socket.Abort();
        await sending;
        Session?.Dispose();
    }

    /// <summary>Queues a frame, which it holds until sent. False when it does not: the connection is closing, or it is slow and the frame is one it
    /// can do without. Whoever falls behind with frames that it must have is dropped.</summary>
    public bool TrySend(SharedFrame frame, bool optional = false)
    {
        if (optional && IsSlow) return false;
        frame.Hold();
        var frames = Interlocked.Increment(ref queuedFrames);
        var bytes = Interlocked.Add(ref queuedBytes, frame.Length);
        if (frames <= MostFrames && bytes <= MostBytes && queue.Writer.TryWrite(frame)) return true;
        Sent(frame);
        if (!IsClosing) Drop();
        return false;
    }

    /// <summary>Sends what is queued, then a close frame.</summary>
    public void Close(WebSocketCloseStatus status, string reason)
    {
        if (Interlocked.Exchange(ref closing, 1) != 0) return;
        closeStatus = status;
        closeReason = reason;
        queue.Writer.TryComplete();
    }

    /// <summary>Cuts it off.</summary>
    public void Drop()
    {
        Close(WebSocketCloseStatus.PolicyViolation, "");
        socket.Abort();
    }

    private async Task ReceiveAsync(Action<FeedConnection, byte[]?> receive)
    {
        var buffer = new byte[4096];
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close) return;
            Volatile.Write(ref lastHeardMillis, Environment.TickCount64);
            length += part.Count;
            if (length > LongestRequest)
            {
                Close(WebSocketCloseStatus.MessageTooBig, $"A message may have {LongestRequest} bytes");
                return;
            }
            if (part.EndOfMessage)
            {
                receive(this, part.MessageType == WebSocketMessageType.Text ? buffer[..length] : null);
                length = 0;
                if (buffer.Length > 4096) buffer = new byte[4096];
            }
            else if (length == buffer.Length)
            {
                // No larger than it takes to tell that a message is too long: a frame that promises more is read until the buffer is full.
                Array.Resize(ref buffer, int.Min(length * 2, LongestRequest + 1));
            }
        }
    }

    private async Task SendAsync()
    {
        try
        {
            while (await queue.Reader.WaitToReadAsync())
            {
                while (queue.Reader.TryRead(out var frame))
                {
                    try
                    {
                        var flags = WebSocketMessageFlags.EndOfMessage;
                        if (frame.Length < CompressFrom) flags |= WebSocketMessageFlags.DisableCompression;
                        await socket.SendAsync(frame.Written, WebSocketMessageType.Text, flags, CancellationToken.None);
                    }
                    finally
                    {
                        Sent(frame);
                    }
                }
            }
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(closeStatus, closeReason, CancellationToken.None);
                _ = CutOffLaterAsync();
            }
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            Drop();
        }
        finally
        {
            queue.Writer.TryComplete();
            while (queue.Reader.TryRead(out var frame)) Sent(frame);
        }
    }

    /// <summary>A client that does not answer the close frame is not waited for.</summary>
    private async Task CutOffLaterAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(2));
        if (socket.State is WebSocketState.CloseSent) socket.Abort();
    }

    private void Sent(SharedFrame frame)
    {
        Interlocked.Decrement(ref queuedFrames);
        Interlocked.Add(ref queuedBytes, -frame.Length);
        frame.Release();
    }
}
