using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Pricing;
using Sluice.Products.Spot;
using Sluice.Runtime;
using Sluice.Server.Gateway;
using Sluice.Server.Identity;
using Sluice.Server.Markets;
using Sluice.Server.Markets.Contracts;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Control;

/// <summary>Instruments: listed, added, changed, halted and resumed.</summary>
internal sealed class ControlInstruments(ControlOptions options)
{
    private const int NewAssetScale = Money.Decimals;
    private const string Trading = "trading";

    /// <summary>A delisted contract settles at the mean of its last half hour (F-230): it is given that long.</summary>
    private const long DelistingNanos = 1800 * Nanos.PerSecond;

    private readonly VenueViews views = options.Views;
    private readonly ICommandDoor door = options.Sequencer;

    public void Map(ControlApi api)
    {
        api.Add("GET", "instruments", List);
        api.Add("POST", "instruments", AddAsync);
        api.Add("PUT", "instruments/*", new ContractChange(options).ChangeAsync);
        api.Add("POST", "instruments/*/status", SetStatusAsync);
    }

    private ValueTask<ApiError?> List(ControlRequest request)
    {
        var json = request.Json;
        json.WriteStartObject();
        json.WriteNumber("sequence"u8, views.Shown.Sequence);
        json.WriteStartArray("instruments"u8);
        foreach (var market in InstrumentNames.All(views))
        {
            json.WriteStartObject();
            json.WriteString("name"u8, InstrumentNames.Of(market));
            json.WriteString("symbol"u8, market.Symbol);
            if (market is PairView pair) Write(json, pair);
            else Write(json, (ContractView)market);
            json.WriteNumber("price_decimals"u8, market.PriceDecimals);
            json.WriteNumber("size_decimals"u8, market.SizeDecimals);
            json.WriteNumber("listed_at"u8, market.ListedNanos / Nanos.PerSecond);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        return default;
    }

    private static void Write(Utf8JsonWriter json, PairView pair)
    {
        json.WriteString("product"u8, "spot"u8);
        json.WriteString("base"u8, pair.Base.Code);
        json.WriteString("quote"u8, pair.Quote.Code);
        json.WriteString("status"u8, StatusName(pair.Status));
        json.WriteString("last_price"u8, pair.PriceText(pair.LastPrice));
    }

    private static void Write(Utf8JsonWriter json, ContractView contract)
    {
        json.WriteString("product"u8, contract.IsDelivery ? "delivery"u8 : "futures"u8);
        json.WriteString("settle"u8, contract.Settle.Code);
        json.WriteString("index"u8, contract.Index);
        json.WriteString("status"u8, StatusName(contract.Status));
        json.WriteString("last_price"u8, contract.PriceText(contract.LastPrice));
        json.WriteString("index_price"u8, contract.PriceText(contract.Prices.Index));
        json.WriteString("mark_price"u8, contract.PriceText(contract.Prices.Mark));
        ContractOptionsBody.Write(json, contract.Options);
        Write(json, contract, contract.Session);
        if (contract.IsDelivery) json.WriteNumber("expires_at"u8, contract.Terms.Delivery!.ExpiryNanos / Nanos.PerSecond);
    }

    // What the market behind it is doing, and the band of prices while it sleeps.
    private static void Write(Utf8JsonWriter json, ContractView contract, SessionState session)
    {
        if (contract.Listing.OffHours == OffHoursPricing.None) return;
        json.WriteString("session"u8, session.Session switch
        {
            MarketSession.Live => "live"u8,
            MarketSession.Closed => "closed"u8,
            MarketSession.Halted => "halted"u8,
            _ => "reopening"u8,
        });
        if (session.Reference == 0) return;
        json.WriteString("reference_price"u8, contract.PriceText(session.Reference));
        json.WriteString("lowest_price"u8, contract.PriceText(session.Low));
        json.WriteString("highest_price"u8, contract.PriceText(session.High));
    }

    private async ValueTask<ApiError?> AddAsync(ControlRequest request)
    {
        if (request.Bytes.IsEmpty) return ApiErrors.InvalidBody("The request body is empty; a pair as in a market file, or a contract, is expected");
        using var document = JsonBody.Parse(request.Bytes, out var error);
        if (document is null) return error;
        return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("contract", out _)
            ? await new ContractAddition(options).AddAsync(request, document.RootElement) : await AddPairAsync(request, document.RootElement);
    }

    private async ValueTask<ApiError?> AddPairAsync(ControlRequest request, JsonElement body)
    {
        if (ReadPair(body, out var pair) is { } error) return error;
        foreach (var (code, part) in new[] { (pair.Base, 0), (pair.Quote, 1) })
        {
            if (views.TryGetAsset(code, out _)) continue;
            var (list, name) = MarketListing.CommandOf(new MarketAsset { Code = code, Name = code, Scale = NewAssetScale });
            var listed = await door.SubmitAsync(UserId.Venue, list, name, Options(request, part));
            if (!listed.Result.Accepted) return ControlRefusals.Of(listed.Result.Refusal);
        }
        var (command, tail) = MarketListing.CommandOf(pair);
        var outcome = await door.SubmitAsync(UserId.Venue, command, tail, Options(request, 2));
        if (!outcome.Result.Accepted) return ControlRefusals.Of(outcome.Result.Refusal);
        request.Json.WriteStartObject();
        request.Json.WriteString("name"u8, InstrumentNames.Of(views.PairOf((int)outcome.Result.ObjectId)));
        request.Json.WriteNumber("sequence"u8, outcome.Stamp.Sequence);
        request.Json.WriteEndObject();
        return null;
    }

    // A pair in the market file's shape, checked with the assets it would stand beside.
    private ApiError? ReadPair(JsonElement body, out MarketPair pair)
    {
        pair = new MarketPair();
        try
        {
            pair = body.Deserialize(MarketJson.Default.MarketPair) ?? pair;
        }
        catch (JsonException broken)
        {
            return ApiErrors.InvalidBody($"The request body is not a pair as in a market file: {broken.Message}");
        }
        if (pair.Symbol is null || Fields(pair).Any(field => field is null)) return ApiErrors.InvalidBody("No field of a pair may be null");
        var codes = new[] { pair.Base, pair.Quote }.Distinct().Where(code => code.Length > 0);
        var assets = codes.Select(code => new MarketAsset { Code = code, Name = code, Scale = views.TryGetAsset(code, out var known) ? known.Scale : NewAssetScale });
        var errors = MarketRules.Errors(new MarketFile { Assets = [.. assets], Pairs = [pair] });
        return errors.Count == 0 ? null : new ApiError("INVALID_PARAM_VALUE", string.Join(' ', errors));
    }

    private static string?[] Fields(MarketPair pair) =>
    [
        pair.ReferencePrice, pair.Status, pair.MinBase, pair.MinQuote, pair.MaxBase, pair.MaxQuote, pair.MarketMaxBase, pair.MarketMaxQuote, pair.UpRate,
        pair.DownRate, pair.Slippage, pair.MakerFee, pair.TakerFee, .. pair.Liquidity is { } liquidity ? [liquidity.Turnover, liquidity.Depth] : Array.Empty<string>(),
    ];

    private async ValueTask<ApiError?> SetStatusAsync(ControlRequest request)
    {
        var body = request.Body("status", "ends_at");
        var word = body.RequiredText("status", 64);
        var ends = body.Integer("ends_at", 0, long.MaxValue / Nanos.PerSecond);
        if (body.Error is { } error) return error;
        var status = MarketRules.StatusOf(word == Trading ? "tradable" : word);
        if (status is null)
            return ApiErrors.InvalidParam("status", word, "trading, circuit_breaker, delisting, delisted, untradable, buyable or sellable is expected");
        var found = InstrumentNames.Find(views, request.Value(), out var unknown);
        if (unknown is not null) return unknown;

        long sequence = 0;
        for (var i = 0; i < found.Count; i++)
        {
            var outcome = found[i] is ContractView contract ? await door.SubmitAsync(UserId.Venue, Command(contract, status.Value, ends), default, Options(request, i))
                : await door.SubmitAsync(UserId.Venue, new SetMarketStatus { Instrument = found[i].Id, Status = status.Value }, default, Options(request, i));
            if (!outcome.Result.Accepted) return ControlRefusals.Of(outcome.Result.Refusal);
            sequence = outcome.Stamp.Sequence;
        }
        request.Json.WriteStartObject();
        request.Json.WriteStartArray("instruments"u8);
        foreach (var market in found) request.Json.WriteStringValue(InstrumentNames.Of(market));
        request.Json.WriteEndArray();
        request.Json.WriteString("status"u8, word);
        request.Json.WriteNumber("sequence"u8, sequence);
        request.Json.WriteEndObject();
        return null;
    }

    private SetContractStatus Command(ContractView contract, MarketStatus status, long? endsAtSeconds) => new()
    {
        Instrument = contract.Id, Status = status,
        EndNanos = status != MarketStatus.Delisting ? 0 : endsAtSeconds is { } seconds ? seconds * Nanos.PerSecond : contract.EndNanos != 0 ? 0 : door.NowNanos + DelistingNanos,
    };

    private static string StatusName(MarketStatus status) => status == MarketStatus.Tradable ? Trading : MarketRules.StatusName(status);

    private static CommandOptions Options(ControlRequest request, int part) => new(Idempotency: request.Idempotency(part));
}
