using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Values;
using Sluice.Products.Futures;
using Sluice.Products.Identity;
using Sluice.Products.Spot;

namespace Sluice.Products.Wallet;

/// <summary>Money in, out and across (spec README §5), and the operator's hand on simulated prices and participants, which must be as
/// durable as an order because trading follows from it.</summary>
public sealed class WalletProduct(Ledger ledger, IdentityProduct identity, SpotProduct spot, FuturesProduct futures) : IProduct
{
    public WalletState State { get; } = new();

    public void Register(Registry registry)
    {
        registry.Handle<Fund>(Fund);
        registry.Handle<Transfer>(Transfer);
        registry.Handle<PinPrice>(Pin);
        registry.Handle<ShockPrices>(Shock);
        registry.Handle<SetLiquidity>(SetLiquidity);
        registry.Handle<ResetUser>(Reset);
        registry.Remember(ledger);
        registry.Watch(ledger);
        registry.Remember(State);
    }

    private ushort Fund(in Fund command, ReadOnlySpan<byte> tail, Context context)
    {
        var wallet = new WalletId(command.Wallet);
        if (command.User == UserId.Venue.Value && wallet == WalletId.Insurance) return Endow(command, context);
        if (identity.Find(command.User) is not { } user) return (ushort)WalletRefusal.UserNotFound;
        if (spot.State.AssetOf(command.Asset) is null) return (ushort)WalletRefusal.AssetNotFound;
        if (!Exists(wallet, command.Asset)) return (ushort)WalletRefusal.WalletNotSupported;
        if (command.Amount.IsZero) return (ushort)WalletRefusal.AmountNotPositive;
        if (command.Amount.Raw > AmountMax || command.Amount.Raw < -AmountMax) return (ushort)WalletRefusal.AmountTooMuch;
        var account = ledger.Open(user.Id, wallet, command.Asset, (user.Flags & UserFlags.Participant) != 0);
        if (command.Amount.IsNegative && AvailableOf(user.Id, wallet, account) < -command.Amount) return (ushort)WalletRefusal.BalanceTooLow;

        var id = context.NextId();
        context.ObjectId = id;
        var reason = command.Deposit != 0 ? Reason.Deposit : Reason.Fund;
        ledger.Post(context, account, command.Amount, Money.Zero, reason, id, 0);
        ledger.Post(context, Outside(command.Asset), -command.Amount, Money.Zero, reason, id, 0);
        if (command.Amount.IsNegative && wallet.IsContracts) futures.CashLeft(user.Id, wallet, context);
        context.Emit(new Funded
        {
            MovementId = id, User = user.Id, Wallet = command.Wallet, Asset = command.Asset, Amount = command.Amount, Deposit = command.Deposit,
        }, tail);
        return 0;
    }

    private ushort Transfer(in Transfer command, ReadOnlySpan<byte> tail, Context context)
    {
        if (identity.Find(command.FromUser) is not { } from || identity.Find(command.ToUser) is not { } to) return (ushort)WalletRefusal.UserNotFound;
        if (from.Main != to.Main) return (ushort)WalletRefusal.NotRelated;
        if (from.Locked || to.Locked) return (ushort)WalletRefusal.UserLocked;
        if (spot.State.AssetOf(command.Asset) is null) return (ushort)WalletRefusal.AssetNotFound;
        var (source, target) = (new WalletId(command.FromWallet), new WalletId(command.ToWallet));
        if (!Exists(source, command.Asset) || !Exists(target, command.Asset)) return (ushort)WalletRefusal.WalletNotSupported;
        if (from == to && source == target) return (ushort)WalletRefusal.SameAccount;
        if (command.Amount.Raw <= 0) return (ushort)WalletRefusal.AmountNotPositive;
        var clientId = new TailReader(tail).Text();
        if (clientId.Length > 0 && State.ClientOrderIds.ContainsKey((from.Main, clientId))) return (ushort)WalletRefusal.ClientOrderIdUsed;
        if (source.IsContracts && futures.IsHeld(command.Asset, context.Stamp.TimeNanos)) return (ushort)WalletRefusal.TransfersHeld;
        if (!ledger.TryFind(from.Id, source, command.Asset, out var payer) || AvailableOf(from.Id, source, payer) < command.Amount) return (ushort)WalletRefusal.BalanceTooLow;

        var id = context.NextId();
        context.ObjectId = id;
        if (clientId.Length > 0) State.ClientOrderIds.Add((from.Main, clientId), id);
        var payee = ledger.Open(to.Id, target, command.Asset, (to.Flags & UserFlags.Participant) != 0);
        var across = from != to;
        ledger.Post(context, payer, -command.Amount, Money.Zero, across ? Reason.SubTransferOut : Reason.TransferOut, id, 0);
        ledger.Post(context, payee, command.Amount, Money.Zero, across ? Reason.SubTransferIn : Reason.TransferIn, id, 0);
        if (source.IsContracts) futures.CashLeft(from.Id, source, context);
        context.Emit(new Transferred { Transfer = command, TransferId = id, Actor = context.Actor.Value }, tail);
        return 0;
    }

    private ushort Pin(in PinPrice command, ReadOnlySpan<byte> tail, Context context)
    {
        var name = new TailReader(tail).Text();
        if (name.Length == 0) return (ushort)WalletRefusal.AssetNotFound;
        if (command.Pinned != 0 && command.Price.Raw <= 0) return (ushort)WalletRefusal.PriceNotPositive;
        if (command.Pinned != 0) State.Pins[name] = command.Price;
        else State.Pins.Remove(name);
        context.Emit(new PricePinned { Command = command }, tail);
        return 0;
    }

    private ushort Shock(in ShockPrices command, ReadOnlySpan<byte> tail, Context context)
    {
        if (command.FractionE12 is <= -Rate.One or > 10 * Rate.One) return (ushort)WalletRefusal.PriceNotPositive;
        State.Shocks.Add((context.Stamp.TimeNanos, command.FractionE12, Names(tail)));
        context.Emit(new PricesShocked { FractionE12 = command.FractionE12, TimeNanos = context.Stamp.TimeNanos }, tail);
        return 0;
    }

    private ushort SetLiquidity(in SetLiquidity command, ReadOnlySpan<byte> tail, Context context)
    {
        var names = Names(tail);
        if (names.Length == 0) State.LiquidityOff.Clear();
        if (names.Length == 0) State.AllLiquidityOff = command.On == 0;
        foreach (var name in names)
        {
            if (command.On != 0) State.LiquidityOff.Remove(name);
            else State.LiquidityOff.Add(name);
        }
        context.Emit(new LiquidityChanged { On = command.On }, tail);
        return 0;
    }

    private ushort Reset(in ResetUser command, ReadOnlySpan<byte> tail, Context context)
    {
        if (identity.Find(command.User) is not { } user) return (ushort)WalletRefusal.UserNotFound;
        spot.CloseOrders(user.Id, context);
        futures.CloseOut(user.Id, context);
        var id = context.NextId();
        context.ObjectId = id;
        var slots = new List<int>();
        for (var slot = 0; slot < ledger.Count; slot++)
        {
            if (ledger[slot].Owner == user.Id && !ledger[slot].Total.IsZero) slots.Add(slot);
        }
        slots.Sort((a, b) => (ledger[a].Wallet, ledger[a].Asset).CompareTo((ledger[b].Wallet, ledger[b].Asset)));       // a restored venue opened them in another order
        foreach (var slot in slots)
        {
            var account = ledger[slot];
            ledger.Post(context, slot, -account.Total, Money.Zero, Reason.Reset, id, 0);
            ledger.Post(context, Outside(account.Asset), account.Total, Money.Zero, Reason.Reset, id, 0);
        }
        futures.AfterCloseOut(context);
        return 0;
    }

    // 10^18 units: far beyond any supply, far below what Int128 holds.
    private static readonly Int128 AmountMax = (Int128)Fixed.PowerOfTen(18) * Fixed.PowerOfTen(Money.Decimals);

    private int Outside(int asset) => ledger.Open(UserId.Venue.Value, WalletId.OutsideWorld, asset);

    // F-191: the operator's money in the insurance fund. A refusal posts nothing.
    private ushort Endow(in Fund command, Context context)
    {
        if (spot.State.AssetOf(command.Asset) is null) return (ushort)WalletRefusal.AssetNotFound;
        if (command.Amount.IsZero) return (ushort)WalletRefusal.AmountNotPositive;
        if (command.Amount.Raw > AmountMax || command.Amount.Raw < -AmountMax) return (ushort)WalletRefusal.AmountTooMuch;
        return futures.Endow(command.Asset, command.Amount, Outside(command.Asset), Reason.Fund, 0, context) ? (ushort)0 : (ushort)WalletRefusal.BalanceTooLow;
    }

    // F-094: what backs contracts leaves only as far as their product lets it, and not at all during a liquidation (F-156).
    private Money AvailableOf(int user, WalletId wallet, int account)
    {
        if (!wallet.IsContracts) return ledger[account].Available;
        return futures.IsLocked(user, wallet) ? Money.Zero : futures.Transferable(user, wallet, account);
    }

    // Spot holds everything; a wallet of contracts what they settle in; an isolated margin wallet the two assets of its pair. Other wallets come with their products.
    private bool Exists(WalletId wallet, int asset)
    {
        if (wallet == WalletId.Spot) return true;
        if (wallet.IsContracts) return spot.State.AssetOf(asset)!.Code == (wallet == WalletId.FuturesBtc ? "BTC" : "USDT");
        return wallet.IsMargin && spot.State.PairOf(wallet.MarginPair.Value) is { } pair && (pair.Base.Id == asset || pair.Quote.Id == asset);
    }

    private static string[] Names(ReadOnlySpan<byte> tail)
    {
        var reader = new TailReader(tail);
        var names = new List<string>();
        while (!reader.IsEmpty) names.Add(reader.Text());
        return [.. names];
    }
}

/// <summary>Client ids of transfers, pinned prices, shocks, and where participants are away.</summary>
public sealed class WalletState : IStatePart
{
    public SortedDictionary<(int User, string Id), long> ClientOrderIds { get; } = new(Comparer<(int User, string Id)>.Create(Compare));

    public SortedDictionary<string, Money> Pins { get; } = new(StringComparer.Ordinal);

    public List<(long TimeNanos, long FractionE12, string[] Names)> Shocks { get; } = [];

    public SortedSet<string> LiquidityOff { get; } = new(StringComparer.Ordinal);

    public bool AllLiquidityOff { get; set; }

    /// <summary>Whether participants are away from an instrument.</summary>
    public bool IsLiquidityOff(string name) => AllLiquidityOff || (LiquidityOff.Count > 0 && LiquidityOff.Contains(name));

    public string Name => "wallet";

    public bool Hashed => true;

    public void Save(StateWriter writer)
    {
        writer.Int32(ClientOrderIds.Count);
        foreach (var ((user, id), transfer) in ClientOrderIds)
        {
            writer.Int32(user);
            writer.Text(id);
            writer.Int64(transfer);
        }
        writer.Int32(Pins.Count);
        foreach (var (name, price) in Pins)
        {
            writer.Text(name);
            writer.Money(price);
        }
        writer.Int32(Shocks.Count);
        foreach (var (time, fraction, names) in Shocks)
        {
            writer.Int64(time);
            writer.Int64(fraction);
            writer.Int32(names.Length);
            foreach (var name in names) writer.Text(name);
        }
        writer.Byte(AllLiquidityOff ? (byte)1 : (byte)0);
        writer.Int32(LiquidityOff.Count);
        foreach (var name in LiquidityOff) writer.Text(name);
    }

    public void Load(ref StateReader reader)
    {
        ClientOrderIds.Clear();
        for (var left = reader.Int32(); left > 0; left--) ClientOrderIds.Add((reader.Int32(), reader.Text()), reader.Int64());
        Pins.Clear();
        for (var left = reader.Int32(); left > 0; left--) Pins.Add(reader.Text(), reader.Money());
        Shocks.Clear();
        for (var left = reader.Int32(); left > 0; left--)
        {
            var (time, fraction, names) = (reader.Int64(), reader.Int64(), new string[reader.Int32()]);
            for (var i = 0; i < names.Length; i++) names[i] = reader.Text();
            Shocks.Add((time, fraction, names));
        }
        AllLiquidityOff = reader.Byte() != 0;
        LiquidityOff.Clear();
        for (var left = reader.Int32(); left > 0; left--) LiquidityOff.Add(reader.Text());
    }

    private static int Compare((int User, string Id) a, (int User, string Id) b) =>
        a.User != b.User ? a.User.CompareTo(b.User) : string.CompareOrdinal(a.Id, b.Id);
}
