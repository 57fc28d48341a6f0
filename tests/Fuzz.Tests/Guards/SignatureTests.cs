using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Fuzz.Tests.Rest;
using Sluice.Fuzz.Tests.Wire;
using Sluice.Server.Gateway;
using Sluice.Tests;

namespace Sluice.Fuzz.Tests.Guards;

/// <summary>No byte of a signed request can be changed: every one of each signed part is flipped, dropped, doubled and swapped with its neighbour, and the
/// request is refused with the label of that part and changes nothing (conventions 3.2, 3.3).</summary>
public sealed class SignatureTests
{
    private const int Mutations = 10_000;

    private static readonly string[] Parts = ["method", "path", "query", "body", "timestamp", "key", "signature"];
    private static readonly string[] Ways = ["flipped", "dropped", "doubled", "swapped"];

    [Fact]
    public async Task No_byte_of_a_signed_request_can_be_changed()
    {
        await using var venue = await FuzzVenue.StartAsync();
        var requests = await RequestsAsync(venue);
        var places = requests.SelectMany((_, request) => Parts.SelectMany((part, i) => Enumerable.Range(0, PartOf(requests[request].Plain.By(requests[request].Who), i).Length)
            .SelectMany(at => Ways.Select((_, way) => (Request: request, Part: i, At: at, Way: way))))).ToArray();
        var dice = new Dice(1, 0, 0);
        for (var i = places.Length - 1; i > 0; i--)
        {
            var other = dice.Below(i + 1);
            (places[i], places[other]) = (places[other], places[i]);
        }

        var counts = new int[Parts.Length];
        var labels = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var wrong = new List<string>();
        var connection = await RawConnection.OpenAsync(venue.BaseUrl);
        var before = venue.Host.Views.Shown.Sequence;
        var most = Counts.Of(Mutations);
        for (var (done, turn) = (0, 0); done < most; turn++)
        {
            var (request, part, at, way) = places[turn % places.Length];
            var (plain, who) = requests[request];
            var good = plain.By(who, Time(request));
            var bytes = Spoil(PartOf(good, part), at, way, bit: (turn / places.Length + at) % 8);
            if (bytes is null) continue;                // two equal neighbours swapped are the same request
            done++;
            counts[part]++;
            var spoiled = With(good, part, bytes);
            await connection.SendAsync(spoiled.ToBytes());
            var answer = await connection.ReadAsync();
            var label = answer is null ? "closed" : answer.Value.Body.Length == 0 ? $"{answer.Value.Status} without body" : (string?)JsonNode.Parse(answer.Value.Text)?["label"] ?? answer.Value.Text;
            labels[label] = labels.GetValueOrDefault(label) + 1;
            if (!MayBe(part, label)) wrong.Add($"{Parts[part]}, byte {at} {Ways[way]}: {label}\n  {spoiled}");
            if (answer is { Closes: false }) continue;
            connection.Dispose();
            connection = await RawConnection.OpenAsync(venue.BaseUrl);
        }
        connection.Dispose();
        Counts.Tell("Signature mutations", $"{counts.Sum()} over {requests.Count} requests ({string.Join(", ", Parts.Zip(counts, (part, count) => $"{part} {count}"))}); answered {string.Join(", ", labels.Select(label => $"{label.Key} {label.Value}"))}; none done");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(20)));
        Assert.Equal(before, venue.Host.Views.Shown.Sequence);          // nothing got as far as a command

        // Unspoiled, each of them is done: what was refused was refused for the byte.
        foreach (var (plain, who) in requests)
        {
            var (status, text) = await venue.AskAsync(plain.By(who));
            Assert.True(status is >= 200 and < 300, $"{plain}: {status} {text}");
        }
    }

    [Theory]
    [InlineData(-3600, "REQUEST_EXPIRED")]
    [InlineData(-62, "REQUEST_EXPIRED")]
    [InlineData(-50, "")]
    [InlineData(0, "")]
    [InlineData(50, "")]
    [InlineData(62, "REQUEST_EXPIRED")]
    [InlineData(3600, "REQUEST_EXPIRED")]
    public async Task A_replay_is_good_for_a_minute(int seconds, string label)
    {
        await using var venue = await FuzzVenue.StartAsync();
        var user = await venue.NewUserAsync(("USDT", "1000"));
        var time = (DateTimeOffset.UtcNow.ToUnixTimeSeconds() + seconds).ToString(CultureInfo.InvariantCulture);
        foreach (var at in new[] { time, time + ".123456" })
        {
            var request = RawRequest.To("GET", "/spot/accounts").By(user, at);
            for (var i = 0; i < 2; i++) Assert.Equal(label, LabelOf(await venue.AskAsync(request)));
        }
    }

    [Fact]
    public async Task Another_algorithm_another_spelling_and_a_header_given_twice_are_refused()
    {
        await using var venue = await FuzzVenue.StartAsync();
        var user = await venue.NewUserAsync(("USDT", "1000"));
        var body = Order("t-alg");
        var plain = RawRequest.To("POST", "/spot/orders", "", body);
        var good = plain.By(user);
        var before = venue.Host.Views.Shown.Sequence;
        var text = Encoding.UTF8.GetBytes($"POST\n/api/v4/spot/orders\n\n{Convert.ToHexStringLower(SHA512.HashData(plain.Body))}\n{good.Timestamp}");
        var unhashed = Encoding.UTF8.GetBytes($"POST\n/api/v4/spot/orders\n\n{body}\n{good.Timestamp}");
        var emptyBody = Encoding.UTF8.GetBytes($"POST\n/api/v4/spot/orders\n\n{Convert.ToHexStringLower(SHA512.HashData([]))}\n{good.Timestamp}");
        string[] signs =
        [
            Convert.ToHexStringLower(SHA512.HashData([.. user.SecretBytes, .. text])), Convert.ToHexStringLower(SHA512.HashData(text)), Convert.ToHexStringLower(HMACSHA256.HashData(user.SecretBytes, text)),
            Convert.ToHexStringLower(HMACSHA384.HashData(user.SecretBytes, text)), Convert.ToHexStringLower(HMACSHA3_512.IsSupported ? HMACSHA3_512.HashData(user.SecretBytes, text) : new byte[64]),
            Convert.ToHexStringLower(HMACSHA512.HashData(Convert.FromHexString(user.Secret), text)), Convert.ToHexStringLower(HMACSHA512.HashData(new byte[1], text)), Convert.ToHexStringLower(HMACSHA512.HashData(user.SecretBytes, unhashed)),
            Convert.ToHexStringLower(HMACSHA512.HashData(user.SecretBytes, emptyBody)), Convert.ToHexStringLower(HMACSHA512.HashData(text, user.SecretBytes)),
            Convert.ToBase64String(HMACSHA512.HashData(user.SecretBytes, text)), good.Sign.ToUpperInvariant(), "0x" + good.Sign, good.Sign + good.Sign, good.Sign[..64], new string('0', 128), new string('f', 128),
        ];
        foreach (var sign in signs) Assert.Equal("INVALID_SIGNATURE", LabelOf(await venue.AskAsync(good with { Sign = sign })));

        // A second header makes one text of two: neither is picked.
        (string Header, string Label)[] twice =
        [
            ($"KEY: {good.Key}", "INVALID_KEY"), ("KEY: other", "INVALID_KEY"), ($"Timestamp: {good.Timestamp}", "REQUEST_EXPIRED"), ("Timestamp: 0", "REQUEST_EXPIRED"),
            ($"SIGN: {good.Sign}", "INVALID_SIGNATURE"), ($"sign: {new string('0', 128)}", "INVALID_SIGNATURE"),
        ];
        foreach (var (header, label) in twice) Assert.Equal(label, LabelOf(await venue.AskAsync(good with { Headers = header + "\r\n" })));

        // The query is signed in its order.
        var listing = RawRequest.To("GET", "/spot/orders", "currency_pair=BTC_USDT&status=open").By(user);
        foreach (var query in new[] { "status=open&currency_pair=BTC_USDT", "currency_pair=BTC_USDT&status=open&status=open", "currency_pair=BTC_USDT&status=open&", "currency_pair=BTC%5FUSDT&status=open&a=1" })
            Assert.Equal("INVALID_SIGNATURE", LabelOf(await venue.AskAsync(listing with { Query = query })));
        Assert.Equal("INVALID_SIGNATURE", LabelOf(await venue.AskAsync(good with { Key = (await venue.NewUserAsync()).Key })));
        Assert.Empty(venue.Host.Views.OpenOrdersOf(user.User));
        Assert.Equal(before + 2, venue.Host.Views.Shown.Sequence);      // the other user and its key
        Assert.Equal("", LabelOf(await venue.AskAsync(good)));
    }

    private static async Task<IReadOnlyList<(RawRequest Plain, Signer Who)>> RequestsAsync(FuzzVenue venue)
    {
        var user = await venue.NewUserAsync(("USDT", "100000"), ("BTC", "1"));
        var sub = await venue.NewSubAccountAsync(user, "signed");
        var order = await venue.DoAsync(user, "POST", "/spot/orders", "", Order("t-first"));
        return
        [
            (RawRequest.To("GET", "/spot/accounts", "currency=USDT"), user),
            (RawRequest.To("GET", "/wallet/total_balance"), user),
            (RawRequest.To("POST", "/spot/orders", "", Order("t-second")), user),
            (RawRequest.To("PATCH", $"/spot/orders/{order!["id"]}", "currency_pair=BTC_USDT&account=spot", """{"amount":"0.002","amend_text":"more"}"""), user),
            (RawRequest.To("POST", "/wallet/sub_account_transfers", "", $$"""{"sub_account":"{{sub.User}}","currency":"USDT","amount":"12.5","direction":"to"}"""), user),
            (RawRequest.To("PUT", $"/sub_accounts/{sub.User}/keys/{sub.Key}", "", """{"name":"renamed","perms":[{"name":"spot","read_only":true}]}"""), user),
            (RawRequest.To("DELETE", "/spot/orders", "currency_pair=BTC_USDT&side=buy"), user),
        ];
    }

    private static string Order(string text) => $$"""{"text":"{{text}}","currency_pair":"BTC_USDT","side":"buy","type":"limit","amount":"0.001","price":"80000"}""";

    // Both forms that clients send.
    private static string Time(int request) => request % 2 == 0 ? RawRequest.Now : RawRequest.Now + ".500";

    private static string PartOf(RawRequest request, int part) => part switch
    {
        0 => request.Method,
        1 => request.Target,
        2 => request.Query,
        3 => Encoding.Latin1.GetString(request.Body),
        4 => request.Timestamp,
        5 => request.Key,
        _ => request.Sign,
    };

    private static RawRequest With(RawRequest request, int part, string text) => part switch
    {
        0 => request with { Method = text },
        1 => request with { Target = text },
        2 => request with { Query = text },
        3 => request with { Body = Encoding.Latin1.GetBytes(text) },
        4 => request with { Timestamp = text },
        5 => request with { Key = text },
        _ => request with { Sign = text },
    };

    private static string? Spoil(string text, int at, int way, int bit)
    {
        switch (way)
        {
            case 0: return text[..at] + (char)(text[at] ^ (1 << bit)) + text[(at + 1)..];
            case 1: return text.Remove(at, 1);
            case 2: return text.Insert(at, text[at..(at + 1)]);
            default: return at + 1 >= text.Length || text[at] == text[at + 1] ? null : $"{text[..at]}{text[at + 1]}{text[at]}{text[(at + 2)..]}";
        }
    }

    // What is no HTTP any more ends at the web server: status alone.
    private static bool MayBe(int part, string label) => part switch
    {
        0 => label is "METHOD_NOT_ALLOWED" or "400 without body" or "501 without body" or "closed",
        1 => label is "INVALID_SIGNATURE" or "NOT_FOUND" or "METHOD_NOT_ALLOWED" or "NOT_IMPLEMENTED" or "400 without body",
        2 => label is "INVALID_SIGNATURE" or "400 without body" or "505 without body",
        3 => label is "INVALID_SIGNATURE",
        4 => label is "INVALID_SIGNATURE" or "REQUEST_EXPIRED" or "400 without body",
        5 => label is "INVALID_KEY" or "400 without body",
        _ => label is "INVALID_SIGNATURE" or "400 without body",
    };

    private static string LabelOf((int Status, string Text) answer) => answer.Status < 300 ? "" : (string?)JsonNode.Parse(answer.Text)?["label"] ?? answer.Text;
}
