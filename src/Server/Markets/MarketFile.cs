using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Server.Markets.Contracts;

namespace Sluice.Server.Markets;

/// <summary>What a venue lists and how it is simulated: the JSON that `--markets FILE` reads and `sluice markets export` prints. Amounts, prices
/// and rates are decimal texts, as everywhere on the wire. Properties are settable because the generated reader would drop the defaults of
/// init-only ones.</summary>
public sealed record MarketFile
{
    public FeeTokenTerms? FeeToken { get; set; }
    public IReadOnlyList<MarketAsset> Assets { get; set; } = [];
    public IReadOnlyList<MarketPair> Pairs { get; set; } = [];
    public IReadOnlyList<MarketIndex> Indexes { get; set; } = [];
    public IReadOnlyList<MarketRiskTable> RiskTables { get; set; } = [];
    public IReadOnlyList<MarketContract> Contracts { get; set; } = [];

    /// <summary>What the insurance fund of a settle asset begins with: without it the first position nobody takes is deleveraged (F-193).</summary>
    public IReadOnlyDictionary<string, string> Insurance { get; set; } = new Dictionary<string, string>();

    private static readonly Lazy<MarketFile> Embedded = new(ReadDemo);

    /// <summary>The demo venue's markets.</summary>
    public static MarketFile Demo => Embedded.Value;

    /// <summary>`--markets none`: nothing is listed.</summary>
    public static MarketFile Empty { get; } = new();

    // The demo is written in several files, so that each can be read; together they have the shape of one.
    private static readonly string[] DemoParts = ["demo-markets", "demo-contracts", "demo-alts", "demo-stocks"];

    /// <summary>Reads and checks a file. Throws <see cref="MarketFileException"/> with one sentence per error.</summary>
    public static MarketFile Parse(ReadOnlySpan<byte> json) => Checked(Read(json));

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, MarketJson.Default.MarketFile);

    public MarketAsset? AssetOf(string code) => Assets.FirstOrDefault(asset => asset.Code == code);

    public MarketPair? PairOf(string symbol) => Pairs.FirstOrDefault(pair => pair.Symbol == symbol);

    private static MarketFile Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, MarketJson.Default.MarketFile) ?? throw new MarketFileException(["The market file is null."]);
        }
        catch (JsonException broken)
        {
            throw new MarketFileException([$"The market file is not in the shape `sluice markets export` prints: {broken.Message}"]);
        }
    }

    private static MarketFile Checked(MarketFile file)
    {
        var errors = MarketRules.Errors(file);
        return errors.Count == 0 ? file : throw new MarketFileException(errors);
    }

    private static MarketFile ReadDemo()
    {
        var parts = DemoParts.Select(name =>
        {
            using var stream = typeof(MarketFile).Assembly.GetManifestResourceStream($"Markets.{name}.json")!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return Read(bytes);
        }).ToArray();
        return Checked(parts[0] with
        {
            Indexes = [.. parts.SelectMany(part => part.Indexes)],
            RiskTables = [.. parts.SelectMany(part => part.RiskTables)],
            Contracts = [.. parts.SelectMany(part => part.Contracts)],
        });
    }
}

/// <summary>Fees may be paid in this asset (S-053): what is left of an ordinary fee is <see cref="Factor"/> of it.</summary>
public sealed record FeeTokenTerms
{
    public string Asset { get; set; } = "";
    public string Pair { get; set; } = "";
    public string Factor { get; set; } = "1";
}

public sealed record MarketAsset
{
    public string Code { get; set; } = "";
    public string Name { get; set; } = "";

    /// <summary>Decimals its spot amounts and fees are rounded to (S-005).</summary>
    public int Scale { get; set; } = 12;

    public IReadOnlyList<string> Category { get; set; } = [];
    public AssetModel? Model { get; set; }
    public IReadOnlyList<AssetChain> Chains { get; set; } = [];
}

/// <summary>A chain an asset can arrive on. Simulated: it decides what an address looks like and what the dialect's chain lists say.</summary>
public sealed record AssetChain
{
    public string Chain { get; set; } = "";
    public string Name { get; set; } = "";
    public string NameEn { get; set; } = "";
    public string Contract { get; set; } = "";
    public int Decimals { get; set; } = 8;
    public bool Deposit { get; set; } = true;
    public bool Withdraw { get; set; } = true;
    public string WithdrawFee { get; set; } = "0";
    public string MinWithdraw { get; set; } = "0";
    public string MinDeposit { get; set; } = "0";

    /// <summary>How a simulated deposit address looks: "evm", "btc", "tron", "solana", …</summary>
    public string AddressFormat { get; set; } = "evm";

    /// <summary>Deposits need a memo or tag beside the address.</summary>
    public bool Tag { get; set; }

    public int Confirmations { get; set; } = 1;
}

/// <summary>How an asset's price in USDT moves: a share of the common factor and a path of its own.</summary>
public sealed record AssetModel
{
    /// <summary>Share of the common factor; 0 moves alone.</summary>
    public double Beta { get; set; } = 1;

    /// <summary>Of its own path, a year.</summary>
    public double Volatility { get; set; } = 0.6;

    /// <summary>Share of the own path's distance that is given back each day: near 0 wanders for months, near 1 hugs its level (stablecoins).</summary>
    public double Reversion { get; set; } = 0.006;

    /// <summary>Mean number of sudden moves a day.</summary>
    public double Jumps { get; set; } = 0.12;

    public static AssetModel Default { get; } = new();
}

/// <summary>A spot pair's terms (S-001) and how participants trade it. A maximum of "0" is no limit (S-002).</summary>
public sealed record MarketPair
{
    /// <summary>BASE_QUOTE.</summary>
    public string Symbol { get; set; } = "";
    public int PriceDecimals { get; set; }
    public int SizeDecimals { get; set; }
    public string ReferencePrice { get; set; } = "";
    public string Status { get; set; } = "tradable";
    public string MinBase { get; set; } = "0";
    public string MinQuote { get; set; } = "0";
    public string MaxBase { get; set; } = "0";
    public string MaxQuote { get; set; } = "0";
    public string MarketMaxBase { get; set; } = "0";
    public string MarketMaxQuote { get; set; } = "0";
    public string UpRate { get; set; } = "0";
    public string DownRate { get; set; } = "0";
    public string Slippage { get; set; } = "0";
    public string MakerFee { get; set; } = "0.001";
    public string TakerFee { get; set; } = "0.001";
    public int OrdersLimit { get; set; } = 200;
    public int TriggersLimit { get; set; } = 50;
    public PairLiquidity? Liquidity { get; set; }

    [JsonIgnore]
    public string Base => Symbol[..int.Max(Symbol.LastIndexOf('_'), 0)];

    [JsonIgnore]
    public string Quote => Symbol[(Symbol.LastIndexOf('_') + 1)..];
}

/// <summary>What the seeded participants show in a pair.</summary>
public sealed record PairLiquidity
{
    /// <summary>Quote units traded a day, in the generated history too.</summary>
    public string Turnover { get; set; } = "200000";

    /// <summary>Quote units within 1 % of the middle, each side.</summary>
    public string Depth { get; set; } = "5000";

    /// <summary>Between best bid and best ask, as a fraction of the price.</summary>
    public double Spread { get; set; } = 0.0005;

    /// <summary>Mean seconds between public trades.</summary>
    public double TradeSeconds { get; set; } = 15;
}

/// <summary>A market file that cannot be used, one sentence per error.</summary>
public sealed class MarketFileException(IReadOnlyList<string> errors) : Exception(string.Join(' ', errors))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MarketFile))]
[JsonSerializable(typeof(MarketPair))]
[JsonSerializable(typeof(MarketAsset))]
[JsonSerializable(typeof(AddedContract))]
public sealed partial class MarketJson : JsonSerializerContext;
