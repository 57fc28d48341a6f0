using Sluice.Bench.Measure;

namespace Sluice.Bench.Wire;

/// <summary>Which venue is loaded: one in this process, or one that runs elsewhere.</summary>
internal sealed class VenueChoice : IAsyncDisposable
{
    private readonly IAsyncDisposable? here;

    private VenueChoice(TargetVenue venue, IAsyncDisposable? here)
    {
        Venue = venue;
        this.here = here;
    }

    public TargetVenue Venue { get; }

    public string What => here is null ? $"the venue at {Venue.Url}" : "a venue in this process, demo markets, no participants, nothing kept";

    public static async Task<VenueChoice> OpenAsync(string? url, string? token, Report report)
    {
        if (url is null) throw new ArgumentsException("--url says which venue to load, --admin-token opens users on it.");
        report.Doing($"reaching {url}");
        return new VenueChoice(await TargetVenue.ReachAsync(url, token ?? throw new ArgumentsException("--admin-token is needed to open users there.")), null);
    }

    public async ValueTask DisposeAsync()
    {
        Venue.Dispose();
        if (here is not null) await here.DisposeAsync();
    }
}
