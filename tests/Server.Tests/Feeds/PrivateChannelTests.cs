using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Wallet;
using Sluice.Server.Views;

namespace Sluice.Server.Tests.Feeds;

/// <summary>Results of the private channels, byte for byte, and who gets them.</summary>
public sealed class PrivateChannelTests
{
    private const long Created = 1_700_000_000_123_456_789;

    private static readonly OrderRow Order = new()
    {
        Id = 30_784_435, User = 1001, Instrument = 1, Wallet = 1, Side = Side.Buy, Type = OrderType.Limit, TimeInForce = TimeInForce.GoodTillCancelled,
        Price = 840_000, Size = 1_000_000, Budget = Money.Zero, Iceberg = 0, MakerRate = 0, TakerRate = 0, SlippageRate = 0, StpGroup = 0,
        StpAction = SelfTradeAction.None, Flags = OrderFlags.None, TriggerId = 0, Text = "t-abc", ChannelTag = "", CreatedNanos = Created,
        Left = 1_000_000, UpdatedNanos = Created, FeeAsset = 1,
    };

    private static readonly FillRow Fill = new()
    {
        Trade = new TradeRow(1, 7, Created, Side.Buy, 839_905, 1_500_000, Money.Units(1)), User = 1001, OrderId = 30_784_435, Side = Side.Buy, IsMaker = false,
        Fee = new Money(1_500_000_000), FeeAsset = 1, FeeByToken = false, Text = "t-abc", AmendText = "",
    };

    private static readonly BalanceRow Balance = new()
    {
        Sequence = 5, TimeNanos = Created, User = 1001, Wallet = 1, Asset = 2, Change = Money.Zero, HeldChange = Money.Units(100), Total = Money.Units(1000),
        Held = Money.Units(300), Reason = Reason.OrderHold, Reference = 30_784_435, Instrument = 1, UpdateId = 3,
    };

    private static string Result(JsonElement push) => push.GetProperty("result").GetRawText();

    [Fact]
    public async Task Orders_put_updated_and_finished()
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.SubscribeAsync("spot.orders", """["!all"]""", key: "full");
        feeds.Feeds.OrderChanged(Order, OrderChange.Put);
        Assert.Equal("""[{"id":"30784435","user":1001,"text":"t-abc","create_time":"1700000000","create_time_ms":"1700000000123","update_time":"1700000000","update_time_ms":"1700000000123","event":"put","currency_pair":"BTC_USDT","type":"limit","account":"spot","side":"buy","amount":"1","price":"84000","time_in_force":"gtc","left":"1","filled_total":"0","filled_amount":"0","avg_deal_price":"0","fee":"0","fee_currency":"BTC","point_fee":"0","gt_fee":"0","rebated_fee":"0","rebated_fee_currency":"USDT","gt_discount":false,"auto_repay":false,"auto_borrow":false,"stp_id":0,"stp_act":"-","finish_as":"open","amend_text":"-","biz_info":"-"}]""",
            Result(await socket.NextUpdateAsync("spot.orders")));
        feeds.Feeds.OrderChanged(Order with
        {
            Left = 400_000, FilledSize = 600_000, FilledValue = Money.Units(50_399), Fee = new Money(600_000_000), AmendText = "t-amended", ChannelTag = "ccxt",
            StpGroup = 3, StpAction = SelfTradeAction.CancelOldest,
        }, OrderChange.Update);
        var update = (await socket.NextUpdateAsync("spot.orders")).GetProperty("result")[0];
        Assert.Equal(("update", "0.4", "50399", "0.6", "83998.33333", "0.0006"), (update.GetProperty("event").GetString(), update.GetProperty("left").GetString(),
            update.GetProperty("filled_total").GetString(), update.GetProperty("filled_amount").GetString(), update.GetProperty("avg_deal_price").GetString(),
            update.GetProperty("fee").GetString()));
        Assert.Equal(("t-amended", "ch:ccxt", 3, "co"), (update.GetProperty("amend_text").GetString(), update.GetProperty("biz_info").GetString(),
            update.GetProperty("stp_id").GetInt32(), update.GetProperty("stp_act").GetString()));
        feeds.Feeds.OrderChanged(Order with
        {
            Type = OrderType.Market, TimeInForce = TimeInForce.ImmediateOrCancel, Price = 0, Size = 0, Budget = Money.Units(100), BudgetLeft = Money.Units(2),
            Finish = FinishReason.DepthNotEnough,
        }, OrderChange.Finish);
        var finish = (await socket.NextUpdateAsync("spot.orders")).GetProperty("result")[0];
        Assert.Equal(("finish", "market", "100", "2", "ioc", "depth_not_enough"), (finish.GetProperty("event").GetString(), finish.GetProperty("type").GetString(),
            finish.GetProperty("amount").GetString(), finish.GetProperty("left").GetString(), finish.GetProperty("time_in_force").GetString(),
            finish.GetProperty("finish_as").GetString()));
    }

    [Fact]
    public async Task Orders_v2_and_usertrades_v2_leave_the_fees_out()
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.SubscribeAsync("spot.orders_v2", """["BTC_USDT"]""", key: "full");
        await socket.SubscribeAsync("spot.usertrades_v2", """["BTC_USDT"]""", key: "full");
        feeds.Feeds.OrderChanged(Order, OrderChange.Put);
        feeds.Feeds.Filled(Fill);
        var names = (await socket.NextUpdateAsync("spot.orders_v2")).GetProperty("result")[0].EnumerateObject().Select(property => property.Name).ToList();
        Assert.Empty(names.Intersect(["fee", "point_fee", "gt_fee", "rebated_fee"]));
        Assert.Contains("fee_currency", names);
        Assert.Equal("""[{"id":57345,"id_market":7,"user_id":1001,"order_id":"30784435","currency_pair":"BTC_USDT","create_time":1700000000,"create_time_ms":"1700000000123.456789","side":"buy","amount":"1.5","role":"taker","price":"83990.5","text":"t-abc"}]""",
            Result(await socket.NextUpdateAsync("spot.usertrades_v2")));
    }

    [Fact]
    public async Task Usertrades_with_the_fee_in_what_was_received_or_in_the_token()
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.SubscribeAsync("spot.usertrades", """["!all"]""", key: "full");
        feeds.Feeds.Filled(Fill);
        Assert.Equal("""[{"id":57345,"id_market":7,"user_id":1001,"order_id":"30784435","currency_pair":"BTC_USDT","create_time":1700000000,"create_time_ms":"1700000000123.456789","side":"buy","amount":"1.5","role":"taker","price":"83990.5","fee":"0.0015","fee_currency":"BTC","point_fee":"0","gt_fee":"0","text":"t-abc"}]""",
            Result(await socket.NextUpdateAsync("spot.usertrades")));
        feeds.Feeds.Filled(Fill with { IsMaker = true, Side = Side.Sell, FeeByToken = true });
        var byToken = (await socket.NextUpdateAsync("spot.usertrades")).GetProperty("result")[0];
        Assert.Equal(("maker", "sell", "0", "USDT", "0.0015"), (byToken.GetProperty("role").GetString(), byToken.GetProperty("side").GetString(),
            byToken.GetProperty("fee").GetString(), byToken.GetProperty("fee_currency").GetString(), byToken.GetProperty("gt_fee").GetString()));
    }

    [Fact]
    public async Task Balances_and_the_words_for_their_reasons()
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.SubscribeAsync("spot.balances", null, key: "full");
        feeds.Feeds.BalanceChanged(Balance);
        Assert.Equal("""[{"timestamp":"1700000000","timestamp_ms":"1700000000123","user":"1001","currency":"USDT","change":"0","total":"1000","available":"700","freeze":"300","freeze_change":"100","change_type":"order-create"}]""",
            Result(await socket.NextUpdateAsync("spot.balances")));
        (Reason, string)[] words =
        [
            (Reason.Fund, "deposit"), (Reason.Deposit, "deposit"), (Reason.OrderRelease, "order-update"), (Reason.OrderAmend, "order-update"), (Reason.OrderFill, "order-match"),
            (Reason.Fee, "trade-fee-deduct"), (Reason.FeeToken, "trade-fee-deduct"), (Reason.SubTransferIn, "other"), (Reason.Reset, "other"),
        ];
        foreach (var (reason, word) in words)
        {
            feeds.Feeds.BalanceChanged(Balance with { Reason = reason });
            Assert.Equal(word, (await socket.NextUpdateAsync("spot.balances")).GetProperty("result")[0].GetProperty("change_type").GetString());
        }
    }

    [Fact]
    public async Task A_transfer_is_named_by_its_other_end_and_margin_wallets_have_a_channel_of_their_own()
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.SubscribeAsync("spot.balances", "[]", key: "full");
        await socket.SubscribeAsync("spot.margin_balances", null, key: "full");
        var margin = WalletId.Margin(new InstrumentId(1)).Value;
        feeds.Feeds.BalanceChanged(Balance with { Reason = Reason.TransferOut, Change = Money.Units(-5), HeldChange = Money.Zero, Reference = 77 });
        feeds.Feeds.BalanceChanged(Balance with { Reason = Reason.TransferIn, Wallet = margin, Change = Money.Units(5), Total = Money.Units(5), Held = Money.Zero, Reference = 77 });
        feeds.Feeds.Transferred(new TransferRow(77, 5, Created, 1001, 1001, 1, 1001, margin, 2, Money.Units(5), TransferRoute.Wallets, ""));
        var spot = (await socket.NextUpdateAsync("spot.balances")).GetProperty("result")[0];
        Assert.Equal(("-5", "margin-transfer"), (spot.GetProperty("change").GetString(), spot.GetProperty("change_type").GetString()));
        Assert.Equal("""[{"timestamp":"1700000000","timestamp_ms":"1700000000123","user":"1001","currency_pair":"BTC_USDT","currency":"USDT","change":"5","available":"5","freeze":"0","borrowed":"0","interest":"0"}]""",
            Result(await socket.NextUpdateAsync("spot.margin_balances")));
    }

    [Fact]
    public async Task Priceorders_are_objects()
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.SubscribeAsync("spot.priceorders", """["!all"]""", key: "full");
        var trigger = new TriggerRow
        {
            Id = 12, User = 1001, Instrument = 1, Wallet = 1, TriggerPrice = 850_000, Rule = TriggerRule.AtOrAbove, ExpiresAtNanos = Created + 60 * Nanos.PerSecond,
            Side = Side.Sell, Type = OrderType.Limit, TimeInForce = TimeInForce.GoodTillCancelled, Price = 849_995, ParentOrder = 0, Role = TriggerRole.Plain,
            Text = "apiv4", CreatedNanos = Created, Size = 1_000_000, Status = TriggerStatus.Open,
        };
        feeds.Feeds.TriggerChanged(trigger);
        Assert.Equal("""{"market":"BTC_USDT","uid":"1001","id":"12","currency_type":"BTC","exchange_type":"USDT","reason":"","err_msg":"","fired_order_id":0,"instant_cancel":false,"trigger_price":"85000","trigger_rule":">=","trigger_expiration":60,"price":"84999.5","amount":"1","source":"apiv4","order_type":"limit","side":"sell","engine_type":"normal","is_stop_order":false,"stop_trigger_price":"0","stop_trigger_rule":"","stop_price":"0","ctime":"1700000000123","ftime":"-62135596800000"}""",
            Result(await socket.NextUpdateAsync("spot.priceorders")));
        feeds.Feeds.TriggerChanged(trigger with { Status = TriggerStatus.Succeeded, FiredOrder = 99, FinishedNanos = Created });
        var fired = (await socket.NextUpdateAsync("spot.priceorders")).GetProperty("result");
        Assert.Equal((99, "1700000000123", "fired"), (fired.GetProperty("fired_order_id").GetInt64(), fired.GetProperty("ftime").GetString(), fired.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task Nobody_sees_anothers_and_who_follows_all_and_one_sees_once()
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var mine = await feeds.ConnectAsync();
        await using var others = await feeds.ConnectAsync();
        await mine.SubscribeAsync("spot.orders", """["ETH_USDT","BTC_USDT"]""", key: "full");
        await mine.SubscribeAsync("spot.orders", """["!all"]""", key: "full");
        await others.SubscribeAsync("spot.orders", """["!all"]""", key: "other");
        feeds.Feeds.OrderChanged(Order, OrderChange.Put);
        feeds.Feeds.OrderChanged(Order with { Id = 2, Instrument = 2 }, OrderChange.Put);
        feeds.Feeds.OrderChanged(Order with { Id = 3, User = 1002 }, OrderChange.Put);
        Assert.Equal("30784435", (await mine.ReadAsync()).GetProperty("result")[0].GetProperty("id").GetString());
        Assert.Equal("2", (await mine.ReadAsync()).GetProperty("result")[0].GetProperty("id").GetString());
        Assert.Equal("3", (await others.ReadAsync()).GetProperty("result")[0].GetProperty("id").GetString());
        await mine.SendAsync("""{"channel":"spot.ping"}""");
        Assert.Equal("spot.pong", (await mine.ReadAsync()).GetProperty("channel").GetString());
    }
}
