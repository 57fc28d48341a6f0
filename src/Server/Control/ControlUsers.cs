using System.Globalization;
using System.Text;
using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Identity;
using Sluice.Products.Wallet;
using Sluice.Runtime;
using Sluice.Server.Api.Wallet;
using Sluice.Server.Gateway;
using Sluice.Server.Identity;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Control;

/// <summary>Users: made with a key of full scope, listed, reset, funded, and their margin that is added by itself.</summary>
internal sealed class ControlUsers(ControlOptions options)
{
    private const int LongestName = 64;

    private static readonly string[] Sides = ["long", "short"];

    private readonly VenueViews views = options.Views;
    private readonly ICommandDoor door = options.Sequencer;

    public void Map(ControlApi api)
    {
        api.Add("POST", "users", CreateAsync);
        api.Add("GET", "users", List);
        api.Add("POST", "users/*/reset", ResetAsync);
        api.Add("POST", "users/*/fund", FundAsync);
        api.Add("PUT", "users/*/auto_margin", SetAutoMarginAsync);
    }

    private async ValueTask<ApiError?> CreateAsync(ControlRequest request)
    {
        var body = request.Body("name");
        var name = body.RequiredText("name", LongestName);
        if (name.Any(char.IsControl)) body.Refuse(ApiErrors.InvalidParam("name", name, "control characters are not allowed"));
        if (body.Error is { } error) return error;

        var made = await door.SubmitAsync(UserId.Venue, new CreateUser(), TailBytes.Of(name, "", ""), Options(request, 0));
        if (!made.Result.Accepted) return ControlRefusals.Of(made.Result.Refusal);
        var user = (int)made.Result.ObjectId;
        var key = options.Seal.CreateKey(request.Idempotency(1));
        var stored = await door.SubmitAsync(UserId.Venue, new CreateKey { User = user, Mode = 1 },
            TailBytes.OfKey(key.Key, name, options.Seal.Seal(key.Key, Encoding.UTF8.GetBytes(key.Secret)), KeyScopes.Full.ToString(), ""), Options(request, 1));
        if (!stored.Result.Accepted) return ControlRefusals.Of(stored.Result.Refusal);

        request.Json.WriteStartObject();
        request.Json.WriteNumber("user_id"u8, user);
        request.Json.WriteString("key"u8, key.Key);
        request.Json.WriteString("secret"u8, key.Secret);
        request.Json.WriteNumber("sequence"u8, stored.Stamp.Sequence);
        request.Json.WriteEndObject();
        return null;
    }

    private ValueTask<ApiError?> List(ControlRequest request)
    {
        var json = request.Json;
        json.WriteStartObject();
        json.WriteNumber("sequence"u8, views.Shown.Sequence);
        json.WriteStartArray("users"u8);
        foreach (var user in views.Users)
        {
            if (user.IsParticipant) continue;
            json.WriteStartObject();
            json.WriteNumber("user_id"u8, user.Id);
            json.WriteString("name"u8, user.Name);
            json.WriteNumber("main"u8, user.Main);
            json.WriteBoolean("locked"u8, user.Locked);
            json.WriteNumber("keys"u8, views.KeysOf(user.Id).Count);
            json.WriteNumber("created_at"u8, user.CreatedNanos / Nanos.PerSecond);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        return default;
    }

    private async ValueTask<ApiError?> ResetAsync(ControlRequest request)
    {
        if (request.Body().Error is { } error) return error;
        if (Find(request, out var unknown) is not { } user) return unknown;
        var outcome = await door.SubmitAsync(UserId.Venue, new ResetUser { User = user.Id }, default, Options(request, 0));
        if (!outcome.Result.Accepted) return ControlRefusals.Of(outcome.Result.Refusal);
        var sequence = outcome.Stamp.Sequence;

        // The start of the demo user is what D-010 grants; everybody else started with nothing.
        if (user is { Name: DemoUser.Name, Parent: 0 } && !outcome.Result.Duplicate) sequence = long.Max(sequence, await options.Demo.FundAsync(user.Id));
        request.Json.WriteStartObject();
        request.Json.WriteNumber("user_id"u8, user.Id);
        request.Json.WriteNumber("sequence"u8, sequence);
        request.Json.WriteEndObject();
        return null;
    }

    private async ValueTask<ApiError?> FundAsync(ControlRequest request)
    {
        var body = request.Body("wallet", "asset", "amount");
        var (walletName, code) = (body.RequiredText("wallet", 64), body.RequiredText("asset", 64));
        var amount = new Money(body.RequiredScaled("amount", Money.Decimals));
        if (body.Error is null && amount.IsZero) body.Refuse(ApiErrors.InvalidParam("amount", "0", "above 0 to give, below 0 to take"));
        if (body.Error is { } error) return error;
        if (Find(request, out var unknown) is not { } user) return unknown;
        if (InstrumentNames.Wallet(views, walletName, out var noWallet) is not { } wallet) return noWallet;
        if (!views.TryGetAsset(code, out var asset)) return WalletRefusals.UnknownCurrency(code);

        // What comes to the spot wallet from outside came over the asset's chain, as far as the user can see.
        var deposit = wallet == WalletId.Spot && !amount.IsNegative;
        var chain = options.Chains.Of(code).FirstOrDefault(known => known.Deposit);
        var tail = deposit && chain is not null ? TailBytes.Of(chain.Chain, DepositAddresses.Of(user.Id, chain), "") : TailBytes.Of("", "", "");
        var fund = new Fund { User = user.Id, Wallet = wallet.Value, Asset = asset.Id, Amount = amount, Deposit = deposit ? (byte)1 : (byte)0 };
        var outcome = await door.SubmitAsync(UserId.Venue, fund, tail, Options(request, 0));
        if (!outcome.Result.Accepted) return ControlRefusals.Of(outcome.Result.Refusal);

        request.Json.WriteStartObject();
        request.Json.WriteNumber("user_id"u8, user.Id);
        request.Json.WriteString("wallet"u8, walletName);
        request.Json.WriteString("asset"u8, code);
        request.Json.WriteString("balance"u8, views.BalanceOf(user.Id, wallet.Value, asset.Id).Total.ToString());
        request.Json.WriteNumber("sequence"u8, outcome.Stamp.Sequence);
        request.Json.WriteEndObject();
        return null;
    }

    // F-124: the dialect has no word for it. It is the user's own setting, made in its name.
    private async ValueTask<ApiError?> SetAutoMarginAsync(ControlRequest request)
    {
        var body = request.Body("contract", "side", "amount");
        var name = body.RequiredText("contract", 64);
        var side = body.Word("side", Sides);
        var amount = new Money(body.RequiredScaled("amount", Money.Decimals));
        if (body.Error is null && amount.IsNegative) body.Refuse(ApiErrors.InvalidParam("amount", amount.ToString(), "0 or more; 0 ends it"));
        if (body.Error is { } error) return error;
        if (Find(request, out var unknown) is not { } user) return unknown;
        var found = InstrumentNames.Find(views, name, out var noInstrument).OfType<ContractView>().ToArray();
        if (noInstrument is not null) return noInstrument;
        if (found.Length != 1) return ApiErrors.InvalidParam("contract", name, found.Length == 0 ? "a contract is expected" : "several contracts have this name: say which, as in futures:usdt:BTC_USDT");
        var contract = found[0];
        var leg = side < 0 ? Leg.Net : (Leg)(side + 1);
        var outcome = await door.SubmitAsync(new UserId(user.Id), new SetAutoMargin { Most = amount, Instrument = contract.Id, Leg = leg }, default, Options(request, 0));
        if (!outcome.Result.Accepted) return ControlRefusals.Of(outcome.Result.Refusal);

        request.Json.WriteStartObject();
        request.Json.WriteNumber("user_id"u8, user.Id);
        request.Json.WriteString("contract"u8, InstrumentNames.Of(contract));
        request.Json.WriteString("auto_margin"u8, amount.ToString());
        request.Json.WriteString("auto_margin_added"u8, (views.Futures.AutoMarginOf(user.Id, contract.Id, leg)?.Added ?? Money.Zero).ToString());
        request.Json.WriteNumber("sequence"u8, outcome.Stamp.Sequence);
        request.Json.WriteEndObject();
        return null;
    }

    private UserView? Find(ControlRequest request, out ApiError? error)
    {
        var user = int.TryParse(request.Value(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? views.UserOf(id) : null;
        error = user is null ? ControlRefusals.UnknownUser(request.Value())
            : user.IsParticipant ? new ApiError("BAD_REQUEST", $"User {user.Id} is a seeded participant; its funds are the venue's to keep") : null;
        return error is null ? user : null;
    }

    private static CommandOptions Options(ControlRequest request, int part) => new(Idempotency: request.Idempotency(part));
}
