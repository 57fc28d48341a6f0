using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Bench.Measure;

/// <summary>What a load in a process of its own hands to the one that started it, as a file of JSON.</summary>
/// <param name="Right">Whether its result was what it must be.</param>
internal sealed record Sheet(bool Right, IReadOnlyList<Figure> Figures, IReadOnlyList<Curve> Curves)
{
    public void Write(string file)
    {
        // Under its own name only when it is whole.
        File.WriteAllBytes(file + ".part", JsonSerializer.SerializeToUtf8Bytes(this, SheetJson.Default.Sheet));
        File.Move(file + ".part", file, overwrite: true);
    }

    /// <exception cref="InvalidDataException">There is no such file, or it is not a sheet.</exception>
    public static Sheet Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), SheetJson.Default.Sheet) ?? throw new InvalidDataException("There are no figures in it.");
        }
        catch (Exception missing) when (missing is FileNotFoundException or JsonException)
        {
            throw new InvalidDataException("There are no figures.", missing);
        }
    }
}

[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, IncludeFields = true, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Sheet))]
internal sealed partial class SheetJson : JsonSerializerContext;
