namespace Sluice.Fuzz.Tests.Schema;

/// <summary>Where the sources are: the committed documents are read from there, wherever the tests run.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static byte[] Read(params string[] path) => File.ReadAllBytes(Path.Combine([Root, .. path]));

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Sluice.slnx"))) return folder.FullName;
        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Sluice.slnx.");
    }
}
