using System.Buffers.Text;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Sluice.Client;

namespace Sluice.Bench.Wire;

/// <summary>Orders over WebSocket: each connection keeps some requests in flight, one a frame; each of them places a resting order, then cancels it by its
/// id; or places one after the other that ends at once. One thread drives all connections, with frames written before the time starts.</summary>
internal static class SocketLoad
{
    private const int FlushFrom = 48 * 1024;

    private static readonly byte[] ConstantRest = Encoding.ASCII.GetBytes("\",\"header\":{\"status\":\"200\",\"channel\":\"spot\",\"event\":\"api\"},\"data\":{\"result\":"
        + $$"""{"id":"1","text":"apiv4","amend_text":"-","status":"open","filler":"{{new string('x', 560)}}"}""" + "}}");

    public static LoadRun Run(Uri url, IReadOnlyList<Credentials> traders, int inFlight, string order, TimeSpan lasting, bool login, bool cancels = true, Action? settle = null)
    {
        var lanes = traders.Select(trader => new Lane((login ? OpenAsync(url, trader) : RawSocket.ConnectAsync(url, "/ws/v4/")).GetAwaiter().GetResult(), inFlight, order, cancels)).ToArray();
        try
        {
            return LoadRun.Of(() => Drive(lanes, inFlight, lasting), settle);
        }
        finally
        {
            foreach (var lane in lanes) lane.Socket.Dispose();
        }
    }

    /// <summary>The plain socket's answer: the request's id and a constant, as long as a real one.</summary>
    public static byte[] ConstantAnswerTo(ReadOnlySpan<byte> request)
    {
        var at = request.IndexOf("\"req_id\":\""u8) + 10;
        return [.. "{\"request_id\":\""u8, .. request.Slice(at, request[at..].IndexOf((byte)'"')), .. ConstantRest];
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

    public static void Request(RawSocket socket, string channel, int id, string parameters) => socket.Queue(Frame(channel, id, parameters));

    private static byte[] Frame(string channel, int id, string parameters) => Encoding.ASCII.GetBytes(
        $"{{\"time\":{DateTimeOffset.UtcNow.ToUnixTimeSeconds()},\"channel\":\"{channel}\",\"event\":\"api\",\"payload\":{{\"req_id\":\"{id}\",\"req_param\":{parameters}}}}}");

    private static Latencies Drive(Lane[] lanes, int inFlight, TimeSpan lasting)
    {
        var latencies = new Latencies();
        var until = Stopwatch.GetTimestamp() + (long)(lasting.TotalSeconds * Stopwatch.Frequency);
        var bySocket = lanes.ToDictionary(lane => lane.Socket.Socket);
        var ready = new List<Socket>(lanes.Length);
        foreach (var lane in lanes) lane.Start(inFlight);
        while (Array.Exists(lanes, lane => lane.Open > 0))
        {
            ready.Clear();
            foreach (var lane in lanes)
            {
                if (lane.Open > 0) ready.Add(lane.Socket.Socket);
            }
            if (lanes.Length > 1) Socket.Select(ready, null, null, 1_000_000);
            foreach (var socket in ready) bySocket[socket].Take(latencies, until);
        }
        return latencies;
    }

    /// <summary>One connection with its frames, one of each kind a slot.</summary>
    private sealed class Lane
    {
        private readonly byte[][] placing, cancelling;
        private readonly int[] idAt;
        private readonly long[] sent;
        private readonly bool[] resting;
        private readonly byte[] scratch = new byte[1024];
        private readonly bool cancels;

        public Lane(RawSocket socket, int inFlight, string order, bool cancels)
        {
            Socket = socket;
            this.cancels = cancels;
            placing = Enumerable.Range(0, inFlight).Select(slot => Frame("spot.order_place", slot, order)).ToArray();
            cancelling = Enumerable.Range(0, inFlight).Select(slot => Frame("spot.order_cancel", slot, $"{{\"order_id\":\"#\",\"currency_pair\":\"{TargetVenue.Pair}\"}}")).ToArray();
            idAt = cancelling.Select(frame => Array.IndexOf(frame, (byte)'#')).ToArray();
            (sent, resting) = (new long[inFlight], new bool[inFlight]);
        }

        public RawSocket Socket { get; }

        /// <summary>Slots that wait for an answer.</summary>
        public int Open { get; private set; }

        public void Start(int slots)
        {
            for (Open = 0; Open < slots; Open++) Place(Open);
            Socket.Flush();
        }

        public void Take(Latencies latencies, long until)
        {
            Socket.Receive();
            var now = Stopwatch.GetTimestamp();
            while (Socket.TryRead(out var text))
            {
                if (text.IsEmpty) continue;
                Utf8Parser.TryParse(text[15..], out int slot, out var digits);          // {"request_id":"7",…
                if (text[(15 + digits)..].StartsWith("\",\"ack\":true"u8)) continue;
                if (text.IndexOf("\"errs\""u8) >= 0)
                {
                    latencies.Refuse(text);
                    if (latencies.Refused > 100) throw new InvalidOperationException($"The server refuses: {latencies.FirstRefusal}");
                    resting[slot] = false;
                }
                else
                {
                    latencies.Add(sent[slot], now);
                    resting[slot] = cancels && !resting[slot];
                }
                if (resting[slot]) Cancel(slot, text);
                else if (now < until) Place(slot);
                else Open--;
                if (Socket.Queued > FlushFrom) Socket.Flush();
            }
            Socket.Flush();
        }

        private void Place(int slot)
        {
            sent[slot] = Stopwatch.GetTimestamp();
            Socket.Queue(placing[slot]);
        }

        private void Cancel(int slot, ReadOnlySpan<byte> answer)
        {
            sent[slot] = Stopwatch.GetTimestamp();
            var id = answer[(answer.IndexOf("\"id\":\""u8) + 6)..];
            id = id[..id.IndexOf((byte)'"')];
            var (frame, at) = (cancelling[slot], idAt[slot]);
            frame.AsSpan(0, at).CopyTo(scratch);
            id.CopyTo(scratch.AsSpan(at));
            frame.AsSpan(at + 1).CopyTo(scratch.AsSpan(at + id.Length));
            Socket.Queue(scratch.AsSpan(0, frame.Length - 1 + id.Length));
        }
    }
}
