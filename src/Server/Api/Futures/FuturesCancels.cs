using System.Runtime.CompilerServices;
using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Spot;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

// Cancelling orders on contracts: one, some, all (M-048…M-050).
internal sealed partial class FuturesOrderEntry
{
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ApiError?> CancelAsync(FuturesCall call, string orderId, Parameters parameters, Utf8JsonWriter json)
    {
        var mode = (ActionMode)int.Max(parameters.Word("action_mode", SpotWords.ActionModes), 0);
        if (parameters.Error is { } error) return error;
        var (row, refused) = await CancelOneAsync(call, orderId, 0);
        if (row is null) return refused;
        FuturesOrderJson.Write(json, row, futures.Of(row.Instrument), call.Sizes, mode);
        return null;
    }

    public async ValueTask<ApiError?> CancelIdsAsync(FuturesCall call, IReadOnlyList<JsonElement> ids, Utf8JsonWriter json)
    {
        if (CheckCount(ids.Count, CancelIdsMax) is { } wrongCount) return wrongCount;
        var names = new string[ids.Count];
        for (var i = 0; i < names.Length; i++)
        {
            var name = ids[i].ValueKind == JsonValueKind.Number ? ids[i].GetRawText() : null;
            if (name is null && (ids[i].ValueKind != JsonValueKind.String || !Parameters.TryGetText(ids[i], out name))) return ApiErrors.InvalidBody("Each entry must be an order id");
            names[i] = name!;
        }
        var waiting = new Task<(ContractOrderRow? Row, ApiError? Error)>[names.Length];
        door.Together(() =>
        {
            for (var i = 0; i < waiting.Length; i++) waiting[i] = CancelOneAsync(call, names[i], i).AsTask();
        });
        await Task.WhenAll(waiting);

        json.WriteStartArray();
        for (var i = 0; i < waiting.Length; i++)
        {
            var (row, error) = await waiting[i];
            json.WriteStartObject();
            json.WriteString("id"u8, row?.Id.ToString(null, null) ?? names[i]);
            json.WriteNumber("user_id"u8, call.User);
            json.WriteBoolean("succeeded"u8, row is not null);
            json.WriteString("message"u8, error is null ? "" : error.Label);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        return null;
    }

    public async ValueTask<ApiError?> CancelAllAsync(FuturesCall call, Parameters parameters, bool isContractRequired, Utf8JsonWriter json)
    {
        // The dialect names sides of the book here.
        var side = parameters.Word("side", "bid", "ask");
        var exclude = parameters.Flag("exclude_reduce_only") == true;
        var mode = (ActionMode)int.Max(parameters.Word("action_mode", SpotWords.ActionModes), 0);
        var contract = call.Scope.Read(parameters, isContractRequired);
        if (parameters.Error is { } error) return error;
        var outcome = await door.SubmitAsync(call.Caller.Key.User, new CancelAllContractOrders
        {
            Instrument = contract?.Id ?? 0, Wallet = call.Scope.Wallet, Side = (SideFilter)(side + 1), ExcludeReduceOnly = exclude ? (byte)1 : (byte)0,
        }, default, OptionsOf(call, 0) with { WantEvents = true });
        if (!outcome.Result.Accepted) return FuturesRefusals.Of(outcome.Result.Refusal, new RefusedOnContract { Contract = contract });

        var cancelled = new List<ContractOrderRow>();
        foreach (var id in CancelledIn(outcome.Events, call.User))
        {
            var (row, unread) = await RowAsync(call, id);
            if (row is null) return unread;
            cancelled.Add(row);
        }
        json.WriteStartArray();
        foreach (var row in cancelled) FuturesOrderJson.Write(json, row, futures.Of(row.Instrument), call.Sizes, mode);
        json.WriteEndArray();
        return null;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(ContractOrderRow? Row, ApiError? Error)> CancelOneAsync(FuturesCall call, string orderId, int part)
    {
        if (!TryResolve(call, orderId, out var id)) return (null, FuturesRefusals.UnknownOrder(orderId));
        var outcome = await door.SubmitAsync(call.Caller.Key.User, new CancelContractOrder { OrderId = id, Wallet = call.Scope.Wallet }, default, OptionsOf(call, part));
        if (outcome.Result.Accepted) return await RowAsync(call, id);
        return (null, await EndedOrRefusedAsync(call, orderId, outcome.Result.Refusal));
    }

    // The core knows open orders only: whether the order was there and is over is told by the read models (M-049).
    private async ValueTask<ApiError> EndedOrRefusedAsync(FuturesCall call, string orderId, ushort refusal)
    {
        if (refusal != (ushort)FuturesRefusal.OrderNotFound) return FuturesRefusals.Of(refusal, new RefusedOnContract { Order = orderId });
        var (row, unknown) = await NamedAsync(call, orderId);
        return row is { IsOpen: false } ? FuturesRefusals.Ended(orderId) : unknown ?? FuturesRefusals.UnknownOrder(orderId);
    }

    private static List<long> CancelledIn(byte[]? events, int user)
    {
        var ids = new List<long>();
        var reader = new EventReader(events);
        while (reader.Next())
        {
            if (reader.Kind != ContractOrderFinished.Kind) continue;
            ref readonly var finished = ref reader.As<ContractOrderFinished>();
            if (finished.User == user && finished.Reason == FinishReason.Cancelled) ids.Add(finished.OrderId);
        }
        return ids;
    }
}
