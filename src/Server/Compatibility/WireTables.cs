using System.Reflection;

namespace Sluice.Server.Compatibility;

/// <summary>One REST operation of the dialect, as <c>docs/api/operations.csv</c> lists it.</summary>
/// <param name="Group">The API group: <c>spot</c>, <c>wallet</c>, …</param>
/// <param name="OperationId">Unique within its group.</param>
/// <param name="Method">Upper case.</param>
/// <param name="Path">Relative to <c>/api/v4</c>, parameters in braces.</param>
/// <param name="IsPrivate">Needs a signature.</param>
/// <param name="SuccessStatus">The HTTP status of a success.</param>
/// <param name="Tier">A core, B product module, C fringe.</param>
public sealed record Operation(string Group, string OperationId, string Method, string Path, bool IsPrivate, int SuccessStatus, char Tier)
{
    /// <summary>The name used everywhere in this code base, for instance <c>spot.createOrder</c>: it is also the endpoint's name.</summary>
    public string Name => $"{Group}.{OperationId}";
}

/// <summary>One WebSocket channel of the dialect, as <c>docs/api/websocket_channels.csv</c> lists it.</summary>
/// <param name="Socket">The socket it lives on: <c>spot</c>, <c>perpetual</c>, <c>delivery</c>, <c>options</c>, <c>unified</c>, <c>announcement</c>.</param>
/// <param name="Name">The channel as the wire writes it; delivery repeats the names of perpetual.</param>
/// <param name="Authentication">none, private or login.</param>
/// <param name="Event">The event of its pushes or answers.</param>
/// <param name="Status">current, deprecated, …</param>
public sealed record Channel(string Socket, string Name, string Authentication, string Event, string Status)
{
    /// <summary>Unique over all sockets, for instance <c>spot:spot.tickers</c>.</summary>
    public string Key => $"{Socket}:{Name}";
}

/// <summary>The two tables of everything the dialect has. They are embedded, so that a deployed server can print its own page.</summary>
public static class WireTables
{
    /// <summary>Every operation, in the order of the file.</summary>
    public static IReadOnlyList<Operation> Operations { get; } = [.. Rows("operations.csv", "group", "operation_id", "method", "path", "auth", "success_status", "tier")
        .Select(row => new Operation(row[0], row[1], row[2], row[3], row[4] == "private", int.Parse(row[5]), row[6][0]))];

    /// <summary>Every channel, in the order of the file.</summary>
    public static IReadOnlyList<Channel> Channels { get; } = [.. Rows("websocket_channels.csv", "socket", "channel", "auth", "event", "status")
        .Select(row => new Channel(row[0], row[1], row[2], row[3], row[4]))];

    // The files hold no quoted fields; a row with another number of fields than the header is refused rather than misread.
    private static IEnumerable<string[]> Rows(string file, params string[] columns)
    {
        using var reader = new StreamReader(Open(file));
        var header = reader.ReadLine()!.Split(',');
        var wanted = columns.Select(column => Array.IndexOf(header, column)).ToArray();
        if (wanted.Any(index => index < 0)) throw new InvalidDataException($"{file} lacks one of the columns {string.Join(", ", columns)}.");
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(',');
            if (fields.Length != header.Length) throw new InvalidDataException($"{file}: {fields.Length} fields where {header.Length} belong: {line}");
            yield return [.. wanted.Select(index => fields[index])];
        }
    }

    internal static Stream Open(string file) =>
        Assembly.GetExecutingAssembly().GetManifestResourceStream($"compatibility/{file}") ?? throw new InvalidDataException($"{file} is not embedded.");
}
