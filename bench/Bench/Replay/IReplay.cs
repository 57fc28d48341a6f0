using Sluice.Bench.OrderGen;

namespace Sluice.Bench.Replay;

/// <summary>Something that executes a flow and says what came out.</summary>
internal interface IReplay
{
    /// <summary>Executes the records [from, to) of the flow, in order.</summary>
    void Run(int from, int to);

    FlowResult Result();
}
