using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;
using Sluice.Runtime.Sequencing;

namespace Sluice.Server.Markets;

/// <summary>What a seeded participant does. Each is a main account of its own, so that they may trade with each other (M-073).</summary>
internal enum Role
{
    /// <summary>Quotes near the middle and follows it.</summary>
    NearMaker,

    /// <summary>Keeps the deep levels.</summary>
    FarMaker,
    Taker,
    Arbitrageur,
}

/// <summary>A set of participants' users, one a role, and their money in one wallet: created once, found again by name, topped up and drained by ordinary
/// funding commands.</summary>
/// <param name="group">What stands before the role in their names; empty for those of spot.</param>
internal sealed class Purses(VenueProducts venue, WalletId wallet, string group = "")
{
    private const int LowShare = 4;             // topped up below a quarter of what is wanted
    private const int HighShare = 4;            // drained above four times of it

    private static readonly string[] Names = ["near-maker", "far-maker", "taker", "arbitrageur"];

    private readonly UserId[] users = new UserId[wallet == WalletId.Spot ? Names.Length : (int)Role.Arbitrageur];
    private readonly Money[][] wanted = [[], [], [], []];

    public UserId this[Role role] => users[(int)role];

    /// <summary>Finds or creates the users. They pay no fees: their trading is the venue's own expense.</summary>
    public void Open(ICoreDoor door)
    {
        for (var role = 0; role < users.Length; role++)
        {
            var name = $"seeded:{group}{Names[role]}";
            if (venue.Identity.Users.FirstOrDefault(user => user.Name == name && user.Flags.HasFlag(UserFlags.Participant)) is { } found)
            {
                users[role] = new UserId(found.Id);
                continue;
            }
            users[role] = Create(name, door);
            if (wallet == WalletId.Spot) door.Execute(UserId.Venue, new SetTraderSettings { User = users[role].Value, MakerFee = 0, TakerFee = 0, UniqueText = -1, FeeToken = -1 });
            else door.Execute(UserId.Venue, new SetContractFees { User = users[role].Value, MakerFee = 0, TakerFee = 0 });
        }
    }

    /// <summary>One more instrument in which a role spends this asset.</summary>
    public void Want(Role role, int asset, Money amount)
    {
        ref var amounts = ref wanted[(int)role];
        if (amounts.Length <= asset) Array.Resize(ref amounts, asset + 16);
        amounts[asset] += amount;
    }

    /// <summary>Brings every purse to what is wanted, where it is low.</summary>
    public void FillAll(ICoreDoor door)
    {
        for (var role = 0; role < users.Length; role++)
        {
            for (var asset = 1; asset < wanted[role].Length; asset++) Level((Role)role, asset, door);
        }
    }

    /// <summary>Tops up a low purse, drains a huge one.</summary>
    public void Level(Role role, int asset, ICoreDoor door)
    {
        var want = Wanted(role, asset);
        if (want.IsZero) return;
        var available = Available(role, asset);
        if (available.Raw < want.Raw / LowShare || available.Raw > want.Raw * HighShare) Fund(role, asset, want - available, door);
    }

    /// <summary>After a refusal for lack of funds: at least <paramref name="atLeast"/> more than there is.</summary>
    public void TopUp(Role role, int asset, Money atLeast, ICoreDoor door) =>
        Fund(role, asset, Money.Max(Wanted(role, asset), new Money(atLeast.Raw * 4)), door);

    private Money Wanted(Role role, int asset) => asset < wanted[(int)role].Length ? wanted[(int)role][asset] : Money.Zero;

    private Money Available(Role role, int asset) =>
        venue.Ledger.TryFind(users[(int)role].Value, wallet, asset, out var slot) ? venue.Ledger[slot].Available : Money.Zero;

    private void Fund(Role role, int asset, Money amount, ICoreDoor door) =>
        door.Execute(UserId.Venue, new Fund { User = users[(int)role].Value, Wallet = wallet.Value, Asset = asset, Amount = amount });

    private static UserId Create(string name, ICoreDoor door)
    {
        var tail = new TailWriter(new byte[256]);
        tail.Text(name);
        tail.Text("");
        tail.Text("");
        var created = door.Execute(UserId.Venue, new CreateUser { Flags = UserFlags.Participant }, tail.Written);
        if (!created.Accepted) throw new InvalidOperationException($"The participant {name} was refused ({created.Refusal}): its name is taken.");
        return new UserId((int)created.ObjectId);
    }
}
