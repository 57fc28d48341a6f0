using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using static Sluice.Products.Tests.Venue;

namespace Sluice.Products.Tests.Spot;

/// <summary>The order of checks and what each refuses (matching sections 2 and 13).</summary>
public class AdmissionTests
{
    private static readonly PlaceOrder Good = new() { Instrument = BtcUsdt, Wallet = 1, Side = Side.Buy, Price = 1000, Size = 1000 };

    /// <summary>Each refusal of order entry, as an order that is wrong in that respect only.</summary>
    private static (SpotRefusal Why, PlaceOrder Order, string Text)[] Wrong => [.. InPrecedence, (SpotRefusal.SlippageOutOfRange, Market() with { SlippageRate = Rate.One }, "")];

    // Rows M-012 to M-025; an order that is wrong in two respects is answered with the first.
    private static readonly (SpotRefusal Why, PlaceOrder Order, string Text)[] InPrecedence =
    [
        (SpotRefusal.PairNotFound, Good with { Instrument = 99 }, ""),
        (SpotRefusal.SideNotTradable, Good with { Instrument = 2 }, ""),
        (SpotRefusal.InvalidCombination, Good with { Iceberg = 2000 }, ""),
        (SpotRefusal.AmountTooLittle, Good with { Size = 9 }, ""),
        (SpotRefusal.InvalidText, Good, "t-not+allowed"),
        (SpotRefusal.RepeatedText, Good, "t-used"),
        (SpotRefusal.PriceOutOfBand, Good with { Price = 1101 }, ""),
        (SpotRefusal.PostOnlyWouldTake, Good with { Price = 1050, TimeInForce = TimeInForce.PostOnly }, ""),
        (SpotRefusal.FillOrKillWouldNotFill, Good with { TimeInForce = TimeInForce.FillOrKill }, ""),
        (SpotRefusal.BalanceTooLow, Good with { Size = 100_000 }, ""),
    ];

    private static PlaceOrder Market() =>
        new() { Instrument = BtcUsdt, Wallet = 1, Side = Side.Buy, Type = OrderType.Market, TimeInForce = TimeInForce.ImmediateOrCancel, Budget = Amount("10") };

    // ann has 1000 USDT, an open order with the text t-used, and asks of sue at 105 to meet.
    private static (Venue Venue, int Ann) Ready(Func<ListPair, ListPair>? terms = null)
    {
        var venue = WithPair(t => (terms ?? (same => same))(t with
        {
            MinBase = 10, ReferencePrice = 1000, UpRate = Fraction("0.1"), DownRate = Fraction("0.1"), SlippageRate = Fraction("0.2"),
        }));
        venue.Accept(0, new ListAsset { Scale = 12 }, "ETH", "Ether");
        venue.List(t => t with { Status = MarketStatus.Untradable }, "ETH");
        var ann = venue.User("ann");
        venue.Fund(ann, Usdt, "1000");
        venue.Accept(0, new SetTraderSettings { User = ann, MakerFee = -1, TakerFee = -1, UniqueText = 1, FeeToken = -1 });
        venue.Accept(ann, Good with { Size = 10 }, "t-used", "");
        venue.Accept(venue.Rich("sue"), Good with { Side = Side.Sell, Price = 1050, Size = 500 });
        return (venue, ann);
    }

    [Fact]
    public void M_012_M_013_M_014_M_015_M_019_M_022_M_023_M_025_each_refusal_changes_nothing()
    {
        foreach (var (why, order, text) in Wrong)
        {
            var (venue, ann) = Ready();
            var before = venue.Substance();
            var result = venue.Send(ann, order, text, "");
            Assert.Equal(why, (SpotRefusal)result.Refusal);
            Assert.True(before.AsSpan().SequenceEqual(venue.Substance()), $"{why} changed the state");
            var records = venue.Events.Select(e => e.Event).Where(e => e is not (StepStarted or CommandEnded)).Select(e => e.GetType()).ToArray();
            var killed = why is SpotRefusal.PostOnlyWouldTake or SpotRefusal.FillOrKillWouldNotFill;
            Assert.Equal(killed ? [typeof(OrderAccepted), typeof(OrderFinished)] : [], records);
        }
    }

    [Fact]
    public void M_010_first_failure_wins()
    {
        foreach (var (first, order, text) in InPrecedence)
        {
            foreach (var (second, other, otherText) in InPrecedence.Where(w => w.Why != first))
            {
                if (Both(order, other, text, otherText) is not { } both) continue;
                var (venue, ann) = Ready();
                var winner = Array.FindIndex(InPrecedence, w => w.Why == first) < Array.FindIndex(InPrecedence, w => w.Why == second) ? first : second;
                Assert.Equal(winner, (SpotRefusal)venue.Send(ann, both.Order, both.Text, "").Refusal);
            }
        }
    }

    // Wrong in both respects, where the two do not touch the same field.
    private static (PlaceOrder Order, string Text)? Both(PlaceOrder a, PlaceOrder b, string text, string otherText)
    {
        if (text.Length > 0 && otherText.Length > 0) return null;
        if (a.Instrument != 1 && b.Instrument != 1) return null;
        if (a.Size != Good.Size && b.Size != Good.Size) return null;
        if (a.Price != Good.Price && b.Price != Good.Price) return null;
        if (a.TimeInForce != Good.TimeInForce && b.TimeInForce != Good.TimeInForce) return null;
        if (a.Iceberg != 0 || b.Iceberg != 0) return null;
        T Of<T>(T x, T y, T usual) => EqualityComparer<T>.Default.Equals(x, usual) ? y : x;
        return (Good with
        {
            Instrument = Of(a.Instrument, b.Instrument, Good.Instrument), Size = Of(a.Size, b.Size, Good.Size), Price = Of(a.Price, b.Price, Good.Price),
            TimeInForce = Of(a.TimeInForce, b.TimeInForce, Good.TimeInForce),
        }, text + otherText);
    }

    // Section 4, row by row: what each type lets through on a book with 0.5 to take at 105.
    [Theory]
    [InlineData(TimeInForce.GoodTillCancelled, "100", "0.2", "", "0.2")]
    [InlineData(TimeInForce.GoodTillCancelled, "105", "0.5", "0.5", "0")]
    [InlineData(TimeInForce.GoodTillCancelled, "105", "0.6", "0.5", "0.1")]
    [InlineData(TimeInForce.ImmediateOrCancel, "100", "0.2", "", "0", FinishReason.ImmediateOrCancel)]
    [InlineData(TimeInForce.ImmediateOrCancel, "105", "0.5", "0.5", "0")]
    [InlineData(TimeInForce.ImmediateOrCancel, "105", "0.6", "0.5", "0", FinishReason.ImmediateOrCancel)]
    [InlineData(TimeInForce.FillOrKill, "100", "0.2", "", "0", FinishReason.FillOrKill)]
    [InlineData(TimeInForce.FillOrKill, "105", "0.5", "0.5", "0")]
    [InlineData(TimeInForce.FillOrKill, "105", "0.6", "", "0", FinishReason.FillOrKill)]
    [InlineData(TimeInForce.PostOnly, "100", "0.2", "", "0.2")]
    [InlineData(TimeInForce.PostOnly, "105", "0.2", "", "0", FinishReason.PostOnly)]
    [InlineData(TimeInForce.PostOnly, "105", "0.6", "", "0", FinishReason.PostOnly)]
    public void M_013_M_027_S_060_M_151_the_truth_table(TimeInForce tif, string price, string size, string filled, string rests, FinishReason killed = FinishReason.Open)
    {
        var (venue, ann) = Ready();
        var id = venue.Send(ann, Good with { TimeInForce = tif, Price = Scaled(price, 1), Size = Scaled(size, 3) }).ObjectId;
        Assert.NotEqual(0, id);
        Assert.Equal(filled, string.Join("+", venue.Of<OrderFilled>().Select(f => DecimalText.Format(f.Size, 3))));
        var resting = venue.Spot.Pool.ById.TryGet(id, out var slot) ? venue.Spot.Pool.Orders[slot].Left : 0;
        Assert.Equal(rests, DecimalText.Format(resting, 3));
        if (resting > 0) Assert.DoesNotContain(venue.Of<OrderFinished>(), o => o.OrderId == id);
        else Assert.Equal(killed == FinishReason.Open ? FinishReason.Filled : killed, venue.Only<OrderFinished>(o => o.OrderId == id).Reason);
    }

    [Theory]
    [InlineData(TimeInForce.GoodTillCancelled)]
    [InlineData(TimeInForce.PostOnly)]
    public void M_040_a_market_order_takes_now_or_is_refused(TimeInForce tif)
    {
        var (venue, ann) = Ready();
        Assert.Equal((ushort)SpotRefusal.InvalidCombination, venue.Send(ann, Market() with { TimeInForce = tif }).Refusal);
    }

    [Fact]
    public void M_010_M_013_M_041_fields_that_do_not_belong_together()
    {
        var (venue, ann) = Ready();
        foreach (var order in new[]
        {
            Good with { Price = 0 }, Good with { Price = -5 }, Good with { Size = 0 }, Good with { Size = -1 }, Good with { Budget = Amount("1") }, Good with { SlippageRate = 1 },
            Good with { Side = (Side)2 }, Good with { Type = (OrderType)2 }, Good with { TimeInForce = (TimeInForce)4 }, Good with { StpAction = (SelfTradeAction)4 },
            Market() with { Price = 1000 }, Market() with { Iceberg = 5 }, Market() with { Size = 5 }, Market() with { Budget = Amount("0") },
            Market() with { Budget = Amount("-1") }, Market() with { Side = Side.Sell }, Market() with { TakeProfitTrigger = 2000 },
        })
        {
            Assert.Equal((ushort)SpotRefusal.InvalidCombination, venue.Send(ann, order).Refusal);
        }
    }

    [Fact]
    public void M_016_S_061_the_limit_counts_open_orders_and_holds_for_those_that_may_rest()
    {
        var (venue, ann) = Ready(terms => terms with { OrdersLimit = 2 });
        venue.Accept(ann, Good with { Size = 20 });
        Assert.Equal((ushort)SpotRefusal.TooManyOrders, venue.Send(ann, Good with { Size = 20 }).Refusal);
        Assert.Equal((ushort)SpotRefusal.TooManyOrders, venue.Send(ann, Good with { Size = 20, TimeInForce = TimeInForce.PostOnly }).Refusal);
        venue.Accept(ann, Good with { Size = 20, TimeInForce = TimeInForce.ImmediateOrCancel });
        venue.Accept(ann, Market());
        venue.Accept(ann, new CancelAllOrders());
        venue.Accept(ann, Good with { Size = 20 });
    }

    [Fact]
    public void M_007_S_062_text_is_no_key_unless_a_user_wants_it_to_be()
    {
        var (venue, ann) = Ready();
        var sue = ann + 1;
        var order = Good with { Side = Side.Sell, Price = 1090, Size = 10 };
        venue.Accept(sue, order, "t-same", "");
        venue.Accept(sue, order, "t-same", "");
        Assert.Equal((ushort)SpotRefusal.RepeatedText, venue.Send(ann, Good with { Size = 20 }, "t-used", "").Refusal);
        venue.Accept(ann, Good with { Size = 20 }, "t-other", "");
        venue.Accept(ann, Good with { Size = 20 }, "api", "");          // not a client's text
        venue.Accept(ann, Good with { Size = 20 }, "api", "");
        venue.Accept(ann, new CancelAllOrders());
        venue.Accept(ann, Good with { Size = 20 }, "t-used", "");       // only open orders count
        var restored = venue.Restored();
        Assert.Equal((ushort)SpotRefusal.RepeatedText, restored.Send(ann, Good with { Size = 20 }, "t-used", "").Refusal);
    }

    // The text stayed behind when the order ended after the setting was off; the snapshot that named it could not be read.
    [Fact]
    public void M_007_a_user_may_stop_asking_for_unique_texts()
    {
        var (venue, ann) = Ready();
        venue.Accept(0, new SetTraderSettings { User = ann, MakerFee = -1, TakerFee = -1, UniqueText = 0, FeeToken = -1 });
        venue.Accept(ann, new CancelAllOrders());
        Assert.Equal(venue.Machine.StateHash(), venue.Restored().Machine.StateHash());
        Assert.Empty(venue.Spot.UniqueTexts);
    }

    [Theory]
    [InlineData("t-1234567890123456789012345678", true)]
    [InlineData("t-12345678901234567890123456789", false)]
    [InlineData("t-A_z.0-9", true)]
    [InlineData("t-", false)]
    [InlineData("t-a b", false)]
    [InlineData("t-\u00fc", false)]
    [InlineData("", true)]
    public void M_007_M_015_texts(string text, bool valid)
    {
        var (venue, ann) = Ready();
        Assert.Equal(valid ? 0 : (ushort)SpotRefusal.InvalidText, venue.Send(ann, Good with { Size = 20 }, text, "").Refusal);
    }

    [Fact]
    public void M_130_M_014_limits_of_size_and_value()
    {
        var (venue, ann) = Ready(terms => terms with
        {
            MinQuote = Amount("1"), MaxQuote = Amount("500"), MaxBase = 4_000, MarketMaxBase = 300, MarketMaxQuote = Amount("400"), DownRate = 0,
        });
        var sue = ann + 1;
        void Answers(SpotRefusal why, int user, PlaceOrder order) => Assert.Equal(why, (SpotRefusal)venue.Send(user, order).Refusal);
        Answers(SpotRefusal.ValueTooLittle, ann, Good with { Size = 10, Price = 999 });        // 0.999
        Answers(SpotRefusal.None, ann, Good with { Size = 10 });
        Answers(SpotRefusal.AmountTooMuch, ann, Good with { Size = 4_001, Price = 10 });
        Answers(SpotRefusal.None, ann, Good with { Size = 4_000, Price = 10 });
        Answers(SpotRefusal.ValueTooMuch, sue, Good with { Side = Side.Sell, Size = 4_000, Price = 1_251 });
        Answers(SpotRefusal.None, sue, Good with { Side = Side.Sell, Size = 4_000, Price = 1_250 });
        Answers(SpotRefusal.ValueTooLittle, ann, Market() with { Budget = Amount("0.99") });
        Answers(SpotRefusal.ValueTooMuch, ann, Market() with { Budget = Amount("400.01") });
        Answers(SpotRefusal.AmountTooMuch, sue, Market() with { Side = Side.Sell, Budget = default, Size = 301 });
        Answers(SpotRefusal.None, sue, Market() with { Side = Side.Sell, Budget = default, Size = 300, StpAction = SelfTradeAction.CancelOldest });
    }

    // Nothing a client can write may overflow: the machine would stop.
    [Theory]
    [InlineData(long.MaxValue, 1)]
    [InlineData(1L << 62, 1_000)]
    [InlineData(1_000, long.MaxValue)]
    [InlineData(1L << 62, 1L << 53)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void M_133_numbers_beyond_all_measure_are_refused(long price, long size)
    {
        var venue = WithPair(terms => terms with { MinQuote = new Money(1), PriceDecimals = 0, SizeDecimals = 0 });
        var ann = venue.Rich("ann", "1000000000000000000", "1000000000000000000");
        foreach (var side in new[] { Side.Buy, Side.Sell })
        {
            var order = new PlaceOrder { Instrument = BtcUsdt, Wallet = 1, Side = side, Price = price, Size = size };
            Assert.True((SpotRefusal)venue.Send(ann, order).Refusal is SpotRefusal.InvalidCombination or SpotRefusal.AmountTooMuch or SpotRefusal.ValueTooMuch);
            var small = venue.Accept(ann, order with { Price = side == Side.Buy ? 1 : 1000, Size = 1 });
            Assert.False(venue.Send(ann, new AmendOrder { OrderId = small, Price = price, Size = size }).Accepted);
        }
        venue.CheckInvariants();
    }

    [Fact]
    public void M_018_a_locked_user_neither_places_nor_amends_nor_plans_but_cancels()
    {
        var (venue, ann) = Ready();
        var sub = venue.User("sub", ann);
        venue.Fund(sub, Usdt, "1000");
        var order = venue.Accept(sub, Good with { Size = 20 });
        venue.Accept(0, new SetLocked { User = sub, Locked = 1 });
        Assert.Equal((ushort)SpotRefusal.UserLocked, venue.Send(sub, Good with { Size = 20 }).Refusal);
        Assert.Equal((ushort)SpotRefusal.UserLocked, venue.Send(sub, new AmendOrder { OrderId = order, Size = 30 }).Refusal);
        Assert.Equal((ushort)SpotRefusal.UserLocked, venue.Send(sub, new CreateTrigger
        {
            Instrument = 1, Wallet = 1, Rule = TriggerRule.AtOrAbove, TriggerPrice = 1100, Price = 1100, Size = 100,
        }).Refusal);
        venue.Accept(sub, new CancelOrder { OrderId = order });
    }

    [Fact]
    public void M_011_M_026_late_commands_unknown_users_and_unknown_commands()
    {
        var (venue, ann) = Ready();
        Assert.Equal(KernelRefusal.Expired, venue.Send(ann, Good with { Size = 20 }, default, venue.Now - 1, []).Refusal);
        Assert.Equal(0, venue.Send(ann, Good with { Size = 20 }, default, venue.Now, []).Refusal);
        Assert.Equal((ushort)SpotRefusal.UserNotFound, venue.Send(99, Good).Refusal);
        var accepted = venue.Machine.Sequence;
        var record = Record(ann, Good, default, 0, []);
        foreach (var broken in new[] { record[..^1], [.. record, .. new byte[40_000]], [.. BitConverter.GetBytes((ushort)999), .. record[2..]] })
        {
            Assert.Equal(KernelRefusal.UnknownCommand, venue.Execute(new Stamp(venue.Machine.Sequence + 1, venue.Now), broken).Refusal);
        }
        Assert.Equal(accepted + 3, venue.Machine.Sequence);
    }

    [Fact]
    public void S_070_S_080_borrowing_is_refused_until_there_is_something_to_borrow_from()
    {
        var (venue, ann) = Ready();
        Assert.Equal((ushort)SpotRefusal.BorrowingNotAvailable, venue.Send(ann, Good with { Flags = OrderFlags.AutoBorrow }).Refusal);
        Assert.Equal((ushort)SpotRefusal.MarginBorrowingNotAvailable, venue.Send(ann, Good with
        {
            Flags = OrderFlags.AutoRepay, Wallet = WalletId.Margin(new InstrumentId(1)).Value,
        }).Refusal);
    }

    // M-027: the record of a killed order has an id, so the counter moves; everything else stays.
    [Fact]
    public void M_027_M_028_killed_orders_leave_a_finished_record()
    {
        var (venue, ann) = Ready();
        var result = venue.Send(ann, Good with { Price = 1050, TimeInForce = TimeInForce.PostOnly });
        Assert.Equal(result.ObjectId, venue.Only<OrderFinished>().OrderId);
        Assert.Equal((FinishReason.PostOnly, 1000L), (venue.Only<OrderFinished>().Reason, venue.Only<OrderFinished>().Left));
        Assert.Equal((ushort)SpotRefusal.OrderNotFound, venue.Send(ann, new CancelOrder { OrderId = result.ObjectId }).Refusal);
        Assert.Equal(result.ObjectId + 1, venue.Accept(ann, Good with { Size = 20 }));
    }
}
