using Sluice.Server.Views;

namespace Sluice.Server.Feeds;

/// <summary>The streams of spot.</summary>
internal sealed class SpotStreams(IListings listings, ICandles candles) : IFeedProduct
{
    private readonly SpotUsers users = new(listings);

    public PrivateTopics Users => users;

    public int FirstMarket => 0;

    public MarketFeed NewMarket(int id) => new PairFeed(listings.PairOf(id), candles);

    public Topic NewTopic(TopicKey key, Outgoing outgoing) => key.Channel.Kind switch
    {
        ChannelKind.OrderBookUpdate or ChannelKind.Obu => new DepthTopic(key, StreamNameOf(key), outgoing) { StartsWhole = key.Channel.Kind == ChannelKind.Obu },
        ChannelKind.Candlesticks => new CandleTopic(key, $"{CandleIntervals.NameOf(key.Detail)}_{listings.PairOf(key.Subject).Symbol}", outgoing),
        _ => new Topic(key, outgoing),
    };

    public string StreamNameOf(TopicKey key)
    {
        var symbol = listings.PairOf(key.Subject).Symbol;
        return key.Channel.Kind == ChannelKind.Obu ? $"ob.{symbol}.{key.Detail}" : symbol;
    }

    public void Tell(News news, Publisher publisher, in Turn turn)
    {
        var (writer, wallMillis) = (turn.Writer, turn.WallMillis);
        switch (news.Kind)
        {
            case NewsKind.Trade:
                var trade = (TradeRow)news.Subject;
                if (publisher.TryGetMarket(trade.Instrument, out var feed)) ((PairFeed)feed).Traded(trade, writer, wallMillis);
                break;
            case NewsKind.Order: users.OrderChanged((OrderRow)news.Subject, news.Change, writer, wallMillis); break;
            case NewsKind.Fill: users.Filled((FillRow)news.Subject, writer, wallMillis); break;
            case NewsKind.Balance: users.BalanceChanged((BalanceRow)news.Subject, writer, wallMillis); break;
            case NewsKind.Transfer: users.Transferred((TransferRow)news.Subject, writer, wallMillis); break;
            case NewsKind.Trigger: users.TriggerChanged((TriggerRow)news.Subject, writer, wallMillis); break;
        }
    }
}
