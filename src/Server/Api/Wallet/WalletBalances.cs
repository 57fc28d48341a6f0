using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Server.Api.Futures;
using Sluice.Server.Api.Identity;
using Sluice.Server.Gateway;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Wallet;

/// <summary>What sub-accounts hold, what everything is worth, and what trading costs.</summary>
internal sealed class WalletBalances(VenueViews views)
{
    private readonly FuturesAccounts accounts = new(views);

    private const int SubAccountsMax = 100;

    // Nothing is borrowed, so nothing is at risk: the dialect's largest figure.
    private const string NoRisk = "9999.99";

    private static readonly string[] CrossAmounts =
    [
        "total", "borrowed", "borrowed_net", "net", "leverage", "interest", "risk", "total_initial_margin", "total_margin_balance",
        "total_maintenance_margin", "total_initial_margin_rate", "total_maintenance_margin_rate", "total_available_margin",
    ];

    public ValueTask<ApiResult> Spot(ApiRequest request) => Each(request, paged: true, (json, user) =>
    {
        var own = views.BalancesOf(user.Id).Where(balance => balance.Wallet == WalletId.Spot.Value).ToList();
        json.WriteStartObject("available"u8);
        foreach (var balance in own) json.WriteString(views.AssetOf(balance.Asset).Code, balance.Available.ToString());
        json.WriteEndObject();
        json.WriteStartObject("locking"u8);
        foreach (var balance in own) json.WriteString(views.AssetOf(balance.Asset).Code, balance.Held.ToString());
        json.WriteEndObject();
    });

    public ValueTask<ApiResult> Margin(ApiRequest request) => Each(request, paged: false, (json, user) =>
    {
        json.WriteStartArray("available"u8);
        foreach (var wallet in views.BalancesOf(user.Id).Select(balance => new WalletId(balance.Wallet)).Where(wallet => wallet.IsMargin).Distinct())
        {
            var pair = views.PairOf(wallet.MarginPair.Value);
            json.WriteStartObject();
            json.WriteString("currency_pair"u8, pair.Symbol);
            json.WriteString("account_type"u8, "inactive"u8);         // until something is borrowed in it
            json.WriteString("leverage"u8, "1"u8);
            json.WriteBoolean("locked"u8, false);
            json.WriteString("risk"u8, NoRisk);
            json.WriteString("mmr"u8, NoRisk);
            Side(json, "base"u8, user.Id, wallet, pair.Base);
            Side(json, "quote"u8, user.Id, wallet, pair.Quote);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    public ValueTask<ApiResult> Futures(ApiRequest request) => Each(request, paged: false, (json, user) =>
    {
        json.WriteStartObject("available"u8);
        foreach (var wallet in new[] { WalletId.FuturesUsdt.Value, WalletId.FuturesBtc.Value })
        {
            if (!views.BalancesOf(user.Id).Any(balance => balance.Wallet == wallet)) continue;
            var currency = FuturesWords.SettleOf(wallet).ToUpperInvariant();
            json.WritePropertyName(currency);
            PositionJson.WriteAccount(json, accounts.Of(user.Id, wallet), currency, views.Futures.ModeOf(user.Id, wallet), views.PointsOf(user.Id), null, isDelivery: false);
        }
        json.WriteEndObject();
    });

    public ValueTask<ApiResult> CrossMargin(ApiRequest request) => Each(request, paged: false, static (json, user) =>
    {
        json.WriteStartObject("available"u8);
        json.WriteNumber("user_id"u8, user.Id);
        json.WriteBoolean("locked"u8, false);
        json.WriteStartObject("balances"u8);
        json.WriteEndObject();
        foreach (var name in CrossAmounts) json.WriteString(name, "0"u8);
        json.WriteEndObject();
    });

    public ValueTask<ApiResult> Total(ApiRequest request)
    {
        var query = request.QueryParameters();
        var currency = query.Text("currency") ?? "USDT";
        if (query.Error is { } error) return error;
        if (currency is not ("BTC" or "USD" or "USDT"))
        {
            return currency is "CNY" ? ApiErrors.InvalidParam("currency", currency, "no price of the venue leads to it; ask in USDT, USD or BTC")
                : WalletRefusals.UnknownCurrency(currency);
        }

        var (spot, margin, futures, delivery, profit) = (Money.Zero, Money.Zero, Money.Zero, Money.Zero, Money.Zero);
        if (views.TryGetAsset(currency is "USD" ? "USDT" : currency, out var target))       // a dollar counts as one USDT
        {
            var valuation = new Valuation(views, target);
            foreach (var balance in views.BalancesOf(request.User.Value))
            {
                var worth = valuation.Of(balance.Asset, balance.Total);
                var wallet = new WalletId(balance.Wallet);
                if (wallet.IsMargin) margin += worth;
                else if (!wallet.IsContracts) spot += worth;
                else
                {
                    var account = accounts.Of(request.User.Value, balance.Wallet);
                    profit += valuation.Of(balance.Asset, account.Risk.Unrealised + account.IsolatedUnrealised);
                    if (wallet == WalletId.DeliveryUsdt) delivery += worth;
                    else futures += worth;
                }
            }
        }
        var json = request.Json;
        json.WriteStartObject();
        json.WritePropertyName("total"u8);
        Amount(json, spot + margin + futures + delivery, currency, profit);
        json.WriteStartObject("details"u8);
        json.WritePropertyName("spot"u8);
        Amount(json, spot, currency);
        json.WritePropertyName("margin"u8);
        Amount(json, margin, currency);
        json.WritePropertyName("futures"u8);
        Amount(json, futures, currency);
        json.WritePropertyName("delivery"u8);
        Amount(json, delivery, currency);
        json.WriteEndObject();
        json.WriteEndObject();
        return ApiResult.Done;
    }

    public ValueTask<ApiResult> Fee(ApiRequest request)
    {
        var query = request.QueryParameters();
        var isBtc = query.Word("settle", "BTC", "USDT", "USD", "btc", "usdt", "usd") is 0 or 3;
        var symbol = query.Text("currency_pair", 64) ?? "";
        if (query.Error is { } error) return error;
        PairView? pair = null;
        if (symbol.Length > 0 && !views.TryGetPair(symbol, out pair)) return ApiErrors.UnknownPair(symbol);

        // Default rates belong to pairs; of the account in general the first pair's are told.
        pair ??= views.Pairs.Count > 0 ? views.Pairs[0] : null;
        var user = request.User.Value;
        var (maker, taker, byToken) = pair is null ? (0, 0, false) : views.RatesOf(user, pair);
        var json = request.Json;
        json.WriteStartObject();
        json.WriteNumber("user_id"u8, user);
        json.WriteString("taker_fee"u8, Rate(taker));
        json.WriteString("maker_fee"u8, Rate(maker));
        json.WriteString("rpi_maker_fee"u8, Rate(maker));
        json.WriteBoolean("gt_discount"u8, byToken);
        json.WriteString("gt_taker_fee"u8, Rate(views.Discounted(taker)));
        json.WriteString("gt_maker_fee"u8, Rate(views.Discounted(maker)));
        json.WriteString("loan_fee"u8, "0"u8);
        json.WriteString("point_type"u8, "0"u8);
        var (futuresMaker, futuresTaker) = ContractRates(user, isBtc ? WalletId.FuturesBtc : WalletId.FuturesUsdt);
        var (deliveryMaker, deliveryTaker) = ContractRates(user, WalletId.DeliveryUsdt);
        json.WriteString("futures_taker_fee"u8, Rate(futuresTaker));
        json.WriteString("futures_maker_fee"u8, Rate(futuresMaker));
        json.WriteString("futures_rpi_maker_fee"u8, Rate(futuresMaker));
        json.WriteString("delivery_taker_fee"u8, Rate(deliveryTaker));
        json.WriteString("delivery_maker_fee"u8, Rate(deliveryMaker));
        json.WriteNumber("debit_fee"u8, byToken ? 1 : 3);            // 1: the fee token pays, 3: the rates alone
        json.WriteNumber("rpi_mm"u8, 0);
        json.WriteEndObject();
        return ApiResult.Done;
    }

    // As for pairs: default rates belong to contracts, and the first one's are told. 0 without contracts.
    private (long Maker, long Taker) ContractRates(int user, WalletId wallet)
    {
        if (views.Futures.In(wallet.Value).FirstOrDefault() is not { } contract) return (0, 0);
        var (maker, taker) = views.Futures.RatesOf(user, contract);
        return (maker.Raw, taker.Raw);
    }

    private ValueTask<ApiResult> Each(ApiRequest request, bool paged, Action<Utf8JsonWriter, UserView> write)
    {
        if (SubAccountLookup.CheckMain(request) is { } forbidden) return forbidden;
        var query = request.QueryParameters();
        var named = SubAccountLookup.Named(views, request.User.Value, query.List("sub_uid"), out var unknown);
        var range = paged ? Pages.ByPage(query, maxLimit: SubAccountsMax) : new PageRange(0, int.MaxValue);
        if ((query.Error ?? unknown) is { } error) return error;
        var json = request.Json;
        json.WriteStartArray();
        foreach (var user in range.Of(named))
        {
            json.WriteStartObject();
            json.WriteString("uid"u8, user.Id.ToString(null, null));
            write(json, user);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        return ApiResult.Done;
    }

    private void Side(Utf8JsonWriter json, ReadOnlySpan<byte> name, int user, WalletId wallet, AssetView asset)
    {
        var balance = views.BalanceOf(user, wallet.Value, asset.Id);
        json.WriteStartObject(name);
        json.WriteString("currency"u8, asset.Code);
        json.WriteString("available"u8, balance.Available.ToString());
        json.WriteString("locked"u8, balance.Held.ToString());
        json.WriteString("borrowed"u8, "0"u8);
        json.WriteString("interest"u8, "0"u8);
        json.WriteEndObject();
    }

    private static void Amount(Utf8JsonWriter json, Money amount, string currency, Money profit = default)
    {
        json.WriteStartObject();
        json.WriteString("amount"u8, amount.ToString());
        json.WriteString("currency"u8, currency);
        json.WriteString("unrealised_pnl"u8, profit.ToString());
        json.WriteString("borrowed"u8, "0"u8);
        json.WriteEndObject();
    }

    private static string Rate(long raw) => DecimalText.Format(raw, Core.Values.Rate.Decimals);
}
