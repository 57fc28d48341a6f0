using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Spot;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Spot;

/// <summary>An order as the wire asked for it, translated exactly into the command. What can be told without the core is refused here, in the order
/// of matching section 2; the core checks everything again that depends on its state.</summary>
internal sealed class OrderDraft
{
    private const int TailLengthMax = 128;
    private const int TagLengthMax = 64;

    private PlaceOrder command;

    private OrderDraft(PairView pair, in OrderFields fields)
    {
        Pair = pair;
        Mode = fields.Mode;
        command = new PlaceOrder
        {
            Instrument = pair.Id,
            Wallet = fields.Account == AccountKind.Margin ? WalletId.Margin(new InstrumentId(pair.Id)).Value : WalletId.Spot.Value,
            Side = fields.Side, Type = fields.Type, TimeInForce = fields.TimeInForce, StpAction = fields.StpAction,
        };
    }

    /// <param name="text">Of the order, or empty.</param>
    public OrderDraft(PairView pair, ActionMode mode, in PlaceOrder command, ReadOnlySpan<byte> text, OrderCaller caller)
    {
        Pair = pair;
        Mode = mode;
        this.command = command;
        WriteTail(text.IsEmpty ? System.Text.Encoding.UTF8.GetBytes(caller.DefaultText) : text, caller);
    }

    public PairView Pair { get; }

    public ref readonly PlaceOrder Command => ref command;

    public byte[] Tail { get; private set; } = [];

    public ActionMode Mode { get; }

    /// <summary>Reads an order. On refusal the result is null and the error says what to change.</summary>
    public static OrderDraft? Read(OrderCaller caller, Parameters order, VenueViews views, bool checkRate, out ApiError? error)
    {
        var fields = new OrderFields(order);
        error = order.Error;
        if (error is not null) return null;
        if (!views.TryGetPair(fields.Pair, out var pair))
        {
            error = ApiErrors.UnknownPair(fields.Pair);
            return null;
        }
        if (checkRate) error = caller.CheckRate(pair.Symbol);
        if (error is not null) return null;

        var draft = new OrderDraft(pair, fields);
        error = fields.Combination() ?? draft.Fill(fields) ?? draft.CheckText(fields.Text);
        if (error is not null)
        {
            // M-012 comes before what is refused here: a closed market is told first.
            if (IsClosed(pair, draft.command)) error = SpotRefusals.Of(SpotRefusal.SideNotTradable, RefusedCommand.Of(pair, draft.command));
            return null;
        }
        draft.WriteTail(System.Text.Encoding.UTF8.GetBytes(string.IsNullOrEmpty(fields.Text) ? caller.DefaultText : fields.Text), caller);
        return draft;
    }

    // M-014: every number exactly in the pair's units.
    private ApiError? Fill(in OrderFields fields)
    {
        var terms = Pair.Terms;
        if (fields.Type == OrderType.Market && fields.Side == Side.Buy)
        {
            if (ExactText.ReadBudget(fields.Amount, Pair, out command.Budget) is { } wrongBudget) return wrongBudget;
        }
        else if (ExactText.Read(fields.Amount, terms.SizeDecimals, out command.Size) is { } wrongSize)
        {
            return wrongSize;
        }
        if (fields.Type == OrderType.Limit)
        {
            if (ExactText.Read(fields.Price, terms.PriceDecimals, out command.Price) is { } wrongPrice) return wrongPrice;
            if (!OrderValue.TryOf(Pair, command.Price, command.Size, out _)) return SpotRefusals.Of(SpotRefusal.ValueTooMuch, RefusedCommand.Of(Pair, command));
        }
        if (fields.Iceberg.IsGiven && ExactText.Read(fields.Iceberg, terms.SizeDecimals, out command.Iceberg, orZero: true) is { } wrongIceberg) return wrongIceberg;
        if (fields.Slippage.IsGiven && ExactText.Read(fields.Slippage, Rate.Decimals, out command.SlippageRate, orZero: true) is { } wrongSlippage) return wrongSlippage;
        return ReadStop(fields.StopProfit, out command.TakeProfitTrigger, out command.TakeProfitPrice)
            ?? ReadStop(fields.StopLoss, out command.StopLossTrigger, out command.StopLossPrice);
    }

    private ApiError? ReadStop(Parameters? stop, out long trigger, out long price)
    {
        trigger = price = 0;
        if (stop is null) return null;
        var at = stop.RequiredDecimal("trigger_price");
        var limit = stop.Decimal("order_price");
        if (stop.Error is { } malformed) return malformed;
        var decimals = Pair.Terms.PriceDecimals;
        return ExactText.Read(at, decimals, out trigger) ?? (limit.IsGiven ? ExactText.Read(limit, decimals, out price, orZero: true) : null);
    }

    // M-015, M-007.
    private ApiError? CheckText(string? text) => string.IsNullOrEmpty(text) || SpotWords.IsOrderText(text) ? null : SpotRefusals.Of(SpotRefusal.InvalidText);

    private static bool IsClosed(PairView pair, in PlaceOrder order) => pair.Status switch
    {
        MarketStatus.Tradable => false,
        MarketStatus.Buyable => order.Side == Side.Sell,
        MarketStatus.Sellable => order.Side == Side.Buy,
        MarketStatus.CircuitBreaker => order.TimeInForce != TimeInForce.PostOnly,
        _ => true,
    };

    private void WriteTail(ReadOnlySpan<byte> text, OrderCaller caller)
    {
        Span<byte> bytes = stackalloc byte[TailLengthMax];
        var writer = new TailWriter(bytes);
        writer.Bytes(text);
        Span<byte> tag = stackalloc byte[TagLengthMax];
        System.Text.Encoding.UTF8.TryGetBytes(caller.ChannelTag, tag, out var length);      // a tag that does not fit is no tag
        writer.Bytes(tag[..length]);
        Tail = writer.Written.ToArray();
    }
}

/// <summary>The properties of an order, read and of a known form; nothing is known of the pair yet (M-010).</summary>
internal readonly struct OrderFields
{
    public OrderFields(Parameters order)
    {
        Text = order.Text("text");
        Pair = order.RequiredText("currency_pair", 64);
        Type = (OrderType)int.Max(order.Word("type", SpotWords.Types), 0);
        var account = order.Word("account", SpotWords.Accounts);
        Account = (AccountKind)int.Max(account, 0);
        var side = order.Word("side", SpotWords.Sides);
        if (side < 0) order.Refuse(ApiErrors.MissingParam("side"));
        Side = (Side)int.Max(side, 0);
        Amount = order.RequiredDecimal("amount");
        Price = Type == OrderType.Limit ? order.RequiredDecimal("price") : default;
        var word = order.Word("time_in_force", SpotWords.TimesInForce);
        TimeInForce = word >= 0 ? (TimeInForce)word : Type == OrderType.Market ? TimeInForce.ImmediateOrCancel : TimeInForce.GoodTillCancelled;
        Iceberg = order.Decimal("iceberg");
        StpAction = (SelfTradeAction)int.Max(order.Word("stp_act", SpotWords.SelfTradeActions), 0);
        Borrows = order.Flag("auto_borrow") == true;
        Borrows |= order.Flag("auto_repay") == true;
        Slippage = order.Decimal("slippage");
        StopProfit = order.Object("stop_profit");
        StopLoss = order.Object("stop_loss");
        Mode = (ActionMode)int.Max(order.Word("action_mode", SpotWords.ActionModes), 0);
    }

    public string? Text { get; }
    public string Pair { get; }
    public OrderType Type { get; }
    public AccountKind Account { get; }
    public Side Side { get; }
    public DecimalField Amount { get; }
    public DecimalField Price { get; }
    public TimeInForce TimeInForce { get; }
    public DecimalField Iceberg { get; }
    public SelfTradeAction StpAction { get; }
    public bool Borrows { get; }
    public DecimalField Slippage { get; }
    public Parameters? StopProfit { get; }
    public Parameters? StopLoss { get; }
    public ActionMode Mode { get; }

    /// <summary>The truth table of matching section 4, as far as it can be told without the pair (M-013).</summary>
    public ApiError? Combination()
    {
        if (Account == AccountKind.Unified) return NoUnifiedAccount();
        if (Borrows) return SpotRefusals.Of(Account == AccountKind.Margin ? SpotRefusal.MarginBorrowingNotAvailable : SpotRefusal.BorrowingNotAvailable);
        var rests = TimeInForce is TimeInForce.GoodTillCancelled or TimeInForce.PostOnly;
        var iceberg = Iceberg.IsGiven && Iceberg.Text.Span.ContainsAnyInRange((byte)'1', (byte)'9');
        if (Type == OrderType.Limit)
        {
            if (Slippage.IsGiven) return ApiErrors.InvalidParam("slippage", Slippage.ToString(), "it bounds market orders; a limit order has its price");
            return iceberg && !rests ? SpotRefusals.Of(SpotRefusal.InvalidCombination) : null;
        }
        return rests || iceberg || StopProfit is not null || StopLoss is not null ? SpotRefusals.Of(SpotRefusal.InvalidCombination) : null;
    }

    public static ApiError NoUnifiedAccount() => ApiErrors.InvalidParam("account", "unified", "the user has no unified account");
}

/// <summary>Decimals of the wire as raw units of a pair: exact or refused (M-002).</summary>
internal static class ExactText
{
    /// <summary>Reads a price, a size or a rate: more than 0, or also 0 when asked for.</summary>
    public static ApiError? Read(DecimalField field, int decimals, out long value, bool orZero = false)
    {
        switch (DecimalText.TryParse(field.Text.Span, decimals, out value))
        {
            case DecimalParse.TooManyDecimals: return TooManyDecimals(field, decimals);
            case DecimalParse.Overflow: return TooLarge(field);
        }
        if (value > OrderValue.Largest) return TooLarge(field);
        return value > 0 || (orZero && value == 0) ? null : ApiErrors.InvalidParam(field.Name, field.ToString(), orZero ? "it must not be negative" : "it must be more than 0");
    }

    /// <summary>What a market buy spends, in the quote asset and its scale (M-041).</summary>
    public static ApiError? ReadBudget(DecimalField field, PairView pair, out Money budget)
    {
        budget = Money.Zero;
        var unit = Fixed.PowerOfTen(Money.Decimals - pair.Quote.Scale);
        switch (DecimalText.TryParse(field.Text.Span, pair.Quote.Scale, out Int128 units))
        {
            case DecimalParse.TooManyDecimals: return TooManyDecimals(field, pair.Quote.Scale);
            case DecimalParse.Overflow: return TooLarge(field);
        }
        if (units <= 0) return ApiErrors.InvalidParam(field.Name, field.ToString(), "it must be more than 0");
        if (units > OrderValue.LargestMoney / unit) return TooLarge(field);
        budget = new Money(units * unit);
        return null;
    }

    private static ApiError TooManyDecimals(DecimalField field, int decimals) =>
        new("INVALID_PRECISION", $"Invalid request parameter `{field.Name}` value: {ApiErrors.Shorten(field.ToString())} (at most {decimals} decimals)");

    private static ApiError TooLarge(DecimalField field) => ApiErrors.InvalidParam(field.Name, field.ToString(), "the number is too large");
}
