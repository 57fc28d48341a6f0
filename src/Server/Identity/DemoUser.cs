using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Identity;
using Sluice.Products.Wallet;
using Sluice.Runtime;
using Sluice.Runtime.Disk;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

namespace Sluice.Server.Identity;

/// <summary>The demo user's key in clear.</summary>
/// <param name="IsNew">Made by this start: print both halves, once.</param>
public sealed record DemoKey(int User, string Key, string Secret, bool IsNew)
{
    public override string ToString() => $"{User} {Key}";
}

/// <summary>What `demo-key.json` holds.</summary>
internal sealed record DemoKeyFile(string BaseUrl, int UserId, string Key, string Secret);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(DemoKeyFile))]
internal sealed partial class DemoKeyJson : JsonSerializerContext;

/// <summary>The user that everyone starts with: made on an empty venue, with virtual funds (D-010) and one key, and found again on later starts. All
/// of it goes through the command door, so it is as durable as any user.</summary>
public sealed class DemoUser(ICommandDoor door, VenueViews views, KeyDirectory keys, SecretSeal seal)
{
    public const string Name = "demo";

    /// <summary>In the data folder.</summary>
    public const string File = "demo-key.json";

    public const string KeyVariable = "SLUICE_DEMO_KEY";
    public const string SecretVariable = "SLUICE_DEMO_SECRET";

    private const string KeyName = "first start";

    /// <summary>Profile `default` of D-010, and what is there for contracts (design.md, First start).</summary>
    public static readonly IReadOnlyList<(WalletId Wallet, string Asset, Money Amount)> Funds =
    [
        (WalletId.Spot, "USDT", Money.Units(50_000)), (WalletId.Spot, "BTC", Money.Units(1)), (WalletId.Spot, "ETH", Money.Units(10)),
        (WalletId.FuturesUsdt, "USDT", Money.Units(50_000)), (WalletId.FuturesBtc, "BTC", Money.Units(1)),
    ];

    /// <summary>Whether these addresses are reachable from this machine alone; otherwise the demo user is refused unless the operator says so.</summary>
    public static bool IsLocal(IEnumerable<string> urls) => urls.All(url => Uri.TryCreate(url, UriKind.Absolute, out var address)
        && (address.Host is "localhost" || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip))));

    /// <summary>Makes the user, or what an interrupted first start left out of it, and its key; finds both when they are there. Null when it is not
    /// allowed here: then its keys do not count either.</summary>
    /// <param name="disk">Where the key file of an earlier start may be.</param>
    /// <param name="given">Both halves of a fixed key (the environment's), or nulls.</param>
    public async Task<DemoKey?> EnsureAsync(IDisk disk, (string? Key, string? Secret) given, bool allowed)
    {
        var user = views.Users.FirstOrDefault(known => known is { Name: Name, Parent: 0 });
        if (!allowed)
        {
            if (user is not null) keys.Bar(new UserId(user.Id));
            return null;
        }
        var fix = Fixed(given);
        var id = user?.Id ?? (int)await SubmitAsync(new CreateUser(), TailBytes.Of(Name, "demo realm", ""));
        await FundAsync(id, onlyUnused: true);          // also a user from before there were contracts

        if (fix is not null) return await EnsureFixedAsync(id, fix);
        var kept = Read(disk);
        if (kept is not null && kept.UserId == id && keys.TryGet(kept.Key, out var record) && record.User.Value == id
            && Encoding.UTF8.GetString(record.Secret) == kept.Secret) return new DemoKey(id, kept.Key, kept.Secret, IsNew: false);
        return await StoreAsync(id, seal.CreateKey());
    }

    /// <summary>Writes the key file, once the address is known.</summary>
    public static void Publish(IDisk disk, DemoKey key, string baseUrl) =>
        PrivateFile.Write(disk, File, JsonSerializer.SerializeToUtf8Bytes(new DemoKeyFile(baseUrl, key.User, key.Key, key.Secret), DemoKeyJson.Default.DemoKeyFile));

    /// <summary>The start's virtual funds, of what is listed. Result: the last sequence, or 0.</summary>
    public async Task<long> FundAsync(int user, bool onlyUnused = false)
    {
        long sequence = 0;
        foreach (var (wallet, code, amount) in Funds)
        {
            if (!views.TryGetAsset(code, out var asset)) continue;
            if (onlyUnused && views.BalanceOf(user, wallet.Value, asset.Id).UpdateId > 0) continue;
            var fund = new Fund { User = user, Wallet = wallet.Value, Asset = asset.Id, Amount = amount };
            var outcome = await door.SubmitAsync(UserId.Venue, fund, TailBytes.Of("", "", ""));
            if (!outcome.Result.Accepted) throw new FirstStartException($"The demo user could not be given {amount} {code}: {IdentityRefusals.Of(outcome.Result.Refusal).Message}.");
            sequence = outcome.Stamp.Sequence;
        }
        return sequence;
    }

    private async Task<DemoKey> EnsureFixedAsync(int user, NewKey fix)
    {
        if (!views.TryGetKey(fix.Key, out var stored)) return await StoreAsync(user, fix);
        if (stored.User != user) throw new FirstStartException($"{KeyVariable} is the key of another user: choose another one.");
        if (keys.TryGet(fix.Key, out var record) && Encoding.UTF8.GetString(record.Secret) == fix.Secret) return new DemoKey(user, fix.Key, fix.Secret, IsNew: false);
        await SubmitAsync(new DeleteKey { User = user }, TailBytes.Of(fix.Key));
        return await StoreAsync(user, fix);
    }

    private async Task<DemoKey> StoreAsync(int user, NewKey key)
    {
        // Who loses the file twenty times over must still get in: the oldest key of a lost file goes.
        var own = views.KeysOf(user);
        if (own.Count >= IdentityProduct.KeysMax && own.FirstOrDefault(known => known.Name == KeyName) is { } oldest)
            await SubmitAsync(new DeleteKey { User = user }, TailBytes.Of(oldest.Key));
        await SubmitAsync(new CreateKey { User = user, Mode = 1 },
            TailBytes.OfKey(key.Key, KeyName, seal.Seal(key.Key, Encoding.UTF8.GetBytes(key.Secret)), KeyScopes.Full.ToString(), ""));
        return new DemoKey(user, key.Key, key.Secret, IsNew: true);
    }

    private async Task<long> SubmitAsync<T>(T command, byte[] tail) where T : unmanaged, ICommand
    {
        var outcome = await door.SubmitAsync(UserId.Venue, command, tail);
        return outcome.Result.Accepted ? outcome.Result.ObjectId
            : throw new FirstStartException($"The demo user could not be set up: {IdentityRefusals.Of(outcome.Result.Refusal).Message}.");
    }

    private static NewKey? Fixed((string? Key, string? Secret) given)
    {
        var (key, secret) = given;
        if (string.IsNullOrEmpty(key) && string.IsNullOrEmpty(secret)) return null;
        if (string.IsNullOrEmpty(key) || string.IsNullOrEmpty(secret))
            throw new FirstStartException($"{KeyVariable} and {SecretVariable} belong together: set both or neither.");
        if (key.Length > 64 || secret.Length > 256 || key.AsSpan().ContainsAnyExceptInRange('!', '~') || secret.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw new FirstStartException($"{KeyVariable} must be 1 to 64 and {SecretVariable} 1 to 256 visible ASCII characters.");
        return new NewKey(key, secret);
    }

    // A file that cannot be read is as good as none: a new key is made, and the file written anew.
    private static DemoKeyFile? Read(IDisk disk)
    {
        if (PrivateFile.Read(disk, File) is not { } bytes) return null;
        try
        {
            return JsonSerializer.Deserialize(bytes, DemoKeyJson.Default.DemoKeyFile);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
