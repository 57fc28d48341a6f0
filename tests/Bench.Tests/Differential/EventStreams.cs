using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;

namespace Sluice.Bench.Tests.Differential;

/// <summary>Two streams of events side by side; movements of money are left out.</summary>
internal static class EventStreams
{
    /// <summary>How many events are equal, and what the first that differs says in either stream; null where the stream is at its end.</summary>
    public static (int Equal, (string? Expected, string? Happened)? Difference) Compare(EventBuffer expected, EventBuffer happened)
    {
        var left = expected.Written;
        var right = happened.Written;
        for (var equal = 0; ; equal++)
        {
            var one = Next(ref left);
            var other = Next(ref right);
            if (!one.SequenceEqual(other)) return (equal, (Describe(one), Describe(other)));
            if (one.IsEmpty) return (equal, null);
        }
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> stream)
    {
        while (!stream.IsEmpty)
        {
            var header = MemoryMarshal.Read<EventHeader>(stream);
            var one = stream[..header.Length];
            stream = stream[header.Length..];
            if (header.Kind != BalanceChanged.Kind) return one;
        }
        return default;
    }

    private static string? Describe(ReadOnlySpan<byte> one)
    {
        if (one.IsEmpty) return null;
        var kind = MemoryMarshal.Read<EventHeader>(one).Kind;
        if (kind == StepStarted.Kind) return Fields<StepStarted>(one);
        if (kind == CommandEnded.Kind) return Fields<CommandEnded>(one);
        if (kind == OrderAccepted.Kind) return Fields<OrderAccepted>(one);
        if (kind == OrderFilled.Kind) return Fields<OrderFilled>(one);
        if (kind == OrderUpdated.Kind) return Fields<OrderUpdated>(one);
        if (kind == OrderFinished.Kind) return Fields<OrderFinished>(one);
        if (kind == BookDelta.Kind) return Fields<BookDelta>(one);
        return kind == BestChanged.Kind ? Fields<BestChanged>(one) : $"event of kind {kind}";
    }

    private static string Fields<T>(ReadOnlySpan<byte> one) where T : unmanaged, IEvent
    {
        object value = MemoryMarshal.Read<T>(one[Unsafe.SizeOf<EventHeader>()..]);
        var fields = typeof(T).GetFields(BindingFlags.Instance | BindingFlags.Public).Select(field => $"{field.Name} {field.GetValue(value)}");
        return $"{typeof(T).Name}: {string.Join(", ", fields)}";
    }
}
