using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Products;
using Sluice.Products.Identity;
using Sluice.Products.Spot;

namespace Sluice.Runtime.Sequencing;

/// <summary>Tells the state as events, as if it had just come about: for views that live in memory and start after recovery. Open orders are not
/// told: what readers want to know of them (text, fees so far) is history, which the database has.</summary>
public static partial class StateDescription
{
    /// <summary>Clears <paramref name="events"/> and fills it.</summary>
    public static void Write(VenueProducts products, EventBuffer events)
    {
        events.Clear();
        events.Append(new StepStarted { Sequence = products.Machine.Sequence, TimeNanos = products.Machine.TimeNanos });
        var tail = new byte[8192];
        Listings(products, events, tail);
        events.Append(new SpotConfigured { Terms = products.Spot.State.Config });
        foreach (var user in products.Identity.Users) User(user, events, tail);
        foreach (var key in products.Identity.Keys.Values) Key(key, events, tail);
        foreach (var (user, settings) in products.Spot.State.Settings)
        {
            events.Append(new TraderSettingsChanged
            {
                Settings = new SetTraderSettings
                {
                    User = user, MakerFee = settings.MakerFee, TakerFee = settings.TakerFee, UniqueText = (sbyte)(settings.UniqueText ? 1 : 0),
                    FeeToken = (sbyte)(settings.FeeToken ? 1 : 0),
                },
            });
        }
        foreach (ref readonly var account in products.Ledger.Accounts)
        {
            if (account.Silent || account.UpdateId == 0) continue;
            events.Append(new BalanceChanged
            {
                User = account.Owner, Wallet = account.Wallet, Asset = account.Asset, Total = account.Total, Held = account.Held, UpdateId = account.UpdateId,
            });
        }
        foreach (var pair in products.Spot.State.Pairs) Book(pair.Id.Value, pair.Book, events);
        Contracts(products.Futures.State, events, tail);
    }

    private static void Listings(VenueProducts products, EventBuffer events, byte[] tail)
    {
        foreach (var asset in products.Spot.State.Assets)
        {
            var writer = new TailWriter(tail);
            writer.Text(asset.Code);
            writer.Text(asset.Name);
            events.Append(new AssetListed { Asset = asset.Id, Scale = asset.Scale }, writer.Written);
        }
        foreach (var pair in products.Spot.State.Pairs)
        {
            var writer = new TailWriter(tail);
            writer.Text(pair.Symbol);
            writer.Text(pair.Base.Code);
            writer.Text(pair.Quote.Code);
            var terms = pair.Terms;
            events.Append(PairListed.Of(pair), writer.Written);
            if (pair.Status != terms.Status) events.Append(new MarketStatusChanged { Instrument = pair.Id.Value, Old = terms.Status, New = pair.Status });
        }
    }

    private static void User(User user, EventBuffer events, byte[] tail)
    {
        var writer = new TailWriter(tail);
        writer.Text(user.Name);
        writer.Text(user.Remark);
        writer.Text(user.Email);
        events.Append(new UserCreated { User = user.Id, Parent = user.Parent, Flags = user.Flags, CreatedNanos = user.CreatedNanos }, writer.Written);
        if (user.Locked) events.Append(new LockChanged { User = user.Id, Locked = 1 });
    }

    private static void Key(ApiKey key, EventBuffer events, byte[] tail)
    {
        var writer = new TailWriter(tail);
        writer.Text(key.Key);
        writer.Text(key.Name);
        writer.Bytes(key.SealedSecret);
        writer.Text(key.Permissions);
        writer.Text(key.IpList);
        events.Append(new KeyStored { User = key.User, Mode = key.Mode, CreatedNanos = key.CreatedNanos, UpdatedNanos = key.UpdatedNanos }, writer.Written);
    }

    // Each level as a delta at the book's present update id, then the best prices.
    private static void Book(int instrument, OrderBook book, EventBuffer events)
    {
        foreach (var side in new[] { book.Bids, book.Asks })
        {
            for (var n = 0; n < side.Count; n++)
            {
                ref readonly var level = ref book.Pool.Levels[side.FromBest(n)];
                events.Append(new BookDelta { Instrument = instrument, Side = side.Side, Price = level.Price, Size = level.Visible, UpdateId = book.UpdateId });
            }
        }
        var best = new BestChanged { Instrument = instrument, UpdateId = book.UpdateId };
        if (!book.Bids.IsEmpty) (best.BidPrice, best.BidSize) = (book.Pool.Levels[book.Bids.Best].Price, book.Pool.Levels[book.Bids.Best].Visible);
        if (!book.Asks.IsEmpty) (best.AskPrice, best.AskSize) = (book.Pool.Levels[book.Asks.Best].Price, book.Pool.Levels[book.Asks.Best].Visible);
        events.Append(best);
    }
}
