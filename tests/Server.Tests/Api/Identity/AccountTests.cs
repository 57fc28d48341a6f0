using Sluice.Server.Api.Identity;
using Sluice.Server.Gateway;
using Sluice.Server.Tests.Identity;

namespace Sluice.Server.Tests.Api.Identity;

public class AccountTests
{
    private static async Task<(TestVenue Venue, TestUser Alice)> StartAsync()
    {
        var venue = new TestVenue();
        await venue.ListAsync();
        await venue.ServeAsync([new AccountEndpoints(venue.Views, venue.Keys, venue.Sequencer),
            new SubAccountEndpoints(venue.Views, venue.Keys, venue.Seal, venue.Sequencer)]);
        return (venue, await venue.UserAsync("alice", "1000"));
    }

    private static async Task<int> SubAsync(TestUser main, string name) => int.Parse((await main.PostAsync("/sub_accounts", $$"""{"login_name":"{{name}}"}"""))["user_id"]!);

    [Fact]
    public async Task The_fee_token_switch_is_kept_and_leaves_rates_alone()
    {
        var (venue, alice) = await StartAsync();
        await using var _ = venue;
        await venue.SendAsync(new Products.Spot.SetTraderSettings { User = alice.Id, MakerFee = 5, TakerFee = 7, UniqueText = 1, FeeToken = -1 });
        Assert.Equal("False", (await alice.GetAsync("/account/debit_fee"))["enabled"]);
        var set = await alice.PostAsync("/account/debit_fee", """{"enabled":true}""");
        Assert.Equal((200, ""), (set.Status, set.Text));
        Assert.Equal("True", (await alice.GetAsync("/account/debit_fee"))["enabled"]);
        var settings = venue.Views.SettingsOf(alice.Id);
        Assert.Equal((5, 7, true, true), (settings.MakerFee, settings.TakerFee, settings.UniqueText, settings.FeeToken));
        Assert.Equal("MISSING_REQUIRED_PARAM", (await alice.PostAsync("/account/debit_fee", "{}")).Label);
        Assert.Equal("INVALID_PARAM_VALUE", (await alice.PostAsync("/account/debit_fee", """{"enabled":"maybe"}""")).Label);
    }

    [Fact]
    public async Task The_key_shows_itself_with_its_permissions_and_last_use()
    {
        var (venue, alice) = await StartAsync();
        await using var _ = venue;
        var reader = await venue.KeyAsync(alice.Id, default(KeyScopes).With(PermissionGroups.Account, readOnly: true).With(PermissionGroups.Crossex, readOnly: false));
        var answer = await reader.GetAsync("/account/main_keys");
        Assert.Equal("""[{"name":"account","read_only":true},{"name":"crossx","read_only":false}]""", answer["perms"]);
        Assert.True(long.Parse(answer["last_access"]!) >= DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60);
        Assert.Equal(alice.Id.ToString(), (await reader.GetAsync("/account/detail"))["user_id"]);
        Assert.Equal("READ_ONLY", (await reader.PostAsync("/account/debit_fee", """{"enabled":true}""")).Label);
    }

    [Fact]
    public async Task The_life_of_a_sub_account()
    {
        var (venue, alice) = await StartAsync();
        await using var _ = venue;
        var made = await alice.PostAsync("/sub_accounts", """{"login_name":"alice_bot","remark":"r","email":"a@example.com","password":"Passw0rd"}""");
        Assert.Equal(201, made.Status);
        Assert.DoesNotContain("Passw0rd", made.Text);
        var sub = int.Parse(made["user_id"]!);
        Assert.Equal("INVALID_PARAM_VALUE", (await alice.PostAsync("/sub_accounts", """{"login_name":"alice_bot"}""")).Label);
        Assert.Equal("alice_bot", (await alice.GetAsync($"/sub_accounts/{sub}"))["login_name"]);
        Assert.Single((await alice.GetAsync("/sub_accounts", "type=0")).Json.EnumerateArray());
        Assert.Equal("""[{"user_id":""" + sub + ""","is_unified":false,"mode":"classic"}]""", (await alice.GetAsync("/sub_accounts/unified_mode")).Text);

        var key = await alice.PostAsync($"/sub_accounts/{sub}/keys", """{"mode":1,"name":"bot","perms":[{"name":"account"},{"name":"spot","read_only":true}],"ip_whitelist":["127.0.0.1"]}""");
        Assert.Equal(200, key.Status);
        var bot = new TestUser(venue, sub, key["key"]!, key["secret"]!);
        Assert.Equal(sub.ToString(), (await bot.GetAsync("/account/detail"))["user_id"]);
        Assert.DoesNotContain("secret", (await alice.GetAsync($"/sub_accounts/{sub}/keys/{bot.Key}")).Text);

        Assert.Equal(204, (await alice.PostAsync($"/sub_accounts/{sub}/lock")).Status);
        Assert.Equal("ACCOUNT_LOCKED", (await bot.GetAsync("/account/detail")).Label);
        Assert.Equal("2", (await alice.GetAsync($"/sub_accounts/{sub}"))["state"]);
        Assert.Equal(204, (await alice.PostAsync($"/sub_accounts/{sub}/unlock")).Status);
        Assert.Equal(200, (await bot.GetAsync("/account/detail")).Status);

        Assert.Equal(204, (await alice.PutAsync($"/sub_accounts/{sub}/keys/{bot.Key}", """{"name":"new","ip_whitelist":["10.0.0.1"],"perms":[{"name":"account"}]}""")).Status);
        Assert.Equal("IP_FORBIDDEN", (await bot.GetAsync("/account/detail")).Label);
        Assert.Equal(204, (await alice.DeleteAsync($"/sub_accounts/{sub}/keys/{bot.Key}")).Status);
        Assert.Equal("INVALID_KEY", (await bot.GetAsync("/account/detail")).Label);
        Assert.Equal("NOT_FOUND", (await alice.DeleteAsync($"/sub_accounts/{sub}/keys/{bot.Key}")).Label);
        Assert.Equal("[]", (await alice.GetAsync($"/sub_accounts/{sub}/keys")).Text);
    }

    [Fact]
    public async Task Sub_accounts_and_strangers_manage_nothing()
    {
        var (venue, alice) = await StartAsync();
        await using var _ = venue;
        var sub = await SubAsync(alice, "alice_bot");
        var bot = await venue.KeyAsync(sub);            // even with every scope
        var stranger = await venue.UserAsync("mallory");
        foreach (var (method, path) in new[] { ("GET", "/sub_accounts"), ("POST", "/sub_accounts"), ("GET", $"/sub_accounts/{sub}"), ("POST", $"/sub_accounts/{sub}/lock"),
            ("POST", $"/sub_accounts/{sub}/unlock"), ("GET", $"/sub_accounts/{sub}/keys"), ("POST", $"/sub_accounts/{sub}/keys"),
            ("GET", $"/sub_accounts/{sub}/keys/{bot.Key}"), ("PUT", $"/sub_accounts/{sub}/keys/{bot.Key}"), ("DELETE", $"/sub_accounts/{sub}/keys/{bot.Key}"),
            ("GET", "/sub_accounts/unified_mode") })
        {
            Assert.Equal("FORBIDDEN", (await bot.CallAsync(method, path)).Label);
            if (path.Contains(sub.ToString())) Assert.Equal("SUB_ACCOUNT_NOT_FOUND", (await stranger.CallAsync(method, path)).Label);
        }
        Assert.Equal("SUB_ACCOUNT_NOT_FOUND", (await alice.PostAsync($"/sub_accounts/{alice.Id}/lock")).Label);
        Assert.Equal("SUB_ACCOUNT_NOT_FOUND", (await alice.GetAsync("/sub_accounts/99999999999999999999")).Label);
        Assert.False(venue.Views.UserOf(sub)!.Locked);
    }

    [Theory]
    [InlineData("""{"perms":[{"name":"everything"}]}""")]
    [InlineData("""{"perms":[{"name":"sub_accounts"}]}""")]
    [InlineData("""{"perms":["spot"]}""")]
    [InlineData("""{"perms":{"name":"spot"}}""")]
    [InlineData("""{"perms":[{"name":"spot","read_only":"perhaps"}]}""")]
    [InlineData("""{"ip_whitelist":["somewhere"]}""")]
    [InlineData("""{"ip_whitelist":["1"]}""")]
    [InlineData("""{"ip_whitelist":["10.0.0.0/8"]}""")]
    [InlineData("""{"ip_whitelist":["::1"]}""")]
    [InlineData("""{"ip_whitelist":["1.1.1.1","1.1.1.2","1.1.1.3","1.1.1.4","1.1.1.5","1.1.1.6","1.1.1.7","1.1.1.8","1.1.1.9","1.1.1.10","1.1.1.11","1.1.1.12","1.1.1.13","1.1.1.14","1.1.1.15","1.1.1.16","1.1.1.17","1.1.1.18","1.1.1.19","1.1.1.20","1.1.1.21"]}""")]
    [InlineData("""{"mode":3}""")]
    public async Task A_key_that_cannot_be_is_refused_and_none_is_made(string body)
    {
        var (venue, alice) = await StartAsync();
        await using var _ = venue;
        var sub = await SubAsync(alice, "alice_bot");
        var answer = await alice.PostAsync($"/sub_accounts/{sub}/keys", body);
        Assert.Equal((400, "INVALID_PARAM_VALUE"), (answer.Status, answer.Label));
        Assert.Empty(venue.Views.KeysOf(sub));
    }

    [Fact]
    public async Task Twenty_keys_an_account_and_not_one_more()
    {
        var (venue, alice) = await StartAsync();
        await using var _ = venue;
        var sub = await SubAsync(alice, "alice_bot");
        for (var i = 0; i < 20; i++) Assert.Equal(200, (await alice.PostAsync($"/sub_accounts/{sub}/keys", "{}")).Status);
        Assert.Equal("ACCOUNT_EXCEPTION", (await alice.PostAsync($"/sub_accounts/{sub}/keys", "{}")).Label);
    }

    [Fact]
    public async Task A_repeated_request_gets_the_first_key_again_secret_included()
    {
        var (venue, alice) = await StartAsync();
        await using var _ = venue;
        var sub = await SubAsync(alice, "alice_bot");
        var first = await alice.PostAsync($"/sub_accounts/{sub}/keys", """{"name":"a"}""", ("Idempotency-Key", "once"));
        var again = await alice.PostAsync($"/sub_accounts/{sub}/keys", """{"name":"a"}""", ("Idempotency-Key", "once"));
        Assert.Equal((first["key"], first["secret"]), (again["key"], again["secret"]));
        Assert.Single(venue.Views.KeysOf(sub));
        Assert.Equal("INVALID_PARAM_VALUE", (await alice.PostAsync($"/sub_accounts/{sub}/keys", """{"name":"b"}""", ("Idempotency-Key", "once"))).Label);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"login_name":""}""")]
    [InlineData("""{"login_name":"a b"}""")]
    [InlineData("""{"login_name":7}""")]
    [InlineData("""{"login_name":"ok","email":"nowhere"}""")]
    [InlineData("""[]""")]
    [InlineData("""{"login_name":"a","login_name":"b"}""")]
    public async Task A_sub_account_that_cannot_be_is_refused(string body)
    {
        var (venue, alice) = await StartAsync();
        await using var _ = venue;
        Assert.Equal(400, (await alice.PostAsync("/sub_accounts", body)).Status);
        Assert.Empty(venue.Views.SubAccountsOf(alice.Id));
    }
}
