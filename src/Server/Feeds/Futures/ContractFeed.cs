using Sluice.Server.Api.Futures;
using Sluice.Server.History.Futures;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Feeds.Futures;

/// <summary>The public streams of one contract.</summary>
/// <param name="coin">The market that tells what a bitcoin is worth, if there is one.</param>
internal sealed class ContractFeed(ContractView contract, ContractBars bars, ContractStatistics statistics, Func<ContractView?> coin) : MarketFeed(contract.Book)
{
    private readonly LatestLiquidations liquidations = new();
    private ContractFigures told;
    private BestQuote toldBest;
    private volatile bool wantsBest;
    private int bestIsNoted;

    /// <summary>On the bus thread: whether somebody wants to hear of the best prices and nobody has been told yet that they have moved.</summary>
    public bool NotesBest() => wantsBest && Interlocked.Exchange(ref bestIsNoted, 1) == 0;

    public override void Attach(Topic topic)
    {
        base.Attach(topic);
        if (topic.Channel.Kind == ChannelKind.BookTicker) wantsBest = true;
    }

    public override void Detach(Topic topic)
    {
        base.Detach(topic);
        wantsBest = Topics.Exists(other => other.Channel.Kind == ChannelKind.BookTicker);
    }

    public override SharedFrame? First(Topic topic, in Turn turn) => topic.Channel.Kind switch
    {
        ChannelKind.Tickers => Ticker(topic, turn),
        ChannelKind.BookTicker => Best(topic, turn.Writer, turn.WallMillis, contract.Book.Best),
        ChannelKind.OrderBook when !topic.StartsWhole => Window((DepthTopic)topic, turn, full: true),
        ChannelKind.Candlesticks => OpenBar((CandleTopic)topic, turn),
        ChannelKind.ContractStats => Statistic((StatTopic)topic, turn),
        _ => null,
    };

    public void Traded(TradeRow trade, FrameWriter writer, long wallMillis)
    {
        foreach (var topic in Topics)
        {
            if (topic.Channel.Kind != ChannelKind.Trades) continue;
            FuturesPublicWire.Trade(writer.BeginUpdate(topic.Channel, wallMillis), contract, trade, FuturesForm.Of(topic.Key).Sizes);
            topic.Send(writer.End());
        }
    }

    /// <summary>The best prices have moved, once or several times.</summary>
    public void BestMoved(FrameWriter writer, long wallMillis)
    {
        Volatile.Write(ref bestIsNoted, 0);         // before they are read: what moves later is noted anew
        var best = contract.Book.Best;
        if (best == toldBest) return;
        toldBest = best;
        foreach (var topic in Topics)
        {
            if (topic.Channel.Kind == ChannelKind.BookTicker) topic.SendLatest(Best(topic, writer, wallMillis, best));
        }
    }

    public void Liquidated(LiquidationRow row)
    {
        if (Topics.Exists(static topic => topic.Channel.Kind == ChannelKind.PublicLiquidations)) liquidations.Note(contract, row);
    }

    protected override void Tick(Topic topic, Due due, bool moved, in Turn turn)
    {
        switch (topic.Channel.Kind)
        {
            case ChannelKind.OrderBook when due.Every100 && topic.StartsWhole:
            case ChannelKind.OrderBookUpdate or ChannelKind.Obu when due.At(topic.Key.Interval):
                Depth((DepthTopic)topic, turn);
                break;
            case ChannelKind.OrderBook when due.Every100:
                Snapshot((DepthTopic)topic, turn);
                break;
            case ChannelKind.Tickers when due.Every1000:
                var figures = ContractFigures.Of(contract, turn.VenueNanos);
                if (figures == told) break;
                told = figures;
                topic.SendLatest(Ticker(topic, turn));
                break;
            case ChannelKind.Candlesticks when due.Every2000:
                Bars((CandleTopic)topic, turn);
                break;
            case ChannelKind.ContractStats when due.Every2000:
                if (Statistic((StatTopic)topic, turn) is { } statistic) topic.SendLatest(statistic);
                break;
            case ChannelKind.PublicLiquidations when due.Every1000:
                liquidations.Send(topic, turn);
                break;
        }
    }

    protected override void EndTick(Due due)
    {
        if (due.Every1000) liquidations.Clear();
    }

    protected override SharedFrame Window(DepthTopic topic, in Turn turn, bool full)
    {
        var sizes = FuturesForm.Of(topic.Key).Sizes;
        if (topic.Channel.Kind != ChannelKind.OrderBook)
            FuturesPublicWire.Depth(turn.Writer.BeginUpdate(topic.Channel, turn.WallMillis), contract, Book, topic, full, contract.IsDelivery, sizes);
        else if (full)
            FuturesPublicWire.Book(turn.Writer.BeginPush(topic.Channel, "all"u8, turn.WallMillis), contract, Book, topic.Stream.Window, sizes);
        else
            FuturesPublicWire.BookChanges(turn.Writer.BeginUpdate(topic.Channel, turn.WallMillis), contract, Book, topic.Stream, sizes);
        return turn.Writer.End();
    }

    protected override SharedFrame Bar(CandleTopic topic, in Turn turn, in Candle candle, bool closed)
    {
        FuturesPublicWire.Candle(turn.Writer.BeginUpdate(topic.Channel, turn.WallMillis), contract, candle, topic.Name, contract.IsDelivery, FuturesForm.Of(topic.Key).Sizes);
        return turn.Writer.End();
    }

    protected override IReadOnlyList<Candle> ReadBars(CandleTopic topic, long fromSeconds, long toSeconds) =>
        bars.Read(contract, FuturesForm.Of(topic.Key).Price, topic.Seconds, fromSeconds, toSeconds);

    /// <summary>The whole of a window whenever the book has changed.</summary>
    private void Snapshot(DepthTopic topic, in Turn turn)
    {
        if (Book.UpdateId <= topic.Stream.SentId) return;
        topic.Stream.Start(Book.UpdateId);
        topic.SendLatest(Window(topic, turn, full: true));
    }

    /// <summary>The running step of a topic's interval; null when there is none, or nothing has changed in it since it was told.</summary>
    private SharedFrame? Statistic(StatTopic topic, in Turn turn)
    {
        var start = CandleIntervals.Down(turn.VenueNanos / Core.Kernel.Nanos.PerSecond, topic.Key.Detail);
        var steps = statistics.Read(contract, start, start + topic.Key.Detail);
        if (steps.Count == 0 || topic.Told.AsSpan().SequenceEqual([.. steps])) return null;
        topic.Told = [.. steps];
        StatJson.Write(turn.Writer.BeginUpdate(topic.Channel, turn.WallMillis), contract, start, topic.Told, FuturesForm.Of(topic.Key).Sizes, named: true);
        return turn.Writer.End();
    }

    private SharedFrame Best(Topic topic, FrameWriter writer, long wallMillis, in BestQuote best)
    {
        FuturesPublicWire.BookTicker(writer.BeginUpdate(topic.Channel, wallMillis), contract, best, FuturesForm.Of(topic.Key).Sizes);
        return writer.End();
    }

    private SharedFrame Ticker(Topic topic, in Turn turn)
    {
        var json = turn.Writer.BeginUpdate(topic.Channel, turn.WallMillis);
        json.WriteStartArray();
        MarketJson.WriteTicker(json, contract, turn.VenueNanos, coin());
        json.WriteEndArray();
        return turn.Writer.End();
    }
}

/// <summary>What a ticker depends on, as it was read together.</summary>
internal readonly record struct ContractFigures(DayFigures Day, ContractPrices Prices, FundingState Funding, OpenInterest Interest, BestQuote Best)
{
    public static ContractFigures Of(ContractView contract, long venueNanos) =>
        new(contract.Ticker.Day(venueNanos), contract.Prices, contract.Funding, contract.Interest, contract.Book.Best);
}

/// <summary>Statistics of one contract and interval.</summary>
internal sealed class StatTopic(TopicKey key, Outgoing outgoing) : Topic(key, outgoing)
{
    /// <summary>The steps that the last push added up.</summary>
    public ContractStatRow[] Told { get; set; } = [];
}
