using Sluice.Core.Matching;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Tests.Futures;

public class TouchedSeatsTests
{
    // None, one, two (which have a way of their own), a few, more than a few; some of one user, some touched twice.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(40)]
    public void They_come_in_ascending_user_then_contract_each_once(int count)
    {
        var seats = new SeatTable(new OrderPool());
        var touched = new TouchedSeats(seats);
        var random = new Random(count);
        for (var user = 1; user <= 30; user++)
        {
            for (var market = 0; market < 3; market++) seats.Add(new Seat { User = user, Market = market });
        }
        for (var round = 0; round < 200; round++)
        {
            var chosen = Enumerable.Range(0, seats.Count).OrderBy(_ => random.Next()).Take(count).ToArray();
            foreach (var slot in chosen) touched.Add(slot);
            foreach (var slot in chosen.Take(2)) touched.Add(slot);
            touched.Sort();
            var expected = chosen.OrderBy(slot => seats[slot].User).ThenBy(slot => seats[slot].Market);
            Assert.Equal(expected, Enumerable.Range(0, touched.Count).Select(at => touched[at]));
            touched.Clear();
            Assert.All(chosen, slot => Assert.False(seats[slot].IsTouched));
        }
    }
}
