using System.Diagnostics;
using System.Globalization;
using System.Text;
using Sluice.Client;

namespace Sluice.Bench.Wire;

/// <summary>Orders over HTTP: each connection places a resting order, then cancels it, signed, one request after the other.</summary>
internal static class OrderLoad
{
    public const string OrdersPath = "/api/v4/spot/orders";

    /// <summary>The plain server's answer to everything: as long as a real one.</summary>
    public static readonly byte[] ConstantAnswer = Encoding.ASCII.GetBytes($$"""{"id":"1","text":"apiv4","amend_text":"-","status":"open","filler":"{{new string('x', 560)}}"}""");

    public static async Task<Latencies> RunAsync(Uri url, IReadOnlyList<Credentials> traders, string order, TimeSpan lasting)
    {
        var until = Stopwatch.GetTimestamp() + (long)(lasting.TotalSeconds * Stopwatch.Frequency);
        return Latencies.Merge(await Task.WhenAll(traders.Select(trader => Task.Run(() => OneAsync(url, trader, order, until)))));
    }

    public static string Order(string side, string price, string amount, string force) =>
        $$"""{"currency_pair":"{{TargetVenue.Pair}}","side":"{{side}}","type":"limit","amount":"{{amount}}","price":"{{price}}","time_in_force":"{{force}}","account":"spot"}""";

    private static async Task<Latencies> OneAsync(Uri url, Credentials trader, string order, long until)
    {
        using var http = await RawHttp.ConnectAsync(url);
        var latencies = new Latencies();
        do
        {
            var id = await SendAsync(http, latencies, Request(url, trader, "POST", OrdersPath, "", order));
            if (id is null) continue;
            await SendAsync(http, latencies, Request(url, trader, "DELETE", $"{OrdersPath}/{id}", $"currency_pair={TargetVenue.Pair}", ""));
        }
        while (Stopwatch.GetTimestamp() < until);
        return latencies;
    }

    private static async Task<string?> SendAsync(RawHttp http, Latencies latencies, byte[] request)
    {
        var sent = Stopwatch.GetTimestamp();
        var (status, body) = await http.SendAsync(request);
        if (status is 200 or 201)
        {
            latencies.Add(sent);
            return TextBehind(body.Span, "\"id\":\"");
        }
        latencies.Refuse(body.Span);
        if (latencies.Refused > 100) throw new InvalidOperationException($"The server refuses: {latencies.FirstRefusal}");
        return null;
    }

    /// <summary>The text from the mark to the next quote.</summary>
    public static string? TextBehind(ReadOnlySpan<byte> json, string mark)
    {
        var at = json.IndexOf(Encoding.ASCII.GetBytes(mark));
        if (at < 0) return null;
        var rest = json[(at + mark.Length)..];
        return Encoding.ASCII.GetString(rest[..rest.IndexOf((byte)'"')]);
    }

    private static byte[] Request(Uri url, Credentials trader, string method, string path, string query, string body)
    {
        var time = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var sign = trader.Sign(method, path, query, Encoding.ASCII.GetBytes(body), time);
        var content = body.Length == 0 ? "" : $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n";
        return Encoding.ASCII.GetBytes($"{method} {path}{(query.Length == 0 ? "" : "?" + query)} HTTP/1.1\r\nHost: {url.Authority}\r\nKEY: {trader.Key}\r\n"
            + $"Timestamp: {time}\r\nSIGN: {sign}\r\n{content}\r\n{body}");
    }
}
