using System.Net.Http.Headers;
using System.Text.Json;

namespace Sluice.Client;

/// <summary>What a request got: status, headers, and the body as JSON (undefined when there was none).</summary>
public sealed record Answer(int Status, HttpResponseHeaders Headers, byte[] Body)
{
    private readonly Lazy<JsonElement> json = new(() => Body.Length == 0 ? default : JsonSerializer.Deserialize(Body, AnswerJson.Default.JsonElement));

    public JsonElement Json => json.Value;

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The error's label; null on success.</summary>
    public string? Label => IsSuccess || Json.ValueKind != JsonValueKind.Object || !Json.TryGetProperty("label", out var label) ? null : label.GetString();

    public string? Message => IsSuccess || Json.ValueKind != JsonValueKind.Object || !Json.TryGetProperty("message", out var message) ? null : message.GetString();

    /// <summary>The body of a success; a refusal throws <see cref="RefusedException"/>.</summary>
    public JsonElement Require() => IsSuccess ? Json : throw new RefusedException(Status, Label ?? "", Message ?? System.Text.Encoding.UTF8.GetString(Body));
}

/// <summary>The venue refused; label and sentence are its own.</summary>
public sealed class RefusedException(int status, string label, string sentence) : Exception($"{status} {label}: {sentence}")
{
    public int Status { get; } = status;
    public string Label { get; } = label;
    public string Sentence { get; } = sentence;
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonElement))]
internal sealed partial class AnswerJson : System.Text.Json.Serialization.JsonSerializerContext;
