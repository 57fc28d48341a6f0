using Sluice.Core.Kernel;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Marks;
using Sluice.Products.Futures.Listing;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.Pricing;
using Sluice.Products.Futures.Settling;
using Sluice.Products.Futures.State;

namespace Sluice.Runtime.Sequencing;

// Contracts: listings, prices, settings, positions and books. What the venue itself holds is not told, as it never is.
public static partial class StateDescription
{
    private static void Contracts(FuturesState state, EventBuffer events, byte[] tail)
    {
        foreach (var market in state.Markets)
        {
            Listing(state, market, events, tail);
            Prices(market, events);
            Book(market.Id.Value, market.Book, events);
        }
        foreach (var action in state.CorporateActions.All) CorporateActionHandlers.Announce(action, events);
        foreach (var fees in state.Fees.Values) events.Append(new ContractFeesChanged { Terms = fees });
        foreach (var (asset, value) in state.Points.Values) events.Append(new PointValueChanged { Terms = new Products.Futures.Commands.SetPointValue { Value = value, Asset = asset, Points = state.Points.Asset } });
        if (state.Points is { Asset: not 0 and var points, Values.Count: 0 }) events.Append(new PointValueChanged { Terms = new Products.Futures.Commands.SetPointValue { Points = points } });      // what was paid is in them
        foreach (var user in state.Points.Users) events.Append(new PointUseChanged { User = user, Enabled = 1 });
        foreach (var ((user, wallet, instrument), due) in state.Countdowns)
        {
            events.Append(new ContractCountdownSet { DueNanos = due, User = user, Instrument = instrument, Wallet = wallet });
        }
        for (var slot = 0; slot < state.Seats.Count; slot++) Seat(state, state.Seats[slot], events);
    }

    // A listing, and the changes of its terms that somebody still keeps the requirements of; then the present terms (F-169).
    private static void Listing(FuturesState state, Market market, EventBuffer events, byte[] tail)
    {
        var listed = market.Listed;
        var listings = market.Former.Select(former => (former.Listing, former.Contract)).Append((listed.Terms, market.Contract)).ToArray();
        for (var i = 0; i < listings.Length; i++)
        {
            var (terms, contract) = listings[i];
            var writer = new TailWriter(tail);
            ListingHandlers.WriteTail(ref writer, listed, contract.RiskLimits);
            if (i == 0) events.Append(new ContractListed { Terms = terms, ListedNanos = listed.ListedNanos, Instrument = market.Id.Value, SettleAsset = market.Asset }, writer.Written);
            if (i == 0 && (listings.Length > 1 || market.Changes == 0)) continue;
            events.Append(new ContractConfigured
            {
                Terms = terms, Options = market.Options, ChangedNanos = market.ConfiguredNanos, Instrument = market.Id.Value, SettleAsset = market.Asset,
            }, writer.Written);
            if (i > 0) Kept(state, market, market.Former[i - 1], events);
        }
        if (market.Status == listed.Terms.Status) return;
        events.Append(new ContractStatusChanged { Instrument = market.Id.Value, Old = listed.Terms.Status, New = market.Status, EndNanos = market.EndNanos });
    }

    private static void Kept(FuturesState state, Market market, FormerTerms former, EventBuffer events)
    {
        for (var slot = 0; slot < state.Seats.Count; slot++)
        {
            ref readonly var seat = ref state.Seats[slot];
            if (seat.Market != market.Number || seat.Kept != former.Change) continue;
            events.Append(new RequirementsKept { UntilNanos = former.UntilNanos, User = seat.User, Instrument = market.Id.Value });
        }
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
        if (market.Sleep.Session != MarketSession.Live) SleepHandlers.Announce(market, MarketSession.Live, events);
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
        Called(seat, market, 0, Leg.Net, state.Accounts[seat.Account].CalledNanos, events);
        Called(seat, market, market.Id.Value, mode == Products.Futures.Margin.PositionMode.Single ? Leg.Net : Leg.Long, seat.LongCalledNanos, events);
        Called(seat, market, market.Id.Value, Leg.Short, seat.ShortCalledNanos, events);
        foreach (var slot in (ReadOnlySpan<int>)[seat.Net, seat.Long, seat.Short])
        {
            if (slot < 0) continue;
            if (state.Points.Legs.TryGetValue(slot, out var points))
            {
                events.Append(new PositionPointsChanged { Paid = points.Paid, History = points.History, User = seat.User, Instrument = market.Id.Value, Leg = state.Positions[slot].Leg });
            }
            events.Append(Changed(market, seat, state.Positions[slot]));
            if (seat.AddsMargin && state.AutoMargins.TryGetValue(slot, out var auto))
            {
                events.Append(new AutoMarginChanged { Most = auto.Most, Added = auto.Added, User = seat.User, Instrument = market.Id.Value, Leg = state.Positions[slot].Leg });
            }
        }
    }

    private static void Called(in Seat seat, Market market, int instrument, Leg leg, long nanos, EventBuffer events)
    {
        if (nanos != 0) events.Append(new MarginCall { TimeNanos = nanos, User = seat.User, Wallet = market.Wallet.Value, Instrument = instrument, Leg = leg });
    }

    private static PositionChanged Changed(Market market, in Seat seat, in Position position) => new()
    {
        EntryValue = position.EntryValue, Margin = position.Margin, TradeProfit = position.TradeProfit, FeesPaid = position.FeesPaid, FundingPaid = position.FundingPaid,
        HistoryProfit = position.HistoryProfit, LastCloseProfit = position.LastCloseProfit, Size = position.Size, UpdateId = position.UpdateId,
        OpenedNanos = position.OpenedNanos, SizeMax = position.SizeMax, ClosedSize = position.ClosedSize, User = seat.User, Instrument = market.Id.Value,
        Leverage = seat.LeverageOf(position.Leg).Hundredths, Leg = position.Leg, IsCross = seat.IsCross ? (byte)1 : (byte)0, Participant = seat.Participant ? (byte)1 : (byte)0,
        Cause = PositionCause.Mode,
    };
}
