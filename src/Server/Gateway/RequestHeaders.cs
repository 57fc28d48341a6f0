using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Sluice.Core.Values;

namespace Sluice.Server.Gateway;

/// <summary>Reads the optional headers of a write, and what the caller can unpack.</summary>
internal static class RequestHeaders
{
    private const int LongestIdempotencyKey = 64;

    /// <summary>Sets <see cref="ApiRequest.IdempotencyText"/> and <see cref="ApiRequest.ExpiresAtMillis"/>; a malformed header is a refusal, and so is a
    /// request that arrived after it expired.</summary>
    public static ApiError? Read(IHeaderDictionary headers, ApiRequest request)
    {
        if (headers.TryGetValue("Idempotency-Key", out var key))
        {
            var text = key.ToString();
            if (key.Count != 1 || text.Length is 0 or > LongestIdempotencyKey || text.AsSpan().ContainsAnyExceptInRange('!', '~'))
                return ApiErrors.InvalidParam("Idempotency-Key", text, $"1 to {LongestIdempotencyKey} visible ASCII characters");
            request.IdempotencyText = text;
        }
        if (headers.TryGetValue("x-gate-exptime", out var expiry) && !StringValues.IsNullOrEmpty(expiry))
        {
            var text = expiry.ToString();
            Span<byte> ascii = stackalloc byte[20];
            if (text.Length > ascii.Length || !Encoding.UTF8.TryGetBytes(text, ascii, out var length)
                || DecimalText.TryParse(ascii[..length], 0, out long millis) != DecimalParse.Ok || millis is <= 0 or > MaxMillis)
                return ApiErrors.InvalidParam("x-gate-exptime", text, "Unix time in milliseconds");
            if (request.ReceivedMicros > millis * 1000)
                return new ApiError("REQUEST_EXPIRED", $"The request came after its x-gate-exptime of {millis}");
            request.ExpiresAtMillis = millis;
        }
        return null;
    }

    /// <summary>Whether the body may be read as JSON: a form or a file is told so instead of failing as syntax.</summary>
    public static ApiError? CheckContentType(HttpRequest request) =>
        request.ContentType is not { Length: > 0 } type || type.Contains("json", StringComparison.OrdinalIgnoreCase) ? null
            : new ApiError("INVALID_CONTENT_TYPE", $"The body must be application/json, not {ApiErrors.Shorten(type)}");

    /// <summary>Whether an answer may be gzip: the header names it, or everything, and not with weight 0.</summary>
    public static bool AcceptsGzip(IHeaderDictionary headers)
    {
        var accept = headers.AcceptEncoding.ToString();
        foreach (var range in accept.AsSpan().Split(','))
        {
            var part = accept.AsSpan()[range].Trim();
            var semicolon = part.IndexOf(';');
            var coding = semicolon < 0 ? part : part[..semicolon].TrimEnd();
            if (!coding.Equals("gzip", StringComparison.OrdinalIgnoreCase) && !coding.SequenceEqual("*")) continue;
            var weight = semicolon < 0 ? default : part[(semicolon + 1)..].Trim();
            return !weight.StartsWith("q=0", StringComparison.OrdinalIgnoreCase) || weight[3..].ContainsAnyInRange('1', '9');
        }
        return false;
    }

    // Nanoseconds of a later instant do not fit 64 bits.
    private const long MaxMillis = long.MaxValue / 1_000_000;
}
