using System.Buffers;
using System.IO.Compression;
using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;
using Sluice.Runtime;

namespace Sluice.Server.Gateway;

/// <summary>Takes every request under /api/v4 from the socket to its handler and writes the answer, once.</summary>
internal sealed partial class Dispatcher(
    EndpointTable endpoints, IKeyDirectory keys, IBrowserSessions? sessions, RateLimiter limiter, TimeProvider clock, ILogger<Dispatcher> logger)
{
    /// <summary>Where the dialect lives. Signatures cover it, so it cannot be moved.</summary>
    public const string Prefix = "/api/v4";

    private const int GzipFrom = 1024;

    private readonly Authentication authentication = new(keys);
    private readonly ObjectPool<ResponseBuffer> buffers = ResponseBuffer.NewPool();

    /// <summary>Answers the request if it is the API's.</summary>
    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        var (path, query) = SplitTarget(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        if (!path.StartsWith(Prefix, StringComparison.Ordinal) || (path.Length > Prefix.Length && path[Prefix.Length] != '/'))
        {
            await next(http);
            return;
        }

        var receivedMicros = NowMicros();
        var traceId = TraceId.Next();
        ResponseHeaders.SetCommon(http.Response.Headers, receivedMicros, traceId);
        if (http.Request.Headers.Cookie.Count > 0) ResponseHeaders.ForThisSiteOnly(http.Response.Headers);
        var buffer = buffers.Get();
        try
        {
            await AnswerAsync(http, buffer, path, query, receivedMicros, traceId);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException && http.RequestAborted.IsCancellationRequested)
        {
            // The caller hung up: nobody is left to answer.
        }
        finally
        {
            buffers.Return(buffer);
        }
    }

    /// <summary>A path outside the API that nothing else answered.</summary>
    public async Task AnswerNotFoundAsync(HttpContext http)
    {
        ResponseHeaders.SetCommon(http.Response.Headers, NowMicros(), TraceId.Next());
        var buffer = buffers.Get();
        await WriteErrorAsync(http, buffer, ApiErrors.NotFound(http.Request.Path.Value ?? ""));
        buffers.Return(buffer);
    }

    private async Task AnswerAsync(HttpContext http, ResponseBuffer buffer, string path, string query, long receivedMicros, string traceId)
    {
        if (HttpMethods.IsOptions(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        var match = endpoints.Match(http.Request.Method, path.AsSpan(Prefix.Length));
        if (!match.Found)
        {
            if (match.AllowedMethods is { } allowed) http.Response.Headers.Allow = allowed;
            await WriteErrorAsync(http, buffer, match.AllowedMethods is { } methods ? ApiErrors.MethodNotAllowed(http.Request.Method, methods)
                : ApiErrors.NotFound(path));
            return;
        }

        // What is not built says so to everyone, signed or not: it is a fact about the build.
        if (endpoints.HandlerOf(match.Operation, match.PathValues) is not { } handler)
        {
            await WriteErrorAsync(http, buffer, ApiErrors.NotImplemented(match.Operation));
            return;
        }

        var request = new ApiRequest(http, buffer, limiter, match.Operation, match.PathValues, path, query, receivedMicros, traceId);
        byte[]? rented = null;
        try
        {
            var result = await RunAsync(http, request, handler, body => rented = body);
            await WriteAsync(http, buffer, match.Operation, result);
        }
        finally
        {
            request.Finish();
            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ApiResult> RunAsync(HttpContext http, ApiRequest request, ApiHandler handler, Action<byte[]?> keep)
    {
        try
        {
            if (await AdmitAsync(http, request, keep) is { } refusal) return refusal;
            var result = await handler(request);

            // Place and amend are counted by the handler once it knows the market. A body that is refused before that counts as well.
            return !request.RateChecked && request.CheckRate() is { } tooMany ? tooMany : result;
        }
        catch (VenueUnavailableException unavailable)
        {
            return new ApiError("TOO_BUSY", unavailable.Message);
        }
        catch (BadHttpRequestException broken)
        {
            return ApiErrors.InvalidBody($"The request body could not be read: {broken.Message}");
        }
        catch (Exception unexpected) when (!http.RequestAborted.IsCancellationRequested)
        {
            LogUnexpected(unexpected, request.Operation.Id, request.TraceId);
            return new ApiError("SERVER_ERROR", $"The server failed; its log has the reason under trace id {request.TraceId}");
        }
    }

    /// <summary>Everything before the handler, in the dialect's order. The body is read only for a caller whose key exists.</summary>
    private async ValueTask<ApiError?> AdmitAsync(HttpContext http, ApiRequest request, Action<byte[]?> keep)
    {
        var headers = http.Request.Headers;
        KeyRecord? claimed = null;
        ApiError? refused = null;
        var hasSession = false;
        if (request.Operation.IsPublic)
        {
            if (request.CheckRate() is { } tooMany) return tooMany;
        }
        else if (sessions?.TryClaim(http.Request, request.RemoteAddress, out claimed, out refused) == true)
        {
            if (refused is not null) return refused;
            hasSession = true;
        }
        else if (authentication.CheckClaim(headers, request.RemoteAddress, request.ReceivedMicros, out claimed) is { } unknown)
        {
            return unknown;
        }

        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsDelete(request.Method))
        {
            var (rented, length) = await RequestBody.ReadAsync(http.Request, http.RequestAborted);
            keep(rented);
            if (length < 0) return ApiErrors.InvalidBody($"The request body is larger than {RequestBody.MaxLength} bytes");
            if (length > 0) request.Body = rented.AsMemory(0, length);
        }

        if (claimed is not null)
        {
            if (!hasSession && Authentication.CheckSignature(headers, claimed, request.Method, request.RawPath, request.RawQuery, request.Body.Span) is { } forged) return forged;
            keys.Used(claimed);
            if (Authentication.CheckPermission(claimed, request.Operation) is { } forbidden) return forbidden;
            request.Caller = claimed;
            if (!RateRules.Of(request.Operation.RateClass).PerMarket && request.CheckRate() is { } tooMany) return tooMany;
            if (RequestHeaders.Read(headers, request) is { } malformed) return malformed;
        }
        return request.Body.IsEmpty ? null : RequestHeaders.CheckContentType(http.Request);
    }

    private async Task WriteAsync(HttpContext http, ResponseBuffer buffer, Operation operation, ApiResult result)
    {
        if (result.Error is { } error)
        {
            buffer.Clear();
            await WriteErrorAsync(http, buffer, error);
            return;
        }
        var body = result.IsEmpty ? default : result.Json.IsEmpty ? buffer.Complete() : result.Json;
        await WriteBytesAsync(http, result.Status == 0 ? operation.SuccessStatus : result.Status, body);
    }

    private Task WriteErrorAsync(HttpContext http, ResponseBuffer buffer, ApiError error)
    {
        buffer.Json.WriteStartObject();
        buffer.Json.WriteString("label"u8, error.Label);
        buffer.Json.WriteString("message"u8, error.Message);
        buffer.Json.WriteEndObject();
        return WriteBytesAsync(http, error.Status, buffer.Complete());
    }

    private async Task WriteBytesAsync(HttpContext http, int status, ReadOnlyMemory<byte> body)
    {
        var response = http.Response;
        response.StatusCode = status;
        if (status == StatusCodes.Status204NoContent)
        {
            response.Headers["X-Out-Time"] = NowMicros().ToString(null, null);
            return;
        }
        if (body.Length > 0) response.ContentType = "application/json";
        if (body.Length >= GzipFrom)
        {
            response.Headers.Vary = "Accept-Encoding";
            if (RequestHeaders.AcceptsGzip(http.Request.Headers))
            {
                body = Compress(body.Span);
                response.Headers.ContentEncoding = "gzip";
            }
        }
        response.ContentLength = body.Length;
        response.Headers["X-Out-Time"] = NowMicros().ToString(null, null);
        if (body.Length > 0 && !HttpMethods.IsHead(http.Request.Method)) await response.BodyWriter.WriteAsync(body, http.RequestAborted);
    }

    private static ReadOnlyMemory<byte> Compress(ReadOnlySpan<byte> body)
    {
        var compressed = new MemoryStream(body.Length / 4);
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(body);
        return compressed.GetBuffer().AsMemory(0, (int)compressed.Length);
    }

    /// <summary>Path and query exactly as on the request line; proxies may send the whole address there.</summary>
    private static (string Path, string Query) SplitTarget(string target)
    {
        if (target.Length > 0 && target[0] != '/')
        {
            var authority = target.IndexOf("://", StringComparison.Ordinal);
            var slash = authority < 0 ? -1 : target.IndexOf('/', authority + 3);
            target = slash < 0 ? "/" : target[slash..];
        }
        var question = target.IndexOf('?', StringComparison.Ordinal);
        return question < 0 ? (target, "") : (target[..question], target[(question + 1)..]);
    }

    private long NowMicros() => (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    [LoggerMessage(Level = LogLevel.Error, Message = "{Operation} failed, trace id {TraceId}")]
    private partial void LogUnexpected(Exception exception, string operation, string traceId);
}
