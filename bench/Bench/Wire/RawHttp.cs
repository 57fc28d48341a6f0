using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Bench.Wire;

/// <summary>One kept-alive HTTP connection without a client library: on a shared machine the load should cost less than what it loads.</summary>
internal sealed class RawHttp : IDisposable
{
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] buffer = new byte[64 * 1024];
    private int length;

    public RawHttp(Uri url) => socket.Connect(new DnsEndPoint(url.Host, url.Port));

    /// <summary>For asking many at once whether they have something.</summary>
    public Socket Socket => socket;

    public void Send(ReadOnlySpan<byte> request)
    {
        length = 0;
        while (!request.IsEmpty) request = request[socket.Send(request)..];
    }

    /// <summary>Takes what has come; true when that is the whole answer. The body is good until the next request.</summary>
    public bool Receive(out int status, out ReadOnlySpan<byte> body)
    {
        var got = socket.Receive(buffer.AsSpan(length));
        if (got == 0) throw new EndOfStreamException("The server closed the connection.");
        length += got;
        body = default;
        if (!TryParse(buffer.AsSpan(0, length), out status, out var bodyAt, out var bodyLength) || bodyAt + bodyLength > length) return false;
        body = buffer.AsSpan(bodyAt, bodyLength);
        return true;
    }

    public void Dispose() => socket.Dispose();

    private static bool TryParse(ReadOnlySpan<byte> answer, out int status, out int bodyAt, out int bodyLength)
    {
        (status, bodyLength) = (0, 0);
        bodyAt = answer.IndexOf("\r\n\r\n"u8) + 4;
        if (bodyAt < 4) return false;
        Utf8Parser.TryParse(answer[9..12], out status, out _);
        var headers = answer[..bodyAt];
        var at = headers.IndexOf("\r\nContent-Length: "u8);
        if (at < 0)
        {
            if (status is 204 or 401) return true;
            throw new NotSupportedException($"An answer without Content-Length: {Encoding.ASCII.GetString(headers)}");
        }
        return Utf8Parser.TryParse(headers[(at + 18)..], out bodyLength, out _);
    }
}
