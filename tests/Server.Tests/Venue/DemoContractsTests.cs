using System.Text.Json.Nodes;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Server.Markets;
using Sluice.Server.Tests.Wire;
using Sluice.Server.Venue;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Tests.Venue;

/// <summary>The demo venue with a manual clock, whole: what the operator and readers see of contracts.</summary>
public sealed class DemoContractsTests : IAsyncLifetime
{
    private VenueHost host = null!;
    private VenueCaller caller = null!;

    public async ValueTask InitializeAsync()
    {
        host = await VenueHost.StartAsync(new VenueOptions
        {
            Urls = ["http://127.0.0.1:0"], ManualClock = true, Start = new DateTimeOffset(2026, 1, 5, 15, 0, 0, TimeSpan.Zero), RateLimits = false,
        });
        caller = new VenueCaller(host);
    }

    public async ValueTask DisposeAsync()
    {
        caller.Dispose();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Every_contract_is_alive_before_and_after_an_hour_and_what_holds_still_holds()
    {
        await CheckAsync();
        await caller.ControlAsync("clock/advance", """{"seconds":3600}""");
        await CheckAsync();
        var funds = (await caller.ControlAsync("funds"))["funds"]!.AsArray();
        Assert.Contains(funds, fund => (string)fund!["account"]! == "clearing:futures:usdt:BTC_USDT");
    }

    [Fact]
    public async Task The_demo_user_has_funds_for_contracts_and_gets_them_back()
    {
        var user = host.Demo!.User;
        Assert.Equal(("50000", "1"), (Balance(user, WalletId.FuturesUsdt, "USDT"), Balance(user, WalletId.FuturesBtc, "BTC")));
        await caller.ControlAsync($"users/{user}/fund", """{"wallet":"futures:usdt","asset":"USDT","amount":"-49000"}""");
        await caller.ControlAsync($"users/{user}/fund", """{"wallet":"delivery:usdt","asset":"USDT","amount":"7"}""");
        Assert.Equal(("1000", "7"), (Balance(user, WalletId.FuturesUsdt, "USDT"), Balance(user, WalletId.DeliveryUsdt, "USDT")));
        await caller.ControlAsync($"users/{user}/reset", "{}");
        Assert.Equal(("50000", "1", "0"), (Balance(user, WalletId.FuturesUsdt, "USDT"), Balance(user, WalletId.FuturesBtc, "BTC"), Balance(user, WalletId.DeliveryUsdt, "USDT")));
    }

    [Fact]
    public async Task The_past_of_an_inverse_contract_and_of_funding_joins_the_present()
    {
        var bars = (await caller.GetAsync("/api/v4/futures/btc/candlesticks?contract=BTC_USD&interval=1d&limit=300")).Json.EnumerateArray().ToArray();
        Assert.Equal(300, bars.Length);
        await caller.ControlAsync("clock/advance", """{"seconds":36000}""");
        var rates = (await caller.GetAsync("/api/v4/futures/usdt/funding_rate?contract=BTC_USDT&limit=100")).Json.EnumerateArray().ToArray();
        Assert.Equal(100, rates.Length);
        var times = rates.Select(rate => rate.GetProperty("t").GetInt64()).ToArray();
        Assert.Equal(new DateTimeOffset(2026, 1, 6, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds(), times[0]);
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.Equal(28_800, pair.First - pair.Second));        // one every eight hours, here and before
        Assert.All(rates, rate => Assert.InRange(decimal.Parse(rate.GetProperty("r").GetString()!, System.Globalization.CultureInfo.InvariantCulture), -0.003m, 0.003m));
        Assert.True(rates.Skip(1).Select(rate => rate.GetProperty("r").GetString()!).Distinct().Count() > 5);
        Assert.Empty((await caller.GetAsync("/api/v4/futures/usdt/funding_rate?contract=BTC_USDT&from=1&to=2")).Json.EnumerateArray().ToArray());
    }

    [Theory]
    [InlineData("BTC_USDT", true)]
    [InlineData("mark_BTC_USDT", false)]
    public async Task Days_of_another_zone_are_what_their_hours_add_up_to(string name, bool trades)
    {
        var days = await BarsAsync($"contract={name}&interval=1d&limit=5&timezone=utc8");
        var eights = (await BarsAsync($"contract={name}&interval=8h&limit=40")).ToDictionary(bar => bar.GetProperty("t").GetInt64());
        Assert.Equal(trades ? 5 : 1, days.Length);                       // marks have no past before the listing
        foreach (var day in days)
        {
            var start = day.GetProperty("t").GetInt64();
            Assert.Equal(57_600, start % 86_400);                        // midnight in UTC+8
            var parts = Enumerable.Range(0, 3).Select(i => start + i * 28_800).Where(eights.ContainsKey).Select(at => eights[at]).ToArray();
            Assert.Equal(parts[0].GetProperty("o").GetString(), day.GetProperty("o").GetString());
            Assert.Equal(parts[^1].GetProperty("c").GetString(), day.GetProperty("c").GetString());
            Assert.Equal(parts.Max(part => Number(part, "h")), Number(day, "h"));
            Assert.Equal(parts.Min(part => Number(part, "l")), Number(day, "l"));
            if (trades) Assert.Equal(parts.Sum(part => Number(part, "sum")), Number(day, "sum"));
        }
        Assert.Equal(0, (await BarsAsync("contract=BTC_USDT&interval=1h&limit=3&timezone=utc8"))[0].GetProperty("t").GetInt64() % 3600);
        Assert.Equal(400, (await caller.GetAsync("/api/v4/futures/usdt/candlesticks?contract=BTC_USDT&interval=1d&timezone=utc3")).Status);

        async Task<System.Text.Json.JsonElement[]> BarsAsync(string query) => [.. (await caller.GetAsync($"/api/v4/futures/usdt/candlesticks?{query}")).Json.EnumerateArray()];

        static decimal Number(System.Text.Json.JsonElement bar, string field) => decimal.Parse(bar.GetProperty(field).GetString()!, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Lists_of_delivery_contracts_tell_how_many_there_are_when_asked()
    {
        var user = await caller.NewUserAsync("counts");
        await caller.ControlAsync($"users/{user.User}/fund", """{"wallet":"delivery:usdt","asset":"USDT","amount":"100000"}""");
        var contract = host.Views.Futures.Contracts.First(one => one.IsDelivery);
        for (var i = 0; i < 3; i++)
        {
            var order = await caller.AskAsync(user, "POST", "/delivery/usdt/orders", "", $$"""{"contract":"{{contract.Symbol}}","size":1,"price":"0","tif":"ioc"}""");
            Assert.True(order.Status == 201, order.Text);
        }
        foreach (var (path, query) in new[] { ("/delivery/usdt/orders", "status=finished&limit=1"), ("/delivery/usdt/my_trades", "limit=1") })
        {
            foreach (var (more, told) in new[] { ("&count_total=1", "3"), ("&count_total=0", null), ("", null) })
            {
                using var message = GoldenRun.Signed(user, "GET", path, query + more, "");
                using var response = await caller.Client.SendAsync(message, TestContext.Current.CancellationToken);
                Assert.Equal(told, response.Headers.TryGetValues("X-Pagination-Total", out var values) ? values.Single() : null);
                Assert.Equal("1", response.Headers.GetValues("X-Pagination-Limit").Single());
            }
        }
    }

    [Fact]
    public async Task The_insurance_fund_begins_with_what_the_market_file_says_and_is_the_operators_to_change()
    {
        async Task<string> Insurance(string asset) => (string)(await caller.ControlAsync("funds"))["funds"]!.AsArray()
            .Single(fund => (string)fund!["account"]! == "insurance" && (string)fund["asset"]! == asset)!["amount"]!;
        Assert.Equal(("5000000", "50"), (await Insurance("USDT"), await Insurance("BTC")));
        await caller.ControlAsync("funds", """{"account":"insurance","asset":"USDT","amount":"-4999999.5"}""");
        Assert.Equal("0.5", await Insurance("USDT"));
        foreach (var body in new[] { """{"account":"insurance","asset":"USDT","amount":"-1"}""", """{"account":"fees","asset":"USDT","amount":"1"}""", """{"asset":"USDT","amount":"1"}""" })
            Assert.Equal(400, (await caller.OperateAsync("POST", "funds", body)).Status);
        Assert.Equal("0.5", await Insurance("USDT"));
    }

    [Fact]
    public async Task Prices_are_pinned_released_and_shocked_by_the_names_of_indexes_and_instruments()
    {
        var contract = Contract("ETH_USDT");
        await caller.ControlAsync("prices", """{"prices":{"ETH_USDT":"3000.5"}}""");
        Assert.Equal(300_050, contract.Prices.Index);
        await caller.ControlAsync("prices", """{"prices":{"futures:usdt:ETH_USDT":"2999.99"},"kind":"mark"}""");
        Assert.Equal((299_999, true), (contract.Prices.Mark, contract.Prices.IsMarkPinned));
        await caller.ControlAsync("prices", """{"names":["ETH_USDT"],"kind":"mark","mode":"release"}""");
        Assert.False(contract.Prices.IsMarkPinned);
        await caller.ControlAsync("prices", """{"names":["ETH_USDT"],"mode":"release"}""");
        Assert.InRange(contract.Prices.Index, 260_000, 280_000);
        var before = contract.Prices.Index;
        await caller.ControlAsync("shock", """{"percent":-10,"instruments":["futures:usdt:ETH_USDT"]}""");
        Assert.InRange(contract.Prices.Index / (0.9 * before), 0.999, 1.001);
        foreach (var body in new[] { """{"prices":{"futures:usdt:NO_USDT":"1"},"kind":"mark"}""", """{"prices":{"NOTHING":"1"}}""" })
            Assert.Equal(404, (await caller.OperateAsync("POST", "prices", body)).Status);
        Assert.Equal(400, (await caller.OperateAsync("POST", "prices", """{"prices":{"spot:BTC_USDT":"1"},"kind":"mark"}""")).Status);
    }

    [Fact]
    public async Task A_contract_is_added_traded_halted_and_resumed()
    {
        await caller.ControlAsync("instruments", """{"symbol":"NEW_USDT","price_decimals":4,"size_decimals":1,"reference_price":"5.0000","min_quote":"1"}""");
        const string Body = """
            {"contract":{"name":"NEW_USDT","index":"NEW_USDT","quanto_multiplier":"1","order_price_round":"0.001","mark_price_round":"0.0001","order_size_max":"100000",
              "market_order_size_max":"50000","order_price_deviate":"0.2","market_order_slip_ratio":"0.04","leverage_max":"20","funding_interval":14400,"funding_rate_limit":"0.02",
              "interest_rate":"0.0003","funding_impact_value":"1000"},
             "tiers":[{"risk_limit":"100000","maintenance_rate":"0.025","initial_rate":"0.05"},{"risk_limit":"1000000","maintenance_rate":"0.05","initial_rate":"0.1"}]}
            """;
        Assert.Equal("futures:usdt:NEW_USDT", (string)(await caller.ControlAsync("instruments", Body))["name"]!);
        Assert.Equal(400, (await caller.OperateAsync("POST", "instruments", Body)).Status);
        foreach (var (right, wrong) in new[] { ("\"index\":\"NEW_USDT\"", "\"index\":\"OLD_USDT\""), ("\"leverage_max\":\"20\"", "\"leverage_max\":\"200\""), ("\"initial_rate\":\"0.1\"", "\"initial_rate\":\"x\"") })
            Assert.Equal(400, (await caller.OperateAsync("POST", "instruments", Body.Replace(right, wrong).Replace("\"name\":\"NEW_USDT\"", "\"name\":\"NEWER_USDT\""))).Status);
        var contract = Contract("NEW_USDT");
        Assert.InRange(contract.Prices.Index, 49_900, 50_100);
        await caller.ControlAsync("clock/advance", """{"seconds":120}""");
        Assert.True(contract.Book.Best is { Bid.Size: > 0, Ask.Size: > 0 } && contract.LastTradeId > 0);

        await caller.ControlAsync("instruments/futures:usdt:NEW_USDT/status", """{"status":"circuit_breaker"}""");
        Assert.Equal(MarketStatus.CircuitBreaker, contract.Status);
        Assert.Equal(["futures:usdt:NEW_USDT", "spot:NEW_USDT"], (await caller.ControlAsync("instruments/NEW_USDT/status", """{"status":"trading"}"""))["instruments"]!.AsArray().Select(name => (string)name!).Order());
        Assert.Equal(MarketStatus.Tradable, contract.Status);
    }

    // F-169: what is not named stays; what is named is checked as a whole, with a sentence that says what is wrong.
    [Fact]
    public async Task A_contract_gets_other_terms()
    {
        var contract = Contract("BTC_USDT");
        var (before, tiers) = (contract.Listing, contract.Terms.RiskLimits.Count);
        var changed = await ChangeAsync("futures:usdt:BTC_USDT", """{"taker_fee_rate":"0.0006","orders_limit":50,"funding_interval":3600,"liq_surplus_mode":"refund_capped_fee","order_margin_open_loss":true}""");
        Assert.Equal((200, "futures:usdt:BTC_USDT"), (changed.Status, (string)changed.Json["name"]!));
        Assert.Equal((600_000_000, 50, 3600, before.LeverageMax, tiers), (contract.Terms.TakerFee.Raw, contract.Terms.OrdersLimit, contract.Terms.Funding!.IntervalSeconds,
            contract.Listing.LeverageMax, contract.Terms.RiskLimits.Count));
        Assert.Equal(contract.ChangedNanos, host.Views.Shown.TimeNanos);
        var shown = (await caller.ControlAsync("instruments"))["instruments"]!.AsArray().Single(one => (string)one!["name"]! == "futures:usdt:BTC_USDT")!;
        Assert.Equal(("refund_capped_fee", "0.002", true), ((string)shown["liq_surplus_mode"]!, (string)shown["liq_clearance_rate"]!, (bool)shown["order_margin_open_loss"]!));

        await ChangeAsync("futures:usdt:BTC_USDT", """{"leverage_max":"20","tiers":[{"risk_limit":"1000000","maintenance_rate":"0.02","initial_rate":"0.05"}]}""");
        Assert.Equal((2_000, 1), (contract.Listing.LeverageMax, contract.Terms.RiskLimits.Count));
        foreach (var (name, body, says) in new[]
        {
            ("futures:usdt:BTC_USDT", """{"leverage_max":"100"}""", "leverage_max"), ("futures:usdt:BTC_USDT", """{"taker_fee_rate":"0.04"}""", "taker fee"),
            ("futures:usdt:BTC_USDT", """{"funding_interval":5000}""", "funding_interval"), ("futures:usdt:BTC_USDT", """{"order_price_round":"1"}""", "order_price_round"),
            ("futures:usdt:BTC_USDT", """{"expire_time":1}""", "expire_time"), ("futures:usdt:BTC_USDT", """{"settle_fee_rate":"0.1"}""", "settle_fee_rate"),
            ("futures:usdt:BTC_USDT", """{"tiers":[]}""", "tiers"), ("futures:usdt:BTC_USDT", """{"tiers":[{"risk_limit":"1","maintenance_rate":"0","initial_rate":"0"}]}""", "tier 1"),
            ("BTC_USDT", """{"orders_limit":7}""", "full name"), ("spot:BTC_USDT", """{"orders_limit":7}""", "one contract"),
        })
        {
            var refused = await ChangeAsync(name, body);
            Assert.Equal(400, refused.Status);
            Assert.Contains(says, refused.Json.ToString(), StringComparison.Ordinal);
        }
        Assert.Equal("NO_CHANGE", (string)(await ChangeAsync("futures:usdt:BTC_USDT", """{"orders_limit":50}""")).Json["label"]!);
        Assert.Equal(404, (await ChangeAsync("futures:usdt:NO_USDT", """{"orders_limit":7}""")).Status);
    }

    // F-124: a user's own setting that the dialect has no word for; a position says what it has beside its evidence.
    [Fact]
    public async Task Margin_that_is_added_by_itself_is_set_by_the_operator_in_the_users_name()
    {
        var user = await caller.NewUserAsync("auto");
        async Task<(int Status, JsonNode Json)> SetAsync(string body)
        {
            var said = await caller.OperateAsync("PUT", $"users/{user.User}/auto_margin", body);
            return (said.Status, JsonNode.Parse(said.Text)!);
        }
        Assert.Equal("POSITION_EMPTY", (string)(await SetAsync("""{"contract":"futures:usdt:BTC_USDT","amount":"10"}""")).Json["label"]!);
        await caller.ControlAsync($"users/{user.User}/fund", """{"wallet":"futures:usdt","asset":"USDT","amount":"1000"}""");
        Assert.Equal(200, (await caller.AskAsync(user, "POST", "/futures/usdt/positions/BTC_USDT/leverage", "leverage=10")).Status);
        Assert.Equal(201, (await caller.AskAsync(user, "POST", "/futures/usdt/orders", "", """{"contract":"BTC_USDT","size":10,"price":"0","tif":"ioc"}""")).Status);
        var set = await SetAsync("""{"contract":"futures:usdt:BTC_USDT","amount":"12.5"}""");
        Assert.Equal((200, "futures:usdt:BTC_USDT", "12.5", "0"), (set.Status, (string)set.Json["contract"]!, (string)set.Json["auto_margin"]!, (string)set.Json["auto_margin_added"]!));
        var row = Assert.Single(host.Views.Futures.PositionsIn(user.User, Contract("BTC_USDT")), row => row.Size != 0);
        Assert.Equal(new AutoMarginRow(new Money(Money.Units(25).Raw / 2), Money.Zero), host.Views.Futures.AutoMarginOf(user.User, row.Instrument, row.Leg));
        var shown = JsonNode.Parse((await caller.AskAsync(user, "GET", "/futures/usdt/positions/BTC_USDT")).Text)!["evidence"]!;
        Assert.Equal(("12.5", "0"), ((string)shown["auto_margin"]!, (string)shown["auto_margin_added"]!));
        Assert.Equal(200, (await SetAsync("""{"contract":"futures:usdt:BTC_USDT","amount":"0"}""")).Status);
        Assert.Null(host.Views.Futures.AutoMarginOf(user.User, row.Instrument, row.Leg));
        foreach (var body in new[] { """{"contract":"BTC_USDT","amount":"-1"}""", """{"contract":"spot:BTC_USDT","amount":"1"}""", """{"contract":"futures:usdt:BTC_USDT","side":"up","amount":"1"}""", """{"contract":"futures:usdt:BTC_USDT"}""" })
            Assert.Equal(400, (await SetAsync(body)).Status);
    }

    // F-045: the operator says what a currency is worth in points, a user switches them on; the dialect's fields say what was paid.
    [Fact]
    public async Task Fees_are_paid_in_points_and_read_so_everywhere()
    {
        var user = await caller.NewUserAsync("points");
        async Task<int> PutAsync(string path, string body) => (await caller.OperateAsync("PUT", path, body)).Status;
        foreach (var body in new[] { """{"currency":"USDT","value":"-1"}""", """{"currency":"GT","value":"1"}""", """{"currency":"USDT"}""", """{"currency":"USDT","value":"1000000001"}""" })
            Assert.Equal(400, await PutAsync("points", body));
        Assert.Equal(200, await PutAsync("points", """{"currency":"USDT","value":"2"}"""));
        Assert.Equal(200, await PutAsync($"users/{user.User}/points", """{"enabled":true}"""));
        Assert.Equal(400, await PutAsync($"users/{user.User}/points", """{"enabled":true}"""));             // NO_CHANGE
        Assert.Equal(404, await PutAsync("users/99/points", """{"enabled":true}"""));
        await caller.ControlAsync($"users/{user.User}/fund", """{"wallet":"futures:usdt","asset":"USDT","amount":"1000"}""");
        await caller.ControlAsync($"users/{user.User}/fund", """{"wallet":"spot","asset":"POINT","amount":"500"}""");
        Assert.Equal(201, (await caller.AskAsync(user, "POST", "/futures/usdt/orders", "", """{"contract":"BTC_USDT","size":10,"price":"0","tif":"ioc"}""")).Status);

        var fills = (JsonArray)(await ReadAsync(user, "/futures/usdt/my_trades"))!;
        var paid = fills.Sum(fill => decimal.Parse((string)fill!["point_fee"]!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(paid > 0);
        Assert.All(fills, fill => Assert.Equal("0", (string)fill!["fee"]!));
        var account = (await ReadAsync(user, "/futures/usdt/accounts"))!;
        Assert.Equal((500 - paid, -paid, "0"), (Number(account["point"]!), Number(account["history"]!["point_fee"]!), (string)account["history"]!["fee"]!));
        var position = (await ReadAsync(user, "/futures/usdt/positions/BTC_USDT"))!;
        Assert.Equal((-paid, 0m, "0"), (Number(position["realised_point"]!), Number(position["history_point"]!), (string)position["pnl_fee"]!));
        var book = (JsonArray)(await ReadAsync(user, "/futures/usdt/account_book", "type=point_fee"))!;
        Assert.Equal(-paid, book.Sum(entry => Number(entry!["change"]!)));
        Assert.All(book, entry => Assert.Equal(("point_fee", "BTC_USDT"), ((string)entry!["type"]!, (string)entry["contract"]!)));
        Assert.DoesNotContain((JsonArray)(await ReadAsync(user, "/futures/usdt/account_book"))!, entry => (string)entry!["type"]! is "fee" or "point_fee");
        Assert.Empty((JsonArray)(await ReadAsync(user, "/delivery/usdt/account_book", "type=point_fee"))!);
        Assert.Equal(200, (await caller.AskAsync(user, "GET", "/wallet/total_balance")).Status);            // points have no price

        static decimal Number(JsonNode text) => decimal.Parse((string)text!, System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task<JsonNode?> ReadAsync(Signer user, string path, string query = "") => JsonNode.Parse((await caller.AskAsync(user, "GET", path, query)).Text);

    private async Task<(int Status, JsonNode Json)> ChangeAsync(string name, string body)
    {
        var said = await caller.OperateAsync("PUT", $"instruments/{name}", body);
        return (said.Status, JsonNode.Parse(said.Text)!);
    }

    [Fact]
    public async Task Liquidity_goes_and_comes_by_full_names_bare_symbols_and_for_all()
    {
        var (perpetual, pair) = (Contract("BTC_USDT"), host.Views.Pairs.Single(known => known.Symbol == "BTC_USDT"));
        await caller.ControlAsync("liquidity", """{"instruments":["futures:usdt:BTC_USDT"],"mode":"off"}""");
        Assert.Equal(0, perpetual.Book.Best.Bid.Size);
        Assert.True(pair.Book.Best.Bid.Size > 0);
        await caller.ControlAsync("liquidity", """{"instruments":["BTC_USDT"],"mode":"on"}""");
        await caller.ControlAsync("clock/advance", """{"seconds":2}""");
        Assert.True(perpetual.Book.Best.Bid.Size > 0);
        await caller.ControlAsync("liquidity", """{"mode":"off"}""");
        Assert.All(host.Views.Futures.Contracts, contract => Assert.Equal((0, 0), (contract.Book.Best.Bid.Size, contract.Book.Best.Ask.Size)));
    }

    [Fact]
    public void Contracts_have_a_past_that_ends_at_their_first_index()
    {
        foreach (var symbol in new[] { "BTC_USDT", "0G_USDT", "NVDA_USDT", "SKHYNIX_USDT" }) CheckPast(symbol);
    }

    // The venue opens on Monday, 5 January 2026, at 15:00.
    [Theory]
    [InlineData("20260109", "2025-12-26T08:00:00Z")]
    [InlineData("20260116", "2026-01-02T08:00:00Z")]
    [InlineData("20260327", "2025-09-26T08:00:00Z")]
    [InlineData("20260626", "2025-12-26T08:00:00Z")]
    public async Task A_delivery_contract_has_a_past_since_its_series_lists_it(string date, string since)
    {
        var (symbol, first, listed) = ($"BTC_USDT_{date}", DateTimeOffset.Parse(since, Culture).ToUnixTimeSeconds(), new DateTimeOffset(2026, 1, 5, 15, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds());
        var expiry = host.Views.Futures.Contracts.Single(one => one.Symbol == symbol).Terms.Delivery!.ExpiryNanos / Nanos.PerSecond;
        await caller.ControlAsync("clock/advance", """{"seconds":60}""");
        var parts = await BarsAsync("delivery", symbol, "4h", 1000);
        Assert.Equal((first, listed - listed % 14_400), (Time(parts[0]), Time(parts[^1])));
        Assert.Equal((listed - first) / 14_400 + 1, parts.Length);
        var days = await BarsAsync("delivery", symbol, "1d", 1000);
        Assert.Equal(first - first % 86_400, Time(days[0]));
        Assert.Equal(parts.Where(part => Time(part) < Time(days[1])).Sum(Size), Size(days[0]));
        Assert.Equal(Price(parts[0], "o"), Price(days[0], "o"));
        // It costs more than the perpetual, whose past is the index alone, by a rate a year for what is left.
        var perpetual = (await BarsAsync("futures", "BTC_USDT", "4h", 1000)).ToDictionary(Time);
        var rates = parts.SkipLast(1).Select(part => (Price(part, "c") / Price(perpetual[Time(part)], "c") - 1) / (expiry - Time(part) - 14_400) * (365 * 86_400)).ToArray();
        Assert.InRange(rates[0], 0.001, 0.15);
        Assert.All(rates, rate => Assert.InRange(rate, rates[0] - 0.001, rates[0] + 0.001));
        // Past and present join: what trades after the opening is where the past has ended.
        var minutes = await BarsAsync("delivery", symbol, "1m", 3);
        Assert.Equal(listed + 60, Time(minutes[^1]));
        Assert.InRange(Price(minutes[1], "c") / Price(minutes[0], "c"), 0.998, 1.002);
        Assert.Single(await BarsAsync("delivery", $"mark_{symbol}", "1h", 2000));
        Assert.Single(await BarsAsync("delivery", $"index_{symbol}", "1h", 2000));

        async Task<System.Text.Json.JsonElement[]> BarsAsync(string group, string name, string interval, int limit) =>
            [.. (await caller.GetAsync($"/api/v4/{group}/usdt/candlesticks?contract={name}&interval={interval}&limit={limit}")).Json.EnumerateArray()];

        static long Time(System.Text.Json.JsonElement bar) => bar.GetProperty("t").GetInt64();

        static long Size(System.Text.Json.JsonElement bar) => bar.GetProperty("v").GetInt64();

        static double Price(System.Text.Json.JsonElement bar, string field) => double.Parse(bar.GetProperty(field).GetString()!, Culture);
    }

    private static readonly System.Globalization.CultureInfo Culture = System.Globalization.CultureInfo.InvariantCulture;

    private void CheckPast(string symbol)
    {
        var contract = Contract(symbol);
        var candles = new GeneratedCandles(new PricePath(1, MarketFile.Demo), MarketFile.Demo, name => host.Views.TryGetPair(name, out var pair) ? pair : null);
        var bars = new List<Candle>();
        candles.Read(contract, 3600, 0, long.MaxValue / 2, bars);
        Assert.InRange(bars.Count, 369 * 24, 371 * 24);
        var sleeping = contract.Prices.Flags.HasFlag(IndexFlags.Closed) ? 0.05 : 0.005;                // its index is the last close, the path has gone on
        Assert.InRange((double)bars[^1].Close / contract.Prices.Index, 1 - sleeping, 1 + sleeping);
        Assert.All(bars, bar => Assert.True(bar.Low > 0 && bar.Low <= bar.Open && bar.Low <= bar.Close && bar.High >= bar.Open && bar.High >= bar.Close && bar.BaseVolume > 0 && bar.Close % contract.Terms.Tick == 0, $"{bar}"));
        var turnover = bars.Skip(24).Take(24 * 28).Sum(bar => (double)bar.QuoteVolume.Raw / 1e12) / 28;
        var promised = double.Parse(MarketFile.Demo.Contracts.Single(one => one.Name == symbol && !one.IsSeries).Liquidity!.Turnover);
        Assert.InRange(turnover / promised, 0.3, 3);
        if (!host.Views.TryGetPair(symbol, out var spot)) return;
        var pairBars = new List<Candle>();
        candles.Read(spot, 3600, 0, long.MaxValue / 2, pairBars);
        Assert.All(bars.Zip(pairBars), pair => Assert.InRange((double)pair.First.Close / 100 / (pair.Second.Close / 10.0), 0.9999, 1.0001));
    }

    private async Task CheckAsync()
    {
        var contracts = host.Views.Futures.Contracts;
        Assert.Equal(MarketFile.Demo.Contracts.Count(contract => !contract.IsSeries) + 8, contracts.Count);
        var wrong = contracts.Select(Fault).OfType<string>().ToArray();
        Assert.True(wrong.Length == 0, $"{wrong.Length}: {string.Join("; ", wrong.Take(20))}");
        var invariants = await caller.ControlAsync("invariants");
        Assert.True((bool)invariants["ok"]!, invariants.ToJsonString());
        var listed = (await caller.ControlAsync("instruments"))["instruments"]!.AsArray();
        Assert.Equal(contracts.Count, listed.Count(one => (string)one!["product"]! is "futures" or "delivery"));
        Assert.Contains(listed, one => (string)one!["name"]! == "delivery:usdt:BTC_USDT_20260327");
    }

    private static string? Fault(ContractView contract)
    {
        if (contract.Status != MarketStatus.Tradable) return $"{contract.Symbol} is {contract.Status}";
        if (contract.Book.Best is not { Bid.Size: > 0, Ask.Size: > 0 }) return $"{contract.Symbol} is one-sided";
        if (contract.LastTradeId == 0) return $"{contract.Symbol} has not traded";
        var far = double.Abs((double)contract.Prices.Mark / contract.Prices.Index - 1);
        return far > (contract.IsDelivery ? 0.08 : 0.006) ? $"{contract.Symbol}: mark {contract.Prices.Mark}, index {contract.Prices.Index}" : null;
    }

    private ContractView Contract(string symbol) => host.Views.Futures.TryGet(symbol, out var contract) ? contract : throw new ArgumentException(symbol);

    private string Balance(int user, WalletId wallet, string asset) =>
        host.Views.TryGetAsset(asset, out var known) ? host.Views.BalanceOf(user, wallet.Value, known.Id).Total.ToString() : "";
}
