using System.Text;

namespace Sluice.Server.Gateway;

/// <summary>The small comma-separated tables that are built into the assembly. No field holds a comma or a quote.</summary>
internal static class EmbeddedTable
{
    /// <summary>The rows after the heading, split into fields.</summary>
    public static IEnumerable<string[]> Rows(string name)
    {
        using var stream = typeof(EmbeddedTable).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly lacks the embedded table {name}.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0) yield return line.Split(',');
        }
    }
}
