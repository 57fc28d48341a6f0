using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Sluice.Core.Kernel;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

namespace Sluice.Server.Identity;

/// <summary>Every key, unsealed once, as the gateway needs it. It hears of changes when they are durable; a deleted key, and one of a locked account,
/// stops with the answer of the request that did it.</summary>
/// <param name="now">The venue clock: when a key was last used is something users read.</param>
public sealed class KeyDirectory(SecretSeal seal, Func<long> now) : IKeyDirectory, IViewListener
{
    private readonly ConcurrentDictionary<string, KeyRecord> records = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> lastUse = new(StringComparer.Ordinal);
    private readonly Dictionary<int, UserView> users = [];                  // bus thread only
    private readonly HashSet<string> closed = new(StringComparer.Ordinal);   // cannot be unsealed; bus thread, and Check before it runs
    private volatile int barred;

    public int Count => records.Count;

    public bool TryGet(string key, [MaybeNullWhen(false)] out KeyRecord record) =>
        records.TryGetValue(key, out record) && record.User.Value != barred;

    public void Used(KeyRecord record) => lastUse[record.Key] = now();

    /// <summary>Nanoseconds of the venue clock when the key last signed a request since this start; 0 = not yet.</summary>
    public long LastUsedNanos(string key) => lastUse.GetValueOrDefault(key);

    /// <summary>Throws <see cref="MasterKeyException"/> when keys of the venue cannot be unsealed. Call it after recovery, before anything is sealed.</summary>
    public void Check()
    {
        if (closed.Count == 0) return;
        var count = closed.Count == 1 ? "1 API key" : $"{closed.Count} API keys";
        throw new MasterKeyException(seal.IsNew
            ? $"The file {SecretSeal.File} is missing from the data folder, and the secrets of {count} are sealed with it: put it back."
            : $"The file {SecretSeal.File} in the data folder is not the one the secrets of {count} were sealed with: put the right one back.");
    }

    /// <summary>No key of this user counts while this process runs: the demo user on an address others reach.</summary>
    public void Bar(UserId user) => barred = user.Value;

    public void UserChanged(UserView user)
    {
        if (user.IsParticipant) return;
        var known = users.ContainsKey(user.Id);
        users[user.Id] = user;
        if (!known) return;
        foreach (var record in records.Values)
        {
            if (record.User.Value == user.Id && record.Locked != user.Locked) records[record.Key] = WithLock(record, user.Locked);
        }
    }

    public void KeyChanged(KeyView key)
    {
        if (!seal.TryOpen(key.Key, key.SealedSecret, out var secret) || !KeyScopes.TryParse(key.Permissions, out var scopes))
        {
            closed.Add(key.Key);
            records.TryRemove(key.Key, out _);
            return;
        }
        closed.Remove(key.Key);
        var user = users.GetValueOrDefault(key.User);
        records[key.Key] = new KeyRecord
        {
            Key = key.Key, Secret = secret, User = new UserId(key.User), Main = new UserId(user?.Main ?? key.User), Name = key.Name, Scopes = scopes,
            Locked = user?.Locked ?? false, Mode = key.Mode, IpList = key.IpList.Split(',', StringSplitOptions.RemoveEmptyEntries),
        };
    }

    public void KeyDeleted(string key)
    {
        closed.Remove(key);
        records.TryRemove(key, out _);
        lastUse.TryRemove(key, out _);
    }

    private static KeyRecord WithLock(KeyRecord record, bool locked) => new()
    {
        Key = record.Key, Secret = record.Secret, User = record.User, Main = record.Main, Name = record.Name, Scopes = record.Scopes, Locked = locked,
        Mode = record.Mode, IpList = record.IpList,
    };
}
