using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;
using Sluice.Runtime.Sequencing;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Simulation;

/// <summary>What traders and the price service want from contracts: orders of every kind, settings, and prices that move far enough to liquidate.</summary>
internal sealed partial class CommandMix
{
    private static readonly (string Symbol, string Settle, string Index, ContractKind Kind, int Wallet)[] Listings =
    [
        ("BTC_USDT", "USDT", "BTC_USDT", ContractKind.Linear, 2), ("BTC_USD", "BTC", "BTC_USD", ContractKind.Inverse, 3),
        ("BTC_USDT_20260102", "USDT", "BTC_USDT", ContractKind.Delivery, 4), ("NVDA_USDT", "USDT", "NVDA_USDT", ContractKind.Linear, 2),
        ("XAU_USDT", "USDT", "XAU_USDT", ContractKind.Linear, 2),
    ];

    /// <summary>Lists contracts and fills the wallets they are traded from; executed once.</summary>
    /// <param name="nowNanos">Of the venue: the delivery contract ends a minute later.</param>
    public static void ProvideContracts(ICoreDoor door, Products.VenueProducts products, int user, long nowNanos)
    {
        foreach (var (symbol, settle, index, kind, wallet) in Listings)
        {
            if (!products.Spot.State.AssetsByCode.TryGetValue(settle, out var asset)) continue;
            if (!products.Futures.State.BySymbol.ContainsKey((wallet, symbol))) List(door, symbol, settle, index, kind, nowNanos);
            door.Execute(UserId.Venue, new Fund { User = user, Wallet = wallet, Asset = asset.Id, Amount = kind == ContractKind.Inverse ? Money.Units(1) : Money.Units(2_000) });
        }

        // Each has a sub-account behind it, so ids go by twos. Every second pays in points from the start, with the venue's fee token for points (F-045).
        if (user / 2 % 2 != 0 || !products.Spot.State.AssetsByCode.TryGetValue("GT", out var token)) return;
        foreach (var market in products.Futures.State.Markets)
            door.Execute(UserId.Venue, new SetPointValue { Asset = market.Asset, Points = token.Id, Value = Money.Units(market.Listed.Settle == "BTC" ? 1_000 : 1) });
        door.Execute(UserId.Venue, new Fund { User = user, Wallet = Spot, Asset = token.Id, Amount = Money.Units(3) });
        door.Execute(new UserId(user), new SetPointUse { Enabled = 1 });
    }

    /// <summary>One request on a contract.</summary>
    private Request Contract(VenueViews views, int user, int sub)
    {
        var actor = random.Chance(100) ? sub : user;
        var contract = views.Futures.Contracts[random.Below(views.Futures.Contracts.Count)];
        var open = views.Futures.OpenOrdersOf(actor);
        if (contract.Prices.Index == 0 || random.Chance(150)) return Prices(views);
        return random.Below(1000) switch
        {
            < 530 => ContractOrder(actor, contract),
            < 560 => Auto(actor, contract),
            < 640 when open.Count > 0 => New(actor, new CancelContractOrder { OrderId = Any(open).Id }),
            < 720 when open.Count > 0 => New(actor, new AmendContractOrder
            {
                OrderId = Any(open).Id, Price = random.Chance(500) ? ContractPrice(contract, random.Below(300) - 150) : 0, Size = random.Between(-100, 100),
            }, ""),
            < 750 => New(actor, new SetLeverage { Instrument = contract.Id, Leverage = 100 * (1 + random.Below(120)), IsCross = (byte)random.Below(2) }),
            < 754 => New(actor, new SetPointUse { Enabled = (byte)random.Below(2) }),
            < 790 => New(actor, new ChangeMargin
            {
                Instrument = contract.Id, Leg = (Leg)random.Below(3), Change = new Money(random.Between(-20, 30) * Money.Units(1).Raw / (contract.IsInverse ? 10_000 : 1)),
            }),
            < 796 => New(actor, new SetAutoMargin { Instrument = contract.Id, Leg = (Leg)random.Below(3), Most = new Money(random.Below(30) * Money.Units(1).Raw / (contract.IsInverse ? 10_000 : 1)) }),
            < 810 => New(actor, new SetPositionMode { Wallet = contract.Wallet, Mode = (PositionMode)random.Below(3) }),
            < 825 => New(actor, new SetMarginMode { Instrument = contract.Id, IsCross = (byte)random.Below(2) }),
            < 880 => ContractTrigger(actor, contract),
            < 890 => New(actor, new CancelAllContractTriggers { Instrument = random.Chance(500) ? contract.Id : 0, Wallet = contract.Wallet }),
            < 905 => New(actor, new CancelAllContractOrders { Instrument = random.Chance(500) ? contract.Id : 0, Wallet = contract.Wallet, Side = (SideFilter)random.Below(3) }),
            < 915 => New(actor, new SetContractCountdown { Instrument = contract.Id, Wallet = contract.Wallet, TimeoutSeconds = random.Chance(300) ? 0 : 5 + random.Below(30) }),
            < 925 => New(actor, new SetRiskLimit { Instrument = contract.Id, Limit = Money.Units(1 + random.Below(2_000_000)) }),
            < 965 => Between(user, contract),
            _ => HostileContract(actor, contract),
        };
    }

    /// <summary>What the operator does to contracts.</summary>
    private Request OperateContract(VenueViews views, int user)
    {
        var contract = views.Futures.Contracts[random.Below(views.Futures.Contracts.Count)];
        return random.Below(100) switch
        {
            < 25 => New(0, new SetContractStatus { Instrument = contract.Id, Status = MarketStatus.CircuitBreaker }),
            < 60 => New(0, new SetContractStatus { Instrument = contract.Id, Status = MarketStatus.Tradable }),
            < 75 => New(0, new SetContractFees { User = user, MakerFee = random.Between(-1, 2) * (Rate.One / 5000), TakerFee = random.Chance(500) ? long.MinValue : Rate.One / 2000 }),
            < 90 => New(0, new Fund { User = user, Wallet = contract.Wallet, Asset = contract.Settle.Id, Amount = contract.IsInverse ? new Money(Money.Units(1).Raw / 5) : Money.Units(500) }, "", "", ""),
            < 93 => Configure(contract),
            < 95 => Corporate(views),
            < 97 when random.Chance(500) => Points(views, user, contract),
            < 96 => New(0, new PinMark { Instrument = contract.Id, Mark = random.Chance(500) ? 0 : ContractPrice(contract, random.Below(200) - 100) }),
            _ => New(0, new SetContractStatus { Instrument = contract.Id, Status = MarketStatus.Delisting, EndNanos = views.Shown.TimeNanos + 30 * Nanos.PerSecond }),
        };
    }

    // Those of the venue are its fee token: what it is worth, or some for a user (F-045).
    private Request Points(VenueViews views, int user, ContractView contract)
    {
        if (!views.TryGetAsset("GT", out var token) || contract.Settle.Id == token.Id || random.Chance(500))
            return New(0, new Fund { User = user, Wallet = Spot, Asset = token?.Id ?? contract.Settle.Id, Amount = Money.Units(1 + random.Below(3)) }, "", "", "");
        return New(0, new SetPointValue { Asset = contract.Settle.Id, Points = token.Id, Value = new Money(random.Below(4) * Money.Units(contract.IsInverse ? 10_000 : 1).Raw / 8) });
    }

    // Half of them are not possible: of a coin, or a split while the market is open.
    private Request Corporate(VenueViews views)
    {
        var stock = views.Futures.Contracts.FirstOrDefault(contract => contract.Symbol[0] == 'N' && random.Chance(900)) ?? views.Futures.Contracts[0];
        if (views.Futures.CorporateActions is { Count: > 0 } known && random.Chance(200)) return New(0, new CancelCorporateAction { ActionId = known[random.Below(known.Count)].Id });
        var split = random.Chance(500);
        return New(0, new ScheduleCorporateAction
        {
            Instrument = stock.Id, Type = split ? CorporateActionType.Split : CorporateActionType.Dividend, Dividend = split ? 0 : 1 + random.Below(5_000),
            NewShares = split ? 1 + random.Below(4) : 0, OldShares = split ? 1 + random.Below(4) : 0,
            AtNanos = random.Chance(500) ? 0 : views.Shown.TimeNanos + random.Below(20) * Nanos.PerSecond,
        }, $"a{random.Below(1_000_000)}");
    }

    // Now and then tiers that would liquidate somebody, with a grace or without.
    private Request Configure(ContractView contract)
    {
        var strict = 1 << random.Below(4);
        var terms = contract.Listing;
        terms.TakerFee = (1 + random.Below(3)) * (Rate.One / 4000);
        terms.LeverageMax = 100 * (5 + random.Below(90));
        terms.MarkWindow = 5 + random.Below(30);
        if (random.Chance(200)) terms.Tick *= 2;
        if (terms.FundingIntervalSeconds != 0) terms.FundingIntervalSeconds = random.Chance(500) ? 3600 : 7200;
        var options = ContractOptions.Default with { Surplus = (SurplusMode)random.Below(2), DynamicFunding = (byte)random.Below(2), OpenLoss = (byte)random.Below(2) };
        if (random.Chance(300)) options.LiquidationChunk = contract.IsInverse ? new Money(Money.Units(1).Raw / 1000) : Money.Units(10);
        if (random.Chance(200)) options.BreakerMove = Rate.One / 12;
        var bytes = new byte[128];
        var tail = new TailWriter(bytes);
        ReadOnlySpan<(long Limit, int Maintenance, int Initial)> tiers = [(20_000, 5, 8), (1_000_000, 10, 18)];
        tail.Byte((byte)tiers.Length);
        foreach (var (limit, maintenance, initial) in tiers)
        {
            var amount = contract.IsInverse ? Money.Units(limit).Raw / 50_000 : Money.Units(limit).Raw;
            tail.Int64((long)(amount >> 64));
            tail.Int64(unchecked((long)(ulong)amount));
            tail.Int64(maintenance * strict * (Rate.One / 1000));
            tail.Int64(initial * strict * (Rate.One / 1000));
        }
        return new Request<ConfigureContract>(UserId.Venue, NextKey(),
            new ConfigureContract { Instrument = contract.Id, Terms = terms, Options = options, GraceSeconds = 20 * random.Below(3) }, tail.Written.ToArray());
    }

    // One command for all indexes; now and then a move that liquidates, now and then a price that is only the last one.
    private Request Prices(VenueViews views)
    {
        var spread = random.Chance(120) ? 900 : 60;
        var bytes = new byte[256];
        var tail = new TailWriter(bytes);
        ReadOnlySpan<string> indexes = ["BTC_USDT", "BTC_USD", "NVDA_USDT", "XAU_USDT"];
        foreach (var index in indexes)
        {
            Int128 last = 0;
            foreach (var contract in views.Futures.Contracts)
            {
                if (contract.Index == index && contract.Prices.Index != 0) last = (Int128)contract.Prices.Index * Fixed.PowerOfTen(Money.Decimals - contract.PriceDecimals);
            }
            if (last == 0) last = Money.Units(60_000).Raw;
            var price = Int128.Clamp(last + last * (random.Below(2 * spread + 1) - spread) / 10_000, Money.Units(5_000).Raw, Money.Units(500_000).Raw);
            tail.Text(index);
            tail.Int64((long)(price >> 64));
            tail.Int64(unchecked((long)(ulong)price));
            tail.Int32(random.Below(7));
            // The markets of the last two sleep half of the time.
            var sleeps = index[0] is 'N' or 'X' && random.Chance(500);
            tail.Byte((byte)(sleeps ? random.Chance(200) ? IndexFlags.Halted : IndexFlags.Closed : random.Chance(40) ? IndexFlags.Stale : IndexFlags.None));
        }
        return new Request<SetPrices>(UserId.Venue, NextKey(), new SetPrices { Count = indexes.Length }, tail.Written.ToArray());
    }

    private Request ContractOrder(int actor, ContractView contract)
    {
        var order = new PlaceContractOrder { Instrument = contract.Id, Size = (random.Chance(500) ? 1 : -1) * (1 + random.Below(300)), Price = ContractPrice(contract, random.Below(240) - 120) };
        if (contract.IsInverse) order.Size *= 20;
        if (random.Chance(100)) order.MarginMode = (byte)(1 + random.Below(2));
        switch (random.Below(20))
        {
            case < 3: (order.Price, order.TimeInForce) = (0, TimeInForce.ImmediateOrCancel); break;
            case 3: order.TimeInForce = TimeInForce.PostOnly; break;
            case 4: order.TimeInForce = TimeInForce.FillOrKill; break;
            case 5: order.TimeInForce = TimeInForce.ImmediateOrCancel; break;
            case 6 or 7: order.Flags = ContractOrderFlags.ReduceOnly; break;
            case 8: (order.Size, order.Flags) = (0, ContractOrderFlags.ClosePosition); break;
            case 9: (order.Size, order.AutoSize, order.Flags) = (0, (AutoSize)(1 + random.Below(2)), ContractOrderFlags.ReduceOnly); break;
            case 10: order.Iceberg = long.Abs(order.Size) / 3; break;
            case 11: order.StpAction = (SelfTradeAction)(1 + random.Below(3)); break;
            case 12:
                order.TakeProfitTrigger = ContractPrice(contract, order.Size > 0 ? 200 : -200);
                order.StopLossTrigger = ContractPrice(contract, order.Size > 0 ? -200 : 200);
                break;
        }
        return New(actor, order, random.Chance(300) ? $"t-{random.Below(1000)}" : "", "");
    }

    private Request ContractTrigger(int actor, ContractView contract)
    {
        var market = random.Chance(500);
        var above = random.Chance(500);
        var closes = random.Chance(400);
        return New(actor, new CreateContractTrigger
        {
            Instrument = contract.Id, Rule = above ? TriggerRule.AtOrAbove : TriggerRule.AtOrBelow, PriceType = (TriggerPriceType)random.Below(3),
            TriggerPrice = ContractPrice(contract, above ? 20 + random.Below(60) : -20 - random.Below(60)), Price = market ? 0 : ContractPrice(contract, 0),
            TimeInForce = market ? TimeInForce.ImmediateOrCancel : TimeInForce.GoodTillCancelled, ExpirationSeconds = 5 + random.Below(3600),
            OrderType = closes ? above ? TriggerOrderType.CloseShortPosition : TriggerOrderType.CloseLongPosition : TriggerOrderType.None,
            Size = closes ? 0 : random.Chance(500) ? 1 + random.Below(50) : -1 - random.Below(50),
        }, "t-trigger");
    }

    // Trailing and chase orders (M-110, M-111), and what is done to them; ids of now and then somebody else's, or nobody's.
    private Request Auto(int actor, ContractView contract)
    {
        var side = random.Chance(500) ? 1 : -1;
        var percent = random.Chance(500);
        var id = random.Between(1, 5_000);
        return random.Below(20) switch
        {
            < 8 => New(actor, new CreateTrailingOrder
            {
                Instrument = contract.Id, Amount = side * (1 + random.Below(60)), PriceType = (TriggerPriceType)random.Below(3), IsPercent = percent ? (byte)1 : (byte)0,
                Offset = percent ? (1 + random.Below(20)) * (Rate.One / 1000) : 1 + ContractPrice(contract, 0) / (50 + random.Below(1_000)),
                ActivationPrice = random.Chance(500) ? 0 : ContractPrice(contract, random.Below(200) - 100), Rule = (TriggerRule)random.Below(3),
                ReduceOnly = random.Chance(600) ? (byte)1 : (byte)0, PositionRelated = random.Chance(300) ? (byte)1 : (byte)0,
            }, "t-trail"),
            < 15 => New(actor, new CreateChaseOrder
            {
                Instrument = contract.Id, Amount = side * (1 + random.Below(100)), ReduceOnly = random.Chance(250) ? (byte)1 : (byte)0,
                PriceLimit = random.Chance(300) ? ContractPrice(contract, side * random.Below(150)) : 0, OffsetLimit = random.Chance(200) ? contract.Terms.Tick * random.Below(2_000) : 0,
                Gap = percent ? 1 + random.Below(100) * (Rate.One / 10_000) : random.Chance(500) ? 0 : contract.Terms.Tick * random.Below(500), IsPercent = percent ? (byte)1 : (byte)0,
                IntervalSeconds = random.Below(4),
            }, "t-chase"),
            < 16 => New(actor, new StopTrailingOrder { OrderId = id }),
            < 17 => New(actor, new UpdateTrailingOrder { OrderId = id, Amount = random.Between(-50, 50), Offset = contract.Terms.Tick * (1 + random.Below(900)), Changes = (TrailChanges)random.Below(8) }),
            < 18 => New(actor, new StopChaseOrder { OrderId = id }),
            < 19 => New(actor, new StopAllTrailingOrders { Instrument = random.Chance(500) ? contract.Id : 0, Wallet = contract.Wallet, Guards = (GuardedSide)random.Below(3) }),
            _ => New(actor, new StopAllChaseOrders { Instrument = random.Chance(500) ? contract.Id : 0, Wallet = contract.Wallet, MarginMode = (byte)random.Below(3) }),
        };
    }

    private Request Between(int user, ContractView contract)
    {
        var back = random.Chance(500);
        return New(user, new Transfer
        {
            FromUser = user, ToUser = user, FromWallet = back ? contract.Wallet : Spot, ToWallet = back ? Spot : contract.Wallet, Asset = contract.Settle.Id,
            Amount = new Money(random.Between(1, 300) * Money.Units(1).Raw / (contract.IsInverse ? 10_000 : 1)),
        }, "");
    }

    // Well-formed and wrong: it must be refused, and nothing may change.
    private Request HostileContract(int actor, ContractView contract) => random.Below(7) switch
    {
        0 => New(actor, new PlaceContractOrder { Instrument = 5, Size = 1, Price = 1 }, "", ""),
        1 => New(actor, new PlaceContractOrder { Instrument = contract.Id, Size = long.MinValue, Price = long.MaxValue }, "", ""),
        2 => New(0, ContractOrderOf(contract), "", ""),
        3 => New(actor, new AmendContractOrder { OrderId = random.Between(1, 5_000), Size = long.MinValue, Price = 1 }, ""),
        4 => New(actor, new SetLeverage { Instrument = contract.Id, Leverage = int.MaxValue, IsCross = 7 }),
        5 => New(actor, new ChangeMargin { Instrument = contract.Id, Change = new Money(Int128.MinValue) }),
        _ => New(actor, new Transfer { FromUser = actor, ToUser = actor, FromWallet = contract.Wallet, ToWallet = Spot, Asset = contract.Settle.Id, Amount = Money.Units(1_000_000) }, ""),
    };

    private static PlaceContractOrder ContractOrderOf(ContractView contract) => new() { Instrument = contract.Id, Size = 1, Price = contract.Terms.Tick };

    /// <summary>So many ten-thousandths from the mark, on the tick.</summary>
    private static long ContractPrice(ContractView contract, int distance)
    {
        var price = (long)((Int128)contract.Prices.Mark * (10_000 + distance) / 10_000);
        return long.Max(contract.Terms.Tick, price - price % contract.Terms.Tick);
    }

    private static void List(ICoreDoor door, string symbol, string settle, string index, ContractKind kind, long nowNanos)
    {
        var inverse = kind == ContractKind.Inverse;
        var terms = new ListContract
        {
            ContractKind = kind, PriceDecimals = 2, Multiplier = 1, MultiplierDecimals = inverse ? 0 : 4, Tick = 10, MarkRound = 1, SizeStep = 1, OrderSizeMin = 1,
            OrderSizeMax = 1_000_000, MarketOrderSizeMax = 500_000, OrderPriceDeviate = Rate.One / 5, MarketOrderSlip = Rate.One / 10, LeverageMin = 100, LeverageMax = 10_000,
            MakerFee = -Rate.One / 10_000, TakerFee = 75 * (Rate.One / 100_000), MarkMaxDeviation = Rate.One / 10, MarkWindow = 30, OrdersLimit = 100, TriggersLimit = 50,
            Status = MarketStatus.Tradable, LinearWeights = 1,
        };
        if (symbol[0] == 'N') (terms.Underlying, terms.OffHours, terms.ClosedFundingFactor) = (Underlying.Stocks, OffHoursPricing.Ewma, Rate.One / 2);
        if (symbol[0] == 'X') (terms.Underlying, terms.OffHours, terms.ReopenRampSeconds) = (Underlying.Metals, OffHoursPricing.InternalEma, 10);
        if (kind == ContractKind.Delivery)
        {
            (terms.Cycle, terms.ExpiryNanos, terms.BasisImpactValue) = (DeliveryCycle.Weekly, nowNanos + 60 * Nanos.PerSecond, Money.Units(1_000));
            (terms.SettleFee, terms.SettlePriceIntervalSeconds, terms.SettlePriceDurationSeconds) = (15 * (Rate.One / 100_000), 1, 30);
        }
        else
        {
            (terms.FundingIntervalSeconds, terms.FundingRateLimit, terms.InterestPerDay) = (3600, Rate.One / 100, Rate.One / 1000);
            terms.FundingImpactValue = inverse ? new Money(Money.Units(1).Raw / 50) : Money.Units(1_000);
        }
        var bytes = new byte[512];
        var tail = new TailWriter(bytes);
        tail.Text(symbol);
        tail.Text(settle);
        tail.Text(index);
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
        door.Execute(UserId.Venue, terms, tail.Written);
    }
}
