namespace Sluice.Server.Feeds;

/// <summary>Connections for which the feed thread has frames. They get them together, at the end of a turn or when there are many: waking a connection costs
/// many times what a frame does. Used by the feed thread only.</summary>
internal sealed class Outgoing
{
    private readonly List<FeedConnection> waiting = [];

    public void Add(FeedConnection connection) => waiting.Add(connection);

    /// <summary>Hands over what waits.</summary>
    public void Flush()
    {
        foreach (var connection in waiting) connection.Flush();
        waiting.Clear();
    }
}
