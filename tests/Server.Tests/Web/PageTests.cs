using System.Net;
using Sluice.Server.Gateway;
using Sluice.Server.Venue;

namespace Sluice.Server.Tests.Web;

public sealed class PageTests(PageVenue venue) : IClassFixture<PageVenue>
{
    [Theory]
    [InlineData("/")]
    [InlineData("/spot/BTC_USDT")]
    [InlineData("/futures/usdt/BTC_USDT")]
    [InlineData("/wallet")]
    public async Task Every_address_of_the_page_answers_its_document_under_a_strict_policy(string path)
    {
        using var browser = venue.Browser();
        var (status, _, answer) = await browser.SendAsync(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("br, gzip", "br", "as brotli")]
    [InlineData("gzip, deflate", "gzip", "as gzip")]
    [InlineData("br;q=0, identity", null, "export {}")]
    public async Task Files_are_sent_as_the_build_compressed_them_and_kept_for_good(string accepted, string? coding, string text)
    {
        using var client = new HttpClient { BaseAddress = venue.BaseUrl };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Encoding", accepted);
        using var answer = await client.GetAsync("/assets/app-1.js", TestContext.Current.CancellationToken);
        Assert.Equal(coding, answer.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal(text, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Contains("immutable", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_page_its_addresses_answer_503_with_a_sentence_and_the_rest_works()
    {
        await using var bare = await VenueHost.StartAsync(new VenueOptions { Urls = ["http://127.0.0.1:0"], Liquidity = false, Markets = null });
        using var client = new HttpClient { BaseAddress = new Uri(bare.BaseUrl) };
        using var answer = await client.GetAsync("/", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("Node 20", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var time = await client.GetAsync("/api/v4/spot/time", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, time.StatusCode);
    }

    [Theory]
    [InlineData("text/html,application/xhtml+xml", "text/html")]
    [InlineData("application/json", "application/json")]
    [InlineData(null, "application/json")]
    public async Task An_address_nobody_has_is_404_with_the_page_for_people_and_an_error_for_programs(string? accepts, string type)
    {
        using var client = new HttpClient { BaseAddress = venue.BaseUrl };
        if (accepts is not null) client.DefaultRequestHeaders.TryAddWithoutValidation("Accept", accepts);
        using var answer = await client.GetAsync("/nothing-here", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
        using var api = await client.GetAsync("/api/v4/nothing-here", TestContext.Current.CancellationToken);
        Assert.Equal("application/json", api.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("venue.test", true)]
    [InlineData("VENUE.test:8787", true)]
    [InlineData("localhost:1", true)]
    [InlineData("[::1]:8787", true)]
    [InlineData("rebound.test", false)]
    [InlineData("rebound.test:8787", false)]
    [InlineData("192.0.2.7", false)]
    [InlineData("localhost.rebound.test", false)]
    public async Task A_host_name_that_is_not_the_venues_is_refused(string host, bool good)
    {
        using var browser = venue.Browser();
        foreach (var path in new[] { "/", "/api/v4/spot/time", "/sluice/v1/session", "/health/live" })
            Assert.Equal(good ? HttpStatusCode.OK : HttpStatusCode.MisdirectedRequest, (await browser.SendAsync(HttpMethod.Get, path, host: host)).Status);
    }

    [Fact]
    public void A_venue_that_listens_beyond_loopback_answers_to_addresses_but_not_to_names()
    {
        var names = new HostNames(["http://0.0.0.0:8787"], []);
        Assert.True(names.Admits("192.0.2.7:8787"));
        Assert.False(names.Admits("rebound.test:8787"));
        Assert.True(new HostNames(["http://venue.test:8787"], []).Admits("venue.test:8787"));
    }
}
