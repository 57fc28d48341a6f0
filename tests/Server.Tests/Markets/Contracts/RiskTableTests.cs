using Sluice.Core.Values;
using Sluice.Server.Markets;
using Sluice.Server.Markets.Contracts;

namespace Sluice.Server.Tests.Markets.Contracts;

public class RiskTableTests
{
    // Table, tier, limit, maintenance rate, initial rate, highest leverage, deduction: section 18 of the rules as printed.
    private const string Printed = """
        BTC 1 500000 0.003 0.005 200 0
        BTC 2 1000000 0.0035 0.006666 150.01 250
        BTC 3 1500000 0.004 0.008 125 750
        BTC 4 2000000 0.0045 0.00909 110.01 1500
        BTC 5 3000000 0.005 0.01 100 2500
        BTC 6 6000000 0.0065 0.013333 75 7000
        BTC 7 15000000 0.01 0.02 50 28000
        BTC 8 40000000 0.02 0.04 25 178000
        BTC 9 80000000 0.025 0.05 20 378000
        BTC 10 150000000 0.05 0.1 10 2378000
        BTC 11 300000000 0.1 0.2 5 9878000
        BTC 12 500000000 0.15 0.3333 3 24878000
        BTC 13 800000000 0.25 0.5 2 74878000
        BTC 14 1500000000 0.5 1 1 274878000
        ETH 1 300000 0.003 0.005 200 0
        ETH 2 600000 0.0035 0.006666 150.01 150
        ETH 3 1000000 0.004 0.008 125 450
        ETH 4 2000000 0.005 0.01 100 1450
        ETH 5 4000000 0.0065 0.013333 75 4450
        ETH 6 10000000 0.01 0.02 50 18450
        ETH 7 25000000 0.02 0.04 25 118450
        ETH 8 50000000 0.05 0.1 10 868450
        ETH 9 100000000 0.1 0.2 5 3368450
        ETH 10 180000000 0.25 0.5 2 18368450
        ETH 11 300000000 0.5 1 1 63368450
        LARGE 1 50000 0.005 0.01 100 0
        LARGE 2 150000 0.0065 0.013333 75 75
        LARGE 3 500000 0.01 0.02 50 600
        LARGE 4 1500000 0.02 0.04 25 5600
        LARGE 5 3000000 0.025 0.05 20 13100
        LARGE 6 6000000 0.05 0.1 10 88100
        LARGE 7 12000000 0.1 0.2 5 388100
        LARGE 8 20000000 0.25 0.5 2 2188100
        LARGE 9 30000000 0.5 1 1 7188100
        MID 1 5000 0.01 0.02 50 0
        MID 2 25000 0.015 0.0303 33 25
        MID 3 50000 0.02 0.04 25 150
        MID 4 150000 0.025 0.05 20 400
        MID 5 500000 0.05 0.1 10 4150
        MID 6 1000000 0.1 0.2 5 29150
        MID 7 1750000 0.25 0.5 2 179150
        MID 8 2500000 0.5 1 1 616650
        SMALL 1 5000 0.025 0.05 20 0
        SMALL 2 20000 0.04 0.0833 12 75
        SMALL 3 50000 0.05 0.1 10 275
        SMALL 4 200000 0.1 0.2 5 2775
        SMALL 5 500000 0.25 0.5 2 32775
        SMALL 6 1000000 0.5 1 1 157775
        METAL 1 100000 0.004 0.01 100 0
        METAL 2 500000 0.0065 0.013333 75 250
        METAL 3 2000000 0.01 0.02 50 2000
        METAL 4 6000000 0.02 0.04 25 22000
        METAL 5 15000000 0.05 0.1 10 202000
        METAL 6 30000000 0.1 0.2 5 952000
        METAL 7 60000000 0.25 0.5 2 5452000
        INDEX 1 100000 0.005 0.01 100 0
        INDEX 2 500000 0.01 0.02 50 500
        INDEX 3 2000000 0.02 0.04 25 5500
        INDEX 4 6000000 0.05 0.1 10 65500
        INDEX 5 15000000 0.1 0.2 5 365500
        INDEX 6 30000000 0.25 0.5 2 2615500
        STOCK 1 5000 0.005 0.01 100 0
        STOCK 2 50000 0.0075 0.01515 66 12.5
        STOCK 3 200000 0.01 0.02 50 137.5
        STOCK 4 600000 0.02 0.04 25 2137.5
        STOCK 5 1500000 0.05 0.1 10 20137.5
        STOCK 6 3000000 0.1 0.2 5 95137.5
        STOCK 7 6000000 0.25 0.5 2 545137.5
        KRSTOCK 1 50000 0.025 0.05 20 0
        KRSTOCK 2 200000 0.05 0.1 10 1250
        KRSTOCK 3 500000 0.1 0.2 5 11250
        KRSTOCK 4 1500000 0.25 0.5 2 86250
        INVERSE 1 3 0.005 0.01 100 0
        INVERSE 2 10 0.0065 0.013333 75 0.0045
        INVERSE 3 50 0.01 0.02 50 0.0395
        INVERSE 4 150 0.02 0.04 25 0.5395
        INVERSE 5 400 0.05 0.1 10 5.0395
        INVERSE 6 900 0.1 0.2 5 25.0395
        INVERSE 7 1600 0.25 0.5 2 160.0395
        INVERSE 8 2500 0.5 1 1 560.0395
        DELIV 1 1000000 0.005 0.01 100 0
        DELIV 2 2000000 0.01 0.02 50 5000
        DELIV 3 3000000 0.015 0.0303 33 15000
        DELIV 4 4000000 0.02 0.04 25 30000
        DELIV 5 5000000 0.025 0.05 20 50000
        DELIV 6 6000000 0.03 0.0625 16 75000
        DELIV 7 7000000 0.035 0.0714 14 105000
        DELIV 8 8000000 0.04 0.0833 12 140000
        """;

    [Fact]
    public void F_110_the_printed_deductions_and_leverages_follow_from_the_demo_tables()
    {
        var catalogue = new ContractCatalogue(MarketFile.Demo);
        var seen = new Dictionary<string, int>();
        foreach (var row in Printed.Split('\n'))
        {
            var fields = row.Trim().Split(' ');
            var table = catalogue.TableOf(fields[0]);
            var tier = table[int.Parse(fields[1]) - 1];
            Assert.Equal((fields[2], fields[3], fields[4], fields[5], fields[6]),
                (tier.Limit.ToString(), Text(tier.MaintenanceRate), Text(tier.InitialRate), tier.LeverageMax.ToString(), tier.Deduction.ToString()));
            seen[fields[0]] = int.Parse(fields[1]);
        }
        Assert.Equal(88, Printed.Split('\n').Length);
        Assert.All(seen, table => Assert.Equal(table.Value, catalogue.TableOf(table.Key).Count));
        // ARIA has one tier of the operator's own.
        Assert.Equal(seen.Count + 1, MarketFile.Demo.RiskTables.Count);
    }

    private static string Text(Rate rate) => DecimalText.Format(rate.Raw, Rate.Decimals);
}
