namespace Sluice.Server.Feeds;

/// <summary>What is spoken at one address: its channels, who reads their payloads, who tells its streams and who takes its orders.</summary>
/// <param name="Refused">Channels of the dialect that this venue refuses, and why.</param>
internal sealed record FeedSocket(ChannelTable Channels, IReadOnlyDictionary<string, string> Refused, FeedPayload Payload, Publisher Publisher, SocketOrders Orders)
{
    /// <summary>On which channel connections are told that the venue stops, before they are closed; null: they are closed without a word.</summary>
    public FeedChannel? Farewell { get; init; }
}
