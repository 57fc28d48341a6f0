using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Margin;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>What the everyday commands of contracts cost in memory.</summary>
public class HotPathTests
{
    // Place, fill, cancel, amend, market, reduce-only and iceberg orders and prices, one-way and hedged, isolated and cross, once warm.
    [Fact]
    public void Nothing_is_allocated_per_contract_command_once_warm()
    {
        var e = Exchange.With(Btc.Terms with { OrderPriceDeviate = R("0.3"), MarketOrderSlip = R("0.1") }, "84000").User("a", "100000000").User("b", "100000000").User("c", "100000000")
            .User("d", "100000000");
        e.Accept("b", new SetPositionMode { Wallet = 2, Mode = PositionMode.Dual });
        e.Leverage("c", 20);
        var users = new[] { e["a"], e["b"], e["c"], e["d"] };
        var machine = e.Venue.Machine;
        var events = new EventBuffer(1 << 20);
        var place = Venue.Record(users[0], new PlaceContractOrder { Instrument = e.Id }, default, 0, Venue.Tail("t-label", ""));
        var cancel = Venue.Record(users[0], default(CancelContractOrder), default, 0, []);
        var amend = Venue.Record(users[0], default(AmendContractOrder), default, 0, []);
        var bytes = new byte[64];
        var tail = new TailWriter(bytes);
        tail.Text("BTC_USDT");
        var at = tail.Length;
        tail.Int64(0);
        tail.Int64(0);
        tail.Int32(6);
        tail.Byte(0);
        var prices = Venue.Record(0, new SetPrices { Count = 1 }, default, 0, tail.Written, CommandFlags.Price);
        var ids = new long[256];
        var now = e.Venue.Now;
        var fills = 0L;

        void Round(int rounds)
        {
            for (var i = 0; i < rounds; i++)
            {
                events.Clear();
                var user = users[i % 4];
                MemoryMarshal.AsRef<CommandHeader>(place.AsSpan()).Actor = user;
                ref var order = ref MemoryMarshal.AsRef<PlaceContractOrder>(place.AsSpan(16));
                var buys = i / 4 % 2 == 0;
                order.Size = (buys ? 1 : -1) * (2 + i % 5);
                order.Price = i % 16 == 7 ? 0 : 8_400_000 + (buys ? -1 : 1) * (i * 7 % 32) * 10 + (i % 9 == 0 ? buys ? 300 : -300 : 0);
                order.Iceberg = i % 11 == 0 && order.Price != 0 ? 1 : 0;
                order.TimeInForce = order.Price == 0 ? TimeInForce.ImmediateOrCancel : TimeInForce.GoodTillCancelled;
                order.Flags = i % 13 == 0 ? ContractOrderFlags.ReduceOnly : ContractOrderFlags.None;
                var placed = machine.Execute(new Stamp(machine.Sequence + 1, now), place, events);
                ref var seat = ref ids[i % ids.Length];
                MemoryMarshal.AsRef<CommandHeader>(amend.AsSpan()).Actor = users[(i + 2) % 4];
                MemoryMarshal.AsRef<AmendContractOrder>(amend.AsSpan(16)).OrderId = ids[(i + 126) % ids.Length];
                MemoryMarshal.AsRef<AmendContractOrder>(amend.AsSpan(16)).Price = 8_399_000 + i % 200 * 10;
                machine.Execute(new Stamp(machine.Sequence + 1, now), amend, events);
                MemoryMarshal.AsRef<CommandHeader>(cancel.AsSpan()).Actor = user;
                MemoryMarshal.AsRef<CancelContractOrder>(cancel.AsSpan(16)).OrderId = seat;
                machine.Execute(new Stamp(machine.Sequence + 1, now), cancel, events);
                seat = placed.ObjectId;
                if (i % 5 != 0) continue;
                var price = (84_000L + i % 7) * 1_000_000_000_000;
                System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(prices.AsSpan(16 + Marshal.SizeOf<SetPrices>() + at + 8), price);
                machine.Execute(new Stamp(machine.Sequence + 1, now), prices, events);
            }
        }

        Round(20_000);
        fills = e.Market.Book.LastTradeId;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Round(20_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(e.Market.Book.LastTradeId - fills > 5_000, $"{e.Market.Book.LastTradeId - fills} trades");
        e.Check();
    }
}
