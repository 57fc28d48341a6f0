using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Konscious.Security.Cryptography;
using Sluice.Runtime.Disk;
using Sluice.Server.Identity;

namespace Sluice.Server.Web;

/// <summary>A name and password that stand for one API key.</summary>
/// <param name="Totp">The sealed secret of the one-time codes; null when none are asked for.</param>
internal sealed record Login(string Name, string Key, byte[] Salt, byte[] Hash, byte[]? Totp = null)
{
    public override string ToString() => Name;      // a record would print the rest
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(Login[]))]
internal sealed partial class LoginJson : JsonSerializerContext;

/// <summary>Names and passwords of the page, in a private file of the data folder. Passwords are kept as Argon2id hashes, secrets of one-time codes sealed.</summary>
public sealed class Passwords
{
    /// <summary>In the data folder.</summary>
    public const string File = "page-logins.json";

    public const int ShortestPassword = 10, LongestPassword = 256, ShortestName = 3, LongestName = 64;

    // What OWASP names for Argon2id: 19 MiB, two passes, one lane.
    private const int MemoryKibibytes = 19 * 1024, Passes = 2, Lanes = 1;
    private const int SaltBytes = 16, HashBytes = 32;
    private const int LoginsMost = 10_000, LongestFile = 16 << 20;

    private readonly IDisk disk;
    private readonly SecretSeal seal;
    private readonly TimeProvider clock;
    private readonly Lock changing = new();
    private readonly SemaphoreSlim hashing = new(1);         // each takes its memory and a core: one at a time
    private readonly Dictionary<string, long> lastSteps = new(StringComparer.Ordinal);
    private Dictionary<string, Login> logins;

    public Passwords(IDisk disk, SecretSeal seal, TimeProvider clock)
    {
        (this.disk, this.seal, this.clock) = (disk, seal, clock);
        var kept = PrivateFile.Read(disk, File, LongestFile) is { } bytes ? JsonSerializer.Deserialize(bytes, LoginJson.Default.LoginArray) ?? [] : [];
        logins = kept.ToDictionary(login => login.Name, StringComparer.OrdinalIgnoreCase);
    }

    internal Login? OfKey(string key)
    {
        lock (changing) return logins.Values.FirstOrDefault(login => login.Key == key);
    }

    /// <summary>The key the name stands for, when password and code are good. It takes as long for a name that is not there.</summary>
    internal async Task<string?> CheckAsync(string name, string password, string code)
    {
        Login? login;
        lock (changing) login = logins.GetValueOrDefault(name);
        var hash = await HashAsync(password, login?.Salt ?? new byte[SaltBytes]);
        if (login is null || !CryptographicOperations.FixedTimeEquals(hash, login.Hash)) return null;
        return login.Totp is null || TakeCode(login, code) ? login.Key : null;
    }

    /// <summary>False when somebody else has the name, or there are too many.</summary>
    internal async Task<bool> SetAsync(string key, string name, string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var hash = await HashAsync(password, salt);
        lock (changing)
        {
            if (logins.TryGetValue(name, out var taken) && taken.Key != key) return false;
            var own = logins.Values.FirstOrDefault(login => login.Key == key);
            if (own is null && logins.Count >= LoginsMost) return false;
            var next = new Dictionary<string, Login>(logins, StringComparer.OrdinalIgnoreCase);
            if (own is not null) next.Remove(own.Name);

            // The seal of the codes is bound to the key, so that they stay when the name changes.
            next[name] = new Login(name, key, salt, hash, own?.Totp);
            Keep(next);
            return true;
        }
    }

    internal void Remove(string key)
    {
        lock (changing)
        {
            if (logins.Values.FirstOrDefault(login => login.Key == key) is not { } own) return;
            var next = new Dictionary<string, Login>(logins, StringComparer.OrdinalIgnoreCase);
            next.Remove(own.Name);
            Keep(next);
        }
    }

    /// <summary>Asks for codes of this secret from now on, once the first of them is good; or, with null, for none any more, after a good one.</summary>
    internal bool SetCodes(string key, byte[]? secret, string code)
    {
        lock (changing)
        {
            if (logins.Values.FirstOrDefault(login => login.Key == key) is not { } own) return false;
            if (secret is null ? own.Totp is not null && !TakeCode(own, code) : Totp.Match(secret, code, clock.GetUtcNow(), 0) is null) return false;
            Keep(new Dictionary<string, Login>(logins, StringComparer.OrdinalIgnoreCase) { [own.Name] = own with { Totp = secret is null ? null : seal.Seal(key, secret) } });
            lastSteps.Remove(key);
            return true;
        }
    }

    // A code is good once.
    private bool TakeCode(Login login, string code)
    {
        lock (changing)
        {
            if (!seal.TryOpen(login.Key, login.Totp, out var secret)) return false;
            if (Totp.Match(secret, code, clock.GetUtcNow(), lastSteps.GetValueOrDefault(login.Key)) is not { } step) return false;
            lastSteps[login.Key] = step;
            return true;
        }
    }

    private void Keep(Dictionary<string, Login> next)
    {
        PrivateFile.Write(disk, File, JsonSerializer.SerializeToUtf8Bytes([.. next.Values], LoginJson.Default.LoginArray));
        logins = next;
    }

    private async Task<byte[]> HashAsync(string password, byte[] salt)
    {
        await hashing.WaitAsync();
        try
        {
            using var argon = new Argon2id(Encoding.UTF8.GetBytes(password.Normalize(NormalizationForm.FormKC))) { Salt = salt, MemorySize = MemoryKibibytes, Iterations = Passes, DegreeOfParallelism = Lanes };
            return await argon.GetBytesAsync(HashBytes);
        }
        finally
        {
            hashing.Release();
        }
    }
}
