namespace Sluice.Products.Tests.Spot;

/// <summary>Every script of Cases/: edge cases written by hand, and what the oracle tests have found or will find, told as a
/// <see cref="BookScript"/>. A new file is a new test.</summary>
public class CaseTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Spot", "Cases");

    public static TheoryData<string> Cases => [.. Directory.GetFiles(Folder, "*.book").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Cases))]
    public void M_032_kept_cases(string name) => BookScript.Book(File.ReadAllText(Path.Combine(Folder, $"{name}.book")));
}
