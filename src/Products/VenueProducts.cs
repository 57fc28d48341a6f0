using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;

namespace Sluice.Products;

/// <summary>Every product of the venue, composed. Adding one is a folder and a line here.</summary>
public sealed class VenueProducts
{
    public VenueProducts()
    {
        Ledger = new Ledger();
        Identity = new IdentityProduct();
        Spot = new SpotProduct(Ledger, Identity);
        Wallet = new WalletProduct(Ledger, Identity, Spot);
        // The order is the order of loading: the ledger (with Wallet) and users come before spot, whose traders refer to them.
        Machine = new StateMachine([Identity, Wallet, Spot]);
    }

    public Ledger Ledger { get; }
    public IdentityProduct Identity { get; }
    public SpotProduct Spot { get; }
    public WalletProduct Wallet { get; }
    public StateMachine Machine { get; }
}
