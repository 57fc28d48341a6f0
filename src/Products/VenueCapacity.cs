using System.Globalization;

namespace Sluice.Products;

/// <summary>What memory is taken for before the first command, so that commands wait for none: nothing is allocated per command below these figures.
/// Beyond them everything still grows, by a piece of some 16,000 at a time (indices double); results never depend on it.</summary>
/// <param name="Orders">Resting at once, over all pairs; 80 to 96 bytes each with the index.</param>
/// <param name="Levels">Prices at which they rest, over all pairs, in whole blocks of sixteen neighbouring ticks; 4 bytes each, and 32 bytes one with orders.</param>
/// <param name="Accounts">One is one user's balance of one asset in one wallet; about 80 to 96 bytes each with the index.</param>
/// <param name="Traders">One is one user in one pair with one wallet, from its first order there; 64 bytes each.</param>
/// <param name="ContractOrders">As <paramref name="Orders"/>, of contracts.</param>
/// <param name="ContractLevels">As <paramref name="Levels"/>, of contracts.</param>
/// <param name="Margins">One is one user with one wallet of contracts, from its first order there; about 220 bytes each with the index.</param>
/// <param name="Seats">One is one user in one contract, from its first order there; about 340 bytes each with the index.</param>
/// <param name="Legs">One is one position, from its first fill; 196 bytes each, with their trigger.</param>
public sealed record VenueCapacity(int Orders = VenueCapacity.Standard, int Levels = VenueCapacity.Standard, int Accounts = VenueCapacity.Standard,
    int Traders = VenueCapacity.Standard, int ContractOrders = VenueCapacity.StandardOfContracts, int ContractLevels = VenueCapacity.StandardOfContracts,
    int Margins = VenueCapacity.StandardOfContracts, int Seats = VenueCapacity.StandardOfContracts, int Legs = VenueCapacity.StandardOfContracts)
{
    /// <summary>Of each, unless the operator says otherwise: some 18 MB together.</summary>
    public const int Standard = 65_536;

    /// <summary>Of what contracts have: some 14 MB together.</summary>
    public const int StandardOfContracts = 16_384;

    /// <summary>What can be named, in the words of the operator.</summary>
    private static readonly (string Name, Func<VenueCapacity, int> Get, Func<VenueCapacity, int, VenueCapacity> With)[] Parts =
    [
        ("orders", c => c.Orders, (c, n) => c with { Orders = n }), ("levels", c => c.Levels, (c, n) => c with { Levels = n }),
        ("accounts", c => c.Accounts, (c, n) => c with { Accounts = n }), ("traders", c => c.Traders, (c, n) => c with { Traders = n }),
        ("contract-orders", c => c.ContractOrders, (c, n) => c with { ContractOrders = n }), ("contract-levels", c => c.ContractLevels, (c, n) => c with { ContractLevels = n }),
        ("margins", c => c.Margins, (c, n) => c with { Margins = n }), ("seats", c => c.Seats, (c, n) => c with { Seats = n }), ("legs", c => c.Legs, (c, n) => c with { Legs = n }),
    ];

    /// <summary>Of each.</summary>
    public const int Most = 100_000_000;

    /// <summary>Nothing is taken ahead.</summary>
    public static readonly VenueCapacity None = new(0, 0, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>`orders=200000,levels=400000,accounts=2000000,traders=2000000` and the like, what is not named as it is by default; or `none`. Null when it is neither.</summary>
    public static VenueCapacity? Parse(string text)
    {
        if (text == "none") return None;
        var capacity = new VenueCapacity();
        foreach (var part in text.Split(','))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at < 0 || !int.TryParse(part.AsSpan(at + 1), NumberStyles.None, null, out var count) || count > Most) return null;
            var named = Array.FindIndex(Parts, known => part.AsSpan(0, at).SequenceEqual(known.Name));
            if (named < 0) return null;
            capacity = Parts[named].With(capacity, count);
        }
        return capacity;
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => this == None ? "none" : string.Join(',', Parts.Select(part => FormattableString.Invariant($"{part.Name}={part.Get(this)}")));
}
