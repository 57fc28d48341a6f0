using System.Globalization;

namespace Sluice.Products;

/// <summary>What memory is taken for before the first command, so that commands wait for none: nothing is allocated per command below these figures.
/// Beyond them everything still grows, by a piece of some 16,000 at a time (indices double); results never depend on it.</summary>
/// <param name="Orders">Resting at once, over all pairs; 80 to 96 bytes each with the index.</param>
/// <param name="Levels">Prices at which they rest, over all pairs, in whole blocks of sixteen neighbouring ticks; 32 bytes each.</param>
/// <param name="Accounts">One is one user's balance of one asset in one wallet; about 80 to 96 bytes each with the index.</param>
/// <param name="Traders">One is one user in one pair with one wallet, from its first order there; 64 bytes each.</param>
public sealed record VenueCapacity(int Orders = VenueCapacity.Standard, int Levels = VenueCapacity.Standard, int Accounts = VenueCapacity.Standard,
    int Traders = VenueCapacity.Standard)
{
    /// <summary>Of each, unless the operator says otherwise: some 18 MB together.</summary>
    public const int Standard = 65_536;

    /// <summary>Of each.</summary>
    public const int Most = 100_000_000;

    /// <summary>Nothing is taken ahead.</summary>
    public static readonly VenueCapacity None = new(0, 0, 0, 0);

    /// <summary>`orders=200000,levels=400000,accounts=2000000,traders=2000000`, what is not named as it is by default; or `none`. Null when it is neither.</summary>
    public static VenueCapacity? Parse(string text)
    {
        if (text == "none") return None;
        var capacity = new VenueCapacity();
        foreach (var part in text.Split(','))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at < 0 || !int.TryParse(part.AsSpan(at + 1), NumberStyles.None, null, out var count) || count > Most) return null;
            switch (part[..at])
            {
                case "orders": capacity = capacity with { Orders = count }; break;
                case "levels": capacity = capacity with { Levels = count }; break;
                case "accounts": capacity = capacity with { Accounts = count }; break;
                case "traders": capacity = capacity with { Traders = count }; break;
                default: return null;
            }
        }
        return capacity;
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => this == None ? "none" : $"orders={Orders},levels={Levels},accounts={Accounts},traders={Traders}";
}
