using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Funding;
using Sluice.Products.Futures.Listing;
using Sluice.Products.Futures.Pricing;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Marks;

/// <summary>Index prices from outside, the operator's mark, and what is sampled once a minute (F-056, F-059, F-063, F-163).</summary>
public sealed class PriceHandlers(FuturesState state, MarkMaker marks, SleepHandlers sleeping, StatusHandlers statuses)
{
    public const ushort MinuteTimer = 402;

    private const long MinuteNanos = 60 * Nanos.PerSecond;
    private const byte SampleRow = 12;

    public ushort SetPrices(in SetPrices command, ReadOnlySpan<byte> tail, Context context)
    {
        var check = new TailReader(tail);
        for (var left = command.Count; left > 0; left--)
        {
            check.Bytes();
            var price = Read(ref check, out _, out _);
            if (price < 0 || price > PriceMax) return (ushort)FuturesRefusal.PriceNotPositive;
            if (check.IsEmpty && left > 1) return (ushort)FuturesRefusal.InvalidCombination;
        }
        if (command.Count < 0) return (ushort)FuturesRefusal.InvalidCombination;

        var reader = new TailReader(tail);
        var names = state.ByIndex.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> name = stackalloc char[64];
        for (var left = command.Count; left > 0; left--)
        {
            var bytes = reader.Bytes();
            var price = Read(ref reader, out var sources, out var flags);
            if (price == 0 || bytes.Length > name.Length) continue;             // there never was one
            var length = System.Text.Encoding.UTF8.GetChars(bytes, name);
            if (!names.TryGetValue(name[..length], out var followers)) continue;
            foreach (var market in followers)
            {
                if (market.Status != MarketStatus.Delisted) SetIndex(market, price, sources, flags, context);
            }
        }
        marks.Run(context, ofIndex: true);
        return 0;
    }

    public ushort PinMark(in PinMark command, ReadOnlySpan<byte> tail, Context context)
    {
        if (state.MarketOf(command.Instrument) is not { } market || market.Status == MarketStatus.Delisted) return (ushort)FuturesRefusal.ContractNotFound;
        if (command.Mark is < 0 or > ContractCheck.PriceMax || (command.Mark == 0 && !market.IsMarkPinned)) return (ushort)FuturesRefusal.PriceNotPositive;
        if (market.Index == 0) return (ushort)FuturesRefusal.SideNotTradable;
        context.ObjectId = market.Id.Value;
        market.IsMarkPinned = command.Mark != 0;
        if (command.Mark != 0) marks.Move(market, command.Mark);
        SleepTimer.Stir(state, market, context);
        marks.Add(market);
        marks.Run(context, ofIndex: false);
        return 0;
    }

    /// <summary>From the first listing on, each whole minute.</summary>
    public static void Begin(Context context)
    {
        var now = context.Stamp.TimeNanos;
        context.Timers.Add(new Due((now / MinuteNanos + 1) * MinuteNanos, SampleRow, MinuteTimer, 0, 0, 0));
    }

    /// <summary>A premium sample of every perpetual, then its rate, then its mark; a new basis rate of every delivery contract; prices too old halt theirs.</summary>
    public void Minute(in Due due, Context context)
    {
        context.Timers.Add(due with { AtNanos = due.AtNanos + MinuteNanos });
        var now = context.Stamp.TimeNanos;
        foreach (var market in state.Markets)
        {
            if (market.Status is MarketStatus.Delisted or MarketStatus.Untradable || market.Index == 0) continue;
            if (market.IsDelivery) Basis(market, now, context);
            else Sample(market, now, context);
            if (market.Status == MarketStatus.Tradable && market.IsDead(now)) statuses.HaltForAge(market, context);
        }
        marks.Run(context, ofIndex: false);
    }

    private void SetIndex(Market market, Int128 price, int sources, IndexFlags flags, Context context)
    {
        var scaled = Fixed.Divide(price, Fixed.PowerOfTen(Money.Decimals - market.Terms.PriceDecimals), Rounding.HalfEven);
        if (scaled <= 0 || scaled > ContractCheck.PriceMax) return;             // out of what the contract can say
        var raw = (long)scaled;
        var now = context.Stamp.TimeNanos;
        if (!sleeping.Take(market, ref raw, flags, context))
        {
            if (market.IsHaltedByAge && !market.IsDead(now)) statuses.ResumeFromAge(market, context);
            return;
        }
        market.Index = raw;
        market.Flags = flags;
        market.Sources = unchecked((ushort)sources);
        var fresh = (flags & (IndexFlags.Stale | IndexFlags.Halted)) == 0;
        if (fresh || market.FreshNanos == 0) market.FreshNanos = now;
        market.SampleMiddle(now);
        marks.Add(market);
        if (market.Options.BreakerMove != 0 && market.Moves.Exceeds(now, raw, market.Options.BreakerMove)) statuses.HaltForMove(market, context);
        if (fresh && market.IsHaltedByAge) statuses.ResumeFromAge(market, context);
    }

    // F-063, F-064, F-074.
    private void Sample(Market market, long now, Context context)
    {
        var funding = market.Cycle!;
        var sampled = market.IsTrading && !market.IsStale(now);
        long premium = 0;
        if (sampled)
        {
            var (bids, asks) = (new BookDepth(market.Book, Side.Buy), new BookDepth(market.Book, Side.Sell));
            var bid = ImpactPrice.Of(market.Contract, ref bids, funding.ImpactValue);
            var ask = ImpactPrice.Of(market.Contract, ref asks, funding.ImpactValue);
            premium = Premium.Sample(bid, ask, market.Index);
            market.Premiums.Add(premium);
            market.Rate = FundingRate.Of(funding, market.Premiums, market.RateBefore);
            if (market.IsAsleep) market.Rate = FundingRate.Scaled(market.Rate, market.SleepRules.FundingFactor);        // K-207
            marks.Add(market);
        }
        AnnounceRate(market, premium, sampled, context);
    }

    public static void AnnounceRate(Market market, long premium, bool sampled, Context context) => context.Events.Append(new FundingRateChanged
    {
        Rate = market.Rate.Raw, Premium = premium, AppliesNanos = market.NextFundingNanos, Instrument = market.Id.Value, IsSampled = sampled ? (byte)1 : (byte)0,
    });

    // F-059.
    private void Basis(Market market, long now, Context context)
    {
        var delivery = market.Terms.Delivery!;
        if (!market.IsTrading || market.IsStale(now) || now >= delivery.ExpiryNanos) return;
        var (bids, asks) = (new BookDepth(market.Book, Side.Buy), new BookDepth(market.Book, Side.Sell));
        var bid = ImpactPrice.Of(market.Contract, ref bids, delivery.BasisImpactValue);
        var ask = ImpactPrice.Of(market.Contract, ref asks, delivery.BasisImpactValue);
        var rate = MarkPrice.BasisRate(market.Contract, market.Index, bid, ask, delivery.ExpiryNanos - now, market.BasisRate);
        if (rate == market.BasisRate) return;
        market.BasisRate = rate;
        context.Events.Append(new SettlementSampled
        {
            Sum = market.Average.Sum, BasisRate = rate.Raw, Samples = market.Average.Count, Instrument = market.Id.Value,
            FairPrice = bid.Exists && ask.Exists ? (long)((bid.Displayed(0) + ask.Displayed(0)) / 2) : 0,
        });
        marks.Add(market);
    }

    private static Int128 Read(ref TailReader reader, out int sources, out IndexFlags flags)
    {
        var (high, low) = (reader.Int64(), reader.Int64());
        sources = reader.Int32();
        flags = (IndexFlags)reader.Byte();
        return new Int128(unchecked((ulong)high), unchecked((ulong)low));
    }

    // 2^53 raw prices with no decimals, in 10^-12: whatever is within it fits every contract's raw price, or is out of its range and left.
    private static readonly Int128 PriceMax = (Int128)ContractCheck.PriceMax * Fixed.PowerOfTen(Money.Decimals);
}
