using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using Sluice.Runtime;
using Sluice.Server.Gateway;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

// Positions: what is held, and its leverage, margin and modes.
public abstract partial class FuturesEndpoints
{
    private readonly FuturesAccounts accounts = new(services.Views);

    private void MapPositions(EndpointTable endpoints)
    {
        Map(endpoints, "listPositions", "listDeliveryPositions", In(ListPositions));
        Map(endpoints, "getPosition", "getDeliveryPosition", Of(GetPosition));
        Map(endpoints, "getDualModePosition", "", Of((request, scope, contract) => WriteLegs(request, scope, contract)));
        Map(endpoints, "getLeverage", "", Of(GetLeverage));
        Map(endpoints, "updatePositionMargin", "updateDeliveryPositionMargin", Of((request, scope, contract) => ChangeMarginAsync(request, scope, contract, asLegs: false)));
        Map(endpoints, "updateDualModePositionMargin", "", Of((request, scope, contract) => ChangeMarginAsync(request, scope, contract, asLegs: true)));
        Map(endpoints, "updatePositionLeverage", "updateDeliveryPositionLeverage", Of((request, scope, contract) => SetLeverageAsync(request, scope, contract, asLegs: false)));
        Map(endpoints, "updateDualModePositionLeverage", "", Of((request, scope, contract) => SetLeverageAsync(request, scope, contract, asLegs: true)));
        Map(endpoints, "updateContractPositionLeverage", "", Of(SetLeverageOfModeAsync));
        Map(endpoints, "updatePositionRiskLimit", "updateDeliveryPositionRiskLimit", Of((request, scope, contract) => SetRiskLimitAsync(request, scope, contract, asLegs: false)));
        Map(endpoints, "updateDualModePositionRiskLimit", "", Of((request, scope, contract) => SetRiskLimitAsync(request, scope, contract, asLegs: true)));
        Map(endpoints, "updatePositionCrossMode", "", In((request, scope) => SetMarginModeAsync(request, scope, asLegs: false)));
        Map(endpoints, "updateDualCompPositionCrossMode", "", In((request, scope) => SetMarginModeAsync(request, scope, asLegs: true)));
        Map(endpoints, "setDualMode", "", In(SetDualModeAsync));
        Map(endpoints, "setPositionMode", "", In(SetPositionModeAsync));
    }

    private ValueTask<ApiResult> ListPositions(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var isHolding = query.Flag("holding") == true;
        var (limit, offset) = (query.Integer("limit", 1, 100), query.Integer("offset", 0, int.MaxValue));
        if (query.Error is { } error) return error;
        var account = accounts.Of(request.User.Value, scope.Wallet);
        PositionFigures[] shown = [.. ShownIn(account, futures.ModeOf(request.User.Value, scope.Wallet)).Where(figures => !isHolding || figures.IsHeld)];
        request.Json.WriteStartArray();
        foreach (var figures in new PageRange(offset ?? 0, (int)(limit ?? int.MaxValue)).Of(shown)) Write(request, scope, account, figures);
        request.Json.WriteEndArray();
        return ApiResult.Done;
    }

    private ValueTask<ApiResult> GetPosition(ApiRequest request, FuturesScope scope, ContractView contract)
    {
        if (futures.ModeOf(request.User.Value, scope.Wallet) != PositionMode.Single) return FuturesRefusals.Of((ushort)FuturesRefusal.LegMismatch);
        return WritePosition(request, scope, contract);
    }

    private ApiResult WritePosition(ApiRequest request, FuturesScope scope, ContractView contract)
    {
        var account = accounts.Of(request.User.Value, scope.Wallet);
        Write(request, scope, account, FiguresOf(account, contract, Leg.Net));
        return ApiResult.Done;
    }

    /// <summary>All legs the position mode has in a contract.</summary>
    private ApiResult WriteLegs(ApiRequest request, FuturesScope scope, ContractView contract)
    {
        var account = accounts.Of(request.User.Value, scope.Wallet);
        request.Json.WriteStartArray();
        var mode = futures.ModeOf(request.User.Value, scope.Wallet);
        foreach (var leg in PositionDefaults.LegsOf(mode))
        {
            if (mode != PositionMode.DualPlus)
            {
                Write(request, scope, account, FiguresOf(account, contract, leg));
                continue;
            }
            Write(request, scope, account, FiguresOf(account, contract, leg, isCross: false));
            Write(request, scope, account, FiguresOf(account, contract, leg, isCross: true));
        }
        request.Json.WriteEndArray();
        return ApiResult.Done;
    }

    private void Write(ApiRequest request, FuturesScope scope, AccountFigures account, PositionFigures figures)
    {
        var opposite = account.Positions.FirstOrDefault(other => other.Row.Instrument == figures.Row.Instrument && other.Row.Leg != figures.Row.Leg
            && other.Row.Leg != Leg.Net && other.IsHeld && other.Row.IsCross == figures.Row.IsCross)?.Row;
        PositionJson.Write(request.Json, figures, figures.Row.Leg == Leg.Net ? null : opposite, account.Sequence, scope.SizesOf(request));
    }

    // A leg changes between isolated and cross only while it is empty: the row that changed last is the one that counts.
    /// <param name="isCross">Of split mode, which has both (F-130).</param>
    private PositionFigures FiguresOf(AccountFigures account, ContractView contract, Leg leg, bool? isCross = null) =>
        account.Positions.Where(figures => figures.Row.Instrument == contract.Id && figures.Row.Leg == leg && (isCross is null || figures.Row.IsCross == isCross))
            .MaxBy(figures => (figures.IsHeld, figures.Row.Sequence)) ?? accounts.Untouched(account.User, contract, leg, isCross ?? true);

    private static IEnumerable<PositionFigures> ShownIn(AccountFigures account, PositionMode mode) => account.Positions
        .Where(figures => PositionDefaults.LegsOf(mode).Contains(figures.Row.Leg))
        .GroupBy(figures => (figures.Row.Instrument, figures.Row.Leg, mode == PositionMode.DualPlus && figures.Row.IsCross))
        .Select(rows => rows.MaxBy(figures => (figures.IsHeld, figures.Row.Sequence))!);

    private ValueTask<ApiResult> GetLeverage(ApiRequest request, FuturesScope scope, ContractView contract)
    {
        var query = request.QueryParameters();
        var margin = query.Word("pos_margin_mode", FuturesWords.MarginModes);
        if (margin < 0) query.Refuse(ApiErrors.MissingParam("pos_margin_mode"));
        var side = LegOf(query, required: true);
        if (query.Error is { } error) return error;
        var mode = futures.ModeOf(request.User.Value, scope.Wallet);
        var figures = FiguresOf(accounts.Of(request.User.Value, scope.Wallet), contract, mode == PositionMode.Single ? Leg.Net : side,
            mode == PositionMode.DualPlus ? margin == 1 : null);
        request.Json.WriteStartObject();
        Spot.JsonDecimals.WriteDecimal(request.Json, "Lever"u8, figures.Row.Leverage, Products.Futures.Contracts.Leverage.Decimals);
        request.Json.WriteEndObject();
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> ChangeMarginAsync(ApiRequest request, FuturesScope scope, ContractView contract, bool asLegs)
    {
        var query = request.QueryOrBodyParameters();
        var change = query.RequiredScaled("change", Money.Decimals);
        var leg = asLegs ? LegOf(query, required: true) : Leg.Net;
        if (query.Error is { } error) return error;
        return await SubmitAsync(request, scope, contract, new ChangeMargin { Change = new Money(change), Instrument = contract.Id, Leg = leg }, asLegs);
    }

    /// <summary>A leverage of 0 is cross, with a limit of its own.</summary>
    private async ValueTask<ApiResult> SetLeverageAsync(ApiRequest request, FuturesScope scope, ContractView contract, bool asLegs)
    {
        var query = request.QueryOrBodyParameters();
        var leverage = LeverageOf(query, "leverage", required: true);
        var limit = LeverageOf(query, "cross_leverage_limit", required: false);
        if (query.Error is { } error) return error;
        var mode = futures.ModeOf(request.User.Value, scope.Wallet);
        var isCross = leverage == 0;
        var present = FiguresOf(accounts.Of(request.User.Value, scope.Wallet), contract, mode == PositionMode.Single ? Leg.Net : Leg.Long,
            mode == PositionMode.DualPlus ? isCross : null).Row;
        var wanted = isCross ? limit != 0 ? limit : present.Leverage : leverage;
        return await SubmitAsync(request, scope, contract, new SetLeverage { Instrument = contract.Id, Leverage = wanted, IsCross = isCross ? (byte)1 : (byte)0 }, asLegs);
    }

    private async ValueTask<ApiResult> SetLeverageOfModeAsync(ApiRequest request, FuturesScope scope, ContractView contract)
    {
        var query = request.QueryOrBodyParameters();
        var leverage = LeverageOf(query, "leverage", required: true);
        var margin = query.Word("margin_mode", FuturesWords.MarginModes);
        if (margin < 0) query.Refuse(ApiErrors.MissingParam("margin_mode"));
        if (leverage == 0) query.Refuse(ApiErrors.InvalidParam("leverage", "0", "the margin mode says whether it is cross"));
        var leg = LegOf(query, required: false);
        if (query.Error is { } error) return error;
        var mode = futures.ModeOf(request.User.Value, scope.Wallet);
        var (isHedged, isSplit) = (mode != PositionMode.Single, mode == PositionMode.DualPlus);
        if (!isHedged && leg != Leg.Net) return FuturesRefusals.Of((ushort)FuturesRefusal.LegMismatch);
        var command = new SetLeverage { Instrument = contract.Id, Leverage = leverage, IsCross = margin == 1 ? (byte)1 : (byte)0, Leg = isSplit ? leg : Leg.Net };
        if (await RefusalAsync(request, contract, command) is { } refused) return refused;
        var account = accounts.Of(request.User.Value, scope.Wallet);
        Write(request, scope, account, FiguresOf(account, contract, !isHedged ? Leg.Net : leg == Leg.Net ? Leg.Long : leg, isSplit ? margin == 1 : null));
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> SetRiskLimitAsync(ApiRequest request, FuturesScope scope, ContractView contract, bool asLegs)
    {
        var query = request.QueryOrBodyParameters();
        var limit = query.RequiredScaled("risk_limit", Money.Decimals);
        if (query.Error is { } error) return error;
        return await SubmitAsync(request, scope, contract, new SetRiskLimit { Limit = new Money(limit), Instrument = contract.Id }, asLegs);
    }

    private async ValueTask<ApiResult> SetMarginModeAsync(ApiRequest request, FuturesScope scope, bool asLegs)
    {
        var body = request.QueryOrBodyParameters();
        var mode = body.Word("mode", "ISOLATED", "CROSS");
        if (mode < 0) body.Refuse(ApiErrors.MissingParam("mode"));
        var contract = scope.Read(body, required: true);
        if (body.Error is { } error) return error;
        return await SubmitAsync(request, scope, contract!, new SetMarginMode { Instrument = contract!.Id, IsCross = (byte)mode }, asLegs);
    }

    private async ValueTask<ApiResult> SetDualModeAsync(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryOrBodyParameters();
        var dual = query.Flag("dual_mode");
        if (dual is null) query.Refuse(ApiErrors.MissingParam("dual_mode"));
        if (query.Error is { } error) return error;
        return await SetModeAsync(request, scope, dual == true ? PositionMode.Dual : PositionMode.Single);
    }

    private async ValueTask<ApiResult> SetPositionModeAsync(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryOrBodyParameters();
        var mode = query.Word("position_mode", FuturesWords.PositionModes);
        if (mode < 0) query.Refuse(ApiErrors.MissingParam("position_mode"));
        if (query.Error is { } error) return error;
        return await SetModeAsync(request, scope, (PositionMode)mode);
    }

    private async ValueTask<ApiResult> SetModeAsync(ApiRequest request, FuturesScope scope, PositionMode mode)
    {
        if (await RefusalAsync(request, null, new SetPositionMode { Wallet = scope.Wallet, Mode = mode }) is { } refused) return refused;
        return await WriteAccountAsync(request, scope);
    }

    private async ValueTask<ApiResult> SubmitAsync<T>(ApiRequest request, FuturesScope scope, ContractView contract, T command, bool asLegs) where T : unmanaged, ICommand
    {
        if (await RefusalAsync(request, contract, command) is { } refused) return refused;
        // The form of the answer is the operation's, whatever mode the account is in.
        return asLegs ? WriteLegs(request, scope, contract) : WriteFirst(request, scope, contract);
    }

    private ApiResult WriteFirst(ApiRequest request, FuturesScope scope, ContractView contract)
    {
        if (futures.ModeOf(request.User.Value, scope.Wallet) == PositionMode.Single) return WritePosition(request, scope, contract);
        var account = accounts.Of(request.User.Value, scope.Wallet);
        Write(request, scope, account, FiguresOf(account, contract, Leg.Long));
        return ApiResult.Done;
    }

    private async ValueTask<ApiError?> RefusalAsync<T>(ApiRequest request, ContractView? contract, T command) where T : unmanaged, ICommand
    {
        var outcome = await door.SubmitAsync(request.User, command, default, new CommandOptions(0, request.Idempotency()));
        return outcome.Result.Accepted ? null : FuturesRefusals.Of(outcome.Result.Refusal, new RefusedOnContract { Contract = contract });
    }

    private static Leg LegOf(Parameters parameters, bool required)
    {
        var side = parameters.Word("dual_side", "dual_long", "dual_short");
        if (side < 0 && required) parameters.Refuse(ApiErrors.MissingParam("dual_side"));
        return side switch { 0 => Leg.Long, 1 => Leg.Short, _ => Leg.Net };
    }

    // In hundredths.
    private static int LeverageOf(Parameters parameters, string name, bool required)
    {
        var given = required ? parameters.RequiredScaled(name, Products.Futures.Contracts.Leverage.Decimals) : parameters.Scaled(name, Products.Futures.Contracts.Leverage.Decimals) ?? 0;
        if (given >= 0 && given <= 1_000_000) return (int)given;
        parameters.Refuse(ApiErrors.InvalidParam(name, DecimalText.Format(given, Products.Futures.Contracts.Leverage.Decimals), "0 for cross, or a leverage of the contract"));
        return 0;
    }
}
