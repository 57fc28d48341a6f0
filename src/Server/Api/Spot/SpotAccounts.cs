using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Values;
using Sluice.Products.Spot;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Spot;

// The caller's fees, balances, account book and fills.
public sealed partial class SpotEndpoints
{
    private const long WeekSeconds = 7 * DaySeconds;
    private const long SpanMaxSeconds = 30 * DaySeconds;

    private ValueTask<ApiResult> GetFee(ApiRequest request)
    {
        var query = request.QueryParameters();
        var pair = PairOf(query, "currency_pair", required: false);
        if (query.Error is { } error) return error;
        pair ??= views.Pairs.Count > 0 ? views.Pairs[0] : null;         // rates are equal in nearly all pairs
        if (pair is null) return new ApiError("INVALID_CURRENCY_PAIR", "No pair is listed");
        WriteFee(request.Json, request.User.Value, pair);
        return ApiResult.Done;
    }

    private ValueTask<ApiResult> GetBatchFee(ApiRequest request)
    {
        var query = request.QueryParameters();
        var symbols = query.List("currency_pairs", 50);
        if (symbols.Count == 0) query.Refuse(ApiErrors.MissingParam("currency_pairs"));
        if (query.Error is { } error) return error;
        var json = request.Json;
        json.WriteStartObject();
        foreach (var symbol in symbols.Distinct(StringComparer.Ordinal))
        {
            if (!views.TryGetPair(symbol, out var pair)) return ApiErrors.UnknownPair(symbol);
            json.WritePropertyName(pair.Symbol);
            WriteFee(json, request.User.Value, pair);
        }
        json.WriteEndObject();
        return ApiResult.Done;
    }

    private void WriteFee(Utf8JsonWriter json, int user, PairView pair)
    {
        var (maker, taker, byToken) = views.RatesOf(user, pair);
        json.WriteStartObject();
        json.WriteNumber("user_id"u8, user);
        json.WriteDecimal("taker_fee"u8, taker, Rate.Decimals);
        json.WriteDecimal("maker_fee"u8, maker, Rate.Decimals);
        json.WriteDecimal("rpi_maker_fee"u8, maker, Rate.Decimals);
        json.WriteBoolean("gt_discount"u8, byToken);
        json.WriteDecimal("gt_taker_fee"u8, views.Discounted(taker), Rate.Decimals);
        json.WriteDecimal("gt_maker_fee"u8, views.Discounted(maker), Rate.Decimals);
        json.WriteString("loan_fee"u8, "0.18"u8);                       // S-086: the platform's share of interest
        json.WriteString("point_type"u8, "0"u8);
        json.WriteString("currency_pair"u8, pair.Symbol);
        json.WriteNumber("debit_fee"u8, byToken ? 1 : 3);               // paid with the fee token, or at the account's own rates
        json.WriteNumber("rpi_mm"u8, 0);
        json.WriteEndObject();
    }

    private ValueTask<ApiResult> ListAccounts(ApiRequest request)
    {
        var query = request.QueryParameters();
        var only = AssetOf(query, "currency");
        if (query.Error is { } error) return error;
        var json = request.Json;
        json.WriteStartArray();
        if (only is not null) WriteAccount(json, only, views.BalanceOf(request.User.Value, WalletId.Spot.Value, only.Id));
        else foreach (var balance in views.BalancesOf(request.User.Value))
        {
            if (balance.Wallet == WalletId.Spot.Value) WriteAccount(json, views.AssetOf(balance.Asset), balance);
        }
        json.WriteEndArray();
        return ApiResult.Done;
    }

    private static void WriteAccount(Utf8JsonWriter json, AssetView asset, BalanceView balance)
    {
        json.WriteStartObject();
        json.WriteString("currency"u8, asset.Code);
        json.WriteMoney("available"u8, balance.Available);
        json.WriteMoney("locked"u8, balance.Held);
        json.WriteNumber("update_id"u8, balance.UpdateId);
        json.WriteEndObject();
    }

    private async ValueTask<ApiResult> ListAccountBookAsync(ApiRequest request)
    {
        var query = request.QueryParameters();
        var page = Pages.ByPage(query);
        var span = RecentSpan(query, SpanMaxSeconds);
        var asset = AssetOf(query, "currency");
        var (type, code) = (query.Text("type", 64), query.Text("code", 16));
        if (query.Error is { } error) return error;
        var reasons = AccountBookTypes.Reasons(type, code);

        if (!await history.CaughtUpAsync(request.User.Value, request.Aborted)) return ApiErrors.HistoryBehind;
        var json = request.Json;
        json.WriteStartArray();
        if (reasons.Count > 0)
        {
            // What is paid out of a hold at the price it was held for changes nothing available: it is no entry.
            var entries = HistoryPages.Of(window => history.AccountBook(new BookQuery(request.User.Value, window, WalletId.Spot.Value, asset?.Id, reasons)),
                entry => entry.Row.Change != entry.Row.HeldChange, span, page);
            foreach (var entry in entries) WriteBookEntry(json, entry);
        }
        json.WriteEndArray();
        return ApiResult.Done;
    }

    private void WriteBookEntry(Utf8JsonWriter json, BookEntry entry)
    {
        var row = entry.Row;
        var (type, code) = AccountBookTypes.Of(row.Reason);
        json.WriteStartObject();
        json.WriteIntegerText("id"u8, entry.Id);
        json.WriteNumber("time"u8, row.TimeNanos / Nanos.PerMillisecond);
        json.WriteString("currency"u8, views.AssetOf(row.Asset).Code);
        json.WriteMoney("change"u8, row.Change - row.HeldChange);       // of what is available
        json.WriteMoney("balance"u8, row.Available);
        json.WriteString("type"u8, type);
        json.WriteString("code"u8, code);
        if (row.Reference == 0) json.WriteString("text"u8, ""u8);
        else json.WriteIntegerText("text"u8, row.Reference);
        json.WriteEndObject();
    }

    private async ValueTask<ApiResult> ListMyTradesAsync(ApiRequest request)
    {
        var query = request.QueryParameters();
        var page = Pages.ByPage(query);
        var order = query.Integer("order_id", 1);
        var account = query.Word("account", SpotWords.Accounts);
        var isAsked = query.Has("from") || query.Has("to");
        var span = order is not null && !isAsked ? (FromNanos: 0, ToNanos: long.MaxValue) : RecentSpan(query, WeekSeconds);
        var pair = PairOf(query, "currency_pair", required: false);
        if (query.Error is { } error) return error;

        if (!await history.CaughtUpAsync(request.User.Value, request.Aborted)) return ApiErrors.HistoryBehind;
        var fills = HistoryPages.Of(window => history.Fills(new FillQuery(request.User.Value, window, pair?.Id, order, account == (int)AccountKind.Spot ? WalletId.Spot.Value : null)),
            fill => account < 0 || IsIn(fill.Wallet, account), span, page);
        var json = request.Json;
        json.WriteStartArray();
        foreach (var fill in fills) WriteFill(json, fill);
        json.WriteEndArray();
        return ApiResult.Done;
    }

    private void WriteFill(Utf8JsonWriter json, FillRow fill)
    {
        var pair = views.PairOf(fill.Trade.Instrument);
        json.WriteStartObject();
        WriteTrade(json, fill.Trade, pair, SpotWords.Of(fill.Side));
        json.WriteString("role"u8, fill.IsMaker ? "maker"u8 : "taker"u8);
        json.WriteIntegerText("order_id"u8, fill.OrderId);
        json.WriteMoney("fee"u8, fill.FeeByToken ? Money.Zero : fill.Fee);
        json.WriteString("fee_currency"u8, (fill.Side == Core.Matching.Side.Buy ? pair.Base : pair.Quote).Code);
        json.WriteString("point_fee"u8, "0"u8);
        json.WriteMoney("gt_fee"u8, fill.FeeByToken ? fill.Fee : Money.Zero);
        json.WriteString("amend_text"u8, fill.AmendText.Length == 0 ? "-" : fill.AmendText);
        json.WriteString("text"u8, fill.Text);
        json.WriteEndObject();
    }

    private async ValueTask<ApiResult> SetCountdownAsync(ApiRequest request)
    {
        var body = request.BodyParameters();
        var timeout = body.RequiredInteger("timeout", 0, int.MaxValue);
        var pair = PairOf(body, "currency_pair", required: false);
        if (body.Error is { } error) return error;
        var outcome = await door.SubmitAsync(request.User, new SetCountdown { Instrument = pair?.Id ?? 0, TimeoutSeconds = (int)timeout },
            default, new Runtime.CommandOptions(0, request.Idempotency()));
        if (!outcome.Result.Accepted) return SpotRefusals.Of(outcome.Result.Refusal, new RefusedCommand { Pair = pair });
        request.Json.WriteStartObject();
        request.Json.WriteNumber("triggerTime"u8, outcome.Result.ObjectId);
        request.Json.WriteEndObject();
        return ApiResult.Done;
    }

    /// <summary>The order that closes a cross margin account's debt: there is none until the unified account exists (S-080).</summary>
    private static ValueTask<ApiResult> LiquidateCross(ApiRequest request)
    {
        var body = request.BodyParameters();
        body.RequiredText("currency_pair", 64);
        body.RequiredDecimal("amount");
        body.RequiredDecimal("price");
        return body.Error ?? new ApiError("CROSS_ACCOUNT_NOT_FOUND", "The user has no cross margin account");
    }

    private static bool IsIn(int wallet, int account) => account switch
    {
        (int)AccountKind.Spot => wallet == WalletId.Spot.Value,
        (int)AccountKind.Margin => new WalletId(wallet).IsMargin,
        (int)AccountKind.Unified => false,
        _ => true,
    };

    /// <summary>Histories reach 7 days back unless asked otherwise, and at most 30 days at a time (conventions, pagination).</summary>
    /// <param name="reachSeconds">How far it goes from `from` when `to` is not given.</param>
    private (long FromNanos, long ToNanos) RecentSpan(Parameters query, long reachSeconds)
    {
        var (from, to) = Pages.Span(query);
        var now = door.NowNanos / Nanos.PerSecond;
        var end = to ?? (from is { } start ? long.Max(start, long.Min(start + reachSeconds, now)) : now);
        var begin = from ?? end - WeekSeconds;
        if (end - begin > SpanMaxSeconds) query.Refuse(ApiErrors.InvalidParam("from", begin.ToString(null, null), "the span is longer than 30 days"));
        return TimeWindow.Of(long.Max(begin, 0), end);
    }
}
