using System.Text;
using Sluice.Core.Kernel;
using Sluice.Products.Identity;
using Sluice.Runtime.Disk;
using Sluice.Server.Identity;

namespace Sluice.Server.Tests.Identity;

public class SealTests
{
    private static readonly byte[] Secret = Encoding.UTF8.GetBytes("f00d");

    [Fact]
    public void A_sealed_secret_opens_again_under_its_key_and_master_key_only()
    {
        var disk = new MemoryDisk();
        var seal = SecretSeal.Open(disk);
        var blob = seal.Seal("key-a", Secret);
        Assert.True(SecretSeal.Open(disk).TryOpen("key-a", blob, out var opened));
        Assert.Equal(Secret, opened);
        Assert.False(seal.TryOpen("key-b", blob, out _));
        Assert.False(SecretSeal.Open(new MemoryDisk()).TryOpen("key-a", blob, out _));
        Assert.NotEqual(blob, seal.Seal("key-a", Secret));      // never the same nonce twice
        Assert.False(blob.AsSpan().IndexOf(Secret) >= 0);
    }

    [Fact]
    public void A_changed_blob_never_opens()
    {
        var seal = SecretSeal.Open(new MemoryDisk());
        var blob = seal.Seal("key", Secret);
        for (var i = 0; i < blob.Length; i++)
        {
            blob[i] ^= 1;
            Assert.False(seal.TryOpen("key", blob, out _), $"byte {i}");
            blob[i] ^= 1;
        }
        for (var length = 0; length < blob.Length; length++) Assert.False(seal.TryOpen("key", blob.AsSpan(0, length), out _), $"length {length}");
        Assert.True(seal.TryOpen("key", blob, out _));
    }

    [Fact]
    public void The_master_key_is_written_before_it_seals_and_not_before()
    {
        var disk = new MemoryDisk();
        var seal = SecretSeal.Open(disk);
        Assert.True(seal.IsNew);
        Assert.False(disk.Exists(SecretSeal.File));
        seal.Seal("key", Secret);
        Assert.False(seal.IsNew);
        Assert.Equal(64, PrivateFile.Read(disk, SecretSeal.File)!.Length);
    }

    [Fact]
    public void A_damaged_master_key_file_is_a_clear_sentence()
    {
        var disk = new MemoryDisk();
        PrivateFile.Write(disk, SecretSeal.File, "nonsense"u8);
        Assert.Contains(SecretSeal.File, Assert.Throws<MasterKeyException>(() => SecretSeal.Open(disk)).Message);
    }

    [Fact]
    public void Files_of_secrets_are_readable_by_their_owner_only()
    {
        if (OperatingSystem.IsWindows()) return;
        var folder = Directory.CreateTempSubdirectory("sluice-identity-");
        try
        {
            var disk = new FileDisk(folder.FullName);
            SecretSeal.Open(disk).Seal("key", Secret);
            AdminToken.Open(disk);
            DemoUser.Publish(disk, new DemoKey(1, "k", "s", IsNew: true), "http://127.0.0.1:1");
            foreach (var name in new[] { SecretSeal.File, AdminToken.File, DemoUser.File })
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder.FullName, name)));
            Assert.Equal(3, folder.GetFiles().Length);         // nothing unfinished is left
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void New_keys_have_32_and_64_hexadecimal_characters_and_differ()
    {
        var seal = SecretSeal.Open(new MemoryDisk());
        var keys = Enumerable.Range(0, 100).Select(_ => seal.CreateKey()).ToList();
        Assert.All(keys, key => Assert.Matches("^[0-9a-f]{32}$", key.Key));
        Assert.All(keys, key => Assert.Matches("^[0-9a-f]{64}$", key.Secret));
        Assert.Equal(100, keys.Select(key => key.Key).Distinct().Count());
        Assert.DoesNotContain(keys[0].Secret, keys[0].ToString());
    }

    [Fact]
    public void A_repeated_request_gets_the_same_key_and_another_one_or_another_master_key_does_not()
    {
        var seal = SecretSeal.Open(new MemoryDisk());
        var first = seal.CreateKey(new IdempotencyKey(1, 2, 3));
        Assert.Equal(first, seal.CreateKey(new IdempotencyKey(1, 2, 3)));
        Assert.NotEqual(first.Secret, seal.CreateKey(new IdempotencyKey(1, 3, 3)).Secret);
        Assert.NotEqual(first.Secret, SecretSeal.Open(new MemoryDisk()).CreateKey(new IdempotencyKey(1, 2, 3)).Secret);
    }

    [Fact]
    public async Task A_missing_or_wrong_master_key_stops_the_start_with_a_sentence()
    {
        var disk = new MemoryDisk();
        await using (var venue = new TestVenue(disk)) await venue.UserAsync("alice");
        var right = PrivateFile.Read(disk, SecretSeal.File)!;

        disk.Delete(SecretSeal.File);
        await using (var venue = new TestVenue(disk))
        {
            Assert.Contains("missing", Assert.Throws<MasterKeyException>(venue.Keys.Check).Message);
            Assert.False(disk.Exists(SecretSeal.File));        // the right one is not covered by a new one
        }
        PrivateFile.Write(disk, SecretSeal.File, Encoding.ASCII.GetBytes(new string('0', 64)));
        await using (var venue = new TestVenue(disk)) Assert.Contains("not the one", Assert.Throws<MasterKeyException>(venue.Keys.Check).Message);

        PrivateFile.Write(disk, SecretSeal.File, right);
        await using (var venue = new TestVenue(disk))
        {
            venue.Keys.Check();
            Assert.Equal(1, venue.Keys.Count);
        }
    }

    [Fact]
    public async Task Deleted_and_locked_keys_stop_at_once_and_come_back_when_unlocked()
    {
        await using var venue = new TestVenue();
        var alice = await venue.UserAsync("alice");
        var sub = (int)(await venue.SendAsync(new CreateUser { Parent = alice.Id }, "alice-sub", "", "")).Result.ObjectId;
        var key = await venue.KeyAsync(sub);
        Assert.True(venue.Keys.TryGet(key.Key, out var record));
        Assert.Equal((sub, alice.Id, true, false), (record.User.Value, record.Main.Value, record.IsSubAccount, record.Locked));

        await venue.SendAsync(new SetLocked { User = sub, Locked = 1 });
        Assert.True(venue.Keys.TryGet(key.Key, out record) && record.Locked);
        Assert.True(venue.Keys.TryGet(alice.Key, out record) && !record.Locked);
        await venue.SendAsync(new SetLocked { User = sub, Locked = 0 });
        Assert.True(venue.Keys.TryGet(key.Key, out record) && !record.Locked);

        await venue.SendAsync(new DeleteKey { User = sub }, key.Key);
        Assert.False(venue.Keys.TryGet(key.Key, out _));
        Assert.True(venue.Keys.TryGet(alice.Key, out _));
    }

    [Fact]
    public async Task Keys_of_a_locked_account_are_locked_after_a_restart()
    {
        var disk = new MemoryDisk();
        TestUser key;
        await using (var venue = new TestVenue(disk))
        {
            var alice = await venue.UserAsync("alice");
            var sub = (int)(await venue.SendAsync(new CreateUser { Parent = alice.Id }, "alice-sub", "", "")).Result.ObjectId;
            key = await venue.KeyAsync(sub);
            await venue.SendAsync(new SetLocked { User = sub, Locked = 1 });
        }
        await using var again = new TestVenue(disk);
        Assert.True(again.Keys.TryGet(key.Key, out var record));
        Assert.True(record.Locked);
        Assert.Equal(key.Secret, Encoding.UTF8.GetString(record.Secret));
    }

    [Fact]
    public async Task The_state_hash_covers_no_key_material()
    {
        var clock = new Runtime.Sequencing.ManualClock(1_000 * Nanos.PerSecond);
        await using var one = new TestVenue(clock: clock);
        await using var other = new TestVenue(clock: new Runtime.Sequencing.ManualClock(1_000 * Nanos.PerSecond));
        var (a, b) = (await one.UserAsync("alice"), await other.UserAsync("alice"));
        Assert.NotEqual(a.Secret, b.Secret);
        Assert.Equal(await one.HashAsync(), await other.HashAsync());
    }

    [Fact]
    public void Every_refusal_of_identity_has_a_label_and_a_sentence()
    {
        foreach (var refusal in Enum.GetValues<IdentityRefusal>().Where(refusal => refusal != IdentityRefusal.None))
        {
            var error = IdentityRefusals.Of((ushort)refusal);
            Assert.InRange(error.Status, 400, 499);
            Assert.True(error.Message.Length > 10, error.ToString());
        }
    }
}
