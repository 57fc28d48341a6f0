using Sluice.Server.Gateway;
using Sluice.Server.History.Futures;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Feeds.Futures;

/// <summary>Payloads of the sockets of contracts (websocket rules 8 and 9).</summary>
internal sealed class FuturesPayload(FuturesViews contracts, ContractAddress address) : FeedPayload
{
    private const string EveryStatistic = "unsub_all";

    /// <summary>Over which intervals statistics are told, in seconds; a minute is as much as the finest step that is kept.</summary>
    private static readonly (string Name, int Seconds)[] StatIntervals =
        [("1m", ContractStatistics.StepSeconds), ("5m", 300), ("15m", 900), ("30m", 1800), ("1h", 3600), ("4h", 14_400), ("8h", 28_800), ("1d", 86_400), ("3d", 259_200), ("7d", 604_800)];

    protected override bool NeedsNone(FeedChannel channel) => channel.Kind == ChannelKind.Balances;

    protected override FeedError? Read(FeedChannel channel, string[] items, Asker asker, out TopicKey[] topics)
    {
        topics = [];
        var texts = asker.SizesAsTexts && !address.IsDelivery;
        switch (channel.Kind)
        {
            case ChannelKind.Balances:
                topics = [OfUser(channel, asker, 0, texts)];
                return null;
            case ChannelKind.Candlesticks: return Candlesticks(channel, items, texts, ref topics);
            case ChannelKind.OrderBookUpdate: return BookUpdate(channel, items, texts, ref topics);
            case ChannelKind.OrderBook: return Book(channel, items, texts, ref topics);
            case ChannelKind.Obu: return Obu(channel, items, "contract", out topics);
            case ChannelKind.ContractStats: return Statistics(channel, items, asker, texts, ref topics);
        }
        return channel.IsPrivate ? Private(channel, items, asker, texts, ref topics) : Public(channel, items, texts, ref topics);
    }

    protected override int IdOf(string symbol) => contracts.TryGet(symbol, out var contract) && contract.Wallet == address.Wallet ? contract.Id : 0;

    protected override FeedError Unknown(string symbol) => Bad($"unknown contract {ApiErrors.Shorten(symbol)}");

    private FeedError? Public(FeedChannel channel, string[] items, bool texts, ref TopicKey[] topics)
    {
        // What a ticker has is texts in any case.
        var form = new FuturesForm(texts && channel.Kind != ChannelKind.Tickers).Number;
        var keys = new TopicKey[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            if (channel.Kind == ChannelKind.PublicLiquidations && items[i] == AllMarkets)
            {
                keys[i] = new TopicKey(channel, FuturesStreams.AllContracts, Form: new FuturesForm(texts, address.Wallet).Number);
                continue;
            }
            if (IdOf(items[i]) is not (> 0 and var contract)) return Unknown(items[i]);
            keys[i] = new TopicKey(channel, contract, Form: form);
        }
        topics = keys;
        return null;
    }

    /// <summary>The id of the user stands first, where it stands at all; the key says who it is.</summary>
    private FeedError? Private(FeedChannel channel, string[] items, Asker asker, bool texts, ref TopicKey[] topics)
    {
        var named = items.Length > 1 && items[0] != AllMarkets && IdOf(items[0]) == 0 ? items.AsSpan(1) : items;
        var keys = new TopicKey[named.Length];
        for (var i = 0; i < named.Length; i++)
        {
            var contract = named[i] == AllMarkets ? 0 : IdOf(named[i]);
            if (contract == 0 && named[i] != AllMarkets) return Unknown(named[i]);
            keys[i] = OfUser(channel, asker, contract, texts);
        }
        topics = keys;
        return null;
    }

    private TopicKey OfUser(FeedChannel channel, Asker asker, int contract, bool texts) =>
        new(channel, asker.User, contract, Form: new FuturesForm(texts, address.Wallet).Number);

    private FeedError? Candlesticks(FeedChannel channel, string[] items, bool texts, ref TopicKey[] topics)
    {
        if (items.Length != 2) return Bad("invalid argument: the payload is [interval, contract]");
        if (Interval(items[0], out var seconds) is { } wrong) return wrong;
        var (price, symbol) = BarsOf(items[1]);
        if (IdOf(symbol) is not (> 0 and var contract)) return Unknown(items[1]);
        topics = [new TopicKey(channel, contract, seconds, Form: FuturesForm.Of(texts, price).Number)];
        return null;
    }

    private FeedError? BookUpdate(FeedChannel channel, string[] items, bool texts, ref TopicKey[] topics)
    {
        if (items.Length is not (2 or 3)) return Bad("invalid argument: the payload is [contract, frequency, level]");
        if (IdOf(items[0]) is not (> 0 and var contract)) return Unknown(items[0]);
        var interval = (items[1], address.IsDelivery) switch { ("20ms", false) => 20, ("100ms", _) => 100, ("1000ms", true) => 1000, _ => 0 };
        if (interval == 0)
        {
            return Bad($"invalid argument: unknown frequency {ApiErrors.Shorten(items[1])}; {(address.IsDelivery ? "100ms or 1000ms" : "20ms or 100ms")} is expected");
        }
        var level = items.Length == 2 ? interval == 20 ? 20 : 100 : LevelOf(items[2]);
        var fits = address.IsDelivery ? level is 5 or 10 or 20 or 50 or 100 : interval == 20 ? level == 20 : level is 20 or 50 or 100;
        if (!fits)
        {
            return Bad($"invalid argument: unknown level {ApiErrors.Shorten(items[2])}; "
                + $"{(address.IsDelivery ? "100, 50, 20, 10 or 5" : interval == 20 ? "20" : "100, 50 or 20")} is expected");
        }
        topics = [new TopicKey(channel, contract, level, interval, new FuturesForm(texts).Number)];
        return null;
    }

    private FeedError? Book(FeedChannel channel, string[] items, bool texts, ref TopicKey[] topics)
    {
        if (items.Length != 3) return Bad("invalid argument: the payload is [contract, limit, interval]");
        if (IdOf(items[0]) is not (> 0 and var contract)) return Unknown(items[0]);
        var level = LevelOf(items[1]);
        if (level == 0) return Bad($"invalid argument: unknown limit {ApiErrors.Shorten(items[1])}; 100, 50, 20, 10, 5 or 1 is expected");
        if (items[2] != "0") return Bad($"invalid argument: unknown interval {ApiErrors.Shorten(items[2])}; 0 is expected");
        topics = [new TopicKey(channel, contract, level, Form: new FuturesForm(texts).Number)];
        return null;
    }

    /// <summary>All of them can be left at once.</summary>
    private FeedError? Statistics(FeedChannel channel, string[] items, Asker asker, bool texts, ref TopicKey[] topics)
    {
        var form = new FuturesForm(texts).Number;
        if (!asker.Subscribes && items[0] == EveryStatistic)
        {
            topics = [.. contracts.In(address.Wallet).SelectMany(contract => StatIntervals.Select(interval => new TopicKey(channel, contract.Id, interval.Seconds, Form: form)))];
            return null;
        }
        if (items.Length != 2) return Bad("invalid argument: the payload is [contract, interval]");
        if (IdOf(items[0]) is not (> 0 and var contract)) return Unknown(items[0]);
        var seconds = StatIntervals.FirstOrDefault(known => known.Name == items[1]).Seconds;
        if (seconds == 0) return Bad($"invalid argument: unknown interval {ApiErrors.Shorten(items[1])}; {string.Join(", ", StatIntervals.Select(known => known.Name))} is expected");
        topics = [new TopicKey(channel, contract, seconds, Form: form)];
        return null;
    }

    private static int LevelOf(string text) => text switch { "1" => 1, "5" => 5, "10" => 10, "20" => 20, "50" => 50, "100" => 100, _ => 0 };

    private static (BarPrice Price, string Symbol) BarsOf(string name)
    {
        foreach (var price in (ReadOnlySpan<BarPrice>)[BarPrice.Mark, BarPrice.Index])
        {
            var prefix = ContractBars.PrefixOf(price);
            if (name.StartsWith(prefix, StringComparison.Ordinal)) return (price, name[prefix.Length..]);
        }
        return (BarPrice.Traded, name);
    }
}
