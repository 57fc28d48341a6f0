using System.Text.Json.Nodes;
using Sluice.Server.Compatibility;
using Sluice.Server.Gateway;

namespace Sluice.Server.Tests.Wire;

/// <summary>One operation's request and the answer it must get. Written from the committed openapi.json and the conventions of the dialect, never
/// recorded. Shapes that several operations share are in <c>shapes.json</c>: <c>{"$shape": "Order", "status": "open"}</c> is that shape
/// with one property replaced.</summary>
internal sealed class GoldenFile
{
    private static readonly JsonObject Shapes = (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "shapes.json")))!;

    private static string Folder => Path.Combine(Repository.Root, "tests", "Server.Tests", "Wire", "golden");

    /// <summary>All files by operation name.</summary>
    public static IReadOnlyDictionary<string, GoldenFile> All { get; } = Directory.EnumerateDirectories(Folder)
        .SelectMany(group => Directory.EnumerateFiles(group, "*.json"))
        .Select(path => new GoldenFile(path))
        .ToDictionary(file => file.Operation.Name);

    private GoldenFile(string path)
    {
        var name = $"{Path.GetFileName(Path.GetDirectoryName(path))}.{Path.GetFileNameWithoutExtension(path)}";
        Operation = WireTables.AllOperations.SingleOrDefault(operation => operation.Name == name) ?? throw new InvalidDataException($"{path}: no operation {name}.");
        Text = File.ReadAllText(path);
        Document = (JsonObject)WithShapes(JsonNode.Parse(Text))!;
        if ((string?)Document["operation"] != $"{Operation.Method} {Operation.Path}") throw new InvalidDataException($"{path}: the operation is {Operation.Method} {Operation.Path}.");
        var unknown = Document.Select(entry => entry.Key).Except(["operation", "user", "setup", "request", "status", "expect", "variants", "refusals", "after", "empty", "beyond", "never"]).ToList();
        if (unknown.Count > 0) throw new InvalidDataException($"{path}: unknown keys {string.Join(", ", unknown)}.");
    }

    public Operation Operation { get; }

    public string Text { get; }

    /// <summary>The file with its shapes put in.</summary>
    public JsonObject Document { get; }

    public int Status => (int)Document["status"]!;

    /// <summary>The success has no body.</summary>
    public bool IsEmpty => (bool?)Document["empty"] ?? false;

    /// <summary>The operation refuses everybody so far: there is no success to see, only the refusals. differences.json says why.</summary>
    public bool IsNeverDone => (bool?)Document["never"] ?? false;

    public IEnumerable<JsonObject> List(string key) => (Document[key] as JsonArray ?? []).Select(node => (JsonObject)node!);

    private static JsonNode? WithShapes(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray list: return new JsonArray([.. list.Select(WithShapes)]);
            case not JsonObject: return node?.DeepClone();
        }

        var source = (JsonObject)node;
        var result = new JsonObject();
        if ((string?)source["$shape"] is { } shape)
            foreach (var (key, value) in (JsonObject)WithShapes(Shapes[shape] ?? throw new InvalidDataException($"shapes.json has no {shape}."))!)
                result[key] = value?.DeepClone();
        foreach (var (key, value) in source)
            if (key != "$shape") result[key] = WithShapes(value);
        return result;
    }
}
