using System.Runtime.InteropServices;
using System.Text;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;
using Sluice.Simulation;

namespace Sluice.Crash.Tests.Kit;

/// <summary>A venue with one pair and three users, and commands for it without end. Its state stays small, so that a walk over it is cheap.</summary>
internal sealed class SmallVenue(VenueProducts products)
{
    private const long Start = 1_767_225_600 * Nanos.PerSecond;         // 2026-01-01T00:00:00Z
    private const int Users = 3;
    private const int Listed = 4 + 2 * Users;
    private const long MillisecondsApart = 20_000;

    private readonly EventBuffer events = new(4096);
    private readonly long[] orders = new long[8];
    private long placed;

    public StateMachine Machine => products.Machine;

    /// <summary>Executes one command; what is logged of it.</summary>
    public (Stamp Stamp, byte[] Record) Next(SeededRandom random)
    {
        var time = long.Max(Machine.TimeNanos, Start) + random.Between(0, MillisecondsApart) * Nanos.PerMillisecond;
        var stamp = new Stamp(Machine.Sequence + 1, time);
        var record = Machine.Sequence < Listed ? Listing((int)Machine.Sequence) : Trade(random);
        events.Clear();
        var result = Machine.Execute(stamp, record, events);
        if (result.Accepted && Machine.Sequence > Listed && result.ObjectId > 0) orders[placed++ % orders.Length] = result.ObjectId;
        return (stamp, record);
    }

    public void CheckInvariants() => Assert.All(Machine.CheckInvariants(), check => Assert.Null(check.Broken));

    private static byte[] Listing(int step) => step switch
    {
        0 => Record(0, new ListAsset { Scale = 8 }, "BTC", "Bitcoin"),
        1 => Record(0, new ListAsset { Scale = 12 }, "USDT", "Tether"),
        2 => Record(0, new ListPair
        {
            PriceDecimals = 1, SizeDecimals = 3, MinBase = 1, MinQuote = Money.Units(1), ReferencePrice = 1_000, MakerFee = Rate.One / 3000, TakerFee = Rate.One / 1700,
            Status = MarketStatus.Tradable,
        }, "BTC_USDT", "BTC", "USDT"),
        < 3 + Users => Record(0, new CreateUser(), $"user{step - 2}", "", ""),
        < 3 + 3 * Users => Record(0, new Fund { User = 1 + (step - 3) % Users, Wallet = 1, Asset = 1 + (step - 3 - Users) / Users, Amount = Money.Units(1_000_000), Deposit = 1 },
            "CHAIN", "address", $"tx{step}"),
        _ => Record(0, default(Tick)),
    };

    private byte[] Trade(SeededRandom random)
    {
        var user = 1 + random.Below(Users);
        var side = (Side)random.Below(2);
        switch (random.Below(20))
        {
            case < 11:
                return Record(user, new PlaceOrder
                {
                    Instrument = 1, Wallet = 1, Side = side, Price = 990 + random.Below(21), Size = 10 + random.Below(90), TimeInForce = (TimeInForce)random.Below(3),
                    StpAction = (SelfTradeAction)random.Below(4),
                }, random.Chance(300) ? $"t-{random.Below(1000)}" : "", "");
            case 11 or 12:
                return Record(user, new AmendOrder { OrderId = Order(random), Price = 985 + random.Below(30), Size = random.Below(2) * (10 + random.Below(90)) }, "");
            case 13 or 14:
                return Record(user, new CancelOrder { OrderId = Order(random) });
            case 15:
                return Record(user, new CancelAllOrders());
            case 16:
                return Record(user, new CreateTrigger
                {
                    Instrument = 1, Wallet = 1, Rule = (TriggerRule)(1 + random.Below(2)), TriggerPrice = 990 + random.Below(21), Side = side, Price = 985 + random.Below(31),
                    Size = 10 + random.Below(40), ExpirationSeconds = 20 + random.Below(40),
                }, "t-trigger");
            case 17:
                return Record(user, new SetCountdown { Instrument = 1, TimeoutSeconds = 5 + random.Below(30) });
            case 18:
                return Record(user, new PlaceOrder { Instrument = 1, Wallet = 1, Side = side, Price = 1_000, Size = 20, TimeInForce = TimeInForce.ImmediateOrCancel },
                    new IdempotencyKey(7, (ulong)random.Below(400), 1), []);
            default:
                return random.Chance(500) ? Record(0, default(Tick)) : Record(0, new Fund { User = user, Wallet = 1, Asset = 2, Amount = Money.Units(1 + random.Below(9)) });
        }
    }

    private long Order(SeededRandom random) => orders[random.Below(orders.Length)];

    private static byte[] Record<T>(int actor, T command, params string[] texts) where T : unmanaged, ICommand
    {
        var tail = new byte[texts.Sum(text => Encoding.UTF8.GetByteCount(text) + 2)];
        var writer = new TailWriter(tail);
        foreach (var text in texts) writer.Text(text);
        return Record(actor, command, default, tail);
    }

    private static byte[] Record<T>(int actor, T command, IdempotencyKey key, ReadOnlySpan<byte> tail) where T : unmanaged, ICommand
    {
        var header = new CommandHeader { Kind = T.Kind, Actor = actor, Flags = key.IsEmpty ? CommandFlags.None : CommandFlags.Idempotent };
        return
        [
            .. MemoryMarshal.AsBytes(new ReadOnlySpan<CommandHeader>(in header)),
            .. key.IsEmpty ? [] : MemoryMarshal.AsBytes(new ReadOnlySpan<IdempotencyKey>(in key)),
            .. MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in command)),
            .. tail,
        ];
    }
}
