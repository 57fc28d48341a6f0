using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Products.Futures;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;

namespace Sluice.Products;

/// <summary>Every product of the venue, composed. Adding one is a folder and a line here.</summary>
public sealed class VenueProducts
{
    /// <param name="capacity">What memory is taken for now; nothing unless it is said.</param>
    public VenueProducts(VenueCapacity? capacity = null)
    {
        Ledger = new Ledger();
        Identity = new IdentityProduct();
        Spot = new SpotProduct(Ledger, Identity);
        Futures = new FuturesProduct(Ledger, Identity, Spot.State);
        Wallet = new WalletProduct(Ledger, Identity, Spot, Futures);
        // The order is the order of loading: the ledger (with Wallet) and users come before spot and
        // futures, whose traders refer to them.
        Machine = new StateMachine([Identity, Wallet, Spot, Futures]);
        if (capacity is null) return;
        Ledger.Reserve(capacity.Accounts);
        Spot.State.Pool.Reserve(capacity.Orders, capacity.Levels);
        Spot.State.Traders.Reserve(capacity.Traders);
        Futures.State.Pool.Reserve(capacity.ContractOrders, capacity.ContractLevels);
        Futures.State.ValuePrices.EnsureCapacity(capacity.ContractOrders / 8);             // of those that would have traded better than at their own price
        Futures.State.Accounts.Reserve(capacity.Margins);
        Futures.State.Seats.Reserve(capacity.Seats);
        Futures.State.Positions.Reserve(capacity.Legs);
    }

    public Ledger Ledger { get; }
    public IdentityProduct Identity { get; }
    public SpotProduct Spot { get; }
    public FuturesProduct Futures { get; }
    public WalletProduct Wallet { get; }
    public StateMachine Machine { get; }
}
