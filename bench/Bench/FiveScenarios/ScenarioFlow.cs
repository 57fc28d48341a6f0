using Sluice.Bench.OrderGen;

namespace Sluice.Bench.FiveScenarios;

/// <summary>Draws a scenario's flow as its authors describe it: prices around a wandering middle, buys along the first half of its way and sells along the
/// second, all of them shuffled into the order they arrive in, and behind each new order what becomes of it. Only sums, roots and the C library's exponential,
/// logarithm, power and cosine are in it, so it is the same wherever those are the same to the last bit (glibc).</summary>
internal static class ScenarioFlow
{
    private const double Tick = 0.005;
    private const double FirstMiddle = 167.52;
    private const int Levels = 800;                     // how many ticks from the middle an order may be, less one
    private const double DepthExponent = 2.23;
    private const double HumpHeight = 5.0, HumpAt = 8.0;
    private const double Immediate = 0.15, Modified = 0.20, Repriced = 0.80, Cancelled = 0.95, CancelTwice = 0.02, ModifyLate = 0.02;

    public static Message[] Draw(Scenario scenario, int count, uint seed)
    {
        var random = PythonRandom.OfOneWord(seed);
        var orders = Place(scenario, count, random);
        var arrival = Shuffle(count, random);
        var flow = new List<Message>(count * 2 + count / 4);
        foreach (var at in arrival) Live(at + 1, orders[at], random, flow);
        return [.. flow];
    }

    private static (byte Side, long Price, int Quantity)[] Place(Scenario scenario, int count, PythonRandom random)
    {
        var depth = DepthProfile();
        var step = scenario.Volatility == 0 ? 0.0 : scenario.Volatility * double.Sqrt(double.Pow(scenario.Swing / scenario.Volatility, 2.0) / count);
        var orders = new (byte, long, int)[count];
        var middle = FirstMiddle;
        for (var i = 0; i < count; i++)
        {
            middle *= double.Exp(-0.5 * step * step + step * Normal(random));
            var ticks = Nearest(Nearest(middle / Tick) * Tick / Tick);
            var away = Drawn(depth, random) + 1;
            var buys = i < count / 2;
            var price = long.Max(buys ? ticks - away : ticks + away, 1);
            orders[i] = (buys ? (byte)0 : (byte)1, price, 1 + random.Below(100));
        }
        return orders;
    }

    // Messages are numbered by a time that only ever grows from one order's life to the next, so the order of drawing is the order of arrival, and what the
    // times themselves are does not matter; their draws do.
    private static void Live(int id, (byte Side, long Price, int Quantity) order, PythonRandom random, List<Message> flow)
    {
        var (side, price, quantity) = order;
        var immediate = random.Next() < Immediate;
        flow.Add(new Message { Type = MessageType.New, OrderId = id, Side = side, Price = price, Quantity = quantity, Immediate = immediate });
        if (immediate) return;
        var change = new Message { Type = MessageType.Modify, OrderId = id, Side = side, Price = price, Quantity = quantity + 1 };
        var modified = random.Next() < Modified;
        if (modified)
        {
            random.Next();                              // after how long
            if (random.Next() < Repriced) change.Price += side == 0 ? 1 : -1;
            flow.Add(change);
        }
        if (random.Next() >= Cancelled) return;
        random.Next();                                  // how long it lives
        var end = new Message { Type = MessageType.Cancel, OrderId = id, Side = side };
        flow.Add(end);
        if (random.Next() < CancelTwice)
        {
            random.Next();                              // how much later
            flow.Add(end);
        }
        if (!modified || random.Next() >= ModifyLate) return;
        random.Next();
        flow.Add(change);
    }

    private static int[] Shuffle(int count, PythonRandom random)
    {
        var order = Enumerable.Range(0, count).ToArray();
        for (var last = count - 1; last > 0; last--)
        {
            var other = random.Below(last + 1);
            (order[last], order[other]) = (order[other], order[last]);
        }
        return order;
    }

    // Cumulative: a power law with a hump some ticks out.
    private static double[] DepthProfile()
    {
        var sums = new double[Levels];
        var sum = 0.0;
        for (var away = 0; away < Levels; away++)
        {
            var fromHump = away - HumpAt;
            sum += 1.0 / double.Pow(away + 1.0, DepthExponent) + HumpHeight * double.Exp(-0.5 * fromHump * fromHump);
            sums[away] = sum;
        }
        return sums;
    }

    private static int Drawn(double[] sums, PythonRandom random)
    {
        var wanted = random.Next() * sums[^1];
        var (low, high) = (0, sums.Length);
        while (low < high)
        {
            var half = (low + high) / 2;
            if (sums[half] < wanted) low = half + 1;
            else high = half;
        }
        return int.Min(low, sums.Length - 1);
    }

    // Box and Muller, the cosine half.
    private static double Normal(PythonRandom random)
    {
        var radius = double.Max(random.Next(), 1e-300);
        var angle = random.Next();
        return double.Sqrt(-2.0 * double.Log(radius)) * double.Cos(2.0 * double.Pi * angle);
    }

    private static long Nearest(double value) => (long)double.Round(value, MidpointRounding.AwayFromZero);
}
