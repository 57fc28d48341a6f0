using Sluice.Client;

namespace Sluice.Cli.Tests.Crash;

/// <summary>Who sends a step.</summary>
internal enum Sender { Operator, Maker, Taker, Sub }

/// <summary>One command of a lane. It is sent until it is answered, always with the same key, and settled once: in the ledger it happened once.</summary>
internal sealed record Step(string Kind, Sender Sender, HttpMethod Method, string Path, string? Body, Action<Answer> Settle)
{
    public IReadOnlyList<(string Name, string Value)> Query { get; init; } = [];

    /// <summary>Its Idempotency-Key.</summary>
    public string Key { get; set; } = "";

    /// <summary>Of an order it places: how to find out whether it did.</summary>
    public string? Text { get; init; }

    /// <summary>Sent over the socket instead, where a request has no key.</summary>
    public (string Channel, string Parameters)? Socket { get; init; }

    /// <summary>The order that it changes or cancels.</summary>
    public ExpectedOrder? Order { get; init; }

    /// <summary>Not answered, but found to have been executed: it is settled with what the order says, also where the answer would have been a refusal.</summary>
    public bool Found { get; set; }

    /// <summary>What its first answer said was made, to compare a repetition with; null when nothing was.</summary>
    public string? Made { get; set; }

    /// <summary>Whether an answer was lost, so that what was answered may tell of less: a repeated cancellation finds nothing left to list.</summary>
    public bool Repeated { get; set; }
}
