using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using Sluice.Core.Matching;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

namespace Sluice.Server.Feeds;

/// <summary>The one thread that writes and hands out messages. The bus thread and the connections put their news into its inbox and go on.</summary>
internal sealed class Publisher(IFeedProduct product, TimeProvider wall, Func<long> venueNanos)
{
    /// <summary>More unread news than this means the thread has stood still: what follows is lost, and all subscribers are dropped.</summary>
    private const int MostNews = 1 << 20;

    private static readonly FeedError LostPermission = new(FeedError.NotAuthenticated, "the key has lost its permission");

    private readonly Lock inboxGate = new();
    private readonly AutoResetEvent wake = new(false);
    private readonly FrameWriter writer = new();
    private readonly Outgoing outgoing = new();
    private readonly Dictionary<TopicKey, Topic> topics = [];
    private readonly List<MarketFeed> active = [];
    private readonly PrivateTopics users = product.Users;
    private List<News> inbox = [];
    private List<News> taken = [];
    private bool lost;
    private MarketFeed?[] markets = new MarketFeed?[64];
    private volatile bool stopping;
    private Thread? thread;
    private bool timed;
    private long next10, next20, next100, next1000, next2000;

    /// <summary>Topics with a subscriber.</summary>
    public int TopicCount => topics.Count;

    public void Start()
    {
        thread = new Thread(Run) { Name = "feeds", IsBackground = true };
        thread.Start();
    }

    public void Stop()
    {
        stopping = true;
        wake.Set();
        thread?.Join();
    }

    /// <summary>The streams of a market if it has ever had any. From any thread.</summary>
    public bool TryGetMarket(int id, [MaybeNullWhen(false)] out MarketFeed feed)
    {
        var (all, at) = (Volatile.Read(ref markets), id - product.FirstMarket);
        feed = at >= 0 && at < all.Length ? Volatile.Read(ref all[at]) : null;
        return feed is not null;
    }

    /// <summary>From any thread.</summary>
    public bool IsWanted(int user) => users.IsWanted(user);

    /// <summary>Puts news into the inbox; never waits for a reader. From any thread.</summary>
    public void Post(News news)
    {
        bool first;
        lock (inboxGate)
        {
            if (inbox.Count >= MostNews && news.Kind < NewsKind.Subscribe) lost = true;
            else inbox.Add(news);
            first = inbox.Count == 1;
        }
        if (first) wake.Set();
    }

    /// <summary>One turn: reads the inbox, then does what is due. Called by the thread; tests call it themselves.</summary>
    public void Turn(long nowMillis)
    {
        ReadInbox();
        if (active.Count > 0 || users.IsTimed) Tick(nowMillis);
        outgoing.Flush();
    }

    private void Tick(long nowMillis)
    {
        var due = new Due(IsDue(ref next10, 10), IsDue(ref next20, 20), IsDue(ref next100, 100), IsDue(ref next1000, 1000), IsDue(ref next2000, 2000));
        if (!due.Every10) return;
        var turn = new Turn(writer, WallMillis(), venueNanos());
        foreach (var feed in active) feed.Tick(due, turn);
        if (users.IsTimed) users.Tick(due, turn);

        bool IsDue(ref long next, int interval)
        {
            if (nowMillis < next) return false;
            next = nowMillis - nowMillis % interval + interval;
            return true;
        }
    }

    private void Run()
    {
        while (!stopping)
        {
            Turn(Environment.TickCount64);
            var pause = timed ? (int)long.Clamp(next10 - Environment.TickCount64, 0, 10) : Timeout.Infinite;
            if (pause != 0) wake.WaitOne(pause);
        }
    }

    private void ReadInbox()
    {
        bool missed;
        lock (inboxGate)
        {
            (inbox, taken) = (taken, inbox);
            missed = lost;
            lost = false;
        }
        if (taken.Count > 0)
        {
            var turn = new Turn(writer, WallMillis(), venueNanos());
            foreach (var news in taken) Read(news, turn);
            if (taken.Capacity > 64 * 1024) taken = [];
            else taken.Clear();
        }
        if (!missed) return;
        foreach (var topic in topics.Values)
        {
            foreach (var connection in topic.Select((_, _) => true)) connection.Drop();
        }
    }

    private void Read(News news, in Turn turn)
    {
        var wallMillis = turn.WallMillis;
        switch (news.Kind)
        {
            case NewsKind.User when news.Subject is UserView { Locked: true } user:
                Revoke((topic, _, _) => topic.Key.Subject == user.Id, wallMillis);
                break;
            case NewsKind.Key:
                var key = (KeyView)news.Subject;
                Revoke((topic, holder, connection) => holder == key.Key && !Admits(key, connection, topic.Channel.Group), wallMillis);
                break;
            case NewsKind.KeyGone: Revoke((_, holder, _) => holder == (string)news.Subject, wallMillis); break;
            case NewsKind.Subscribe: Subscribe((Subscription)news.Subject, wallMillis); break;
            case NewsKind.Unsubscribe: Unsubscribe((Subscription)news.Subject, wallMillis); break;
            case NewsKind.Gone: Forget((FeedConnection)news.Subject); break;
            default: product.Tell(news, this, turn); break;
        }
    }

    /// <summary>All of it or nothing.</summary>
    private void Subscribe(Subscription request, long wallMillis)
    {
        var connection = request.Connection;
        connection.Flush();         // answers do not overtake what was told before
        connection.Waited();
        if (connection.IsClosing) return;
        if (request.IsStillGood?.Invoke() == false)
        {
            request.Reply.Send(connection, writer, wallMillis, LostPermission);
            return;
        }
        if (request.Channel.Kind == ChannelKind.Obu && Repeated(request) is { } key)
        {
            request.Reply.Send(connection, writer, wallMillis, new FeedError(FeedError.BadArgument, $"Alert sub {product.StreamNameOf(key)}"));
            return;
        }

        var joined = new List<Topic>();
        foreach (var wanted in request.Keys)
        {
            if (!topics.TryGetValue(wanted, out var topic)) topic = Open(wanted);
            if (!connection.Topics.Add(topic)) continue;
            topic.Add(connection, request.SignedWith, full: topic.StartsWhole);
            joined.Add(topic);
        }
        connection.HasSubscriptions = true;
        request.Reply.Send(connection, writer, wallMillis);
        var turn = new Turn(writer, wallMillis, venueNanos());
        foreach (var topic in joined)
        {
            if (topic.Channel.IsPrivate || FeedOf(topic.Key).First(topic, turn) is not { } first) continue;
            connection.TrySend(first);
            first.Release();
        }
    }

    private TopicKey? Repeated(Subscription request)
    {
        for (var i = 0; i < request.Keys.Length; i++)
        {
            var key = request.Keys[i];
            if (request.Keys.AsSpan(0, i).Contains(key) || (topics.TryGetValue(key, out var topic) && request.Connection.Topics.Contains(topic))) return key;
        }
        return null;
    }

    private void Unsubscribe(Subscription request, long wallMillis)
    {
        request.Connection.Flush();
        request.Connection.Waited();

        // An unsubscription is about what this connection has, whoever signed for it: of a private topic the user does not count.
        var keys = request.Keys.ToHashSet();        // a long list against many topics would hold up everyone else
        foreach (var topic in request.Connection.Topics.ToArray())
        {
            if (keys.Contains(topic.Channel.IsPrivate ? topic.Key with { Subject = 0 } : topic.Key)) Leave(topic, request.Connection);
        }
        request.Reply.Send(request.Connection, writer, wallMillis);
    }

    private void Forget(FeedConnection connection)
    {
        foreach (var topic in connection.Topics.ToArray()) Leave(topic, connection);
    }

    /// <summary>Ends private subscriptions whose key has lost its permission, and says so.</summary>
    private void Revoke(Func<Topic, string, FeedConnection, bool> revoked, long wallMillis)
    {
        foreach (var topic in users.All.ToArray())
        {
            foreach (var connection in topic.Select((holder, connection) => revoked(topic, holder, connection)))
            {
                Leave(topic, connection);
                connection.Flush();
                FeedReply.Notice(connection, writer, wallMillis, topic.Channel, LostPermission);
            }
        }
    }

    private static bool Admits(KeyView key, FeedConnection connection, PermissionGroups group) =>
        KeyScopes.TryParse(key.Permissions, out var scopes) && (scopes.Read & group) != 0
        && new KeyRecord
        {
            Key = key.Key, Secret = [], User = default, Main = default,
            IpList = key.IpList.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries),
        }.Admits(connection.Remote);

    private void Leave(Topic topic, FeedConnection connection)
    {
        if (!connection.Topics.Remove(topic)) return;
        topic.Remove(connection);
        connection.HasSubscriptions = connection.Topics.Count > 0;
        if (topic.IsEmpty) Close(topic);
    }

    private Topic Open(TopicKey key)
    {
        var topic = product.NewTopic(key, outgoing);
        topics.Add(key, topic);
        if (key.Channel.IsPrivate)
        {
            users.Attach(topic);
            timed = IsTimed();
            return topic;
        }
        var feed = FeedOf(key);
        if (feed.IsIdle) active.Add(feed);
        feed.Attach(topic);
        timed = IsTimed();
        return topic;
    }

    private void Close(Topic topic)
    {
        topics.Remove(topic.Key);
        if (topic.Channel.IsPrivate)
        {
            users.Detach(topic);
            timed = IsTimed();
            return;
        }
        var feed = FeedOf(topic.Key);
        feed.Detach(topic);
        if (feed.IsIdle) active.Remove(feed);
        timed = IsTimed();
    }

    private bool IsTimed() => users.IsTimed || active.Exists(other => other.IsTimed);

    private MarketFeed FeedOf(TopicKey key)
    {
        var at = key.Subject - product.FirstMarket;
        if (at >= markets.Length)
        {
            var wider = new MarketFeed?[int.Max(at + 1, markets.Length * 2)];
            markets.CopyTo(wider, 0);
            Volatile.Write(ref markets, wider);
        }
        if (markets[at] is { } known) return known;
        var feed = product.NewMarket(key.Subject);
        Volatile.Write(ref markets[at], feed);
        return feed;
    }

    private long WallMillis() => wall.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>What the streams of one product are: its markets, its users' and what there is to tell.</summary>
internal interface IFeedProduct
{
    PrivateTopics Users { get; }

    /// <summary>No market has a lower id, and not many are above it without being one.</summary>
    int FirstMarket { get; }

    /// <summary>The public streams of a market.</summary>
    MarketFeed NewMarket(int id);

    Topic NewTopic(TopicKey key, Outgoing outgoing);

    /// <summary>How the wire names a stream of a book.</summary>
    string StreamNameOf(TopicKey key);

    /// <summary>News of the product itself. On the feed thread.</summary>
    void Tell(News news, Publisher publisher, in Turn turn);
}

/// <summary>What can be in the inbox. Those before <see cref="Subscribe"/> come from the bus.</summary>
internal enum NewsKind : byte
{
    Trade, Best, Order, Fill, Balance, Transfer, Trigger, Trail, Chase, Position, PositionClose, Liquidation, Deleveraging, User, Key, KeyGone, Subscribe, Unsubscribe, Gone,
}

internal readonly record struct News(NewsKind Kind, object Subject, OrderChange Change = default);
