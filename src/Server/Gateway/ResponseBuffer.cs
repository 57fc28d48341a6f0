using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.ObjectPool;

namespace Sluice.Server.Gateway;

/// <summary>The bytes of one answer while it is written; reused.</summary>
internal sealed class ResponseBuffer : IResettable
{
    private const int KeepUpTo = 64 * 1024;
    private const int KeptMost = 512;           // as many answers are written at once

    // The answer is application/json and never part of a page, so only what JSON itself demands is escaped.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ObjectPool<ResponseBuffer> NewPool() => new DefaultObjectPoolProvider { MaximumRetained = KeptMost }.Create<ResponseBuffer>();

    private ArrayBufferWriter<byte> bytes = new(1024);

    public ResponseBuffer() => Json = new Utf8JsonWriter(bytes, Options);

    public Utf8JsonWriter Json { get; }

    /// <summary>What was written so far, complete.</summary>
    public ReadOnlyMemory<byte> Complete()
    {
        Json.Flush();
        return bytes.WrittenMemory;
    }

    public void Clear()
    {
        bytes.ResetWrittenCount();
        Json.Reset(bytes);
    }

    public bool TryReset()
    {
        if (bytes.Capacity > KeepUpTo) bytes = new ArrayBufferWriter<byte>(1024);
        Clear();
        return true;
    }
}
