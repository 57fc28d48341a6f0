using System.Runtime.InteropServices;

namespace Sluice.Bench.FiveScenarios;

/// <summary>One of the five order flows of the public order-book benchmark (flash1-dev/matching-engine-benchmark). Its authors publish the SHA-256 of
/// everything an engine must report for seed 23 and 1,000,000 orders; forty engines were compared by it.</summary>
/// <param name="Volatility">Of the middle price, a year.</param>
/// <param name="Swing">How far the middle typically wanders in the whole run, as a share of the price.</param>
/// <param name="Sha256">Of the canonical report lines for the published seed and count.</param>
internal sealed record Scenario(string Name, double Volatility, double Swing, string Sha256)
{
    public const int PublishedOrders = 1_000_000;
    public const uint PublishedSeed = 23;

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("static", 0.00, 0.00, "9803843ee404fc29c9a0aa5614f8f0d5a58b5c44fcac9ef89067886fcaaa30d1"),
        new("normal", 0.15, 0.02, "e9b2e3926854410b01a035aeb25dd05f1e597c233be8263de9eb49b6713d367e"),
        new("swing-25", 0.50, 0.25, "61a84be9469661bd039e00dbc9a7c011e70b6ace37aadfe60045ea083b05f4df"),
        new("swing-40", 0.50, 0.40, "3cb0175e7982ff09ea220d1feaee3844cf9116a5ce455757879dea1d880b9b9f"),
        new("flash-crash", 0.50, 0.60, "cff8d3f94b709fc64a8b2058a6ca4fb6920364904796e46906895e362d2bb16b"),
    ];
}

internal enum MessageType : byte { New = 0, Cancel = 1, Modify = 2 }

/// <summary>One message to the engine; its sequence number is its place in the flow, from 0.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Message
{
    public long Price;              // ticks
    public int OrderId;             // from 1, in an order of their own: ids arrive shuffled
    public int Quantity;            // of a modify: the new one
    public MessageType Type;
    public byte Side;               // 0 buy, 1 sell
    public bool Immediate;          // what does not trade at once is cancelled
}
