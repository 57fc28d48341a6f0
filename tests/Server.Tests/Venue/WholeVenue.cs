using Sluice.Server.Tests.Wire;
using Sluice.Server.Venue;

namespace Sluice.Server.Tests.Venue;

/// <summary>The venue as <c>sluice serve --data memory --rate-limits off</c> starts it, in this process: demo markets, seeded participants, real clock.
/// Users come from the control API.</summary>
public sealed class WholeVenue : IAsyncLifetime, IGoldenVenue
{
    private VenueHost host = null!;
    private VenueCaller caller = null!;
    private Signer? stranger;
    private Signer? reader;
    private int users;

    public HttpClient Client => caller.Client;

    public async ValueTask InitializeAsync()
    {
        host = await VenueHost.StartAsync(new VenueOptions { Urls = ["http://127.0.0.1:0"], RateLimits = false });
        caller = new VenueCaller(host);
    }

    public async ValueTask DisposeAsync()
    {
        caller?.Dispose();
        if (host is not null) await host.DisposeAsync();
    }

    Task<Signer> IGoldenVenue.NewUserAsync() => caller.NewUserAsync($"golden-{Interlocked.Increment(ref users)}");

    async Task<Signer> IGoldenVenue.StrangerAsync() => stranger ??= await caller.NewUserAsync("stranger");

    async Task<Signer> IGoldenVenue.ReaderAsync() => reader ??= await caller.NewReaderAsync("reader");
}
