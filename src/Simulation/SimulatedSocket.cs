using System.Net.WebSockets;

namespace Sluice.Simulation;

/// <summary>The client's end of a WebSocket, as the server sees it: takes frames at once, or not at all while its reader is stuck.</summary>
internal sealed class SimulatedSocket : WebSocket
{
    private readonly TaskCompletionSource<ValueWebSocketReceiveResult> gone = new();
    private TaskCompletionSource? stuck;
    private WebSocketState state = WebSocketState.Open;

    /// <summary>Frames that have arrived and are not read yet.</summary>
    public Queue<byte[]> Arrived { get; } = new();

    public bool IsStuck => stuck is not null;

    public override WebSocketState State => state;

    public override WebSocketCloseStatus? CloseStatus => null;
    public override string? CloseStatusDescription => null;
    public override string? SubProtocol => null;

    /// <summary>From now on nothing is taken.</summary>
    public void Stick() => stuck ??= new TaskCompletionSource();

    public void GoOn()
    {
        var waiting = stuck;
        stuck = null;
        waiting?.TrySetResult();
    }

    public override void Abort()
    {
        state = WebSocketState.Aborted;
        stuck?.TrySetException(new WebSocketException("The connection is gone."));
        gone.TrySetException(new WebSocketException("The connection is gone."));
    }

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
    {
        if (state != WebSocketState.Open) throw new WebSocketException("The connection is gone.");
        while (stuck is { } waiting) await waiting.Task;
        Arrived.Enqueue(buffer.ToArray());
    }

    public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, WebSocketMessageFlags messageFlags, CancellationToken cancellationToken) =>
        SendAsync(buffer, messageType, true, cancellationToken);

    public override ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) => new(gone.Task);

    public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) =>
        SendAsync((ReadOnlyMemory<byte>)buffer, messageType, endOfMessage, cancellationToken).AsTask();

    public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
        CloseOutputAsync(closeStatus, statusDescription, cancellationToken);

    public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
    {
        state = WebSocketState.Closed;
        gone.TrySetException(new WebSocketException("The connection is closed."));
        return Task.CompletedTask;
    }

    public override void Dispose() => Abort();
}

/// <summary>Keeps what is to go on later until it is told to let it: asynchronous code then runs on the simulation's thread, in an order of its own.</summary>
internal sealed class SteppedContext : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> waiting = new();

    public override void Post(SendOrPostCallback d, object? state) => waiting.Enqueue((d, state));

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Does something with everything that follows from it.</summary>
    public void Run(Action what)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            what();
            while (waiting.TryDequeue(out var next)) next.Callback(next.State);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
