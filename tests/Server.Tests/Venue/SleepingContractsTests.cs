using System.Text.Json.Nodes;
using Sluice.Core.Kernel;
using Sluice.Products.Futures.Pricing;
using Sluice.Server.Venue;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Tests.Venue;

/// <summary>The demo venue on a Monday before the stock exchanges of New York open (K-200 to K-209).</summary>
public sealed class SleepingContractsTests : IAsyncLifetime
{
    private const string Name = "futures:usdt:NVDA_USDT";

    private VenueHost host = null!;
    private VenueCaller caller = null!;

    public async ValueTask InitializeAsync()
    {
        host = await VenueHost.StartAsync(new VenueOptions
        {
            Urls = ["http://127.0.0.1:0"], ManualClock = true, Start = new DateTimeOffset(2026, 1, 12, 8, 50, 0, TimeSpan.Zero), RateLimits = false, Liquidity = false,
        });
        caller = new VenueCaller(host);
    }

    public async ValueTask DisposeAsync()
    {
        caller.Dispose();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_stock_sleeps_is_split_and_wakes_at_a_price_of_the_new_shares()
    {
        var contract = host.Views.Futures.Contracts.Single(one => one.Symbol == "NVDA_USDT");
        var shown = await ShownAsync();
        Assert.Equal("closed", (string)shown["session"]!);
        var (before, last, decimals) = (contract.Session.Reference, contract.LastPrice, contract.PriceDecimals);
        Assert.Equal(contract.PriceText(before), (string)shown["reference_price"]!);
        Assert.Equal(contract.PriceText(contract.Session.High), (string)shown["highest_price"]!);
        Assert.Equal("live", (string)(await ShownAsync("futures:usdt:XAU_USDT"))["session"]!);
        Assert.Null((await ShownAsync("futures:usdt:BTC_USDT"))["session"]);

        var announced = await caller.ControlAsync($"instruments/{Name}/actions", """{"kind":"split","new_shares":4,"old_shares":1,"reference":"nvda-4-for-1"}""");
        await caller.ControlAsync($"instruments/{Name}/actions", $$"""{"kind":"dividend","amount":"0.26","reference":"nvda-q4","at":{{host.Views.Shown.TimeNanos / Nanos.PerSecond + 300}}}""");
        Assert.InRange(contract.Session.Reference - before / 4, -1, 1);
        Assert.InRange(contract.Prices.Index - before / 4, -1, 1);
        Assert.InRange(contract.LastPrice - last / 4, -contract.Terms.Tick, contract.Terms.Tick);
        var actions = (await caller.ControlAsync("actions"))["actions"]!.AsArray();
        Assert.Equal([("nvda-4-for-1", "done"), ("nvda-q4", "scheduled")], actions.Select(one => ((string)one!["reference"]!, (string)one["status"]!)));
        Assert.Equal(((long)announced["id"]!, Name, "split", 4), ((long)actions[0]!["id"]!, (string)actions[0]!["instrument"]!, (string)actions[0]!["kind"]!, (int)actions[0]!["new_shares"]!));

        await caller.ControlAsync("clock/advance", """{"seconds":900}""");
        Assert.Equal(MarketSession.Live, contract.Session.Session);
        Assert.InRange(contract.Prices.Index * 4.0 / before, 0.9, 1.1);
        Assert.Equal("done", (string)(await caller.ControlAsync("actions"))["actions"]![1]!["status"]!);
    }

    [Fact]
    public async Task What_is_wrong_with_an_action_is_said()
    {
        foreach (var (to, body, status, says) in new (string, string, int, string)[]
        {
            (Name, """{"kind":"dividend","amount":"0.001","reference":"a"}""", 400, "amount"),
            (Name, """{"kind":"dividend","amount":"100000","reference":"a"}""", 400, "leaves something"),
            (Name, """{"kind":"split","new_shares":2,"old_shares":2,"reference":"a"}""", 400, "two different numbers"),
            (Name, """{"kind":"split","amount":"1","new_shares":2,"old_shares":1,"reference":"a"}""", 400, "does not belong"),
            (Name, """{"kind":"dividend","amount":"0.1","reference":"a b"}""", 400, "letters, digits"),
            (Name, """{"kind":"dividend","amount":"0.1"}""", 400, "reference"),
            ("futures:usdt:BTC_USDT", """{"kind":"dividend","amount":"0.1","reference":"a"}""", 400, "on a stock"),
            ("futures:usdt:NO_USDT", """{"kind":"dividend","amount":"0.1","reference":"a"}""", 404, "no instrument"),
        })
        {
            var said = await caller.OperateAsync("POST", $"instruments/{to}/actions", body);
            Assert.Equal(status, said.Status);
            Assert.Contains(says, said["message"], StringComparison.Ordinal);
        }
        Assert.Empty((await caller.ControlAsync("actions"))["actions"]!.AsArray());

        var id = (long)(await caller.ControlAsync($"instruments/{Name}/actions", """{"kind":"dividend","amount":"0.1","reference":"later","at":1768300000}"""))["id"]!;
        Assert.Equal(400, (await caller.OperateAsync("POST", $"instruments/{Name}/actions", """{"kind":"dividend","amount":"0.1","reference":"later"}""")).Status);
        Assert.Equal(200, (await caller.OperateAsync("DELETE", $"actions/{id}", "")).Status);
        Assert.Equal("cancelled", (string)(await caller.ControlAsync("actions"))["actions"]![0]!["status"]!);
        foreach (var none in new[] { $"{id}", "7", "x", "-1" }) Assert.Equal(404, (await caller.OperateAsync("DELETE", $"actions/{none}", "")).Status);
    }

    private async Task<JsonNode> ShownAsync(string name = Name) =>
        (await caller.ControlAsync("instruments"))["instruments"]!.AsArray().Single(one => (string)one!["name"]! == name)!;
}
