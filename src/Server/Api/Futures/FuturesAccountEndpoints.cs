using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Runtime;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;
using Sluice.Server.History;

namespace Sluice.Server.Api.Futures;

// The caller's account, its book, fees, and the countdown.
public abstract partial class FuturesEndpoints
{
    private void MapAccounts(EndpointTable endpoints)
    {
        Map(endpoints, "listFuturesAccounts", "listDeliveryAccounts", In(ListAccountsAsync));
        Map(endpoints, "listFuturesAccountBook", "listDeliveryAccountBook", In(ListAccountBookAsync));
        Map(endpoints, "getFuturesFee", "", In(GetFee));
        Map(endpoints, "countdownCancelAllFutures", "", In(SetCountdownAsync));
    }

    private async ValueTask<ApiResult> ListAccountsAsync(ApiRequest request, FuturesScope scope)
    {
        // The dialect has no account before the first transfer.
        if (!views.BalancesOf(request.User.Value).Any(balance => balance.Wallet == scope.Wallet)) return FuturesRefusals.Of((ushort)FuturesRefusal.UserNotFound);
        return await WriteAccountAsync(request, scope);
    }

    private async ValueTask<ApiResult> WriteAccountAsync(ApiRequest request, FuturesScope scope)
    {
        var user = request.User.Value;
        if (!await history.CaughtUpAsync(user, request.Aborted)) return ApiErrors.HistoryBehind;
        PositionJson.WriteAccount(request.Json, accounts.Of(user, scope.Wallet), scope.Settle.ToUpperInvariant(), futures.ModeOf(user, scope.Wallet),
            views.PointsOf(user), records.Totals(user, scope.Wallet), IsDelivery);
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> ListAccountBookAsync(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var page = Pages.ByOffset(query);
        var (from, to) = Pages.Span(query);
        var type = query.Word("type", FuturesWords.BookTypes);
        var contract = scope.Read(query, required: false);
        if (query.Error is { } error) return error;
        var reasons = type < 0 ? [] : FuturesWords.ReasonsOf(FuturesWords.BookTypes[type]);

        if (!await history.CaughtUpAsync(request.User.Value, request.Aborted)) return ApiErrors.HistoryBehind;
        request.Json.WriteStartArray();
        if (type < 0 || reasons.Count > 0)
        {
            // Points lie in the spot wallet, for contracts of all wallets (F-045).
            var ofPoints = reasons is [Reason.PointFee];
            var (wallet, asset, span) = (ofPoints ? WalletId.Spot.Value : scope.Wallet, ofPoints ? futures.PointAsset : AssetOf(scope), TimeWindow.Of(from, to));
            // What is only set aside, or free again, is no entry.
            var entries = HistoryPages.Of(window => history.AccountBook(new BookQuery(request.User.Value, window, wallet, asset, reasons, contract?.Id)),
                entry => !entry.Row.Change.IsZero && (!ofPoints || (futures.TryGet(entry.Row.Instrument, out var of) && of.Wallet == scope.Wallet)), span, page);
            foreach (var entry in entries) WriteBookEntry(request, entry);
        }
        request.Json.WriteEndArray();
        return ApiResult.Done;
    }

    private int? AssetOf(FuturesScope scope) => views.TryGetAsset(scope.Settle.ToUpperInvariant(), out var asset) ? asset.Id : null;

    private void WriteBookEntry(ApiRequest request, BookEntry entry)
    {
        var (json, row) = (request.Json, entry.Row);
        var contract = row.Instrument != 0 && futures.TryGet(row.Instrument, out var found) ? found : null;
        json.WriteStartObject();
        json.WriteSeconds("time"u8, row.TimeNanos);
        json.WriteMoney("change"u8, row.Change);
        json.WriteMoney("balance"u8, row.Total);
        json.WriteString("type"u8, FuturesWords.Of(row.Reason));
        json.WriteString("text"u8, contract is null ? row.Reference.ToString(null, null) : $"{contract.Symbol}:{row.Reference}");
        json.WriteString("contract"u8, contract?.Symbol ?? "");
        json.WriteIntegerText("trade_id"u8, contract is null ? 0 : row.Reference);
        json.WriteIntegerText("id"u8, entry.Id);
        json.WriteEndObject();
    }

    private ValueTask<ApiResult> GetFee(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var only = scope.Read(query, required: false);
        if (query.Error is { } error) return error;
        var json = request.Json;
        json.WriteStartObject();
        foreach (var contract in only is not null ? [only] : futures.In(scope.Wallet))
        {
            var (maker, taker) = futures.RatesOf(request.User.Value, contract);
            json.WriteStartObject(contract.Symbol);
            json.WriteDecimal("taker_fee"u8, taker.Raw, Rate.Decimals);
            json.WriteDecimal("maker_fee"u8, maker.Raw, Rate.Decimals);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> SetCountdownAsync(ApiRequest request, FuturesScope scope)
    {
        var body = request.BodyParameters();
        var timeout = body.RequiredInteger("timeout", 0, int.MaxValue);
        var contract = scope.Read(body, required: false);
        if (body.Error is { } error) return error;
        var command = new SetContractCountdown { Instrument = contract?.Id ?? 0, Wallet = scope.Wallet, TimeoutSeconds = (int)timeout };
        var outcome = await door.SubmitAsync(request.User, command, default, new CommandOptions(0, request.Idempotency()));
        if (!outcome.Result.Accepted) return FuturesRefusals.Of(outcome.Result.Refusal, new RefusedOnContract { Contract = contract });
        request.Json.WriteStartObject();
        request.Json.WriteNumber("triggerTime"u8, outcome.Result.ObjectId);
        request.Json.WriteEndObject();
        return ApiResult.Done;
    }
}
