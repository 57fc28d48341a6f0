using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.State;
using Sluice.Runtime.Sequencing;

namespace Sluice.Server.Markets.Contracts;

/// <summary>Orders of participants in one contract.</summary>
internal sealed class ContractOrders(VenueProducts venue, Market market, Purses purses) : DeskOrders(market.Book)
{
    private const double OrderShareMax = 0.5;           // of the largest order

    private readonly FuturesState futures = venue.Futures.State;
    private readonly string name = ContractNames.Of(market.Wallet, market.Symbol);

    public Market Market => market;

    public override bool Away => venue.Wallet.State.IsLiquidityOff(name);

    public override long SizeOf(double value, long price)
    {
        var (terms, unit) = (market.Terms, (double)market.Contract.ValueUnit);
        var quanta = value * Fixed.PowerOfTen(Money.Decimals);
        var size = market.Contract.IsInverse ? quanta * price / unit : quanta / (unit * price);
        var lots = (long)(double.Min(size, terms.OrderSizeMax * OrderShareMax) / terms.SizeStep) * terms.SizeStep;
        return long.Max(lots, long.Max(terms.OrderSizeMin, terms.SizeStep));
    }

    /// <summary>Signed size of a participant's position.</summary>
    public long PositionOf(Role role) =>
        futures.Seats.TryFind(purses[role].Value, market.Number, out var slot) && futures.Seats[slot].Net is >= 0 and var position ? futures.Positions[position].Size : 0;

    /// <summary>Before the first order: the lowest leverage, so that the most may be held and little can go wrong.</summary>
    public void Settle(Role role, ICoreDoor door)
    {
        if (futures.Seats.TryFind(purses[role].Value, market.Number, out _)) return;
        door.Execute(purses[role], new SetLeverage { Instrument = market.Id.Value, Leverage = market.Terms.LeverageMin.Hundredths, IsCross = 1 });
    }

    protected override int FirstOf(Role role, out int count)
    {
        count = 0;
        if (!futures.Seats.TryFind(purses[role].Value, market.Number, out var slot)) return OrderPool.None;
        count = futures.Seats[slot].OpenCount;
        return futures.Seats[slot].First;
    }

    protected override CommandResult SendPlace(Role role, Side side, long price, long size, TimeInForce timeInForce, ICoreDoor door) => door.Execute(purses[role],
        new PlaceContractOrder { Instrument = market.Id.Value, Price = price, Size = Signed(side, size), TimeInForce = timeInForce });

    protected override CommandResult SendMove(Role role, long orderId, Side side, long price, long size, ICoreDoor door) => door.Execute(purses[role],
        new AmendContractOrder { OrderId = orderId, Instrument = market.Id.Value, Price = price, Size = Signed(side, size) });

    protected override CommandResult SendCancel(Role role, long orderId, ICoreDoor door) =>
        door.Execute(purses[role], new CancelContractOrder { OrderId = orderId, Instrument = market.Id.Value });

    protected override void SendCancelAll(Role role, ICoreDoor door) =>
        door.Execute(purses[role], new CancelAllContractOrders { Instrument = market.Id.Value, Wallet = market.Wallet.Value });

    protected override bool IsShortOfFunds(ushort refusal) => (FuturesRefusal)refusal == FuturesRefusal.InsufficientAvailable;

    protected override bool IsOrdinary(ushort refusal) => (FuturesRefusal)refusal is FuturesRefusal.PostOnlyWouldTake or FuturesRefusal.NoChange;

    protected override void Fund(Role role, Side side, long price, long size, ICoreDoor door) =>
        purses.TopUp(role, market.Asset, market.Contract.NotionalOf(size, price).ToMoney(Rounding.Ceiling), door);

    private static long Signed(Side side, long size) => side == Side.Buy ? size : -size;
}
