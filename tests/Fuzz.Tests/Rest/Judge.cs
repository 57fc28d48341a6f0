using System.Text.Json;
using Sluice.Fuzz.Tests.Schema;
using Sluice.Fuzz.Tests.Wire;
using Sluice.Server.Gateway;

namespace Sluice.Fuzz.Tests.Rest;

/// <summary>Holds an answer against the document: a status that it lists, and the schema of that status to the letter.</summary>
internal sealed class Judge(EndpointTable endpoints, IReadOnlyList<DocumentedOperation> operations)
{
    private static readonly string[] Unsigned = ["MISSING_REQUIRED_HEADER", "REQUEST_EXPIRED", "INVALID_KEY", "INVALID_SIGNATURE", "IP_FORBIDDEN"];

    private const int LongestLine = 16_000;

    private readonly Dictionary<string, DocumentedOperation> byId = operations.ToDictionary(operation => operation.Id);

    /// <summary>What is wrong with the answer; null when nothing is.</summary>
    /// <param name="json">The body of a success that has one, for the caller to read and dispose of.</param>
    public string? Complaint(Attempt attempt, in RawAnswer answer, out JsonDocument? json)
    {
        json = null;
        if (answer.Status >= 500) return "is a failure of the server";

        if (answer.Body.Length == 0 && answer.Closes && IsNoHttp(attempt.Request, answer.Status)) return null;

        var match = endpoints.Match(attempt.Request.Method, attempt.Request.Target.AsSpan("/api/v4".Length));
        if (answer.Status >= 400) return ComplaintOfError(answer) ?? ComplaintOfLabel(attempt, answer, match);
        if (!match.Found) return "is done, at a path that does not exist";
        if (attempt.Signed != Signed.Well && !match.Operation.IsPublic) return "is done, without a good signature";
        if (!byId.TryGetValue(match.Operation.Id, out var operation)) return null;
        if (!operation.Answers.TryGetValue(answer.Status, out var shape)) return $"has status {answer.Status}, which the document does not list";
        if (shape is null) return answer.Body.Length == 0 ? null : "has a body where the document has none";
        try
        {
            json = JsonDocument.Parse(answer.Body);
        }
        catch (JsonException)
        {
            return "is not JSON";
        }
        if (attempt.IsForeign && attempt.IsPlain && IsAboutOne(operation)) return "tells about somebody else's";
        return shape.Complaint(json.RootElement, operation.Beyond, isPart: AsksForLess(attempt.Request));
    }

    /// <summary>What cannot be read as HTTP never gets to the API: status alone, and the connection ends.</summary>
    private static bool IsNoHttp(RawRequest request, int status) => status switch
    {
        400 => request.Target.Contains("%00", StringComparison.Ordinal) || !System.Text.Ascii.IsValid(request.Headers),
        414 => request.Target.Length + request.Query.Length > LongestLine,
        _ => false,
    };

    /// <summary>action_mode ACK and RESULT leave out what FULL has, required or not (conventions 11).</summary>
    private static bool AsksForLess(RawRequest request) =>
        request.Query.Contains("action_mode=", StringComparison.Ordinal) || request.Body.AsSpan().IndexOf("\"action_mode\""u8) >= 0;

    private static string? ComplaintOfError(in RawAnswer answer)
    {
        try
        {
            using var error = JsonDocument.Parse(answer.Body);
            if (Document.Error.Complaint(error.RootElement) is { } wrong) return wrong;
            var label = error.RootElement.GetProperty("label").GetString()!;
            if (!ErrorLabels.All.TryGetValue(label, out var status)) return $"has a label that is not listed, {label}";
            if (status != answer.Status) return $"has status {answer.Status}; {label} is listed with {status}";
            return error.RootElement.TryGetProperty("message", out var message) && message.GetString()!.Length > 0 ? null : "has no sentence";
        }
        catch (JsonException)
        {
            return "is no error in JSON";
        }
    }

    private static string? ComplaintOfLabel(Attempt attempt, in RawAnswer answer, in EndpointMatch match)
    {
        if (attempt.Signed == Signed.Well || !match.Found || match.Operation.IsPublic) return null;
        using var error = JsonDocument.Parse(answer.Body);
        var label = error.RootElement.GetProperty("label").GetString()!;
        return Unsigned.Contains(label) ? null : $"is refused with {label}, though its signature is bad";
    }

    /// <summary>Whether the path names one thing that has an owner.</summary>
    private static bool IsAboutOne(DocumentedOperation operation) =>
        operation.Operation.Path.Contains("{order_id}", StringComparison.Ordinal) || operation.Operation.Path.Contains("{user_id}", StringComparison.Ordinal);
}
