using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Spot;
using Sluice.Runtime;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Spot;

// Price-triggered orders (spot section 9).
public sealed partial class SpotEndpoints
{
    private async ValueTask<ApiResult> CreatePriceOrderAsync(ApiRequest request)
    {
        var body = request.BodyParameters();
        var symbol = body.RequiredText("market", 64);
        var (trigger, put) = (body.Object("trigger"), body.Object("put"));
        if (trigger is null) body.Refuse(ApiErrors.MissingParam("trigger"));
        if (put is null) body.Refuse(ApiErrors.MissingParam("put"));
        if (body.Error is { } error) return error;
        if (!views.TryGetPair(symbol, out var pair)) return ApiErrors.UnknownPair(symbol);
        if (PriceOrderDraft.Read(pair, trigger!, put!, out var command, out var tail) is { } refusal) return refusal;

        var outcome = await door.SubmitAsync(request.User, command, tail, new CommandOptions(0, request.Idempotency()));
        if (!outcome.Result.Accepted) return SpotRefusals.Of(outcome.Result.Refusal, new RefusedCommand { Pair = pair });
        request.Json.WriteStartObject();
        request.Json.WriteNumber("id"u8, outcome.Result.ObjectId);
        request.Json.WriteIntegerText("id_string"u8, outcome.Result.ObjectId);
        request.Json.WriteEndObject();
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> GetPriceOrderAsync(ApiRequest request)
    {
        var (row, error) = await TriggerAsync(request, request.PathValue());
        if (row is null) return error!;
        WritePriceOrder(request.Json, row);
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> ListPriceOrdersAsync(ApiRequest request)
    {
        var query = request.QueryParameters();
        var status = query.Word("status", "open", "finished");
        if (status < 0) query.Refuse(ApiErrors.MissingParam("status"));
        var account = query.Word("account", SpotWords.TriggerAccounts);
        var page = Pages.ByOffset(query);
        var pair = PairOf(query, "market", required: false);
        if (query.Error is { } error) return error;

        IEnumerable<TriggerRow> rows;
        if (status == 0)
        {
            rows = page.Of([.. views.OpenTriggersOf(request.User.Value).Where(row => row.Status == TriggerStatus.Open && IsIn(row, pair, account))]);
        }
        else
        {
            if (!await history.CaughtUpAsync(request.User.Value, request.Aborted)) return ApiErrors.HistoryBehind;
            rows = HistoryPages.Of(window => history.Triggers(new TriggerQuery(request.User.Value, window, false, pair?.Id)), row => IsIn(row, pair, account),
                (0, long.MaxValue), page);
        }
        WritePriceOrders(request.Json, rows);
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> CancelPriceOrderAsync(ApiRequest request)
    {
        var text = request.PathValue();
        if (!JsonDecimals.TryRead(text, 0, out var id) || id <= 0 || id > OrderValue.Largest) return SpotRefusals.UnknownOrder(text);
        var outcome = await door.SubmitAsync(request.User, new CancelTrigger { TriggerId = (long)id }, default, new CommandOptions(0, request.Idempotency()));
        var (row, error) = await TriggerAsync(request, text);
        if (row is null) return error!;
        if (!outcome.Result.Accepted)
        {
            var isOver = outcome.Result.Refusal == (ushort)SpotRefusal.TriggerNotFound;
            return SpotRefusals.Of(isOver ? (ushort)(row.Status == TriggerStatus.Cancelled ? SpotRefusal.OrderCancelled : SpotRefusal.TriggerFinished) : outcome.Result.Refusal,
                new RefusedCommand { Order = text });
        }
        WritePriceOrder(request.Json, row);
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> CancelPriceOrdersAsync(ApiRequest request)
    {
        var query = request.QueryParameters();
        var account = query.Word("account", SpotWords.TriggerAccounts);
        var pair = PairOf(query, "market", required: false);
        if (query.Error is { } error) return error;
        var margin = account == (int)AccountKind.Margin;
        IReadOnlyList<PairView?> pairs = account == (int)AccountKind.Unified ? [] : margin && pair is null ? [.. views.Pairs] : [pair];
        var rows = new List<TriggerRow>();
        for (var i = 0; i < pairs.Count; i++)
        {
            var wallet = margin ? WalletId.Margin(new InstrumentId(pairs[i]!.Id)).Value : account < 0 ? 0 : WalletId.Spot.Value;
            var outcome = await door.SubmitAsync(request.User, new CancelAllTriggers { Instrument = pairs[i]?.Id ?? 0, Wallet = wallet },
                default, new CommandOptions(0, request.Idempotency(i), WantEvents: true));
            if (!outcome.Result.Accepted) return SpotRefusals.Of(outcome.Result.Refusal);
            foreach (var id in CancelledTriggers(outcome.Events, request.User.Value))
            {
                var (row, unread) = await TriggerAsync(request, id.ToString(null, null));
                if (row is null) return unread!;
                rows.Add(row);
            }
        }
        WritePriceOrders(request.Json, rows);
        return ApiResult.Done;
    }

    private static List<long> CancelledTriggers(byte[]? events, int user)
    {
        var ids = new List<long>();
        var reader = new EventReader(events);
        while (reader.Next())
        {
            if (reader.Kind != TriggerFinished.Kind) continue;
            ref readonly var finished = ref reader.As<TriggerFinished>();
            if (finished.User == user && finished.Status == TriggerStatus.Cancelled) ids.Add(finished.TriggerId);
        }
        return ids;
    }

    private async ValueTask<(TriggerRow? Row, ApiError? Error)> TriggerAsync(ApiRequest request, string text)
    {
        if (!JsonDecimals.TryRead(text, 0, out var number) || number <= 0 || number > OrderValue.Largest) return (null, SpotRefusals.UnknownOrder(text));
        var id = (long)number;
        if (!views.TryGetTrigger(id, out var row))
        {
            if (!await history.CaughtUpAsync(request.User.Value, request.Aborted)) return (null, ApiErrors.HistoryBehind);
            row = history.Trigger(id);
        }
        return row is not null && row.User == request.User.Value ? (row, null) : (null, SpotRefusals.UnknownOrder(text));
    }

    private static bool IsIn(TriggerRow row, PairView? pair, int account) => (pair is null || row.Instrument == pair.Id) && IsIn(row.Wallet, account);

    private void WritePriceOrders(Utf8JsonWriter json, IEnumerable<TriggerRow> rows)
    {
        json.WriteStartArray();
        foreach (var row in rows) WritePriceOrder(json, row);
        json.WriteEndArray();
    }

    private void WritePriceOrder(Utf8JsonWriter json, TriggerRow row)
    {
        var pair = views.PairOf(row.Instrument);
        var terms = pair.Terms;
        json.WriteStartObject();
        json.WriteStartObject("trigger"u8);
        json.WriteDecimal("price"u8, row.TriggerPrice, terms.PriceDecimals);
        json.WriteString("rule"u8, SpotWords.Of(row.Rule));
        json.WriteNumber("expiration"u8, row.ExpiresAtNanos == 0 ? 0 : (row.ExpiresAtNanos - row.CreatedNanos) / Nanos.PerSecond);
        json.WriteEndObject();
        json.WriteStartObject("put"u8);
        json.WriteString("type"u8, SpotWords.Of(row.Type));
        json.WriteString("side"u8, SpotWords.Of(row.Side));
        json.WriteDecimal("price"u8, row.Price, terms.PriceDecimals);
        if (row.Type == OrderType.Market && row.Side == Side.Buy) json.WriteMoney("amount"u8, row.Budget);      // S-101
        else json.WriteDecimal("amount"u8, row.Size, terms.SizeDecimals);
        json.WriteString("account"u8, SpotWords.TriggerAccountOf(row.Wallet));
        json.WriteString("time_in_force"u8, SpotWords.Of(row.TimeInForce));
        json.WriteBoolean("auto_borrow"u8, false);
        json.WriteBoolean("auto_repay"u8, false);
        json.WriteString("text"u8, row.Text);
        json.WriteEndObject();
        json.WriteNumber("id"u8, row.Id);
        json.WriteNumber("user"u8, row.User);
        json.WriteString("market"u8, pair.Symbol);
        json.WriteNumber("ctime"u8, row.CreatedNanos / Nanos.PerSecond);
        json.WriteNumber("ftime"u8, row.FinishedNanos / Nanos.PerSecond);
        json.WriteNumber("fired_order_id"u8, row.FiredOrder);
        json.WriteString("status"u8, SpotWords.Of(row.Status));
        json.WriteString("reason"u8, row.Refusal == 0 ? "" : SpotRefusals.Of(row.Refusal, new RefusedCommand { Pair = pair, Side = row.Side }).ToString());
        json.WriteEndObject();
    }
}
