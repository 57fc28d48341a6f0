using System.Globalization;
using System.Text;
using Sluice.Fuzz.Tests.Schema;

namespace Sluice.Fuzz.Tests.Rest;

/// <summary>Counts answers by operation and status, from many lanes at once.</summary>
internal sealed class Tally(IReadOnlyList<DocumentedOperation> operations)
{
    private const int Statuses = 600;

    private readonly Dictionary<string, int> rows = operations.Select((operation, row) => (operation.Id, row)).ToDictionary(entry => entry.Id, entry => entry.row);
    private readonly int[] counts = new int[operations.Count * Statuses];
    private int signedWell;

    public int Total => counts.Sum();

    public int SignedWell => signedWell;

    public int Done => operations.Sum(operation => DoneOf(operation.Id));

    public void Count(Attempt attempt, int status)
    {
        Interlocked.Increment(ref counts[rows[attempt.Operation.Id] * Statuses + status]);
        if (attempt.Signed == Signed.Well && !attempt.Operation.Operation.IsPublic) Interlocked.Increment(ref signedWell);
    }

    public int DoneOf(string id) => counts.AsSpan(rows[id] * Statuses + 200, 100).ToArray().Sum();

    /// <summary>An aligned table: a line an operation, a column a status.</summary>
    public override string ToString()
    {
        var seen = Enumerable.Range(0, Statuses).Where(status => Enumerable.Range(0, operations.Count).Any(row => counts[row * Statuses + status] > 0)).ToArray();
        var text = new StringBuilder();
        Line("operation", seen.Select(status => status.ToString(CultureInfo.InvariantCulture)));
        foreach (var operation in operations) Line(operation.Operation.Name, seen.Select(status => counts[rows[operation.Id] * Statuses + status]).Select(count => count == 0 ? "." : $"{count}"));
        return text.ToString();

        void Line(string name, IEnumerable<string> cells) => text.Append(CultureInfo.InvariantCulture, $"\n{name,-44}").AppendJoin(' ', cells.Select(cell => cell.PadLeft(7)));
    }
}
