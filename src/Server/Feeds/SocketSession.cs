using System.Threading.Channels;

namespace Sluice.Server.Feeds;

/// <summary>The order entry of one connection. Requests are started in the order they came; one that others do not depend on is not waited for
/// before the next, so that a connection can keep the venue busy, and pings never wait.</summary>
internal sealed class SocketSession : IDisposable
{
    private const int MostWaiting = 1024;
    private const int MostRunning = 256;

    private readonly SocketOrders orders;
    private readonly FeedConnection connection;
    private readonly Channel<SocketCall> waiting = Channel.CreateBounded<SocketCall>(new BoundedChannelOptions(MostWaiting) { SingleReader = true, SingleWriter = true });

    // Whoever starts requests has it: the connection's reader while none waits, else the loop.
    private readonly List<Task> running = [];
    private int entered;            // and not yet started by the loop

    public SocketSession(SocketOrders orders, FeedConnection connection)
    {
        this.orders = orders;
        this.connection = connection;
        _ = RunAsync();
    }

    /// <summary>The key that logged in, or null.</summary>
    public string? Key { get; set; }

    /// <summary>Whether a request that depends on no other may be started by the connection's reader now.</summary>
    public bool MayStart => Volatile.Read(ref entered) == 0 && HasRoom();

    /// <summary>Starts the request here when nothing stands before it, else puts it behind those that wait.</summary>
    public void Enter(SocketCall call)
    {
        if (call.IsIndependent && MayStart)
        {
            Start(call);
            return;
        }
        Interlocked.Increment(ref entered);
        if (waiting.Writer.TryWrite(call)) return;
        Interlocked.Decrement(ref entered);
        SocketOrders.Refuse(call, SocketOrders.TooManyWaiting, orders.WallMicros);
        call.Dispose();
    }

    public void Dispose() => waiting.Writer.TryComplete();

    private async Task RunAsync()
    {
        await foreach (var call in waiting.Reader.ReadAllAsync())
        {
            if (connection.IsClosing)
            {
                call.Dispose();
            }
            else
            {
                if (!HasRoom() || !call.IsIndependent)
                {
                    await Task.WhenAll(running);
                    running.Clear();
                    if (connection.Plain is { } plain) await plain.AnsweredAsync();
                }
                Start(call);
            }
            Interlocked.Decrement(ref entered);
        }
    }

    private bool HasRoom()
    {
        var plain = connection.Plain?.Open ?? 0;
        if (running.Count + plain >= MostRunning) running.RemoveAll(static task => task.IsCompleted);
        return running.Count + plain < MostRunning;
    }

    private void Start(SocketCall call)
    {
        var answer = orders.AnswerAsync(this, call);
        if (!answer.IsCompleted) running.Add(answer);
    }
}
