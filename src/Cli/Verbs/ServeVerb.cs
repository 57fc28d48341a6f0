using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Sluice.Products;
using Sluice.Server.Identity;
using Sluice.Server.Markets;
using Sluice.Server.Venue;

namespace Sluice.Cli.Verbs;

/// <summary>sluice serve: runs the venue until SIGTERM or Ctrl+C.</summary>
internal static class ServeVerb
{
    public static Command Create()
    {
        var urls = new Option<string[]>("--urls") { Description = "Scheme, host and port; port 0 picks a free one.", DefaultValueFactory = _ => ["http://127.0.0.1:8787"] };
        var data = new Option<string>("--data") { Description = "The data folder, or `memory` to keep nothing.", DefaultValueFactory = _ => DefaultFolder() };
        var seed = new Option<long?>("--seed") { Description = "Of the simulated markets (default 1)." };
        var clock = new Option<string>("--clock") { Description = "real, or manual: time moves only by clock/advance.", DefaultValueFactory = _ => "real" };
        clock.AcceptOnlyFromAmong("real", "manual");
        var start = new Option<string>("--start") { Description = "A manual clock's first instant, ISO 8601.", DefaultValueFactory = _ => "2026-01-01T00:00:00Z" };
        var markets = new Option<string>("--markets") { Description = "demo, none, or a file as `sluice markets export` prints.", DefaultValueFactory = _ => "demo" };
        var liquidity = OnOff("--liquidity", "on", "on", "off", "Whether seeded participants trade.");
        var limits = OnOff("--rate-limits", "gate", "gate", "off", "The dialect's limits, or none.");
        var keepLog = new Option<bool>("--keep-log") { Description = "Keep segments that snapshots have made unnecessary." };
        var segment = new Option<int?>("--segment-bytes") { Description = "Size of a segment of the log (default 16 MiB)." };
        var snapshot = new Option<int?>("--snapshot-every") { Description = "Commands between two snapshots (default 1000000)." };
        var reserve = new Option<string>("--reserve")
        {
            Description = "Room taken at the start, NAME=N for what is to be other than by default, or none.", DefaultValueFactory = _ => new VenueCapacity().ToString(),
        };
        var hosts = new Option<string[]>("--host") { Description = "A host name to answer to, beside loopback and those in --urls.", DefaultValueFactory = _ => [] };
        var network = new Option<bool>("--demo-on-network") { Description = "Let the demo user in from other machines." };
        var verb = new Command("serve", "Runs the venue.") { urls, data, seed, clock, start, markets, liquidity, limits, keepLog, segment, snapshot, reserve, network, hosts };
        verb.SetAction(async parsed =>
        {
            if (!DateTimeOffset.TryParse(parsed.GetValue(start), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant))
            {
                return ExitCodes.Refuse($"--start {parsed.GetValue(start)} is no instant; 2026-01-01T00:00:00Z is one.");
            }
            try
            {
                return await RunAsync(new VenueOptions
                {
                    Urls = parsed.GetValue(urls)!,
                    DataFolder = parsed.GetValue(data) is "memory" ? null : parsed.GetValue(data),
                    Seed = parsed.GetValue(seed),
                    ManualClock = parsed.GetValue(clock) == "manual",
                    Start = instant,
                    Markets = MarketsOf(parsed.GetValue(markets)!),
                    Liquidity = parsed.GetValue(liquidity) == "on",
                    RateLimits = parsed.GetValue(limits) == "gate",
                    KeepLog = parsed.GetValue(keepLog),
                    SegmentBytes = Within(parsed, segment, VenueOptions.SegmentBytesMin, VenueOptions.SegmentBytesMax),
                    SnapshotEvery = Within(parsed, snapshot, VenueOptions.SnapshotEveryMin, VenueOptions.SnapshotEveryMax),
                    Reserve = VenueCapacity.Parse(parsed.GetValue(reserve)!)
                        ?? throw new VenueRefusedException($"--reserve {parsed.GetValue(reserve)} is neither none nor like orders=N,seats=N, each up to {VenueCapacity.Most}; the names are in {new VenueCapacity()}."),
                    WebFolder = Path.Combine(AppContext.BaseDirectory, "web"),
                    Hosts = parsed.GetValue(hosts)!,
                    DemoOnNetwork = parsed.GetValue(network),
                    DemoKey = Environment.GetEnvironmentVariable("SLUICE_DEMO_KEY"),
                    DemoSecret = Environment.GetEnvironmentVariable("SLUICE_DEMO_SECRET"),
                    AdminToken = Environment.GetEnvironmentVariable("SLUICE_ADMIN_TOKEN"),
                    Report = Console.Error.WriteLine,
                    Logging = logging => logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace),
                });
            }
            catch (VenueRefusedException refused)
            {
                return ExitCodes.Refuse(refused.Message);
            }
        });
        return verb;
    }

    private static async Task<int> RunAsync(VenueOptions options)
    {
        var asked = new TaskCompletionSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        var progress = new ProgressLine("recovering");
        await using var venue = await VenueHost.StartAsync(options with { Recovering = progress.Report });
        progress.Dispose();
        if (venue.Demo is { IsNew: true } demo) Tell(demo, options);
        Console.WriteLine($"ready {venue.BaseUrl}");
        await asked.Task;                       // a venue that has failed stays to say so in /health/ready
        var failed = venue.Unavailable is not null;
        await venue.StopAsync();
        return failed ? ExitCodes.Wrong : ExitCodes.Done;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            asked.TrySetResult();
        }
    }

    private static void Tell(DemoKey demo, VenueOptions options)
    {
        var kept = options.DataFolder is null ? "" : $"; kept in {DemoUser.File}";
        Console.WriteLine($"demo user {demo.User}: key {demo.Key} secret {demo.Secret} (shown once{kept})");
    }

    private static MarketFile? MarketsOf(string text)
    {
        if (text == "none") return null;
        if (text == "demo") return MarketFile.Demo;
        try
        {
            return MarketFile.Parse(File.ReadAllBytes(text));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or MarketFileException)
        {
            throw new VenueRefusedException($"--markets {text}: {error.Message}", error);
        }
    }

    private static Option<string> OnOff(string name, string standard, string one, string other, string description)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => standard };
        option.AcceptOnlyFromAmong(one, other);
        return option;
    }

    private static int? Within(ParseResult parsed, Option<int?> option, int least, int most)
    {
        var value = parsed.GetValue(option);
        return value is null || (value >= least && value <= most) ? value : throw new VenueRefusedException($"{option.Name} {value} is out of range; it takes {least} to {most}.");
    }

    /// <summary>Where a venue keeps its data unless it is told.</summary>
    internal static string DefaultFolder() => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "sluice");
}
