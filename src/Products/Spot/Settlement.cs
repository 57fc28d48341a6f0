using System.Runtime.CompilerServices;
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
        Exchange(taker, TakerAttached, maker, makerRate, price, size, flags);
    }

    public void SettleAuction(ref Order buy, ref Order sell, long price, long size)
    {
        // Both rested; the younger is called the taker, and both pay the maker rate (M-140).
        ref var older = ref buy.Id < sell.Id ? ref buy : ref sell;
        ref var younger = ref buy.Id < sell.Id ? ref sell : ref buy;
        var taker = new Taker
        {
            OrderId = younger.Id, Trader = younger.Trader, TakerRate = state.Pool.Rates[younger.Rates].Maker, Left = younger.Left, Limit = younger.Price, Side = younger.Side,
            Flags = younger.Flags,
        };
        Exchange(taker, younger.HasAttached, older, state.Pool.Rates[older.Rates].Maker, price, size, FillFlags.Auction);
    }

    /// <summary>A resting order is gone: out of its trader's list, the rest of its reservation freed, and said so.</summary>
    public readonly void MakerEnded(ref Order maker, FinishReason reason) => Orders.Ended(state, pair, context, ref maker, ref state.Traders[maker.Trader], reason);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Exchange(in Taker taker, bool takerAttached, in Order maker, long makerRate, long price, long size, FillFlags flags)
    {
        var takerSide = taker.Side;
        ref var takerTrader = ref state.Traders[taker.Trader];
        ref var makerTrader = ref state.Traders[maker.Trader];
        var value = pair.Value(price, size);
        var amount = pair.BaseMoney(size);
        pair.TradedVolume += size;

        // What one side pays the other one receives.
        var makerSide = takerSide ^ Side.Sell;
        var (takerPays, makerPays) = takerSide == Side.Buy ? (value, amount) : (amount, value);
        FeeOf(makerTrader, makerRate, maker.Flags, makerSide, takerPays, value, default, out var makerFee);
        FeeOf(takerTrader, taker.TakerRate, taker.Flags, takerSide, makerPays, value, makerFee, out var takerFee);
        if (makerFee.ByToken) flags |= FillFlags.MakerFeeToken;
        if (takerFee.ByToken) flags |= FillFlags.TakerFeeToken;
        if (makerTrader.Participant) flags |= FillFlags.MakerParticipant;
        if (takerTrader.Participant) flags |= FillFlags.TakerParticipant;

        ref var filled = ref context.Events.AppendUnwritten<OrderFilled>();
        filled.Value = value;
        filled.MakerFee = makerFee.Amount;
        filled.TakerFee = takerFee.Amount;
        filled.TakerBudgetLeft = taker.Budget;
        filled.TradeId = pair.Book.LastTradeId;
        filled.Price = price;
        filled.Size = size;
        filled.MakerOrder = maker.Id;
        filled.TakerOrder = taker.OrderId;
        filled.MakerLeft = maker.Left;
        filled.TakerLeft = taker.Left;
        filled.MakerUser = makerTrader.User;
        filled.TakerUser = takerTrader.User;
        filled.Instrument = pair.Id.Value;
        filled.MakerFeeAsset = makerFee.Asset;
        filled.TakerFeeAsset = takerFee.Asset;
        filled.TakerSide = takerSide;
        filled.Flags = flags;
        filled.Reserved = 0;

        // M-150: who ended with this fill is said before the balances.
        if (maker.Left == 0) Orders.Finished(context, pair, makerTrader, maker.Id, 0, Money.Zero, FinishReason.Filled);
        if (taker.Left == 0 && (flags & FillFlags.Auction) != 0) Orders.Finished(context, pair, takerTrader, taker.OrderId, 0, Money.Zero, FinishReason.Filled);

        // Held was the size at the order's own price, of a market buy the budget itself.
        var takerHeld = taker.ByBudget || takerSide == Side.Sell || taker.Limit == price ? takerPays : pair.Value(taker.Limit, size);
        var makerHeld = makerSide == Side.Sell || maker.Price == price ? makerPays : pair.Value(maker.Price, size);
        Pay(makerTrader.PaysFrom(makerSide), makerPays, makerHeld, maker.Id);
        Receive(takerPays, makerTrader.PaysFrom(takerSide), maker.Id, makerFee);
        Pay(takerTrader.PaysFrom(takerSide), takerPays, takerHeld, taker.OrderId);
        Receive(makerPays, takerTrader.PaysFrom(makerSide), taker.OrderId, takerFee);
        if (pair.Triggers.MayFire(price)) state.Triggers.Fire(context, pair, price);
        if (maker.HasAttached) state.Triggers.ParentFilled(context, maker.Id, size, Received(takerPays, makerFee));
        if (!takerAttached) return;
        var received = Received(makerPays, takerFee);
        if ((flags & FillFlags.Auction) != 0) state.Triggers.ParentFilled(context, taker.OrderId, size, received);
        else TakerReceived += received;
    }

    private static Money Received(Money gets, in FillFee fee) => fee.ByToken ? gets : gets - fee.Amount;

    // S-040 steps 2 to 5 for one side, in two halves that are told all they need in registers. What is paid and what was held is not negative: it has an opposite.
    private readonly void Pay(int account, Money pays, Money held, long order) =>
        state.Ledger.Post(context, account, new Money(unchecked(-pays.Raw)), new Money(unchecked(-held.Raw)), Reason.OrderFill, order, pair.Id.Value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Receive(Money gets, int account, long order, in FillFee fee)
    {
        var ledger = state.Ledger;
        if (fee.Account == account && !fee.Amount.IsZero)
        {
            ledger.PostAndTake(context, account, gets, fee.Amount, Reason.OrderFill, fee.Reason, order, pair.Id.Value);
        }
        else
        {
            ledger.Post(context, account, gets, Reason.OrderFill, order, pair.Id.Value);
            if (fee.Amount.IsZero) return;
            ledger.Post(context, fee.Account, -fee.Amount, fee.Reason, order, pair.Id.Value);
        }
#if MUTANTS
        if (Mutant.Is(Mutation.LoseFee)) return;
#endif
        ledger.Post(context, fee.VenueAccount, fee.Amount, fee.Reason, order, pair.Id.Value);
    }

    // S-050, S-051: the fee is in what is received; Ceiling of a signed fee rounds a fee up and a rebate down in magnitude.
    private readonly void FeeOf(in Trader trader, long rate, OrderFlags flags, Side side, Money gets, Money value, in FillFee other, out FillFee fee)
    {
        if ((flags & OrderFlags.FeeToken) != 0 && TokenFee(trader, rate, value, other, out fee)) return;
        ref readonly var terms = ref pair.FeesOf(side);
        var due = rate == 0 ? default : new Rate(rate).Of(gets, Rounding.Ceiling);
        if (terms.Unit != 1) due = new Money(Fixed.ToMultiple(due.Raw, terms.Unit, Rounding.Ceiling));
        fee.Amount = due;
        fee.Asset = terms.Asset;
        fee.Account = trader.PaysFrom(side ^ Side.Sell);
        fee.VenueAccount = terms.VenueAccount;
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
