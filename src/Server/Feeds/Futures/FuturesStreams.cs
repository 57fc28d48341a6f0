using Sluice.Server.History.Futures;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Feeds.Futures;

/// <summary>The streams of all contracts.</summary>
internal sealed class FuturesStreams(VenueViews views, ContractBars bars, ContractStatistics statistics) : IFeedProduct
{
    /// <summary>Stands for all contracts where a market is named. The venue numbers contracts from the next id on.</summary>
    public const int AllContracts = 100_000;

    private readonly FuturesViews contracts = views.Futures;
    private readonly FuturesUsers users = new(views.Futures, new FuturesAccounts(views));

    public PrivateTopics Users => users;

    public int FirstMarket => AllContracts;

    public MarketFeed NewMarket(int id) => id == AllContracts ? new AllContractsFeed() : new ContractFeed(contracts.Of(id), bars, statistics, () => contracts.TryGet("BTC_USDT", out var coin) ? coin : null);

    public Topic NewTopic(TopicKey key, Outgoing outgoing) => key.Channel.Kind switch
    {
        ChannelKind.OrderBookUpdate => new DepthTopic(key, StreamNameOf(key), outgoing),
        ChannelKind.Obu => new DepthTopic(key, StreamNameOf(key), outgoing) { StartsWhole = true },
        ChannelKind.OrderBook => new DepthTopic(key, StreamNameOf(key), outgoing) { StartsWhole = contracts.Of(key.Subject).IsDelivery },
        ChannelKind.Candlesticks => new CandleTopic(key, BarsNameOf(key), outgoing),
        ChannelKind.DeleveragingRanks => new RankTopic(key, outgoing),
        ChannelKind.ContractStats => new StatTopic(key, outgoing),
        _ => new Topic(key, outgoing),
    };

    public string StreamNameOf(TopicKey key)
    {
        var symbol = contracts.Of(key.Subject).Symbol;
        return key.Channel.Kind == ChannelKind.Obu ? $"ob.{symbol}.{key.Detail}" : symbol;
    }

    public void Tell(News news, Publisher publisher, in Turn turn)
    {
        switch (news.Kind)
        {
            case NewsKind.Trade:
                var trade = (TradeRow)news.Subject;
                if (publisher.TryGetMarket(trade.Instrument, out var feed)) ((ContractFeed)feed).Traded(trade, turn.Writer, turn.WallMillis);
                break;
            case NewsKind.Best:
                if (publisher.TryGetMarket(((ContractView)news.Subject).Id, out var moved)) ((ContractFeed)moved).BestMoved(turn.Writer, turn.WallMillis);
                break;
            case NewsKind.Order: users.OrderChanged((ContractOrderRow)news.Subject, news.Change, turn); break;
            case NewsKind.Fill: users.Filled((ContractFillRow)news.Subject, turn); break;
            case NewsKind.Trigger: users.TriggerChanged((ContractTriggerRow)news.Subject, turn); break;
            case NewsKind.Trail: users.TrailChanged((TrailRow)news.Subject, turn); break;
            case NewsKind.Chase: users.ChaseChanged((ChaseRow)news.Subject, turn); break;
            case NewsKind.Position: users.PositionChanged((PositionRow)news.Subject, turn); break;
            case NewsKind.PositionClose: users.PositionClosed((PositionCloseRow)news.Subject, turn); break;
            case NewsKind.Deleveraging: users.Deleveraged((DeleveragingRow)news.Subject, turn); break;
            case NewsKind.Liquidation: Liquidated((LiquidationRow)news.Subject, publisher, turn); break;
            case NewsKind.Balance: BalanceChanged((BalanceRow)news.Subject, turn); break;
        }
    }

    private void Liquidated(LiquidationRow row, Publisher publisher, in Turn turn)
    {
        if (publisher.TryGetMarket(row.Instrument, out var feed)) ((ContractFeed)feed).Liquidated(row);
        if (publisher.TryGetMarket(AllContracts, out var all)) ((AllContractsFeed)all).Liquidated(contracts.Of(row.Instrument), row);
        if (!row.IsParticipant) users.Liquidated(row, turn);
    }

    private void BalanceChanged(BalanceRow row, in Turn turn)
    {
        var symbol = row.Instrument != 0 && contracts.TryGet(row.Instrument, out var contract) ? contract.Symbol : "";
        users.BalanceChanged(row, symbol, views.AssetOf(row.Asset).Code.ToLowerInvariant(), turn);
    }

    private string BarsNameOf(TopicKey key) =>
        $"{CandleIntervals.NameOf(key.Detail)}_{ContractBars.PrefixOf(FuturesForm.Of(key).Price)}{contracts.Of(key.Subject).Symbol}";
}
