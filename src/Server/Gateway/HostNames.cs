using System.Net;
using Microsoft.AspNetCore.Http;

namespace Sluice.Server.Gateway;

/// <summary>The names this venue answers to. A page of somebody else can point a name of its own at this machine (DNS rebinding) and would then count as
/// this venue's own page in the visitor's browser; the name in its requests gives it away, since a browser sends it as the page was addressed.</summary>
public sealed class HostNames
{
    private readonly HashSet<string> names = new(StringComparer.OrdinalIgnoreCase) { "localhost" };
    private readonly bool isOpen;
    private string lastGood = "";

    /// <param name="urls">Addresses listened on; the names in them are good.</param>
    /// <param name="more">Further names: a public one, or that of a proxy in front.</param>
    public HostNames(IEnumerable<string> urls, IEnumerable<string> more)
    {
        foreach (var url in urls)
        {
            // The "any" addresses of Kestrel (*, +) are no host of a URI.
            if (!Uri.TryCreate(url, UriKind.Absolute, out var address)) isOpen = true;
            else if (!IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip)) names.Add(address.Host);
            else if (!IPAddress.IsLoopback(ip)) isOpen = true;
        }
        names.UnionWith(more);
    }

    /// <summary>Whether the text of a Host header, with or without port, is good. Addresses cannot be rebound: loopback ones always are, others where the
    /// venue listens beyond loopback. An empty one comes from no browser.</summary>
    public bool Admits(string host)
    {
        if (host.Length == 0 || host == Volatile.Read(ref lastGood)) return true;
        var name = new HostString(host).Host;
        var good = names.Contains(name) || (IPAddress.TryParse(name.Trim('[', ']'), out var ip) && (isOpen || IPAddress.IsLoopback(ip)));
        if (good) Volatile.Write(ref lastGood, host);
        return good;
    }

    /// <summary>Goes before everything else.</summary>
    internal Task CheckAsync(HttpContext http, RequestDelegate next)
    {
        var host = http.Request.Headers.Host.ToString();
        if (Admits(host)) return next(http);
        http.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync("""{"label":"BAD_REQUEST","message":"This venue does not answer to that host name; its operator can add it with --host"}""");
    }
}
