using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Runtime;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.History.Futures;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

// Price-triggered orders (M-100…M-109).
public abstract partial class FuturesEndpoints
{
    private void MapPriceOrders(EndpointTable endpoints)
    {
        Map(endpoints, "createPriceTriggeredOrder", "createPriceTriggeredDeliveryOrder", In(CreateTriggerAsync));
        Map(endpoints, "listPriceTriggeredOrders", "listPriceTriggeredDeliveryOrders", In(ListTriggersAsync));
        Map(endpoints, "getPriceTriggeredOrder", "getPriceTriggeredDeliveryOrder", In(GetTriggerAsync));
        Map(endpoints, "cancelPriceTriggeredOrder", "cancelPriceTriggeredDeliveryOrder", In(CancelTriggerAsync));
        Map(endpoints, "cancelPriceTriggeredOrderList", "cancelPriceTriggeredDeliveryOrderList", In(CancelTriggersAsync));
        Map(endpoints, "updatePriceTriggeredOrder", "", In((request, scope) => AmendTriggerAsync(request, scope, null)));
        Map(endpoints, "updatePriceTriggeredOrder_7_2_78", "", In((request, scope) => AmendTriggerAsync(request, scope, request.PathValue(1))));
        Map(endpoints, "updatePriceTriggeredOrder_7_2_26", "", In((request, scope) => AmendTriggerAsync(request, scope, request.PathValue(1))));
    }

    private async ValueTask<ApiResult> CreateTriggerAsync(ApiRequest request, FuturesScope scope)
    {
        var body = request.BodyParameters();
        var (initial, trigger) = (body.Object("initial"), body.Object("trigger"));
        if (initial is null) body.Refuse(ApiErrors.MissingParam("initial"));
        if (trigger is null) body.Refuse(ApiErrors.MissingParam("trigger"));
        var type = (TriggerOrderType)int.Max(body.Word("order_type", FuturesWords.TriggerOrderTypes), 0);
        if (type is TriggerOrderType.CloseLongOrder or TriggerOrderType.CloseShortOrder)
            body.Refuse(ApiErrors.InvalidParam("order_type", FuturesWords.Of(type), "only take-profit and stop-loss of an order make it"));
        var margin = body.Word("pos_margin_mode", FuturesWords.MarginModes);
        if (body.Error is { } malformed) return malformed;
        if (TriggerDraft.Read(scope, initial!, trigger!, out var command, out var contract, out var text) is { } error) return error;

        command.OrderType = type;
        command.MarginMode = FuturesOrderDraft.MarginModeOf(margin);
        var tail = FuturesOrderDraft.TailOf(string.IsNullOrEmpty(text) ? "apiv4" : text, null);
        var outcome = await door.SubmitAsync(request.User, command, tail, new CommandOptions(0, request.Idempotency()));
        if (!outcome.Result.Accepted) return FuturesRefusals.Of(outcome.Result.Refusal, AboutOf(contract, command));
        WriteTriggerId(request, outcome.Result.ObjectId);
        return ApiResult.Done;
    }

    private static RefusedOnContract AboutOf(ContractView contract, in CreateContractTrigger command) => new()
    {
        Contract = contract, Price = command.Price, Size = command.Size, IsAtOrAbove = command.Rule == TriggerRule.AtOrAbove,
    };

    private static void WriteTriggerId(ApiRequest request, long id)
    {
        request.Json.WriteStartObject();
        request.Json.WriteNumber("id"u8, id);
        request.Json.WriteIntegerText("id_string"u8, id);
        request.Json.WriteEndObject();
    }

    private async ValueTask<ApiResult> ListTriggersAsync(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var status = query.Word("status", "open", "finished");
        if (status < 0) query.Refuse(ApiErrors.MissingParam("status"));
        var page = Pages.ByOffset(query);
        var contract = scope.Read(query, required: false);
        if (query.Error is { } error) return error;
        IEnumerable<ContractTriggerRow> rows;
        if (status == 0)
        {
            rows = page.Of([.. futures.OpenTriggersOf(request.User.Value).Where(row => row.Wallet == scope.Wallet && (contract is null || row.Instrument == contract.Id))]);
        }
        else
        {
            if (!await history.CaughtUpAsync(request.User.Value, request.Aborted)) return ApiErrors.HistoryBehind;
            rows = records.ContractTriggers(new ContractQuery(request.User.Value, scope.Wallet, new Window(0, long.MaxValue, page.Skip, page.Limit), contract?.Id));
        }
        WriteTriggers(request, rows);
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> GetTriggerAsync(ApiRequest request, FuturesScope scope)
    {
        var (row, error) = await TriggerAsync(request, scope, request.PathValue(1));
        if (row is null) return error!;
        TriggerJson.Write(request.Json, row, futures.Of(row.Instrument));
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> CancelTriggerAsync(ApiRequest request, FuturesScope scope)
    {
        var (row, error) = await TriggerAsync(request, scope, request.PathValue(1));
        if (row is null) return error!;
        if (!row.IsOpen) return FuturesRefusals.Ended(request.PathValue(1));
        var outcome = await door.SubmitAsync(request.User, new CancelContractTrigger { TriggerId = row.Id }, default, new CommandOptions(0, request.Idempotency()));
        var (ended, unread) = await TriggerAsync(request, scope, request.PathValue(1));
        if (ended is null) return unread!;
        if (!outcome.Result.Accepted)
        {
            return ended.IsOpen ? FuturesRefusals.Of(outcome.Result.Refusal, new RefusedOnContract { Order = request.PathValue(1) }) : FuturesRefusals.Ended(request.PathValue(1));
        }
        TriggerJson.Write(request.Json, ended, futures.Of(ended.Instrument));
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> CancelTriggersAsync(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var contract = scope.Read(query, required: IsDelivery);
        if (query.Error is { } error) return error;
        var outcome = await door.SubmitAsync(request.User, new CancelAllContractTriggers { Instrument = contract?.Id ?? 0, Wallet = scope.Wallet }, default,
            new CommandOptions(0, request.Idempotency(), WantEvents: true));
        if (!outcome.Result.Accepted) return FuturesRefusals.Of(outcome.Result.Refusal, new RefusedOnContract { Contract = contract });
        var rows = new List<ContractTriggerRow>();
        foreach (var id in TriggersCancelledIn(outcome.Events, request.User.Value))
        {
            var (row, unread) = await TriggerAsync(request, scope, id.ToString(null, null));
            if (row is null) return unread!;
            rows.Add(row);
        }
        WriteTriggers(request, rows);
        return ApiResult.Done;
    }

    /// <param name="orderId">From the path; null where the body names it.</param>
    private async ValueTask<ApiResult> AmendTriggerAsync(ApiRequest request, FuturesScope scope, string? orderId)
    {
        var body = request.BodyParameters();
        var id = orderId ?? body.Identifier("order_id") ?? "";
        if (id.Length == 0) body.Refuse(ApiErrors.MissingParam("order_id"));
        if (body.Error is { } error) return error;
        var (row, unknown) = await TriggerAsync(request, scope, id);
        if (row is null) return unknown!;
        if (!row.IsOpen) return FuturesRefusals.Ended(id);
        var contract = futures.Of(row.Instrument);
        if (TriggerDraft.ReadAmendment(body, contract, row, out var command) is { } wrong) return wrong;
        var outcome = await door.SubmitAsync(request.User, command, default, new CommandOptions(0, request.Idempotency()));
        if (!outcome.Result.Accepted)
        {
            return FuturesRefusals.Of(outcome.Result.Refusal, new RefusedOnContract { Contract = contract, Order = id, IsAtOrAbove = row.Rule == TriggerRule.AtOrAbove, Size = row.Size });
        }
        WriteTriggerId(request, row.Id);
        return ApiResult.Done;
    }

    private void WriteTriggers(ApiRequest request, IEnumerable<ContractTriggerRow> rows)
    {
        request.Json.WriteStartArray();
        foreach (var row in rows) TriggerJson.Write(request.Json, row, futures.Of(row.Instrument));
        request.Json.WriteEndArray();
    }

    private static List<long> TriggersCancelledIn(byte[]? events, int user)
    {
        var ids = new List<long>();
        var reader = new EventReader(events);
        while (reader.Next())
        {
            if (reader.Kind != ContractTriggerFinished.Kind) continue;
            ref readonly var finished = ref reader.As<ContractTriggerFinished>();
            if (finished.User == user && finished.Status == TriggerStatus.Cancelled) ids.Add(finished.TriggerId);
        }
        return ids;
    }

    private async ValueTask<(ContractTriggerRow? Row, ApiError? Error)> TriggerAsync(ApiRequest request, FuturesScope scope, string text)
    {
        if (!JsonDecimals.TryRead(text, 0, out var number) || number <= 0 || number > OrderValue.Largest) return (null, FuturesRefusals.UnknownOrder(text));
        var id = (long)number;
        if (!futures.TryGetTrigger(id, out var row))
        {
            if (!await history.CaughtUpAsync(request.User.Value, request.Aborted)) return (null, ApiErrors.HistoryBehind);
            row = records.ContractTrigger(id);
        }
        return row is not null && row.User == request.User.Value && row.Wallet == scope.Wallet ? (row, null) : (null, FuturesRefusals.UnknownOrder(text));
    }
}
