using System.Buffers;
using Sluice.Core.Kernel;

namespace Sluice.Products.Spot;

/// <summary>The label of an order (M-007). A client's begins with "t-"; the engine's and the gateway's own are short words.</summary>
internal static class OrderText
{
    private const int LengthMax = 30;           // "t-" and 28 bytes

    private static readonly SearchValues<byte> Allowed = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.-"u8);

    /// <summary>Room for a text in a tail, with its length.</summary>
    public const int TailLength = LengthMax + sizeof(ushort);

    public static bool IsValid(ReadOnlySpan<byte> text) => text.Length <= LengthMax && !text.SequenceEqual("t-"u8) && !text.ContainsAnyExcept(Allowed);

    /// <summary>The first text of a tail, or null when it is none an order may have.</summary>
    public static string? Read(ReadOnlySpan<byte> tail)
    {
        var text = new TailReader(tail).Bytes();
        return IsValid(text) ? System.Text.Encoding.ASCII.GetString(text) : null;
    }
}
