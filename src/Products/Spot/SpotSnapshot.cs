using Sluice.Core.Kernel;
using Sluice.Core.Matching;

namespace Sluice.Products.Spot;

/// <summary>Saves and restores everything spot remembers, in an order that depends on its meaning only.</summary>
internal sealed class SpotSnapshot(SpotState state) : IStatePart
{
    public string Name => "spot";

    public bool Hashed => true;

    public void Save(StateWriter writer)
    {
        writer.Value(state.Config);
        writer.Int32(state.Assets.Count);
        foreach (var asset in state.Assets)
        {
            writer.Text(asset.Code);
            writer.Text(asset.Name);
            writer.Int32(asset.Scale);
        }
        writer.Int32(state.Settings.Count);
        foreach (var (user, settings) in state.Settings)
        {
            writer.Int32(user);
            writer.Int64(settings.MakerFee);
            writer.Int64(settings.TakerFee);
            writer.Byte(settings.UniqueText ? (byte)1 : (byte)0);
            writer.Byte(settings.FeeToken ? (byte)1 : (byte)0);
        }
        writer.Int32(state.Pairs.Count);
        foreach (var pair in state.Pairs) SavePair(writer, pair);
        writer.Int32(state.Countdowns.Count);
        foreach (var ((user, instrument), due) in state.Countdowns)
        {
            writer.Int32(user);
            writer.Int32(instrument);
            writer.Int64(due);
        }
        writer.Int32(state.UniqueTexts.Count);
        foreach (var (order, (_, text)) in state.UniqueTexts)
        {
            writer.Int64(order);
            writer.Text(text);
        }
        writer.Int32(state.Triggers.All.Count);
        foreach (var trigger in state.Triggers.All.Values) SaveTrigger(writer, trigger);
    }

    public void Load(ref StateReader reader)
    {
        state.Config = reader.Value<ConfigureSpot>();
        state.Assets.Clear();
        state.AssetsByCode.Clear();
        for (var left = reader.Int32(); left > 0; left--)
        {
            var asset = new Asset(state.Assets.Count + 1, reader.Text(), reader.Text(), reader.Int32());
            state.Assets.Add(asset);
            state.AssetsByCode.Add(asset.Code, asset);
        }
        state.Settings.Clear();
        for (var left = reader.Int32(); left > 0; left--)
        {
            state.Settings.Add(reader.Int32(), new TraderSettings(reader.Int64(), reader.Int64(), reader.Byte() != 0, reader.Byte() != 0));
        }
        LoadPairs(ref reader);
        state.Countdowns.Clear();
        for (var left = reader.Int32(); left > 0; left--) state.Countdowns.Add((reader.Int32(), reader.Int32()), reader.Int64());
        state.UniqueTexts.Clear();
        for (var left = reader.Int32(); left > 0; left--)
        {
            var order = reader.Int64();
            state.Pool.ById.TryGet(order, out var slot);
            state.UniqueTexts.Add(order, (state.Pool.Orders[slot].Trader, reader.Text()));
        }
        state.Triggers.Clear();
        for (var left = reader.Int32(); left > 0; left--) LoadTrigger(ref reader);
    }

    private void SavePair(StateWriter writer, Pair pair)
    {
        writer.Text(pair.Symbol);
        writer.Int32(pair.Base.Id);
        writer.Int32(pair.Quote.Id);
        writer.Int64(pair.ListedNanos);
        writer.Int64(pair.ListingReference);
        writer.Value(pair.Terms);
        writer.Byte((byte)pair.Status);
        writer.Int64(pair.Book.UpdateId);
        writer.Int64(pair.Book.LastTradeId);
        writer.Int64(pair.Book.LastPrice);
        writer.Int64(pair.TradedVolume);
        foreach (var side in new[] { Side.Buy, Side.Sell })
        {
            var slots = pair.Book.Slots(side).ToArray();
            writer.Int32(slots.Length);
            foreach (var slot in slots) SaveOrder(writer, slot);
        }
    }

    private void SaveOrder(StateWriter writer, int slot)
    {
        ref readonly var order = ref state.Pool.Orders[slot];
        var rates = state.Pool.Rates[order.Rates];
        ref readonly var trader = ref state.Traders[order.Trader];
        writer.Int64(order.Id);
        writer.Int32(trader.User);
        writer.Int32(trader.Wallet);
        writer.Int64(order.Price);
        writer.Int64(order.Size);
        writer.Int64(order.Left);
        writer.Int64(state.Pool.VisibleOf(slot));
        writer.Int64(state.Pool.DisplayedOf(slot));
        writer.Int64(rates.Maker);
        writer.Int64(rates.Taker);
        writer.Byte((byte)order.TimeInForce);
        writer.Byte((byte)order.Flags);
        writer.Byte(order.HasAttached ? (byte)1 : (byte)0);
        writer.Byte((byte)order.StpAction);
    }

    private void LoadPairs(ref StateReader reader)
    {
        state.ClearPairs();
        state.Pool.Clear();
        state.Traders.Clear();
        var restored = new List<int>();
        for (var left = reader.Int32(); left > 0; left--)
        {
            var symbol = reader.Text();
            var baseAsset = state.Assets[reader.Int32() - 1];
            var quoteAsset = state.Assets[reader.Int32() - 1];
            var pair = new Pair(new InstrumentId(state.Pairs.Count + 1), symbol, baseAsset, quoteAsset, state.Pool,
                state.Ledger.Open(0, WalletId.Fees, baseAsset.Id), state.Ledger.Open(0, WalletId.Fees, quoteAsset.Id))
            {
                ListedNanos = reader.Int64(), ListingReference = reader.Int64(),
            };
            state.Add(pair);
            pair.SetTerms(reader.Value<ListPair>());
            pair.Status = (MarketStatus)reader.Byte();
            pair.Book.UpdateId = reader.Int64();
            pair.Book.LastTradeId = reader.Int64();
            pair.Book.LastPrice = reader.Int64();
            pair.TradedVolume = reader.Int64();
            foreach (var side in new[] { Side.Buy, Side.Sell })
            {
                for (var orders = reader.Int32(); orders > 0; orders--) restored.Add(LoadOrder(ref reader, pair, side));
            }
            pair.Book.Settle();
        }
        restored.Sort((a, b) => state.Pool.Orders[a].Id.CompareTo(state.Pool.Orders[b].Id));
        foreach (var slot in restored) state.Traders.Link(slot);
    }

    private int LoadOrder(ref StateReader reader, Pair pair, Side side)
    {
        var slot = state.Pool.TakeOrder();
        ref var order = ref state.Pool.Orders[slot];
        order = new Order
        {
            Id = reader.Int64(), Trader = state.TraderOf(reader.Int32(), pair, new WalletId(reader.Int32())), Price = reader.Int64(), Size = reader.Int64(),
            Left = reader.Int64(), Side = side,
        };
        var (visible, displayed) = (reader.Int64(), reader.Int64());
        order.Rates = state.Pool.Rates.NumberOf(reader.Int64(), reader.Int64());
        order.TimeInForce = (TimeInForce)reader.Byte();
        order.Flags = (OrderFlags)reader.Byte();
        order.Mark(reader.Byte() != 0, (SelfTradeAction)reader.Byte());
        pair.Book.Restore(slot, displayed, visible);
        return slot;
    }

    private static void SaveTrigger(StateWriter writer, Trigger trigger)
    {
        writer.Int64(trigger.Id);
        writer.Int32(trigger.User);
        writer.Value(trigger.Terms);
        writer.Text(trigger.Text);
        writer.Int64(trigger.ExpiresAtNanos);
        writer.Int64(trigger.ParentOrder);
        writer.Byte((byte)trigger.Role);
        writer.Byte((byte)trigger.Status);
        writer.Int64(trigger.Size);
        writer.Money(trigger.Budget);
    }

    private void LoadTrigger(ref StateReader reader)
    {
        var id = reader.Int64();
        var user = reader.Int32();
        var terms = reader.Value<CreateTrigger>();
        state.Triggers.Restore(new Trigger
        {
            Id = id, User = user, Terms = terms, Pair = state.PairOf(terms.Instrument)!, Text = reader.Text(), ExpiresAtNanos = reader.Int64(),
            ParentOrder = reader.Int64(), Role = (TriggerRole)reader.Byte(), Status = (TriggerStatus)reader.Byte(), Size = reader.Int64(),
            Budget = reader.Money(),
        });
    }
}
