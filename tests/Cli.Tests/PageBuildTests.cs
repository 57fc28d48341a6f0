using System.Diagnostics;
using System.Text.Json;

namespace Sluice.Cli.Tests;

/// <summary>The page as the build makes it: its own unit tests, and a machine that has the .NET SDK and nothing else.</summary>
public sealed class PageBuildTests
{
    private static readonly string Root = FindRoot();

    [Fact]
    public async Task The_unit_tests_of_the_page_hold()
    {
        using var folder = new TemporaryFolder();
        var report = Path.Combine(folder.Path, "report.json");
        var runner = Path.Combine(Root, "web", "node_modules", "vitest", "vitest.mjs");
        Assert.True(File.Exists(runner), "The packages of web/ are not there: the build fetches them where Node and a package registry are in reach.");
        var (exit, output) = await RunAsync("node", Path.Combine(Root, "web"), null, runner, "run", "--reporter=default", "--reporter=json", $"--outputFile.json={report}");
        Assert.True(exit == 0, output);
        var json = JsonDocument.Parse(await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken)).RootElement;
        var (total, passed) = (json.GetProperty("numTotalTests").GetInt32(), json.GetProperty("numPassedTests").GetInt32());
        Assert.True(total > 0 && passed == total, $"{passed} of {total} passed\n{output}");
    }

    [Fact]
    public async Task Without_Node_the_build_says_what_is_missing_and_goes_on()
    {
        using var folder = new TemporaryFolder();
        var tools = Directory.CreateDirectory(Path.Combine(folder.Path, "tools")).FullName;
        var dotnet = Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : Find("dotnet");
        File.CreateSymbolicLink(Path.Combine(tools, "sh"), "/bin/sh");
        File.CreateSymbolicLink(Path.Combine(tools, "dotnet"), new FileInfo(dotnet).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? dotnet);
        var (exit, output) = await RunAsync(Path.Combine(tools, "dotnet"), Root, tools, "msbuild", Path.Combine("src", "Cli", "Cli.csproj"), "-t:AddWeb", "-nologo", "-nodeReuse:false", $"-p:ArtifactsPath={folder.Path}/artifacts");
        Assert.True(exit == 0, output);
        Assert.Contains("Node is not on PATH, so the browser page is left out of this build. Everything else works", output, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", output, StringComparison.OrdinalIgnoreCase);
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "artifacts", "web")));
    }

    private static string Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).First(File.Exists);

    private static async Task<(int Exit, string Output)> RunAsync(string program, string folder, string? path, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        if (path is not null) start.Environment["PATH"] = path;
        start.Environment["MSBUILDTERMINALLOGGER"] = "off";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Sluice.slnx"))) folder = folder.Parent ?? throw new InvalidOperationException("These tests run inside the checkout.");
        return folder.FullName;
    }
}
