using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>What an account has for sure, without a look at its contracts, it has (F-093, F-107, F-170).</summary>
public class MarkDriftTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public void F_107_an_account_never_loses_more_than_the_marks_can_have_moved(int seed, bool inverse)
    {
        var random = new Random(seed);
        var terms = inverse ? BtcUsd.Terms : Btc.Terms;
        var exchange = Exchange.With(terms, "60000").User("ann", inverse ? "100" : "1000000").User("bob", inverse ? "100" : "1000000");
        exchange.Leverage("ann", 10, cross: true);
        exchange.Trade("bob", "ann", (random.Next(2) == 0 ? 1 : -1) * (inverse ? 300_000 : 500_000), "60000");
        exchange.State.Accounts.TryFind(exchange["ann"], exchange.Market.Wallet, out var slot);
        var (mark, sure, unsure, tight) = (60_000m, 0, 0, 0);
        for (var i = 0; i < 12_000; i++)
        {
            var step = i % 3000 == 2999 ? 0.4m : 0.0004m;              // now and then too far for anything to be sure
            mark = decimal.Round(decimal.Clamp(mark * (1 + step * (decimal)(random.NextDouble() * 2 - 1)), 50_000, 70_000), 1);
            exchange.Venue.Accept(0, new PinMark { Instrument = exchange.Id, Mark = exchange.P(mark.ToString(System.Globalization.CultureInfo.InvariantCulture)) });
            var account = exchange.State.Accounts[slot];
            if (!exchange.State.Drift.TryLoss(account, exchange.State.MarkClock, out var loss)) unsure++;
            else
            {
                var now = Now(exchange);
                var lost = account.Cross.Contribution - now.Contribution;
                Assert.True(lost <= loss, $"step {i}: lost {lost}, {loss} at most");
                Assert.True(account.Cross.Unrealised - account.Cross.InitialMargin - (now.Unrealised - now.InitialMargin) <= loss);
                sure++;
                if (lost.Raw * 8 > loss.Raw && lost > M("0.001")) tight++;
            }
            if (random.Next(40) == 0) exchange.Risk("ann");             // brings it up to date
        }
        Assert.True(sure > 6000 && unsure > 3 && tight > 30, $"{sure} sure, {unsure} unsure, {tight} tight");
    }

    private static Exposure Now(Exchange exchange)
    {
        var position = exchange.Of("ann");
        return Requirements.Of(exchange.Market.Contract, exchange.Market.Contract.RiskLimits, position.Size, position.EntryValue, Leverage.Times(10), exchange.Market.Mark);
    }
}
