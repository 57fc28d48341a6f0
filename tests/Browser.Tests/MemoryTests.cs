using System.Globalization;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Sluice.Browser.Tests;

/// <summary>A terminal that stays open: what it keeps alive does not grow with the updates it has seen. A minute by default; SLUICE_PAGE_MINUTES makes it longer.</summary>
public sealed class MemoryTests(Stage stage)
{
    private const double GrowthMost = 1.2;
    private const double SlackBytes = 1_500_000;        // chart and tables fill up to their ends

    [Fact]
    public async Task An_open_terminal_keeps_no_more_alive_than_at_its_beginning()
    {
        var minutes = double.Parse(Environment.GetEnvironmentVariable("SLUICE_PAGE_MINUTES") ?? "1", CultureInfo.InvariantCulture);
        await using var window = await stage.OpenAsync("/futures/usdt/BTC_USDT", width: 1600);
        window.KeepsFrames = false;
        await window.SignInAsync();
        await Expect(window.Page.GetByTestId("book")).ToBeVisibleAsync();
        var tools = await window.Page.Context.NewCDPSessionAsync(window.Page);
        await tools.SendAsync("Performance.enable");

        var samples = new List<(double Heap, double Nodes, double Listeners)>();
        const int Quarters = 4, PerQuarter = 3;
        var between = TimeSpan.FromMinutes(minutes / Quarters / PerQuarter);
        for (var i = 0; i < Quarters * PerQuarter; i++)
        {
            await Task.Delay(between, TestContext.Current.CancellationToken);
            samples.Add(await SampleAsync(tools));
        }
        // The first quarter fills what has an end: the trades beside the book, the candles of the chart.
        var (early, late) = (Least(samples[PerQuarter..(2 * PerQuarter)]), Least(samples[^PerQuarter..]));
        var words = string.Create(CultureInfo.InvariantCulture, $"open terminal, {minutes:0.#} min, {window.FramesSeen} frames: heap {early.Heap / 1e6:0.00} -> {late.Heap / 1e6:0.00} MB, nodes {early.Nodes:0} -> {late.Nodes:0}, listeners {early.Listeners:0} -> {late.Listeners:0}");
        SpeedTests.Report(words);
        Assert.True(window.FramesSeen > 30 * minutes, words);
        Assert.True(late.Heap <= early.Heap * GrowthMost + SlackBytes, words);
        Assert.True(late.Nodes <= early.Nodes * GrowthMost + 200, words);
        Assert.True(late.Listeners <= early.Listeners * GrowthMost + 50, words);
        Assert.Empty(window.Failures);
    }

    private static (double Heap, double Nodes, double Listeners) Least(List<(double Heap, double Nodes, double Listeners)> samples) =>
        (samples.Min(s => s.Heap), samples.Min(s => s.Nodes), samples.Min(s => s.Listeners));

    private static async Task<(double Heap, double Nodes, double Listeners)> SampleAsync(ICDPSession tools)
    {
        await tools.SendAsync("HeapProfiler.collectGarbage");
        var metrics = (await tools.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics").EnumerateArray()
            .ToDictionary(metric => metric.GetProperty("name").GetString()!, metric => metric.GetProperty("value").GetDouble());
        return (metrics["JSHeapUsedSize"], metrics["Nodes"], metrics["JSEventListeners"]);
    }
}
