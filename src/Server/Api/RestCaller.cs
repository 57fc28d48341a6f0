using System.Diagnostics.CodeAnalysis;
using Sluice.Core.Kernel;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;

namespace Sluice.Server.Api;

/// <summary>A REST request as a caller of order entry.</summary>
internal sealed class RestCaller : OrderCaller
{
    private readonly ApiRequest request;

    [SetsRequiredMembers]
    public RestCaller(ApiRequest request)
    {
        this.request = request;
        Key = request.Caller!;
        DefaultText = "apiv4";
        ExpiresAtMillis = request.ExpiresAtMillis;
        ChannelTag = request.Header("X-Gate-Channel-Id");
    }

    public override ApiError? CheckRate(string market, int count = 1) => request.CheckRate(market, count);

    public override IdempotencyKey Idempotency(int part = 0) => request.Idempotency(part);
}
