using Sluice.Core.Kernel;
using Sluice.Runtime;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.Markets;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Wallet;

/// <summary>Chains, deposit addresses, what came in and, empty until custody exists, what went out.</summary>
internal sealed class WalletChains(VenueViews views, IHistory history, ICommandDoor door, IChains chains)
{
    private const long Day = 86_400, DefaultSpan = 7 * Day, LongestSpan = 30 * Day;     // conventions 9
    private const int DepositsMax = 500;

    public ValueTask<ApiResult> Chains(ApiRequest request)
    {
        var query = request.QueryParameters();
        var asset = WalletWords.Currency(query, views);
        if (query.Error is { } error) return error;
        var json = request.Json;
        json.WriteStartArray();
        foreach (var chain in chains.Of(asset!.Code))
        {
            json.WriteStartObject();
            json.WriteString("chain"u8, chain.Chain);
            json.WriteString("name_cn"u8, chain.Name);
            json.WriteString("name_en"u8, chain.NameEn);
            json.WriteString("contract_address"u8, chain.Contract);
            json.WriteNumber("is_disabled"u8, chain.Deposit || chain.Withdraw ? 0 : 1);
            json.WriteNumber("is_deposit_disabled"u8, chain.Deposit ? 0 : 1);
            json.WriteNumber("is_withdraw_disabled"u8, chain.Withdraw ? 0 : 1);
            json.WriteString("decimal"u8, chain.Decimals.ToString(null, null));
            json.WriteNumber("is_tag"u8, chain.Tag ? 1 : 0);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        return ApiResult.Done;
    }

    public ValueTask<ApiResult> Address(ApiRequest request)
    {
        var query = request.QueryParameters();
        var asset = WalletWords.Currency(query, views);
        if (query.Error is { } error) return error;
        var user = request.User.Value;
        var all = chains.Of(asset!.Code);
        var main = all.FirstOrDefault(chain => chain.Deposit);
        if (main is null) return new ApiError("INVALID_CURRENCY", $"{asset.Code} takes no deposits");

        var json = request.Json;
        json.WriteStartObject();
        json.WriteString("currency"u8, asset.Code);
        json.WriteString("address"u8, DepositAddresses.Of(user, main));
        json.WriteString("min_deposit_amount"u8, main.MinDeposit);
        json.WriteStartArray("multichain_addresses"u8);
        foreach (var chain in all)
        {
            json.WriteStartObject();
            json.WriteString("chain"u8, chain.Chain);
            json.WriteString("address"u8, chain.Deposit ? DepositAddresses.Of(user, chain) : "");
            json.WriteString("payment_id"u8, chain.Deposit ? DepositAddresses.TagOf(user, chain) : "");
            json.WriteString("payment_name"u8, chain.Tag ? "Tag" : "");
            json.WriteNumber("obtain_failed"u8, chain.Deposit ? 0 : 1);
            json.WriteNumber("min_confirms"u8, chain.Confirmations);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        return ApiResult.Done;
    }

    public async ValueTask<ApiResult> DepositsAsync(ApiRequest request)
    {
        var query = request.QueryParameters();
        var asset = query.Has("currency") ? WalletWords.Currency(query, views) : null;
        var (from, to) = Span(query);
        var range = Pages.ByOffset(query, maxLimit: DepositsMax);
        if (query.Error is { } error) return error;
        if (!await history.CaughtUpAsync(request.User.Value, request.Aborted)) return ApiErrors.HistoryBehind;

        var json = request.Json;
        json.WriteStartArray();
        foreach (var row in history.Deposits(new DepositQuery(request.User.Value, new Window(from, to, range.Skip, range.Limit), asset?.Id)))
        {
            var code = views.AssetOf(row.Asset).Code;
            var chain = chains.Of(code).FirstOrDefault(known => known.Chain == row.Chain);
            json.WriteStartObject();
            json.WriteString("id"u8, "d" + row.Id.ToString(null, null));
            json.WriteString("txid"u8, row.TransactionId.Length > 0 ? row.TransactionId : DepositAddresses.TransactionOf(row.Id, row.Chain));
            json.WriteString("timestamp"u8, (row.TimeNanos / Nanos.PerSecond).ToString(null, null));
            json.WriteString("amount"u8, row.Amount.ToString());
            json.WriteString("currency"u8, code);
            json.WriteString("address"u8, row.Address);
            json.WriteString("memo"u8, chain is null ? "" : DepositAddresses.TagOf(row.User, chain));
            json.WriteString("status"u8, "DONE"u8);
            json.WriteString("refund_status"u8, ""u8);
            json.WriteString("chain"u8, row.Chain);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        return ApiResult.Done;
    }

    public ValueTask<ApiResult> Withdrawals(ApiRequest request)
    {
        var query = request.QueryParameters();
        if (query.Has("currency")) WalletWords.Currency(query, views);
        Span(query);
        Pages.ByOffset(query);
        if (query.Error is { } error) return error;
        request.Json.WriteStartArray();
        request.Json.WriteEndArray();
        return ApiResult.Done;
    }

    // Limits are 0: nothing can be withdrawn until custody exists. Fees are the chains'.
    public ValueTask<ApiResult> WithdrawStatus(ApiRequest request)
    {
        var query = request.QueryParameters();
        var asset = query.Has("currency") ? WalletWords.Currency(query, views) : null;
        if (query.Error is { } error) return error;
        var json = request.Json;
        json.WriteStartArray();
        foreach (var each in asset is null ? views.Assets : [asset])
        {
            var own = chains.Of(each.Code);
            json.WriteStartObject();
            json.WriteString("currency"u8, each.Code);
            json.WriteString("name"u8, each.Name.Length > 0 ? each.Name : each.Code);
            json.WriteString("name_cn"u8, each.Name);
            json.WriteString("deposit"u8, "0"u8);
            json.WriteString("withdraw_percent"u8, "0%"u8);
            json.WriteString("withdraw_fix"u8, own[0].WithdrawFee);
            json.WriteString("withdraw_day_limit"u8, "0"u8);
            json.WriteString("withdraw_amount_mini"u8, own[0].MinWithdraw);
            json.WriteString("withdraw_day_limit_remain"u8, "0"u8);
            json.WriteString("withdraw_eachtime_limit"u8, "0"u8);
            json.WriteStartObject("withdraw_fix_on_chains"u8);
            foreach (var chain in own) json.WriteString(chain.Chain, chain.WithdrawFee);
            json.WriteEndObject();
            json.WriteStartObject("withdraw_percent_on_chains"u8);
            foreach (var chain in own) json.WriteString(chain.Chain, "0%"u8);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        return ApiResult.Done;
    }

    public ValueTask<ApiResult> SavedAddresses(ApiRequest request)
    {
        var query = request.QueryParameters();
        if (query.Has("currency")) WalletWords.Currency(query, views);
        Pages.ByPage(query, defaultLimit: 50, maxLimit: 100);
        if (query.Error is { } error) return error;
        request.Json.WriteStartArray();
        request.Json.WriteEndArray();
        return ApiResult.Done;
    }

    /// <summary>The part of the history asked for, nanoseconds, as of the venue clock; the second named by `to` counts in whole.</summary>
    private (long From, long To) Span(Parameters query)
    {
        var (from, to) = Pages.Span(query);
        var until = to ?? long.Max(door.NowNanos / Nanos.PerSecond, from ?? 0);
        var since = from ?? long.Max(until - DefaultSpan, 0);
        if (until - since > LongestSpan)
            query.Refuse(ApiErrors.InvalidParam("from", since.ToString(null, null), $"at most {LongestSpan / Day} days before `to`"));
        return query.Error is null ? (since * Nanos.PerSecond, long.Min(until, (long.MaxValue / Nanos.PerSecond) - 1) * Nanos.PerSecond + Nanos.PerSecond) : default;
    }
}
