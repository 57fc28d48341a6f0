using System.Text.Json.Nodes;
using Sluice.Server.Compatibility;

namespace Sluice.Server.Tests.Wire;

/// <summary>Compares what a golden file expects with the response schema in openapi.json: every property the schema lists must be expected, or be
/// named with its reason in <c>differences.json</c>, under its schema or under the operation; and nothing may be expected that the schema lacks.</summary>
internal static class SchemaCoverage
{
    private static readonly JsonObject Document = (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "docs", "api", "openapi.json")))!;

    /// <summary>Whether a schema, or the answer of an operation, has the property.</summary>
    public static bool Has(string schemaOrOperation, string property)
    {
        var schema = Document["components"]!["schemas"]![schemaOrOperation];
        if (WireTables.AllOperations.SingleOrDefault(operation => operation.Name == schemaOrOperation) is { } operation)
        {
            schema = Document["paths"]![operation.Path]![operation.Method.ToLowerInvariant()]!["responses"]![operation.SuccessStatus.ToString()]!["content"]!["application/json"]!["schema"]!;
            schema = schema["items"] ?? schema;
        }

        if ((string?)schema?["$ref"] is { } reference) schema = Document["components"]!["schemas"]![reference.Split('/')[^1]];
        return schema?["properties"]?[property] is not null;
    }

    public static IReadOnlyList<string> Check(GoldenFile file, Differences differences)
    {
        var gaps = new List<string>();
        var operation = Document["paths"]?[file.Operation.Path]?[file.Operation.Method.ToLowerInvariant()];
        if (operation is null) return [$"openapi.json has no {file.Operation.Method} {file.Operation.Path}"];
        var response = operation["responses"]?[file.Operation.SuccessStatus.ToString()];
        if (file.Status != file.Operation.SuccessStatus) gaps.Add($"the status of a success is {file.Operation.SuccessStatus}");
        var schema = response?["content"]?["application/json"]?["schema"];
        if (schema is null)
        {
            if (!file.IsEmpty) gaps.Add("the success has no body: \"empty\": true");
            return gaps;
        }

        var beyond = (file.Document["beyond"] as JsonArray ?? []).Select(node => (string)node!).ToHashSet();
        Visit("$", schema, null, file.Document["expect"]);
        return gaps;

        void Visit(string at, JsonNode schema, string? name, JsonNode? expected)
        {
            while ((string?)schema["$ref"] is { } reference)
            {
                name = reference.Split('/')[^1];
                schema = Document["components"]!["schemas"]![name]!;
            }

            if (expected is JsonValue value && value.TryGetValue<string>(out var text) && text.StartsWith("<any", StringComparison.Ordinal)) return;
            if ((string?)schema["type"] == "array")
            {
                if (expected is not JsonArray list) gaps.Add($"{at} is a list in the schema");
                else if (Matcher.ListForm(list) is { } form)
                {
                    if (form == "each?" && at == "$" && !differences.Operations.ContainsKey(file.Operation.Name))
                        gaps.Add("a list operation needs a list with something in it, or a sentence in differences.json why it is always empty");
                    Visit($"{at}[]", schema["items"]!, name, list[1]);
                }
                else if (list.Count == 0) gaps.Add($"{at} is expected to be empty, which shows nothing");
                else foreach (var element in list.Take(1)) Visit($"{at}[]", schema["items"]!, name, element);
                return;
            }

            if (schema["properties"] is JsonObject properties)
            {
                if (expected is not JsonObject map)
                {
                    gaps.Add($"{at} is an object in the schema");
                    return;
                }

                foreach (var (property, inner) in properties)
                {
                    var isAbsent = !map.TryGetPropertyValue(property, out var wanted) || (wanted is JsonValue v && v.TryGetValue<string>(out var t) && t == "<absent>");
                    if (!isAbsent) Visit($"{at}.{property}", inner!, name, wanted);
                    else if (!IsExcused(property)) gaps.Add($"{at}.{property} ({name}) is neither expected nor named in differences.json");
                }

                foreach (var (key, _) in map)
                    if (!properties.ContainsKey(key) && !beyond.Contains(key)) gaps.Add($"{at}.{key} is not in the schema");

                bool IsExcused(string property) => (name is not null && differences.Absent.TryGetValue(name, out var bySchema) && bySchema.ContainsKey(property))
                    || (differences.Absent.TryGetValue(file.Operation.Name, out var byOperation) && byOperation.ContainsKey(property));
            }
            else if (schema["additionalProperties"] is JsonObject values && expected is JsonObject entries)
            {
                if ((entries["$map"] ?? entries["$map?"]) is JsonArray pattern) Visit($"{at}{{}}", values, name, pattern[1]);
                else foreach (var (key, entry) in entries) Visit($"{at}.{key}", values, name, entry);
            }
        }
    }
}
