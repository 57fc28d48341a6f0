using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Runtime;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

// Chase orders (M-111).
public abstract partial class FuturesEndpoints
{
    private void MapChases(EndpointTable endpoints)
    {
        Map(endpoints, "createChaseOrder", "", In(CreateChaseAsync));
        Map(endpoints, "stopChaseOrder", "", In(StopChaseAsync));
        Map(endpoints, "stopAllChaseOrders", "", In(StopChasesAsync));
        Map(endpoints, "getChaseOrders", "", In(ListChasesAsync));
        Map(endpoints, "getChaseOrderDetail", "", In(GetChaseAsync));
    }

    private async ValueTask<ApiResult> CreateChaseAsync(ApiRequest request, FuturesScope scope)
    {
        var body = request.BodyParameters();
        var contract = scope.Read(body, required: true);
        if (contract is null) return body.Error!;
        var command = new CreateChaseOrder { Instrument = contract.Id };
        command.Amount = AmountOf(body, contract);
        command.PriceLimit = Exact.Read(body, "price_limit", contract.PriceDecimals, required: true);
        command.OffsetLimit = Exact.Read(body, "offset_limit", contract.PriceDecimals);
        if (command.PriceLimit != 0 && command.OffsetLimit != 0) body.Refuse(ApiErrors.InvalidParam("offset_limit", body.Identifier("offset_limit")!, "there is a price_limit already"));
        ReadGap(body, contract, ref command);
        command.ReduceOnly = body.Flag("reduce_only") == true ? (byte)1 : (byte)0;
        command.MarginMode = ReadModes(request, scope, body);
        var text = ReadText(body);
        if (body.Error is { } error) return error;
        var outcome = await door.SubmitAsync(request.User, command, FuturesOrderDraft.TailOf(text, null), new CommandOptions(0, request.Idempotency()));
        if (!outcome.Result.Accepted) return AutoRefusal(outcome.Result.Refusal, contract, command.Amount);
        request.Json.WriteStartObject();
        request.Json.WriteIntegerText("id"u8, outcome.Result.ObjectId);
        request.Json.WriteEndObject();
        return ApiResult.Done;
    }

    // 1 at the best price, 2 behind it by a price (1) or a number of percent (2).
    private static void ReadGap(Parameters body, ContractView contract, ref CreateChaseOrder command)
    {
        if ((body.Integer("price_type", 0, 2) ?? 1) != 2) return;
        var type = body.RequiredInteger("price_gap_type", 1, 2);
        if (string.IsNullOrEmpty(body.Identifier("price_gap_value"))) body.Refuse(ApiErrors.MissingParam("price_gap_value"));
        if (body.Error is not null) return;
        if (type == 1) command.Gap = Exact.Read(body, "price_gap_value", contract.PriceDecimals, required: true);
        else (command.Gap, command.IsPercent) = (AutoWords.ReadPercent(body, "price_gap_value", contract), 1);
    }

    private async ValueTask<ApiResult> StopChaseAsync(ApiRequest request, FuturesScope scope)
    {
        var body = request.BodyParameters();
        var id = ReadIdOrText(body, text => futures.OpenChasesOf(request.User.Value).FirstOrDefault(row => row.Wallet == scope.Wallet && row.Text == text)?.Id);
        if (body.Error is { } error) return error;
        var (row, unknown) = await ChaseAsync(request, scope, id);
        if (row is null) return unknown!;
        if (!row.IsOpen) return FuturesRefusals.Ended(id);
        var outcome = await door.SubmitAsync(request.User, new StopChaseOrder { OrderId = row.Id }, default, new CommandOptions(0, request.Idempotency()));
        if (!outcome.Result.Accepted) return outcome.Result.Refusal == (ushort)FuturesRefusal.TriggerNotFound ? FuturesRefusals.Ended(id) : FuturesRefusals.Of(outcome.Result.Refusal);
        return await AnswerChaseAsync(request, scope, row.Id.ToString(null, null));
    }

    private async ValueTask<ApiResult> StopChasesAsync(ApiRequest request, FuturesScope scope)
    {
        var body = request.BodyParameters();
        var contract = scope.Read(body, required: false);
        var margin = FuturesOrderDraft.MarginModeOf(body.Word("pos_margin_mode", FuturesWords.MarginModes));
        if (body.Error is { } error) return error;
        var outcome = await door.SubmitAsync(request.User, new StopAllChaseOrders { Instrument = contract?.Id ?? 0, Wallet = scope.Wallet, MarginMode = margin }, default,
            new CommandOptions(0, request.Idempotency(), WantEvents: true));
        if (!outcome.Result.Accepted) return FuturesRefusals.Of(outcome.Result.Refusal);
        var rows = new List<ChaseRow>();
        foreach (var id in ChasesEndedIn(outcome.Events, request.User.Value))
        {
            var (row, unread) = await ChaseAsync(request, scope, id.ToString(null, null));
            if (row is null) return unread!;
            rows.Add(row);
        }
        WriteChases(request, rows);
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> ListChasesAsync(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var filter = AutoFilter.Read(query, scope, sortRequired: true);
        if (query.Error is { } error) return error;
        if (!filter.IsFinished)
        {
            WriteChases(request, filter.Page.Of([.. futures.OpenChasesOf(request.User.Value)
                .Where(row => filter.Has(row.Wallet, row.Instrument, row.CreatedNanos, row.ReduceOnly, row.Amount))]));
            return ApiResult.Done;
        }
        if (!await history.CaughtUpAsync(request.User.Value, request.Aborted)) return ApiErrors.HistoryBehind;
        WriteChases(request, records.Chases(filter.Query(request.User.Value)));
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> GetChaseAsync(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var id = query.RequiredText("id", 32);
        return query.Error is { } error ? error : await AnswerChaseAsync(request, scope, id);
    }

    private async ValueTask<ApiResult> AnswerChaseAsync(ApiRequest request, FuturesScope scope, string id)
    {
        var (row, unread) = await ChaseAsync(request, scope, id);
        if (row is null) return unread!;
        request.Json.WriteStartObject();
        request.Json.WritePropertyName("order"u8);
        WriteChase(request, row);
        request.Json.WriteEndObject();
        return ApiResult.Done;
    }

    private void WriteChases(ApiRequest request, IEnumerable<ChaseRow> rows)
    {
        request.Json.WriteStartObject();
        request.Json.WriteStartArray("orders"u8);
        foreach (var row in rows) WriteChase(request, row);
        request.Json.WriteEndArray();
        request.Json.WriteEndObject();
    }

    private void WriteChase(ApiRequest request, ChaseRow row)
    {
        var contract = futures.Of(row.Instrument);
        var child = futures.TryGetOrder(row.Child, out var open) ? open : records.ContractOrder(row.Child);
        AutoJson.Write(request.Json, row, child, contract, AutoSettings.Of(futures, contract, row.User, row.Side, row.ReduceOnly));
    }

    private async ValueTask<(ChaseRow? Row, ApiError? Error)> ChaseAsync(ApiRequest request, FuturesScope scope, string text)
    {
        if (!JsonDecimals.TryRead(text, 0, out var number) || number <= 0 || number > OrderValue.Largest) return (null, FuturesRefusals.UnknownOrder(text));
        var id = (long)number;
        if (!futures.TryGetChase(id, out var row))
        {
            if (!await history.CaughtUpAsync(request.User.Value, request.Aborted)) return (null, ApiErrors.HistoryBehind);
            row = records.Chase(id);
        }
        return row is not null && row.User == request.User.Value && row.Wallet == scope.Wallet ? (row, null) : (null, FuturesRefusals.UnknownOrder(text));
    }

    private static List<long> ChasesEndedIn(byte[]? events, int user)
    {
        var ids = new List<long>();
        var reader = new EventReader(events);
        while (reader.Next())
        {
            if (reader.Kind == ChaseFinished.Kind && reader.As<ChaseFinished>() is var finished && finished.User == user) ids.Add(finished.OrderId);
        }
        return ids;
    }
}
