using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Sluice.Core.Kernel;

namespace Sluice.Server.Gateway;

/// <summary>A key as the gateway needs it at every request. Immutable: a change is a new record in the directory.</summary>
public sealed class KeyRecord
{
    private readonly string[] ipList = [];
    private readonly IPAddress[] allowed = [];
    private SecretHash? hash;

    public required string Key { get; init; }

    /// <summary>The secret in clear, unsealed in memory only.</summary>
    public required byte[] Secret { get; init; }

    /// <summary>What its signatures are verified with.</summary>
    internal SecretHash Hash => hash ??= new SecretHash(Secret);

    public required UserId User { get; init; }

    /// <summary>The main account; the user itself unless it is a sub-account.</summary>
    public required UserId Main { get; init; }

    public string Name { get; init; } = "";
    public KeyScopes Scopes { get; init; } = KeyScopes.Full;

    /// <summary>Whether the account behind the key is locked.</summary>
    public bool Locked { get; init; }

    /// <summary>1 classic, 2 portfolio.</summary>
    public int Mode { get; init; } = 1;

    /// <summary>IPv4 addresses the key may be used from; empty = any.</summary>
    public string[] IpList
    {
        get => ipList;
        init
        {
            ipList = value;
            allowed = [.. value.Select(text => IPAddress.TryParse(text, out var address) ? address : null).OfType<IPAddress>()];
        }
    }

    public bool IsSubAccount => User != Main;

    /// <summary>Whether a request from there may use the key. IPv4 inside IPv6 counts as IPv4; a list that holds only unreadable entries admits nobody.</summary>
    public bool Admits(IPAddress remote)
    {
        if (ipList.Length == 0) return true;
        if (remote.AddressFamily == AddressFamily.InterNetworkV6 && remote.IsIPv4MappedToIPv6) remote = remote.MapToIPv4();
        return Array.IndexOf(allowed, remote) >= 0;
    }
}

/// <summary>Where the gateway looks keys up. Called on every signed request from many threads.</summary>
public interface IKeyDirectory
{
    bool TryGet(string key, [MaybeNullWhen(false)] out KeyRecord record);

    /// <summary>The key has signed a request, and the signature was good.</summary>
    void Used(KeyRecord record) { }
}
