using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Margin;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;
using Sluice.Server.Api.Spot;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

/// <summary>Writes positions and accounts the way REST and sockets answer them, each with what its figures were computed from.</summary>
internal static class PositionJson
{
    private const int RatioDecimals = MarginLevel.Decimals;

    /// <summary>Position, or DeliveryPosition.</summary>
    /// <param name="opposite">The other leg of a hedged position, if there is one.</param>
    public static void Write(Utf8JsonWriter json, PositionFigures figures, PositionRow? opposite, long sequence, SizeForm form)
    {
        var (row, contract) = (figures.Row, figures.Contract);
        json.WriteStartObject();
        json.WriteNumber("user"u8, row.User);
        json.WriteString("contract"u8, contract.Symbol);
        json.WriteSize("size"u8, row.Size, contract.SizeDecimals, form);
        WriteSettings(json, figures);
        WriteFigures(json, figures);
        WriteRealised(json, row);
        json.WriteNumber("adl_ranking"u8, figures.DeleveragingLight);
        json.WriteNumber("pending_orders"u8, figures.PendingOrders);
        WriteCloseOrder(json, figures);
        json.WriteNumber("update_time"u8, row.UpdatedNanos / Nanos.PerSecond);
        json.WriteNumber("update_id"u8, row.UpdateId);
        json.WriteNumber("open_time"u8, row.OpenedNanos / Nanos.PerSecond);
        if (!contract.IsDelivery) WritePerpetual(json, figures, opposite);
        WriteEvidence(json, figures, sequence);
        json.WriteEndObject();
    }

    private static void WriteSettings(Utf8JsonWriter json, PositionFigures figures)
    {
        var (row, terms) = (figures.Row, figures.Contract.Terms);
        var tiers = terms.RiskLimits;
        // "0" stands for cross, whose leverage is then the limit.
        json.WriteDecimal("leverage"u8, row.IsCross ? 0 : row.Leverage, Leverage.Decimals);
        json.WriteDecimal("cross_leverage_limit"u8, row.IsCross ? row.Leverage : 0, Leverage.Decimals);
        json.WriteMoney("risk_limit"u8, figures.RiskLimit);
        json.WriteString("risk_limit_table"u8, figures.Contract.Symbol);
        var most = tiers[int.Min(figures.Tier, tiers.Count - 1)].LeverageMax;
        json.WriteDecimal("leverage_max"u8, (most < terms.LeverageMax ? most : terms.LeverageMax).Hundredths, Leverage.Decimals);
        json.WriteDecimal("maintenance_rate"u8, figures.Required.RiskLimits[figures.Tier].MaintenanceRate.Raw, Rate.Decimals);
        json.WriteString("mode"u8, FuturesWords.Of(row.Leg));
    }

    private static void WriteFigures(Utf8JsonWriter json, PositionFigures figures)
    {
        var (row, contract) = (figures.Row, figures.Contract);
        var pure = contract.Contract;
        json.WriteMoney("value"u8, figures.Value);
        json.WriteMoney("margin"u8, row.Margin);
        json.WriteDecimal("entry_price"u8, pure.EntryPrice(row.Size, row.EntryValue), pure.EntryPriceDecimals);
        json.WriteDecimal("liq_price"u8, figures.LiquidationPrice ?? 0, contract.PriceDecimals);
        json.WriteDecimal("mark_price"u8, figures.Prices.Mark, contract.PriceDecimals);
        json.WriteMoney("initial_margin"u8, figures.InitialMargin);
        json.WriteMoney("maintenance_margin"u8, figures.Requirement);
        json.WriteDecimal("average_maintenance_rate"u8, figures.AverageMaintenanceRate.Raw, Rate.Decimals);
        json.WriteMoney("unrealised_pnl"u8, figures.Unrealised);
    }

    private static void WriteRealised(Utf8JsonWriter json, PositionRow row)
    {
        json.WriteMoney("realised_pnl"u8, row.Realised);
        json.WriteMoney("pnl_pnl"u8, row.TradeProfit);
        json.WriteMoney("pnl_fund"u8, -row.FundingPaid);
        json.WriteMoney("pnl_fee"u8, -row.FeesPaid);
        json.WriteMoney("history_pnl"u8, row.HistoryProfit);
        json.WriteMoney("last_close_pnl"u8, row.LastCloseProfit);
        json.WriteMoney("realised_point"u8, -row.PointsPaid);
        json.WriteMoney("history_point"u8, -row.HistoryPoints);
    }

    private static void WriteCloseOrder(Utf8JsonWriter json, PositionFigures figures)
    {
        if (figures.CloseOrder is not { } order)
        {
            json.WriteNull("close_order"u8);
            return;
        }
        json.WriteStartObject("close_order"u8);
        json.WriteNumber("id"u8, order.Id);
        json.WriteDecimal("price"u8, order.Price, figures.Contract.PriceDecimals);
        json.WriteBoolean("is_liq"u8, order.IsLiquidation);
        json.WriteEndObject();
    }

    private static void WritePerpetual(Utf8JsonWriter json, PositionFigures figures, PositionRow? opposite)
    {
        var row = figures.Row;
        var (size, hedged) = (long.Abs(row.Size), long.Min(long.Abs(row.Size), long.Abs(opposite?.Size ?? 0)));
        if (hedged == 0) json.WriteNull("hedge_status"u8);
        else json.WriteString("hedge_status"u8, hedged == size && hedged == long.Abs(opposite!.Size) ? "full_hedged"u8 : "partial_hedged"u8);
        json.WriteDecimal("hedged_size"u8, hedged, figures.Contract.SizeDecimals);
        json.WriteDecimal("unhedged_size"u8, size - hedged, figures.Contract.SizeDecimals);
        json.WriteString("pos_margin_mode"u8, FuturesWords.MarginMode(row.IsCross));
        json.WriteDecimal("lever"u8, row.Leverage, Leverage.Decimals);
        json.WriteNumber("pid"u8, 0);
    }

    // What a reader needs to compute every figure above anew, and the sequences that say which state they are of.
    private static void WriteEvidence(Utf8JsonWriter json, PositionFigures figures, long sequence)
    {
        var (contract, row) = (figures.Contract, figures.Row);
        var tier = figures.Required.RiskLimits[figures.Tier];
        json.WriteStartObject("evidence"u8);
        json.WriteMoney("entry_value"u8, row.EntryValue);
        json.WriteNumber("tier"u8, figures.Tier + 1);
        json.WriteDecimal("tier_maintenance_rate"u8, tier.MaintenanceRate.Raw, Rate.Decimals);
        json.WriteMoney("tier_deduction"u8, tier.Deduction);
        json.WriteDecimal("exit_fee_rate"u8, figures.Required.ExitFee.Raw, Rate.Decimals);
        if (figures.KeptUntilNanos != 0) json.WriteNumber("former_terms_until"u8, figures.KeptUntilNanos / Nanos.PerSecond);       // F-169
        if (figures.CalledNanos != 0) json.WriteNumber("margin_call_time"u8, figures.CalledNanos / Nanos.PerSecond);                // F-187
        if (figures.AutoMargin is { } auto)                                                                                         // F-124
        {
            json.WriteMoney("auto_margin"u8, auto.Most);
            json.WriteMoney("auto_margin_added"u8, auto.Added);
        }
        json.WriteDecimal("maintenance_level"u8, figures.Level.Displayed, MarginLevel.Decimals);
        json.WriteDecimal("mark_price"u8, figures.Prices.Mark, contract.PriceDecimals);
        json.WriteDecimal("index_price"u8, figures.Prices.Index, contract.PriceDecimals);
        json.WriteNumber("price_sequence"u8, figures.Prices.Sequence);
        json.WriteNumber("position_sequence"u8, row.Sequence);
        json.WriteNumber("sequence"u8, sequence);
        json.WriteEndObject();
    }

    /// <summary>FuturesAccount, or DeliveryAccount (F-095).</summary>
    /// <param name="points">What its user has in points (F-045), for all wallets of contracts together.</param>
    /// <param name="totals">Null where they are left out.</param>
    public static void WriteAccount(Utf8JsonWriter json, AccountFigures account, string currency, Products.Futures.Margin.PositionMode mode,
        Money points, in History.Futures.AccountTotals? totals, bool isDelivery)
    {
        var risk = account.Risk;
        var used = risk.InitialMargin + account.CrossOrderMargin;
        json.WriteStartObject();
        json.WriteMoney("total"u8, account.Total);
        json.WriteMoney("unrealised_pnl"u8, risk.Unrealised + account.IsolatedUnrealised);
        json.WriteMoney("position_margin"u8, account.IsolatedMargin + risk.InitialMargin);
        json.WriteMoney("order_margin"u8, risk.OrderMargin);
        json.WriteMoney("available"u8, risk.Transferable);
        json.WriteMoney("point"u8, points);
        json.WriteString("currency"u8, currency);
        json.WriteBoolean("in_dual_mode"u8, mode != Products.Futures.Margin.PositionMode.Single);
        json.WriteBoolean("enable_credit"u8, false);
        json.WriteMoney("position_initial_margin"u8, account.IsolatedMargin + risk.InitialMargin);
        json.WriteMoney("maintenance_margin"u8, account.IsolatedRequirement + risk.Maintenance);
        json.WriteString("bonus"u8, "0"u8);
        json.WriteBoolean("enable_evolved_classic"u8, true);
        json.WriteMoney("cross_order_margin"u8, account.CrossOrderMargin);
        json.WriteMoney("cross_initial_margin"u8, risk.InitialMargin);
        json.WriteMoney("cross_maintenance_margin"u8, risk.Maintenance);
        json.WriteMoney("cross_unrealised_pnl"u8, risk.Unrealised);
        json.WriteMoney("cross_available"u8, Money.Max(Money.Zero, risk.Available));
        json.WriteMoney("cross_margin_balance"u8, risk.Equity);
        json.WriteDecimal("cross_mmr"u8, risk.Level.Displayed, RatioDecimals);
        json.WriteDecimal("cross_imr"u8, new MarginLevel(risk.Equity, used).Displayed, RatioDecimals);
        json.WriteMoney("isolated_position_margin"u8, account.IsolatedMargin);
        json.WriteBoolean("enable_new_dual_mode"u8, true);
        json.WriteNumber("margin_mode"u8, 0);
        json.WriteBoolean("enable_tiered_mm"u8, true);
        if (!isDelivery)
        {
            json.WriteBoolean("enable_dual_plus"u8, mode == Products.Futures.Margin.PositionMode.DualPlus);
            json.WriteString("position_mode"u8, FuturesWords.Of(mode));
        }
        if (totals is { } known) WriteTotals(json, known, isDelivery);
        json.WriteStartObject("evidence"u8);
        json.WriteMoney("isolated_order_margin"u8, account.IsolatedOrderMargin);
        json.WriteMoney("isolated_unrealised_pnl"u8, account.IsolatedUnrealised);
        json.WriteMoney("isolated_maintenance_margin"u8, account.IsolatedRequirement);
        if (account.CalledNanos != 0) json.WriteNumber("margin_call_time"u8, account.CalledNanos / Nanos.PerSecond);
        json.WriteNumber("sequence"u8, account.Sequence);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteTotals(Utf8JsonWriter json, in History.Futures.AccountTotals totals, bool isDelivery)
    {
        json.WriteStartObject("history"u8);
        json.WriteMoney("dnw"u8, totals.Transferred);
        json.WriteMoney("pnl"u8, totals.Profit);
        json.WriteMoney("fee"u8, totals.Fees);
        json.WriteMoney("refr"u8, totals.Rebates);
        json.WriteMoney("fund"u8, totals.Funding);
        json.WriteString("point_dnw"u8, "0"u8);
        json.WriteMoney("point_fee"u8, totals.Points);
        json.WriteString("point_refr"u8, "0"u8);
        json.WriteString("bonus_dnw"u8, "0"u8);
        json.WriteString("bonus_offset"u8, "0"u8);
        if (!isDelivery) json.WriteString("cross_settle"u8, "0"u8);
        json.WriteEndObject();
    }
}
