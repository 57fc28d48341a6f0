using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Bench.Measure;
using Sluice.Bench.Replay;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;

namespace Sluice.Bench.Futures;

/// <summary>Risk at scale: many accounts with several positions each, and what one order, one moved mark and a fall of everything cost. One account in fifty is isolated at 20
/// times, the others are cross at 10; they hold 1.5 to 20 times what their positions ask for. Two positions of three are long.</summary>
internal static class RiskBenchmark
{
    private const int PositionsEach = 5;
    private const long Size = 150;                  // contracts, about 1,000 USDT
    private const long ShockPercent = 10;
    private const int IsolatedEvery = 50;

    public static int Run(Arguments arguments, Report report)
    {
        var accounts = arguments.Number("accounts", 100_000);
        var contracts = arguments.Number("contracts", 300);
        var runs = arguments.Number("runs", 3);
        var probes = arguments.Number("probes", 200_000);
        arguments.NoMore();

        List<double> admission = [], admissionBytes = [], oneMark = [], calmMark = [], shock = [], shockWall = [];
        long liquidated = 0, positions = 0;
        for (var run = 0; run <= runs; run++)       // the first only warms the code up
        {
            report.Doing(run == 0 ? "warming up" : $"run {run} of {runs}: {Table.Count(accounts)} accounts, {Table.Count(contracts)} contracts");
            var scene = new Scene(contracts, accounts, PositionsEach);
            positions = scene.Positions;
            var order = scene.Admit(probes);
            var calm = scene.MoveAll(ContractMarkets.Middle - ContractMarkets.Middle / 1000);
            var fall = scene.MoveAll(ContractMarkets.Middle * (100 - ShockPercent) / 100);
            var right = scene.Check();
            if (right is not null) report.Line($"WRONG: {right}");
            var crowded = new Scene(1, accounts, 1);
            var one = crowded.MoveAll(ContractMarkets.Middle + ContractMarkets.Middle / 1000);
            if (right is not null || crowded.Check() is not null) return 1;
            if (run == 0) continue;
            admission.Add(order.NanosPerCommand);
            admissionBytes.Add(order.BytesPerCommand);
            calmMark.Add(calm.CpuSeconds * 1e3);
            oneMark.Add(one.CpuSeconds * 1e3);
            shock.Add(fall.CpuSeconds * 1e3);
            shockWall.Add(fall.WallSeconds * 1e3);
            liquidated = scene.Liquidated;
        }
        report.Line($"risk: {Table.Count(accounts)} accounts with {PositionsEach} positions each ({Table.Count(positions)} with their counterparties) over {Table.Count(contracts)} contracts; CPU time of the core's thread, median of {runs} runs");
        report.Line($"order: an order that rests and is cancelled, by random accounts. one mark: the index moves 0.1 % on a contract that {Table.Count(accounts)} accounts hold. calm: 0.1 % on all contracts at once.");
        report.Line($"shock: all indices fall {ShockPercent} % in one command; its time ends when the last liquidation is decided and executed: {Table.Count(liquidated)} scopes were liquidated. No liquidity stands in the books: the fund or the other side takes all.");
        report.Line();
        var table = new Table("what", "CPU", "unit");
        table.Row("order placed, order cancelled", Spread.Of(admission).Text("0"), "ns a command");
        table.Row("one mark moved", Spread.Of(oneMark).Text("0.000"), "ms");
        table.Row("all marks moved, nobody in danger", Spread.Of(calmMark).Text("0.0"), "ms");
        table.Row($"all marks fall {ShockPercent} %", Spread.Of(shock).Text("0"), "ms");
        table.Row("the same, wall", Spread.Of(shockWall).Text("0"), "ms");
        table.Row("position", Table.Number(Unsafe.SizeOf<Position>(), "0"), "bytes");
        table.Row("account", Table.Number(Unsafe.SizeOf<MarginAccount>(), "0"), "bytes");
        table.Print(report.Result);
        report.Add(new Figure("risk, one mark moved", Spread.Of(oneMark), 10, 10, "ms", Better.Less, $"{Table.Count(accounts)} open positions"));
        report.Add(new Figure("risk, all liquidations of a fall of 10 %", Spread.Of(shock), 1000, 1000, "ms", Better.Less, $"{Table.Count(liquidated)} liquidated"));
        report.Add(new Figure("risk, an order among 100,000 accounts", Spread.Of(admission), double.PositiveInfinity, 1000, "ns", Better.Less, "placed or cancelled"));
        report.Add(new Figure("risk, allocated a command", Spread.Of(admissionBytes), 0, 0, "B", Better.Less));
        report.Add(new Figure("bytes of a position", Spread.Of([Unsafe.SizeOf<Position>()]), 256, 256, "B", Better.Less));
        report.Add(new Figure("bytes of an account", Spread.Of([Unsafe.SizeOf<MarginAccount>()]), 1024, 1024, "B", Better.Less));
        report.End();
        return 0;
    }

    /// <summary>A venue full of positions.</summary>
    private sealed class Scene
    {
        private readonly VenueProducts venue = new();
        private readonly EventBuffer events = new(1 << 20);
        private readonly int contracts;
        private readonly int accounts;
        private long timeNanos = 1_767_225_600 * Nanos.PerSecond;

        public Scene(int contracts, int accounts, int each)
        {
            (this.contracts, this.accounts) = (contracts, accounts);
            var sink = new DirectSink(venue, timeNanos);
            // The last two users take the other sides of all positions.
            ContractMarkets.List(sink, contracts, accounts + 2);
            for (var maker = accounts + 1; maker <= accounts + 2; maker++) ContractMarkets.Fund(sink, maker, Money.Units(1_000_000_000_000));
            var value = Size * ContractMarkets.Middle / 10_000.0;
            for (var account = 1; account <= accounts; account++)
            {
                var isolated = account % IsolatedEvery == 0;
                var need = value * each * (isolated ? 0.051 : 0.101);
                var funds = need * (1.5 + 18.5 * (account * 2_654_435_761L % 1000) / 1000);
                ContractMarkets.Fund(sink, account, new Money((Int128)(funds * 1000) * Fixed.PowerOfTen(Money.Decimals - 3)));
                for (var n = 0; n < each; n++)
                {
                    var contract = (account * 7 + n * 61) % contracts;
                    var user = new UserId(ContractMarkets.UserOf(account));
                    var buys = (account * 2_654_435_761L >> 8) % 3 != 0;
                    sink.Take(user, new SetLeverage { Instrument = ContractMarkets.InstrumentOf(contract), Leverage = isolated ? 2000 : 1_000, IsCross = isolated ? (byte)0 : (byte)1 }, default);
                    var maker = new UserId(ContractMarkets.UserOf(accounts + (buys ? 1 : 2)));
                    sink.Take(maker, Order(contract, buys ? -Size : Size, TimeInForce.GoodTillCancelled), default);
                    sink.Take(user, Order(contract, buys ? Size : -Size, TimeInForce.ImmediateOrCancel), default);
                }
            }
            foreach (var position in Open()) Positions += position != 0 ? 1 : 0;
        }

        public long Positions { get; }

        public long Liquidated { get; private set; }

        /// <summary>Orders of random accounts that rest below the market, and their cancels.</summary>
        public Cost Admit(int commands)
        {
            var place = Bytes(Order(0, 1, TimeInForce.PostOnly));
            var cancel = Bytes(default(CancelContractOrder));
            GC.Collect();
            Admit(place, cancel, int.Min(commands / 4, 20_000));            // arrays get their size
            return Cost.Of(commands, () => Admit(place, cancel, commands));
        }

        private void Admit(byte[] place, byte[] cancel, int commands)
        {
            for (var i = 0; i < commands; i += 2)
            {
                var account = 1 + (int)(i * 2_654_435_761L % accounts);
                ref var header = ref MemoryMarshal.AsRef<CommandHeader>(place.AsSpan());
                header.Actor = ContractMarkets.UserOf(account);
                ref var order = ref MemoryMarshal.AsRef<PlaceContractOrder>(place.AsSpan(Unsafe.SizeOf<CommandHeader>()));
                order.Instrument = ContractMarkets.InstrumentOf(account * 7 % contracts);
                order.Price = ContractMarkets.Middle - 100 - i % 50;
                var placed = Execute(place);
                MemoryMarshal.AsRef<CommandHeader>(cancel.AsSpan()).Actor = header.Actor;
                MemoryMarshal.AsRef<CancelContractOrder>(cancel.AsSpan(Unsafe.SizeOf<CommandHeader>())).OrderId = placed.ObjectId;
                if (placed.Accepted) Execute(cancel);
            }
        }

        /// <summary>One price command for all contracts.</summary>
        public Cost MoveAll(long price)
        {
            var recorded = new Recorded();
            ContractMarkets.SetPrices(recorded, 0, contracts, price);
            GC.Collect();
            timeNanos += Nanos.PerSecond;
            var cost = Cost.Of(1, () => Execute(recorded.Bytes));
            return cost;
        }

        /// <summary>The venue's own invariants; null when all hold.</summary>
        public string? Check()
        {
            foreach (var (name, problem) in venue.Machine.CheckInvariants())
            {
                if (problem is not null) return $"{name}: {problem}";
            }
            return null;
        }

        private CommandResult Execute(byte[] record)
        {
            var result = venue.Machine.Execute(new Stamp(venue.Machine.Sequence + 1, timeNanos), record, events);
            var reader = events.Read();
            while (reader.Next())
            {
                if (reader.Kind == LiquidationStarted.Kind) Liquidated++;
            }
            events.Clear();
            return result;
        }

        private IEnumerable<long> Open()
        {
            var table = venue.Futures.State.Positions;
            for (var slot = 0; slot < table.Count; slot++) yield return table[slot].Size;
        }

        private static PlaceContractOrder Order(int contract, long size, TimeInForce force) =>
            new() { Instrument = ContractMarkets.InstrumentOf(contract), Price = ContractMarkets.Middle, Size = size, TimeInForce = force };

        private static byte[] Bytes<T>(in T command) where T : unmanaged, ICommand
        {
            var bytes = new byte[Runtime.Sequencing.Record.LengthOf<T>(default, default)];
            Runtime.Sequencing.Record.Write(bytes, UserId.Venue, command, default, default);
            return bytes;
        }

        /// <summary>Keeps the one command it is given.</summary>
        private sealed class Recorded : ICommandSink
        {
            public byte[] Bytes { get; private set; } = [];

            public void Take<T>(UserId actor, in T command, ReadOnlySpan<byte> tail) where T : unmanaged, ICommand
            {
                Bytes = new byte[Runtime.Sequencing.Record.LengthOf<T>(default, tail)];
                Runtime.Sequencing.Record.Write(Bytes, actor, command, tail, default);
            }
        }
    }
}
