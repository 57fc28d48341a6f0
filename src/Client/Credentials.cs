using System.Security.Cryptography;
using System.Text;

namespace Sluice.Client;

/// <summary>An API key and its secret.</summary>
public sealed record Credentials(string Key, string Secret)
{
    private readonly byte[] secret = Encoding.UTF8.GetBytes(Secret);

    /// <summary>The SIGN header of a request: HMAC-SHA512 over method, path, query, body hash and timestamp, a line each.</summary>
    /// <param name="path">With /api/v4, as sent.</param>
    /// <param name="query">Without '?', as sent.</param>
    public string Sign(string method, string path, string query, ReadOnlySpan<byte> body, string timestamp) =>
        Hmac($"{method}\n{path}\n{query}\n{Convert.ToHexStringLower(SHA512.HashData(body))}\n{timestamp}");

    /// <summary>The SIGN of a private subscription.</summary>
    public string SignSubscription(string channel, string action, long timeSeconds) => Hmac($"channel={channel}&event={action}&time={timeSeconds}");

    /// <summary>The signature of a request over the socket, the login first of all.</summary>
    /// <param name="parameters">The JSON text of req_param exactly as it stands in the frame; empty when there is none.</param>
    public string SignSocketRequest(string channel, string parameters, long timeSeconds) => Hmac($"api\n{channel}\n{parameters}\n{timeSeconds}");

    private string Hmac(string text) => Convert.ToHexStringLower(HMACSHA512.HashData(secret, Encoding.UTF8.GetBytes(text)));
}
