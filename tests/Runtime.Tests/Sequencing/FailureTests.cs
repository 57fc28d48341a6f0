using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Wallet;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Sequencing;
using Sluice.Runtime.Tests.Log;

namespace Sluice.Runtime.Tests.Sequencing;

public sealed class FailureTests
{
    private sealed class View : IEventConsumer
    {
        public volatile bool Broken;
        public volatile int Seen;

        public void Consume(in EventBatch batch)
        {
            Seen++;
            if (Broken) throw new FormatException("A row does not fit.");
        }
    }

    [Fact]
    public async Task A_view_that_throws_stops_the_venue_with_a_sentence_and_the_log_has_the_command()
    {
        var disk = new MemoryDisk();
        var view = new View();
        var told = new List<string>();
        long sequence;
        int seen;
        using (var venue = new Venue(disk, options: new SequencerOptions(Failed: told.Add), consumers: view))
        {
            var (alice, _) = await venue.SetUp();
            sequence = await venue.Sequencer.AskAsync(machine => machine.Sequence);
            view.Broken = true;
            seen = view.Seen;
            var broken = await Assert.ThrowsAsync<VenueUnavailableException>(() => venue.Deposit(alice, 1));
            Assert.Equal($"What happened up to sequence {sequence + 1} could not be shown: A row does not fit. The log has it; start the venue again.", broken.Message);
            await Assert.ThrowsAsync<VenueUnavailableException>(() => venue.Deposit(alice, 1));
            await Assert.ThrowsAsync<VenueUnavailableException>(venue.Hash);
            Assert.Equal(broken.Message, venue.Sequencer.Unavailable);
        }
        Assert.Equal([$"What happened up to sequence {sequence + 1} could not be shown: A row does not fit. The log has it; start the venue again."], told);
        Assert.Equal(seen + 1, view.Seen);
        using var again = new Venue(disk);
        Assert.Equal(sequence + 1, again.Recovered.Sequence);
    }

    [Fact]
    public async Task A_command_that_comes_between_the_failure_and_its_report_is_answered()
    {
        var disk = new FaultyDisk(new MemoryDisk());
        Venue? venue = null;
        var late = new List<Task<bool>>();
        var reported = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var alice = 0;
        var options = new SequencerOptions(Failed: _ =>
        {
            // The first wakes the core thread, which sees the failure and ends; the second may be told on its way out; the third finds it gone.
            for (var i = 0; i < 3; i++)
            {
                late.Add(IsRefused(venue!));
                late[^1].Wait(TimeSpan.FromSeconds(10));
            }
            reported.SetResult();
        });
        using (venue = new Venue(disk, options: options))
        {
            (alice, _) = await venue.SetUp();
            disk.Before = call => { if (call is "write" or "sync") throw new IOException("The disk is gone."); };
            Assert.True(await IsRefused(venue));
            await reported.Task;
        }
        Assert.Equal(3, late.Count);
        Assert.All(late, one => Assert.True(one is { IsCompletedSuccessfully: true, Result: true }));

        async Task<bool> IsRefused(Venue at)
        {
            try
            {
                await at.Sequencer.SubmitAsync(UserId.Venue, new Fund { User = alice, Wallet = 1, Asset = 2, Amount = Money.Units(1) });
                return false;
            }
            catch (VenueUnavailableException)
            {
                return true;
            }
        }
    }

    [Theory]
    [InlineData("view")]
    [InlineData("disk")]
    public async Task When_the_venue_fails_every_waiting_sender_is_told(string what)
    {
        var disk = new FaultyDisk(new MemoryDisk());
        var view = new View();
        using var venue = new Venue(disk, consumers: view);
        var (alice, _) = await venue.SetUp();
        var answers = Enumerable.Range(0, 30_000).Select(async i =>
        {
            if (i == 20_000)
            {
                if (what == "view") view.Broken = true;
                else disk.Before = call => { if (call is "write" or "sync") throw new IOException("The disk is gone."); };
            }
            try
            {
                await venue.Sequencer.SubmitAsync(UserId.Venue, new Fund { User = alice, Wallet = 1, Asset = 2, Amount = Money.Units(1) });
                return true;
            }
            catch (VenueUnavailableException)
            {
                return false;
            }
        }).ToArray();
        var accepted = await Task.WhenAll(answers);
        Assert.False(accepted[^1]);
        Assert.Equal(accepted.Count(yes => yes), Array.LastIndexOf(accepted, true) + 1);     // in order: none is told "no" before one that is told "yes"
        Assert.NotNull(venue.Sequencer.Unavailable);
    }
}
