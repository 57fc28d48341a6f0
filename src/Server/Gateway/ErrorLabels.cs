namespace Sluice.Server.Gateway;

/// <summary>HTTP statuses of error labels, from error_labels.csv. A label that several areas use has one status in all of them.</summary>
public static class ErrorLabels
{
    private static readonly Dictionary<string, int> Statuses = Load();

    public static IReadOnlyDictionary<string, int> All => Statuses;

    /// <summary>The status of a label. An unlisted label is a programming mistake and throws.</summary>
    public static int StatusOf(string label) =>
        Statuses.TryGetValue(label, out var status) ? status : throw new ArgumentException($"No label {label} in error_labels.csv.", nameof(label));

    private static Dictionary<string, int> Load()
    {
        var statuses = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in EmbeddedTable.Rows("Gateway.error_labels.csv"))
        {
            var status = int.Parse(row[2]);
            if (!statuses.TryAdd(row[0], status) && statuses[row[0]] != status)
                throw new InvalidOperationException($"error_labels.csv gives {row[0]} two statuses.");
        }
        return statuses;
    }
}
