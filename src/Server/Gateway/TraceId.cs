namespace Sluice.Server.Gateway;

/// <summary>Names of requests and connections, for logs and whoever asks about them: unique, not secret.</summary>
internal static class TraceId
{
    /// <summary>32 hexadecimal digits.</summary>
    public static string Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        Random.Shared.NextBytes(bytes);         // the system's own chance costs a call into it each time
        return Convert.ToHexStringLower(bytes);
    }
}
