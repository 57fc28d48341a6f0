using System.Diagnostics;
using Sluice.Tests;

namespace Sluice.Bench.Tests.Differential;

/// <summary>M-003: the same commands give the same bytes whatever compiles them: the JIT in every mode, with and without the wider instructions of this
/// processor, Debug and Release. Each runs `sluice bench hash` in a process of its own.</summary>
public sealed class RuntimeTests : IDisposable
{
#if DEBUG
    private const string OtherConfiguration = "Release";
#else
    private const string OtherConfiguration = "Debug";
#endif
    private const int Seeds = 2;

    private static readonly string Sluice = Path.Combine(AppContext.BaseDirectory, "sluice.dll");

    private static readonly (string Name, string Value)[][] Modes =
    [
        [("DOTNET_TieredCompilation", "0")],
        [("DOTNET_TieredCompilation", "1"), ("DOTNET_TieredPGO", "0")],
        [("DOTNET_TieredCompilation", "1"), ("DOTNET_TC_QuickJitForLoops", "1"), ("DOTNET_OSR_HitLimit", "1")],
        [("DOTNET_ReadyToRun", "0")],
        [("DOTNET_EnableAVX2", "0")],
        [("DOTNET_EnableHWIntrinsic", "0")],
    ];

    private readonly string artifacts = Directory.CreateTempSubdirectory("sluice-other-build-").FullName;

    [Fact]
    public async Task M_003_hashes_are_equal_in_every_mode_of_the_runtime_and_in_the_other_configuration()
    {
        var expected = await HashesAsync(Sluice);
        Assert.Equal(4 * Seeds * 2, expected.Length);                // profiles, seeds, terms
        Assert.Equal(expected.Length, expected.Distinct().Count());
        foreach (var mode in Modes) AssertSame(expected, await HashesAsync(Sluice, mode), string.Join(' ', mode.Select(m => $"{m.Name}={m.Value}")));

        AssertSame(expected, await HashesAsync(await OtherBuildAsync()), OtherConfiguration);
        Counts.Tell("Equal hashes across runtimes", $"{expected.Length} runs with their restored twins, equal in {Modes.Length} modes of the runtime and in a {OtherConfiguration} build");
    }

    public void Dispose() => Directory.Delete(artifacts, recursive: true);

    private static void AssertSame(string[] expected, string[] hashes, string mode) =>
        Assert.True(expected.SequenceEqual(hashes), $"{mode}:\n{string.Join('\n', expected.Except(hashes))}\nbecame\n{string.Join('\n', hashes.Except(expected))}");

    private static async Task<string[]> HashesAsync(string assembly, params (string Name, string Value)[] mode) =>
        (await RunAsync([assembly, "bench", "hash", "--seeds", $"{Seeds}", "--count", "10000"], mode)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    // Into a folder of its own, so that it disturbs no build beside it.
    private async Task<string> OtherBuildAsync()
    {
        var project = Path.Combine(Root(), "src", "Cli", "Cli.csproj");
        await RunAsync(["build", project, "-c", OtherConfiguration, "--disable-build-servers", $"-p:ArtifactsPath={artifacts}", "-p:RunAnalyzers=false"], []);
        return Path.Combine(artifacts, "bin", "Cli", OtherConfiguration.ToLowerInvariant(), "sluice.dll");
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Sluice.slnx"))) folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("No Sluice.slnx above the tests.");
        return folder;
    }

    private static async Task<string> RunAsync(string[] arguments, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}: {process.ExitCode}\n{await output}\n{await errors}");
        return await output;
    }
}
