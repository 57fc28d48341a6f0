using Sluice.Core.Margin;
using Sluice.Core.Values;

namespace Sluice.Core.Tests.Margin;

public class RiskTests
{
    private static Risk Units(long cash, long unrealised, long initial, long order, long maintenance) =>
        new(Money.Units(cash), Money.Units(unrealised), Money.Units(initial), Money.Units(order), Money.Units(maintenance));

    [Fact]
    public void F_093_F_094_profit_backs_orders_and_does_not_leave_the_account()
    {
        var winning = Units(1000, 50, 300, 100, 30);
        Assert.Equal(Money.Units(650), winning.Available);
        Assert.Equal(Money.Units(600), winning.Transferable);

        var losing = Units(1000, -50, 300, 100, 30);
        Assert.Equal(Money.Units(550), losing.Available);
        Assert.Equal(Money.Units(550), losing.Transferable);

        var short_ = Units(100, 50, 300, 0, 30);
        Assert.Equal(Money.Units(-150), short_.Available);
        Assert.Equal(Money.Zero, short_.Transferable);
    }

    [Fact]
    public void F_090_products_add_up()
    {
        var cash = Units(1000, 0, 0, 0, 0);
        var futures = Units(0, -20, 300, 100, 30);
        var options = Units(0, 70, 40, 0, 25);
        Assert.Equal(Units(1000, 50, 340, 100, 55), cash + futures + options);
        Assert.Equal(cash + options, cash + futures + options - futures);
    }

    [Fact]
    public void F_111_F_170_a_level_of_one_is_a_breach_and_one_quantum_more_is_not()
    {
        var requirement = Money.Units(3);
        Assert.True(new MarginLevel(requirement, requirement).IsBreached);
        Assert.False(new MarginLevel(requirement + new Money(1), requirement).IsBreached);
        Assert.True(new MarginLevel(Money.Units(-1), requirement).IsBreached);
        Assert.False(new MarginLevel(Money.Units(-1), Money.Zero).IsBreached);
    }

    [Fact]
    public void F_004_F_111_a_level_is_shown_with_eight_decimals_and_compared_exactly()
    {
        Assert.Equal("23.17460317", new MarginLevel(Money.Units(36_500), Money.Units(1_575)).ToString());
        Assert.Equal("-0.33333333", new MarginLevel(Money.Units(-1), Money.Units(3)).ToString());
        Assert.Equal("9999", new MarginLevel(Money.Units(5), Money.Zero).ToString());

        var third = new MarginLevel(Money.Units(1), Money.Units(3));
        var almost = new MarginLevel(Money.Units(1) - new Money(1), Money.Units(3));
        Assert.Equal("0.33333333", third.ToString());
        Assert.Equal("0.33333333", almost.ToString());
        Assert.True(almost.CompareTo(third) < 0);
        Assert.Equal(0, third.CompareTo(new MarginLevel(Money.Units(2), Money.Units(6))));
        Assert.True(third.CompareTo(new MarginLevel(Money.Units(-5), Money.Zero)) < 0);
    }

    [Fact]
    public void F_187_a_warning_compares_exactly()
    {
        var bound = new Rate(Rate.One * 5 / 4);
        Assert.True(new MarginLevel(Money.Units(5), Money.Units(4)).IsAtMost(bound));
        Assert.False(new MarginLevel(Money.Units(5) + new Money(1), Money.Units(4)).IsAtMost(bound));
        Assert.False(new MarginLevel(Money.Zero, Money.Zero).IsAtMost(bound));
    }
}
