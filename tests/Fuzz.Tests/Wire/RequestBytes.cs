using System.Globalization;
using System.Text;
using Sluice.Server.Gateway;

namespace Sluice.Fuzz.Tests.Wire;

/// <summary>A key of the venue under test; nobody signs nothing.</summary>
internal sealed class Signer(int user, string key, string secret)
{
    public static readonly Signer Nobody = new(0, "", "");

    public int User => user;
    public string Key => key;
    public string Secret => secret;
    public byte[] SecretBytes { get; } = Encoding.UTF8.GetBytes(secret);
}

/// <summary>A request as its parts stand on the wire, so that each can be spoiled alone.</summary>
/// <param name="Target">Path with /api/v4, percent-encoded; without the query.</param>
/// <param name="Headers">Whole lines behind the signature's.</param>
internal sealed record RawRequest(string Method, string Target, string Query, byte[] Body, string Timestamp = "", string Key = "", string Sign = "", string Headers = "")
{
    public static string Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    public static RawRequest To(string method, string path, string query = "", string body = "") =>
        new(method, "/api/v4" + path, query, Encoding.UTF8.GetBytes(body));

    /// <summary>Signed as the dialect wants it.</summary>
    public RawRequest By(Signer signer, string? timestamp = null)
    {
        if (signer.Key.Length == 0) return this;
        timestamp ??= Now;
        return this with { Key = signer.Key, Timestamp = timestamp, Sign = Signature.Of(signer.SecretBytes, Method, Target, Query, Body, timestamp) };
    }

    public byte[] ToBytes()
    {
        var text = new StringBuilder(512);
        text.Append(Method).Append(' ').Append(Target);
        if (Query.Length > 0) text.Append('?').Append(Query);
        text.Append(" HTTP/1.1\r\nHost: venue\r\n");
        if (Key.Length > 0) text.Append("KEY: ").Append(Key).Append("\r\n");
        if (Timestamp.Length > 0) text.Append("Timestamp: ").Append(Timestamp).Append("\r\n");
        if (Sign.Length > 0) text.Append("SIGN: ").Append(Sign).Append("\r\n");
        text.Append(Headers);
        if (Body.Length > 0) text.Append("Content-Type: application/json\r\n");
        if (Body.Length > 0 || Method is "POST" or "PUT" or "PATCH") text.Append("Content-Length: ").Append(Body.Length).Append("\r\n");
        text.Append("\r\n");
        var bytes = new byte[text.Length + Body.Length];
        Encoding.Latin1.GetBytes(text.ToString(), bytes);
        Body.CopyTo(bytes, text.Length);
        return bytes;
    }

    /// <summary>For a reader: everything that was sent, shortened where it is long.</summary>
    public override string ToString()
    {
        var body = Body.Length > 2000 ? $"{Encoding.UTF8.GetString(Body, 0, 2000)}… ({Body.Length} bytes)" : Encoding.UTF8.GetString(Body);
        var query = Query.Length > 2000 ? Query[..2000] + "…" : Query;
        return $"{Method} {(Target.Length > 2000 ? Target[..2000] + "…" : Target)}{(query.Length > 0 ? "?" + query : "")} key={Key} timestamp={Timestamp} sign={Sign} {Headers.Replace("\r\n", " | ", StringComparison.Ordinal)}{body}";
    }
}
