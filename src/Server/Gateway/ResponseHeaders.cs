using Microsoft.AspNetCore.Http;

namespace Sluice.Server.Gateway;

/// <summary>Headers that every answer of the API carries.</summary>
internal static class ResponseHeaders
{
    private const string Exposed = "X-In-Time, X-Out-Time, X-Gate-Trace-ID, X-Gate-RateLimit-Requests-Remain, X-Gate-RateLimit-Limit, "
        + "X-Gate-RateLimit-Reset-Timestamp, X-Pagination-Limit, X-Pagination-Offset, X-Pagination-Total";

    public static void SetCommon(IHeaderDictionary headers, long receivedMicros, string traceId)
    {
        headers["X-In-Time"] = receivedMicros.ToString(null, null);
        headers["X-Gate-Trace-ID"] = traceId;
        headers["Access-Control-Allow-Origin"] = "*";
        headers["Access-Control-Allow-Methods"] = "GET,POST,OPTIONS,DELETE,PUT,PATCH";
        headers["Access-Control-Allow-Headers"] = "KEY,SIGN,Timestamp,Content-Type,Accept,Idempotency-Key,X-Gate-Size-Decimal,X-Gate-ExpTime,X-Gate-Channel-Id";
        headers["Access-Control-Expose-Headers"] = Exposed;
        headers["Access-Control-Max-Age"] = "1728000";
        headers["X-Content-Type-Options"] = "nosniff";
        headers["Cache-Control"] = "no-store";
    }

    /// <summary>No page of another site reads an answer to a request that came with a cookie.</summary>
    public static void ForThisSiteOnly(IHeaderDictionary headers)
    {
        headers.Remove("Access-Control-Allow-Origin");
        headers.Remove("Access-Control-Allow-Methods");
        headers.Remove("Access-Control-Allow-Headers");
        headers.Remove("Access-Control-Expose-Headers");
        headers.Remove("Access-Control-Max-Age");
    }

    public static void SetRateLimit(IHeaderDictionary headers, RateVerdict verdict)
    {
        headers["X-Gate-RateLimit-Requests-Remain"] = verdict.Remaining.ToString(null, null);
        headers["X-Gate-RateLimit-Limit"] = verdict.Limit.ToString(null, null);
        headers["X-Gate-RateLimit-Reset-Timestamp"] = verdict.ResetSeconds.ToString(null, null);
    }
}
