using System.Globalization;
using System.Text.Json;

namespace Sluice.Cli.Tests.Futures;

/// <summary>A venue whose clock and prices are set from outside: what it books for funding, liquidation, deleveraging and delivery is what the published formulas give, to the last
/// digit. The formulas are computed here, on exact fractions.</summary>
public sealed class ByHandTests
{
    private const string Contract = "BTC_USDT";
    private const int Interval = 28_800;

    private static readonly Ratio Multiplier = "0.0001";
    private static readonly Ratio Tick = "0.1";
    private static readonly Ratio MarkRound = "0.01";
    private static readonly Ratio Quantum = "0.000000000001";
    private static readonly Ratio Taker = "0.00075";
    private static readonly Ratio Rebate = "0.0001";
    private static readonly Ratio Rate = "0.0001";              // an empty book has no premium: a third of the daily interest is left (F-073)

    [Fact]
    public async Task F_076_F_115_F_165_F_183_Funding_then_a_gap_liquidates_and_deleverages_to_the_last_digit()
    {
        await using var venue = await StartAsync();
        using var ann = await Trader.NewAsync(venue, "ann", "futures:usdt", "20000");
        using var bob = await Trader.NewAsync(venue, "bob", "futures:usdt", "20000");
        await PinAsync(venue, "84000");
        await ann.LeverageAsync(Contract, 20);
        await bob.OrderAsync(Contract, -10_000, "84000");
        await ann.OrderAsync(Contract, 10_000, "84000", "ioc");

        // One coin at 84,000: the margin is a twentieth and the fee of leaving (F-101); a taker pays, a maker is paid (F-040).
        Ratio value = 84_000, quantity = 10_000 * Multiplier;
        var fee = (value * Taker).Up(Quantum);
        var margin = (value / 20 + value * Taker).Up(Quantum);
        var opened = await ann.PositionAsync(Contract);
        Assert.Equal(margin.ToString(), Text(opened, "margin"));
        Assert.Equal(((84_000 * quantity - margin) / (quantity * (1 - (Ratio)"0.003" - Taker))).Up(Tick).ToString(), Text(opened, "liq_price"));
        Assert.Equal("80037.2", Text(opened, "liq_price"));     // FX-20
        Assert.Equal((20_000 - fee).ToString(), await ann.TotalAsync());
        Assert.Equal((20_000 + (value * Rebate).Down(Quantum)).ToString(), await bob.TotalAsync());

        // Eight hours of prices that stay: the long pays (F-076), out of its margin (F-077).
        await AdvanceAsync(venue, Interval);
        var paid = (value * Rate).Up(Quantum);
        Assert.Equal([(-paid).ToString()], await ann.BookAsync("fund"));
        Assert.Equal([paid.ToString()], await bob.BookAsync("fund"));
        margin -= paid;
        Assert.Equal(margin.ToString(), Text(await ann.PositionAsync(Contract), "margin"));
        var history = (await venue.Rest.GetAsync("/futures/usdt/funding_rate", ("contract", Contract), ("limit", "1"))).Require()[0];
        Assert.Equal("0.0001", Trader.Plain(history.GetProperty("r").GetString()!));

        // The index falls through the bankruptcy price; nobody bids, the fund is empty: the short is closed at that price (F-193, F-166).
        await PinAsync(venue, "79500");
        var bankruptcy = ((84_000 * quantity - margin) / (quantity * (1 - Taker))).Up(Tick);
        var lost = (bankruptcy - 84_000) * quantity;
        Assert.Equal("0", Text(await ann.PositionAsync(Contract), "size"));
        Assert.Equal("0", Text(await bob.PositionAsync(Contract), "size"));
        Assert.Equal((20_000 - fee - paid - margin).ToString(), await ann.TotalAsync());            // never more than its margin (F-184)
        Assert.Equal((20_000 + (value * Rebate).Down(Quantum) + paid - lost).ToString(), await bob.TotalAsync());
        var liquidated = Assert.Single(await ann.ListAsync("liquidates"));
        Assert.Equal(bankruptcy.ToString(), Text(liquidated, "order_price"));
        Assert.Equal("10000", Text(liquidated, "size"));
        var closed = Assert.Single(await bob.ListAsync("auto_deleverages"));
        Assert.Equal(bankruptcy.ToString(), Text(closed, "fill_price"));
        Assert.Equal("10000", Text(closed, "trade_size"));
        Assert.Equal((margin + lost).ToString(), await FundAsync(venue));                           // what the price left of it (F-165 step 10)
        await SoundAsync(venue);
    }

    [Fact]
    public async Task F_202_The_side_that_is_deleveraged_goes_by_profit_over_level()
    {
        await using var venue = await StartAsync();
        using var whale = await Trader.NewAsync(venue, "whale", "futures:usdt", "10000000");
        using var ann = await Trader.NewAsync(venue, "ann", "futures:usdt", "20000");
        using var xan = await Trader.NewAsync(venue, "xan", "futures:usdt", "20000");
        using var yun = await Trader.NewAsync(venue, "yun", "futures:usdt", "20000");
        await whale.LeverageAsync(Contract, 0, 10);
        await OpenAsync("90000", xan, -2000, 10);
        await OpenAsync("86000", yun, -5000, 20);
        await OpenAsync("84000", ann, 3000, 20);
        await PinAsync(venue, "79500");

        // score = (u / |W|) / level, level = (M + u) / R at the mark (F-202, F-111).
        var mark = Mark("79500", venueSeconds: 1);
        var (first, second) = (Score(xan: true), Score(xan: false));
        Assert.True(first.CompareTo(second) != 0);
        var (top, other, topSize) = first.CompareTo(second) > 0 ? (xan, yun, 2000) : (yun, xan, 5000);
        var taken = Assert.Single(await top.ListAsync("auto_deleverages"));
        Assert.Equal($"{long.Min(topSize, 3000)}", Text(taken, "trade_size"));
        var rest = 3000 - long.Min(topSize, 3000);
        if (rest > 0) Assert.Equal($"{rest}", Text(Assert.Single(await other.ListAsync("auto_deleverages")), "trade_size"));
        else Assert.Empty(await other.ListAsync("auto_deleverages"));
        Assert.Equal("0", Text(await ann.PositionAsync(Contract), "size"));
        await SoundAsync(venue);

        async Task OpenAsync(string price, Trader trader, long size, int times)
        {
            await PinAsync(venue, price);
            await trader.LeverageAsync(Contract, times);
            await whale.OrderAsync(Contract, -size, price);
            await trader.OrderAsync(Contract, size, price, "ioc");
        }

        Ratio Score(bool xan)
        {
            var (entry, size, times) = xan ? ((Ratio)90_000, (Ratio)2000, (Ratio)10) : (86_000, 5000, 20);
            var quantity = size * Multiplier;
            var (worth, value) = (entry * quantity, mark * quantity);
            var (margin, profit) = ((worth / times + worth * Taker).Up(Quantum), worth - value);
            var requirement = (value * "0.003").Up(Quantum) + (value * Taker).Up(Quantum);
            return profit / worth / ((margin + profit) / requirement);
        }
    }

    [Fact]
    public async Task F_211_F_213_A_delivery_contract_settles_at_the_mean_of_thirty_samples()
    {
        await using var venue = await StartAsync();
        using var ann = await Trader.NewAsync(venue, "ann", "delivery:usdt", "20000");
        using var bob = await Trader.NewAsync(venue, "bob", "delivery:usdt", "20000");
        using var cid = await Trader.NewAsync(venue, "cid", "delivery:usdt", "20000");
        const string dated = "BTC_USDT_20260102";               // a Friday, the day after the clock's first
        await PinAsync(venue, "84000");
        await bob.OrderAsync(dated, -200, "84010");
        await ann.OrderAsync(dated, 200, "84010", "ioc");
        await cid.OrderAsync(dated, -180, "83990");
        await ann.OrderAsync(dated, 180, "83990", "ioc");
        string[] before = [await ann.TotalAsync(), await bob.TotalAsync(), await cid.TotalAsync()];

        await AdvanceAsync(venue, 31 * 3600 + 30 * 60 - 30);    // half a minute before the window begins
        Ratio sum = 0;
        for (var i = 1; i <= 30; i++)
        {
            await AdvanceAsync(venue, i == 1 ? 60 : 59);
            var price = 84_000 + (Ratio)"0.37" * i;
            await PinAsync(venue, price.ToString());
            await AdvanceAsync(venue, i == 1 ? 30 : 1);         // over the sample of this minute
            sum += price;
        }
        var settled = (sum / 30).Nearest(Tick);
        Assert.Equal("84005.7", settled.ToString());            // FX-61
        foreach (var (trader, total, legs) in new[] { (ann, before[0], new (long, Ratio)[] { (200, 84_010), (180, 83_990) }), (bob, before[1], [(-200, 84_010)]), (cid, before[2], [(-180, 83_990)]) })
        {
            Ratio profit = 0, size = 0;
            foreach (var (contracts, price) in legs)
            {
                profit += contracts * Multiplier * (settled - price);
                size += long.Abs(contracts);
            }
            var fee = (size * Multiplier * settled * "0.00015").Up(Quantum);
            Assert.Equal(((Ratio)total + profit - fee).ToString(), await trader.TotalAsync());
            Assert.Equal(settled.ToString(), Text(Assert.Single(await trader.ListAsync("settlements")), "settle_price"));
        }
        await SoundAsync(venue);
    }

    // P1 with nothing in the book (F-055, F-057); in the first cycle no rate applies yet.
    private static Ratio Mark(string index, int venueSeconds) => ((Ratio)index * (1 + (Ratio)0 * (Interval - venueSeconds) / Interval)).Nearest(MarkRound);

    // The fund is emptied, so that what nobody buys is deleveraged (F-193).
    private static async Task<VenueProcess> StartAsync()
    {
        var venue = await VenueProcess.ServeAsync("--data", "memory", "--clock", "manual", "--start", "2026-01-01T00:00:00Z", "--liquidity", "off", "--rate-limits", "off");
        (await venue.Control.PostAsync("/funds", $$"""{"account":"insurance","asset":"USDT","amount":"-{{await FundAsync(venue)}}"}""")).Require();
        return venue;
    }

    private static async Task<string> FundAsync(VenueProcess venue)
    {
        var funds = (await venue.Control.GetAsync("/funds", TestContext.Current.CancellationToken)).Require().GetProperty("funds").EnumerateArray();
        return funds.Single(fund => fund.GetProperty("account").GetString() == "insurance" && fund.GetProperty("asset").GetString() == "USDT").GetProperty("amount").GetString()!;
    }

    private static async Task PinAsync(VenueProcess venue, string price) =>
        (await venue.Control.PostAsync("/prices", $$"""{"prices":{"BTC_USDT":"{{price}}"},"mode":"pin"}""")).Require();

    private static async Task AdvanceAsync(VenueProcess venue, int seconds) =>
        (await venue.Control.PostAsync("/clock/advance", string.Create(CultureInfo.InvariantCulture, $$"""{"seconds":{{seconds}}}"""))).Require();

    private static async Task SoundAsync(VenueProcess venue) => Assert.True((await venue.Control.GetAsync("/invariants", TestContext.Current.CancellationToken)).Require().GetProperty("ok").GetBoolean());

    private static string Text(JsonElement row, string field)
    {
        var value = row.GetProperty(field);
        return value.ValueKind == JsonValueKind.String ? Trader.Plain(value.GetString()!) : value.GetRawText();
    }
}
