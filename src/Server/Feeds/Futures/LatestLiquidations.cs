using Sluice.Server.Views.Futures;

namespace Sluice.Server.Feeds.Futures;

/// <summary>The last liquidation of each contract since the last second: the public hear of one a second and contract.</summary>
internal sealed class LatestLiquidations
{
    private readonly List<(ContractView Contract, LiquidationRow Row)> latest = [];

    public void Note(ContractView contract, LiquidationRow row)
    {
        var at = latest.FindIndex(other => other.Contract == contract);
        if (at >= 0) latest[at] = (contract, row);
        else latest.Add((contract, row));
    }

    /// <summary>To the members of one topic.</summary>
    /// <param name="wallet">Only contracts of this wallet, 0 = all there are.</param>
    public void Send(Topic topic, in Turn turn, int wallet = 0)
    {
        foreach (var (contract, row) in latest)
        {
            if (wallet != 0 && contract.Wallet != wallet) continue;
            FuturesPublicWire.Liquidation(turn.Writer.BeginUpdate(topic.Channel, turn.WallMillis), contract, row, FuturesForm.Of(topic.Key).Sizes);
            topic.Send(turn.Writer.End());
        }
    }

    public void Clear() => latest.Clear();
}

/// <summary>What is public about all contracts of a wallet: their liquidations.</summary>
internal sealed class AllContractsFeed() : MarketFeed(new Views.BookView())
{
    private readonly LatestLiquidations liquidations = new();

    public override SharedFrame? First(Topic topic, in Turn turn) => null;

    public void Liquidated(ContractView contract, LiquidationRow row)
    {
        if (!IsIdle) liquidations.Note(contract, row);
    }

    protected override void Tick(Topic topic, Due due, bool moved, in Turn turn)
    {
        if (due.Every1000) liquidations.Send(topic, turn, FuturesForm.Of(topic.Key).Rest);
    }

    protected override void EndTick(Due due)
    {
        if (due.Every1000) liquidations.Clear();
    }

    // Nobody subscribes to books and bars of all contracts.
    protected override SharedFrame Window(DepthTopic topic, in Turn turn, bool full) => throw new InvalidOperationException(topic.Channel.Name);

    protected override SharedFrame Bar(CandleTopic topic, in Turn turn, in Views.Candle candle, bool closed) => throw new InvalidOperationException(topic.Channel.Name);

    protected override IReadOnlyList<Views.Candle> ReadBars(CandleTopic topic, long fromSeconds, long toSeconds) => [];
}
