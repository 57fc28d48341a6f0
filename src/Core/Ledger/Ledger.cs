using System.Numerics;
using System.Runtime.CompilerServices;
using Sluice.Core.Collections;
using Sluice.Core.Kernel;
using Sluice.Core.Values;

namespace Sluice.Core.Ledger;

/// <summary>One account, 64 bytes: (owner, wallet, asset). A hold is part of the total (spec README §5).</summary>
public struct Account
{
    public Money Total;
    public Money Held;
    public long UpdateId;
    public AccountName Name;

    /// <summary>Who trades with it: a chain of the product's, by number + 1; 0 = nobody. No part of the state.</summary>
    public int Traders;

    public readonly int Owner => Name.Owner;
    public readonly int Wallet => Name.Wallet;
    public readonly int Asset => Name.Asset;

    /// <summary>No events: the venue's own accounts and those of seeded participants.</summary>
    public bool Silent;

    /// <summary>What the product noted of the owner, so that it need not be looked up where else it stands; 0 = nothing. No part of the state.</summary>
    public int Noted;

    /// <summary>Both are sums of what was funded, and far from what would overflow.</summary>
    public readonly Money Available => new(unchecked(Total.Raw - Held.Raw));
}

/// <summary>Whose it is, in which wallet, of which asset.</summary>
public readonly record struct AccountName(int Owner, int Wallet, int Asset);

/// <summary>Every unit of every asset, by double entry: what one account gains another loses, so each asset sums to zero (S-013). Accounts are
/// addressed by slot; a slot stays good for as long as the process lives.</summary>
public sealed class Ledger : IStatePart, IInvariant
{
    private readonly AccountIndex slots = new();
    private Slab<Account> accounts = new(1024);
    private MaskedTable<int> usual = new(1024);         // slot + 1 of what OpenUsual was asked for the last time, by the low bits of the owner; 0 = nothing

    public int Count { get; private set; }

    public string Name => "ledger";

    public bool Hashed => true;

    string IInvariant.Name => "assets sum to zero";

    public ref readonly Account this[int slot] => ref accounts[slot];

    /// <summary>All of them, in order of opening.</summary>
    public AccountWalk Accounts => new(this);

    /// <summary>Room for so many accounts that is taken now and not while commands run.</summary>
    public void Reserve(int count)
    {
        accounts.Reserve(count);
        slots.Reserve(count);
        if (count / OwnersShare > usual.Length) usual = new MaskedTable<int>((int)BitOperations.RoundUpToPowerOf2((uint)(count / OwnersShare)));
    }

    /// <summary>Where the chain of those who trade with an account begins.</summary>
    public ref int TradersOf(int slot) => ref accounts[slot].Traders;

    /// <summary>See <see cref="Account.Noted"/>.</summary>
    public ref int NotedOf(int slot) => ref accounts[slot].Noted;

    /// <summary>The slot of an account; opens it, empty, when it is new.</summary>
    public int Open(int owner, WalletId wallet, int asset, bool silent = false)
    {
        var key = IndexKey(owner, wallet, asset);
        if (key == NoAccount) throw new BrokenInvariantException($"There is no account of asset {asset} in wallet {wallet.Value}.");
        var name = new AccountName(owner, wallet.Value, asset);
        if (slots.TryGet(key, name, accounts, out var slot)) return slot;
        if (Count == accounts.Length) accounts.Extend();
        slot = Count++;
        slots.Add(key, slot);
        accounts[slot] = new Account { Name = name, Silent = silent || owner == UserId.Venue.Value };
        ref var first = ref usual[unchecked((uint)owner)];
        if (first == 0) first = slot + 1;           // perhaps OpenUsual will ask for this one
        return slot;
    }

    /// <summary>As <see cref="Open"/>, and a shorter way to the account that an owner was asked for here the last time: quote assets are few.</summary>
    public int OpenUsual(int owner, WalletId wallet, int asset, bool silent)
    {
        if (!Unsafe.IsNullRef(in FindUsual(owner, wallet, asset, out var slot))) return slot;
        slot = Open(owner, wallet, asset, silent);
        if (Count / OwnersShare > usual.Length) usual = new MaskedTable<int>(usual.Length * 2);
        usual[unchecked((uint)owner)] = slot + 1;
        return slot;
    }

    /// <summary>The account if it is the one that an owner was asked for the last time; else a null reference.</summary>
    public ref readonly Account FindUsual(int owner, WalletId wallet, int asset, out int slot)
    {
        slot = Usual(owner);
        if (slot < 0) return ref Unsafe.NullRef<Account>();
        ref readonly var account = ref accounts[slot];
        return ref account.Name == new AccountName(owner, wallet.Value, asset) ? ref account : ref Unsafe.NullRef<Account>();
    }

    /// <summary>Where <see cref="OpenUsual"/> will look first; −1 = nowhere.</summary>
    public int Usual(int owner) => unchecked(usual[(uint)owner] - 1);

    /// <summary>Asks for the line in which that stands.</summary>
    public void PrefetchUsual(int owner) => usual.Prefetch(unchecked((uint)owner));

    public bool TryFind(int owner, WalletId wallet, int asset, out int slot) =>
        slots.TryGet(IndexKey(owner, wallet, asset), new AccountName(owner, wallet.Value, asset), accounts, out slot);

    /// <summary>Asks for the line in which an account is looked up, and returns what <see cref="Guess"/> will want to know.</summary>
    public uint Prefetch(int owner, WalletId wallet, int asset) => slots.Prefetch(IndexKey(owner, wallet, asset));

    /// <summary>Where it probably is, without a look at the account itself; −1 when it is nowhere.</summary>
    public int Guess(uint hash) => slots.Guess(hash);

    /// <summary>Asks for the line of an account.</summary>
    public void Prefetch(int slot) => accounts.Prefetch(slot);

    /// <summary>One leg: changes total and hold together and announces it. The caller posts legs that sum to zero per asset. A user's available
    /// balance below zero is a broken invariant and stops the machine: handlers check before they post. Cash of contracts is the exception
    /// (<see cref="WalletId.IsContracts"/>).</summary>
    public void Post(Context context, int slot, Money change, Money heldChange, Reason reason, long reference, int instrument) =>
        ChangeBoth(context, ref accounts[slot], change, heldChange, reference, Cause(instrument, reason));

    /// <summary>The same where nothing is held or freed.</summary>
    public void Post(Context context, int slot, Money change, Reason reason, long reference, int instrument) =>
        ChangeTotal(context, ref accounts[slot], change, reference, Cause(instrument, reason));

    /// <summary>Two legs of one account, one behind the other: what is received, which is not negative, and what is taken from it at once.</summary>
    public void PostAndTake(Context context, int slot, Money received, Money taken, Reason reason, Reason reasonTaken, long reference, int instrument) =>
        ChangeTwice(context, ref accounts[slot], received, new Money(unchecked(-taken.Raw)), reference, Cause(instrument, reason), Cause(instrument, reasonTaken));

    /// <summary>Sets an amount aside; the total stays.</summary>
    public void Hold(Context context, int slot, Money amount, Reason reason, long reference, int instrument) =>
        ChangeHeld(context, ref accounts[slot], amount, reference, Cause(instrument, reason));

    /// <summary>The same for who has looked the account up.</summary>
    public static void Hold(Context context, in Account account, Money amount, Reason reason, long reference, int instrument) =>
        ChangeHeld(context, ref Unsafe.AsRef(in account), amount, reference, Cause(instrument, reason));

    /// <summary>Frees what was set aside. The least of all numbers, which has no opposite, would be found to be overdrawn.</summary>
    public void Release(Context context, int slot, Money amount, Reason reason, long reference, int instrument) =>
        Hold(context, slot, new Money(unchecked(-amount.Raw)), reason, reference, instrument);

    // Each once, the first two with what they are told in six registers: in each caller they were a hundred instructions more, a third of them to make room. What is announced is written as it
    // comes to be, so that little has to be kept, and what is called is called last, so that nothing has to be kept over a call.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ChangeTotal(Context context, ref Account account, Money change, long reference, ulong cause)
    {
        if (account.Silent)
        {
            ChangeSilently(ref account, change, reference, cause);
            return;
        }
        if (!context.Events.HasRoom<BalanceChanged>())
        {
            ChangeAside(context, ref account, change, default, reference, cause);
            return;
        }
        ref var announced = ref AnnouncedTotal(context.Events, ref account, change, reference, cause);
        var total = account.Total + change;
        account.Total = total;
        announced.Total = total;
        if (IsOverdrawn(total, account.Held)) Overdrawn(account, reference, cause);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ChangeHeld(Context context, ref Account account, Money amount, long reference, ulong cause)
    {
        if (account.Silent || !context.Events.HasRoom<BalanceChanged>())
        {
            ChangeAside(context, ref account, default, amount, reference, cause);
            return;
        }
        ref var announced = ref Announced(context.Events, ref account, reference, cause);
        announced.Change = default;
        announced.HeldChange = amount;
        announced.Total = account.Total;
        var held = account.Held + amount;
        account.Held = held;
        announced.Held = held;
        if (IsOverdrawn(account.Total, held)) Overdrawn(account, reference, cause);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ChangeBoth(Context context, ref Account account, Money change, Money heldChange, long reference, ulong cause)
    {
        if (account.Silent || !context.Events.HasRoom<BalanceChanged>())
        {
            ChangeAside(context, ref account, change, heldChange, reference, cause);
            return;
        }
        ref var announced = ref Announced(context.Events, ref account, reference, cause);
        announced.Change = change;
        announced.HeldChange = heldChange;
        var total = account.Total + change;
        account.Total = total;
        announced.Total = total;
        var held = account.Held + heldChange;
        account.Held = held;
        announced.Held = held;
        if (IsOverdrawn(total, held)) Overdrawn(account, reference, cause);
    }

    // Checked once, behind both: the first one adds to what is available.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ChangeTwice(Context context, ref Account account, Money received, Money taken, long reference, ulong cause, ulong causeTaken)
    {
        if (account.Silent || !context.Events.HasRoom<BalanceChanged>(2))
        {
            ChangeTotal(context, ref account, received, reference, cause);
            ChangeTotal(context, ref account, taken, reference, causeTaken);
            return;
        }
        ref var first = ref AnnouncedTotal(context.Events, ref account, received, reference, cause);
        var total = account.Total + received;
        first.Total = total;

        ref var second = ref AnnouncedTotal(context.Events, ref account, taken, reference, causeTaken);
        total += taken;
        account.Total = total;
        second.Total = total;
        if (IsOverdrawn(total, account.Held)) Overdrawn(account, reference, causeTaken);
    }

    // Of an account of which nothing is said; or there is no room to say it, and then it is made.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ChangeAside(Context context, ref Account account, Money change, Money heldChange, long reference, ulong cause)
    {
        if (!account.Silent)
        {
            context.Events.Widen();
            ChangeBoth(context, ref account, change, heldChange, reference, cause);
            return;
        }
        account.Held += heldChange;
        ChangeSilently(ref account, change, reference, cause);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ChangeSilently(ref Account account, Money change, long reference, ulong cause)
    {
        NextUpdate(ref account);
        var total = account.Total + change;
        account.Total = total;
        if (IsOverdrawn(total, account.Held)) Overdrawn(account, reference, cause);
    }

    // All of it but the new total.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref BalanceChanged AnnouncedTotal(EventBuffer events, ref Account account, Money change, long reference, ulong cause)
    {
        ref var announced = ref Announced(events, ref account, reference, cause);
        announced.Change = change;
        announced.HeldChange = default;
        announced.Held = account.Held;
        return ref announced;
    }

    // All of it but the amounts. Fields that stand beside each other there and here go over together.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref BalanceChanged Announced(EventBuffer events, ref Account account, long reference, ulong cause)
    {
        ref var announced = ref events.AppendInRoom<BalanceChanged>();
        announced.UpdateId = NextUpdate(ref account);
        announced.Reference = reference;
        Unsafe.As<int, AccountName>(ref announced.User) = account.Name;
        Unsafe.As<int, ulong>(ref announced.Instrument) = cause;
        announced.Reserved2 = 0;
        announced.Reserved3 = 0;
        return ref announced;
    }

    // The eight bytes of an event from Instrument to Reserved1.
    private static ulong Cause(int instrument, Reason reason) => unchecked((uint)instrument) | ((ulong)reason << 32);

    private static Reason ReasonOf(ulong cause) => unchecked((Reason)(cause >> 32));

    private static long NextUpdate(ref Account account) => account.UpdateId = unchecked(account.UpdateId + 1);

    // One question instead of two: negative is what is held, or the difference, which cannot overflow, since no account holds more than what was funded (10^30 at most).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsOverdrawn(Money total, Money held) => unchecked(held.Raw | (total.Raw - held.Raw)) < 0;

    public string? Broken()
    {
        var sums = new SortedDictionary<int, Money>();
        foreach (ref readonly var account in Accounts)
        {
            sums[account.Asset] = sums.GetValueOrDefault(account.Asset) + account.Total;
            if (account.Owner == 0 || new WalletId(account.Wallet).IsContracts) continue;
            if (account.Held.IsNegative || account.Available.IsNegative)
            {
                return $"user {account.Owner} wallet {account.Wallet} asset {account.Asset}: total {account.Total}, held {account.Held}";
            }
        }
        foreach (var (asset, sum) in sums)
        {
            if (!sum.IsZero) return $"asset {asset} sums to {sum}";
        }
        return null;
    }

    public void Save(StateWriter writer)
    {
        var sorted = Enumerable.Range(0, Count).ToArray();
        Array.Sort(sorted, (a, b) => Key(accounts[a]).CompareTo(Key(accounts[b])));
        var used = sorted.Where(slot => accounts[slot].UpdateId > 0).ToArray();      // an opened, never used account means nothing
        writer.Int32(used.Length);
        foreach (var slot in used)
        {
            ref readonly var account = ref accounts[slot];
            writer.Int32(account.Owner);
            writer.Int32(account.Wallet);
            writer.Int32(account.Asset);
            writer.Byte(account.Silent ? (byte)1 : (byte)0);
            writer.Int64(account.UpdateId);
            writer.Money(account.Total);
            writer.Money(account.Held);
        }
    }

    public void Load(ref StateReader reader)
    {
        slots.Clear();
        usual.Clear();
        Count = 0;
        for (var left = reader.Int32(); left > 0; left--)
        {
            var slot = Open(reader.Int32(), new WalletId(reader.Int32()), reader.Int32(), reader.Byte() != 0);
            accounts[slot].UpdateId = reader.Int64();
            accounts[slot].Total = reader.Money();
            accounts[slot].Held = reader.Money();
        }
    }

    // Owner, wallet and asset in one number: assets and pairs are below 65,536, and the wallets that are not a pair's too. Commands may name any
    // others; nobody has those.
    private static long IndexKey(int owner, WalletId wallet, int asset)
    {
        var kind = wallet.IsMargin ? Kinds + wallet.MarginPair.Value : wallet.Value;
        if (asset is < 1 or >= Kinds || kind is < 1 or >= 2 * Kinds || owner < 0) return NoAccount;
        return ((long)owner << 33) | ((long)kind << 16) | (uint)asset;
    }

    private const int Kinds = 1 << 16;
    private const int OwnersShare = 8;              // accounts for each owner that has a place of its own
    private const long NoAccount = 0;               // no account's

    private static (int, int, int) Key(in Account account) => (account.Owner, account.Wallet, account.Asset);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Overdrawn(in Account account, long reference, ulong cause)
    {
        if (account.Owner == UserId.Venue.Value) return;
        if (new WalletId(account.Wallet).IsContracts && !account.Held.IsNegative) return;
        throw new BrokenInvariantException($"User {account.Owner} wallet {account.Wallet} asset {account.Asset} would have total {account.Total} "
            + $"and held {account.Held} ({ReasonOf(cause)} {reference}).");
    }
}

/// <summary>Walks over all accounts.</summary>
public struct AccountWalk(Ledger ledger)
{
    private int at = -1;

    public readonly ref readonly Account Current => ref ledger[at];

    public bool MoveNext() => ++at < ledger.Count;

    public readonly AccountWalk GetEnumerator() => this;
}
