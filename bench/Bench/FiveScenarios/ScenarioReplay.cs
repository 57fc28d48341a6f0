using System.Runtime.InteropServices;
using Sluice.Bench.Measure;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;

namespace Sluice.Bench.FiveScenarios;

/// <summary>The venue's order book driven by the messages of a scenario. A modify takes the order out and puts it in again, in front of nobody.</summary>
internal sealed class ScenarioReplay(Message[] flow)
{
    private const int DrainAbove = 4096;            // bytes of events

    private readonly OrderPool pool = new();
    private readonly EventBuffer events = new(1 << 16);
    private readonly EventFold fold = new();
    private OrderBook? book;
    private Reporting settlement = new() { Reports = new ScenarioReport[256] };

    public long Trades => settlement.Trades;

    public long Reports { get; private set; }

    /// <summary>Executes the messages [from, to); the reports go to <paramref name="lines"/>, or only into a hash over their bytes.</summary>
    public void Run(int from, int to, CanonicalReports? lines)
    {
        book ??= new OrderBook(new InstrumentId(1), pool);
        for (var sequence = from; sequence < to; sequence++)
        {
            ref readonly var message = ref flow[sequence];
            settlement.Sequence = sequence;
            switch (message.Type)
            {
                case MessageType.New: Place(book, sequence, message); break;
                case MessageType.Cancel: Cancel(book, sequence, message); break;
                default: Modify(book, sequence, message); break;
            }
            if (settlement.Count > settlement.Reports.Length / 2) Drain(lines);
        }
        Drain(lines);
    }

    private void Place(OrderBook book, int sequence, in Message message)
    {
        settlement.Say(new ScenarioReport
        {
            Type = ReportType.OrderAck, Sequence = sequence, Side = message.Side, OrderId = message.OrderId, Price = message.Price, Quantity = message.Quantity,
        });
        book.Begin();
        var left = Match(book, message);
        if (left > 0 && message.Immediate)
        {
            settlement.Say(new ScenarioReport { Type = ReportType.CancelAck, Sequence = sequence, Side = message.Side, OrderId = message.OrderId, Price = message.Price });
        }
        else if (left > 0)
        {
            var slot = pool.TakeOrder();
            ref var order = ref pool.Orders[slot];
            order = default;
            order.Id = message.OrderId;
            order.Side = (Side)message.Side;
            order.Size = message.Quantity;
            Rest(book, slot, message.Price, left);
        }
        book.Announce(events);
    }

    private void Cancel(OrderBook book, int sequence, in Message message)
    {
        if (!pool.ById.TryGet(message.OrderId, out var slot))
        {
            settlement.Say(new ScenarioReport { Type = ReportType.CancelReject, Sequence = sequence, OrderId = message.OrderId });
            return;
        }
        ref readonly var order = ref pool.Orders[slot];
        settlement.Say(new ScenarioReport { Type = ReportType.CancelAck, Sequence = sequence, Side = (byte)order.Side, OrderId = message.OrderId, Price = order.Price });
        book.Begin();
        book.Unlink(slot);
        book.Free(slot);
        book.Announce(events);
    }

    private void Modify(OrderBook book, int sequence, in Message message)
    {
        if (!pool.ById.TryGet(message.OrderId, out var slot))
        {
            settlement.Say(new ScenarioReport { Type = ReportType.ModifyReject, Sequence = sequence, OrderId = message.OrderId });
            return;
        }
        book.Begin();
        if (!book.Crosses((Side)message.Side, message.Price))
        {
            book.Move(slot, message.Price, message.Quantity);
        }
        else
        {
            book.Unlink(slot);
            var left = Match(book, message);
            if (left > 0) Rest(book, slot, message.Price, left);
            else book.Free(slot);
        }
        book.Announce(events);
        settlement.Say(new ScenarioReport
        {
            Type = ReportType.ModifyAck, Sequence = sequence, Side = message.Side, OrderId = message.OrderId, Price = message.Price, Quantity = message.Quantity,
        });
    }

    private long Match(OrderBook book, in Message message)
    {
        var taker = new Taker { OrderId = message.OrderId, Limit = message.Price, Left = message.Quantity, Side = (Side)message.Side };
        book.Match(ref taker, ref settlement);
        return taker.Left;
    }

    private void Rest(OrderBook book, int slot, long price, long left)
    {
        pool.Orders[slot].Price = price;
        pool.Orders[slot].Left = left;
        book.Rest(slot);
    }

    private void Drain(CanonicalReports? lines)
    {
        var reports = settlement.Reports.AsSpan(0, settlement.Count);
        Reports += reports.Length;
        if (lines is not null) lines.Add(reports);
        else fold.Add(MemoryMarshal.AsBytes(reports));
        settlement.Count = 0;
        if (events.Length <= DrainAbove) return;
        fold.Add(events.Written);
        events.Clear();
    }

    /// <summary>Says the trades as they happen.</summary>
    private struct Reporting : IFillSettlement
    {
        public ScenarioReport[] Reports;
        public int Count;
        public int Sequence;
        public long Trades;

        public void Say(in ScenarioReport report)
        {
            if (Count == Reports.Length) Array.Resize(ref Reports, Reports.Length * 2);
            Reports[Count++] = report;
        }

        public void Settle(ref Taker taker, ref Order maker, long price, long size, bool hidden)
        {
            Trades++;
            Say(new ScenarioReport { Type = ReportType.Trade, Sequence = Sequence, Price = price, Quantity = (int)size, OrderId = (int)maker.Id, Taker = (int)taker.OrderId });
        }

        public readonly void SettleAuction(ref Order buy, ref Order sell, long price, long size) => throw new InvalidOperationException("A scenario has no auction.");

        public readonly void MakerEnded(ref Order maker, FinishReason reason)
        {
        }

        public readonly int GroupOf(in Order maker) => 0;
    }
}
