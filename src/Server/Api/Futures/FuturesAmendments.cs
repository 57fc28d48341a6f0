using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Products.Futures.Commands;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

// Amending (matching section 10): price, size and remark of an open order on a contract.
internal sealed partial class FuturesOrderEntry
{
    private const int AmendTailMax = 2 + AmendTextMax * 3;

    public async ValueTask<ApiError?> AmendAsync(FuturesCall call, string orderId, Parameters parameters, Utf8JsonWriter json)
    {
        var wish = new Wish(parameters);
        if (parameters.Error is { } error) return error;
        var (row, refused) = await AmendOneAsync(call, orderId, wish, 0);
        if (row is null) return refused;
        FuturesOrderJson.Write(json, row, futures.Of(row.Instrument), call.Sizes, wish.Mode);
        return null;
    }

    public async ValueTask<ApiError?> AmendBatchAsync(FuturesCall call, IReadOnlyList<JsonElement> orders, Utf8JsonWriter json)
    {
        if (CheckCount(orders.Count, AmendBatchMax) is { } wrongCount) return wrongCount;
        var wishes = new (string Id, Wish Wish)[orders.Count];
        for (var i = 0; i < wishes.Length; i++)
        {
            if (orders[i].ValueKind != JsonValueKind.Object) return ApiErrors.InvalidBody("Each entry must be an object with order_id or text");
            var item = new Parameters(null, orders[i]);
            var id = item.Identifier("order_id") is { Length: > 0 } number ? number : item.Text("text") ?? "";
            if (id.Length == 0) item.Refuse(ApiErrors.MissingParam("order_id"));
            wishes[i] = (id, new Wish(item));
            if (item.Error is { } malformed) return malformed;
        }
        var waiting = new Task<(ContractOrderRow? Row, ApiError? Error)>[wishes.Length];
        door.Together(() =>
        {
            for (var i = 0; i < waiting.Length; i++) waiting[i] = AmendOneAsync(call, wishes[i].Id, wishes[i].Wish, i).AsTask();
        });
        await Task.WhenAll(waiting);

        json.WriteStartArray();
        for (var i = 0; i < waiting.Length; i++)
        {
            var (row, error) = await waiting[i];
            if (row is not null) FuturesOrderJson.WriteBatch(json, row, futures.Of(row.Instrument), call.Sizes, wishes[i].Wish.Mode);
            else WriteFailed(json, error!, null, new Parameters(null, orders[i]).Text("text"));
        }
        json.WriteEndArray();
        return null;
    }

    private async ValueTask<(ContractOrderRow? Row, ApiError? Error)> AmendOneAsync(FuturesCall call, string orderId, Wish wish, int part)
    {
        if (!wish.Price.IsGiven && !wish.Size.IsGiven && wish.Text is null)
            return (null, new ApiError("MISSING_REQUIRED_PARAM", "Missing required parameter: price, size or amend_text"));
        var (named, unknown) = await NamedAsync(call, orderId);
        if (named is null) return (null, unknown);
        if (!named.IsOpen) return (null, FuturesRefusals.Ended(orderId));
        var contract = futures.Of(named.Instrument);
        if (call.Caller.CheckRate(contract.Symbol) is { } tooMany) return (null, tooMany);
        if (wish.Read(contract, named.Id, out var command) is { } wrong) return (null, wrong);
        var outcome = await door.SubmitAsync(call.Caller.Key.User, command, wish.Tail(), OptionsOf(call, part));
        if (outcome.Result.Accepted) return await RowAsync(call, named.Id);
        if (outcome.Result.Refusal == (ushort)FuturesRefusal.OrderNotFound) return (null, await EndedOrRefusedAsync(call, orderId, outcome.Result.Refusal));
        var about = new RefusedOnContract { Contract = contract, Order = orderId, Price = command.Price != 0 ? command.Price : named.Price, Size = command.Size != 0 ? command.Size : named.Size };
        return (null, FuturesRefusals.Of(outcome.Result.Refusal, about));
    }

    /// <summary>What an amendment wants; of what contract is known only with the order.</summary>
    private readonly struct Wish
    {
        public Wish(Parameters parameters)
        {
            Price = parameters.Decimal("price");
            Size = parameters.Decimal("size");
            Text = parameters.Text("amend_text", AmendTextMax);
            Mode = (ActionMode)int.Max(parameters.Word("action_mode", SpotWords.ActionModes), 0);
        }

        public DecimalField Price { get; }
        public DecimalField Size { get; }
        public string? Text { get; }
        public ActionMode Mode { get; }

        public ApiError? Read(ContractView contract, long id, out AmendContractOrder command)
        {
            command = new AmendContractOrder { OrderId = id, Instrument = contract.Id, Wallet = contract.Wallet, HasText = Text is null ? (byte)0 : (byte)1 };
            if (Price.IsGiven && ExactText.Read(Price, contract.PriceDecimals, out command.Price) is { } wrongPrice) return Exact.AsFutures(wrongPrice);
            if (!Size.IsGiven) return null;
            switch (Core.Values.DecimalText.TryParse(Size.Text.Span, contract.SizeDecimals, out command.Size))
            {
                case Core.Values.DecimalParse.Ok when command.Size is not 0 and <= OrderValue.Largest and >= -OrderValue.Largest: return null;
                default: return ApiErrors.InvalidParam("size", Size.ToString(), "a size of the order's sign is expected, filled part included");
            }
        }

        public byte[] Tail()
        {
            if (Text is null) return [];
            var writer = new TailWriter(stackalloc byte[AmendTailMax]);
            writer.Text(Text);
            return writer.Written.ToArray();
        }
    }
}
