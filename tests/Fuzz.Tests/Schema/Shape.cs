using System.Text.Json;

namespace Sluice.Fuzz.Tests.Schema;

internal enum ShapeKind { Any, Text, Integer, Number, Flag, List, Object }

/// <summary>A schema of the committed OpenAPI document, resolved once, so that hundreds of thousands of answers can be held against it.</summary>
internal sealed class Shape
{
    private Property[] properties = [];

    public ShapeKind Kind { get; private set; }

    public string? Format { get; private set; }

    /// <summary>Bits that the dialect's clients keep for an integer.</summary>
    public int Width { get; private set; } = 64;

    public string[] Words { get; private set; } = [];

    public long? Least { get; private set; }
    public long? Most { get; private set; }
    public int? Longest { get; private set; }

    /// <summary>Of a list, its elements; of a map, its values.</summary>
    public Shape? Item { get; private set; }

    public bool IsNullable { get; private set; }
    public bool IsReadOnly { get; private set; }

    public IReadOnlyList<Property> Properties => properties;

    public bool IsMap => Kind == ShapeKind.Object && Item is not null;

    internal sealed record Property(string Name, byte[] Utf8, Shape Shape, bool IsRequired);

    /// <summary>Reads a schema; named ones are read once and may contain themselves.</summary>
    public static Shape Read(JsonElement schema, JsonElement schemas, Dictionary<string, Shape> named)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            var name = reference.GetString()!.Split('/')[^1];
            if (named.TryGetValue(name, out var known)) return known;
            named[name] = known = new Shape();
            known.Fill(schemas.GetProperty(name), schemas, named);
            return known;
        }
        var shape = new Shape();
        shape.Fill(schema, schemas, named);
        return shape;
    }

    /// <summary>The first thing about the value that the schema does not allow; null when there is none.</summary>
    /// <param name="beyond">Properties that may stand there without being in the schema.</param>
    /// <param name="isPart">Whether required properties may be absent.</param>
    public string? Complaint(JsonElement value, string[]? beyond = null, bool isPart = false, string at = "$")
    {
        if (value.ValueKind == JsonValueKind.Null) return IsNullable || Kind == ShapeKind.Any ? null : $"{at} is null";
        switch (Kind)
        {
            case ShapeKind.Any: return null;
            case ShapeKind.Text: return value.ValueKind != JsonValueKind.String ? Wrong(value, at, "a text") : Words.Length > 0 && !IsWord(value) ? Wrong(value, at, $"one of {string.Join(", ", Words)}") : null;
            case ShapeKind.Flag: return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : Wrong(value, at, "a boolean");
            case ShapeKind.Number: return value.ValueKind == JsonValueKind.Number ? null : Wrong(value, at, "a number");
            case ShapeKind.Integer:
                if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var number)) return Wrong(value, at, "an integer");
                if (Width == 32 && number is < int.MinValue or > int.MaxValue) return Wrong(value, at, "an integer of 32 bits");
                return number < Least || number > Most ? Wrong(value, at, $"{Least} to {Most}") : null;
            case ShapeKind.List:
                if (value.ValueKind != JsonValueKind.Array) return Wrong(value, at, "a list");
                foreach (var item in value.EnumerateArray())
                {
                    if (Item?.Complaint(item, beyond, isPart, at + "[]") is { } wrong) return wrong;
                }
                return null;
            default: return ComplaintOfObject(value, beyond, isPart, at);
        }
    }

    private string? ComplaintOfObject(JsonElement value, string[]? beyond, bool isPart, string at)
    {
        if (value.ValueKind != JsonValueKind.Object) return Wrong(value, at, "an object");
        ulong seen = 0;
        foreach (var entry in value.EnumerateObject())
        {
            var index = Find(entry);
            if (index >= 0)
            {
                if (properties.Length <= 64 && (seen & (1UL << index)) != 0) return $"{at}.{entry.Name} stands twice";
                seen |= 1UL << index;

                // null is safe for optional fields (conventions 13).
                if (entry.Value.ValueKind == JsonValueKind.Null && !properties[index].IsRequired) continue;
                if (properties[index].Shape.Complaint(entry.Value, beyond, isPart, $"{at}.{properties[index].Name}") is { } wrong) return wrong;
            }
            else if (Item is not null)
            {
                if (Item.Complaint(entry.Value, beyond, isPart, $"{at}.{entry.Name}") is { } wrong) return wrong;
            }
            else if (properties.Length > 0 && beyond?.Contains(entry.Name) != true)
            {
                return $"{at}.{entry.Name} is not in the schema";
            }
        }
        for (var i = 0; i < properties.Length && !isPart; i++)
        {
            if (properties[i].IsRequired && (seen & (1UL << i)) == 0) return $"{at}.{properties[i].Name} is missing";
        }
        return null;
    }

    private int Find(JsonProperty entry)
    {
        for (var i = 0; i < properties.Length; i++)
        {
            if (entry.NameEquals(properties[i].Utf8)) return i;
        }
        return -1;
    }

    private bool IsWord(JsonElement value)
    {
        foreach (var word in Words)
        {
            if (value.ValueEquals(word)) return true;
        }
        return false;
    }

    private void Fill(JsonElement schema, JsonElement schemas, Dictionary<string, Shape> named)
    {
        Format = schema.TryGetProperty("format", out var format) ? format.GetString() : null;
        IsNullable = schema.TryGetProperty("nullable", out var nullable) && nullable.GetBoolean();
        IsReadOnly = schema.TryGetProperty("readOnly", out var readOnly) && readOnly.GetBoolean();
        Kind = (schema.TryGetProperty("type", out var type) ? type.GetString() : null) switch
        {
            "string" => ShapeKind.Text,
            "integer" => ShapeKind.Integer,
            "number" => ShapeKind.Number,
            "boolean" => ShapeKind.Flag,
            "array" => ShapeKind.List,
            "object" => ShapeKind.Object,
            _ => ShapeKind.Any,
        };
        if (Kind == ShapeKind.Integer && Format != "int64" && schema.TryGetProperty("x-sdk-width", out var width)) Width = width.GetInt32();
        if (schema.TryGetProperty("enum", out var words) && Kind == ShapeKind.Text) Words = [.. words.EnumerateArray().Select(word => word.GetString()!)];
        if (schema.TryGetProperty("minimum", out var least) && least.TryGetInt64(out var low)) Least = low;
        if (schema.TryGetProperty("maximum", out var most) && most.TryGetInt64(out var high)) Most = high;
        if (schema.TryGetProperty("maxLength", out var longest)) Longest = longest.GetInt32();
        if (schema.TryGetProperty("items", out var items)) Item = Read(items, schemas, named);
        if (schema.TryGetProperty("additionalProperties", out var values) && values.ValueKind == JsonValueKind.Object) Item = Read(values, schemas, named);
        if (!schema.TryGetProperty("properties", out var listed)) return;
        var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(name => name.GetString()!).ToHashSet() : [];
        properties = [.. listed.EnumerateObject().Select(property => new Property(property.Name, System.Text.Encoding.UTF8.GetBytes(property.Name),
            Read(property.Value, schemas, named), required.Contains(property.Name)))];
    }

    private static string Wrong(JsonElement value, string at, string wanted)
    {
        var text = value.GetRawText();
        return $"{at} is {(text.Length > 80 ? text[..80] + "…" : text)}, not {wanted}";
    }
}
