using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Sluice.Core.Values;

namespace Sluice.Server.Gateway;

/// <summary>The checks of a signed request, in the dialect's order: headers present, time within 60 s, key known, address allowed, signature good,
/// account not locked, permission of the key. The first that fails is the answer.</summary>
internal sealed class Authentication(IKeyDirectory keys)
{
    private const int WindowSeconds = 60;
    private const int TimestampDecimals = 18;       // nobody sends more; 18 with 19 digits before the point fit
    private const int LongestTimestamp = 40;

    // The first missing one is named; recordings of requests without any name Timestamp.
    private static readonly string[] Required = ["Timestamp", "KEY", "SIGN"];

    /// <summary>The checks that need no body. The key is only claimed until <see cref="CheckSignature"/>.</summary>
    public ApiError? CheckClaim(IHeaderDictionary headers, IPAddress remote, long nowMicros, out KeyRecord? claimed)
    {
        claimed = null;
        foreach (var name in Required)
        {
            if (string.IsNullOrEmpty(headers[name])) return new ApiError("MISSING_REQUIRED_HEADER", $"Missing required header: {name}");
        }
        if (CheckTime(headers["Timestamp"].ToString(), nowMicros) is { } expired) return expired;
        if (!keys.TryGet(headers["KEY"].ToString(), out var record)) return new ApiError("INVALID_KEY", "Invalid key provided");
        if (!record.Admits(remote)) return new ApiError("IP_FORBIDDEN", "Request IP not in whitelist");
        claimed = record;
        return null;
    }

    public static ApiError? CheckSignature(IHeaderDictionary headers, KeyRecord claimed, string method, string path, string query, ReadOnlySpan<byte> body) =>
        Signature.Verify(claimed.Hash, method, path, query, body, headers["Timestamp"].ToString(), headers["SIGN"].ToString())
            ? null : new ApiError("INVALID_SIGNATURE", "Signature mismatch");

    /// <summary>What the holder of the key may do.</summary>
    public static ApiError? CheckPermission(KeyRecord caller, Operation operation)
    {
        if (caller.Locked) return new ApiError("ACCOUNT_LOCKED", "The account of this API key is locked");
        var needed = operation.Permission;
        if ((caller.Scopes.Read & needed) == 0)
            return new ApiError("FORBIDDEN", $"Request API key does not have {Permissions.NameOf(needed)} permission");
        if (operation.IsWrite && (caller.Scopes.Write & needed) == 0)
            return new ApiError("READ_ONLY", $"Request API key is read-only for {Permissions.NameOf(needed)}");
        return null;
    }

    /// <summary>A time that is no number cannot be shown to be recent, so it counts as expired.</summary>
    private static ApiError? CheckTime(string timestamp, long nowMicros)
    {
        Span<byte> ascii = stackalloc byte[LongestTimestamp];
        if (timestamp.Length > LongestTimestamp || !Encoding.UTF8.TryGetBytes(timestamp, ascii, out var length)
            || DecimalText.TryParse(ascii[..length], TimestampDecimals, out Int128 sent) != DecimalParse.Ok)
            return new ApiError("REQUEST_EXPIRED", "Timestamp must be Unix time in seconds, such as 1700000000 or 1700000000.123");

        const long unitsPerMicro = 1_000_000_000_000;
        var now = (Int128)nowMicros * unitsPerMicro;
        var window = (Int128)WindowSeconds * 1_000_000 * unitsPerMicro;
        var gap = sent > now ? sent - now : now - sent;
        return gap <= window ? null
            : new ApiError("REQUEST_EXPIRED", $"gap between request Timestamp and server time exceeds {WindowSeconds}; server time is {nowMicros / 1_000_000}");
    }
}
