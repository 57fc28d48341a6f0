using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Tests;
using Sluice.Products.Wallet;

namespace Sluice.Runtime.Tests.Rules;

/// <summary>The commands of the committed log: a few hundred of every kind, from a fixed sequence of numbers. Refused ones are part of it.</summary>
internal sealed partial class RulesFixture
{
    private readonly Venue venue = new();
    private readonly List<(Stamp Stamp, byte[] Record)> commands = [];
    private readonly List<long> orders = [0];
    private readonly List<long> triggers = [0];
    private ulong random = 0x5EED;

    public static List<(Stamp Stamp, byte[] Record)> Commands()
    {
        var fixture = new RulesFixture();
        fixture.Write();
        return fixture.commands;
    }

    private void Write()
    {
        foreach (var (code, scale) in new[] { ("BTC", 8), ("USDT", 12), ("ETH", 12), ("TOK", 8) }) Send(0, new ListAsset { Scale = scale }, code, code);
        var terms = new ListPair
        {
            PriceDecimals = 1, SizeDecimals = 3, MinBase = 1, MinQuote = Money.Units(1), ReferencePrice = 1_000, UpRate = Rate.One / 10, DownRate = Rate.One / 10,
            SlippageRate = Rate.One / 20, MakerFee = Rate.One / 3000, TakerFee = Rate.One / 1700, OrdersLimit = 40, TriggersLimit = 5, Status = MarketStatus.Tradable,
        };
        Send(0, terms, "BTC_USDT", "BTC", "USDT");
        Send(0, terms with { MakerFee = -Rate.One / 9000 }, "ETH_USDT", "ETH", "USDT");
        Send(0, terms, "TOK_USDT", "TOK", "USDT");
        Send(0, new ConfigureSpot { StpByMainAccount = 1, FeeToken = 4, FeeTokenPair = 3, FeeTokenFactor = Rate.One * 9 / 10 });
        var users = new List<int>();
        foreach (var name in new[] { "ann", "bob", "cat" }) users.Add((int)Send(0, new CreateUser(), name, "", "").ObjectId);
        users.Add((int)Send(0, new CreateUser { Parent = users[0] }, "ann's bot", "remark", "").ObjectId);
        users.Add((int)Send(0, new CreateUser { Flags = UserFlags.Participant }, "maker", "", "").ObjectId);
        foreach (var user in users)
        {
            for (var asset = 1; asset <= 4; asset++) Send(0, new Fund { User = user, Wallet = 1, Asset = asset, Amount = Money.Units(asset == 2 ? 3_000 : 30), Deposit = (byte)(asset % 2) }, "CHAIN", "address", "tx");
        }
        Send(0, new CreateKey { User = users[0], Mode = 1 }, "key", "name", "sealed", "spot", "");
        Send(0, new UpdateKey { User = users[0], Mode = 1 }, "key", "other", "spot,wallet", "10.0.0.1");
        Send(0, new SetTraderSettings { User = users[1], MakerFee = -1, TakerFee = -1, UniqueText = 1, FeeToken = 1 });
        Send(0, new SetTraderSettings { User = users[2], MakerFee = 0, TakerFee = Rate.One / 5000, UniqueText = -1, FeeToken = -1 });
        for (var i = 0; i < 600; i++) Trade(users, i);
        Send(0, new SetMarketStatus { Instrument = 2, Status = MarketStatus.CircuitBreaker });
        for (var i = 0; i < 40; i++)
        {
            Send(users[i % 5], new PlaceOrder
            {
                Instrument = 2, Wallet = 1, Side = (Side)(i / 5 % 2), Price = 990 + Pick(20), Size = 20 + Pick(50), TimeInForce = TimeInForce.PostOnly,
            });
        }
        Send(0, new SetMarketStatus { Instrument = 2, Status = MarketStatus.Tradable });
        Send(0, new DeleteKey { User = users[0] }, "key");
        Send(0, new ResetUser { User = users[2] });
        Send(0, new SetMarketStatus { Instrument = 3, Status = MarketStatus.Delisted });
        venue.Now += 90 * Nanos.PerSecond;
        Send(0, default(Tick));
        TradeContracts(users);
    }

    private void Trade(List<int> users, int i)
    {
        venue.Now += Pick(2_000) * Nanos.PerMillisecond;
        var user = users[Pick(5)];
        var instrument = 1 + Pick(3);
        switch (Pick(20))
        {
            case < 9:
                var tif = (TimeInForce)int.Max(Pick(8) - 4, 0);
                Send(user, new PlaceOrder
                {
                    Instrument = instrument, Wallet = 1, Side = (Side)Pick(2), Price = 980 + Pick(41), Size = 10 + Pick(90), TimeInForce = tif,
                    Iceberg = Pick(4) == 0 && tif is TimeInForce.GoodTillCancelled or TimeInForce.PostOnly ? 5 : 0, StpAction = (SelfTradeAction)Pick(4),
                    TakeProfitTrigger = Pick(12) == 0 ? 1_050 : 0,
                }, $"t-{Pick(60)}", "");
                break;
            case 9 or 10:
                var buys = Pick(2) == 0;
                Send(user, new PlaceOrder
                {
                    Instrument = instrument, Wallet = 1, Side = buys ? Side.Buy : Side.Sell, Type = OrderType.Market, TimeInForce = (TimeInForce)(1 + Pick(2)),
                    Budget = buys ? Money.Units(1 + Pick(20)) : default, Size = buys ? 0 : 10 + Pick(60), SlippageRate = Pick(2) * Rate.One / 50,
                });
                break;
            case 11 or 12:
                Send(user, new CancelOrder { OrderId = orders[Pick(orders.Count)] });
                break;
            case 13 or 14:
                Send(user, new AmendOrder { OrderId = orders[^(1 + Pick(int.Min(orders.Count, 12)))], Price = Pick(2) * (985 + Pick(30)), Size = Pick(2) * (10 + Pick(90)) }, "amended");
                break;
            case 15:
                Send(user, new CreateTrigger
                {
                    Instrument = instrument, Wallet = 1, Rule = (TriggerRule)(1 + Pick(2)), TriggerPrice = 990 + Pick(21), Side = (Side)Pick(2), Price = 985 + Pick(31), Size = 10 + Pick(40),
                    ExpirationSeconds = Pick(3) * 20,
                }, "t-trigger");
                break;
            case 16:
                Send(user, new CancelTrigger { TriggerId = triggers[Pick(triggers.Count)] });
                if (Pick(6) == 0) Send(user, new CancelAllTriggers());
                break;
            case 17:
                Send(user, new Transfer
                {
                    FromUser = user, ToUser = user, FromWallet = 1, ToWallet = WalletId.Margin(new InstrumentId(1)).Value, Asset = 1 + Pick(2), Amount = new Money(1 + Pick(1_000_000)),
                }, $"id-{Pick(40)}");
                break;
            case 18:
                if (Pick(3) == 0) Send(user, new CancelAllOrders { Instrument = Pick(2) * instrument, Side = (SideFilter)Pick(3) });
                else Send(user, new SetCountdown { Instrument = Pick(2) * instrument, TimeoutSeconds = Pick(2) * (5 + Pick(30)) });
                break;
            default:
                Odd(user, users[3], instrument, i);
                break;
        }
    }

    private void Odd(int user, int sub, int instrument, int i)
    {
        switch (Pick(8))
        {
            case 0:
                Send(0, new PinPrice { Pinned = (byte)Pick(2), Price = Money.Units(1 + Pick(99)) }, "BTC_USDT");
                break;
            case 1:
                Send(0, new ShockPrices { FractionE12 = (Pick(21) - 10) * Rate.One / 100 }, "ETH_USDT");
                break;
            case 2:
                Send(0, new SetLiquidity { On = (byte)Pick(2) }, "TOK_USDT");
                break;
            case 3:
                Send(0, new SetLocked { User = sub, Locked = (byte)Pick(2) });
                break;
            case 4:
                Send(user, new CreatePov { Instrument = instrument, Size = 40 + Pick(100), RatePercent = 10 + Pick(60), TtlSeconds = 30 + Pick(60), Side = (Side)Pick(2) }, "t-pov", "60s");
                break;
            case 5:
                Send(user, new CancelPov { OrderId = orders[Pick(orders.Count)] });
                break;
            case 6:
                Send(user, new PlaceOrder { Instrument = instrument, Wallet = 1, Price = 950, Size = 30 }, new IdempotencyKey(7, (ulong)Pick(5), 1), 0, []);
                break;
            default:
                Send(user, new PlaceOrder { Instrument = instrument, Wallet = 1, Price = 950, Size = 30 }, default, venue.Now - 1 + i % 2, []);
                break;
        }
    }

    private CommandResult Send<T>(int actor, T command, params string[] texts) where T : unmanaged, ICommand => Send(actor, command, default, 0, Venue.Tail(texts));

    private CommandResult Send<T>(int actor, T command, IdempotencyKey key, long expiresAtNanos, byte[] tail) where T : unmanaged, ICommand =>
        Send(Venue.Record(actor, command, key, expiresAtNanos, tail));

    private CommandResult Send<T>(int actor, T command, CommandFlags flags, ReadOnlySpan<byte> tail) where T : unmanaged, ICommand =>
        Send(Venue.Record(actor, command, default, 0, tail, flags));

    private CommandResult Send(byte[] record)
    {
        var stamp = new Stamp(commands.Count + 1, venue.Now);
        commands.Add((stamp, record));
        var result = venue.Execute(stamp, record);
        orders.AddRange(venue.Of<OrderAccepted>().Select(a => a.OrderId));
        triggers.AddRange(venue.Of<TriggerCreated>().Select(t => t.TriggerId));
        venue.CheckInvariants();
        return result;
    }

    // Knuth's linear congruential generator; the high half of the product picks.
    private int Pick(int count)
    {
        random = unchecked(random * 6_364_136_223_846_793_005UL + 1_442_695_040_888_963_407UL);
        return (int)(((random >> 32) * (ulong)count) >> 32);
    }
}
