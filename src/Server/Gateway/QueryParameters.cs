namespace Sluice.Server.Gateway;

/// <summary>The query of a request, decoded: percent sequences as UTF-8, '+' as blank. In the order sent.</summary>
public sealed class QueryParameters
{
    private const int Most = 128;

    private readonly List<(string Name, string Value)> entries = [];

    /// <summary>Reads a query without its '?'. What follows the 128th parameter is not read: no operation has nearly as many.</summary>
    public QueryParameters(string raw)
    {
        var rest = raw.AsSpan();
        while (!rest.IsEmpty && entries.Count < Most)
        {
            var end = rest.IndexOf('&');
            var part = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (part.IsEmpty) continue;
            var equals = part.IndexOf('=');
            entries.Add(equals < 0 ? (Decode(part), "") : (Decode(part[..equals]), Decode(part[(equals + 1)..])));
        }
    }

    /// <summary>The first value of that name, and how often the name stands there.</summary>
    public int Find(string name, out string? value)
    {
        value = null;
        var count = 0;
        foreach (var entry in entries)
        {
            if (entry.Name == name && ++count == 1) value = entry.Value;
        }
        return count;
    }

    /// <summary>Every value of that name.</summary>
    public IEnumerable<string> All(string name) => entries.Where(entry => entry.Name == name).Select(entry => entry.Value);

    private static string Decode(ReadOnlySpan<char> text)
    {
        if (text.IndexOfAny('%', '+') < 0) return text.ToString();
        return Uri.UnescapeDataString(text.ToString().Replace('+', ' '));
    }
}
