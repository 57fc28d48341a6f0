using Sluice.Core.Kernel;

namespace Sluice.Server.Markets.Contracts;

/// <summary>Names of contracts as the operator writes them: the wallet they are kept in, and the symbol.</summary>
internal static class ContractNames
{
    /// <summary>Wallets of contracts by the names of the control API.</summary>
    public static readonly IReadOnlyList<(string Name, WalletId Wallet)> Wallets =
        [("futures:usdt", WalletId.FuturesUsdt), ("futures:btc", WalletId.FuturesBtc), ("delivery:usdt", WalletId.DeliveryUsdt)];

    /// <summary>"futures:usdt:BTC_USDT", "futures:btc:BTC_USD", "delivery:usdt:BTC_USDT_20261225".</summary>
    public static string Of(WalletId wallet, string symbol) => $"{NameOf(wallet)}:{symbol}";

    /// <summary>What everything that is drawn for a contract begins with.</summary>
    public static ulong KeyOf(ulong seed, WalletId wallet, string symbol) => Noise.Key(Noise.Key(seed, Of(wallet, symbol)), 22);

    public static string NameOf(WalletId wallet)
    {
        foreach (var (name, known) in Wallets)
        {
            if (known == wallet) return name;
        }
        throw new ArgumentException($"Wallet {wallet.Value} holds no contracts.");
    }

    public static WalletId? WalletOf(string name)
    {
        foreach (var (known, wallet) in Wallets)
        {
            if (known == name) return wallet;
        }
        return null;
    }

    /// <summary>The wallet of contracts settled in an asset; null where there is none.</summary>
    public static WalletId? WalletOf(string settle, bool isDelivery) => WalletOf($"{(isDelivery ? "delivery" : "futures")}:{settle.ToLowerInvariant()}");
}
