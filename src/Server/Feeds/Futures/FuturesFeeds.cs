using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Events;
using Sluice.Server.Api.Futures;
using Sluice.Server.Gateway;
using Sluice.Server.History.Futures;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Feeds.Futures;

/// <summary>The sockets of perpetual and delivery contracts: public and private channels, and order entry.</summary>
internal sealed class FuturesFeeds : IViewListener, IFeeds
{
    private static readonly Dictionary<string, string> NothingRefused = [];

    private readonly FeedSockets sockets;
    private readonly IFuturesOrderEntry orders;
    private readonly VenueViews views;
    private readonly Publisher publisher;

    /// <param name="venueNanos">The venue clock, for bars and rolling days.</param>
    public FuturesFeeds(VenueViews views, ContractBars bars, ContractStatistics statistics, IFuturesOrderEntry orders, FeedSockets sockets, Func<long> venueNanos)
    {
        this.sockets = sockets;
        this.orders = orders;
        this.views = views;
        publisher = new Publisher(new FuturesStreams(views, bars, statistics), sockets.Clock, venueNanos);
        sockets.Add(this);
    }

    Publisher IFeeds.Publisher => publisher;

    IEnumerable<(string Path, FeedSocket Socket)> IFeeds.Addresses(IServiceProvider services)
    {
        var logger = services.GetService<ILogger<FuturesFeeds>>() ?? NullLogger<FuturesFeeds>.Instance;
        foreach (var address in ContractAddress.All)
        {
            var entry = new FuturesSocketOrders(sockets.Keys, orders, new FuturesScope(views.Futures, address.Wallet, address.IsDelivery), sockets.Limiter, sockets.Clock, logger);
            var socket = new FeedSocket(address.Channels, NothingRefused, new FuturesPayload(views.Futures, address), publisher, entry) { Farewell = address.IsDelivery ? null : FuturesChannels.System };
            foreach (var path in address.Paths) yield return (path, socket);
        }
    }

    IEnumerable<(string Path, Func<HttpContext, ApiError> Why)> IFeeds.Refused => ContractAddress.UnknownSettle.Select(path =>
        (path, (Func<HttpContext, ApiError>)(http => FuturesScope.UnknownSettle(http.GetRouteValue("settle")?.ToString() ?? "", isDelivery: false))));

    public void ContractTraded(ContractView contract, TradeRow trade, ContractFillFlags flags)
    {
        if (publisher.TryGetMarket(contract.Id, out var feed) && feed.WantsTrades) publisher.Post(new News(NewsKind.Trade, trade));
    }

    public void ContractLevelChanged(ContractView contract, Side side, long price, long size, long updateId, long timeNanos)
    {
        if (publisher.TryGetMarket(contract.Id, out var feed)) feed.LevelChanged(new LevelChange(side, price, size, updateId, timeNanos));
    }

    public void ContractBestChanged(ContractView contract, long timeNanos)
    {
        if (publisher.TryGetMarket(contract.Id, out var feed) && ((ContractFeed)feed).NotesBest()) publisher.Post(new News(NewsKind.Best, contract));
    }

    public void ContractOrderChanged(ContractOrderRow order, OrderChange change) => Tell(NewsKind.Order, order.User, order, change);

    public void ContractFilled(ContractFillRow fill) => Tell(NewsKind.Fill, fill.User, fill);

    public void ContractTriggerChanged(ContractTriggerRow trigger) => Tell(NewsKind.Trigger, trigger.User, trigger);

    public void TrailChanged(TrailRow trail) => Tell(NewsKind.Trail, trail.User, trail);

    public void ChaseChanged(ChaseRow chase) => Tell(NewsKind.Chase, chase.User, chase);

    public void PositionChanged(PositionRow position) => Tell(NewsKind.Position, position.User, position);

    public void PositionClosed(PositionCloseRow closed) => Tell(NewsKind.PositionClose, closed.User, closed);

    public void Deleveraged(DeleveragingRow deleveraging) => Tell(NewsKind.Deleveraging, deleveraging.User, deleveraging);

    public void Liquidated(LiquidationRow liquidation)
    {
        // Everybody may hear of it: by its contract, or of all contracts.
        if (publisher.TryGetMarket(liquidation.Instrument, out _) || publisher.TryGetMarket(FuturesStreams.AllContracts, out _) || publisher.IsWanted(liquidation.User))
            publisher.Post(new News(NewsKind.Liquidation, liquidation));
    }

    public void BalanceChanged(BalanceRow entry)
    {
        if (!entry.Change.IsZero) Tell(NewsKind.Balance, entry.User, entry);
    }

    public void UserChanged(UserView user) => Tell(NewsKind.User, user.Id, user);

    public void KeyChanged(KeyView key) => Tell(NewsKind.Key, key.User, key);

    public void KeyDeleted(string key) => publisher.Post(new News(NewsKind.KeyGone, key));

    private void Tell(NewsKind kind, int user, object subject, OrderChange change = default)
    {
        if (publisher.IsWanted(user)) publisher.Post(new News(kind, subject, change));
    }
}
