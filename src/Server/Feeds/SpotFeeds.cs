using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Core.Matching;
using Sluice.Server.Api.Spot;
using Sluice.Server.Views;

namespace Sluice.Server.Feeds;

/// <summary>The spot socket: public and private channels, and order entry.</summary>
public sealed class SpotFeeds : IViewListener, IFeeds
{
    private static readonly string[] Paths = ["/ws/v4", "/v4/ws/spot"];

    private readonly FeedSockets sockets;
    private readonly IListings listings;
    private readonly IOrderEntry orders;
    private readonly Publisher publisher;

    /// <param name="venueNanos">The venue clock, for bars and rolling days.</param>
    public SpotFeeds(IListings listings, ICandles candles, IOrderEntry orders, FeedSockets sockets, Func<long> venueNanos)
    {
        this.sockets = sockets;
        this.listings = listings;
        this.orders = orders;
        publisher = new Publisher(new SpotStreams(listings, candles), sockets.Clock, venueNanos);
        sockets.Add(this);
    }

    Publisher IFeeds.Publisher => publisher;

    IEnumerable<(string Path, FeedSocket Socket)> IFeeds.Addresses(IServiceProvider services)
    {
        var logger = services.GetService<ILogger<SpotFeeds>>() ?? NullLogger<SpotFeeds>.Instance;
        var entry = new SpotSocketOrders(sockets.Keys, orders, sockets.Limiter, sockets.Clock, logger);
        var spot = new FeedSocket(SpotChannels.Table, SpotChannels.Refused, new SpotPayload(listings), publisher, entry);
        return Paths.Select(path => (path, spot));
    }

    public void OrderChanged(OrderRow order, OrderChange change)
    {
        if (publisher.IsWanted(order.User)) publisher.Post(new News(NewsKind.Order, order, change));
    }

    public void Filled(FillRow fill)
    {
        if (publisher.IsWanted(fill.User)) publisher.Post(new News(NewsKind.Fill, fill));
    }

    public void Traded(PairView pair, TradeRow trade)
    {
        if (publisher.TryGetMarket(pair.Id, out var feed) && feed.WantsTrades) publisher.Post(new News(NewsKind.Trade, trade));
    }

    public void BalanceChanged(BalanceRow entry)
    {
        if (publisher.IsWanted(entry.User)) publisher.Post(new News(NewsKind.Balance, entry));
    }

    public void TriggerChanged(TriggerRow trigger)
    {
        if (publisher.IsWanted(trigger.User)) publisher.Post(new News(NewsKind.Trigger, trigger));
    }

    public void Transferred(TransferRow transfer)
    {
        if (publisher.IsWanted(transfer.FromUser) || publisher.IsWanted(transfer.ToUser)) publisher.Post(new News(NewsKind.Transfer, transfer));
    }

    public void LevelChanged(PairView pair, Side side, long price, long size, long updateId, long timeNanos)
    {
        if (publisher.TryGetMarket(pair.Id, out var feed)) feed.LevelChanged(new LevelChange(side, price, size, updateId, timeNanos));
    }

    public void BestChanged(PairView pair, long timeNanos)
    {
        if (publisher.TryGetMarket(pair.Id, out var feed)) feed.BestChanged();
    }

    public void UserChanged(UserView user)
    {
        if (publisher.IsWanted(user.Id)) publisher.Post(new News(NewsKind.User, user));
    }

    public void KeyChanged(KeyView key)
    {
        if (publisher.IsWanted(key.User)) publisher.Post(new News(NewsKind.Key, key));
    }

    public void KeyDeleted(string key) => publisher.Post(new News(NewsKind.KeyGone, key));
}
