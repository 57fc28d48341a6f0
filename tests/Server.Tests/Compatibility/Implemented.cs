using System.Runtime.CompilerServices;
using Sluice.Server.Compatibility;
using Sluice.Server.Feeds;
using Sluice.Server.Feeds.Futures;
using Sluice.Server.Gateway;

namespace Sluice.Server.Tests.Compatibility;

/// <summary>What this build answers, asked of the endpoint groups themselves: declaring an operation needs none of the state that answering needs.</summary>
internal static class Implemented
{
    private static readonly EndpointTable Table = Fill();

    /// <summary>Operations with a handler.</summary>
    public static IReadOnlySet<string> Built { get; } = Table.Mapped.Select(operation => operation.Name).ToHashSet();

    /// <summary>Operations that answer, with the stand-ins for products that do not exist yet.</summary>
    public static IImplementedOperations ByThisBuild { get; } = new ImplementedOperations(
        WireTables.AllOperations.Where(operation => Table.IsMapped(operation) || Table.IsEmptyList(operation)).Select(operation => operation.Name).ToHashSet(),
        SpotChannels.All.Concat(FuturesChannels.Perpetual).Concat(FuturesChannels.Delivery).Append(FuturesChannels.System).Select(channel => channel.Key).ToHashSet());

    private static EndpointTable Fill()
    {
        var table = new EndpointTable();
        foreach (var type in typeof(IEndpointGroup).Assembly.GetTypes().Where(type => type is { IsAbstract: false, IsClass: true } && type.IsAssignableTo(typeof(IEndpointGroup))))
            ((IEndpointGroup)RuntimeHelpers.GetUninitializedObject(type)).Map(table);
        return table;
    }
}
