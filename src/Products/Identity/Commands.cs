using System.Runtime.InteropServices;
using Sluice.Core.Kernel;

namespace Sluice.Products.Identity;

/// <summary>Creates a user, or with Parent a sub-account of it. Tail: name (login_name), remark, email. Result id: the user.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CreateUser : ICommand
{
    public static ushort Kind => 100;
    public int Parent;                  // 0 = a main account
    public UserFlags Flags;
    public byte Reserved1;
    public short Reserved2;
}

[Flags]
public enum UserFlags : byte
{
    None = 0,

    /// <summary>A seeded participant of the venue: trades by the same commands, has no key, and no history is kept for it.</summary>
    Participant = 1,
}

/// <summary>Stores an API key of a user. The secret arrives sealed; the core never sees it in clear. Tail: key, name, sealed secret, permissions
/// (opaque text of the gateway: groups and levels), IP list (comma separated). Result id: the user.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CreateKey : ICommand
{
    public static ushort Kind => 101;
    public int User;
    public int Mode;                    // 1 classic, 2 portfolio
}

/// <summary>Replaces name, permissions and IP list of a key. Tail: key, name, permissions, IP list.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct UpdateKey : ICommand
{
    public static ushort Kind => 102;
    public int User;
    public int Mode;
}

/// <summary>Revokes a key for good. Tail: key.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct DeleteKey : ICommand
{
    public static ushort Kind => 103;
    public int User;
    public int Reserved;
}

/// <summary>Locks or unlocks a sub-account: a locked one can neither log in nor trade; its orders stay.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SetLocked : ICommand
{
    public static ushort Kind => 104;
    public int User;
    public byte Locked;
    public byte Reserved1;
    public short Reserved2;
}

/// <summary>Why identity refused. Numbers are stable.</summary>
public enum IdentityRefusal : ushort
{
    None = 0,
    UserNotFound = 100,
    NotASubAccount = 101,
    NameTaken = 102,
    TooManySubAccounts = 103,
    KeyNotFound = 104,
    TooManyKeys = 105,                  // 20 per account (conventions 3.4)
    InvalidName = 106,
    NoChange = 107,
    KeyExists = 108,
}

/// <summary>Tail: name, remark, email.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct UserCreated : IEvent
{
    public static ushort Kind => 100;
    public long CreatedNanos;
    public int User;
    public int Parent;
    public UserFlags Flags;
    public byte Reserved1;
    public short Reserved2;
    public int Reserved3;
}

/// <summary>A key was stored or changed. Tail: key, name, sealed secret, permissions, IP list.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KeyStored : IEvent
{
    public static ushort Kind => 101;
    public long CreatedNanos;
    public long UpdatedNanos;
    public int User;
    public int Mode;
}

/// <summary>Tail: key.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KeyDeleted : IEvent
{
    public static ushort Kind => 102;
    public int User;
    public int Reserved;
}

[StructLayout(LayoutKind.Sequential)]
public struct LockChanged : IEvent
{
    public static ushort Kind => 103;
    public int User;
    public byte Locked;
    public byte Reserved1;
    public short Reserved2;
}
