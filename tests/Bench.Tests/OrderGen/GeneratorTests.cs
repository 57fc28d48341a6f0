using Sluice.Bench.OrderGen;

namespace Sluice.Bench.Tests.OrderGen;

/// <summary>Against files and results of the generator the profiles were defined with; the literals are its own output.</summary>
public class GeneratorTests
{
    [Theory]
    [InlineData("mixed1", 1, 2_000, 400, "940fc53a6e2815779e9a5ae17162a2694bcd5d4d5ed5407b30fb55633cf2d455")]
    [InlineData("mixed1", 7, 20_000, 300, "8a171d140a56d276afdc7509feefaf5b8f3a7c26df261fa2e1ec7a547797331d")]
    [InlineData("mixed1000", 7, 20_000, 3_000, "d8905c1f1e52f69bc0b058fda1975201306fddfc6b1794d5df97b45523d0b030")]
    [InlineData("ec1", 7, 20_000, 300, "50a9e12291db0e58097ec02ee8174c9f96af465ed5cf36d6e17262ca87f2578a")]
    [InlineData("ec1000", 7, 20_000, 3_000, "dfb751748610dd3c30a2612249020f87705b2a50254d49e84c19bb88e44a8ed5")]
    public void The_same_profile_seed_and_count_give_the_same_file(string profile, uint seed, int count, int prefill, string sha256)
    {
        var flow = Generator.Generate(Profile.Find(profile)!, seed, count, prefill);
        Assert.Equal(sha256, flow.Sha256());
        using var file = new MemoryStream();
        flow.Write(file);
        Assert.Equal(sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file.ToArray())));
    }

    [Fact]
    public void The_expected_result_is_the_books_own()
    {
        Assert.Equal(new FlowResult(437, 14_183, 5, "819f0fea48fc1c31", 460, 215, "8bdc1fdbe6fcea21"),
            Generator.Generate(Profile.Mixed1, 1, 2_000, 400).Expected);
        Assert.Equal(new FlowResult(802, 20_679, 14, "5da6cb8e5e020c66", 3_472, 3_439, "880e2ca902fbeb27"),
            Generator.Generate(Profile.Ec1000, 7, 20_000, 3_000).Expected);
    }

    [Fact]
    public void Every_profile_has_its_standard_flow()
    {
        Assert.Equal(Profile.All.Select(profile => profile.Name), StandardFlow.All.Select(standard => standard.Profile));
        Assert.All(StandardFlow.All, standard => Assert.Equal(Profile.Find(standard.Profile)!.Resting, standard.Prefill));
    }
}
