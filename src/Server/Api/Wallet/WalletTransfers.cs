using System.Globalization;
using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Wallet;
using Sluice.Runtime;
using Sluice.Server.Api.Identity;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.Identity;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Wallet;

/// <summary>Money between wallets of one user, and between a main account and its sub-accounts.</summary>
internal sealed class WalletTransfers(VenueViews views, IHistory history, ICommandDoor door)
{
    private const int LongestClientId = 64;
    private const long DefaultSpan = 7 * 86_400;
    private static readonly Window Always = new(0, long.MaxValue, 0, 1);

    public async ValueTask<ApiResult> TransferAsync(ApiRequest request)
    {
        var body = request.BodyParameters();
        var asset = WalletWords.Currency(body, views);
        var (from, to) = (body.RequiredText("from"), body.RequiredText("to"));
        if (body.Error is { } missing) return missing;
        if (from == to) return ApiErrors.InvalidParam("to", to, "it is the account the amount comes from");
        var amount = WalletWords.Amount(body, asset!);
        var (source, target) = (WalletWords.Read(body, "from", from, asset!, views), WalletWords.Read(body, "to", to, asset!, views));
        if (body.Error is { } error) return error;
        var me = request.User.Value;
        return await SubmitAsync(request, new Transfer
        {
            FromUser = me, FromWallet = source.Value, ToUser = me, ToWallet = target.Value, Asset = asset!.Id, Amount = amount, Route = TransferRoute.Wallets,
        }, "");
    }

    public async ValueTask<ApiResult> WithSubAccountAsync(ApiRequest request)
    {
        if (SubAccountLookup.CheckMain(request) is { } forbidden) return forbidden;
        var body = request.BodyParameters();
        var sub = SubAccount(body, "sub_account", request.User.Value);
        var asset = WalletWords.Currency(body, views);
        var direction = body.Word("direction", "to", "from");
        if (direction < 0) body.Refuse(ApiErrors.MissingParam("direction"));
        var clientId = ClientId(body);
        if (body.Error is { } early) return early;
        var amount = WalletWords.Amount(body, asset!);
        var wallet = SubWallet(body, "sub_account_type", body.Text("sub_account_type"), asset!);
        if (body.Error is { } error) return error;

        var (main, other) = ((Id: request.User.Value, Wallet: WalletId.Spot), (sub!.Id, Wallet: wallet));
        var (source, target) = direction == 0 ? (main, other) : (other, main);
        return await SubmitAsync(request, new Transfer
        {
            FromUser = source.Id, FromWallet = source.Wallet.Value, ToUser = target.Id, ToWallet = target.Wallet.Value, Asset = asset!.Id, Amount = amount,
            Route = direction == 0 ? TransferRoute.MainToSub : TransferRoute.SubToMain,
        }, clientId);
    }

    /// <summary>By the main account, or by the sub-account that gives.</summary>
    public async ValueTask<ApiResult> BetweenSubAccountsAsync(ApiRequest request)
    {
        var body = request.BodyParameters();
        var main = request.Caller!.Main.Value;
        var (from, to) = (SubAccount(body, "sub_account_from", main), SubAccount(body, "sub_account_to", main));
        var asset = WalletWords.Currency(body, views);
        if (body.Error is { } early) return early;
        if (request.Caller.IsSubAccount && from!.Id != request.User.Value)
            return new ApiError("FORBIDDEN", "A sub-account's API key may move that sub-account's funds only");
        if (from!.Id == to!.Id) return ApiErrors.InvalidParam("sub_account_to", to.Id.ToString(null, null), "it is the sub-account the amount comes from");
        var amount = WalletWords.Amount(body, asset!);
        var common = body.Text("sub_account_type");         // an older form: one type for both
        var source = SubWallet(body, "sub_account_from_type", body.Text("sub_account_from_type") ?? common, asset!);
        var target = SubWallet(body, "sub_account_to_type", body.Text("sub_account_to_type") ?? common, asset!);
        if (body.Error is { } error) return error;
        return await SubmitAsync(request, new Transfer
        {
            FromUser = from.Id, FromWallet = source.Value, ToUser = to.Id, ToWallet = target.Value, Asset = asset!.Id, Amount = amount, Route = TransferRoute.SubToSub,
        }, "");
    }

    public async ValueTask<ApiResult> GetAsync(ApiRequest request)
    {
        var query = request.QueryParameters();
        var text = query.Identifier("tx_id") ?? "";
        if (text.Length == 0) query.Refuse(ApiErrors.MissingParam("tx_id"));
        if (query.Error is { } error) return error;
        var me = request.User.Value;
        if (!await history.CaughtUpAsync(me, request.Aborted)) return ApiErrors.HistoryBehind;
        var row = IdOf(text) is { } id ? history.Transfers(new TransferQuery([me], Always, TransferRoute.Wallets, Id: id)).FirstOrDefault() : null;
        if (row is null) return Unknown(text);

        var margin = new[] { row.FromWallet, row.ToWallet }.Select(wallet => new WalletId(wallet)).FirstOrDefault(wallet => wallet.IsMargin);
        var json = request.Json;
        json.WriteStartObject();
        json.WriteString("tx_id"u8, row.Id.ToString(null, null));
        json.WriteString("status"u8, "success"u8);
        json.WriteString("currency"u8, views.AssetOf(row.Asset).Code);
        json.WriteString("amount"u8, row.Amount.ToString());
        json.WriteString("from_account"u8, WalletWords.Of(row.FromWallet));
        json.WriteString("to_account"u8, WalletWords.Of(row.ToWallet));
        json.WriteString("settle"u8, WalletWords.SettleOf(row.FromWallet, row.ToWallet));
        json.WriteString("currency_pair"u8, margin.IsMargin ? views.PairOf(margin.MarginPair.Value).Symbol : "");
        json.WriteEndObject();
        return ApiResult.Done;
    }

    /// <summary>Between the main account and its sub-accounts, newest first.</summary>
    public async ValueTask<ApiResult> ListAsync(ApiRequest request)
    {
        if (SubAccountLookup.CheckMain(request) is { } forbidden) return forbidden;
        var query = request.QueryParameters();
        var me = request.User.Value;
        var ids = query.List("sub_uid");
        var named = SubAccountLookup.Named(views, me, ids, out var unknown);
        var (from, to) = Pages.Span(query);
        var range = Pages.ByOffset(query);
        if ((query.Error ?? unknown) is { } error) return error;
        if (!await history.CaughtUpAsync(me, request.Aborted)) return ApiErrors.HistoryBehind;

        var until = to ?? long.Max(door.NowNanos / Nanos.PerSecond, from ?? 0);
        var since = from ?? long.Max(until - DefaultSpan, 0);
        var both = new Window(since * Nanos.PerSecond, long.Min(until, (long.MaxValue / Nanos.PerSecond) - 1) * Nanos.PerSecond + Nanos.PerSecond, 0,
            (int)long.Min(range.Skip + range.Limit, int.MaxValue));
        var users = ids.Count == 0 ? [me] : named.Select(user => user.Id).ToArray();
        var rows = new[] { TransferRoute.MainToSub, TransferRoute.SubToMain }
            .SelectMany(route => history.Transfers(new TransferQuery(users, both, route))).OrderByDescending(row => row.Id).ToList();

        var json = request.Json;
        json.WriteStartArray();
        foreach (var row in range.Of(rows))
        {
            var toSub = row.Route == TransferRoute.MainToSub;
            json.WriteStartObject();
            json.WriteString("timest"u8, (row.TimeNanos / Nanos.PerSecond).ToString(null, null));
            json.WriteString("uid"u8, me.ToString(null, null));
            json.WriteString("sub_account"u8, (toSub ? row.ToUser : row.FromUser).ToString(null, null));
            json.WriteString("sub_account_type"u8, WalletWords.Of(toSub ? row.ToWallet : row.FromWallet));
            json.WriteString("currency"u8, views.AssetOf(row.Asset).Code);
            json.WriteString("amount"u8, row.Amount.ToString());
            json.WriteString("direction"u8, toSub ? "to"u8 : "from"u8);
            json.WriteString("source"u8, "api"u8);
            json.WriteString("client_order_id"u8, row.ClientOrderId);
            json.WriteString("status"u8, "success"u8);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        return ApiResult.Done;
    }

    public async ValueTask<ApiResult> StatusAsync(ApiRequest request)
    {
        var parameters = request.QueryOrBodyParameters();           // one client in use posts it
        var (clientId, text) = (parameters.Text("client_order_id", LongestClientId) ?? "", parameters.Identifier("tx_id") ?? "");
        if (clientId.Length == 0 && text.Length == 0) parameters.Refuse(ApiErrors.MissingParam("client_order_id or tx_id"));
        if (parameters.Error is { } error) return error;

        // A main account sees transfers of its whole family, a sub-account its own.
        var me = request.User.Value;
        int[] users = [me, .. views.SubAccountsOf(me).Select(user => user.Id)];
        foreach (var user in users)
        {
            if (!await history.CaughtUpAsync(user, request.Aborted)) return ApiErrors.HistoryBehind;
        }
        var id = text.Length > 0 ? IdOf(text) ?? 0 : (long?)null;
        var row = history.Transfers(new TransferQuery(users, Always, Id: id, ClientOrderId: clientId.Length > 0 ? clientId : null)).FirstOrDefault();
        if (row is null) return Unknown(text.Length > 0 ? text : clientId);
        request.Json.WriteStartObject();
        request.Json.WriteString("tx_id"u8, row.Id.ToString(null, null));
        request.Json.WriteString("status"u8, "SUCCESS"u8);
        request.Json.WriteEndObject();
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> SubmitAsync(ApiRequest request, Transfer transfer, string clientId)
    {
        var outcome = await door.SubmitAsync(request.User, transfer, TailBytes.Of(clientId), new CommandOptions(Idempotency: request.Idempotency()));
        if (!outcome.Result.Accepted) return WalletRefusals.Of(outcome.Result.Refusal);
        request.Json.WriteStartObject();
        request.Json.WriteNumber("tx_id"u8, outcome.Result.ObjectId);
        request.Json.WriteEndObject();
        return ApiResult.Done;
    }

    private UserView? SubAccount(Parameters body, string name, int main)
    {
        var id = body.Identifier(name) ?? "";
        if (id.Length == 0) body.Refuse(ApiErrors.MissingParam(name));
        if (body.Error is not null) return null;
        if (!SubAccountLookup.TryFind(views, main, id, out var found, out var error)) body.Refuse(error);
        return found;
    }

    private WalletId SubWallet(Parameters body, string name, string? word, AssetView asset) =>
        WalletWords.Read(body, name, string.IsNullOrEmpty(word) ? "spot" : word, asset, views);

    private static string ClientId(Parameters body)
    {
        var id = body.Text("client_order_id", 1024) ?? "";
        if (id.Length > LongestClientId || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            body.Refuse(new ApiError("INVALID_CLIENT_ORDER_ID", $"client_order_id must be at most {LongestClientId} letters, digits, '-' and '_'"));
        return id;
    }

    private static ApiError Unknown(string id) => new("NOT_FOUND", $"There is no transfer {ApiErrors.Shorten(id)}");

    private static long? IdOf(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}
