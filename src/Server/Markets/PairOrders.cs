using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Spot;
using Sluice.Runtime.Sequencing;

namespace Sluice.Server.Markets;

/// <summary>Orders of participants in one pair.</summary>
internal sealed class PairOrders(VenueProducts venue, Pair pair, Purses purses) : DeskOrders(pair.Book)
{
    private readonly SpotState spot = venue.Spot.State;

    public Pair Pair => pair;

    public override bool Away => venue.Wallet.State.IsLiquidityOff(pair.Symbol);

    public override long SizeOf(double value, long price)
    {
        var unit = (double)pair.Book.ValueUnit * price;
        var least = Math.Max(pair.Terms.MinBase, (double)pair.Terms.MinQuote.Raw * 1.2 / unit + 1);
        var most = pair.Terms.MaxBase == 0 ? 9e17 : pair.Terms.MaxBase * 0.5;
        if (!pair.Terms.MaxQuote.IsZero) most = Math.Min(most, (double)pair.Terms.MaxQuote.Raw * 0.5 / unit);
        return (long)Math.Max(Math.Min(Math.Max(value * Fixed.PowerOfTen(Money.Decimals) / unit, least), most), 1);
    }

    protected override int FirstOf(Role role, out int count)
    {
        count = 0;
        if (!spot.TryFindTrader(purses[role].Value, pair, WalletId.Spot, out var trader)) return OrderPool.None;
        count = spot.Traders[trader].OpenCount;
        return spot.Traders[trader].First;
    }

    protected override CommandResult SendPlace(Role role, Side side, long price, long size, TimeInForce timeInForce, ICoreDoor door) => door.Execute(purses[role], new PlaceOrder
    {
        Instrument = pair.Id.Value, Wallet = WalletId.Spot.Value, Side = side, Type = OrderType.Limit, TimeInForce = timeInForce, Price = price, Size = size,
    });

    protected override CommandResult SendMove(Role role, long orderId, Side side, long price, long size, ICoreDoor door) =>
        door.Execute(purses[role], new AmendOrder { OrderId = orderId, Instrument = pair.Id.Value, Price = price, Size = size });

    protected override CommandResult SendCancel(Role role, long orderId, ICoreDoor door) =>
        door.Execute(purses[role], new CancelOrder { OrderId = orderId, Instrument = pair.Id.Value });

    protected override void SendCancelAll(Role role, ICoreDoor door) => door.Execute(purses[role], new CancelAllOrders { Instrument = pair.Id.Value });

    protected override bool IsShortOfFunds(ushort refusal) => (SpotRefusal)refusal == SpotRefusal.BalanceTooLow;

    protected override bool IsOrdinary(ushort refusal) => (SpotRefusal)refusal is SpotRefusal.PostOnlyWouldTake or SpotRefusal.NoChange;

    protected override void Fund(Role role, Side side, long price, long size, ICoreDoor door)
    {
        if (side == Side.Buy) purses.TopUp(role, pair.Quote.Id, pair.Book.Value(price, size), door);
        else purses.TopUp(role, pair.Base.Id, pair.BaseMoney(size), door);
    }
}
