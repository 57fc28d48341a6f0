using Sluice.Bench.Measure;
using Sluice.Bench.OrderGen;
using Sluice.Core.Matching;
using Sluice.Products.Spot;
using Sluice.Runtime;

namespace Sluice.Bench.Durable;

/// <summary>Where the events of a logged venue go: every byte is folded, every fill goes to the tape.</summary>
/// <param name="idsBefore">What the venue's order ids and the flow's differ by; known before the first fill.</param>
internal sealed class Sink(Func<long> idsBefore) : IEventConsumer
{
    private Tape tape = new();
    private long trades;
    private long traded;

    public EventFold Fold { get; } = new();

    public void Consume(in EventBatch batch)
    {
        Fold.Add(batch.Events);
        var reader = batch.Read();
        while (reader.Next())
        {
            if (reader.Kind != OrderFilled.Kind) continue;
            ref readonly var fill = ref reader.As<OrderFilled>();
            var before = idsBefore();
            trades++;
            traded += fill.Size;
            tape.Trade(fill.MakerOrder - before, fill.TakerOrder - before, fill.Price, fill.Size);
        }
    }

    /// <summary>Whether the trades so far are those the flow must give.</summary>
    public bool Agrees(FlowResult expected) => trades == expected.Trades && traded == expected.TradedQuantity && tape.Text == expected.TapeHash;
}
