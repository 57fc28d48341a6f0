using System.Numerics;
using CsCheck;
using Sluice.Core.Values;

namespace Sluice.Core.Tests.Values;

public class WideTests
{
    private static readonly Gen<long> AnyLong = Gen.OneOf(Gen.Long[-3, 3], Gen.Long, Gen.Int[0, 63].Select(bit => 1L << bit), Gen.Long[long.MinValue, long.MinValue + 2]);

    [Fact]
    public void F_002_products_of_64_bits_are_exact() =>
        Gen.Select(AnyLong, AnyLong).Sample((a, b) =>
            Wide.Product(a, b) == (BigInteger)a * b && Wide.Product(unchecked((ulong)a), unchecked((ulong)b)) == (BigInteger)unchecked((ulong)a) * unchecked((ulong)b), iter: 20_000);
}
