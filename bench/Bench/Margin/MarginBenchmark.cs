using Sluice.Bench.Measure;
using Sluice.Core.Margin;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Funding;
using Sluice.Products.Futures.Liquidation;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;

namespace Sluice.Bench.Margin;

/// <summary>What each piece of futures arithmetic costs a command, one after the other on random positions; beside it the same with integers of any size, whose
/// results must be equal.</summary>
internal static class MarginBenchmark
{
    private const int Positions = 1024;
    private const int PlainEvery = 16;                  // it is that much slower, and its turns would take all the time

    private static readonly Leverage Leverage = Leverage.Times(20);
    private static readonly Rate Rate = new(100_000_000);

    public static int Run(Arguments arguments, Report report)
    {
        var runs = arguments.Number("runs", 7);
        var rounds = arguments.Number("rounds", 400);
        arguments.NoMore();

        var table = new Table("contract", "piece", "ns, CPU", "bytes", "any size, ns", "ratio");
        var right = true;
        foreach (var (name, contract) in new[] { ("linear", Linear()), ("inverse", Inverse()) })
        {
            report.Doing($"{name}: {runs} runs of {Table.Count(rounds)} times {Table.Count(Positions)} positions");
            foreach (var piece in Pieces(contract)) right &= Measure(name, piece, runs, rounds, table);
        }
        report.Line($"margin: {Table.Count(Positions)} random positions of up to 20,000 contracts around 84,000; the middle (lowest-highest) of {runs} runs, CPU time of the thread");
        report.Line();
        table.Print(report.Result);
        if (!right) report.Line("WRONG: a result differs from the one with integers of any size");
        report.End();
        return right ? 0 : 1;
    }

    private sealed record Piece(string Name, Func<int, Int128> Fast, Func<int, Int128>? Plain = null);

    private static IEnumerable<Piece> Pieces(Contract contract)
    {
        var random = new Random(1);
        var sizes = Enumerable.Range(0, Positions).Select(_ => (random.Next(2) * 2 - 1) * (long)random.Next(1, 20_000)).ToArray();
        var prices = Enumerable.Range(0, Positions).Select(_ => 8_000_000L + random.Next(800_000)).ToArray();
        var entries = sizes.Select((size, i) => contract.Value(size, prices[(i + 7) % Positions])).ToArray();
        var margins = entries.Select(entry => Requirements.Initial(contract, Notional.Of(entry), Leverage)).ToArray();
        var levels = sizes.Select((size, i) => new MarginLevel(margins[i], Requirements.Maintenance(contract, contract.RiskLimits, contract.NotionalOf(size, prices[i])))).ToArray();
        var positions = new Position[64];
        for (var i = 0; i < positions.Length; i++) positions[i] = new Position { Leverage = Leverage, IsCross = i % 2 == 0 };
        var plain = new PlainMargin(contract);
        var tiers = contract.RiskLimits;

        yield return new Piece("value of a fill", i => contract.Value(sizes[i], prices[i]).Raw);
        yield return new Piece("fee", i => contract.ExitFee.Of(entries[i], Rounding.Ceiling).Raw);
        yield return new Piece("margin of an order", i => OrderMargin.Of(contract, Side.Buy, long.Abs(sizes[i]), prices[i], Leverage, contract.ExitFee).Raw,
            i => plain.OrderMargin(Side.Buy, sizes[i], prices[i], Leverage));
        yield return new Piece("maintenance requirement", i => Requirements.Maintenance(contract, tiers, contract.NotionalOf(sizes[i], prices[i])).Raw,
            i => plain.Requirement(sizes[i], prices[i]));
        yield return new Piece("profit, initial and maintenance margin", i =>
        {
            var exposure = Requirements.Of(contract, tiers, sizes[i], entries[i], Leverage, prices[i]);
            return exposure.InitialMargin.Raw + exposure.Requirement.Raw + exposure.Unrealised.Raw;
        }, i => plain.Initial(sizes[i], prices[i], Leverage) + plain.Requirement(sizes[i], prices[i]) + contract.Unrealised(sizes[i], entries[i], prices[i]).Raw);
        yield return new Piece("one leg of a fill", i =>
            positions[i % positions.Length].Fill(contract, sizes[i], entries[i], Money.Zero, 1, out _).Profit.Raw);
        yield return new Piece("safe beside the old trigger", i =>
            LiquidationTrigger.IsSafe(contract, tiers, sizes[i], long.Abs(sizes[i]), entries[i], margins[i], prices[i]) ? 1 : 0);
        yield return new Piece("a new trigger", i => LiquidationTrigger.Of(contract, tiers, sizes[i], long.Abs(sizes[i]), entries[i], margins[i]).Below);
        yield return new Piece("liquidation price", i => LiquidationPrice.Isolated(contract, tiers, sizes[i], entries[i], margins[i]) ?? 0,
            contract.IsInverse ? null : i => plain.LiquidationPrice(sizes[i], entries[i], margins[i]));
        yield return new Piece("bankruptcy price, cross", i => BankruptcyPrice.Cross(contract, sizes[i], prices[i], levels[i], levels[i].Requirement) ?? 0);
        yield return new Piece("funding payment", i => FundingPayment.Of(contract, sizes[i], prices[i], Rate).Raw, i => plain.Funding(sizes[i], prices[i], Rate));
    }

    private static bool Measure(string name, Piece piece, int runs, int rounds, Table table)
    {
        var right = true;
        for (var i = 0; i < Positions && piece.Plain is not null; i++) right &= piece.Fast(i) == piece.Plain(i);

        // Twice with a pause: the runtime compiles in the background what has run often enough.
        Int128 sum = 0;
        for (var n = 0; n < 2; n++)
        {
            Repeat(piece.Fast, 40);
            if (piece.Plain is not null) Repeat(piece.Plain, 40);
            Thread.Sleep(120);
        }
        List<Cost> fast = [], plain = [];
        for (var run = 0; run < runs; run++)
        {
            fast.Add(Cost.Of((long)rounds * Positions, () => Repeat(piece.Fast, rounds)));
            var fewer = int.Max(rounds / PlainEvery, 1);
            if (piece.Plain is not null) plain.Add(Cost.Of((long)fewer * Positions, () => Repeat(piece.Plain, fewer)));
        }
        GC.KeepAlive(sum);
        var took = Spread.Of(fast.Select(cost => cost.NanosPerCommand));
        var itTook = Spread.Of(plain.Select(cost => cost.NanosPerCommand));
        table.Row(name, piece.Name, took.Text("0.0"), Table.Number(fast.Min(cost => cost.BytesPerCommand), "0"),
            plain.Count == 0 ? "-" : itTook.Text("0"), plain.Count == 0 ? "-" : Table.Number(took.Median / itTook.Median, "0.000"));
        return right;

        void Repeat(Func<int, Int128> work, int times)
        {
            for (var round = 0; round < times; round++)
            {
                for (var i = 0; i < Positions; i++) sum = unchecked(sum + work(i));
            }
        }
    }

    private static Contract Linear() => new(new ContractTerms
    {
        Symbol = "BTC_USDT", Kind = ContractKind.Linear, SettleAsset = 1, PriceDecimals = 2, MultiplierDecimals = 4, Tick = 10, MarkRound = 1, OrderSizeMax = 12_000_000,
        OrderPriceDeviate = Parts(30_000), MarketOrderSlip = Parts(10_000), LeverageMin = Leverage.Times(1), LeverageMax = Leverage.Times(100), MakerFee = Parts(-100), TakerFee = Parts(750),
        RiskLimits = Tiers((500_000, 3_000, 5_000), (1_000_000, 3_500, 6_666), (1_500_000, 4_000, 8_000), (2_000_000, 4_500, 9_090), (3_000_000, 5_000, 10_000)),
        Funding = new FundingTerms(28_800, 0, Parts(3_000), Parts(300), Money.Units(30_000)),
    });

    private static Contract Inverse() => new(new ContractTerms
    {
        Symbol = "BTC_USD", Kind = ContractKind.Inverse, SettleAsset = 2, PriceDecimals = 2, Tick = 10, MarkRound = 1, OrderSizeMax = 530_000,
        OrderPriceDeviate = Parts(500_000), MarketOrderSlip = Parts(20_000), LeverageMin = Leverage.Times(1), LeverageMax = Leverage.Times(100), MakerFee = Parts(-200), TakerFee = Parts(750),
        RiskLimits = Tiers((3, 5_000, 10_000), (10, 6_500, 13_333), (50, 10_000, 20_000), (150, 20_000, 40_000), (400, 50_000, 100_000)),
        Funding = new FundingTerms(28_800, 0, Parts(3_750), Parts(300), Money.Units(1)),
    });

    private static RiskLimitTable Tiers(params (long Limit, long Maintenance, long Initial)[] tiers) =>
        new([.. tiers.Select(tier => new TierTerms(Money.Units(tier.Limit), Parts(tier.Maintenance), Parts(tier.Initial)))]);

    private static Rate Parts(long millionths) => new(millionths * 1_000_000);
}
