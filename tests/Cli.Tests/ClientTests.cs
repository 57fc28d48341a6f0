using System.Diagnostics;

namespace Sluice.Cli.Tests;

/// <summary>Other people's clients, unmodified, against a venue started as a user starts it.</summary>
public sealed class ClientTests(ClientTests.Venue fixture) : IClassFixture<ClientTests.Venue>
{
    /// <summary>One venue for all scenarios; each has a user of its own. Installs the pinned clients when they are not there.</summary>
    public sealed class Venue : IAsyncLifetime
    {
        private static readonly string Clients = Path.Combine(RepositoryRoot(), "clients");
        private VenueProcess? venue;

        public async ValueTask InitializeAsync()
        {
            await InstallAsync();
            venue = await VenueProcess.ServeAsync("--data", "memory");
        }

        public async ValueTask DisposeAsync()
        {
            if (venue is not null) await venue.DisposeAsync();
        }

        /// <summary>Runs clients/scenarios/NAME.mjs with a user of its own: exit code, output, errors.</summary>
        public Task<(int Exit, string Output, string Errors)> RunAsync(string scenario) => RunAsAsync(scenario, $"scenarios/{scenario}.mjs");

        /// <summary>Runs a snippet where the clients are installed.</summary>
        public async Task<(int Exit, string Output, string Errors)> RunTextAsync(string user, string javaScript)
        {
            var file = Path.Combine(Clients, "node_modules", $"{user}.mjs");
            await File.WriteAllTextAsync(file, javaScript);
            return await RunAsAsync(user, file);
        }

        public static string Repository { get; } = RepositoryRoot();

        private async Task<(int Exit, string Output, string Errors)> RunAsAsync(string name, string file)
        {
            var user = await venue!.NewUserAsync(name, ("USDT", "50000"), ("BTC", "1"));
            return await RunAsync("node", file, ("BASE_URL", venue.BaseUrl), ("KEY", user.Key), ("SECRET", user.Secret));
        }

        // The lock file decides what is installed; npm writes its own copy of it when it is done.
        private static async Task InstallAsync()
        {
            var installed = new FileInfo(Path.Combine(Clients, "node_modules", ".package-lock.json"));
            if (installed.Exists && installed.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(Clients, "package-lock.json"))) return;
            var (exit, output, errors) = await RunAsync("npm", "ci --ignore-scripts --no-audit --no-fund");
            if (exit != 0) throw new InvalidOperationException($"npm ci in {Clients} failed: {output}{errors}");
        }

        private static async Task<(int Exit, string Output, string Errors)> RunAsync(string program, string arguments, params (string Name, string Value)[] environment)
        {
            var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Clients, RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var (name, value) in environment) start.Environment[name] = value;
            using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start; Node 20 or newer is needed.");
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, await output, await errors);
        }

        private static string RepositoryRoot()
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Sluice.slnx"))) folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
            return folder.FullName;
        }
    }

    [Theory]
    [InlineData("gate-api")]
    [InlineData("ccxt-spot")]
    [InlineData("ccxt-pro")]
    [InlineData("raw-ws")]
    [InlineData("gate-api-futures")]
    [InlineData("ccxt-futures")]
    [InlineData("ccxt-pro-futures")]
    [InlineData("raw-ws-futures")]
    public async Task An_unmodified_client_runs_its_scenario(string scenario)
    {
        var (exit, output, errors) = await fixture.RunAsync(scenario);
        Assert.True(exit == 0, errors + output);
        Assert.Contains($"\"scenario\":\"{scenario}\"", output);
    }

    public static TheoryData<string, string> Snippets()
    {
        var data = new TheoryData<string, string>();
        foreach (var section in File.ReadAllText(Path.Combine(Venue.Repository, "docs", "operating", "connect.md")).Split("\n## ").Skip(1))
        {
            const string fence = "```js\n";
            var from = section.IndexOf(fence, StringComparison.Ordinal);
            if (from < 0) continue;
            from += fence.Length;
            data.Add(section[..section.IndexOf('\n')], section[from..section.IndexOf("```", from, StringComparison.Ordinal)]);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Snippets))]
    public async Task A_snippet_of_the_page_for_connecting_runs_as_it_stands(string client, string javaScript)
    {
        var (exit, output, errors) = await fixture.RunTextAsync($"snippet-{client.Replace(" ", "").Replace(",", "-")}", javaScript);
        Assert.True(exit == 0, errors + output);
        Assert.NotEmpty(output);
    }
}
