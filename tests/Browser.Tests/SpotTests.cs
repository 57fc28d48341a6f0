using System.Globalization;
using Microsoft.Playwright;
using Sluice.Client;
using static Microsoft.Playwright.Assertions;

namespace Sluice.Browser.Tests;

/// <summary>The newcomer's path on spot: sign in, place, change, cancel, be filled.</summary>
public sealed class SpotTests(Stage stage)
{
    [Fact]
    public async Task An_order_is_placed_changed_and_cancelled()
    {
        await using var window = await stage.OpenAsync("/spot/ETH_USDT");
        await window.SignInAsync();
        await Expect(window.Page.GetByTestId("book")).ToBeVisibleAsync();
        var low = (await LastAsync(window) * 0.95m).ToString("0.00", CultureInfo.InvariantCulture);
        await window.Field("Price").FillAsync(low);
        await window.Field("Size").FillAsync("0.05");
        await window.Button("Buy ETH").ClickAsync();
        await Expect(window.Toast("Order placed")).ToBeVisibleAsync();
        var row = window.Page.GetByRole(AriaRole.Table, new PageGetByRoleOptions { Name = "Open orders" }).Locator("tbody tr");
        await Expect(row).ToHaveCountAsync(1);
        await Expect(row).ToContainTextAsync("ETH/USDT");

        await row.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Change order" }).ClickAsync();
        await window.Field("New size").FillAsync("0.04");
        await window.Button("Change order").ClickAsync();
        await Expect(row).ToContainTextAsync("0.04");
        Assert.True(window.Heard("spot.orders", "\"event\":\"update\""));

        await row.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Cancel order" }).ClickAsync();
        await Expect(row).ToHaveCountAsync(0);
        await window.Tab("History").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Cell, new PageGetByRoleOptions { Name = "cancelled" }).First).ToBeVisibleAsync();
        Assert.Empty(window.Failures);
    }

    [Fact]
    public async Task A_fill_by_somebody_else_arrives_over_the_socket()
    {
        await using var window = await stage.OpenAsync("/spot/DAI_USDT");
        await window.SignInAsync();
        await Expect(window.Page.GetByTestId("book")).ToBeVisibleAsync();

        // At the best bid of the book: somebody who sells at market meets it.
        var book = (await stage.Venue.Rest.GetAsync("/spot/order_book?currency_pair=DAI_USDT&limit=1")).Require();
        await window.Field("Price").FillAsync(book.GetProperty("bids")[0][0].GetString()!);
        await window.Field("Size").FillAsync("50");
        await window.Button("Buy DAI").ClickAsync();
        var seller = await stage.Venue.NewUserAsync("seller", ("DAI", "1000000"));
        using var other = new RestClient(stage.BaseUrl, seller);
        (await other.PostAsync("/spot/orders", """{"currency_pair":"DAI_USDT","side":"sell","type":"market","amount":"200000","time_in_force":"ioc"}""")).Require();

        await Expect(window.Toast("Bought").First).ToBeVisibleAsync();
        Assert.True(window.Heard("spot.usertrades", "\"currency_pair\":\"DAI_USDT\""));
        await window.Tab("Trades").Last.ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Table, new PageGetByRoleOptions { Name = "Your trades on DAI/USDT" })).ToBeVisibleAsync();
        Assert.Empty(window.Failures);
    }

    [Fact]
    public async Task What_a_visitor_cannot_afford_is_said_before_it_is_sent()
    {
        await using var window = await stage.OpenAsync("/spot/BTC_USDT");
        await window.SignInAsync();
        await window.Field("Price").FillAsync("80000");
        await window.Field("Size").FillAsync("99");
        await Expect(window.Page.GetByText("More than the")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_page_reconnects_without_reloading()
    {
        await using var line = new CuttableLine(new Uri(stage.BaseUrl));
        await using var window = await stage.OpenAsync("/spot/BTC_USDT", baseUrl: line.BaseUrl);
        await Expect(window.Page.GetByText("Live", new PageGetByTextOptions { Exact = true })).ToBeVisibleAsync();
        await window.Page.EvaluateAsync("window.sameDocument = true");
        line.Cut();
        await Expect(window.Page.GetByText("The connection to the venue was lost")).ToBeVisibleAsync();
        line.Mend();
        await Expect(window.Page.GetByText("Live", new PageGetByTextOptions { Exact = true })).ToBeVisibleAsync();
        await Expect(window.Page.GetByText("The connection to the venue was lost")).ToHaveCountAsync(0);
        Assert.True(await window.Page.EvaluateAsync<bool>("window.sameDocument === true"));

        // The book lives again: its best price follows the venue's.
        await Expect(window.Page.GetByTestId("book")).ToBeVisibleAsync();
        var before = await window.Page.GetByTestId("book").InnerTextAsync();
        await Expect(window.Page.GetByTestId("book")).Not.ToHaveTextAsync(before, new LocatorAssertionsToHaveTextOptions { Timeout = 20_000 });
    }

    private static async Task<decimal> LastAsync(Window window)
    {
        var price = window.Page.GetByTestId("last-price");
        await Expect(price).Not.ToHaveTextAsync("–");
        return decimal.Parse((await price.InnerTextAsync()).Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
