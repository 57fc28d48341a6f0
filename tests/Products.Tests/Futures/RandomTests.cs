using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.Pricing;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Long random histories of a linear, an inverse and a delivery contract with few users and large moves: after every command all invariants hold
/// (F-250…F-259), and a machine restored on the way goes on as if it had never stopped (F-261).</summary>
public class RandomTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, int.Parse(Environment.GetEnvironmentVariable("SLUICE_SEEDS") ?? "24", System.Globalization.CultureInfo.InvariantCulture))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void F_250_F_251_F_252_F_253_F_254_F_257_F_258_F_259_F_261_invariants_hold_through_a_random_history(int seed)
    {
        var history = new History(seed);
        for (var i = 0; i < 500; i++) history.Step(i);
        Assert.True(history.Fills > 5, $"{history.Fills} fills");
    }

    // What the histories are for happens in them.
    [Fact]
    public void F_260_the_histories_liquidate_take_over_deleverage_fund_settle_and_trigger()
    {
        var seen = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var seed = 1001; seed <= 1060; seed++)
        {
            var history = new History(seed) { Seen = seen };
            for (var i = 0; i < 500; i++) history.Step(i);
        }
        string[] wanted = [nameof(ContractFilled), nameof(ContractOrderUpdated), nameof(PositionClosed), nameof(PositionModeChanged), nameof(ContractTriggerFinished), nameof(FundingPaid), nameof(TrailsMoved), nameof(TrailUpdated),
            nameof(LiquidationStarted), nameof(PositionLiquidated), nameof(LiquidationEnded), nameof(PositionTakenOver), nameof(PositionDeleveraged), nameof(InsuranceChanged),
            nameof(DeleveragingRisk), nameof(ContractConfigured), nameof(RequirementsKept), nameof(SettlementSampled), nameof(ContractSettled), nameof(PositionSettled), nameof(PositionCause.CloseOut), nameof(PositionCause.AutoMargin), nameof(OpenLossMeasured), nameof(PositionPointsChanged),
            nameof(ContractSessionChanged), nameof(PositionCause.Dividend), nameof(PositionCause.Split), nameof(MarketSession.Halted), nameof(MarketSession.Reopening),
            nameof(ContractFillFlags.FundDisposal), nameof(ContractFillFlags.Auction), nameof(ChaseUpdated), nameof(AutoReason.Fired), nameof(AutoReason.Refused),
            nameof(AutoReason.Stopped), nameof(AutoReason.PositionClosed), nameof(AutoReason.Liquidated), nameof(AutoReason.Filled), nameof(AutoReason.PriceLimit),
            nameof(AutoReason.OffsetLimit), nameof(AutoReason.ChildEnded)];
        Assert.True(wanted.All(seen.ContainsKey), string.Join("\n", seen.Select(s => $"{s.Key} {s.Value}")));
    }

    private sealed class History
    {
        private readonly Random random, points;
        private readonly Exchange exchange;
        private readonly List<int> contracts = [];
        private readonly List<int> users = [];
        private readonly Dictionary<int, int> prices = [];              // per 10,000 of the start
        private readonly List<string> said = [];
        private IndexFlags stock, metal;
        private Venue? twin;
        private Money pointsPaid;

        public History(int seed)
        {
            (random, points) = (new Random(seed), new Random(~seed));
            // Funding each hour, the first soon after the start.
            Func<ListContract, ListContract> hourly = terms => terms with { FundingIntervalSeconds = 3600, InterestPerDay = R("0.03").Raw };
            exchange = Exchange.With(Btc.Terms with { OrderPriceDeviate = R("0.2"), MarketOrderSlip = R("0.1") }, "1000", hourly, startSeconds: 3_300);
            contracts.Add(exchange.Id);
            exchange.List(Eth.Terms with { OrderPriceDeviate = R("0.2"), MarketOrderSlip = R("0.1"), Symbol = "ETH_USDT" }, hourly);
            contracts.Add(exchange.Id);
            exchange.List(BtcUsd.Terms, hourly);
            contracts.Add(exchange.Id);
            exchange.List(BtcDelivery.Terms with { Delivery = BtcDelivery.Terms.Delivery! with { ExpiryNanos = Venue.Start + 3 * 3600 * Nanos.PerSecond } });
            contracts.Add(exchange.Id);
            // Two whose markets sleep and wake: a stock and a metal.
            exchange.List(Eth.Terms with { OrderPriceDeviate = R("0.2"), MarketOrderSlip = R("0.1"), Symbol = "NVDA_USDT", Underlying = Underlying.Stocks, MultiplierDecimals = 0 },
                terms => hourly(terms) with { OffHours = random.Next(4) == 0 ? OffHoursPricing.Freeze : OffHoursPricing.Ewma, ClosedFundingFactor = R("0.5").Raw });
            contracts.Add(exchange.Id);
            exchange.List(Eth.Terms with { OrderPriceDeviate = R("0.2"), MarketOrderSlip = R("0.1"), Symbol = "XAU_USDT", Underlying = Underlying.Metals, Funding = Eth.Terms.Funding! with { ImpactValue = M("2000") } },
                terms => hourly(terms) with { OffHours = OffHoursPricing.InternalEma, ReopenRampSeconds = 60 });
            contracts.Add(exchange.Id);
            exchange.Venue.Accept(0, new Products.Spot.ListAsset { Scale = 6 }, "POINT", "Points");
            foreach (var contract in contracts) prices[contract] = 10_000;
            if (random.Next(2) == 0) exchange.Endow("0.001");
            for (var i = 0; i < 6; i++)
            {
                var user = exchange.Venue.User($"u{i}");
                users.Add(user);
                if (i % 2 == 0) exchange.Venue.Accept(user, new SetPositionMode { Wallet = 2, Mode = i == 0 ? PositionMode.DualPlus : PositionMode.Dual });
                foreach (var (wallet, asset) in new[] { (2, 2), (3, 1), (4, 2) }) exchange.Venue.Fund(user, asset, wallet == 3 ? "1" : random.Next(500, 3000).ToString(System.Globalization.CultureInfo.InvariantCulture), wallet);
            }
            Reprice(0);
        }

        public int Fills { get; private set; }

        public SortedDictionary<string, int>? Seen { get; init; }

        public void Step(int step)
        {
            var user = users[random.Next(users.Count)];
            var contract = contracts[random.Next(contracts.Count)];
            if (random.Next(30) == 0) AutoMargin();
            if (points.Next(20) == 0) Points(user);
            switch (random.Next(100))
            {
                case < 40: Send(user, Order(user, contract), "", ""); break;
                case < 42: Auto(user, contract); break;
                case < 45: Send(user, Chase(contract), ""); break;
                case < 52 when Any(user) is { } open: Send(user, new CancelContractOrder { OrderId = open }); break;
                case < 58 when Any(user) is { } changed:
                    Send(user, new AmendContractOrder { OrderId = changed, Price = random.Next(2) == 0 ? PriceNear(contract, 300) : 0, Size = (random.Next(2) == 0 ? 1 : -1) * random.Next(0, 200) }, "");
                    break;
                case < 62:
                    Send(user, new SetLeverage { Instrument = contract, Leverage = 100 * random.Next(1, 120), IsCross = (byte)random.Next(2), Leg = (Leg)(random.Next(4) == 0 ? random.Next(3) : 0) });
                    break;
                case < 65:
                    Send(user, new ChangeMargin { Instrument = contract, Leg = (Leg)random.Next(3), Change = new Money((Int128)random.Next(-1000, 1000) * (contract == contracts[2] ? 100_000_000 : 100_000_000_000)) });
                    break;
                case < 67: Send(user, new SetPositionMode { Wallet = random.Next(2, 5), Mode = (PositionMode)random.Next(3) }); break;
                case < 69: Send(user, new SetMarginMode { Instrument = contract, IsCross = (byte)random.Next(2) }); break;
                case < 72: Send(user, Trigger(contract), ""); break;
                case < 74: Send(user, new CancelAllContractOrders { Instrument = random.Next(2) == 0 ? contract : 0, Wallet = random.Next(0, 5), Side = (Products.Spot.SideFilter)random.Next(3) }); break;
                case < 75: Send(user, new SetContractCountdown { Instrument = contract, TimeoutSeconds = random.Next(3) == 0 ? 0 : random.Next(5, 40) }); break;
                case < 76: Send(user, new SetRiskLimit { Instrument = contract, Limit = Money.Units(random.Next(1, 3_000_000)) }); break;
                case < 78: Send(0, new Products.Wallet.Fund { User = user, Wallet = random.Next(2, 5), Asset = random.Next(1, 3), Amount = Money.Units(random.Next(-200, 300)) }, "", "", ""); break;
                case < 79: Send(0, new SetContractStatus { Instrument = contract, Status = random.Next(4) == 0 ? MarketStatus.CircuitBreaker : MarketStatus.Tradable }); break;
                case < 80 when random.Next(4) == 0: Send(0, new Products.Wallet.ResetUser { User = user }); break;
                case < 81 when random.Next(3) == 0: Send(0, Corporate(), $"a{step}"); break;
                case < 81 when random.Next(12) == 0:
                    Send(0, new SetContractStatus { Instrument = contract, Status = MarketStatus.Delisting, EndNanos = exchange.Venue.Now + random.Next(60, 4000) * Nanos.PerSecond });
                    break;
                case < 83 when random.Next(2) == 0: Configure(contract); break;
                case < 94: Reprice(random.Next(8) == 0 ? 1200 : 150); break;
                default: Wait(random.Next(20) == 0 ? 1200 : random.Next(1, 90)); break;
            }
            if (step % 97 == 50 || twin is null) Restore();
        }

        // Of a leg that may have it, if there is one (F-124).
        private void AutoMargin()
        {
            var (state, legs) = (exchange.State, new List<Position>());
            for (var slot = 0; slot < state.Positions.Count; slot++)
            {
                if (state.Positions[slot] is { IsCross: false } leg && (leg.Size != 0 || random.Next(10) == 0) && users.Contains(state.Seats[leg.Seat].User)) legs.Add(leg);
            }
            if (legs.Count == 0) return;
            var chosen = legs[random.Next(legs.Count)];
            var contract = state.Markets[state.Seats[chosen.Seat].Market].Id.Value;
            Send(state.Seats[chosen.Seat].User, new SetAutoMargin { Instrument = contract, Leg = chosen.Leg, Most = new Money((Int128)random.Next(0, 1000) * (contract == contracts[2] ? 10_000_000 : 10_000_000_000)) });
        }

        // Some have a few, and run out of them (F-045).
        private void Points(int user)
        {
            switch (points.Next(6))
            {
                case < 2: Send(user, new SetPointUse { Enabled = (byte)points.Next(2) }); break;
                case < 5: Send(0, new Products.Wallet.Fund { User = user, Wallet = 1, Asset = 3, Amount = new Money((Int128)points.Next(1, 5_000) * 10_000_000_000) }, "", "", ""); break;
                default:
                    var asset = points.Next(1, 3);
                    Send(0, new SetPointValue { Asset = asset, Points = 3, Value = new Money((Int128)points.Next(0, 4) * Money.Units(asset == 1 ? 1000 : 1).Raw / 3) });
                    break;
            }
        }

        // Tiers up to sixty-four times as strict as before, now and then with a grace that ends within the history.
        private void Configure(int contract)
        {
            var market = exchange.State.MarketOf(contract)!;
            var strict = 1 << random.Next(7);
            var initial = new Rate(R("0.0035").Raw * strict + R("0.001").Raw);
            var terms = market.Listed.Terms;
            terms.TakerFee = R("0.00025").Raw * random.Next(1, 4);
            terms.LeverageMax = int.Min(100 * random.Next(6, 100), Products.Futures.Contracts.Leverage.OfInitialRate(initial).Hundredths);
            terms.MarkWindow = random.Next(5, 40);
            if (terms.FundingIntervalSeconds != 0) terms.FundingIntervalSeconds = 3600 * random.Next(1, 3);
            if (random.Next(10) == 0) terms.Tick *= 2;
            var options = ContractOptions.Default with { Surplus = (SurplusMode)random.Next(2), ClearanceRate = random.Next(3) * R("0.001").Raw };
            if (random.Next(3) == 0) options.LiquidationChunk = M(contract == contracts[2] ? "0.001" : "5");
            if (random.Next(3) == 0) options.BreakerMove = R("0.08").Raw;
            (options.DynamicFunding, options.OpenLoss) = ((byte)random.Next(2), (byte)random.Next(2));
            Send(contract, terms, options, random.Next(4) * 300, [
                new TierTerms(M(contract == contracts[2] ? "0.5" : "20000"), new Rate(R("0.002").Raw * strict), initial),
                new TierTerms(M("2000000"), new Rate(R("0.004").Raw * strict), new Rate(R("0.007").Raw * strict + R("0.002").Raw))]);
        }

        private void Send(int contract, in ListContract terms, in ContractOptions options, int grace, TierTerms[] tiers)
        {
            var tail = new TailWriter(new byte[256]);
            tail.Byte((byte)tiers.Length);
            foreach (var tier in tiers)
            {
                tail.Int64((long)(tier.Limit.Raw >> 64));
                tail.Int64(unchecked((long)(ulong)tier.Limit.Raw));
                tail.Int64(tier.MaintenanceRate.Raw);
                tail.Int64(tier.InitialRate.Raw);
            }
            Execute(0, new ConfigureContract { Instrument = contract, Terms = terms, Options = options, GraceSeconds = grace }, tail.Written.ToArray(), CommandFlags.None);
        }

        private ScheduleCorporateAction Corporate()
        {
            var action = new ScheduleCorporateAction { Instrument = contracts[random.Next(10) == 0 ? 0 : 4], AtNanos = random.Next(2) * (exchange.Venue.Now + random.Next(60) * Nanos.PerSecond) };
            return random.Next(2) == 0
                ? action with { Type = CorporateActionType.Dividend, Dividend = random.Next(1, 2_000) }
                : action with { Type = CorporateActionType.Split, NewShares = random.Next(1, 5), OldShares = random.Next(1, 5) };
        }

        private PlaceContractOrder Order(int user, int contract)
        {
            var order = new PlaceContractOrder { Instrument = contract, Size = (random.Next(2) == 0 ? 1 : -1) * random.Next(1, 200), Price = PriceNear(contract, 250) };
            if (random.Next(6) == 0) order.Size *= 20;
            order.MarginMode = (byte)random.Next(3);
            if (exchange.State.Accounts.TryFind(user, exchange.State.MarketOf(contract)!.Wallet, out var account) && exchange.State.Accounts[account].Mode != PositionMode.DualPlus) order.MarginMode = 0;
            switch (random.Next(16))
            {
                case < 3: (order.Price, order.TimeInForce) = (0, TimeInForce.ImmediateOrCancel); break;
                case 3: order.TimeInForce = TimeInForce.PostOnly; break;
                case 4: order.TimeInForce = TimeInForce.FillOrKill; break;
                case 5: order.TimeInForce = TimeInForce.ImmediateOrCancel; break;
                case 6 or 7: order.Flags = ContractOrderFlags.ReduceOnly; break;
                case 8: (order.Size, order.Flags) = (0, ContractOrderFlags.ClosePosition); break;
                case 9: (order.Size, order.AutoSize) = (0, (AutoSize)random.Next(1, 3)); break;
                case 10: order.Iceberg = long.Abs(order.Size) / 3; break;
                case 11: order.StpAction = (SelfTradeAction)random.Next(4); break;
                case 12:
                    var up = order.Size > 0;
                    order.TakeProfitTrigger = Near(contract, up ? 10_300 : 9_700);
                    order.StopLossTrigger = Near(contract, up ? 9_600 : 10_400);
                    break;
            }
            return order;
        }

        private CreateContractTrigger Trigger(int contract)
        {
            var kind = (TriggerOrderType)new[] { 0, 0, 3, 4, 5, 6 }[random.Next(6)];
            var terms = new CreateContractTrigger
            {
                Instrument = contract, MarginMode = (byte)(random.Next(3) == 0 ? 2 : 0), TriggerPrice = PriceNear(contract, 200), Rule = (TriggerRule)random.Next(1, 3), PriceType = (TriggerPriceType)random.Next(3), OrderType = kind,
                TimeInForce = TimeInForce.ImmediateOrCancel, ExpirationSeconds = random.Next(3) == 0 ? random.Next(5, 600) : 0,
                Size = kind switch
                {
                    TriggerOrderType.PlanCloseLongPosition => -random.Next(1, 100), TriggerOrderType.PlanCloseShortPosition => random.Next(1, 100),
                    TriggerOrderType.None => random.Next(-50, 51), _ => 0,
                },
            };
            if (random.Next(2) == 0) (terms.Price, terms.TimeInForce) = (PriceNear(contract, 100), TimeInForce.GoodTillCancelled);
            return terms;
        }

        private void Auto(int user, int contract)
        {
            var trails = exchange.State.Trails.All.Values.Where(order => order.User == user).Select(order => order.Id).ToArray();
            var mine = trails.Length == 0 ? 1 : trails[random.Next(trails.Length)];
            switch (random.Next(12))
            {
                case 0: Send(user, new StopTrailingOrder { OrderId = mine }); break;
                case 1: Send(user, new StopAllTrailingOrders { Instrument = random.Next(2) * contract, Wallet = random.Next(0, 5), Guards = (GuardedSide)random.Next(3) }); break;
                case 2: Send(user, new StopAllChaseOrders { Instrument = random.Next(2) * contract, Wallet = random.Next(0, 5), MarginMode = (byte)random.Next(3) }); break;
                case 3:
                    Send(user, new UpdateTrailingOrder
                    {
                        OrderId = mine, Amount = random.Next(-50, 51), Offset = random.Next(2) * Near(contract, 100), Changes = (TrailChanges)random.Next(8),
                        ActivationPrice = PriceNear(contract, 200), PriceType = (TriggerPriceType)random.Next(3), Rule = (TriggerRule)random.Next(3),
                    });
                    break;
                default:
                    var percent = random.Next(2) == 0;
                    var reduces = random.Next(2) == 0;
                    Send(user, new CreateTrailingOrder
                    {
                        Instrument = contract, Amount = (random.Next(2) == 0 ? 1 : -1) * random.Next(1, 60), PriceType = (TriggerPriceType)random.Next(3),
                        Offset = percent ? random.Next(1, 40) * (Rate.One / 1000) : Near(contract, random.Next(1, 300)), IsPercent = percent ? (byte)1 : (byte)0,
                        ActivationPrice = random.Next(2) * PriceNear(contract, 200), Rule = (TriggerRule)random.Next(3), ReduceOnly = reduces ? (byte)1 : (byte)0,
                        PositionRelated = reduces && random.Next(3) > 0 ? (byte)1 : (byte)0,
                    }, "");
                    break;
            }
        }

        private CreateChaseOrder Chase(int contract)
        {
            var order = new CreateChaseOrder { Instrument = contract, Amount = (random.Next(2) == 0 ? 1 : -1) * random.Next(1, 100), ReduceOnly = (byte)(random.Next(4) / 3) };
            switch (random.Next(5))
            {
                case 0: order.PriceLimit = PriceNear(contract, 300); break;
                case 1: order.OffsetLimit = Near(contract, random.Next(1, 100)); break;
                case 2: order.Gap = Near(contract, random.Next(1, 50)); break;
                case 3: (order.Gap, order.IsPercent) = (random.Next(1, 30) * (Rate.One / 1000), 1); break;
            }
            return order;
        }

        private long Near(int contract, int tenThousandths)
        {
            var market = exchange.State.MarketOf(contract)!;
            var price = (long)((Int128)market.Index * tenThousandths / 10_000);
            return long.Max(price - price % market.Terms.Tick, market.Terms.Tick);
        }

        private long PriceNear(int contract, int spread) => Near(contract, 10_000 + random.Next(-spread, spread + 1));

        private long? Any(int user)
        {
            foreach (var market in exchange.State.Markets.Skip(random.Next(4)))
            {
                if (exchange.State.Seats.TryFind(user, market.Number, out var slot) && exchange.State.Seats[slot].First is >= 0 and var first) return exchange.State.Pool.Orders[first].Id;
            }
            return null;
        }

        private void Reprice(int most)
        {
            foreach (var contract in contracts) prices[contract] = int.Clamp(prices[contract] + random.Next(-most, most + 1), 4_000, 25_000);
            var bytes = new byte[512];
            var tail = new TailWriter(bytes);
            var count = 0;
            foreach (var (index, contract, start) in new[] { ("BTC_USDT", contracts[0], 1000), ("ETH_USDT", contracts[1], 50), ("BTC_USD", contracts[2], 1000),
                ("NVDA_USDT", contracts[4], 200), ("XAU_USDT", contracts[5], 50) })
            {
                if (contract == contracts[4] && random.Next(6) == 0) stock = (IndexFlags)new[] { 0, 4, 4, 8 }[random.Next(4)];
                if (contract == contracts[5] && random.Next(6) == 0) metal = random.Next(2) == 0 ? IndexFlags.None : IndexFlags.Closed;
                var session = contract == contracts[4] ? stock : contract == contracts[5] ? metal : IndexFlags.None;
                var raw = Money.Units(start).Raw * prices[contract] / 10_000;
                tail.Text(index);
                tail.Int64((long)(raw >> 64));
                tail.Int64(unchecked((long)(ulong)raw));
                tail.Int32(3);
                tail.Byte((byte)(session != IndexFlags.None ? session : random.Next(15) == 0 ? IndexFlags.Stale : IndexFlags.None));
                count++;
            }
            exchange.Venue.Now += Nanos.PerSecond;
            Execute(0, new SetPrices { Count = count }, tail.Written.ToArray(), CommandFlags.Price);
        }

        private void Wait(int seconds)
        {
            exchange.Venue.Now += seconds * Nanos.PerSecond;
            Execute(0, default(Tick), [], CommandFlags.None);
        }

        private void Send<T>(int actor, T command, params string[] texts) where T : unmanaged, ICommand => Execute(actor, command, Venue.Tail(texts), CommandFlags.None);

        private void Execute<T>(int actor, T command, byte[] tail, CommandFlags flags) where T : unmanaged, ICommand
        {
            var venue = exchange.Venue;
            said.Add($"{venue.Machine.Sequence + 1} {typeof(T).Name}");
            var record = Venue.Record(actor, command, default, 0, tail, flags);
            var stamp = new Stamp(venue.Machine.Sequence + 1, venue.Now);
            var result = venue.Execute(stamp, record);
            Fills += venue.Of<ContractFilled>().Count();
            CheckPoints(venue);
            foreach (var (name, broken) in venue.Machine.CheckInvariants()) Assert.True(broken is null, $"{said[^1]} of {actor} ({result.Refusal}): {name}: {broken}\n{string.Join("\n", venue.Events.Select(e => e.Event.GetType().Name))}");
            if (Seen is not null) Note(venue);
            if (twin is null) return;
            twin.Execute(stamp, record);
            Assert.True(venue.EventBytes.SequenceEqual(twin.EventBytes), $"{said[^1]} of {actor}: the restored machine says something else");
        }

        // What was paid in points is what left spot wallets and came to the venue, and what the legs remember (F-045).
        private void CheckPoints(Venue venue)
        {
            var filled = Money.Zero;
            foreach (var fill in venue.Of<ContractFilled>())
            {
                if ((fill.Flags & ContractFillFlags.MakerPoints) != 0) filled += fill.MakerFee;
                if ((fill.Flags & ContractFillFlags.TakerPoints) != 0) filled += fill.TakerFee;
                Assert.False((fill.Flags & ContractFillFlags.TakerPoints) != 0 && (fill.Flags & (ContractFillFlags.Liquidation | ContractFillFlags.FundDisposal)) != 0);
            }
            pointsPaid += filled;
            Assert.Equal(-filled, venue.Of<Sluice.Core.Ledger.BalanceChanged>().Where(one => one.Reason == Sluice.Core.Ledger.Reason.PointFee).Aggregate(Money.Zero, (sum, one) => sum + one.Change));
            Assert.Equal(pointsPaid, venue.VenueBalance(WalletId.Fees, 3));
            Assert.Equal(pointsPaid, exchange.State.Points.Legs.Values.Aggregate(Money.Zero, (sum, leg) => sum + leg.Paid + leg.History));
        }

        private void Note(Venue venue)
        {
            foreach (var one in venue.Events.Select(e => e.Event))
            {
                Count(one.GetType().Name);
                if (one is ContractSessionChanged session) Count(session.New.ToString());
                if (one is PositionChanged position) Count(position.Cause.ToString());
                if (one is TrailFinished trail) Count(trail.Reason.ToString());
                if (one is ChaseFinished chase) Count(chase.Reason.ToString());
                if (one is ContractFilled { Flags: var flags } && (flags & (ContractFillFlags.FundDisposal | ContractFillFlags.Auction)) is not 0 and var kind) Count(kind.ToString());
            }
            void Count(string name) => Seen![name] = Seen.GetValueOrDefault(name) + 1;
        }

        private void Restore()
        {
            twin = exchange.Venue.Restored();
            Assert.Equal(exchange.Venue.Machine.StateHash(), twin.Machine.StateHash());
            foreach (var (name, broken) in twin.Machine.CheckInvariants()) Assert.True(broken is null, $"restored after {said[^1]}: {name}: {broken}");
        }
    }
}
