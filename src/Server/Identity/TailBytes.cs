using Sluice.Core.Kernel;

namespace Sluice.Server.Identity;

/// <summary>Tails of commands from texts.</summary>
public static class TailBytes
{
    public static byte[] Of(params ReadOnlySpan<string> texts)
    {
        var length = 0;
        foreach (var text in texts) length += 2 + System.Text.Encoding.UTF8.GetByteCount(text);
        var bytes = new byte[length];
        var writer = new TailWriter(bytes);
        foreach (var text in texts) writer.Text(text);
        return bytes;
    }

    /// <summary>The tail of <see cref="Products.Identity.CreateKey"/>.</summary>
    public static byte[] OfKey(string key, string name, byte[] sealedSecret, string permissions, string ipList)
    {
        var bytes = new byte[Of(key, name, permissions, ipList).Length + 2 + sealedSecret.Length];
        var writer = new TailWriter(bytes);
        writer.Text(key);
        writer.Text(name);
        writer.Bytes(sealedSecret);
        writer.Text(permissions);
        writer.Text(ipList);
        return bytes;
    }
}
