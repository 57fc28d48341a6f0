using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sluice.Core.Kernel;

namespace Sluice.Server.Gateway;

/// <summary>One request to an operation, after routing, signature, permission and limits; and the body of its answer.</summary>
public sealed class ApiRequest
{
    private readonly HttpContext http;
    private readonly ResponseBuffer response;
    private readonly RateLimiter limiter;
    private readonly string[] pathValues;
    private QueryParameters? query;
    private JsonDocument? document;

    internal ApiRequest(
        HttpContext http, ResponseBuffer response, RateLimiter limiter, Operation operation, string[] pathValues, string rawPath, string rawQuery,
        long receivedMicros, string traceId)
    {
        this.http = http;
        this.response = response;
        this.limiter = limiter;
        this.pathValues = pathValues;
        Operation = operation;
        RawPath = rawPath;
        RawQuery = rawQuery;
        ReceivedMicros = receivedMicros;
        TraceId = traceId;
    }

    public Operation Operation { get; }

    /// <summary>The HTTP method as sent; it differs from the operation's where a client in use calls another one.</summary>
    public string Method => http.Request.Method;

    /// <summary>With /api/v4, percent-encoded as sent.</summary>
    public string RawPath { get; }

    /// <summary>Without '?', as sent.</summary>
    public string RawQuery { get; }

    /// <summary>The body as sent; empty for GET and DELETE, whose bodies are never read. Valid until the request ends.</summary>
    public ReadOnlyMemory<byte> Body { get; internal set; }

    /// <summary>Wall clock, microseconds since the Unix epoch.</summary>
    public long ReceivedMicros { get; }

    public string TraceId { get; }

    /// <summary>The key that signed; null for public operations, which ignore signatures.</summary>
    public KeyRecord? Caller { get; internal set; }

    /// <summary>Who asks. Only private operations have one.</summary>
    public UserId User => Caller?.User ?? throw new InvalidOperationException($"{Operation} is public: nobody signed.");

    /// <summary>The other end of the connection; no forwarding header is believed.</summary>
    public IPAddress RemoteAddress => http.Connection.RemoteIpAddress ?? IPAddress.None;

    public CancellationToken Aborted => http.RequestAborted;

    /// <summary>Where the body of the answer is written.</summary>
    public Utf8JsonWriter Json => response.Json;

    public QueryParameters Query => query ??= new QueryParameters(RawQuery);

    /// <summary>Milliseconds since the Unix epoch after which the sender no longer wants the order (x-gate-exptime); 0 = not said. It is wall-clock
    /// time, and already checked against the time of receipt.</summary>
    public long ExpiresAtMillis { get; internal set; }

    /// <summary>The sender's Idempotency-Key, or null.</summary>
    public string? IdempotencyText { get; internal set; }

    /// <summary>Whether sizes of perpetual objects are wanted as strings (X-Gate-Size-Decimal: 1).</summary>
    public bool WantsDecimalSizes => http.Request.Headers["X-Gate-Size-Decimal"] == "1";

    internal bool RateChecked { get; private set; }

    /// <summary>A path parameter, percent-decoded, by its place in the operation's path.</summary>
    public string PathValue(int index = 0) => pathValues[index];

    /// <summary>A request header, or null.</summary>
    public string? Header(string name) => http.Request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;

    public void SetHeader(string name, string value) => http.Response.Headers[name] = value;

    /// <summary>Paging headers of the few lists that have them.</summary>
    public void SetPagination(long limit, long offset)
    {
        SetHeader("X-Pagination-Limit", limit.ToString(null, null));
        SetHeader("X-Pagination-Offset", offset.ToString(null, null));
    }

    /// <summary>How many entries there are in all.</summary>
    public void SetTotal(long total) => SetHeader("X-Pagination-Total", total.ToString(null, null));

    /// <summary>The query's parameters: for GET and DELETE.</summary>
    public Parameters QueryParameters() => new(Query);

    /// <summary>The body's parameters. A missing body reads as an empty object; one that is not a strict JSON object is already a refusal.</summary>
    public Parameters BodyParameters() => FromBody(null);

    /// <summary>Parameters that clients send in the query or the body, or in both; the body wins.</summary>
    public Parameters QueryOrBodyParameters() => FromBody(Query);

    /// <summary>The body as an array at top level; refused when it is something else, empty, or longer than <paramref name="most"/>.</summary>
    public IReadOnlyList<JsonElement> BodyArray(int most, out ApiError? error)
    {
        if (Body.IsEmpty)
        {
            error = ApiErrors.InvalidBody("The request body is empty; a JSON array is expected");
            return [];
        }
        error = null;
        document ??= JsonBody.Parse(Body, out error);
        if (document is null) return [];
        error = document.RootElement.ValueKind != JsonValueKind.Array ? ApiErrors.InvalidBody("The request body must be a JSON array")
            : document.RootElement.GetArrayLength() is var length && (length == 0 || length > most)
                ? ApiErrors.InvalidBody($"The request body has {length} entries; 1 to {most} are allowed") : null;
        return error is null ? [.. document.RootElement.EnumerateArray()] : [];
    }

    /// <summary>Counts this request against a limit that is known only now, such as place and amend of a market. Null when there is room, else
    /// the refusal. The headers of the answer tell this limit.</summary>
    /// <param name="market">The symbol of a market that exists.</param>
    /// <param name="count">How many orders of a batch it counts for.</param>
    public ApiError? CheckRate(string? market = null, int count = 1) => CheckRate(Operation.RateClass, market, count);

    /// <summary>As the other overload, for another class than the operation's own.</summary>
    public ApiError? CheckRate(RateClass rateClass, string? market = null, int count = 1)
    {
        RateChecked = true;
        if (!limiter.Enabled) return null;
        var subject = Caller is { } caller ? RateSubject.Of(caller.User) : RateSubject.Of(RemoteAddress);
        var verdict = limiter.Check(rateClass, subject, Operation.Index, market, count);
        ResponseHeaders.SetRateLimit(http.Response.Headers, verdict);
        return verdict.Allowed ? null : ApiErrors.TooManyRequests;
    }

    /// <summary>The idempotency key of one command of this request, hashed with the user, and a hash of what was asked; empty when the sender gave none.</summary>
    /// <param name="part">Which command of the request, when it sends several.</param>
    public IdempotencyKey Idempotency(int part = 0)
    {
        if (IdempotencyText is null) return default;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{User.Value}\n{part}\n{IdempotencyText}"), hash);
        var high = BinaryPrimitives.ReadUInt64LittleEndian(hash);
        var low = BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]);

        using var asked = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        asked.AppendData(Encoding.UTF8.GetBytes($"{Operation.Id}\n{RawPath}\n{RawQuery}\n"));
        asked.AppendData(Body.Span);
        asked.GetHashAndReset(hash);
        return new IdempotencyKey(high, low, BinaryPrimitives.ReadUInt64LittleEndian(hash));
    }

    internal void Finish() => document?.Dispose();

    private Parameters FromBody(QueryParameters? alsoFrom)
    {
        if (Body.IsEmpty) return new Parameters(alsoFrom);
        ApiError? error = null;
        document ??= JsonBody.Parse(Body, out error);
        if (document is not null && document.RootElement.ValueKind == JsonValueKind.Object) return new Parameters(alsoFrom, document.RootElement);
        var parameters = new Parameters(alsoFrom);
        parameters.Refuse(error ?? ApiErrors.InvalidBody("The request body must be a JSON object"));
        return parameters;
    }
}
