using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;
using static Sluice.Products.Tests.Venue;

namespace Sluice.Products.Tests.Wallet;

/// <summary>Money in, out and across (spec README §5), pins, shocks and liquidity.</summary>
public class WalletTests
{
    private const int Main = 10_001, Sub = 10_002, Other = 10_003, Sister = 10_004;
    private static readonly int Margin = WalletId.Margin(new InstrumentId(BtcUsdt)).Value;

    private static Venue Ready()
    {
        var venue = WithPair();
        venue.User("main");
        venue.User("sub", Main);
        venue.User("other");
        venue.User("sister", Main);
        venue.Fund(Main, Usdt, "100");
        return venue;
    }

    private static Transfer Move(string amount, int from = Main, int to = Main, int fromWallet = 1, int toWallet = 0) => new()
    {
        FromUser = from, ToUser = to, FromWallet = fromWallet, ToWallet = toWallet == 0 ? (from == to ? Margin : 1) : toWallet, Asset = Usdt, Amount = Amount(amount),
    };

    private static void Refused<T>(Venue venue, WalletRefusal why, T command, params string[] texts) where T : unmanaged, ICommand
    {
        var before = venue.Substance();
        Assert.Equal(why, (WalletRefusal)venue.Send(Main, command, texts).Refusal);
        Assert.True(before.AsSpan().SequenceEqual(venue.Substance()), $"{why} changed the state");
        Assert.All(venue.Events, e => Assert.True(e.Event is StepStarted or CommandEnded));
    }

    [Fact]
    public void S_013_funds_come_from_the_outside_world_and_go_back_to_it()
    {
        var venue = Ready();
        venue.Accept(0, new Fund { User = Main, Wallet = 1, Asset = Usdt, Amount = Amount("5"), Deposit = 1 }, "ETH", "0xabc", "tx");
        Assert.Equal((Reason.Deposit, "105"), (venue.Only<BalanceChanged>().Reason, venue.Only<BalanceChanged>().Total.ToString()));
        Assert.Equal(Tail("ETH", "0xabc", "tx"), venue.Events.Single(e => e.Event is Funded).Tail);
        venue.Fund(Main, Usdt, "-105");
        Assert.Equal(default, venue.Balance(Main, Usdt));
        Assert.Equal(Money.Zero, venue.VenueBalance(WalletId.OutsideWorld, Usdt));
        venue.CheckInvariants();
    }

    [Fact]
    public void Funding_that_makes_no_sense_changes_nothing()
    {
        var venue = Ready();
        var fund = new Fund { User = Main, Wallet = 1, Asset = Usdt, Amount = Amount("5") };
        Refused(venue, WalletRefusal.UserNotFound, fund with { User = 5 });
        Refused(venue, WalletRefusal.AssetNotFound, fund with { Asset = 3 });
        Refused(venue, WalletRefusal.AssetNotFound, fund with { Asset = -1 });
        Refused(venue, WalletRefusal.WalletNotSupported, fund with { Wallet = 3 });                // of contracts that settle in BTC
        Refused(venue, WalletRefusal.WalletNotSupported, fund with { Wallet = 5 });
        Refused(venue, WalletRefusal.WalletNotSupported, fund with { Wallet = Margin + 1 });
        Refused(venue, WalletRefusal.AmountNotPositive, fund with { Amount = Money.Zero });
        Refused(venue, WalletRefusal.BalanceTooLow, fund with { Amount = Amount("-100.000000000001") });
        Refused(venue, WalletRefusal.AmountTooMuch, fund with { Amount = new Money(Int128.MaxValue) });
        Refused(venue, WalletRefusal.AmountTooMuch, fund with { Amount = new Money(Int128.MinValue) });
    }

    [Fact]
    public void S_010_between_wallets_of_one_owner()
    {
        var venue = Ready();
        var id = venue.Accept(Main, Move("30"));
        Assert.Equal((id, Main), (venue.Only<Transferred>().TransferId, venue.Only<Transferred>().Actor));
        Assert.Equal([Reason.TransferOut, Reason.TransferIn], venue.Of<BalanceChanged>().Select(b => b.Reason));
        Assert.Equal(Amount("70"), venue.Balance(Main, Usdt).Available);
        Assert.Equal(Amount("30"), venue.Balance(Main, Usdt, Margin).Available);
        venue.Accept(Main, Move("30", fromWallet: Margin, toWallet: 1));
        Assert.Equal(Amount("100"), venue.Balance(Main, Usdt).Available);
        venue.CheckInvariants();
    }

    [Fact]
    public void S_013_between_a_main_account_and_its_sub_accounts()
    {
        var venue = Ready();
        venue.Accept(Main, Move("30", to: Sub) with { Route = TransferRoute.MainToSub });
        Assert.Equal([Reason.SubTransferOut, Reason.SubTransferIn], venue.Of<BalanceChanged>().Select(b => b.Reason));
        venue.Accept(Main, Move("10", Sub, Sister) with { Route = TransferRoute.SubToSub });
        venue.Accept(Main, Move("20", Sub, Main) with { Route = TransferRoute.SubToMain });
        Assert.Equal(["90", "0", "10"], new[] { Main, Sub, Sister }.Select(u => venue.Balance(u, Usdt).Available.ToString()));
    }

    [Fact]
    public void Transfers_that_make_no_sense_change_nothing()
    {
        var venue = Ready();
        Refused(venue, WalletRefusal.UserNotFound, Move("1", to: 5));
        Refused(venue, WalletRefusal.NotRelated, Move("1", to: Other));
        Refused(venue, WalletRefusal.AssetNotFound, Move("1") with { Asset = 9 });
        Refused(venue, WalletRefusal.WalletNotSupported, Move("1", toWallet: 7));
        Refused(venue, WalletRefusal.SameAccount, Move("1", toWallet: 1));
        Refused(venue, WalletRefusal.AmountNotPositive, Move("0"));
        Refused(venue, WalletRefusal.AmountNotPositive, Move("-1"));
        Refused(venue, WalletRefusal.BalanceTooLow, Move("100.01"));
        Refused(venue, WalletRefusal.BalanceTooLow, Move("1", Sub, Main));
        venue.Accept(0, new SetLocked { User = Sub, Locked = 1 });
        Refused(venue, WalletRefusal.UserLocked, Move("1", to: Sub));
    }

    [Fact]
    public void S_014_what_an_order_holds_cannot_be_moved_away()
    {
        var venue = Ready();
        venue.Accept(Main, new PlaceOrder { Instrument = BtcUsdt, Wallet = 1, Price = 600, Size = 1000 });
        Refused(venue, WalletRefusal.BalanceTooLow, Move("40.01"));
        venue.Accept(Main, Move("40"));
    }

    // A key of the main account and all its sub-accounts (spec README §7).
    [Fact]
    public void A_client_order_id_is_used_once()
    {
        var venue = Ready();
        venue.Accept(Main, Move("1", to: Sub), "order-1");
        Refused(venue, WalletRefusal.ClientOrderIdUsed, Move("1", to: Sister), "order-1");
        Assert.Equal((ushort)WalletRefusal.ClientOrderIdUsed, venue.Restored().Send(Main, Move("1", to: Sister), "order-1").Refusal);
        venue.Accept(Main, Move("1", to: Sister), "order-2");
        venue.Accept(Main, Move("1", to: Sister));
        venue.Accept(Main, Move("1", to: Sister));
        venue.Fund(Other, Usdt, "10");
        venue.Accept(Other, Move("1", Other, Other), "order-1");
    }

    [Fact]
    public void A_reset_closes_orders_and_triggers_and_returns_everything()
    {
        var venue = Ready();
        venue.Fund(Main, Btc, "2", Margin);
        venue.Accept(Main, new PlaceOrder { Instrument = BtcUsdt, Wallet = 1, Price = 600, Size = 1000, TakeProfitTrigger = 700 });
        venue.Accept(Main, new PlaceOrder { Instrument = BtcUsdt, Wallet = Margin, Side = Side.Sell, Price = 6000, Size = 1000 });
        venue.Accept(Main, new CreateTrigger { Instrument = BtcUsdt, Wallet = 1, Rule = TriggerRule.AtOrAbove, TriggerPrice = 900, Price = 900, Size = 1 });
        Refused(venue, WalletRefusal.UserNotFound, new ResetUser { User = 7 });
        venue.Accept(0, new ResetUser { User = Main });
        Assert.Equal(2, venue.Of<OrderFinished>().Count());
        Assert.Equal([TriggerStatus.Invalid, TriggerStatus.Cancelled], venue.Of<TriggerFinished>().Select(t => t.Status));
        foreach (var (asset, wallet) in new[] { (Usdt, 1), (Btc, Margin) }) Assert.Equal(default, venue.Balance(Main, asset, wallet));
        Assert.Equal(Money.Zero, venue.VenueBalance(WalletId.OutsideWorld, Usdt));
        Assert.Empty(venue.Spot.Triggers.All);
        venue.CheckInvariants();
    }

    // A snapshot does not say in which order accounts were opened.
    [Fact]
    public void A_reset_says_the_same_in_a_restored_venue()
    {
        var venue = Ready();
        foreach (var (asset, wallet) in new[] { (Btc, Margin), (Usdt, 1), (Btc, 1) }) venue.Fund(Main, asset, "1", wallet);
        var twin = venue.Restored();
        venue.Accept(0, new ResetUser { User = Main });
        twin.Execute(new Stamp(venue.Machine.Sequence, venue.Now), venue.LastRecord);
        Assert.True(venue.Of<BalanceChanged>().Count() >= 3);
        Assert.True(venue.EventBytes.SequenceEqual(twin.EventBytes));
    }

    [Fact]
    public void Pins_shocks_and_liquidity_are_state()
    {
        var venue = Ready();
        Refused(venue, WalletRefusal.PriceNotPositive, new PinPrice { Pinned = 1 }, "BTC_USDT");
        Refused(venue, WalletRefusal.AssetNotFound, new PinPrice { Pinned = 1, Price = Amount("1") });
        Refused(venue, WalletRefusal.PriceNotPositive, new ShockPrices { FractionE12 = -Rate.One });
        Refused(venue, WalletRefusal.PriceNotPositive, new ShockPrices { FractionE12 = 10 * Rate.One + 1 });
        venue.Accept(0, new PinPrice { Pinned = 1, Price = Amount("65000") }, "BTC_USDT");
        venue.Accept(0, new PinPrice { Pinned = 1, Price = Amount("3000") }, "ETH_USDT");
        venue.Accept(0, new PinPrice { Pinned = 0 }, "ETH_USDT");
        venue.Accept(0, new ShockPrices { FractionE12 = -Rate.One / 10 }, "BTC_USDT", "ETH_USDT");
        venue.Accept(0, new SetLiquidity { On = 0 }, "BTC_USDT", "ETH_USDT");
        venue.Accept(0, new SetLiquidity { On = 1 }, "ETH_USDT");
        var restored = venue.Restored();
        Assert.Equal(venue.Machine.StateHash(), restored.Machine.StateHash());
        var state = restored.Products.Wallet.State;
        Assert.Equal(("BTC_USDT", "65000"), (Assert.Single(state.Pins).Key, state.Pins["BTC_USDT"].ToString()));
        Assert.Equal((venue.Now, -Rate.One / 10, 2), (state.Shocks[0].TimeNanos, state.Shocks[0].FractionE12, state.Shocks[0].Names.Length));
        Assert.Equal(["BTC_USDT"], state.LiquidityOff);
        venue.Accept(0, new SetLiquidity { On = 0 });
        Assert.True(venue.Products.Wallet.State.AllLiquidityOff);
        Assert.Empty(venue.Products.Wallet.State.LiquidityOff);
    }

    [Fact]
    public void A_list_of_names_that_ends_early_ends()
    {
        var venue = Ready();
        Assert.True(venue.Send(0, new SetLiquidity { On = 0 }, default, 0, [65]).Accepted);
        Assert.True(venue.Send(0, new SetLiquidity { On = 0 }, default, 0, [200, 0, 65]).Accepted);
    }

    // Money of participants moves like everyone's; nobody is told.
    [Fact]
    public void S_013_participants_are_silent_and_exact()
    {
        var venue = Ready();
        var maker = venue.User("mm", flags: UserFlags.Participant);
        venue.Fund(maker, Btc, "10");
        Assert.Empty(venue.Of<BalanceChanged>());
        venue.Accept(maker, new PlaceOrder { Instrument = BtcUsdt, Wallet = 1, Side = Side.Sell, Price = 600, Size = 1000 });
        venue.Accept(Main, new PlaceOrder { Instrument = BtcUsdt, Wallet = 1, Price = 600, Size = 1000 });
        Assert.All(venue.Of<BalanceChanged>(), b => Assert.Equal(Main, b.User));
        Assert.Equal(FillFlags.MakerParticipant, venue.Only<OrderFilled>().Flags);
        Assert.Equal(Amount("60"), venue.Balance(maker, Usdt).Available);
        Assert.Equal(venue.Machine.StateHash(), venue.Restored().Machine.StateHash());
    }
}
