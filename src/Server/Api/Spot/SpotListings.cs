using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Spot;

// What is listed: currencies and pairs.
public sealed partial class SpotEndpoints
{
    private ValueTask<ApiResult> ListCurrencies(ApiRequest request)
    {
        request.Json.WriteStartArray();
        foreach (var asset in views.Assets) WriteCurrency(request.Json, asset);
        request.Json.WriteEndArray();
        return ApiResult.Done;
    }

    private ValueTask<ApiResult> GetCurrency(ApiRequest request)
    {
        if (!views.TryGetAsset(request.PathValue(), out var asset)) return UnknownCurrency(request.PathValue());
        WriteCurrency(request.Json, asset);
        return ApiResult.Done;
    }

    private void WriteCurrency(Utf8JsonWriter json, AssetView asset)
    {
        var known = facts.Of(asset.Code) ?? new CurrencyFacts();
        IReadOnlyList<ChainFacts> chains = known.Chains.Count > 0 ? known.Chains : [new ChainFacts(asset.Code)];
        json.WriteStartObject();
        json.WriteString("currency"u8, asset.Code);
        json.WriteString("name"u8, asset.Name.Length > 0 ? asset.Name : asset.Code);
        json.WriteBoolean("delisted"u8, known.Delisted);
        json.WriteBoolean("withdraw_disabled"u8, chains.All(chain => chain.WithdrawDisabled));
        json.WriteBoolean("withdraw_delayed"u8, chains.All(chain => chain.WithdrawDelayed));
        json.WriteBoolean("deposit_disabled"u8, chains.All(chain => chain.DepositDisabled));
        json.WriteBoolean("trade_disabled"u8, known.TradeDisabled);
        json.WriteString("fixed_rate"u8, known.FixedRate);
        json.WriteString("chain"u8, chains[0].Name);
        json.WriteStartArray("chains"u8);
        foreach (var chain in chains)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, chain.Name);
            json.WriteString("addr"u8, chain.Address);
            json.WriteBoolean("withdraw_disabled"u8, chain.WithdrawDisabled);
            json.WriteBoolean("withdraw_delayed"u8, chain.WithdrawDelayed);
            json.WriteBoolean("deposit_disabled"u8, chain.DepositDisabled);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("total_supply"u8, "0"u8);
        json.WriteString("market_cap"u8, "0"u8);
        json.WriteStartArray("category"u8);
        foreach (var category in known.Categories) json.WriteStringValue(category);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private ValueTask<ApiResult> ListCurrencyPairs(ApiRequest request)
    {
        request.Json.WriteStartArray();
        foreach (var pair in views.Pairs) WritePair(request.Json, pair);
        request.Json.WriteEndArray();
        return ApiResult.Done;
    }

    private ValueTask<ApiResult> GetCurrencyPair(ApiRequest request)
    {
        if (!views.TryGetPair(request.PathValue(), out var pair)) return ApiErrors.UnknownPair(request.PathValue());
        WritePair(request.Json, pair);
        return ApiResult.Done;
    }

    private static void WritePair(Utf8JsonWriter json, PairView pair)
    {
        var terms = pair.Terms;
        json.WriteStartObject();
        json.WriteString("id"u8, pair.Symbol);
        json.WriteString("base"u8, pair.Base.Code);
        json.WriteString("base_name"u8, pair.Base.Name.Length > 0 ? pair.Base.Name : pair.Base.Code);
        json.WriteString("quote"u8, pair.Quote.Code);
        json.WriteString("quote_name"u8, pair.Quote.Name.Length > 0 ? pair.Quote.Name : pair.Quote.Code);
        json.WriteDecimal("fee"u8, terms.TakerFee, Rate.Decimals - 2);             // a percentage (S-001)
        json.WriteDecimal("min_base_amount"u8, terms.MinBase, terms.SizeDecimals);
        json.WriteMoney("min_quote_amount"u8, terms.MinQuote);
        json.WriteDecimal("max_base_amount"u8, terms.MaxBase, terms.SizeDecimals);  // 0: no limit (S-002)
        json.WriteMoney("max_quote_amount"u8, terms.MaxQuote);
        json.WriteNumber("amount_precision"u8, terms.SizeDecimals);
        json.WriteNumber("precision"u8, terms.PriceDecimals);
        json.WriteString("trade_status"u8, SpotWords.Of(pair.Status));
        json.WriteNumber("sell_start"u8, terms.SellStartNanos / Nanos.PerSecond);
        json.WriteNumber("buy_start"u8, terms.BuyStartNanos / Nanos.PerSecond);
        json.WriteNumber("delisting_time"u8, 0);
        json.WriteString("type"u8, "normal"u8);
        json.WriteString("trade_url"u8, ""u8);
        json.WriteBoolean("st_tag"u8, false);
        json.WriteDecimal("up_rate"u8, terms.UpRate, Rate.Decimals);
        json.WriteDecimal("down_rate"u8, terms.DownRate, Rate.Decimals);
        json.WriteDecimal("slippage"u8, terms.SlippageRate, Rate.Decimals);
        json.WriteDecimal("market_order_max_stock"u8, terms.MarketMaxBase, terms.SizeDecimals);
        json.WriteMoney("market_order_max_money"u8, terms.MarketMaxQuote);
        json.WriteEndObject();
    }
}
