namespace Sluice.Server.Compatibility;

/// <summary>What this build answers for real. The gateway knows: it is asked, so that the page cannot claim what is not mapped.</summary>
public interface IImplementedOperations
{
    /// <summary>Names such as <c>spot.createOrder</c>. Operations answered with <c>NOT_IMPLEMENTED</c> are not among them.</summary>
    IReadOnlySet<string> Operations { get; }

    /// <summary>Keys as in <see cref="Channel.Key"/>.</summary>
    IReadOnlySet<string> Channels { get; }
}

/// <summary>A fixed set, for tests and for a build without a gateway.</summary>
public sealed record ImplementedOperations(IReadOnlySet<string> Operations, IReadOnlySet<string> Channels) : IImplementedOperations
{
    /// <summary>Nothing at all.</summary>
    public static ImplementedOperations None { get; } = new(new HashSet<string>(), new HashSet<string>());
}
