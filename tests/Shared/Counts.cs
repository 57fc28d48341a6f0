using System.Globalization;
using System.Text;

namespace Sluice.Tests;

/// <summary>How much the long tests do, and what they did. CI runs the numbers as written; SLUICE_TEST_SCALE=100 runs a hundred times as much, and a Debug
/// build a tenth of it. What was done goes to the test's output and, behind every run of .ci/run, to its end.</summary>
internal static class Counts
{
    /// <summary>From SLUICE_TEST_SCALE: 1 when it is not set, up to 100.</summary>
    public static int Scale { get; } = int.TryParse(Environment.GetEnvironmentVariable("SLUICE_TEST_SCALE"), CultureInfo.InvariantCulture, out var scale)
        ? Math.Clamp(scale, 1, 100)
        : 1;

    /// <summary>How many of something to do where CI does <paramref name="ci"/> of them.</summary>
    public static int Of(int ci) =>
#if DEBUG
        int.Max(checked(ci * Scale) / 10, 1);
#else
        checked(ci * Scale);
#endif

    /// <summary>Tells what was done: a short title, then the numbers; lines are kept as they are.</summary>
    public static void Tell(string title, string numbers)
    {
        var text = $"{title}: {numbers}";
        TestContext.Current.TestOutputHelper?.WriteLine(text);
        if (Environment.GetEnvironmentVariable("SLUICE_COUNTS") is not { Length: > 0 } path) return;
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);      // test projects run beside each other
        file.Write(Encoding.UTF8.GetBytes(text + Environment.NewLine));
    }
}
