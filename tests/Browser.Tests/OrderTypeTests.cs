using Microsoft.Playwright;
using Sluice.Client;
using static Microsoft.Playwright.Assertions;
using static Sluice.Browser.Tests.Terminal;

namespace Sluice.Browser.Tests;

/// <summary>Every kind of order the terminal can place, each by a user of its own.</summary>
public sealed class OrderTypeTests(Stage stage)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 30_000 };
    private static readonly LocatorAssertionsToHaveCountOptions Soon = new() { Timeout = 30_000 };

    [Fact]
    public async Task Spot_post_only_iceberg_with_take_profit_and_stop_loss()
    {
        await using var window = await stage.SpotAsync("spot-kinds", "LTC_USDT");
        var last = await LastAsync(window);
        await window.Field("Price").FillAsync(Text(last * 0.97m, 2));
        await window.Field("Size").FillAsync("2");
        await window.Page.GetByText("Options").ClickAsync();
        await window.Field("Time in force").SelectOptionAsync("poc");
        await window.Field("Shown size (iceberg)").FillAsync("0.5");
        await window.Field("Take profit / stop loss").CheckAsync();
        await window.Field("Take profit").FillAsync(Text(last * 1.2m, 2));
        await window.Field("Stop loss").FillAsync(Text(last * 0.8m, 2));
        await window.Button("Buy LTC").ClickAsync();
        await Expect(window.Toast("Order placed")).ToBeVisibleAsync(Patient);
        var row = Rows(window, "Open orders");
        await Expect(row).ToContainTextAsync("post only");
        await row.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Cancel order" }).ClickAsync();
        await Expect(row).ToHaveCountAsync(0, Soon);

        // Post only at a price that would take: refused in the venue's words, and nothing waits.
        await window.Field("Price").FillAsync(Text(last * 1.02m, 2));
        await window.Field("Size").FillAsync("1");
        await window.Field("Take profit / stop loss").UncheckAsync();
        await window.Field("Shown size (iceberg)").FillAsync("");
        await window.Button("Buy LTC").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync(Patient);
        Assert.Empty(window.Failures);
    }

    [Fact]
    public async Task Spot_fill_or_kill_and_immediate_or_cancel_leave_nothing_behind()
    {
        await using var window = await stage.SpotAsync("spot-at-once", "BCH_USDT");
        var last = await LastAsync(window);
        await window.Page.GetByText("Options").ClickAsync();
        foreach (var force in new[] { "ioc", "fok" })
        {
            await window.Field("Price").FillAsync(Text(last * 0.97m, 2));
            await window.Field("Size").FillAsync("1");
            await window.Field("Time in force").SelectOptionAsync(force);
            await window.Button("Buy BCH").ClickAsync();
            if (force == "ioc") await Expect(window.Field("Size")).ToHaveValueAsync("", new LocatorAssertionsToHaveValueOptions { Timeout = 30_000 });
            else await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("cannot be filled completely", new LocatorAssertionsToContainTextOptions { Timeout = 30_000 });
        }
        await Expect(Rows(window, "Open orders")).ToHaveCountAsync(0);
        await window.Tab("History").ClickAsync();
        await Expect(Rows(window, "Ended orders on BCH/USDT")).ToHaveCountAsync(2, Soon);
        Assert.Empty(window.Failures);
    }

    [Fact]
    public async Task Spot_a_trigger_waits_and_is_cancelled_and_a_share_of_the_volume_starts()
    {
        await using var window = await stage.SpotAsync("spot-trigger", "UNI_USDT");
        var last = await LastAsync(window);
        await window.Tab("Trigger").First.ClickAsync();
        await window.Field("Trigger price").FillAsync(Text(last * 1.1m, 3));
        await Expect(window.Page.GetByText("Fires when the last price rises to it")).ToBeVisibleAsync();
        await window.Button("Market order").ClickAsync();
        await window.Field("Spend").FillAsync("50");
        await window.Button("Buy UNI").ClickAsync();
        await Expect(window.Toast("Trigger order set")).ToBeVisibleAsync(Patient);
        await window.Tab("Triggers").ClickAsync();
        var row = Rows(window, "Trigger orders");
        await Expect(row).ToHaveCountAsync(1, Soon);
        await row.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(row).ToHaveCountAsync(0, Soon);
        await window.Tab("Volume").ClickAsync();
        await window.Field("Size").FillAsync("100");
        await window.Button("Buy UNI").ClickAsync();
        await Expect(window.Toast("Participation order started")).ToBeVisibleAsync(Patient);
        Assert.Empty(window.Failures);
    }

    [Fact]
    public async Task Contract_post_only_iceberg_is_changed_and_cancelled_and_a_reduce_only_without_a_position_is_refused()
    {
        await using var window = await stage.FuturesAsync("futures-kinds", "LTC_USDT");
        var price = Text(await LastAsync(window) * 0.97m, 2);
        await window.Field("Price").FillAsync(price);
        await window.Field("Size").FillAsync("10");
        await window.Page.GetByText("Options").ClickAsync();
        await window.Field("Time in force").SelectOptionAsync("poc");
        await window.Field("Shown size (iceberg)").FillAsync("2");
        await window.Button("Buy / Long").ClickAsync();
        await Expect(window.Toast("Order placed")).ToBeVisibleAsync(Patient);
        await window.Tab("Open orders").ClickAsync();
        var row = Rows(window, "Open orders");
        await Expect(row).ToContainTextAsync("post only");
        await row.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Change order" }).ClickAsync();
        await window.Field("New size").FillAsync("7");
        await window.Button("Change order").ClickAsync();
        await Expect(window.Toast("Order changed")).ToBeVisibleAsync(Patient);
        await Expect(row.Locator("td").Nth(4)).ToHaveTextAsync("7", new LocatorAssertionsToHaveTextOptions { Timeout = 30_000 });
        await window.Button("Cancel all on LTC/USDT").ClickAsync();
        await Expect(row).ToHaveCountAsync(0, Soon);
        await window.Tab("History").ClickAsync();
        await Expect(Rows(window, "Ended orders").First).ToContainTextAsync("Cancelled", new LocatorAssertionsToContainTextOptions { Timeout = 30_000 });

        await window.Field("Reduce only").CheckAsync();
        await window.Field("Shown size (iceberg)").FillAsync("");
        await window.Field("Size").FillAsync("1");
        await window.Button("Buy / Long").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync(Patient);
        Assert.Empty(window.Failures);
    }

    [Fact]
    public async Task Contract_best_price_trigger_and_attached_orders()
    {
        await using var window = await stage.FuturesAsync("futures-best", "BCH_USDT");
        var last = await LastAsync(window);
        await window.Tab("Best").ClickAsync();
        await window.Field("Level").SelectOptionAsync("10");
        await window.Field("Size").FillAsync("5");
        await window.Button("Buy / Long").ClickAsync();
        await Expect(window.Toast("Order placed").First).ToBeVisibleAsync(Patient);

        await window.Tab("Trigger").First.ClickAsync();
        await window.Field("Trigger price").FillAsync(Text(last * 0.9m, 2));
        await window.Field("Watches").SelectOptionAsync("1");
        await window.Field("Size").FillAsync("5");
        await window.Button("Sell / Short").ClickAsync();
        await Expect(window.Toast("Trigger order set")).ToBeVisibleAsync(Patient);
        await window.Tab("Triggers").ClickAsync();
        await Expect(Rows(window, "Trigger orders").Filter(new LocatorFilterOptions { HasText = "mark ≤" })).ToHaveCountAsync(1, Soon);

        await window.Tab("Market").ClickAsync();
        await window.Field("Take profit / stop loss").CheckAsync();
        await window.Field("Take profit").FillAsync(Text(last * 1.2m, 2));
        await window.Field("Stop loss").FillAsync(Text(last * 0.8m, 2));
        await window.Field("Size").FillAsync("4");
        await window.Button("Buy / Long").ClickAsync();
        await Expect(window.Toast("Bought").First).ToBeVisibleAsync(Patient);
        await Expect(Rows(window, "Trigger orders").Filter(new LocatorFilterOptions { HasText = "Sell 4" })).ToHaveCountAsync(2, Soon);
        await window.ShootAsync("futures-triggers");

        await window.Tab("Positions").ClickAsync();
        await Rows(window, "Positions").GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "TP/SL" }).ClickAsync();
        await window.Field("Stop loss, below").FillAsync(Text(last * 0.85m, 2));
        await window.Button("Set").ClickAsync();
        await Expect(window.Toast("They close the whole position")).ToBeVisibleAsync(Patient);
        Assert.Empty(window.Failures);
    }

    [Fact]
    public async Task Hedge_mode_holds_a_long_and_a_short_position_and_closes_each_by_itself()
    {
        await using var window = await stage.FuturesAsync("futures-hedge", "UNI_USDT");
        await window.Page.Locator("button.settings").ClickAsync();
        await window.Button("Hedge").ClickAsync();
        await window.Button("Set").ClickAsync();
        await Expect(window.Button("Open long")).ToBeVisibleAsync(Patient);
        await window.Tab("Market").ClickAsync();
        await window.Field("Size").FillAsync("8");
        await window.Button("Open long").ClickAsync();
        var rows = Rows(window, "Positions");
        await Expect(rows).ToHaveCountAsync(1, Soon);
        await window.Field("Size").FillAsync("5");
        await window.Button("Open short").ClickAsync();
        await Expect(rows).ToHaveCountAsync(2, Soon);
        await window.ShootAsync("futures-hedged");

        await window.Button("Close", exact: true).First.ClickAsync();
        await window.Field("Size").FillAsync("3");
        await window.Button("Close long").ClickAsync();
        await Expect(rows.Filter(new LocatorFilterOptions { HasText = "Long" }).Locator("td").Nth(1)).ToHaveTextAsync("5", new LocatorAssertionsToHaveTextOptions { Timeout = 30_000 });
        await rows.Filter(new LocatorFilterOptions { HasText = "Short" }).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Close UNI/USDT" }).ClickAsync();
        await window.Button("Close 100%").ClickAsync();
        await Expect(rows).ToHaveCountAsync(1, Soon);
        await Expect(rows).ToContainTextAsync("Long");

        // Not while there is a position: the venue says why.
        await window.Page.Locator("button.settings").ClickAsync();
        await window.Button("One-way").ClickAsync();
        await window.Button("Set").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Alert)).ToBeVisibleAsync(Patient);
        Assert.Empty(window.Failures);
    }

    [Fact]
    public async Task What_happened_while_the_connection_was_lost_is_there_when_it_is_back()
    {
        var user = await stage.Venue.NewUserAsync("cut-off", ("USDT", "10000"));
        await using var line = new CuttableLine(new Uri(stage.BaseUrl));
        await using var window = await stage.OpenAsync("/spot/DOT_USDT", baseUrl: line.BaseUrl);
        await window.SignInAsync(user);
        using var api = new RestClient(stage.BaseUrl, user);
        await Expect(window.Page.GetByTestId("book")).ToBeVisibleAsync(Patient);
        await window.Field("Price").FillAsync(Text(await LastAsync(window) * 0.95m, 3));
        await window.Field("Size").FillAsync("10");
        await window.Button("Buy DOT").ClickAsync();
        await Expect(Rows(window, "Open orders")).ToHaveCountAsync(1, Soon);
        line.Cut();
        await Expect(window.Page.GetByText("The connection to the venue was lost")).ToBeVisibleAsync(Patient);
        (await api.DeleteAsync("/spot/orders", ("currency_pair", "DOT_USDT"))).Require();
        line.Mend();
        await Expect(Rows(window, "Open orders")).ToHaveCountAsync(0, Soon);
        await Expect(window.Page.GetByText("The connection to the venue was lost")).ToHaveCountAsync(0, Soon);
        Assert.Empty(window.Failures);
    }
}
