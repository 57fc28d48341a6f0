using System.Collections.Concurrent;

namespace Sluice.Server.Views;

/// <summary>Balances of users. The bus thread changes it, anyone reads it.</summary>
internal sealed class BalancesView
{
    private readonly ConcurrentDictionary<int, OfUser> byUser = new();

    public IReadOnlyList<BalanceView> Of(int user) => byUser.TryGetValue(user, out var mine) ? mine.All() : [];

    public BalanceView Of(int user, int wallet, int asset) =>
        byUser.TryGetValue(user, out var mine) && mine.TryGet(wallet, asset, out var balance) ? balance : new BalanceView(wallet, asset, default, default, 0);

    public void Put(int user, in BalanceView balance) => byUser.GetOrAdd(user, static _ => new OfUser()).Put(balance);

    private sealed class OfUser
    {
        private readonly Lock gate = new();
        private readonly SortedDictionary<(int Wallet, int Asset), BalanceView> balances = [];

        public BalanceView[] All()
        {
            lock (gate) return [.. balances.Values];
        }

        public bool TryGet(int wallet, int asset, out BalanceView balance)
        {
            lock (gate) return balances.TryGetValue((wallet, asset), out balance);
        }

        public void Put(in BalanceView balance)
        {
            lock (gate) balances[(balance.Wallet, balance.Asset)] = balance;
        }
    }
}
