using Sluice.Bench.OrderGen;
using Sluice.Bench.Replay;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.State;
using Sluice.Products.Identity;
using Sluice.Products.Spot;

namespace Sluice.Bench.Futures;

/// <summary>Contracts, users and prices of the loads on contracts. A contract is worth 6.55 USDT at the flows' middle price; its tiers are BTC_USDT's first five, with limits
/// wide enough for the flows' positions.</summary>
internal static class ContractMarkets
{
    public const int Asset = 1;
    public const long Middle = Generator.Middle;

    /// <summary>Contracts' default rates.</summary>
    public static readonly Rate TakerFee = new(Millionths(750));
    public static readonly Rate MakerFee = new(-Millionths(100));

    /// <summary>Units of the settle currency and millionths.</summary>
    public static readonly (long Limit, long Maintenance, long Initial)[] Tiers =
        [(500_000, 3_000, 5_000), (1_000_000, 3_500, 6_666), (1_500_000, 4_000, 8_000), (2_000_000, 4_500, 9_090), (300_000_000, 5_000, 10_000)];

    public static int InstrumentOf(int contract) => FuturesState.FirstInstrument + contract;

    public static int UserOf(int account) => IdentityProduct.FirstUser - 1 + account;

    private static readonly string[] Names = [.. Enumerable.Range(0, 1024).Select(contract => $"B{contract}_USDT")];

    public static string IndexOf(int contract) => Names[contract];

    /// <summary>What a venue needs room for to execute a flow on contracts; as <see cref="FlowCommands.CapacityFor"/>.</summary>
    public static VenueCapacity CapacityFor(OrderFlow flow)
    {
        var spot = FlowCommands.CapacityFor(flow);
        return VenueCapacity.None with
        {
            Accounts = flow.Profile.Accounts + 8 * (flow.Profile.Symbols + 1), ContractOrders = spot.Orders, ContractLevels = spot.Levels,
            Margins = flow.Profile.Accounts + 8, Seats = flow.Trading.Count + 2 * flow.Profile.Symbols, Legs = flow.Trading.Count + 2 * flow.Profile.Symbols,
        };
    }

    /// <summary>The asset, the contracts with their first price, the users.</summary>
    public static void List(ICommandSink sink, int contracts, int accounts)
    {
        sink.Take(UserId.Venue, new ConfigureSpot(), default);                 // no self-trade groups: an account of a flow meets itself
        Give(sink, new ListAsset { Scale = Money.Decimals }, "USDT", "Tether");
        Span<byte> bytes = stackalloc byte[1024];
        for (var contract = 0; contract < contracts; contract++)
        {
            var tail = new TailWriter(bytes);
            foreach (var text in (string[])[IndexOf(contract), "USDT", IndexOf(contract), ""]) tail.Text(text);
            tail.Byte((byte)Tiers.Length);
            foreach (var (limit, maintenance, initial) in Tiers)
            {
                Write(ref tail, Money.Units(limit));
                tail.Int64(Millionths(maintenance));
                tail.Int64(Millionths(initial));
            }
            sink.Take(UserId.Venue, new ListContract
            {
                ContractKind = ContractKind.Linear, PriceDecimals = 2, Multiplier = 1, MultiplierDecimals = 2, Tick = 1, MarkRound = 1, SizeStep = 1, OrderSizeMin = 1,
                OrderSizeMax = 1_000_000_000, MarketOrderSizeMax = 1_000_000_000, OrderPriceDeviate = Rate.One / 2, MarketOrderSlip = Rate.One / 10, LeverageMin = 100, LeverageMax = 10_000,
                MakerFee = MakerFee.Raw, TakerFee = TakerFee.Raw, MarkMaxDeviation = Rate.One / 10, MarkWindow = 30, FundingIntervalSeconds = 28_800,
                FundingRateLimit = Millionths(3_000), InterestPerDay = Millionths(300), FundingImpactValue = Money.Units(30_000), LinearWeights = 1, Status = MarketStatus.Tradable,
            }, tail.Written);
        }
        SetPrices(sink, 0, contracts, Middle);
        for (var account = 1; account <= accounts; account++) Give(sink, new CreateUser(), $"u{account}", "", "");
    }

    /// <summary>One command with the index of contracts [from, to) at a price.</summary>
    public static void SetPrices(ICommandSink sink, int from, int to, long price)
    {
        var bytes = new byte[(to - from) * 48];
        var tail = new TailWriter(bytes);
        for (var contract = from; contract < to; contract++) Write(ref tail, contract, price);
        sink.Take(UserId.Venue, new SetPrices { Count = to - from }, tail.Written);
    }

    /// <summary>An index price as a price command carries it.</summary>
    public static void Write(ref TailWriter tail, int contract, long price)
    {
        tail.Text(IndexOf(contract));
        Write(ref tail, new Money((Int128)price * Fixed.PowerOfTen(Money.Decimals - 2)));
        tail.Int32(6);
        tail.Byte((byte)IndexFlags.None);
    }

    public static void Fund(ICommandSink sink, int account, Money amount) =>
        sink.Take(UserId.Venue, new Products.Wallet.Fund { User = UserOf(account), Wallet = WalletId.FuturesUsdt.Value, Asset = Asset, Amount = amount });

    private static void Write(ref TailWriter tail, Money amount)
    {
        tail.Int64((long)(amount.Raw >> 64));
        tail.Int64(unchecked((long)(ulong)amount.Raw));
    }

    private static void Give<T>(ICommandSink sink, in T command, params ReadOnlySpan<string> texts) where T : unmanaged, ICommand
    {
        Span<byte> bytes = stackalloc byte[128];
        var tail = new TailWriter(bytes);
        foreach (var text in texts) tail.Text(text);
        sink.Take(UserId.Venue, command, tail.Written);
    }

    private static long Millionths(long parts) => parts * (Rate.One / 1_000_000);
}
