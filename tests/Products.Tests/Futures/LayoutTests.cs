using System.Text.RegularExpressions;

namespace Sluice.Products.Tests.Futures;

/// <summary>The folders of futures refer to each other in one direction only.</summary>
public partial class LayoutTests
{
    private static readonly string[] Order = ["Contracts", "Positions", "Margin", "Pricing", "Funding", "Liquidation", "Settlement",
        "Commands", "Events", "State", "Accounts", "Fills", "Orders", "Settings", "Listing", "Marks", "Rounds", "Settling", "Checks"];

    [Fact]
    public void A_folder_refers_only_to_those_before_it()
    {
        var root = Path.Combine(Checkout.Root, "src", "Products", "Futures");
        Assert.Equal(Order.Order(StringComparer.Ordinal), Directory.GetDirectories(root).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
        for (var i = 0; i < Order.Length; i++)
        {
            var named = Directory.GetFiles(Path.Combine(root, Order[i]), "*.cs").SelectMany(file => Reference().Matches(File.ReadAllText(file)))
                .Select(match => match.Groups[1].Value).Distinct();
            Assert.Equal([], named.Where(name => Array.IndexOf(Order, name) > i));
        }
    }

    [GeneratedRegex(@"Products\.Futures\.(\w+)")]
    private static partial Regex Reference();
}
