using Sluice.Server.Views;

namespace Sluice.Server.Feeds;

/// <summary>The public streams of one spot pair.</summary>
internal sealed class PairFeed(PairView pair, ICandles candles) : MarketFeed(pair.Book)
{
    private DayFigures toldDay;
    private BestQuote toldBest;

    public override SharedFrame? First(Topic topic, in Turn turn) => topic.Channel.Kind switch
    {
        ChannelKind.Tickers => Ticker(topic, turn, pair.Ticker.Day(turn.VenueNanos), pair.Book.Best),
        ChannelKind.BookTicker => Best(topic, turn, pair.Book.Best),
        ChannelKind.OrderBook => Snapshot(topic, turn),
        ChannelKind.Candlesticks => OpenBar((CandleTopic)topic, turn),
        _ => null,
    };

    public void Traded(TradeRow trade, FrameWriter writer, long wallMillis)
    {
        foreach (var topic in Topics)
        {
            if (topic.Channel.Kind != ChannelKind.Trades) continue;
            PublicWire.Trade(writer.BeginUpdate(topic.Channel, wallMillis), pair, trade);
            topic.Send(writer.End());
        }
    }

    protected override void Tick(Topic topic, Due due, bool moved, in Turn turn)
    {
        switch (topic.Channel.Kind)
        {
            case ChannelKind.BookTicker when moved:
                topic.SendLatest(Best(topic, turn, pair.Book.Best));
                break;
            case ChannelKind.OrderBook when due.At(topic.Key.Interval):
                topic.SendLatest(Snapshot(topic, turn));
                break;
            case ChannelKind.OrderBookUpdate or ChannelKind.Obu when due.At(topic.Key.Interval):
                Depth((DepthTopic)topic, turn);
                break;
            case ChannelKind.Tickers when due.Every1000:
                var (day, best) = (pair.Ticker.Day(turn.VenueNanos), pair.Book.Best);
                if (day == toldDay && best == toldBest) break;
                (toldDay, toldBest) = (day, best);
                topic.SendLatest(Ticker(topic, turn, day, best));
                break;
            case ChannelKind.Candlesticks when due.Every2000:
                Bars((CandleTopic)topic, turn);
                break;
        }
    }

    protected override SharedFrame Window(DepthTopic topic, in Turn turn, bool full)
    {
        PublicWire.Depth(turn.Writer.BeginUpdate(topic.Channel, turn.WallMillis), pair, Book, topic, full);
        return turn.Writer.End();
    }

    protected override SharedFrame Bar(CandleTopic topic, in Turn turn, in Candle candle, bool closed)
    {
        PublicWire.Candle(turn.Writer.BeginUpdate(topic.Channel, turn.WallMillis), pair, candle, topic.Name, closed);
        return turn.Writer.End();
    }

    protected override IReadOnlyList<Candle> ReadBars(CandleTopic topic, long fromSeconds, long toSeconds) => candles.Read(pair, topic.Seconds, fromSeconds, toSeconds);

    private SharedFrame Snapshot(Topic topic, in Turn turn)
    {
        PublicWire.Snapshot(turn.Writer.BeginUpdate(topic.Channel, turn.WallMillis), pair, Book, topic.Key.Detail);
        return turn.Writer.End();
    }

    private SharedFrame Best(Topic topic, in Turn turn, in BestQuote best)
    {
        PublicWire.BookTicker(turn.Writer.BeginUpdate(topic.Channel, turn.WallMillis), pair, best);
        return turn.Writer.End();
    }

    private SharedFrame Ticker(Topic topic, in Turn turn, in DayFigures day, in BestQuote best)
    {
        PublicWire.Ticker(turn.Writer.BeginUpdate(topic.Channel, turn.WallMillis), pair, day, best);
        return turn.Writer.End();
    }
}
