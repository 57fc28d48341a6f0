using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Sluice.Browser.Tests;

/// <summary>Somebody who has read nothing: what they do within a minute, by what stands on the page.</summary>
public sealed class NewcomerTests(Stage stage)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 30_000 };

    [Fact]
    public async Task Open_buy_short_with_leverage_watch_and_close()
    {
        await using var window = await stage.OpenAsync("/");
        await window.AtAsync("/markets");
        await window.SignInAsync();
        await Expect(window.Toast("nothing here is real money")).ToBeVisibleAsync();

        // Buys for 100 USDT.
        await window.Page.GetByRole(AriaRole.Table, new PageGetByRoleOptions { Name = "Markets" }).GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "XRP/USDT" }).First.ClickAsync();
        await window.AtAsync("/spot/XRP_USDT");
        await Expect(window.Page.GetByTestId("book")).ToBeVisibleAsync(Patient);
        await window.Tab("Market").ClickAsync();
        await window.Field("Spend").FillAsync("100");
        await window.Button("Buy XRP").ClickAsync();
        await Expect(window.Toast("Bought").First).ToBeVisibleAsync(Patient);
        await window.Tab("Assets").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Table, new PageGetByRoleOptions { Name = "Assets" })).ToContainTextAsync("XRP");

        // Sells short with twenty times leverage.
        await window.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Futures", Exact = true }).First.ClickAsync();
        await window.Button("Choose another market", exact: false).ClickAsync();
        await window.Page.Keyboard.TypeAsync("xrp");
        await window.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button).Filter(new LocatorFilterOptions { HasText = "Perp USDT" }).First.ClickAsync();
        await window.AtAsync("/futures/usdt/XRP_USDT");
        await Expect(window.Page.GetByTestId("book")).ToBeVisibleAsync(Patient);
        await window.Page.Locator("button.settings").ClickAsync();
        await window.Page.GetByRole(AriaRole.Textbox, new PageGetByRoleOptions { Name = "Leverage" }).FillAsync("20");
        await window.Button("Set").ClickAsync();
        await Expect(window.Toast("margin at 20x")).ToBeVisibleAsync(Patient);
        await window.Tab("Market").ClickAsync();
        await window.Field("In").SelectOptionAsync("quote");
        await window.Field("Size").FillAsync("500");
        await window.Button("Sell / Short").ClickAsync();

        // Watches it: who it is, what it is worth, where it would be liquidated, how near to be deleveraged.
        var row = window.Page.GetByRole(AriaRole.Table, new PageGetByRoleOptions { Name = "Positions" }).Locator("tbody tr").Filter(new LocatorFilterOptions { HasText = "XRP/USDT" });
        await Expect(row).ToContainTextAsync("Short · cross 20x", new LocatorAssertionsToContainTextOptions { Timeout = 30_000 });
        await Expect(row.GetByRole(AriaRole.Img)).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("deleveraging"));
        var before = await row.InnerTextAsync();
        await Expect(row).Not.ToHaveTextAsync(before, new LocatorAssertionsToHaveTextOptions { Timeout = 60_000 });
        await window.ShootAsync("newcomer-short");

        await row.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Close XRP/USDT" }).ClickAsync();
        await window.Button("Close 100%").ClickAsync();
        await Expect(row).ToHaveCountAsync(0, new LocatorAssertionsToHaveCountOptions { Timeout = 30_000 });
        await window.Tab("Closed").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Table, new PageGetByRoleOptions { Name = "Closed positions" })).ToContainTextAsync("XRP/USDT");

        // What it made of the funds is in the wallet.
        await window.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Wallet", Exact = true }).First.ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Img, new PageGetByRoleOptions { Name = "Equity from" })).ToBeVisibleAsync(Patient);
        await window.ShootAsync("newcomer-wallet");
        Assert.Empty(window.Failures);
    }

    [Fact]
    public async Task Markets_are_searched_sorted_and_kept_as_favourites()
    {
        await using var window = await stage.OpenAsync("/markets");
        var rows = window.Page.GetByRole(AriaRole.Table, new PageGetByRoleOptions { Name = "Markets" }).Locator("tbody tr");
        await Expect(rows.First).ToBeVisibleAsync(Patient);
        await window.Button("Market").ClickAsync();
        await Expect(rows.First).ToContainTextAsync("AAVE");
        await window.Button("Market").ClickAsync();
        await Expect(rows.First).Not.ToContainTextAsync("AAVE");
        await window.Button("Meme").ClickAsync();
        await Expect(rows.Filter(new LocatorFilterOptions { HasText = "Dogecoin" }).First).ToBeVisibleAsync();
        await Expect(rows.Filter(new LocatorFilterOptions { HasText = "Bitcoin" })).ToHaveCountAsync(0);
        await Expect(rows.First.Locator(".sparkline path")).Not.ToHaveAttributeAsync("d", "");
        await window.Button("All").ClickAsync();
        await window.Page.GetByRole(AriaRole.Searchbox, new PageGetByRoleOptions { Name = "Search markets" }).FillAsync("solana");
        await Expect(rows.Filter(new LocatorFilterOptions { HasText = "SOL" }).First).ToBeVisibleAsync();
        await window.Button("Favourite SOL_USDT").ClickAsync();
        await window.Button("Favourites").ClickAsync();
        await window.Page.ReloadAsync();
        await Expect(rows).ToHaveCountAsync(1);
        await window.Page.GetByRole(AriaRole.Searchbox, new PageGetByRoleOptions { Name = "Search markets" }).FillAsync("no such thing");
        await Expect(window.Page.GetByText("Nothing matches")).ToBeVisibleAsync();
        Assert.Empty(window.Failures);
    }

    [Fact]
    public async Task An_address_that_is_not_there_says_so_and_shows_the_way()
    {
        await using var window = await stage.OpenAsync("/nothing-here");
        await Expect(window.Page.GetByText("There is no such page")).ToBeVisibleAsync();
        await window.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Go to the markets" }).ClickAsync();
        await Expect(window.Page.GetByText("Most traded")).ToBeVisibleAsync();
    }
}
