using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Sluice.Cli.Tests;
using Sluice.Client;

namespace Sluice.Browser.Tests;

/// <summary>A demo venue as `sluice serve` starts it, and Debian's Chromium in front of it.</summary>
public sealed class Stage : IAsyncLifetime
{
    private static readonly string[] Arguments =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private IPlaywright playwright = null!;
    private IBrowser browser = null!;

    /// <summary>The checkout.</summary>
    internal static string Root { get; } = FindRoot();

    internal VenueProcess Venue { get; private set; } = null!;

    public string BaseUrl => Venue.BaseUrl;

    public async ValueTask InitializeAsync()
    {
        var chromium = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "chromium")).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("chromium is not on PATH; Debian's package of that name is what these tests drive.");
        Venue = await VenueProcess.ServeAsync("--data", "memory");
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = chromium, Args = Arguments });
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
        if (Venue is not null) await Venue.DisposeAsync();
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Sluice.slnx"))) folder = folder.Parent ?? throw new InvalidOperationException("These tests run inside the checkout.");
        return folder.FullName;
    }

    /// <summary>A fresh window: no cookies, nothing remembered.</summary>
    public async Task<Window> OpenAsync(string path, int width = 1440, int height = 900, ColorScheme colours = ColorScheme.Dark, string? baseUrl = null, bool bypassPolicy = false)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height }, ColorScheme = colours, BaseURL = baseUrl ?? BaseUrl, ReducedMotion = ReducedMotion.Reduce, BypassCSP = bypassPolicy,
        });
        context.SetDefaultTimeout(20_000);
        await context.AddInitScriptAsync("new MutationObserver((_, observer) => { if (document.querySelector('[data-testid=book]')) { window.bookAt = performance.now(); observer.disconnect() } }).observe(document, { childList: true, subtree: true })");
        var page = await context.NewPageAsync();
        var window = new Window(context, page);
        await page.GotoAsync(path);
        return window;
    }
}

/// <summary>One window, and everything that went wrong in it.</summary>
public sealed class Window : IAsyncDisposable
{
    private readonly IBrowserContext context;

    public Window(IBrowserContext context, IPage page)
    {
        this.context = context;
        Page = page;
        page.PageError += (_, error) => Failures.Add(error);
        page.Console += (_, message) =>
        {
            // A refused request is in the console of Chromium whatever the page makes of it.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal) && !message.Text.StartsWith("WebSocket connection to", StringComparison.Ordinal)) Failures.Add(message.Text);
        };
        page.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) =>
        {
            if (frame.Text is not { } text) return;
            lock (Frames)
            {
                FramesSeen++;
                if (KeepsFrames) Frames.Add(text);
            }
        };
    }

    public IPage Page { get; }

    public List<string> Failures { get; } = [];

    /// <summary>Text frames of all its sockets.</summary>
    public long FramesSeen { get; private set; }

    /// <summary>Whether <see cref="Heard"/> is asked of them.</summary>
    public bool KeepsFrames { get; set; } = true;

    private List<string> Frames { get; } = [];

    /// <summary>Whether a frame of that channel came with that text in it.</summary>
    public bool Heard(string channel, string text)
    {
        lock (Frames) return Frames.Exists(frame => frame.Contains($"\"channel\":\"{channel}\"", StringComparison.Ordinal) && frame.Contains("\"event\":\"update\"", StringComparison.Ordinal) && frame.Contains(text, StringComparison.Ordinal));
    }

    /// <summary>How many updates of that channel came.</summary>
    public int Count(string channel)
    {
        lock (Frames) return Frames.Count(frame => frame.Contains($"\"channel\":\"{channel}\"", StringComparison.Ordinal) && frame.Contains("\"event\":\"update\"", StringComparison.Ordinal));
    }

    public ILocator Button(string name, bool exact = true) => Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = exact });

    public ILocator Field(string label) => Page.GetByLabel(label, new PageGetByLabelOptions { Exact = true });

    public ILocator Tab(string name) => Page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = name });

    public ILocator Toast(string text) => Page.Locator(".toast", new PageLocatorOptions { HasText = text });

    /// <summary>Waits until the page is there. The page moves without loading anew, so its address is asked for until it is right: news of a move that
    /// came before the waiting began would never come again.</summary>
    public async Task AtAsync(string path) =>
        await Assertions.Expect(Page).ToHaveURLAsync(new Regex(Regex.Escape(path) + "$"), new PageAssertionsToHaveURLOptions { Timeout = 30_000 });

    public async Task SignInAsync()
    {
        await Button("Sign in").First.ClickAsync();
        await Button("Use the demo account").ClickAsync();
        await Button("Sign out").WaitForAsync();
    }

    /// <summary>Signs in with a key, as somebody of his own.</summary>
    public async Task SignInAsync(Credentials user)
    {
        await Button("Sign in").First.ClickAsync();
        await Field("Key").FillAsync(user.Key);
        await Field("Secret").FillAsync(user.Secret);
        await Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Sign in", Exact = true }).ClickAsync();
        await Button("Sign out").WaitForAsync();
    }

    /// <summary>Takes away what is said for a few seconds only.</summary>
    public async Task QuietAsync()
    {
        var dismiss = Page.Locator(".toast button");
        while (await dismiss.CountAsync() > 0)
        {
            try { await dismiss.First.ClickAsync(new LocatorClickOptions { Timeout = 2_000 }); }
            catch (TimeoutException) { }            // it went by itself
        }
    }

    /// <summary>A picture for whoever looks at the build: artifacts/screenshots.</summary>
    public async Task ShootAsync(string name) =>
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(ScreenshotFolder, $"{name}.png"), Animations = ScreenshotAnimations.Disabled });

    public async ValueTask DisposeAsync() => await context.DisposeAsync();

    private static string ScreenshotFolder => Directory.CreateDirectory(Path.Combine(Stage.Root, "artifacts", "screenshots")).FullName;
}
