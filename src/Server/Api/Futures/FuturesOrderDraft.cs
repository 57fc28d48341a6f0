using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

/// <summary>An order as the wire writes it, read into a command: form and exactness are checked here (M-010, M-014, M-015), everything else by the core.</summary>
internal sealed class FuturesOrderDraft
{
    private const int TagLengthMax = 64;
    private const int TailLengthMax = 4 + 30 + TagLengthMax;

    private PlaceContractOrder command;

    private FuturesOrderDraft(ContractView contract) => Contract = contract;

    public ContractView Contract { get; }

    public ref readonly PlaceContractOrder Command => ref command;

    public byte[] Tail { get; private set; } = [];

    public ActionMode Mode { get; private set; }

    /// <summary>Reads an order. On refusal the result is null and the error says what to change.</summary>
    /// <param name="priced">Where the price comes from instead of the order; 0 when there is none.</param>
    public static FuturesOrderDraft? Read(FuturesCall call, Parameters order, out ApiError? error, Func<ContractView, long>? priced = null)
    {
        var text = order.Text("text");
        var contract = call.Scope.Read(order, required: true);
        var mode = (ActionMode)int.Max(order.Word("action_mode", SpotWords.ActionModes), 0);
        if (contract is null)
        {
            error = order.Error;
            return null;
        }
        var draft = new FuturesOrderDraft(contract) { Mode = mode };
        draft.Fill(order, priced);
        if (!string.IsNullOrEmpty(text) && !SpotWords.IsOrderText(text)) order.Refuse(FuturesRefusals.Of((ushort)FuturesRefusal.InvalidText));
        error = order.Error;
        if (error is not null) return null;
        draft.Tail = TailOf(string.IsNullOrEmpty(text) ? call.Caller.DefaultText : text, call.Caller.ChannelTag);
        return draft;
    }

    private void Fill(Parameters order, Func<ContractView, long>? priced)
    {
        var (price, size) = (Contract.PriceDecimals, Contract.SizeDecimals);
        command.Instrument = Contract.Id;
        command.Size = SignedSize.Read(order, "size", size, required: true);
        command.Price = priced is null ? Exact.Read(order, "price", price, required: true) : priced(Contract);
        if (priced is not null && command.Price == 0) order.Refuse(new ApiError("ORDER_BOOK_NOT_FOUND", "The order book has no such level"));
        command.Iceberg = Exact.Read(order, "iceberg", size);
        command.SlippageRate = Exact.Read(order, "market_order_slip_ratio", Rate.Decimals);
        var tif = order.Word("tif", SpotWords.TimesInForce);
        command.TimeInForce = tif >= 0 ? (TimeInForce)tif : TimeInForce.GoodTillCancelled;
        command.StpAction = (SelfTradeAction)int.Max(order.Word("stp_act", SpotWords.SelfTradeActions), 0);
        if (order.Flag("reduce_only") == true) command.Flags |= ContractOrderFlags.ReduceOnly;
        if (order.Flag("close") == true) command.Flags |= ContractOrderFlags.ClosePosition;
        command.AutoSize = (AutoSize)int.Max(order.Word("auto_size", FuturesWords.AutoSizes), 0);
        command.MarginMode = MarginModeOf(order.Word("pos_margin_mode", FuturesWords.MarginModes));
        command.TakeProfitTrigger = Exact.Read(order, "tpsl_tp_trigger_price", price);
        command.StopLossTrigger = Exact.Read(order, "tpsl_sl_trigger_price", price);
        foreach (var name in new[] { "tpsl_tp_bbo_type", "tpsl_sl_bbo_type" })
        {
            if (order.Text(name) is { Length: > 0 } word) order.Refuse(ApiErrors.InvalidParam(name, word, "attached orders fire as market orders"));
        }
        // M-054: an order's own bound is never wider than the contract's.
        if (command.Price == 0 && command.SlippageRate > Contract.Terms.MarketOrderSlip.Raw)
        {
            order.Refuse(ApiErrors.InvalidParam("market_order_slip_ratio", DecimalText.Format(command.SlippageRate, Rate.Decimals),
                $"at most {DecimalText.Format(Contract.Terms.MarketOrderSlip.Raw, Rate.Decimals)}"));
        }
    }

    /// <summary>0 = as the position; as of <see cref="PlaceContractOrder.MarginMode"/>.</summary>
    public static byte MarginModeOf(int word) => word switch { 0 => 2, 1 => 1, _ => 0 };

    public static byte[] TailOf(string text, string? tag)
    {
        var writer = new TailWriter(stackalloc byte[TailLengthMax]);
        writer.Text(text);
        Span<byte> kept = stackalloc byte[TagLengthMax];
        System.Text.Encoding.UTF8.TryGetBytes(tag, kept, out var length);           // a tag that does not fit is no tag
        writer.Bytes(kept[..length]);
        return writer.Written.ToArray();
    }
}

/// <summary>Decimals of the wire as raw units, exact or refused (M-002).</summary>
internal static class Exact
{
    /// <summary>At or above 0; 0 when not given.</summary>
    public static long Read(Parameters parameters, string name, int decimals, bool required = false)
    {
        var field = required ? parameters.RequiredDecimal(name) : parameters.Decimal(name);
        if (!field.IsGiven) return 0;
        if (ExactText.Read(field, decimals, out var value, orZero: true) is { } wrong) parameters.Refuse(AsFutures(wrong));
        return value;
    }

    // Spot has a label of its own for too many decimals.
    internal static ApiError AsFutures(ApiError error) => error.Label == "INVALID_PRECISION" ? new ApiError("INVALID_PARAM_VALUE", error.Message) : error;
}

/// <summary>Sizes with a sign: above 0 bought, below sold (M-080).</summary>
internal static class SignedSize
{
    public static long Read(Parameters parameters, string name, int decimals, bool required = false)
    {
        var field = required ? parameters.RequiredDecimal(name) : parameters.Decimal(name);
        if (!field.IsGiven) return 0;
        switch (DecimalText.TryParse(field.Text.Span, decimals, out long value))
        {
            case DecimalParse.TooManyDecimals:
                parameters.Refuse(ApiErrors.InvalidParam(name, field.ToString(), decimals == 0 ? "whole contracts only" : $"at most {decimals} decimals"));
                return 0;
            case DecimalParse.Overflow:
                parameters.Refuse(ApiErrors.InvalidParam(name, field.ToString(), "the number is too large"));
                return 0;
        }
        if (value is > OrderValue.Largest or < -OrderValue.Largest) parameters.Refuse(ApiErrors.InvalidParam(name, field.ToString(), "the number is too large"));
        return value;
    }
}
