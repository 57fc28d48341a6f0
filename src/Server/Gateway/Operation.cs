namespace Sluice.Server.Gateway;

/// <summary>One operation of the dialect: a row of docs/api/operations.csv.</summary>
/// <param name="Index">Its place in the table, from 0: a dense number for counters.</param>
/// <param name="Group">The API group, such as "spot".</param>
/// <param name="Id">The operation id, unique over all groups, such as "createOrder".</param>
/// <param name="Method">Upper case.</param>
/// <param name="Path">Relative to /api/v4, with {parameters}.</param>
/// <param name="IsPublic">Whether it is answered without a key.</param>
/// <param name="SuccessStatus">The HTTP status when done.</param>
/// <param name="Tier">A core, B product module, C fringe.</param>
public sealed record Operation(int Index, string Group, string Id, string Method, string Path, bool IsPublic, int SuccessStatus, char Tier)
{
    /// <summary>Unique name with its group, such as "spot.createOrder".</summary>
    public string Name => $"{Group}.{Id}";

    /// <summary>Whether a read-only key is too little: everything but GET changes something.</summary>
    public bool IsWrite => Method != "GET";

    /// <summary>The permission groups of which a key must have one; none for public operations.</summary>
    public PermissionGroups Permission { get; } = IsPublic ? PermissionGroups.None : Permissions.Of(Group);

    /// <summary>Which limit counts it.</summary>
    public RateClass RateClass { get; } = RateRules.ClassOf(Group, Id, Method, IsPublic);

    public override string ToString() => $"{Method} {Path}";
}

/// <summary>The whole table: every operation of the followed revision, whether built here or not.</summary>
public static class Operations
{
    public static IReadOnlyList<Operation> All { get; } = Load();

    private static readonly Dictionary<string, Operation> ById = All.ToDictionary(operation => operation.Id, StringComparer.Ordinal);

    /// <summary>The operation of that id. An unknown id is a programming mistake and throws.</summary>
    public static Operation Of(string id) =>
        ById.TryGetValue(id, out var operation) ? operation : throw new ArgumentException($"No operation {id} in operations.csv.", nameof(id));

    private static List<Operation> Load()
    {
        var all = new List<Operation>(527);
        foreach (var row in EmbeddedTable.Rows("compatibility/operations.csv"))
            all.Add(new Operation(all.Count, row[0], row[1], row[2], row[3], row[4] == "public", int.Parse(row[5]), row[6][0]));
        return all;
    }
}
