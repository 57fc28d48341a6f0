using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;

namespace Sluice.Products.Futures.State;

/// <summary>Terms of contracts as older rules wrote them into snapshots.</summary>
internal static class OlderListing
{
    // ClosedFundingFactor and Reserved4 came with rules 3; what follows them was there before.
    private const int Added = 2 * sizeof(long);

    /// <summary>Rules 2 knew no sleeping markets: funding counts in full (K-207), and the rest is 0.</summary>
    public static ListContract OfRules2(ref StateReader reader)
    {
        var listing = default(ListContract);
        var bytes = MemoryMarshal.AsBytes(new Span<ListContract>(ref listing));
        var added = (int)Unsafe.ByteOffset(ref Unsafe.As<ListContract, byte>(ref listing), ref Unsafe.As<long, byte>(ref listing.ClosedFundingFactor));
        var old = reader.Raw(bytes.Length - Added);
        old[..added].CopyTo(bytes);
        old[added..].CopyTo(bytes[(added + Added)..]);
        listing.ClosedFundingFactor = Rate.One;
        return listing;
    }
}
