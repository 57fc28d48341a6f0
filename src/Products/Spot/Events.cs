using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;

namespace Sluice.Products.Spot;

/// <summary>An asset was listed. Tail: code, name.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct AssetListed : IEvent
{
    public static ushort Kind => 320;
    public int Asset;
    public int Scale;
}

/// <summary>A pair was listed or its terms changed. Tail: symbol, base code, quote code.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PairListed : IEvent
{
    public static ushort Kind => 321;
    public ListPair Terms;
    public long ListedNanos;            // of the first listing
    public long ListingReference;
    public int Instrument;
    public int Base;
    public int Quote;
    public int Reserved;

    public static PairListed Of(Pair pair) => new()
    {
        Terms = pair.Terms, Instrument = pair.Id.Value, Base = pair.Base.Id, Quote = pair.Quote.Id, ListedNanos = pair.ListedNanos,
        ListingReference = pair.ListingReference,
    };
}

/// <summary>A countdown was set, replaced or cleared (M-051); at 0 it is cleared.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CountdownSet : IEvent
{
    public static ushort Kind => 322;
    public long DueNanos;
    public int User;
    public int Instrument;
}

/// <summary>The venue's terms of spot trading changed.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SpotConfigured : IEvent
{
    public static ushort Kind => 324;
    public ConfigureSpot Terms;
}

/// <summary>A user's trading settings changed.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TraderSettingsChanged : IEvent
{
    public static ushort Kind => 323;
    public SetTraderSettings Settings;
}
