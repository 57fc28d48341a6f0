using Sluice.Core.Kernel;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;

namespace Sluice.Runtime.Sequencing;

// Contracts: listings, prices, settings, positions and books. What the venue itself holds is not told, as it never is.
public static partial class StateDescription
{
    private static void Contracts(FuturesState state, EventBuffer events, byte[] tail)
    {
        foreach (var market in state.Markets)
        {
            Listing(market, events, tail);
            Prices(market, events);
            Book(market.Id.Value, market.Book, events);
        }
        foreach (var fees in state.Fees.Values) events.Append(new ContractFeesChanged { Terms = fees });
        foreach (var ((user, wallet, instrument), due) in state.Countdowns)
        {
            events.Append(new ContractCountdownSet { DueNanos = due, User = user, Instrument = instrument, Wallet = wallet });
        }
        for (var slot = 0; slot < state.Seats.Count; slot++) Seat(state, state.Seats[slot], events);
    }

    private static void Listing(Market market, EventBuffer events, byte[] tail)
    {
        var listed = market.Listed;
        var writer = new TailWriter(tail);
        writer.Text(listed.Symbol);
        writer.Text(listed.Settle);
        writer.Text(listed.IndexName);
        writer.Text(listed.Underlying);
        writer.Byte((byte)market.Terms.RiskLimits.Count);
        foreach (ref readonly var tier in market.Terms.RiskLimits.Tiers)
        {
            writer.Int64((long)(tier.Limit.Raw >> 64));
            writer.Int64(unchecked((long)(ulong)tier.Limit.Raw));
            writer.Int64(tier.MaintenanceRate.Raw);
            writer.Int64(tier.InitialRate.Raw);
        }
        events.Append(new ContractListed { Terms = listed.Terms, ListedNanos = listed.ListedNanos, Instrument = market.Id.Value, SettleAsset = market.Asset }, writer.Written);
        if (market.Status == listed.Terms.Status) return;
        events.Append(new ContractStatusChanged { Instrument = market.Id.Value, Old = listed.Terms.Status, New = market.Status, EndNanos = market.EndNanos });
    }

    // What the mark is the median of is computed again with the next price.
    private static void Prices(Market market, EventBuffer events)
    {
        if (market.Index != 0 || market.Mark != 0)
        {
            events.Append(new ContractPriced
            {
                Index = market.Index, Mark = market.Mark, Last = market.Book.LastPrice, Instrument = market.Id.Value, Sources = market.Sources, Flags = market.Flags,
                IsMarkPinned = market.IsMarkPinned ? (byte)1 : (byte)0,
            });
        }
        if (market.NextFundingNanos != 0)
        {
            events.Append(new FundingRateChanged { Rate = market.Rate.Raw, AppliesNanos = market.NextFundingNanos, Instrument = market.Id.Value });
        }
        if (market.IsDelivery)
        {
            events.Append(new SettlementSampled { BasisRate = market.BasisRate.Raw, Sum = market.Average.Sum, Samples = market.Average.Count, Instrument = market.Id.Value });
        }
    }

    private static void Seat(FuturesState state, in Seat seat, EventBuffer events)
    {
        if (FuturesState.IsVenue(seat.User)) return;
        var market = state.Markets[seat.Market];
        var mode = state.Accounts[seat.Account].Mode;
        // Told with each seat: saying it again changes nothing.
        if (mode != Products.Futures.Margin.PositionMode.Single) events.Append(new PositionModeChanged { User = seat.User, Wallet = market.Wallet.Value, Mode = mode });
        foreach (var slot in (ReadOnlySpan<int>)[seat.Net, seat.Long, seat.Short])
        {
            if (slot >= 0) events.Append(Changed(market, seat, state.Positions[slot]));
        }
    }

    private static PositionChanged Changed(Market market, in Seat seat, in Position position) => new()
    {
        EntryValue = position.EntryValue, Margin = position.Margin, TradeProfit = position.TradeProfit, FeesPaid = position.FeesPaid, FundingPaid = position.FundingPaid,
        HistoryProfit = position.HistoryProfit, LastCloseProfit = position.LastCloseProfit, Size = position.Size, UpdateId = position.UpdateId,
        OpenedNanos = position.OpenedNanos, SizeMax = position.SizeMax, ClosedSize = position.ClosedSize, User = seat.User, Instrument = market.Id.Value,
        Leverage = seat.Effective.Hundredths, Leg = position.Leg, IsCross = seat.IsCross ? (byte)1 : (byte)0, Participant = seat.Participant ? (byte)1 : (byte)0,
        Cause = PositionCause.Mode,
    };
}
