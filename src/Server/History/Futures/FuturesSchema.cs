namespace Sluice.Server.History.Futures;

/// <summary>The tables of contracts, which schema 2 added. Public trades, candles and the account book share spot's.</summary>
internal static class FuturesSchema
{
    public const string Tables = """
        CREATE TABLE contract_orders (id INTEGER PRIMARY KEY, user_id BIGINT NOT NULL, instrument BIGINT NOT NULL, wallet BIGINT NOT NULL, price BIGINT NOT NULL,
            size BIGINT NOT NULL, iceberg BIGINT NOT NULL, maker_rate BIGINT NOT NULL, taker_rate BIGINT NOT NULL, value_price BIGINT NOT NULL,
            slippage_rate BIGINT NOT NULL, trigger_id BIGINT NOT NULL, stp_group BIGINT NOT NULL, stp_action BIGINT NOT NULL, leg BIGINT NOT NULL, tif BIGINT NOT NULL,
            flags BIGINT NOT NULL, auto_size BIGINT NOT NULL, is_cross BIGINT NOT NULL, text TEXT NOT NULL, channel_tag TEXT NOT NULL, created BIGINT NOT NULL,
            amend_text TEXT NOT NULL, size_left BIGINT NOT NULL, filled_size BIGINT NOT NULL, filled_value TEXT NOT NULL, fee TEXT NOT NULL, finish BIGINT NOT NULL,
            updated BIGINT NOT NULL, sequence BIGINT NOT NULL);
        CREATE INDEX contract_orders_open ON contract_orders (user_id, id) WHERE finish = 0;
        CREATE INDEX contract_orders_ended ON contract_orders (user_id, wallet, updated, id) WHERE finish <> 0;
        CREATE INDEX contract_orders_old ON contract_orders (updated) WHERE finish <> 0;

        CREATE TABLE contract_fills (id INTEGER PRIMARY KEY, user_id BIGINT NOT NULL, instrument BIGINT NOT NULL, wallet BIGINT NOT NULL, market_id BIGINT NOT NULL,
            time BIGINT NOT NULL, taker_side BIGINT NOT NULL, price BIGINT NOT NULL, size BIGINT NOT NULL, value TEXT NOT NULL, order_id BIGINT NOT NULL,
            side BIGINT NOT NULL, is_maker BIGINT NOT NULL, fee TEXT NOT NULL, closed_size BIGINT NOT NULL, leg BIGINT NOT NULL, flags BIGINT NOT NULL,
            text TEXT NOT NULL, amend_text TEXT NOT NULL);
        CREATE INDEX contract_fills_time ON contract_fills (user_id, wallet, time, id);
        CREATE INDEX contract_fills_order ON contract_fills (order_id);

        CREATE TABLE contract_triggers (id INTEGER PRIMARY KEY, user_id BIGINT NOT NULL, instrument BIGINT NOT NULL, wallet BIGINT NOT NULL,
            trigger_price BIGINT NOT NULL, price BIGINT NOT NULL, size BIGINT NOT NULL, rule BIGINT NOT NULL, price_type BIGINT NOT NULL, order_type BIGINT NOT NULL,
            tif BIGINT NOT NULL, flags BIGINT NOT NULL, auto_size BIGINT NOT NULL, margin_mode BIGINT NOT NULL, expiration BIGINT NOT NULL, role BIGINT NOT NULL,
            parent BIGINT NOT NULL, text TEXT NOT NULL, created BIGINT NOT NULL, status BIGINT NOT NULL, finished BIGINT NOT NULL, fired BIGINT NOT NULL,
            refusal BIGINT NOT NULL, updated BIGINT NOT NULL);
        CREATE INDEX contract_triggers_open ON contract_triggers (user_id, id) WHERE status <= 1;
        CREATE INDEX contract_triggers_ended ON contract_triggers (user_id, wallet, finished, id) WHERE status > 1;
        CREATE INDEX contract_triggers_old ON contract_triggers (finished) WHERE status > 1;

        CREATE TABLE position_changes (id INTEGER PRIMARY KEY, sequence BIGINT NOT NULL, time BIGINT NOT NULL, user_id BIGINT NOT NULL, instrument BIGINT NOT NULL,
            wallet BIGINT NOT NULL, leg BIGINT NOT NULL, is_cross BIGINT NOT NULL, leverage BIGINT NOT NULL, size BIGINT NOT NULL, entry_value TEXT NOT NULL,
            margin TEXT NOT NULL, trade_profit TEXT NOT NULL, fees_paid TEXT NOT NULL, funding_paid TEXT NOT NULL, history_profit TEXT NOT NULL,
            last_close_profit TEXT NOT NULL, update_id BIGINT NOT NULL, opened BIGINT NOT NULL, size_max BIGINT NOT NULL, closed_size BIGINT NOT NULL,
            reference BIGINT NOT NULL, cause BIGINT NOT NULL, points_paid TEXT NOT NULL, history_points TEXT NOT NULL);
        CREATE INDEX position_changes_time ON position_changes (user_id, instrument, time, id);

        CREATE TABLE position_closes (id INTEGER PRIMARY KEY, sequence BIGINT NOT NULL, time BIGINT NOT NULL, user_id BIGINT NOT NULL, instrument BIGINT NOT NULL,
            wallet BIGINT NOT NULL, leg BIGINT NOT NULL, was_long BIGINT NOT NULL, is_cross BIGINT NOT NULL, leverage BIGINT NOT NULL, realised TEXT NOT NULL,
            is_gain BIGINT NOT NULL, trade_profit TEXT NOT NULL, fees_paid TEXT NOT NULL, funding_paid TEXT NOT NULL, size_max BIGINT NOT NULL, closed_size BIGINT NOT NULL,
            opened BIGINT NOT NULL, long_price TEXT NOT NULL, short_price TEXT NOT NULL, cause BIGINT NOT NULL);
        CREATE INDEX position_closes_time ON position_closes (user_id, wallet, time, id);

        CREATE TABLE funding (instrument BIGINT NOT NULL, due BIGINT NOT NULL, time BIGINT NOT NULL, rate BIGINT NOT NULL, mark BIGINT NOT NULL, is_missed BIGINT NOT NULL,
            PRIMARY KEY (instrument, due)) WITHOUT ROWID;

        CREATE TABLE liquidations (id INTEGER PRIMARY KEY, sequence BIGINT NOT NULL, time BIGINT NOT NULL, liquidation BIGINT NOT NULL, user_id BIGINT NOT NULL,
            instrument BIGINT NOT NULL, wallet BIGINT NOT NULL, leg BIGINT NOT NULL, is_cross BIGINT NOT NULL, leverage BIGINT NOT NULL, size BIGINT NOT NULL,
            margin TEXT NOT NULL, entry_price TEXT NOT NULL, fill_price TEXT NOT NULL, liquidation_price BIGINT NOT NULL, bankruptcy_price BIGINT NOT NULL,
            mark BIGINT NOT NULL, order_id BIGINT NOT NULL, order_size BIGINT NOT NULL, size_left BIGINT NOT NULL, is_participant BIGINT NOT NULL);
        CREATE INDEX liquidations_time ON liquidations (wallet, time, id);
        CREATE INDEX liquidations_user ON liquidations (user_id, wallet, time, id);

        CREATE TABLE deleveragings (id INTEGER PRIMARY KEY, sequence BIGINT NOT NULL, time BIGINT NOT NULL, liquidation BIGINT NOT NULL, user_id BIGINT NOT NULL,
            instrument BIGINT NOT NULL, wallet BIGINT NOT NULL, leg BIGINT NOT NULL, is_cross BIGINT NOT NULL, leverage BIGINT NOT NULL, entry_price TEXT NOT NULL,
            profit TEXT NOT NULL, order_id BIGINT NOT NULL, price BIGINT NOT NULL, size BIGINT NOT NULL, position_left BIGINT NOT NULL);
        CREATE INDEX deleveragings_time ON deleveragings (user_id, wallet, time, id);

        CREATE TABLE settlements (id INTEGER PRIMARY KEY, sequence BIGINT NOT NULL, time BIGINT NOT NULL, user_id BIGINT NOT NULL, instrument BIGINT NOT NULL,
            wallet BIGINT NOT NULL, leg BIGINT NOT NULL, leverage BIGINT NOT NULL, size BIGINT NOT NULL, margin TEXT NOT NULL, entry_price TEXT NOT NULL,
            price BIGINT NOT NULL, profit TEXT NOT NULL, fee TEXT NOT NULL);
        CREATE INDEX settlements_time ON settlements (user_id, wallet, time, id);

        CREATE TABLE insurance (wallet BIGINT NOT NULL, hour BIGINT NOT NULL, sequence BIGINT NOT NULL, time BIGINT NOT NULL, change TEXT NOT NULL, balance TEXT NOT NULL,
            PRIMARY KEY (wallet, hour)) WITHOUT ROWID;

        CREATE TABLE account_totals (user_id BIGINT NOT NULL, wallet BIGINT NOT NULL, transferred TEXT NOT NULL, profit TEXT NOT NULL, fees TEXT NOT NULL,
            rebates TEXT NOT NULL, funding TEXT NOT NULL, points TEXT NOT NULL, PRIMARY KEY (user_id, wallet)) WITHOUT ROWID;

        """ + PriceBars + """

        CREATE TABLE contract_stats (instrument BIGINT NOT NULL, start BIGINT NOT NULL, mark BIGINT NOT NULL, open_interest BIGINT NOT NULL, longs BIGINT NOT NULL,
            shorts BIGINT NOT NULL, long_taken BIGINT NOT NULL, short_taken BIGINT NOT NULL, long_liquidated BIGINT NOT NULL, short_liquidated BIGINT NOT NULL,
            long_liquidated_value TEXT NOT NULL, short_liquidated_value TEXT NOT NULL, top_longs BIGINT NOT NULL, top_shorts BIGINT NOT NULL, top_long_size BIGINT NOT NULL,
            top_short_size BIGINT NOT NULL, PRIMARY KEY (instrument, start)) WITHOUT ROWID;
        """;

    private const string PriceBars = """

        CREATE TABLE price_bars (instrument BIGINT NOT NULL, seconds BIGINT NOT NULL, start BIGINT NOT NULL,
            mark_open BIGINT NOT NULL, mark_high BIGINT NOT NULL, mark_low BIGINT NOT NULL, mark_close BIGINT NOT NULL,
            index_open BIGINT NOT NULL, index_high BIGINT NOT NULL, index_low BIGINT NOT NULL, index_close BIGINT NOT NULL,
            premium_open BIGINT NOT NULL, premium_high BIGINT NOT NULL, premium_low BIGINT NOT NULL, premium_close BIGINT NOT NULL,
            PRIMARY KEY (instrument, seconds, start)) WITHOUT ROWID;

        """;

    /// <summary>From a row for each of mark, index and premium to one row for the three; what was not there reads as a bar without a price.</summary>
    public static readonly string FromSchema2 = $"""
        ALTER TABLE price_bars RENAME TO price_bars_2;
        {PriceBars}
        INSERT INTO price_bars SELECT instrument, seconds, start, {Series(PriceSeries.Mark)}, {Series(PriceSeries.Index)}, {Series(PriceSeries.Premium)}
            FROM price_bars_2 GROUP BY instrument, seconds, start;
        DROP TABLE price_bars_2
        """;

    /// <summary>Who held most was not counted: it reads as nobody. Nobody paid in points.</summary>
    public static readonly string FromSchema3 = string.Join("; ", new[] { "top_longs", "top_shorts", "top_long_size", "top_short_size" }
        .Select(column => $"ALTER TABLE contract_stats ADD COLUMN {column} BIGINT NOT NULL DEFAULT 0")
        .Concat(new[] { "points_paid", "history_points" }.Select(column => $"ALTER TABLE position_changes ADD COLUMN {column} TEXT NOT NULL DEFAULT '0'"))
        .Append("ALTER TABLE account_totals ADD COLUMN points TEXT NOT NULL DEFAULT '0'"));

    private static string Series(PriceSeries series) => string.Join(", ", new[] { ("open", 0), ("high", 0), ("low", 1), ("close", 0) }
        .Select(c => FormattableString.Invariant($"coalesce(max(CASE series WHEN {(int)series} THEN {c.Item1} END), {c.Item2})")));
}
