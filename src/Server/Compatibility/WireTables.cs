using Sluice.Server.Gateway;

namespace Sluice.Server.Compatibility;

/// <summary>One WebSocket channel of the dialect, as <c>docs/api/websocket_channels.csv</c> lists it.</summary>
/// <param name="Socket">The socket it lives on: <c>spot</c>, <c>perpetual</c>, <c>delivery</c>, <c>options</c>, <c>unified</c>, <c>announcement</c>.</param>
/// <param name="Name">The channel as the wire writes it; delivery repeats the names of perpetual.</param>
public sealed record Channel(string Socket, string Name)
{
    /// <summary>Unique over all sockets, for instance <c>spot:spot.tickers</c>.</summary>
    public string Key => $"{Socket}:{Name}";
}

/// <summary>The two tables of everything the dialect has.</summary>
public static class WireTables
{
    /// <summary>Every operation, in the order of the file.</summary>
    public static IReadOnlyList<Operation> AllOperations => Gateway.Operations.All;

    /// <summary>Every channel, in the order of the file.</summary>
    public static IReadOnlyList<Channel> Channels { get; } = [.. EmbeddedTable.Rows("compatibility/websocket_channels.csv").Select(row => new Channel(row[0], row[1]))];

    extension(Operation operation)
    {
        /// <summary>How differences and golden files name an operation: <c>spot.createOrder</c>.</summary>
        public string Name => $"{operation.Group}.{operation.Id}";
    }
}
