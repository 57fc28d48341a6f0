using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Wallet;
using Sluice.Server.Api.Wallet;
using Sluice.Server.Control;
using Sluice.Server.Gateway;
using Sluice.Server.Identity;

namespace Sluice.Server.Web;

/// <summary>Virtual funds for the demo user: more of them (D-013), or all as it was at the start (D-012). Counted by the day and by this process.</summary>
internal sealed class DemoFunds(SessionOptions options)
{
    private const int TopUpsPerDay = 5, ResetsPerDay = 3;
    private const string Currency = "USDT";
    private static readonly Money TopUp = Money.Units(10_000);

    private readonly Lock counting = new();
    private DateOnly day;
    private int topUps, resets;

    public void Map(SessionApi api)
    {
        api.Add("GET", "funds", needsSession: true, Show);
        api.Add("POST", "funds/top-up", needsSession: true, TopUpAsync);
        api.Add("POST", "funds/reset", needsSession: true, ResetAsync);
    }

    private ValueTask<ApiError?> Show(SessionRequest request)
    {
        if (CheckDemo(request, write: false) is { } forbidden) return new(forbidden);
        lock (counting)
        {
            Turn();
            Write(request.Json, 0);
        }
        return default;
    }

    private async ValueTask<ApiError?> TopUpAsync(SessionRequest request)
    {
        if (CheckDemo(request, write: true) is { } forbidden) return forbidden;
        if (request.Fields().Error is { } error) return error;
        if (!options.Views.TryGetAsset(Currency, out var asset)) return WalletRefusals.UnknownCurrency(Currency);
        if (!Take(ref topUps, TopUpsPerDay)) return new ApiError("TOO_MANY_REQUESTS", $"{TopUpsPerDay} top-ups a day are all there are; a reset gives the funds of the start");
        var fund = new Fund { User = request.Holder!.User.Value, Wallet = WalletId.Spot.Value, Asset = asset.Id, Amount = TopUp };
        var outcome = await options.Door.SubmitAsync(UserId.Venue, fund, TailBytes.Of("", "", ""));
        if (!outcome.Result.Accepted) return ControlRefusals.Of(outcome.Result.Refusal);
        lock (counting) Write(request.Json, outcome.Stamp.Sequence);
        return null;
    }

    private async ValueTask<ApiError?> ResetAsync(SessionRequest request)
    {
        if (CheckDemo(request, write: true) is { } forbidden) return forbidden;
        if (request.Fields().Error is { } error) return error;
        if (!Take(ref resets, ResetsPerDay)) return new ApiError("TOO_MANY_REQUESTS", $"{ResetsPerDay} resets a day are all there are; the next is possible at 00:00 UTC");
        var user = request.Holder!.User.Value;
        var outcome = await options.Door.SubmitAsync(UserId.Venue, new ResetUser { User = user }, default);
        if (!outcome.Result.Accepted) return ControlRefusals.Of(outcome.Result.Refusal);
        var sequence = long.Max(outcome.Stamp.Sequence, await options.Demo.FundAsync(user));
        lock (counting) Write(request.Json, sequence);
        return null;
    }

    private ApiError? CheckDemo(SessionRequest request, bool write)
    {
        var holder = request.Holder!;
        if (holder.User.Value != options.DemoUserId) return new ApiError("FORBIDDEN", "Virtual funds are for the demo account; ask the operator of this venue for others");
        if ((holder.Scopes.Read & PermissionGroups.Wallet) == 0) return new ApiError("FORBIDDEN", "Request API key does not have wallet permission");
        return write && (holder.Scopes.Write & PermissionGroups.Wallet) == 0 ? new ApiError("READ_ONLY", "Request API key is read-only for wallet") : null;
    }

    private bool Take(ref int taken, int most)
    {
        lock (counting)
        {
            Turn();
            if (taken >= most) return false;
            taken++;
            return true;
        }
    }

    private void Turn()
    {
        var today = DateOnly.FromDateTime(DateTime.UtcNow);
        if (today == day) return;
        (day, topUps, resets) = (today, 0, 0);
    }

    private void Write(Utf8JsonWriter json, long sequence)
    {
        json.WriteStartObject();
        json.WriteString("currency"u8, Currency);
        json.WriteString("top_up"u8, TopUp.ToString());
        json.WriteNumber("top_ups_left"u8, TopUpsPerDay - topUps);
        json.WriteNumber("resets_left"u8, ResetsPerDay - resets);
        if (sequence > 0) json.WriteNumber("sequence"u8, sequence);
        json.WriteEndObject();
    }
}
