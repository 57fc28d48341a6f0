using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Server.Gateway;

namespace Sluice.Server.Web;

/// <summary>The page: files of one folder, read once and kept in memory, each as the build compressed it. Without the folder every address of the page
/// answers 503 with a sentence, and nothing else changes.</summary>
public sealed class WebFiles
{
    /// <summary>Nothing but this venue's own files and sockets: no inline script or style, no other site, no frame around it.</summary>
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

    private const string Index = "/index.html";
    private const string NotBuilt = "The page is not part of this build: it needs Node 20 or newer at build time. Install it, build again, and reload. "
        + "The API, its sockets and the command line work without the page.\n";

    // Addresses inside the page: all answer the same document, which then shows what the address asks for.
    private static readonly string[] Views = ["/", "/markets", "/spot/{market?}", "/futures/{settle}/{market?}", "/wallet", "/keys", "/funds", "/console", "/sign-in"];

    private static readonly Dictionary<string, string> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        [".html"] = "text/html; charset=utf-8", [".js"] = "text/javascript; charset=utf-8", [".css"] = "text/css; charset=utf-8", [".svg"] = "image/svg+xml",
        [".json"] = "application/json", [".webmanifest"] = "application/manifest+json", [".txt"] = "text/plain; charset=utf-8", [".png"] = "image/png", [".woff2"] = "font/woff2",
    };

    private readonly Dictionary<string, WebFile> files = new(StringComparer.Ordinal);

    /// <param name="folder">What the build of web/ wrote; null or absent = no page.</param>
    public WebFiles(string? folder)
    {
        if (folder is null || !File.Exists(Path.Combine(folder, Index[1..]))) return;
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (!Types.TryGetValue(Path.GetExtension(path), out var type)) continue;
            var name = "/" + Path.GetRelativePath(folder, path).Replace('\\', '/');
            files[name] = new WebFile(File.ReadAllBytes(path), Beside(path, ".br"), Beside(path, ".gz"), type, IsForever: name.StartsWith("/assets/", StringComparison.Ordinal));
        }
    }

    public bool IsBuilt => files.ContainsKey(Index);

    public void Map(WebApplication app)
    {
        // An address nobody has: a person gets the page, which says so, and a program the error of the API.
        app.Use(next => http => IsBuilt && IsUnknown(http) && IsForPeople(http.Request) ? AnswerAsync(http, Index, StatusCodes.Status404NotFound) : next(http));
        foreach (var view in Views) app.MapMethods(view, ["GET", "HEAD"], http => AnswerAsync(http, Index));
        foreach (var name in files.Keys.Where(name => name != Index)) app.MapMethods(name, ["GET", "HEAD"], http => AnswerAsync(http, name));
    }

    private static bool IsUnknown(HttpContext http) => http.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: GatewayHost.AnyPath };

    private static bool IsForPeople(HttpRequest request) => HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private Task AnswerAsync(HttpContext http, string name, int status = StatusCodes.Status200OK)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()";
        if (!files.TryGetValue(name, out var file))
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            http.Response.ContentType = "text/plain; charset=utf-8";
            headers.CacheControl = "no-store";
            return http.Response.WriteAsync(NotBuilt);
        }
        http.Response.StatusCode = status;
        headers.CacheControl = file.IsForever ? "public, max-age=31536000, immutable" : "no-cache";
        headers.ETag = file.Tag;
        headers.Vary = "Accept-Encoding";
        if (status == StatusCodes.Status200OK && http.Request.Headers.IfNoneMatch.ToString() == file.Tag)
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        var accepted = http.Request.Headers.AcceptEncoding.ToString();
        var (body, coding) = file.As(accepted);
        if (coding is not null) headers.ContentEncoding = coding;
        http.Response.ContentType = file.Type;
        http.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }

    private static byte[]? Beside(string path, string suffix) => File.Exists(path + suffix) ? File.ReadAllBytes(path + suffix) : null;

    /// <param name="IsForever">Its name changes with its content.</param>
    private sealed record WebFile(byte[] Plain, byte[]? Brotli, byte[]? Gzip, string Type, bool IsForever)
    {
        public string Tag { get; } = $"\"{Convert.ToHexStringLower(SHA256.HashData(Plain).AsSpan(0, 12))}\"";

        public (ReadOnlyMemory<byte> Body, string? Coding) As(string accepted) =>
            Brotli is not null && Names(accepted, "br") ? (Brotli, "br") : Gzip is not null && Names(accepted, "gzip") ? (Gzip, "gzip") : (Plain, null);

        private static bool Names(string accepted, string coding) =>
            accepted.Split(',', StringSplitOptions.TrimEntries).Any(part => part == coding || (part.StartsWith(coding + ";", StringComparison.Ordinal) && !part.EndsWith("q=0", StringComparison.Ordinal)));
    }
}
