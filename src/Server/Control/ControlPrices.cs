using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Wallet;
using Sluice.Runtime;
using Sluice.Server.Gateway;
using Sluice.Server.Identity;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Control;

/// <summary>The operator's hand on prices and on participants.</summary>
internal sealed class ControlPrices(ControlOptions options)
{
    private const int NamesMax = 1000;
    private const int PercentDecimals = Rate.Decimals - 2;

    private readonly VenueViews views = options.Views;
    private readonly ICommandDoor door = options.Sequencer;

    public void Map(ControlApi api)
    {
        api.Add("POST", "prices", SetPricesAsync);
        api.Add("POST", "liquidity", SetLiquidityAsync);
        api.Add("POST", "shock", ShockAsync);
    }

    private async ValueTask<ApiError?> SetPricesAsync(ControlRequest request)
    {
        var body = request.Body("prices", "names", "kind", "mode");
        var release = body.Word("mode", "pin", "release") == 1;
        var ofMarks = body.Word("kind", "index", "mark") == 1;
        if (release ? body.Has("prices") : body.Has("names"))
            body.Refuse(new ApiError("INVALID_PARAM_VALUE", "To pin, send `prices` by name; to release, send `names`"));
        return ofMarks ? await SetMarksAsync(request, body, release) : await SetIndexesAsync(request, body, release);
    }

    // Everything is checked before the first command, so that none of several is left out.
    private async ValueTask<ApiError?> SetIndexesAsync(ControlRequest request, Parameters body, bool release)
    {
        var pins = new List<(string Name, Money Price)>();
        foreach (var (name, read) in release ? Released(body) : Pinned(request, body))
        {
            if (!IsIndex(name)) body.Refuse(new ApiError("NOT_FOUND", $"There is no index price {ApiErrors.Shorten(name)}"));
            pins.Add((name, new Money(read(Money.Decimals))));
        }
        if (Missing(body, pins.Count, release) is { } error) return error;
        for (var i = 0; i < pins.Count; i++)
        {
            var command = new PinPrice { Price = pins[i].Price, Pinned = release ? (byte)0 : (byte)1 };
            var outcome = await door.SubmitAsync(UserId.Venue, command, TailBytes.Of(pins[i].Name), Options(request, i));
            if (!outcome.Result.Accepted) return ControlRefusals.Of(outcome.Result.Refusal);
        }
        return await FollowedAsync(request);
    }

    private async ValueTask<ApiError?> SetMarksAsync(ControlRequest request, Parameters body, bool release)
    {
        var pins = new List<PinMark>();
        foreach (var (name, read) in release ? Released(body) : Pinned(request, body))
        {
            var found = InstrumentNames.Find(views, name, out var unknown);
            if (unknown is not null) body.Refuse(unknown);
            var contracts = found.OfType<ContractView>().ToArray();
            if (unknown is null && contracts.Length == 0) body.Refuse(ApiErrors.InvalidParam("kind", "mark", $"{ApiErrors.Shorten(name)} is no contract, and only contracts have a mark price"));
            foreach (var contract in contracts)
            {
                var mark = read(contract.PriceDecimals);
                if (mark > long.MaxValue) body.Refuse(ApiErrors.InvalidParam(name, DecimalText.Format(mark, contract.PriceDecimals), "the price is too high"));
                else pins.Add(new PinMark { Instrument = contract.Id, Mark = (long)mark });
            }
        }
        if (Missing(body, pins.Count, release) is { } error) return error;
        long sequence = 0;
        for (var i = 0; i < pins.Count; i++)
        {
            var outcome = await door.SubmitAsync(UserId.Venue, pins[i], default, Options(request, i));
            if (!outcome.Result.Accepted) return ControlRefusals.Of(outcome.Result.Refusal);
            sequence = outcome.Stamp.Sequence;
        }
        return Done(request, sequence);
    }

    // Each name with a way to read its price with so many decimals; what is wrong with it is noted.
    private static IReadOnlyList<(string Name, Func<int, Int128> Read)> Pinned(ControlRequest request, Parameters body)
    {
        var pins = new List<(string, Func<int, Int128>)>();
        if (body.Object("prices") is not { } prices || request.Element("prices") is not { } element) return pins;
        foreach (var property in element.EnumerateObject())
        {
            pins.Add((property.Name, decimals => Price(body, prices, property, decimals)));
        }
        if (pins.Count > NamesMax) body.Refuse(ApiErrors.InvalidParam("prices", $"{pins.Count} entries", $"at most {NamesMax}"));
        return pins;
    }

    private static IReadOnlyList<(string Name, Func<int, Int128> Read)> Released(Parameters body) =>
        [.. body.List("names", NamesMax).Select(name => (name, (Func<int, Int128>)(_ => 0)))];

    private static Int128 Price(Parameters body, Parameters prices, JsonProperty property, int decimals)
    {
        var price = prices.Scaled(property.Name, decimals);
        if (prices.Error is null && (price is null || price <= 0)) prices.Refuse(ApiErrors.InvalidParam(property.Name, property.Value.GetRawText(), "a price above 0 is expected"));
        if (prices.Error is { } error) body.Refuse(error);
        return price ?? 0;
    }

    private static ApiError? Missing(Parameters body, int count, bool release)
    {
        if (body.Error is null && count == 0) body.Refuse(ApiErrors.MissingParam(release ? "names" : "prices"));
        return body.Error;
    }

    // The price of a pair, of contracts, or of what an index is made of.
    private bool IsIndex(string name) => views.TryGetPair(name, out _) || views.Futures.Contracts.Any(contract => contract.Index == name)
        || options.Markets.Indexes.Any(index => index.Name == name || index.SourceName == name);

    private async ValueTask<ApiError?> SetLiquidityAsync(ControlRequest request)
    {
        var body = request.Body("instruments", "mode");
        var mode = body.Word("mode", "on", "off");
        if (mode < 0) body.Refuse(ApiErrors.MissingParam("mode"));
        var found = InstrumentNames.Find(views, body, "instruments", NamesMax);
        if (body.Error is { } error) return error;

        // "off" for all is said name by name: single ones can then be switched on again.
        var markets = mode == 1 && found.Count == 0 ? InstrumentNames.All(views) : found;
        var outcome = await SubmitAsync(request, new SetLiquidity { On = mode == 0 ? (byte)1 : (byte)0 }, markets.Select(InstrumentNames.LiquidityNameOf));
        if (!outcome.Result.Accepted) return ControlRefusals.Of(outcome.Result.Refusal);
        await options.Sequencer.ActAsync(options.LiquidityChanged);
        return Done(request, outcome.Stamp.Sequence);
    }

    private async ValueTask<ApiError?> ShockAsync(ControlRequest request)
    {
        var body = request.Body("percent", "instruments");
        var fraction = body.RequiredScaled("percent", PercentDecimals);
        if (body.Error is null && (fraction <= -Rate.One || fraction > 10 * Rate.One || fraction == 0))
            body.Refuse(ApiErrors.InvalidParam("percent", DecimalText.Format(fraction, PercentDecimals), "above -100 and at most 1000, not 0"));
        var found = InstrumentNames.Find(views, body, "instruments", NamesMax);
        if (body.Error is { } error) return error;
        var outcome = await SubmitAsync(request, new ShockPrices { FractionE12 = (long)fraction }, found.Select(InstrumentNames.IndexOf));
        return outcome.Result.Accepted ? await FollowedAsync(request) : ControlRefusals.Of(outcome.Result.Refusal);
    }

    private ValueTask<CommandOutcome> SubmitAsync<T>(ControlRequest request, T command, IEnumerable<string> names) where T : unmanaged, ICommand =>
        door.SubmitAsync(UserId.Venue, command, TailBytes.Of([.. names.Distinct()]), Options(request, 0));

    // Contracts have the new prices before the answer.
    private async ValueTask<ApiError?> FollowedAsync(ControlRequest request) => Done(request, await options.Sequencer.ActAsync(options.PricesChanged));

    private static ApiError? Done(ControlRequest request, long sequence)
    {
        request.Json.WriteStartObject();
        request.Json.WriteNumber("sequence"u8, sequence);
        request.Json.WriteEndObject();
        return null;
    }

    private static CommandOptions Options(ControlRequest request, int part) => new(Idempotency: request.Idempotency(part));
}
