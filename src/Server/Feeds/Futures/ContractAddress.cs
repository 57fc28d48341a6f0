using Sluice.Core.Kernel;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Feeds.Futures;

/// <summary>One address of contracts: those of one wallet, which is of one settle currency and either perpetual or with an expiry.</summary>
/// <param name="Wallet">0 where the venue has no such contracts.</param>
internal sealed record ContractAddress(ChannelTable Channels, bool IsDelivery, string Settle, int Wallet, string[] Paths)
{
    /// <summary>The addresses of the dialect; one without a settle currency is that of the inverse contracts. Some clients tell perpetuals by "fx" in the path.</summary>
    public static IReadOnlyList<ContractAddress> All { get; } =
    [
        Perpetual("usdt", WalletId.FuturesUsdt.Value),
        Perpetual("btc", WalletId.FuturesBtc.Value, "/v4/ws", "/fx/v4/ws"),
        new(FuturesChannels.DeliveryTable, true, "usdt", WalletId.DeliveryUsdt.Value, ["/v4/ws/delivery/usdt", "/fx/v4/ws/delivery/usdt"]),
        new(FuturesChannels.DeliveryTable, true, "btc", 0, ["/v4/ws/delivery/btc", "/fx/v4/ws/delivery/btc"]),
    ];

    /// <summary>Where a settle currency is asked for that the dialect does not have.</summary>
    public static IReadOnlyList<string> UnknownSettle { get; } =
        ["/v4/ws/{settle}", "/v4/ws/futures/{settle}", "/fx/v4/ws/{settle}", "/v4/ws/delivery/{settle}", "/fx/v4/ws/delivery/{settle}"];

    /// <summary>The address a contract is spoken of at.</summary>
    public static ContractAddress Of(ContractView contract) => All.First(address => address.Wallet == contract.Wallet);

    private static ContractAddress Perpetual(string settle, int wallet, params string[] more) =>
        new(FuturesChannels.PerpetualTable, false, settle, wallet, [$"/v4/ws/{settle}", $"/v4/ws/futures/{settle}", $"/fx/v4/ws/{settle}", .. more]);
}
