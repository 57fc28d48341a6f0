using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Positions;
using Sluice.Server.Feeds;
using Sluice.Server.Feeds.Futures;
using Sluice.Server.Tests.Views.Futures;
using static Sluice.Server.Tests.Feeds.Futures.FuturesFeedRig;
using static Sluice.Server.Tests.Feeds.Futures.FuturesPublicChannelTests;

namespace Sluice.Server.Tests.Feeds.Futures;

/// <summary>What the private channels of contracts carry (websocket rules 8.2).</summary>
public sealed class FuturesPrivateChannelTests
{
    private const string All = """["10001","!all"]""";

    [Fact]
    public async Task M_150_an_order_is_told_when_it_is_new_when_it_changes_and_when_it_ends()
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        Succeeded(await socket.SubscribeAsync("futures.orders", All, "alice"));
        feeds.Venue.Step(rig => rig.Tell(FuturesRig.Order(77, FuturesRig.Alice, -10, 1_000_000), "t-mine", "ccxt"));
        Assert.Equal("""
            [{"id":77,"user":"10001","contract":"BTC_USDT","create_time":1767225600,"create_time_ms":1767225600000,"finish_time":0,"finish_time_ms":0,"update_time":1767225600000,
            "update_id":2,"size":-10,"left":-10,"iceberg":0,"price":100000,"fill_price":0,"status":"open","finish_as":"_new","tif":"gtc","is_close":false,"is_liq":false,
            "is_reduce_only":false,"mkfr":0.0002,"tkfr":0.0005,"refr":0,"refu":0,"text":"t-mine","amend_text":"-","biz_info":"ch:ccxt","stp_id":"0","stp_act":"-",
            "stop_profit_price":"","stop_loss_price":""}]
            """.ReplaceLineEndings(""), Result(await socket.NextUpdateAsync("futures.orders")));

        feeds.Venue.NowNanos += 1_500_000_000;
        feeds.Venue.Step(rig => rig.Tell(FuturesRig.Fill(1, 1_000_010, 4, 99, FuturesRig.Maker, 77, FuturesRig.Alice, Value(40.0004m), Side.Sell)
            with { Flags = ContractFillFlags.MakerParticipant, TakerLeft = 6 }));
        var filled = (await socket.NextUpdateAsync("futures.orders")).GetProperty("result")[0];
        Assert.Equal(("_update", -6, "100001", "open", 0), (filled.GetProperty("finish_as").GetString(), filled.GetProperty("left").GetInt32(),
            filled.GetProperty("fill_price").GetRawText(), filled.GetProperty("status").GetString(), filled.GetProperty("finish_time").GetInt64()));

        feeds.Venue.Step(rig => rig.Tell(new ContractOrderFinished { OrderId = 77, Left = 6, User = FuturesRig.Alice, Instrument = FuturesRig.Perpetual, Reason = FinishReason.PositionClosed }));
        var ended = (await socket.NextUpdateAsync("futures.orders")).GetProperty("result")[0];
        Assert.Equal(("position_closed", "finished", 1_767_225_601_500), (ended.GetProperty("finish_as").GetString(), ended.GetProperty("status").GetString(),
            ended.GetProperty("finish_time_ms").GetInt64()));
    }

    [Fact]
    public async Task Both_sides_of_a_trade_are_told_to_their_owners()
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        await using var alice = await feeds.ConnectAsync();
        await using var bob = await feeds.ConnectAsync(sizesAsTexts: true);
        Succeeded(await alice.SubscribeAsync("futures.usertrades", """["0","BTC_USDT"]""", "alice"));
        Succeeded(await bob.SubscribeAsync("futures.usertrades", """["0","!all"]""", "bob"));
        feeds.Venue.Step(rig =>
        {
            rig.Tell(FuturesRig.Order(1, FuturesRig.Alice, 5, 1_000_000), "t-a", "");
            rig.Tell(FuturesRig.Order(2, FuturesRig.Bob, -5, 1_000_000), "t-b", "");
            rig.Tell(FuturesRig.Fill(12, 1_000_000, 5, 1, FuturesRig.Alice, 2, FuturesRig.Bob, Value(50), Side.Sell)
                with { MakerFee = -Value(0.005m), TakerFee = Value(0.0375m), TakerClosed = 2 });
        });
        Assert.Equal("""
            [{"id":"12","order_id":"1","contract":"BTC_USDT","create_time":1767225600,"create_time_ms":1767225600000,"size":5,"price":"100000","role":"maker","text":"t-a",
            "fee":-0.005,"point_fee":0,"close_size":0}]
            """.ReplaceLineEndings(""), Result(await alice.NextUpdateAsync("futures.usertrades")));
        var told = (await bob.NextUpdateAsync("futures.usertrades")).GetProperty("result")[0];
        Assert.Equal(("-5", "taker", "2", "0.0375"), (told.GetProperty("size").GetString(), told.GetProperty("role").GetString(), told.GetProperty("close_size").GetString(),
            told.GetProperty("fee").GetRawText()));
    }

    [Fact]
    public async Task A_position_comes_with_what_follows_from_it_and_stays_with_size_zero()
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        Succeeded(await socket.SubscribeAsync("futures.positions", All, "alice"));
        feeds.Venue.Mark(1_000_000);
        feeds.Venue.Cash(FuturesRig.Alice, WalletId.FuturesUsdt, Money.Units(1000));
        feeds.Venue.Step(rig => rig.Tell(FuturesRig.Position(FuturesRig.Alice, 100, Value(1000), leverage: 2000, isCross: false, margin: Value(50))
            with { FeesPaid = Value(0.75m), HistoryProfit = Value(3), LastCloseProfit = Value(-1), UpdateId = 4 }));
        var told = (await socket.NextUpdateAsync("futures.positions")).GetProperty("result")[0];
        var liquidation = told.GetProperty("liq_price").GetDecimal();
        Assert.InRange(liquidation, 95_000m, 96_000m);                   // isolated at 20 times: 5 % below, less 0.4 % and the exit fee
        Assert.Equal($$"""
            {"contract":"BTC_USDT","mode":"single","size":100,"leverage":20,"leverage_max":100,"cross_leverage_limit":0,"entry_price":100000,"liq_price":{{liquidation}},
            "maintenance_rate":0.004,"margin":50,"history_pnl":3,"history_point":0,"last_close_pnl":-1,"realised_pnl":-0.75,"realised_point":0,"risk_limit":2000000,
            "time":1767225600,"time_ms":1767225600000,"update_id":4,"user":"10001"}
            """.ReplaceLineEndings(""), told.GetRawText());

        feeds.Venue.Step(rig => rig.Tell(FuturesRig.Position(FuturesRig.Alice, 0, Money.Zero) with { UpdateId = 5 }));
        var closed = (await socket.NextUpdateAsync("futures.positions")).GetProperty("result")[0];
        Assert.Equal((0, 0, 10, "0"), (closed.GetProperty("size").GetInt32(), closed.GetProperty("leverage").GetInt32(), closed.GetProperty("cross_leverage_limit").GetInt32(),
            closed.GetProperty("liq_price").GetRawText()));
    }

    [Fact]
    public async Task Balances_name_the_contract_the_kind_and_the_currency_of_their_wallet_only()
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await using var coin = await feeds.ConnectAsync(CoinPath);
        foreach (var reader in new[] { socket, coin }) Succeeded(await reader.SubscribeAsync("futures.balances", """["10001"]""", "alice"));
        feeds.Venue.Cash(FuturesRig.Alice, WalletId.Spot, Money.Units(5));                                     // not of contracts
        feeds.Venue.Cash(FuturesRig.Alice, WalletId.FuturesUsdt, Money.Units(5), Money.Units(1), Reason.PositionMargin, Money.Zero);       // only held
        feeds.Venue.Step(rig => rig.Tell(new BalanceChanged
        {
            User = FuturesRig.Alice, Wallet = WalletId.FuturesUsdt.Value, Asset = FuturesRig.Usdt, Change = -Value(0.75m), Total = Value(4.25m), Instrument = FuturesRig.Perpetual,
            Reference = 77, Reason = Reason.Fee, UpdateId = 3,
        }));
        feeds.Venue.Cash(FuturesRig.Alice, WalletId.FuturesBtc, Value(0.5m));
        Assert.Equal(
            """[{"balance":4.25,"change":-0.75,"text":"BTC_USDT:77","type":"fee","currency":"usdt","time":1767225600,"time_ms":1767225600000,"user":"10001"}]""",
            Result(await socket.NextUpdateAsync("futures.balances")));
        Assert.Equal("""[{"balance":0.5,"change":0.5,"text":"","type":"dnw","currency":"btc","time":1767225600,"time_ms":1767225600000,"user":"10001"}]""",
            Result(await coin.NextUpdateAsync("futures.balances")));
    }

    [Fact]
    public async Task Closes_liquidations_and_deleveraging_are_told()
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        foreach (var channel in new[] { "futures.position_closes", "futures.liquidates", "futures.auto_deleverages" })
            Succeeded(await socket.SubscribeAsync(channel, All, "alice"));
        feeds.Venue.Step(rig =>
        {
            rig.Tell(new PositionClosed { User = FuturesRig.Alice, Instrument = FuturesRig.Perpetual, WasLong = 1, Realised = -Value(2.5m), Cause = PositionCause.Fill });
            rig.Tell(new PositionLiquidated
            {
                User = FuturesRig.Alice, Instrument = FuturesRig.Perpetual, Id = 3, OrderId = 8, Size = 10, OrderSize = -10, Left = 4, EntryPrice = 100_000_0000000, FillPrice = 95_000_0000000,
                Margin = Value(50), Leverage = 2000, LiquidationPrice = 954_000, BankruptcyPrice = 950_000, Mark = 953_000,
            });
            rig.Tell(new PositionDeleveraged
            {
                User = FuturesRig.Alice, Instrument = FuturesRig.Perpetual, Id = 4, OrderId = 9, Price = 1_010_000, Size = -3, PositionLeft = 7, EntryPrice = 100_000_5000000,
            });
        });
        Assert.Equal("""[{"contract":"BTC_USDT","pnl":-2.5,"side":"long","text":"","time":1767225600,"time_ms":1767225600000,"user":"10001"}]""",
            Result(await socket.NextUpdateAsync("futures.position_closes")));
        Assert.Equal("""
            [{"entry_price":100000,"fill_price":95000,"leverage":20,"liq_price":95400,"margin":50,"mark_price":95300,"order_id":8,"order_price":95000,"order_size":-10,"left":4,
            "size":10,"contract":"BTC_USDT","time":1767225600,"time_ms":1767225600000,"user":"10001"}]
            """.ReplaceLineEndings(""), Result(await socket.NextUpdateAsync("futures.liquidates")));
        Assert.Equal("""
            [{"entry_price":100000.5,"fill_price":101000,"position_size":7,"trade_size":-3,"contract":"BTC_USDT","time":1767225600,"time_ms":1767225600000,"user":"10001"}]
            """.ReplaceLineEndings(""), Result(await socket.NextUpdateAsync("futures.auto_deleverages")));
    }

    [Fact]
    public async Task Trigger_orders_are_told_from_their_beginning_to_their_end()
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        Succeeded(await socket.SubscribeAsync("futures.autoorders", """["10001","BTC_USDT"]""", "alice"));
        feeds.Venue.Step(rig => rig.Tell(new ContractTriggerCreated
        {
            TriggerId = 31, User = FuturesRig.Alice, Status = TriggerStatus.Open, Terms = new CreateContractTrigger
            {
                Instrument = FuturesRig.Perpetual, TriggerPrice = 900_000, Price = 899_000, Size = -4, Rule = TriggerRule.AtOrBelow, PriceType = TriggerPriceType.Mark,
                ExpirationSeconds = 3600, OrderType = TriggerOrderType.CloseLongPosition, Flags = ContractOrderFlags.ReduceOnly,
            },
        }, "t-stop"));
        Assert.Equal("""
            [{"user":10001,"id":31,"trade_id":0,"status":"open","reason":"","create_time":1767225600,"name":"price_autoorders","is_stop_order":false,
            "order_type":"close-long-position","me_order_id":"0","trigger":{"strategy_type":0,"price_type":1,"price":"90000","rule":2,"expiration":3600},
            "initial":{"contract":"BTC_USDT","size":-4,"price":"89900","tif":"gtc","text":"t-stop","iceberg":0,"is_close":false,"is_reduce_only":true,"auto_size":""},
            "stop_trigger":{"rule":0,"trigger_price":"0","order_price":"0"}}]
            """.ReplaceLineEndings(""), Result(await socket.NextUpdateAsync("futures.autoorders")));
        feeds.Venue.Step(rig => rig.Tell(new ContractTriggerFinished
        {
            TriggerId = 31, OrderId = 99, User = FuturesRig.Alice, Instrument = FuturesRig.Perpetual, Status = TriggerStatus.Succeeded,
        }));
        var fired = (await socket.NextUpdateAsync("futures.autoorders")).GetProperty("result")[0];
        Assert.Equal(("finished", "succeeded", 99, "99"), (fired.GetProperty("status").GetString(), fired.GetProperty("reason").GetString(), fired.GetProperty("trade_id").GetInt64(),
            fired.GetProperty("me_order_id").GetString()));
    }

    [Fact]
    public async Task Trailing_and_chase_orders_are_told_beside_them_under_their_own_names()
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        Succeeded(await socket.SubscribeAsync("futures.autoorders", """["10001","!all"]""", "alice"));
        feeds.Venue.Step(rig => rig.Tell(new TrailCreated
        {
            OrderId = 41, User = FuturesRig.Alice, Status = TriggerStatus.Open, Extremum = 1_000_000, Terms = new CreateTrailingOrder
            {
                Instrument = FuturesRig.Perpetual, Amount = -4, Offset = Rate.One / 20, IsPercent = 1, PriceType = TriggerPriceType.Mark, ReduceOnly = 1, Rule = TriggerRule.AtOrBelow,
            },
        }, "t-trail"));
        Assert.Equal("""
            [{"user":10001,"id":41,"trade_id":0,"create_time":1767225600,"name":"trail_autoorders","is_stop_order":false,"order_type":"","me_order_id":"0","status":"open","reason":"",
            "trigger":{"strategy_type":0,"price_type":1,"price":"95000","rule":2,"expiration":0},
            "initial":{"contract":"BTC_USDT","size":-4,"price":"0","tif":"ioc","text":"t-trail","iceberg":0,"is_close":false,"is_reduce_only":true,"auto_size":""},
            "stop_trigger":{"rule":0,"trigger_price":"0","order_price":"0"}}]
            """.ReplaceLineEndings(""), Result(await socket.NextUpdateAsync("futures.autoorders")));

        // A move of the extremum is no news; the end tells where it was.
        feeds.Venue.Step(rig => rig.Tell(new TrailsMoved { Instrument = FuturesRig.Perpetual, PriceType = TriggerPriceType.Mark, Side = Side.Sell, Extremum = 1_010_000 }));
        feeds.Venue.Step(rig => rig.Tell(new TrailFinished
        {
            OrderId = 41, NewOrder = 99, User = FuturesRig.Alice, Instrument = FuturesRig.Perpetual, Status = TriggerStatus.Succeeded, Reason = AutoReason.Fired, Extremum = 1_010_000,
        }));
        var fired = (await socket.NextUpdateAsync("futures.autoorders")).GetProperty("result")[0];
        Assert.Equal(("finished", "succeeded", 99, "95950"), (fired.GetProperty("status").GetString(), fired.GetProperty("reason").GetString(), fired.GetProperty("trade_id").GetInt32(),
            fired.GetProperty("trigger").GetProperty("price").GetString()));

        feeds.Venue.Step(rig => rig.Tell(new ChaseCreated
        {
            OrderId = 43, Child = 42, Price = 999_990, User = FuturesRig.Alice, Terms = new CreateChaseOrder { Instrument = FuturesRig.Perpetual, Amount = 6 },
        }, "t-chase"));
        var chase = (await socket.NextUpdateAsync("futures.autoorders")).GetProperty("result")[0];
        Assert.Equal(("chase_autoorders", "open", "42", "99999", "poc"), (chase.GetProperty("name").GetString(), chase.GetProperty("status").GetString(), chase.GetProperty("me_order_id").GetString(),
            chase.GetProperty("initial").GetProperty("price").GetString(), chase.GetProperty("initial").GetProperty("tif").GetString()));
        feeds.Venue.Step(rig => rig.Tell(new ChaseFinished
        {
            OrderId = 43, User = FuturesRig.Alice, Instrument = FuturesRig.Perpetual, Status = TriggerStatus.Cancelled, Reason = AutoReason.PriceLimit, ChildReason = FinishReason.Cancelled,
        }));
        Assert.Equal("price_limit_reached", (await socket.NextUpdateAsync("futures.autoorders")).GetProperty("result")[0].GetProperty("reason").GetString());
    }

    [Fact]
    public async Task F_203_lights_are_told_when_they_change_and_to_whoever_joins()
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        feeds.Venue.Mark(1_000_000);
        foreach (var user in new[] { FuturesRig.Alice, FuturesRig.Bob }) feeds.Venue.Cash(user, WalletId.FuturesUsdt, Money.Units(1000));
        feeds.Venue.Step(rig =>
        {
            rig.Tell(FuturesRig.Position(FuturesRig.Alice, 100, Value(900)));           // gains 100
            rig.Tell(FuturesRig.Position(FuturesRig.Bob, 100, Value(990)));
        });
        await using var socket = await feeds.ConnectAsync();
        Succeeded(await socket.SubscribeAsync("futures.position_adl_rank", """["!all"]""", "alice"));
        Assert.Equal("""[{"contract":"BTC_USDT","mode":"single","rank_division":3,"time_ms":1767225600000,"user_id":10001}]""", Result(await socket.NextUpdateAsync("futures.position_adl_rank")));
        await using var other = await feeds.ConnectAsync();
        Succeeded(await other.SubscribeAsync("futures.position_adl_rank", """["!all"]""", "alice"));
        Assert.Equal(3, (await other.NextUpdateAsync("futures.position_adl_rank")).GetProperty("result")[0].GetProperty("rank_division").GetInt32());
        await socket.NextUpdateAsync("futures.position_adl_rank");

        feeds.Venue.NowNanos += 6_000_000_000;
        feeds.Venue.Step(rig => rig.Tell(FuturesRig.Position(FuturesRig.Alice, 0, Money.Zero)));
        Assert.Equal(6, (await socket.NextUpdateAsync("futures.position_adl_rank")).GetProperty("result")[0].GetProperty("rank_division").GetInt32());
    }

    [Fact]
    public async Task Who_follows_all_contracts_and_one_is_told_once_and_nobody_hears_of_others()
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await using var bob = await feeds.ConnectAsync();
        Succeeded(await socket.SubscribeAsync("futures.orders", All, "alice"));
        Succeeded(await socket.SubscribeAsync("futures.orders", """["10001","BTC_USDT"]""", "alice"));
        Succeeded(await bob.SubscribeAsync("futures.orders", """["10001","!all"]""", "bob"));                // the id is looked past: the key says who it is
        feeds.Venue.Step(rig =>
        {
            rig.Tell(FuturesRig.Order(1, FuturesRig.Alice, 5, 1_000_000), "", "");
            rig.Tell(FuturesRig.Order(2, FuturesRig.Alice, 5, 1_000_000, FuturesRig.Coin), "", "");
            rig.Tell(FuturesRig.Order(3, FuturesRig.Alice, 6, 1_000_000), "", "");
            rig.Tell(FuturesRig.Order(4, FuturesRig.Bob, 7, 1_000_000), "", "");
        });
        Assert.Equal(1, (await socket.NextUpdateAsync("futures.orders")).GetProperty("result")[0].GetProperty("id").GetInt64());
        Assert.Equal(3, (await socket.NextUpdateAsync("futures.orders")).GetProperty("result")[0].GetProperty("id").GetInt64());
        Assert.Equal(4, (await bob.NextUpdateAsync("futures.orders")).GetProperty("result")[0].GetProperty("id").GetInt64());
    }

    [Fact]
    public async Task Every_private_channel_wants_a_key_that_may_read_contracts()
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        foreach (var (path, channels) in new[] { (PerpetualPath, FuturesChannels.Perpetual), ("/v4/ws/delivery/usdt", FuturesChannels.Delivery) })
        {
            await using var socket = await feeds.ConnectAsync(path);
            foreach (var channel in channels.Where(channel => channel.IsPrivate))
            {
                foreach (var key in new[] { null, "nobody", "spotonly" })
                    Assert.Equal(4, (await socket.SubscribeAsync(channel.Name, All, key)).GetProperty("error").GetProperty("code").GetInt32());
                Succeeded(await socket.SubscribeAsync(channel.Name, All, "alice"));
                Succeeded(await socket.SubscribeAsync(channel.Name, All, @event: "unsubscribe"));
            }
        }
        Assert.Equal(0, feeds.Sockets.TopicCount);
    }

    private static Money Value(decimal units) => new((Int128)(units * 1_000_000_000_000m));
}
