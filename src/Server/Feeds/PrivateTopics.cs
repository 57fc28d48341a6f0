using System.Collections.Concurrent;

namespace Sluice.Server.Feeds;

/// <summary>The streams of users. Used by the feed thread, but for <see cref="IsWanted"/>.</summary>
internal abstract class PrivateTopics
{
    private readonly Dictionary<TopicKey, Topic> topics = [];
    private readonly ConcurrentDictionary<int, int> users = [];

    public IReadOnlyCollection<Topic> All => topics.Values;

    /// <summary>Whether somebody listens to the user. From any thread.</summary>
    public bool IsWanted(int user) => users.ContainsKey(user);

    /// <summary>Whether it has something to do at fixed intervals.</summary>
    public virtual bool IsTimed => false;

    /// <summary>What is due of what users are told at fixed intervals.</summary>
    public virtual void Tick(Due due, in Turn turn) { }

    public void Attach(Topic topic)
    {
        topics.Add(topic.Key, topic);
        users[topic.Key.Subject] = users.GetValueOrDefault(topic.Key.Subject) + 1;
    }

    public void Detach(Topic topic)
    {
        topics.Remove(topic.Key);
        if (users[topic.Key.Subject] == 1) users.TryRemove(topic.Key.Subject, out _);
        else users[topic.Key.Subject]--;
    }

    /// <summary>The streams of a user that tell of this market: of all markets, and of this one.</summary>
    /// <param name="market">0 where the channel knows no markets.</param>
    protected bool Find(FeedChannel channel, int user, int market, out Topic? all, out Topic? one, int form = 0)
    {
        topics.TryGetValue(new TopicKey(channel, user, Form: form), out all);
        one = null;
        if (market != 0) topics.TryGetValue(new TopicKey(channel, user, market, Form: form), out one);
        return all is not null || one is not null;
    }

    /// <summary>Once to each, also to who follows all markets and this one besides.</summary>
    protected static void Send(FrameWriter writer, Topic? all, Topic? one)
    {
        var frame = writer.End();
        if (all is not null && one is not null) frame.Hold();
        all?.Send(frame);
        one?.Send(frame, except: all);
    }
}
