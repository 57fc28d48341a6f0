using Sluice.Core.Matching;
using Sluice.Products.Futures.Commands;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

/// <summary>A price-triggered order as the wire writes it, read into a command.</summary>
internal static class TriggerDraft
{
    public static ApiError? Read(FuturesScope scope, Parameters initial, Parameters trigger, out CreateContractTrigger command, out ContractView contract, out string? text)
    {
        command = default;
        contract = null!;
        text = initial.Text("text");
        var found = scope.Read(initial, required: true);
        if (found is null) return initial.Error;
        contract = found;
        command.Instrument = contract.Id;
        ReadInitial(initial, contract, ref command);
        if (!string.IsNullOrEmpty(text) && !SpotWords.IsOrderText(text)) initial.Refuse(FuturesRefusals.Of((ushort)FuturesRefusal.InvalidText));
        ReadTrigger(trigger, contract, ref command);
        return initial.Error ?? trigger.Error;
    }

    private static void ReadInitial(Parameters initial, ContractView contract, ref CreateContractTrigger command)
    {
        command.Size = ReadSize(initial, contract);
        command.Price = Exact.Read(initial, "price", contract.PriceDecimals, required: true);
        var tif = initial.Word("tif", "gtc", "ioc");
        // M-105: a market order takes at once; clients leave the word out or send gtc.
        command.TimeInForce = tif == 1 || command.Price == 0 ? TimeInForce.ImmediateOrCancel : TimeInForce.GoodTillCancelled;
        if (initial.Flag("reduce_only") == true || initial.Flag("is_reduce_only") == true) command.Flags |= ContractOrderFlags.ReduceOnly;
        if (initial.Flag("close") == true || initial.Flag("is_close") == true) command.Flags |= ContractOrderFlags.ClosePosition;
        command.AutoSize = (AutoSize)int.Max(initial.Word("auto_size", FuturesWords.AutoSizes), 0);
    }

    // Clients with decimal sizes write an amount.
    private static long ReadSize(Parameters parameters, ContractView contract) =>
        SignedSize.Read(parameters, parameters.Has("amount") ? "amount" : "size", contract.SizeDecimals);

    private static void ReadTrigger(Parameters trigger, ContractView contract, ref CreateContractTrigger command)
    {
        if (trigger.Integer("strategy_type") is { } strategy and not 0)
            trigger.Refuse(ApiErrors.InvalidParam("trigger.strategy_type", strategy.ToString(null, null), "0, a price, is the only one there is"));
        command.PriceType = (TriggerPriceType)(trigger.Integer("price_type", 0, 2) ?? 0);
        command.TriggerPrice = Exact.Read(trigger, "price", contract.PriceDecimals, required: true);
        if (command.TriggerPrice == 0) trigger.Refuse(ApiErrors.InvalidParam("trigger.price", "0", "it must be more than 0"));
        command.Rule = (TriggerRule)trigger.RequiredInteger("rule", 1, 2);
        command.ExpirationSeconds = (int)(trigger.Integer("expiration", 0, int.MaxValue) ?? 0);
    }

    public static ApiError? ReadAmendment(Parameters body, ContractView contract, ContractTriggerRow row, out AmendContractTrigger command)
    {
        command = new AmendContractTrigger
        {
            TriggerId = row.Id, Size = ReadSize(body, contract), Price = Exact.Read(body, "price", contract.PriceDecimals),
            TriggerPrice = Exact.Read(body, "trigger_price", contract.PriceDecimals),
        };
        if (body.Has("price") && command.Price == 0) command.IsMarket = 1;
        if (body.Integer("price_type", 0, 2) is { } type) (command.PriceType, command.HasPriceType) = ((TriggerPriceType)type, 1);
        var isClose = (row.Flags & ContractOrderFlags.ClosePosition) != 0;
        if (body.Flag("close") is { } close && close != isClose) body.Refuse(ApiErrors.InvalidParam("close", close ? "true" : "false", "it cannot change; cancel the order and place a new one"));
        if (body.Word("auto_size", FuturesWords.AutoSizes) is >= 0 and var auto && auto != (int)row.AutoSize)
            body.Refuse(ApiErrors.InvalidParam("auto_size", FuturesWords.AutoSizes[auto], "it cannot change; cancel the order and place a new one"));
        return body.Error;
    }
}
