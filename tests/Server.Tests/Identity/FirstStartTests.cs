using System.Text.Json;
using Sluice.Products.Identity;
using Sluice.Runtime.Disk;
using Sluice.Server.Identity;

namespace Sluice.Server.Tests.Identity;

public class FirstStartTests
{
    [Fact]
    public async Task D_010_the_first_start_makes_the_demo_user_and_the_second_finds_it()
    {
        var disk = new MemoryDisk();
        DemoKey first;
        await using (var venue = new TestVenue(disk))
        {
            await venue.ListAsync();
            first = (await venue.Demo.EnsureAsync(disk, (null, null), allowed: true))!;
            Assert.True(first.IsNew);
            Assert.Equal(("50000", "1", "10"), (venue.Balance(first.User, "USDT"), venue.Balance(first.User, "BTC"), venue.Balance(first.User, "ETH")));
            DemoUser.Publish(disk, first, "http://127.0.0.1:8787");
        }
        using var file = JsonDocument.Parse(PrivateFile.Read(disk, DemoUser.File)!);
        Assert.Equal(["base_url", "user_id", "key", "secret"], file.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal(first.User, file.RootElement.GetProperty("user_id").GetInt32());

        await using var again = new TestVenue(disk);
        var second = (await again.Demo.EnsureAsync(disk, (null, null), allowed: true))!;
        Assert.Equal(first with { IsNew = false }, second);
        Assert.Equal("50000", again.Balance(second.User, "USDT"));
        Assert.Single(again.Views.KeysOf(second.User));
    }

    [Fact]
    public async Task A_lost_or_unreadable_key_file_means_a_new_key_for_the_same_user()
    {
        var disk = new MemoryDisk();
        await using var venue = new TestVenue(disk);
        await venue.ListAsync();
        var first = (await venue.Demo.EnsureAsync(disk, (null, null), allowed: true))!;
        var second = (await venue.Demo.EnsureAsync(disk, (null, null), allowed: true))!;       // never published
        Assert.Equal((first.User, true), (second.User, second.IsNew));
        Assert.NotEqual(first.Key, second.Key);
        PrivateFile.Write(disk, DemoUser.File, "{\"key\":"u8);
        Assert.True((await venue.Demo.EnsureAsync(disk, (null, null), allowed: true))!.IsNew);
        Assert.Equal("50000", venue.Balance(first.User, "USDT"));          // funded once

        for (var i = 0; i < IdentityProduct.KeysMax; i++) Assert.True((await venue.Demo.EnsureAsync(disk, (null, null), allowed: true))!.IsNew);
        Assert.Equal(IdentityProduct.KeysMax, venue.Views.KeysOf(first.User).Count);
        Assert.False(venue.Keys.TryGet(first.Key, out _));
    }

    [Fact]
    public async Task An_interrupted_first_start_is_completed_by_the_next()
    {
        await using var venue = new TestVenue();
        await venue.ListAsync();
        var user = (int)(await venue.SendAsync(new CreateUser(), DemoUser.Name, "", "")).Result.ObjectId;
        await venue.FundAsync(user, "USDT", "50000");
        var key = (await venue.Demo.EnsureAsync(venue.Disk, (null, null), allowed: true))!;
        Assert.Equal(user, key.User);
        Assert.Equal(("50000", "1", "10"), (venue.Balance(user, "USDT"), venue.Balance(user, "BTC"), venue.Balance(user, "ETH")));
    }

    [Fact]
    public async Task Fixed_halves_are_the_key_and_a_changed_secret_replaces_it()
    {
        await using var venue = new TestVenue();
        var key = (await venue.Demo.EnsureAsync(venue.Disk, ("fixed", "secret-1"), allowed: true))!;
        Assert.Equal(("fixed", "secret-1", true), (key.Key, key.Secret, key.IsNew));
        Assert.False((await venue.Demo.EnsureAsync(venue.Disk, ("fixed", "secret-1"), allowed: true))!.IsNew);
        Assert.True((await venue.Demo.EnsureAsync(venue.Disk, ("fixed", "secret-2"), allowed: true))!.IsNew);
        Assert.True(venue.Keys.TryGet("fixed", out var record));
        Assert.Equal("secret-2"u8.ToArray(), record.Secret);
        Assert.Single(venue.Views.KeysOf(key.User));
        await Assert.ThrowsAsync<FirstStartException>(() => venue.Demo.EnsureAsync(venue.Disk, ("only", null), allowed: true));
        await Assert.ThrowsAsync<FirstStartException>(() => venue.Demo.EnsureAsync(venue.Disk, ("with blank", "x"), allowed: true));
        var alice = await venue.UserAsync("alice");
        await Assert.ThrowsAsync<FirstStartException>(() => venue.Demo.EnsureAsync(venue.Disk, (alice.Key, "x"), allowed: true));
    }

    [Fact]
    public async Task Where_it_is_refused_the_demo_user_is_neither_made_nor_let_in()
    {
        await using var venue = new TestVenue();
        Assert.Null(await venue.Demo.EnsureAsync(venue.Disk, (null, null), allowed: false));
        Assert.Empty(venue.Views.Users);
        var key = (await venue.Demo.EnsureAsync(venue.Disk, (null, null), allowed: true))!;
        var alice = await venue.UserAsync("alice");
        Assert.Null(await venue.Demo.EnsureAsync(venue.Disk, (null, null), allowed: false));
        Assert.False(venue.Keys.TryGet(key.Key, out _));
        Assert.True(venue.Keys.TryGet(alice.Key, out _));
    }

    [Theory]
    [InlineData("http://127.0.0.1:8787", true)]
    [InlineData("http://localhost:8787", true)]
    [InlineData("http://[::1]:8787", true)]
    [InlineData("http://0.0.0.0:8787", false)]
    [InlineData("http://[::]:8787", false)]
    [InlineData("http://192.168.1.2:8787", false)]
    [InlineData("http://exchange.example:80", false)]
    [InlineData("http://*:80", false)]
    public void Which_addresses_are_reachable_from_this_machine_alone(string url, bool local) => Assert.Equal(local, DemoUser.IsLocal([url]));

    [Fact]
    public void The_admin_token_is_kept_and_the_environment_fixes_it()
    {
        var disk = new MemoryDisk();
        var first = AdminToken.Open(disk);
        Assert.True(first.Text.Length >= 64);
        Assert.Equal(first.Text, AdminToken.Open(disk).Text);
        Assert.True(first.Matches(first.Text));
        Assert.False(first.Matches(first.Text[1..]));
        Assert.Equal("fixed-token", AdminToken.Open(disk, "fixed-token").Text);
        Assert.Equal("fixed-token", AdminToken.Open(disk).Text);
        Assert.Throws<FirstStartException>(() => AdminToken.Open(disk, "short"));
        Assert.Throws<FirstStartException>(() => AdminToken.Open(disk, "with a blank"));
    }
}
