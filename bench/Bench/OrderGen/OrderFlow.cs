using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Sluice.Bench.OrderGen;

public enum FlowOp : byte
{
    /// <summary>A limit order, good till cancelled.</summary>
    Add = 1,
    Cancel = 2,

    /// <summary>A limit order whose rest is cancelled at once.</summary>
    Ioc = 3,

    /// <summary>The open quantity moves to the back of a new price, same id; never crosses.</summary>
    Amend = 4,
}

/// <summary>One command, 32 bytes, little endian as in the file.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FlowRecord
{
    public FlowOp Op;
    public byte Side;               // 0 buy, 1 sell; also on Cancel and Amend
    public ushort Reserved1;
    public uint Symbol;             // from 0
    public ulong OrderId;
    public uint Price;              // ticks; Cancel: 0
    public uint Quantity;           // Amend: the open quantity at that moment; Cancel: 0
    public uint Account;            // from 1
    public uint Reserved2;
}

/// <summary>What an engine must have done when it has executed the whole flow.</summary>
public sealed record FlowResult(long Trades, long TradedQuantity, long Rejects, string TapeHash, int RestingOrders, int PriceLevels, string BookHash);

/// <summary>A generated flow with the result a price-time-priority engine must reach.</summary>
public sealed class OrderFlow(Profile profile, uint seed, int prefill, FlowRecord[] records, long maxOrderId, FlowResult expected)
{
    public const int HeaderBytes = 64;
    public const uint LowestPrice = Generator.Middle - 16384;
    public const uint HighestPrice = Generator.Middle + 16384;

    private static ReadOnlySpan<byte> Magic => "OFLOW001"u8;

    private List<(uint Account, uint Symbol)>? trading;

    public Profile Profile { get; } = profile;
    public uint Seed { get; } = seed;

    /// <summary>The first records only fill the book: they are not timed.</summary>
    public int Prefill { get; } = prefill;

    public FlowRecord[] Records { get; } = records;

    /// <summary>Ids are dense from 1.</summary>
    public long MaxOrderId { get; } = maxOrderId;

    public FlowResult Expected { get; } = expected;

    /// <summary>Every (account, symbol) that places an order, once, in order of the first.</summary>
    public IReadOnlyList<(uint Account, uint Symbol)> Trading => trading ??= FindTrading();

    public int Measured => Records.Length - Prefill;

    private List<(uint Account, uint Symbol)> FindTrading()
    {
        var (seen, found) = (new HashSet<(uint, uint)>(), new List<(uint, uint)>());
        foreach (ref readonly var record in Records.AsSpan())
        {
            var who = (record.Account, record.Symbol);
            if (record.Op is not (FlowOp.Cancel or FlowOp.Amend) && seen.Add(who)) found.Add(who);
        }
        return found;
    }

    /// <summary>Of the file <see cref="Write"/> writes, as lower-case hex.</summary>
    public string Sha256()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> header = stackalloc byte[HeaderBytes];
        WriteHeader(header);
        hash.AppendData(header);
        hash.AppendData(Bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void Write(Stream stream)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        WriteHeader(header);
        stream.Write(header);
        stream.Write(Bytes);
    }

    // Records lie in memory as they lie in the file on every machine .NET runs on (little endian).
    private ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(Records.AsSpan());

    private void WriteHeader(Span<byte> header)
    {
        header.Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], Marshal.SizeOf<FlowRecord>());
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], Profile.Symbols);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], Records.Length);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], Prefill);
        BinaryPrimitives.WriteInt64LittleEndian(header[32..], Seed);
        BinaryPrimitives.WriteInt64LittleEndian(header[40..], MaxOrderId);
        BinaryPrimitives.WriteUInt32LittleEndian(header[48..], LowestPrice);
        BinaryPrimitives.WriteUInt32LittleEndian(header[52..], HighestPrice);
        BinaryPrimitives.WriteInt32LittleEndian(header[56..], Profile.Accounts);
    }
}
