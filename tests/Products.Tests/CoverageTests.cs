using System.Text.RegularExpressions;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;

namespace Sluice.Products.Tests;

/// <summary>Which rules, vectors and refusals the tests name, read from their sources; and folders that must not drift apart.</summary>
public partial class CoverageTests
{
    private static readonly string Root = Checkout.Root;

    /// <summary>Rules of matching.md, spot.md and futures.md, and of stocks.md those of contracts, that no test names, each with the reason.</summary>
    private static readonly Dictionary<string, string> Untested = new(Because("the gateway and the read models show it", "F-082", "F-118")
        .Concat(Because("part of a rule that is tested by its own name: fills F-161's steps, order margin F-106, ledger F-250", "F-100", "F-157", "F-160", "F-161", "F-167", "F-079", "F-256"))
        .Concat(Because("M-064, which is tested", "F-046"))
        .Concat(Because("what a fund and deleveraging must not do; the histories of RandomTests go through it", "F-189", "F-196", "F-205", "F-206", "F-208", "F-215", "F-216"))
        .Concat(Because("which contracts are listed when is the server's", "F-212"))
        .Concat(Because("the price service's events are those of the core's prices", "F-054"))
        .Concat(Because("a policy of the gateway, off by default", "F-123"))
        .Concat(Because("unified account", "F-186"))
        .Concat(Because("another venue's rule, for comparison only", "FX-41", "FX-55")))
    {
        ["M-017"] = "its own rule is M-073, which is tested",
        ["M-020"] = "its own rules are M-080 to M-087, which are tested", ["M-021"] = "its own rule is F-153, which is tested", ["M-034"] = "nothing re-checks a taker: what it needs is there before it matches",
        ["M-045"] = "the gateway's answer body", ["M-046"] = "batches are the gateway's",
        ["M-112"] = "best-price orders: the gateway prices them",
        ["S-011"] = "unified account", ["S-032"] = "a read model's average", ["S-063"] = "liquidation",
        ["S-071"] = "borrowing", ["S-072"] = "borrowing", ["S-073"] = "borrowing", ["S-074"] = "borrowing",
        ["S-081"] = "unified account", ["S-082"] = "unified account", ["S-083"] = "unified account", ["S-084"] = "unified account",
        ["S-085"] = "unified account", ["S-086"] = "unified account", ["S-087"] = "unified account", ["S-088"] = "unified account",
        ["SX-09"] = "borrowing", ["SX-10"] = "unified account", ["SX-11"] = "borrowing", ["SX-13"] = "unified account",
    };

    /// <summary>Refusals the core cannot give today, each with the reason.</summary>
    private static readonly Dictionary<string, string> Unreachable = new()
    {
        ["SpotRefusal.OffTick"] = "prices and sizes are whole ticks and lots by construction; the gateway answers what is not",
        ["SpotRefusal.OrderCancelled"] = "the gateway's answer for an order found ended in the history",
        ["SpotRefusal.TriggerFinished"] = "the gateway's answer for a trigger found ended in the history",
        ["WalletRefusal.WalletNotFound"] = "the gateway's answer for a wallet name that does not exist",
        ["FuturesRefusal.PositionNotFound"] = "the gateway's answer for a position that was never touched",
        ["IdentityRefusal.NoChange"] = "the gateway's answer for an update that says nothing",
    };

    private static IEnumerable<KeyValuePair<string, string>> Because(string reason, params string[] rules) =>
        rules.Select(rule => KeyValuePair.Create(rule, reason));

    [Fact]
    public void Every_rule_has_a_test_or_a_reason()
    {
        var named = Named().ToHashSet();
        Assert.Equal([], Rules().Where(rule => !named.Contains(rule) && !Untested.ContainsKey(rule)));
        Assert.Equal([], Untested.Keys.Where(rule => named.Contains(rule) || !Rules().Contains(rule)));
        Assert.All(Untested.Values.Concat(Unreachable.Values), reason => Assert.NotEqual("", reason));
    }

    [Fact]
    public void Every_rule_a_test_names_exists()
    {
        var rules = Rules().ToHashSet();
        Assert.Equal([], Named().Where(rule => !rules.Contains(rule)).Distinct());
    }

    [Fact]
    public void Every_refusal_is_expected_by_a_test_or_has_a_reason()
    {
        var expected = Sources("Products.Tests").Where(s => !s.Path.EndsWith("CoverageTests.cs", StringComparison.Ordinal) && !s.Path.Contains("Oracle", StringComparison.Ordinal))
            .SelectMany(s => RefusalPattern().Matches(s.Text).Select(m => m.Groups[1].Success ? m.Groups[1].Value : $"SpotRefusal.{m.Groups[2].Value}")).ToHashSet();
        var all = Enum.GetNames<SpotRefusal>().Select(n => $"SpotRefusal.{n}").Concat(Enum.GetNames<WalletRefusal>().Select(n => $"WalletRefusal.{n}"))
            .Concat(Enum.GetNames<FuturesRefusal>().Select(n => $"FuturesRefusal.{n}")).Concat(Enum.GetNames<IdentityRefusal>().Select(n => $"IdentityRefusal.{n}")).Where(n => !n.EndsWith(".None", StringComparison.Ordinal)).ToArray();
        Assert.Equal([], all.Where(refusal => !expected.Contains(refusal) && !Unreachable.ContainsKey(refusal)));
        Assert.Equal([], Unreachable.Keys.Where(refusal => expected.Contains(refusal) || !all.Contains(refusal)));
    }

    [Fact]
    public void A_product_has_its_tests_and_its_page_under_the_same_name()
    {
        var products = Folders("src/Products");
        Assert.Equal(products, Folders("tests/Products.Tests"));
        Assert.Equal([], products.Where(product => !File.Exists(Path.Combine(Root, "src/Products", product, "README.md"))));
        Assert.Contains("Spot", Folders("src/Server/Api"));
    }

    // The pages name tests by rule: each rule they name is one.
    [Fact]
    public void The_pages_name_rules_that_exist()
    {
        var rules = Rules().ToHashSet();
        var pages = Folders("src/Products").Select(p => File.ReadAllText(Path.Combine(Root, "src/Products", p, "README.md")));
        Assert.Equal([], pages.SelectMany(page => PageRulePattern().Matches(page)).Select(m => m.Value).Where(rule => !rules.Contains(rule)));
    }

    private static string[] Rules() => [.. File.ReadAllLines(Path.Combine(Root, "tests/Products.Tests/rules.txt")).Where(line => line.Length > 0)];

    private static IEnumerable<string> Named() => new[] { "Core.Tests", "Products.Tests", "Runtime.Tests", "Server.Tests" }.SelectMany(Sources)
        .SelectMany(source => TestPattern().Matches(source.Text)).SelectMany(test => RulePattern().Matches(test.Groups[1].Value))
        .Select(rule => $"{rule.Groups[1].Value}-{rule.Groups[2].Value}");

    private static IEnumerable<(string Path, string Text)> Sources(string project) =>
        Directory.EnumerateFiles(Path.Combine(Root, "tests", project), "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(path => (path, File.ReadAllText(path)));

    private static string[] Folders(string path) => [.. Directory.GetDirectories(Path.Combine(Root, path)).Select(d => Path.GetFileName(d)!)
        .Where(d => d is not ("bin" or "obj" or "Fixtures")).Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"public (?:async Task|void) (\w+)\(")]
    private static partial Regex TestPattern();

    [GeneratedRegex(@"(?<![A-Za-z0-9])(MX|SX|FX|[MSFK])_(\d{2,3})(?=_)")]
    private static partial Regex RulePattern();

    [GeneratedRegex(@"\b(?:M|S|F|K|MX|SX|FX)-\d{2,3}\b")]
    private static partial Regex PageRulePattern();

    [GeneratedRegex(@"\b((?:Spot|Wallet|Identity|Futures)Refusal\.\w+)|(?:refused|failed \S+) (\w+)")]
    private static partial Regex RefusalPattern();
}
