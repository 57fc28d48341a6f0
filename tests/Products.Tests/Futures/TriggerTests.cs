using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Price-triggered orders of contracts (M-100…M-109).</summary>
public class TriggerTests
{
    [Fact]
    public void M_101_M_109_a_trigger_is_on_the_far_side_of_its_price_and_there_are_so_many()
    {
        var e = Ready(c => c with { TriggersLimit = 2 });
        Assert.Equal(FuturesRefusal.TriggerPriceOnWrongSide, e.Refused("A", Trigger(e, "84000", TriggerRule.AtOrAbove, 1), "t-x"));
        Assert.Equal(FuturesRefusal.InvalidCombination, e.Refused("A", Trigger(e, "84100", TriggerRule.AtOrAbove, 0), ""));
        Assert.Equal(FuturesRefusal.InvalidCombination, e.Refused("A", Trigger(e, "84100", TriggerRule.AtOrAbove, 1) with { OrderType = TriggerOrderType.CloseLongOrder }, ""));
        Assert.Equal(FuturesRefusal.OffTick, e.Refused("A", Trigger(e, "84100", TriggerRule.AtOrAbove, 1) with { TriggerPrice = e.P("84100") + 1 }, ""));
        e.Accept("A", Trigger(e, "84100", TriggerRule.AtOrAbove, 1), "");
        e.Accept("A", Trigger(e, "83900", TriggerRule.AtOrBelow, 1), "");
        Assert.Equal(FuturesRefusal.TooManyTriggers, e.Refused("A", Trigger(e, "84100", TriggerRule.AtOrAbove, 1), ""));
    }

    [Theory]
    [InlineData(TriggerPriceType.Mark)]
    [InlineData(TriggerPriceType.Index)]
    public void M_102_M_103_M_104_mark_and_index_triggers_fire_once_after_the_price(TriggerPriceType type)
    {
        var e = Ready();
        e.Place("B", -5, "84200");
        var id = e.Accept("A", Trigger(e, "84100", TriggerRule.AtOrAbove, 2) with { PriceType = type }, "t-up");
        e.Price("84099");
        Assert.Empty(e.Events<ContractTriggerFinished>());
        e.Price("84100");
        var finished = Assert.Single(e.Events<ContractTriggerFinished>());
        Assert.Equal((id, TriggerStatus.Succeeded, e.P("84100")), (finished.TriggerId, finished.Status, finished.ReferencePrice));
        Assert.Equal(id, Assert.Single(e.Events<ContractOrderAccepted>()).TriggerId);
        Assert.Equal(2, e.Of("A").Size);
        e.Price("84300");
        Assert.Empty(e.Events<ContractOrderAccepted>());
    }

    // Whoever trades asks nobody where none waits: so that must be known at once, and also behind a snapshot.
    [Fact]
    public void M_102_a_contract_knows_whether_any_price_is_waited_for()
    {
        var e = Ready();
        Assert.False(e.Market.HasTriggers);
        var up = e.Accept("A", Trigger(e, "84100", TriggerRule.AtOrAbove, 1), "");
        var down = e.Accept("A", Trigger(e, "83900", TriggerRule.AtOrBelow, 1) with { PriceType = TriggerPriceType.Index }, "");
        Assert.True(e.Market.HasTriggers);
        Assert.True(e.Venue.Restored().Products.Futures.State.Markets[0].HasTriggers);
        e.Accept("A", new CancelContractTrigger { TriggerId = up });
        Assert.True(e.Market.HasTriggers);
        e.Accept("A", new CancelContractTrigger { TriggerId = down });
        Assert.False(e.Market.HasTriggers);
        Assert.False(e.Venue.Restored().Products.Futures.State.Markets[0].HasTriggers);
    }

    [Fact]
    public void MX_18_M_102_last_price_triggers_fire_after_the_trade_and_before_the_next_command()
    {
        var e = Ready();
        e.Place("B", -1, "84050");
        e.Place("B", -1, "84100");
        e.Place("B", -5, "84150");
        e.Accept("A", Trigger(e, "84100", TriggerRule.AtOrAbove, 3), "");
        e.Place("C", 1, "84050", TimeInForce.ImmediateOrCancel);
        Assert.Empty(e.Events<ContractTriggerFinished>());
        e.Place("C", 1, "84100", TimeInForce.ImmediateOrCancel);
        Assert.Single(e.Events<ContractTriggerFinished>());
        Assert.Equal(3, e.Of("A").Size);
    }

    [Fact]
    public void F_162_M_004_liquidations_come_before_triggers()
    {
        var e = Ready();
        e.Endow("100000");
        e.Leverage("A", 20);
        e.Trade("B", "A", 1_000, "84000");
        // A stop that would have saved it comes too late: its scope's triggers end with the liquidation.
        var stop = e.Accept("A", new CreateContractTrigger
        {
            Instrument = e.Id, TriggerPrice = e.P("80000"), Rule = TriggerRule.AtOrBelow, PriceType = TriggerPriceType.Mark, TimeInForce = TimeInForce.ImmediateOrCancel,
            OrderType = TriggerOrderType.CloseLongPosition,
        }, "");
        e.Price("79500");
        Assert.Equal((stop, TriggerStatus.Cancelled), Assert.Single(e.Events<ContractTriggerFinished>()) is var f ? (f.TriggerId, f.Status) : default);
    }

    [Fact]
    public void M_106_M_108_a_position_trigger_closes_all_of_it_and_ends_with_it()
    {
        var e = Ready();
        e.Trade("B", "A", 10, "84000");
        var closing = new CreateContractTrigger
        {
            Instrument = e.Id, TriggerPrice = e.P("83950"), Rule = TriggerRule.AtOrBelow, PriceType = TriggerPriceType.Mark, TimeInForce = TimeInForce.ImmediateOrCancel,
            OrderType = TriggerOrderType.CloseLongPosition,
        };
        var first = e.Accept("A", closing, "");
        var second = e.Accept("A", closing with { TriggerPrice = e.P("83900") }, "");
        e.Place("C", 50, "83940");
        e.Price("83950");
        Assert.Equal(0, e.Of("A").Size);
        Assert.Equal([(second, TriggerStatus.Cancelled), (first, TriggerStatus.Succeeded)], e.Events<ContractTriggerFinished>().Select(f => (f.TriggerId, f.Status)));
    }

    [Fact]
    public void M_107_attached_take_profit_and_stop_loss_live_with_their_parent()
    {
        var e = Ready();
        Assert.Equal(FuturesRefusal.StopPriceGeometry, e.Refused("A", e.Order(10, "84000") with { TakeProfitTrigger = e.P("83000") }));
        var parent = e.Place("A", e.Order(10, "84000") with { TakeProfitTrigger = e.P("84100"), StopLossTrigger = e.P("83900") });
        Assert.All(e.Events<ContractTriggerCreated>(), t => Assert.Equal((TriggerStatus.Inactive, parent), (t.Status, t.ParentOrder)));
        e.Place("B", -4, "84000", TimeInForce.ImmediateOrCancel);
        Assert.All(e.Events<ContractTriggerUpdated>(), t => Assert.Equal((TriggerStatus.Open, -4L), (t.Status, t.Terms.Size)));
        Assert.Equal(e.Venue.Machine.StateHash(), e.Venue.Restored().Machine.StateHash());
        e.Place("B", 4, "84090");
        e.Place("C", -1, "84100");
        e.Place("B", 1, "84100", TimeInForce.ImmediateOrCancel);
        Assert.Equal([TriggerStatus.Cancelled, TriggerStatus.Succeeded], e.Events<ContractTriggerFinished>().Select(f => f.Status));
        Assert.Equal(0, e.Of("A").Size);
    }

    [Fact]
    public void M_103_a_trigger_expires_is_cancelled_amended_or_fails_with_a_reason()
    {
        var e = Ready();
        var id = e.Accept("A", Trigger(e, "84100", TriggerRule.AtOrAbove, 1) with { ExpirationSeconds = 10, PriceType = TriggerPriceType.Mark }, "");
        Assert.Equal(FuturesRefusal.TriggerNotFound, e.Refused("B", new CancelContractTrigger { TriggerId = id }));
        Assert.Equal(FuturesRefusal.NoChange, e.Refused("A", new AmendContractTrigger { TriggerId = id, TriggerPrice = e.P("84100") }));
        e.Accept("A", new AmendContractTrigger { TriggerId = id, TriggerPrice = e.P("84200") });
        Assert.Equal(e.P("84200"), Assert.Single(e.Events<ContractTriggerUpdated>()).Terms.TriggerPrice);
        e.Wait(10);
        Assert.Equal(TriggerStatus.Expired, Assert.Single(e.Events<ContractTriggerFinished>()).Status);

        e.Accept("A", Trigger(e, "84100", TriggerRule.AtOrAbove, 1) with { PriceType = TriggerPriceType.Mark }, "");
        e.Price("84100");
        var failed = Assert.Single(e.Events<ContractTriggerFinished>());
        Assert.Equal((TriggerStatus.Failed, (ushort)FuturesRefusal.NoCounterparty), (failed.Status, failed.Refusal));

        e.Accept("A", Trigger(e, "84300", TriggerRule.AtOrAbove, 1), "");
        Assert.Equal(1, e.Accept("A", new CancelAllContractTriggers { Wallet = 2 }));
    }

    private static CreateContractTrigger Trigger(Exchange e, string price, TriggerRule rule, long size) => new()
    {
        Instrument = e.Id, TriggerPrice = e.P(price), Rule = rule, Size = size, TimeInForce = TimeInForce.ImmediateOrCancel,
    };

    private static Exchange Ready(Func<ListContract, ListContract>? change = null) =>
        Exchange.With(Btc.Terms, "84000", change).User("A", "100000").User("B", "10000000").User("C", "10000000");
}
