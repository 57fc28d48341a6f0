using Sluice.Core.Kernel;
using Sluice.Runtime;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.History.Futures;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

/// <summary>What the operations of contracts read and use.</summary>
public sealed record FuturesServices(VenueViews Views, IHistory History, IFuturesHistory Records, ICommandDoor Door, ICandles Candles, PriceCandles Prices,
    ContractStatistics Statistics, IIndexFacts Indexes)
{
    /// <summary>False when the venue runs on a manual clock.</summary>
    public bool VenueClockIsWall { get; init; } = true;

    /// <summary>Funding before the listing; null where there is none to tell.</summary>
    public IFundingPast? FundingPast { get; init; }
}

/// <summary>REST of perpetual contracts (group futures) or of delivery contracts (group delivery): the operations of both are the same code, except that delivery
/// contracts have no funding and sizes without decimals.</summary>
public abstract partial class FuturesEndpoints(FuturesServices services) : IEndpointGroup
{
    private readonly VenueViews views = services.Views;
    private readonly FuturesViews futures = services.Views.Futures;
    private readonly IHistory history = services.History;
    private readonly IFuturesHistory records = services.Records;
    private readonly ICommandDoor door = services.Door;

    public void Map(EndpointTable endpoints)
    {
        MapMarketData(endpoints);
        MapAccounts(endpoints);
        MapPositions(endpoints);
        MapOrders(endpoints);
        MapRecords(endpoints);
        MapPriceOrders(endpoints);
        MapTrails(endpoints);
        MapChases(endpoints);
    }

    protected abstract bool IsDelivery { get; }

    private long NowSeconds => door.NowNanos / Nanos.PerSecond;

    /// <summary>A handler that knows which wallet the path's settle currency means.</summary>
    private ApiHandler In(Func<ApiRequest, FuturesScope, ValueTask<ApiResult>> handler) => request =>
    {
        var settle = request.PathValue();
        var wallet = FuturesScope.WalletOf(settle, IsDelivery);
        return wallet == 0 ? FuturesScope.UnknownSettle(settle, IsDelivery) : handler(request, new FuturesScope(futures, wallet, IsDelivery));
    };

    /// <summary>A handler of one contract that the path names behind the settle currency.</summary>
    private ApiHandler Of(Func<ApiRequest, FuturesScope, ContractView, ValueTask<ApiResult>> handler) => In((request, scope) =>
    {
        var symbol = request.PathValue(1);
        return scope.Find(symbol) is { } contract ? handler(request, scope, contract) : FuturesRefusals.UnknownContract(symbol);
    });

    /// <summary>Maps an operation of both groups, which differ in their ids.</summary>
    private void Map(EndpointTable endpoints, string perpetual, string delivery, ApiHandler handler)
    {
        var id = IsDelivery ? delivery : perpetual;
        if (id.Length > 0) endpoints.Map(id, handler);
    }
}

/// <summary>Group futures.</summary>
public sealed class PerpetualEndpoints(FuturesServices services) : FuturesEndpoints(services)
{
    protected override bool IsDelivery => false;
}

/// <summary>Group delivery.</summary>
public sealed class DeliveryEndpoints(FuturesServices services) : FuturesEndpoints(services)
{
    protected override bool IsDelivery => true;
}

/// <summary>What is known of an index beside its price.</summary>
public interface IIndexFacts
{
    /// <summary>Names of its constituents, or null when there is no such index.</summary>
    IReadOnlyList<string>? ConstituentsOf(string index);
}
