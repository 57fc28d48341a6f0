using System.Net;
using System.Net.Sockets;
using Sluice.Client;

namespace Sluice.Cli.Tests;

/// <summary>How the process starts, refuses to start, and stops (design.md, Operator interface).</summary>
public sealed class ServeTests
{
    [Fact]
    public async Task A_first_start_writes_keys_for_their_owner_only_and_a_stop_is_clean()
    {
        using var folder = new TemporaryFolder();
        await using var venue = await VenueProcess.ServeAsync("--data", folder.Path, "--markets", "none");
        foreach (var file in new[] { "demo-key.json", "admin-token", "master-key" })
        {
            Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Path.Combine(folder.Path, file)) == (UnixFileMode.UserRead | UnixFileMode.UserWrite), file);
        }
        var account = (await venue.Rest.GetAsync("/account/detail")).Require();
        Assert.True(account.GetProperty("user_id").GetInt64() > 0);
        await venue.StopAsync();

        var (exit, output, _) = await VenueProcess.RunAsync("verify", folder.Path);
        Assert.Equal(0, exit);
        Assert.StartsWith("ok: ", output);
        Assert.NotEmpty(Directory.GetFiles(folder.Path, "snapshot-*.snap"));
    }

    [Fact]
    public async Task A_folder_in_use_and_a_taken_port_are_refused_with_a_sentence()
    {
        using var folder = new TemporaryFolder();
        await using var venue = await VenueProcess.ServeAsync("--data", folder.Path, "--markets", "none");
        var (exit, output, errors) = await VenueProcess.RunAsync("serve", "--urls", "http://127.0.0.1:0", "--data", folder.Path);
        Assert.Equal(2, exit);
        Assert.Empty(output);
        Assert.Contains("in use", errors);

        using var other = new TemporaryFolder();
        var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        (exit, _, errors) = await VenueProcess.RunAsync("serve", "--urls", $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}", "--data", other.Path, "--markets", "none");
        taken.Stop();
        Assert.Equal(2, exit);
        Assert.Contains("already in use", errors);
    }

    [Fact]
    public async Task An_address_that_others_reach_refuses_the_demo_user_unless_asked()
    {
        await using (var open = await VenueProcess.ServeAsync("--data", "memory", "--markets", "none", "--urls", "http://0.0.0.0:0"))
        {
            Assert.Equal("INVALID_KEY", (await open.Rest.GetAsync("/account/detail")).Label);
            using var other = new RestClient(open.BaseUrl, await open.NewUserAsync("somebody"));
            (await other.GetAsync("/account/detail")).Require();
        }
        await using var asked = await VenueProcess.ServeAsync("--data", "memory", "--markets", "none", "--urls", "http://0.0.0.0:0", "--demo-on-network");
        (await asked.Rest.GetAsync("/account/detail")).Require();
    }

    [Theory]
    [InlineData("--start", "nonsense")]
    [InlineData("--markets", "no-such-file.json")]
    [InlineData("--urls", "nonsense")]
    [InlineData("--segment-bytes", "65535")]
    [InlineData("--snapshot-every", "1000001")]
    [InlineData("--reserve", "orders=1,books=2")]
    [InlineData("--reserve", "orders=100000001")]
    public async Task An_option_that_means_nothing_is_refused_with_a_sentence(string option, string value)
    {
        var (exit, output, errors) = await VenueProcess.RunAsync("serve", "--data", "memory", option, value);
        Assert.Equal(2, exit);
        Assert.Empty(output);
        Assert.Contains(value, errors);
        Assert.Single(errors.Trim().Split('\n'));
    }

    [Fact]
    public async Task Exported_markets_can_be_served()
    {
        using var folder = new TemporaryFolder();
        var (exit, markets, _) = await VenueProcess.RunAsync("markets", "export");
        Assert.Equal(0, exit);
        var file = Path.Combine(folder.Path, "markets.json");
        await File.WriteAllTextAsync(file, markets, TestContext.Current.CancellationToken);
        await using var venue = await VenueProcess.ServeAsync("--data", "memory", "--markets", file);
        Assert.True((await venue.Rest.GetAsync("/spot/currency_pairs")).Require().GetArrayLength() >= 60);
    }

    [Fact]
    public async Task Another_seed_than_the_folder_was_made_with_is_refused()
    {
        using var folder = new TemporaryFolder();
        await using (var venue = await VenueProcess.ServeAsync("--data", folder.Path, "--markets", "none", "--seed", "7")) await venue.StopAsync();
        var (exit, _, errors) = await VenueProcess.RunAsync("serve", "--urls", "http://127.0.0.1:0", "--data", folder.Path, "--markets", "none", "--seed", "8");
        Assert.Equal(2, exit);
        Assert.Contains("seed 7", errors);
    }
}
