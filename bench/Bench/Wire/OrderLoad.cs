using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Sluice.Client;

namespace Sluice.Bench.Wire;

/// <summary>Orders over HTTP: each connection places a resting order, then cancels it by its text, signed, one request after the other. One thread drives
/// all connections; every request is written and signed before the time starts, as the dialect allows within a minute.</summary>
internal static class OrderLoad
{
    public const string OrdersPath = "/api/v4/spot/orders";

    /// <summary>Texts a connection goes round, so that the venue does not see one text over and over.</summary>
    private const int Texts = 64;

    public static LoadRun Run(Uri url, IReadOnlyList<Credentials> traders, string order, TimeSpan lasting, Action? settle = null)
    {
        var lanes = traders.Select(trader => new Lane(url, trader, order)).ToArray();
        try
        {
            return LoadRun.Of(() => Drive(lanes, lasting), settle);
        }
        finally
        {
            foreach (var lane in lanes) lane.Http.Dispose();
        }
    }

    public static string Order(string side, string price, string amount, string force) =>
        $$"""{"currency_pair":"{{TargetVenue.Pair}}","side":"{{side}}","type":"limit","amount":"{{amount}}","price":"{{price}}","time_in_force":"{{force}}","account":"spot"}""";

    /// <summary>The text from the mark to the next quote.</summary>
    public static string? TextBehind(ReadOnlySpan<byte> json, string mark)
    {
        var at = json.IndexOf(Encoding.ASCII.GetBytes(mark));
        if (at < 0) return null;
        var rest = json[(at + mark.Length)..];
        return Encoding.ASCII.GetString(rest[..rest.IndexOf((byte)'"')]);
    }

    private static Latencies Drive(Lane[] lanes, TimeSpan lasting)
    {
        var latencies = new Latencies();
        var until = Stopwatch.GetTimestamp() + (long)(lasting.TotalSeconds * Stopwatch.Frequency);
        var bySocket = lanes.ToDictionary(lane => lane.Http.Socket);
        var open = lanes.Length;
        var ready = new List<Socket>(lanes.Length);
        foreach (var lane in lanes) lane.Next();
        while (open > 0)
        {
            ready.Clear();
            foreach (var lane in lanes)
            {
                if (lane.IsWaiting) ready.Add(lane.Http.Socket);
            }
            if (lanes.Length > 1) Socket.Select(ready, null, null, 1_000_000);      // one is simply waited for
            foreach (var socket in ready)
            {
                var lane = bySocket[socket];
                if (!lane.TryAnswer(latencies)) continue;
                if (lane.IsResting || Stopwatch.GetTimestamp() < until) lane.Next();
                else open--;
            }
        }
        return latencies;
    }

    /// <summary>One connection with its requests.</summary>
    private sealed class Lane
    {
        private readonly byte[][] placing, cancelling;
        private long sent;
        private int at;

        public Lane(Uri url, Credentials trader, string order)
        {
            placing = Enumerable.Range(0, Texts).Select(i => Request(url, trader, "POST", OrdersPath, "", $$"""{"text":"t-bench{{i}}",{{order[1..]}}""")).ToArray();
            cancelling = Enumerable.Range(0, Texts).Select(i => Request(url, trader, "DELETE", $"{OrdersPath}/t-bench{i}", $"currency_pair={TargetVenue.Pair}", "")).ToArray();
            Http = new RawHttp(url);
        }

        public RawHttp Http { get; }

        public bool IsWaiting { get; private set; }

        public bool IsResting { get; private set; }

        public void Next()
        {
            IsWaiting = true;
            sent = Stopwatch.GetTimestamp();
            Http.Send((IsResting ? cancelling : placing)[at]);
        }

        public bool TryAnswer(Latencies latencies)
        {
            if (!Http.Receive(out var status, out var body)) return false;
            IsWaiting = false;
            if (status is 200 or 201)
            {
                latencies.Add(sent);
                if (IsResting) at = (at + 1) % Texts;
                IsResting = !IsResting;
                return true;
            }
            latencies.Refuse(body);
            if (latencies.Refused > 100) throw new InvalidOperationException($"The server refuses: {status} {latencies.FirstRefusal}");
            IsResting = false;
            return true;
        }
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
