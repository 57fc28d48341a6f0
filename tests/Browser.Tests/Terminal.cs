using System.Globalization;
using Microsoft.Playwright;
using Sluice.Client;
using static Microsoft.Playwright.Assertions;

namespace Sluice.Browser.Tests;

/// <summary>What tests of the terminals begin with and look at.</summary>
internal static class Terminal
{
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 30_000 };

    /// <summary>A terminal of somebody new with 100,000 USDT.</summary>
    public static async Task<Window> SpotAsync(this Stage stage, string name, string pair)
    {
        var user = await stage.Venue.NewUserAsync(name, ("USDT", "100000"));
        var window = await stage.OpenAsync($"/spot/{pair}");
        await window.SignInAsync(user);
        await Expect(window.Page.GetByTestId("book")).ToBeVisibleAsync(Patient);
        return window;
    }

    /// <summary>The same on contracts, half of the money there; sizes are typed in contracts.</summary>
    public static async Task<Window> FuturesAsync(this Stage stage, string name, string contract)
    {
        var user = await stage.Venue.NewUserAsync(name, ("USDT", "100000"));
        using (var api = new RestClient(stage.BaseUrl, user))
            (await api.PostAsync("/wallet/transfers", """{"currency":"USDT","from":"spot","to":"futures","amount":"50000","settle":"usdt"}""")).Require();
        var window = await stage.OpenAsync($"/futures/usdt/{contract}");
        await window.SignInAsync(user);
        await Expect(window.Page.GetByTestId("book")).ToBeVisibleAsync(Patient);
        await window.Field("In").SelectOptionAsync("contracts");
        return window;
    }

    public static async Task<decimal> LastAsync(Window window)
    {
        var price = window.Page.GetByTestId("last-price");
        await Expect(price).Not.ToHaveTextAsync("–");
        return decimal.Parse((await price.InnerTextAsync()).Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }

    public static string Text(decimal price, int decimals) => Math.Round(price, decimals).ToString("F" + decimals, CultureInfo.InvariantCulture);

    public static ILocator Rows(Window window, string table) => window.Page.GetByRole(AriaRole.Table, new PageGetByRoleOptions { Name = table, Exact = true }).Locator("tbody tr");
}
