using Sluice.Bench.OrderGen;
using Sluice.Bench.Replay;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Tests;

namespace Sluice.Bench.Tests.Differential;

/// <summary>The venue's whole stream of events against the plain venue's, command by command, on the flows the figures are quoted on.</summary>
public class EventStreamTests
{
    private const int Seeds = 250;                      // of each profile
    private const int Commands = 10_000;

    private static readonly VenueTerms Terms = VenueTerms.Bare with { Fee = Rate.One / 1000 };

    public static TheoryData<string> Profiles => [.. Profile.All.Select(profile => profile.Name)];

    [Theory, MemberData(nameof(Profiles))]
    public void M_032_M_150_every_event_equals_the_plain_venues_on_random_seeds(string name)
    {
        var profile = Profile.Find(name)! with { Accounts = 1000 };
        long seeds = 0, commands = 0, events = 0;
        for (uint seed = 1; seed <= Counts.Of(Seeds); seed++, seeds++)
        {
            // The standard seed is 1: these begin elsewhere.
            var ran = Race(Generator.Generate(profile, 1_000 + seed, Commands, profile.Symbols == 1 ? 400 : 3_000));
            commands += ran.Commands;
            events += ran.Events;
        }
        Counts.Tell($"Differential matching, {name}", $"{seeds} seeds, {commands:N0} commands, {events:N0} events equal to the plain venue's");
    }

    [Theory, MemberData(nameof(Profiles))]
    public void M_032_M_150_every_event_equals_the_plain_venues_on_a_full_book(string name)
    {
        var ran = Race(Generator.Generate(Profile.Find(name)!, 1, Counts.Of(100_000)));
        Counts.Tell($"Differential matching, {name}, full book", $"{ran.Commands:N0} commands, {ran.Events:N0} events equal to the plain venue's");
    }

    [Fact]
    public void A_stream_that_differs_in_one_field_is_told()
    {
        var (expected, happened) = (new EventBuffer(), new EventBuffer());
        foreach (var buffer in new[] { expected, happened }) buffer.Append(new BookDelta { UpdateId = 1, Price = 5, Size = 7 });
        Assert.Equal((1, null), EventStreams.Compare(expected, happened));
        expected.Append(new OrderFinished { OrderId = 3, Left = 1 });
        Assert.Null(EventStreams.Compare(expected, happened).Difference!.Value.Happened);
        happened.Append(new OrderFinished { OrderId = 3, Left = 2 });
        var (equal, difference) = EventStreams.Compare(expected, happened);
        Assert.Equal(1, equal);
        Assert.Contains("Left 1", difference!.Value.Expected, StringComparison.Ordinal);
        Assert.Contains("Left 2", difference.Value.Happened, StringComparison.Ordinal);
    }

    private static (long Commands, long Events) Race(OrderFlow flow)
    {
        var venue = new Fast();
        var before = FlowCommands.SetUp(flow, Terms, venue);
        var plain = new PlainVenue(before, Terms.Fee);
        long commands = 0, events = 0;
        foreach (ref readonly var record in flow.Records.AsSpan())
        {
            FlowCommands.Send(record, before, venue);
            plain.Run(record, venue.Stamp);
            var (equal, difference) = EventStreams.Compare(plain.Events, venue.Events);
            events += equal;
            if (difference is { } told)
            {
                Assert.Fail($"{flow.Profile.Name}, seed {flow.Seed}, command {commands}: {record.Op}\n  plain: {told.Expected ?? "nothing more"}\n  venue: {told.Happened ?? "nothing more"}");
            }
            commands++;
        }
        Assert.Equal(flow.Expected.RestingOrders, plain.Open);
        Assert.All(venue.Products.Machine.CheckInvariants(), check => Assert.Null(check.Broken));
        return (commands, events);
    }

    private sealed class Fast : ICommandSink
    {
        private readonly byte[] bytes = new byte[1024];

        public VenueProducts Products { get; } = new();

        public EventBuffer Events { get; } = new();

        public Stamp Stamp { get; private set; } = new(0, 1_767_225_600 * Nanos.PerSecond);

        public void Take<T>(UserId actor, in T command, ReadOnlySpan<byte> tail) where T : unmanaged, ICommand
        {
            Events.Clear();
            var record = bytes.AsSpan(0, Runtime.Sequencing.Record.LengthOf<T>(default, tail));
            Runtime.Sequencing.Record.Write(record, actor, command, tail, default);
            Stamp = new Stamp(Stamp.Sequence + 1, Stamp.TimeNanos + 250);
            Products.Machine.Execute(Stamp, record, Events);
        }
    }
}
