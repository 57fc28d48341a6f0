using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Bench.Wire;

/// <summary>One kept-alive HTTP connection without a client library: on a shared machine the load should cost less than what it loads.</summary>
internal sealed class RawHttp : IDisposable
{
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] buffer = new byte[256 * 1024];

    public static async Task<RawHttp> ConnectAsync(Uri url)
    {
        var http = new RawHttp();
        await http.socket.ConnectAsync(new DnsEndPoint(url.Host, url.Port));
        return http;
    }

    /// <summary>Sends a request and returns status and body; the body is good until the next call.</summary>
    public async ValueTask<(int Status, ReadOnlyMemory<byte> Body)> SendAsync(ReadOnlyMemory<byte> request)
    {
        for (var rest = request; rest.Length > 0;) rest = rest[await socket.SendAsync(rest)..];
        var length = 0;
        while (true)
        {
            var got = await socket.ReceiveAsync(buffer.AsMemory(length));
            if (got == 0) throw new EndOfStreamException("The server closed the connection.");
            length += got;
            if (TryParse(buffer.AsSpan(0, length), out var status, out var bodyAt, out var bodyLength) && bodyAt + bodyLength <= length)
            {
                return (status, buffer.AsMemory(bodyAt, bodyLength));
            }
        }
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
            if (status == 204) return true;
            throw new NotSupportedException($"An answer without Content-Length: {Encoding.ASCII.GetString(headers)}");
        }
        return Utf8Parser.TryParse(headers[(at + 18)..], out bodyLength, out _);
    }
}
