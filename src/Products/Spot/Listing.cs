using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;

namespace Sluice.Products.Spot;

/// <summary>Assets, pairs, statuses and settings (spot section 1, matching section 14).</summary>
internal sealed class Listing(SpotState state)
{
    public ushort ListAsset(in ListAsset command, ReadOnlySpan<byte> tail, Context context)
    {
        var reader = new TailReader(tail);
        var (code, name) = (reader.Text(), reader.Text());
        if (code.Length is 0 or > 24 || command.Scale is < 0 or > Money.Decimals) return (ushort)SpotRefusal.InvalidTerms;
        if (!state.AssetsByCode.TryGetValue(code, out var asset))
        {
            asset = new Asset(state.Assets.Count + 1, code, name, command.Scale);
            state.Assets.Add(asset);
            state.AssetsByCode.Add(code, asset);
        }
        context.ObjectId = asset.Id;
        context.Emit(new AssetListed { Asset = asset.Id, Scale = asset.Scale }, tail);
        return 0;
    }

    public ushort ListPair(in ListPair command, ReadOnlySpan<byte> tail, Context context)
    {
        var reader = new TailReader(tail);
        var (symbol, baseCode, quoteCode) = (reader.Text(), reader.Text(), reader.Text());
        if (!state.AssetsByCode.TryGetValue(baseCode, out var baseAsset) || !state.AssetsByCode.TryGetValue(quoteCode, out var quoteAsset))
        {
            return (ushort)SpotRefusal.AssetNotFound;
        }
        if (!Valid(command, symbol, baseAsset, quoteAsset)) return (ushort)SpotRefusal.InvalidTerms;
        var listed = false;
        if (state.PairsBySymbol.TryGetValue(symbol, out var pair))
        {
            // Decimals are the unit of every price and size in the book: they cannot change under open orders or a trade history.
            if (pair.Terms.PriceDecimals != command.PriceDecimals || pair.Terms.SizeDecimals != command.SizeDecimals) return (ushort)SpotRefusal.InvalidTerms;
        }
        else
        {
            listed = true;
            var fees = WalletId.Fees;
            pair = new Pair(new InstrumentId(state.Pairs.Count + 1), symbol, baseAsset, quoteAsset, state.Pool,
                state.Ledger.Open(UserId.Venue.Value, fees, baseAsset.Id), state.Ledger.Open(UserId.Venue.Value, fees, quoteAsset.Id))
            {
                ListedNanos = context.Stamp.TimeNanos, ListingReference = command.ReferencePrice,
            };
            state.Add(pair);
        }
        pair.SetTerms(command);
        context.ObjectId = pair.Id.Value;
        context.Emit(PairListed.Of(pair), tail);
        if (listed) pair.Status = command.Status;
        else if (command.Status != pair.Status) Change(pair, command.Status, context);
        return 0;
    }

    public ushort SetStatus(in SetMarketStatus command, ReadOnlySpan<byte> tail, Context context)
    {
        if (state.PairOf(command.Instrument) is not { } pair) return (ushort)SpotRefusal.PairNotFound;
        if (command.Status > MarketStatus.Delisted) return (ushort)SpotRefusal.InvalidTerms;
        context.ObjectId = pair.Id.Value;
        Change(pair, command.Status, context);
        return 0;
    }

    public ushort Configure(in ConfigureSpot command, ReadOnlySpan<byte> tail, Context context)
    {
        if (command.FeeTokenFactor is < 0 or > Rate.One) return (ushort)SpotRefusal.InvalidTerms;
        if (command.FeeToken != 0 && (state.AssetOf(command.FeeToken) is null || state.PairOf(command.FeeTokenPair) is null)) return (ushort)SpotRefusal.AssetNotFound;
        state.Config = command;
        context.Emit(new SpotConfigured { Terms = command });
        return 0;
    }

    public ushort SetTrader(in SetTraderSettings command, ReadOnlySpan<byte> tail, Context context)
    {
        if (!state.Users.TryGet(command.User, out _)) return (ushort)SpotRefusal.UserNotFound;
        if (command.MakerFee is < -Rate.One or > Rate.One || command.TakerFee is < -1 or > Rate.One) return (ushort)SpotRefusal.InvalidTerms;
        var old = state.Settings.GetValueOrDefault(command.User) ?? new TraderSettings();
        var settings = new TraderSettings(command.MakerFee, command.TakerFee,
            command.UniqueText < 0 ? old.UniqueText : command.UniqueText > 0, command.FeeToken < 0 ? old.FeeToken : command.FeeToken > 0);
        state.Settings[command.User] = settings;
        for (var slot = 0; slot < state.Traders.Count; slot++)
        {
            ref var trader = ref state.Traders[slot];
            if (trader.User != command.User) continue;
            (trader.MakerFee, trader.TakerFee, trader.UniqueText, trader.FeeToken) = (settings.MakerFee, settings.TakerFee, settings.UniqueText, settings.FeeToken);
        }
        context.ObjectId = command.User;
        context.Emit(new TraderSettingsChanged { Settings = command });
        return 0;
    }

    private static bool Valid(in ListPair terms, string symbol, Asset baseAsset, Asset quoteAsset) =>
        symbol == $"{baseAsset.Code}_{quoteAsset.Code}" && baseAsset != quoteAsset
        && terms.PriceDecimals is >= 0 and <= Money.Decimals && terms.SizeDecimals >= 0 && terms.SizeDecimals <= baseAsset.Scale
        && terms.PriceDecimals + terms.SizeDecimals <= quoteAsset.Scale                 // S-004: trade values are exact
        && terms is { MinBase: >= 0, MaxBase: >= 0, MarketMaxBase: >= 0, ReferencePrice: >= 0, UpRate: >= 0 and <= Rate.One * 1000, SlippageRate: >= 0 and <= Rate.One }
        && terms.DownRate is >= 0 and <= Rate.One && !terms.MinQuote.IsNegative && !terms.MaxQuote.IsNegative && !terms.MarketMaxQuote.IsNegative
        && terms.MakerFee is >= -Rate.One and <= Rate.One && terms.TakerFee is >= 0 and <= Rate.One && terms.OrdersLimit >= 0 && terms.TriggersLimit >= 0
        && terms.Status <= MarketStatus.Delisted;

    private void Change(Pair pair, MarketStatus status, Context context)
    {
        var old = pair.Status;
        pair.Status = status;
        context.Emit(new MarketStatusChanged { Instrument = pair.Id.Value, Old = old, New = status });
        pair.Book.Begin();
        if (status == MarketStatus.Delisted) EndEverything(pair, context);
        else if (old == MarketStatus.CircuitBreaker && status != MarketStatus.CircuitBreaker) Uncross(pair, context);
        pair.Book.Announce(context.Events);
    }

    private void EndEverything(Pair pair, Context context)
    {
        foreach (var side in new[] { Side.Buy, Side.Sell })
        {
            foreach (var slot in pair.Book.Slots(side).ToArray()) Orders.End(state, pair, context, slot, FinishReason.Cancelled);
        }
        foreach (var trigger in state.Triggers.All.Values.Where(t => t.Pair == pair).ToArray()) state.Triggers.End(context, trigger, TriggerStatus.Cancelled);
    }

    // M-140: post-only orders may have crossed while matching was off.
    private void Uncross(Pair pair, Context context)
    {
        if (Auction.Price(pair.Book, pair.Reference) is not { } price) return;
        var settlement = new Settlement(state, pair, context);
        Auction.Uncross(pair.Book, price, ref settlement);
    }
}
