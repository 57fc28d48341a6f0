using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Runtime;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

// Trailing orders (M-110).
public abstract partial class FuturesEndpoints
{
    private AutoKind<TrailRow> Trails => field ??= new(id => futures.TryGetTrail(id, out var row) ? row : null, records.Trail, futures.OpenTrailsOf, WriteTrail,
        static (in reader) => reader.Kind == TrailFinished.Kind && reader.As<TrailFinished>() is var ended ? (ended.User, ended.OrderId) : null);

    private void MapTrails(EndpointTable endpoints)
    {
        Map(endpoints, "createTrailOrder", "", In(CreateTrailAsync));
        Map(endpoints, "updateTrailOrder", "", In(UpdateTrailAsync));
        Map(endpoints, "stopTrailOrder", "", In((request, scope) => StopAsync(request, scope, Trails, static id => new StopTrailingOrder { OrderId = id })));
        Map(endpoints, "stopAllTrailOrders", "", In(StopTrailsAsync));
        Map(endpoints, "getTrailOrders", "", In(ListTrailsAsync));
        Map(endpoints, "getTrailOrderDetail", "", In(GetTrailAsync));
        Map(endpoints, "getTrailOrderChangeLog", "", In(TrailChangesAsync));
    }

    private async ValueTask<ApiResult> CreateTrailAsync(ApiRequest request, FuturesScope scope)
    {
        var body = request.BodyParameters();
        var contract = scope.Read(body, required: true);
        if (contract is null) return body.Error!;
        var command = new CreateTrailingOrder { Instrument = contract.Id };
        command.Amount = AmountOf(body, contract);
        command.ActivationPrice = Exact.Read(body, "activation_price", contract.PriceDecimals);
        command.Offset = AutoWords.ReadDistance(body, "price_offset", contract, required: true, out var isPercent);
        command.IsPercent = isPercent ? (byte)1 : (byte)0;
        command.PriceType = AutoWords.PriceTypeOf(body.Integer("price_type", 1, 3) ?? 1);
        if (body.Flag("is_gte") is { } above) command.Rule = above ? TriggerRule.AtOrAbove : TriggerRule.AtOrBelow;
        command.ReduceOnly = body.Flag("reduce_only") == true ? (byte)1 : (byte)0;
        command.PositionRelated = body.Flag("position_related") == true ? (byte)1 : (byte)0;
        if (command.PositionRelated > command.ReduceOnly) body.Refuse(ApiErrors.InvalidParam("position_related", "true", "it needs reduce_only"));
        command.MarginMode = ReadModes(request, scope, body);
        var text = ReadText(body);
        if (body.Error is { } error) return error;
        var outcome = await door.SubmitAsync(request.User, command, FuturesOrderDraft.TailOf(text, null), new CommandOptions(0, request.Idempotency()));
        if (!outcome.Result.Accepted) return AutoRefusal(outcome.Result.Refusal, contract, command.Amount);
        WriteEnvelope(request, () =>
        {
            request.Json.WriteStartObject("data"u8);
            request.Json.WriteIntegerText("id"u8, outcome.Result.ObjectId);
            request.Json.WriteEndObject();
        });
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> UpdateTrailAsync(ApiRequest request, FuturesScope scope)
    {
        var body = request.BodyParameters();
        var id = body.Identifier("id") ?? "";
        if (id.Length == 0) body.Refuse(ApiErrors.MissingParam("id"));
        if (body.Error is { } error) return error;
        var (row, unknown) = await FindAsync(request, scope, Trails, id);
        if (row is null) return unknown!;
        if (!row.IsOpen) return FuturesRefusals.Ended(id);
        var contract = futures.Of(row.Instrument);
        var command = new UpdateTrailingOrder { OrderId = row.Id, Amount = SignedSize.Read(body, "amount", contract.SizeDecimals) };
        command.Offset = AutoWords.ReadDistance(body, "price_offset", contract, required: false, out var isPercent);
        command.IsPercent = isPercent ? (byte)1 : (byte)0;
        if (body.Has("activation_price")) command.Changes |= TrailChanges.Activation;
        command.ActivationPrice = Exact.Read(body, "activation_price", contract.PriceDecimals);
        if (body.Integer("price_type", 0, 3) is > 0 and var type) (command.PriceType, command.Changes) = (AutoWords.PriceTypeOf(type), command.Changes | TrailChanges.PriceType);
        if (body.Flag("is_gte_str") is { } above) (command.Rule, command.Changes) = (above ? TriggerRule.AtOrAbove : TriggerRule.AtOrBelow, command.Changes | TrailChanges.Rule);
        if (command.Amount != 0 && command.Amount > 0 != row.Amount > 0) body.Refuse(ApiErrors.InvalidParam("amount", body.Identifier("amount")!, "its direction cannot change"));
        if (body.Error is { } wrong) return wrong;
        var outcome = await door.SubmitAsync(request.User, command, default, new CommandOptions(0, request.Idempotency()));
        if (!outcome.Result.Accepted) return AutoRefusal(outcome.Result.Refusal, contract, row.Amount, id);
        return await AnswerAsync(request, scope, Trails, id);
    }

    private async ValueTask<ApiResult> StopTrailsAsync(ApiRequest request, FuturesScope scope)
    {
        var body = request.BodyParameters();
        var contract = scope.Read(body, required: false);
        var guards = (GuardedSide)(body.Integer("related_position", 0, 2) ?? 0);
        if (body.Error is { } error) return error;
        return await StopAllAsync(request, scope, Trails, new StopAllTrailingOrders { Instrument = contract?.Id ?? 0, Wallet = scope.Wallet, Guards = guards });
    }

    private async ValueTask<ApiResult> ListTrailsAsync(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var filter = AutoFilter.Read(query, scope, sortRequired: false);
        var related = (int)(query.Integer("related_position", 0, 2) ?? 0);
        var byTrigger = query.Flag("sort_by_trigger") == true;
        if (query.Error is { } error) return error;
        if (filter.IsFinished)
        {
            if (!await history.CaughtUpAsync(request.User.Value, request.Aborted)) return ApiErrors.HistoryBehind;
            return WriteAll(request, Trails, records.Trails(filter.Query(request.User.Value) with { Related = related == 2 ? -1 : related }));
        }
        var rows = futures.OpenTrailsOf(request.User.Value).Where(row => filter.Has(row.Wallet, row.Instrument, row.CreatedNanos, row.ReduceOnly, row.Amount)
            && (related == 0 || (row.PositionRelated && row.Side == (related == 1 ? Side.Sell : Side.Buy))));
        if (byTrigger) rows = rows.OrderBy(row => row.Level != 0 ? row.Level : row.ActivationPrice).ThenByDescending(row => row.Id);
        return WriteAll(request, Trails, filter.Page.Of([.. rows]));
    }

    private async ValueTask<ApiResult> GetTrailAsync(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var id = query.RequiredText("id", 32);
        if (query.Error is { } error) return error;
        var (row, unknown) = await FindAsync(request, scope, Trails, id);
        if (row is null) return unknown!;
        WriteEnvelope(request, () =>
        {
            request.Json.WriteStartObject("data"u8);
            request.Json.WritePropertyName("order"u8);
            WriteTrail(request, row);
            request.Json.WriteEndObject();
        });
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> TrailChangesAsync(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var id = query.RequiredText("id", 32);
        var page = AutoFilter.PageOf(query);
        if (query.Error is { } error) return error;
        var (row, unknown) = await FindAsync(request, scope, Trails, id);
        if (row is null) return unknown!;
        if (!await history.CaughtUpAsync(request.User.Value, request.Aborted)) return ApiErrors.HistoryBehind;
        request.Json.WriteStartObject();
        request.Json.WriteStartArray("change_log"u8);
        foreach (var change in records.TrailChanges(row.Id, new Window(0, long.MaxValue, page.Skip, page.Limit))) AutoJson.Write(request.Json, change, futures.Of(row.Instrument));
        request.Json.WriteEndArray();
        request.Json.WriteEndObject();
        return ApiResult.Done;
    }

    private void WriteTrail(ApiRequest request, TrailRow row)
    {
        var contract = futures.Of(row.Instrument);
        AutoJson.Write(request.Json, row, contract, AutoSettings.Of(futures, contract, row.User, row.Side, row.ReduceOnly));
    }
}
