using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Server.Gateway;

namespace Sluice.Server.Tests.Wire;

/// <summary>A key of the venue under test; nobody signs nothing.</summary>
public sealed record Signer(int User, string Key, string Secret)
{
    public static readonly Signer Nobody = new(0, "", "");
}

/// <summary>What a golden file needs of a venue: where it is, and users in the states the files name.</summary>
public interface IGoldenVenue
{
    HttpClient Client { get; }

    /// <summary>A user nobody else uses, with 1 BTC and 100,000 USDT in spot.</summary>
    Task<Signer> NewUserAsync();

    /// <summary>Another user's key with every scope.</summary>
    Task<Signer> StrangerAsync();

    /// <summary>A key that may read everything and write nothing.</summary>
    Task<Signer> ReaderAsync();
}

/// <summary>Plays one golden file against a venue: set-up, the request, its variants, its refusals, and what must stand afterwards.</summary>
internal sealed class GoldenRun(GoldenFile file, IGoldenVenue venue)
{
    private static int count;

    private readonly Variables variables = new();
    private readonly List<string> mismatches = [];
    private Signer owner = Signer.Nobody;

    /// <summary>Everything that was not as the file expects.</summary>
    public async Task<IReadOnlyList<string>> PlayAsync()
    {
        await SetUpAsync();
        var speaker = await SignerAsync((string?)file.Document["user"]);
        if (!file.IsNeverDone)
        {
            var first = await AskAsync(file.Document, speaker);
            Expect("the request", file.Document, first, loose: false);
            foreach (var check in file.List("after"))
            {
                var seen = await CallAsync(check, owner);
                Compare($"after it, {(string?)check["call"]}", check["expect"], seen, loose: false);
            }
            foreach (var variant in file.List("variants"))
            {
                var answer = await AskAsync(variant, speaker);
                Expect((string)variant["name"]!, variant, answer, (bool?)variant["loose"] ?? false);
                if ((bool?)variant["differs"] == true && answer.Text == first.Text) mismatches.Add($"{(string)variant["name"]!}: the answer is the same as the request's");
            }
        }
        foreach (var refusal in file.List("refusals")) Refused(refusal, await AskAsync(refusal, await SignerAsync((string?)refusal["user"])));
        return mismatches;
    }

    /// <summary>Plays the set-up alone. The request that may follow, with its variables replaced, and who may send it.</summary>
    public async Task<(Signer Signer, JsonObject Request)> PrepareAsync()
    {
        await SetUpAsync();
        Assert.Empty(mismatches);
        return (await SignerAsync((string?)file.Document["user"]), (JsonObject)variables.Expand(file.Document["request"] ?? new JsonObject())!);
    }

    private async Task SetUpAsync()
    {
        owner = await venue.NewUserAsync();
        variables["user_id"] = owner.User.ToString(CultureInfo.InvariantCulture);
        variables["unique"] = $"u{Interlocked.Increment(ref count)}x{owner.User}";
        foreach (var (name, pair, factor) in Variables.PricesIn(file.Text)) variables[name] = await PriceAsync(pair, factor);
        foreach (var step in file.List("setup")) await SetUpAsync(step);
    }

    private async Task SetUpAsync(JsonObject step)
    {
        var answer = await CallAsync(step, owner);
        if (answer.Status is < 200 or > 299)
        {
            mismatches.Add($"set-up, {(string?)step["call"]}: {answer.Status} {answer.Text}");
            return;
        }
        foreach (var (name, pointer) in step["save"] as JsonObject ?? [])
        {
            var found = JsonNode.Parse(answer.Text)!;
            foreach (var part in ((string)pointer!).Split('/', StringSplitOptions.RemoveEmptyEntries)) found = found[part]!;
            variables[name] = found is JsonValue value && value.TryGetValue<string>(out var text) ? text : found.ToJsonString();
        }
    }

    private async Task<Signer> SignerAsync(string? name) => name switch
    {
        null => owner,
        "none" => Signer.Nobody,
        "stranger" => await venue.StrangerAsync(),
        "readonly" => await venue.ReaderAsync(),
        _ => throw new InvalidDataException($"Nobody is called {name}."),
    };

    private void Expect(string what, JsonObject part, Heard answer, bool loose)
    {
        if (answer.Status != file.Status)
        {
            mismatches.Add($"{what}: status {answer.Status}, not {file.Status}: {answer.Text}");
            return;
        }
        if (!file.IsEmpty) Compare(what, part["expect"], answer, loose);
        else if (answer.Text.Length > 0) mismatches.Add($"{what}: a body where none is expected: {answer.Text}");
    }

    private void Compare(string what, JsonNode? expected, Heard answer, bool loose)
    {
        if (answer.Status is < 200 or > 299) mismatches.Add($"{what}: {answer.Status} {answer.Text}");
        else foreach (var mismatch in Matcher.Compare(expected, JsonNode.Parse(answer.Text), variables, loose)) mismatches.Add($"{what}: {mismatch}");
    }

    private void Refused(JsonObject refusal, Heard answer)
    {
        var what = (string)refusal["name"]!;
        var statuses = refusal["anyStatus"] is JsonArray list ? list.Select(status => (int)status!).ToArray() : [(int)refusal["status"]!];
        if (!statuses.Contains(answer.Status))
        {
            mismatches.Add($"{what}: status {answer.Status}, not {string.Join(" or ", statuses)}: {answer.Text}");
            return;
        }
        var body = JsonNode.Parse(answer.Text) as JsonObject;
        var (label, message) = ((string?)body?["label"] ?? "", (string?)body?["message"] ?? "");
        var wanted = (string)refusal["label"]!;
        if (wanted == "*" ? label.Length == 0 : !wanted.Split('|').Contains(label)) mismatches.Add($"{what}: label {label}, not {wanted}: {message}");
        if (message.Length == 0) mismatches.Add($"{what}: no sentence");
        if ((string?)refusal["message"] is { } start && !message.StartsWith(start, StringComparison.Ordinal)) mismatches.Add($"{what}: the sentence is \"{message}\", not \"{start}…\"");
    }

    private Task<Heard> AskAsync(JsonObject part, Signer signer) =>
        SendAsync(file.Operation.Method, file.Operation.Path, (JsonObject?)part["request"] ?? [], signer);

    private Task<Heard> CallAsync(JsonObject step, Signer signer)
    {
        var call = ((string)step["call"]!).Split(' ');
        return SendAsync(call[0], call[1], step, signer);
    }

    private async Task<Heard> SendAsync(string method, string template, JsonObject request, Signer signer)
    {
        request = (JsonObject)variables.Expand(request)!;
        var path = template;
        foreach (var (name, value) in request["path"] as JsonObject ?? []) path = path.Replace($"{{{name}}}", Uri.EscapeDataString((string)value!));
        var query = string.Join('&', (request["query"] as JsonObject ?? []).Select(entry => $"{entry.Key}={Uri.EscapeDataString((string)entry.Value!)}"));
        var body = (string?)request["raw"] ?? request["body"]?.ToJsonString() ?? "";

        using var message = Signed(signer, method, path, query, body);
        foreach (var (name, value) in request["headers"] as JsonObject ?? []) message.Headers.Add(name, (string)value!);
        using var response = await venue.Client.SendAsync(message, TestContext.Current.CancellationToken);
        return new Heard((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>A request as its signer sends it; <see cref="Signer.Nobody"/> signs nothing.</summary>
    internal static HttpRequestMessage Signed(Signer signer, string method, string path, string query, string body)
    {
        var message = new HttpRequestMessage(new HttpMethod(method), $"/api/v4{path}{(query.Length > 0 ? "?" + query : "")}");
        if (body.Length > 0) message.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (signer.Key.Length == 0) return message;
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        message.Headers.Add("KEY", signer.Key);
        message.Headers.Add("Timestamp", timestamp);
        message.Headers.Add("SIGN", Signature.Of(Encoding.UTF8.GetBytes(signer.Secret), method, "/api/v4" + path, query, Encoding.UTF8.GetBytes(body), timestamp));
        return message;
    }

    /// <summary>A price relative to the last one, on the pair's tick, a good step inside it.</summary>
    private async Task<string> PriceAsync(string pair, string factor)
    {
        var ticker = JsonNode.Parse(await venue.Client.GetStringAsync($"/api/v4/spot/tickers?currency_pair={pair}", TestContext.Current.CancellationToken))!;
        var terms = JsonNode.Parse(await venue.Client.GetStringAsync($"/api/v4/spot/currency_pairs/{pair}", TestContext.Current.CancellationToken))!;
        var price = decimal.Parse((string)ticker[0]!["last"]!, CultureInfo.InvariantCulture) * decimal.Parse(factor, CultureInfo.InvariantCulture);
        return decimal.Round(price, (int)terms["precision"]!).ToString(CultureInfo.InvariantCulture);
    }

    private sealed record Heard(int Status, string Text);
}
