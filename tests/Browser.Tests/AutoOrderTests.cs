using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using static Sluice.Browser.Tests.Terminal;

namespace Sluice.Browser.Tests;

/// <summary>Orders that move by themselves (M-110, M-111), in front of a market that the operator moves.</summary>
public sealed class AutoOrderTests(Stage stage)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 30_000 };
    private static readonly LocatorAssertionsToHaveCountOptions Soon = new() { Timeout = 30_000 };

    [Fact]
    public async Task M_110_a_trailing_order_is_set_changed_and_fires_when_the_market_turns()
    {
        await using var window = await stage.FuturesAsync("trailing", "ATOM_USDT");
        await window.Tab("Trailing").ClickAsync();
        await window.Field("Size").FillAsync("10");
        await Expect(window.Page.GetByText("Give a distance above 0")).ToBeVisibleAsync();
        await window.Field("Distance").FillAsync("12.5");
        await window.Field("Watches").SelectOptionAsync("3");
        await window.Button("Buy / Long").ClickAsync();
        await Expect(window.Toast("Trailing order set")).ToBeVisibleAsync(Patient);
        await window.Tab("Triggers").ClickAsync();
        var row = Rows(window, "Trailing orders");
        await Expect(row).ToContainTextAsync("Buy 10", new LocatorAssertionsToContainTextOptions { Timeout = 30_000 });
        await Expect(row).ToContainTextAsync("12.5 %");
        await row.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Change trailing order" }).ClickAsync();
        await window.Page.GetByRole(AriaRole.Dialog).GetByLabel("Distance", new LocatorGetByLabelOptions { Exact = true }).FillAsync("3");
        await window.Button("Change order").ClickAsync();
        await Expect(row).ToContainTextAsync("3 %", new LocatorAssertionsToContainTextOptions { Timeout = 30_000 });
        await window.QuietAsync();
        await window.ShootAsync("futures-trailing");

        (await stage.Venue.Control.PostAsync("/shock", """{"percent":"8","instruments":["ATOM_USDT"]}""", TestContext.Current.CancellationToken)).Require();
        await Expect(window.Toast("Bought").First).ToBeVisibleAsync(Patient);
        await Expect(row).ToHaveCountAsync(0, Soon);
        await window.Button("Show ended trailing and chase orders").ClickAsync();
        await Expect(Rows(window, "Ended trailing orders")).ToContainTextAsync("succeeded", new LocatorAssertionsToContainTextOptions { Timeout = 30_000, IgnoreCase = true });
        await window.Tab("Positions").ClickAsync();
        await Expect(Rows(window, "Positions")).ToContainTextAsync("Long");
        Assert.Empty(window.Failures);
    }

    [Fact]
    public async Task M_111_a_chase_follows_the_best_price_until_it_is_stopped()
    {
        await using var window = await stage.FuturesAsync("chasing", "NEAR_USDT");
        await window.Tab("Chase").ClickAsync();
        await window.Field("Behind the best price").FillAsync("2");
        await window.Field("Behind in").SelectOptionAsync("percent");
        await window.Field("Never beyond").SelectOptionAsync("price");
        await window.Field("Price limit").FillAsync(Text(await LastAsync(window) * 2, 3));
        await window.Field("Size").FillAsync("5");
        await window.Button("Buy / Long").ClickAsync();
        await Expect(window.Toast("Chase started")).ToBeVisibleAsync(Patient);
        await window.Tab("Open orders").ClickAsync();
        await Expect(Rows(window, "Open orders")).ToHaveCountAsync(1, Soon);
        await window.Tab("Triggers").ClickAsync();
        var row = Rows(window, "Chase orders");
        await Expect(row).ToContainTextAsync("2 % behind the best", new LocatorAssertionsToContainTextOptions { Timeout = 30_000 });
        await window.QuietAsync();
        await window.ShootAsync("futures-chase");
        await window.Page.SetViewportSizeAsync(390, 844);
        await window.ShootAsync("futures-chase-phone");
        await window.Page.SetViewportSizeAsync(1440, 900);
        var stands = row.Locator("td").Nth(3);
        var before = await stands.InnerTextAsync();
        (await stage.Venue.Control.PostAsync("/shock", """{"percent":"4","instruments":["NEAR_USDT"]}""", TestContext.Current.CancellationToken)).Require();
        await Expect(stands).Not.ToHaveTextAsync(before, new LocatorAssertionsToHaveTextOptions { Timeout = 30_000 });

        await window.Button("Stop all trailing and chase orders").ClickAsync();
        await Expect(row).ToHaveCountAsync(0, Soon);
        await window.Tab("Open orders").ClickAsync();
        await Expect(Rows(window, "Open orders")).ToHaveCountAsync(0, Soon);
        Assert.Empty(window.Failures);
    }
}
