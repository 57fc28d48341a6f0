using Microsoft.Playwright;
using Sluice.Client;
using static Microsoft.Playwright.Assertions;

namespace Sluice.Browser.Tests;

/// <summary>The operator's console: each of its hands on the venue does what it says.</summary>
public sealed class ConsoleTests(Stage stage)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 30_000 };

    [Fact]
    public async Task A_pair_and_a_contract_on_its_price_are_listed_and_trade()
    {
        await using var window = await OpenAsync("Instruments");
        await window.Button("List an instrument").ClickAsync();
        await window.Field("Base").FillAsync("newly");
        await window.Field("First price").FillAsync("2.5");
        await window.Field("Price decimals").FillAsync("40");
        await window.Button("List the pair").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("decimals must be from 0 to 12");
        await window.ShootAsync("console-listing-refused");
        await window.Field("Price decimals").FillAsync("4");
        await window.Button("List the pair").ClickAsync();
        await Expect(window.Toast("spot:NEWLY_USDT is listed")).ToBeVisibleAsync(Patient);
        await Expect(Rows(window, "Instruments")).ToHaveCountAsync(1);

        await window.Button("List an instrument").ClickAsync();
        await window.Button("Perpetual contract").ClickAsync();
        await window.Field("Name").FillAsync("NEWLY_USDT");
        await window.Field("Size step").FillAsync("0.05");
        await window.ShootAsync("console-listing");
        await window.Button("List the contract").ClickAsync();
        await Expect(window.Toast("futures:usdt:NEWLY_USDT is listed")).ToBeVisibleAsync(Patient);

        // The terminal knows it without a reload, and the step of its sizes.
        await window.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Markets", Exact = true }).First.ClickAsync();
        await window.Button("Futures").ClickAsync();
        await window.Page.GetByRole(AriaRole.Searchbox, new PageGetByRoleOptions { Name = "Search markets" }).FillAsync("NEWLY");
        await Expect(Rows(window, "Markets")).ToHaveCountAsync(1);
        await Rows(window, "Markets").GetByRole(AriaRole.Link).ClickAsync();
        await Expect(window.Page.GetByTestId("book")).ToBeVisibleAsync(Patient);
        await window.SignInAsync();
        await window.Field("In").SelectOptionAsync("base");
        await window.Field("Size").FillAsync("3.14");
        await Expect(window.Page.GetByText("3.1 contracts")).ToBeVisibleAsync();
        Assert.Empty(window.Failures);
    }

    [Fact]
    public async Task Terms_of_a_contract_change_and_a_dividend_is_announced_and_taken_back()
    {
        await using var window = await OpenAsync("Instruments");
        var search = window.Page.GetByRole(AriaRole.Searchbox, new PageGetByRoleOptions { Name = "Search instruments" });
        await search.FillAsync("futures:usdt:KO_USDT");
        await Expect(Rows(window, "Instruments")).ToHaveCountAsync(1);
        await window.Button("Change").ClickAsync();
        await window.Field("Taker fee").FillAsync("2");
        await window.Button("Change the terms").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("taker_fee_rate");
        await window.Field("Taker fee").FillAsync("0.0009");
        await window.Button("Change the terms").ClickAsync();
        await Expect(window.Toast("futures:usdt:KO_USDT has other terms")).ToBeVisibleAsync(Patient);
        using var api = new RestClient(stage.BaseUrl);
        Assert.Equal("0.0009", (await api.GetAsync("/futures/usdt/contracts/KO_USDT")).Require().GetProperty("taker_fee_rate").GetString());

        await window.Button("Change").ClickAsync();
        await window.Button("Dividend").ClickAsync();
        await window.Field("Amount a share").FillAsync("0.5");
        await window.Field("Reference").FillAsync("ko-2099");
        await window.Field("When (empty: at once)").FillAsync("2099-01-02T03:04");
        await window.ShootAsync("console-change");
        await window.Button("Announce the dividend").ClickAsync();
        await Expect(window.Toast("A dividend of futures:usdt:KO_USDT is announced")).ToBeVisibleAsync(Patient);
        await window.Button("Change").ClickAsync();
        await window.Button("Dividend").ClickAsync();
        await Expect(window.Page.GetByText("0.5 a share")).ToBeVisibleAsync(Patient);
        await window.Button("Take back").ClickAsync();
        await Expect(window.Toast("It is taken back")).ToBeVisibleAsync(Patient);
        Assert.Empty(window.Failures);
    }

    [Fact]
    public async Task An_index_is_pinned_and_released()
    {
        await using var window = await OpenAsync("Prices");
        await window.Field("Index").FillAsync("ALGO_USDT");
        await window.Field("Price").FillAsync("0.77");
        await window.Button("Pin").ClickAsync();
        await Expect(window.Toast("ALGO_USDT is pinned at 0.77")).ToBeVisibleAsync(Patient);
        await window.Button("Release").ClickAsync();
        await Expect(window.Toast("ALGO_USDT is released")).ToBeVisibleAsync(Patient);
        await window.Field("Index").FillAsync("NOWHERE_USDT");
        await window.Button("Pin").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("NOWHERE_USDT");
        Assert.Empty(window.Failures);
    }

    [Fact]
    public async Task A_shock_moves_the_instruments_it_names()
    {
        await using var window = await OpenAsync("Prices");
        var before = await IndexAsync();
        await window.Button("Rise").ClickAsync();
        await window.Field("By").FillAsync("20");
        await window.Field("Only these instruments (optional)").FillAsync("SUSHI_USDT");
        await window.Button("Shock the markets").ClickAsync();
        await Expect(window.Toast("Prices rose by 20%")).ToBeVisibleAsync(Patient);
        for (var tries = 0; await IndexAsync() < before * 1.1m; tries++)
        {
            Assert.True(tries < 100, "the index has not risen");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        await window.Field("Only these instruments (optional)").FillAsync("NOWHERE_USDT");
        await window.Button("Shock the markets").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("NOWHERE_USDT");
        Assert.Empty(window.Failures);

        async Task<decimal> IndexAsync()
        {
            using var api = new RestClient(stage.BaseUrl);
            var contract = (await api.GetAsync("/futures/usdt/contracts/SUSHI_USDT")).Require();
            return decimal.Parse(contract.GetProperty("index_price").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public async Task The_venue_pauses_and_goes_on_and_shows_its_funds()
    {
        await using var window = await OpenAsync("Venue");
        var checks = (await stage.Venue.Control.GetAsync("/invariants", TestContext.Current.CancellationToken)).Require();
        Assert.True(checks.GetProperty("ok").GetBoolean(), checks.ToString());
        await Expect(window.Page.GetByText($"{checks.GetProperty("checks").GetArrayLength()} hold")).ToBeVisibleAsync(Patient);
        await Expect(Rows(window, "Accounts of the venue").Filter(new LocatorFilterOptions { HasText = "insurance" }).First).ToBeVisibleAsync(Patient);
        await window.Button("Pause").ClickAsync();
        await Expect(window.Toast("Ticks and participants are paused")).ToBeVisibleAsync();
        await window.Button("Go on").ClickAsync();
        await Expect(window.Toast("The venue goes on")).ToBeVisibleAsync();
        Assert.Empty(window.Failures);
    }

    [Fact]
    public async Task A_user_is_made_funded_and_reset()
    {
        await using var window = await OpenAsync("Users");
        await window.Field("New user").FillAsync("grace");
        await window.Button("Create").ClickAsync();
        await Expect(window.Page.GetByText("The secret is shown this once")).ToBeVisibleAsync(Patient);
        await window.Button("Close").ClickAsync();
        var row = Rows(window, "Users").Filter(new LocatorFilterOptions { HasText = "grace" });
        await row.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Fund" }).ClickAsync();
        await window.Field("Wallet").SelectOptionAsync("futures:usdt");
        await window.Button("Give").ClickAsync();
        await Expect(window.Toast("10000 USDT for grace")).ToBeVisibleAsync(Patient);
        await row.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Reset" }).ClickAsync();
        await window.Button("Reset user").ClickAsync();
        await Expect(window.Toast("grace starts over")).ToBeVisibleAsync(Patient);
        Assert.Empty(window.Failures);
    }

    private async Task<Window> OpenAsync(string part)
    {
        var window = await stage.OpenAsync("/console");
        await window.Field("Admin token").FillAsync(Cli.Tests.VenueProcess.AdminToken);
        await window.Button("Open console").ClickAsync();
        await window.Tab(part).ClickAsync();
        return window;
    }

    private static ILocator Rows(Window window, string table) => window.Page.GetByRole(AriaRole.Table, new PageGetByRoleOptions { Name = table }).Locator("tbody tr");
}
