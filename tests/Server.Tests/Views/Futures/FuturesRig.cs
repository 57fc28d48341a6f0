using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Runtime;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Tests.Views.Futures;

/// <summary>Views fed with events of contracts written by hand, one command at a time. BTC_USDT (instrument 100,001): one price decimal, a ten-thousandth of a
/// coin a contract, exit fee 0.075 %, tiers of 0.4 % to 1,000,000 and 0.6 % to 2,000,000.</summary>
internal sealed class FuturesRig
{
    public const int Btc = 1;
    public const int Usdt = 2;
    public const int Perpetual = 100_001;
    public const int Coin = 100_002;
    public const int Alice = 10_001;
    public const int Bob = 10_002;
    public const int Maker = 10_003;            // a seeded participant

    private readonly EventBuffer events = new();
    private long sequence;

    public FuturesRig(params IViewListener[] listeners)
    {
        Views.Listeners = listeners;
        Begin();
        Tell(new AssetListed { Asset = Btc, Scale = 12 }, "BTC", "Bitcoin");
        Tell(new AssetListed { Asset = Usdt, Scale = 12 }, "USDT", "Tether");
        foreach (var user in new[] { Alice, Bob }) Tell(new UserCreated { User = user, CreatedNanos = NowNanos }, "", "", "");
        Tell(new UserCreated { User = Maker, Flags = UserFlags.Participant, CreatedNanos = NowNanos }, "", "", "");
        Tell(new ContractListed { Terms = Linear, ListedNanos = NowNanos, Instrument = Perpetual, SettleAsset = Usdt }, tail: TailOf("BTC_USDT", "USDT", "BTC_USDT", "", LinearTiers));
        Tell(new ContractListed { Terms = Inverse, ListedNanos = NowNanos, Instrument = Coin, SettleAsset = Btc }, tail: TailOf("BTC_USD", "BTC", "BTC_USDT", "", InverseTiers));
        End();
    }

    public VenueViews Views { get; } = new();

    public FuturesViews Futures => Views.Futures;

    public long NowNanos { get; set; } = 1_767_225_600L * Nanos.PerSecond;

    public static readonly TierTerms[] LinearTiers =
    [
        new(Money.Units(1_000_000), new Rate(Rate.One / 250), new Rate(Rate.One / 125)), new(Money.Units(2_000_000), new Rate(6 * Rate.One / 1000), new Rate(Rate.One / 100)),
    ];

    public static readonly TierTerms[] InverseTiers = [new(Money.Units(100), new Rate(Rate.One / 200), new Rate(Rate.One / 100))];

    public static ListContract Linear { get; } = new()
    {
        ContractKind = ContractKind.Linear, Multiplier = 1, MultiplierDecimals = 4, Tick = 1, MarkRound = 1, SizeStep = 1, OrderSizeMin = 1, OrderSizeMax = 1_000_000,
        OrderPriceDeviate = Rate.One / 10, MarketOrderSlip = Rate.One / 20, MakerFee = -Rate.One / 10_000, TakerFee = 75 * Rate.One / 100_000,
        MarkMaxDeviation = Rate.One / 10, FundingRateLimit = 3 * Rate.One / 1000, InterestPerDay = 3 * Rate.One / 10_000, FundingIntervalSeconds = 28_800,
        FundingImpactValue = Money.Units(60_000), LeverageMin = 100, LeverageMax = 12_500, PriceDecimals = 1, OrdersLimit = 100, TriggersLimit = 50, MarkWindow = 30,
        LinearWeights = 1, EnableCredit = 1, EnableBonus = 1, Status = MarketStatus.Tradable,
    };

    public static ListContract Inverse { get; } = Linear with
    {
        ContractKind = ContractKind.Inverse, MultiplierDecimals = 0, MakerFee = -2 * Rate.One / 10_000, LeverageMax = 10_000, FundingImpactValue = Money.Units(1), OrdersLimit = 50,
    };

    public static byte[] TailOf(string symbol, string settle, string index, string underlying, TierTerms[] tiers)
    {
        var bytes = new byte[1024];
        var writer = new TailWriter(bytes);
        foreach (var text in new[] { symbol, settle, index, underlying }) writer.Text(text);
        writer.Byte((byte)tiers.Length);
        foreach (var tier in tiers)
        {
            writer.Int64((long)(ulong)((UInt128)tier.Limit.Raw >> 64));
            writer.Int64(unchecked((long)(ulong)tier.Limit.Raw));
            writer.Int64(tier.MaintenanceRate.Raw);
            writer.Int64(tier.InitialRate.Raw);
        }
        return writer.Written.ToArray();
    }

    /// <summary>One command with these events.</summary>
    public void Step(Action<FuturesRig> what)
    {
        Begin();
        what(this);
        End();
    }

    public void Tell<T>(T happened, params string[] texts) where T : unmanaged, IEvent
    {
        var bytes = new byte[1024];
        var writer = new TailWriter(bytes);
        foreach (var text in texts) writer.Text(text);
        events.Append(happened, writer.Written);
    }

    public void Tell<T>(T happened, byte[] tail) where T : unmanaged, IEvent => events.Append(happened, tail);

    public void Mark(long mark, int instrument = Perpetual, long? index = null) => Step(rig => rig.Tell(new ContractPriced
    {
        Index = index ?? mark, Mark = mark, Basis = mark, Average = mark, Last = mark, Instrument = instrument, Sources = 6,
    }));

    public void Cash(int user, WalletId wallet, Money total, Money held = default, Reason reason = Reason.TransferIn, Money? change = null) => Step(rig => rig.Tell(new BalanceChanged
    {
        User = user, Wallet = wallet.Value, Asset = wallet == WalletId.FuturesBtc ? Btc : Usdt, Change = change ?? total, Total = total, Held = held, Reason = reason, UpdateId = 1,
    }));

    public static ContractOrderAccepted Order(long id, int user, long size, long price, int instrument = Perpetual) => new()
    {
        OrderId = id, User = user, Instrument = instrument, Size = size, Price = price, ValuePrice = price, MakerRate = 2 * Rate.One / 10_000, TakerRate = 5 * Rate.One / 10_000,
        IsCross = 1, StpGroup = user,
    };

    public static PositionChanged Position(int user, long size, Money entryValue, int leverage = 1000, bool isCross = true, Money margin = default, int instrument = Perpetual) => new()
    {
        User = user, Instrument = instrument, Size = size, EntryValue = entryValue, Leverage = leverage, IsCross = isCross ? (byte)1 : (byte)0, Margin = margin, UpdateId = 1,
        Cause = PositionCause.Fill, SizeMax = long.Abs(size), Leg = Leg.Net,
    };

    public static ContractFilled Fill(long trade, long price, long size, long maker, int makerUser, long taker, int takerUser, Money value, Side side = Side.Buy) => new()
    {
        TradeId = trade, Price = price, Size = size, Value = value, MakerOrder = maker, MakerUser = makerUser, TakerOrder = taker, TakerUser = takerUser, Instrument = Perpetual,
        TakerSide = side,
    };

    private void Begin()
    {
        events.Clear();
        events.Append(new StepStarted { Sequence = ++sequence, TimeNanos = NowNanos });
    }

    private void End() => Views.Consume(new EventBatch(events.Written, sequence, sequence));
}
