using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Spot;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Spot;

/// <summary>A price-triggered order as the wire asked for it (S-100), translated exactly.</summary>
internal static class PriceOrderDraft
{
    private const int TailLengthMax = 64;

    /// <summary>The text of trigger orders that come without one.</summary>
    private const string DefaultText = "api";

    public static ApiError? Read(PairView pair, Parameters trigger, Parameters put, out CreateTrigger command, out byte[] tail)
    {
        var at = trigger.RequiredDecimal("price");
        var rule = trigger.Word("rule", ">=", "<=");
        if (rule < 0) trigger.Refuse(ApiErrors.MissingParam("rule"));
        var expiration = trigger.Integer("expiration", 0, int.MaxValue) ?? 0;

        var type = (OrderType)int.Max(put.Word("type", SpotWords.Types), 0);
        var side = put.Word("side", SpotWords.Sides);
        if (side < 0) put.Refuse(ApiErrors.MissingParam("side"));
        var price = type == OrderType.Limit ? put.RequiredDecimal("price") : default;
        var amount = put.RequiredDecimal("amount");
        var account = put.Word("account", SpotWords.TriggerAccounts);
        var word = put.Word("time_in_force", "gtc", "ioc");
        var borrows = put.Flag("auto_borrow") == true;
        borrows |= put.Flag("auto_repay") == true;
        var text = put.Text("text");

        command = default;
        tail = [];
        if ((trigger.Error ?? put.Error) is { } error) return error;
        if (account == (int)AccountKind.Unified) return OrderFields.NoUnifiedAccount();
        var margin = account == (int)AccountKind.Margin;
        if (borrows) return SpotRefusals.Of(margin ? SpotRefusal.MarginBorrowingNotAvailable : SpotRefusal.BorrowingNotAvailable);
        if (type == OrderType.Market && word == 0) return ApiErrors.InvalidParam("time_in_force", "gtc", "a market order takes ioc");
        if (!string.IsNullOrEmpty(text) && text != DefaultText && !SpotWords.IsOrderText(text)) return SpotRefusals.Of(SpotRefusal.InvalidText);

        command = new CreateTrigger
        {
            Instrument = pair.Id, ExpirationSeconds = (int)expiration, Rule = rule == 0 ? TriggerRule.AtOrAbove : TriggerRule.AtOrBelow,
            Wallet = margin ? WalletId.Margin(new InstrumentId(pair.Id)).Value : WalletId.Spot.Value, Side = (Side)side, Type = type,
            TimeInForce = type == OrderType.Market || word == 1 ? TimeInForce.ImmediateOrCancel : TimeInForce.GoodTillCancelled,
        };
        tail = Tail(text);
        return Fill(pair, at, price, amount, ref command);
    }

    private static ApiError? Fill(PairView pair, DecimalField at, DecimalField price, DecimalField amount, ref CreateTrigger command)
    {
        var terms = pair.Terms;
        if (ExactText.Read(at, terms.PriceDecimals, out command.TriggerPrice) is { } wrongTrigger) return wrongTrigger;
        if (command.Type == OrderType.Market && command.Side == Side.Buy) return ExactText.ReadBudget(amount, pair, out command.Budget);      // S-101
        if (ExactText.Read(amount, terms.SizeDecimals, out command.Size) is { } wrongAmount) return wrongAmount;
        if (command.Type == OrderType.Market) return null;
        if (ExactText.Read(price, terms.PriceDecimals, out command.Price) is { } wrongPrice) return wrongPrice;
        return OrderValue.TryOf(pair, command.Price, command.Size, out _) ? null : SpotRefusals.Of(SpotRefusal.ValueTooMuch);
    }

    private static byte[] Tail(string? text)
    {
        Span<byte> bytes = stackalloc byte[TailLengthMax];
        var writer = new TailWriter(bytes);
        writer.Text(string.IsNullOrEmpty(text) ? DefaultText : text);
        return writer.Written.ToArray();
    }
}
