using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sluice.Server.Gateway;

/// <summary>Reads request bodies into rented memory, up to a limit.</summary>
internal static class RequestBody
{
    /// <summary>The largest body that is accepted.</summary>
    public const int MaxLength = 1024 * 1024;

    // What goes beyond is still read for a while, because a client that is sending does not see an answer.
    public const int DrainUpTo = 16 * 1024 * 1024;

    /// <summary>The rented array and the length of the body in it; -1 when it is too large. The caller returns the array.</summary>
    public static async ValueTask<(byte[]? Rented, int Length)> ReadAsync(HttpRequest request, CancellationToken aborted)
    {
        if (request.ContentLength > MaxLength)
        {
            if (request.Headers.Expect.Count == 0) await DrainAsync(request.BodyReader, 0, aborted);
            return (null, -1);
        }
        if (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }) return (null, 0);

        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(aborted);
            if (read.Buffer.Length > MaxLength)
            {
                var length = read.Buffer.Length;
                reader.AdvanceTo(read.Buffer.End);
                await DrainAsync(reader, length, aborted);
                return (null, -1);
            }
            if (read.IsCompleted)
            {
                var length = (int)read.Buffer.Length;
                var rented = ArrayPool<byte>.Shared.Rent(length);
                read.Buffer.CopyTo(rented);
                reader.AdvanceTo(read.Buffer.End);
                return (rented, length);
            }
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static async ValueTask DrainAsync(PipeReader reader, long sofar, CancellationToken aborted)
    {
        while (sofar < DrainUpTo)
        {
            var read = await reader.ReadAsync(aborted);
            sofar += read.Buffer.Length;
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return;
        }
    }
}
