using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Positions;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;
using static Sluice.Server.Tests.Views.Futures.FuturesRig;

namespace Sluice.Server.Tests.Views.Futures;

public sealed class FuturesViewsTests
{
    [Fact]
    public void F_014_a_contract_reads_as_it_was_listed()
    {
        var rig = new FuturesRig();
        Assert.True(rig.Futures.TryGet("BTC_USDT", out var linear));
        Assert.Equal((Perpetual, WalletId.FuturesUsdt.Value, "USDT", "BTC_USDT"), (linear.Id, linear.Wallet, linear.Settle.Code, linear.Index));
        Assert.Equal(LinearTiers.Length, linear.Contract.RiskLimits.Count);
        Assert.Equal(LinearTiers[1].Limit, linear.Contract.RiskLimits[1].Limit);
        Assert.Equal("100", linear.Contract.RiskLimits[1].LeverageMax.ToString());
        Assert.Equal(28_800, linear.Terms.Funding!.IntervalSeconds);
        Assert.True(rig.Futures.TryGet("BTC_USD", out var inverse));
        Assert.Equal((WalletId.FuturesBtc.Value, true, false), (inverse.Wallet, inverse.IsInverse, inverse.IsDelivery));
        Assert.Equal([linear], rig.Futures.In(WalletId.FuturesUsdt.Value));
    }

    [Fact]
    public void A_fill_changes_both_orders_last_price_and_what_was_traded()
    {
        var heard = new HeardFutures();
        var rig = new FuturesRig(heard);
        rig.Step(now => now.Tell(Order(1, Alice, -5, 1_000_000), "t-a", "tag"));
        rig.Step(now =>
        {
            now.Tell(Order(2, Bob, 3, 1_000_100), "apiv4", "");
            now.Tell(Fill(7, 1_000_000, 3, 1, Alice, 2, Bob, Money.Units(30)) with { MakerLeft = 2, MakerFee = new Money(5), TakerFee = new Money(9), TakerClosed = 1 });
            now.Tell(new ContractOrderFinished { OrderId = 2, User = Bob, Instrument = Perpetual, Reason = FinishReason.Filled });
        });
        var contract = rig.Futures.Of(Perpetual);
        Assert.Equal((1_000_000, 3, 7L), (contract.LastPrice, contract.TradeSize, contract.LastTradeId));
        Assert.True(rig.Futures.TryGetOrder(1, out var maker));
        Assert.Equal((2L, 3L, Money.Units(30), new Money(5), "t-a", true), (maker.Left, maker.FilledSize, maker.FilledValue, maker.Fee, maker.Text, maker.IsOpen));
        Assert.True(rig.Futures.TryGetOrder(2, out var taker));
        Assert.Equal((0L, FinishReason.Filled), (taker.Left, taker.Finish));
        Assert.Same(maker, Assert.Single(rig.Futures.OpenOrdersOf(Alice)));
        Assert.Equal([(Alice, Side.Sell, true, 0L), (Bob, Side.Buy, false, 1L)], heard.Fills.Select(fill => (fill.User, fill.Side, fill.IsMaker, fill.ClosedSize)));
        Assert.Equal([OrderChange.Put, OrderChange.Put, OrderChange.Update, OrderChange.Finish], heard.Orders.Select(told => told.Change));
        Assert.True(rig.Futures.TryGetOrder(Alice, "t-a", null, out var named));
        Assert.Same(maker, named);
    }

    [Fact]
    public void Participants_have_public_trades_and_books_and_nothing_else()
    {
        var heard = new HeardFutures();
        var rig = new FuturesRig(heard);
        rig.Step(now =>
        {
            now.Tell(Order(1, Maker, -5, 1_000_000) with { Flags = ContractOrderFlags.Participant }, "", "");
            now.Tell(new BookDelta { Instrument = Perpetual, Side = Side.Sell, Price = 1_000_000, Size = 5, UpdateId = 1 });
            now.Tell(new BestChanged { Instrument = Perpetual, UpdateId = 1, AskPrice = 1_000_000, AskSize = 5 });
            now.Tell(Position(Maker, -5, -Money.Units(50)) with { Participant = 1 });
        });
        Assert.Empty(heard.Orders);
        Assert.Empty(heard.Positions);
        Assert.Equal(1_000_000, rig.Futures.Of(Perpetual).Book.Best.Ask.Price);
        Assert.Equal((5L, 0, 1), (rig.Futures.Of(Perpetual).Interest.Size, rig.Futures.Of(Perpetual).Interest.Longs, rig.Futures.Of(Perpetual).Interest.Shorts));
    }

    [Fact]
    public void F_031_a_row_stays_when_its_size_is_zero_and_open_interest_is_the_longs()
    {
        var rig = new FuturesRig();
        rig.Step(now =>
        {
            now.Tell(Position(Alice, 7, Money.Units(70)));
            now.Tell(Position(Bob, -7, -Money.Units(70)));
        });
        var contract = rig.Futures.Of(Perpetual);
        Assert.Equal(new OpenInterest(7, 7, 1, 1), contract.Interest);
        rig.Step(now => now.Tell(Position(Alice, 0, Money.Zero) with { UpdateId = 2, Cause = PositionCause.Fill }));
        Assert.Equal(new OpenInterest(0, 7, 0, 1), contract.Interest);
        var row = Assert.Single(rig.Futures.PositionsOf(Alice, WalletId.FuturesUsdt.Value));
        Assert.Equal((0L, 2L, 1000), (row.Size, row.UpdateId, row.Leverage));
    }

    [Fact]
    public void F_095_a_cross_account_is_cash_profit_and_what_positions_and_orders_ask()
    {
        var rig = new FuturesRig();
        rig.Mark(1_000_000);
        rig.Cash(Alice, WalletId.FuturesUsdt, Money.Units(10_000));
        rig.Step(now => now.Tell(Position(Alice, 1_000, Money.Units(10_000))));     // 0.1 coins at 100,000
        rig.Mark(1_010_000);
        rig.Step(now => now.Tell(Order(1, Alice, 100, 1_000_000), "t-a", ""));
        var account = new FuturesAccounts(rig.Views).Of(Alice, WalletId.FuturesUsdt.Value);
        Assert.Equal("100", account.Risk.Unrealised.ToString());
        Assert.Equal("10100", account.Risk.Equity.ToString());
        Assert.Equal("1017.575", account.Risk.InitialMargin.ToString());            // V/L + V·f of 10,100 (F-102)
        Assert.Equal("47.975", account.Risk.Maintenance.ToString());                // 0.4 % + 0.075 %
        Assert.Equal("101.5", account.CrossOrderMargin.ToString());                 // 1,000 · (1/10 + 2 · 0.00075), a linear buy (F-104)
        Assert.Equal("8880.925", account.Risk.Transferable.ToString());             // profit does not count (F-094)
        var position = Assert.Single(account.Positions);
        Assert.Equal(("10100", "100", 0), (position.Value.ToString(), position.Unrealised.ToString(), position.Tier));
        Assert.Equal("0.004", DecimalText.Format(position.AverageMaintenanceRate.Raw, Rate.Decimals));
        Assert.Null(position.LiquidationPrice);                                     // the account is worth more than the position
        Assert.Equal(1, position.PendingOrders);

        rig.Step(now => now.Tell(new Sluice.Products.Futures.Events.OpenLossMeasured { OrderId = 1, Mark = 990_000, User = Alice, Instrument = FuturesRig.Perpetual }));
        Assert.Equal("111.5", new FuturesAccounts(rig.Views).Of(Alice, WalletId.FuturesUsdt.Value).CrossOrderMargin.ToString());      // 0.01 coins, 1,000 above the mark of then (F-109)
    }

    [Fact]
    public void F_115_an_isolated_leg_has_its_own_margin_level_and_liquidation_price()
    {
        var rig = new FuturesRig();
        rig.Mark(1_000_000);
        rig.Cash(Alice, WalletId.FuturesUsdt, Money.Units(10_000), Money.Units(1_000));
        rig.Step(now => now.Tell(Position(Alice, 1_000, Money.Units(10_000), isCross: false, margin: Money.Units(1_000))));
        var account = new FuturesAccounts(rig.Views).Of(Alice, WalletId.FuturesUsdt.Value);
        Assert.Equal(("1000", "9000"), (account.IsolatedMargin.ToString(), account.Risk.Cash.ToString()));
        var position = Assert.Single(account.Positions);
        Assert.Equal(904_296, position.LiquidationPrice);                           // (10,000 − 1,000) / (0.1 · (1 − 0.00475)), up to the tick
        Assert.Equal("21.05263158", position.Level.ToString());                     // 1,000 / 47.5
        Assert.Equal("1007.5", position.InitialMargin.ToString());                  // at entry, with the exit fee (F-101)
    }

    [Fact]
    public void F_203_lights_go_from_the_first_fifth_of_the_ranked_size_to_the_last()
    {
        var rig = new FuturesRig();
        rig.Mark(1_000_000);
        foreach (var user in new[] { Alice, Bob }) rig.Cash(user, WalletId.FuturesUsdt, Money.Units(10_000));
        rig.Step(now =>
        {
            now.Tell(Position(Alice, 100, Money.Units(500)));                       // bought at half the price: it gains most
            now.Tell(Position(Bob, 900, Money.Units(9_000)));
        });
        var accounts = new FuturesAccounts(rig.Views);
        var rows = new[] { Alice, Bob }.Select(user => rig.Futures.PositionsOf(user, WalletId.FuturesUsdt.Value)[0]).ToArray();
        Assert.Equal([1, 5], rows.Select(accounts.LightOf));
        Assert.Equal(6, accounts.LightOf(rows[0] with { Size = 0 }));
    }

    [Fact]
    public void A_trigger_reads_until_it_fires()
    {
        var rig = new FuturesRig();
        var terms = new CreateContractTrigger { Instrument = Perpetual, TriggerPrice = 900_000, Size = -3, Rule = TriggerRule.AtOrBelow, PriceType = TriggerPriceType.Mark, ExpirationSeconds = 60 };
        rig.Step(now => now.Tell(new ContractTriggerCreated { TriggerId = 5, User = Alice, Status = TriggerStatus.Open, Terms = terms }, "t-x"));
        Assert.Equal(("t-x", 900_000L), Assert.Single(rig.Futures.OpenTriggersOf(Alice)) is { } open ? (open.Text, open.TriggerPrice) : default);
        rig.Step(now => now.Tell(new ContractTriggerFinished { TriggerId = 5, User = Alice, Instrument = Perpetual, OrderId = 8, Status = TriggerStatus.Succeeded }));
        Assert.Empty(rig.Futures.OpenTriggersOf(Alice));
        Assert.True(rig.Futures.TryGetTrigger(5, out var fired));
        Assert.Equal((8L, TriggerStatus.Succeeded), (fired.FiredOrder, fired.Status));
    }

    [Fact]
    public void F_041_own_rates_override_the_contracts()
    {
        var rig = new FuturesRig();
        var contract = rig.Futures.Of(Perpetual);
        Assert.Equal((Linear.MakerFee, Linear.TakerFee), Raw(rig.Futures.RatesOf(Alice, contract)));
        rig.Step(now => now.Tell(new ContractFeesChanged { Terms = new SetContractFees { User = Alice, MakerFee = 7, TakerFee = long.MinValue } }));
        Assert.Equal((7L, Linear.TakerFee), Raw(rig.Futures.RatesOf(Alice, contract)));

        static (long, long) Raw((Rate Maker, Rate Taker) rates) => (rates.Maker.Raw, rates.Taker.Raw);
    }
}

/// <summary>Writes down what it is told of contracts.</summary>
internal sealed class HeardFutures : IViewListener
{
    public List<(ContractOrderRow Order, OrderChange Change)> Orders { get; } = [];
    public List<ContractFillRow> Fills { get; } = [];
    public List<PositionRow> Positions { get; } = [];

    public void ContractOrderChanged(ContractOrderRow order, OrderChange change) => Orders.Add((order, change));

    public void ContractFilled(ContractFillRow fill) => Fills.Add(fill);

    public void PositionChanged(PositionRow position) => Positions.Add(position);
}
