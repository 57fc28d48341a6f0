using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;
using Sluice.Runtime;
using Sluice.Server.Gateway;
using Sluice.Server.Identity;
using Sluice.Server.Markets;
using Sluice.Server.Views;

namespace Sluice.Server.Control;

/// <summary>The operator's hand on the markets: prices, participants, instruments.</summary>
internal sealed class ControlMarkets(ControlOptions options)
{
    private const int NamesMax = 1000;
    private const int PercentDecimals = Rate.Decimals - 2;
    private const int NewAssetScale = Money.Decimals;
    private const string Trading = "trading";

    private readonly VenueViews views = options.Views;
    private readonly ICommandDoor door = options.Sequencer;

    public void Map(ControlApi api)
    {
        api.Add("POST", "prices", SetPricesAsync);
        api.Add("POST", "liquidity", SetLiquidityAsync);
        api.Add("POST", "shock", ShockAsync);
        api.Add("GET", "instruments", List);
        api.Add("POST", "instruments", AddAsync);
        api.Add("POST", "instruments/*/status", SetStatusAsync);
    }

    private async ValueTask<ApiError?> SetPricesAsync(ControlRequest request)
    {
        var body = request.Body("prices", "names", "kind", "mode");
        var release = body.Word("mode", "pin", "release") == 1;
        if (body.Word("kind", "index", "mark") == 1)
            body.Refuse(ApiErrors.InvalidParam("kind", "mark", "only contracts have a mark price, and they are not built in this version"));
        if (release ? body.Has("prices") : body.Has("names"))
            body.Refuse(new ApiError("INVALID_PARAM_VALUE", "To pin, send `prices` by name; to release, send `names`"));
        var pins = release ? Released(body) : Pinned(request, body);
        if (body.Error is null && pins.Count == 0) body.Refuse(ApiErrors.MissingParam(release ? "names" : "prices"));
        if (body.Error is { } error) return error;

        long sequence = 0;
        for (var i = 0; i < pins.Count; i++)
        {
            var command = new PinPrice { Price = pins[i].Price, Pinned = release ? (byte)0 : (byte)1 };
            var outcome = await door.SubmitAsync(UserId.Venue, command, TailBytes.Of(pins[i].Name), Options(request, i));
            if (!outcome.Result.Accepted) return ControlRefusals.Of(outcome.Result.Refusal);
            sequence = outcome.Stamp.Sequence;
        }
        return Done(request, sequence);
    }

    // Everything is checked before the first command, so that none of several is left out.
    private List<(string Name, Money Price)> Pinned(ControlRequest request, Parameters body)
    {
        var pins = new List<(string, Money)>();
        if (body.Object("prices") is not { } prices || request.Element("prices") is not { } element) return pins;
        foreach (var property in element.EnumerateObject())
        {
            var price = prices.Scaled(property.Name, Money.Decimals);
            if (prices.Error is null && (price is null || price <= 0)) prices.Refuse(ApiErrors.InvalidParam(property.Name, property.Value.GetRawText(), "a price above 0 is expected"));
            if (prices.Error is { } error) body.Refuse(error);
            CheckIndex(body, property.Name);
            pins.Add((property.Name, new Money(price ?? 0)));
        }
        if (pins.Count > NamesMax) body.Refuse(ApiErrors.InvalidParam("prices", $"{pins.Count} entries", $"at most {NamesMax}"));
        return pins;
    }

    private List<(string Name, Money Price)> Released(Parameters body)
    {
        var names = body.List("names", NamesMax);
        foreach (var name in names) CheckIndex(body, name);
        return [.. names.Select(name => (name, Money.Zero))];
    }

    // An index has the name of the pair it is the price of.
    private void CheckIndex(Parameters body, string name)
    {
        if (!views.TryGetPair(name, out _)) body.Refuse(new ApiError("NOT_FOUND", $"There is no index price {ApiErrors.Shorten(name)}"));
    }

    private async ValueTask<ApiError?> SetLiquidityAsync(ControlRequest request)
    {
        var body = request.Body("instruments", "mode");
        var mode = body.Word("mode", "on", "off");
        if (mode < 0) body.Refuse(ApiErrors.MissingParam("mode"));
        var symbols = InstrumentNames.Symbols(views, body, "instruments", NamesMax);
        if (body.Error is { } error) return error;

        // "off" for all is said name by name: single ones can then be switched on again.
        if (mode == 1 && symbols.Count == 0) symbols = [.. views.Pairs.Select(pair => pair.Symbol)];
        var refused = await SubmitAsync(request, new SetLiquidity { On = mode == 0 ? (byte)1 : (byte)0 }, [.. symbols]);
        if (refused is null) await options.Sequencer.ActAsync(options.LiquidityChanged);
        return refused;
    }

    private async ValueTask<ApiError?> ShockAsync(ControlRequest request)
    {
        var body = request.Body("percent", "instruments");
        var fraction = body.RequiredScaled("percent", PercentDecimals);
        if (body.Error is null && (fraction <= -Rate.One || fraction > 10 * Rate.One || fraction == 0))
            body.Refuse(ApiErrors.InvalidParam("percent", DecimalText.Format(fraction, PercentDecimals), "above -100 and at most 1000, not 0"));
        var symbols = InstrumentNames.Symbols(views, body, "instruments", NamesMax);
        if (body.Error is { } error) return error;
        return await SubmitAsync(request, new ShockPrices { FractionE12 = (long)fraction }, [.. symbols]);
    }

    private ValueTask<ApiError?> List(ControlRequest request)
    {
        var json = request.Json;
        json.WriteStartObject();
        json.WriteNumber("sequence"u8, views.Shown.Sequence);
        json.WriteStartArray("instruments"u8);
        foreach (var pair in views.Pairs)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, InstrumentNames.Of(pair));
            json.WriteString("symbol"u8, pair.Symbol);
            json.WriteString("product"u8, "spot"u8);
            json.WriteString("base"u8, pair.Base.Code);
            json.WriteString("quote"u8, pair.Quote.Code);
            json.WriteString("status"u8, StatusName(pair));
            json.WriteString("last_price"u8, pair.PriceText(pair.LastPrice));
            json.WriteNumber("price_decimals"u8, pair.Terms.PriceDecimals);
            json.WriteNumber("size_decimals"u8, pair.Terms.SizeDecimals);
            json.WriteNumber("listed_at"u8, pair.ListedNanos / Nanos.PerSecond);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        return default;
    }

    private async ValueTask<ApiError?> AddAsync(ControlRequest request)
    {
        if (ReadPair(request, out var pair) is { } error) return error;
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
    private ApiError? ReadPair(ControlRequest request, out MarketPair pair)
    {
        pair = new MarketPair();
        if (request.Bytes.IsEmpty) return ApiErrors.InvalidBody("The request body is empty; a pair as in a market file is expected");
        using var document = JsonBody.Parse(request.Bytes, out var error);
        if (document is null) return error;
        try
        {
            pair = document.RootElement.Deserialize(MarketJson.Default.MarketPair) ?? pair;
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
        var body = request.Body("status");
        var word = body.RequiredText("status", 64);
        if (body.Error is { } error) return error;
        var status = MarketRules.StatusOf(word == Trading ? "tradable" : word);
        if (status is null)
            return ApiErrors.InvalidParam("status", word, "trading, circuit_breaker, delisting, delisted, untradable, buyable or sellable is expected");
        var pairs = InstrumentNames.Find(views, request.Value(), out var unknown);
        if (unknown is not null) return unknown;

        long sequence = 0;
        for (var i = 0; i < pairs.Count; i++)
        {
            var outcome = await door.SubmitAsync(UserId.Venue, new SetMarketStatus { Instrument = pairs[i].Id, Status = status.Value }, default, Options(request, i));
            if (!outcome.Result.Accepted) return ControlRefusals.Of(outcome.Result.Refusal);
            sequence = outcome.Stamp.Sequence;
        }
        request.Json.WriteStartObject();
        request.Json.WriteStartArray("instruments"u8);
        foreach (var pair in pairs) request.Json.WriteStringValue(InstrumentNames.Of(pair));
        request.Json.WriteEndArray();
        request.Json.WriteString("status"u8, word);
        request.Json.WriteNumber("sequence"u8, sequence);
        request.Json.WriteEndObject();
        return null;
    }

    private async ValueTask<ApiError?> SubmitAsync<T>(ControlRequest request, T command, string[] names) where T : unmanaged, ICommand
    {
        var outcome = await door.SubmitAsync(UserId.Venue, command, TailBytes.Of(names), Options(request, 0));
        return outcome.Result.Accepted ? Done(request, outcome.Stamp.Sequence) : ControlRefusals.Of(outcome.Result.Refusal);
    }

    private static ApiError? Done(ControlRequest request, long sequence)
    {
        request.Json.WriteStartObject();
        request.Json.WriteNumber("sequence"u8, sequence);
        request.Json.WriteEndObject();
        return null;
    }

    private static string StatusName(PairView pair) => pair.Status == Core.Matching.MarketStatus.Tradable ? Trading : MarketRules.StatusName(pair.Status);

    private static CommandOptions Options(ControlRequest request, int part) => new(Idempotency: request.Idempotency(part));
}
