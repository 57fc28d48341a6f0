using System.Text.Json;
using System.Text.Unicode;

namespace Sluice.Server.Gateway;

/// <summary>Strict reading of request bodies: UTF-8, at most 16 levels deep, no key twice in one object, nothing behind the value.</summary>
public static class JsonBody
{
    public const int MaxDepth = 16;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };
    private static readonly JsonDocumentOptions AllowingDuplicates = new() { MaxDepth = MaxDepth };

    /// <summary>Parses a body; on failure the document is null and the error says what is wrong with it.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> body, out ApiError? error)
    {
        error = null;
        if (!Utf8.IsValid(body.Span))
        {
            error = ApiErrors.InvalidBody("The request body is not valid UTF-8");
            return null;
        }
        if (TryParse(body, Strict) is { } document) return document;

        using var lenient = TryParse(body, AllowingDuplicates);
        error = ApiErrors.InvalidBody(lenient is not null
            ? "The request body has an object with the same key twice"
            : $"The request body is not JSON, or is nested deeper than {MaxDepth} levels");
        return null;
    }

    private static JsonDocument? TryParse(ReadOnlyMemory<byte> body, JsonDocumentOptions options)
    {
        try
        {
            return JsonDocument.Parse(body, options);
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            return null;            // a key with half a surrogate pair cannot be compared with others
        }
    }
}
