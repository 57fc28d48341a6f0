using System.Buffers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sluice.Runtime;
using Sluice.Server.Gateway;

namespace Sluice.Server.Control;

/// <summary>Answers one call: null when done and written, else the refusal.</summary>
internal delegate ValueTask<ApiError?> ControlHandler(ControlRequest request);

/// <summary>The operator's calls (design.md, Operator interface): who holds the admin token may make users, move the clock and bend the markets. Every
/// answer means that it is durable and effective, and carries the sequence.</summary>
public sealed partial class ControlApi
{
    public const string Prefix = "/sluice/v1";

    private const string Bearer = "Bearer ";
    private const int LongestIdempotencyKey = 64;

    private readonly ControlOptions options;
    private readonly List<(string Method, string[] Path, ControlHandler Handler)> routes = [];

    public ControlApi(ControlOptions options)
    {
        this.options = options;
        new ControlUsers(options).Map(this);
        new ControlPrices(options).Map(this);
        new ControlInstruments(options).Map(this);
        new ControlActions(options).Map(this);
        new ControlPoints(options).Map(this);
        new ControlVenue(options).Map(this);
    }

    /// <summary>Puts control API, health checks and metrics beside the API (<see cref="GatewayHost.Build"/>).</summary>
    public void Map(WebApplication app)
    {
        app.Map(Prefix, AnswerAsync);
        app.Map(Prefix + "/{**rest}", AnswerAsync);
        new Health(options).Map(app);
    }

    /// <param name="path">Below the prefix; * stands for a value.</param>
    internal void Add(string method, string path, ControlHandler handler) => routes.Add((method, path.Split('/'), handler));

    private async Task AnswerAsync(HttpContext http)
    {
        var buffer = new ResponseBuffer();
        byte[]? rented = null;
        try
        {
            var (read, error) = await RunAsync(http, buffer);
            rented = read;
            if (error is not null)
            {
                buffer.Clear();
                WriteError(buffer, error);
            }
            await WriteAsync(http, error?.Status ?? StatusCodes.Status200OK, buffer.Complete());
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException && http.RequestAborted.IsCancellationRequested)
        {
            // The caller hung up: nobody is left to answer.
        }
        finally
        {
            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private async ValueTask<(byte[]? Rented, ApiError? Error)> RunAsync(HttpContext http, ResponseBuffer buffer)
    {
        byte[]? rented = null;
        try
        {
            if (CheckToken(http.Request) is { } unauthorized) return (null, unauthorized);
            var path = http.Request.Path.Value![Prefix.Length..].Trim('/').Split('/');
            if (Find(http.Request.Method, path, out var missing) is not { } route) return (null, missing);
            if (CheckIdempotency(http.Request, out var idempotency) is { } malformed) return (null, malformed);

            ReadOnlyMemory<byte> body = default;
            if (!HttpMethods.IsGet(http.Request.Method))
            {
                (rented, var length) = await RequestBody.ReadAsync(http.Request, http.RequestAborted);
                if (length < 0) return (rented, ApiErrors.InvalidBody($"The request body is larger than {RequestBody.MaxLength} bytes"));
                if (length > 0) body = rented.AsMemory(0, length);
            }
            var values = path.Where((_, i) => route.Path[i] == "*").ToArray();
            using var request = new ControlRequest($"{http.Request.Method} {http.Request.Path}", values, body, idempotency, buffer.Json);
            return (rented, await route.Handler(request));
        }
        catch (VenueUnavailableException unavailable)
        {
            return (rented, new ApiError("TOO_BUSY", unavailable.Message));
        }
        catch (BadHttpRequestException broken)
        {
            return (rented, ApiErrors.InvalidBody($"The request body could not be read: {broken.Message}"));
        }
        catch (Exception unexpected) when (!http.RequestAborted.IsCancellationRequested)
        {
            LogUnexpected(options.Logger, unexpected, http.Request.Method, http.Request.Path);
            return (rented, new ApiError("SERVER_ERROR", "The server failed; its log has the reason"));
        }
    }

    private ApiError? CheckToken(HttpRequest request)
    {
        var offered = request.Headers.Authorization.ToString();
        if (offered.Length == 0) return new ApiError("INVALID_CREDENTIALS", "The control API needs the header Authorization: Bearer <admin token>");
        return offered.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && options.Token.Matches(offered[Bearer.Length..].Trim()) ? null
            : new ApiError("INVALID_CREDENTIALS", "This is not the admin token of this venue");
    }

    private (string[] Path, ControlHandler Handler)? Find(string method, string[] path, out ApiError? missing)
    {
        var allowed = new List<string>();
        foreach (var route in routes)
        {
            if (route.Path.Length != path.Length || !route.Path.Zip(path).All(part => part.First == part.Second || (part.First == "*" && part.Second.Length > 0))) continue;
            if (route.Method == method)
            {
                missing = null;
                return (route.Path, route.Handler);
            }
            allowed.Add(route.Method);
        }
        missing = allowed.Count > 0 ? ApiErrors.MethodNotAllowed(method, string.Join(",", allowed)) : ApiErrors.NotFound($"{Prefix}/{string.Join('/', path)}");
        return null;
    }

    private static ApiError? CheckIdempotency(HttpRequest request, out string? idempotency)
    {
        idempotency = null;
        if (!request.Headers.TryGetValue("Idempotency-Key", out var key)) return null;
        var text = key.ToString();
        if (key.Count != 1 || text.Length is 0 or > LongestIdempotencyKey || text.AsSpan().ContainsAnyExceptInRange('!', '~'))
            return ApiErrors.InvalidParam("Idempotency-Key", text, $"1 to {LongestIdempotencyKey} visible ASCII characters");
        idempotency = text;
        return null;
    }

    internal static void WriteError(ResponseBuffer buffer, ApiError error)
    {
        buffer.Json.WriteStartObject();
        buffer.Json.WriteString("label"u8, error.Label);
        buffer.Json.WriteString("message"u8, error.Message);
        buffer.Json.WriteEndObject();
    }

    internal static async Task WriteAsync(HttpContext http, int status, ReadOnlyMemory<byte> body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        await http.Response.BodyWriter.WriteAsync(body, http.RequestAborted);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void LogUnexpected(ILogger logger, Exception exception, string method, string path);
}
