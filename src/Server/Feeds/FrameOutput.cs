using System.Buffers;
using System.Net.WebSockets;

namespace Sluice.Server.Feeds;

/// <summary>Where the frames of a connection go: one after the other, or many at once.</summary>
internal abstract class FrameOutput
{
    protected const int CompressFrom = 1024;

    /// <summary>Sends the frames in order and returns when they are on their way; not called again before that.</summary>
    public abstract ValueTask SendAsync(List<SharedFrame> frames);
}

/// <summary>One send a frame.</summary>
internal sealed class SocketOutput(WebSocket socket) : FrameOutput
{
    public override async ValueTask SendAsync(List<SharedFrame> frames)
    {
        foreach (var frame in frames)
        {
            var flags = WebSocketMessageFlags.EndOfMessage;
            if (frame.Length < CompressFrom) flags |= WebSocketMessageFlags.DisableCompression;
            await socket.SendAsync(frame.Written, WebSocketMessageType.Text, flags, CancellationToken.None);
        }
    }
}

/// <summary>Frames are gathered and written to the connection together: a write costs many times what a frame does. What is to be compressed goes through
/// the socket, which has the state of the compression.</summary>
internal sealed class GatheredOutput(WebSocket socket, SharedStream stream, bool compresses) : FrameOutput
{
    private const int GatherBytes = 64 * 1024;

    public override async ValueTask SendAsync(List<SharedFrame> frames)
    {
        if (frames.Count == 1 && !IsCompressed(frames[0]))
        {
            await stream.WriteAsync(frames[0].Framed);
            return;
        }
        var buffer = ArrayPool<byte>.Shared.Rent(GatherBytes);
        try
        {
            var gathered = 0;
            foreach (var frame in frames)
            {
                var framed = frame.Framed;
                var alone = IsCompressed(frame) || framed.Length > buffer.Length;
                if (gathered > 0 && (alone || gathered + framed.Length > buffer.Length))
                {
                    await stream.WriteAsync(buffer.AsMemory(0, gathered));
                    gathered = 0;
                }
                if (!alone)
                {
                    framed.Span.CopyTo(buffer.AsSpan(gathered));
                    gathered += framed.Length;
                }
                else if (IsCompressed(frame)) await socket.SendAsync(frame.Written, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None);
                else await stream.WriteAsync(framed);
            }
            if (gathered > 0) await stream.WriteAsync(buffer.AsMemory(0, gathered));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool IsCompressed(SharedFrame frame) => compresses && frame.Length >= CompressFrom;
}
