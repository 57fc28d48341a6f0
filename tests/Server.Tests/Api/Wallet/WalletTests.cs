using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;
using Sluice.Runtime.Sequencing;
using Sluice.Server.Api.Wallet;
using Sluice.Server.Markets;
using Sluice.Server.Tests.Identity;

namespace Sluice.Server.Tests.Api.Wallet;

public class WalletTests
{
    private static async Task<(TestVenue Venue, TestUser Alice)> StartAsync(VenueClock? clock = null)
    {
        var venue = new TestVenue(clock: clock);
        await venue.ListAsync();
        await venue.ServeAsync([new WalletEndpoints(venue.Views, venue.History.Reader, venue.Sequencer, new MarketChains(MarketFile.Demo))]);
        return (venue, await venue.UserAsync("alice", "1000"));
    }

    private static async Task<int> SubAsync(TestUser main, string name) =>
        (int)(await main.Venue.SendAsync(new CreateUser { Parent = main.Id }, name, "", "")).Result.ObjectId;

    private static Task<Sluice.Server.Tests.Gateway.Answer> ToSubAsync(TestUser main, int sub, string amount, string direction = "to", string clientId = "") =>
        main.PostAsync("/wallet/sub_account_transfers", $$"""{"sub_account":"{{sub}}","currency":"USDT","amount":"{{amount}}","direction":"{{direction}}","client_order_id":"{{clientId}}"}""");

    [Fact]
    public async Task Spot_to_margin_and_back_with_its_record()
    {
        var (venue, alice) = await StartAsync();
        await using var _ = venue;
        var there = await alice.PostAsync("/wallet/transfers", """{"currency":"USDT","from":"spot","to":"margin","amount":"100.5","currency_pair":"BTC_USDT"}""");
        Assert.Equal(200, there.Status);
        Assert.Equal("899.5", venue.Balance(alice.Id, "USDT"));
        Assert.Equal("100.5", venue.Balance(alice.Id, "USDT", WalletId.Margin(new InstrumentId(1)).Value));
        Assert.Equal("""{"tx_id":"TX","status":"success","currency":"USDT","amount":"100.5","from_account":"spot","to_account":"margin","settle":"","currency_pair":"BTC_USDT"}"""
            .Replace("TX", there["tx_id"]), (await alice.GetAsync("/wallet/transfers", $"tx_id={there["tx_id"]}")).Text);
        Assert.Equal(200, (await alice.PostAsync("/wallet/transfers", """{"currency":"USDT","from":"margin","to":"spot","amount":100.5,"currency_pair":"BTC_USDT"}""")).Status);
        Assert.Equal("1000", venue.Balance(alice.Id, "USDT"));
        Assert.Equal("NOT_FOUND", (await alice.GetAsync("/wallet/transfers", "tx_id=999999999999")).Label);
        var mallory = await venue.UserAsync("mallory");
        Assert.Equal("NOT_FOUND", (await mallory.GetAsync("/wallet/transfers", $"tx_id={there["tx_id"]}")).Label);
    }

    [Theory]
    [InlineData("""{"currency":"USDT","from":"spot","to":"margin","amount":"5000","currency_pair":"BTC_USDT"}""", "BALANCE_NOT_ENOUGH")]
    [InlineData("""{"currency":"USDT","from":"spot","to":"spot","amount":"1"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency":"USDT","from":"spot","to":"pocket","amount":"1"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency":"USDT","from":"spot","to":"cross_margin","amount":"1"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency":"USDT","from":"spot","to":"futures","amount":"1","settle":"btc"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency":"USDT","from":"delivery","to":"spot","amount":"1","settle":"usdt"}""", "BALANCE_NOT_ENOUGH")]
    [InlineData("""{"currency":"USDT","from":"spot","to":"options","amount":"1"}""", "ACCOUNT_EXCEPTION")]
    [InlineData("""{"currency":"NOSUCH","from":"spot","to":"margin","amount":"1","currency_pair":"BTC_USDT"}""", "INVALID_CURRENCY")]
    [InlineData("""{"currency":"USDT","from":"spot","to":"margin","amount":"1","currency_pair":"NO_PAIR"}""", "INVALID_CURRENCY_PAIR")]
    [InlineData("""{"currency":"USDT","from":"spot","to":"margin","amount":"1"}""", "MISSING_REQUIRED_PARAM")]
    [InlineData("""{"currency":"ETH","from":"spot","to":"margin","amount":"1","currency_pair":"BTC_USDT"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency":"USDT","from":"spot","to":"margin","amount":"0","currency_pair":"BTC_USDT"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency":"USDT","from":"spot","to":"margin","amount":"-1","currency_pair":"BTC_USDT"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency":"USDT","from":"spot","to":"margin","amount":"NaN","currency_pair":"BTC_USDT"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency":"USDT","from":"spot","to":"margin","amount":1e308,"currency_pair":"BTC_USDT"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency":"USDT","from":"spot","to":"margin","amount":"0.0000000000001","currency_pair":"BTC_USDT"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency":"USDT","from":"spot","to":"margin","amount":"100000000000000000000000000000000000000000000000000","currency_pair":"BTC_USDT"}""", "INVALID_PARAM_VALUE")]
    [InlineData("""{"currency":"USDT","from":"spot","amount":"1"}""", "MISSING_REQUIRED_PARAM")]
    [InlineData("""{"currency":["USDT"],"from":"spot","to":"margin","amount":"1"}""", "INVALID_PARAM_VALUE")]
    public async Task A_transfer_that_cannot_be_is_refused_and_moves_nothing(string body, string label)
    {
        var (venue, alice) = await StartAsync();
        await using var _ = venue;
        Assert.Equal(label, (await alice.PostAsync("/wallet/transfers", body)).Label);
        Assert.Equal("1000", venue.Balance(alice.Id, "USDT"));
    }

    [Fact]
    public async Task Between_a_main_account_and_its_sub_accounts_in_every_direction()
    {
        var (venue, alice) = await StartAsync();
        await using var _ = venue;
        var (one, two) = (await SubAsync(alice, "one"), await SubAsync(alice, "two"));
        var sent = await ToSubAsync(alice, one, "100", clientId: "first");
        Assert.Equal(200, sent.Status);
        Assert.Equal(200, (await ToSubAsync(alice, one, "40", "from")).Status);
        Assert.Equal(200, (await ToSubAsync(alice, two, "1")).Status);
        var across = await alice.PostAsync("/wallet/sub_account_to_sub_account",
            $$"""{"currency":"USDT","sub_account_from":"{{one}}","sub_account_from_type":"spot","sub_account_to":{{two}},"sub_account_to_type":"spot","amount":"10"}""");
        Assert.Equal(200, across.Status);
        Assert.Equal(("939", "50", "11"), (venue.Balance(alice.Id, "USDT"), venue.Balance(one, "USDT"), venue.Balance(two, "USDT")));

        var all = (await alice.GetAsync("/wallet/sub_account_transfers")).Json;
        Assert.Equal(["1 to", "40 from", "100 to"], all.EnumerateArray().Select(row => $"{row.GetProperty("amount")} {row.GetProperty("direction")}"));
        Assert.Equal(2, (await alice.GetAsync("/wallet/sub_account_transfers", $"sub_uid={one}")).Json.GetArrayLength());
        Assert.Equal("40", (await alice.GetAsync("/wallet/sub_account_transfers", "limit=1&offset=1")).Json[0].GetProperty("amount").GetString());
        Assert.Equal("[]", (await alice.GetAsync("/wallet/sub_account_transfers", "from=1&to=2")).Text);

        Assert.Equal($$"""{"tx_id":"{{sent["tx_id"]}}","status":"SUCCESS"}""", (await alice.GetAsync("/wallet/order_status", "client_order_id=first")).Text);
        Assert.Equal("SUCCESS", (await alice.GetAsync("/wallet/order_status", $"tx_id={across["tx_id"]}"))["status"]);
        Assert.Equal("SUCCESS", (await alice.PostAsync("/wallet/order_status", """{"client_order_id":"first"}"""))["status"]);
        Assert.Equal("MISSING_REQUIRED_PARAM", (await alice.GetAsync("/wallet/order_status")).Label);
        Assert.Equal("ORDER_EXISTS", (await ToSubAsync(alice, one, "1", clientId: "first")).Label);
        Assert.Equal("INVALID_CLIENT_ORDER_ID", (await ToSubAsync(alice, one, "1", clientId: "a b")).Label);

        Assert.Equal($$$"""[{"uid":"{{{one}}}","available":{"USDT":"50"},"locking":{"USDT":"0"}}]""", (await alice.GetAsync("/wallet/sub_account_balances", $"sub_uid={one}")).Text);
        Assert.Equal(two.ToString(), (await alice.GetAsync("/wallet/sub_account_balances", "limit=1&page=2")).Json[0].GetProperty("uid").GetString());
    }

    [Fact]
    public async Task Who_may_move_what()
    {
        var (venue, alice) = await StartAsync();
        await using var _ = venue;
        var (one, two) = (await SubAsync(alice, "one"), await SubAsync(alice, "two"));
        await ToSubAsync(alice, one, "100");
        var (bot, mallory) = (await venue.KeyAsync(one), await venue.UserAsync("mallory", "50"));
        Assert.Equal("FORBIDDEN", (await ToSubAsync(bot, two, "1")).Label);
        Assert.Equal("SUB_ACCOUNT_NOT_FOUND", (await ToSubAsync(mallory, one, "1", "from")).Label);
        Assert.Equal("FORBIDDEN", (await bot.GetAsync("/wallet/sub_account_balances")).Label);
        Assert.Equal("SUB_ACCOUNT_NOT_FOUND", (await mallory.GetAsync("/wallet/sub_account_balances", $"sub_uid={one}")).Label);
        string Body(int from, int to) => $$"""{"currency":"USDT","sub_account_from":"{{from}}","sub_account_from_type":"spot","sub_account_to":"{{to}}","sub_account_to_type":"spot","amount":"5"}""";
        Assert.Equal("FORBIDDEN", (await bot.PostAsync("/wallet/sub_account_to_sub_account", Body(two, one))).Label);
        Assert.Equal(200, (await bot.PostAsync("/wallet/sub_account_to_sub_account", Body(one, two))).Status);
        Assert.Equal("INVALID_PARAM_VALUE", (await alice.PostAsync("/wallet/sub_account_to_sub_account", Body(one, one))).Label);
        Assert.Equal("SUB_ACCOUNT_NOT_FOUND", (await mallory.PostAsync("/wallet/sub_account_to_sub_account", Body(one, two))).Label);
        await venue.SendAsync(new SetLocked { User = two, Locked = 1 });
        Assert.Equal("SUB_ACCOUNT_LOCKED", (await ToSubAsync(alice, two, "1")).Label);
        Assert.Equal(("95", "5"), (venue.Balance(one, "USDT"), venue.Balance(two, "USDT")));
    }

    [Fact]
    public async Task A_repeated_transfer_happens_once()
    {
        var (venue, alice) = await StartAsync();
        await using var _ = venue;
        const string body = """{"currency":"USDT","from":"spot","to":"margin","amount":"10","currency_pair":"BTC_USDT"}""";
        var first = await alice.PostAsync("/wallet/transfers", body, ("Idempotency-Key", "k"));
        Assert.Equal(first["tx_id"], (await alice.PostAsync("/wallet/transfers", body, ("Idempotency-Key", "k")))["tx_id"]);
        Assert.Equal("990", venue.Balance(alice.Id, "USDT"));
    }

    [Fact]
    public async Task Deposits_are_listed_newest_first_and_filters_change_the_answer()
    {
        var (venue, alice) = await StartAsync();
        await using var _ = venue;
        await venue.FundAsync(alice.Id, "BTC", "1", deposit: true);
        await venue.FundAsync(alice.Id, "USDT", "5", deposit: true);
        var all = (await alice.GetAsync("/wallet/deposits")).Json;
        Assert.Equal(["5 USDT DONE", "1 BTC DONE"], all.EnumerateArray().Select(row => $"{row.GetProperty("amount")} {row.GetProperty("currency")} {row.GetProperty("status")}"));
        Assert.NotEqual(all[0].GetProperty("txid").GetString(), all[1].GetProperty("txid").GetString());
        Assert.Equal("1", (await alice.GetAsync("/wallet/deposits", "currency=BTC")).Json[0].GetProperty("amount").GetString());
        Assert.Equal("1", (await alice.GetAsync("/wallet/deposits", "limit=1&offset=1")).Json[0].GetProperty("amount").GetString());
        Assert.Equal("[]", (await alice.GetAsync("/wallet/deposits", "from=1000&to=2000")).Text);
        foreach (var wrong in new[] { "limit=501", "limit=0", "from=1&to=5000000", "from=5&to=1", "currency=NOSUCH", "offset=-1", "from=99999999999999999999" })
            Assert.Equal(400, (await alice.GetAsync("/wallet/deposits", wrong)).Status);
        venue.History.Behind = true;
        Assert.Equal((503, "TOO_BUSY"), ((await alice.GetAsync("/wallet/deposits")).Status, (await alice.GetAsync("/wallet/deposits")).Label));
    }

    [Fact]
    public async Task Deposits_follow_the_venue_clock()
    {
        var (venue, alice) = await StartAsync(new ManualClock(1_000_000 * Nanos.PerSecond));
        await using var _ = venue;
        await venue.FundAsync(alice.Id, "BTC", "1", deposit: true);
        Assert.Equal("1000000", (await alice.GetAsync("/wallet/deposits")).Json[0].GetProperty("timestamp").GetString());
        await venue.Sequencer.AdvanceAsync(8 * 86_400 * Nanos.PerSecond);
        Assert.Equal("[]", (await alice.GetAsync("/wallet/deposits")).Text);        // seven days by default
        Assert.Single((await alice.GetAsync("/wallet/deposits", "from=1000000")).Json.EnumerateArray());
    }

    [Fact]
    public async Task Every_demo_chain_has_an_address_that_stays_and_differs_between_users()
    {
        var (venue, alice) = await StartAsync();
        await using var _ = venue;
        var answer = (await alice.GetAsync("/wallet/deposit_address", "currency=USDT")).Json;
        Assert.Equal(MarketFile.Demo.AssetOf("USDT")!.Chains.Count, answer.GetProperty("multichain_addresses").GetArrayLength());
        Assert.Equal(answer.ToString(), (await alice.GetAsync("/wallet/deposit_address", "currency=USDT")).Text);
        foreach (var chain in MarketFile.Demo.Assets.SelectMany(asset => asset.Chains))
        {
            var address = DepositAddresses.Of(1, chain);
            Assert.True(address.Length > 10, $"{chain.Chain}: {address}");
            Assert.Equal(address, DepositAddresses.Of(1, chain));
            Assert.NotEqual(address, DepositAddresses.Of(2, chain));
            Assert.Equal(chain.Tag, DepositAddresses.TagOf(1, chain).Length > 0);
        }
        Assert.Matches("^0x[0-9a-fA-F]{40}$", DepositAddresses.Of(7, new AssetChain { Chain = "ETH", AddressFormat = "evm" }));
        Assert.Matches("^T[1-9A-HJ-NP-Za-km-z]{33}$", DepositAddresses.Of(7, new AssetChain { Chain = "TRX", AddressFormat = "tron" }));
        Assert.Equal("INVALID_CURRENCY", (await alice.GetAsync("/wallet/deposit_address", "currency=NOSUCH")).Label);
    }

    [Fact]
    public async Task Chains_and_withdraw_fees_are_the_market_files()
    {
        var (venue, alice) = await StartAsync();
        await using var _ = venue;
        var chains = (await venue.RequestAsync("GET", "/api/v4/wallet/currency_chains?currency=BTC", null)).Json;
        Assert.Equal(MarketFile.Demo.AssetOf("BTC")!.Chains.Select(chain => chain.Chain), chains.EnumerateArray().Select(chain => chain.GetProperty("chain").GetString()));
        var status = (await alice.GetAsync("/wallet/withdraw_status", "currency=BTC")).Json[0];
        Assert.Equal(MarketFile.Demo.AssetOf("BTC")!.Chains[0].WithdrawFee, status.GetProperty("withdraw_fix_on_chains").GetProperty("BTC").GetString());
        Assert.Equal(4, (await alice.GetAsync("/wallet/withdraw_status")).Json.GetArrayLength());
        Assert.Equal("[]", (await alice.GetAsync("/wallet/withdrawals")).Text);
        Assert.Equal("INVALID_PARAM_VALUE", (await alice.GetAsync("/wallet/withdrawals", "limit=1001")).Label);
        Assert.Equal("[]", (await alice.GetAsync("/wallet/saved_address", "currency=USDT")).Text);
        Assert.Equal("NOT_IMPLEMENTED", (await alice.PostAsync("/withdrawals", "{}")).Label);
    }

    [Fact]
    public void A_currency_of_no_market_file_is_the_coin_of_its_own_chain() =>
        Assert.Equal("XYZ", Assert.Single(new MarketChains(MarketFile.Empty).Of("XYZ")).Chain);

    [Fact]
    public async Task The_total_is_valued_along_pairs_and_rounded_down()
    {
        var (venue, alice) = await StartAsync();
        await using var _ = venue;
        await venue.FundAsync(alice.Id, "ETH", "2");            // 2 ETH = 0.1 BTC = 6500 USDT
        await alice.PostAsync("/wallet/transfers", """{"currency":"USDT","from":"spot","to":"margin","amount":"100","currency_pair":"BTC_USDT"}""");
        var total = (await alice.GetAsync("/wallet/total_balance")).Json;
        string Amount(System.Text.Json.JsonElement at) => at.GetProperty("amount").GetString()!;
        Assert.Equal(("7500", "7400", "100"), (Amount(total.GetProperty("total")), Amount(total.GetProperty("details").GetProperty("spot")),
            Amount(total.GetProperty("details").GetProperty("margin"))));
        Assert.Equal("0.115384615384", Amount((await alice.GetAsync("/wallet/total_balance", "currency=BTC")).Json.GetProperty("total")));
        Assert.Equal("USD", (await alice.GetAsync("/wallet/total_balance", "currency=USD")).Json.GetProperty("total").GetProperty("currency").GetString());
        Assert.Equal("INVALID_PARAM_VALUE", (await alice.GetAsync("/wallet/total_balance", "currency=CNY")).Label);
        Assert.Equal("INVALID_CURRENCY", (await alice.GetAsync("/wallet/total_balance", "currency=NOSUCH")).Label);
    }

    [Fact]
    public async Task S_053_fees_of_a_pair_and_what_the_fee_token_makes_of_them()
    {
        var (venue, alice) = await StartAsync();
        await using var _ = venue;
        Assert.True((await venue.SendAsync(new ConfigureSpot { StpByMainAccount = 1, FeeToken = 4, FeeTokenPair = 3, FeeTokenFactor = Rate.One / 10 * 9 })).Result.Accepted);
        var fee = await alice.GetAsync("/wallet/fee", "currency_pair=BTC_USDT");
        Assert.Equal(("0.002", "0.001", "0.0018", "0.0009", "False"), (fee["taker_fee"], fee["maker_fee"], fee["gt_taker_fee"], fee["gt_maker_fee"], fee["gt_discount"]));
        Assert.Equal("0.002", (await alice.GetAsync("/wallet/fee"))["taker_fee"]);
        await venue.SendAsync(new ConfigureSpot { StpByMainAccount = 1, FeeToken = 4, FeeTokenPair = 3, FeeTokenFactor = Rate.One / 4 * 3 });
        Assert.Equal("0.0015", (await alice.GetAsync("/wallet/fee"))["gt_taker_fee"]);
        await venue.SendAsync(new ConfigureSpot { StpByMainAccount = 1 });
        Assert.Equal("0.002", (await alice.GetAsync("/wallet/fee"))["gt_taker_fee"]);
        Assert.Equal("INVALID_CURRENCY_PAIR", (await alice.GetAsync("/wallet/fee", "currency_pair=NO_PAIR")).Label);
    }

    [Fact]
    public async Task Sub_accounts_without_futures_or_debts_show_so()
    {
        var (venue, alice) = await StartAsync();
        await using var _ = venue;
        var sub = await SubAsync(alice, "one");
        await ToSubAsync(alice, sub, "100");
        Assert.Equal($$$"""[{"uid":"{{{sub}}}","available":{}}]""", (await alice.GetAsync("/wallet/sub_account_futures_balances")).Text);
        Assert.Equal($$"""[{"uid":"{{sub}}","available":[]}]""", (await alice.GetAsync("/wallet/sub_account_margin_balances")).Text);
        Assert.Equal("0", (await alice.GetAsync("/wallet/sub_account_cross_margin_balances")).Json[0].GetProperty("available").GetProperty("total").GetString());
        var bot = await venue.KeyAsync(sub);
        await bot.PostAsync("/wallet/transfers", """{"currency":"USDT","from":"spot","to":"margin","amount":"7","currency_pair":"BTC_USDT"}""");
        var margin = (await alice.GetAsync("/wallet/sub_account_margin_balances", $"sub_uid={sub}")).Json[0].GetProperty("available")[0];
        Assert.Equal(("BTC_USDT", "7", "0"), (margin.GetProperty("currency_pair").GetString(), margin.GetProperty("quote").GetProperty("available").GetString(),
            margin.GetProperty("base").GetProperty("available").GetString()));
    }

    [Fact]
    public void Every_refusal_of_wallets_has_a_label_and_a_sentence()
    {
        foreach (var refusal in Enum.GetValues<WalletRefusal>().Where(refusal => refusal != WalletRefusal.None))
        {
            var error = WalletRefusals.Of((ushort)refusal);
            Assert.InRange(error.Status, 400, 499);
            Assert.True(error.Message.Length > 10, error.ToString());
        }
    }
}
