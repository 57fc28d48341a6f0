using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Tasks.Sources;

namespace Sluice.Server.Feeds;

/// <summary>One client. Reads its requests in order; sends what is queued for it, in order and as much as there is at once, from one loop. Queuing never
/// waits.</summary>
internal sealed class FeedConnection : IValueTaskSource
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

    /// <summary>The feed thread hands over so many at the latest, so that sending begins while it goes on.</summary>
    private const int TogetherMost = 64;

    private readonly WebSocket socket;
    private readonly FrameOutput output;
    private readonly Lock gate = new();
    private readonly List<SharedFrame> outbox = [];         // the feed thread's
    private List<SharedFrame> queue = [];
    private List<SharedFrame> taken = [];                   // the sending loop's
    private ManualResetValueTaskSourceCore<bool> arrived = new() { RunContinuationsAsynchronously = true };
    private bool isAsleep;
    private bool isComplete;
    private int outboxBytes;
    private int queuedFrames;
    private int queuedBytes;
    private int closing;
    private int waiting;
    private WebSocketCloseStatus closeStatus = WebSocketCloseStatus.NormalClosure;
    private string closeReason = "";
    private long lastHeardMillis = Environment.TickCount64;

    /// <param name="output">Where its frames go; one by one into the socket when not given.</param>
    /// <param name="sizesAsTexts">Its handshake asked for sizes of contracts as texts.</param>
    /// <param name="holder">The key of the browser session it was opened with.</param>
    public FeedConnection(WebSocket socket, IPAddress remote, string id, FrameOutput? output = null, bool sizesAsTexts = false, string? holder = null)
    {
        this.socket = socket;
        SizesAsTexts = sizesAsTexts;
        Holder = holder;
        this.output = output ?? new SocketOutput(socket);
        Remote = remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote;
        Id = id;
        ClientId = $"{Remote}-{id}";
        (ReplyFrom, ReplyIds) = (Encoding.UTF8.GetBytes($"\"event\":\"api\",\"client_id\":\"{ClientId}\""), Encoding.UTF8.GetBytes($"\"conn_id\":\"{Id}\",\"conn_trace_id\":\"{TraceId}\""));
    }

    /// <summary>The key whose holder signed in before opening it: stands for a signature of private subscriptions, and for nothing else. Null for most.</summary>
    public string? Holder { get; }

    /// <summary>16 hexadecimal digits.</summary>
    public string Id { get; }

    /// <summary>As answers to order entry name the client.</summary>
    public string ClientId { get; }

    /// <summary>32 hexadecimal digits.</summary>
    public string TraceId { get; } = Gateway.TraceId.Next();

    /// <summary>Members of the header of its order entry's answers that are always the same.</summary>
    public byte[] ReplyFrom { get; }
    public byte[] ReplyIds { get; }

    public IPAddress Remote { get; }

    /// <summary>Whether sizes of contracts are written as texts, which may have decimals, instead of whole numbers (X-Gate-Size-Decimal).</summary>
    public bool SizesAsTexts { get; }

    /// <summary>What it is subscribed to. The feed thread's.</summary>
    public HashSet<Topic> Topics { get; } = [];

    /// <summary>Read by the sweep that closes idle connections.</summary>
    public volatile bool HasSubscriptions;

    /// <summary>Its order entry; null until it uses that.</summary>
    public SocketSession? Session { get; set; }

    /// <summary>The plain requests of its order entry, where they go their own way.</summary>
    public PlainCalls? Plain { get; set; }

    public bool IsSlow => Volatile.Read(ref queuedFrames) + outbox.Count >= SlowFrames || QueuedBytes >= SlowBytes;

    /// <summary>What waits for it here.</summary>
    public int QueuedBytes => Volatile.Read(ref queuedBytes) + Volatile.Read(ref outboxBytes);

    public bool IsClosing => Volatile.Read(ref closing) != 0;

    /// <summary>Something came from it.</summary>
    public void Heard() => Volatile.Write(ref lastHeardMillis, Environment.TickCount64);

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
    /// can do without. Whoever falls behind with frames that it must have is dropped. From any thread; the feed thread flushes first.</summary>
    public bool TrySend(SharedFrame frame, bool optional = false)
    {
        if (optional && IsSlow) return false;
        frame.Hold();
        bool accepted, wake;
        lock (gate)
        {
            accepted = !isComplete && queuedFrames < MostFrames && queuedBytes + frame.Length <= MostBytes;
            wake = accepted && isAsleep;
            if (accepted)
            {
                queue.Add(frame);
                queuedFrames++;
                queuedBytes += frame.Length;
                isAsleep = false;
            }
        }
        if (wake) arrived.SetResult(true);
        if (accepted) return true;
        frame.Release();
        if (!IsClosing) Drop();
        return false;
    }

    /// <summary>Queues frames which it must have, and which are its own from now on: all of them or none. Leaves the list empty. From any thread but the feed
    /// thread's.</summary>
    public void Send(List<SharedFrame> frames)
    {
        if (frames.Count == 0) return;
        var bytes = 0;
        foreach (var frame in frames) bytes += frame.Length;
        HandOver(frames, bytes);
    }

    /// <summary>As <see cref="TrySend"/>, on the feed thread: the frame is handed over with others.</summary>
    public bool Post(SharedFrame frame, Outgoing outgoing, bool optional = false)
    {
        if (IsClosing || (optional && IsSlow)) return false;
        frame.Hold();
        if (outbox.Count == 0) outgoing.Add(this);
        outbox.Add(frame);
        Volatile.Write(ref outboxBytes, outboxBytes + frame.Length);
        if (outbox.Count >= TogetherMost || outboxBytes >= SlowBytes) Flush();
        return true;
    }

    /// <summary>Hands over what the feed thread has for it.</summary>
    public void Flush()
    {
        if (outbox.Count == 0) return;
        var bytes = outboxBytes;
        Volatile.Write(ref outboxBytes, 0);
        HandOver(outbox, bytes);
    }

    /// <summary>Sends what is queued, then a close frame.</summary>
    public void Close(WebSocketCloseStatus status, string reason)
    {
        if (Interlocked.Exchange(ref closing, 1) != 0) return;
        closeStatus = status;
        closeReason = reason;
        Complete();
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
            Heard();
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
            while (true)
            {
                Take(out var more, out var wait);
                if (!more) break;
                if (taken.Count == 0)
                {
                    await wait;
                    continue;
                }
                try
                {
                    await output.SendAsync(taken);
                }
                finally
                {
                    Sent();
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
            Complete();
            Take(out _, out _);
            Sent();
        }
    }

    /// <summary>Takes everything that is queued; when that is nothing, there is something to wait for, or no more to come.</summary>
    private void Take(out bool more, out ValueTask wait)
    {
        wait = default;
        lock (gate)
        {
            (queue, taken) = (taken, queue);
            more = taken.Count > 0 || !isComplete;
            if (taken.Count > 0 || isComplete) return;
            arrived.Reset();
            isAsleep = true;
            wait = new ValueTask(this, arrived.Version);
        }
    }

    private void HandOver(List<SharedFrame> frames, int bytes)
    {
        bool refused, wake;
        lock (gate)
        {
            refused = isComplete || queuedFrames + frames.Count > MostFrames || queuedBytes + bytes > MostBytes;
            wake = !refused && isAsleep;
            if (!refused)
            {
                queue.AddRange(frames);
                queuedFrames += frames.Count;
                queuedBytes += bytes;
                isAsleep = false;
            }
        }
        if (refused) foreach (var frame in frames) frame.Release();
        frames.Clear();
        if (wake) arrived.SetResult(true);
        if (refused && !IsClosing) Drop();
    }

    private void Complete()
    {
        bool wake;
        lock (gate)
        {
            isComplete = true;
            wake = isAsleep;
            isAsleep = false;
        }
        if (wake) arrived.SetResult(true);
    }

    /// <summary>A client that does not answer the close frame is not waited for.</summary>
    private async Task CutOffLaterAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(2));
        if (socket.State is WebSocketState.CloseSent) socket.Abort();
    }

    private void Sent()
    {
        var bytes = 0;
        foreach (var frame in taken)
        {
            bytes += frame.Length;
            frame.Release();
        }
        lock (gate)
        {
            queuedFrames -= taken.Count;
            queuedBytes -= bytes;
        }
        taken.Clear();
    }

    void IValueTaskSource.GetResult(short token) => arrived.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => arrived.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        arrived.OnCompleted(continuation, state, token, flags);
}
