using System.Globalization;
using System.Text;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;
using Sluice.Server.Markets;
using Sluice.Server.Markets.Contracts;

namespace Sluice.Server.Tests.Markets.Contracts;

public class ContractFileTests
{
    private static readonly ContractCatalogue Catalogue = new(MarketFile.Demo);

    [Fact]
    public void The_demo_has_at_least_300_perpetuals_of_every_kind()
    {
        var perpetuals = MarketFile.Demo.Contracts.Where(contract => !contract.IsSeries).ToList();
        Assert.True(perpetuals.Count >= 300, $"{perpetuals.Count} perpetuals");
        Assert.Equal(["", "indices", "metals", "stocks"], perpetuals.Select(contract => contract.ContractType).Distinct().Order());
        Assert.True(perpetuals.Count(contract => contract.ContractType == "") >= 150);
        Assert.Equal(134, perpetuals.Count(contract => contract.ContractType == "stocks"));
        Assert.Equal(39, perpetuals.Count(contract => contract.RiskLimitTable == "KRSTOCK"));
        Assert.Equal("BTC_USD", Assert.Single(perpetuals, contract => contract.Type == "inverse").Name);
        Assert.Equal(["BTC_USDT", "ETH_USDT"], MarketFile.Demo.Contracts.Where(contract => contract.IsSeries).Select(series => series.Name));
        Assert.Superset(new HashSet<string> { "SKHYNIX_USDT", "NAVER_USDT", "KODEX200_USDT", "XAU_USDT", "XAG_USDT", "NAS100_USDT", "SPX500_USDT", "GT_USDT", "PEPE_USDT" },
            perpetuals.Select(contract => contract.Name).ToHashSet());
    }

    // Contract, multiplier, tick, mark rounding, largest order, largest market order, deviation, slip, leverage, table, hours, cap, interest, impact.
    [Theory]
    [InlineData("BTC_USDT 0.0001 0.1 0.01 12000000 10000000 0.03 0.01 200 BTC 8 0.003 0.0003 30000")]
    [InlineData("ETH_USDT 0.01 0.01 0.01 10000000 10000000 0.03 0.01 200 ETH 8 0.003 0.0003 30000")]
    [InlineData("SOL_USDT 1 0.01 0.01 150000 75000 0.05 0.015 100 LARGE 8 0.0075 0.0003 20000")]
    [InlineData("XRP_USDT 10 0.0001 0.0001 1000000 500000 0.05 0.015 100 LARGE 8 0.0075 0.0003 20000")]
    [InlineData("DOGE_USDT 10 0.00001 0.00001 10000000 5000000 0.05 0.015 100 LARGE 8 0.0075 0.0003 20000")]
    [InlineData("BNB_USDT 0.001 0.1 0.01 10000000 5000000 0.05 0.015 100 LARGE 8 0.0075 0.0003 20000")]
    [InlineData("LTC_USDT 0.1 0.01 0.01 1000000 500000 0.05 0.015 100 LARGE 8 0.0075 0.0003 10000")]
    [InlineData("0G_USDT 1 0.0001 0.0001 450000 300000 0.15 0.04 50 MID 8 0.02 0.0003 7000")]
    [InlineData("1INCH_USDT 1 0.00001 0.00001 1000000 500000 0.15 0.035 50 MID 8 0.02 0.0003 7000")]
    [InlineData("2Z_USDT 100 0.00001 0.00001 50000 25000 0.15 0.04 50 MID 4 0.02 0.0003 5000")]
    [InlineData("ARIA_USDT 100 0.00001 0.00001 20000 10000 0.15 0.04 10 ARIA 4 0.02 0.0003 1000")]
    [InlineData("XAU_USDT 0.0001 0.01 0.01 30000000 10000000 0.03 0.01 100 METAL 8 0.005 0 20000")]
    [InlineData("XAG_USDT 0.01 0.001 0.001 10000000 3000000 0.05 0.01 100 METAL 8 0.005 0 10000")]
    [InlineData("NAS100_USDT 0.0001 0.1 0.1 3000000 1000000 0.05 0.01 100 INDEX 8 0.005 0 10000")]
    [InlineData("SPX500_USDT 0.001 0.01 0.01 1000000 300000 0.05 0.01 100 INDEX 8 0.005 0 10000")]
    [InlineData("NVDA_USDT 0.01 0.01 0.01 1000000 800000 0.18 0.015 100 STOCK 8 0.01 0 5000")]
    [InlineData("TSLA_USDT 0.01 0.01 0.01 1000000 800000 0.18 0.015 100 STOCK 8 0.01 0 5000")]
    [InlineData("AAPL_USDT 0.01 0.001 0.001 1000000 800000 0.18 0.015 100 STOCK 4 0.02 0 1000")]
    [InlineData("SKHYNIX_USDT 0.01 0.01 0.01 500000 200000 0.18 0.015 20 KRSTOCK 8 0.02 0 3000")]
    [InlineData("NAVER_USDT 0.01 0.01 0.01 500000 200000 0.18 0.015 20 KRSTOCK 8 0.02 0 3000")]
    [InlineData("KODEX200_USDT 0.1 0.01 0.01 500000 200000 0.18 0.015 20 KRSTOCK 8 0.02 0 3000")]
    [InlineData("BTC_USD 1 0.1 0.01 530000 350000 0.5 0.02 100 INVERSE 8 0.00375 0.0003 0.5")]
    public void F_300_the_rows_of_the_catalogue(string row)
    {
        var name = row[..row.IndexOf(' ')];
        var contract = Assert.Single(MarketFile.Demo.Contracts, contract => contract.Name == name && !contract.IsSeries);
        var terms = Catalogue.TermsOf(contract, 7);
        Assert.Equal(row, string.Join(' ', terms.Symbol, Text(terms.Multiplier, terms.MultiplierDecimals), Text(terms.Tick, terms.PriceDecimals),
            Text(terms.MarkRound, terms.PriceDecimals), Text(terms.OrderSizeMax, terms.SizeDecimals), Text(terms.MarketOrderSizeMax, terms.SizeDecimals),
            Text(terms.OrderPriceDeviate.Raw, 12), Text(terms.MarketOrderSlip.Raw, 12), terms.LeverageMax, contract.RiskLimitTable, terms.Funding!.Hours,
            Text(terms.Funding.RateLimit.Raw, 12), Text(terms.Funding.InterestPerDay.Raw, 12), terms.Funding.ImpactValue));
        Assert.Equal((7, Leverage.Times(1)), (terms.SettleAsset, terms.LeverageMin));
    }

    // Maintenance rate of the first tier, fees, limit of orders, and how small an order may be.
    [Theory]
    [InlineData("BTC_USDT 0.003 -0.0001 0.00075 100 0 1 1")]
    [InlineData("ETH_USDT 0.003 -0.0001 0.00075 100 2 0 0.01")]
    [InlineData("SOL_USDT 0.005 -0.0001 0.00075 100 0 1 1")]
    [InlineData("0G_USDT 0.01 -0.0001 0.00075 100 0 1 1")]
    [InlineData("ARIA_USDT 0.08 -0.0001 0.00075 100 2 0 0.01")]
    [InlineData("XAU_USDT 0.004 -0.0001 0.00075 100 0 1 1")]
    [InlineData("NAS100_USDT 0.005 -0.0001 0.00075 100 0 1 1")]
    [InlineData("NVDA_USDT 0.005 -0.0001 0.00075 100 0 1 1")]
    [InlineData("SKHYNIX_USDT 0.025 -0.0001 0.00075 100 0 1 1")]
    [InlineData("BTC_USD 0.005 -0.0002 0.00075 50 0 1 1")]
    public void F_301_F_304_fees_and_sizes(string row)
    {
        var name = row[..row.IndexOf(' ')];
        var terms = Catalogue.TermsOf(MarketFile.Demo.Contracts.First(contract => contract.Name == name), 1);
        Assert.Equal(row, string.Join(' ', name, Text(terms.RiskLimits[0].MaintenanceRate.Raw, 12), Text(terms.MakerFee.Raw, 12), Text(terms.TakerFee.Raw, 12),
            terms.OrdersLimit, terms.SizeDecimals, Text(terms.OrderSizeMin, terms.SizeDecimals), Text(terms.SizeStep, terms.SizeDecimals)));
    }

    [Fact]
    public void F_301_F_210_the_delivery_series()
    {
        var series = MarketFile.Demo.Contracts.Where(contract => contract.IsSeries).ToList();
        var date = new DeliveryDate(new DateOnly(2026, 12, 25), DeliveryCycle.Quarterly);
        var btc = Catalogue.TermsOf(series[0], date, 1);
        Assert.Equal(("BTC_USDT_20261225", ContractKind.Delivery, 6_000_000L, 5_000_000L), (btc.Symbol, btc.Kind, btc.OrderSizeMax, btc.MarketOrderSizeMax));
        Assert.Equal((2, 10L, 10L), (btc.PriceDecimals, btc.Tick, btc.MarkRound));      // the index has two decimals, tick and mark one
        Assert.Equal((-150_000_000L, 250_000_000L, 50), (btc.MakerFee.Raw, btc.TakerFee.Raw, btc.OrdersLimit));
        Assert.Equal(("BTC_USDT", 150_000_000L, "1000", 30), (btc.Delivery!.Underlying, btc.Delivery.SettleFee.Raw, btc.Delivery.BasisImpactValue.ToString(), btc.Delivery.Samples));
        Assert.Equal(1_798_185_600_000_000_000L, btc.Delivery.ExpiryNanos);            // 2026-12-25T08:00:00Z
        Assert.Null(btc.Funding);
        var eth = Catalogue.TermsOf(series[1], date, 1);
        Assert.Equal(("ETH_USDT_20261225", 1L, 5_000_000L, 5_000_000L), (eth.Symbol, eth.Tick, eth.OrderSizeMax, eth.MarketOrderSizeMax));
        Assert.Equal([DeliveryCycle.Weekly, DeliveryCycle.BiWeekly, DeliveryCycle.Quarterly, DeliveryCycle.BiQuarterly], ContractCatalogue.CyclesOf(series[0]));
    }

    // The catalogue gives delivery contracts half the sizes of the perpetual and tiers that end at 8 million.
    [Fact]
    public void F_305_what_is_odd_in_the_demo_is_what_the_catalogue_prints() => Assert.Equal(
        ["Series BTC_USDT: order_size_max is worth more than twice the last tier (F-305).", "Series ETH_USDT: order_size_max is worth more than twice the last tier (F-305)."],
        Catalogue.Warnings(Price));

    // The template of new alts: a contract worth 1 to 10 USDT, ticks of four or five digits, the largest order about 500,000 USDT.
    [Fact]
    public void F_300_new_alts_follow_the_template()
    {
        var small = MarketFile.Demo.Contracts.Where(contract => contract.RiskLimitTable == "SMALL").ToList();
        Assert.True(small.Count > 100);
        Assert.All(small, contract =>
        {
            var price = Price(contract.Index);
            var value = price * Number(contract.QuantoMultiplier);
            Assert.InRange(value, 1, 10);
            Assert.InRange(price / Number(contract.OrderPriceRound), 1_000, 100_000);
            Assert.InRange(value * Number(contract.OrderSizeMax), 470_000, 530_000);
            Assert.InRange(value * Number(contract.MarketOrderSizeMax), 235_000, 265_000);
            Assert.Equal(("0.2", "0.04", "20", 14_400, "0.02", "0.0003", "1000"), (contract.OrderPriceDeviate, contract.MarketOrderSlipRatio, contract.LeverageMax,
                contract.FundingInterval, contract.FundingRateLimit, contract.InterestRate, contract.FundingImpactValue));
        });
    }

    [Fact]
    public void F_072_only_crypto_has_interest_and_only_crypto_never_sleeps()
    {
        foreach (var contract in MarketFile.Demo.Contracts.Where(contract => !contract.IsSeries))
        {
            var index = Assert.Single(MarketFile.Demo.Indexes, index => index.Name == contract.Index);
            var isCrypto = contract.ContractType == "";
            Assert.Equal(isCrypto, contract.InterestRate == "0.0003");
            Assert.Equal(isCrypto, index.Calendar is null);
            Assert.Equal(isCrypto ? "" : contract.ContractType == "stocks" ? "ewma" : "internal_ema", contract.OffHoursPricing);
        }
    }

    [Fact]
    public void F_003_an_index_is_as_fine_as_the_finest_mark_of_its_contracts()
    {
        Assert.Equal((2, 1L), Index("BTC_USDT"));
        Assert.Equal((1, 1L), Index("NAS100_USDT"));
        Assert.Equal((2, 1L), Index("fx:USDKRW"));
        Assert.Equal((3, 1L), Index("AAPL_USDT"));

        static (int, long) Index(string name) =>
            (Catalogue.DecimalsOf(name), Catalogue.RoundOf(MarketFile.Demo.Indexes.Single(index => index.Name == name)));
    }

    [Fact]
    public void Files_without_contracts_are_read_as_before()
    {
        var file = MarketFile.Parse("""{"assets":[{"code":"USDT","name":"Tether"}],"pairs":[]}"""u8);
        Assert.Empty(file.Contracts);
        Assert.Equal(file.ToJson(), MarketFile.Parse(file.ToJson()).ToJson());
    }

    private const string Small = """
        {"assets":[{"code":"BTC","name":"Bitcoin","scale":12},{"code":"USDT","name":"Tether","scale":12}],
         "indexes":[{"name":"BTC_USDT","reference_price":"84000","weights":[1,1]},{"name":"KIA_USDT","source":"stock:000270","currency":"KRW","calendar":"KR","reference_price":"114100","weights":[1]},
                    {"name":"fx:USDKRW","reference_price":"1470","price_round":"0.01","weights":[1]}],
         "risk_tables":[{"name":"T","tiers":[{"risk_limit":"1000","maintenance_rate":"0.005","initial_rate":"0.01"},{"risk_limit":"2000","maintenance_rate":"0.01","initial_rate":"0.02"}]}],
         "contracts":[{"name":"BTC_USDT","index":"BTC_USDT","quanto_multiplier":"0.0001","order_price_round":"0.1","mark_price_round":"0.01","order_size_max":"1000","market_order_size_max":"500",
             "order_price_deviate":"0.05","market_order_slip_ratio":"0.01","leverage_max":"100","risk_limit_table":"T",
             "funding_interval":28800,"funding_rate_limit":"0.003","interest_rate":"0.0003","funding_impact_value":"100","orders_limit":10,"liquidity":{"depth":"5000"}},
            {"name":"ETH_USDT","index":"BTC_USDT","quanto_multiplier":"0.01","order_price_round":"0.1","mark_price_round":"0.1","order_size_max":"1000","market_order_size_max":"500",
             "order_price_deviate":"0.05","market_order_slip_ratio":"0.01","leverage_max":"100","risk_limit_table":"T","taker_fee_rate":"0.00025",
             "cycles":["WEEKLY"],"basis_impact_value":"1000","settle_fee_rate":"0.00015","settle_price_interval":60,"settle_price_duration":1800}]}
        """;

    [Theory]
    [InlineData("\"quanto_multiplier\":\"0.0001\"", "\"quanto_multiplier\":\"0.00000000001\"", "(F-012)")]
    [InlineData("\"quanto_multiplier\":\"0.0001\"", "\"quanto_multiplier\":\"0\"", "quanto_multiplier '0' is not a decimal above 0")]
    [InlineData("\"order_price_round\":\"0.1\",\"mark_price_round\":\"0.01\"", "\"order_price_round\":\"-0.1\",\"mark_price_round\":\"0.01\"", "order_price_round '-0.1'")]
    [InlineData("\"name\":\"BTC_USDT\",\"index\"", "\"name\":\"BTC_USDT\",\"settle\":\"XYZ\",\"index\"", "Contract BTC_USDT: the settle asset XYZ is not listed.")]
    [InlineData("\"name\":\"BTC_USDT\",\"index\"", "\"name\":\"BTC_USDT\",\"type\":\"swap\",\"index\"", "type 'swap' is none of 'direct', 'inverse'.")]
    [InlineData("\"name\":\"BTC_USDT\",\"index\"", "\"name\":\"BTC_USDT\",\"type\":\"inverse\",\"settle\":\"BTC\",\"index\"", "quanto_multiplier of an inverse contract is '0'.")]
    [InlineData("\"name\":\"BTC_USDT\",\"index\"", "\"name\":\"BTC_USDT\",\"contract_type\":\"stock\",\"index\"", "contract_type 'stock' is none of")]
    [InlineData("\"name\":\"BTC_USDT\",\"index\"", "\"name\":\"BTC_USDT\",\"contract_type\":\"stocks\",\"index\"", "off_hours_pricing '' is none of 'ewma', 'freeze'.")]
    [InlineData("\"name\":\"BTC_USDT\",\"index\":\"BTC_USDT\"", "\"name\":\"BTC_USDT\",\"index\":\"BTC\"", "the index BTC is not among the indexes")]
    [InlineData("\"risk_limit_table\":\"T\",\n", "\"risk_limit_table\":\"U\",\n", "the risk table U is not among the risk_tables")]
    [InlineData("\"leverage_max\":\"100\",\"risk_limit_table\":\"T\",\n", "\"leverage_max\":\"125\",\"risk_limit_table\":\"T\",\n", "at most 100, the first tier's")]
    [InlineData("\"market_order_slip_ratio\":\"0.01\",\"leverage_max\":\"100\",\"risk_limit_table\":\"T\",\n", "\"market_order_slip_ratio\":\"0.06\",\"leverage_max\":\"100\",\"risk_limit_table\":\"T\",\n", "(F-305)")]
    [InlineData("\"market_order_size_max\":\"500\"", "\"market_order_size_max\":\"1001\"", "sizes must be whole steps")]
    [InlineData("\"market_order_size_max\":\"500\"", "\"market_order_size_max\":\"0.5\"", "at most 0 decimals")]
    [InlineData("\"funding_interval\":28800", "\"funding_interval\":10800", "funding_interval must be 1, 2, 4 or 8 hours")]
    [InlineData("\"funding_interval\":28800,", "", "funding_interval must be from 3600 to 28800 seconds")]
    [InlineData("\"funding_rate_limit\":\"0.003\"", "\"funding_rate_limit\":\"0.0000001\"", "at most 6 decimals (F-070, F-073)")]
    [InlineData("\"initial_rate\":\"0.01\"", "\"initial_rate\":\"0.005\"", "its risk table: an initial rate must be above the maintenance rate and the taker fee together (F-110)")]
    [InlineData("\"maintenance_rate\":\"0.01\"", "\"maintenance_rate\":\"0.004\"", "Risk table T: limits, maintenance rates and initial rates must rise from tier to tier")]
    [InlineData("\"risk_limit\":\"2000\"", "\"risk_limit\":\"1e3\"", "risk_limit of tier 2 '1e3'")]
    [InlineData("\"initial_rate\":\"0.01\"", "\"initial_rate\":\"0.0001\"", "initial_rate of tier 1 must be at least 0.001")]
    [InlineData("\"orders_limit\":10", "\"activity\":\"busy\"", "activity 'busy' is none of 'high', 'medium', 'low'.")]
    [InlineData("\"orders_limit\":10", "\"orders_limit\":0", "orders_limit must be above 0")]
    [InlineData("\"name\":\"BTC_USDT\",\"index\"", "\"name\":\"BTC_USDT\",\"settle\":\"BTC\",\"index\"", "Contract BTC_USDT: it must settle in USDT (F-010).")]
    [InlineData("\"code\":\"BTC\"", "\"code\":\"BTC\",\"chains\":[null]", "The market file has a null among its assets.")]
    [InlineData("\"tiers\":[", "\"tiers\":[null,", "The market file has a null among its risk_tables.")]
    [InlineData("\"cycles\":[\"WEEKLY\"]", "\"cycles\":[null]", "The market file has a null among its contracts.")]
    [InlineData("\"indexes\":[", "\"indexes\":[null,", "The market file has a null among its indexes.")]
    [InlineData("\"name\":\"ETH_USDT\",\"index\"", "\"name\":\"ETH_BTC\",\"index\"", "Series ETH_BTC: it must settle in BTC (F-010).")]
    [InlineData("\"depth\":\"5000\"", "\"depth\":\"-1\"", "Contract BTC_USDT: depth '-1'")]
    [InlineData("\"cycles\":[\"WEEKLY\"]", "\"cycles\":[\"DAILY\"]", "Series ETH_USDT: cycles 'DAILY' is none of")]
    [InlineData("\"cycles\":[\"WEEKLY\"]", "\"cycles\":[\"WEEKLY\"],\"interest_rate\":\"0\"", "a series has no fields of funding (F-083)")]
    [InlineData("\"cycles\":[\"WEEKLY\"],", "", "fields of delivery belong to a series with cycles")]
    [InlineData("\"settle_price_duration\":1800", "\"settle_price_duration\":1801", "must be a multiple of settle_price_interval (F-211)")]
    [InlineData("\"name\":\"fx:USDKRW\"", "\"name\":\"fx:USDJPY\"", "the rate fx:USDKRW is not among the indexes")]
    [InlineData("\"calendar\":\"KR\"", "\"calendar\":\"XX\"", "there is no calendar XX")]
    [InlineData("\"weights\":[1,1]", "\"weights\":[]", "weights must be 1 to 16 numbers")]
    [InlineData("\"reference_price\":\"84000\",", "", "without a spot pair of its name it needs a reference_price")]
    [InlineData("\"name\":\"KIA_USDT\"", "\"name\":\"BTC_USDT\"", "Index BTC_USDT: it is there twice.")]
    [InlineData("\"risk_tables\":", "\"risk_table\":", "not in the shape")]
    public void A_wrong_entry_is_named_in_a_sentence(string right, string wrong, string said)
    {
        Assert.Equal(2, MarketFile.Parse(Encoding.UTF8.GetBytes(Small)).Contracts.Count);
        Assert.Contains(right, Small);
        var place = Small.IndexOf(right, StringComparison.Ordinal);
        var refused = Assert.Throws<MarketFileException>(() => MarketFile.Parse(Encoding.UTF8.GetBytes(Small[..place] + wrong + Small[(place + right.Length)..])));
        Assert.Contains(refused.Errors, error => error.Contains(said));
    }

    private static string Text(long raw, int decimals) => DecimalText.Format(raw, decimals);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    // In dollars, at the rate of the file.
    private static double Price(string name)
    {
        var index = MarketFile.Demo.Indexes.Single(index => index.Name == name);
        var price = Number(index.ReferencePrice ?? MarketFile.Demo.PairOf(name)!.ReferencePrice);
        return index.Currency is { } currency ? price / Price($"fx:USD{currency}") : price;
    }
}
