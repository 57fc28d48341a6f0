using System.Diagnostics;
using System.Globalization;
using System.Text;
using Sluice.Client;

namespace Sluice.Bench.Wire;

/// <summary>Orders over WebSocket: each connection keeps some requests in flight; each of them places a resting order, then cancels it.</summary>
internal static class SocketLoad
{
    private const string Result = "{\"header\":{\"status\":\"200\",\"channel\":\"spot\",\"event\":\"api\"},\"data\":{\"result\":";

    public static async Task<Latencies> RunAsync(Uri url, IReadOnlyList<Credentials> traders, int inFlight, string order, TimeSpan lasting, bool login)
    {
        var until = Stopwatch.GetTimestamp() + (long)(lasting.TotalSeconds * Stopwatch.Frequency);
        return Latencies.Merge(await Task.WhenAll(traders.Select(trader => Task.Run(() => OneAsync(url, trader, inFlight, order, until, login)))));
    }

    /// <summary>The plain socket's answer: the request's id and a constant.</summary>
    public static byte[] ConstantAnswerTo(ReadOnlySpan<byte> request)
    {
        var id = OrderLoad.TextBehind(request, "\"req_id\":\"");
        return Encoding.ASCII.GetBytes($"{{\"request_id\":\"{id}\",{Result[1..]}{Encoding.ASCII.GetString(OrderLoad.ConstantAnswer)}}}}}");
    }

    /// <summary>Connects and logs in, for order entry.</summary>
    public static async Task<RawSocket> OpenAsync(Uri url, Credentials trader)
    {
        var socket = await RawSocket.ConnectAsync(url, "/ws/v4/");
        var time = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        socket.Queue(Encoding.ASCII.GetBytes($"{{\"time\":{time},\"channel\":\"spot.login\",\"event\":\"api\",\"payload\":{{\"req_id\":\"login\",\"api_key\":\"{trader.Key}\","
            + $"\"timestamp\":\"{time}\",\"signature\":\"{trader.SignSocketRequest("spot.login", "", time)}\"}}}}"));
        await socket.FlushAsync();
        while (true)
        {
            while (socket.TryRead(out var text))
            {
                if (text.IsEmpty) continue;
                if (text.IndexOf("\"errs\""u8) >= 0) throw new InvalidOperationException($"The login is refused: {Encoding.UTF8.GetString(text)}");
                return socket;
            }
            await socket.ReceiveAsync();
        }
    }

    public static void Request(RawSocket socket, string channel, int id, string parameters) => socket.Queue(Encoding.ASCII.GetBytes(
        $"{{\"time\":{DateTimeOffset.UtcNow.ToUnixTimeSeconds()},\"channel\":\"{channel}\",\"event\":\"api\",\"payload\":{{\"req_id\":\"{id}\",\"req_param\":{parameters}}}}}"));

    private static async Task<Latencies> OneAsync(Uri url, Credentials trader, int inFlight, string order, long until, bool login)
    {
        using var socket = login ? await OpenAsync(url, trader) : await RawSocket.ConnectAsync(url, "/ws/v4/");
        var latencies = new Latencies();
        var sent = new long[inFlight];
        var resting = new string?[inFlight];
        for (var slot = 0; slot < inFlight; slot++) Next(slot);
        for (var open = inFlight; open > 0;)
        {
            await socket.FlushAsync();
            await socket.ReceiveAsync();
            while (socket.TryRead(out var text))
            {
                if (text.IsEmpty || text.IndexOf("\"ack\":true"u8) >= 0) continue;
                var slot = int.Parse(OrderLoad.TextBehind(text, "\"request_id\":\"")!, CultureInfo.InvariantCulture);
                if (text.IndexOf("\"errs\""u8) >= 0)
                {
                    latencies.Refuse(text);
                    if (latencies.Refused > 100) throw new InvalidOperationException($"The server refuses: {latencies.FirstRefusal}");
                    resting[slot] = null;
                }
                else
                {
                    latencies.Add(sent[slot]);
                    resting[slot] = resting[slot] is null ? OrderLoad.TextBehind(text, "\"id\":\"") : null;
                }
                if (Stopwatch.GetTimestamp() < until || resting[slot] is not null) Next(slot);
                else open--;
            }
        }
        return latencies;

        void Next(int slot)
        {
            sent[slot] = Stopwatch.GetTimestamp();
            if (resting[slot] is { } id) Request(socket, "spot.order_cancel", slot, $"{{\"order_id\":\"{id}\",\"currency_pair\":\"{TargetVenue.Pair}\"}}");
            else Request(socket, "spot.order_place", slot, order);
        }
    }
}
