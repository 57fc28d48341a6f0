namespace Sluice.Products.Tests.Futures.Concepts;

/// <summary>A page or plot of docs/concepts/futures. What it says is computed here with the venue's own arithmetic: a page cannot drift from the rules.</summary>
internal static class Page
{
    private static readonly string Folder = Path.Combine(Checkout.Root, "docs", "concepts", "futures");

    /// <summary>Each figure stands in the page, digit for digit.</summary>
    public static void Says(string name, params ReadOnlySpan<string> figures)
    {
        var page = File.ReadAllText(Path.Combine(Folder, name));
        foreach (var figure in figures) Assert.Contains($"**{figure}**", page, StringComparison.Ordinal);
    }

    /// <summary>The plot is drawn from the same arithmetic. With SLUICE_WRITE_PLOTS=1 it is written anew instead of compared.</summary>
    public static void Shows(string name, string svg)
    {
        var path = Path.Combine(Folder, name);
        if (Environment.GetEnvironmentVariable("SLUICE_WRITE_PLOTS") == "1") File.WriteAllText(path, svg);
        Assert.Equal(svg, File.ReadAllText(path));
    }
}
