using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Products.Futures.Commands;

/// <summary>Other terms for a listed contract, all of them at once (F-169). What may not change any more (F-015) must be as it is, and the status is left
/// alone. Tail: number of tiers (Byte) and the tiers, as of <see cref="ListContract"/>. Result id: the instrument.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ConfigureContract : ICommand
{
    public static ushort Kind => 450;
    public ListContract Terms;
    public ContractOptions Options;
    public int Instrument;

    /// <summary>config_grace: how long whom the change alone would liquidate keeps the requirements of before; 0 = not at all.</summary>
    public int GraceSeconds;
    public long Reserved;
}
