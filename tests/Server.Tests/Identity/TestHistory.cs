using System.Reflection;
using Sluice.Server.History;
using Sluice.Server.Views;

namespace Sluice.Server.Tests.Identity;

/// <summary>The part of the history that wallets read, in lists: transfers and deposits as they are told.</summary>
internal sealed class TestHistory : IViewListener
{
    private readonly Lock gate = new();
    private readonly List<TransferRow> transfers = [];
    private readonly List<DepositRow> deposits = [];

    public TestHistory()
    {
        Reader = DispatchProxy.Create<IHistory, Proxy>();
        ((Proxy)Reader).History = this;
    }

    /// <summary>What the endpoints read.</summary>
    public IHistory Reader { get; }

    /// <summary>Whether readers are told that it has not caught up within 2 s.</summary>
    public bool Behind { get; set; }

    public void Transferred(TransferRow transfer)
    {
        lock (gate) transfers.Add(transfer);
    }

    public void Deposited(DepositRow deposit)
    {
        lock (gate) deposits.Add(deposit);
    }

    private List<TransferRow> Transfers(TransferQuery query)
    {
        lock (gate)
        {
            return [.. transfers.Where(row => (query.Users.Contains(row.FromUser) || query.Users.Contains(row.ToUser)) && Within(query.Window, row.TimeNanos)
                && (query.Route is null || row.Route == query.Route) && (query.Asset is null || row.Asset == query.Asset) && (query.Id is null || row.Id == query.Id)
                && (query.ClientOrderId is null || row.ClientOrderId == query.ClientOrderId)).Reverse().Skip((int)query.Window.Skip).Take(query.Window.Limit)];
        }
    }

    private List<DepositRow> Deposits(DepositQuery query)
    {
        lock (gate)
        {
            return [.. deposits.Where(row => row.User == query.User && Within(query.Window, row.TimeNanos) && (query.Asset is null || row.Asset == query.Asset)
                && (row.IsDeposit || !query.DepositsOnly)).Reverse().Skip((int)query.Window.Skip).Take(query.Window.Limit)];
        }
    }

    private static bool Within(Window window, long nanos) => nanos >= window.FromNanos && nanos < window.ToNanos;

    /// <summary>A proxy, so that the interface may grow without this test class.</summary>
    private class Proxy : DispatchProxy
    {
        public TestHistory History { get; set; } = null!;

        protected override object? Invoke(MethodInfo? method, object?[]? arguments) => method!.Name switch
        {
            nameof(IHistory.CaughtUpAsync) => new ValueTask<bool>(!History.Behind),
            nameof(IHistory.Transfers) => History.Transfers((TransferQuery)arguments![0]!),
            nameof(IHistory.Deposits) => History.Deposits((DepositQuery)arguments![0]!),
            "get_Sequence" => long.MaxValue,
            _ => throw new NotSupportedException($"Wallets do not read {method.Name}."),
        };
    }
}
