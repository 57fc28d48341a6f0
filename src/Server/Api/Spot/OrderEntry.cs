using System.Runtime.CompilerServices;
using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Spot;
using Sluice.Runtime;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Spot;

/// <summary>Translates order entry between the wire and the core, and answers from the views as they stand when the command is durable.</summary>
public sealed partial class OrderEntry(VenueViews views, IHistory history, ICommandDoor door) : IOrderEntry
{
    private const int BatchPairsMax = 4;                // M-047
    private const int BatchOrdersPerPairMax = 10;
    private const int CancelIdsMax = 20;                // M-048
    private const int AmendBatchMax = 5;
    private const int AmendTextMax = 31;

    /// <summary>False when the venue runs on a manual clock: x-gate-exptime is wall time then and only the gateway's own check counts.</summary>
    public bool VenueClockIsWall { get; init; } = true;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ApiError?> PlaceAsync(OrderCaller caller, Parameters order, Utf8JsonWriter json)
    {
        return OrderDraft.Read(caller, order, views, checkRate: true, out var error) is { } draft ? await PlaceAsync(caller, draft, json) : error;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ApiError?> PlaceAsync(OrderCaller caller, OrderDraft draft, Utf8JsonWriter json)
    {
        var outcome = await SubmitAsync(caller, draft, 0);
        if (!outcome.Result.Accepted) return Refusal(outcome.Result, caller.Key.User, draft.Pair, draft.Command);
        var (row, unread) = await RowAsync(caller, outcome.Result.ObjectId);
        if (row is null) return unread;
        WriteOrder(json, row, draft.Pair, draft.Mode);
        return null;
    }

    public async ValueTask<ApiError?> PlaceBatchAsync(OrderCaller caller, IReadOnlyList<JsonElement> orders, Utf8JsonWriter json)
    {
        if (CheckBatch(orders) is { } malformed) return malformed;
        if (CheckRates(caller, orders) is { } tooMany) return tooMany;

        var items = new BatchItem[orders.Count];
        for (var i = 0; i < items.Length; i++)
        {
            items[i].Order = new Parameters(null, orders[i]);
            items[i].Draft = OrderDraft.Read(caller, new Parameters(null, orders[i]), views, checkRate: false, out items[i].Error);
        }
        // M-048: market by market, and no wait in between.
        var order = Enumerable.Range(0, items.Length).Where(i => items[i].Draft is not null).GroupBy(i => items[i].Draft!.Pair.Id).SelectMany(market => market).ToArray();
        door.Together(() =>
        {
            foreach (var i in order) items[i].Waiting = SubmitAsync(caller, items[i].Draft!, i).AsTask();
        });
        await Task.WhenAll(order.Select(i => items[i].Waiting!));

        json.WriteStartArray();
        foreach (var item in items)
        {
            var error = item.Error;
            if (item.Draft is { } draft)
            {
                var result = (await item.Waiting!).Result;
                if (!result.Accepted) error = Refusal(result, caller.Key.User, draft.Pair, draft.Command);
                else if (await RowAsync(caller, result.ObjectId) is { Row: { } row }) WriteBatchItem(json, row, draft.Pair, draft.Mode);
                else error = ApiErrors.HistoryBehind;
            }
            if (error is not null) WriteFailed(json, error, item.Order);
        }
        json.WriteEndArray();
        return null;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ApiError?> CancelAsync(OrderCaller caller, string orderId, Parameters parameters, Utf8JsonWriter json)
    {
        if (ReadTarget(parameters, pairRequired: true, out var target) is { } error) return error;
        var (row, refused) = await CancelOneAsync(caller, orderId, target, 0);
        if (row is null) return refused;
        WriteOrder(json, row, views.PairOf(row.Instrument), target.Mode);
        return null;
    }

    public async ValueTask<ApiError?> CancelIdsAsync(OrderCaller caller, IReadOnlyList<JsonElement> orders, Utf8JsonWriter json)
    {
        if (CheckCount(orders.Count, CancelIdsMax) is { } wrongCount) return wrongCount;
        var named = new List<(Target Target, string Id)>(orders.Count);
        foreach (var element in orders)
        {
            if (element.ValueKind != JsonValueKind.Object) return ApiErrors.InvalidBody("Each entry must be an object with currency_pair and id");
            var item = new Parameters(null, element);
            var id = item.Identifier("id") ?? "";
            if (id.Length == 0) item.Refuse(ApiErrors.MissingParam("id"));
            if (ReadTarget(item, pairRequired: true, out var target) is { } error && error.Label != "INVALID_CURRENCY_PAIR") return error;
            named.Add((target, id));
        }

        var waiting = new Task<(OrderRow? Row, ApiError? Error)>[named.Count];
        door.Together(() =>
        {
            for (var i = 0; i < waiting.Length; i++) waiting[i] = CancelOneAsync(caller, named[i].Id, named[i].Target, i).AsTask();
        });
        await Task.WhenAll(waiting);

        json.WriteStartArray();
        for (var i = 0; i < waiting.Length; i++)
        {
            var (row, error) = await waiting[i];
            json.WriteStartObject();
            json.WriteString("currency_pair"u8, named[i].Target.PairText);
            json.WriteString("id"u8, row?.Id.ToString(null, null) ?? named[i].Id);
            json.WriteString("text"u8, row?.Text ?? "");
            json.WriteBoolean("succeeded"u8, row is not null);
            json.WriteString("label"u8, error?.Label ?? "");
            json.WriteString("message"u8, error?.Message ?? "");
            json.WriteString("account"u8, row is null ? "" : SpotWords.AccountOf(row.Wallet));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        return null;
    }

    public async ValueTask<ApiError?> CancelPairAsync(OrderCaller caller, Parameters parameters, Utf8JsonWriter json)
    {
        var side = parameters.Word("side", SpotWords.Sides);
        if (ReadTarget(parameters, pairRequired: false, out var target) is { } error) return error;
        if (target.IsUnified)
        {
            json.WriteStartArray();
            json.WriteEndArray();
            return null;
        }
        // Isolated margin is one wallet a pair, so "margin" of every pair takes one command a pair.
        var pairs = target.Pair is { } one ? [one] : target.Account == AccountKind.Margin ? views.Pairs.ToArray() : new PairView?[] { null };
        var waiting = new Task<CommandOutcome>[pairs.Length];
        for (var i = 0; i < pairs.Length; i++)
        {
            waiting[i] = door.SubmitAsync(caller.Key.User, new CancelAllOrders
            {
                Instrument = pairs[i]?.Id ?? 0, Wallet = target.WalletIn(pairs[i]), Side = (SideFilter)(side + 1),
            }, default, OptionsOf(caller, i) with { WantEvents = true }).AsTask();
        }

        var cancelled = new List<OrderRow>();
        foreach (var outcome in await Task.WhenAll(waiting))
        {
            if (!outcome.Result.Accepted) return SpotRefusals.Of(outcome.Result.Refusal);
            foreach (var id in FinishedIn(outcome.Events, caller.Key.User.Value))
            {
                var (row, unread) = await RowAsync(caller, id);
                if (row is null) return unread;
                cancelled.Add(row);
            }
        }
        json.WriteStartArray();
        foreach (var row in cancelled) OrderJson.WriteCancelled(json, views, row, views.PairOf(row.Instrument), target.Mode);
        json.WriteEndArray();
        return null;
    }

    public async ValueTask<ApiError?> StatusAsync(OrderCaller caller, string orderId, Parameters parameters, Utf8JsonWriter json)
    {
        if (ReadTarget(parameters, pairRequired: true, out var target) is { } error) return error;
        var (row, unknown) = await NamedAsync(caller, orderId, target);
        if (row is null) return unknown;
        WriteOrder(json, row, views.PairOf(row.Instrument), ActionMode.Full);
        return null;
    }

    private ValueTask<CommandOutcome> SubmitAsync(OrderCaller caller, OrderDraft draft, int part) =>
        door.SubmitAsync(caller.Key.User, draft.Command, draft.Tail, OptionsOf(caller, part));

    private CommandOptions OptionsOf(OrderCaller caller, int part) =>
        new(VenueClockIsWall ? caller.ExpiresAtMillis * Nanos.PerMillisecond : 0, caller.Idempotency(part));

    private ApiError Refusal(CommandResult result, UserId user, PairView pair, in PlaceOrder order)
    {
        var paying = order.Side == Side.Buy ? pair.Quote : pair.Base;
        var about = RefusedCommand.Of(pair, order) with { Available = views.BalanceOf(user.Value, order.Wallet, paying.Id).Available };
        return SpotRefusals.Of(result.Refusal, about);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(OrderRow? Row, ApiError? Error)> CancelOneAsync(OrderCaller caller, string orderId, Target target, int part)
    {
        if (target.PairText.Length > 0 && target.Pair is null) return (null, ApiErrors.UnknownPair(target.PairText));
        if (!TryResolve(caller, orderId, target, out var id)) return (null, SpotRefusals.UnknownOrder(orderId));
        var outcome = await door.SubmitAsync(caller.Key.User, new CancelOrder { OrderId = id, Instrument = target.Pair?.Id ?? 0, Wallet = target.Wallet },
            default, OptionsOf(caller, part));
        if (outcome.Result.Accepted) return await RowAsync(caller, id);
        return (null, await EndedOrRefusedAsync(caller, orderId, target, outcome.Result.Refusal));
    }

    // The core knows open orders only: whether the order was there and is over is told by the read models (M-049).
    private async ValueTask<ApiError> EndedOrRefusedAsync(OrderCaller caller, string orderId, Target target, ushort refusal)
    {
        if (refusal != (ushort)SpotRefusal.OrderNotFound) return SpotRefusals.Of(refusal, new RefusedCommand { Pair = target.Pair, Order = orderId });
        var (row, unknown) = await NamedAsync(caller, orderId, target);
        return row is { IsOpen: false } ? SpotRefusals.Ended(row) : unknown ?? SpotRefusals.UnknownOrder(orderId);
    }

    /// <summary>An order the caller names by id or text, open or over; somebody else's reads as unknown.</summary>
    private async ValueTask<(OrderRow? Row, ApiError? Error)> NamedAsync(OrderCaller caller, string orderId, Target target)
    {
        if (!TryResolve(caller, orderId, target, out var id)) return (null, SpotRefusals.UnknownOrder(orderId));
        var (row, error) = await RowAsync(caller, id);
        if (row is null) return (null, error == ApiErrors.HistoryBehind ? error : SpotRefusals.UnknownOrder(orderId));
        return target.Holds(row) ? (row, null) : (null, SpotRefusals.UnknownOrder(orderId));
    }

    private bool TryResolve(OrderCaller caller, string orderId, Target target, out long id)
    {
        id = 0;
        if (orderId.StartsWith("t-", StringComparison.Ordinal))
        {
            if (!views.TryGetOrder(caller.Key.User.Value, orderId, target.Pair?.Id, out var row)) return false;
            id = row.Id;
            return true;
        }
        if (!JsonDecimals.TryRead(orderId, 0, out var number) || number <= 0 || number > OrderValue.Largest) return false;
        id = (long)number;
        return !target.IsUnified;
    }

    /// <summary>An order of the caller by id: from memory, or from the history once it has caught up.</summary>
    private async ValueTask<(OrderRow? Row, ApiError? Error)> RowAsync(OrderCaller caller, long id)
    {
        if (!views.TryGetOrder(id, out var row))
        {
            if (!await history.CaughtUpAsync(caller.Key.User.Value)) return (null, ApiErrors.HistoryBehind);
            row = history.Order(id);
        }
        return row is not null && row.User == caller.Key.User.Value ? (row, null) : (null, SpotRefusals.UnknownOrder(id.ToString(null, null)));
    }

    private void WriteOrder(Utf8JsonWriter json, OrderRow row, PairView pair, ActionMode mode) =>
        OrderJson.Write(json, views, row, pair, mode, Attached.Of(row.Id, views.OpenTriggersOf(row.User)));

    private static List<long> FinishedIn(byte[]? events, int user)
    {
        var ids = new List<long>();
        var reader = new EventReader(events);
        while (reader.Next())
        {
            if (reader.Kind != OrderFinished.Kind) continue;
            ref readonly var finished = ref reader.As<OrderFinished>();
            if (finished.User == user && finished.Reason == FinishReason.Cancelled) ids.Add(finished.OrderId);
        }
        return ids;
    }

    private struct BatchItem
    {
        public Parameters Order;
        public OrderDraft? Draft;
        public ApiError? Error;
        public Task<CommandOutcome>? Waiting;
    }
}
