using Sluice.Core.Collections;

namespace Sluice.Core.Ledger;

/// <summary>Account to slot, open addressing: eight bytes an entry, 32 bits of a hash beside the slot. Whether the hash told the truth is in the account
/// itself, which whoever looks it up reads anyway. Accounts are never taken out.</summary>
internal sealed class AccountIndex
{
    private const ulong Golden = 0x9E37_79B9_7F4A_7C15;

    private MaskedTable<ulong> entries = new(1024);         // slot + 1 above, the hash below; 0 = free
    private int shift = 32 - 10;
    private int count;

    /// <summary>Asks for the line in which an account is looked up; returns what <see cref="Guess"/> will want to know.</summary>
    public uint Prefetch(long key)
    {
        var hash = Hash(key);
        entries.Prefetch(Home(hash));
        return hash;
    }

    /// <summary>The slot of an account.</summary>
    public bool TryGet(long key, in AccountName name, in Slab<Account> accounts, out int slot)
    {
        var table = entries;
        var hash = Hash(key);
        for (var at = Home(hash); ; at = unchecked(at + 1))
        {
            var entry = table[at];
            if (entry == 0) break;
            if (unchecked((uint)entry) != hash) continue;
            slot = SlotOf(entry);
            if (accounts[slot].Name == name) return true;
        }
        slot = -1;
        return false;
    }

    /// <summary>Where an account probably is, without a look at it; −1 when it is nowhere.</summary>
    /// <param name="hash">From <see cref="Prefetch"/>.</param>
    public int Guess(uint hash)
    {
        var table = entries;
        for (var at = Home(hash); ; at = unchecked(at + 1))
        {
            var entry = table[at];
            if (entry == 0 || unchecked((uint)entry) == hash) return SlotOf(entry);
        }
    }

    /// <summary>Adds an account that is not there.</summary>
    public void Add(long key, int slot)
    {
        if (count * 2 >= entries.Length) Resize(entries.Length * 2);       // half full at most
        Insert(unchecked(((ulong)(slot + 1) << 32) | Hash(key)));
        count++;
    }

    /// <summary>Room for so many without growing.</summary>
    public void Reserve(int accounts)
    {
        var length = entries.Length;
        while (length <= accounts * 2L) length = checked(length * 2);
        if (length > entries.Length) Resize(length);
    }

    public void Clear()
    {
        entries.Clear();
        count = 0;
    }

    // The high bits of the product depend on every bit of the key: owners, wallets and assets, each dense, spread alike.
    private static uint Hash(long key) => unchecked((uint)((ulong)key * Golden >> 32));

    private uint Home(uint hash) => hash >> shift;

    private static int SlotOf(ulong entry) => unchecked((int)(entry >> 32) - 1);

    private void Insert(ulong entry)
    {
        var table = entries;
        var at = Home(unchecked((uint)entry));
        while (table[at] != 0) at = unchecked(at + 1);
        table[at] = entry;
    }

    private void Resize(int length)
    {
        var old = entries;
        entries = new MaskedTable<ulong>(length);
        shift = 32 - int.Log2(length);
        foreach (var entry in old.All)
        {
            if (entry != 0) Insert(entry);
        }
    }
}
