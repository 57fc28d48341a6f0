using System.Text;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Products.Tests.Futures;

/// <summary>Contracts of the launch catalogue and numbers as they are written in the rules.</summary>
internal static class Fx
{
    public static readonly Rate Fee = R("0.00075");
    public static readonly Contract Btc = new(Linear("BTC", multiplierDecimals: 4, priceDecimals: 2, tick: 10, leverage: 200));
    public static readonly Contract Eth = new(Linear("ETH", multiplierDecimals: 2, priceDecimals: 2, tick: 1, leverage: 200));
    public static readonly Contract BtcUsd = new(Inverse(priceDecimals: 2, tick: 10));
    public static readonly Contract BtcDelivery = new(Delivery());

    public static ContractTerms Linear(string table, int multiplierDecimals, int priceDecimals, long tick, int leverage) => new()
    {
        Symbol = table + "_USDT", Kind = ContractKind.Linear, SettleAsset = 1, PriceDecimals = priceDecimals, MultiplierDecimals = multiplierDecimals,
        Tick = tick, MarkRound = 1, OrderSizeMax = 12_000_000, MarketOrderSizeMax = 10_000_000, OrderPriceDeviate = R("0.03"), MarketOrderSlip = R("0.01"),
        LeverageMin = Leverage.Times(1), LeverageMax = Leverage.Times(leverage), RiskLimits = Table(table), MakerFee = R("-0.0001"), TakerFee = Fee,
        Funding = new FundingTerms(28_800, 0, R("0.003"), R("0.0003"), M("30000")),
    };

    public static ContractTerms Inverse(int priceDecimals, long tick) => new()
    {
        Symbol = "BTC_USD", Kind = ContractKind.Inverse, SettleAsset = 2, PriceDecimals = priceDecimals, Tick = tick, MarkRound = 1, OrderSizeMax = 530_000,
        MarketOrderSizeMax = 350_000, OrderPriceDeviate = R("0.5"), MarketOrderSlip = R("0.02"), LeverageMin = Leverage.Times(1), LeverageMax = Leverage.Times(100),
        RiskLimits = Table("INVERSE"), MakerFee = R("-0.0002"), TakerFee = Fee, Funding = new FundingTerms(28_800, 0, R("0.00375"), R("0.0003"), M("0.5")),
    };

    public static ContractTerms Delivery() => new()
    {
        Symbol = "BTC_USDT_20261225", Kind = ContractKind.Delivery, SettleAsset = 1, PriceDecimals = 3, MultiplierDecimals = 4, Tick = 100, MarkRound = 100,
        OrderSizeMax = 6_000_000, OrderPriceDeviate = R("0.5"), MarketOrderSlip = R("0.02"), LeverageMin = Leverage.Times(1), LeverageMax = Leverage.Times(100),
        RiskLimits = Table("DELIV"), MakerFee = R("-0.00015"), TakerFee = R("0.00025"),
        Delivery = new DeliveryTerms(DeliveryCycle.Quarterly, "BTC_USDT", 1_798_185_600_000_000_000, M("1000"), R("0.00015")),
    };

    /// <summary>The same contract with prices so fine that what the rules print before rounding can be seen.</summary>
    public static Contract Fine(Contract contract, int priceDecimals) => new(contract.Terms with { PriceDecimals = priceDecimals, Tick = 1, MarkRound = 1 });

    public static RiskLimitTable Table(string name) => new(TierTerms(name));

    public static TierTerms[] TierTerms(string name) => [.. TierRows(name).Select(row => new TierTerms(M(row[0]), R(row[1]), R(row[2])))];

    public static IEnumerable<string[]> TierRows(string name) => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Futures", "tiers.txt"))
        .SkipWhile(line => line != $"[{name}]").Skip(1).TakeWhile(line => !line.StartsWith('[')).Select(line => line.Split(' '));

    public static RiskLimitTable Tiers(params (string Limit, string Maintenance, string Initial)[] tiers) =>
        new([.. tiers.Select(tier => new TierTerms(M(tier.Limit), R(tier.Maintenance), R(tier.Initial)))]);

    public static Money M(string text) => new(Parse(text, Money.Decimals));
    public static Rate R(string text) => new((long)Parse(text, Rate.Decimals));
    public static long P(this Contract contract, string text) => (long)Parse(text, contract.Terms.PriceDecimals);
    public static string Text(this Contract contract, long? price) => price is { } raw ? DecimalText.Format(raw, contract.Terms.PriceDecimals) : "none";
    public static string Entry(this Contract contract, long size, Money value) => DecimalText.Format(contract.EntryPrice(size, value), contract.EntryPriceDecimals);
    public static Leverage X(int times) => Leverage.Times(times);
    public static Money Fees(Money value, string rate) => R(rate).Of(value.IsNegative ? -value : value, Rounding.Ceiling);
    public static long Hours(int hours) => hours * 3_600_000_000_000;
    public static long Days(int days) => Hours(24 * days);

    private static Int128 Parse(string text, int decimals)
    {
        Assert.Equal(DecimalParse.Ok, DecimalText.TryParse(Encoding.ASCII.GetBytes(text), decimals, out Int128 value));
        return value;
    }
}
