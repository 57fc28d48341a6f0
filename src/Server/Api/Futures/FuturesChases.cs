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
    private AutoKind<ChaseRow> Chases => field ??= new(id => futures.TryGetChase(id, out var row) ? row : null, records.Chase, futures.OpenChasesOf, WriteChase,
        static (in reader) => reader.Kind == ChaseFinished.Kind && reader.As<ChaseFinished>() is var ended ? (ended.User, ended.OrderId) : null);

    private void MapChases(EndpointTable endpoints)
    {
        Map(endpoints, "createChaseOrder", "", In(CreateChaseAsync));
        Map(endpoints, "stopChaseOrder", "", In((request, scope) => StopAsync(request, scope, Chases, static id => new StopChaseOrder { OrderId = id })));
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

    private async ValueTask<ApiResult> StopChasesAsync(ApiRequest request, FuturesScope scope)
    {
        var body = request.BodyParameters();
        var contract = scope.Read(body, required: false);
        var margin = FuturesOrderDraft.MarginModeOf(body.Word("pos_margin_mode", FuturesWords.MarginModes));
        if (body.Error is { } error) return error;
        return await StopAllAsync(request, scope, Chases, new StopAllChaseOrders { Instrument = contract?.Id ?? 0, Wallet = scope.Wallet, MarginMode = margin });
    }

    private async ValueTask<ApiResult> ListChasesAsync(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var filter = AutoFilter.Read(query, scope, sortRequired: true);
        if (query.Error is { } error) return error;
        if (!filter.IsFinished)
        {
            return WriteAll(request, Chases, filter.Page.Of([.. futures.OpenChasesOf(request.User.Value)
                .Where(row => filter.Has(row.Wallet, row.Instrument, row.CreatedNanos, row.ReduceOnly, row.Amount))]));
        }
        if (!await history.CaughtUpAsync(request.User.Value, request.Aborted)) return ApiErrors.HistoryBehind;
        return WriteAll(request, Chases, records.Chases(filter.Query(request.User.Value)));
    }

    private async ValueTask<ApiResult> GetChaseAsync(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var id = query.RequiredText("id", 32);
        return query.Error is { } error ? error : await AnswerAsync(request, scope, Chases, id);
    }

    private void WriteChase(ApiRequest request, ChaseRow row)
    {
        var contract = futures.Of(row.Instrument);
        var child = futures.TryGetOrder(row.Child, out var open) ? open : records.ContractOrder(row.Child);
        AutoJson.Write(request.Json, row, child, contract, AutoSettings.Of(futures, contract, row.User, row.Side, row.ReduceOnly));
    }
}
