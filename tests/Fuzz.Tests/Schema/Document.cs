using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Server.Gateway;

namespace Sluice.Fuzz.Tests.Schema;

/// <summary>A parameter of an operation; Place is path, query or header.</summary>
internal sealed record Parameter(string Name, string Place, Shape Shape, bool IsRequired);

/// <summary>An operation as the committed OpenAPI document has it.</summary>
/// <param name="Answers">Schema of a success by its status; null where it has no body.</param>
/// <param name="Beyond">Properties of the answer that the document does not have and the golden file of the operation names.</param>
/// <param name="IsNeverDone">The golden file says that nothing can make it succeed in this version.</param>
internal sealed record DocumentedOperation(
    Operation Operation, IReadOnlyList<Parameter> Parameters, Shape? Body, IReadOnlyDictionary<int, Shape?> Answers, string[] Beyond, bool IsNeverDone)
{
    public string Id => Operation.Id;
}

/// <summary>docs/api/openapi.json, for the operations that are built.</summary>
internal static class Document
{
    private static readonly JsonDocument Json = JsonDocument.Parse(Repository.Read("docs", "api", "openapi.json"));

    /// <summary>The shape of every error: a label and a sentence.</summary>
    public static Shape Error { get; } = Shape.Read(Json.RootElement.GetProperty("components").GetProperty("schemas").GetProperty("GateError"),
        Json.RootElement.GetProperty("components").GetProperty("schemas"), []);

    /// <param name="contracts">The operations of contracts, or all others.</param>
    public static IReadOnlyList<DocumentedOperation> Of(EndpointTable endpoints, bool contracts = false)
    {
        var root = Json.RootElement;
        var schemas = root.GetProperty("components").GetProperty("schemas");
        var named = new Dictionary<string, Shape>(StringComparer.Ordinal);
        return [.. endpoints.Mapped.Where(operation => (operation.Group is "futures" or "delivery") == contracts).Select(operation => Read(operation,
            root.GetProperty("paths").GetProperty(operation.Path).GetProperty(operation.Method.ToLowerInvariant()), schemas, named))];
    }

    private static DocumentedOperation Read(Operation operation, JsonElement documented, JsonElement schemas, Dictionary<string, Shape> named)
    {
        var parameters = documented.TryGetProperty("parameters", out var list) ? list.EnumerateArray().Select(parameter => new Parameter(
            parameter.GetProperty("name").GetString()!, parameter.GetProperty("in").GetString()!, Shape.Read(parameter.GetProperty("schema"), schemas, named),
            parameter.TryGetProperty("required", out var required) && required.GetBoolean())).ToArray() : [];
        var body = documented.TryGetProperty("requestBody", out var requestBody) ? ShapeOf(requestBody, schemas, named) : null;
        var answers = new Dictionary<int, Shape?>();
        foreach (var answer in documented.GetProperty("responses").EnumerateObject())
        {
            if (answer.Name != "default" && answer.Name[0] == '2') answers[int.Parse(answer.Name)] = ShapeOf(answer.Value, schemas, named);
        }
        var golden = JsonNode.Parse(Repository.Read("tests", "Server.Tests", "Wire", "golden", operation.Group, operation.Id + ".json"))!;
        return new DocumentedOperation(operation, parameters, body, answers, [.. ((golden["beyond"] as JsonArray) ?? []).Select(name => ((string)name!).Split('.')[^1])], (bool?)golden["never"] ?? false);
    }

    private static Shape? ShapeOf(JsonElement part, JsonElement schemas, Dictionary<string, Shape> named) =>
        part.TryGetProperty("content", out var content) ? Shape.Read(content.GetProperty("application/json").GetProperty("schema"), schemas, named) : null;
}
