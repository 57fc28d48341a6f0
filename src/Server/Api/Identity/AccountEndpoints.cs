using Sluice.Core.Kernel;
using Sluice.Products.Spot;
using Sluice.Runtime;
using Sluice.Server.Gateway;
using Sluice.Server.Identity;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Identity;

/// <summary>Group `account`: who asks, with which key, and how it pays fees.</summary>
public sealed class AccountEndpoints(VenueViews views, KeyDirectory keys, ICommandDoor door) : IEndpointGroup
{
    private const int NormalState = 1, ClassicMode = 1;

    public void Map(EndpointTable endpoints)
    {
        endpoints.Map("getAccountDetail", Detail);
        endpoints.Map("getAccountMainKeys", MainKeys);
        endpoints.Map("getAccountRateLimit", RateLimit);
        endpoints.Map("getDebitFee", DebitFee);
        endpoints.Map("setDebitFee", SetDebitFeeAsync);
    }

    private ValueTask<ApiResult> Detail(ApiRequest request)
    {
        var (json, key) = (request.Json, request.Caller!);
        json.WriteStartObject();
        KeyPermissions.WriteAddresses(json, key.IpList);
        json.WriteStartArray("currency_pairs"u8);
        json.WriteEndArray();
        json.WriteNumber("user_id"u8, key.User.Value);
        json.WriteNumber("tier"u8, 0);
        json.WriteStartObject("key"u8);
        json.WriteNumber("mode"u8, key.Mode);
        json.WriteEndObject();
        json.WriteNumber("copy_trading_role"u8, 0);
        json.WriteEndObject();
        return ApiResult.Done;
    }

    private ValueTask<ApiResult> MainKeys(ApiRequest request)
    {
        var (json, key) = (request.Json, request.Caller!);
        views.TryGetKey(key.Key, out var stored);
        json.WriteStartObject();
        json.WriteNumber("state"u8, NormalState);
        json.WriteNumber("mode"u8, key.Mode);
        json.WriteStartArray("name"u8);
        if (key.Name.Length > 0) json.WriteStringValue(key.Name);
        json.WriteEndArray();
        json.WriteStartArray("currency_pairs"u8);
        json.WriteEndArray();
        json.WriteNumber("user_id"u8, key.User.Value);
        KeyPermissions.WriteAddresses(json, key.IpList);
        KeyPermissions.Write(json, key.Scopes);
        json.WriteStartObject("key"u8);
        json.WriteNumber("mode"u8, ClassicMode);
        json.WriteEndObject();
        json.WriteString("created_at"u8, Seconds(stored?.CreatedNanos ?? 0));
        json.WriteString("updated_at"u8, Seconds(stored?.UpdatedNanos ?? 0));
        json.WriteString("last_access"u8, Seconds(keys.LastUsedNanos(key.Key)));
        json.WriteEndObject();
        return ApiResult.Done;
    }

    // One tier, whose limits depend on no ratio of fills.
    private ValueTask<ApiResult> RateLimit(ApiRequest request)
    {
        var json = request.Json;
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteString("tier"u8, "0"u8);
        json.WriteString("ratio"u8, "0"u8);
        json.WriteString("main_ratio"u8, "0"u8);
        json.WriteString("updated_at"u8, Seconds(views.UserOf(request.User.Value)?.CreatedNanos ?? 0));
        json.WriteEndObject();
        json.WriteEndArray();
        return ApiResult.Done;
    }

    private ValueTask<ApiResult> DebitFee(ApiRequest request)
    {
        request.Json.WriteStartObject();
        request.Json.WriteBoolean("enabled"u8, views.SettingsOf(request.User.Value).FeeToken);
        request.Json.WriteEndObject();
        return ApiResult.Done;
    }

    // S-053. The command sets rates as well: it repeats those in force.
    private async ValueTask<ApiResult> SetDebitFeeAsync(ApiRequest request)
    {
        var body = request.BodyParameters();
        var enabled = body.Flag("enabled");
        if (enabled is null) body.Refuse(ApiErrors.MissingParam("enabled"));
        if (body.Error is { } error) return error;

        var own = views.SettingsOf(request.User.Value);
        var command = new SetTraderSettings
        {
            User = request.User.Value, MakerFee = own.MakerFee, TakerFee = own.TakerFee, UniqueText = -1, FeeToken = (sbyte)(enabled == true ? 1 : 0),
        };
        var outcome = await door.SubmitAsync(UserId.Venue, command, default, new CommandOptions(Idempotency: request.Idempotency()));
        return outcome.Result.Accepted ? ApiResult.Empty : Spot.SpotRefusals.Of(outcome.Result.Refusal);
    }

    private static string Seconds(long nanos) => (nanos / Nanos.PerSecond).ToString(null, null);
}
