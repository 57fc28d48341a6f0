using System.Security.Cryptography;

namespace Sluice.Server.Gateway;

/// <summary>HMAC-SHA512 under one secret. Setting it up costs more than a signature of usual length, so one that is set up is kept; who finds it in use sets up
/// another. From any thread.</summary>
internal sealed class SecretHash(byte[] secret) : IDisposable
{
    private IncrementalHash? idle;

    public void Compute(ReadOnlySpan<byte> text, Span<byte> signature)
    {
        var hash = Interlocked.Exchange(ref idle, null) ?? IncrementalHash.CreateHMAC(HashAlgorithmName.SHA512, secret);
        hash.AppendData(text);
        hash.GetHashAndReset(signature);
        if (Interlocked.CompareExchange(ref idle, hash, null) is not null) hash.Dispose();
    }

    public void Dispose() => Interlocked.Exchange(ref idle, null)?.Dispose();
}
