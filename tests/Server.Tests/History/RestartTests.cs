using System.Text;
using Microsoft.Data.Sqlite;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;
using Sluice.Runtime;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;
using Sluice.Server.History;
using Sluice.Server.Tests.Views;
using Sluice.Server.Views;

namespace Sluice.Server.Tests.History;

/// <summary>A venue that crashes and comes back shows what one that never stopped shows: every row once, every open order.</summary>
public sealed class RestartTests : IDisposable
{
    private const int Steps = 240;
    private static readonly Window Everything = new(0, long.MaxValue, 0, 100_000);

    private readonly string folder = Directory.CreateTempSubdirectory("sluice-restart-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public enum Database { CaughtUp, Behind, Gone }

    [Theory]
    [InlineData(60, Database.CaughtUp)]
    [InlineData(150, Database.CaughtUp)]
    [InlineData(150, Database.Behind)]
    [InlineData(200, Database.Behind)]
    [InlineData(200, Database.Gone)]
    public async Task After_a_crash_every_row_is_there_exactly_once(int crashAt, Database database)
    {
        var disk = new MemoryDisk(crashable: true);
        var script = new Script();
        string path = Path.Combine(folder, "history.db"), copy = Path.Combine(folder, "copy.db");
        {
            var venue = new Venue(disk, path);
            for (var step = 0; step < crashAt; step++)
            {
                if (step == crashAt - 40) await venue.CopyHistory(copy);
                await script.Take(venue, step);
            }
            // Snapshots are written beside the commands: a busy machine might have written none by now.
            while (crashAt > 100 && new SnapshotStore(disk).List().Count == 0) await Task.Delay(1, TestContext.Current.CancellationToken);
            disk.Crash();                                   // the sequencer is never stopped
            venue.History.Dispose();
        }
        var again = new Venue(disk, database switch { Database.CaughtUp => path, Database.Behind => copy, _ => Path.Combine(folder, "new.db") });
        if (database == Database.CaughtUp && crashAt > 100) Assert.True(again.Recovered.SnapshotSequence > 0);      // older than the database
        for (var step = crashAt; step < Steps; step++) await script.Take(again, step);
        var shown = await again.Show();
        again.Dispose();

        using var reference = new Venue(new MemoryDisk(), null);
        var same = new Script();
        for (var step = 0; step < Steps; step++) await same.Take(reference, step);
        Assert.Equal(await reference.Show(), shown);
    }

    [Fact]
    public async Task A_history_that_is_gone_behind_a_log_that_starts_late_knows_what_is_open()
    {
        var disk = new MemoryDisk();
        var script = new Script();
        string before;
        using (var venue = new Venue(disk, Path.Combine(folder, "history.db")))
        {
            for (var step = 0; step < 100; step++) await script.Take(venue, step);
            before = venue.ShowOpen();
        }
        var segments = disk.List().Where(name => char.IsAsciiDigit(name[0])).ToArray();
        Assert.True(segments.Length > 1);
        disk.Delete(segments[0]);
        using var again = new Venue(disk, Path.Combine(folder, "new.db"));
        Assert.Equal(again.Products.Machine.Sequence, again.Recovered.SnapshotSequence);
        Assert.Equal(before, again.ShowOpen());
        foreach (var user in script.Users)
        {
            Assert.True(await again.History.CaughtUpAsync(user, TestContext.Current.CancellationToken));
            Assert.Equal(again.Views.OpenOrdersOf(user), again.History.Orders(new OrderQuery(user, Everything, Open: true)));
            Assert.Empty(again.History.Orders(new OrderQuery(user, Everything, Open: false)));
        }
        for (var step = 100; step < Steps; step++) await script.Take(again, step);
        Assert.True(await again.History.CaughtUpAsync(script.Users[0], TestContext.Current.CancellationToken));
        Assert.NotEmpty(again.History.Orders(new OrderQuery(script.Users[0], Everything, Open: false)));
    }

    [Fact]
    public async Task A_history_ahead_of_its_log_is_refused()
    {
        var path = Path.Combine(folder, "history.db");
        using (var venue = new Venue(new MemoryDisk(), path)) await new Script().Take(venue, 0);
        Assert.Throws<RecoveryRefusedException>(() => new Venue(new MemoryDisk(), path));
    }

    private sealed class Venue : IDisposable
    {
        private readonly FileLog log;
        private readonly Candles candles;

        public Venue(IDisk disk, string? path)
        {
            History = new SqliteHistory(path);
            var clock = new ManualClock(1_767_225_600L * Nanos.PerSecond);
            candles = new Candles(History, new NoPast(), () => clock.NowNanos);
            Views.Listeners = [History, candles];
            try
            {
                Recovered = Recovery.Run(disk, Products.Machine, [Views], History.Sequence, begin: () => Views.Begin(Products, History));
            }
            catch
            {
                History.Dispose();
                throw;
            }
            clock.MoveTo(Products.Machine.TimeNanos);
            log = FileLog.Open(disk, StateMachine.RulesVersion, new LogOptions(8192));
            Sequencer = new Sequencer(Products.Machine, log, new SnapshotStore(disk), clock, [Views], () => History.Sequence,
                new SequencerOptions(CommandsPerSnapshot: 50, KeepLog: true));
            Sequencer.Start();
        }

        public VenueProducts Products { get; } = new();
        public VenueViews Views { get; } = new();
        public SqliteHistory History { get; }
        public Recovered Recovered { get; }
        public Sequencer Sequencer { get; }

        public async Task<long> Send<T>(int user, T command, params string[] texts) where T : unmanaged, ICommand
        {
            var bytes = new byte[1024];
            var writer = new TailWriter(bytes);
            foreach (var text in texts) writer.Text(text);
            return (await Sequencer.SubmitAsync(new UserId(user), command, writer.Written.ToArray())).Result.ObjectId;
        }

        public async Task CopyHistory(string to)
        {
            foreach (var user in Views.Users) Assert.True(await History.CaughtUpAsync(user.Id));
            using var copy = new SqliteConnection($"Data Source={to};Pooling=False");
            copy.Open();
            using var source = new SqliteConnection($"Data Source={Path.Combine(Path.GetDirectoryName(to)!, "history.db")};Pooling=False");
            source.Open();
            source.BackupDatabase(copy);
        }

        public string ShowOpen()
        {
            var text = new StringBuilder();
            foreach (var user in Views.Users)
            {
                foreach (var order in Views.OpenOrdersOf(user.Id)) text.AppendLine($"{order.Id} {order.User} {order.Side} {order.Price} {order.Left}/{order.Size} {order.FilledSize}");
                foreach (var trigger in Views.OpenTriggersOf(user.Id)) text.AppendLine($"{trigger.Id} {trigger.TriggerPrice} {trigger.Size} {trigger.Status}");
                foreach (var balance in Views.BalancesOf(user.Id)) text.AppendLine(balance.ToString());
            }
            var book = Views.PairOf(1).Book.Depth(100);
            text.AppendLine($"{book.UpdateId} {string.Join(' ', book.Bids)} {string.Join(' ', book.Asks)}");
            return text.ToString();
        }

        public async Task<string> Show()
        {
            var text = new StringBuilder(ShowOpen());
            Assert.True(await History.CaughtUpAsync(Views.PairOf(1)));
            foreach (var user in Views.Users.Where(user => !user.IsParticipant))
            {
                Assert.True(await History.CaughtUpAsync(user.Id));
                foreach (var order in Views.OpenOrdersOf(user.Id)) Assert.Equal(order, History.Order(order.Id));
                Rows(History.Orders(new OrderQuery(user.Id, Everything, Open: true)));
                Rows(History.Orders(new OrderQuery(user.Id, Everything, Open: false)));
                Rows(History.Fills(new FillQuery(user.Id, Everything)));
                Rows(History.AccountBook(new BookQuery(user.Id, Everything)).Select(entry => entry.Row));
                Rows(History.Triggers(new TriggerQuery(user.Id, Everything, Open: true)));
                Rows(History.Triggers(new TriggerQuery(user.Id, Everything, Open: false)));
                Rows(History.Transfers(new TransferQuery([user.Id], Everything)));
                Rows(History.Deposits(new DepositQuery(user.Id, Everything, DepositsOnly: false)));
            }
            Rows(History.Trades(new TradeQuery(1, Everything)));
            foreach (var (_, seconds) in CandleIntervals.All) Rows(candles.Read(Views.PairOf(1), seconds, 0, long.MaxValue));
            text.AppendLine(Views.PairOf(1).Ticker.Day(Sequencer.NowNanos).ToString());
            var counts = Views.Counts;
            text.AppendLine($"{counts.Users} {counts.Participants} {counts.OpenOrders} {counts.ParticipantOrders} {counts.OpenTriggers} {counts.Trades}");
            return text.ToString();

            void Rows<T>(IEnumerable<T> rows)
            {
                foreach (var row in rows) text.AppendLine(row!.ToString());
            }
        }

        public void Dispose()
        {
            Sequencer.Stop();
            log.Dispose();
            History.Dispose();
        }
    }

    /// <summary>The same commands every time, drawn from a seed; what a step refers to is what earlier steps were answered.</summary>
    private sealed class Script
    {
        private readonly Random random = new(20_260_101);
        private readonly List<(int User, long Id)> orders = [];
        private readonly List<(int User, long Id)> triggers = [];

        public List<int> Users { get; } = [];

        public async Task Take(Venue venue, int step)
        {
            if (step == 0) await SetUp(venue);
            var user = Users[random.Next(Users.Count)];
            var (side, away, size) = (random.Next(2) == 0 ? Side.Buy : Side.Sell, random.Next(-30, 60), random.Next(1, 9) * 1000L);
            var price = 1_000_000 + (side == Side.Buy ? -away : away) * 10;
            var (earlier, action) = (random.Next(1 << 20), random.Next(20));
            var limit = CoreRig.Limit(side, price, size);
            if (action < 9) orders.Add((user, await venue.Send(user, limit, $"t-{step}", "")));
            else if (action < 10) await venue.Send(user, limit with { TimeInForce = TimeInForce.ImmediateOrCancel });
            else if (action < 11) await venue.Send(user, limit with { TimeInForce = TimeInForce.PostOnly });
            else if (action < 12) orders.Add((user, await venue.Send(user, limit with { TakeProfitTrigger = price + (side == Side.Buy ? 5000 : -5000) })));
            else if (action < 14 && orders.Count > 0) await Cancel(venue, orders[earlier % orders.Count]);
            else if (action < 16 && orders.Count > 0)
            {
                var (owner, id) = orders[earlier % orders.Count];
                await venue.Send(owner, new AmendOrder { OrderId = id, Price = price, Size = size, HasText = 1 }, $"amended {step}");
            }
            else if (action < 17) triggers.Add((user, await venue.Send(user, new CreateTrigger
            {
                Instrument = 1, Wallet = 1, TriggerPrice = 1_000_400, Price = 1_000_000, Size = size, Side = side, Type = OrderType.Limit, Rule = TriggerRule.AtOrAbove,
            }, "t-trigger")));
            else if (action < 18 && triggers.Count > 0) await venue.Send(triggers[^1].User, new CancelTrigger { TriggerId = triggers[^1].Id });
            else if (action < 19) await venue.Send(user, new Transfer
            {
                FromUser = user, FromWallet = 1, ToUser = user, ToWallet = WalletId.Margin(new InstrumentId(1)).Value, Asset = 2, Amount = Money.Units(1),
            }, $"c-{step}");
            else await venue.Sequencer.AdvanceAsync(random.Next(1, 90) * Nanos.PerSecond);
        }

        private static async Task Cancel(Venue venue, (int User, long Id) order) => await venue.Send(order.User, new CancelOrder { OrderId = order.Id });

        private async Task SetUp(Venue venue)
        {
            await venue.Send(0, new ListAsset { Scale = 12 }, "BTC", "Bitcoin");
            await venue.Send(0, new ListAsset { Scale = 12 }, "USDT", "Tether");
            await venue.Send(0, CoreRig.Terms, "BTC_USDT", "BTC", "USDT");
            foreach (var (name, flags) in new[] { ("alice", UserFlags.None), ("bob", UserFlags.None), ("maker", UserFlags.Participant) })
            {
                var user = (int)await venue.Send(0, new CreateUser { Flags = flags }, name, "", "");
                Users.Add(user);
                await venue.Send(0, new Fund { User = user, Wallet = 1, Asset = 1, Amount = Money.Units(100) });
                await venue.Send(0, new Fund { User = user, Wallet = 1, Asset = 2, Amount = Money.Units(10_000_000) });
            }
        }
    }
}
