using System.Reflection;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Spot;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

namespace Sluice.Server.Tests.Api.Spot;

public sealed class SpotRefusalsTests
{
    public static TheoryData<ushort> All => [.. Enum.GetValues<SpotRefusal>().Select(refusal => (ushort)refusal)
        .Concat(typeof(KernelRefusal).GetFields(BindingFlags.Public | BindingFlags.Static).Select(constant => (ushort)constant.GetRawConstantValue()!))
        .Where(refusal => refusal != 0).Distinct().Order()];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_refusal_of_the_core_has_a_label_and_a_sentence(ushort refusal)
    {
        var error = SpotRefusals.Of(refusal);
        Assert.True(ErrorLabels.All.ContainsKey(error.Label), error.Label);
        Assert.True(error.Message.Length > 5, error.Message);
        Assert.DoesNotContain("  ", error.Message);
        Assert.InRange(error.Status, 400, 500);
        if (refusal != KernelRefusal.UnknownCommand) Assert.NotEqual(500, error.Status);
    }

    [Fact]
    public void A_number_that_is_no_refusal_is_a_programming_mistake() => Assert.Throws<ArgumentOutOfRangeException>(() => SpotRefusals.Of((ushort)999));

    [Theory]
    [InlineData("30s", 30)]
    [InlineData("15m", 900)]
    [InlineData("1h", 3600)]
    [InlineData("30d", 2_592_000)]
    public void A_time_to_live_is_a_number_and_a_unit(string text, int seconds)
    {
        Assert.True(SpotEndpoints.TryReadTtl(text, out var read));
        Assert.Equal(seconds, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("h")]
    [InlineData("1")]
    [InlineData("0h")]
    [InlineData("-1h")]
    [InlineData("1.5h")]
    [InlineData("31d")]
    [InlineData("99999999999d")]
    [InlineData("1w")]
    public void Other_times_to_live_are_refused(string text) => Assert.False(SpotEndpoints.TryReadTtl(text, out _));

    [Theory]
    [InlineData("t-a", true)]
    [InlineData("t-0123456789012345678901234567", true)]
    [InlineData("t-01234567890123456789012345678", false)]
    [InlineData("t-", false)]
    [InlineData("a-b", false)]
    [InlineData("apiv4", false)]
    [InlineData("t-a b", false)]
    [InlineData("t-é", false)]
    public void M_007_texts(string text, bool isOrderText) => Assert.Equal(isOrderText, SpotWords.IsOrderText(text));

    [Fact]
    public void SX_01_the_average_price_is_half_even_at_four_more_decimals_than_the_price()
    {
        var pair = new PairView(1, "BTC_USDT", new AssetView(1, "BTC", "Bitcoin", 12), new AssetView(2, "USDT", "Tether", 12),
            new PairListed { Instrument = 1, Base = 1, Quote = 2, Terms = new ListPair { PriceDecimals = 1, SizeDecimals = 6 } });
        var row = new OrderRow
        {
            Id = 1, User = 1, Instrument = 1, Wallet = 1, Side = Side.Buy, Type = OrderType.Market, TimeInForce = TimeInForce.ImmediateOrCancel, Price = 0, Size = 0,
            Budget = Money.Units(100), Iceberg = 0, MakerRate = 0, TakerRate = 0, SlippageRate = 0, StpGroup = 0, StpAction = SelfTradeAction.None, Flags = OrderFlags.None,
            TriggerId = 0, Text = "", ChannelTag = "", CreatedNanos = 0, FilledSize = 1_192, FilledValue = new Money(99_960_620_000_000),
        };
        Assert.Equal("83859.58054", DecimalText.Format(OrderJson.AveragePrice(row, pair), OrderJson.AverageDecimals(1)));
        Assert.Equal(0, OrderJson.AveragePrice(row with { FilledSize = 0, FilledValue = Money.Zero }, pair));
    }

    [Theory]
    [InlineData(8192 * 10 + 3, false, 10)]
    [InlineData(8192 * 10 + 2, false, 9)]
    [InlineData(8192 * 10 + 3, true, 10)]
    [InlineData(8192 * 10 + 4, true, 11)]
    [InlineData(0, false, -1)]
    public void A_trade_id_of_any_pair_separates_the_trades_of_this_one(long id, bool reverse, long marketId)
    {
        var pair = new PairView(3, "ETH_USDT", new AssetView(3, "ETH", "Ether", 12), new AssetView(2, "USDT", "Tether", 12), new PairListed { Instrument = 3 });
        Assert.Equal(marketId, SpotEndpoints.MarketIdBeside(id, pair, reverse));
    }
}
