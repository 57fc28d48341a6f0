using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Values;
using Accounts = Sluice.Core.Ledger.Ledger;

namespace Sluice.Core.Tests.Ledger;

/// <summary>The ledger behind a state machine of one command, which posts one leg.</summary>
public class LedgerTests
{
    [StructLayout(LayoutKind.Sequential)]
    private struct PostLeg : ICommand
    {
        public static ushort Kind => 900;
        public Money Change;
        public Money Held;
        public int Owner;
        public int Asset;
        public long Reserved;
    }

    private sealed class Poster(Accounts ledger) : IProduct
    {
        public void Register(Registry registry)
        {
            registry.Remember(ledger);
            registry.Watch(ledger);
            registry.Handle<PostLeg>((in PostLeg leg, ReadOnlySpan<byte> _, Context context) =>
            {
                ledger.Post(context, ledger.Open(leg.Owner, WalletId.Spot, leg.Asset), leg.Change, leg.Held, Reason.Fund, 77, 3);
                return 0;
            });
        }
    }

    private readonly Accounts ledger = new();
    private readonly StateMachine machine;
    private readonly EventBuffer events = new();

    public LedgerTests() => machine = new StateMachine([new Poster(ledger)]);

    private void Post(int owner, long change, long held = 0, int asset = 1)
    {
        events.Clear();
        var header = new CommandHeader { Kind = PostLeg.Kind };
        var leg = new PostLeg { Owner = owner, Asset = asset, Change = Money.Units(change), Held = Money.Units(held) };
        byte[] record = [.. MemoryMarshal.AsBytes(new ReadOnlySpan<CommandHeader>(in header)), .. MemoryMarshal.AsBytes(new ReadOnlySpan<PostLeg>(in leg))];
        machine.Execute(new Stamp(machine.Sequence + 1, 1), record, events);
    }

    private string? Broken() => machine.CheckInvariants().Single(i => i.Name == "assets sum to zero").Broken;

    [Fact]
    public void S_013_an_asset_sums_to_zero_or_says_by_how_much_not()
    {
        Post(5, 10);
        Assert.Equal("asset 1 sums to 10", Broken());
        Post(0, -10);
        Assert.Null(Broken());
        Post(0, -1, asset: 2);
        Assert.Equal("asset 2 sums to -1", Broken());
    }

    // Owners that share a place, one that is asked for two assets, and a ledger taken over whose slots mean something else than before.
    [Fact]
    public void The_shorter_way_to_an_account_leads_to_the_same_one()
    {
        for (var owner = 1; owner <= 20_000; owner++) Post(owner, 1, asset: 1 + owner % 3);
        void Same(int owner, int asset) => Assert.Equal(ledger.Open(owner, WalletId.Spot, asset), ledger.OpenUsual(owner, WalletId.Spot, asset, silent: false));
        for (var round = 0; round < 2; round++)
        {
            foreach (var owner in new[] { 1, 1 + (1 << 10), 1 + (1 << 14), 20_000, int.MaxValue }) for (var asset = 1; asset <= 3; asset++) Same(owner, asset);
        }
        var empty = new StateWriter();
        new Accounts().Save(empty);
        var reader = new StateReader(empty.Written.Span);
        ledger.Load(ref reader);
        Assert.Equal(0, ledger.OpenUsual(20_000, WalletId.Spot, 3, silent: false));
    }

    [Fact]
    public void S_012_each_change_tells_the_balance_after_it()
    {
        Post(5, 10);
        Post(5, -2, 3);
        var reader = events.Read();
        while (reader.Next() && reader.Kind != BalanceChanged.Kind) { }
        var change = reader.As<BalanceChanged>();
        Assert.Equal(("-2", "3", "8", "3", 2L), (change.Change.ToString(), change.HeldChange.ToString(), change.Total.ToString(), change.Held.ToString(), change.UpdateId));
        Assert.Equal((5, 1, 1, 3, 77L, Reason.Fund), (change.User, change.Wallet, change.Asset, change.Instrument, change.Reference, change.Reason));
    }

    [Theory]
    [InlineData(-11, 0)]
    [InlineData(0, 11)]
    [InlineData(0, -1)]
    [InlineData(-5, 6)]
    public void S_012_a_user_never_owes_and_never_holds_what_is_not_there(long change, long held)
    {
        Post(5, 10);
        Assert.Throws<BrokenInvariantException>(() => Post(5, change, held));
    }

    [Fact]
    public void The_venues_own_accounts_may_owe_and_are_silent()
    {
        Post(0, -10);
        var reader = events.Read();
        while (reader.Next()) Assert.NotEqual(BalanceChanged.Kind, reader.Kind);
    }

    [Fact]
    public void It_is_saved_by_meaning_and_an_opened_unused_account_means_nothing()
    {
        Post(7, 1);
        Post(5, 2);
        var other = new Accounts();
        var twin = new StateMachine([new Poster(other)]);
        other.Open(99, WalletId.Spot, 1);
        var writer = new StateWriter();
        machine.Save(writer);
        twin.Load(writer.Written.Span);
        other.Open(3, WalletId.Spot, 1);
        Assert.Equal(machine.StateHash(), twin.StateHash());
        Assert.True(other.TryFind(5, WalletId.Spot, 1, out var slot));
        Assert.Equal("2", other[slot].Total.ToString());
        Assert.False(other.TryFind(99, WalletId.Spot, 1, out _));
    }

    // Commands may name any account: what cannot exist is not found, and opening it is a broken invariant.
    [Theory]
    [InlineData(5, 1, 65_536)]
    [InlineData(5, 1, 0)]
    [InlineData(5, 1, -1)]
    [InlineData(5, 0, 1)]
    [InlineData(5, -7, 1)]
    [InlineData(5, int.MaxValue, 1)]
    [InlineData(-5, 1, 1)]
    public void An_account_that_cannot_exist_is_not_found(int owner, int wallet, int asset)
    {
        Assert.False(ledger.TryFind(owner, new WalletId(wallet), asset, out _));
        Assert.Throws<BrokenInvariantException>(() => ledger.Open(owner, new WalletId(wallet), asset));
    }

    [Fact]
    public void Every_wallet_of_an_owner_has_accounts_of_its_own()
    {
        WalletId[] wallets = [WalletId.Spot, WalletId.FuturesUsdt, WalletId.OutsideWorld, WalletId.Margin(new InstrumentId(1)), WalletId.Margin(new InstrumentId(65_535))];
        var slots = (from owner in new[] { 0, 1, 10_001, int.MaxValue } from wallet in wallets from asset in new[] { 1, 2, 65_535 } select ledger.Open(owner, wallet, asset)).ToArray();
        Assert.Equal(slots.Length, slots.Distinct().Count());
    }

    // So many that some share the 32 bits by which they are looked up first.
    [Theory]
    [InlineData(0)]
    [InlineData(250_000)]
    public void Every_account_is_found_by_owner_wallet_and_asset_and_by_nothing_else(int reserved)
    {
        var accounts = new Accounts();
        accounts.Reserve(reserved);
        var model = new Dictionary<AccountName, int>();
        WalletId[] wallets = [WalletId.Spot, WalletId.FuturesUsdt, WalletId.Margin(new InstrumentId(1)), WalletId.Margin(new InstrumentId(9))];
        for (var owner = 1; model.Count < 240_000; owner++)
        {
            foreach (var wallet in wallets)
            {
                for (var asset = 1; asset <= 3; asset++)
                {
                    Assert.False(accounts.TryFind(owner, wallet, asset, out _));
                    model.Add(new AccountName(owner, wallet.Value, asset), accounts.Open(owner, wallet, asset));
                }
            }
        }
        Assert.Equal(model.Count, accounts.Count);
        var seen = 0;
        foreach (ref readonly var account in accounts.Accounts)
        {
            Assert.Equal(seen++, model[account.Name]);
            Assert.True(accounts.TryFind(account.Owner, new WalletId(account.Wallet), account.Asset, out var slot));
            Assert.Equal(model[account.Name], slot);
            Assert.Equal(slot, accounts.Open(account.Owner, new WalletId(account.Wallet), account.Asset));
        }
        Assert.Equal(model.Count, seen);
        Assert.False(accounts.TryFind(1, WalletId.Spot, 4, out _));
        var empty = new Accounts();
        Assert.Equal(-1, empty.Guess(empty.Prefetch(1, WalletId.Spot, 1)));
    }

    [Fact]
    public void What_is_reserved_costs_nothing_when_it_is_opened()
    {
        var accounts = new Accounts();
        accounts.Reserve(30_000);
        accounts.Open(1, WalletId.Spot, 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var owner = 2; owner <= 30_000; owner++) accounts.Open(owner, WalletId.Spot, 1);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
