namespace Sluice.Products.Tests;

/// <summary>Where the sources are: layout, coverage and pages are checked there, wherever the tests run.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Sluice.slnx"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
