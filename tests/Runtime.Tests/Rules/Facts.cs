using System.Globalization;
using System.Text;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;

namespace Sluice.Runtime.Tests.Rules;

/// <summary>What people own in a state, line by line: balances, resting orders, positions, trigger orders. Written by one build and read by the next, whatever either remembers
/// beside it.</summary>
internal static class Facts
{
    public static string Of(VenueProducts products)
    {
        var lines = new List<string>();
        foreach (var account in products.Ledger.Accounts)
        {
            if (account.Total != Money.Zero || account.Held != Money.Zero) lines.Add(Line($"account {account.Owner} {account.Wallet} {account.Asset}: {account.Total.Raw} held {account.Held.Raw}"));
        }
        foreach (var pair in products.Spot.State.Pairs)
        {
            foreach (var (id, side, price, left) in Resting(pair.Book, products.Spot.State.Pool)) lines.Add(Line($"pair {pair.Symbol} order {id}: {side} {left} at {price}"));
        }
        var contracts = products.Futures.State;
        foreach (var market in contracts.Markets)
        {
            foreach (var (id, side, price, left) in Resting(market.Book, contracts.Pool)) lines.Add(Line($"contract {market.Listed.Symbol} order {id}: {side} {left} at {price}"));
            foreach (var side in new[] { Side.Buy, Side.Sell })
            {
                foreach (var slot in market.Book.Slots(side).ToArray())
                {
                    if (contracts.LossMarks.TryGetValue(contracts.Pool.Orders[slot].Id, out var mark)) lines.Add(Line($"open loss of order {contracts.Pool.Orders[slot].Id} from {mark}"));
                }
            }
            lines.Add(Line($"contract {market.Listed.Symbol}: mark {market.Mark} index {market.Index} {market.Status} funding {market.Rate.Raw} at {market.NextFundingNanos}"));
        }
        for (var slot = 0; slot < contracts.Seats.Count; slot++)
        {
            ref readonly var seat = ref contracts.Seats[slot];
            foreach (var leg in new[] { Leg.Net, Leg.Long, Leg.Short })
            {
                if (contracts.Points.Legs.TryGetValue(seat.SlotOf(leg), out var points)) lines.Add(Line($"points {seat.User} {contracts.Markets[seat.Market].Listed.Symbol} {leg}: {points.Paid.Raw} and {points.History.Raw}"));
                if (seat.SlotOf(leg) == PositionTable.None || contracts.Positions[seat.SlotOf(leg)].Size == 0) continue;
                ref readonly var position = ref contracts.Positions[seat.SlotOf(leg)];
                lines.Add(Line($"position {seat.User} {contracts.Markets[seat.Market].Listed.Symbol} {leg}: {position.Size} for {position.EntryValue.Raw} margin {position.Margin.Raw} at {seat.LeverageOf(leg).Hundredths} cross {seat.IsCross}"));
                if (contracts.AutoMargins.TryGetValue(seat.SlotOf(leg), out var auto)) lines.Add(Line($"margin by itself {seat.User} {contracts.Markets[seat.Market].Listed.Symbol} {leg}: {auto.Added.Raw} of {auto.Most.Raw}"));
            }
        }
        foreach (var (asset, value) in contracts.Points.Values) lines.Add(Line($"asset {asset} is worth {value.Raw} of points {contracts.Points.Asset}"));
        foreach (var user in contracts.Points.Users) lines.Add(Line($"user {user} pays in points"));
        foreach (var trigger in contracts.Triggers.All.Values) lines.Add(Line($"trigger {trigger.Id} {trigger.User} {trigger.Market.Listed.Symbol}: {trigger.Status} at {trigger.Terms.TriggerPrice}"));
        lines.Sort(StringComparer.Ordinal);
        return new StringBuilder().AppendJoin('\n', lines).Append('\n').ToString();
    }

    private static IEnumerable<(long Id, Side Side, long Price, long Left)> Resting(OrderBook book, OrderPool pool)
    {
        foreach (var side in new[] { Side.Buy, Side.Sell })
        {
            foreach (var slot in book.Slots(side).ToArray()) yield return (pool.Orders[slot].Id, side, pool.Orders[slot].Price, pool.Orders[slot].Left);
        }
    }

    private static string Line(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);
}
