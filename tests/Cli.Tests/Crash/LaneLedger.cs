using System.Globalization;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Spot;
using Sluice.Products.Tests.Spot.Oracle;

namespace Sluice.Cli.Tests.Crash;

/// <summary>An order as the acknowledged commands made it. Sizes in thousandths, prices in hundredths, money in quanta.</summary>
internal sealed class ExpectedOrder
{
    public required int User { get; init; }
    public required string Text { get; set; }
    public required Side Side { get; init; }
    public required bool ByBudget { get; init; }
    public long Price { get; set; }
    public long Size { get; set; }
    public long Left { get; set; }
    public long Filled { get; set; }
    public int Fills { get; set; }
    public Int128 BudgetLeft { get; set; }
    public Int128 Value { get; set; }
    public Int128 Fee { get; set; }
    public FinishReason Finish { get; set; }

    /// <summary>The venue's id; null until an answer told it.</summary>
    public long? Id { get; set; }

    public bool IsOpen => Finish == FinishReason.Open;
    public string Status => Finish switch { FinishReason.Open => "open", FinishReason.Filled => "closed", _ => "cancelled" };
}

/// <summary>A price-triggered order as the acknowledged commands made it.</summary>
internal sealed class ExpectedTrigger
{
    public required string Text { get; init; }
    public int User { get; set; }
    public string Status { get; set; } = "open";
    public long? Id { get; set; }
}

/// <summary>What one lane's acknowledged commands must have led to: its market by the plain book, its wallets by addition.</summary>
internal sealed class LaneLedger
{
    public const int Maker = 1, Taker = 2, Sub = 3;
    public const int PriceDecimals = 2, SizeDecimals = 3;
    public const long Reference = 100_00;

    private const long One = 1_000_000_000_000;

    private readonly Dictionary<long, ExpectedOrder> orders = [];
    private readonly Dictionary<long, ExpectedTrigger> triggers = [];

    public PlainBook Book { get; } = new()
    {
        Reference = Reference, BandRate = One, SlippageRate = One / 2, MakerRate = One / 1000, TakerRate = One / 1000,
        ValueUnit = Fixed.PowerOfTen(12 - PriceDecimals - SizeDecimals), BaseUnit = Fixed.PowerOfTen(12 - SizeDecimals),
        Groups = new Dictionary<int, int> { [Maker] = Maker, [Taker] = Taker, [Sub] = Maker },
    };

    /// <summary>By the oracle's ids.</summary>
    public IReadOnlyDictionary<long, ExpectedOrder> Orders => orders;

    public IReadOnlyDictionary<long, ExpectedTrigger> Triggers => triggers;

    /// <summary>Available money of wallets no order uses.</summary>
    public Dictionary<(int User, bool Quote), Int128> Margin { get; } = [];

    public IEnumerable<KeyValuePair<long, ExpectedOrder>> OpenOf(int user) => orders.Where(order => order.Value.IsOpen && order.Value.User == user);

    public LaneLedger()
    {
        foreach (var user in new[] { Maker, Taker, Sub })
            foreach (var quote in new[] { false, true }) Book.Available[(user, quote)] = Margin[(user, quote)] = 0;
    }

    public Int128 Held(int user, bool quote)
    {
        Int128 held = 0;
        foreach (var (_, order) in OpenOf(user))
        {
            if (order.Side == Side.Buy != quote) continue;
            held += quote ? (Int128)order.Price * order.Left * Fixed.PowerOfTen(12 - PriceDecimals - SizeDecimals) : order.Left * (Int128)Fixed.PowerOfTen(12 - SizeDecimals);
        }
        return held;
    }

    public (SpotRefusal Refusal, ExpectedOrder? Order) Place(Ask ask, string text)
    {
        ExpectedOrder? placed = null;
        var refusal = Run(() => Book.Place(ask), text, order => placed ??= order);
        return (refusal, placed);
    }

    public SpotRefusal Cancel(int user, long order) => Run(() => Book.Cancel(user, order));

    public SpotRefusal CancelAll(int user) => Run(() => Book.CancelAll(user));

    public SpotRefusal Amend(int user, long order, long price, long size) => Run(() => Book.Amend(user, order, price, size));

    public (SpotRefusal Refusal, ExpectedTrigger? Trigger) Trigger(int user, bool above, long price, Ask ask, string text)
    {
        ExpectedTrigger? stored = null;
        var refusal = Run(() => Book.Trigger(user, above, price, ask), text, null, trigger => stored = trigger);
        if (stored is not null) stored.User = user;
        return (refusal, stored);
    }

    public SpotRefusal CancelTrigger(int user, long trigger) => Run(() => Book.CancelTrigger(user, trigger));

    private SpotRefusal Run(Func<SpotRefusal> command, string text = "", Action<ExpectedOrder>? placed = null, Action<ExpectedTrigger>? stored = null)
    {
        var refusal = SpotRefusal.None;
        foreach (var line in Book.Run(() => refusal = command()))
        {
            var words = line.Split(' ');
            switch (words[0])
            {
                case "accept":
                    var accepted = new ExpectedOrder
                    {
                        User = (int)Number(words[3]), Text = text, Side = Enum.Parse<Side>(words[4]), ByBudget = words[7] == "0",
                        Price = Number(words[5]), Size = Number(words[7]), Left = Number(words[7]),
                    };
                    orders.Add(Number(words[1]), accepted);
                    placed?.Invoke(accepted);
                    break;
                case "fill":
                    var (size, price) = (Number(words[4]), Number(words[6]));
                    Fill(orders[Number(words[1])], size, price, words[8]);
                    Fill(orders[Number(words[3])], size, price, words[9]);
                    break;
                case "finish":
                    var finished = orders[Number(words[1])];
                    (finished.Finish, finished.Left, finished.BudgetLeft) = (Enum.Parse<FinishReason>(words[2]), Number(words[4]), Int128.Parse(words[6], CultureInfo.InvariantCulture));
                    break;
                case "update":
                    var updated = orders[Number(words[1])];
                    (updated.Price, updated.Size, updated.Left) = (Number(words[3]), Number(words[5]), Number(words[7]));
                    break;
                case "trigger" when words[2] == "stored":
                    var trigger = new ExpectedTrigger { Text = text };
                    triggers.Add(Number(words[1]), trigger);
                    stored?.Invoke(trigger);
                    break;
                case "trigger":
                    var ended = triggers[Number(words[1])];
                    ended.Status = words[2] switch { "Cancelled" => "canceled", "Succeeded" => "finish", _ => "failed" };
                    if (orders.TryGetValue(Number(words[4]), out var fired)) fired.Text = ended.Text;
                    break;
            }
        }
        return refusal;
    }

    private void Fill(ExpectedOrder order, long size, long price, string fee)
    {
        order.Filled += size;
        order.Fills++;
        if (!order.ByBudget) order.Left -= size;
        order.Value += (Int128)price * size * Fixed.PowerOfTen(12 - PriceDecimals - SizeDecimals);
        order.Fee += Int128.Parse(fee, CultureInfo.InvariantCulture);
    }

    private static long Number(string word) => long.Parse(word, CultureInfo.InvariantCulture);
}
