using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Spot;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Spot;

/// <summary>What a refused command was about, so that the sentence can have its numbers. Everything may be missing.</summary>
internal readonly record struct RefusedCommand
{
    public PairView? Pair { get; init; }

    /// <summary>The id or text the caller named.</summary>
    public string? Order { get; init; }

    public Side Side { get; init; }
    public OrderType Type { get; init; }
    public long Price { get; init; }
    public long Size { get; init; }
    public Money Budget { get; init; }

    /// <summary>Free in the currency that pays, as the views show it.</summary>
    public Money? Available { get; init; }

    public static RefusedCommand Of(PairView pair, in PlaceOrder order) => new()
    {
        Pair = pair, Side = order.Side, Type = order.Type, Price = order.Price, Size = order.Size, Budget = order.Budget,
    };
}

/// <summary>Every refusal of the core as the wire tells it: label and a sentence that says what to change.</summary>
internal static class SpotRefusals
{
    public static ApiError Of(ushort refusal, in RefusedCommand about = default)
    {
        if (refusal < (ushort)SpotRefusal.PairNotFound) return OfKernel(refusal);
        var (label, sentence) = Tell((SpotRefusal)refusal, about);
        return new ApiError(label, sentence);
    }

    public static ApiError Of(SpotRefusal refusal, in RefusedCommand about = default) => Of((ushort)refusal, about);

    public static ApiError UnknownOrder(string order) => new("ORDER_NOT_FOUND", order.StartsWith("t-", StringComparison.Ordinal)
        ? $"Order with text {ApiErrors.Shorten(order)} not found"
        : $"Order with ID {ApiErrors.Shorten(order)} not found");

    /// <summary>An order of the caller that is over, where an open one is needed (M-049).</summary>
    public static ApiError Ended(OrderRow row) =>
        Of(row.Finish == FinishReason.Filled ? SpotRefusal.OrderClosed : SpotRefusal.OrderCancelled, new RefusedCommand { Order = row.Id.ToString(null, null) });

    private static ApiError OfKernel(ushort refusal) => refusal switch
    {
        KernelRefusal.Expired => new ApiError("REQUEST_EXPIRED", "The order reached the matching engine after its x-gate-exptime"),
        KernelRefusal.KeyReused => new ApiError("INVALID_PARAM_VALUE", "This Idempotency-Key was used for another request within the last hour; use a new one"),
        _ => new ApiError("SERVER_ERROR", $"The matching engine does not know this command ({refusal})"),
    };

    private static (string Label, string Sentence) Tell(SpotRefusal refusal, in RefusedCommand about) => refusal switch
    {
        SpotRefusal.PairNotFound => ("INVALID_CURRENCY_PAIR", $"Invalid currency pair {about.Pair?.Symbol}".TrimEnd()),
        SpotRefusal.SideNotTradable => ("TRADE_RESTRICTED", Restricted(about)),
        SpotRefusal.InvalidCombination => ("INVALID_PARAM_VALUE",
            "This combination of type, time_in_force, price, amount and iceberg is not allowed: market orders take ioc or fok and no price, an iceberg needs gtc or poc and must be smaller than the amount"),
        SpotRefusal.OffTick => ("INVALID_PRECISION", Precision(about)),
        SpotRefusal.AmountTooLittle => ("AMOUNT_TOO_LITTLE", TooSmall(about, byValue: false)),
        SpotRefusal.ValueTooLittle => ("AMOUNT_TOO_LITTLE", TooSmall(about, byValue: true)),
        SpotRefusal.AmountTooMuch => ("AMOUNT_TOO_MUCH", TooLarge(about, byValue: false)),
        SpotRefusal.ValueTooMuch => ("AMOUNT_TOO_MUCH", TooLarge(about, byValue: true)),
        SpotRefusal.InvalidText => ("INVALID_PARAM_VALUE", "Invalid request parameter `text`: it must be t- and 1 to 28 of letters, digits, '_', '.' and '-'"),
        SpotRefusal.RepeatedText => ("REPEATED_CREATION", "An open order of this pair has the same text already"),
        SpotRefusal.TooManyOrders => ("TOO_MANY_ORDERS", about.Pair is { } full
            ? $"Too many open orders in {full.Symbol}; at most {full.Terms.OrdersLimit} are allowed" : "Too many open orders in this pair"),
        SpotRefusal.StpNotInGroup => ("INVALID_PARAM_VALUE", "Invalid request parameter `stp_act`: the user is in no self-trade prevention group"),
        SpotRefusal.PriceOutOfBand => ("PRICE_THRESHOLD_EXCEEDED", OutOfBand(about)),
        SpotRefusal.PostOnlyWouldTake => ("POC_FILL_IMMEDIATELY", "Order would match and take immediately so its cancelled"),
        SpotRefusal.FillOrKillWouldNotFill => ("FOK_NOT_FILL", "The order cannot be filled completely at once so it is killed"),
        SpotRefusal.NoCounterparty => ("ORDER_BOOK_NOT_FOUND", "The other side of the order book is empty; a market order needs a counterparty"),
        SpotRefusal.BalanceTooLow => ("BALANCE_NOT_ENOUGH", TooPoor(about)),
        SpotRefusal.MarginBalanceTooLow => ("MARGIN_BALANCE_NOT_ENOUGH", TooPoor(about)),
        SpotRefusal.BorrowingNotAvailable => ("INVALID_PARAM_VALUE", "auto_borrow and auto_repay need a unified account in a mode that borrows"),
        SpotRefusal.WalletNotSupported => ("INVALID_PARAM_VALUE", "Invalid request parameter `account`: the user has no such account; spot and margin are possible"),
        SpotRefusal.SlippageOutOfRange => ("INVALID_PARAM_VALUE", about.Pair is { } bounded
            ? $"Invalid request parameter `slippage`: {bounded.Symbol} allows 0 to {DecimalText.Format(bounded.Terms.SlippageRate, Rate.Decimals)}"
            : "Invalid request parameter `slippage`: it is larger than the pair's"),
        SpotRefusal.MarginBorrowingNotAvailable => ("MARGIN_NOT_SUPPORTED", "Margin accounts cannot borrow: leave auto_borrow and auto_repay out"),
        SpotRefusal.OrderNotFound => ("ORDER_NOT_FOUND", about.Order is { } unknown ? UnknownOrder(unknown).Message : "Order not found"),
        SpotRefusal.OrderClosed => ("ORDER_CLOSED", $"Order {about.Order} is filled".Replace("  ", " ")),
        SpotRefusal.OrderCancelled => ("ORDER_CANCELLED", $"Order {about.Order} is cancelled".Replace("  ", " ")),
        SpotRefusal.NoChange => ("NO_CHANGE", "No change is made"),
        SpotRefusal.AmendWithStop => ("AMEND_WITH_STOP", "An order with take-profit or stop-loss cannot be amended; cancel it and place a new one"),
        SpotRefusal.AmendAlreadyFilledPart => ("INVALID_PARAM_VALUE", "The order is filled in part, and only_if_unfilled was asked for"),
        SpotRefusal.TimeoutTooShort => ("INVALID_PARAM_VALUE", "Invalid request parameter `timeout`: 0 to switch off, otherwise at least 5 seconds"),
        SpotRefusal.TriggerNotFound => ("ORDER_NOT_FOUND", about.Order is { } trigger ? UnknownOrder(trigger).Message : "Order not found"),
        SpotRefusal.TriggerPriceOnWrongSide => ("INVALID_PARAM_VALUE", WrongSide(about)),
        SpotRefusal.TooManyTriggers => ("TOO_MANY_ORDERS", about.Pair is { } many
            ? $"Too many price-triggered orders in {many.Symbol}; at most {many.Terms.TriggersLimit} are allowed" : "Too many price-triggered orders in this pair"),
        SpotRefusal.TriggerFinished => ("ORDER_CLOSED", $"Price-triggered order {about.Order} is over".Replace("  ", " ")),
        SpotRefusal.StopPriceGeometry => ("INVALID_PARAM_VALUE",
            "Invalid take-profit or stop-loss: of a buy the profit must trigger above and the loss below its price, of a sell the other way round"),
        SpotRefusal.AssetNotFound => ("INVALID_CURRENCY", "Invalid currency"),
        SpotRefusal.InvalidTerms => ("INVALID_PARAM_VALUE", "These terms of a pair are not possible: check decimals, limits and rates"),
        SpotRefusal.UserNotFound => ("ACCOUNT_EXCEPTION", "The user does not exist"),
        SpotRefusal.UserLocked => ("ACCOUNT_LOCKED", "The account is locked"),
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "No sentence for this refusal."),
    };

    private static string Restricted(in RefusedCommand about)
    {
        if (about.Pair is not { } pair) return "Trading is restricted";
        return pair.Status == MarketStatus.CircuitBreaker
            ? $"{pair.Symbol} is halted: only post-only orders and cancels are taken"
            : $"{pair.Symbol} takes no {SpotWords.Of(about.Side)} orders now";
    }

    private static string Precision(in RefusedCommand about) => about.Pair is { } pair
        ? $"{pair.Symbol} prices have at most {pair.Terms.PriceDecimals} decimals and amounts at most {pair.Terms.SizeDecimals}"
        : "Too many decimals";

    private static string TooSmall(in RefusedCommand about, bool byValue) =>
        SizeOf(about, byValue) is { } size && about.Pair is { } pair
            ? $"Your order size {size} is too small. The minimum is {(byValue ? $"{pair.Terms.MinQuote} {pair.Quote.Code}" : $"{pair.SizeText(pair.Terms.MinBase)} {pair.Base.Code}")}"
            : "Your order size is too small. The minimum is told by the currency pair";

    private static string TooLarge(in RefusedCommand about, bool byValue)
    {
        if (SizeOf(about, byValue) is not { } size || about.Pair is not { } pair) return "Your order size is too large";
        var terms = pair.Terms;
        var market = about.Type == OrderType.Market;
        if (byValue)
        {
            var most = market && !terms.MarketMaxQuote.IsZero ? terms.MarketMaxQuote : terms.MaxQuote;
            return most.IsZero ? $"Your order size {size} is too large" : $"Your order size {size} is too large. The maximum is {most} {pair.Quote.Code}";
        }
        var largest = market && terms.MarketMaxBase != 0 ? terms.MarketMaxBase : terms.MaxBase;
        return largest == 0 ? $"Your order size {size} is too large" : $"Your order size {size} is too large. The maximum is {pair.SizeText(largest)} {pair.Base.Code}";
    }

    // What the limit is about: base units, or what they are worth.
    private static string? SizeOf(in RefusedCommand about, bool byValue)
    {
        if (about.Pair is not { } pair) return null;
        if (!byValue) return $"{pair.SizeText(about.Size)} {pair.Base.Code}";
        if (!about.Budget.IsZero) return $"{about.Budget} {pair.Quote.Code}";
        var price = about.Price != 0 ? about.Price : pair.LastPrice;
        return OrderValue.TryOf(pair, price, about.Size, out var value) ? $"{value} {pair.Quote.Code}" : $"{pair.SizeText(about.Size)} {pair.Base.Code}";
    }

    private static string OutOfBand(in RefusedCommand about)
    {
        if (about.Pair is not { } pair) return "The price is too far from the last price";
        var (rate, bound) = about.Side == Side.Buy ? (pair.Terms.UpRate, "above") : (pair.Terms.DownRate, "below");
        return $"The price {pair.PriceText(about.Price)} is too far from the last price {pair.PriceText(pair.LastPrice)}: a {SpotWords.Of(about.Side)} may be at most "
            + $"{DecimalText.Format(rate, Rate.Decimals - 2)} % {bound} it";
    }

    private static string TooPoor(in RefusedCommand about)
    {
        if (about.Pair is not { } pair) return "Not enough balance";
        var code = (about.Side == Side.Buy ? pair.Quote : pair.Base).Code;
        var needed = !about.Budget.IsZero ? about.Budget
            : about.Side == Side.Sell ? OrderValue.BaseOf(pair, about.Size)
            : OrderValue.TryOf(pair, about.Price, about.Size, out var value) ? value : Money.Zero;
        if (needed.IsZero) return $"Not enough {code}";
        return about.Available is { } free ? $"Not enough {code}: the order needs {needed}, {free} is available" : $"Not enough {code}: the order needs {needed}";
    }

    private static string WrongSide(in RefusedCommand about) => about.Pair is { } pair
        ? $"Invalid request parameter `trigger.price`: the last price {pair.PriceText(pair.LastPrice)} meets the condition already"
        : "Invalid request parameter `trigger.price`: the last price meets the condition already";
}
