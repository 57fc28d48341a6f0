using System.Runtime.CompilerServices;
using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Products.Futures.Commands;
using Sluice.Runtime;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.History.Futures;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

/// <summary>Translates order entry on contracts between the wire and the core, and answers from the views as they stand when the command is durable.</summary>
internal sealed partial class FuturesOrderEntry(VenueViews views, IHistory history, IFuturesHistory records, ICommandDoor door) : IFuturesOrderEntry
{
    private const int PlaceBatchMax = 10;               // M-046
    private const int CancelIdsMax = 20;                // M-048
    private const int AmendBatchMax = 10;
    private const int AmendTextMax = 31;
    private const int BookLevelMax = 20;                // M-112

    private readonly FuturesViews futures = views.Futures;
    private readonly FuturesAccounts accounts = new(views);

    /// <summary>False when the venue runs on a manual clock: x-gate-exptime is wall time then and only the gateway's own check counts.</summary>
    public bool VenueClockIsWall { get; init; } = true;

    public async ValueTask<ApiError?> PlaceAtLevelAsync(FuturesCall call, Parameters order, Utf8JsonWriter json)
    {
        // "sell" reads the bids, "buy" the asks.
        var direction = order.Word("direction", "sell", "buy");
        if (direction < 0) order.Refuse(ApiErrors.MissingParam("direction"));
        var level = (int)order.RequiredInteger("level", 1, BookLevelMax);
        if (order.Error is { } malformed) return malformed;
        return FuturesOrderDraft.Read(call, order, out var error, PriceOf) is { } draft ? await PlaceAsync(call, draft, json) : error;

        long PriceOf(ContractView contract)
        {
            var depth = contract.Book.Depth(level);
            var levels = direction == 0 ? depth.Bids : depth.Asks;
            return levels.Length < level ? 0 : levels[level - 1].Price;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ApiError?> PlaceAsync(FuturesCall call, Parameters order, Utf8JsonWriter json) =>
        FuturesOrderDraft.Read(call, order, out var error) is { } draft ? await PlaceAsync(call, draft, json) : error;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ApiError?> PlaceAsync(FuturesCall call, FuturesOrderDraft draft, Utf8JsonWriter json)
    {
        if (call.Caller.CheckRate(draft.Contract.Symbol) is { } tooMany) return tooMany;
        var outcome = await SubmitAsync(call, draft, 0);
        if (!outcome.Result.Accepted) return Refusal(call, outcome.Result.Refusal, draft);
        var (row, unread) = await RowAsync(call, outcome.Result.ObjectId);
        if (row is null) return unread;
        FuturesOrderJson.Write(json, row, draft.Contract, call.Sizes, draft.Mode);
        return null;
    }

    public async ValueTask<ApiError?> PlaceBatchAsync(FuturesCall call, IReadOnlyList<JsonElement> orders, Utf8JsonWriter json)
    {
        if (CheckCount(orders.Count, PlaceBatchMax) is { } wrongCount) return wrongCount;
        var drafts = new FuturesOrderDraft[orders.Count];
        for (var i = 0; i < drafts.Length; i++)
        {
            if (orders[i].ValueKind != JsonValueKind.Object) return ApiErrors.InvalidBody("Each entry must be an object: an order");
            if (FuturesOrderDraft.Read(call, new Parameters(null, orders[i]), out var malformed) is not { } draft) return malformed;
            drafts[i] = draft;
        }
        foreach (var market in drafts.GroupBy(draft => draft.Contract.Symbol))
        {
            if (call.Caller.CheckRate(market.Key, market.Count()) is { } tooMany) return tooMany;
        }
        var waiting = new Task<CommandOutcome>[drafts.Length];
        // M-048: market by market, and no wait in between.
        var sequence = Enumerable.Range(0, drafts.Length).GroupBy(i => drafts[i].Contract.Id).SelectMany(market => market).ToArray();
        door.Together(() =>
        {
            foreach (var i in sequence) waiting[i] = SubmitAsync(call, drafts[i], i).AsTask();
        });
        await Task.WhenAll(waiting);

        json.WriteStartArray();
        for (var i = 0; i < drafts.Length; i++)
        {
            var result = (await waiting[i]).Result;
            var (row, error) = result.Accepted ? await RowAsync(call, result.ObjectId) : (null, Refusal(call, result.Refusal, drafts[i]));
            if (row is not null) FuturesOrderJson.WriteBatch(json, row, drafts[i].Contract, call.Sizes, drafts[i].Mode);
            else WriteFailed(json, error!, drafts[i].Contract.Symbol, new Parameters(null, orders[i]).Text("text"));
        }
        json.WriteEndArray();
        return null;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ApiError?> StatusAsync(FuturesCall call, string orderId, Utf8JsonWriter json)
    {
        var (row, unknown) = await NamedAsync(call, orderId);
        if (row is null) return unknown;
        FuturesOrderJson.Write(json, row, futures.Of(row.Instrument), call.Sizes);
        return null;
    }

    public ValueTask<ApiError?> ListAsync(FuturesCall call, Parameters parameters, Utf8JsonWriter json) => ListAsync(call, parameters, json, null);

    /// <param name="count">Told how many there are in all.</param>
    public async ValueTask<ApiError?> ListAsync(FuturesCall call, Parameters parameters, Utf8JsonWriter json, Action<long>? count)
    {
        var status = parameters.Word("status", "open", "finished");
        if (status < 0) parameters.Refuse(ApiErrors.MissingParam("status"));
        var page = Pages.ByOffset(parameters);
        var lastId = parameters.Integer("last_id", 1);
        var contract = call.Scope.Read(parameters, required: false);
        if (parameters.Error is { } error) return error;

        IEnumerable<ContractOrderRow> rows;
        if (status == 0)
        {
            ContractOrderRow[] open = [.. futures.OpenOrdersOf(call.User).Where(row => row.Wallet == call.Scope.Wallet && (contract is null || row.Instrument == contract.Id)
                && (lastId is null || row.Id < lastId))];
            count?.Invoke(open.Length);
            rows = page.Of(open);
        }
        else
        {
            if (!await history.CaughtUpAsync(call.User)) return ApiErrors.HistoryBehind;
            var ended = new ContractOrderQuery(call.User, call.Scope.Wallet, new Window(0, long.MaxValue, page.Skip, page.Limit), false, contract?.Id, lastId);
            count?.Invoke(records.CountContractOrders(ended));
            rows = records.ContractOrders(ended);
        }
        json.WriteStartArray();
        foreach (var row in rows) FuturesOrderJson.Write(json, row, futures.Of(row.Instrument), call.Sizes);
        json.WriteEndArray();
        return null;
    }

    private ValueTask<CommandOutcome> SubmitAsync(FuturesCall call, FuturesOrderDraft draft, int part) =>
        door.SubmitAsync(call.Caller.Key.User, draft.Command, draft.Tail, OptionsOf(call, part));

    private CommandOptions OptionsOf(FuturesCall call, int part) =>
        new(VenueClockIsWall ? call.Caller.ExpiresAtMillis * Nanos.PerMillisecond : 0, call.Caller.Idempotency(part));

    private ApiError Refusal(FuturesCall call, ushort refusal, FuturesOrderDraft draft)
    {
        var about = RefusedOnContract.Of(draft.Contract, draft.Command);
        if (refusal == (ushort)FuturesRefusal.InsufficientAvailable)
        {
            var risk = accounts.Of(call.User, call.Scope.Wallet).Risk;
            about = about with { Available = Core.Values.Money.Max(risk.Available, Core.Values.Money.Zero) };
        }
        return FuturesRefusals.Of(refusal, about);
    }

    /// <summary>An order the caller names by id or text, open or over.</summary>
    private async ValueTask<(ContractOrderRow? Row, ApiError? Error)> NamedAsync(FuturesCall call, string orderId)
    {
        if (!TryResolve(call, orderId, out var id)) return (null, FuturesRefusals.UnknownOrder(orderId));
        return await RowAsync(call, id);
    }

    private bool TryResolve(FuturesCall call, string orderId, out long id)
    {
        id = 0;
        if (orderId.StartsWith("t-", StringComparison.Ordinal))
        {
            if (!futures.TryGetOrder(call.User, orderId, null, out var row) || row.Wallet != call.Scope.Wallet) return false;
            id = row.Id;
            return true;
        }
        if (!JsonDecimals.TryRead(orderId, 0, out var number) || number <= 0 || number > OrderValue.Largest) return false;
        id = (long)number;
        return true;
    }

    /// <summary>An order of the caller by id: from memory, or from the history once it has caught up. Somebody else's is told apart (M-049).</summary>
    private async ValueTask<(ContractOrderRow? Row, ApiError? Error)> RowAsync(FuturesCall call, long id)
    {
        if (!futures.TryGetOrder(id, out var row))
        {
            if (!await history.CaughtUpAsync(call.User)) return (null, ApiErrors.HistoryBehind);
            row = records.ContractOrder(id);
        }
        if (row is null || row.Wallet != call.Scope.Wallet) return (null, FuturesRefusals.UnknownOrder(id.ToString(null, null)));
        return row.User == call.User ? (row, null) : (null, FuturesRefusals.NotOwned(id.ToString(null, null)));
    }

    private static ApiError? CheckCount(int count, int most) =>
        count is > 0 && count <= most ? null : ApiErrors.InvalidBody($"The request has {count} entries; 1 to {most} are allowed");

    private static void WriteFailed(Utf8JsonWriter json, ApiError error, string? contract, string? text)
    {
        json.WriteStartObject();
        json.WriteBoolean("succeeded"u8, false);
        json.WriteString("label"u8, error.Label);
        json.WriteString("detail"u8, error.Message);
        if (contract is not null) json.WriteString("contract"u8, contract);
        if (text is not null) json.WriteString("text"u8, text);
        json.WriteEndObject();
    }
}
