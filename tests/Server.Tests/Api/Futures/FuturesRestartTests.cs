using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Margin;
using Sluice.Server.Tests.Wire;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Tests.Api.Futures;

/// <summary>Views that start from a state and its history read as those that saw it come about.</summary>
public sealed class FuturesRestartTests(FuturesVenue venue) : IClassFixture<FuturesVenue>
{
    private static readonly int Wallet = WalletId.FuturesUsdt.Value;

    [Fact]
    public async Task Contracts_read_after_a_restart_as_before()
    {
        var (alice, bob) = (await venue.NewTraderAsync(), await venue.NewTraderAsync());
        await DoneAsync(alice, "/futures/usdt/orders", """{"contract":"BTC_USDT","size":10,"price":"0","tif":"ioc"}""");
        await DoneAsync(alice, "/futures/usdt/orders", """{"contract":"BTC_USDT","size":-4,"price":"90000","text":"t-kept","reduce_only":true}""");
        await DoneAsync(alice, "/futures/usdt/price_orders",
            """{"initial":{"contract":"BTC_USDT","size":3,"price":"0"},"trigger":{"price":"95000","rule":1,"expiration":3600}}""");
        await DoneAsync(alice, "/delivery/usdt/orders", $$"""{"contract":"{{FuturesVenue.Delivery}}","size":2,"price":"0","tif":"ioc"}""");
        await DoneAsync(bob, "/futures/usdt/dual_mode?dual_mode=true", "");
        await DoneAsync(bob, "/futures/usdt/orders", """{"contract":"BTC_USDT","size":-6,"price":"0","tif":"ioc"}""");
        await DoneAsync(bob, "/futures/usdt/countdown_cancel_all", """{"timeout":3600}""");
        Assert.True(await venue.Stored.CaughtUpAsync(alice.User, TestContext.Current.CancellationToken));
        Assert.True(await venue.Stored.CaughtUpAsync(bob.User, TestContext.Current.CancellationToken));

        var after = new VenueViews();
        after.Begin(venue.Products, venue.Stored);
        var (old, fresh) = (venue.Views.Futures, after.Futures);
        Assert.Equal(old.Contracts.Select(contract => contract.Symbol), fresh.Contracts.Select(contract => contract.Symbol));
        foreach (var contract in old.Contracts) Same(contract, fresh.Of(contract.Id));
        foreach (var user in new[] { alice.User, bob.User })
        {
            Assert.Equal(old.PositionsOf(user, Wallet).Select(Held), fresh.PositionsOf(user, Wallet).Select(Held));
            Assert.Equal(old.OpenOrdersOf(user).Select(Open), fresh.OpenOrdersOf(user).Select(Open));
            Assert.Equal(old.OpenTriggersOf(user).Select(Open), fresh.OpenTriggersOf(user).Select(Open));
            Assert.Equal(new FuturesAccounts(venue.Views).Of(user, Wallet).Risk, new FuturesAccounts(after).Of(user, Wallet).Risk);
        }
        Assert.Equal("t-kept", Assert.Single(fresh.OpenOrdersOf(alice.User)).Text);
        Assert.Equal((PositionMode.Single, PositionMode.Dual), (fresh.ModeOf(alice.User, Wallet), fresh.ModeOf(bob.User, Wallet)));
        Assert.Equal(old.CountdownOf(bob.User, Wallet, 0), fresh.CountdownOf(bob.User, Wallet, 0));
        Assert.NotEqual(0, fresh.CountdownOf(bob.User, Wallet, 0));
    }

    // F-169: a position that keeps the requirements of before is shown with them, and until when.
    [Fact]
    public async Task Kept_requirements_are_shown_also_after_a_restart()
    {
        var carol = await venue.NewTraderAsync();
        await DoneAsync(carol, "/futures/usdt/positions/BTC_USDT/leverage?leverage=20", "");
        await DoneAsync(carol, "/futures/usdt/orders", """{"contract":"BTC_USDT","size":10,"price":"84000","tif":"ioc"}""");
        var contract = venue.Views.Futures.Contracts.Single(known => known is { Symbol: "BTC_USDT", IsDelivery: false });
        var former = contract.Contract;
        var bytes = new byte[64];
        var tail = new TailWriter(bytes);
        tail.Byte(1);
        tail.Int64((long)(Money.Units(10_000_000).Raw >> 64));
        tail.Int64(unchecked((long)(ulong)Money.Units(10_000_000).Raw));
        tail.Int64(Rate.One / 16);
        tail.Int64(Rate.One / 10);
        await venue.SendAsync(0, new ConfigureContract { Instrument = contract.Id, Terms = contract.Listing with { LeverageMax = 1_000 }, Options = contract.Options, GraceSeconds = 3600 }, tail.Written.ToArray());

        var after = new VenueViews();
        after.Begin(venue.Products, venue.Stored);
        foreach (var views in new[] { venue.Views, after })
        {
            var shown = Assert.Single(new FuturesAccounts(views).Of(carol.User, Wallet).Positions);
            Assert.Equal(former.RiskLimits[0].MaintenanceRate, shown.Required.RiskLimits[shown.Tier].MaintenanceRate);
            Assert.Equal(Rate.One / 16, shown.Contract.Terms.RiskLimits[0].MaintenanceRate.Raw);
            Assert.NotEqual(0, shown.KeptUntilNanos);
            Assert.False(shown.Level.IsBreached);
        }
        var said = await venue.AskAsync(carol, "GET", "/futures/usdt/positions/BTC_USDT");
        Assert.Contains("former_terms_until", said.Text, StringComparison.Ordinal);
    }

    // Of two lives of a position, one over and one not.
    [Fact]
    public async Task F_045_points_and_who_pays_in_them_are_shown_also_after_a_restart()
    {
        var dan = await venue.NewTraderAsync();
        var points = (int)(await venue.SendAsync(0, new Products.Spot.ListAsset { Scale = 6 }, "POINT", "Points")).Result.ObjectId;
        await venue.SendAsync(0, new SetPointValue { Asset = FuturesVenue.Usdt, Points = points, Value = Money.Units(1) });
        await venue.SendAsync(dan.User, new SetPointUse { Enabled = 1 });
        await venue.SendAsync(0, new Products.Wallet.Fund { User = dan.User, Wallet = WalletId.Spot.Value, Asset = points, Amount = Money.Units(100) }, "", "", "");
        foreach (var size in new[] { 10, -10, 4 }) await DoneAsync(dan, "/futures/usdt/orders", $$"""{"contract":"BTC_USDT","size":{{size}},"price":"0","tif":"ioc"}""");

        var after = new VenueViews();
        after.Begin(venue.Products, venue.Stored);
        var row = Assert.Single(after.Futures.PositionsOf(dan.User, Wallet));
        Assert.Equal(Held(Assert.Single(venue.Views.Futures.PositionsOf(dan.User, Wallet))), Held(row));
        Assert.True(row.PointsPaid > Money.Zero && row.HistoryPoints > row.PointsPaid && row.FeesPaid.IsZero);
        Assert.Equal(Money.Units(100) - row.PointsPaid - row.HistoryPoints, after.PointsOf(dan.User));
        Assert.True(after.Futures.PaysInPoints(dan.User));
        Assert.Equal((points, Money.Units(1)), (after.Futures.PointAsset, after.Futures.PointValueOf(FuturesVenue.Usdt)));

        // Switched off, what was paid is still told.
        await venue.SendAsync(0, new SetPointValue { Asset = FuturesVenue.Usdt, Points = points });
        after = new VenueViews();
        after.Begin(venue.Products, venue.Stored);
        Assert.Equal((points, Money.Zero), (after.Futures.PointAsset, after.Futures.PointValueOf(FuturesVenue.Usdt)));
        Assert.Equal(row.PointsPaid, Assert.Single(after.Futures.PositionsOf(dan.User, Wallet)).PointsPaid);
    }

    [Fact]
    public async Task What_a_lost_history_does_not_know_of_orders_the_state_tells()
    {
        var alice = await venue.NewTraderAsync();
        await DoneAsync(alice, "/futures/usdt/orders", """{"contract":"BTC_USDT","size":7,"price":"70000","text":"t-lost"}""");
        var after = new VenueViews();
        after.Begin(venue.Products);
        var order = Assert.Single(after.Futures.OpenOrdersOf(alice.User));
        Assert.Equal((7L, 7L, 700_000L, true), (order.Size, order.Left, order.Price, order.IsOpen));
    }

    private static void Same(ContractView old, ContractView fresh)
    {
        Assert.Equal((old.Status, old.Prices.Mark, old.Prices.Index, old.LastPrice, old.LastTradeId), (fresh.Status, fresh.Prices.Mark, fresh.Prices.Index, fresh.LastPrice, fresh.LastTradeId));
        Assert.Equal((old.Funding.Rate, old.Funding.AppliesNanos, old.Interest), (fresh.Funding.Rate, fresh.Funding.AppliesNanos, fresh.Interest));
        Assert.Equal((old.TradeSize, old.Index, old.Wallet, old.ListedNanos), (fresh.TradeSize, fresh.Index, fresh.Wallet, fresh.ListedNanos));
        var (before, now) = (old.Book.Depth(100), fresh.Book.Depth(100));
        Assert.Equal(before.UpdateId, now.UpdateId);
        Assert.Equal(before.Bids, now.Bids);
        Assert.Equal(before.Asks, now.Asks);
    }

    // When and by what it changed last is history.
    private static PositionRow Held(PositionRow row) => row with { UpdatedNanos = 0, Sequence = 0, Reference = 0, Cause = default };

    // What the state is ahead of the history by counts as a change.
    private static ContractOrderRow Open(ContractOrderRow row) => row with { UpdatedNanos = 0, Sequence = 0 };

    private static ContractTriggerRow Open(ContractTriggerRow row) => row with { UpdatedNanos = 0 };

    private async Task DoneAsync(Signer signer, string path, string body)
    {
        var parts = path.Split('?');
        var said = await venue.AskAsync(signer, "POST", parts[0], parts.Length > 1 ? parts[1] : "", body);
        Assert.True(said.Status is 200 or 201, said.Text);
    }
}
