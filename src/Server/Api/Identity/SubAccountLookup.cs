using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Sluice.Server.Gateway;
using Sluice.Server.Identity;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Identity;

/// <summary>Finds the caller's own sub-accounts. Somebody else's do not exist for it.</summary>
internal static class SubAccountLookup
{
    private static ApiError MainOnly { get; } = new("FORBIDDEN", "Only an API key of the main account may do this");

    /// <summary>Null when the caller is a main account.</summary>
    public static ApiError? CheckMain(ApiRequest request) => request.Caller!.IsSubAccount ? MainOnly : null;

    /// <summary>A sub-account of <paramref name="main"/> by its id as the wire writes it.</summary>
    public static bool TryFind(VenueViews views, int main, string id, [NotNullWhen(true)] out UserView? found, [NotNullWhen(false)] out ApiError? error)
    {
        found = int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? views.UserOf(number) : null;
        if (found is not null && (found.Parent != main || main == 0)) found = null;
        error = found is null ? IdentityRefusals.UnknownSubAccount(id) : null;
        return found is not null;
    }

    /// <summary>The sub-accounts `sub_uid` names, by id; all when it names none.</summary>
    public static IReadOnlyList<UserView> Named(VenueViews views, int main, IReadOnlyList<string> ids, out ApiError? error)
    {
        error = null;
        if (ids.Count == 0) return views.SubAccountsOf(main);
        var found = new SortedDictionary<int, UserView>();
        foreach (var id in ids)
        {
            if (!TryFind(views, main, id, out var user, out error)) return [];
            found[user.Id] = user;
        }
        return [.. found.Values];
    }
}
