using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Core.Values;
using Sluice.Fuzz.Tests.Rest;
using Sluice.Fuzz.Tests.Wire;
using Sluice.Server.Gateway;
using Sluice.Tests;

namespace Sluice.Fuzz.Tests.Control;

/// <summary>The operator's calls, good and spoiled: a success or a refusal with a label, never a failure, and money comes from outside only as it was
/// given.</summary>
public sealed class ControlFuzzTests
{
    private const int Calls = 5_000;

    private static readonly (string Method, string Path, string Body)[] Good =
    [
        ("POST", "users", """{"name":"made-{n}"}"""),
        ("GET", "users", ""),
        ("POST", "users/{user}/fund", """{"wallet":"spot","asset":"USDT","amount":"12.5"}"""),
        ("POST", "users/{user}/fund", """{"wallet":"margin:BTC_USDT","asset":"BTC","amount":"0.25"}"""),
        ("POST", "users/{user}/fund", """{"wallet":"spot","asset":"USDT","amount":"-1"}"""),
        ("PUT", "users/{user}/points", """{"enabled":true}"""),
        ("PUT", "points", """{"currency":"USDT","value":"2.5"}"""),
        ("PUT", "points", """{"currency":"BTC","value":"0"}"""),
        ("PUT", "users/{user}/auto_margin", """{"contract":"futures:usdt:BTC_USDT","amount":"12.5"}"""),
        ("PUT", "users/{user}/auto_margin", """{"contract":"futures:btc:BTC_USD","side":"short","amount":"0"}"""),
        ("POST", "users/{user}/reset", ""),
        ("POST", "prices", """{"prices":{"BTC_USDT":"65000"},"kind":"index","mode":"pin"}"""),
        ("POST", "prices", """{"names":["BTC_USDT"],"mode":"release"}"""),
        ("POST", "liquidity", """{"instruments":["spot:BTC_USDT"],"mode":"on"}"""),
        ("POST", "liquidity", """{"instruments":["BTC_USDT"],"mode":"off"}"""),
        ("POST", "shock", """{"percent":-1,"instruments":["spot:BTC_USDT"]}"""),
        ("GET", "instruments", ""),
        ("POST", "instruments", """{"symbol":"N{n}_USDT","price_decimals":2,"size_decimals":3,"reference_price":"10"}"""),
        ("POST", "instruments/spot:ETH_USDT/status", """{"status":"circuit_breaker"}"""),
        ("POST", "instruments/spot:ETH_USDT/status", """{"status":"trading"}"""),
        ("POST", "clock/advance", """{"seconds":1}"""),
        ("POST", "pause", """{"paused":false}"""),
        ("GET", "status", ""),
        ("GET", "invariants", ""),
        ("GET", "funds", ""),
    ];

    [Fact]
    public async Task Whatever_the_operator_sends_is_answered_and_money_adds_up()
    {
        var seed = long.TryParse(Environment.GetEnvironmentVariable("SLUICE_FUZZ_SEED"), CultureInfo.InvariantCulture, out var given) ? given : 1;
        await using var venue = await FuzzVenue.StartAsync();
        var users = new List<Signer> { await venue.NewUserAsync(("USDT", "1000")), await venue.NewUserAsync(("USDT", "1000"), ("BTC", "1")) };
        var (seen, wrong) = (new SortedDictionary<string, int>(StringComparer.Ordinal), new List<string>());
        var calls = Counts.Of(Calls);
        for (var number = 0; number < calls; number++)
        {
            var dice = new Dice(seed, 0, number);
            var (method, path, text) = dice.Among(Good);
            var user = dice.Among(users);
            path = path.Replace("{user}", dice.Percent(90) ? $"{user.User}" : Uri.EscapeDataString(dice.Among(Hostile.Numbers)), StringComparison.Ordinal);
            text = text.Replace("{n}", $"{number}", StringComparison.Ordinal);
            if (text.Length > 0 && dice.Percent(50)) text = Spoil(ref dice, text);
            var body = dice.Percent(4) ? dice.Among(Hostile.Bodies) : Encoding.UTF8.GetBytes(text);
            if (dice.Percent(3)) path = dice.Of("", "users/", "users/1", "users/x/fund", "instruments/NO/status", "instruments/%ff/status", "..", "status/x", "clock");
            if (dice.Percent(3)) method = dice.Of("DELETE", "PUT", "PATCH", "GET", "POST");
            var before = venue.Host.Views.BalancesOf(user.User);
            var (status, answer) = await venue.OperateAsync(method, path, method == "GET" ? null : body);
            seen[$"{status}"] = seen.GetValueOrDefault($"{status}") + 1;
            if (status == 400 && path.Contains("%00", StringComparison.Ordinal)) continue;         // no HTTP: the web server refuses it
            var complaint = Complaint(status, answer);
            if (complaint is not null) wrong.Add($"seed {seed}, call {number}: {complaint}\n  {method} {path} {Encoding.UTF8.GetString(body)}\n  {status} {answer}");
            if (status != 200 || method != "POST") continue;

            // What a call moves between the venue and the outside world is what it said.
            if (path.EndsWith("/reset", StringComparison.Ordinal))
                foreach (var balance in before) venue.NoteFunding(venue.Host.Views.AssetOf(balance.Asset).Code, new Money(-balance.Total.Raw).ToString());
            if (!path.EndsWith("/fund", StringComparison.Ordinal)) continue;
            var asked = JsonNode.Parse(body)!;
            venue.NoteFunding((string)asked["asset"]!, asked["amount"]!.GetValueKind() == JsonValueKind.String ? (string)asked["amount"]! : asked["amount"]!.ToJsonString());
        }
        await venue.CheckAsync($"seed {seed}");
        Counts.Tell("Control API fuzz", $"{calls} calls with seed {seed}: {string.Join(", ", seen.Select(count => $"{count.Key} {count.Value}"))}");
        Assert.True(wrong.Count == 0, $"{wrong.Count} went wrong:\n{string.Join('\n', wrong.Take(20))}");
        Assert.InRange(seen.GetValueOrDefault("200"), calls / 4, calls);
    }

    private static string? Complaint(int status, string answer)
    {
        if (status >= 500) return "is a failure of the server";
        var json = JsonNode.Parse(answer) as JsonObject;
        if (status == 200) return json?["label"] is null && json?["sequence"] is not null || json?["users"] is not null ? null : "has no sequence";
        if ((string?)json?["label"] is not { } label || !ErrorLabels.All.TryGetValue(label, out var listed)) return "has no label that is listed";
        return listed == status && !string.IsNullOrEmpty((string?)json["message"]) ? null : $"has status {status} and label {label}";
    }

    private static string Spoil(ref Dice dice, string text)
    {
        var node = (JsonObject)JsonNode.Parse(text)!;
        const string mark = "@here@";
        var name = dice.Among(node.Select(entry => entry.Key).Append("unknown").ToArray());
        if (dice.Percent(15))
        {
            node.Remove(name);
            return node.ToJsonString();
        }
        node[name] = mark;
        var other = dice.Below(4) switch
        {
            0 => dice.Among(Hostile.Types),
            1 => JsonSerializer.Serialize(dice.Among(Hostile.Texts)),
            _ => JsonSerializer.Serialize(dice.Among(Hostile.Numbers)),
        };
        return node.ToJsonString().Replace($"\"{mark}\"", other, StringComparison.Ordinal);
    }
}
