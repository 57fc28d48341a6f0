using Sluice.Core.Kernel;
using Sluice.Products.Futures.Commands;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.History.Futures;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

/// <summary>Which trailing or chase orders a list is about.</summary>
internal readonly record struct AutoFilter(int Wallet, int? Instrument, bool IsFinished, long FromNanos, long ToNanos, PageRange Page, bool ByEnd, bool HideCancelled, bool? ReduceOnly,
    int Side)
{
    private const int PageSize = 20;
    private const int PageSizeMost = 100;
    private const long MostSeconds = long.MaxValue / Nanos.PerSecond - 1;

    public static AutoFilter Read(Parameters query, FuturesScope scope, bool sortRequired)
    {
        var contract = scope.Read(query, required: false);
        var from = query.Integer("start_at", 0, MostSeconds) ?? 0;
        var to = query.Integer("end_at", 0, MostSeconds) is > 0 and var end ? end : MostSeconds;
        if (from > to) query.Refuse(ApiErrors.InvalidParam("start_at", from.ToString(null, null), "it is later than `end_at`"));
        var sort = sortRequired ? query.RequiredInteger("sort_by", 1, 2) : query.Integer("sort_by", 1, 2) ?? 1;
        var reduces = query.Integer("reduce_only", 0, 2) ?? 0;
        var side = query.Integer("side", 0, 2) ?? 0;
        return new AutoFilter(scope.Wallet, contract?.Id, query.Flag("is_finished") == true, from * Nanos.PerSecond, (to + 1) * Nanos.PerSecond, PageOf(query), sort == 2,
            query.Flag("hide_cancel") == true, reduces == 0 ? null : reduces == 1, side == 2 ? -1 : (int)side);
    }

    /// <summary>page_num from 1, and page_size.</summary>
    public static PageRange PageOf(Parameters query)
    {
        var size = (int)(query.Integer("page_size", 1, PageSizeMost) ?? PageSize);
        return new PageRange(((query.Integer("page_num", 1, int.MaxValue) ?? 1) - 1) * size, size);
    }

    public AutoQuery Query(int user) => new(user, Wallet, new Window(FromNanos, ToNanos, Page.Skip, Page.Limit), Instrument, ByEnd, HideCancelled, ReduceOnly, Side);

    /// <summary>Whether an open order is one of them.</summary>
    public bool Has(int wallet, int instrument, long createdNanos, bool reduces, long amount) =>
        wallet == Wallet && (Instrument is null || instrument == Instrument) && createdNanos >= FromNanos && createdNanos < ToNanos
        && (ReduceOnly is null || reduces == ReduceOnly) && (Side == 0 || amount > 0 == Side > 0);
}

// What trailing and chase orders have in common.
public abstract partial class FuturesEndpoints
{
    private static long AmountOf(Parameters body, ContractView contract)
    {
        var amount = SignedSize.Read(body, "amount", contract.SizeDecimals, required: true);
        if (amount == 0) body.Refuse(ApiErrors.InvalidParam("amount", "0", "above 0 buys, below 0 sells"));
        return amount;
    }

    private static string ReadText(Parameters body)
    {
        var text = body.Text("text");
        if (!string.IsNullOrEmpty(text) && text != "apiv4" && !SpotWords.IsOrderText(text)) body.Refuse(FuturesRefusals.Of((ushort)FuturesRefusal.InvalidText));
        return string.IsNullOrEmpty(text) ? "apiv4" : text;
    }

    // The margin mode is checked when an order is placed; a position mode that is not the user's is no misunderstanding to wait for.
    private byte ReadModes(ApiRequest request, FuturesScope scope, Parameters body)
    {
        var mode = body.Word("position_mode", FuturesWords.PositionModes);
        if (mode >= 0 && mode != (int)futures.ModeOf(request.User.Value, scope.Wallet)) body.Refuse(FuturesRefusals.Of((ushort)FuturesRefusal.LegMismatch));
        return FuturesOrderDraft.MarginModeOf(body.Word("pos_margin_mode", FuturesWords.MarginModes));
    }

    /// <summary>The id a body names, or that of the newest open order with the text it names.</summary>
    private static string ReadIdOrText(Parameters body, Func<string, long?> find)
    {
        var (id, text) = (body.Identifier("id"), body.Text("text"));
        if (!string.IsNullOrEmpty(id) && id != "0") return id;
        if (string.IsNullOrEmpty(text))
        {
            body.Refuse(ApiErrors.MissingParam("id"));
            return "";
        }
        if (find(text) is { } found) return found.ToString(null, null);
        body.Refuse(FuturesRefusals.UnknownOrder(text));
        return "";
    }

    private static ApiError AutoRefusal(ushort refusal, ContractView contract, long amount, string? order = null) => (FuturesRefusal)refusal == FuturesRefusal.InvalidCombination
        ? new ApiError("INVALID_PARAM_VALUE", "This combination is not allowed: the amount is not 0, an offset or gap is above 0 and below 100%, and there is one limit at most")
        : FuturesRefusals.Of(refusal, new RefusedOnContract { Contract = contract, Size = amount, Order = order });

    private void WriteEnvelope(ApiRequest request, Action data)
    {
        request.Json.WriteStartObject();
        request.Json.WriteNumber("code"u8, 0);
        request.Json.WriteString("message"u8, "success"u8);
        data();
        request.Json.WriteNumber("timestamp"u8, door.NowNanos / Nanos.PerMillisecond);
        request.Json.WriteEndObject();
    }
}
