using Sluice.Client;

namespace Sluice.Cli.Tests;

/// <summary>Same seed, same start, same calls: the same state hash (design.md, Clock); and what the log re-executes to is what the venue said.</summary>
public sealed class DeterminismTests
{
    [Fact]
    public async Task The_same_calls_give_the_same_state_hash_twice_and_another_seed_another()
    {
        var first = await PlayAsync("5");
        Assert.Equal(first, await PlayAsync("5"));
        Assert.NotEqual(first, await PlayAsync("6"));
    }

    [Fact]
    public async Task Replay_of_the_folder_gives_the_hash_the_venue_told()
    {
        using var folder = new TemporaryFolder();
        await using var venue = await VenueProcess.ServeAsync("--data", folder.Path, "--clock", "manual", "--keep-log");
        await TradeAsync(venue);
        var status = (await venue.Control.GetAsync("/status", TestContext.Current.CancellationToken)).Require();
        await venue.KillAsync();
        foreach (var fromStart in new[] { false, true })
        {
            var (exit, output, errors) = await VenueProcess.RunAsync(fromStart ? ["replay", folder.Path, "--from-start"] : ["replay", folder.Path]);
            Assert.True(exit == 0, errors);
            Assert.StartsWith($"sequence={status.GetProperty("sequence").GetInt64()} state_hash={status.GetProperty("state_hash").GetString()} ", output);
        }
    }

    private static async Task<string> PlayAsync(string seed)
    {
        await using var venue = await VenueProcess.ServeAsync("--data", "memory", "--seed", seed, "--clock", "manual");
        await TradeAsync(venue);
        Assert.True((await venue.Control.GetAsync("/invariants", TestContext.Current.CancellationToken)).Require().GetProperty("ok").GetBoolean());
        return (await venue.Control.GetAsync("/status", TestContext.Current.CancellationToken)).Require().GetProperty("state_hash").GetString()!;
    }

    private static async Task TradeAsync(VenueProcess venue)
    {
        var trader = await venue.NewUserAsync("player", ("USDT", "100000"));
        using var rest = new RestClient(venue.BaseUrl, trader);
        for (var i = 0; i < 3; i++)
        {
            (await rest.PostAsync("/spot/orders", """{"currency_pair":"BTC_USDT","type":"market","side":"buy","amount":"1000","time_in_force":"ioc"}""")).Require();
            (await venue.Control.PostAsync("/clock/advance", """{"seconds":60}""", TestContext.Current.CancellationToken)).Require();
        }
        (await venue.Control.PostAsync("/shock", """{"percent":-3}""", TestContext.Current.CancellationToken)).Require();
        (await venue.Control.PostAsync("/clock/advance", """{"seconds":30}""", TestContext.Current.CancellationToken)).Require();
    }
}
