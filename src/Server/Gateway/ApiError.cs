using System.Globalization;

namespace Sluice.Server.Gateway;

/// <summary>A refusal as the wire tells it: a label clients branch on, and a sentence that says what to change.</summary>
public sealed class ApiError(string label, string message)
{
    public string Label { get; } = label;
    public string Message { get; } = message;

    /// <summary>HTTP status, from the table of labels.</summary>
    public int Status { get; } = ErrorLabels.StatusOf(label);

    /// <summary>So that a handler without anything to wait for can return the refusal as it is.</summary>
    public static implicit operator ValueTask<ApiResult>(ApiError error) => new(ApiResult.Refused(error));

    public override string ToString() => $"{Label}: {Message}";
}

/// <summary>The refusals of the gateway itself.</summary>
public static class ApiErrors
{
    private const int LongestEcho = 64;

    public static ApiError TooManyRequests { get; } = new("TOO_MANY_REQUESTS", " Request Rate Limit Exceeded (003)");

    /// <summary>A query that would not show the caller's own last change (design.md, Read your writes).</summary>
    public static ApiError HistoryBehind { get; } = new("TOO_BUSY", "The history has not caught up with your last change yet; ask again in a moment");

    public static ApiError UnknownPair(string symbol) => new("INVALID_CURRENCY_PAIR", $"Invalid currency pair {Shorten(symbol)}");

    public static ApiError NotFound(string path) => new("NOT_FOUND", $"There is no such path: {Shorten(path)}");

    public static ApiError MethodNotAllowed(string method, string allowed) =>
        new("METHOD_NOT_ALLOWED", $"{Shorten(method)} is not allowed here; this path answers {allowed}");

    public static ApiError NotImplemented(Operation operation) =>
        new("NOT_IMPLEMENTED", $"{operation.Method} {operation.Path} is known but not built in this version");

    public static ApiError InvalidParam(string name, string value) =>
        new("INVALID_PARAM_VALUE", $"Invalid request parameter `{name}` value: {Shorten(value)}");

    public static ApiError InvalidParam(string name, long value) => InvalidParam(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>As the other overload, with the reason behind the value.</summary>
    public static ApiError InvalidParam(string name, string value, string reason) =>
        new("INVALID_PARAM_VALUE", $"Invalid request parameter `{name}` value: {Shorten(value)} ({reason})");

    public static ApiError MissingParam(string name) => new("MISSING_REQUIRED_PARAM", $"Missing required parameter: {name}");

    public static ApiError InvalidBody(string sentence) => new("INVALID_REQUEST_BODY", sentence);

    /// <summary>The front of a text from outside, so that an answer never repeats a megabyte.</summary>
    public static string Shorten(string text) => text.Length <= LongestEcho ? text : string.Concat(text.AsSpan(0, LongestEcho), "…");
}
