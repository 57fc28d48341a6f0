namespace Sluice.Server.Markets.Contracts;

/// <summary>What a delivery contract costs beyond its index: a rate a year of its own, from the seed, for what is left until it expires. The past is made with it
/// and participants quote by it.</summary>
/// <param name="AYear">A fraction.</param>
internal readonly record struct DeliveryBasis(double AYear, long ExpiryNanos)
{
    private const double Mean = 0.04, Deviation = 0.02;
    private const double NanosPerYear = 365.0 * 86_400 * 1e9;

    /// <param name="key">The contract's (<see cref="ContractNames.KeyOf"/>).</param>
    public static DeliveryBasis Of(ulong key, long expiryNanos) => new(Mean + Deviation * Noise.Normal(Noise.Key(key, 5), 0), expiryNanos);

    /// <summary>A fraction of the index.</summary>
    public double At(long nanos) => AYear * double.Max(ExpiryNanos - nanos, 0) / NanosPerYear;
}
