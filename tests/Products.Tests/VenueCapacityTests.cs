namespace Sluice.Products.Tests;

/// <summary>What an operator writes behind --reserve.</summary>
public class VenueCapacityTests
{
    [Theory]
    [InlineData("none")]
    [InlineData("orders=1,levels=2,accounts=3,traders=4,contract-orders=5,contract-levels=6,margins=7,seats=8,legs=9")]
    [InlineData("orders=100000000,levels=0,accounts=0,traders=0,contract-orders=0,contract-levels=0,margins=0,seats=0,legs=0")]
    public void Is_written_as_it_is_read(string text) => Assert.Equal(text, VenueCapacity.Parse(text)!.ToString());

    [Fact]
    public void What_is_not_named_is_as_by_default() =>
        Assert.Equal(new VenueCapacity { Accounts = 7, Traders = 9 }, VenueCapacity.Parse("traders=9,accounts=7"));

    [Theory]
    [InlineData("")]
    [InlineData("orders")]
    [InlineData("orders=")]
    [InlineData("orders=-1")]
    [InlineData("orders=1.5")]
    [InlineData("orders=100000001")]
    [InlineData("books=1")]
    [InlineData("orders=1,")]
    public void Anything_else_is_nothing(string text) => Assert.Null(VenueCapacity.Parse(text));
}
