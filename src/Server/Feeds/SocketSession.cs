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
    private readonly List<Task> running = [];

    public SocketSession(SocketOrders orders, FeedConnection connection)
    {
        this.orders = orders;
        this.connection = connection;
        _ = RunAsync();
    }

    /// <summary>The key that logged in, or null.</summary>
    public string? Key { get; set; }

    public void Enter(SocketCall call)
    {
        if (waiting.Writer.TryWrite(call)) return;
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
                continue;
            }
            if (running.Count >= MostRunning) running.RemoveAll(task => task.IsCompleted);
            if (running.Count >= MostRunning || !call.IsIndependent)
            {
                await Task.WhenAll(running);
                running.Clear();
            }
            var answer = orders.AnswerAsync(this, call);
            if (!answer.IsCompleted) running.Add(answer);
        }
    }
}
