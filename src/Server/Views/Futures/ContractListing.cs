using Sluice.Core.Kernel;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Listing;

namespace Sluice.Server.Views.Futures;

/// <summary>A listing as it was announced, as the terms every figure is computed with.</summary>
internal sealed record ContractListing(ContractTerms Terms, string SettleCode, string Index)
{
    /// <param name="tail">As of <see cref="ListContract"/>.</param>
    public static ContractListing Read(in ListContract listing, int settleAsset, ReadOnlySpan<byte> tail)
    {
        var reader = new TailReader(tail);
        var (symbol, settle, index, underlying) = (reader.Text(), reader.Text(), reader.Text(), reader.Text());
        return new ContractListing(ListingHandlers.TermsOf(listing, symbol, underlying, settleAsset, ListingHandlers.Tiers(ref reader)), settle, index);
    }
}
