using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Server.Identity;

namespace Sluice.Server.Venue;

/// <summary>Where a venue keeps what must last: its disk, and the facts it was made with.</summary>
internal sealed class VenueFolder : IDisposable
{
    private const string SettingsFile = "venue.json";

    private readonly DataFolder? folder;

    private VenueFolder(IDisk disk, DataFolder? folder, VenueSettings settings)
    {
        Disk = disk;
        this.folder = folder;
        Settings = settings;
    }

    public IDisk Disk { get; }

    /// <summary>Null when nothing is kept.</summary>
    public string? Path => folder?.Path;

    public VenueSettings Settings { get; }

    /// <summary>Takes the folder; throws <see cref="VenueRefusedException"/> when it is in use, unreadable, or was made otherwise than asked.</summary>
    public static VenueFolder Open(VenueOptions options)
    {
        var fresh = new VenueSettings(options.Seed ?? 1, options.ManualClock);
        if (options.DataFolder is not { } path) return new VenueFolder(options.Disk ?? new MemoryDisk(), null, fresh);
        DataFolder folder;
        try
        {
            folder = DataFolder.Open(path);
        }
        catch (Exception error) when (error is DataFolderInUseException or IOException or UnauthorizedAccessException)
        {
            throw new VenueRefusedException(error is DataFolderInUseException ? error.Message
                : $"The data folder {path} cannot be used: {error.Message} Choose another with --data.", error);
        }
        try
        {
            return new VenueFolder(folder.Disk, folder, Agree(folder.Disk, fresh, options));
        }
        catch (DiskFullException full)
        {
            folder.Dispose();
            throw new VenueRefusedException($"The disk of the data folder {path} is full; make room on it, or choose another folder with --data.", full);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public void Dispose() => folder?.Dispose();

    private static VenueSettings Agree(IDisk disk, VenueSettings fresh, VenueOptions options)
    {
        if (PrivateFile.Read(disk, SettingsFile) is not { } bytes)
        {
            PrivateFile.Write(disk, SettingsFile, JsonSerializer.SerializeToUtf8Bytes(fresh, VenueSettingsJson.Default.VenueSettings));
            return fresh;
        }
        var kept = Read(bytes) ?? throw new VenueRefusedException($"{SettingsFile} in the data folder is damaged; restore it, or choose another folder with --data.");
        if (options.Seed is { } seed && seed != kept.Seed)
        {
            throw new VenueRefusedException($"The data folder was made with seed {kept.Seed}, and --seed {seed} would give its markets another past; leave --seed out, or choose another folder with --data.");
        }
        if (kept.ManualClock != options.ManualClock)
        {
            throw new VenueRefusedException($"The data folder was made with --clock {(kept.ManualClock ? "manual" : "real")}; start it with that, or choose another folder with --data.");
        }
        return kept;
    }

    private static VenueSettings? Read(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, VenueSettingsJson.Default.VenueSettings);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <param name="Seed">Of the simulated markets.</param>
internal sealed record VenueSettings(long Seed, bool ManualClock);

[JsonSerializable(typeof(VenueSettings))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
internal sealed partial class VenueSettingsJson : JsonSerializerContext;
