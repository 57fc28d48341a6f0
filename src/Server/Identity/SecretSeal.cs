using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Sluice.Core.Kernel;
using Sluice.Runtime.Disk;

namespace Sluice.Server.Identity;

/// <summary>The master key is not the one the secrets were sealed with. The sentence says what to do.</summary>
public sealed class MasterKeyException(string message) : Exception(message);

/// <summary>Seals secrets of API keys, since checking a signature needs them in clear and the log must not have them: AES-256-GCM under a master key
/// that stands in a file of its own. A sealed secret opens only under the name of the key it was sealed for.</summary>
public sealed class SecretSeal
{
    /// <summary>In the data folder: 64 hexadecimal characters.</summary>
    public const string File = "master-key";

    private const byte Format = 1;
    private const int KeyBytes = 32, NonceBytes = 12, TagBytes = 16, HeadBytes = 1 + NonceBytes + TagBytes;

    private readonly IDisk disk;
    private readonly Lock saving = new();
    private readonly byte[] master;
    private bool saved;

    private SecretSeal(IDisk disk, byte[] master, bool saved)
    {
        this.disk = disk;
        this.master = master;
        this.saved = saved;
    }

    /// <summary>Whether the file was absent and nothing has been sealed since.</summary>
    public bool IsNew => !saved;

    /// <summary>With the folder's master key; with a new one, which is written before it seals anything, when there is none.</summary>
    public static SecretSeal Open(IDisk disk)
    {
        if (PrivateFile.Read(disk, File) is not { } bytes) return new SecretSeal(disk, RandomNumberGenerator.GetBytes(KeyBytes), saved: false);
        var text = Encoding.UTF8.GetString(bytes).Trim();
        if (text.Length != 2 * KeyBytes || !text.All(char.IsAsciiHexDigit))
            throw new MasterKeyException($"The file {File} in the data folder is damaged: {2 * KeyBytes} hexadecimal characters are expected. Put the right file back.");
        return new SecretSeal(disk, Convert.FromHexString(text), saved: true);
    }

    public byte[] Seal(string key, ReadOnlySpan<byte> secret)
    {
        Save();
        var blob = new byte[HeadBytes + secret.Length];
        blob[0] = Format;
        RandomNumberGenerator.Fill(blob.AsSpan(1, NonceBytes));
        using var cipher = new AesGcm(master, TagBytes);
        cipher.Encrypt(blob.AsSpan(1, NonceBytes), secret, blob.AsSpan(HeadBytes), blob.AsSpan(1 + NonceBytes, TagBytes), Encoding.UTF8.GetBytes(key));
        return blob;
    }

    /// <summary>False when the blob was sealed by another master key, for another API key, or was changed.</summary>
    public bool TryOpen(string key, ReadOnlySpan<byte> blob, [MaybeNullWhen(false)] out byte[] secret)
    {
        secret = null;
        if (blob.Length < HeadBytes || blob[0] != Format) return false;
        var opened = new byte[blob.Length - HeadBytes];
        try
        {
            using var cipher = new AesGcm(master, TagBytes);
            cipher.Decrypt(blob.Slice(1, NonceBytes), blob[HeadBytes..], blob.Slice(1 + NonceBytes, TagBytes), opened, Encoding.UTF8.GetBytes(key));
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
        secret = opened;
        return true;
    }

    /// <summary>A new API key: 32 and 64 hexadecimal characters from the system's random numbers. For a request that may be repeated they follow from its
    /// idempotency key instead, by a function only the holder of the master key can compute: then the repeated request gets the first answer again.</summary>
    public NewKey CreateKey(IdempotencyKey request = default)
    {
        Span<byte> bytes = stackalloc byte[16 + 32];
        if (request.IsEmpty) RandomNumberGenerator.Fill(bytes);
        else
        {
            Span<byte> context = stackalloc byte[16];
            BinaryPrimitives.WriteUInt64LittleEndian(context, request.High);
            BinaryPrimitives.WriteUInt64LittleEndian(context[8..], request.Low);
            HKDF.DeriveKey(HashAlgorithmName.SHA512, master, bytes, "sluice api key"u8, context);
        }
        return new NewKey(Convert.ToHexStringLower(bytes[..16]), Convert.ToHexStringLower(bytes[16..]));
    }

    private void Save()
    {
        lock (saving)
        {
            if (saved) return;
            PrivateFile.Write(disk, File, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(master)));
            saved = true;
        }
    }
}

/// <summary>Both halves of a key, in clear: to be shown once.</summary>
public sealed record NewKey(string Key, string Secret)
{
    public override string ToString() => Key;       // a record would print the secret
}
