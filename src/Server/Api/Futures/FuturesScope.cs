using Sluice.Core.Kernel;
using Sluice.Server.Gateway;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

/// <summary>What a request is about: the contracts of one wallet, by the settle currency in its path. Perpetual and delivery contracts are told apart by their
/// group.</summary>
internal readonly record struct FuturesScope(FuturesViews Views, int Wallet, bool IsDelivery)
{
    public string Settle => FuturesWords.SettleOf(Wallet);

    /// <summary>The wallet of a settle currency, 0 = there is none. Delivery contracts are settled in USDT only.</summary>
    public static int WalletOf(string settle, bool isDelivery) => (settle, isDelivery) switch
    {
        ("usdt", false) => WalletId.FuturesUsdt.Value,
        ("btc", false) => WalletId.FuturesBtc.Value,
        ("usdt", true) => WalletId.DeliveryUsdt.Value,
        _ => 0,
    };

    public static ApiError UnknownSettle(string settle, bool isDelivery) =>
        ApiErrors.InvalidParam("settle", settle, isDelivery ? "usdt is expected" : "usdt or btc is expected");

    /// <summary>A contract of this wallet; others read as unknown.</summary>
    public ContractView? Find(string symbol) => Views.TryGet(symbol, out var contract) && contract.Wallet == Wallet ? contract : null;

    /// <summary>The contract a parameter names; null when it names none, and with a refusal when there is no such contract.</summary>
    public ContractView? Read(Parameters parameters, bool required, string name = "contract")
    {
        var symbol = required ? parameters.RequiredText(name, 64) : parameters.Text(name, 64);
        if (string.IsNullOrEmpty(symbol)) return null;
        var contract = Find(symbol);
        if (contract is null) parameters.Refuse(FuturesRefusals.UnknownContract(symbol));
        return contract;
    }

    public SizeForm SizesOf(ApiRequest request) => !IsDelivery && request.WantsDecimalSizes ? SizeForm.Text : SizeForm.Integer;
}
