using System.Text.Json;

namespace Sluice.Cli.Tests;

/// <summary>The trading verbs as a user types them, against a venue of its own.</summary>
public sealed class TradingVerbTests(TradingVerbTests.Venue fixture) : IClassFixture<TradingVerbTests.Venue>
{
    public sealed class Venue : IAsyncLifetime
    {
        private VenueProcess? venue;

        public async ValueTask InitializeAsync() => venue = await VenueProcess.ServeAsync("--data", "memory");

        public async ValueTask DisposeAsync()
        {
            if (venue is not null) await venue.DisposeAsync();
        }

        /// <summary>Runs a verb with a key of its own; exit code, output, errors.</summary>
        public async Task<(int Exit, string Output, string Errors)> RunAsync(params string[] arguments) =>
            await VenueProcess.RunAsync([.. arguments, "--url", venue!.BaseUrl, "--key", venue.Demo.Key, "--secret", venue.Demo.Secret]);

        public async Task<JsonElement> JsonAsync(params string[] arguments)
        {
            var (exit, output, errors) = await RunAsync([.. arguments, "--json"]);
            Assert.True(exit == 0, errors + output);
            return JsonDocument.Parse(output).RootElement;
        }
    }

    [Fact]
    public async Task A_user_buys_rests_lists_and_cancels()
    {
        var bought = await fixture.JsonAsync("buy", "BTC_USDT", "--quote", "100");
        Assert.Equal("closed", bought.GetProperty("status").GetString());
        Assert.Equal("closed", (await fixture.JsonAsync("buy", "BTC_USDT", "0.001")).GetProperty("status").GetString());

        var resting = await fixture.JsonAsync("buy", "BTC_USDT", "0.001", "--price", "60000", "--post-only", "--text", "t-cli");
        Assert.Equal("open", resting.GetProperty("status").GetString());
        Assert.Equal("poc", resting.GetProperty("time_in_force").GetString());
        var id = resting.GetProperty("id").GetString()!;
        Assert.Contains(id, (await fixture.RunAsync("orders", "BTC_USDT")).Output);
        Assert.Equal("cancelled", (await fixture.JsonAsync("cancel", "BTC_USDT", id)).GetProperty("status").GetString());
        Assert.Contains("0 cancelled", (await fixture.RunAsync("cancel", "BTC_USDT", "--all")).Output);
    }

    [Theory]
    [InlineData("ticker", "BTC_USDT")]
    [InlineData("book", "ETH_USDT", "--depth", "5")]
    [InlineData("candles", "BTC_USDT", "--limit", "30")]
    [InlineData("markets", "BTC", "--kind", "spot")]
    [InlineData("balances")]
    [InlineData("keys")]
    [InlineData("orders")]
    [InlineData("positions")]
    public async Task A_query_prints_a_table_and_with_json_the_answer(params string[] arguments)
    {
        var (exit, output, errors) = await fixture.RunAsync(arguments);
        Assert.True(exit == 0, errors + output);
        Assert.NotEmpty(output);
        Assert.Contains((await fixture.JsonAsync(arguments)).ValueKind, new[] { JsonValueKind.Object, JsonValueKind.Array });
    }

    [Fact]
    public async Task Open_orders_of_every_market_are_listed_together()
    {
        var resting = (await fixture.JsonAsync("buy", "LTC_USDT", "1", "--price", "60", "--post-only")).GetProperty("id").GetString()!;
        var all = await fixture.JsonAsync("orders");
        Assert.Contains(all.GetProperty("spot").EnumerateArray(), order => order.GetProperty("id").GetString() == resting);
        Assert.Contains("spot:LTC_USDT", (await fixture.RunAsync("orders")).Output);
        await fixture.JsonAsync("cancel", "LTC_USDT", "--id", resting);
        Assert.DoesNotContain(resting, (await fixture.RunAsync("orders")).Output);
    }

    [Fact]
    public async Task F_013_Sizes_with_decimals_are_shown_whole()
    {
        await fixture.JsonAsync("sell", "futures:ETH_USDT", "2.55");
        Assert.Equal("-2.55", (await fixture.JsonAsync("positions")).EnumerateArray().Single(position => position.GetProperty("contract").GetString() == "ETH_USDT").GetProperty("size").GetString());
        Assert.Contains("-2.55", (await fixture.RunAsync("positions")).Output);
        await fixture.JsonAsync("buy", "futures:ETH_USDT", "--close");
    }

    [Fact]
    public async Task M_110_A_trailing_order_is_placed_listed_and_stopped()
    {
        var id = (await fixture.JsonAsync("trail", "sell", "futures:BTC_USDT", "10", "--offset", "1.5%", "--from-above", "900000", "--by", "mark", "--text", "t-trail")).GetProperty("data").GetProperty("id").GetString()!;
        var order = Assert.Single((await fixture.JsonAsync("trail", "list", "futures:BTC_USDT")).GetProperty("orders").EnumerateArray());
        Assert.Equal((id, "-10", "1.5%", "900000", true, 3, "inactive"), (order.GetProperty("id").GetRawText(), order.GetProperty("amount").GetString(), order.GetProperty("price_offset").GetString(),
            order.GetProperty("activation_price").GetString(), order.GetProperty("is_gte").GetBoolean(), order.GetProperty("price_type").GetInt32(), order.GetProperty("status_code").GetString()));
        Assert.Contains(id, (await fixture.RunAsync("trail", "list", "futures:BTC_USDT")).Output);
        var stopped = (await fixture.JsonAsync("trail", "stop", "futures:BTC_USDT", "t-trail")).GetProperty("order");
        Assert.Equal((id, "cancelled"), (stopped.GetProperty("id").GetRawText(), stopped.GetProperty("status_code").GetString()));
        Assert.DoesNotContain(id, (await fixture.RunAsync("trail", "list", "futures:BTC_USDT")).Output);
        Assert.Contains(id, (await fixture.RunAsync("trail", "list", "futures:BTC_USDT", "--finished")).Output);
        var buy = await fixture.RunAsync("trail", "buy", "futures:BTC_USDT", "10", "--offset", "500", "--from-below", "1000");
        Assert.True(buy.Exit == 0 && buy.Output.StartsWith("trail order ", StringComparison.Ordinal), buy.Output + buy.Errors);
        Assert.False(Assert.Single((await fixture.JsonAsync("trail", "stop", "futures:BTC_USDT", "--all")).GetProperty("orders").EnumerateArray()).GetProperty("is_gte").GetBoolean());
    }

    [Fact]
    public async Task M_111_A_chase_order_is_placed_listed_and_stopped()
    {
        var id = (await fixture.JsonAsync("chase", "buy", "futures:ETH_USDT", "2", "--gap", "2.5%")).GetProperty("id").GetString()!;
        var order = Assert.Single((await fixture.JsonAsync("chase", "list", "futures:ETH_USDT")).GetProperty("orders").EnumerateArray());
        Assert.Equal((id, "2", "0", "2", "2.5"), (order.GetProperty("id").GetString(), order.GetProperty("amount").GetString(), order.GetProperty("price_limit").GetString(),
            order.GetProperty("price_gap_type").GetString(), order.GetProperty("price_gap_value").GetString()));
        Assert.Contains(id, (await fixture.RunAsync("chase", "list", "futures:ETH_USDT")).Output);
        Assert.Equal("cancelled", (await fixture.JsonAsync("chase", "stop", "futures:ETH_USDT", id)).GetProperty("order").GetProperty("status_code").GetString());
        Assert.Contains("No chase orders.", (await fixture.RunAsync("chase", "stop", "futures:ETH_USDT", "--all")).Output);
    }

    [Theory]
    [InlineData("one side", "trail", "sell", "futures:BTC_USDT", "1", "--offset", "1%", "--from-above", "1", "--from-below", "2")]
    [InlineData("no sign", "trail", "sell", "futures:BTC_USDT", "-1", "--offset", "1%")]
    [InlineData("one limit", "chase", "buy", "futures:BTC_USDT", "1", "--limit-price", "1", "--reach", "2")]
    [InlineData("perpetual contracts", "chase", "buy", "BTC_USDT", "1")]
    [InlineData("Name one order", "chase", "stop", "futures:BTC_USDT")]
    public async Task A_trailing_or_chase_order_that_cannot_be_meant_is_refused(string sentence, params string[] arguments)
    {
        var (exit, output, errors) = await fixture.RunAsync(arguments);
        Assert.Equal((20, ""), (exit, output));
        Assert.Contains(sentence, errors);
    }

    [Theory]
    [InlineData("buy")]
    [InlineData("chase")]
    [InlineData("candles")]
    [InlineData("completion")]
    public async Task Examples_stand_below_the_help_of_their_verb_and_nowhere_else(string verb)
    {
        var (exit, help, _) = await VenueProcess.RunAsync(verb, "--help");
        Assert.Equal(0, exit);
        Assert.Contains($"Examples:\n  sluice {verb} ", help);
        Assert.DoesNotContain("Examples:", (await VenueProcess.RunAsync("--help")).Output);
    }

    [Fact]
    public async Task Watching_prints_a_frame_a_line()
    {
        var (exit, output, errors) = await fixture.RunAsync("watch", "BTC_USDT", "--updates", "2", "--json");
        Assert.True(exit == 0, errors + output);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.StartsWith("spot.", JsonDocument.Parse(line).RootElement.GetProperty("channel").GetString()));
    }

    [Fact]
    public async Task A_refusal_is_one_sentence_on_the_error_output_and_exit_code_20()
    {
        var (exit, output, errors) = await fixture.RunAsync("sell", "BTC_USDT", "1000000", "--json");
        Assert.Equal(20, exit);
        Assert.Empty(output);
        Assert.NotEmpty(JsonDocument.Parse(errors).RootElement.GetProperty("error").GetProperty("label").GetString()!);

        (exit, _, errors) = await fixture.RunAsync("buy", "bitcoin", "1");
        Assert.Equal(20, exit);
        Assert.Contains("is no market", errors);

        (exit, _, errors) = await VenueProcess.RunAsync("ticker", "BTC_USDT", "--url", "http://127.0.0.1:1");
        Assert.Equal(20, exit);
        Assert.Contains("sluice serve", errors);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public async Task A_shell_gets_a_script_for_completion(string shell)
    {
        var (exit, output, _) = await VenueProcess.RunAsync("completion", shell);
        Assert.Equal(0, exit);
        Assert.Contains("[suggest:", output);
    }

    [Fact]
    public async Task Completion_knows_verbs_and_markets()
    {
        Assert.Contains("balances", (await VenueProcess.RunAsync("[suggest:4]", "bala")).Output);
        Assert.Contains("futures:BTC_USDT", (await VenueProcess.RunAsync("[suggest:19]", "ticker futures:BTC_")).Output);
    }
}
