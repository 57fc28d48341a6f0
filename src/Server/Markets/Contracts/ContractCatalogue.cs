using System.Globalization;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Server.Markets.Contracts;

/// <summary>The contracts of a market file in the product's terms.</summary>
public sealed class ContractCatalogue
{
    private static readonly string[] Types = ["direct", "inverse"];
    private static readonly string[] ContractTypes = ["", "stocks", "metals", "indices", "forex", "commodities"];
    private static readonly string[] Activities = ["high", "medium", "low"];
    private static readonly string[] CycleNames = ["WEEKLY", "BI-WEEKLY", "QUARTERLY", "BI-QUARTERLY"];

    private readonly MarketFile file;
    private readonly Dictionary<string, RiskLimitTable> tables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> indexDecimals = new(StringComparer.Ordinal);

    /// <summary>Of a file that was checked; <see cref="Find"/> is where it is.</summary>
    public ContractCatalogue(MarketFile file) : this(file, [])
    {
    }

    private ContractCatalogue(MarketFile file, List<string> errors)
    {
        this.file = file;
        foreach (var table in file.RiskTables) tables.TryAdd(table.Name, TableOf(table, errors));
        foreach (var index in file.Indexes) indexDecimals.TryAdd(index.Name, ContractTexts.DecimalsOf(index.PriceRound));
        foreach (var contract in file.Contracts)
        {
            var own = int.Max(ContractTexts.DecimalsOf(contract.OrderPriceRound), ContractTexts.DecimalsOf(contract.MarkPriceRound));
            if (indexDecimals.TryGetValue(contract.Index, out var known)) indexDecimals[contract.Index] = int.Max(own, known);
        }
    }

    /// <summary>Terms of a perpetual contract.</summary>
    /// <param name="settleAsset">The venue's number of the settle asset.</param>
    public ContractTerms TermsOf(MarketContract contract, int settleAsset) => Checked(contract, settleAsset, null);

    /// <summary>Terms of one contract of a series.</summary>
    /// <inheritdoc cref="TermsOf(MarketContract, int)"/>
    public ContractTerms TermsOf(MarketContract series, DeliveryDate date, int settleAsset) => Checked(series, settleAsset, date);

    /// <summary>The cycles of a series, in the order of their length.</summary>
    public static IReadOnlyList<DeliveryCycle> CyclesOf(MarketContract series) =>
        [.. (series.Cycles ?? []).Select(name => (DeliveryCycle)(Array.IndexOf(CycleNames, name) + 1)).Order()];

    public RiskLimitTable TableOf(string name) => tables[name];

    /// <summary>Decimals of an index, and of every contract that follows it: enough for its own step and each tick and mark.</summary>
    public int DecimalsOf(string index) => indexDecimals[index];

    /// <summary>The step an index is rounded to, in units of its decimals (F-003).</summary>
    public long RoundOf(MarketIndex index)
    {
        var decimals = DecimalsOf(index.Name);
        if (index.PriceRound is { } text) return MarketRules.TryRaw(text, decimals, out var own) ? own : 1;
        return file.Contracts.Where(contract => contract.Index == index.Name)
            .Select(contract => MarketRules.TryRaw(contract.MarkPriceRound, decimals, out var round) && round > 0 ? round : 1).DefaultIfEmpty(1).Min();
    }

    /// <summary>Every breach of the rules in tables and contracts, as sentences (F-012, F-110, F-305).</summary>
    internal static void Find(MarketFile file, List<string> errors)
    {
        var catalogue = new ContractCatalogue(file, errors);
        foreach (var name in Twice(file.RiskTables.Select(table => table.Name))) errors.Add($"Risk table {name} is there twice.");
        foreach (var name in Twice(file.Contracts.Select(contract => $"{NameOf(contract)} settled in {contract.Settle}"))) errors.Add($"{name} is listed twice.");
        var assets = file.Assets.Select(asset => asset.Code).ToHashSet(StringComparer.Ordinal);
        foreach (var contract in file.Contracts)
        {
            var texts = new ContractTexts(NameOf(contract), errors);
            if (!assets.Contains(contract.Settle)) texts.Add($"the settle asset {contract.Settle} is not listed.");
            else if (contract.Settle is not ("USDT" or "BTC")) texts.Add($"there is no futures wallet of {contract.Settle}; contracts settle in USDT or BTC.");
            if (contract.Liquidity is { } liquidity) MarketRules.LiquidityErrors(liquidity, NameOf(contract), errors);
            catalogue.Read(contract, 1, contract.IsSeries ? new DeliveryDate(new DateOnly(2026, 12, 25), DeliveryCycle.Quarterly) : null, texts);
        }
    }

    /// <summary>What is odd but allowed (F-305): a sentence each.</summary>
    /// <param name="priceOf">Reference price of an index, as a decimal text.</param>
    public IReadOnlyList<string> Warnings(Func<string, double> priceOf)
    {
        var warnings = new List<string>();
        foreach (var contract in file.Contracts)
        {
            var terms = Checked(contract, 1, contract.IsSeries ? new DeliveryDate(new DateOnly(2026, 12, 25), DeliveryCycle.Quarterly) : null);
            var price = (long)(priceOf(contract.Index) * Fixed.PowerOfTen(terms.PriceDecimals));
            var found = ContractCheck.Warnings(terms, price);
            if (found.HasFlag(ContractWarnings.DeviationBelowMargin)) warnings.Add($"{NameOf(contract)}: order_price_deviate is below 1 / leverage_max (F-305).");
            if (found.HasFlag(ContractWarnings.SizeBeyondTiers)) warnings.Add($"{NameOf(contract)}: order_size_max is worth more than twice the last tier (F-305).");
        }
        return warnings;
    }

    internal static string NameOf(MarketContract contract) => contract.IsSeries ? $"Series {contract.Name}" : $"Contract {contract.Name}";

    private ContractTerms Checked(MarketContract contract, int settleAsset, DeliveryDate? date)
    {
        var errors = new List<string>();
        var terms = Read(contract, settleAsset, date, new ContractTexts(NameOf(contract), errors));
        return errors.Count == 0 ? terms! : throw new MarketFileException(errors);
    }

    private ContractTerms? Read(MarketContract contract, int settleAsset, DeliveryDate? date, ContractTexts texts)
    {
        var before = texts.Count;
        var type = texts.Word("type", contract.Type, Types);
        if (contract.Name.Split('_') is not [{ Length: > 0 } coin, { Length: > 0 } quote]) texts.Add("the name must be BASE_QUOTE.");
        else if (contract.Settle != (type == 1 ? coin : quote)) texts.Add($"it must settle in {(type == 1 ? coin : quote)} (F-010).");
        var underlying = texts.Word("contract_type", contract.ContractType, ContractTypes);
        OffHours(contract, texts);
        texts.Word("activity", contract.Activity, Activities);
        if (!indexDecimals.TryGetValue(contract.Index, out var decimals)) texts.Add($"the index {contract.Index} is not among the indexes.");
        if (!tables.TryGetValue(contract.RiskLimitTable, out var table)) texts.Add($"the risk table {contract.RiskLimitTable} is not among the risk_tables.");
        if (decimals > Money.Decimals) texts.Add("prices must have at most 12 decimals.");
        if (contract.IsSeries && type == 1) texts.Add("a series must be direct: delivery contracts are linear (F-217).");
        if (texts.Count > before || table is null) return null;

        var sizeDecimals = ContractTexts.DecimalsOf(contract.SizeStep);
        if (!contract.EnableDecimal && sizeDecimals > 0) texts.Add("size_step has decimals, and enable_decimal does not say so.");
        var multiplierDecimals = ContractTexts.DecimalsOf(contract.QuantoMultiplier);
        var isInverse = type == 1;
        if (isInverse && contract.QuantoMultiplier != "0") texts.Add("quanto_multiplier of an inverse contract is '0'.");
        var terms = new ContractTerms
        {
            Symbol = date?.SymbolOf(contract.Name) ?? contract.Name,
            Kind = isInverse ? ContractKind.Inverse : date is null ? ContractKind.Linear : ContractKind.Delivery,
            Underlying = (Underlying)underlying,
            SettleAsset = settleAsset,
            PriceDecimals = decimals,
            SizeDecimals = sizeDecimals,
            Multiplier = isInverse ? 1 : texts.Raw("quanto_multiplier", contract.QuantoMultiplier, multiplierDecimals, 1),
            MultiplierDecimals = isInverse ? 0 : multiplierDecimals,
            Tick = texts.Raw("order_price_round", contract.OrderPriceRound, decimals, 1),
            MarkRound = texts.Raw("mark_price_round", contract.MarkPriceRound, decimals, 1),
            SizeStep = texts.Raw("size_step", contract.SizeStep, sizeDecimals, 1),
            OrderSizeMin = texts.Raw("order_size_min", contract.OrderSizeMin, sizeDecimals, 0),
            OrderSizeMax = texts.Raw("order_size_max", contract.OrderSizeMax, sizeDecimals, 1),
            MarketOrderSizeMax = texts.Raw("market_order_size_max", contract.MarketOrderSizeMax, sizeDecimals, 0),
            OrderPriceDeviate = texts.Fraction("order_price_deviate", contract.OrderPriceDeviate),
            MarketOrderSlip = texts.Fraction("market_order_slip_ratio", contract.MarketOrderSlipRatio),
            OrdersLimit = contract.OrdersLimit,
            LeverageMin = texts.Leverage("leverage_min", contract.LeverageMin),
            LeverageMax = texts.Leverage("leverage_max", contract.LeverageMax),
            RiskLimits = table,
            MakerFee = texts.SignedFraction("maker_fee_rate", contract.MakerFeeRate),
            TakerFee = texts.Fraction("taker_fee_rate", contract.TakerFeeRate),
            Funding = date is null ? FundingOf(contract, texts) : null,
            Delivery = date is { } day ? DeliveryOf(contract, day, texts) : null,
        };
        if (contract.OrdersLimit < 1) texts.Add("orders_limit must be above 0.");
        if (texts.Count > before) return null;
        if (ContractCheck.Find(terms) is var fault && fault != ContractFault.None) texts.Add(Sentence(fault, terms));
        return texts.Count > before ? null : terms;
    }

    private static void OffHours(MarketContract contract, ContractTexts texts)
    {
        string[] allowed = contract.ContractType switch
        {
            "" => [""],
            "stocks" => ["ewma", "freeze"],
            _ => ["internal_ema", "freeze"],
        };
        texts.Word("off_hours_pricing", contract.OffHoursPricing, allowed);
        if (contract.ClosedMaxLeverage is { } most)
        {
            if (contract.ContractType != "stocks") texts.Add("closed_max_leverage belongs to a stock contract (K-205).");
            if (texts.Leverage("closed_max_leverage", most) > texts.Leverage("leverage_max", contract.LeverageMax)) texts.Add("closed_max_leverage is above leverage_max.");
        }
        if (contract.ClosedFundingFactor is { } factor)
        {
            if (contract.ContractType != "stocks") texts.Add("closed_funding_factor belongs to a stock contract (K-207).");
            texts.Fraction("closed_funding_factor", factor);
        }
        if (contract.ReopenRamp is null) return;
        if (contract.OffHoursPricing != "internal_ema") texts.Add("reopen_ramp belongs to a contract with off_hours_pricing 'internal_ema' (F-243).");
        texts.Seconds("reopen_ramp", contract.ReopenRamp, 0, 3600);
    }

    private static FundingTerms FundingOf(MarketContract contract, ContractTexts texts)
    {
        if ((contract.BasisImpactValue ?? contract.SettleFeeRate) is not null) texts.Add("fields of delivery belong to a series with cycles.");
        return new FundingTerms(texts.Seconds("funding_interval", contract.FundingInterval, 3600, 28_800), contract.FundingOffset ?? 0,
            texts.Fraction("funding_rate_limit", contract.FundingRateLimit), texts.Fraction("interest_rate", contract.InterestRate),
            texts.Amount("funding_impact_value", contract.FundingImpactValue));
    }

    private static DeliveryTerms DeliveryOf(MarketContract series, DeliveryDate date, ContractTexts texts)
    {
        if ((series.FundingRateLimit ?? series.InterestRate ?? series.FundingImpactValue) is not null || series.FundingInterval is not null)
        {
            texts.Add("a series has no fields of funding (F-083).");
        }
        if (series.Cycles!.Count == 0) texts.Add("cycles are empty.");
        foreach (var cycle in series.Cycles) texts.Word("cycles", cycle, CycleNames);
        return new DeliveryTerms(date.Cycle, series.Name, date.ExpiryNanos, texts.Amount("basis_impact_value", series.BasisImpactValue),
            texts.Fraction("settle_fee_rate", series.SettleFeeRate), texts.Seconds("settle_price_interval", series.SettlePriceInterval, 1, 3600),
            texts.Seconds("settle_price_duration", series.SettlePriceDuration, 1, 86_400));
    }

    private static RiskLimitTable TableOf(MarketRiskTable table, List<string> errors)
    {
        var texts = new ContractTexts($"Risk table {table.Name}", errors);
        var before = errors.Count;
        var tiers = table.Tiers.Select((tier, i) => new TierTerms(texts.Amount($"risk_limit of tier {i + 1}", tier.RiskLimit),
            texts.Fraction($"maintenance_rate of tier {i + 1}", tier.MaintenanceRate), texts.Fraction($"initial_rate of tier {i + 1}", tier.InitialRate))).ToArray();
        var broken = Array.FindIndex(tiers, tier => tier.InitialRate.Raw < Rate.One / 1000);
        if (errors.Count == before && broken >= 0) texts.Add($"initial_rate of tier {broken + 1} must be at least 0.001.");
        // A table that cannot be read is an empty one: its contracts are then refused for it, once more by name.
        if (errors.Count > before) return new RiskLimitTable([]);
        var fault = RiskLimitTable.Check(tiers, default);
        if (fault != RiskLimitFault.None) texts.Add($"{SentenceOf(fault)} (F-110).");
        return new RiskLimitTable(tiers);
    }

    internal static string Sentence(ContractFault fault, ContractTerms terms) => fault switch
    {
        ContractFault.ValueNotExact => string.Create(CultureInfo.InvariantCulture,
            $"{terms.PriceDecimals} price decimals, {terms.MultiplierDecimals} of the multiplier and {terms.SizeDecimals} of the size are more than {Money.Decimals} (F-012)."),
        ContractFault.StepNotPositive => "steps and the multiplier must be above 0, and an inverse contract has no multiplier.",
        ContractFault.SizeLimits => "sizes must be whole steps, with order_size_min and market_order_size_max at most order_size_max.",
        ContractFault.Rates => "market_order_slip_ratio must be at most order_price_deviate (F-305).",
        ContractFault.LeverageRange => $"leverage_max must be at least leverage_min, and at most {FirstLeverage(terms)}, the first tier's.",
        ContractFault.RiskLimits => $"its risk table: {SentenceOf(terms.RiskLimits.Check(terms.TakerFee))} (F-110).",
        ContractFault.Funding => "funding_interval must be 1, 2, 4 or 8 hours, funding_offset less than it, and funding_rate_limit have at most 6 decimals (F-070, F-073).",
        ContractFault.Delivery => "settle_price_duration must be a multiple of settle_price_interval (F-211).",
        _ => fault.ToString(),
    };

    private static string FirstLeverage(ContractTerms terms) => terms.RiskLimits.Count == 0 ? "0" : terms.RiskLimits[0].LeverageMax.ToString();

    private static string SentenceOf(RiskLimitFault fault) => fault switch
    {
        RiskLimitFault.Empty => "it has no tiers",
        RiskLimitFault.NotIncreasing => "limits, maintenance rates and initial rates must rise from tier to tier, and initial rates be at most 1",
        RiskLimitFault.InitialBelowMaintenance => "an initial rate must be above the maintenance rate and the taker fee together",
        RiskLimitFault.DeductionNotExact => "a deduction needs more than 12 decimals",
        _ => fault.ToString(),
    };

    private static IEnumerable<string> Twice(IEnumerable<string> names) => names.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key);
}
