using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Client;
using Sluice.Server.Identity;
using Spectre.Console;

namespace Sluice.Cli.Trading;

/// <summary>What a trading verb works with: the venue, the caller's key, and where to print.</summary>
internal sealed class Session(ParseResult parsed, string baseUrl, Credentials? credentials) : IDisposable
{
    public const string DefaultUrl = "http://127.0.0.1:8787";

    public string BaseUrl => baseUrl;
    public Credentials? Credentials => credentials;
    public RestClient Rest { get; } = new(baseUrl, credentials) { HasDecimalSizes = true };
    public bool AsJson { get; } = parsed.GetValue(SessionOptions.Json);

    public T? Get<T>(Option<T> option) => parsed.GetValue(option);

    public T Get<T>(Argument<T> argument) => parsed.GetValue(argument)!;

    /// <summary>The caller's key, or a sentence that says where to put one.</summary>
    public Credentials RequireKey() => credentials ?? throw new UsageException(
        $"This needs an API key: --key and --secret, SLUICE_KEY and SLUICE_SECRET, or the {DemoUser.File} that `sluice serve` wrote (its folder by --data).");

    /// <summary>The body of a public operation.</summary>
    public async Task<JsonElement> GetAsync(string path, params (string Name, string? Value)[] query) => (await Rest.SendAsync(HttpMethod.Get, path, Given(query))).Require();

    /// <summary>The body of a signed operation.</summary>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, string? json = null, params (string Name, string? Value)[] query)
    {
        RequireKey();
        return (await Rest.SendAsync(method, path, Given(query), json)).Require();
    }

    /// <summary>Prints an answer as it came when --json was asked for; else what <paramref name="pretty"/> makes of it.</summary>
    public int Show(JsonElement answer, Action<JsonElement> pretty)
    {
        if (AsJson) Console.WriteLine(answer.GetRawText());
        else pretty(answer);
        return ExitCodes.Done;
    }

    public void Dispose() => Rest.Dispose();

    private static (string, string)[] Given((string Name, string? Value)[] query) => [.. query.Where(one => one.Value is not null).Select(one => (one.Name, one.Value!))];
}

/// <summary>The options that every trading verb has.</summary>
internal static class SessionOptions
{
    public static readonly Option<string?> Url = new("--url") { Description = $"The venue (SLUICE_URL; default {Session.DefaultUrl}).", Recursive = true };
    public static readonly Option<string?> Key = new("--key") { Description = "API key (SLUICE_KEY; else the demo key of --data).", Recursive = true };
    public static readonly Option<string?> Secret = new("--secret") { Description = "Its secret (SLUICE_SECRET).", Recursive = true };
    public static readonly Option<string?> Data = new("--data") { Description = "The data folder with the demo key (default: the one `sluice serve` uses).", Recursive = true };
    public static readonly Option<bool> Json = new("--json") { Description = "Print the venue's answer as JSON." };

    /// <summary>Makes a verb: parses the common options, runs it, and turns what goes wrong into one line and an exit code.</summary>
    public static Command Verb(string name, string description, string[] examples, Func<Session, Task<int>> run, params Symbol[] symbols)
    {
        var verb = new Command(name, description);
        Examples.Of(verb, examples);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument) verb.Add(argument);
            else verb.Add((Option)symbol);
        }
        foreach (var option in new Option[] { Json, Url, Key, Secret, Data }) verb.Add(option);
        verb.SetAction(async parsed =>
        {
            var asJson = parsed.GetValue(Json);
            try
            {
                using var session = Open(parsed);
                return await run(session);
            }
            catch (RefusedException refused)
            {
                return Fail(asJson, refused.Label, refused.Sentence);
            }
            catch (UsageException usage)
            {
                return Fail(asJson, "USAGE", usage.Message);
            }
            catch (HttpRequestException unreachable)
            {
                var url = UrlOf(parsed);
                return Fail(asJson, "UNREACHABLE", $"No venue answers at {url}: {unreachable.Message} Start one with `sluice serve`, or name another with --url.");
            }
        });
        return verb;
    }

    private static Session Open(ParseResult parsed) => new(parsed, UrlOf(parsed), KeyOf(parsed));

    private static string UrlOf(ParseResult parsed) =>
        (parsed.GetValue(Url) ?? Environment.GetEnvironmentVariable("SLUICE_URL") ?? DemoFile(parsed)?.BaseUrl ?? Session.DefaultUrl).TrimEnd('/');

    private static Credentials? KeyOf(ParseResult parsed)
    {
        var key = parsed.GetValue(Key) ?? Environment.GetEnvironmentVariable("SLUICE_KEY");
        var secret = parsed.GetValue(Secret) ?? Environment.GetEnvironmentVariable("SLUICE_SECRET");
        if (key is not null && secret is not null) return new Credentials(key, secret);
        if (key is not null || secret is not null) throw new UsageException("A key needs its secret: give both, --key and --secret or SLUICE_KEY and SLUICE_SECRET.");
        return DemoFile(parsed) is { } demo ? new Credentials(demo.Key, demo.Secret) : null;
    }

    private static (string BaseUrl, string Key, string Secret)? DemoFile(ParseResult parsed)
    {
        var file = Path.Combine(parsed.GetValue(Data) ?? Verbs.ServeVerb.DefaultFolder(), DemoUser.File);
        if (!File.Exists(file)) return null;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var root = document.RootElement;
            return (root.GetProperty("base_url").GetString()!, root.GetProperty("key").GetString()!, root.GetProperty("secret").GetString()!);
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{file} cannot be read: {broken.Message}");
        }
    }

    private static int Fail(bool asJson, string label, string sentence)
    {
        if (asJson) Console.Error.WriteLine(new JsonObject { ["error"] = new JsonObject { ["label"] = label, ["message"] = sentence } }.ToJsonString());
        else Terminal.Error.MarkupLineInterpolated($"[red]{label}[/] {sentence}");
        return ExitCodes.Failed;
    }
}
