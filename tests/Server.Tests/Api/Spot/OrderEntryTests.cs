using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;
using Sluice.Server.Tests.Wire;

namespace Sluice.Server.Tests.Api.Spot;

/// <summary>Order entry over REST: what is accepted, what is refused with which label, and that a refusal changes nothing.</summary>
public sealed class OrderEntryTests(SpotVenue venue) : IClassFixture<SpotVenue>
{
    private const string Buy = """{"currency_pair":"BTC_USDT","side":"buy","amount":"0.001","price":"80000","text":"t-a"}""";

    public static TheoryData<string, string, string> WrongNumbers
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var name in new[] { "amount", "price" })
            {
                foreach (var malformed in new[]
                {
                    "\"1e400\"", "1e400", "\"1e-3\"", "1e-3", "\"NaN\"", "\"Infinity\"", "\"+1\"", "\" 1\"", "\"1 \"", "\"1.\"", "\".5\"", "\"1,5\"", "\"0x1\"", "\"١\"", "\"1.2.3\"", "\"--1\"",
                    "\"-1\"", "-1", "\"0\"", "0", "\"0.000\"", "true", "[]", "{}", "[\"1\"]",
                })
                    data.Add(name, malformed, "INVALID_PARAM_VALUE");
                data.Add(name, "\"" + new string('9', 60) + "\"", "INVALID_PARAM_VALUE");
                data.Add(name, new string('9', 60), "INVALID_PARAM_VALUE");
                data.Add(name, "\"9223372036854775807\"", "INVALID_PARAM_VALUE");
                data.Add(name, "\"0." + new string('1', 60) + "\"", "INVALID_PRECISION");
                data.Add(name, "\"\"", "INVALID_PARAM_VALUE");
                data.Add(name, "null", "MISSING_REQUIRED_PARAM");
            }
            data.Add("price", "\"80000.01\"", "INVALID_PRECISION");
            data.Add("amount", "\"0.0010001\"", "INVALID_PRECISION");
            data.Add("amount", "\"0.00003\"", "AMOUNT_TOO_LITTLE");
            data.Add("amount", "\"101\"", "AMOUNT_TOO_MUCH");
            data.Add("amount", "\"2\"", "BALANCE_NOT_ENOUGH");
            data.Add("price", "\"90800\"", "PRICE_THRESHOLD_EXCEEDED");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(WrongNumbers))]
    public async Task M_002_a_number_that_is_not_plain_or_does_not_fit_is_refused_and_changes_nothing(string field, string value, string label)
    {
        var user = await venue.NewUserAsync();
        var other = field == "amount" ? "\"price\":\"80000\"" : "\"amount\":\"0.001\"";
        var answer = await venue.PlaceAsync(user, $$"""{"currency_pair":"BTC_USDT","side":"buy","{{field}}":{{value}},{{other}}}""");
        Assert.Equal((400, label), (answer.Status, answer.Label));
        Assert.NotEmpty(answer["message"]);
        AssertUntouched(user);
    }

    [Theory]
    [InlineData("""{"currency_pair":5}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy"}""", "MISSING_REQUIRED_PARAM")]
    [InlineData("""{"currency_pair":"btc_usdt","side":"buy","amount":"1","price":"1"}""", "INVALID_CURRENCY_PAIR")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"Buy","amount":"1","price":"1"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","side":"sell","amount":"0.001","price":"80000"}""", "INVALID_REQUEST_BODY")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.001","price":"80000","type":"market"}""", "")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"100","type":"market","time_in_force":"gtc"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"100","type":"market","time_in_force":"poc"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"100","type":"market","iceberg":"1"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"100","type":"market","slippage":"0.031"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.01","price":"80000","slippage":"0.01"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.01","price":"80000","iceberg":"0.01"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.01","price":"80000","iceberg":"0.001","time_in_force":"ioc"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.01","price":"80000","iceberg":"-1"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.01","price":"80000","text":"apiv4"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.01","price":"80000","text":"t-"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.01","price":"80000","text":7}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.01","price":"80000","account":"unified"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.01","price":"80000","account":"cross_margin"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.01","price":"80000","account":"margin"}""", "MARGIN_BALANCE_NOT_ENOUGH")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.01","price":"80000","auto_borrow":true}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.01","price":"80000","account":"margin","auto_repay":true}""", "MARGIN_NOT_SUPPORTED")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.01","price":"80000","auto_borrow":"perhaps"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.01","price":"80000","stp_act":"xx"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.01","price":"80000","action_mode":"SOME"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.01","price":"80000","stop_loss":"79000"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.01","price":"80000","stop_loss":{}}""", "MISSING_REQUIRED_PARAM")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.01","price":"80000","stop_loss":{"trigger_price":"81000"}}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.01","price":"80000","stop_loss":{"trigger_price":"79000.01"}}""", "INVALID_PRECISION")]
    [InlineData("[]", "INVALID_REQUEST_BODY")]
    [InlineData("5", "INVALID_REQUEST_BODY")]
    [InlineData("", "MISSING_REQUIRED_PARAM")]
    public async Task M_010_what_is_wrong_gets_its_label_and_changes_nothing(string body, string label)
    {
        var user = await venue.NewUserAsync();
        var answer = await venue.PlaceAsync(user, body);
        if (label.Length == 0)
        {
            Assert.Equal(("AMOUNT_TOO_LITTLE", 400), (answer.Label, answer.Status));      // the price of a market order is not looked at: 0.001 USDT is spent
            return;
        }
        Assert.Equal((400, label), (answer.Status, answer.Label));
        AssertUntouched(user);
    }

    [Fact]
    public async Task M_012_a_closed_market_is_told_before_what_else_is_wrong()
    {
        var user = await venue.NewUserAsync();
        await venue.SendAsync(0, new SetMarketStatus { Instrument = 2, Status = MarketStatus.Sellable });
        try
        {
            foreach (var amount in new[] { "1", "0.010000001" })
                Assert.Equal("TRADE_RESTRICTED", (await venue.PlaceAsync(user, $$"""{"currency_pair":"ETH_USDT","side":"buy","amount":"{{amount}}","price":"2600"}""")).Label);
            Assert.Equal("BALANCE_NOT_ENOUGH", (await venue.PlaceAsync(user, """{"currency_pair":"ETH_USDT","side":"sell","amount":"1","price":"2800"}""")).Label);
        }
        finally
        {
            await venue.SendAsync(0, new SetMarketStatus { Instrument = 2, Status = MarketStatus.Tradable });
        }
    }

    [Fact]
    public async Task M_130_the_sentence_begins_as_clients_match_it()
    {
        var answer = await venue.PlaceAsync(await venue.NewUserAsync(), """{"currency_pair":"BTC_USDT","side":"sell","amount":"0.00003","price":"84000"}""");
        Assert.Equal("Your order size 2.52 USDT is too small. The minimum is 3 USDT", answer["message"]);
    }

    [Fact]
    public async Task S_022_the_sentence_has_the_numbers()
    {
        var answer = await venue.PlaceAsync(await venue.NewUserAsync(), """{"currency_pair":"BTC_USDT","side":"buy","amount":"2","price":"80000"}""");
        Assert.Equal("Not enough USDT: the order needs 160000, 100000 is available", answer["message"]);
    }

    [Fact]
    public async Task M_007_an_order_without_a_text_says_it_came_by_the_api()
    {
        var user = await venue.NewUserAsync();
        Assert.Equal("apiv4", (await venue.PlaceAsync(user, """{"currency_pair":"BTC_USDT","side":"buy","amount":"0.001","price":"80000"}"""))["text"]);
        Assert.Equal("apiv4", (await venue.PlaceAsync(user, """{"currency_pair":"BTC_USDT","side":"buy","amount":"0.001","price":"80000","text":""}"""))["text"]);
    }

    [Fact]
    public async Task M_049_an_ended_order_is_told_apart_from_an_unknown_one()
    {
        var user = await venue.NewUserAsync();
        var resting = (await venue.PlaceAsync(user, Buy))["id"];
        Assert.Equal("cancelled", (await venue.AskAsync(user, "DELETE", $"/spot/orders/{resting}", "currency_pair=BTC_USDT"))["status"]);
        Assert.Equal("ORDER_CANCELLED", (await venue.AskAsync(user, "DELETE", $"/spot/orders/{resting}", "currency_pair=BTC_USDT")).Label);
        Assert.Equal("ORDER_CANCELLED", (await venue.AskAsync(user, "DELETE", "/spot/orders/t-a", "currency_pair=BTC_USDT")).Label);
        Assert.Equal("ORDER_CANCELLED", (await venue.AskAsync(user, "PATCH", $"/spot/orders/{resting}", "", """{"currency_pair":"BTC_USDT","amount":"0.002"}""")).Label);

        var filled = (await venue.PlaceAsync(user, """{"currency_pair":"BTC_USDT","side":"sell","amount":"0.001","type":"market"}"""))["id"];
        Assert.Equal("ORDER_CLOSED", (await venue.AskAsync(user, "DELETE", $"/spot/orders/{filled}", "currency_pair=BTC_USDT")).Label);
        Assert.Equal("ORDER_NOT_FOUND", (await venue.AskAsync(user, "DELETE", $"/spot/orders/{filled}", "currency_pair=ETH_USDT")).Label);
        foreach (var nobody in new[] { "0", "-1", "12x", "1e3", "99999999999999999999999999", "t-never" })
            Assert.Equal("ORDER_NOT_FOUND", (await venue.AskAsync(user, "DELETE", $"/spot/orders/{nobody}", "currency_pair=BTC_USDT")).Label);
    }

    [Fact]
    public async Task A_repeated_idempotency_key_gets_the_first_order_again_and_another_body_is_refused()
    {
        var user = await venue.NewUserAsync();
        var first = await venue.PlaceAsync(user, Buy, ("Idempotency-Key", "once"));
        var again = await venue.PlaceAsync(user, Buy, ("Idempotency-Key", "once"));
        Assert.Equal((201, first["id"]), (again.Status, again["id"]));
        Assert.Single(venue.Views.OpenOrdersOf(user.User));
        Assert.Equal("INVALID_PARAM_VALUE", (await venue.PlaceAsync(user, Buy.Replace("0.001", "0.002"), ("Idempotency-Key", "once"))).Label);
        Assert.NotEqual(first["id"], (await venue.PlaceAsync(user, Buy, ("Idempotency-Key", "twice")))["id"]);
    }

    [Fact]
    public async Task M_011_an_order_that_came_too_late_is_refused()
    {
        var user = await venue.NewUserAsync();
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        Assert.Equal(201, (await venue.PlaceAsync(user, Buy, ("x-gate-exptime", $"{now + 60_000}"))).Status);
        Assert.Equal((403, "REQUEST_EXPIRED"), (await venue.PlaceAsync(user, Buy, ("x-gate-exptime", $"{now - 1}"))) is var late ? (late.Status, late.Label) : default);
        Assert.Equal("INVALID_PARAM_VALUE", (await venue.PlaceAsync(user, Buy, ("x-gate-exptime", "soon"))).Label);
    }

    [Fact]
    public async Task S_010_a_margin_order_uses_the_margin_account_of_its_pair()
    {
        var user = await venue.NewUserAsync();
        await venue.SendAsync(0, new Fund { User = user.User, Wallet = WalletId.Margin(new InstrumentId(1)).Value, Asset = SpotVenue.Usdt, Amount = Money.Units(1_000) });
        var order = await venue.PlaceAsync(user, """{"currency_pair":"BTC_USDT","account":"margin","side":"buy","amount":"0.01","price":"80000"}""");
        Assert.Equal((201, "margin", "open"), (order.Status, order["account"], order["status"]));
        Assert.Equal("MARGIN_BALANCE_NOT_ENOUGH",
            (await venue.PlaceAsync(user, """{"currency_pair":"BTC_USDT","account":"margin","side":"buy","amount":"0.01","price":"80000"}""")).Label);
        Assert.Equal("ORDER_NOT_FOUND", (await venue.AskAsync(user, "DELETE", $"/spot/orders/{order["id"]}", "currency_pair=BTC_USDT&account=spot")).Label);
        Assert.Empty((await venue.AskAsync(user, "DELETE", "/spot/orders", "account=spot")).Json.EnumerateArray());
        Assert.Single((await venue.AskAsync(user, "GET", "/spot/open_orders", "account=margin")).Json.EnumerateArray());
        Assert.Single((await venue.AskAsync(user, "DELETE", "/spot/orders", "account=margin")).Json.EnumerateArray());
    }

    [Fact]
    public async Task SX_02_a_taker_pays_the_makers_price_and_the_order_says_so()
    {
        var user = await venue.NewUserAsync();
        var order = await venue.PlaceAsync(user, """{"currency_pair":"BTC_USDT","side":"buy","amount":"0.004","price":"84100"}""");
        Assert.Equal(("closed", "filled", "84000", "336", "0.000004", "BTC", "0"),
            (order["status"], order["finish_as"], order["avg_deal_price"], order["filled_total"], order["fee"], order["fee_currency"], order["left"]));
    }

    [Fact]
    public async Task M_071_the_named_action_is_shown_with_its_group()
    {
        var user = await venue.NewUserAsync();
        var order = await venue.PlaceAsync(user, """{"currency_pair":"BTC_USDT","side":"buy","amount":"0.001","price":"80000","stp_act":"co"}""");
        Assert.Equal(("co", user.User.ToString(null, null)), (order["stp_act"], order["stp_id"]));
    }

    [Fact]
    public async Task M_047_items_of_a_batch_stand_alone()
    {
        var user = await venue.NewUserAsync();
        var answer = await venue.AskAsync(user, "POST", "/spot/batch_orders", "", """
            [{"currency_pair":"BTC_USDT","text":"t-1","side":"buy","amount":"0.001","price":"80000"},
             {"currency_pair":"NO_PAIR","text":"t-2","side":"buy","amount":"0.001","price":"80000"},
             {"currency_pair":"ETH_USDT","text":"t-3","side":"buy","amount":"0.01","price":"2600.001"},
             {"currency_pair":"ETH_USDT","text":"t-4","side":"buy","amount":"0.01","price":"2600","action_mode":"ACK"},
             {"currency_pair":"BTC_USDT","text":"bad","side":"buy","amount":"0.001","price":"80000"}]
            """);
        Assert.Equal(200, answer.Status);
        Assert.Equal(["", "INVALID_CURRENCY_PAIR", "INVALID_PRECISION", "", "INVALID_PARAM_VALUE"], answer.Json.EnumerateArray().Select(item => item.GetProperty("label").GetString()));
        Assert.Equal(["t-1", "t-2", "t-3", "t-4", "bad"], answer.Json.EnumerateArray().Select(item => item.GetProperty("text").GetString()));
        Assert.False(answer.Json[3].TryGetProperty("status", out _));
        Assert.Equal(2, venue.Views.OpenOrdersOf(user.User).Count);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[1]")]
    [InlineData("[null]")]
    [InlineData("""[{"text":"t-1"}]""")]
    [InlineData("""[{"currency_pair":"BTC_USDT","text":5}]""")]
    [InlineData("{}")]
    public async Task M_047_a_malformed_batch_is_refused_whole(string body)
    {
        var user = await venue.NewUserAsync();
        foreach (var path in new[] { "/spot/batch_orders", "/spot/cancel_batch_orders", "/spot/amend_batch_orders" })
            Assert.Equal(400, (await venue.AskAsync(user, "POST", path, "", body)).Status);
        AssertUntouched(user);
    }

    [Fact]
    public async Task M_090_amend_by_query_or_body_and_by_text()
    {
        var user = await venue.NewUserAsync();
        await venue.PlaceAsync(user, Buy);
        var amended = await venue.AskAsync(user, "PATCH", "/spot/orders/t-a", "currency_pair=BTC_USDT&account=spot&price=80100", """{"price":"80100","amend_text":"up"}""");
        Assert.Equal((200, "80100", "up"), (amended.Status, amended["price"], amended["amend_text"]));
        Assert.Equal("0.002", (await venue.AskAsync(user, "PATCH", "/spot/orders/t-a", "", """{"amount":"0.002"}"""))["amount"]);
        Assert.Equal("INVALID_PRECISION", (await venue.AskAsync(user, "PATCH", "/spot/orders/t-a", "", """{"price":"80100.05"}""")).Label);
        Assert.Equal("INVALID_PARAM_VALUE", (await venue.AskAsync(user, "PATCH", "/spot/orders/t-a", "", """{"stop_loss":{"trigger_price":"70000"}}""")).Label);
        Assert.Equal("INVALID_PARAM_VALUE", (await venue.AskAsync(user, "PATCH", "/spot/orders/t-a", "", $$"""{"price":"80000","amend_text":"{{new string('x', 32)}}"}""")).Label);
        Assert.Equal("80100", (await venue.AskAsync(user, "GET", "/spot/orders/t-a", "currency_pair=BTC_USDT"))["price"]);
    }

    [Fact]
    public async Task M_094_an_amend_batch_changes_one_thing_each()
    {
        var user = await venue.NewUserAsync();
        var id = (await venue.PlaceAsync(user, Buy))["id"];
        var answer = await venue.AskAsync(user, "POST", "/spot/amend_batch_orders", "", $$"""
            [{"order_id":"{{id}}","currency_pair":"BTC_USDT","price":"80001","amount":"0.002"},{"order_id":"{{id}}","currency_pair":"BTC_USDT"},
             {"order_id":{{id}},"currency_pair":"BTC_USDT","amount":"0.003"}]
            """);
        Assert.Equal(["INVALID_PARAM_VALUE", "INVALID_PARAM_VALUE", ""], answer.Json.EnumerateArray().Select(item => item.GetProperty("label").GetString()));
        Assert.Equal("0.003", answer.Json[2].GetProperty("amount").GetString());
    }

    [Fact]
    public async Task M_107_attached_orders_are_shown_and_shield_from_amending()
    {
        var user = await venue.NewUserAsync();
        var order = await venue.PlaceAsync(user,
            """{"currency_pair":"BTC_USDT","side":"buy","amount":"0.001","price":"80000","stop_profit":{"trigger_price":"85000","order_price":"0"},"stop_loss":{"trigger_price":"79000","order_price":"78900"}}""");
        Assert.Equal(("85000", "0"), (order.Json.GetProperty("stop_profit").GetProperty("trigger_price").GetString(), order.Json.GetProperty("stop_profit").GetProperty("order_price").GetString()));
        Assert.Equal("78900", order.Json.GetProperty("stop_loss").GetProperty("order_price").GetString());
        Assert.Equal("AMEND_WITH_STOP", (await venue.AskAsync(user, "PATCH", $"/spot/orders/{order["id"]}", "", """{"amount":"0.002"}""")).Label);
    }

    [Fact]
    public async Task The_entries_of_the_account_book_add_up_to_what_is_available()
    {
        var user = await venue.NewUserAsync();
        await venue.PlaceAsync(user, """{"currency_pair":"BTC_USDT","side":"buy","amount":"100","type":"market"}""");
        await venue.PlaceAsync(user, """{"currency_pair":"BTC_USDT","side":"buy","amount":"0.004","price":"84100"}""");
        await venue.PlaceAsync(user, Buy);
        await venue.AskAsync(user, "DELETE", "/spot/orders", "currency_pair=BTC_USDT");
        var entries = (await venue.AskAsync(user, "GET", "/spot/account_book", "limit=1000")).Json.EnumerateArray().ToList();
        Assert.All(entries, entry => Assert.NotEqual("0", entry.GetProperty("change").GetString()));
        foreach (var (code, asset) in new[] { ("BTC", SpotVenue.Btc), ("USDT", SpotVenue.Usdt) })
        {
            var mine = entries.Where(entry => entry.GetProperty("currency").GetString() == code).ToList();
            var available = venue.Views.BalanceOf(user.User, 1, asset).Available.ToString();
            Assert.Equal(available, mine[0].GetProperty("balance").GetString());
            Assert.Equal(decimal.Parse(available), mine.Sum(entry => decimal.Parse(entry.GetProperty("change").GetString()!)));
        }
        var paged = new List<string>();
        for (var page = 1; page <= entries.Count; page++)
            paged.Add((await venue.AskAsync(user, "GET", "/spot/account_book", $"limit=1&page={page}")).Json[0].GetProperty("id").GetString()!);
        Assert.Equal(entries.Select(entry => entry.GetProperty("id").GetString()), paged);
    }

    [Fact]
    public async Task Read_your_writes_is_a_promise_or_a_503()
    {
        var user = await venue.NewUserAsync();
        venue.History.IsBehind = true;
        try
        {
            foreach (var (path, query) in new[] { ("/spot/my_trades", ""), ("/spot/account_book", ""), ("/spot/orders", "status=finished"), ("/spot/price_orders", "status=finished") })
                Assert.Equal((503, "TOO_BUSY"), (await venue.AskAsync(user, "GET", path, query)) is var answer ? (answer.Status, answer.Label) : default);
        }
        finally
        {
            venue.History.IsBehind = false;
        }
    }

    private void AssertUntouched(Signer user)
    {
        Assert.Empty(venue.Views.OpenOrdersOf(user.User));
        Assert.All(venue.Views.BalancesOf(user.User), balance => Assert.True(balance.Held.IsZero));
        Assert.Equal(Money.Units(100_000), venue.Views.BalanceOf(user.User, 1, SpotVenue.Usdt).Total);
        Assert.Equal(Money.Units(1), venue.Views.BalanceOf(user.User, 1, SpotVenue.Btc).Total);
    }
}
