using System.Text;

namespace Sluice.Server.Compatibility;

/// <summary>Writes <c>docs/compatibility.md</c>: every operation and channel of the dialect as done, partial or absent.</summary>
public static class CompatibilityPage
{
    private enum State { Done, Partial, Absent }

    private sealed record Row(string Group, string What, State State, string Note);

    /// <summary>The page for what a build implements. Same input, same bytes: a test compares it with the committed file.</summary>
    /// <exception cref="InvalidDataException">A name that is in neither table, so that a typing error cannot pass as done.</exception>
    public static string Render(IImplementedOperations implemented, Differences differences)
    {
        Refuse(implemented.Operations.Concat(differences.Operations.Keys), WireTables.AllOperations.Select(operation => operation.Name), "operation");
        Refuse(implemented.Channels.Concat(differences.Channels.Keys), WireTables.Channels.Select(channel => channel.Key), "channel");

        var operations = WireTables.AllOperations.Select(operation => new Row(operation.Group, $"`{operation.Method} {operation.Path}`",
            StateOf(implemented.Operations, differences.Operations, operation.Name), differences.Operations.GetValueOrDefault(operation.Name, ""))).ToList();
        var channels = WireTables.Channels.Select(channel => new Row(channel.Socket, $"`{channel.Name}`",
            StateOf(implemented.Channels, differences.Channels, channel.Key), differences.Channels.GetValueOrDefault(channel.Key, ""))).ToList();

        var page = new StringBuilder();
        page.Append("""
            # Compatibility

            Generated from the build; do not edit. *Done*: answers as the dialect does, with a golden wire file or a schema-checked test and an
            outside client behind it. *Partial*: answers, but differs as said. *Absent*: not built. An absent REST operation answers 501 with label
            `NOT_IMPLEMENTED`, an absent channel refuses the subscription.


            """);
        Totals(page, "REST operations", operations);
        Totals(page, "WebSocket channels", channels);
        Absences(page, differences);
        Details(page, "REST operations", "Operation", operations);
        Details(page, "WebSocket channels", "Channel", channels);
        return page.ToString().ReplaceLineEndings("\n");
    }

    private static State StateOf(IReadOnlySet<string> implemented, SortedDictionary<string, string> differences, string name) =>
        !implemented.Contains(name) ? State.Absent : differences.ContainsKey(name) ? State.Partial : State.Done;

    private static void Refuse(IEnumerable<string> named, IEnumerable<string> known, string what)
    {
        var unknown = named.Except(known).Order(StringComparer.Ordinal).ToList();
        if (unknown.Count > 0) throw new InvalidDataException($"No such {what}: {string.Join(", ", unknown)}.");
    }

    private static void Totals(StringBuilder page, string title, List<Row> rows)
    {
        page.Append($"## {title}: {rows.Count(row => row.State == State.Done)} done, {rows.Count(row => row.State == State.Partial)} partial, ")
            .Append($"{rows.Count(row => row.State == State.Absent)} absent of {rows.Count}\n\n");
        page.Append("| group | done | partial | absent |\n|---|---:|---:|---:|\n");
        foreach (var group in rows.GroupBy(row => row.Group))
            page.Append($"| {group.Key} | {Count(group, State.Done)} | {Count(group, State.Partial)} | {Count(group, State.Absent)} |\n");
        page.Append('\n');
    }

    private static int Count(IEnumerable<Row> rows, State state) => rows.Count(row => row.State == state);

    private static void Absences(StringBuilder page, Differences differences)
    {
        page.Append("## Properties that are left out\n\n");
        if (differences.Absent.Count == 0)
        {
            page.Append("None.\n\n");
            return;
        }

        page.Append("Wherever the schema appears in an answer (or, where an operation is named, in its answer), these properties are missing or null.\n\n")
            .Append("| schema or operation | property | why |\n|---|---|---|\n");
        foreach (var (schema, properties) in differences.Absent)
            foreach (var (property, reason) in properties)
                page.Append($"| {schema} | `{property}` | {reason} |\n");
        page.Append('\n');
    }

    private static void Details(StringBuilder page, string title, string column, List<Row> rows)
    {
        page.Append($"# {title}\n\n");
        foreach (var group in rows.GroupBy(row => row.Group))
        {
            page.Append($"## {group.Key}\n\n| {column} | state | what differs |\n|---|---|---|\n");
            foreach (var row in group)
                page.Append($"| {row.What} | {row.State.ToString().ToLowerInvariant()} | {(row.State == State.Absent ? "" : row.Note)} |\n");
            page.Append('\n');
        }
    }
}
