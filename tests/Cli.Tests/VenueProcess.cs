using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Sluice.Client;

namespace Sluice.Cli.Tests;

/// <summary>A venue as a user runs it: `sluice serve` in a process of its own, on a free port.</summary>
internal sealed partial class VenueProcess : IAsyncDisposable
{
    public const string AdminToken = "operator-of-a-test";

    private const int Sigterm = 15;

    private static readonly string Executable = Path.Combine(AppContext.BaseDirectory, "sluice.dll");
    private readonly Process process;
    private readonly List<string> errors;

    private VenueProcess(Process process, List<string> errors, string baseUrl, Credentials demo, string adminToken)
    {
        this.process = process;
        this.errors = errors;
        BaseUrl = baseUrl;
        Demo = demo;
        Rest = new RestClient(baseUrl, demo);
        Control = new ControlClient(baseUrl, adminToken);
    }

    /// <summary>What stands before `dotnet` when it is not run as is: the command that enters a namespace.</summary>
    public static string[] Launcher { get; set; } = [];

    public string BaseUrl { get; }

    /// <summary>The key of the first user.</summary>
    public Credentials Demo { get; }

    public RestClient Rest { get; }
    public ControlClient Control { get; }
    public int Id => process.Id;

    public string Errors
    {
        get { lock (errors) return string.Join('\n', errors); }
    }

    /// <summary>Runs any verb to its end.</summary>
    public static async Task<(int Exit, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Starts `sluice serve` with these arguments and waits for its ready line. <c>--urls</c> is added.</summary>
    public static async Task<VenueProcess> ServeAsync(params string[] arguments)
    {
        var fixedKeys = Launcher.Length > 0 || arguments.Contains("memory");        // else they are read from the folder
        var process = Start(["serve", "--urls", "http://127.0.0.1:0", .. arguments], fixedKeys);
        var errors = new List<string>();
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null) return;
            lock (errors) errors.Add(line.Data);
        };
        process.BeginErrorReadLine();
        string? baseUrl = null;
        while (baseUrl is null && await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.StartsWith("ready ", StringComparison.Ordinal)) baseUrl = line["ready ".Length..];
        }
        if (baseUrl is null)
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            throw new InvalidOperationException($"sluice serve ended with {process.ExitCode}: {string.Join('\n', errors)}");
        }
        _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        if (fixedKeys) return new VenueProcess(process, errors, baseUrl, new Credentials("demokey", "demosecret"), AdminToken);
        var folder = arguments[Array.IndexOf(arguments, "--data") + 1];
        var demo = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, "demo-key.json"))).RootElement;
        var token = (await File.ReadAllTextAsync(Path.Combine(folder, "admin-token"))).Trim();
        return new VenueProcess(process, errors, baseUrl, new Credentials(demo.GetProperty("key").GetString()!, demo.GetProperty("secret").GetString()!), token);
    }

    /// <summary>A user of its own with funds, by the control API.</summary>
    public async Task<Credentials> NewUserAsync(string name, params (string Asset, string Amount)[] funds)
    {
        var user = (await Control.PostAsync("/users", $$"""{"name":"{{name}}"}""")).Require();
        foreach (var (asset, amount) in funds)
        {
            (await Control.PostAsync($"/users/{user.GetProperty("user_id")}/fund", $$"""{"wallet":"spot","asset":"{{asset}}","amount":"{{amount}}"}""")).Require();
        }
        return new Credentials(user.GetProperty("key").GetString()!, user.GetProperty("secret").GetString()!);
    }

    /// <summary>Starts `sluice serve` and kills it (kill -9) after that long, most likely while it recovers.</summary>
    public static async Task StartAndKillAsync(TimeSpan after, params string[] arguments)
    {
        using var process = Start(["serve", "--urls", "http://127.0.0.1:0", .. arguments]);
        _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
        await Task.Delay(after, TestContext.Current.CancellationToken);
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>SIGTERM, without waiting for the end it brings.</summary>
    public void Terminate() => Kill(process.Id, Sigterm);

    /// <summary>The exit code.</summary>
    public async Task<int> WaitForExitAsync()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, which must end in exit code 0.</summary>
    public async Task StopAsync()
    {
        if (Kill(process.Id, Sigterm) != 0) throw new InvalidOperationException("The process is gone.");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}: {Errors}");
    }

    public async ValueTask DisposeAsync()
    {
        Rest.Dispose();
        Control.Dispose();
        if (!process.HasExited) await KillAsync();
        process.Dispose();
    }

    private static Process Start(string[] arguments, bool fixedKeys = false)
    {
        string[] command = [.. Launcher, "dotnet", Executable, .. arguments];
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in command.Skip(1)) start.ArgumentList.Add(argument);
        if (fixedKeys)
        {
            start.Environment["SLUICE_DEMO_KEY"] = "demokey";
            start.Environment["SLUICE_DEMO_SECRET"] = "demosecret";
            start.Environment["SLUICE_ADMIN_TOKEN"] = AdminToken;
        }
        return Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start.");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}

/// <summary>A folder that goes away with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("sluice-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
