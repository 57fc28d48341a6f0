using System.Security.Cryptography;
using System.Text;
using Sluice.Runtime.Disk;

namespace Sluice.Server.Identity;

/// <summary>What the operator shows to the control API. Kept in the data folder so that scripts find it.</summary>
public sealed class AdminToken
{
    /// <summary>In the data folder.</summary>
    public const string File = "admin-token";

    /// <summary>The environment variable that fixes it.</summary>
    public const string Variable = "SLUICE_ADMIN_TOKEN";

    private const int ShortestFixed = 8, LongestFixed = 256;

    private readonly byte[] hash;

    private AdminToken(string text)
    {
        Text = text;
        hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
    }

    public string Text { get; }

    /// <summary>The fixed one, else the folder's, else a new one; the folder has it afterwards.</summary>
    /// <param name="given">The environment's value, or null.</param>
    public static AdminToken Open(IDisk disk, string? given = null)
    {
        if (given is { Length: > 0 } && (given.Length is < ShortestFixed or > LongestFixed || given.AsSpan().ContainsAnyExceptInRange('!', '~')))
            throw new FirstStartException($"{Variable} must be {ShortestFixed} to {LongestFixed} visible ASCII characters.");
        var kept = PrivateFile.Read(disk, File) is { } bytes ? Encoding.UTF8.GetString(bytes).Trim() : "";
        var text = given is { Length: > 0 } ? given : kept.Length > 0 ? kept : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        if (text != kept) PrivateFile.Write(disk, File, Encoding.UTF8.GetBytes(text + "\n"));
        return new AdminToken(text);
    }

    /// <summary>In a time that tells nothing about the token.</summary>
    public bool Matches(string offered) => CryptographicOperations.FixedTimeEquals(hash, SHA256.HashData(Encoding.UTF8.GetBytes(offered)));

    public override string ToString() => "admin token";
}

/// <summary>The first start cannot be carried out as asked. The sentence says what to change.</summary>
public sealed class FirstStartException(string message) : Exception(message);
