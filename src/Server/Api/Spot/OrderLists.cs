using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Spot;

// Lists of orders: open ones from memory, ended ones from the history.
public sealed partial class OrderEntry
{
    private const int OpenLimitMax = 100;

    public async ValueTask<ApiError?> ListAsync(OrderCaller caller, Parameters parameters, Utf8JsonWriter json)
    {
        var status = parameters.Word("status", "open", "finished");
        if (status < 0) parameters.Refuse(ApiErrors.MissingParam("status"));
        var isOpen = status == 0;
        var page = Pages.ByPage(parameters, 100, isOpen ? OpenLimitMax : 1000);
        var (from, to) = Pages.Span(parameters);
        var word = parameters.Word("side", SpotWords.Sides);
        Side? side = word < 0 ? null : (Side)word;
        if (ReadTarget(parameters, pairRequired: isOpen, out var target) is { } error) return error;

        var (fromNanos, toNanos) = TimeWindow.Of(from, to);
        IEnumerable<OrderRow> rows;
        if (target.IsUnified) rows = [];
        else if (isOpen)
        {
            rows = page.Of([.. views.OpenOrdersOf(caller.Key.User.Value).Where(row => target.Holds(row) && (side is null || row.Side == side)
                && row.CreatedNanos >= fromNanos && row.CreatedNanos < toNanos)]);
        }
        else
        {
            if (!await history.CaughtUpAsync(caller.Key.User.Value)) return ApiErrors.HistoryBehind;
            int? wallet = target.Wallet == 0 ? null : target.Wallet;
            rows = HistoryPages.Of(window => history.Orders(new OrderQuery(caller.Key.User.Value, window, false, target.Pair?.Id, side, wallet)),
                target.Holds, (fromNanos, toNanos), page);
        }
        WriteOrders(json, rows, views.OpenTriggersOf(caller.Key.User.Value));
        return null;
    }

    /// <summary>GET /spot/open_orders: grouped by pair; page and limit count within each pair.</summary>
    public ApiError? ListOpen(OrderCaller caller, Parameters parameters, Utf8JsonWriter json)
    {
        var page = Pages.ByPage(parameters, OpenLimitMax, OpenLimitMax);
        if (ReadTarget(parameters, pairRequired: false, out var target) is { } error) return error;
        var triggers = views.OpenTriggersOf(caller.Key.User.Value);
        var groups = views.OpenOrdersOf(caller.Key.User.Value).Where(target.Holds).GroupBy(row => row.Instrument).OrderBy(group => group.Key);
        json.WriteStartArray();
        foreach (var group in groups)
        {
            var all = group.ToArray();
            json.WriteStartObject();
            json.WriteString("currency_pair"u8, views.PairOf(group.Key).Symbol);
            json.WriteNumber("total"u8, all.Length);
            json.WritePropertyName("orders"u8);
            WriteOrders(json, page.Of(all), triggers);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        return null;
    }

    private void WriteOrders(Utf8JsonWriter json, IEnumerable<OrderRow> rows, IReadOnlyList<TriggerRow> triggers)
    {
        json.WriteStartArray();
        foreach (var row in rows) OrderJson.Write(json, views, row, views.PairOf(row.Instrument), ActionMode.Full, Attached.Of(row.Id, triggers));
        json.WriteEndArray();
    }
}
