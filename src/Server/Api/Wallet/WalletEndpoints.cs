using Sluice.Runtime;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.Markets;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Wallet;

/// <summary>Group `wallet`: deposits on simulated chains, transfers, what is where and what it is worth.</summary>
public sealed class WalletEndpoints(VenueViews views, IHistory history, ICommandDoor door, IChains chains) : IEndpointGroup
{
    private readonly WalletChains incoming = new(views, history, door, chains);
    private readonly WalletTransfers transfers = new(views, history, door);
    private readonly WalletBalances balances = new(views);

    public void Map(EndpointTable endpoints)
    {
        endpoints.Map("listCurrencyChains", request => incoming.Chains(request));
        endpoints.Map("getDepositAddress", request => incoming.Address(request));
        endpoints.Map("listDeposits", request => incoming.DepositsAsync(request));
        endpoints.Map("listWithdrawals", request => incoming.Withdrawals(request));
        endpoints.Map("listWithdrawStatus", request => incoming.WithdrawStatus(request));
        endpoints.Map("listSavedAddress", request => incoming.SavedAddresses(request));

        endpoints.Map("transfer", request => transfers.TransferAsync(request));
        endpoints.Map("getTransfer", request => transfers.GetAsync(request));
        endpoints.Map("transferWithSubAccount", request => transfers.WithSubAccountAsync(request));
        endpoints.Map("subAccountToSubAccount", request => transfers.BetweenSubAccountsAsync(request));
        endpoints.Map("listSubAccountTransfers", request => transfers.ListAsync(request));
        endpoints.Map("getTransferOrderStatus", request => transfers.StatusAsync(request));

        endpoints.Map("listSubAccountBalances", request => balances.Spot(request));
        endpoints.Map("listSubAccountMarginBalances", request => balances.Margin(request));
        endpoints.Map("listSubAccountFuturesBalances", request => balances.Futures(request));
        endpoints.Map("listSubAccountCrossMarginBalances", request => balances.CrossMargin(request));
        endpoints.Map("getTotalBalance", request => balances.Total(request));
        endpoints.Map("getTradeFee", request => balances.Fee(request));
    }
}
