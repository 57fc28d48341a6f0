using Sluice.Bench.Bound;
using Sluice.Bench.Futures.Plain;
using Sluice.Bench.Measure;
using Sluice.Bench.OrderGen;
using Sluice.Bench.Plain;
using Sluice.Bench.Replay;
using Sluice.Core.Values;
using Sluice.Core.Kernel;

namespace Sluice.Bench.Futures;

/// <summary>The core with the whole margin of contracts: admission against tiers and balances, fees, profit, positions, and the check for liquidation after every command;
/// accounts hold 1.5 to 20 times what they need. The tape must be the flow's. Beside it the bound and the plain book, which have no margin. A second load of the same flow has
/// accounts too small for it and marks that jump: how many orders are refused and how many accounts are liquidated.</summary>
internal static class FuturesBenchmark
{
    private static readonly Dictionary<string, (double Must, double Goal)> Aims = new() { ["mixed1"] = (5, 10), ["mixed1000"] = (1.1, 2.8) };

    private const int Calm = 1_000;                 // marks within 0.1 % of the middle
    private const int Wild = 60_000;                // within 6 %
    private static readonly Money Plenty = Money.Units(1_000_000_000);

    public static int Run(Arguments arguments, Report report)
    {
        var asked = FlowArguments.Read(arguments, Profile.Mixed1, Profile.Mixed1000);
        var checkedCommands = arguments.Number("checked", int.MaxValue);
        var alone = arguments.Flag("alone");            // for a profiler: nothing beside the contracts themselves
        arguments.NoMore();

        var table = new Table("profile", "accounts", "M/s CPU", "ns", "M/s wall", "B/cmd", "gen 0/1/2", "bound M/s", "of bound", "plain M/s", "of plain", "result", "strained M/s", "refused for margin", "accounts liquidated", "plain calculator");
        var right = true;
        foreach (var profile in asked.Profiles)
        {
            var flow = asked.Flow(profile, report);
            report.Doing($"{profile.Name}: what each account needs");
            var needs = Needs(flow);
            var calm = new ContractTerms(Multiplied(needs, 15, 200), Calm);
            var strained = new ContractTerms(Multiplied(needs, 5, 14), Wild, IsStrained: true);

            var own = new Contender("contracts", f => new ContractReplay(f, calm));
            if (alone)
            {
                Contender.Interleave(flow, asked.Runs, report, own);
                report.Line($"{profile.Name}: {own.PerCpuSecond.Text(unit: 1e6)} M/s CPU, {(own.Right ? "equal" : "DIFFERS")}");
                continue;
            }
            var bound = new Contender("bound", f => new BoundReplay(f));
            var plain = new Contender("plain", f => new PlainReplay(f));
            ContractReplay last = null!;
            var hard = new Contender("strained", f => last = new ContractReplay(f, strained));                   // orders end differently: no tape to compare
            Contender.Interleave(flow, asked.Runs, report, bound, own, plain, hard);
            var same = own.Right && bound.Right && plain.Right && StandardFlow.Agrees(flow);
            report.Doing($"{profile.Name}: the plain calculator follows the strained run");
            var follower = Followed(flow, strained, checkedCommands);
            if (follower.Difference is { } difference) report.Line($"WRONG: {difference}");
            right &= same && follower.Difference is null;
            var (gen0, gen1, gen2) = own.Collections;
            table.Row(profile.Name, Table.Count(profile.Accounts), own.PerCpuSecond.Text(unit: 1e6), Table.Number(1e9 / own.PerCpuSecond.Median, "0"), Table.Number(own.PerWallSecond.Median / 1e6),
                Table.Number(own.BytesPerCommand), $"{gen0}/{gen1}/{gen2}", Table.Number(bound.PerCpuSecond.Median / 1e6), own.Of(bound).Text("0.000"), Table.Number(plain.PerCpuSecond.Median / 1e6),
                own.Of(plain).Text(), same ? "equal" : "DIFFERS", hard.PerCpuSecond.Text(unit: 1e6), Share(last.RefusedForMargin, flow.Records.Length), Share(last.Liquidated, profile.Accounts), follower.Difference is null ? $"equal in {Table.Count(follower.Compared)} events, {Table.Count(follower.Refusals)} refusals, {Table.Count(follower.Rounds)} rounds" : "DIFFERS");
            if (Aims.TryGetValue(profile.Name, out var aim))
            {
                report.Add(new Figure($"contracts {profile.Name}", Spread.Of(own.Runs.Select(run => run.PerCpuSecond / 1e6)), aim.Must, aim.Goal, "M/s", Detail: $"{own.Of(bound).Text("0.000")} of the bound") { Used = own.Used });
            }
            report.Add(new Figure($"contracts {profile.Name}, allocated a command", Spread.Of(own.Runs.Select(run => run.BytesPerCommand)), 0, 0, "B", Better.Less, "behind the first tenth") { Used = own.Used });
        }
        if (alone) return 0;
        report.Line($"futures: seed {asked.Seed}, {Table.Count(asked.Count)} commands behind the prefill, median (lowest-highest) of {asked.Runs} runs taken in turns, one thread, no log, no network");
        report.Line("One linear perpetual a symbol; half of the accounts isolated at 20 times, half cross at 10; fees, five tiers, the liquidation check after every command; every 1,000th command moves a mark by up to 0.1 %.");
        report.Line("Accounts have 1.5 to 20 times what they need at their dearest. strained: 0.5 to 1.4 times, marks within 6 %; the tape is another then.");
        report.Line();
        table.Print(report.Result);
        if (!right) report.Line("WRONG: a tape, a book or a count differs from the flow's");
        report.End();
        return right ? 0 : 1;
    }

    /// <summary>A strained run of a flow's first commands with the plain calculator beside it.</summary>
    public static PlainContracts Strain(OrderFlow flow, int commands) => Followed(flow, new ContractTerms(Multiplied(Needs(flow), 5, 14), Wild, IsStrained: true), commands);

    private static PlainContracts Followed(OrderFlow flow, ContractTerms terms, int commands)
    {
        var follower = new PlainContracts(flow, terms.Funds);
        var replay = new ContractReplay(flow, terms) { Follower = follower };
        for (var from = 0; from < int.Min(commands, flow.Records.Length) && follower.Difference is null; from += 10_000) replay.Run(from, int.Min(from + 10_000, flow.Records.Length));
        return follower;
    }

    // A run with more money than anybody needs, looking at each account behind its commands: margin of positions and orders, and what it has lost.
    private static Money[] Needs(OrderFlow flow)
    {
        var needs = new Money[flow.Profile.Accounts + 1];
        var rich = new Money[needs.Length];
        Array.Fill(rich, Plenty);
        var replay = new ContractReplay(flow, new ContractTerms(rich, Calm));
        replay.After = record => Look((int)record.Account, record);
        Turns.Run(replay, 0, flow.Records.Length);
        for (var account = 1; account < needs.Length; account++) Look(account, default);
        return needs;

        void Look(int account, in FlowRecord record)
        {
            var user = ContractMarkets.UserOf(account);
            var risk = replay.Venue.Futures.RiskOf(user, WalletId.FuturesUsdt);
            if (!replay.Venue.Ledger.TryFind(user, WalletId.FuturesUsdt, ContractMarkets.Asset, out var slot)) return;
            var cash = replay.Venue.Ledger[slot].Total;
            var isolated = cash - risk.Cash;
            // What an order asked for before it traded or ended: at most its value over the leverage, and three fees.
            var value = Money.Units(1).Raw / 10_000 * record.Quantity * record.Price;
            var asked = new Money(value * (account % 2 == 0 ? 53 : 103) / 1000);
            var need = Plenty - cash + isolated + risk.InitialMargin + risk.OrderMargin + asked - Money.Min(risk.Unrealised, Money.Zero);
            needs[account] = Money.Max(needs[account], need);
        }
    }

    // By account, evenly between the two, in tenths; never below one unit.
    private static Money[] Multiplied(Money[] needs, int least, int most)
    {
        var funds = new Money[needs.Length];
        for (var account = 1; account < funds.Length; account++)
        {
            var tenths = least + (int)(account * 2_654_435_761L % (most - least + 1));
            funds[account] = Money.Max(new Money(needs[account].Raw * tenths / 10), Money.Units(1));
        }
        return funds;
    }

    private static string Share(long part, long whole) => FormattableString.Invariant($"{100.0 * part / whole:0.00} %");
}
