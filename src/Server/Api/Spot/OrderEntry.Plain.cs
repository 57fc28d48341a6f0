using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Spot;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Spot;

/// <summary>Order entry for plain requests: without a document, a task and objects for each of them. What it answers is what <see cref="IOrderEntry"/> answers to
/// the same request.</summary>
internal interface IPlainEntry
{
    /// <summary>Translates a request into its command. False when it is none of those that can go this way; it may be a bad one then.</summary>
    bool TryTranslate(ReadOnlySpan<byte> message, in PlainOrder order, bool cancels, PlainRequest request);

    /// <summary>Hands the command in; the request is told how it ended. Throws <see cref="Runtime.VenueUnavailableException"/> when the venue takes none.</summary>
    void Submit(PlainRequest request);

    /// <summary>Writes the result of a command that was accepted, from memory. False when that does not have it, or when it was refused.</summary>
    bool TryWrite(PlainRequest request, ref JsonText json);

    /// <summary>The answer in all cases: writes the result, or returns the refusal.</summary>
    ValueTask<ApiError?> WriteAsync(PlainRequest request, OrderCaller caller, Utf8JsonWriter json);
}

// Plain requests. Each check stands in the same order as for a document; whatever fails one is not plain, and the document's way finds the words.
public sealed partial class OrderEntry : IPlainEntry
{
    private static readonly byte[] PlainText = Encoding.ASCII.GetBytes(SocketText);

    /// <summary>The text of orders that come over a socket without one.</summary>
    internal const string SocketText = "apiv4-ws";

    bool IPlainEntry.TryTranslate(ReadOnlySpan<byte> message, in PlainOrder order, bool cancels, PlainRequest request)
    {
        if (!TryPair(message[order.Pair], out var pair)) return false;
        request.Pair = pair;
        request.Cancels = cancels;
        request.Mode = (ActionMode)order.Mode;
        request.NamesAccount = order.NamesAccount;
        if (cancels) return TryCancel(order, request);
        if (!TryPlace(message, order, pair, out request.Place)) return false;

        Span<byte> bytes = stackalloc byte[PlainRequest.TailBytes];
        var writer = new TailWriter(bytes);
        var text = message[order.Text];
        writer.Bytes(text.IsEmpty ? PlainText : text);
        writer.Bytes(default);      // no tag
        request.Tail = writer.Written;
        return true;
    }

    /// <summary>POST /spot/orders with its body as it came: a plain one is read without a document.</summary>
    internal ValueTask<ApiError?> PlaceAsync(OrderCaller caller, ApiRequest request)
    {
        var body = request.Body.Span;
        if (!PlainOrder.TryRead(body, out var order) || !TryPair(body[order.Pair], out var pair) || !TryPlace(body, order, pair, out var command))
            return PlaceAsync(caller, request.BodyParameters(), request.Json);
        return caller.CheckRate(pair.Symbol) is { } tooMany ? new(tooMany)
            : PlaceAsync(caller, new OrderDraft(pair, (ActionMode)order.Mode, command, body[order.Text], caller), request.Json);
    }

    private bool TryPair(ReadOnlySpan<byte> name, [MaybeNullWhen(false)] out PairView pair)
    {
        Span<char> symbol = stackalloc char[64];
        pair = null;
        return name.Length is > 0 and <= 64 && Ascii.ToUtf16(name, symbol, out var length) == System.Buffers.OperationStatus.Done && views.TryGetPair(symbol[..length], out pair);
    }

    void IPlainEntry.Submit(PlainRequest request)
    {
        if (request.Cancels) door.Submit(request.Key.User, request.Cancel, request, 0);
        else door.Submit(request.Key.User, request.Place, request, 0, request.Tail);
    }

    bool IPlainEntry.TryWrite(PlainRequest request, ref JsonText json)
    {
        if (request.Failure is not null || !request.Result.Accepted) return false;
        var id = request.Cancels ? request.Cancel.OrderId : request.Result.ObjectId;
        if (!views.TryGetOrder(id, out var row) || row.User != request.Key.User.Value) return false;
        OrderJson.Write(ref json, views, row, request.Pair, request.Mode, Attached.Of(row.Id, views.OpenTriggersOf(row.User)));
        return true;
    }

    async ValueTask<ApiError?> IPlainEntry.WriteAsync(PlainRequest request, OrderCaller caller, Utf8JsonWriter json)
    {
        if (request.Failure is { } failure) throw failure;
        var (id, error) = (request.Result.ObjectId, (ApiError?)null);
        if (request.Cancels)
        {
            id = request.Cancel.OrderId;
            if (!request.Result.Accepted) error = await EndedOrRefusedAsync(caller, id.ToString(null, null), TargetOf(request), request.Result.Refusal);
        }
        else if (!request.Result.Accepted)
        {
            error = Refusal(request.Result, caller.Key.User, request.Pair, request.Place);
        }
        if (error is not null) return error;
        var (row, unread) = await RowAsync(caller, id);
        if (row is null) return unread;
        WriteOrder(json, row, request.Pair, request.Mode);
        return null;
    }

    private static Target TargetOf(PlainRequest request) => new(request.Pair.Symbol, request.Pair, request.NamesAccount ? AccountKind.Spot : null, request.Mode);

    private static bool TryCancel(in PlainOrder order, PlainRequest request)
    {
        request.Cancel = new CancelOrder { OrderId = order.OrderId, Instrument = request.Pair.Id, Wallet = TargetOf(request).Wallet };
        return order.OrderId > 0;
    }

    private static bool TryPlace(ReadOnlySpan<byte> message, in PlainOrder order, PairView pair, out PlaceOrder command)
    {
        command = default;
        var isMarket = (OrderType)order.Type == OrderType.Market;
        var text = message[order.Text];
        var price = message[order.Price];
        if (order.Side < 0) return false;
        if (isMarket && ((Side)order.Side == Side.Buy || !price.IsEmpty)) return false;     // a market buy has a budget
        var force = order.TimeInForce >= 0 ? (TimeInForce)order.TimeInForce : isMarket ? TimeInForce.ImmediateOrCancel : TimeInForce.GoodTillCancelled;
        if (isMarket && force is not (TimeInForce.ImmediateOrCancel or TimeInForce.FillOrKill)) return false;

        command = new PlaceOrder
        {
            Instrument = pair.Id, Wallet = WalletId.Spot.Value, Side = (Side)order.Side, Type = (OrderType)order.Type, TimeInForce = force,
            StpAction = (SelfTradeAction)order.StpAction,
        };
        if (!TryExact(message[order.Amount], pair.Terms.SizeDecimals, out command.Size)) return false;
        if (!isMarket && (!TryExact(price, pair.Terms.PriceDecimals, out command.Price) || !OrderValue.TryOf(pair, command.Price, command.Size, out _))) return false;
        return text.IsEmpty || SpotWords.IsOrderText(text);
    }

    private static bool TryExact(ReadOnlySpan<byte> text, int decimals, out long value) =>
        DecimalText.TryParse(text, decimals, out value) == DecimalParse.Ok && value is > 0 and <= OrderValue.Largest;
}
