using Sluice.Core.Margin;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Liquidation;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;

namespace Sluice.Server.Views.Futures;

/// <summary>Computes what is shown of accounts and positions, with the functions the core decides by and from the rows of the views; nothing of it is kept
/// (F-025, F-118).</summary>
public sealed class FuturesAccounts(VenueViews views)
{
    private readonly FuturesViews futures = views.Futures;

    /// <summary>A user's account and all of its legs, empty ones included, in the order of the contracts.</summary>
    /// <param name="withLights">Whether how early they are deleveraged is wanted: it is the only figure that depends on everybody's legs.</param>
    public AccountFigures Of(int user, int wallet, bool withLights = true)
    {
        var sequence = views.Shown.Sequence;
        var rows = futures.PositionsOf(user, wallet);
        ContractOrderRow[] orders = [.. futures.OpenOrdersOf(user).Where(order => order.Wallet == wallet)];
        var sums = new Sums();
        var parts = new List<ContractPart>();
        foreach (var instrument in rows.Select(row => row.Instrument).Concat(orders.Select(order => order.Instrument)).Distinct().Order())
        {
            var part = PartOf(futures.Of(instrument), futures.RequiredBy(user, futures.Of(instrument)), [.. rows.Where(row => row.Instrument == instrument)],
                [.. orders.Where(order => order.Instrument == instrument)], futures.ModeOf(user, wallet));
            sums.Add(part);
            parts.Add(part);
        }
        var total = CashOf(user, wallet);
        var risk = new Risk(total - sums.IsolatedMargin, sums.Cross.Unrealised, sums.Cross.InitialMargin, sums.CrossOrders + sums.IsolatedOrders, sums.Cross.Requirement);
        return new AccountFigures
        {
            User = user, Wallet = wallet, Total = total, IsolatedMargin = sums.IsolatedMargin, IsolatedUnrealised = sums.Isolated.Unrealised,
            IsolatedRequirement = sums.Isolated.Requirement, CrossOrderMargin = sums.CrossOrders, IsolatedOrderMargin = sums.IsolatedOrders, Risk = risk,
            CalledNanos = futures.CalledNanos(user, wallet, 0, Leg.Net), Sequence = sequence, Positions = [.. parts.SelectMany(part => part.Rows.Select(row => FiguresOf(row, part, sums.Cross, risk, withLights)))],
        };
    }

    /// <summary>A leg nobody has touched yet.</summary>
    public PositionFigures Untouched(int user, ContractView contract, Leg leg, bool isCross = true)
    {
        var row = PositionDefaults.Of(user, contract, leg) with { IsCross = isCross };
        return new PositionFigures { Row = row, Contract = contract, Required = contract.Contract, Prices = contract.Prices, RiskLimit = RiskLimit.LimitFor(contract.Terms.RiskLimits, new(row.Leverage)) };
    }

    /// <summary>How early a leg is deleveraged among those of its side (F-203).</summary>
    public int LightOf(PositionRow own)
    {
        if (own.Size == 0) return Deleveraging.NoLight;
        var contract = futures.Of(own.Instrument);
        AdlCandidate[] ranking = [.. futures.HeldIn(contract).Where(row => row.Size < 0 == own.Size < 0).Select(CandidateOf)];
        Array.Sort(ranking);
        Int128 cumulative = 0;
        Int128 total = ranking.Aggregate((Int128)0, static (sum, candidate) => sum + candidate.Size);
        foreach (var candidate in ranking)
        {
            cumulative += candidate.Size;
            if (candidate.User == own.User && candidate.Size == long.Abs(own.Size)) return Deleveraging.Light(cumulative, total);
        }
        return Deleveraging.NoLight;
    }

    /// <summary>T: the whole of the ledger account.</summary>
    public Money CashOf(int user, int wallet) => views.BalancesOf(user).FirstOrDefault(balance => balance.Wallet == wallet).Total;

    private AdlCandidate CandidateOf(PositionRow row)
    {
        var contract = futures.Of(row.Instrument);
        var mark = contract.Prices.Mark;
        if (mark == 0) return new AdlCandidate(AdlScore.None, row.OpenedNanos, row.User, long.Abs(row.Size), row.User == 0, 0);
        var pure = futures.RequiredBy(row.User, contract);
        var level = row.IsCross ? CrossLevelOf(row.User, row.Wallet) : Requirements.IsolatedLevel(pure, pure.RiskLimits, row.Size, row.EntryValue, row.Margin, mark);
        var score = AdlScore.Of(pure.Unrealised(row.Size, row.EntryValue, mark), row.EntryValue, level);
        return new AdlCandidate(score, row.OpenedNanos, row.User, long.Abs(row.Size), row.User == 0, 0);
    }

    private MarginLevel CrossLevelOf(int user, int wallet)
    {
        var cross = default(Exposure);
        var margin = Money.Zero;
        foreach (var legs in futures.PositionsOf(user, wallet).GroupBy(row => row.Instrument))
        {
            var contract = futures.Of(legs.Key);
            cross += CrossOf(contract, futures.RequiredBy(user, contract), [.. legs]);
            foreach (var row in legs) margin += row.Margin;
        }
        return new MarginLevel(CashOf(user, wallet) - margin + cross.Unrealised, cross.Requirement);
    }

    private static ContractPart PartOf(ContractView contract, Products.Futures.Contracts.Contract pure, PositionRow[] rows, ContractOrderRow[] orders, PositionMode mode)
    {
        var opening = orders.Where(order => !order.IsReduceOnly).ToArray();
        return new ContractPart(contract, pure, contract.Prices, rows, orders, CrossOf(contract, pure, rows), IsolatedOf(contract, pure, rows),
            OrdersOf(contract, rows, opening, mode, isCross: true), OrdersOf(contract, rows, opening, mode, isCross: false));
    }

    private static Exposure CrossOf(ContractView contract, Products.Futures.Contracts.Contract pure, PositionRow[] rows)
    {
        var mark = contract.Prices.Mark;
        if (mark == 0) return default;
        var (longs, shorts) = (LegOf(rows, isShort: false), LegOf(rows, isShort: true));
        if (longs is null || shorts is null)
        {
            return (longs ?? shorts) is { } one ? Requirements.Of(pure, pure.RiskLimits, one.Size, one.EntryValue, new(one.Leverage), mark) : default;
        }
        return Requirements.Of(pure, pure.RiskLimits, longs.Size, longs.EntryValue, shorts.Size, shorts.EntryValue, new(longs.Leverage), mark);
    }

    private static PositionRow? LegOf(PositionRow[] rows, bool isShort) => rows.FirstOrDefault(row => row.IsCross && row.Size != 0 && row.Size < 0 == isShort);

    private static Exposure IsolatedOf(ContractView contract, Products.Futures.Contracts.Contract pure, PositionRow[] rows)
    {
        var sum = default(Exposure);
        if (contract.Prices.Mark == 0) return sum;
        foreach (var row in rows.Where(row => !row.IsCross && row.Size != 0)) sum += ExposureOf(contract, pure, row);
        return sum;
    }

    private static Exposure ExposureOf(ContractView contract, Products.Futures.Contracts.Contract pure, PositionRow row) =>
        Requirements.Of(pure, pure.RiskLimits, row.Size, row.EntryValue, new(row.Leverage), contract.Prices.Mark);

    // F-104, F-106: each order with the leverage of the leg it opens.
    private static Money OrdersOf(ContractView contract, PositionRow[] rows, ContractOrderRow[] orders, PositionMode mode, bool isCross)
    {
        var mine = orders.Where(order => order.IsCross == isCross).ToArray();
        if (mine.Length == 0) return Money.Zero;
        var pure = contract.Contract;
        if (mode == PositionMode.Single)
        {
            var position = rows.FirstOrDefault(row => row.Leg == Leg.Net);
            var leverage = LeverageOf(position, contract);
            return OrderMargin.OneWay(pure, position?.IsCross == isCross ? position.Size : 0, Sorted(pure, mine, Side.Buy), Sorted(pure, mine, Side.Sell), leverage);
        }
        var sum = Money.Zero;
        foreach (var side in new[] { Side.Buy, Side.Sell })
        {
            var leg = side == Side.Buy ? Leg.Long : Leg.Short;
            var leverage = LeverageOf(rows.FirstOrDefault(row => row.Leg == leg && row.IsCross == isCross), contract);
            sum += OrderMargin.OfSide(pure, side, 0, Sorted(pure, mine, side), leverage);
        }
        return sum;
    }

    private static Products.Futures.Contracts.Leverage LeverageOf(PositionRow? row, ContractView contract) =>
        row is { Leverage: > 0 } ? new(row.Leverage) : PositionDefaults.LeverageOf(contract);

    // Best price first, then oldest.
    private static OpeningOrder[] Sorted(Products.Futures.Contracts.Contract contract, ContractOrderRow[] orders, Side side) =>
    [
        .. orders.Where(order => order.Side == side).OrderBy(order => side == Side.Buy ? -order.Price : order.Price).ThenBy(order => order.Id)
            .Select(order => new OpeningOrder(order.Left, order.ValuePrice, OrderMargin.FeeOf(contract, new Rate(order.TakerRate)), order.LossMark))
    ];

    private PositionFigures FiguresOf(PositionRow row, ContractPart part, in Exposure account, in Risk risk, bool withLights)
    {
        var (contract, pure, prices) = (part.Contract, part.Required, part.Prices);
        ContractOrderRow[] mine = [.. part.Orders.Where(order => order.Leg == row.Leg && (row.Leg == Leg.Net || order.IsCross == row.IsCross))];
        var figures = new PositionFigures
        {
            Row = row, Contract = contract, Required = pure, KeptUntilNanos = futures.RequiredUntil(row.User, contract),
            CalledNanos = futures.CalledNanos(row.User, row.Wallet, row.Instrument, row.Leg), AutoMargin = row.IsCross ? null : futures.AutoMarginOf(row.User, row.Instrument, row.Leg), Prices = prices,
            RiskLimit = RiskLimit.LimitFor(contract.Terms.RiskLimits, new(row.Leverage)), PendingOrders = mine.Length,
            CloseOrder = mine.FirstOrDefault(order => order.IsClose),
        };
        if (row.Size == 0 || prices.Mark == 0) return figures;
        var value = pure.NotionalOf(row.Size, prices.Mark);
        var own = ExposureOf(contract, pure, row);
        var isSmallerLeg = row.IsCross && part.Rows.Any(other => other.IsCross && other.Leg != row.Leg && other.Size != 0
            && (long.Abs(other.Size) > long.Abs(row.Size) || (long.Abs(other.Size) == long.Abs(row.Size) && row.Size < 0)));
        return figures with
        {
            Value = contract.ValueOf(row.Size, prices.Mark), Unrealised = own.Unrealised, Requirement = isSmallerLeg ? Money.Zero : own.Requirement,
            InitialMargin = isSmallerLeg ? Money.Zero : row.IsCross ? own.InitialMargin
                : Requirements.Initial(pure, Products.Futures.Contracts.Notional.Of(row.EntryValue), new(row.Leverage)),
            Tier = pure.RiskLimits.TierOf(value), AverageMaintenanceRate = Requirements.AverageRate(pure.RiskLimits, value),
            LiquidationPrice = LiquidationOf(row, part, account, risk.Cash),
            Level = row.IsCross ? risk.Level : Requirements.IsolatedLevel(pure, pure.RiskLimits, row.Size, row.EntryValue, row.Margin, prices.Mark),
            DeleveragingLight = withLights ? LightOf(row) : figures.DeleveragingLight,
        };
    }

    private static long? LiquidationOf(PositionRow row, ContractPart part, in Exposure account, Money cash)
    {
        var pure = part.Required;
        if (!row.IsCross) return LiquidationPrice.Isolated(pure, pure.RiskLimits, row.Size, row.EntryValue, row.Margin);
        var (longs, shorts) = (LegOf(part.Rows, isShort: false), LegOf(part.Rows, isShort: true));
        var band = LiquidationPrice.Cross(pure, pure.RiskLimits, longs?.Size ?? 0, longs?.EntryValue ?? Money.Zero, shorts?.Size ?? 0, shorts?.EntryValue ?? Money.Zero,
            LiquidationPrice.Cushion(cash, account, part.Cross));
        return row.Size > 0 ? band.OfLong : band.OfShort;
    }

    private sealed record ContractPart(ContractView Contract, Products.Futures.Contracts.Contract Required, ContractPrices Prices, PositionRow[] Rows, ContractOrderRow[] Orders, Exposure Cross, Exposure Isolated,
        Money CrossOrders, Money IsolatedOrders);

    private sealed class Sums
    {
        public Exposure Cross;
        public Exposure Isolated;
        public Money CrossOrders;
        public Money IsolatedOrders;
        public Money IsolatedMargin;

        public void Add(ContractPart part)
        {
            Cross += part.Cross;
            Isolated += part.Isolated;
            CrossOrders += part.CrossOrders;
            IsolatedOrders += part.IsolatedOrders;
            foreach (var row in part.Rows) IsolatedMargin += row.Margin;
        }
    }
}
