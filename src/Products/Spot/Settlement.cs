using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;

namespace Sluice.Products.Spot;

/// <summary>Turns fills into money (S-040…S-054): value once, fees once, six legs that sum to zero, events in the order of M-150.</summary>
internal struct Settlement(SpotState state, Pair pair, Context context) : IFillSettlement
{
    /// <summary>Take-profit or stop-loss hang on the taker: what it receives is added up for them (M-107).</summary>
    public bool TakerAttached { get; init; }

    /// <summary>What the taker's fills brought, less the fees taken from it; only for one with <see cref="TakerAttached"/>.</summary>
    public Money TakerReceived { get; private set; }

    public readonly int GroupOf(in Order maker) => state.Traders[maker.Trader].StpGroup;

    public void Settle(ref Taker taker, ref Order maker, long price, long size, bool hidden)
    {
        if (taker.Left > 0 && state.Pool.IsLarge) Prefetching.NextMaker(state, maker);
        ref readonly var rates = ref state.Pool.Rates[maker.Rates];
        var makerRate = hidden ? rates.Taker : rates.Maker;       // M-064, S-054
        var flags = hidden ? FillFlags.HiddenMaker : FillFlags.None;
        var takerSide = new Leg(taker.OrderId, taker.Trader, taker.TakerRate, taker.Left, taker.ByBudget ? 0 : taker.Limit, taker.Flags, TakerAttached);
        var makerSide = new Leg(maker.Id, maker.Trader, makerRate, maker.Left, maker.Price, maker.Flags, maker.HasAttached);
        Exchange(taker.Side, takerSide, makerSide, price, size, flags, taker.Budget, taker.ByBudget);
    }

    public void SettleAuction(ref Order buy, ref Order sell, long price, long size)
    {
        // Both rested; the younger is called the taker, and both pay the maker rate (M-140).
        ref var older = ref buy.Id < sell.Id ? ref buy : ref sell;
        ref var younger = ref buy.Id < sell.Id ? ref sell : ref buy;
        var takerSide = new Leg(younger.Id, younger.Trader, state.Pool.Rates[younger.Rates].Maker, younger.Left, younger.Price, younger.Flags, younger.HasAttached);
        var makerSide = new Leg(older.Id, older.Trader, state.Pool.Rates[older.Rates].Maker, older.Left, older.Price, older.Flags, older.HasAttached);
        Exchange(younger.Side, takerSide, makerSide, price, size, FillFlags.Auction, Money.Zero, false);
    }

    /// <summary>A resting order is gone: out of its trader's list, the rest of its reservation freed, and said so.</summary>
    public readonly void MakerEnded(ref Order maker, FinishReason reason) => Orders.Ended(state, pair, context, ref maker, ref state.Traders[maker.Trader], reason);

    private void Exchange(Side takerSide, in Leg taker, in Leg maker, long price, long size, FillFlags flags, Money budgetLeft, bool byBudget)
    {
        ref var takerTrader = ref state.Traders[taker.Trader];
        ref var makerTrader = ref state.Traders[maker.Trader];
        var value = pair.Book.Value(price, size);
        var amount = pair.BaseMoney(size);
        pair.TradedVolume += size;
        FeeOf(makerTrader, maker, takerSide == Side.Sell, value, amount, default, out var makerFee);
        FeeOf(takerTrader, taker, takerSide == Side.Buy, value, amount, makerFee, out var takerFee);
        if (makerFee.ByToken) flags |= FillFlags.MakerFeeToken;
        if (takerFee.ByToken) flags |= FillFlags.TakerFeeToken;
        if (makerTrader.Participant) flags |= FillFlags.MakerParticipant;
        if (takerTrader.Participant) flags |= FillFlags.TakerParticipant;

        ref var filled = ref context.Events.Append<OrderFilled>();
        filled.Value = value;
        filled.MakerFee = makerFee.Amount;
        filled.TakerFee = takerFee.Amount;
        filled.TakerBudgetLeft = budgetLeft;
        filled.TradeId = pair.Book.LastTradeId;
        filled.Price = price;
        filled.Size = size;
        filled.MakerOrder = maker.Order;
        filled.TakerOrder = taker.Order;
        filled.MakerLeft = maker.Left;
        filled.TakerLeft = taker.Left;
        filled.MakerUser = makerTrader.User;
        filled.TakerUser = takerTrader.User;
        filled.Instrument = pair.Id.Value;
        filled.MakerFeeAsset = makerFee.Asset;
        filled.TakerFeeAsset = takerFee.Asset;
        filled.TakerSide = takerSide;
        filled.Flags = flags;

        // M-150: who ended with this fill is said before the balances.
        if (maker.Left == 0) Orders.Finished(context, pair, makerTrader, maker.Order, 0, Money.Zero, FinishReason.Filled);
        if (taker.Left == 0 && (flags & FillFlags.Auction) != 0) Orders.Finished(context, pair, takerTrader, taker.Order, 0, Money.Zero, FinishReason.Filled);

        var takerHeld = byBudget ? value : takerSide == Side.Buy ? pair.Book.Value(taker.Limit, size) : amount;
        var makerHeld = takerSide == Side.Sell ? pair.Book.Value(maker.Limit, size) : amount;
        Post(makerTrader, takerSide == Side.Sell, value, amount, makerHeld, maker.Order, makerFee);
        Post(takerTrader, takerSide == Side.Buy, value, amount, takerHeld, taker.Order, takerFee);
        if (pair.Triggers.MayFire(price)) state.Triggers.Fire(context, pair, price);
        if (maker.Attached) state.Triggers.ParentFilled(context, maker.Order, size, Received(takerSide == Side.Sell, value, amount, makerFee));
        if (!taker.Attached) return;
        var received = Received(takerSide == Side.Buy, value, amount, takerFee);
        if ((flags & FillFlags.Auction) != 0) state.Triggers.ParentFilled(context, taker.Order, size, received);
        else TakerReceived += received;
    }

    private static Money Received(bool buys, Money value, Money amount, in FillFee fee)
    {
        var got = buys ? amount : value;
        return fee.ByToken ? got : got - fee.Amount;
    }

    // S-040 steps 2 to 5 for one side. Amounts are passed by value: two registers, where a reference makes each a store and a load of another width.
    private readonly void Post(in Trader trader, bool buys, Money value, Money amount, Money held, long order, in FillFee fee)
    {
        var ledger = state.Ledger;
        ledger.Post(context, buys ? trader.QuoteAccount : trader.BaseAccount, -(buys ? value : amount), -held, Reason.OrderFill, order, pair.Id.Value);
        ledger.Post(context, buys ? trader.BaseAccount : trader.QuoteAccount, buys ? amount : value, Reason.OrderFill, order, pair.Id.Value);
        if (fee.Amount.IsZero) return;
        ledger.Post(context, fee.Account, -fee.Amount, fee.Reason, order, pair.Id.Value);
#if MUTANTS
        if (Mutant.Is(Mutation.LoseFee)) return;
#endif
        ledger.Post(context, fee.VenueAccount, fee.Amount, fee.Reason, order, pair.Id.Value);
    }

    // S-050, S-051: the fee is in what is received; Ceiling of a signed fee rounds a fee up and a rebate down in magnitude.
    private readonly void FeeOf(in Trader trader, in Leg leg, bool buys, Money value, Money amount, in FillFee other, out FillFee fee)
    {
        if ((leg.Flags & OrderFlags.FeeToken) != 0 && TokenFee(trader, leg.Rate, value, other, out fee)) return;
        var asset = buys ? pair.Base : pair.Quote;
        var due = leg.Rate == 0 ? default : new Rate(leg.Rate).Of(buys ? amount : value, Rounding.Ceiling);
        if (asset.Unit != 1) due = new Money(Fixed.ToMultiple(due.Raw, asset.Unit, Rounding.Ceiling));
        fee.Amount = due;
        fee.Asset = asset.Id;
        fee.Account = buys ? trader.BaseAccount : trader.QuoteAccount;
        fee.VenueAccount = buys ? pair.BaseFees : pair.QuoteFees;
        fee.Reason = due.IsNegative ? Reason.Rebate : Reason.Fee;
        fee.ByToken = false;
    }

    // S-053: all of this fill's fee from the token balance, or none of it. A rebate is never converted. Who trades with itself pays both fees
    // from one balance.
    private readonly bool TokenFee(in Trader trader, long rate, Money value, in FillFee other, out FillFee fee)
    {
        fee = default;
        var config = state.Config;
        if (rate <= 0 || state.PairOf(config.FeeTokenPair) is not { } tokenPair || state.AssetOf(config.FeeToken) is not { } token) return false;
        if (tokenPair.Quote != pair.Quote || tokenPair.Book.LastPrice == 0) return false;
        if (!state.Ledger.TryFind(trader.User, new WalletId(trader.Wallet), token.Id, out var account)) return false;

        var discounted = (long)Fixed.MulDiv(rate, config.FeeTokenFactor, Rate.One, Rounding.Ceiling);
        var inQuote = new Rate(discounted).Of(value, Rounding.Ceiling);
        var units = Fixed.MulDiv(inQuote.Raw, Fixed.PowerOfTen(tokenPair.Terms.PriceDecimals), tokenPair.Book.LastPrice, Rounding.Ceiling);
        var amount = new Money(Fixed.ToMultiple(units, token.Unit, Rounding.Ceiling));
        var taken = other.ByToken && other.Account == account ? other.Amount : Money.Zero;
        if (state.Ledger[account].Available < amount + taken) return false;
        var venue = state.Ledger.Open(UserId.Venue.Value, WalletId.Fees, token.Id);
        fee = new FillFee { Amount = amount, Asset = token.Id, Account = account, VenueAccount = venue, Reason = Reason.FeeToken, ByToken = true };
        return true;
    }

    private readonly record struct Leg(long Order, int Trader, long Rate, long Left, long Limit, OrderFlags Flags, bool Attached);

    private struct FillFee
    {
        public Money Amount;
        public int Asset;
        public int Account;
        public int VenueAccount;
        public Reason Reason;
        public bool ByToken;
    }
}
