using Sluice.Bench.Measure;
using Sluice.Bench.OrderGen;
using Sluice.Products;

namespace Sluice.Bench.Replay;

/// <summary>What the loads that replay flows are told: which, how long, how often.</summary>
internal sealed record FlowArguments(IReadOnlyList<Profile> Profiles, uint Seed, int Count, int Runs)
{
    public static FlowArguments Read(Arguments arguments, params ReadOnlySpan<Profile> otherwise)
    {
        IReadOnlyList<Profile> profiles = otherwise.IsEmpty ? Profile.All : otherwise.ToArray();
        if (arguments.Text("profile") is { } name) profiles = [Profile.Find(name) ?? throw new ArgumentsException($"There is no profile '{name}'.")];
        return new FlowArguments(profiles, (uint)arguments.Number("seed", 1, least: 0), arguments.Number("count", 3_000_000, least: 1000), arguments.Number("runs", 5));
    }

    /// <summary>What the venue is to take memory for at its start, as `serve --reserve` is told it; null: what the flow needs.</summary>
    public static VenueCapacity? Reserve(Arguments arguments) =>
        arguments.Text("reserve") is not { } text ? null : VenueCapacity.Parse(text) ?? throw new ArgumentsException("--reserve takes none or orders=N,levels=N,accounts=N,traders=N.");

    public OrderFlow Flow(Profile profile, Report report)
    {
        report.Doing($"{profile.Name}: generating {Table.Count(Count)} commands");
        return Generator.Generate(profile, Seed, Count);
    }
}
