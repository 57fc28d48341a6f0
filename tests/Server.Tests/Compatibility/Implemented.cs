using Sluice.Server.Compatibility;

namespace Sluice.Server.Tests.Compatibility;

/// <summary>What this build answers, asked of the gateway itself.</summary>
internal static class Implemented
{
    public static IImplementedOperations ByThisBuild { get; } = ImplementedOperations.None;
}
