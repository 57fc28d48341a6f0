using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;
using Sluice.Products.Identity;
using Sluice.Products.Wallet;
using Fund = Sluice.Products.Wallet.Fund;

namespace Sluice.Runtime.Tests.Rules;

/// <summary>Contracts in the committed log: a linear, an inverse and a delivery contract, orders and settings of every kind, prices that liquidate, an expiry and a
/// settlement of funding.</summary>
internal sealed partial class RulesFixture
{
    private const int Linear = FuturesState.FirstInstrument, Inverse = Linear + 1, Delivery = Linear + 2;

    private readonly List<long> contractOrders = [0];
    private readonly List<long> contractTriggers = [0];
    private readonly List<ListContract> listed = [];
    private readonly List<long> autos = [0];
    private int level = 10_000;             // of the index, in ten-thousandths of its start

    private void TradeContracts(List<int> users)
    {
        List("BTC_USDT", "USDT", ContractKind.Linear);
        List("BTC_USD", "BTC", ContractKind.Inverse);
        List("BTC_USDT_20260102", "USDT", ContractKind.Delivery);
        List("NVDA_USDT", "USDT", ContractKind.Linear);
        List("XAU_USDT", "USDT", ContractKind.Linear);
        foreach (var user in users)
        {
            Send(0, new Fund { User = user, Wallet = 2, Asset = 2, Amount = Money.Units(2_000) }, "", "", "");
            Send(0, new Fund { User = user, Wallet = 3, Asset = 1, Amount = Money.Units(1) }, "", "", "");
            Send(0, new Fund { User = user, Wallet = 4, Asset = 2, Amount = Money.Units(1_000) }, "", "", "");
        }
        Send(users[1], new SetPositionMode { Wallet = 2, Mode = PositionMode.Dual });
        Send(users[2], new SetPositionMode { Wallet = 2, Mode = PositionMode.DualPlus });
        Send(0, new SetContractFees { User = users[0], MakerFee = 0, TakerFee = long.MinValue });
        Price(0);
        for (var i = 0; i < 500; i++) Contract(users, i);
        Send(0, new SetContractStatus { Instrument = Inverse, Status = MarketStatus.Delisting, EndNanos = venue.Now + 40 * 60 * Nanos.PerSecond });
        for (var i = 0; i < 50; i++)
        {
            venue.Now += 60 * Nanos.PerSecond;
            Price(200);
            Send(users[i % 5], new PlaceContractOrder { Instrument = Linear, Size = (i % 2 == 0 ? 1 : -1) * (1 + Pick(40)), Price = Near(Linear, 60) }, "t-late", "");
        }
        Send(0, new ResetUser { User = users[1] });
        Price(100);
        AddMargin();
        PayInPoints();
    }

    // Two who came late, one with an isolated position that is added to while the mark falls, and may be again (F-124).
    private void AddMargin()
    {
        var late = new List<int>();
        foreach (var name in new[] { "dan", "eve" })
        {
            late.Add((int)Send(0, new CreateUser(), name, "", "").ObjectId);
            Send(0, new Fund { User = late[^1], Wallet = 2, Asset = 2, Amount = Money.Units(2_000) }, "", "", "");
        }
        Send(0, new SetContractStatus { Instrument = Linear, Status = MarketStatus.Tradable });
        Send(late[0], new SetLeverage { Instrument = Linear, Leverage = 500 });
        var start = Near(Linear, 0);
        Send(0, new PinMark { Instrument = Linear, Mark = start });
        Send(late[1], new PlaceContractOrder { Instrument = Linear, Size = -100, Price = start }, "t-late", "");
        Send(late[0], new PlaceContractOrder { Instrument = Linear, Size = 100, Price = start }, "t-late", "");
        Send(late[0], new SetAutoMargin { Instrument = Linear, Most = Money.Units(60) });
        for (var fallen = 150; fallen < 200; fallen += 2) Send(0, new PinMark { Instrument = Linear, Mark = start / 1000 * (1000 - fallen) });

        // While it is halted nothing trades: an order to buy above the mark rests, with its loss (F-109).
        AskForOpenLosses();
        Send(0, new SetContractStatus { Instrument = Linear, Status = MarketStatus.CircuitBreaker });
        Send(late[1], new PlaceContractOrder { Instrument = Linear, Size = 10, Price = start / 10_000 * 810 * 10, TimeInForce = TimeInForce.PostOnly }, "t-late", "");
    }

    // Two who pay in the tokens of the fourth asset, one of them until it has none left; one leg's life ends (F-045).
    private void PayInPoints()
    {
        var late = new List<int>();
        foreach (var name in new[] { "fay", "gus" })
        {
            late.Add((int)Send(0, new CreateUser(), name, "", "").ObjectId);
            Send(0, new Fund { User = late[^1], Wallet = 2, Asset = 2, Amount = Money.Units(2_000) }, "", "", "");
            Send(late[^1], new SetPointUse { Enabled = 1 });
        }
        Send(0, new Fund { User = late[0], Wallet = 1, Asset = 4, Amount = Money.Units(40) }, "", "", "");
        Send(0, new Fund { User = late[1], Wallet = 1, Asset = 4, Amount = new Money(Money.Units(1).Raw / 3) }, "", "", "");
        Send(0, new SetPointValue { Asset = 2, Points = 4, Value = new Money(Money.Units(4).Raw / 3) });
        Send(0, new SetContractStatus { Instrument = Linear, Status = MarketStatus.Tradable });
        Send(0, new PinMark { Instrument = Linear });
        Price(0);
        var start = Near(Linear, 0);
        foreach (var (maker, size) in new[] { (0, 20), (1, -20), (1, -40), (0, -80), (1, 30), (0, -60) })
        {
            Send(late[maker], new PlaceContractOrder { Instrument = Linear, Size = size, Price = start }, "t-points", "");
            Send(late[1 - maker], new PlaceContractOrder { Instrument = Linear, Size = -size, Price = start }, "t-points", "");
        }
        Send(late[1], new SetPointUse { Enabled = 0 });
    }

    // Everything else of the contract as it is.
    private void AskForOpenLosses()
    {
        var market = venue.Products.Futures.State.Markets[0];
        Span<byte> bytes = stackalloc byte[1024];
        var tail = new TailWriter(bytes);
        tail.Byte((byte)market.Contract.RiskLimits.Count);
        foreach (ref readonly var tier in market.Contract.RiskLimits.Tiers)
        {
            tail.Int64((long)(tier.Limit.Raw >> 64));
            tail.Int64(unchecked((long)(ulong)tier.Limit.Raw));
            tail.Int64(tier.MaintenanceRate.Raw);
            tail.Int64(tier.InitialRate.Raw);
        }
        Send(0, new ConfigureContract { Instrument = Linear, Terms = market.Listed.Terms, Options = market.Options with { OpenLoss = 1 } }, CommandFlags.None, tail.Written);
    }

    private void Contract(List<int> users, int i)
    {
        venue.Now += Pick(9_000) * Nanos.PerMillisecond;
        var user = users[Pick(5)];
        var contract = Linear + Pick(5);
        switch (Pick(24))
        {
            case < 11:
                var order = new PlaceContractOrder { Instrument = contract, Size = (Pick(2) == 0 ? 1 : -1) * (1 + Pick(120)), Price = Near(contract, 120), StpAction = (SelfTradeAction)Pick(4) };
                if (user == users[2] && contract == Linear) order.MarginMode = (byte)Pick(3);
                switch (Pick(9))
                {
                    case 0: (order.Price, order.TimeInForce) = (0, TimeInForce.ImmediateOrCancel); break;
                    case 1: order.TimeInForce = (TimeInForce)Pick(4); break;
                    case 2: order.Flags = ContractOrderFlags.ReduceOnly; break;
                    case 3: (order.Size, order.Flags) = (0, ContractOrderFlags.ClosePosition); break;
                    case 4: (order.Size, order.AutoSize) = (0, (AutoSize)(1 + Pick(2))); break;
                    case 5: order.Iceberg = long.Abs(order.Size) / 3; break;
                    case 6: order.TakeProfitTrigger = Near(contract, 0, order.Size > 0 ? 300 : -300); break;
                }
                contractOrders.Add(Send(user, order, $"t-{Pick(60)}", "").ObjectId);
                break;
            case 11: Send(user, new CancelContractOrder { OrderId = contractOrders[Pick(contractOrders.Count)] }); break;
            case 12 or 13:
                Send(user, new AmendContractOrder { OrderId = contractOrders[^(1 + Pick(int.Min(contractOrders.Count, 12)))], Price = Pick(2) * Near(contract, 90), Size = Pick(2) * (Pick(160) - 80) }, "");
                break;
            case 14: Send(user, new SetLeverage { Instrument = contract, Leverage = 100 * (1 + Pick(110)), IsCross = (byte)Pick(2), Leg = (Leg)Pick(3) }); break;
            case 15: Send(user, new ChangeMargin { Instrument = contract, Leg = (Leg)Pick(3), Change = new Money((Pick(40) - 15) * Money.Units(1).Raw / (contract == Inverse ? 10_000 : 1)) }); break;
            case 16:
                if (Pick(2) == 0) Send(user, new SetMarginMode { Instrument = contract, IsCross = (byte)Pick(2) });
                else Send(user, new SetAutoMargin { Instrument = contract, Leg = (Leg)Pick(3), Most = new Money(Pick(60) * Money.Units(1).Raw / (contract == Inverse ? 10_000 : 1)) });
                break;
            case 17:
                contractTriggers.Add(Send(user, new CreateContractTrigger
                {
                    Instrument = contract, Rule = (TriggerRule)(1 + Pick(2)), TriggerPrice = Near(contract, 150), PriceType = (TriggerPriceType)Pick(3), Size = Pick(60) - 30,
                    TimeInForce = TimeInForce.ImmediateOrCancel, ExpirationSeconds = Pick(3) * 30,
                }, "t-trigger").ObjectId);
                break;
            case 18:
                var trigger = contractTriggers[Pick(contractTriggers.Count)];
                if (Pick(2) == 0) Send(user, new CancelContractTrigger { TriggerId = trigger });
                else Send(user, new AmendContractTrigger { TriggerId = trigger, TriggerPrice = Near(contract, 150) });
                break;
            case 19:
                switch (Pick(8))
                {
                    case 0: Send(user, new CancelAllContractOrders { Instrument = Pick(2) * contract, Wallet = 2 }); break;
                    case 1: Send(user, new CancelAllContractTriggers { Instrument = contract }); break;
                    case 2: Send(user, new SetContractCountdown { Instrument = contract, TimeoutSeconds = Pick(2) * (5 + Pick(30)) }); break;
                    case 3: Send(user, new SetRiskLimit { Instrument = contract, Limit = Money.Units(1 + Pick(100_000)) }); break;
                    case 4: Configure(contract); break;
                    case 7:
                        var split = Pick(2);
                        Send(0, new ScheduleCorporateAction
                        {
                            Instrument = Linear + 3, Type = split == 0 ? CorporateActionType.Dividend : CorporateActionType.Split, Dividend = (1 - split) * (1 + Pick(900)),
                            NewShares = split * (1 + Pick(3)), OldShares = split * (1 + Pick(3)), AtNanos = Pick(2) * (venue.Now + Pick(40) * Nanos.PerSecond),
                        }, $"a{i}");
                        break;
                    case 5: Send(0, new PinMark { Instrument = contract, Mark = Pick(2) * Near(contract, 30) }); break;
                    default: Send(0, new SetContractStatus { Instrument = contract, Status = Pick(2) == 0 ? MarketStatus.CircuitBreaker : MarketStatus.Tradable }); break;
                }
                break;
            case 20:
                Send(user, new Transfer { FromUser = user, ToUser = user, FromWallet = 1 + Pick(2), ToWallet = 1 + Pick(2), Asset = 2, Amount = Money.Units(1 + Pick(300)) }, "");
                break;
            case 21: Auto(user, contract); break;
            default:
                Price(i % 40 == 0 ? 900 : 60);
                break;
        }
    }

    // Trailing and chase orders (M-110, M-111).
    private void Auto(int user, int contract)
    {
        var sign = Pick(2) == 0 ? 1 : -1;
        switch (Pick(8))
        {
            case < 3:
                autos.Add(Send(user, new CreateTrailingOrder
                {
                    Instrument = contract, Amount = sign * (1 + Pick(40)), PriceType = (TriggerPriceType)Pick(3), Offset = (1 + Pick(20)) * (Rate.One / 1000), IsPercent = 1,
                    ActivationPrice = Pick(2) * Near(contract, 100), ReduceOnly = (byte)Pick(2),
                }, "t-trail").ObjectId);
                break;
            case < 6:
                autos.Add(Send(user, new CreateChaseOrder
                {
                    Instrument = contract, Amount = sign * (1 + Pick(60)), Gap = Pick(2) * 10 * Pick(200), OffsetLimit = Pick(2) * 10 * Pick(3_000), IntervalSeconds = Pick(3),
                }, "t-chase").ObjectId);
                break;
            case 6: Send(user, new UpdateTrailingOrder { OrderId = autos[Pick(autos.Count)], Offset = 10 * (1 + Pick(2_000)) }); break;
            default:
                if (Pick(2) == 0) Send(user, new StopTrailingOrder { OrderId = autos[Pick(autos.Count)] });
                else Send(user, new StopChaseOrder { OrderId = autos[Pick(autos.Count)] });
                break;
        }
    }

    private long Near(int contract, int spread, int away = 0)
    {
        var start = 60_000_00L;
        var price = start * level / 10_000 * (10_000 + away + (spread == 0 ? 0 : Pick(2 * spread) - spread)) / 10_000;
        return price - price % 10;
    }

    private void Price(int most)
    {
        level = int.Clamp(level + (most == 0 ? 0 : Pick(2 * most) - most), 4_000, 20_000);
        Span<byte> bytes = stackalloc byte[256];
        var tail = new TailWriter(bytes);
        foreach (var index in new[] { "BTC_USDT", "BTC_USD", "NVDA_USDT", "XAU_USDT" })
        {
            var price = Money.Units(60_000).Raw * level / 10_000;
            tail.Text(index);
            tail.Int64((long)(price >> 64));
            tail.Int64(unchecked((long)(ulong)price));
            tail.Int32(5);
            var sleeps = index[0] is 'N' or 'X' && Pick(3) != 0;
            tail.Byte((byte)(sleeps ? Pick(5) == 0 ? IndexFlags.Halted : IndexFlags.Closed : Pick(20) == 0 ? IndexFlags.Stale : IndexFlags.None));
        }
        Send(0, new SetPrices { Count = 4 }, CommandFlags.Price, tail.Written);
    }

    private void Configure(int contract)
    {
        var terms = listed[contract - Linear];
        terms.TakerFee = (1 + Pick(3)) * (Rate.One / 4000);
        terms.LeverageMax = 100 * (5 + Pick(90));
        terms.MarkWindow = 10 + Pick(30);
        if (terms.FundingIntervalSeconds != 0) terms.FundingIntervalSeconds = 3600 * (1 + Pick(2));
        var strict = 1 << Pick(4);
        Span<byte> bytes = stackalloc byte[128];
        var tail = new TailWriter(bytes);
        tail.Byte(1);
        var amount = contract == Inverse ? Money.Units(20).Raw : Money.Units(1_000_000).Raw;
        tail.Int64((long)(amount >> 64));
        tail.Int64(unchecked((long)(ulong)amount));
        tail.Int64(5 * strict * (Rate.One / 1000));
        tail.Int64(8 * strict * (Rate.One / 1000));
        var options = ContractOptions.Default with { Surplus = (SurplusMode)Pick(2), ClearanceRate = Pick(3) * (Rate.One / 1000), LiquidationChunk = Pick(2) == 0 ? Money.Zero : Money.Units(10), BreakerMove = Pick(2) * (Rate.One / 10), OpenLoss = (byte)Pick(2) };
        Send(0, new ConfigureContract { Instrument = contract, Terms = terms, Options = options, GraceSeconds = 200 * Pick(3) }, CommandFlags.None, tail.Written);
    }

    private void List(string symbol, string settle, ContractKind kind)
    {
        var inverse = kind == ContractKind.Inverse;
        var terms = new ListContract
        {
            ContractKind = kind, PriceDecimals = 2, Multiplier = 1, MultiplierDecimals = inverse ? 0 : 4, Tick = 10, MarkRound = 1, SizeStep = 1, OrderSizeMin = 1,
            OrderSizeMax = 1_000_000, MarketOrderSizeMax = 500_000, OrderPriceDeviate = Rate.One / 5, MarketOrderSlip = Rate.One / 10, LeverageMin = 100, LeverageMax = 10_000,
            MakerFee = -Rate.One / 10_000, TakerFee = 75 * (Rate.One / 100_000), MarkMaxDeviation = Rate.One / 10, MarkWindow = 30, OrdersLimit = 50, TriggersLimit = 20,
            Status = MarketStatus.Tradable, LinearWeights = 1,
        };
        if (symbol[0] == 'N') (terms.Underlying, terms.OffHours, terms.ClosedFundingFactor) = (Underlying.Stocks, OffHoursPricing.Ewma, Rate.One / 2);
        if (symbol[0] == 'X') (terms.Underlying, terms.OffHours, terms.ReopenRampSeconds) = (Underlying.Metals, OffHoursPricing.InternalEma, 60);
        if (kind == ContractKind.Delivery)
        {
            (terms.Cycle, terms.ExpiryNanos, terms.BasisImpactValue) = (DeliveryCycle.Weekly, venue.Now + 30 * 60 * Nanos.PerSecond, Money.Units(1_000));
            (terms.SettleFee, terms.SettlePriceIntervalSeconds, terms.SettlePriceDurationSeconds) = (15 * (Rate.One / 100_000), 60, 600);
        }
        else
        {
            (terms.FundingIntervalSeconds, terms.FundingRateLimit, terms.InterestPerDay) = (3600, Rate.One / 100, Rate.One / 100);
            terms.FundingImpactValue = inverse ? new Money(Money.Units(1).Raw / 50) : Money.Units(1_000);
        }
        Span<byte> bytes = stackalloc byte[512];
        var tail = new TailWriter(bytes);
        tail.Text(symbol);
        tail.Text(settle);
        tail.Text(inverse ? "BTC_USD" : symbol[0] == 'B' ? "BTC_USDT" : symbol);
        tail.Text(kind == ContractKind.Delivery ? "BTC_USDT" : "");
        ReadOnlySpan<(long Limit, int Maintenance, int Initial)> tiers = [(20_000, 5, 10), (50_000, 10, 20), (200_000, 25, 50), (1_000_000, 100, 200)];
        tail.Byte((byte)tiers.Length);
        foreach (var (limit, maintenance, initial) in tiers)
        {
            var amount = inverse ? Money.Units(limit).Raw / 50_000 : Money.Units(limit).Raw;
            tail.Int64((long)(amount >> 64));
            tail.Int64(unchecked((long)(ulong)amount));
            tail.Int64(maintenance * (Rate.One / 1000));
            tail.Int64(initial * (Rate.One / 1000));
        }
        listed.Add(terms);
        Send(0, terms, CommandFlags.None, tail.Written);
    }
}
