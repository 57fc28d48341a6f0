using Sluice.Core.Kernel;
using Sluice.Core.Ledger;

namespace Sluice.Products.Spot;

/// <summary>Spot trading (S-001…S-102): plugs its commands, timers, state and invariants into the kernel.</summary>
public sealed class SpotProduct(Ledger ledger, IUsers users) : IProduct
{
    public SpotState State { get; } = new SpotState(ledger, users).Begin();

    /// <summary>Cancels all of a user's orders and triggers, for a product that closes an account.</summary>
    public void CloseOrders(int user, Context context)
    {
        new Changes(State).CancelAll(user, 0, 0, SideFilter.Both, context);
        foreach (var trigger in State.Triggers.All.Values.Where(t => t.User == user).ToArray())
        {
            State.Triggers.End(context, trigger, Core.Matching.TriggerStatus.Cancelled);
        }
        PovHandlers.CloseAll(State, user, context);
    }

    public void Register(Registry registry)
    {
        var placement = new Placement(State);
        var changes = new Changes(State);
        var triggers = new TriggerHandlers(State, placement);
        var listing = new Listing(State);
        registry.Handle<PlaceOrder>(placement.Place);
        registry.Handle<CancelOrder>(changes.Cancel);
        registry.Handle<CancelAllOrders>(changes.CancelAll);
        registry.Handle<AmendOrder>(changes.Amend);
        var prefetching = new Prefetching(State);
        registry.Size(() => State.Pool.IsLarge);
        registry.Prefetch<PlaceOrder>(prefetching.Place);
        registry.Prefetch<CancelOrder>(prefetching.Cancel);
        registry.Prefetch<AmendOrder>(prefetching.Amend);
        registry.Handle<SetCountdown>(changes.SetCountdown);
        registry.Handle<CreateTrigger>(triggers.Create);
        registry.Handle<CancelTrigger>(triggers.Cancel);
        registry.Handle<CancelAllTriggers>(triggers.CancelAll);
        registry.Handle<ListAsset>(listing.ListAsset);
        registry.Handle<ListPair>(listing.ListPair);
        registry.Handle<SetMarketStatus>(listing.SetStatus);
        registry.Handle<ConfigureSpot>(listing.Configure);
        registry.Handle<SetTraderSettings>(listing.SetTrader);
        var pov = new PovHandlers(State, placement);
        registry.Handle<CreatePov>(pov.Create);
        registry.Handle<CancelPov>(pov.Cancel);
        registry.OnDue(PovHandlers.StepTimer, pov.Step);
        registry.OnWork(TriggerTable.FireWork, triggers.Fire);
        registry.OnDue(TriggerTable.ExpiryTimer, triggers.Expire);
        registry.OnDue(Changes.CountdownTimer, changes.CountdownOver);
        registry.Remember(new SpotSnapshot(State));
        registry.Remember(State.Pov);
        registry.Watch(new HoldsEqualOrders(State));
        registry.Watch(new BooksUncrossed(State));
    }
}
