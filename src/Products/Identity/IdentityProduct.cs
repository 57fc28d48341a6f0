using Sluice.Core.Collections;
using Sluice.Core.Kernel;
using Sluice.Products.Spot;

namespace Sluice.Products.Identity;

/// <summary>A user or a sub-account.</summary>
public sealed class User
{
    public required int Id { get; init; }
    public required int Parent { get; init; }
    public required UserFlags Flags { get; init; }
    public required string Name { get; init; }
    public required string Remark { get; init; }
    public required string Email { get; init; }
    public required long CreatedNanos { get; init; }
    public bool Locked { get; set; }

    /// <summary>The main account: the parent, or itself.</summary>
    public int Main => Parent == 0 ? Id : Parent;
}

/// <summary>An API key. What it permits is the gateway's text; the secret is sealed by the gateway's master key.</summary>
public sealed class ApiKey
{
    public required string Key { get; init; }
    public required int User { get; init; }
    public required byte[] SealedSecret { get; init; }
    public required long CreatedNanos { get; init; }
    public required int Mode { get; set; }
    public required string Name { get; set; }
    public required string Permissions { get; set; }
    public required string IpList { get; set; }
    public required long UpdatedNanos { get; set; }
}

/// <summary>Users in order of id, and beside them, small and close together, what trading asks of them.</summary>
internal sealed class UserList
{
    public List<User> All { get; } = [];
    private Slab<UserFacts> facts = new(1024);

    public int Count => All.Count;

    public void Add(User user)
    {
        All.Add(user);
        if (Count > facts.Length) facts.Extend();
        facts[Count - 1] = new UserFacts(user.Main, (user.Flags & UserFlags.Participant) != 0);
    }

    public UserFacts FactsOf(int at) => facts[at];

    public void Prefetch(int at) => facts.Prefetch(at);

    public void Clear()
    {
        All.Clear();
    }
}

/// <summary>Who there is: users, sub-accounts, keys. Durable like orders, because it comes by the same log.</summary>
public sealed class IdentityProduct : IProduct, IUsers
{
    /// <summary>The first user's id; ids are dense from here and stay below 2^31.</summary>
    public const int FirstUser = 10_001;

    public const int SubAccountsMax = 100;
    public const int KeysMax = 20;              // conventions 3.4

    // Bytes of a key's texts and sealed secret together, as one tail.
    private const int KeyTextsMax = 4000;

    private readonly UserList users = new();
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly HashSet<int> locked = [];

    public IReadOnlyList<User> Users => users.All;

    public SortedDictionary<string, ApiKey> Keys { get; } = new(StringComparer.Ordinal);

    public User? Find(int id) => Exists(id) ? users.All[id - FirstUser] : null;

    public bool TryGet(int user, out UserFacts facts)
    {
        var exists = Exists(user);
        facts = exists ? users.FactsOf(user - FirstUser) : default;
        return exists;
    }

    public void Prefetch(int user) => users.Prefetch(unchecked(user - FirstUser));

    private bool Exists(int id) => id >= FirstUser && id < FirstUser + users.Count;

    public bool IsLocked(int user) => locked.Count != 0 && locked.Contains(user);

    public void Register(Registry registry)
    {
        registry.Handle<CreateUser>(Create);
        registry.Handle<CreateKey>(StoreKey);
        registry.Handle<UpdateKey>(ChangeKey);
        registry.Handle<DeleteKey>(RevokeKey);
        registry.Handle<SetLocked>(Lock);
        registry.Remember(new IdentitySnapshot(users, names, locked));
        registry.Remember(new KeySnapshot(Keys));
    }

    private ushort Create(in CreateUser command, ReadOnlySpan<byte> tail, Context context)
    {
        var reader = new TailReader(tail);
        var (name, remark, email) = (reader.Text(), reader.Text(), reader.Text());
        if (name.Length is 0 or > 64) return (ushort)IdentityRefusal.InvalidName;
        if (command.Parent != 0)
        {
            if (Find(command.Parent) is not { Parent: 0 }) return (ushort)IdentityRefusal.UserNotFound;
            var parent = command.Parent;
            if (users.All.Count(u => u.Parent == parent) >= SubAccountsMax) return (ushort)IdentityRefusal.TooManySubAccounts;
        }
        if (!names.Add(name)) return (ushort)IdentityRefusal.NameTaken;
        var user = new User
        {
            Id = FirstUser + users.Count, Parent = command.Parent, Flags = command.Flags, Name = name, Remark = remark, Email = email,
            CreatedNanos = context.Stamp.TimeNanos,
        };
        users.Add(user);
        context.ObjectId = user.Id;
        context.Emit(new UserCreated { User = user.Id, Parent = user.Parent, Flags = user.Flags, CreatedNanos = user.CreatedNanos }, tail);
        return 0;
    }

    private ushort StoreKey(in CreateKey command, ReadOnlySpan<byte> tail, Context context)
    {
        var reader = new TailReader(tail);
        var (key, name, secret) = (reader.Text(), reader.Text(), reader.Bytes().ToArray());
        var (permissions, ipList) = (reader.Text(), reader.Text());
        if (Find(command.User) is null) return (ushort)IdentityRefusal.UserNotFound;
        var user = command.User;
        if (key.Length == 0 || tail.Length > KeyTextsMax) return (ushort)IdentityRefusal.InvalidName;
        if (Keys.ContainsKey(key)) return (ushort)IdentityRefusal.KeyExists;
        if (Keys.Values.Count(k => k.User == user) >= KeysMax) return (ushort)IdentityRefusal.TooManyKeys;
        var now = context.Stamp.TimeNanos;
        var stored = new ApiKey
        {
            Key = key, User = user, Name = name, SealedSecret = secret, Permissions = permissions, IpList = ipList, Mode = command.Mode,
            CreatedNanos = now, UpdatedNanos = now,
        };
        Keys.Add(key, stored);
        context.ObjectId = user;
        Announce(stored, context);
        return 0;
    }

    private ushort ChangeKey(in UpdateKey command, ReadOnlySpan<byte> tail, Context context)
    {
        var reader = new TailReader(tail);
        if (!Keys.TryGetValue(reader.Text(), out var key) || key.User != command.User) return (ushort)IdentityRefusal.KeyNotFound;
        if (tail.Length + key.SealedSecret.Length > KeyTextsMax) return (ushort)IdentityRefusal.InvalidName;
        (key.Name, key.Permissions, key.IpList) = (reader.Text(), reader.Text(), reader.Text());
        key.Mode = command.Mode;
        key.UpdatedNanos = context.Stamp.TimeNanos;
        context.ObjectId = key.User;
        Announce(key, context);
        return 0;
    }

    private ushort RevokeKey(in DeleteKey command, ReadOnlySpan<byte> tail, Context context)
    {
        var name = new TailReader(tail).Text();
        if (!Keys.TryGetValue(name, out var key) || key.User != command.User) return (ushort)IdentityRefusal.KeyNotFound;
        Keys.Remove(name);
        context.ObjectId = key.User;
        context.Emit(new KeyDeleted { User = key.User }, tail);
        return 0;
    }

    private ushort Lock(in SetLocked command, ReadOnlySpan<byte> tail, Context context)
    {
        if (Find(command.User) is not { } user) return (ushort)IdentityRefusal.UserNotFound;
        if (user.Parent == 0) return (ushort)IdentityRefusal.NotASubAccount;
        user.Locked = command.Locked != 0;
        if (user.Locked) locked.Add(user.Id);
        else locked.Remove(user.Id);
        context.ObjectId = user.Id;
        context.Emit(new LockChanged { User = user.Id, Locked = command.Locked });
        return 0;
    }

    private static void Announce(ApiKey key, Context context)
    {
        Span<byte> tail = stackalloc byte[4096];
        var writer = new TailWriter(tail);
        writer.Text(key.Key);
        writer.Text(key.Name);
        writer.Bytes(key.SealedSecret);
        writer.Text(key.Permissions);
        writer.Text(key.IpList);
        context.Emit(new KeyStored { User = key.User, Mode = key.Mode, CreatedNanos = key.CreatedNanos, UpdatedNanos = key.UpdatedNanos }, writer.Written);
    }
}

internal sealed class IdentitySnapshot(UserList users, HashSet<string> names, HashSet<int> locked) : IStatePart
{
    public string Name => "users";

    public bool Hashed => true;

    public void Save(StateWriter writer)
    {
        writer.Int32(users.Count);
        foreach (var user in users.All)
        {
            writer.Int32(user.Parent);
            writer.Byte((byte)user.Flags);
            writer.Text(user.Name);
            writer.Text(user.Remark);
            writer.Text(user.Email);
            writer.Int64(user.CreatedNanos);
            writer.Byte(user.Locked ? (byte)1 : (byte)0);
        }
    }

    public void Load(ref StateReader reader)
    {
        users.Clear();
        names.Clear();
        locked.Clear();
        for (var left = reader.Int32(); left > 0; left--)
        {
            users.Add(new User
            {
                Id = IdentityProduct.FirstUser + users.Count, Parent = reader.Int32(), Flags = (UserFlags)reader.Byte(), Name = reader.Text(),
                Remark = reader.Text(), Email = reader.Text(), CreatedNanos = reader.Int64(), Locked = reader.Byte() != 0,
            });
            var user = users.All[^1];
            names.Add(user.Name);
            if (user.Locked) locked.Add(user.Id);
        }
    }
}

/// <summary>Key material: in snapshots, never in the state hash (design.md, Clock).</summary>
internal sealed class KeySnapshot(SortedDictionary<string, ApiKey> keys) : IStatePart
{
    public string Name => "keys";

    public bool Hashed => false;

    public void Save(StateWriter writer)
    {
        writer.Int32(keys.Count);
        foreach (var key in keys.Values)
        {
            writer.Text(key.Key);
            writer.Int32(key.User);
            writer.Int32(key.Mode);
            writer.Text(key.Name);
            writer.Bytes(key.SealedSecret);
            writer.Text(key.Permissions);
            writer.Text(key.IpList);
            writer.Int64(key.CreatedNanos);
            writer.Int64(key.UpdatedNanos);
        }
    }

    public void Load(ref StateReader reader)
    {
        keys.Clear();
        for (var left = reader.Int32(); left > 0; left--)
        {
            var key = new ApiKey
            {
                Key = reader.Text(), User = reader.Int32(), Mode = reader.Int32(), Name = reader.Text(), SealedSecret = reader.Bytes().ToArray(),
                Permissions = reader.Text(), IpList = reader.Text(), CreatedNanos = reader.Int64(), UpdatedNanos = reader.Int64(),
            };
            keys.Add(key.Key, key);
        }
    }
}
