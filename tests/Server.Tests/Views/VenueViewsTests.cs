using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;
using Sluice.Server.Views;

namespace Sluice.Server.Tests.Views;

public class VenueViewsTests
{
    [Fact]
    public void M_150_a_taker_is_put_updated_and_finished_and_a_maker_finishes_right_with_its_last_fill()
    {
        var rig = new CoreRig();
        var users = rig.SetUp("alice", "bob");
        var first = rig.Place(users[0], Side.Sell, 1_000_000, 1_000, "t-1");
        var second = rig.Place(users[0], Side.Sell, 1_000_010, 5_000, "t-2");
        rig.Heard.Clear();
        var taker = rig.Place(users[1], Side.Buy, 1_000_010, 3_000, "t-3");

        Assert.Equal(
            [(taker, OrderChange.Put), (taker, OrderChange.Update), (first, OrderChange.Finish), (second, OrderChange.Update), (taker, OrderChange.Finish)],
            rig.Heard.Orders.Select(told => (told.Order.Id, told.Change)));
        Assert.Equal([1L, 2L], rig.Heard.Trades.Select(trade => trade.MarketId));
        Assert.Equal([(first, true), (taker, false), (second, true), (taker, false)], rig.Heard.Fills.Select(fill => (fill.OrderId, fill.IsMaker)));

        Assert.True(rig.Views.TryGetOrder(taker, out var order));
        Assert.Equal(FinishReason.Filled, order.Finish);
        Assert.Equal((0L, 3_000L), (order.Left, order.FilledSize));
        Assert.Equal("300.002", order.FilledValue.ToString());
        Assert.Equal("0.000006", order.Fee.ToString());                     // S-050: 0.2 % of what is received
        Assert.Equal(CoreRig.Btc, order.FeeAsset);
        Assert.Equal([second], rig.Views.OpenOrdersOf(users[0]).Select(open => open.Id));
        Assert.Equal(3_000, rig.Views.OpenOrdersOf(users[0])[0].Left);
        Assert.Equal(1_000_010, rig.Views.PairOf(1).LastPrice);
        Assert.Equal(2, rig.Views.Counts.Trades);
        Assert.Equal(1, rig.Views.Counts.OpenOrders);
    }

    [Fact]
    public void M_027_a_killed_order_leaves_a_finished_record()
    {
        var rig = new CoreRig();
        var users = rig.SetUp("alice", "bob");
        rig.Place(users[0], Side.Sell, 1_000_000, 1_000);
        var poc = rig.Send(users[1], CoreRig.Limit(Side.Buy, 1_000_000, 1_000, TimeInForce.PostOnly));
        Assert.Equal((ushort)SpotRefusal.PostOnlyWouldTake, poc.Refusal);
        Assert.True(rig.Views.TryGetOrder(poc.ObjectId, out var order));
        Assert.Equal((FinishReason.PostOnly, 1_000L), (order.Finish, order.Left));
        Assert.Empty(rig.Views.OpenOrdersOf(users[1]));
    }

    [Fact]
    public void S_031_a_market_buy_keeps_its_budget_left_and_is_told_after_each_fill()
    {
        var rig = new CoreRig();
        var users = rig.SetUp("alice", "bob");
        rig.Place(users[0], Side.Sell, 1_000_000, 1_000);
        rig.Heard.Clear();
        var bought = rig.Send(users[1], new PlaceOrder
        {
            Instrument = 1, Wallet = 1, Side = Side.Buy, Type = OrderType.Market, TimeInForce = TimeInForce.ImmediateOrCancel, Budget = Money.Units(150),
        });
        Assert.True(rig.Views.TryGetOrder(bought.ObjectId, out var order));
        Assert.Equal("50", order.BudgetLeft.ToString());
        Assert.Equal("100", order.FilledValue.ToString());
        Assert.Equal(FinishReason.DepthNotEnough, order.Finish);
        Assert.Equal([OrderChange.Put, OrderChange.Update, OrderChange.Finish],
            rig.Heard.Orders.Where(told => told.Order.Id == bought.ObjectId).Select(told => told.Change));
    }

    [Fact]
    public void S_053_a_fee_in_the_token_is_kept_apart()
    {
        var rig = new CoreRig();
        var users = rig.SetUp("alice", "bob");
        rig.Send(0, new ListAsset { Scale = 12 }, "GT", "Token");
        rig.Send(0, CoreRig.Terms, "GT_USDT", "GT", "USDT");
        foreach (var user in users) rig.Send(0, new Fund { User = user, Wallet = 1, Asset = 3, Amount = Money.Units(100) });
        rig.Send(0, new ConfigureSpot { StpByMainAccount = 1, FeeToken = 3, FeeTokenPair = 2, FeeTokenFactor = Rate.One / 10 * 9 });
        rig.Send(0, new SetTraderSettings { User = users[1], MakerFee = -1, TakerFee = -1, UniqueText = -1, FeeToken = 1 });
        rig.Send(users[0], CoreRig.Limit(Side.Sell, 100, 1_000_000) with { Instrument = 2 });
        rig.Send(users[1], CoreRig.Limit(Side.Buy, 100, 1_000_000) with { Instrument = 2 });
        rig.Place(users[0], Side.Sell, 1_000_000, 1_000);
        var taker = rig.Place(users[1], Side.Buy, 1_000_000, 1_000);
        Assert.True(rig.Views.TryGetOrder(taker, out var order));
        Assert.Equal("0", order.Fee.ToString());
        Assert.Equal("0.018", order.TokenFee.ToString());                   // 100 USDT at 0.18 % and 10 USDT the token
        Assert.True(rig.Views.RatesOf(users[1], rig.Views.PairOf(1)).FeeToken);
        Assert.True(rig.Heard.Fills[^1].FeeByToken);
    }

    [Fact]
    public void M_091_an_amend_changes_the_row_and_its_text()
    {
        var rig = new CoreRig();
        var users = rig.SetUp("alice");
        var id = rig.Place(users[0], Side.Buy, 900_000, 1_000, "t-mine");
        rig.Send(users[0], new AmendOrder { OrderId = id, Price = 910_000, HasText = 1 }, "closer");
        Assert.True(rig.Views.TryGetOrder(id, out var order));
        Assert.Equal((910_000L, 1_000L, "closer", "t-mine"), (order.Price, order.Size, order.AmendText, order.Text));
        Assert.Equal(OrderChange.Update, rig.Heard.Orders[^1].Change);
    }

    [Fact]
    public void M_007_a_text_finds_the_newest_order_while_open_and_half_an_hour_after_creation()
    {
        var rig = new CoreRig();
        var users = rig.SetUp("alice", "bob");
        var old = rig.Place(users[0], Side.Buy, 900_000, 1_000, "t-same");
        var gone = rig.Place(users[0], Side.Buy, 900_001, 1_000, "t-same");
        rig.Place(users[1], Side.Buy, 900_001, 1_000, "t-same");
        rig.Send(users[0], new CancelOrder { OrderId = gone });
        Assert.True(rig.Views.TryGetOrder(users[0], "t-same", 1, out var found));
        Assert.Equal(gone, found.Id);
        rig.NowNanos += 29 * 60 * Nanos.PerSecond;
        rig.Send(0, new Tick());
        Assert.True(rig.Views.TryGetOrder(users[0], "t-same", null, out found));
        Assert.Equal(gone, found.Id);
        rig.NowNanos += 2 * 60 * Nanos.PerSecond;
        rig.Send(0, new Tick());
        Assert.True(rig.Views.TryGetOrder(users[0], "t-same", null, out found));
        Assert.Equal(old, found.Id);
        Assert.False(rig.Views.TryGetOrder(users[0], "t-same", 2, out _));
        Assert.False(rig.Views.TryGetOrder(gone, out _));
    }

    [Fact]
    public void M_152_the_book_is_what_rests_and_its_update_id_grows_by_one()
    {
        var rig = new CoreRig();
        var users = rig.SetUp("alice", "bob");
        rig.Place(users[0], Side.Sell, 1_000_100, 1_000);
        rig.Place(users[0], Side.Sell, 1_000_000, 2_000);
        rig.Place(users[0], Side.Sell, 1_000_050, 3_000);
        rig.Place(users[1], Side.Buy, 999_000, 4_000);
        rig.Place(users[1], Side.Buy, 1_000_000, 500);
        var depth = rig.Views.PairOf(1).Book.Depth(2);
        Assert.Equal([new BookLevel(1_000_000, 1_500), new BookLevel(1_000_050, 3_000)], depth.Asks);
        Assert.Equal([new BookLevel(999_000, 4_000)], depth.Bids);
        Assert.Equal(5, depth.UpdateId);
        Assert.Equal(new BookLevel(999_000, 4_000), rig.Views.PairOf(1).Book.Best.Bid);
    }

    [Fact]
    public void Participants_show_in_trades_and_books_only()
    {
        var rig = new CoreRig();
        rig.SetUp();
        var maker = rig.NewUser("maker", UserFlags.Participant);
        var taker = rig.NewUser("taker", UserFlags.Participant);
        rig.Place(maker, Side.Sell, 1_000_000, 2_000);
        rig.Place(taker, Side.Buy, 1_000_000, 500);
        Assert.Empty(rig.Heard.Orders);
        Assert.Empty(rig.Heard.Fills);
        Assert.Empty(rig.Heard.Balances);
        Assert.Empty(rig.Heard.Deposits);
        Assert.Equal(500, Assert.Single(rig.Heard.Trades).Size);
        Assert.Equal(1_500, rig.Views.PairOf(1).Book.Best.Ask.Size);
        Assert.Equal((0L, 1L, 2L), (rig.Views.Counts.OpenOrders, rig.Views.Counts.ParticipantOrders, rig.Views.Counts.Participants));
    }

    [Fact]
    public void S_012_balances_are_the_ledgers()
    {
        var rig = new CoreRig();
        var users = rig.SetUp("alice", "bob");
        rig.Place(users[0], Side.Sell, 1_000_000, 2_000);
        rig.Place(users[1], Side.Buy, 1_000_000, 3_000);
        foreach (ref readonly var account in rig.Products.Ledger.Accounts)
        {
            if (account.Silent || account.UpdateId == 0) continue;
            Assert.Equal(new BalanceView(account.Wallet, account.Asset, account.Total, account.Held, account.UpdateId),
                rig.Views.BalanceOf(account.Owner, account.Wallet, account.Asset));
        }
        Assert.Equal(new BalanceView(1, 99, Money.Zero, Money.Zero, 0), rig.Views.BalanceOf(users[0], 1, 99));
        Assert.Equal([CoreRig.Btc, CoreRig.Usdt], rig.Views.BalancesOf(users[0]).Select(balance => balance.Asset));
    }

    [Fact]
    public void M_107_S_050_attached_triggers_come_alive_with_size_and_budget_after_fees_and_end()
    {
        var rig = new CoreRig();
        var users = rig.SetUp("alice", "bob");
        var parent = rig.Send(users[0], CoreRig.Limit(Side.Sell, 1_000_000, 2_000) with { TakeProfitTrigger = 950_000, StopLossTrigger = 1_050_000 }).ObjectId;
        Assert.Equal([TriggerStatus.Inactive, TriggerStatus.Inactive], rig.Views.OpenTriggersOf(users[0]).Select(trigger => trigger.Status));
        rig.Place(users[1], Side.Buy, 1_000_000, 500);
        var loss = rig.Views.OpenTriggersOf(users[0])[0];
        Assert.Equal((TriggerStatus.Open, 500L, "49.95", parent), (loss.Status, loss.Size, loss.Budget.ToString(), loss.ParentOrder));
        rig.Send(users[0], new CancelTrigger { TriggerId = loss.Id });
        Assert.True(rig.Views.TryGetTrigger(loss.Id, out var ended));
        Assert.Equal((TriggerStatus.Cancelled, rig.NowNanos), (ended.Status, ended.FinishedNanos));
        Assert.Single(rig.Views.OpenTriggersOf(users[0]));
        Assert.Equal(1, rig.Views.Counts.OpenTriggers);
    }

    [Fact]
    public void Users_keys_transfers_and_deposits_are_known()
    {
        var rig = new CoreRig();
        var main = rig.SetUp("alice")[0];
        var sub = (int)rig.Send(main, new CreateUser { Parent = main }, "alice-sub", "bot", "").ObjectId;
        rig.Send(main, new CreateKey { User = sub, Mode = 1 }, "key-1", "trading", "sealed", "spot:rw", "127.0.0.1");
        rig.Send(main, new SetLocked { User = sub, Locked = 1 });
        rig.Send(main, new SetLocked { User = sub });
        rig.Send(main, new Transfer { FromUser = main, FromWallet = 1, ToUser = sub, ToWallet = 1, Asset = 2, Amount = Money.Units(5), Route = TransferRoute.MainToSub }, "c-1");
        rig.Send(0, new Fund { User = sub, Wallet = 1, Asset = 2, Amount = Money.Units(7), Deposit = 1 }, "TRX", "addr", "tx");
        Assert.Equal([sub], rig.Views.SubAccountsOf(main).Select(user => user.Id));
        Assert.Equal((main, false), (rig.Views.UserOf(sub)!.Main, rig.Views.UserOf(sub)!.Locked));
        Assert.Equal("spot:rw", Assert.Single(rig.Views.KeysOf(sub)).Permissions);
        Assert.Equal(("c-1", TransferRoute.MainToSub), (Assert.Single(rig.Heard.Transfers).ClientOrderId, rig.Heard.Transfers[0].Route));
        Assert.Equal(("TRX", true), (rig.Heard.Deposits[^1].Chain, rig.Heard.Deposits[^1].IsDeposit));
        Assert.Equal("12", rig.Views.BalanceOf(sub, 1, 2).Total.ToString());
        rig.Send(main, new DeleteKey { User = sub }, "key-1");
        Assert.Empty(rig.Views.KeysOf(sub));
        Assert.Equal(["+key-1", "-key-1"], rig.Heard.Keys);
    }

    [Fact]
    public void What_was_listed_is_found_by_name_and_follows_its_status()
    {
        var rig = new CoreRig();
        rig.SetUp();
        Assert.True(rig.Views.TryGetPair("BTC_USDT", out var pair));
        Assert.True(rig.Views.TryGetAsset("USDT", out var quote));
        Assert.Same(quote, pair.Quote);
        Assert.Equal((1_000_000L, rig.NowNanos), (pair.ListingReference, pair.ListedNanos));
        rig.Send(0, new SetMarketStatus { Instrument = 1, Status = MarketStatus.CircuitBreaker });
        Assert.Equal(MarketStatus.CircuitBreaker, pair.Status);
        Assert.Equal(rig.Products.Machine.Sequence, rig.Views.Shown.Sequence);
        Assert.Equal(rig.Views.Shown.Sequence, rig.Heard.Sequence);
    }
}
