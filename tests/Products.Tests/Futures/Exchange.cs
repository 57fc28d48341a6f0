using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Tests.Futures;

/// <summary>The whole machine with contracts listed, and its words: prices as the rules write them, sizes in contracts, bought above zero.</summary>
internal sealed class Exchange
{
    public const int UsdtWallet = 2, BtcWallet = 3, DeliveryWallet = 4;

    private readonly Dictionary<string, int> users = [];

    public Venue Venue { get; private init; } = new();
    public FuturesState State => Venue.Products.Futures.State;
    public Market Market { get; private set; } = null!;
    public int Id => Market.Id.Value;

    public static Exchange With(ContractTerms terms, string price, Func<ListContract, ListContract>? change = null, long startSeconds = 0)
    {
        var exchange = new Exchange();
        exchange.Venue.Now += startSeconds * Nanos.PerSecond;
        exchange.Venue.Accept(0, new Products.Spot.ListAsset { Scale = 12 }, "BTC", "Bitcoin");
        exchange.Venue.Accept(0, new Products.Spot.ListAsset { Scale = 12 }, "USDT", "Tether");
        exchange.List(terms, change);
        exchange.Price(price);
        return exchange;
    }

    public Exchange List(ContractTerms terms, Func<ListContract, ListContract>? change = null)
    {
        var (command, tail) = Listing(terms, change);
        var result = Venue.Send(0, command, default, 0, tail);
        Assert.True(result.Accepted, $"listing refused: {(FuturesRefusal)result.Refusal}");
        Market = State.MarketOf((int)result.ObjectId)!;
        return this;
    }

    public static (ListContract Command, byte[] Tail) Listing(ContractTerms terms, Func<ListContract, ListContract>? change = null)
    {
        var command = new ListContract
        {
            ContractKind = terms.Kind, Underlying = terms.Underlying, PriceDecimals = terms.PriceDecimals, SizeDecimals = terms.SizeDecimals,
            Multiplier = terms.Multiplier, MultiplierDecimals = terms.MultiplierDecimals, Tick = terms.Tick, MarkRound = terms.MarkRound,
            SizeStep = terms.SizeStep, OrderSizeMin = terms.OrderSizeMin, OrderSizeMax = terms.OrderSizeMax, MarketOrderSizeMax = terms.MarketOrderSizeMax,
            OrderPriceDeviate = terms.OrderPriceDeviate.Raw, MarketOrderSlip = terms.MarketOrderSlip.Raw, OrdersLimit = terms.OrdersLimit,
            LeverageMin = terms.LeverageMin.Hundredths, LeverageMax = terms.LeverageMax.Hundredths, MakerFee = terms.MakerFee.Raw, TakerFee = terms.TakerFee.Raw,
            MarkMaxDeviation = 0, MarkWindow = terms.MarkWindow, Status = MarketStatus.Tradable, LinearWeights = 1,
        };
        if (terms.Funding is { } funding)
        {
            command.FundingIntervalSeconds = funding.IntervalSeconds;
            command.FundingOffsetSeconds = funding.OffsetSeconds;
            command.FundingRateLimit = funding.RateLimit.Raw;
            command.InterestPerDay = funding.InterestPerDay.Raw;
            command.FundingImpactValue = funding.ImpactValue;
        }
        if (terms.Delivery is { } delivery)
        {
            command.Cycle = delivery.Cycle;
            command.ExpiryNanos = delivery.ExpiryNanos;
            command.BasisImpactValue = delivery.BasisImpactValue;
            command.SettleFee = delivery.SettleFee.Raw;
            command.SettlePriceIntervalSeconds = delivery.SettlePriceIntervalSeconds;
            command.SettlePriceDurationSeconds = delivery.SettlePriceDurationSeconds;
        }
        var bytes = new byte[4096];
        var tail = new TailWriter(bytes);
        tail.Text(terms.Symbol);
        tail.Text(terms.SettleAsset == 2 ? "BTC" : "USDT");
        tail.Text(IndexOf(terms));
        tail.Text(terms.Delivery?.Underlying ?? "");
        tail.Byte((byte)terms.RiskLimits.Count);
        foreach (var tier in terms.RiskLimits.Tiers)
        {
            tail.Int64((long)(tier.Limit.Raw >> 64));
            tail.Int64(unchecked((long)(ulong)tier.Limit.Raw));
            tail.Int64(tier.MaintenanceRate.Raw);
            tail.Int64(tier.InitialRate.Raw);
        }
        return ((change ?? (c => c))(command), tail.Written.ToArray());
    }

    /// <summary>What follows is about another of the contracts listed.</summary>
    public Exchange Turn(int instrument)
    {
        Market = State.MarketOf(instrument)!;
        return this;
    }

    /// <summary>Other terms for the contract; what is not said stays (F-169).</summary>
    public CommandResult Configure(Func<ListContract, ListContract>? change = null, TierTerms[]? tiers = null, Func<ContractOptions, ContractOptions>? options = null, int grace = 259_200)
    {
        var command = new ConfigureContract
        {
            Terms = (change ?? (terms => terms))(Market.Listed.Terms), Options = (options ?? (now => now))(Market.Options), Instrument = Id, GraceSeconds = grace,
        };
        var tail = new TailWriter(new byte[4096]);
        tail.Byte((byte)(tiers?.Length ?? Market.Contract.RiskLimits.Count));
        foreach (var tier in tiers ?? [.. Market.Contract.RiskLimits.Tiers.ToArray().Select(tier => new TierTerms(tier.Limit, tier.MaintenanceRate, tier.InitialRate))])
        {
            tail.Int64((long)(tier.Limit.Raw >> 64));
            tail.Int64(unchecked((long)(ulong)tier.Limit.Raw));
            tail.Int64(tier.MaintenanceRate.Raw);
            tail.Int64(tier.InitialRate.Raw);
        }
        var before = Venue.Substance();
        var result = Venue.Send(0, command, default, 0, tail.Written);
        if (!result.Accepted) Assert.Equal(before, Venue.Substance());
        Check();
        return result;
    }

    public static string IndexOf(ContractTerms terms) => terms.Symbol[..(terms.Symbol.Split('_')[0].Length + terms.Symbol.Split('_')[1].Length + 1)];

    /// <summary>A user with that much in the wallet of the contract.</summary>
    public Exchange User(string name, string amount)
    {
        users.Add(name, Venue.User(name));
        if (amount != "0") Venue.Fund(users[name], Market.Asset == 1 ? 1 : 2, amount, Market.Wallet.Value);
        return this;
    }

    public int this[string name] => users[name];

    /// <summary>The index of the contract, and with it its mark: alone in the book, the mark is the index.</summary>
    public CommandResult Price(string price, IndexFlags flags = IndexFlags.None) => Prices([(Market.Listed.IndexName, price)], flags);

    public CommandResult Prices((string Index, string Price)[] prices, IndexFlags flags = IndexFlags.None)
    {
        var bytes = new byte[1024];
        var tail = new TailWriter(bytes);
        foreach (var (index, price) in prices)
        {
            var raw = Venue.Amount(price).Raw;
            tail.Text(index);
            tail.Int64((long)(raw >> 64));
            tail.Int64(unchecked((long)(ulong)raw));
            tail.Int32(6);
            tail.Byte((byte)flags);
        }
        var result = Venue.SendPrice(new SetPrices { Count = prices.Length }, tail.Written);
        Assert.True(result.Accepted, $"prices refused: {(FuturesRefusal)result.Refusal}");
        Check();
        return result;
    }

    /// <summary>The operator's mark: exactly this, whatever index and book say.</summary>
    public void Mark(string mark)
    {
        Venue.Accept(0, new PinMark { Instrument = Id, Mark = P(mark) });
        Check();
    }

    public PlaceContractOrder Order(long size, string price, TimeInForce tif = TimeInForce.GoodTillCancelled) => new()
    {
        Instrument = Id, Size = size, Price = price == "0" ? 0 : P(price), TimeInForce = price == "0" ? TimeInForce.ImmediateOrCancel : tif,
    };

    public long Place(string user, long size, string price, TimeInForce tif = TimeInForce.GoodTillCancelled) => Place(user, Order(size, price, tif));

    public long Place(string user, PlaceContractOrder order)
    {
        var result = Venue.Send(users[user], order, "", "");
        Assert.True(result.Accepted, $"{user}: {(FuturesRefusal)result.Refusal}");
        Check();
        return result.ObjectId;
    }

    public FuturesRefusal Refused(string user, PlaceContractOrder order) => Refused(user, order, "", "");

    public FuturesRefusal Refused<T>(string user, T command, params string[] texts) where T : unmanaged, ICommand
    {
        var before = Venue.Substance();
        var result = Venue.Send(user.Length == 0 ? 0 : users[user], command, texts);
        Assert.False(result.Accepted);
        Assert.Equal(before, Venue.Substance());
        return (FuturesRefusal)result.Refusal;
    }

    public long Accept<T>(string user, T command, params string[] texts) where T : unmanaged, ICommand
    {
        var result = Venue.Send(user.Length == 0 ? 0 : users[user], command, texts);
        Assert.True(result.Accepted, $"{typeof(T).Name}: {(FuturesRefusal)result.Refusal}");
        Check();
        return result.ObjectId;
    }

    public void Leverage(string user, int times, bool cross = false) =>
        Accept(user, new SetLeverage { Instrument = Id, Leverage = times * 100, IsCross = cross ? (byte)1 : (byte)0 });

    /// <summary>A buys of B at a price, neither paying for more than it must: the maker rests first.</summary>
    public void Trade(string maker, string taker, long takerSize, string price)
    {
        Place(maker, -takerSize, price);
        Place(taker, takerSize, price, TimeInForce.ImmediateOrCancel);
    }

    public Position Of(string user, Leg leg = Leg.Net) => Of(users[user], leg);

    public Position Of(int user, Leg leg = Leg.Net) =>
        State.Seats.TryFind(user, Market.Number, out var seat) && State.Seats[seat].SlotOf(leg) is >= 0 and var slot ? State.Positions[slot] : default;

    /// <summary>T of a user's wallet.</summary>
    public Money Cash(string user) => Venue.Products.Ledger.TryFind(users[user], Market.Wallet, Market.Asset, out var slot) ? Venue.Products.Ledger[slot].Total : default;

    public Core.Margin.Risk Risk(string user) => Venue.Products.Futures.RiskOf(users[user], Market.Wallet);

    public Money Fund => Venue.Products.Ledger[Market.Fund].Total;
    public Money Fees => Venue.Products.Ledger[Market.Fees].Total;
    public Money Clearing => Venue.Products.Ledger[Market.Clearing].Total;

    /// <summary>Money of the operator's into the fund.</summary>
    public void Endow(string amount)
    {
        Venue.Accept(0, new Products.Wallet.Fund { User = 0, Wallet = WalletId.Insurance.Value, Asset = Market.Asset, Amount = Fx.M(amount) }, "", "", "");
    }

    public long P(string price) => Market.Contract.P(price);

    public string Text(Money money) => money.ToString();

    public void Wait(long seconds)
    {
        Venue.Wait(seconds * Nanos.PerSecond);
        Check();
    }

    /// <summary>The mark of now, asked for once more with nothing new: a refresh, so that nothing is stale.</summary>
    public void Refresh() => Price(Market.Contract.Text(Market.Index));

    public IEnumerable<T> Events<T>() where T : struct => Venue.Of<T>();

    public void Check() => Venue.CheckInvariants();
}
