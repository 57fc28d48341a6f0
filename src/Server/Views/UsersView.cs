using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Sluice.Products.Spot;

namespace Sluice.Server.Views;

/// <summary>Users, keys and trading settings. The bus thread changes it, anyone reads it.</summary>
internal sealed class UsersView
{
    private readonly ConcurrentDictionary<int, UserView> byId = new();
    private readonly ConcurrentDictionary<string, KeyView> keys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, TraderSettings> settings = new();
    private volatile UserView[]? sorted;

    public UserView? Of(int id) => byId.GetValueOrDefault(id);

    public IReadOnlyList<UserView> All => sorted ??= [.. byId.Values.OrderBy(user => user.Id)];

    public IReadOnlyList<UserView> SubAccountsOf(int main) => [.. All.Where(user => user.Parent == main && main != 0)];

    public bool TryGetKey(string key, [MaybeNullWhen(false)] out KeyView found) => keys.TryGetValue(key, out found);

    public IReadOnlyList<KeyView> KeysOf(int user) =>
        [.. keys.Values.Where(key => key.User == user).OrderBy(key => key.CreatedNanos).ThenBy(key => key.Key, StringComparer.Ordinal)];

    public TraderSettings SettingsOf(int user) => settings.GetValueOrDefault(user) ?? Default;

    public bool IsParticipant(int user) => byId.TryGetValue(user, out var found) && found.IsParticipant;

    public void Put(UserView user)
    {
        byId[user.Id] = user;
        sorted = null;
    }

    public void Put(KeyView key) => keys[key.Key] = key;

    public void RemoveKey(string key) => keys.TryRemove(key, out _);

    public void Put(in SetTraderSettings changed)
    {
        var old = SettingsOf(changed.User);
        settings[changed.User] = new TraderSettings(changed.MakerFee, changed.TakerFee, changed.UniqueText < 0 ? old.UniqueText : changed.UniqueText > 0,
            changed.FeeToken < 0 ? old.FeeToken : changed.FeeToken > 0);
    }

    private static readonly TraderSettings Default = new();
}
