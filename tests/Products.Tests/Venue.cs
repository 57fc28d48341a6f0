using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Events;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;

namespace Sluice.Products.Tests;

/// <summary>One event as it left the machine: its value boxed, and its tail.</summary>
internal sealed record Seen(object Event, byte[] Tail);

/// <summary>The state machine with every product, without sequencer and log: commands go in, events are read after each.</summary>
internal sealed class Venue
{
    public const long Start = 1_767_225_600 * Nanos.PerSecond;      // 2026-01-01T00:00:00Z
    public const int Btc = 1, Usdt = 2, BtcUsdt = 1;

    private readonly EventBuffer buffer = new();

    /// <summary>What stands in the buffer before each command: no event may depend on it (M-003).</summary>
    public byte Before { get; init; } = 0xFF;

    public VenueProducts Products { get; private set; } = new();
    public StateMachine Machine => Products.Machine;
    public SpotState Spot => Products.Spot.State;
    public long Now { get; set; } = Start;

    /// <summary>Events of the last command, and of the timers and triggers that ran with it.</summary>
    public List<Seen> Events { get; } = [];

    /// <summary>The same as bytes.</summary>
    public ReadOnlySpan<byte> EventBytes => buffer.Written;

    /// <summary>BTC_USDT with tick 0.1 and lot 0.001, no limits, bands or fees unless <paramref name="terms"/> says so.</summary>
    public static Venue WithPair(Func<ListPair, ListPair>? terms = null, int baseScale = 12, int quoteScale = 12, byte before = 0xFF)
    {
        var venue = new Venue { Before = before };
        venue.Accept(0, new ListAsset { Scale = baseScale }, "BTC", "Bitcoin");
        venue.Accept(0, new ListAsset { Scale = quoteScale }, "USDT", "Tether");
        venue.List(terms);
        return venue;
    }

    public static ListPair Terms => new() { PriceDecimals = 1, SizeDecimals = 3, Status = MarketStatus.Tradable };

    public int List(Func<ListPair, ListPair>? terms, string baseCode = "BTC", string quoteCode = "USDT") =>
        (int)Accept(0, (terms ?? (t => t))(Terms), $"{baseCode}_{quoteCode}", baseCode, quoteCode);

    public int User(string name, int parent = 0, UserFlags flags = UserFlags.None) => (int)Accept(0, new CreateUser { Parent = parent, Flags = flags }, name, "", "");

    public void Fund(int user, int asset, string amount, int wallet = 1) =>
        Accept(0, new Fund { User = user, Asset = asset, Wallet = wallet, Amount = Amount(amount) });

    /// <summary>A user with that much of both assets of the pair.</summary>
    public int Rich(string name, string btc = "1000000", string usdt = "1000000000")
    {
        var user = User(name);
        Fund(user, Btc, btc);
        Fund(user, Usdt, usdt);
        return user;
    }

    /// <summary>Sends what must be accepted; its object id.</summary>
    public long Accept<T>(int actor, T command, params string[] texts) where T : unmanaged, ICommand
    {
        var result = Send(actor, command, texts);
        Assert.True(result.Accepted, $"{typeof(T).Name} refused: {result.Refusal}");
        return result.ObjectId;
    }

    public CommandResult Send<T>(int actor, T command, params string[] texts) where T : unmanaged, ICommand => Send(actor, command, default, 0, Tail(texts));

    public CommandResult Send<T>(int actor, T command, IdempotencyKey key, long expiresAtNanos, ReadOnlySpan<byte> tail) where T : unmanaged, ICommand =>
        Execute(new Stamp(Machine.Sequence + 1, Now), Record(actor, command, key, expiresAtNanos, tail));

    /// <summary>What was executed last, for another machine to be told the same.</summary>
    public byte[] LastRecord { get; private set; } = [];

    public CommandResult Execute(Stamp stamp, ReadOnlySpan<byte> record)
    {
        LastRecord = record.ToArray();
        Fill();
        Events.Clear();
        var result = Machine.Execute(stamp, record, buffer);
        Decode(buffer, Events);
        return result;
    }

    private void Fill()
    {
        BookDelta one = default;
        MemoryMarshal.AsBytes(new Span<BookDelta>(ref one)).Fill(Before);
        while (buffer.Length < 8_192) buffer.Append(one);
        buffer.Clear();
    }

    /// <summary>A price command: only what is due before its instant runs first.</summary>
    public CommandResult SendPrice<T>(T command, ReadOnlySpan<byte> tail) where T : unmanaged, ICommand =>
        Execute(new Stamp(Machine.Sequence + 1, Now), Record(0, command, default, 0, tail, CommandFlags.Price));

    /// <summary>Lets time pass: what falls due in it runs.</summary>
    public void Wait(long nanos)
    {
        Now += nanos;
        Accept(0, default(Tick));
    }

    public IEnumerable<T> Of<T>() where T : struct => Events.Select(e => e.Event).OfType<T>();

    public T Only<T>(Func<T, bool>? which = null) where T : struct => Assert.Single(Of<T>(), one => which is null || which(one));

    public (Money Available, Money Held) Balance(int user, int asset, int wallet = 1) =>
        Products.Ledger.TryFind(user, new WalletId(wallet), asset, out var slot) ? (Products.Ledger[slot].Available, Products.Ledger[slot].Held) : default;

    public Money VenueBalance(WalletId wallet, int asset) =>
        Products.Ledger.TryFind(0, wallet, asset, out var slot) ? Products.Ledger[slot].Total : default;

    /// <summary>The whole state but for sequence, time and the id counter: what a refusal must leave as it was.</summary>
    public byte[] Substance()
    {
        var writer = new StateWriter();
        Machine.Save(writer);
        return writer.Written[24..].ToArray();
    }

    public byte[] Saved()
    {
        var writer = new StateWriter();
        Machine.Save(writer);
        return writer.Written.ToArray();
    }

    /// <summary>Another machine that takes over the saved state.</summary>
    public Venue Restored()
    {
        var other = new Venue { Now = Now, Before = (byte)(Before ^ 0xFF) };
        other.Machine.Load(Saved());
        return other;
    }

    public void CheckInvariants() => Assert.All(Machine.CheckInvariants(), check => Assert.Null(check.Broken));

    public static Money Amount(string text)
    {
        Assert.Equal(DecimalParse.Ok, DecimalText.TryParse(Encoding.ASCII.GetBytes(text), Money.Decimals, out Int128 raw));
        return new Money(raw);
    }

    public static long Scaled(string text, int decimals)
    {
        Assert.Equal(DecimalParse.Ok, DecimalText.TryParse(Encoding.ASCII.GetBytes(text), decimals, out long raw));
        return raw;
    }

    /// <summary>A fraction such as "0.001" in 10^-12.</summary>
    public static long Fraction(string text) => Scaled(text, Rate.Decimals);

    public static byte[] Tail(params string[] texts)
    {
        if (texts.Length == 0) return [];
        var bytes = new byte[texts.Sum(t => Encoding.UTF8.GetByteCount(t) + 2)];
        var writer = new TailWriter(bytes);
        foreach (var text in texts) writer.Text(text);
        return bytes;
    }

    public static byte[] Record<T>(int actor, T command, IdempotencyKey key, long expiresAtNanos, ReadOnlySpan<byte> tail, CommandFlags flags = CommandFlags.None)
        where T : unmanaged, ICommand
    {
        var header = new CommandHeader
        {
            Kind = T.Kind, Actor = actor, ExpiresAtNanos = expiresAtNanos, Flags = flags | (key.IsEmpty ? CommandFlags.None : CommandFlags.Idempotent),
        };
        var record = new List<byte>();
        record.AddRange(MemoryMarshal.AsBytes(new ReadOnlySpan<CommandHeader>(in header)));
        if (!key.IsEmpty) record.AddRange(MemoryMarshal.AsBytes(new ReadOnlySpan<IdempotencyKey>(in key)));
        record.AddRange(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in command)));
        record.AddRange(tail);
        return [.. record];
    }

    public static void Decode(EventBuffer buffer, List<Seen> into)
    {
        var reader = buffer.Read();
        while (reader.Next())
        {
            into.Add(reader.Kind switch
            {
                1 => See<StepStarted>(reader), 2 => See<CommandEnded>(reader), 10 => See<BalanceChanged>(reader),
                100 => See<UserCreated>(reader), 101 => See<KeyStored>(reader), 102 => See<KeyDeleted>(reader), 103 => See<LockChanged>(reader),
                200 => See<Funded>(reader), 201 => See<Transferred>(reader), 210 => See<PricePinned>(reader), 211 => See<PricesShocked>(reader),
                212 => See<LiquidityChanged>(reader),
                300 => See<OrderAccepted>(reader), 301 => See<OrderFilled>(reader), 302 => See<OrderUpdated>(reader), 303 => See<OrderFinished>(reader),
                304 => See<BookDelta>(reader), 305 => See<BestChanged>(reader), 306 => See<MarketStatusChanged>(reader),
                310 => See<TriggerCreated>(reader), 311 => See<TriggerUpdated>(reader), 312 => See<TriggerFinished>(reader),
                320 => See<AssetListed>(reader), 321 => See<PairListed>(reader), 322 => See<CountdownSet>(reader), 323 => See<TraderSettingsChanged>(reader),
                324 => See<SpotConfigured>(reader),
                330 => See<PovChanged>(reader),
                400 => See<ContractListed>(reader), 401 => See<ContractStatusChanged>(reader), 402 => See<ContractOrderAccepted>(reader),
                403 => See<ContractFilled>(reader), 404 => See<ContractOrderUpdated>(reader), 405 => See<ContractOrderFinished>(reader),
                406 => See<PositionChanged>(reader), 407 => See<PositionClosed>(reader), 408 => See<PositionModeChanged>(reader),
                409 => See<ContractTriggerCreated>(reader), 410 => See<ContractTriggerUpdated>(reader), 411 => See<ContractTriggerFinished>(reader),
                460 => See<TrailCreated>(reader), 461 => See<TrailUpdated>(reader), 462 => See<TrailsMoved>(reader), 463 => See<TrailFinished>(reader),
                464 => See<ChaseCreated>(reader), 465 => See<ChaseUpdated>(reader), 466 => See<ChaseFinished>(reader),
                412 => See<ContractCountdownSet>(reader), 413 => See<ContractFeesChanged>(reader), 420 => See<ContractPriced>(reader),
                421 => See<FundingRateChanged>(reader), 422 => See<FundingSettled>(reader), 423 => See<FundingPaid>(reader),
                430 => See<LiquidationStarted>(reader), 431 => See<PositionLiquidated>(reader), 432 => See<LiquidationEnded>(reader),
                433 => See<PositionTakenOver>(reader), 434 => See<PositionDeleveraged>(reader), 435 => See<InsuranceChanged>(reader),
                436 => See<DeleveragingRisk>(reader), 440 => See<SettlementSampled>(reader), 441 => See<ContractSettled>(reader), 442 => See<PositionSettled>(reader),
                450 => See<ContractConfigured>(reader), 451 => See<RequirementsKept>(reader), 452 => See<MarginCall>(reader),
                453 => See<TransfersHeld>(reader), 454 => See<AutoMarginChanged>(reader), 455 => See<PointValueChanged>(reader), 456 => See<PointUseChanged>(reader), 457 => See<PositionPointsChanged>(reader),
                414 => See<OpenLossMeasured>(reader),
                470 => See<ContractSessionChanged>(reader), 471 => See<CorporateActionChanged>(reader),
                var kind => throw new InvalidOperationException($"Event kind {kind} is unknown to the tests."),
            });
        }
    }

    private static Seen See<T>(EventReader reader) where T : unmanaged, IEvent => new(reader.As<T>(), reader.Tail<T>().ToArray());
}
