using System.Globalization;
using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Runtime;
using Sluice.Server.Gateway;
using Sluice.Server.Markets;
using Sluice.Server.Views;

namespace Sluice.Server.Control;

/// <summary>Fees of contracts in points (F-045): what a settle currency is worth in them, and who pays in them. The dialect has fields for what was paid, and no switch.</summary>
internal sealed class ControlPoints(ControlOptions options)
{
    private const string Asset = "POINT";
    private const int Scale = 6;

    private readonly VenueViews views = options.Views;
    private readonly ICommandDoor door = options.Sequencer;

    public void Map(ControlApi api)
    {
        api.Add("PUT", "points", SetValueAsync);
        api.Add("PUT", "users/*/points", SetUseAsync);
    }

    // The asset is listed when it is asked for first.
    private async ValueTask<ApiError?> SetValueAsync(ControlRequest request)
    {
        var body = request.Body("currency", "value");
        var code = body.RequiredText("currency", 64);
        var value = new Money(body.RequiredScaled("value", Money.Decimals));
        if (body.Error is null && (value.IsNegative || value > Money.Units(1_000_000_000))) body.Refuse(ApiErrors.InvalidParam("value", value.ToString(), "points for one unit, 0 to 1000000000; 0 = fees are paid in cash"));
        if (body.Error is { } error) return error;
        if (!views.TryGetAsset(code, out var currency) || code == Asset || views.Futures.Contracts.All(contract => contract.Settle.Id != currency.Id))
            return ApiErrors.InvalidParam("currency", code, "a currency that contracts settle in");
        var points = views.TryGetAsset(Asset, out var known) ? known.Id : 0;
        if (points == 0)
        {
            var (list, tail) = MarketListing.CommandOf(new MarketAsset { Code = Asset, Name = "Points", Scale = Scale });
            var listed = await door.SubmitAsync(UserId.Venue, list, tail, Options(request, 0));
            if (!listed.Result.Accepted) return ControlRefusals.Of(listed.Result.Refusal);
            points = (int)listed.Result.ObjectId;
        }
        var outcome = await door.SubmitAsync(UserId.Venue, new SetPointValue { Value = value, Asset = currency.Id, Points = points }, default, Options(request, 1));
        if (!outcome.Result.Accepted) return ControlRefusals.Of(outcome.Result.Refusal);

        request.Json.WriteStartObject();
        request.Json.WriteString("currency"u8, code);
        request.Json.WriteString("value"u8, value.ToString());
        request.Json.WriteNumber("sequence"u8, outcome.Stamp.Sequence);
        request.Json.WriteEndObject();
        return null;
    }

    private async ValueTask<ApiError?> SetUseAsync(ControlRequest request)
    {
        var body = request.Body("enabled");
        var enabled = body.Flag("enabled");
        if (enabled is null) body.Refuse(ApiErrors.MissingParam("enabled"));
        if (body.Error is { } error) return error;
        var user = int.TryParse(request.Value(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? views.UserOf(id) : null;
        if (user is null || user.IsParticipant) return ControlRefusals.UnknownUser(request.Value());
        var outcome = await door.SubmitAsync(new UserId(user.Id), new SetPointUse { Enabled = enabled == true ? (byte)1 : (byte)0 }, default, Options(request, 0));
        if (!outcome.Result.Accepted) return ControlRefusals.Of(outcome.Result.Refusal);

        request.Json.WriteStartObject();
        request.Json.WriteNumber("user_id"u8, user.Id);
        request.Json.WriteBoolean("points"u8, enabled == true);
        request.Json.WriteNumber("sequence"u8, outcome.Stamp.Sequence);
        request.Json.WriteEndObject();
        return null;
    }

    private static CommandOptions Options(ControlRequest request, int part) => new(Idempotency: request.Idempotency(part));
}
