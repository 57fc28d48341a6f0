using Sluice.Bench.OrderGen;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;

namespace Sluice.Bench.Replay;

/// <summary>Where commands go: straight into a state machine, or through the sequencer.</summary>
internal interface ICommandSink
{
    void Take<T>(UserId actor, in T command, ReadOnlySpan<byte> tail = default) where T : unmanaged, ICommand;
}

/// <summary>A flow as commands of a venue: one pair a symbol, one user an account, funded so that only stale cancels are refused.</summary>
internal static class FlowCommands
{
    /// <summary>Lists, opens and funds; returns how many ids that used up, which is what the flow's dense order ids and the venue's differ by.</summary>
    public static long SetUp(OrderFlow flow, VenueTerms terms, ICommandSink sink)
    {
        Give(sink, new ConfigureSpot { StpByMainAccount = terms.SelfTradeGroups ? (byte)1 : (byte)0 });
        Give(sink, new ListAsset { Scale = Money.Decimals }, "USDT", "Tether");
        for (var symbol = 0; symbol < flow.Profile.Symbols; symbol++)
        {
            var code = $"B{symbol}";
            Give(sink, new ListAsset { Scale = Money.Decimals }, code, code);
            Give(sink, new ListPair
            {
                PriceDecimals = 2, SizeDecimals = 4, MinBase = 1, ReferencePrice = Generator.Middle, MakerFee = terms.Fee, TakerFee = terms.Fee,
                UpRate = terms.Band, DownRate = terms.Band, OrdersLimit = terms.OrdersLimit, Status = MarketStatus.Tradable,
            }, $"{code}_USDT", code, "USDT");
        }
        long ids = 0;
        for (var account = 1; account <= flow.Profile.Accounts; account++)
        {
            Give(sink, new CreateUser(), $"u{account}", "", "");
            Give(sink, new Fund { User = UserOf((uint)account), Wallet = WalletId.Spot.Value, Asset = 1, Amount = Money.Units(1_000_000_000) });
            ids++;
        }
        foreach (var (account, symbol) in flow.Trading)
        {
            Give(sink, new Fund { User = UserOf(account), Wallet = WalletId.Spot.Value, Asset = (int)symbol + 2, Amount = Money.Units(1_000_000) });
            ids++;
        }
        return ids;
    }

    /// <summary>What a venue needs room for to execute the flow without asking for more: more orders than ever rest at once, because the flow is held near
    /// its profile's number; twice the prices that orders are spread over, in whole blocks; whoever trades.</summary>
    public static VenueCapacity CapacityFor(OrderFlow flow)
    {
        var profile = flow.Profile;
        var orders = int.Max(profile.Resting, flow.Prefill) * 5 / 4 + 2048;
        var levels = profile.Symbols * 2 * (profile.Span * 3 / 2 + 64);
        var own = 8 * (profile.Symbols + 1);                        // the venue's accounts
        return new VenueCapacity(orders, levels, profile.Accounts + flow.Trading.Count + own, flow.Trading.Count);
    }

    public static void Send(in FlowRecord record, long idsBefore, ICommandSink sink)
    {
        var actor = new UserId(UserOf(record.Account));
        var instrument = InstrumentOf(record);
        var order = idsBefore + (long)record.OrderId;
        switch (record.Op)
        {
            case FlowOp.Cancel:
                sink.Take(actor, new CancelOrder { OrderId = order, Instrument = instrument });
                break;
            case FlowOp.Amend:
                sink.Take(actor, new AmendOrder { OrderId = order, Instrument = instrument, Price = record.Price });
                break;
            default:
                sink.Take(actor, new PlaceOrder
                {
                    Instrument = instrument, Wallet = WalletId.Spot.Value, Type = OrderType.Limit, Side = (Side)record.Side, Price = record.Price,
                    Size = record.Quantity, TimeInForce = ForceOf(record),
                });
                break;
        }
    }

    public static int UserOf(uint account) => unchecked(IdentityProduct.FirstUser - 1 + (int)account);

    public static int InstrumentOf(in FlowRecord record) => unchecked((int)record.Symbol + 1);

    public static TimeInForce ForceOf(in FlowRecord record) => record.Op == FlowOp.Add ? TimeInForce.GoodTillCancelled : TimeInForce.ImmediateOrCancel;

    private static void Give<T>(ICommandSink sink, in T command, params ReadOnlySpan<string> texts) where T : unmanaged, ICommand
    {
        Span<byte> bytes = stackalloc byte[128];
        var tail = new TailWriter(bytes);
        foreach (var text in texts) tail.Text(text);
        sink.Take(UserId.Venue, command, tail.Written);
    }
}
