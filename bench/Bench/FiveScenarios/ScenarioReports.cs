using System.Buffers.Text;
using System.Security.Cryptography;

namespace Sluice.Bench.FiveScenarios;

internal enum ReportType : byte { OrderAck = 0, Trade = 1, CancelAck = 2, ModifyAck = 3, CancelReject = 4, ModifyReject = 5 }

/// <summary>What an engine says about a message. One message's reports stand in order of type, its trades as they happened.</summary>
internal struct ScenarioReport
{
    public ReportType Type;
    public byte Side;
    public int Sequence;
    public int Quantity;
    public int OrderId;             // of a trade: the maker's
    public int Taker;
    public long Price;
}

/// <summary>The canonical lines of a run and their SHA-256: per report its fields between commas, lines between line feeds, none behind the last.</summary>
internal sealed class CanonicalReports : IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] text = new byte[64 * 1024];
    private int length;
    private bool any;

    public void Add(ReadOnlySpan<ScenarioReport> reports)
    {
        foreach (ref readonly var report in reports) Add(report);
    }

    public string Sha256()
    {
        hash.AppendData(text, 0, length);
        length = 0;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void Dispose() => hash.Dispose();

    private void Add(in ScenarioReport report)
    {
        const int Longest = 160;
        if (length > text.Length - Longest)
        {
            hash.AppendData(text, 0, length);
            length = 0;
        }
        if (any) text[length++] = (byte)'\n';
        any = true;
        Number((long)report.Type);
        Field(report.Sequence);
        switch (report.Type)
        {
            case ReportType.Trade:
                Field(report.Price);
                Field(report.Quantity);
                Field(report.OrderId);
                Field(report.Taker);
                break;
            case ReportType.CancelReject or ReportType.ModifyReject:
                Field(report.OrderId);
                break;
            default:
                Field(report.Side);
                Field(report.OrderId);
                Field(report.Price);
                if (report.Type != ReportType.CancelAck) Field(report.Quantity);
                break;
        }
    }

    private void Field(long value)
    {
        text[length++] = (byte)',';
        Number(value);
    }

    private void Number(long value)
    {
        Utf8Formatter.TryFormat(value, text.AsSpan(length), out var written);
        length += written;
    }
}
