using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Spot;
using Sluice.Runtime;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Spot;

// Percentage-of-volume orders (matching section 18): parents outside the book.
public sealed partial class SpotEndpoints
{
    private const int PovTailMax = 64;
    private const int LongestTtlSeconds = 30 * (int)DaySeconds;
    private const int PovPagesMax = 100;

    private async ValueTask<ApiResult> CreatePovAsync(ApiRequest request)
    {
        var body = request.BodyParameters();
        var symbol = body.RequiredText("currency_pair", 64);
        var side = body.Word("side", SpotWords.Sides);
        if (side < 0) body.Refuse(ApiErrors.MissingParam("side"));
        var amount = body.RequiredDecimal("amount");
        var rate = body.RequiredInteger("participation_rate", 1, 100);
        var ttl = body.RequiredText("ttl", 16);
        var (limit, trigger) = (body.Decimal("limit_price"), body.Decimal("trigger_price"));
        var text = body.Text("text") ?? "";
        if (body.Error is { } error) return error;
        if (!views.TryGetPair(symbol, out var pair)) return ApiErrors.UnknownPair(symbol);
        if (!TryReadTtl(ttl, out var seconds)) return ApiErrors.InvalidParam("ttl", ttl, "a time such as 30s, 15m, 1h or 2d, at most 30 days");

        var command = new CreatePov { Instrument = pair.Id, RatePercent = (int)rate, TtlSeconds = seconds, Side = (Side)side };
        var decimals = pair.Terms.PriceDecimals;
        if (ExactText.Read(amount, pair.Terms.SizeDecimals, out command.Size) is { } wrongAmount) return wrongAmount;
        if (limit.IsGiven && ExactText.Read(limit, decimals, out command.LimitPrice, orZero: true) is { } wrongLimit) return wrongLimit;
        if (trigger.IsGiven && ExactText.Read(trigger, decimals, out command.TriggerPrice, orZero: true) is { } wrongTrigger) return wrongTrigger;
        if (!OrderValue.TryOf(pair, long.Max(command.LimitPrice, pair.LastPrice), command.Size, out _)) return SpotRefusals.Of(SpotRefusal.ValueTooMuch);
        if (text.Length > 0 && !SpotWords.IsOrderText(text)) return SpotRefusals.Of(SpotRefusal.InvalidText);

        var outcome = await door.SubmitAsync(request.User, command, PovTail(text, ttl), new CommandOptions(0, request.Idempotency()));
        if (!outcome.Result.Accepted)
        {
            return SpotRefusals.Of(outcome.Result.Refusal, new RefusedCommand { Pair = pair, Side = (Side)side, Price = command.LimitPrice, Size = command.Size });
        }
        return Answer(request, PovOf(request, outcome.Result.ObjectId));
    }

    private ValueTask<ApiResult> GetPov(ApiRequest request) => Answer(request, PovOf(request, IdOf(request.PathValue())));

    private ValueTask<ApiResult> ListPov(ApiRequest request)
    {
        var query = request.QueryParameters();
        var status = query.Word("status", "open", "finished");
        var side = query.Word("side", SpotWords.Sides);
        query.Integer("page", 1, PovPagesMax);
        var page = Pages.ByPage(query);
        var pair = PairOf(query, "currency_pair", required: false);
        if (query.Error is { } error) return error;
        var rows = views.Pov.Of(request.User.Value, open: status != 1)
            .Where(order => (pair is null || order.Instrument == pair.Id) && (side < 0 || order.Side == (Side)side)).ToArray();
        WritePovOrders(request.Json, page.Of(rows));
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> CancelPovAsync(ApiRequest request)
    {
        var id = IdOf(request.PathValue());
        if (id == 0) return SpotRefusals.UnknownOrder(request.PathValue());
        var outcome = await door.SubmitAsync(request.User, new CancelPov { OrderId = id }, default, new CommandOptions(0, request.Idempotency()));
        if (!outcome.Result.Accepted) return SpotRefusals.Of(outcome.Result.Refusal, new RefusedCommand { Order = request.PathValue() });
        return Answer(request, PovOf(request, id));
    }

    private async ValueTask<ApiResult> CancelPovsAsync(ApiRequest request)
    {
        var query = request.QueryParameters();
        var pair = PairOf(query, "currency_pair", required: false);
        if (query.Error is { } error) return error;
        var open = views.Pov.Of(request.User.Value, open: true).Where(order => pair is null || order.Instrument == pair.Id).ToArray();
        var cancelled = new List<PovRow>();
        for (var i = 0; i < open.Length; i++)
        {
            var outcome = await door.SubmitAsync(request.User, new CancelPov { OrderId = open[i].Id }, default, new CommandOptions(0, request.Idempotency(i)));
            if (outcome.Result.Accepted && PovOf(request, open[i].Id) is { } row) cancelled.Add(row);      // else it ended by itself meanwhile
        }
        WritePovOrders(request.Json, cancelled);
        return ApiResult.Done;
    }

    private ApiResult Answer(ApiRequest request, PovRow? row)
    {
        if (row is null) return SpotRefusals.UnknownOrder(request.PathValue());
        WritePov(request.Json, row);
        return ApiResult.Done;
    }

    private PovRow? PovOf(ApiRequest request, long id) => views.Pov.TryGet(id, out var row) && row.User == request.User.Value ? row : null;

    /// <summary>The id a path names; 0 when it is none.</summary>
    private static long IdOf(string text) => JsonDecimals.TryRead(text, 0, out var id) && id > 0 && id <= OrderValue.Largest ? (long)id : 0;

    private void WritePovOrders(Utf8JsonWriter json, IEnumerable<PovRow> rows)
    {
        json.WriteStartArray();
        foreach (var row in rows) WritePov(json, row);
        json.WriteEndArray();
    }

    private void WritePov(Utf8JsonWriter json, PovRow row)
    {
        var pair = views.PairOf(row.Instrument);
        var terms = pair.Terms;
        json.WriteStartObject();
        json.WriteIntegerText("id"u8, row.Id);
        json.WriteString("currency_pair"u8, pair.Symbol);
        json.WriteString("side"u8, SpotWords.Of(row.Side));
        json.WriteDecimal("amount"u8, row.Size, terms.SizeDecimals);
        json.WriteNumber("participation_rate"u8, row.RatePercent);
        json.WriteString("ttl"u8, row.Ttl);
        json.WriteDecimal("limit_price"u8, row.LimitPrice, terms.PriceDecimals);
        json.WriteDecimal("trigger_price"u8, row.TriggerPrice, terms.PriceDecimals);
        json.WriteString("status"u8, Word(row.Status));
        json.WriteString("terminated_as"u8, row.TerminatedAs);
        json.WriteNumber("start_time_ms"u8, row.StartedNanos / Nanos.PerMillisecond);
        json.WriteNumber("end_time_ms"u8, row.EndedNanos / Nanos.PerMillisecond);
        json.WriteNumber("expire_time_ms"u8, row.ExpiresNanos / Nanos.PerMillisecond);
        json.WriteNumber("create_time_ms"u8, row.CreatedNanos / Nanos.PerMillisecond);
        json.WriteNumber("update_time_ms"u8, long.Max(row.UpdatedNanos, row.CreatedNanos) / Nanos.PerMillisecond);
        json.WriteString("text"u8, row.Text);
        json.WriteEndObject();
    }

    private static string Word(PovStatus status) => status switch
    {
        PovStatus.Created => "CREATED",
        PovStatus.Running => "RUNNING",
        PovStatus.Completed => "COMPLETED",
        PovStatus.Expired => "EXPIRED",
        _ => "TERMINATED",
    };

    /// <summary>A number and its unit: seconds, minutes, hours or days.</summary>
    internal static bool TryReadTtl(string text, out int seconds)
    {
        seconds = 0;
        if (text.Length < 2) return false;
        var unit = text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => (int)DaySeconds, _ => 0 };
        if (unit == 0 || !JsonDecimals.TryRead(text[..^1], 0, out var count) || count <= 0 || count > LongestTtlSeconds / unit) return false;
        seconds = (int)count * unit;
        return true;
    }

    private static byte[] PovTail(string text, string ttl)
    {
        Span<byte> bytes = stackalloc byte[PovTailMax];
        var writer = new TailWriter(bytes);
        writer.Text(text);
        writer.Text(ttl);
        return writer.Written.ToArray();
    }
}
