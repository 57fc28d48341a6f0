using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.State;
using Sluice.Runtime;
using Sluice.Server.Gateway;
using Sluice.Server.Identity;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Control;

/// <summary>Dividends and splits of the stocks behind contracts: announced, taken back, listed (F-244, K-208, K-209).</summary>
internal sealed class ControlActions(ControlOptions options)
{
    private const int SharesMax = 1000;

    private readonly VenueViews views = options.Views;
    private readonly ICommandDoor door = options.Sequencer;

    public void Map(ControlApi api)
    {
        api.Add("GET", "actions", List);
        api.Add("POST", "instruments/*/actions", AnnounceAsync);
        api.Add("DELETE", "actions/*", CancelAsync);
    }

    private ValueTask<ApiError?> List(ControlRequest request)
    {
        request.Json.WriteStartObject();
        request.Json.WriteStartArray("actions"u8);
        foreach (var action in views.Futures.CorporateActions) Write(request.Json, action);
        request.Json.WriteEndArray();
        request.Json.WriteEndObject();
        return default;
    }

    private async ValueTask<ApiError?> AnnounceAsync(ControlRequest request)
    {
        var body = request.Body("kind", "reference", "at", "amount", "new_shares", "old_shares");
        var isSplit = body.Word("kind", "dividend", "split") == 1;
        var reference = body.RequiredText("reference", 64);
        var at = body.Integer("at", 0, long.MaxValue / Nanos.PerSecond);
        var (fresh, old) = isSplit ? (body.RequiredInteger("new_shares", 1, SharesMax), body.RequiredInteger("old_shares", 1, SharesMax)) : (0, 0);
        foreach (var field in isSplit ? ["amount"] : new[] { "new_shares", "old_shares" })
        {
            if (body.Has(field)) body.Refuse(new ApiError("INVALID_PARAM_VALUE", $"`{field}` does not belong to a {(isSplit ? "split" : "dividend")}"));
        }
        if (body.Error is { } early) return early;
        var found = InstrumentNames.Find(views, request.Value(), out var unknown);
        if (unknown is not null) return unknown;
        if (found is not [ContractView contract] || contract.Listing.OffHours == OffHoursPricing.None || contract.Terms.Underlying != Products.Futures.Contracts.Underlying.Stocks)
            return new ApiError("INVALID_PARAM_VALUE", "Only one contract on a stock has dividends and splits: name it like futures:usdt:NVDA_USDT");
        var amount = isSplit ? 0 : (long)Int128.Clamp(body.RequiredScaled("amount", contract.PriceDecimals), 0, long.MaxValue);
        if (body.Error is { } error) return error;
        var command = new ScheduleCorporateAction
        {
            AtNanos = at is { } seconds ? seconds * Nanos.PerSecond : 0, Dividend = amount, Instrument = contract.Id, NewShares = (int)fresh, OldShares = (int)old,
            Type = isSplit ? CorporateActionType.Split : CorporateActionType.Dividend,
        };
        var outcome = await door.SubmitAsync(UserId.Venue, command, TailBytes.Of(reference), new CommandOptions(Idempotency: request.Idempotency()));
        if (!outcome.Result.Accepted) return Refused((FuturesRefusal)outcome.Result.Refusal, contract);
        request.Json.WriteStartObject();
        request.Json.WriteNumber("id"u8, outcome.Result.ObjectId);
        request.Json.WriteNumber("sequence"u8, outcome.Stamp.Sequence);
        request.Json.WriteEndObject();
        return null;
    }

    private async ValueTask<ApiError?> CancelAsync(ControlRequest request)
    {
        if (!long.TryParse(request.Value(), System.Globalization.NumberStyles.None, null, out var id)) return Unknown(request.Value());
        var outcome = await door.SubmitAsync(UserId.Venue, new CancelCorporateAction { ActionId = id }, default, new CommandOptions(Idempotency: request.Idempotency()));
        if (!outcome.Result.Accepted)
            return outcome.Result.Refusal == (ushort)FuturesRefusal.ActionNotFound ? Unknown(request.Value()) : ControlRefusals.Of(outcome.Result.Refusal);
        request.Json.WriteStartObject();
        request.Json.WriteNumber("id"u8, id);
        request.Json.WriteNumber("sequence"u8, outcome.Stamp.Sequence);
        request.Json.WriteEndObject();
        return null;
    }

    private static ApiError Unknown(string id) => new("NOT_FOUND", $"There is no action {ApiErrors.Shorten(id)} that could be taken back: it is done, or was never announced");

    private static ApiError Refused(FuturesRefusal refusal, ContractView contract) => refusal switch
    {
        FuturesRefusal.InvalidText => new ApiError("INVALID_PARAM_VALUE", "Invalid request parameter `reference`: 1 to 64 of letters, digits, '_' and '-'"),
        FuturesRefusal.RepeatedText => new ApiError("INVALID_PARAM_VALUE", "An action with this reference was announced before; each is announced once"),
        FuturesRefusal.InvalidTerms => new ApiError("INVALID_PARAM_VALUE",
            $"A dividend is a multiple of {contract.PriceText(contract.Terms.MarkRound)} above 0, and a split has two different numbers of shares"),
        FuturesRefusal.ActionNotPossible => new ApiError("BAD_REQUEST",
            "Not possible now: a split needs a market that is closed and a contract that is not being delisted, a dividend a price it leaves something of"),
        _ => ControlRefusals.Of((ushort)refusal),
    };

    private void Write(Utf8JsonWriter json, CorporateAction action)
    {
        var contract = views.Futures.Of(action.Terms.Instrument);
        json.WriteStartObject();
        json.WriteNumber("id"u8, action.Id);
        json.WriteString("instrument"u8, InstrumentNames.Of(contract));
        json.WriteString("reference"u8, action.Reference);
        json.WriteString("kind"u8, action.Terms.Type == CorporateActionType.Split ? "split"u8 : "dividend"u8);
        json.WriteString("status"u8, action.Status switch
        {
            CorporateActionStatus.Scheduled => "scheduled"u8, CorporateActionStatus.Done => "done"u8, CorporateActionStatus.Cancelled => "cancelled"u8, _ => "missed"u8,
        });
        if (action.Terms.Type == CorporateActionType.Dividend) json.WriteString("amount"u8, contract.PriceText(action.Terms.Dividend));
        else
        {
            json.WriteNumber("new_shares"u8, action.Terms.NewShares);
            json.WriteNumber("old_shares"u8, action.Terms.OldShares);
        }
        json.WriteNumber("at"u8, action.Terms.AtNanos / Nanos.PerSecond);
        json.WriteNumber("changed_at"u8, action.ChangedNanos / Nanos.PerSecond);
        json.WriteEndObject();
    }
}
