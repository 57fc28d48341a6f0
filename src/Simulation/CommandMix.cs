using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;
using Sluice.Server.Views;

namespace Sluice.Simulation;

/// <summary>What clients and the operator want from the venue: every kind of command, most of them sensible, some hostile. It reads what anybody can
/// read (prices, own open orders) and draws the rest.</summary>
internal sealed partial class CommandMix(SeededRandom random, ulong seed)
{
    private const int Spot = 1;

    private ulong keys;
    private int names;

    /// <summary>One request of a trader who owns <paramref name="user"/> and its sub-account.</summary>
    public Request Trade(VenueViews views, int user, int sub)
    {
        if (views.Futures.Contracts.Count > 0 && random.Chance(400)) return Contract(views, user, sub);
        var actor = random.Chance(200) ? sub : user;
        var pair = views.Pairs[random.Below(views.Pairs.Count)];
        var open = views.OpenOrdersOf(actor);
        return random.Below(1000) switch
        {
            < 560 => Place(actor, pair),
            < 730 when open.Count > 0 => New(actor, new CancelOrder { OrderId = Any(open).Id }),
            < 780 when open.Count > 0 => Amend(actor, views, Any(open)),
            < 795 => New(actor, new CancelAllOrders { Instrument = random.Chance(500) ? pair.Id : 0, Side = (SideFilter)random.Below(3) }),
            < 835 => Trigger(actor, pair),
            < 850 when views.OpenTriggersOf(actor) is { Count: > 0 } triggers => New(actor, new CancelTrigger { TriggerId = Any(triggers).Id }),
            < 855 => New(actor, new CancelAllTriggers { Instrument = pair.Id }),
            < 865 => New(actor, new SetCountdown { Instrument = pair.Id, TimeoutSeconds = random.Chance(300) ? 0 : 5 + random.Below(30) }),
            < 915 => Move(user, sub, pair),
            < 930 => New(actor, new CreatePov
            {
                Instrument = pair.Id, Side = AnySide(), Size = Size(pair) * 5, RatePercent = 1 + random.Below(50), TtlSeconds = 10 + random.Below(60),
            }, "t-pov", "60s"),
            < 940 => New(actor, new CancelPov { OrderId = random.Between(1, 5_000) }),
            _ => Hostile(actor, pair, open),
        };
    }

    /// <summary>One request of the operator.</summary>
    public Request Operate(VenueViews views, IReadOnlyList<int> users)
    {
        var pair = views.Pairs[random.Below(views.Pairs.Count)];
        var user = users[random.Below(users.Count)];
        if (views.Futures.Contracts.Count > 0 && random.Chance(250)) return OperateContract(views, user);
        return random.Below(100) switch
        {
            < 30 => New(0, new Fund { User = user, Wallet = Spot, Asset = random.Chance(500) ? pair.Base.Id : pair.Quote.Id, Amount = Money.Units(1 + random.Below(200)), Deposit = 1 }, "BTC", "address", $"tx{names++}"),
            < 38 => New(0, new SetMarketStatus { Instrument = pair.Id, Status = MarketStatus.CircuitBreaker }),
            < 60 => New(0, new SetMarketStatus { Instrument = pair.Id, Status = MarketStatus.Tradable }),
            < 66 => New(0, new ShockPrices { FractionE12 = random.Between(-20, 21) * (Rate.One / 1000) }),
            < 72 => New(0, new SetLiquidity { On = (byte)random.Below(2) }, pair.Symbol),
            < 80 => New(0, new SetTraderSettings { User = user, MakerFee = random.Between(-1, 2) * (Rate.One / 2000), TakerFee = -1, UniqueText = -1, FeeToken = -1 }),
            < 86 => New(0, new SetLocked { User = user, Locked = (byte)random.Below(2) }),
            < 92 => New(0, new CreateKey { User = user, Mode = 1 }, $"key{names++}", "bot", "sealed", "spot:rw", ""),
            < 96 => New(0, new DeleteKey { User = user }, $"key{random.Below(names + 1)}"),
            < 98 => New(0, new CreateUser(), $"user{names++}", "", ""),
            _ => New(0, new ResetUser { User = user }),
        };
    }

    private Request Place(int actor, PairView pair)
    {
        var side = AnySide();
        var order = new PlaceOrder
        {
            Instrument = pair.Id, Wallet = Spot, Side = side, Type = OrderType.Limit, Size = Size(pair), Price = Price(pair, side, random.Below(140) - 40),
        };
        switch (random.Below(20))
        {
            case < 3: order.TimeInForce = TimeInForce.PostOnly; break;
            case < 5: order.TimeInForce = TimeInForce.ImmediateOrCancel; break;
            case 5: order.TimeInForce = TimeInForce.FillOrKill; break;
            case 6 or 7:
                (order.Type, order.Price, order.TimeInForce) = (OrderType.Market, 0, TimeInForce.ImmediateOrCancel);
                if (side == Side.Buy) (order.Size, order.Budget) = (0, Money.Units(5 + random.Below(400)));
                break;
            case 8 or 9: order.Iceberg = long.Max(order.Size / 4, 1); break;
            case 10:
                order.TakeProfitTrigger = Price(pair, Other(side), 60);
                order.StopLossTrigger = Price(pair, side, 80);
                break;
            case 11 or 12: order.StpAction = (SelfTradeAction)(1 + random.Below(3)); break;
        }
        return New(actor, order, random.Chance(300) ? $"t-{random.Below(1000)}" : "", "");
    }

    private Request Amend(int actor, VenueViews views, OrderRow order)
    {
        var pair = views.PairOf(order.Instrument);
        var change = new AmendOrder { OrderId = order.Id, Instrument = order.Instrument };
        if (random.Chance(600)) change.Price = Price(pair, order.Side, random.Below(100) - 10);
        if (random.Chance(600)) change.Size = Size(pair);
        return New(actor, change, "");
    }

    private Request Trigger(int actor, PairView pair)
    {
        var (side, above) = (AnySide(), random.Chance(500));
        var market = random.Chance(500);
        return New(actor, new CreateTrigger
        {
            Instrument = pair.Id, Wallet = Spot, Side = side, Rule = above ? TriggerRule.AtOrAbove : TriggerRule.AtOrBelow,
            TriggerPrice = Price(pair, above ? Side.Sell : Side.Buy, random.Below(30)), Type = market ? OrderType.Market : OrderType.Limit,
            TimeInForce = market ? TimeInForce.ImmediateOrCancel : TimeInForce.GoodTillCancelled, Price = market ? 0 : Price(pair, side, 0),
            Size = market && side == Side.Buy ? 0 : Size(pair), Budget = market && side == Side.Buy ? Money.Units(20 + random.Below(50)) : default,
            ExpirationSeconds = 5 + random.Below(3600),
        }, "t-trigger");
    }

    private Request Move(int user, int sub, PairView pair)
    {
        var back = random.Chance(400);
        return New(user, new Transfer
        {
            FromUser = back ? sub : user, ToUser = back ? user : sub, FromWallet = Spot, ToWallet = Spot, Asset = random.Chance(500) ? pair.Base.Id : pair.Quote.Id,
            Amount = new Money(random.Between(1, 40) * Money.Units(1).Raw / 7), Route = back ? TransferRoute.SubToMain : TransferRoute.MainToSub,
        }, random.Chance(300) ? $"move{random.Below(200)}" : "");
    }

    // Well-formed and wrong: it must be refused, and nothing may change.
    private Request Hostile(int actor, PairView pair, IReadOnlyList<OrderRow> open) => random.Below(8) switch
    {
        0 => New(actor, new PlaceOrder { Instrument = 99, Wallet = Spot, Side = Side.Buy, Price = 1, Size = 1 }, "", ""),
        1 => New(actor, new PlaceOrder { Instrument = pair.Id, Wallet = Spot, Side = Side.Buy, Price = long.MaxValue, Size = long.MaxValue }, "", ""),
        2 => New(actor, new PlaceOrder { Instrument = pair.Id, Wallet = 77, Side = Side.Sell, Price = Price(pair, Side.Sell, 5), Size = -1 }, "", ""),
        3 => New(actor, new CancelOrder { OrderId = long.MinValue }),
        4 => New(actor, new AmendOrder { OrderId = open.Count > 0 ? open[0].Id : 1, Price = -5, Size = 0 }, ""),
        5 => New(actor, new Transfer { FromUser = actor, ToUser = 1, FromWallet = Spot, ToWallet = Spot, Asset = 1, Amount = Money.Units(1_000_000_000) }, ""),
        6 => New(0, new Fund { User = 424_242, Wallet = Spot, Asset = 1, Amount = Money.Units(1) }, "", "", ""),
        _ => new Request<PlaceOrder>(new UserId(actor), NextKey(), default, [255, 255, 1]),
    };

    private Request<T> New<T>(int actor, T command, params ReadOnlySpan<string> texts) where T : unmanaged, ICommand
    {
        Span<byte> bytes = stackalloc byte[512];
        var tail = new TailWriter(bytes);
        foreach (var text in texts) tail.Text(text);
        return new Request<T>(new UserId(actor), NextKey(), command, tail.Written.ToArray());
    }

    private IdempotencyKey NextKey() => new(seed + 1, ++keys, keys * 31);

    private T Any<T>(IReadOnlyList<T> all) => all[random.Below(all.Count)];

    private Side AnySide() => random.Chance(500) ? Side.Buy : Side.Sell;

    /// <summary>So many ten-thousandths away from the last price, to the passive side of it.</summary>
    private long Price(PairView pair, Side side, int distance)
    {
        var last = pair.LastPrice;
        var step = (Int128)last * distance / 10_000;
        return long.Max(1, (long)(side == Side.Buy ? last - step : last + step));
    }

    /// <summary>Worth some ten to three hundred units of the quote asset, or as little as fits.</summary>
    private long Size(PairView pair)
    {
        var value = (Int128)random.Between(5, 300) * Fixed.PowerOfTen(pair.Terms.PriceDecimals) * Fixed.PowerOfTen(pair.Terms.SizeDecimals);
        return (long)(value / pair.LastPrice) + long.Max(pair.Terms.MinBase, 1) * random.Below(3);
    }

    private static Side Other(Side side) => side == Side.Buy ? Side.Sell : Side.Buy;
}
