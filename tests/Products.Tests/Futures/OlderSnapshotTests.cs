using Sluice.Core.Kernel;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Snapshots of rules that knew no contracts.</summary>
public class OlderSnapshotTests
{
    [Fact]
    public void M_003_a_snapshot_without_contracts_is_taken_over_and_one_without_users_is_not()
    {
        var venue = Venue.WithPair();
        venue.Rich("ann");
        var taken = new Venue { Now = venue.Now };
        taken.Machine.Load(Without(venue.Saved(), "futures"));
        Assert.Equal(venue.Saved(), taken.Saved());
        Assert.Throws<InvalidOperationException>(() => new Venue().Machine.Load(Without(venue.Saved(), "users")));

        var (command, tail) = Exchange.Listing(Btc.Terms);
        Assert.True(taken.Send(0, command, default, 0, tail).Accepted);
    }

    private static byte[] Without(byte[] saved, string left)
    {
        var reader = new StateReader(saved);
        var writer = new StateWriter();
        for (var i = 0; i < 3; i++) writer.Int64(reader.Int64());
        var parts = reader.Int32();
        writer.Int32(parts - 1);
        for (; parts > 0; parts--)
        {
            var name = reader.Text();
            var bytes = reader.Bytes();
            if (name == left) continue;
            writer.Text(name);
            writer.Bytes(bytes);
        }
        return writer.Written.ToArray();
    }
}
