using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Spot;

/// <summary>What a request about existing orders names beside the order: the pair and the account, each possibly any.</summary>
internal readonly record struct Target(string PairText, PairView? Pair, AccountKind? Account, ActionMode Mode)
{
    public bool IsUnified => Account == AccountKind.Unified;

    /// <summary>Whether an order is in the pair and the account that are named.</summary>
    public bool Holds(OrderRow row) => (Pair is null || row.Instrument == Pair.Id) && Account switch
    {
        AccountKind.Spot => row.Wallet == WalletId.Spot.Value,
        AccountKind.Margin => new WalletId(row.Wallet).IsMargin,
        AccountKind.Unified => false,
        _ => true,
    };

    /// <summary>The wallet to look in, 0 = any.</summary>
    public int Wallet => WalletIn(Pair);

    public int WalletIn(PairView? pair) => Account switch
    {
        AccountKind.Spot => WalletId.Spot.Value,
        AccountKind.Margin when pair is not null => WalletId.Margin(new InstrumentId(pair.Id)).Value,
        _ => 0,
    };
}

public sealed partial class OrderEntry
{
    private ApiError? ReadTarget(Parameters parameters, bool pairRequired, out Target target)
    {
        var text = pairRequired ? parameters.RequiredText("currency_pair", 64) : parameters.Text("currency_pair", 64) ?? "";
        var account = parameters.Word("account", SpotWords.Accounts);
        var mode = (ActionMode)int.Max(parameters.Word("action_mode", SpotWords.ActionModes), 0);
        target = new Target(text, null, account < 0 ? null : (AccountKind)account, mode);
        if (parameters.Error is { } error) return error;
        if (text.Length == 0) return null;
        if (!views.TryGetPair(text, out var pair)) return ApiErrors.UnknownPair(text);
        target = target with { Pair = pair };
        return null;
    }

    private static ApiError? CheckCount(int count, int most) =>
        count is > 0 && count <= most ? null : ApiErrors.InvalidBody($"The request has {count} entries; 1 to {most} are allowed");

    // M-047: what makes the whole batch wrong.
    private static ApiError? CheckBatch(IReadOnlyList<JsonElement> orders)
    {
        if (CheckCount(orders.Count, BatchPairsMax * BatchOrdersPerPairMax) is { } wrongCount)
            return orders.Count == 0 ? wrongCount : new ApiError("TOO_MANY_ORDERS", $"At most {BatchOrdersPerPairMax} orders of a pair and {BatchPairsMax} pairs are allowed in a batch");
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        string? account = null;
        foreach (var element in orders)
        {
            if (element.ValueKind != JsonValueKind.Object) return ApiErrors.InvalidBody("Each entry must be an object: an order");
            var item = new Parameters(null, element);
            var pair = item.RequiredText("currency_pair", 64);
            item.RequiredText("text");
            var own = item.Text("account") is { Length: > 0 } named ? named : "spot";
            if (item.Error is { } error) return error;
            counts[pair] = counts.GetValueOrDefault(pair) + 1;
            if (counts.Count > BatchPairsMax) return new ApiError("TOO_MANY_CURRENCY_PAIRS", $"At most {BatchPairsMax} currency pairs are allowed in a batch");
            if (counts[pair] > BatchOrdersPerPairMax) return new ApiError("TOO_MANY_ORDERS", $"At most {BatchOrdersPerPairMax} orders of a pair are allowed in a batch");
            account ??= own;
            if (account != own) return new ApiError("MIXED_ACCOUNT_TYPE", "All orders of a batch must use the same account");
        }
        return null;
    }

    private ApiError? CheckRates(OrderCaller caller, IReadOnlyList<JsonElement> items)
    {
        var markets = items.Select(item => item.GetProperty("currency_pair").GetString() ?? "").GroupBy(pair => pair, StringComparer.Ordinal);
        foreach (var market in markets)
        {
            if (views.TryGetPair(market.Key, out var pair) && caller.CheckRate(pair.Symbol, market.Count()) is { } tooMany) return tooMany;
        }
        return null;
    }

    private static void WriteFailure(Utf8JsonWriter json, ApiError error)
    {
        json.WriteBoolean("succeeded"u8, false);
        json.WriteString("label"u8, error.Label);
        json.WriteString("message"u8, error.Message);
    }

    private void WriteBatchItem(Utf8JsonWriter json, OrderRow row, PairView pair, ActionMode mode) =>
        OrderJson.WriteBatch(json, views, row, pair, mode, Attached.Of(row.Id, views.OpenTriggersOf(row.User)));

    private static void WriteFailed(Utf8JsonWriter json, ApiError error, Parameters order)
    {
        json.WriteStartObject();
        WriteFailure(json, error);
        if (order.Text("text") is { } text) json.WriteString("text"u8, text);
        if (order.Text("currency_pair") is { } pair) json.WriteString("currency_pair"u8, pair);
        json.WriteEndObject();
    }
}
