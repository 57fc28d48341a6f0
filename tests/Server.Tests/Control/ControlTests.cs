using System.Net;
using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Sequencing;
using Sluice.Server.Api.Identity;
using Sluice.Server.Api.Wallet;
using Sluice.Server.Control;
using Sluice.Server.Identity;
using Sluice.Server.Markets;
using Sluice.Server.Tests.Gateway;
using Sluice.Server.Tests.Identity;

namespace Sluice.Server.Tests.Control;

public sealed class ControlTests : IAsyncDisposable
{
    private const string Pair = """
        {"symbol":"NEW_USDT","price_decimals":2,"size_decimals":3,"reference_price":"5.00","min_base":"0.001","min_quote":"1"}
        """;

    private readonly TestVenue venue;
    private readonly AdminToken token;
    private string? notReady;

    public ControlTests() : this(new ManualClock(1_767_225_600 * Nanos.PerSecond)) { }

    private ControlTests(VenueClock clock)
    {
        venue = new TestVenue(clock: clock);
        token = AdminToken.Open(venue.Disk);
    }

    public ValueTask DisposeAsync() => venue.DisposeAsync();

    private async Task<TestVenue> StartAsync()
    {
        await venue.ListAsync();
        var api = new ControlApi(Options());
        return await venue.ServeAsync([new AccountEndpoints(venue.Views, venue.Keys, venue.Sequencer), new WalletEndpoints(venue.Views, venue.History.Reader,
            venue.Sequencer, new MarketChains(MarketFile.Demo))], api.Map);
    }

    private ControlOptions Options() => new()
    {
        Token = token, Sequencer = venue.Sequencer, Products = venue.Products, Clock = venue.Clock, Views = venue.Views, Seal = venue.Seal, Demo = venue.Demo,
        Chains = new MarketChains(MarketFile.Demo), Snapshots = venue.Store, Ready = [() => notReady], Gauges = [new Gauge("database_bytes", "size of the history", () => 4096)],
        HealthReaders = [IPAddress.Parse("10.1.2.3")],
    };

    private Task<Answer> GetAsync(string path) => CallAsync("GET", path, null);

    private Task<Answer> PostAsync(string path, string? body = null, params (string Name, string Value)[] headers) => CallAsync("POST", path, body, headers);

    private Task<Answer> CallAsync(string method, string path, string? body, params (string Name, string Value)[] headers) =>
        venue.RequestAsync(method, "/sluice/v1/" + path, body, [("Authorization", "Bearer " + token.Text), .. headers]);

    private async Task<TestUser> UserAsync(string name)
    {
        var made = await PostAsync("users", $$"""{"name":"{{name}}"}""");
        Assert.Equal(200, made.Status);
        return new TestUser(venue, int.Parse(made["user_id"]!), made["key"]!, made["secret"]!);
    }

    [Fact]
    public async Task Only_the_admin_token_opens_it_and_unknown_paths_are_told_in_the_dialects_shape()
    {
        await StartAsync();
        foreach (var header in new[] { "", "Bearer", "Bearer wrong", "Basic " + token.Text, token.Text })
        {
            var answer = await venue.RequestAsync("GET", "/sluice/v1/status", null, [("Authorization", header)]);
            Assert.Equal((401, "INVALID_CREDENTIALS"), (answer.Status, answer.Label));
        }
        Assert.Equal((401, "INVALID_CREDENTIALS"), ((await venue.RequestAsync("GET", "/sluice/v1/nothing", null)).Status, (await venue.RequestAsync("GET", "/sluice/v1", null)).Label));
        Assert.Equal((404, "NOT_FOUND"), ((await GetAsync("nothing")).Status, (await GetAsync("nothing")).Label));
        Assert.Equal((405, "METHOD_NOT_ALLOWED"), ((await CallAsync("DELETE", "users", null)).Status, (await CallAsync("PUT", "status", "{}")).Label));
        Assert.Equal(200, (await GetAsync("status")).Status);
    }

    [Fact]
    public async Task A_user_is_made_with_a_working_key_and_listed()
    {
        await StartAsync();
        var alice = await UserAsync("alice");
        Assert.Equal(alice.Id.ToString(), (await alice.GetAsync("/account/detail"))["user_id"]);
        var list = (await GetAsync("users")).Json.GetProperty("users");
        Assert.Equal(["alice"], list.EnumerateArray().Select(user => user.GetProperty("name").GetString()));
        Assert.DoesNotContain(alice.Secret, list.ToString());
        Assert.Equal("INVALID_PARAM_VALUE", (await PostAsync("users", """{"name":"alice"}""")).Label);
        Assert.Single(venue.Views.Users);
    }

    [Fact]
    public async Task A_repeated_call_gets_the_first_answer_again()
    {
        await StartAsync();
        var first = await PostAsync("users", """{"name":"alice"}""", ("Idempotency-Key", "a"));
        var again = await PostAsync("users", """{"name":"alice"}""", ("Idempotency-Key", "a"));
        Assert.Equal((first["user_id"], first["key"], first["secret"]), (again["user_id"], again["key"], again["secret"]));
        Assert.Equal("INVALID_PARAM_VALUE", (await PostAsync("users", """{"name":"bob"}""", ("Idempotency-Key", "a"))).Label);
        Assert.Equal("INVALID_PARAM_VALUE", (await PostAsync("users", """{"name":"carl"}""", ("Idempotency-Key", "with blank"))).Label);
        for (var i = 0; i < 2; i++)
            Assert.Equal("7", (await PostAsync($"users/{first["user_id"]}/fund", """{"wallet":"spot","asset":"USDT","amount":"7"}""", ("Idempotency-Key", "f")))["balance"]);
    }

    [Fact]
    public async Task Funds_come_and_go_and_arrive_as_deposits()
    {
        await StartAsync();
        var alice = await UserAsync("alice");
        Assert.Equal("1000.5", (await PostAsync($"users/{alice.Id}/fund", """{"wallet":"spot","asset":"USDT","amount":"1000.5"}"""))["balance"]);
        Assert.Equal("900", (await PostAsync($"users/{alice.Id}/fund", """{"wallet":"spot","asset":"USDT","amount":"-100.5"}"""))["balance"]);
        Assert.Equal("2", (await PostAsync($"users/{alice.Id}/fund", """{"wallet":"margin:BTC_USDT","asset":"BTC","amount":2}"""))["balance"]);
        var deposits = (await alice.GetAsync("/wallet/deposits")).Json;
        Assert.Equal("1000.5", Assert.Single(deposits.EnumerateArray()).GetProperty("amount").GetString());
        var address = (await alice.GetAsync("/wallet/deposit_address", "currency=USDT"))["address"];
        Assert.Equal(address, deposits[0].GetProperty("address").GetString());
    }

    [Theory]
    [InlineData("""{"wallet":"options","asset":"USDT","amount":"1"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"wallet":"stock","asset":"USDT","amount":"1"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"wallet":"cfd","asset":"USDT","amount":"1"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"wallet":"pocket","asset":"USDT","amount":"1"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"wallet":"margin:NO_PAIR","asset":"USDT","amount":"1"}""", "INVALID_CURRENCY_PAIR")]
    [InlineData("""{"wallet":"margin:BTC_USDT","asset":"ETH","amount":"1"}""", "ACCOUNT_EXCEPTION")]
    [InlineData("""{"wallet":"spot","asset":"NOSUCH","amount":"1"}""", "INVALID_CURRENCY")]
    [InlineData("""{"wallet":"spot","asset":"USDT","amount":"0"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"wallet":"spot","asset":"USDT","amount":"-1"}""", "BALANCE_NOT_ENOUGH")]
    [InlineData("""{"wallet":"spot","asset":"USDT","amount":"10000000000000000000000000"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"wallet":"spot","asset":"USDT","amount":"NaN"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"wallet":"spot","asset":"USDT"}""", "MISSING_REQUIRED_PARAM")]
    [InlineData("""{"wallet":"spot","asset":"USDT","amount":"1","note":"x"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"wallet":7,"asset":"USDT","amount":"1"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""["spot"]""", "INVALID_REQUEST_BODY")]
    [InlineData("""{"wallet":"spot",""", "INVALID_REQUEST_BODY")]
    [InlineData("""{"wallet":"spot","wallet":"spot","asset":"USDT","amount":"1"}""", "INVALID_REQUEST_BODY")]
    public async Task Funds_that_cannot_be_are_refused_and_move_nothing(string body, string label)
    {
        await StartAsync();
        var alice = await UserAsync("alice");
        var answer = await PostAsync($"users/{alice.Id}/fund", body);
        Assert.Equal((400, label), (answer.Status, answer.Label));
        Assert.All(venue.Views.BalancesOf(alice.Id), balance => Assert.True(balance.Total.IsZero));
        Assert.Equal(404, (await PostAsync("users/1/fund", """{"wallet":"spot","asset":"USDT","amount":"1"}""")).Status);
    }

    [Fact]
    public async Task A_reset_closes_orders_and_the_demo_user_starts_again_with_D_010()
    {
        await StartAsync();
        var demo = (await venue.Demo.EnsureAsync(venue.Disk, (null, null), allowed: true))!;
        var order = new PlaceOrder { Instrument = 1, Wallet = 1, Side = Side.Buy, Type = OrderType.Limit, Price = 600_000, Size = 10_000 };
        Assert.True((await venue.SendAsAsync(demo.User, order, "t-a", "")).Result.Accepted);
        await venue.FundAsync(demo.User, "GT", "5");
        await PostAsync($"users/{demo.User}/fund", """{"wallet":"spot","asset":"USDT","amount":"-100"}""");
        Assert.Single(venue.Views.OpenOrdersOf(demo.User));

        var reset = await PostAsync($"users/{demo.User}/reset");
        Assert.Equal(200, reset.Status);
        Assert.Empty(venue.Views.OpenOrdersOf(demo.User));
        Assert.Equal(("50000", "1", "10", "0"), (venue.Balance(demo.User, "USDT"), venue.Balance(demo.User, "BTC"), venue.Balance(demo.User, "ETH"), venue.Balance(demo.User, "GT")));
        Assert.Equal(venue.Views.Shown.Sequence.ToString(), reset["sequence"]);

        var alice = await UserAsync("alice");
        await venue.FundAsync(alice.Id, "USDT", "7");
        Assert.Equal(200, (await PostAsync($"users/{alice.Id}/reset", "{}")).Status);
        Assert.Equal("0", venue.Balance(alice.Id, "USDT"));
        Assert.Equal(404, (await PostAsync("users/999/reset")).Status);
        Assert.Equal("True", (await GetAsync("invariants"))["ok"]);
    }

    [Fact]
    public async Task Participants_are_neither_listed_nor_reset()
    {
        await StartAsync();
        var maker = (int)(await venue.SendAsync(new CreateUser { Flags = UserFlags.Participant }, "maker", "", "")).Result.ObjectId;
        Assert.Empty((await GetAsync("users")).Json.GetProperty("users").EnumerateArray());
        Assert.Equal("BAD_REQUEST", (await PostAsync($"users/{maker}/reset")).Label);
    }

    [Fact]
    public async Task Prices_are_pinned_and_released()
    {
        await StartAsync();
        var pinned = await PostAsync("prices", """{"prices":{"BTC_USDT":"65000.5","GT_USDT":9},"kind":"index","mode":"pin"}""");
        Assert.Equal(venue.Views.Shown.Sequence.ToString(), pinned["sequence"]);
        Assert.Equal(["BTC_USDT 65000.5", "GT_USDT 9"], await PinsAsync());
        Assert.Equal(200, (await PostAsync("prices", """{"names":["BTC_USDT"],"mode":"release"}""")).Status);
        Assert.Equal(["GT_USDT 9"], await PinsAsync());
    }

    [Theory]
    [InlineData("""{"prices":{"BTC_USDT":"0"}}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"prices":{"BTC_USDT":"-5"}}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"prices":{"GT_USDT":"1","BTC_USDT":"x"}}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"prices":{"BTC_USDT":null}}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"prices":{"BTC_USDT":["1"]}}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"prices":{}}""", "MISSING_REQUIRED_PARAM")]
    [InlineData("""{"prices":"BTC_USDT"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"prices":{"BTC_USDT":"1"},"kind":"mark"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"prices":{"BTC_USDT":"1"},"mode":"hold"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"names":["BTC_USDT"]}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"names":[],"mode":"release"}""", "MISSING_REQUIRED_PARAM")]
    [InlineData("""{}""", "MISSING_REQUIRED_PARAM")]
    public async Task Prices_that_cannot_be_pin_nothing(string body, string label)
    {
        await StartAsync();
        var answer = await PostAsync("prices", body);
        Assert.Equal((400, label), (answer.Status, answer.Label));
        Assert.Empty(await PinsAsync());
    }

    [Fact]
    public async Task An_unknown_index_among_known_ones_pins_nothing()
    {
        await StartAsync();
        Assert.Equal((404, "NOT_FOUND"), ((await PostAsync("prices", """{"prices":{"BTC_USDT":"1","NO_PAIR":"1"}}""")).Status, "NOT_FOUND"));
        Assert.Empty(await PinsAsync());
    }

    [Fact]
    public async Task Participants_leave_and_return_and_prices_are_shocked()
    {
        await StartAsync();
        var wallet = venue.Products.Wallet.State;
        Assert.Equal(200, (await PostAsync("liquidity", """{"instruments":["spot:BTC_USDT","GT_USDT"],"mode":"off"}""")).Status);
        Assert.Equal(["BTC_USDT", "GT_USDT"], await venue.Sequencer.AskAsync(_ => wallet.LiquidityOff.ToArray()));
        await PostAsync("liquidity", """{"mode":"off"}""");
        await PostAsync("liquidity", """{"instruments":["BTC_USDT"],"mode":"on"}""");
        Assert.Equal(["ETH_BTC", "GT_USDT"], await venue.Sequencer.AskAsync(_ => wallet.LiquidityOff.ToArray()));
        await PostAsync("liquidity", """{"mode":"on"}""");
        Assert.Empty(await venue.Sequencer.AskAsync(_ => wallet.LiquidityOff.ToArray()));
        Assert.Equal(400, (await PostAsync("liquidity", """{"instruments":["BTC_USDT"]}""")).Status);
        Assert.Equal(404, (await PostAsync("liquidity", """{"instruments":["NO_PAIR"],"mode":"off"}""")).Status);
        Assert.Equal(404, (await PostAsync("liquidity", """{"instruments":["futures:usdt:BTC_USDT"],"mode":"off"}""")).Status);

        Assert.Equal(200, (await PostAsync("shock", """{"percent":-10,"instruments":["spot:BTC_USDT"]}""")).Status);
        Assert.Equal(200, (await PostAsync("shock", """{"percent":"2.5"}""")).Status);
        var shocks = await venue.Sequencer.AskAsync(_ => wallet.Shocks.Select(shock => $"{shock.FractionE12} {string.Join('+', shock.Names)}").ToArray());
        Assert.Equal(["-100000000000 BTC_USDT", "25000000000 "], shocks);
        foreach (var wrong in new[] { "-100", "0", "1001", "\"x\"", "null" }) Assert.Equal(400, (await PostAsync("shock", $$"""{"percent":{{wrong}}}""")).Status);
    }

    [Fact]
    public async Task Instruments_are_listed_added_halted_and_resumed()
    {
        await StartAsync();
        var added = await PostAsync("instruments", Pair);
        Assert.Equal("spot:NEW_USDT", added["name"]);
        var names = (await GetAsync("instruments")).Json.GetProperty("instruments").EnumerateArray().Select(one => $"{one.GetProperty("name")} {one.GetProperty("status")}");
        Assert.Equal(["spot:BTC_USDT trading", "spot:ETH_BTC trading", "spot:GT_USDT trading", "spot:NEW_USDT trading"], names);
        Assert.Equal(500, venue.Views.PairOf(4).Terms.ReferencePrice);

        Assert.Equal(200, (await PostAsync("instruments/spot:NEW_USDT/status", """{"status":"circuit_breaker"}""")).Status);
        Assert.Equal(MarketStatus.CircuitBreaker, venue.Views.PairOf(4).Status);
        Assert.Equal(200, (await PostAsync("instruments/NEW_USDT/status", """{"status":"trading"}""")).Status);
        Assert.Equal(MarketStatus.Tradable, venue.Views.PairOf(4).Status);
        Assert.Equal(400, (await PostAsync("instruments/NEW_USDT/status", """{"status":"asleep"}""")).Status);
        Assert.Equal(404, (await PostAsync("instruments/NO_PAIR/status", """{"status":"trading"}""")).Status);
        Assert.Equal(404, (await PostAsync("instruments/futures:usdt:BTC_USDT/status", """{"status":"trading"}""")).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"symbol":"BTC"}""")]
    [InlineData("""{"symbol":null}""")]
    [InlineData("""{"symbol":"NEW_USDT","price_decimals":2,"size_decimals":3}""")]
    [InlineData("""{"symbol":"NEW_USDT","price_decimals":2,"size_decimals":3,"reference_price":null}""")]
    [InlineData("""{"symbol":"NEW_USDT","price_decimals":9,"size_decimals":9,"reference_price":"5"}""")]
    [InlineData("""{"symbol":"NEW_USDT","price_decimals":2,"size_decimals":3,"reference_price":"5","color":"red"}""")]
    [InlineData("""{"symbol":"new_USDT","price_decimals":2,"size_decimals":3,"reference_price":"5"}""")]
    [InlineData("""{"symbol":"NEW_USDT","price_decimals":"two","size_decimals":3,"reference_price":"5"}""")]
    [InlineData("""{"symbol":"NEW_USDT","price_decimals":2,"size_decimals":3,"reference_price":"5","liquidity":{"turnover":null}}""")]
    public async Task A_pair_that_cannot_be_lists_nothing(string body)
    {
        await StartAsync();
        var answer = await PostAsync("instruments", body.Length == 0 ? null : body);
        Assert.Equal(400, answer.Status);
        Assert.Equal((3, 4), (venue.Views.Pairs.Count, venue.Views.Assets.Count));
    }

    [Fact]
    public async Task A_manual_clock_is_advanced_and_what_falls_due_runs()
    {
        await StartAsync();
        var alice = await UserAsync("alice");
        await venue.FundAsync(alice.Id, "BTC", "1");
        await venue.SendAsAsync(alice.Id, new PlaceOrder { Instrument = 1, Wallet = 1, Side = Side.Sell, Type = OrderType.Limit, Price = 700_000, Size = 10_000 }, "t-a", "");
        await venue.SendAsAsync(alice.Id, new SetCountdown { TimeoutSeconds = 60 });
        var advanced = await PostAsync("clock/advance", """{"seconds":28800}""");
        Assert.Equal("1767254400000", advanced["clock"]);
        Assert.Empty(venue.Views.OpenOrdersOf(alice.Id));
        Assert.Equal("1767254400000", (await GetAsync("status"))["clock"]);
        foreach (var wrong in new[] { "-1", "1e9", "\"x\"", "99999999999999", "null", "true" }) Assert.Equal(400, (await PostAsync("clock/advance", $$"""{"seconds":{{wrong}}}""")).Status);
        Assert.Equal(400, (await PostAsync("clock/advance", """{"seconds":1}""", ("Idempotency-Key", "x"))).Status);
        Assert.Equal("1767254400000", (await GetAsync("status"))["clock"]);
    }

    [Fact]
    public async Task A_real_clock_is_not_advanced()
    {
        await using var real = new ControlTests(new RealClock());
        await real.StartAsync();
        var answer = await real.PostAsync("clock/advance", """{"seconds":1}""");
        Assert.Equal((400, "BAD_REQUEST"), (answer.Status, answer.Label));
        Assert.Contains("--clock manual", answer.Message);
    }

    [Fact]
    public async Task Status_is_one_instant_and_equal_calls_lead_to_equal_hashes()
    {
        async Task<Answer> Play(ControlTests control)
        {
            await control.StartAsync();
            var alice = await control.UserAsync("alice");
            await control.PostAsync($"users/{alice.Id}/fund", """{"wallet":"spot","asset":"USDT","amount":"1000"}""");
            await control.PostAsync("prices", """{"prices":{"BTC_USDT":"65000"}}""");
            await control.PostAsync("clock/advance", """{"seconds":3600}""");
            return await control.GetAsync("status");
        }
        await using var other = new ControlTests();
        var (one, two) = (await Play(this), await Play(other));
        Assert.Equal(one.Text, two.Text);
        Assert.Matches("^[0-9a-f]{16}$", one["state_hash"]!);
        Assert.Equal((await venue.HashAsync()).ToString("x16"), one["state_hash"]);
        Assert.Equal((one["sequence"], $"{StateMachine.RulesVersion}"), (one["durable_sequence"], one["rules_version"]));
        Assert.Equal(JsonValueKind.Object, one.Json.GetProperty("counts").ValueKind);
    }

    [Fact]
    public async Task Pause_invariants_and_funds()
    {
        await StartAsync();
        Assert.Equal("True", (await PostAsync("pause", """{"paused":true}"""))["paused"]);
        Assert.Equal("False", (await PostAsync("pause", """{"paused":false}"""))["paused"]);
        Assert.Equal(400, (await PostAsync("pause", "{}")).Status);
        var alice = await UserAsync("alice");
        await venue.FundAsync(alice.Id, "USDT", "12.5");
        var invariants = (await GetAsync("invariants")).Json;
        Assert.True(invariants.GetProperty("ok").GetBoolean());
        Assert.Contains(invariants.GetProperty("checks").EnumerateArray(), check => check.GetProperty("name").GetString() == "assets sum to zero");
        var funds = (await GetAsync("funds")).Json.GetProperty("funds");
        Assert.Equal("outside_world USDT -12.5", string.Join(';', funds.EnumerateArray().Select(fund => $"{fund.GetProperty("account")} {fund.GetProperty("asset")} {fund.GetProperty("amount")}")));
    }

    [Fact]
    public async Task Health_says_why_the_venue_is_not_ready_and_metrics_are_numbers()
    {
        await StartAsync();
        Assert.Equal(200, (await venue.RequestAsync("GET", "/health/live", null)).Status);
        Assert.Equal("ready", (await venue.RequestAsync("GET", "/health/ready", null))["status"]);
        notReady = "The history's disk is full.";
        var ready = await venue.RequestAsync("GET", "/health/ready", null);
        Assert.Equal((503, "The history's disk is full."), (ready.Status, ready.Message));
        notReady = null;

        var metrics = (await venue.RequestAsync("GET", "/metrics", null)).Text;
        foreach (var line in metrics.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#')) Assert.Matches(@"^sluice_[a-z_]+ -?[0-9.E+-]+$", line);
        foreach (var name in new[] { "sequence", "durable_sequence", "log_bytes", "snapshot_bytes", "database_bytes", "open_orders", "connections", "commands_per_second" })
            Assert.Contains($"\nsluice_{name} ", metrics);
        Assert.Contains("\nsluice_database_bytes 4096\n", metrics);

        venue.Sequencer.Stop();
        ready = await venue.RequestAsync("GET", "/health/ready", null);
        Assert.Equal((503, "The venue is stopping."), (ready.Status, ready.Message));
        Assert.Equal(200, (await venue.RequestAsync("GET", "/health/live", null)).Status);
        Assert.Equal((503, "TOO_BUSY"), ((await GetAsync("status")).Status, (await PostAsync("users", """{"name":"late"}""")).Label));
    }

    [Fact]
    public void Health_is_for_this_machine_and_the_addresses_named()
    {
        var health = new Health(Options());
        Assert.True(health.Admits(IPAddress.Loopback) && health.Admits(IPAddress.IPv6Loopback) && health.Admits(IPAddress.Parse("::ffff:127.0.0.1")));
        Assert.True(health.Admits(IPAddress.Parse("10.1.2.3")) && health.Admits(IPAddress.Parse("::ffff:10.1.2.3")));
        Assert.False(health.Admits(IPAddress.Parse("10.1.2.4")) || health.Admits(null));
    }

    [Fact]
    public void Every_refusal_an_operators_command_can_meet_has_a_label_and_a_sentence()
    {
        var all = Enum.GetValues<IdentityRefusal>().Select(refusal => (ushort)refusal).Concat(Enum.GetValues<Products.Wallet.WalletRefusal>().Select(refusal => (ushort)refusal))
            .Concat(Enum.GetValues<SpotRefusal>().Select(refusal => (ushort)refusal)).Where(refusal => refusal != 0).ToList();
        Assert.All(all, refusal => Assert.InRange(ControlRefusals.Of(refusal).Status, 400, 499));
        Assert.Equal("REQUEST_EXPIRED", ControlRefusals.Of(KernelRefusal.Expired).Label);
        Assert.Equal("INVALID_PARAM_VALUE", ControlRefusals.Of(KernelRefusal.KeyReused).Label);
    }

    private Task<string[]> PinsAsync() =>
        venue.Sequencer.AskAsync(_ => venue.Products.Wallet.State.Pins.Select(pin => $"{pin.Key} {pin.Value}").ToArray());
}
