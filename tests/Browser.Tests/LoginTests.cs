using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Sluice.Browser.Tests;

/// <summary>Name, password and one-time codes, from setting them up to signing in with them; and the demo account that starts over.</summary>
public sealed class LoginTests(Stage stage)
{
    private const string Password = "correct horse battery";

    [Fact]
    public async Task A_password_and_one_time_codes_are_set_up_and_sign_in()
    {
        var user = await stage.Venue.NewUserAsync("ada", ("USDT", "1000"));
        await using var window = await stage.OpenAsync("/keys");
        await window.SignInAsync(user);
        await window.Field("Sign-in name").FillAsync("ada.lovelace");
        await window.Field("New password").FillAsync(Password);
        await window.Button("Set password").ClickAsync();
        await Expect(window.Toast("Password set")).ToBeVisibleAsync();
        await window.Button("Set up").ClickAsync();
        var secret = await window.Page.Locator(".secret code").InnerTextAsync();
        var used = await WithCodeAsync(secret, 0, async code =>
        {
            await window.Field("Code").FillAsync(code);
            await window.Button("Turn codes on").ClickAsync();
            await Expect(window.Toast("Codes are asked for from now on")).ToBeVisibleAsync();
        });
        await window.ShootAsync("keys-with-codes");
        await window.Button("Sign out").ClickAsync();

        await EnterAsync(window, "");
        await Expect(window.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await window.ShootAsync("sign-in-refused");
        await WithCodeAsync(secret, used + 1, code => window.Field("One-time code, where set up").FillAsync(code));
        await window.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Sign in", Exact = true }).ClickAsync();
        await Expect(window.Button("Sign out")).ToBeVisibleAsync();
        await Expect(window.Page.GetByText("You can sign in as ada.lovelace")).ToBeVisibleAsync();
        Assert.Empty(window.Failures);
    }

    [Fact]
    public async Task The_demo_account_starts_over()
    {
        await using var window = await stage.OpenAsync("/funds");
        await window.SignInAsync();
        await window.Button("Reset account").ClickAsync();
        var dialog = window.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Reset account" })).ToBeDisabledAsync();
        await dialog.GetByLabel("Start over").CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Reset account" }).ClickAsync();
        await Expect(window.Toast("Back to the start")).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = 30_000 });
        await window.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Wallet", Exact = true }).First.ClickAsync();
        var usdt = window.Page.GetByRole(AriaRole.Table, new PageGetByRoleOptions { Name = "Spot balances" }).Locator("tbody tr").Filter(new LocatorFilterOptions { HasText = "USDT" });
        await Expect(usdt).ToContainTextAsync("50,000");
        Assert.Empty(window.Failures);
    }

    private static async Task EnterAsync(Window window, string code)
    {
        await window.Button("Sign in").First.ClickAsync();
        var dialog = window.Page.GetByRole(AriaRole.Dialog);
        await window.Tab("Password").ClickAsync();
        await window.Field("Name").FillAsync("ada.lovelace");
        await window.Field("Password").FillAsync(Password);
        if (code.Length > 0) await window.Field("One-time code, where set up").FillAsync(code);
        await dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Sign in", Exact = true }).ClickAsync();
    }

    // A code is good once, and a little before and after its half minute: the step that was used is given back, and a later one asked for next.
    private static async Task<long> WithCodeAsync(string secret, long leastStep, Func<string, Task> act)
    {
        var step = long.Max(leastStep, DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30);
        await act(Code(secret, step));
        return step;
    }

    // RFC 6238, from the text an authenticator is given.
    private static string Code(string base32, long step)
    {
        var secret = new List<byte>();
        int held = 0, bits = 0;
        foreach (var letter in base32)
        {
            held = (held << 5 | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter, StringComparison.Ordinal)) & 0xFFF;
            bits += 5;
            if (bits < 8) continue;
            bits -= 8;
            secret.Add((byte)(held >> bits & 0xFF));
        }
        var counter = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        byte[] key = [.. secret];
        var hash = HMACSHA1.HashData(key, counter);
        return ((BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 0xF)) & int.MaxValue) % 1_000_000).ToString("000000", CultureInfo.InvariantCulture);
    }
}
