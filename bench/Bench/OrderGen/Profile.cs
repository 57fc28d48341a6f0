namespace Sluice.Bench.OrderGen;

/// <summary>A named load: how many symbols and resting orders, the mix of commands, and how prices spread.</summary>
/// <param name="Resting">Orders the book is held near, over all symbols; also the default prefill.</param>
/// <param name="Cross">Share of ADDs that are priced to trade.</param>
/// <param name="Span">Ticks from the middle within which passive prices lie.</param>
/// <param name="Near">Share of passive prices drawn close to the touch.</param>
/// <param name="AggressiveQuantity">Largest quantity of an order priced to trade.</param>
public sealed record Profile(string Name, int Symbols, int Resting, double Add, double Cancel, double Ioc, double Cross, int Span, double Near,
    int AggressiveQuantity, int Accounts)
{
    /// <summary>Half adds, a third cancels, some trades: the everyday of a busy spot book. And the same over a thousand symbols.</summary>
    public static readonly Profile Mixed1 = new("mixed1", 1, 10_000, .50, .35, .10, .00, 500, 0.70, 160, 1000);
    public static readonly Profile Mixed1000 = Mixed1 with { Name = "mixed1000", Symbols = 1000, Resting = 200_000, Span = 200, Accounts = 100_000 };

    /// <summary>The mix exchange-core published its figures with: four of five commands move an order. And the same over a thousand symbols.</summary>
    public static readonly Profile Ec1 = new("ec1", 1, 1000, .09, .06, .03, .10, 900, 0.15, 70, 1000);
    public static readonly Profile Ec1000 = Ec1 with { Name = "ec1000", Symbols = 1000, Resting = 100_000, Span = 200, Near = 0.25, Accounts = 100_000 };

    public static IReadOnlyList<Profile> All { get; } = [Mixed1, Ec1, Ec1000, Mixed1000];

    /// <summary>Null when there is none of that name.</summary>
    public static Profile? Find(string name) => All.FirstOrDefault(profile => profile.Name == name);
}
