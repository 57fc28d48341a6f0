using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Fuzz.Tests.Wire;

/// <summary>An answer as it came. The body is valid until the next one is read.</summary>
/// <param name="Head">Status line and headers.</param>
internal readonly record struct RawAnswer(int Status, string Head, ReadOnlyMemory<byte> Body, bool Closes)
{
    public string Text => Encoding.UTF8.GetString(Body.Span);

    /// <summary>A header's value, or null.</summary>
    public string? Header(string name)
    {
        var at = Head.IndexOf($"\r\n{name}: ", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return null;
        at += name.Length + 4;
        var end = Head.IndexOf('\r', at);
        return end < 0 ? Head[at..] : Head[at..end];
    }
}

/// <summary>HTTP/1.1 byte by byte over one socket: a client that can send what a well-behaved one cannot, and costs little.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket socket;
    private byte[] inbox = new byte[16 * 1024];
    private int start, end;

    private RawConnection(Socket socket) => this.socket = socket;

    public static async Task<RawConnection> OpenAsync(string baseUrl)
    {
        var address = new Uri(baseUrl);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Parse(address.Host), address.Port, TestContext.Current.CancellationToken);
        return new RawConnection(socket);
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, TestContext.Current.CancellationToken)..];
    }

    /// <summary>The next answer; null when the other side has closed.</summary>
    public async ValueTask<RawAnswer?> ReadAsync(bool bodyless = false)
    {
        int head;
        while ((head = inbox.AsSpan(start, end - start).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!await FillAsync()) return null;
        }
        var text = Encoding.Latin1.GetString(inbox, start, head);
        start += head + 4;
        var answer = new RawAnswer(int.Parse(text.AsSpan(9, 3), CultureInfo.InvariantCulture), text, default, false);
        answer = answer with { Closes = string.Equals(answer.Header("Connection"), "close", StringComparison.OrdinalIgnoreCase) };
        if (bodyless || answer.Status is 204 or 304 or < 200) return answer;
        if (answer.Header("Content-Length") is { } given)
        {
            var length = int.Parse(given, CultureInfo.InvariantCulture);
            while (end - start < length)
            {
                if (!await FillAsync()) return null;
            }
            start += length;
            return answer with { Body = inbox.AsMemory(start - length, length) };
        }
        if (answer.Header("Transfer-Encoding") is null) return answer;
        return await ReadChunksAsync() is { } body ? answer with { Body = body } : null;
    }

    /// <summary>The next bytes, whatever they are; none when the other side has closed.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadSomeAsync()
    {
        if (start == end && !await FillAsync()) return default;
        var some = inbox.AsMemory(start, end - start);
        start = end;
        return some;
    }

    public void Dispose() => socket.Dispose();

    private async ValueTask<byte[]?> ReadChunksAsync()
    {
        var body = new ArrayBufferWriter<byte>();
        while (true)
        {
            int line;
            while ((line = inbox.AsSpan(start, end - start).IndexOf("\r\n"u8)) < 0)
            {
                if (!await FillAsync()) return null;
            }
            var length = int.Parse(Encoding.ASCII.GetString(inbox, start, line), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            start += line + 2;
            while (end - start < length + 2)
            {
                if (!await FillAsync()) return null;
            }
            body.Write(inbox.AsSpan(start, length));
            start += length + 2;
            if (length == 0) return body.WrittenSpan.ToArray();
        }
    }

    private async ValueTask<bool> FillAsync()
    {
        if (start == end) start = end = 0;
        if (end == inbox.Length)
        {
            var wider = start > 0 && end - start <= inbox.Length / 2 ? inbox : new byte[inbox.Length * 2];
            inbox.AsSpan(start, end - start).CopyTo(wider);
            (inbox, end, start) = (wider, end - start, 0);
        }
        try
        {
            var read = await socket.ReceiveAsync(inbox.AsMemory(end), SocketFlags.None, TestContext.Current.CancellationToken);
            end += read;
            return read > 0;
        }
        catch (SocketException)
        {
            return false;           // cut off
        }
    }
}
