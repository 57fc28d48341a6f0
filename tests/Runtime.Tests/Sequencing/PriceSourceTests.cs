using Sluice.Core.Kernel;
using Sluice.Products;
using Sluice.Products.Spot;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;

namespace Sluice.Runtime.Tests.Sequencing;

public class PriceSourceTests
{
    private const long Start = 1_767_225_600_000_000_000;

    [Fact]
    public async Task At_one_instant_prices_come_before_what_is_due_and_participants_after_it()
    {
        using var scene = new Scene();
        var user = await scene.UserWithCountdown(seconds: 30);
        await scene.Sequencer.AdvanceAsync(60 * Nanos.PerSecond);
        Assert.Contains((30, "prices", true), scene.Seen);
        Assert.Contains((30, "participants", false), scene.Seen);
        Assert.True(scene.Seen.IndexOf((30, "prices", true)) < scene.Seen.IndexOf((30, "participants", false)));
        Assert.True(user > 0);
    }

    [Fact]
    public async Task Prices_are_said_where_the_clock_stops_and_not_while_it_is_paused()
    {
        using var scene = new Scene();
        await scene.Sequencer.AdvanceAsync(34 * Nanos.PerSecond);
        Assert.Equal([10, 20, 30, 34], scene.Seen.Where(seen => seen.Who == "prices").Select(seen => seen.Second));
        await scene.Sequencer.PauseAsync(true);
        await scene.Sequencer.AdvanceAsync(60 * Nanos.PerSecond);
        Assert.Equal(4, scene.Seen.Count(seen => seen.Who == "prices"));
    }

    // Prices and participants every ten seconds, that write down whether the user's countdown still waits.
    private sealed class Scene : IPriceSource, IParticipants, IDisposable
    {
        private readonly VenueProducts products = new();
        private readonly FileLog log;
        private long prices = Start + 10 * Nanos.PerSecond, participants = Start + 10 * Nanos.PerSecond;

        public Scene()
        {
            var disk = new MemoryDisk();
            Recovery.Run(disk, products.Machine, []);
            log = FileLog.Open(disk, StateMachine.RulesVersion, LogOptions.Default with { Ahead = null });
            Sequencer = new Sequencer(products.Machine, log, new SnapshotStore(disk), new ManualClock(Start), [], () => long.MaxValue);
            Sequencer.Start(this, this);
        }

        public Sequencer Sequencer { get; }

        public List<(long Second, string Who, bool Waits)> Seen { get; } = [];

        long IPriceSource.NextNanos => prices;

        long IParticipants.NextNanos => participants;

        public async Task<int> UserWithCountdown(int seconds)
        {
            var name = new byte[64];
            var writer = new TailWriter(name);
            foreach (var text in new[] { "alice", "", "" }) writer.Text(text);
            var made = await Sequencer.SubmitAsync(UserId.Venue, new Products.Identity.CreateUser(), name.AsMemory(0, writer.Length));
            var user = (int)made.Result.ObjectId;
            Assert.True((await Sequencer.SubmitAsync(new UserId(user), new SetCountdown { TimeoutSeconds = seconds })).Result.Accepted);
            return user;
        }

        public void Step(long nowNanos, ICoreDoor door)
        {
            Write(nowNanos, "prices");
            prices = (nowNanos - Start) / (10 * Nanos.PerSecond) * 10 * Nanos.PerSecond + Start + 10 * Nanos.PerSecond;
        }

        public void Act(long nowNanos, ICoreDoor door)
        {
            Write(nowNanos, "participants");
            participants = nowNanos + 10 * Nanos.PerSecond;
        }

        public void Dispose()
        {
            Sequencer.Stop();
            log.Dispose();
        }

        private void Write(long nowNanos, string who) => Seen.Add(((nowNanos - Start) / Nanos.PerSecond, who, products.Machine.NextDueNanos <= nowNanos));
    }
}
