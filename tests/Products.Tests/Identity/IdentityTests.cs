using Sluice.Core.Kernel;
using Sluice.Products.Identity;
using static Sluice.Products.Tests.Venue;

namespace Sluice.Products.Tests.Identity;

/// <summary>Users, sub-accounts, keys and locks.</summary>
public class IdentityTests
{
    private static void Refused<T>(Venue venue, IdentityRefusal why, T command, params string[] texts) where T : unmanaged, ICommand
    {
        var before = venue.Substance();
        Assert.Equal(why, (IdentityRefusal)venue.Send(0, command, texts).Refusal);
        Assert.True(before.AsSpan().SequenceEqual(venue.Substance()), $"{why} changed the state");
        Assert.All(venue.Events, e => Assert.True(e.Event is StepStarted or CommandEnded));
    }

    [Fact]
    public void Users_have_dense_ids_and_names_of_their_own()
    {
        var venue = new Venue();
        Assert.Equal(IdentityProduct.FirstUser, venue.User("ann"));
        Assert.Equal(IdentityProduct.FirstUser + 1, venue.User("bob"));
        Refused(venue, IdentityRefusal.NameTaken, new CreateUser(), "ann", "", "");
        Refused(venue, IdentityRefusal.InvalidName, new CreateUser(), "", "", "");
        Refused(venue, IdentityRefusal.InvalidName, new CreateUser());
        Refused(venue, IdentityRefusal.InvalidName, new CreateUser(), new string('n', 65), "", "");
        venue.User(new string('n', 64));
        Assert.Equal((ushort)IdentityRefusal.NameTaken, venue.Restored().Send(0, new CreateUser(), "ann", "", "").Refusal);
    }

    [Fact]
    public void Sub_accounts_belong_to_a_main_account_and_are_limited()
    {
        var venue = new Venue();
        var main = venue.User("main");
        var sub = venue.User("sub", main);
        Assert.Equal(main, venue.Products.Identity.Find(sub)!.Main);
        Refused(venue, IdentityRefusal.UserNotFound, new CreateUser { Parent = sub }, "grandchild", "", "");
        Refused(venue, IdentityRefusal.UserNotFound, new CreateUser { Parent = 5 }, "orphan", "", "");
        for (var i = 1; i < IdentityProduct.SubAccountsMax; i++) venue.User($"sub{i}", main);
        Refused(venue, IdentityRefusal.TooManySubAccounts, new CreateUser { Parent = main }, "one more", "", "");
        venue.User("of another", venue.User("second"));
    }

    [Fact]
    public void Only_sub_accounts_are_locked()
    {
        var venue = new Venue();
        var main = venue.User("main");
        var sub = venue.User("sub", main);
        Refused(venue, IdentityRefusal.NotASubAccount, new SetLocked { User = main, Locked = 1 });
        Refused(venue, IdentityRefusal.UserNotFound, new SetLocked { User = 7, Locked = 1 });
        venue.Accept(0, new SetLocked { User = sub, Locked = 1 });
        Assert.True(venue.Restored().Products.Identity.Find(sub)!.Locked);
        venue.Accept(0, new SetLocked { User = sub });
        Assert.False(venue.Products.Identity.Find(sub)!.Locked);
    }

    [Fact]
    public void Keys_are_stored_changed_and_revoked_for_good()
    {
        var venue = new Venue();
        var (ann, bob) = (venue.User("ann"), venue.User("bob"));
        venue.Accept(0, new CreateKey { User = ann, Mode = 1 }, "key-1", "bot", "sealed", "spot", "1.2.3.4");
        Assert.Equal(Tail("key-1", "bot", "sealed", "spot", "1.2.3.4"), venue.Events.Single(e => e.Event is KeyStored).Tail);
        Refused(venue, IdentityRefusal.KeyExists, new CreateKey { User = bob }, "key-1", "", "", "", "");
        Refused(venue, IdentityRefusal.UserNotFound, new CreateKey { User = 5 }, "key-2", "", "", "", "");
        Refused(venue, IdentityRefusal.InvalidName, new CreateKey { User = ann }, "", "", "", "", "");
        Refused(venue, IdentityRefusal.KeyNotFound, new UpdateKey { User = bob }, "key-1", "mine now", "", "");
        Refused(venue, IdentityRefusal.KeyNotFound, new DeleteKey { User = bob }, "key-1");
        Refused(venue, IdentityRefusal.KeyNotFound, new DeleteKey { User = ann }, "key-9");
        venue.Now += 5;
        venue.Accept(0, new UpdateKey { User = ann, Mode = 2 }, "key-1", "renamed", "wallet", "");
        var key = venue.Restored().Products.Identity.Keys["key-1"];
        Assert.Equal(("renamed", "wallet", "", 2, Start, Start + 5), (key.Name, key.Permissions, key.IpList, key.Mode, key.CreatedNanos, key.UpdatedNanos));
        Assert.Equal("sealed"u8.ToArray(), key.SealedSecret);
        venue.Accept(0, new DeleteKey { User = ann }, "key-1");
        Assert.Empty(venue.Restored().Products.Identity.Keys);
    }

    [Fact]
    public void A_user_has_twenty_keys_at_most()
    {
        var venue = new Venue();
        var ann = venue.User("ann");
        for (var i = 0; i < IdentityProduct.KeysMax; i++) venue.Accept(0, new CreateKey { User = ann }, $"key-{i}", "", "s", "", "");
        Refused(venue, IdentityRefusal.TooManyKeys, new CreateKey { User = ann }, "key-20", "", "s", "", "");
        venue.Accept(0, new DeleteKey { User = ann }, "key-3");
        venue.Accept(0, new CreateKey { User = ann }, "key-20", "", "s", "", "");
    }

    // What a key says is told in one event of limited size.
    [Fact]
    public void A_key_with_more_text_than_an_event_holds_is_refused()
    {
        var venue = new Venue();
        var ann = venue.User("ann");
        Refused(venue, IdentityRefusal.InvalidName, new CreateKey { User = ann }, "key", "", "s", "", new string('1', 5000));
        venue.Accept(0, new CreateKey { User = ann }, "key", "", "s", "", new string('1', 3900));
        Refused(venue, IdentityRefusal.InvalidName, new UpdateKey { User = ann }, "key", "", "", new string('1', 4000));
    }

    [Fact]
    public void Key_material_is_in_the_snapshot_and_not_in_the_hash()
    {
        var venue = new Venue();
        var ann = venue.User("ann");
        ulong HashAfter(string secret)
        {
            var restored = venue.Restored();
            restored.Accept(0, new CreateKey { User = ann }, "key", "", secret, "", "");
            Assert.Contains(secret, System.Text.Encoding.ASCII.GetString(restored.Saved()), StringComparison.Ordinal);
            return restored.Machine.StateHash();
        }
        Assert.Equal(HashAfter("first-secret"), HashAfter("other-secret"));
    }
}
