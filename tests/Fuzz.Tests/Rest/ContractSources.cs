using System.Globalization;
using Sluice.Fuzz.Tests.Wire;
using Sluice.Server.Gateway;
using Sluice.Server.Views.Futures;

namespace Sluice.Fuzz.Tests.Rest;

/// <summary>What a schema cannot know of contracts: those that are listed in the settle currency of the request, sizes and prices that trade, orders that exist.</summary>
internal sealed class ContractSources : IValues
{
    private const int Day = 86_400;

    private readonly Lane lane;
    private readonly Operation operation;
    private readonly ContractView contract;
    private readonly Placed? target;
    private readonly bool buys, market;
    private readonly int reduces;

    public ContractSources(Lane lane, Operation operation, Signer who, ref Dice dice)
    {
        (this.lane, this.operation) = (lane, operation);
        var all = lane.Venue.Host.Views.Futures.Contracts.Where(one => one.IsDelivery == (operation.Group == "delivery")).ToList();
        contract = dice.Percent(75) ? all[lane.Index % all.Count] : dice.Among(all);
        (buys, market, reduces) = (dice.Percent(50), dice.Percent(20), dice.Below(100));
        IsForeign = dice.Percent(10);
        var owner = IsForeign ? lane.Stranger(who.User) : who.User;
        var mine = lane.Of(owner);
        var pool = operation.Path.Contains("price_orders", StringComparison.Ordinal) ? mine.Triggers : operation.Path.Contains("/trail/", StringComparison.Ordinal) ? mine.Trails : operation.Path.Contains("/chase/", StringComparison.Ordinal) ? mine.Chases : mine.Orders;
        var fitting = pool.Where(placed => all.Exists(one => one.Symbol == placed.Pair)).ToList();
        if (fitting.Count > 0) target = fitting[fitting.Count - 1 - dice.Below(int.Min(fitting.Count, dice.Percent(70) ? 6 : fitting.Count))];
        if (target is not null && operation.Path.Contains("order", StringComparison.Ordinal) && operation.Method is not "POST") contract = all.First(one => one.Symbol == target.Pair);
    }

    public bool IsForeign { get; }

    private bool IsAuto => operation.Path.Contains("autoorder", StringComparison.Ordinal);

    public int ChanceOf(string name) => name switch
    {
        "price" or "size" => 80,
        "tif" => market ? 100 : 60,
        "text" => 40,
        "reduce_only" or "close" or "auto_size" => 6,
        "contract" => 70,
        "amount" or "initial" or "trigger" => 60,
        "pos_margin_mode" or "pid" or "stp_act" or "market_order_slip_ratio" or "iceberg" => 4,
        "tpsl_tp_trigger_price" or "tpsl_sl_trigger_price" => 5,
        "x-gate-exptime" => 5,
        "from" or "to" or "at" or "offset" => 12,
        _ => 30,
    };

    public string? ValueOf(string name, ref Dice dice) => name switch
    {
        "settle" => contract.Settle.Code.ToLowerInvariant(),
        "contract" when operation.Id is "listFuturesCandlesticks" or "listDeliveryCandlesticks" => dice.Of("", "", "mark_", "index_") + contract.Symbol,
        "contract" or "table_id" => contract.Symbol,
        "contracts" => contract.Symbol,
        "index" => contract.Index,
        "price" or "trigger_price" or "activation_price" => market && name == "price" && operation.IsWrite && !operation.Id.Contains("mend", StringComparison.Ordinal) ? "0" : PriceText(ref dice, 100),
        "tpsl_tp_trigger_price" => PriceText(ref dice, buys ? 500 : -500),
        "tpsl_sl_trigger_price" => PriceText(ref dice, buys ? -500 : 500),
        "size" or "amount" or "left" => reduces < 4 ? "0" : $"{(buys ? "" : "-")}{contract.SizeText((1 + dice.Below(5)) * long.Max(contract.Terms.SizeStep, contract.Terms.OrderSizeMin))}",
        "iceberg" => "0",
        "close" => reduces < 4 ? "true" : "false",
        "reduce_only" or "side" or "related_position" when IsAuto && operation.Method == "GET" => dice.Of("0", "1", "2"),
        "reduce_only" => reduces < 12 ? "true" : "false",
        "auto_size" => reduces < 4 ? dice.Of("close_long", "close_short") : null,
        "tif" => operation.Path.Contains("price_orders", StringComparison.Ordinal) || market ? "ioc" : dice.Of("gtc", "gtc", "gtc", "ioc", "poc"),
        "text" => $"t-{dice.Below(1000)}",
        "amend_text" => "x",
        "stp_act" => "-",
        "pos_margin_mode" => dice.Of("cross", "isolated"),
        "order_type" => dice.Of("close-long-order", "close-short-order", "close-long-position", "close-short-position", "plan-close-long-position", "plan-close-short-position"),
        "strategy_type" => "0",
        "price_type" => operation.Id == "createTrailOrder" ? dice.Of("1", "2", "3") : dice.Of("0", "1", "2"),
        "price_limit" => dice.Of("0", "0", PriceText(ref dice, buys ? 800 : -800)),
        "offset_limit" => "0",
        "price_gap_type" or "related_position" or "sort_by" => dice.Of("1", "2"),
        "price_gap_value" => dice.Of("1", "0.5"),
        "is_gte_str" or "is_gte" => dice.Of("true", "false"),
        "position_related" or "is_dual_mode" => "false",
        "start_at" => "1",
        "end_at" => "4000000000",
        "rule" => dice.Of("1", "2"),
        "expiration" => dice.Of("60", "86400"),
        "direction" => dice.Of("buy", "sell"),
        "level" => dice.Of("1", "2"),
        "order_id" or "id" => target?.Id ?? dice.Below(100_000).ToString(),
        "" => target?.Id,
        "leverage" => dice.Of("0", "5", "10", "20"),
        "cross_leverage_limit" => dice.Of("5", "10"),
        "change" => dice.Of("1", "0.5", "-0.5", "10"),
        "risk_limit" => dice.Of("100000", "500000", "1000000"),
        "margin_mode" or "mode" => dice.Of("ISOLATED", "CROSS", "isolated", "cross"),
        "dual_mode" => dice.Of("true", "false"),
        "position_mode" => dice.Of("single", "dual", "dual_plus"),
        "dual_side" => dice.Of("dual_long", "dual_short"),
        "timeout" => dice.Of("0", "5", "30"),
        "status" => dice.Of("open", "finished"),
        "side" => operation.Method == "DELETE" ? dice.Of("bid", "ask") : dice.Of("long", "short"),
        "type" => dice.Of("dnw", "pnl", "fee", "fund"),
        "role" => dice.Of("maker", "taker"),
        "pnl" => dice.Of("profit", "loss"),
        "interval" when operation.Id.EndsWith("OrderBook", StringComparison.Ordinal) => "0",
        "interval" => dice.Of("5m", "1h", "1d"),
        "timezone" => dice.Of("utc0", "utc8", "all"),
        "action_mode" => dice.Of("ACK", "RESULT", "FULL"),
        "holding" or "with_id" or "exclude_reduce_only" or "is_finished" or "hide_cancel" => dice.Of("true", "false"),
        "limit" or "page_size" => dice.Of("1", "5", "20", "50"),
        "page_num" => "1",
        "offset" => dice.Of("0", "0", "1", "10"),
        "count_total" => dice.Of("0", "1"),
        "from" or "at" => $"{lane.Venue.Host.Views.Shown.TimeNanos / 1_000_000_000 - Day - dice.Below(Day)}",
        "to" => $"{lane.Venue.Host.Views.Shown.TimeNanos / 1_000_000_000 - dice.Below(Day / 2)}",
        "price_offset" => dice.Of("1%", "0.5%", "10"),
        "x-gate-exptime" => (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 60_000).ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    // Around the mark, so that half of the orders trade; moved by hundredths of a percent on top.
    private string PriceText(ref Dice dice, int spread)
    {
        var mark = contract.Prices.Mark > 0 ? contract.Prices.Mark : 1;
        var moved = (long)decimal.Round((decimal)mark * (10_000 + (spread == 100 ? dice.Below(201) - 100 : spread)) / 10_000m);
        var tick = contract.Terms.Tick;
        return contract.PriceText(long.Max(moved / tick, 1) * tick);
    }
}
