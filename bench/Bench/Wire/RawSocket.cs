using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Bench.Wire;

/// <summary>One WebSocket connection without a client library: frames gathered and sent at once, frames counted as they lie in the buffer.</summary>
internal sealed class RawSocket : IDisposable
{
    private const int TextFrame = 0x81;
    private const int Ping = 0x9;
    private const int Close = 0x8;

    private const int Pong = 0x8A;

    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] received;
    private byte[] sending;
    private int start;
    private int end;
    private int toSend;

    private RawSocket(int bufferBytes) => (received, sending) = (new byte[bufferBytes], new byte[bufferBytes / 8]);

    /// <summary>For asking many at once whether they have something.</summary>
    public Socket Socket => socket;

    /// <param name="bufferBytes">To begin with; buffers grow.</param>
    /// <param name="prepare">Sees the socket before it connects.</param>
    public static async Task<RawSocket> ConnectAsync(Uri url, string path, int bufferBytes = 128 * 1024, Action<Socket>? prepare = null)
    {
        var raw = new RawSocket(bufferBytes);
        prepare?.Invoke(raw.socket);
        await raw.socket.ConnectAsync(new DnsEndPoint(url.Host, url.Port));
        await raw.socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {url.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: c2x1aWNlLWJlbmNobWFyaw==\r\nSec-WebSocket-Version: 13\r\n\r\n"));
        int at;
        while ((at = raw.received.AsSpan(0, raw.end).IndexOf("\r\n\r\n"u8)) < 0) await raw.ReceiveAsync();
        var answer = Encoding.ASCII.GetString(raw.received, 0, at);
        if (!answer.StartsWith("HTTP/1.1 101", StringComparison.Ordinal)) throw new InvalidOperationException($"No socket at {path}: {answer.Split('\r')[0]}");
        raw.start = at + 4;
        return raw;
    }

    /// <summary>Puts a text frame behind those that wait for <see cref="FlushAsync"/>.</summary>
    public void Queue(ReadOnlySpan<byte> text) => Queue(TextFrame, text);

    private void Queue(byte kind, ReadOnlySpan<byte> text)
    {
        var header = text.Length < 126 ? 6 : 8;
        if (sending.Length - toSend < header + text.Length) Array.Resize(ref sending, (toSend + header + text.Length) * 2);
        var frame = sending.AsSpan(toSend);
        frame[0] = kind;
        if (text.Length < 126)
        {
            frame[1] = (byte)(0x80 | text.Length);
        }
        else
        {
            frame[1] = 0x80 | 126;
            BinaryPrimitives.WriteUInt16BigEndian(frame[2..], checked((ushort)text.Length));
        }
        frame[(header - 4)..header].Clear();            // a mask of zeros leaves the text as it is
        text.CopyTo(frame[header..]);
        toSend += header + text.Length;
    }

    public async ValueTask FlushAsync()
    {
        for (var at = 0; at < toSend;) at += await socket.SendAsync(sending.AsMemory(at, toSend - at));
        toSend = 0;
    }

    /// <summary>The same, on this thread.</summary>
    public void Flush()
    {
        for (var at = 0; at < toSend;) at += socket.Send(sending.AsSpan(at, toSend - at));
        toSend = 0;
    }

    /// <summary>The next whole frame that is already here, or false. A ping is an empty one, and its answer is queued.</summary>
    public bool TryRead(out ReadOnlySpan<byte> text)
    {
        text = default;
        var rest = received.AsSpan(start, end - start);
        if (rest.Length < 2) return false;
        var (header, length) = (2, (long)(rest[1] & 0x7F));
        if (length == 126)
        {
            if (rest.Length < 4) return false;
            (header, length) = (4, BinaryPrimitives.ReadUInt16BigEndian(rest[2..]));
        }
        else if (length == 127)
        {
            if (rest.Length < 10) return false;
            (header, length) = (10, BinaryPrimitives.ReadInt64BigEndian(rest[2..]));
        }
        if (rest.Length < header + length) return false;
        var kind = rest[0] & 0xF;
        if (kind == Close) throw new EndOfStreamException("The server closed the socket.");
        text = rest.Slice(header, (int)length);
        if (kind == Ping)
        {
            Queue(Pong, text);
            text = default;
        }
        start += header + (int)length;
        return true;
    }

    /// <summary>Bytes that wait for a flush.</summary>
    public int Queued => toSend;

    /// <summary>Waits for more bytes.</summary>
    public async ValueTask ReceiveAsync(CancellationToken cancellation = default)
    {
        MakeRoom();
        Got(await socket.ReceiveAsync(received.AsMemory(end), cancellation));
    }

    /// <summary>The same, on this thread.</summary>
    public void Receive()
    {
        MakeRoom();
        Got(socket.Receive(received.AsSpan(end)));
    }

    /// <summary>Whether more bytes come within this time.</summary>
    public bool HasData(int micros) => socket.Poll(micros, SelectMode.SelectRead);

    private void MakeRoom()
    {
        if (start > 0)
        {
            received.AsSpan(start, end - start).CopyTo(received);
            end -= start;
            start = 0;
        }
        if (end == received.Length) Array.Resize(ref received, received.Length * 2);
    }

    private void Got(int bytes)
    {
        if (bytes == 0) throw new EndOfStreamException("The server closed the socket.");
        end += bytes;
    }

    public void Dispose() => socket.Dispose();
}
