using System.Runtime.InteropServices;
using Sluice.Runtime;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;

namespace Sluice.Server.Feeds;

/// <summary>The plain requests of one connection (<see cref="PlainCall"/>). Those that came together are acknowledged together and handed in one behind the
/// other; those that are answered together are written by one thread and sent together. Requests that are not plain go the other way, by the connection's
/// socket, and keep their place: what came before them has been handed in, and who depends on that waits for it.</summary>
internal sealed class PlainCalls : IMessageTaker, IThreadPoolWorkItem
{
    private readonly SpotSocketOrders orders;
    private readonly IPlainEntry entry;
    private readonly FeedConnection connection;

    // The reader's: what came in this turn, and requests to use again.
    private readonly List<PlainRequest> came = [];
    private readonly List<SharedFrame> acknowledgements = [];
    private Stack<PlainRequest> spare = [];

    private readonly Lock gate = new();
    private List<PlainRequest> finished = [];
    private Stack<PlainRequest> returned = [];
    private TaskCompletionSource? allAnswered;
    private int open;               // taken and not answered
    private bool writing;

    // Of whoever writes answers.
    private List<PlainRequest> taken = [];
    private readonly List<SharedFrame> answers = [];

    public PlainCalls(SpotSocketOrders orders, IPlainEntry entry, FeedConnection connection)
    {
        this.orders = orders;
        this.entry = entry;
        this.connection = connection;
        connection.Plain = this;
    }

    /// <summary>Requests without an answer.</summary>
    public int Open => Volatile.Read(ref open);

    /// <summary>Completes when none is without an answer.</summary>
    public Task AnsweredAsync()
    {
        lock (gate)
        {
            if (open == 0) return Task.CompletedTask;
            allAnswered ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return allAnswered.Task;
        }
    }

    public bool TryTake(ReadOnlySpan<byte> text)
    {
        if (connection.Session is not { Key: not null } session || connection.IsClosing || !session.MayStart || !PlainCall.TryRead(text, out var call)) return false;
        var now = orders.WallMicros;
        if (!orders.Admits(session, connection, call, now, out var key)) return false;
        var request = Take();
        request.Begin();
        if (!entry.TryTranslate(text, call.Order, call.Cancels, request) || !orders.HasRoom(call, key, out var verdict))
        {
            spare.Push(request);
            return false;
        }
        request.Key = key;
        request.ReceivedMicros = now;
        request.Verdict = verdict;
        request.Id = text[call.RequestId];
        came.Add(request);
        Interlocked.Increment(ref open);
        connection.Heard();
        if (!call.Cancels) acknowledgements.Add(SocketReply.Acknowledge(connection, text[call.Param], request, orders.WallMicros));
        return true;
    }

    public void EndTurn()
    {
        if (came.Count == 0) return;
        connection.Send(acknowledgements);
        foreach (var request in came)
        {
            try
            {
                entry.Submit(request);
            }
            catch (VenueUnavailableException unavailable)
            {
                request.Failed(0, unavailable);
            }
        }
        came.Clear();
    }

    /// <summary>Writes what is answered by now.</summary>
    public void Execute()
    {
        while (true)
        {
            lock (gate)
            {
                (finished, taken) = (taken, finished);
                writing = taken.Count > 0;
                if (!writing) return;
            }
            var written = 0;
            for (var i = 0; i < taken.Count; i++)
            {
                var request = taken[i];
                if (TryWrite(request) is not { } frame)
                {
                    _ = AnswerLateAsync(request);
                    continue;
                }
                answers.Add(frame);
                taken[written++] = request;
            }
            connection.Send(answers);
            Answered(CollectionsMarshal.AsSpan(taken)[..written]);
            taken.Clear();
        }
    }

    // Of the bus thread, which goes on at once.
    private void Finished(PlainRequest request)
    {
        lock (gate)
        {
            finished.Add(request);
            if (writing) return;
            writing = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private PlainRequest Take()
    {
        if (spare.Count == 0)
        {
            lock (gate) (spare, returned) = (returned, spare);
        }
        return spare.TryPop(out var request) ? request : new PlainRequest(Finished);
    }

    private SharedFrame? TryWrite(PlainRequest request)
    {
        var frame = SharedFrame.Rent();
        try
        {
            if (SocketReply.TryResult(frame, connection, request, entry, orders.WallMicros)) return frame;
        }
        catch (Exception)
        {
            // It is tried once more, the way that has words for it.
        }
        frame.Release();
        return null;
    }

    // The way for refusals, and for what is not in memory any more.
    private async Task AnswerLateAsync(PlainRequest request)
    {
        await orders.AnswerAsync(connection, entry, request);
        Answered([request]);
    }

    private void Answered(ReadOnlySpan<PlainRequest> requests)
    {
        lock (gate)
        {
            foreach (var request in requests) returned.Push(request);
            if (Interlocked.Add(ref open, -requests.Length) > 0) return;
            allAnswered?.SetResult();
            allAnswered = null;
        }
    }
}
