using System.Collections.Concurrent;
using CsCheck;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Spot;
using Sluice.Tests;

namespace Sluice.Products.Tests.Spot.Oracle;

/// <summary>The book against <see cref="PlainBook"/> on random streams of commands: the same events, the same balances, the same depth; invariants
/// after every command; and a machine restored from a snapshot in between goes on with the same bytes.</summary>
public class OracleTests
{
    private const long Reference = 100;
    private static readonly long Band = Venue.Fraction("0.08"), Slippage = Venue.Fraction("0.03");
    private static readonly long MakerRate = Venue.Fraction("0.000333333333"), TakerRate = Venue.Fraction("0.000777777777");

    // 64 random bits a command.
    private static readonly Gen<ulong[]> Streams = Gen.ULong.Array[1, 150];

    // Each line the plain book can say.
    private static readonly string[] Wanted =
    [
        "accept", "fill", "fill hidden", "fill auction", "finish Filled", "finish Cancelled", "finish SelfTrade", "finish PostOnly", "finish FillOrKill",
        "finish ImmediateOrCancel", "finish DepthNotEnough", "finish PriceProtectCancelled", "finish Small", "update", "delta", "best", "status", "trigger stored", "trigger of",
        "trigger size", "trigger Succeeded", "trigger Failed", "trigger Cancelled", "trigger Invalid", "done", "refused",
    ];

    // How often each was said, in all streams.
    private readonly ConcurrentDictionary<string, long> happenings = new();

    [Fact]
    public void M_003_M_032_the_fast_book_and_the_plain_one_tell_the_same_story()
    {
        Streams.Sample(stream => new Race(stream, happenings).Run(), iter: Counts.Of(5_000));
        Assert.Empty(Wanted.Except(happenings.Keys));               // a race in which something never happened proves nothing about it
        Tell("random streams");
    }

    [Fact]
    public void M_003_M_032_long_streams()
    {
        Gen.ULong.Array[1000].Sample(stream => new Race(stream, happenings).Run(), iter: Counts.Of(60));
        Tell("long streams");
    }

    private void Tell(string title) =>
        Counts.Tell($"Differential matching, {title}", string.Join(", ", Wanted.Select(what => $"{what} {happenings.GetValueOrDefault(what):N0}")));

    // "fill 9 by 10 …" is a fill, "trigger 7 Failed …" a failed trigger.
    private static string Kind(string line)
    {
        var words = line.Split(' ');
        return words[0] switch
        {
            "fill" => words[^1] is "hidden" or "auction" ? $"fill {words[^1]}" : "fill",
            "finish" or "trigger" => $"{words[0]} {words[2]}",
            _ => words[0],
        };
    }

    private sealed class Race
    {
        private readonly ulong[] stream;
        private readonly ConcurrentDictionary<string, long> happenings;
        private readonly Venue venue;
        private readonly PlainBook plain;
        private readonly int[] users;
        private readonly Dictionary<(Side, long), long> depth = [];
        private readonly List<long> ids = [0];
        private Venue? shadow;
        private ulong bits;

        public Race(ulong[] stream, ConcurrentDictionary<string, long> happenings)
        {
            (this.stream, this.happenings) = (stream, happenings);
            venue = Venue.WithPair(terms => terms with
            {
                ReferencePrice = Reference, UpRate = Band, DownRate = Band, SlippageRate = Slippage, MakerFee = MakerRate, TakerFee = TakerRate,
            });
            var main = venue.User("main");
            users = [main, venue.User("other"), venue.User("third"), venue.User("sub", main)];
            plain = new PlainBook
            {
                Reference = Reference, BandRate = Band, SlippageRate = Slippage, MakerRate = MakerRate, TakerRate = TakerRate,
                ValueUnit = Fixed.PowerOfTen(8), BaseUnit = Fixed.PowerOfTen(9), Groups = users.ToDictionary(u => u, u => u == users[3] ? main : u),
                FirstId = 8, TellsDepth = true,                                                // eight fundings took an id each
            };
            foreach (var user in users)
            {
                venue.Fund(user, Venue.Btc, "0.1");
                venue.Fund(user, Venue.Usdt, "1");
                plain.Available[(user, false)] = Venue.Amount("0.1").Raw;
                plain.Available[(user, true)] = Venue.Amount("1").Raw;
            }
        }

        public void Run()
        {
            var snapshotAt = stream.Length == 0 ? 0 : (int)(stream[0] % (ulong)stream.Length);
            for (var i = 0; i < stream.Length; i++)
            {
                bits = stream[i];
                if (i == snapshotAt)
                {
                    shadow = venue.Restored();
                    Assert.Equal(venue.Machine.StateHash(), shadow.Machine.StateHash());
                }
                Step();
                Compare(i);
            }
            Assert.Equal(venue.Machine.StateHash(), shadow!.Machine.StateHash());
        }

        private int Pick(int count)
        {
            var picked = (int)(bits % (ulong)count);
            bits /= (ulong)count;
            return picked;
        }

        private void Step()
        {
            var kind = Pick(17);
            var user = users[Pick(4)];
            switch (kind)
            {
                case < 7:
                    Place(Limit(user));
                    break;
                case 7 or 8:
                    Place(Market(user));
                    break;
                case 9 or 10:
                    var cancelled = ids[Pick(ids.Count)];
                    Both(user, new CancelOrder { OrderId = cancelled }, () => plain.Cancel(user, cancelled));
                    break;
                case 11 or 12 or 13:
                    var open = plain.Open.OrderBy(o => o.Id).ToList();
                    var (amended, owner) = open.Count == 0 ? (ids[Pick(ids.Count)], user) : open[Pick(open.Count)] is var o ? (o.Id, Pick(8) == 0 ? user : o.Ask.User) : default;
                    var (price, size) = (Pick(3) == 0 ? 0 : 92L + Pick(17), Pick(2) == 0 ? 0 : 1L + Pick(12));
                    Both(owner, new AmendOrder { OrderId = amended, Price = price, Size = size }, () => plain.Amend(owner, amended, price, size));
                    break;
                case 14:
                    if (Pick(4) == 0) Both(user, new CancelAllOrders { Instrument = 1 }, () => plain.CancelAll(user));
                    else if (Pick(4) == 0 && plain.Waiting.Any())
                    {
                        var id = plain.Waiting.ElementAt(Pick(plain.Waiting.Count())).Id;
                        Both(user, new CancelTrigger { TriggerId = id }, () => plain.CancelTrigger(user, id));
                    }
                    else Place(Limit(user));
                    break;
                case 15 when plain.Status != MarketStatus.Tradable || Pick(4) == 0:         // open most of the time; a halt lasts some commands
                    var status = plain.Status != MarketStatus.Tradable ? MarketStatus.Tradable : Pick(8) switch
                    {
                        < 5 => MarketStatus.CircuitBreaker, 5 => MarketStatus.Buyable, 6 => MarketStatus.Sellable, _ => MarketStatus.Untradable,
                    };
                    Both(0, new SetMarketStatus { Instrument = 1, Status = status }, () => plain.Become(status));
                    break;
                case 15:
                    Place(Limit(user));
                    break;
                default:
                    Trigger(user);
                    break;
            }
        }

        private Ask Limit(int user)
        {
            var tif = Pick(8) switch { 5 => TimeInForce.ImmediateOrCancel, 6 => TimeInForce.FillOrKill, 7 => TimeInForce.PostOnly, _ => TimeInForce.GoodTillCancelled };
            var rests = tif is TimeInForce.GoodTillCancelled or TimeInForce.PostOnly;
            if (plain.Status == MarketStatus.CircuitBreaker && Pick(4) > 0) (tif, rests) = (TimeInForce.PostOnly, true);
            var ask = new Ask(user, (Side)Pick(2), 90 + Pick(21), 1 + Pick(10), tif, rests && Pick(3) == 0 ? 1 + Pick(4) : 0, (SelfTradeAction)Pick(4));
            if (Pick(6) > 0) return ask;
            long Away(bool above) => Pick(3) == 0 ? 0 : above ? ask.Price - 1 + Pick(6) : ask.Price + 1 - Pick(6);
            var buys = ask.Side == Side.Buy;
            return ask with { ProfitAt = Away(buys), LossAt = Away(!buys), ChildPrice = Pick(2) == 0 ? 0 : 95 + Pick(11) };
        }

        private Ask Market(int user)
        {
            var side = (Side)Pick(2);
            var slip = Pick(3) switch { 0 => 0, 1 => Venue.Fraction("0.01"), _ => Venue.Fraction("0.031") };
            return new Ask(user, side, 0, side == Side.Sell ? 1 + Pick(12) : 0, Pick(3) == 0 ? TimeInForce.FillOrKill : TimeInForce.ImmediateOrCancel, 0, (SelfTradeAction)Pick(4),
                side == Side.Buy ? (Int128)(1 + Pick(2500)) * 50_000_000 * 10 : 0, slip);
        }

        private void Place(Ask ask) => Both(ask.User, Order(ask), () => plain.Place(ask));

        private static PlaceOrder Order(Ask ask) => new()
        {
            Instrument = 1, Wallet = 1, Side = ask.Side, Type = ask.Price == 0 ? OrderType.Market : OrderType.Limit, Price = ask.Price, Size = ask.Size,
            TimeInForce = ask.Tif, Iceberg = ask.Iceberg, StpAction = ask.Stp, Budget = new Money(ask.Budget), SlippageRate = ask.Slip,
            TakeProfitTrigger = ask.ProfitAt, TakeProfitPrice = ask.ProfitAt == 0 ? 0 : ask.ChildPrice,
            StopLossTrigger = ask.LossAt, StopLossPrice = ask.LossAt == 0 ? 0 : ask.ChildPrice,
        };

        private void Trigger(int user)
        {
            var market = Pick(2) == 0;
            var ask = market ? Market(user) : Limit(user);
            ask = ask with { Tif = market || Pick(2) == 0 ? TimeInForce.ImmediateOrCancel : TimeInForce.GoodTillCancelled, Iceberg = 0, Stp = SelfTradeAction.None, Slip = 0, ProfitAt = 0, LossAt = 0 };
            var above = Pick(2) == 0;
            var price = 92L + Pick(17);
            Both(user, new CreateTrigger
            {
                Instrument = 1, Wallet = 1, Rule = above ? TriggerRule.AtOrAbove : TriggerRule.AtOrBelow, TriggerPrice = price, Side = ask.Side, Price = ask.Price, Size = ask.Size,
                Budget = new Money(ask.Budget), Type = market ? OrderType.Market : OrderType.Limit, TimeInForce = ask.Tif,
            }, () => plain.Trigger(user, above, price, ask));
        }

        private List<string> expected = [];

        private void Both<T>(int user, T command, Func<SpotRefusal> rule) where T : unmanaged, ICommand
        {
            venue.Send(user, command);
            expected = plain.Run(rule);
            if (shadow is null) return;
            shadow.Send(user, command);
            Assert.True(venue.EventBytes.SequenceEqual(shadow.EventBytes), "the restored machine went another way");
        }

        private void Compare(int step)
        {
            var happened = venue.Events.Select(e => Line(e.Event)).OfType<string>().ToList();
            Assert.True(expected.SequenceEqual(happened), $"step {step}\n  rules: {string.Join("\n         ", expected)}\n  book:  {string.Join("\n         ", happened)}");
            foreach (var line in happened) happenings.AddOrUpdate(Kind(line), 1, (_, count) => count + 1);
            ids.AddRange(venue.Of<OrderAccepted>().Select(a => a.OrderId));

            var before = new Dictionary<(Side, long), long>(depth);
            foreach (var delta in venue.Of<BookDelta>())                    // M-152
            {
                if (delta.Size == 0) Assert.True(depth.Remove((delta.Side, delta.Price)));
                else depth[(delta.Side, delta.Price)] = delta.Size;
            }
            var shown = plain.Depth();
            Assert.Equal(shown.OrderBy(d => d.Key), depth.OrderBy(d => d.Key));
            foreach (var user in users)
            {
                Assert.Equal(plain.Available[(user, false)], venue.Balance(user, Venue.Btc).Available.Raw);
                Assert.Equal(plain.Available[(user, true)], venue.Balance(user, Venue.Usdt).Available.Raw);
            }
            venue.CheckInvariants();
        }

        private static string? Line(object seen) => seen switch
        {
            OrderAccepted e => $"accept {e.OrderId} user {e.User} {e.Side} {e.Price} x {e.Size}",
            OrderFilled e => $"fill {e.MakerOrder} by {e.TakerOrder} {e.Size} @ {e.Price} fees {e.MakerFee.Raw} {e.TakerFee.Raw} left {e.MakerLeft} {e.TakerLeft}"
                + (e.Flags.HasFlag(FillFlags.HiddenMaker) ? " hidden" : "") + (e.Flags.HasFlag(FillFlags.Auction) ? " auction" : ""),
            BookDelta e => $"delta {e.UpdateId} {e.Side} {e.Price} x {e.Size}",
            BestChanged e => $"best {e.UpdateId} {(e.BidPrice, e.BidSize, e.AskPrice, e.AskSize)}",
            MarketStatusChanged e => $"status {e.Old} {e.New}",
            TriggerCreated { ParentOrder: > 0 } e => $"trigger {e.TriggerId} of {e.ParentOrder} {(e.Rule == TriggerRule.AtOrAbove ? "above" : "below")} {e.TriggerPrice}",
            TriggerUpdated e => $"trigger {e.TriggerId} size {e.Size} budget {e.Budget.Raw}",
            OrderFinished e => $"finish {e.OrderId} {e.Reason} left {e.Left} budget {e.BudgetLeft.Raw}",
            OrderUpdated e => $"update {e.OrderId} price {e.Price} size {e.Size} left {e.Left}",
            TriggerCreated e => $"trigger {e.TriggerId} stored",
            TriggerFinished e => $"trigger {e.TriggerId} {e.Status} order {e.OrderId} at {e.ReferencePrice} {(SpotRefusal)e.Refusal}",
            CommandEnded e => e.Refusal == 0 ? "done" : $"refused {(SpotRefusal)e.Refusal}",
            _ => null,
        };
    }
}
