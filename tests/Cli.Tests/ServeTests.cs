using System.Net;
using System.Net.Sockets;

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
    public async Task An_open_address_refuses_the_demo_user_unless_asked()
    {
        using var folder = new TemporaryFolder();
        var (exit, _, errors) = await VenueProcess.RunAsync("serve", "--urls", "http://0.0.0.0:0", "--data", folder.Path, "--markets", "none", "--start", "nonsense");
        Assert.NotEqual(0, exit);
        Assert.Contains("--start", errors);
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
