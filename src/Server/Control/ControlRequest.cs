using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Server.Gateway;

namespace Sluice.Server.Control;

/// <summary>One call of the control API: its path values, its body, and where the answer is written.</summary>
internal sealed class ControlRequest(string target, string[] values, ReadOnlyMemory<byte> body, string? idempotency, Utf8JsonWriter json) : IDisposable
{
    private JsonDocument? document;

    public Utf8JsonWriter Json => json;

    public ReadOnlyMemory<byte> Bytes => body;

    /// <summary>What stands for a * of the route.</summary>
    public string Value(int index = 0) => values[index];

    public bool HasIdempotencyKey => idempotency is not null;

    /// <summary>The body, an object with no other fields than these; what is wrong with it is the error of the result. No body is an empty object.</summary>
    public Parameters Body(params ReadOnlySpan<string> fields)
    {
        if (body.IsEmpty) return new Parameters(null);
        ApiError? error = null;
        document ??= JsonBody.Parse(body, out error);
        if (document is not { RootElement.ValueKind: JsonValueKind.Object })
        {
            var broken = new Parameters(null);
            broken.Refuse(error ?? ApiErrors.InvalidBody("The request body must be a JSON object"));
            return broken;
        }
        var parameters = new Parameters(null, document.RootElement);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (!fields.Contains(property.Name)) parameters.Refuse(UnknownField(property.Name, fields));
        }
        return parameters;
    }

    /// <summary>A field as it stands in a body that was read.</summary>
    public JsonElement? Element(string name) =>
        document is { RootElement.ValueKind: JsonValueKind.Object } && document.RootElement.TryGetProperty(name, out var element) ? element : null;

    /// <summary>The sender's key for one command of this call (design.md, Retries); empty when none was given.</summary>
    public IdempotencyKey Idempotency(int part = 0)
    {
        if (idempotency is null) return default;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"operator\n{part}\n{idempotency}"), hash);
        var (high, low) = (BinaryPrimitives.ReadUInt64LittleEndian(hash), BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]));
        SHA256.HashData([.. Encoding.UTF8.GetBytes(target + "\n"), .. body.Span], hash);
        return new IdempotencyKey(high, low, BinaryPrimitives.ReadUInt64LittleEndian(hash));
    }

    public void Dispose() => document?.Dispose();

    private static ApiError UnknownField(string name, ReadOnlySpan<string> fields) => new("INVALID_PARAM_VALUE", fields.IsEmpty
        ? $"Unknown field `{ApiErrors.Shorten(name)}`: this call has none"
        : $"Unknown field `{ApiErrors.Shorten(name)}`: this call has {string.Join(", ", fields.ToArray())}");
}
