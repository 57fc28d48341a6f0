using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Sluice.Browser.Tests;

/// <summary>Every page in both colours and at both widths: nothing fails, nothing overflows, and axe finds nothing.</summary>
public sealed class PageTests(Stage stage)
{
    // A package of web/, fetched when the page is built.
    private static readonly string Axe = Path.Combine(Stage.Root, "web", "node_modules", "axe-core", "axe.min.js");

    [Theory]
    [InlineData("markets", "/markets", "Most traded", false)]
    [InlineData("spot", "/spot/BTC_USDT", "Open orders", true)]
    [InlineData("futures", "/futures/usdt/BTC_USDT", "Positions", true)]
    [InlineData("wallet", "/wallet", "Total, all wallets", true)]
    [InlineData("keys", "/keys", "New key", true)]
    [InlineData("funds", "/funds", "Start over", true)]
    [InlineData("console", "/console", "Admin token", false)]
    public async Task A_page_is_accessible_and_fits_in_both_colours_and_on_a_phone(string name, string path, string shows, bool signsIn)
    {
        await using var window = await stage.OpenAsync(path, bypassPolicy: true);
        if (signsIn)
        {
            await window.SignInAsync();
            await window.QuietAsync();
        }
        if (name == "console") await OpenConsoleAsync(window);
        else await Expect(window.Page.GetByText(shows).First).ToBeVisibleAsync();
        foreach (var (dark, width, height) in new[] { (true, 1440, 900), (false, 1440, 900), (false, 390, 844), (true, 390, 844) })
        {
            var variant = $"{name}-{(dark ? "dark" : "light")}-{(width > 1000 ? "desktop" : "phone")}";
            await window.Page.SetViewportSizeAsync(width, height);
            if (await window.Button(dark ? "Dark colours" : "Light colours").IsVisibleAsync()) await window.Button(dark ? "Dark colours" : "Light colours").ClickAsync();
            await SettleAsync(window);
            await window.ShootAsync(variant);
            await CheckAsync(window, variant);
            var overflow = await window.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(overflow <= 0, $"{variant} is {overflow} pixels wider than its window");
            Assert.Empty(window.Failures);
        }
    }

    [Fact]
    public async Task The_console_halts_and_resumes_a_market_and_forgets_its_token()
    {
        await using var window = await stage.OpenAsync("/console");
        await OpenConsoleAsync(window);
        await window.Tab("Instruments").ClickAsync();
        await window.Page.GetByRole(AriaRole.Searchbox, new PageGetByRoleOptions { Name = "Search instruments" }).FillAsync("spot:XTZ_USDT");
        await window.Button("Halt").ClickAsync();
        await Expect(window.Page.GetByText("circuit breaker")).ToBeVisibleAsync();
        await window.Button("Resume").ClickAsync();
        await Expect(window.Page.GetByText("trading", new PageGetByTextOptions { Exact = true })).ToBeVisibleAsync();
        Assert.DoesNotContain(Cli.Tests.VenueProcess.AdminToken, await window.Page.EvaluateAsync<string>("JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie"), StringComparison.Ordinal);
        await window.Page.ReloadAsync();
        await Expect(window.Field("Admin token")).ToBeVisibleAsync();
        Assert.Empty(window.Failures);
    }

    [Fact]
    public async Task A_key_is_made_and_deleted_and_funds_are_topped_up()
    {
        await using var window = await stage.OpenAsync("/keys");
        await window.SignInAsync();
        await window.Button("New key").ClickAsync();
        await window.Field("Name").FillAsync("of the browser");
        await window.Button("Create key").ClickAsync();
        await Expect(window.Page.GetByText("The secret is shown this once")).ToBeVisibleAsync();
        await window.Button("I have kept them").ClickAsync();
        await window.Button("Delete key of the browser").ClickAsync();
        await window.Field("I know what uses this key").CheckAsync();
        await window.Button("Delete key").ClickAsync();
        await Expect(window.Button("Delete key of the browser")).ToHaveCountAsync(0);

        await window.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Demo funds" }).First.ClickAsync();
        var left = window.Page.GetByTestId("top-ups");
        await Expect(left).ToBeVisibleAsync();
        var before = int.Parse(await left.InnerTextAsync(), System.Globalization.CultureInfo.InvariantCulture);
        await window.Button("Add 10,000 USDT").ClickAsync();
        await Expect(left).ToHaveTextAsync($"{before - 1}");
        Assert.Empty(window.Failures);
    }

    [Fact]
    public async Task The_page_is_used_with_the_keyboard_alone()
    {
        await using var window = await stage.OpenAsync("/spot/BTC_USDT");
        await window.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Choose another market" }).FocusAsync();
        await window.Page.Keyboard.PressAsync("Enter");
        await window.Page.Keyboard.TypeAsync("sol/usdt");
        await window.Page.Keyboard.PressAsync("Enter");
        await window.AtAsync("/spot/SOL_USDT");
        await window.Tab("Limit").FocusAsync();
        await window.Page.Keyboard.PressAsync("ArrowRight");
        await Expect(window.Tab("Market")).ToBeFocusedAsync();
        await Expect(window.Field("Spend")).ToBeVisibleAsync();
    }

    private static async Task OpenConsoleAsync(Window window)
    {
        await window.Field("Admin token").FillAsync(Cli.Tests.VenueProcess.AdminToken);
        await window.Button("Open console").ClickAsync();
        await Expect(window.Page.GetByText("Sequence")).ToBeVisibleAsync();
    }

    // Until what waits has come, or says why not.
    private static async Task SettleAsync(Window window)
    {
        await Expect(window.Page.Locator(".waiting")).ToHaveCountAsync(0);
        await window.Page.WaitForTimeoutAsync(400);
    }

    private static async Task CheckAsync(Window window, string variant)
    {
        await window.Page.EvaluateAsync(await File.ReadAllTextAsync(Axe, TestContext.Current.CancellationToken));
        var json = await window.Page.EvaluateAsync<string>("async () => JSON.stringify((await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })).violations.map(v => ({ id: v.id, nodes: v.nodes.slice(0, 4).map(n => n.target.join(' ') + ' ' + n.failureSummary) })))");
        var violations = JsonDocument.Parse(json).RootElement;
        Assert.True(violations.GetArrayLength() == 0, $"{variant}: {json}");
    }
}
