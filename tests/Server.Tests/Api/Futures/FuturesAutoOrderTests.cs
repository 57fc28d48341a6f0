using System.Text.Json.Nodes;
using Sluice.Core.Kernel;
using Sluice.Server.Tests.Wire;
using Sluice.Server.Views;

namespace Sluice.Server.Tests.Api.Futures;

/// <summary>Trailing and chase orders over REST, from their creation to their records (M-110, M-111).</summary>
public sealed class FuturesAutoOrderTests(FuturesVenue venue) : IClassFixture<FuturesVenue>
{
    private const string Autos = "/futures/usdt/autoorder/v1/";

    [Fact]
    public async Task M_110_a_trailing_order_follows_the_index_fires_and_is_a_record()
    {
        var alice = await venue.NewTraderAsync();
        await venue.SetPriceAsync(83_950);
        await PostAsync(alice, "/futures/usdt/orders", """{"contract":"BTC_USDT","size":10,"price":"0","tif":"ioc"}""");
        var id = (string)(await PostAsync(alice, Autos + "trail/create",
            """{"contract":"BTC_USDT","amount":"-10","price_offset":"1%","price_type":2,"reduce_only":true,"position_related":true,"text":"t-guard"}"""))["data"]!["id"]!;
        await venue.SetPriceAsync(84_000);
        var open = await DetailAsync(alice, id);
        Assert.Equal(("84000", "83160", "active", "long"), ((string)open["extremum_price"]!, (string)open["trigger_price"]!, (string)open["status_code"]!, (string)open["position_side_output"]!));
        await venue.SetPriceAsync(83_160);
        var fired = await DetailAsync(alice, id);
        Assert.Equal(("finished", "succeeded", ""), ((string)fired["status"]!, (string)fired["status_code"]!, (string)fired["reason"]!));
        var order = await GetAsync(alice, $"/futures/usdt/orders/{fired["suborder_id"]}", "");
        Assert.Equal(("t-guard", "ioc", true, -10), ((string)order["text"]!, (string)order["tif"]!, (bool)order["is_reduce_only"]!, (int)order["size"]!));
        Assert.Equal([id], Ids(await GetAsync(alice, Autos + "trail/list", "is_finished=true")));
        await venue.SetPriceAsync(83_950);
    }

    [Fact]
    public async Task M_110_what_was_refused_when_it_fired_says_so()
    {
        var alice = await venue.NewTraderAsync();
        await venue.SetPriceAsync(83_950);
        var id = (string)(await PostAsync(alice, Autos + "trail/create", """{"contract":"BTC_USDT","amount":"-10","price_offset":"500","price_type":2,"reduce_only":true}"""))["data"]!["id"]!;
        await venue.SetPriceAsync(83_400);
        var failed = await DetailAsync(alice, id);
        Assert.Equal(("failed", "POSITION_EMPTY"), ((string)failed["status_code"]!, (string)failed["error_label"]!));
        Assert.StartsWith("POSITION_EMPTY", (string)failed["reason"]!, StringComparison.Ordinal);
        await venue.SetPriceAsync(83_950);
    }

    [Fact]
    public async Task Lists_are_filtered_paged_and_sorted()
    {
        var alice = await venue.NewTraderAsync();
        async Task<string> Make(string fields) => (string)(await PostAsync(alice, Autos + "trail/create", $$"""{"contract":"BTC_USDT",{{fields}}}"""))["data"]!["id"]!;
        var sell = await Make("\"amount\":\"-5\",\"price_offset\":\"9000\"");
        var buy = await Make("\"amount\":\"5\",\"price_offset\":\"9%\",\"reduce_only\":true");
        var waits = await Make("\"amount\":\"5\",\"price_offset\":\"9%\",\"activation_price\":\"70000\",\"is_gte\":false,\"text\":\"t-waits\"");
        Assert.Equal([waits, buy, sell], Ids(await GetAsync(alice, Autos + "trail/list", "")));
        Assert.Equal([waits, buy], Ids(await GetAsync(alice, Autos + "trail/list", "side=1")));
        Assert.Equal([buy], Ids(await GetAsync(alice, Autos + "trail/list", "reduce_only=1")));
        Assert.Equal([waits, sell], Ids(await GetAsync(alice, Autos + "trail/list", "reduce_only=2")));
        Assert.Equal([buy], Ids(await GetAsync(alice, Autos + "trail/list", "page_num=2&page_size=1")));
        Assert.Equal([waits, sell, buy], Ids(await GetAsync(alice, Autos + "trail/list", "sort_by_trigger=true")));
        Assert.Empty(Ids(await GetAsync(alice, Autos + "trail/list", "related_position=1")));
        Assert.Empty(Ids(await GetAsync(alice, Autos + "trail/list", "start_at=1&end_at=2")));
        Assert.Empty(Ids(await GetAsync(alice, "/futures/btc/autoorder/v1/trail/list", "")));
        Assert.Equal(404, (await venue.AskAsync(await venue.StrangerAsync(), "GET", Autos + "trail/detail", $"id={sell}")).Status);
        Assert.Equal(404, (await venue.AskAsync(alice, "GET", "/futures/btc/autoorder/v1/trail/detail", $"id={sell}")).Status);

        await PostAsync(alice, Autos + "trail/update", $$"""{"id":{{waits}},"activation_price":"71000","is_gte_str":"false"}""");
        Assert.Equal(["71000", "70000"], ((JsonArray)(await GetAsync(alice, Autos + "trail/change_log", $"id={waits}"))["change_log"]!).Select(c => (string)c!["activation_price"]!));
        Assert.Equal(waits, (string)(await PostAsync(alice, Autos + "trail/stop", """{"text":"t-waits"}"""))["order"]!["id"]!.ToString());
        Assert.Equal(400, (await venue.AskAsync(alice, "POST", Autos + "trail/stop", body: $$"""{"id":{{waits}}}""")).Status);
        Assert.Empty(Ids(await PostAsync(alice, Autos + "trail/stop_all", """{"related_position":2}""")));
        Assert.Equal([sell, buy], Ids(await PostAsync(alice, Autos + "trail/stop_all", "{}")));
        Assert.Equal([buy, sell, waits], Ids(await GetAsync(alice, Autos + "trail/list", "is_finished=true&sort_by=2")));
        Assert.Equal([buy], Ids(await GetAsync(alice, Autos + "trail/list", "is_finished=true&side=1&reduce_only=1")));
        Assert.Empty(Ids(await GetAsync(alice, Autos + "trail/list", "is_finished=true&hide_cancel=true")));
    }

    [Fact]
    public async Task M_111_a_chase_order_follows_the_book_and_ends_at_its_limit()
    {
        var (alice, bob) = (await venue.NewTraderAsync(), await venue.NewTraderAsync());
        await venue.SetPriceAsync(83_950);
        var id = (string)(await PostAsync(alice, Autos + "chase/create",
            """{"contract":"BTC_USDT","amount":"4","price_limit":"83920","price_type":2,"price_gap_type":1,"price_gap_value":"5","text":"t-chase"}"""))["id"]!;
        var begun = await ChaseAsync(alice, id);
        Assert.Equal(("83895", "0", "1", "5"), ((string)begun["chase_price"]!, (string)begun["fill_amount"]!, (string)begun["price_gap_type"]!, (string)begun["price_gap_value"]!));
        var better = await PostAsync(bob, "/futures/usdt/orders", """{"contract":"BTC_USDT","size":1,"price":"83910"}""");
        Assert.Equal("83905", (string)(await UntilAsync(alice, id, order => (string)order["chase_price"]! != "83895"))["suborder_price"]!);
        await PostAsync(bob, "/futures/usdt/orders", """{"contract":"BTC_USDT","size":1,"price":"83930"}""");
        var ended = await UntilAsync(alice, id, order => (string)order["status"]! == "finished");
        Assert.Equal(("price_limit_reached", "cancelled", false), ((string)ended["reason"]!, (string)ended["suborder_finish_as"]!, (bool)ended["suborder_ongoing"]!));
        await venue.AskAsync(bob, "DELETE", "/futures/usdt/orders", "contract=BTC_USDT");
        Assert.NotNull(better["id"]);
    }

    [Fact]
    public async Task M_111_its_fills_are_those_of_its_order()
    {
        var (alice, bob) = (await venue.NewTraderAsync(), await venue.NewTraderAsync());
        await venue.SetPriceAsync(83_950);
        await PostAsync(bob, "/futures/usdt/orders", """{"contract":"BTC_USDT","size":1,"price":"83940","text":"t-best"}""");
        var id = (string)(await PostAsync(alice, Autos + "chase/create", """{"contract":"BTC_USDT","amount":"4","price_limit":"0"}"""))["id"]!;
        await PostAsync(await venue.NewTraderAsync(), "/futures/usdt/orders", """{"contract":"BTC_USDT","size":-3,"price":"83940","tif":"ioc"}""");
        var part = await ChaseAsync(alice, id);
        Assert.Equal(("2", "83940", "open"), ((string)part["fill_amount"]!, (string)part["average_fill_price"]!, (string)part["status"]!));
        var all = await PostAsync(alice, Autos + "chase/stop_all", """{"contract":"BTC_USDT"}""");
        Assert.Equal([id], Ids(all));
        Assert.Equal(("2", "cancelled"), ((string)all["orders"]![0]!["fill_amount"]!, (string)all["orders"]![0]!["reason"]!));
        Assert.Equal([id], Ids(await GetAsync(alice, Autos + "chase/list", "sort_by=2&is_finished=true&side=1")));
        Assert.Empty(Ids(await GetAsync(alice, Autos + "chase/list", "sort_by=1")));
        Assert.Equal(400, (await venue.AskAsync(alice, "POST", Autos + "chase/stop", body: $$"""{"id":"{{id}}"}""")).Status);
        Assert.Equal(404, (await venue.AskAsync(bob, "GET", Autos + "chase/detail", $"id={id}")).Status);
    }

    [Fact]
    public async Task After_a_restart_they_read_as_before()
    {
        var alice = await venue.NewTraderAsync();
        await venue.SetPriceAsync(83_950);
        await PostAsync(alice, Autos + "trail/create", """{"contract":"BTC_USDT","amount":"-5","price_offset":"5%","price_type":2}""");
        await PostAsync(alice, Autos + "trail/create", """{"contract":"BTC_USDT","amount":"-5","price_offset":"5%","activation_price":"95000","is_gte":true}""");
        await PostAsync(alice, Autos + "chase/create", """{"contract":"BTC_USDT","amount":"4","price_limit":"0"}""");
        await venue.SetPriceAsync(83_990);
        Assert.True(await venue.Stored.CaughtUpAsync(alice.User, TestContext.Current.CancellationToken));
        var (kept, lost) = (new VenueViews(), new VenueViews());
        kept.Begin(venue.Products, venue.Stored);
        lost.Begin(venue.Products);
        foreach (var after in new[] { kept, lost })
        {
            var (old, fresh) = (venue.Views.Futures, after.Futures);
            Assert.Equal(old.OpenTrailsOf(alice.User).Select(row => row with { UpdatedNanos = 0, Sequence = 0 }), fresh.OpenTrailsOf(alice.User).Select(row => row with { UpdatedNanos = 0, Sequence = 0 }));
            Assert.Equal(old.OpenChasesOf(alice.User).Select(row => row with { UpdatedNanos = 0 }), fresh.OpenChasesOf(alice.User).Select(row => row with { UpdatedNanos = 0 }));
        }
        Assert.Equal([0L, 839_900L], kept.Futures.OpenTrailsOf(alice.User).Select(row => row.Extremum));
        Assert.Equal(venue.Views.Counts.OpenTriggers, kept.Counts.OpenTriggers);
        await venue.SetPriceAsync(83_950);
    }

    private static IEnumerable<string> Ids(JsonNode list) => ((JsonArray)list["orders"]!).Select(order => order!["id"]!.ToString());

    private async Task<JsonNode> DetailAsync(Signer signer, string id) => (await GetAsync(signer, Autos + "trail/detail", $"id={id}"))["data"]!["order"]!;

    private async Task<JsonNode> ChaseAsync(Signer signer, string id) => (await GetAsync(signer, Autos + "chase/detail", $"id={id}"))["order"]!;

    // Its interval is a second of the venue's clock, which is the wall's here.
    private async Task<JsonNode> UntilAsync(Signer signer, string id, Func<JsonNode, bool> done)
    {
        for (var tries = 0; ; tries++)
        {
            var order = await ChaseAsync(signer, id);
            if (done(order)) return order;
            Assert.True(tries < 600, order.ToJsonString());
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private async Task<JsonNode> PostAsync(Signer signer, string path, string body)
    {
        var said = await venue.AskAsync(signer, "POST", path, body: body);
        Assert.True(said.Status is 200 or 201, said.Text);
        return JsonNode.Parse(said.Text)!;
    }

    private async Task<JsonNode> GetAsync(Signer signer, string path, string query)
    {
        var said = await venue.AskAsync(signer, "GET", path, query);
        Assert.True(said.Status == 200, said.Text);
        return JsonNode.Parse(said.Text)!;
    }
}
