using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;

namespace Sluice.Runtime.Tests.Sequencing;

public class SequencerTests
{
    [Fact]
    public async Task SX_02_a_fill_is_answered_and_the_state_comes_back_after_a_crash()
    {
        var disk = new MemoryDisk(crashable: true);
        ulong hash;
        {
            var venue = new Venue(disk);            // never stopped: it crashes
            var (alice, bob) = await venue.SetUp();
            Assert.True((await venue.Send(alice, Venue.Limit(Side.Sell, 839_905, 4_000), "t-a", "")).Result.Accepted);
            var bought = await venue.Send(bob, Venue.Limit(Side.Buy, 840_000, 10_000), "t-b", "");
            Assert.True(bought.Result.Accepted);
            var filled = Only<OrderFilled>(bought.Events!);
            Assert.Equal("335.962", filled.Value.ToString());
            Assert.Equal("0.000004", filled.TakerFee.ToString());
            Assert.Equal("0.335962", filled.MakerFee.ToString());
            var money = venue.Products.Ledger;
            Assert.True(money.TryFind(bob, WalletId.Spot, 2, out var account));
            Assert.Equal("504", money[account].Held.ToString());
            Assert.All(venue.Products.Machine.CheckInvariants(), check => Assert.Null(check.Broken));
            hash = await venue.Sequencer.AskAsync(machine => machine.StateHash());
            disk.Crash();
        }
        using var again = new Venue(disk);
        Assert.Equal(0, again.Recovered.SnapshotSequence);
        Assert.Equal(hash, await again.Sequencer.AskAsync(machine => machine.StateHash()));
    }

    [Fact]
    public async Task A_clean_stop_leaves_a_snapshot_and_nothing_to_re_execute()
    {
        var disk = new MemoryDisk();
        ulong hash;
        using (var venue = new Venue(disk))
        {
            var (alice, _) = await venue.SetUp();
            for (var i = 0; i < 100; i++) await venue.Send(alice, Venue.Limit(Side.Sell, 850_000 + i, 1_000));
            hash = await venue.Sequencer.AskAsync(machine => machine.StateHash());
        }
        using var again = new Venue(disk);
        Assert.Equal(0, again.Recovered.Commands);
        Assert.True(again.Recovered.CleanStop);
        Assert.Equal(hash, await again.Sequencer.AskAsync(machine => machine.StateHash()));
        Assert.All(again.Products.Machine.CheckInvariants(), check => Assert.Null(check.Broken));
    }

    [Fact]
    public async Task M_048_what_is_submitted_together_is_consecutive_whoever_else_submits()
    {
        using var venue = new Venue(new MemoryDisk());
        var (alice, bob) = await venue.SetUp();
        using var over = new CancellationTokenSource();
        var crowd = Task.Run(async () =>
        {
            while (!over.IsCancellationRequested) await venue.Send(bob, Venue.Limit(Side.Buy, 700_000, 1_000));
        }, TestContext.Current.CancellationToken);
        for (var round = 0; round < 200; round++)
        {
            var waiting = new List<Task<CommandOutcome>>();
            venue.Sequencer.Together(() =>
            {
                for (var i = 0; i < 10; i++) waiting.Add(venue.Sequencer.SubmitAsync(new UserId(alice), Venue.Limit(Side.Sell, 900_000 + i, 1_000)).AsTask());
            });
            var outcomes = await Task.WhenAll(waiting);
            Assert.Equal(Enumerable.Range(0, 10).Select(i => outcomes[0].Stamp.Sequence + i), outcomes.Select(outcome => outcome.Stamp.Sequence));
        }
        await over.CancelAsync();
        await crowd;
    }

    [Fact]
    public async Task A_manual_clock_moves_only_when_advanced_and_runs_what_falls_due()
    {
        using var venue = new Venue(new MemoryDisk(), new ManualClock(1_000 * Nanos.PerSecond));
        var (alice, _) = await venue.SetUp();
        await venue.Send(alice, Venue.Limit(Side.Sell, 850_000, 1_000));
        await venue.Send(alice, new SetCountdown { TimeoutSeconds = 5 });
        Assert.Equal(1, await venue.Sequencer.AskAsync(_ => venue.Products.Spot.State.Pairs[0].Book.Asks.Count));
        await venue.Sequencer.AdvanceAsync(4 * Nanos.PerSecond);
        Assert.Equal(1, await venue.Sequencer.AskAsync(_ => venue.Products.Spot.State.Pairs[0].Book.Asks.Count));
        await venue.Sequencer.AdvanceAsync(1 * Nanos.PerSecond);
        Assert.Equal(0, await venue.Sequencer.AskAsync(_ => venue.Products.Spot.State.Pairs[0].Book.Asks.Count));
        Assert.Equal(1_005 * Nanos.PerSecond, venue.Sequencer.NowNanos);
    }

    [Fact]
    public async Task The_same_key_is_executed_once_also_across_a_restart()
    {
        var disk = new MemoryDisk(crashable: true);
        var options = new CommandOptions(Idempotency: new IdempotencyKey(1, 2, 3));
        int alice;
        CommandOutcome first;
        {
            var venue = new Venue(disk);            // never stopped: it crashes
            (alice, _) = await venue.SetUp();
            first = await venue.Sequencer.SubmitAsync(new UserId(alice), Venue.Limit(Side.Sell, 850_000, 1_000), default, options);
            disk.Crash();
        }
        using var again = new Venue(disk);
        var second = await again.Sequencer.SubmitAsync(new UserId(alice), Venue.Limit(Side.Sell, 850_000, 1_000), default, options);
        Assert.Equal(first.Result.ObjectId, second.Result.ObjectId);
        Assert.True(second.Result.Duplicate);
        var other = new CommandOptions(Idempotency: new IdempotencyKey(1, 2, 4));
        Assert.Equal(KernelRefusal.KeyReused, (await again.Sequencer.SubmitAsync(new UserId(alice), Venue.Limit(Side.Sell, 860_000, 1_000), default, other)).Result.Refusal);
    }

    [Fact]
    public async Task Many_senders_at_once_each_get_their_own_answer()
    {
        using var venue = new Venue(new MemoryDisk());
        var (alice, _) = await venue.SetUp();
        var answers = await Task.WhenAll(Enumerable.Range(0, 2_000).Select(async i =>
            (await venue.Sequencer.SubmitAsync(new UserId(alice), Venue.Limit(Side.Sell, 850_000 + i % 50, 1_000))).Result.ObjectId));
        Assert.Equal(2_000, answers.Distinct().Count());
        Assert.Null((await venue.Sequencer.AskAsync(machine => machine.CheckInvariants().ToArray())).FirstOrDefault(check => check.Broken is not null).Broken);
    }

    private static T Only<T>(byte[] events) where T : unmanaged, IEvent
    {
        var reader = new EventReader(events);
        var found = new List<T>();
        while (reader.Next())
        {
            if (reader.Kind == T.Kind) found.Add(reader.As<T>());
        }
        return Assert.Single(found);
    }
}
