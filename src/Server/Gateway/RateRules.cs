namespace Sluice.Server.Gateway;

/// <summary>What is counted together. The limits are the dialect's (<see cref="RateRules"/>).</summary>
public enum RateClass
{
    Public,
    WalletTransfer,
    Withdraw,
    WalletOther,
    SpotPlace,
    SpotCancel,
    SpotOther,
    PerpetualPlace,
    PerpetualCancel,
    PerpetualOther,
    DeliveryPlace,
    DeliveryCancel,
    OptionsPlace,
    OptionsCancel,
    SubAccount,
    UnifiedBorrow,
    OtherPrivate,

    /// <summary>Spot place and amend over the WebSocket.</summary>
    SocketSpotPlace,

    /// <summary>Futures place, amend and cancel over the WebSocket.</summary>
    SocketFutures,
}

/// <summary>One limit: at most <paramref name="Limit"/> in any <paramref name="WindowMillis"/> milliseconds.</summary>
/// <param name="PerEndpoint">Each endpoint has its own count.</param>
/// <param name="PerMarket">Each market has its own count; the handler names it once it knows.</param>
public readonly record struct RateRule(int Limit, int WindowMillis, bool PerEndpoint = false, bool PerMarket = false);

/// <summary>The table of limits and which operation falls under which.</summary>
public static class RateRules
{
    private static readonly RateRule[] Rules = Build();

    public static RateRule Of(RateClass rateClass) => Rules[(int)rateClass];

    /// <summary>The class of an operation.</summary>
    public static RateClass ClassOf(string group, string id, string method, bool isPublic) => (group, id) switch
    {
        _ when isPublic => RateClass.Public,
        (_, "withdraw") => RateClass.Withdraw,
        (_, "transfer" or "transferWithSubAccount" or "subAccountToSubAccount" or "getTotalBalance" or "listSubAccountBalances"
            or "listSubAccountMarginBalances" or "listSubAccountFuturesBalances" or "listSubAccountCrossMarginBalances") => RateClass.WalletTransfer,
        ("wallet" or "withdrawal", _) => RateClass.WalletOther,
        (_, "createOrder" or "amendOrder" or "createBatchOrders" or "amendBatchOrders") => RateClass.SpotPlace,
        (_, "cancelOrders" or "cancelOrder" or "cancelBatchOrders") => RateClass.SpotCancel,
        ("spot", _) => RateClass.SpotOther,
        (_, "createFuturesOrder" or "createBatchFuturesOrder" or "amendFuturesOrder" or "amendBatchFutureOrders" or "createFuturesBBOOrder") =>
            RateClass.PerpetualPlace,
        (_, "cancelFuturesOrders" or "cancelFuturesOrder" or "cancelBatchFutureOrders") => RateClass.PerpetualCancel,
        ("futures", _) => RateClass.PerpetualOther,
        (_, "createDeliveryOrder") => RateClass.DeliveryPlace,
        (_, "cancelDeliveryOrders" or "cancelDeliveryOrder") => RateClass.DeliveryCancel,
        (_, "createOptionsOrder" or "amendOptionsOrder") => RateClass.OptionsPlace,
        (_, "cancelOptionsOrders" or "cancelOptionsOrder") => RateClass.OptionsCancel,
        ("subaccount", _) => RateClass.SubAccount,
        (_, "createUnifiedLoan") => RateClass.UnifiedBorrow,
        _ => RateClass.OtherPrivate,
    };

    private static RateRule[] Build()
    {
        var rules = new RateRule[Enum.GetValues<RateClass>().Length];
        rules[(int)RateClass.Public] = new(200, 10_000, PerEndpoint: true);
        rules[(int)RateClass.WalletTransfer] = new(80, 10_000);
        rules[(int)RateClass.Withdraw] = new(1, 3_000);
        rules[(int)RateClass.WalletOther] = new(200, 10_000);
        rules[(int)RateClass.SpotPlace] = new(10, 1_000, PerMarket: true);
        rules[(int)RateClass.SpotCancel] = new(200, 1_000);
        rules[(int)RateClass.SpotOther] = new(200, 10_000, PerEndpoint: true);
        rules[(int)RateClass.PerpetualPlace] = new(100, 1_000, PerMarket: true);
        rules[(int)RateClass.PerpetualCancel] = new(200, 1_000);
        rules[(int)RateClass.PerpetualOther] = new(200, 10_000);
        rules[(int)RateClass.DeliveryPlace] = new(500, 10_000);
        rules[(int)RateClass.DeliveryCancel] = new(500, 10_000);
        rules[(int)RateClass.OptionsPlace] = new(200, 1_000);
        rules[(int)RateClass.OptionsCancel] = new(200, 1_000);
        rules[(int)RateClass.SubAccount] = new(80, 10_000);
        rules[(int)RateClass.UnifiedBorrow] = new(15, 10_000);
        rules[(int)RateClass.OtherPrivate] = new(150, 10_000);
        rules[(int)RateClass.SocketSpotPlace] = new(10, 1_000);
        rules[(int)RateClass.SocketFutures] = new(100, 1_000);
        return rules;
    }
}
