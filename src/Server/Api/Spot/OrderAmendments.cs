using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Spot;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Spot;

// Amending (matching section 10): price, size and remark of an open order.
public sealed partial class OrderEntry
{
    private const int AmendTailMax = 2 + AmendTextMax * 3;

    public async ValueTask<ApiError?> AmendAsync(OrderCaller caller, string orderId, Parameters parameters, Utf8JsonWriter json)
    {
        if (ReadAmendment(parameters, pairRequired: false, out var wish) is { } error) return error;
        if (!wish.HasPrice && !wish.HasAmount && wish.Text is null) return NothingToChange();
        if (wish.Target.Pair is { } pair && caller.CheckRate(pair.Symbol) is { } tooMany) return tooMany;
        var (row, refused) = await AmendOneAsync(caller, orderId, wish, 0);
        if (row is null) return refused;
        WriteOrder(json, row, views.PairOf(row.Instrument), wish.Target.Mode);
        return null;
    }

    /// <summary>POST /spot/amend_batch_orders: up to 5, each with either a price or an amount (M-048, M-094).</summary>
    public async ValueTask<ApiError?> AmendBatchAsync(OrderCaller caller, IReadOnlyList<JsonElement> orders, Utf8JsonWriter json)
    {
        if (CheckCount(orders.Count, AmendBatchMax) is { } wrongCount) return wrongCount;
        var wishes = new (string Id, Amendment Wish, ApiError? Error)[orders.Count];
        for (var i = 0; i < wishes.Length; i++)
        {
            if (orders[i].ValueKind != JsonValueKind.Object) return ApiErrors.InvalidBody("Each entry must be an object with order_id and currency_pair");
            var item = new Parameters(null, orders[i]);
            var id = item.Identifier("order_id") ?? "";
            if (id.Length == 0) return ApiErrors.MissingParam("order_id");
            if (item.RequiredText("currency_pair", 64).Length == 0) return item.Error;
            var error = ReadAmendment(item, pairRequired: true, out var wish);
            if (error is null && wish.HasPrice == wish.HasAmount)
                error = wish.HasPrice ? ApiErrors.InvalidParam("price", "given with amount", "each entry changes one of them") : NothingToChange();
            wishes[i] = (id, wish, error);
        }
        if (CheckRates(caller, orders) is { } tooMany) return tooMany;

        var waiting = new Task<(OrderRow? Row, ApiError? Error)>?[wishes.Length];
        var order = Enumerable.Range(0, wishes.Length).Where(i => wishes[i].Error is null).GroupBy(i => wishes[i].Wish.Target.Pair?.Id).SelectMany(market => market).ToArray();
        door.Together(() =>
        {
            foreach (var i in order) waiting[i] = AmendOneAsync(caller, wishes[i].Id, wishes[i].Wish, i).AsTask();
        });
        await Task.WhenAll(waiting.OfType<Task>());

        json.WriteStartArray();
        for (var i = 0; i < wishes.Length; i++)
        {
            var (row, error) = waiting[i] is { } done ? await done : (null, wishes[i].Error);
            if (row is not null)
            {
                WriteBatchItem(json, row, views.PairOf(row.Instrument), wishes[i].Wish.Target.Mode);
                continue;
            }
            json.WriteStartObject();
            json.WriteString("order_id"u8, wishes[i].Id);
            WriteFailure(json, error!);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        return null;
    }

    private ApiError? ReadAmendment(Parameters parameters, bool pairRequired, out Amendment wish)
    {
        var (price, amount) = (parameters.Decimal("price"), parameters.Decimal("amount"));
        var text = parameters.Text("amend_text", AmendTextMax);
        var onlyIfUnfilled = parameters.Flag("only_if_unfilled") == true;
        if (parameters.Has("stop_profit") || parameters.Has("stop_loss"))
            parameters.Refuse(ApiErrors.InvalidParam(parameters.Has("stop_profit") ? "stop_profit" : "stop_loss", "given", "take-profit and stop-loss cannot be amended; cancel and place anew"));
        var error = ReadTarget(parameters, pairRequired, out var target);
        wish = new Amendment(target, price, amount, text, onlyIfUnfilled);
        return error;
    }

    private async ValueTask<(OrderRow? Row, ApiError? Error)> AmendOneAsync(OrderCaller caller, string orderId, Amendment wish, int part)
    {
        var target = wish.Target;
        if (!TryResolve(caller, orderId, target, out var id)) return (null, SpotRefusals.UnknownOrder(orderId));

        // Decimals are the pair's, so an order that is named without its pair is looked up first.
        OrderRow? open = null;
        if (target.Pair is null || !views.TryGetOrder(id, out open))
        {
            var (named, unknown) = await NamedAsync(caller, orderId, target);
            if (named is null) return (null, unknown);
            open = named;
        }
        var pair = target.Pair ?? views.PairOf(open.Instrument);
        if (target.Pair is null && caller.CheckRate(pair.Symbol) is { } tooMany) return (null, tooMany);
        if (wish.Read(pair, open, id, out var command) is { } wrong) return (null, wrong);

        var outcome = await door.SubmitAsync(caller.Key.User, command, wish.Tail(), OptionsOf(caller, part));
        if (outcome.Result.Accepted) return await RowAsync(caller, id);
        if (outcome.Result.Refusal == (ushort)SpotRefusal.OrderNotFound) return (null, await EndedOrRefusedAsync(caller, orderId, target, outcome.Result.Refusal));
        var paying = open.Side == Side.Buy ? pair.Quote : pair.Base;
        return (null, SpotRefusals.Of(outcome.Result.Refusal, new RefusedCommand
        {
            Pair = pair, Order = orderId, Side = open.Side, Price = command.Price == 0 ? open.Price : command.Price,
            Size = command.Size == 0 ? open.Size : command.Size, Available = views.BalanceOf(caller.Key.User.Value, open.Wallet, paying.Id).Available,
        }));
    }

    private static ApiError NothingToChange() => new("INVALID_PARAM_VALUE", "Nothing to change: give amount, price or amend_text");

    private readonly record struct Amendment(Target Target, DecimalField Price, DecimalField Amount, string? Text, bool OnlyIfUnfilled)
    {
        public bool HasPrice => Price.IsGiven;

        public bool HasAmount => Amount.IsGiven;

        public ApiError? Read(PairView pair, OrderRow order, long id, out AmendOrder command)
        {
            command = new AmendOrder
            {
                OrderId = id, Instrument = pair.Id, Wallet = Target.Wallet, HasText = Text is null ? (byte)0 : (byte)1, OnlyIfUnfilled = OnlyIfUnfilled ? (byte)1 : (byte)0,
            };
            if (HasPrice && ExactText.Read(Price, pair.Terms.PriceDecimals, out command.Price) is { } wrongPrice) return wrongPrice;
            if (HasAmount && ExactText.Read(Amount, pair.Terms.SizeDecimals, out command.Size) is { } wrongAmount) return wrongAmount;
            var (price, size) = (command.Price == 0 ? order.Price : command.Price, command.Size == 0 ? order.Size : command.Size);
            return OrderValue.TryOf(pair, price, size, out _) ? null : SpotRefusals.Of(SpotRefusal.ValueTooMuch);
        }

        public byte[] Tail()
        {
            if (Text is null) return [];
            Span<byte> bytes = stackalloc byte[AmendTailMax];
            var writer = new TailWriter(bytes);
            writer.Text(Text);
            return writer.Written.ToArray();
        }
    }
}
