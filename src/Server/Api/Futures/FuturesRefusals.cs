using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.State;
using Sluice.Server.Gateway;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

/// <summary>What a refused command was about, so that the sentence can have its numbers. Everything may be missing.</summary>
internal readonly record struct RefusedOnContract
{
    public ContractView? Contract { get; init; }

    /// <summary>The id or text the caller named.</summary>
    public string? Order { get; init; }
    public long Price { get; init; }
    public long Size { get; init; }                         // signed
    public bool IsAtOrAbove { get; init; }                  // of a trigger
    public Money? Available { get; init; }

    public static RefusedOnContract Of(ContractView contract, in PlaceContractOrder order) => new() { Contract = contract, Price = order.Price, Size = order.Size };
}

/// <summary>Every refusal of contracts as the wire tells it: label and a sentence that says what to change.</summary>
internal static class FuturesRefusals
{
    public static ApiError UnknownContract(string symbol) => new("CONTRACT_NOT_FOUND", $"Contract {ApiErrors.Shorten(symbol)} not found");

    public static ApiError UnknownOrder(string order) => new("ORDER_NOT_FOUND", order.StartsWith("t-", StringComparison.Ordinal)
        ? $"Order with text {ApiErrors.Shorten(order)} not found"
        : $"Order with ID {ApiErrors.Shorten(order)} not found");

    public static ApiError NotOwned(string order) => new("ORDER_NOT_OWNED", $"Order {ApiErrors.Shorten(order)} belongs to somebody else");

    public static ApiError Ended(string order) => new("ORDER_FINISHED", $"Order {ApiErrors.Shorten(order)} is finished");

    public static ApiError Of(ushort refusal, in RefusedOnContract about = default)
    {
        if (refusal < (ushort)FuturesRefusal.ContractNotFound)
        {
            return refusal switch
            {
                KernelRefusal.Expired => new ApiError("REQUEST_EXPIRED", "The order reached the matching engine after its x-gate-exptime"),
                KernelRefusal.KeyReused => new ApiError("INVALID_PARAM_VALUE", "This Idempotency-Key was used for another request within the last hour; use a new one"),
                _ => new ApiError("SERVER_ERROR", $"The matching engine does not know this command ({refusal})"),
            };
        }
        var (label, sentence) = Tell((FuturesRefusal)refusal, about);
        return new ApiError(label, sentence);
    }

    private static (string Label, string Sentence) Tell(FuturesRefusal refusal, in RefusedOnContract about) => refusal switch
    {
        FuturesRefusal.ContractNotFound => ("CONTRACT_NOT_FOUND", about.Contract is { } contract ? $"{contract.Symbol} is not traded any more" : "Contract not found"),
        FuturesRefusal.SideNotTradable => ("TRADE_RESTRICTED", Restricted(about)),
        FuturesRefusal.InvalidCombination => ("INVALID_PARAM_VALUE",
            "This combination of price, tif, size, iceberg and close is not allowed: a price of 0 takes ioc or fok, an iceberg takes gtc or poc and is smaller than the size, and close takes a size of 0"),
        FuturesRefusal.OffTick => ("INVALID_PARAM_VALUE", about.Contract is { } tick
            ? $"{tick.Symbol} prices are multiples of {tick.PriceText(tick.Terms.Tick)} and sizes of {tick.SizeText(tick.Terms.SizeStep)}" : "The price is off the tick or the size off the lot"),
        FuturesRefusal.SizeTooSmall => ("SIZE_TOO_SMALL", about.Contract is { } small
            ? $"The size {small.SizeText(about.Size)} is too small; at least {small.SizeText(long.Max(small.Terms.OrderSizeMin, small.Terms.SizeStep))} is allowed" : "The size is too small"),
        FuturesRefusal.SizeTooLarge => ("SIZE_TOO_LARGE", TooLarge(about)),
        FuturesRefusal.InvalidText => ("INVALID_PARAM_VALUE", "Invalid request parameter `text`: it must be t- and 1 to 28 of letters, digits, '_', '.' and '-'"),
        FuturesRefusal.RepeatedText => ("INVALID_PARAM_VALUE", "An open order of this contract has the same text already"),
        FuturesRefusal.TooManyOrders => ("TOO_MANY_ORDERS", about.Contract is { } full
            ? $"Too many open orders in {full.Symbol}; at most {full.Terms.OrdersLimit} are allowed" : "Too many open orders in this contract"),
        FuturesRefusal.StpNotInGroup => ("INVALID_PARAM_VALUE", "Invalid request parameter `stp_act`: the user is in no self-trade prevention group"),
        FuturesRefusal.PriceTooDeviated => ("PRICE_TOO_DEVIATED", Deviated(about)),
        FuturesRefusal.PriceOverLiquidation => ("PRICE_OVER_LIQUIDATION", "The price is beyond the liquidation price of the position it adds to"),
        FuturesRefusal.PriceOverBankrupt => ("PRICE_OVER_BANKRUPT", "The price is beyond the bankruptcy price of the position it reduces"),
        FuturesRefusal.PostOnlyWouldTake => ("ORDER_POC_IMMEDIATE", PostOnly(about)),
        FuturesRefusal.FillOrKillWouldNotFill => ("ORDER_FOK", "The order cannot be filled completely at once"),
        FuturesRefusal.NoCounterparty => ("CONTRACT_NO_COUNTER", "The other side of the order book is empty; a market order needs a counterparty"),
        FuturesRefusal.RiskLimitExceeded => ("RISK_LIMIT_EXCEEDED", "Position and orders would be worth more than the leverage allows; lower the leverage or the size"),
        FuturesRefusal.LiquidateImmediately => ("LIQUIDATE_IMMEDIATELY", "The position would be liquidated at once"),
        FuturesRefusal.InsufficientAvailable => ("INSUFFICIENT_AVAILABLE", about.Available is { } free
            ? $"Not enough is available: {free} {about.Contract?.Settle.Code}".TrimEnd() : "Not enough is available"),
        FuturesRefusal.ReduceOnlyDirection => ("INCREASE_POSITION", "A reduce-only order may not add to the position"),
        FuturesRefusal.ReduceOnlyNoPosition => ("POSITION_EMPTY", "There is no position to reduce"),
        FuturesRefusal.ReduceOnlyExceeded => ("REDUCE_EXCEEDED", "The order and those before it would reduce more than the position"),
        FuturesRefusal.SizeZeroWithoutClose => ("INVALID_PARAM_VALUE", "Invalid request parameter `size`: 0 needs close, or auto_size in hedge mode"),
        FuturesRefusal.ContractInDelisting => ("CONTRACT_IN_DELISTING", "The contract is being delisted: only orders that close or reduce a position are taken"),
        FuturesRefusal.PositionInLiquidation => ("POSITION_IN_LIQUIDATION", "The position is being liquidated"),
        FuturesRefusal.MarginModeMismatch => ("INVALID_PARAM_VALUE", "Invalid request parameter `pos_margin_mode`: this position mode does not allow it"),
        FuturesRefusal.UserNotFound => ("USER_NOT_FOUND", "please transfer funds first to create futures account"),
        FuturesRefusal.UserLocked => ("ACCOUNT_LOCKED", "The account is locked"),
        FuturesRefusal.OrderNotFound => ("ORDER_NOT_FOUND", about.Order is { } unknown ? UnknownOrder(unknown).Message : "Order not found"),
        FuturesRefusal.NoChange => ("NO_CHANGE", "No change is made"),
        FuturesRefusal.TimeoutTooShort => ("INVALID_PARAM_VALUE", "Invalid request parameter `timeout`: 0 to switch off, otherwise at least 5 seconds"),
        FuturesRefusal.TriggerNotFound => ("ORDER_NOT_FOUND", about.Order is { } trigger ? UnknownOrder(trigger).Message : "Order not found"),
        FuturesRefusal.TriggerPriceOnWrongSide => about.IsAtOrAbove
            ? ("AUTO_TRIGGER_PRICE_LESS_LAST", "The trigger price must be above the present price") : ("AUTO_TRIGGER_PRICE_GREATE_LAST", "The trigger price must be below the present price"),
        FuturesRefusal.TooManyTriggers => ("TOO_MANY_ORDERS", "Too many price-triggered orders in this contract"),
        FuturesRefusal.StopPriceGeometry => ("INVALID_PARAM_VALUE",
            "Invalid take-profit or stop-loss: of a buy the profit must trigger above and the loss below its price, of a sell the other way round"),
        FuturesRefusal.TrailIsActive => ("INVALID_PARAM_VALUE", "The trailing order is active already: its activation price, its side and its price type do not change any more"),
        FuturesRefusal.NothingToChase => ("ORDER_BOOK_NOT_FOUND", "There is no order of others on this side of the book to follow"),
        FuturesRefusal.ChaseLimitReached => ("INVALID_PARAM_VALUE", "The best price is beyond the limit already"),
        FuturesRefusal.LeverageTooHigh => ("LEVERAGE_TOO_HIGH", about.Contract is { Session.Reference: not 0 } asleep && SleepRules.Of(asleep.Listing) is { IsStock: true } rules
            ? $"The leverage is too high: while the market of {asleep.Symbol} is closed, positions are opened with at most {rules.LeverageMax}" : about.Contract is { } high
            ? $"The leverage is too high: at most {high.Terms.LeverageMax}, and less for what position and orders are worth" : "The leverage is too high"),
        FuturesRefusal.LeverageTooLow => ("LEVERAGE_TOO_LOW", about.Contract is { } low ? $"The leverage is too low: at least {low.Terms.LeverageMin}" : "The leverage is too low"),
        FuturesRefusal.PositionNotFound => ("POSITION_NOT_FOUND", "The position does not exist"),
        FuturesRefusal.PositionEmpty => ("POSITION_EMPTY", "The position is empty"),
        FuturesRefusal.PositionCrossMargin => ("POSITION_CROSS_MARGIN", "A cross position has no margin of its own"),
        FuturesRefusal.RemoveTooMuch => ("REMOVE_TOO_MUCH", "The position needs this margin"),
        FuturesRefusal.PositionsOpen => ("POSITION_HOLDING", "The mode changes only without positions"),
        FuturesRefusal.OrdersOpen => ("ORDER_PENDING", "The mode changes only without open orders"),
        FuturesRefusal.ModeUnchanged => ("NO_CHANGE", "No change is made"),
        FuturesRefusal.LegMismatch => ("POSITION_DUAL_MODE", "This is not possible in the present position mode"),
        FuturesRefusal.RiskLimitTooHigh => ("RISK_LIMIT_TOO_HIGH", "The risk limit is beyond the last tier"),
        FuturesRefusal.RiskLimitTooLow => ("RISK_LIMIT_TOO_LOW", "The risk limit is below what position and orders are worth"),
        FuturesRefusal.ActionNotFound => ("NOT_FOUND", "There is no such action that could be taken back"),
        FuturesRefusal.ActionNotPossible => ("BAD_REQUEST", "A split needs a market that is closed, and a dividend a price it leaves something of"),
        FuturesRefusal.InvalidTerms => ("INVALID_PARAM_VALUE", "These terms of a contract are not possible: check decimals, limits, tiers and rates"),
        FuturesRefusal.AssetNotFound => ("INVALID_CURRENCY", "Invalid currency"),
        FuturesRefusal.PriceNotPositive => ("INVALID_PARAM_VALUE", "A price must be more than 0"),
        FuturesRefusal.TermsFixed => ("INVALID_PARAM_VALUE", "These terms of a contract do not change any more"),
        FuturesRefusal.AlreadyListed => ("INVALID_PARAM_VALUE", "The contract is listed already"),
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "No sentence for this refusal."),
    };

    private static string Restricted(in RefusedOnContract about) => about.Contract is not { } contract ? "Trading is restricted"
        : contract.Status == MarketStatus.CircuitBreaker ? $"{contract.Symbol} is halted: only post-only orders and cancels are taken"
        : $"{contract.Symbol} is not traded now";

    private static string TooLarge(in RefusedOnContract about)
    {
        if (about.Contract is not { } contract) return "The size is too large";
        var terms = contract.Terms;
        var most = about.Price == 0 && terms.MarketOrderSizeMax != 0 ? terms.MarketOrderSizeMax : terms.OrderSizeMax;
        return $"The size {contract.SizeText(about.Size)} is too large; at most {contract.SizeText(most)} is allowed";
    }

    private static string Deviated(in RefusedOnContract about) => about.Contract is not { } contract ? "The price is too far from the mark price"
        : contract.Session is { Reference: not 0 } sleeps && (about.Size < 0 ? about.Price < sleeps.Low : about.Price > sleeps.High)
            ? $"The price {contract.PriceText(about.Price)} is too far from the last price {contract.PriceText(sleeps.Reference)} of a market that is closed: it may be at "
                + (about.Size < 0 ? $"least {contract.PriceText(sleeps.Low)}" : $"most {contract.PriceText(sleeps.High)}")
        : $"The price {contract.PriceText(about.Price)} is too far from the mark price {contract.PriceText(contract.Prices.Mark)}: it may be at most "
            + $"{DecimalText.Format(contract.Terms.OrderPriceDeviate.Raw, Rate.Decimals - 2)} % {(about.Size < 0 ? "below" : "above")} it";

    private static string PostOnly(in RefusedOnContract about)
    {
        if (about.Contract is not { } contract) return "The order would match at once";
        var best = contract.Book.Best;
        var counter = about.Size < 0 ? best.Bid.Price : best.Ask.Price;
        return counter == 0 ? "The order would match at once" : $"order price {contract.PriceText(about.Price)} while counter price {contract.PriceText(counter)}";
    }
}
