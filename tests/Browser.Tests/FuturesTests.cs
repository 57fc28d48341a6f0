using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Sluice.Browser.Tests;

/// <summary>The newcomer's path on contracts: open, watch, close; and what a shock does to fifty times leverage.</summary>
public sealed class FuturesTests(Stage stage)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 30_000 };

    [Fact]
    public async Task A_position_is_opened_shown_and_closed()
    {
        await using var window = await OpenAsync("ETH_USDT");
        await window.Tab("Market").ClickAsync();
        await SizeAsync(window, "20");
        await window.Button("Sell / Short").ClickAsync();
        await Expect(window.Toast("Sold").First).ToBeVisibleAsync(Patient);
        Assert.True(window.Heard("futures.usertrades", "\"contract\":\"ETH_USDT\""));
        var row = Positions(window).Filter(new LocatorFilterOptions { HasText = "ETH/USDT" });
        await Expect(row).ToBeVisibleAsync(Patient);
        await Expect(row).ToContainTextAsync("Short");
        await Expect(row).ToContainTextAsync("-20");
        await window.ShootAsync("futures-position");

        await row.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Close ETH/USDT" }).ClickAsync();
        await window.Button("Close 100%").ClickAsync();
        await Expect(row).ToHaveCountAsync(0, new LocatorAssertionsToHaveCountOptions { Timeout = 30_000 });
        await window.Tab("Closed").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Table, new PageGetByRoleOptions { Name = "Closed positions" })).ToContainTextAsync("ETH/USDT");
        Assert.Empty(window.Failures);
    }

    [Fact]
    public async Task An_order_waits_and_is_cancelled()
    {
        await using var window = await OpenAsync("ETH_USDT");
        await Expect(window.Field("Price")).Not.ToHaveValueAsync("");
        var price = decimal.Parse(await window.Field("Price").InputValueAsync(), System.Globalization.CultureInfo.InvariantCulture) * 0.985m;
        await window.Field("Price").FillAsync(price.ToString("0", System.Globalization.CultureInfo.InvariantCulture));
        await SizeAsync(window, "3");
        await window.Button("Buy / Long").ClickAsync();
        await Expect(window.Toast("Order placed")).ToBeVisibleAsync(Patient);
        await window.Tab("Open orders").ClickAsync();
        var row = window.Page.GetByRole(AriaRole.Table, new PageGetByRoleOptions { Name = "Open orders" }).Locator("tbody tr");
        await Expect(row).ToHaveCountAsync(1);
        await row.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Cancel order" }).ClickAsync();
        await Expect(row).ToHaveCountAsync(0);
        Assert.Empty(window.Failures);
    }

    [Fact]
    public async Task A_shock_by_the_operator_liquidates_fifty_times_leverage()
    {
        const string contract = "SOL_USDT";
        await using var window = await OpenAsync(contract);
        await window.Page.Locator("button.settings").ClickAsync();
        await window.Button("Isolated").ClickAsync();
        await window.Page.GetByRole(AriaRole.Textbox, new PageGetByRoleOptions { Name = "Leverage" }).FillAsync("50");
        await window.Button("Set").ClickAsync();
        await Expect(window.Toast("Isolated margin at 50x")).ToBeVisibleAsync(Patient);
        await window.Tab("Market").ClickAsync();
        await SizeAsync(window, "10");
        await window.Button("Buy / Long").ClickAsync();
        var row = Positions(window).Filter(new LocatorFilterOptions { HasText = "SOL/USDT" });
        await Expect(row).ToBeVisibleAsync(Patient);
        await Expect(row).ToContainTextAsync("isolated 50x");

        (await stage.Venue.Control.PostAsync("/shock", $$"""{"percent":"-15","instruments":["{{contract}}"]}""", TestContext.Current.CancellationToken)).Require();
        await Expect(window.Toast("Position liquidated").First).ToBeVisibleAsync(Patient);
        await Expect(row).ToHaveCountAsync(0, new LocatorAssertionsToHaveCountOptions { Timeout = 30_000 });
        Assert.True(window.Heard("futures.liquidates", contract));
        await window.ShootAsync("futures-liquidated");
        Assert.Empty(window.Failures);
    }

    private async Task<Window> OpenAsync(string contract)
    {
        var window = await stage.OpenAsync($"/futures/usdt/{contract}");
        await window.SignInAsync();
        await Expect(window.Page.GetByTestId("book")).ToBeVisibleAsync(Patient);
        await Expect(window.Tab("Positions")).ToBeVisibleAsync(Patient);
        return window;
    }

    private static async Task SizeAsync(Window window, string contracts)
    {
        await window.Field("In").SelectOptionAsync("contracts");
        await window.Field("Size").FillAsync(contracts);
    }

    private static ILocator Positions(Window window) => window.Page.GetByRole(AriaRole.Table, new PageGetByRoleOptions { Name = "Positions" }).Locator("tbody tr");
}
