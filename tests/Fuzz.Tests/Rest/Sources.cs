using System.Globalization;
using Sluice.Fuzz.Tests.Wire;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

namespace Sluice.Fuzz.Tests.Rest;

/// <summary>Live values by name of the parameter, for what a schema cannot know: pairs that trade, prices near the last one, ids that exist. One object
/// is one request, or one element of a batch, so that its values belong together.</summary>
internal sealed class Sources : IValues
{
    private const int Day = 86_400;

    private readonly Lane lane;
    private readonly Operation operation;
    private readonly string side;
    private readonly bool market;
    private readonly bool toMargin;
    private readonly int fromSub, toSub;
    private readonly PairView pair;
    private readonly Placed? target;

    public Sources(Lane lane, Operation operation, Signer who, ref Dice dice)
    {
        this.lane = lane;
        this.operation = operation;
        side = dice.Of("buy", "sell");
        market = dice.Percent(25) && operation.Id is not "createCrossLiquidateOrder";
        pair = dice.Percent(80) ? lane.Home : dice.Among(lane.Pairs);
        toMargin = dice.Percent(60);
        IsForeign = dice.Percent(10);
        Owner = IsForeign ? lane.Stranger(who.User) : who.User;

        var mine = lane.Of(Owner);
        var pool = operation.Path.Contains("price_orders", StringComparison.Ordinal) ? mine.Triggers : operation.Path.Contains("pov_orders", StringComparison.Ordinal) ? mine.Povs : mine.Orders;
        if (pool.Count > 0) target = pool[pool.Count - 1 - dice.Below(int.Min(pool.Count, dice.Percent(70) ? 6 : pool.Count))];
        if (target is { Pair.Length: > 0 } && NamesOrder) pair = lane.Pairs.First(known => known.Symbol == target.Pair);
        var subs = lane.Of(IsForeign ? Owner : lane.MainOf(who.User)).SubAccounts;
        fromSub = subs.Count > 0 ? dice.Among(subs) : 0;
        toSub = subs.Count > 0 ? subs[(subs.IndexOf(fromSub) + 1) % subs.Count] : 0;
    }

    public bool IsForeign { get; }

    public int Owner { get; }

    /// <summary>Whether the operation is about one order, named by id.</summary>
    private bool NamesOrder => operation.Path.Contains("{order_id}", StringComparison.Ordinal) || operation.Id is "cancelBatchOrders" or "amendBatchOrders";

    public int ChanceOf(string name) => name switch
    {
        "type" when operation.Method == "POST" => 100,
        "price" or "amount" when operation.Id is "amendOrder" or "amendBatchOrders" => 60,
        "price" or "limit_price" => market ? 0 : 100,
        "text" => operation.Id == "createBatchOrders" ? 100 : 40,
        "currency_pair" when operation.Id is "transfer" or "amendOrder" => 100,
        "time_in_force" => 60,
        "sub_account_type" or "sub_account_from_type" or "sub_account_to_type" => 30,
        "perms" => 90,
        "account" => 15,
        "action_mode" or "amend_text" => 20,
        "iceberg" => market ? 1 : 8,
        "slippage" => market ? 20 : 1,
        "stop_profit" or "stop_loss" => market ? 1 : 6,
        "auto_borrow" or "auto_repay" or "stp_act" => 2,
        "trigger_price" or "order_price" => 60,
        "x-gate-exptime" or "ip_whitelist" => 5,
        "tx_id" => 70,
        "page" or "offset" or "from" or "to" => 12,
        _ => 30,
    };

    public string? ValueOf(string name, ref Dice dice) => name switch
    {
        "currency_pair" when operation.Id == "transfer" => lane.Home.Symbol,
        "currency_pair" or "market" => pair.Symbol,
        "currency_pairs" => $"{pair.Symbol},{lane.Home.Symbol}",
        "currency" when operation.Id is "transfer" => dice.Of(lane.Home.Base.Code, lane.Home.Quote.Code),
        "currency" when operation.Id is "transferWithSubAccount" or "subAccountToSubAccount" => "USDT",
        "currency" => dice.Of(pair.Base.Code, pair.Quote.Code),
        "price" or "limit_price" or "trigger_price" or "order_price" => PriceText(ref dice),
        "amount" => operation.Group == "wallet" ? dice.Of("1", "0.5", "0.001", "2.25") : AmountText(ref dice),
        "iceberg" => "0",
        "slippage" => dice.Of("0.01", "0.05", "0"),
        "side" => side,
        "type" when operation.Group == "spot" && operation.IsWrite => market ? "market" : "limit",
        "type" when operation.Group == "subaccount" => dice.Of("0", "1"),
        "time_in_force" => operation.Path.Contains("price_orders", StringComparison.Ordinal) ? market ? "ioc" : dice.Of("gtc", "ioc")
            : market ? dice.Of("ioc", "fok") : dice.Of("gtc", "gtc", "gtc", "ioc", "poc", "fok"),
        "account" => operation.Path.Contains("price_orders", StringComparison.Ordinal) ? "normal" : dice.Of("spot", "spot", "margin"),
        "action_mode" => dice.Of("ACK", "RESULT", "FULL"),
        "text" => $"t-{dice.Below(1000)}",
        "amend_text" => dice.Of("x", "t-amend", "-"),
        "status" => dice.Of("open", "finished"),
        // A stranger's text may be one of one's own too (M-007); an id is its order's alone.
        "order_id" or "id" => !IsForeign && dice.Percent(10) && target is { Text.Length: > 2 } ? target.Text : target?.Id ?? dice.Below(100_000).ToString(),
        "tx_id" => lane.Of(Owner).Transfers is { Count: > 0 } transfers ? dice.Among(transfers) : "1",
        "client_order_id" => operation.IsWrite ? $"c{lane.Index}-{dice.Below(10_000)}" : lane.Of(Owner).ClientIds is { Count: > 0 } ids ? dice.Among(ids) : "c",
        "user_id" or "sub_uid" or "sub_account" or "sub_account_from" => fromSub.ToString(),
        "sub_account_to" => toSub.ToString(),
        "key" => lane.Of(Owner).Keys is { Count: > 0 } keys ? keys.LastOrDefault(key => key.User == fromSub).Key ?? dice.Among(keys).Key : "nokey",
        "from" when operation.Id == "transfer" => toMargin ? "spot" : "margin",
        "to" when operation.Id == "transfer" => toMargin ? "margin" : "spot",
        "from" or "to" when operation.Id == "getSpotInsuranceHistory" => Ago(name == "from" ? 5 * Day : 0),
        "from" => Ago(Day + dice.Below(Day)),
        "to" => Ago(dice.Below(Day / 2)),
        "sub_account_type" or "sub_account_from_type" or "sub_account_to_type" => "spot",
        "direction" => dice.Of("to", "to", "from"),
        "login_name" => $"u{lane.Index}-{dice.Next() % 1_000_000_000}",
        "email" => "someone@example.org",
        "name" when operation.Group == "subaccount" => dice.Of("spot", "wallet", "account", "margin", "unified"),
        "mode" => dice.Of("1", "2"),
        "ip_whitelist" => "127.0.0.1",
        "participation_rate" => (1 + dice.Below(100)).ToString(),
        "ttl" => dice.Of("30s", "15m", "1h", "2d"),
        "timeout" => dice.Of("0", "5", "30", "600"),
        "expiration" => dice.Of("0", "60", "86400"),
        "business" => "margin",
        "interval" when operation.Id == "listOrderBook" => "0",
        "timezone" => dice.Of("utc0", "utc8", "all"),
        "last_id" => "1",
        "limit" => dice.Of("1", "5", "20", "50"),
        "page" => dice.Of("1", "1", "2", "3"),
        "offset" => dice.Of("0", "0", "1", "10"),
        "x-gate-exptime" => (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 60_000).ToString(),
        "chain" or "code" or "withdraw_id" or "asset_class" or "withdraw_order_id" or "verified" => "1",
        _ => null,
    };

    private string PriceText(ref Dice dice)
    {
        var raw = decimal.Round((decimal)pair.ListingReference * (9_900 + dice.Below(201)) / 10_000m);
        return pair.PriceText((long)raw);
    }

    // Five to twenty times the least a pair takes, in quote; a market buy says it in quote.
    private string AmountText(ref Dice dice)
    {
        var quote = decimal.Max(Value(pair.Terms.MinQuote.ToString()), 1m) * (5 + dice.Below(16));
        if (market && side == "buy") return quote.ToString(CultureInfo.InvariantCulture);
        var price = Value(pair.PriceText(pair.ListingReference));
        var size = decimal.Max(decimal.Round(quote / price, pair.Terms.SizeDecimals), Value(pair.SizeText(pair.Terms.MinBase)));
        return decimal.Max(size, Value(pair.SizeText(1))).ToString(CultureInfo.InvariantCulture);
    }

    private static decimal Value(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    private static string Ago(long seconds) => (DateTimeOffset.UtcNow.ToUnixTimeSeconds() - seconds).ToString();
}
