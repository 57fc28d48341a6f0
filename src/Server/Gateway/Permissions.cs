using System.Numerics;
using System.Text;

namespace Sluice.Server.Gateway;

/// <summary>What a key can be allowed to touch. Names on the wire are in <see cref="Permissions"/>.</summary>
[Flags]
public enum PermissionGroups
{
    None = 0,
    Spot = 1 << 0,
    Margin = 1 << 1,
    Wallet = 1 << 2,
    Withdrawal = 1 << 3,
    Account = 1 << 4,
    SubAccounts = 1 << 5,
    Futures = 1 << 6,
    Delivery = 1 << 7,
    Options = 1 << 8,
    Unified = 1 << 9,
    Earn = 1 << 10,
    Loan = 1 << 11,
    Cfd = 1 << 12,
    Stock = 1 << 13,
    Crossex = 1 << 14,
    Alpha = 1 << 15,
    Rebate = 1 << 16,
    Otc = 1 << 17,
    P2P = 1 << 18,
    Launch = 1 << 19,
    Bot = 1 << 20,
    Copy = 1 << 21,
    Custody = 1 << 22,
    Rewards = 1 << 23,
    All = (1 << 24) - 1,
}

/// <summary>Names of permission groups, and which group of operations needs which.</summary>
public static class Permissions
{
    private static readonly Dictionary<string, PermissionGroups> ByName = new(StringComparer.Ordinal)
    {
        ["spot"] = PermissionGroups.Spot, ["margin"] = PermissionGroups.Margin, ["wallet"] = PermissionGroups.Wallet,
        ["withdrawal"] = PermissionGroups.Withdrawal, ["account"] = PermissionGroups.Account, ["sub_accounts"] = PermissionGroups.SubAccounts,
        ["futures"] = PermissionGroups.Futures, ["delivery"] = PermissionGroups.Delivery, ["options"] = PermissionGroups.Options,
        ["unified"] = PermissionGroups.Unified, ["earn"] = PermissionGroups.Earn, ["loan"] = PermissionGroups.Loan, ["cfd"] = PermissionGroups.Cfd,
        ["stock"] = PermissionGroups.Stock, ["crossex"] = PermissionGroups.Crossex, ["alpha"] = PermissionGroups.Alpha,
        ["rebate"] = PermissionGroups.Rebate, ["otc"] = PermissionGroups.Otc, ["p2p"] = PermissionGroups.P2P, ["launch"] = PermissionGroups.Launch,
        ["bot"] = PermissionGroups.Bot, ["copy"] = PermissionGroups.Copy, ["custody"] = PermissionGroups.Custody,
        ["rewards"] = PermissionGroups.Rewards,
    };

    private static readonly Dictionary<PermissionGroups, string> Names = ByName.ToDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>Every group with its name on the wire, in the order of the enum.</summary>
    public static IEnumerable<(PermissionGroups Group, string Name)> Known => Names.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value));

    /// <summary>The group of that name on the wire.</summary>
    public static bool TryFind(string name, out PermissionGroups group) => ByName.TryGetValue(name, out group);

    /// <summary>The wire name; of several groups the first one's.</summary>
    public static string NameOf(PermissionGroups groups) => Names[(PermissionGroups)(1 << BitOperations.TrailingZeroCount((int)groups))];

    /// <summary>What the operations of an API group ask of a key: any one of the returned groups. Spot and margin are one permission in the
    /// dialect, so either opens margin. Groups without a permission of their own sit with the wallet they move money in.</summary>
    public static PermissionGroups Of(string apiGroup) => apiGroup switch
    {
        "spot" => PermissionGroups.Spot,
        "margin" or "marginuni" => PermissionGroups.Margin | PermissionGroups.Spot,
        "wallet" or "flashswap" or "assetswap" => PermissionGroups.Wallet,
        "withdrawal" => PermissionGroups.Withdrawal,
        "account" => PermissionGroups.Account,
        "subaccount" => PermissionGroups.SubAccounts,
        "futures" => PermissionGroups.Futures,
        "delivery" => PermissionGroups.Delivery,
        "options" => PermissionGroups.Options,
        "unified" => PermissionGroups.Unified,
        "earn" or "earnuni" => PermissionGroups.Earn,
        "loan" => PermissionGroups.Loan,
        "cfd" => PermissionGroups.Cfd,
        "stock" => PermissionGroups.Stock,
        "crossex" => PermissionGroups.Crossex,
        "alpha" => PermissionGroups.Alpha,
        "rebate" => PermissionGroups.Rebate,
        "otc" => PermissionGroups.Otc,
        "p2p" => PermissionGroups.P2P,
        "launch" => PermissionGroups.Launch,
        "bot" => PermissionGroups.Bot,
        "activity" or "coupon" or "square" or "welfare" => PermissionGroups.Rewards,
        _ => throw new ArgumentException($"No permission is set for the API group {apiGroup}.", nameof(apiGroup)),
    };
}

/// <summary>What one key may do: groups it may read, and among them those it may write. Its text, "spot:rw,wallet:r", is what the log keeps.</summary>
public readonly record struct KeyScopes(PermissionGroups Read, PermissionGroups Write)
{
    /// <summary>Everything, read and write.</summary>
    public static readonly KeyScopes Full = new(PermissionGroups.All, PermissionGroups.All);

    /// <summary>This, and <paramref name="group"/> in addition.</summary>
    public KeyScopes With(PermissionGroups group, bool readOnly) => new(Read | group, readOnly ? Write & ~group : Write | group);

    public static bool TryParse(string text, out KeyScopes scopes)
    {
        scopes = default;
        if (text == "*") { scopes = Full; return true; }
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = part.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || !Permissions.TryFind(part[..colon], out var group) || part[(colon + 1)..] is not ("r" or "rw")) return false;
            scopes = scopes.With(group, part.EndsWith(":r", StringComparison.Ordinal));
        }
        return true;
    }

    public override string ToString()
    {
        if (this == Full) return "*";
        var text = new StringBuilder();
        foreach (var (group, name) in Permissions.Known)
        {
            if ((Read & group) == 0) continue;
            if (text.Length > 0) text.Append(',');
            text.Append(name).Append((Write & group) != 0 ? ":rw" : ":r");
        }
        return text.ToString();
    }
}
