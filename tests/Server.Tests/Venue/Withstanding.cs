using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Server.Tests.Api.Spot;

namespace Sluice.Server.Tests.Venue;

/// <summary>Watches a venue while it is sent what nobody should send: a refusal has a label and a sentence, is no failure of the server, and changes
/// nothing. Values are picked by a seed (Knuth's linear congruential generator).</summary>
internal sealed class Withstanding(QuietVenue venue)
{
    private readonly List<string> wrong = [];
    private string portrait = venue.Portrait();
    private ulong random;

    public int Asked { get; private set; }

    /// <summary>What happens now is none of this test's business.</summary>
    public void Begin(ulong seed)
    {
        random = seed + 1;
        portrait = venue.Portrait();
    }

    public IEnumerable<string> Some(string[] all, int count)
    {
        for (var i = 0; i < count; i++)
        {
            random = unchecked(random * 6_364_136_223_846_793_005UL + 1_442_695_040_888_963_407UL);
            yield return all[(int)(((random >> 32) * (ulong)all.Length) >> 32)];
        }
    }

    public void Answered(string what, Said said, bool mustRefuse)
    {
        Record(what, said.Status >= 400, said.Text, said.Status >= 400 ? Complaint(said) : mustRefuse ? "is accepted" : null);
    }

    public void Record(string what, bool refused, string answer, string? complaint)
    {
        Asked++;
        var now = venue.Portrait();
        if (refused && now != portrait) complaint ??= "is refused, and something changed";
        portrait = now;
        if (complaint is not null) wrong.Add($"{Short(what)} {complaint}: {Short(answer)}");
    }

    public void Broken(string what, Exception broken) => wrong.Add($"{Short(what)} gets no answer: {broken.Message}");

    /// <summary>Nothing was wrong, enough was asked, and the venue still trades.</summary>
    public async Task EndAsync(int askedLeast)
    {
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {Asked} went wrong:\n{string.Join('\n', wrong.Take(40))}");
        Assert.InRange(Asked, askedLeast, int.MaxValue);
        var user = await venue.NewUserAsync();
        var order = await venue.Caller.AskAsync(user, "POST", "/spot/orders", "",
            """{"currency_pair":"BTC_USDT","type":"market","time_in_force":"ioc","side":"buy","amount":"50"}""");
        Assert.True(order.Status == 201 && order["status"] == "closed", order.Text);
        Assert.True((bool)(await venue.Caller.ControlAsync("invariants"))["ok"]!);
    }

    private static string? Complaint(Said said)
    {
        if (said.Status >= 500 && said.Status != 501) return $"is a failure, {said.Status}";
        try
        {
            var body = JsonNode.Parse(said.Text) as JsonObject;
            if (string.IsNullOrEmpty((string?)body?["label"])) return $"has no label, {said.Status}";
            return string.IsNullOrEmpty((string?)body["message"]) ? $"has no message, {said.Status}" : null;
        }
        catch (JsonException)
        {
            return $"is not JSON, {said.Status}";
        }
    }

    private static string Short(string text) => text.Length > 160 ? text[..160] + "…" : text;
}
