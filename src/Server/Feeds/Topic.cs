namespace Sluice.Server.Feeds;

/// <summary>What one stream of messages is about.</summary>
/// <param name="Subject">The market, or of private channels the user.</param>
/// <param name="Detail">Of private channels the market, 0 = all; else levels, or the seconds of a candle.</param>
/// <param name="Interval">Milliseconds, where the channel has several.</param>
/// <param name="Form">What else sets streams apart, by product: how sizes are written, which price, whose wallet.</param>
internal readonly record struct TopicKey(FeedChannel Channel, int Subject, int Detail = 0, int Interval = 0, int Form = 0);

/// <summary>One stream of messages and who gets it. Used by the feed thread only. Each frame is handed over: sending lets go of it.</summary>
internal class Topic(TopicKey key, Outgoing outgoing)
{
    private readonly List<Member> members = [];

    public TopicKey Key => key;

    public FeedChannel Channel => key.Channel;

    public int Count => members.Count;

    /// <summary>Whether somebody waits for the whole instead of the next change.</summary>
    public bool WantsFull { get; private set; }

    public bool IsEmpty => members.Count == 0;

    /// <summary>Whether a new member is told the whole before any change.</summary>
    public bool StartsWhole { get; init; }

    public virtual void Add(FeedConnection connection, string holder = "", bool full = false)
    {
        members.Add(new Member(connection, holder, full));
        WantsFull |= full;
    }

    public void Remove(FeedConnection connection)
    {
        for (var i = 0; i < members.Count; i++)
        {
            if (members[i].Connection != connection) continue;
            members[i] = members[^1];
            members.RemoveAt(members.Count - 1);
            return;
        }
    }

    /// <summary>The members for which this holds.</summary>
    /// <param name="chosen">Gets the key it subscribed with, and the connection.</param>
    public List<FeedConnection> Select(Func<string, FeedConnection, bool> chosen) =>
        [.. members.Where(member => chosen(member.Holder, member.Connection)).Select(member => member.Connection)];

    public bool Has(FeedConnection connection)
    {
        foreach (var member in members)
        {
            if (member.Connection == connection) return true;
        }
        return false;
    }

    /// <summary>To everyone; a slow one gets it, or is dropped.</summary>
    /// <param name="except">Its members have got it already.</param>
    public void Send(SharedFrame frame, Topic? except = null)
    {
        foreach (var member in members)
        {
            if (except is null || !except.Has(member.Connection)) member.Connection.Post(frame, outgoing);
        }
        frame.Release();
    }

    /// <summary>To everyone who keeps up: the next one tells the same anew.</summary>
    public void SendLatest(SharedFrame frame)
    {
        foreach (var member in members) member.Connection.Post(frame, outgoing, optional: true);
        frame.Release();
    }

    /// <summary>A change, to everyone who has the state before it. Who misses it gets the whole later.</summary>
    public void SendChange(SharedFrame frame)
    {
        for (var i = 0; i < members.Count; i++)
        {
            var (connection, holder, full) = members[i];
            if (full || connection.Post(frame, outgoing, optional: true)) continue;
            members[i] = new Member(connection, holder, true);
            WantsFull = true;
        }
        frame.Release();
    }

    /// <summary>Nobody has the state before the next change.</summary>
    public void Restart()
    {
        for (var i = 0; i < members.Count; i++) members[i] = members[i] with { Full = true };
        WantsFull = members.Count > 0;
    }

    /// <summary>The whole, to those who wait for it and can take it.</summary>
    public void SendFull(SharedFrame frame)
    {
        WantsFull = false;
        for (var i = 0; i < members.Count; i++)
        {
            if (!members[i].Full) continue;
            if (members[i].Connection.Post(frame, outgoing, optional: true)) members[i] = members[i] with { Full = false };
            else WantsFull = true;
        }
        frame.Release();
    }

    private readonly record struct Member(FeedConnection Connection, string Holder, bool Full);
}

/// <summary>A window of a book, in changes: order_book_update and obu.</summary>
internal sealed class DepthTopic(TopicKey key, string streamName, Outgoing outgoing) : Topic(key, outgoing)
{
    public DepthStream Stream { get; } = new(key.Detail);

    /// <summary>What the frames name it.</summary>
    public string StreamName => streamName;
}

/// <summary>Bars of one market and interval.</summary>
internal sealed class CandleTopic(TopicKey key, string name, Outgoing outgoing) : Topic(key, outgoing)
{
    public string Name => name;

    /// <summary>The last bar told.</summary>
    public Views.Candle Told { get; set; }

    public int Seconds => Key.Detail;
}
