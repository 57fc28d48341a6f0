using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;
using Sluice.Runtime;
using Sluice.Server.Views;
using Record = Sluice.Runtime.Sequencing.Record;

namespace Sluice.Server.Tests.Views;

/// <summary>The core with views behind it, in one thread: every command is shown as it is executed.</summary>
internal sealed class CoreRig
{
    public const int Spot = 1;
    public const int Btc = 1;
    public const int Usdt = 2;

    private readonly EventBuffer events = new();
    private readonly byte[] record = new byte[8192];

    public CoreRig(params IViewListener[] listeners) => Views.Listeners = [Heard, .. listeners];

    public VenueProducts Products { get; } = new();
    public VenueViews Views { get; } = new();
    public Heard Heard { get; } = new();
    public long NowNanos { get; set; } = 1_767_225_600L * Nanos.PerSecond;

    public CommandResult Send<T>(int actor, T command, params string[] texts) where T : unmanaged, ICommand
    {
        var result = Execute(actor, command, texts);
        Deliver();
        return result;
    }

    /// <summary>Without delivering: what follows comes in one batch.</summary>
    public CommandResult Execute<T>(int actor, T command, params string[] texts) where T : unmanaged, ICommand
    {
        Span<byte> tail = stackalloc byte[4096];
        var writer = new TailWriter(tail);
        foreach (var text in texts) writer.Text(text);
        Record.Write(record, new UserId(actor), command, writer.Written, default);
        var length = Record.LengthOf<T>(default, writer.Written);
        return Products.Machine.Execute(new Stamp(Products.Machine.Sequence + 1, NowNanos), record.AsSpan(0, length), events);
    }

    public void Deliver()
    {
        var last = Products.Machine.Sequence;
        Views.Consume(new EventBatch(events.Written, Views.Shown.Sequence + 1, last));
        events.Clear();
    }

    /// <summary>BTC_USDT with one price decimal and six size decimals, fees of a thousandth; users with 10 BTC and 1,000,000 USDT each.</summary>
    public int[] SetUp(params string[] names)
    {
        Send(0, new ListAsset { Scale = 12 }, "BTC", "Bitcoin");
        Send(0, new ListAsset { Scale = 12 }, "USDT", "Tether");
        Send(0, Terms, "BTC_USDT", "BTC", "USDT");
        return [.. names.Select(name => NewUser(name))];
    }

    public static ListPair Terms { get; } = new()
    {
        PriceDecimals = 1, SizeDecimals = 6, MinBase = 1, ReferencePrice = 1_000_000, MakerFee = Rate.One / 1000, TakerFee = Rate.One / 500,
        Status = MarketStatus.Tradable,
    };

    public int NewUser(string name, UserFlags flags = UserFlags.None)
    {
        var user = (int)Send(0, new CreateUser { Flags = flags }, name, "", "").ObjectId;
        Send(0, new Fund { User = user, Wallet = Spot, Asset = Btc, Amount = Money.Units(10) });
        Send(0, new Fund { User = user, Wallet = Spot, Asset = Usdt, Amount = Money.Units(1_000_000) });
        return user;
    }

    public long Place(int user, Side side, long price, long size, string text = "", TimeInForce tif = TimeInForce.GoodTillCancelled) =>
        Send(user, Limit(side, price, size, tif), text, "").ObjectId;

    public static PlaceOrder Limit(Side side, long price, long size, TimeInForce tif = TimeInForce.GoodTillCancelled) =>
        new() { Instrument = 1, Wallet = Spot, Side = side, Type = OrderType.Limit, Price = price, Size = size, TimeInForce = tif };
}

/// <summary>Writes down what it is told.</summary>
internal sealed class Heard : IViewListener
{
    public List<(OrderRow Order, OrderChange Change)> Orders { get; } = [];
    public List<FillRow> Fills { get; } = [];
    public List<TradeRow> Trades { get; } = [];
    public List<BalanceRow> Balances { get; } = [];
    public List<TriggerRow> Triggers { get; } = [];
    public List<TransferRow> Transfers { get; } = [];
    public List<DepositRow> Deposits { get; } = [];
    public List<string> Keys { get; } = [];
    public long Sequence { get; private set; }

    public void OrderChanged(OrderRow order, OrderChange change) => Orders.Add((order, change));

    public void Filled(FillRow fill) => Fills.Add(fill);

    public void Traded(PairView pair, TradeRow trade) => Trades.Add(trade);

    public void BalanceChanged(BalanceRow entry) => Balances.Add(entry);

    public void TriggerChanged(TriggerRow trigger) => Triggers.Add(trigger);

    public void Transferred(TransferRow transfer) => Transfers.Add(transfer);

    public void Deposited(DepositRow deposit) => Deposits.Add(deposit);

    public void KeyChanged(KeyView key) => Keys.Add("+" + key.Key);

    public void KeyDeleted(string key) => Keys.Add("-" + key);

    public void Delivered(long sequence, long timeNanos) => Sequence = sequence;

    public void Clear()
    {
        Orders.Clear();
        Fills.Clear();
        Trades.Clear();
        Balances.Clear();
    }
}
