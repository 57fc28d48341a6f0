using Sluice.Core.Kernel;
using Sluice.Products.Futures.Commands;
using Sluice.Runtime;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

// Trailing and chase orders are found, shown, listed and stopped alike (M-110, M-111).
public abstract partial class FuturesEndpoints
{
    /// <summary>The order that an event ends, and whose it was; null where it ends none of the kind.</summary>
    private delegate (int User, long Order)? EndedOrder(in EventReader reader);

    /// <summary>Where orders of one kind are, and how they are written.</summary>
    private sealed record AutoKind<TRow>(Func<long, TRow?> InViews, Func<long, TRow?> InHistory, Func<int, IReadOnlyList<TRow>> OpenOf, Action<ApiRequest, TRow> Write, EndedOrder Ended)
        where TRow : class, IAutoRow;

    private async ValueTask<ApiResult> StopAsync<TRow, TStop>(ApiRequest request, FuturesScope scope, AutoKind<TRow> kind, Func<long, TStop> stop)
        where TRow : class, IAutoRow where TStop : unmanaged, ICommand
    {
        var body = request.BodyParameters();
        var id = ReadIdOrText(body, text => kind.OpenOf(request.User.Value).FirstOrDefault(row => row.Wallet == scope.Wallet && row.Text == text)?.Id);
        if (body.Error is { } error) return error;
        var (row, unknown) = await FindAsync(request, scope, kind, id);
        if (row is null) return unknown!;
        if (!row.IsOpen) return FuturesRefusals.Ended(id);
        var outcome = await door.SubmitAsync(request.User, stop(row.Id), default, new CommandOptions(0, request.Idempotency()));
        if (!outcome.Result.Accepted) return outcome.Result.Refusal == (ushort)FuturesRefusal.TriggerNotFound ? FuturesRefusals.Ended(id) : FuturesRefusals.Of(outcome.Result.Refusal);
        return await AnswerAsync(request, scope, kind, row.Id.ToString(null, null));
    }

    /// <summary>Sends what stops many, and answers those it ended.</summary>
    private async ValueTask<ApiResult> StopAllAsync<TRow, TStop>(ApiRequest request, FuturesScope scope, AutoKind<TRow> kind, TStop command)
        where TRow : class, IAutoRow where TStop : unmanaged, ICommand
    {
        var outcome = await door.SubmitAsync(request.User, command, default, new CommandOptions(0, request.Idempotency(), WantEvents: true));
        if (!outcome.Result.Accepted) return FuturesRefusals.Of(outcome.Result.Refusal);
        var rows = new List<TRow>();
        foreach (var id in EndedIn(outcome.Events, request.User.Value, kind.Ended))
        {
            var (row, unread) = await FindAsync(request, scope, kind, id.ToString(null, null));
            if (row is null) return unread!;
            rows.Add(row);
        }
        return WriteAll(request, kind, rows);
    }

    private async ValueTask<ApiResult> AnswerAsync<TRow>(ApiRequest request, FuturesScope scope, AutoKind<TRow> kind, string id) where TRow : class, IAutoRow
    {
        var (row, unread) = await FindAsync(request, scope, kind, id);
        if (row is null) return unread!;
        request.Json.WriteStartObject();
        request.Json.WritePropertyName("order"u8);
        kind.Write(request, row);
        request.Json.WriteEndObject();
        return ApiResult.Done;
    }

    private static ApiResult WriteAll<TRow>(ApiRequest request, AutoKind<TRow> kind, IEnumerable<TRow> rows) where TRow : class, IAutoRow
    {
        request.Json.WriteStartObject();
        request.Json.WriteStartArray("orders"u8);
        foreach (var row in rows) kind.Write(request, row);
        request.Json.WriteEndArray();
        request.Json.WriteEndObject();
        return ApiResult.Done;
    }

    /// <summary>An order of the user's in this wallet, open or over, by its id.</summary>
    private async ValueTask<(TRow? Row, ApiError? Error)> FindAsync<TRow>(ApiRequest request, FuturesScope scope, AutoKind<TRow> kind, string text) where TRow : class, IAutoRow
    {
        if (!JsonDecimals.TryRead(text, 0, out var number) || number <= 0 || number > OrderValue.Largest) return (null, FuturesRefusals.UnknownOrder(text));
        var id = (long)number;
        var row = kind.InViews(id);
        if (row is null)
        {
            if (!await history.CaughtUpAsync(request.User.Value, request.Aborted)) return (null, ApiErrors.HistoryBehind);
            row = kind.InHistory(id);
        }
        return row is not null && row.User == request.User.Value && row.Wallet == scope.Wallet ? (row, null) : (null, FuturesRefusals.UnknownOrder(text));
    }

    private static List<long> EndedIn(byte[]? events, int user, EndedOrder ended)
    {
        var ids = new List<long>();
        var reader = new EventReader(events);
        while (reader.Next())
        {
            if (ended(reader) is { } order && order.User == user) ids.Add(order.Order);
        }
        return ids;
    }
}
