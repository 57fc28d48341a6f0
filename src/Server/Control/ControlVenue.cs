using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Wallet;
using Sluice.Runtime;
using Sluice.Runtime.Sequencing;
using Sluice.Server.Api.Wallet;
using Sluice.Server.Gateway;
using Sluice.Server.Identity;
using Sluice.Server.Markets.Contracts;

namespace Sluice.Server.Control;

/// <summary>The venue as a whole: its clock, its state at one instant, its invariants, its own money. What is asked is asked on the core thread.</summary>
internal sealed class ControlVenue(ControlOptions options)
{
    private const long LongestAdvance = 366L * 86_400 * 10;
    private const long LastSecond = 7_258_118_400;      // 2200-01-01: far from where nanoseconds leave 64 bits

    private readonly Sequencer sequencer = options.Sequencer;
    private readonly VenueProducts products = options.Products;

    public void Map(ControlApi api)
    {
        api.Add("POST", "clock/advance", AdvanceAsync);
        api.Add("POST", "pause", PauseAsync);
        api.Add("GET", "status", StatusAsync);
        api.Add("GET", "invariants", InvariantsAsync);
        api.Add("GET", "funds", FundsAsync);
        api.Add("POST", "funds", EndowAsync);
    }

    private async ValueTask<ApiError?> AdvanceAsync(ControlRequest request)
    {
        var body = request.Body("seconds");
        var nanos = body.RequiredScaled("seconds", 9);
        if (body.Error is null && (nanos < 0 || nanos > (Int128)LongestAdvance * Nanos.PerSecond))
            body.Refuse(ApiErrors.InvalidParam("seconds", DecimalText.Format(nanos, 9), $"0 to {LongestAdvance}"));
        if (body.Error is { } error) return error;
        if (!options.Clock.IsManual) return new ApiError("BAD_REQUEST", "Only a manual clock can be advanced; start the venue with --clock manual");
        if (request.HasIdempotencyKey) return new ApiError("BAD_REQUEST", "Moving the clock cannot be repeated safely; leave Idempotency-Key out");
        if (sequencer.NowNanos + nanos > (Int128)LastSecond * Nanos.PerSecond) return ApiErrors.InvalidParam("seconds", DecimalText.Format(nanos, 9), "the clock ends with the year 2199");

        var sequence = await sequencer.AdvanceAsync((long)nanos);
        request.Json.WriteStartObject();
        request.Json.WriteNumber("clock"u8, sequencer.NowNanos / Nanos.PerMillisecond);
        request.Json.WriteNumber("sequence"u8, sequence);
        request.Json.WriteEndObject();
        return null;
    }

    private async ValueTask<ApiError?> PauseAsync(ControlRequest request)
    {
        var body = request.Body("paused");
        var paused = body.Flag("paused");
        if (paused is null) body.Refuse(ApiErrors.MissingParam("paused"));
        if (body.Error is { } error) return error;
        var sequence = await sequencer.PauseAsync(paused == true);
        request.Json.WriteStartObject();
        request.Json.WriteBoolean("paused"u8, paused == true);
        request.Json.WriteNumber("sequence"u8, sequence);
        request.Json.WriteEndObject();
        return null;
    }

    private sealed record Instant(long Sequence, ulong Hash, long Clock, (string Name, long Count)[] Counts);

    private async ValueTask<ApiError?> StatusAsync(ControlRequest request)
    {
        var now = await sequencer.AskAsync(machine => new Instant(machine.Sequence, machine.StateHash(), sequencer.NowNanos, Counts()));
        var json = request.Json;
        json.WriteStartObject();
        json.WriteNumber("sequence"u8, now.Sequence);

        // What the disk had got to since is another instant; all of this one is durable, or it would not be told.
        json.WriteNumber("durable_sequence"u8, long.Min(sequencer.DurableSequence, now.Sequence));
        json.WriteString("state_hash"u8, now.Hash.ToString("x16", null));
        json.WriteNumber("clock"u8, now.Clock / Nanos.PerMillisecond);
        json.WriteNumber("rules_version"u8, StateMachine.RulesVersion);
        json.WriteStartObject("counts"u8);
        foreach (var (name, count) in now.Counts) json.WriteNumber(name, count);
        json.WriteEndObject();
        json.WriteEndObject();
        return null;
    }

    private (string, long)[] Counts()
    {
        var (spot, futures) = (products.Spot.State, products.Futures.State);
        long orders = 0, trades = 0;
        foreach (var book in spot.Pairs.Select(pair => pair.Book).Concat(futures.Markets.Select(market => market.Book)))
        {
            trades += book.LastTradeId;
            foreach (var side in new[] { Side.Buy, Side.Sell })
            {
                foreach (var _ in book.Slots(side)) orders++;
            }
        }
        return
        [
            ("users", products.Identity.Users.Count), ("keys", products.Identity.Keys.Count), ("accounts", products.Ledger.Count), ("assets", spot.Assets.Count),
            ("instruments", spot.Pairs.Count + futures.Markets.Count(market => market.Status != MarketStatus.Delisted)), ("open_orders", orders),
            ("open_triggers", spot.Triggers.All.Count + futures.Triggers.All.Count + futures.Trails.All.Count + futures.Chases.All.Count), ("trades", trades),
        ];
    }

    private async ValueTask<ApiError?> InvariantsAsync(ControlRequest request)
    {
        var (sequence, checks) = await sequencer.AskAsync(machine => (machine.Sequence, machine.CheckInvariants().ToArray()));
        var json = request.Json;
        json.WriteStartObject();
        json.WriteBoolean("ok"u8, checks.All(check => check.Broken is null));
        json.WriteStartArray("checks"u8);
        foreach (var (name, broken) in checks)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, name);
            json.WriteBoolean("ok"u8, broken is null);
            json.WriteString("detail"u8, broken ?? "");
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("sequence"u8, sequence);
        json.WriteEndObject();
        return null;
    }

    private async ValueTask<ApiError?> FundsAsync(ControlRequest request)
    {
        var (sequence, funds) = await sequencer.AskAsync(machine => (machine.Sequence, Funds()));
        var json = request.Json;
        json.WriteStartObject();
        json.WriteStartArray("funds"u8);
        foreach (var (account, asset, amount) in funds)
        {
            json.WriteStartObject();
            json.WriteString("account"u8, account);
            json.WriteString("asset"u8, asset);
            json.WriteString("amount"u8, amount.ToString());
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("sequence"u8, sequence);
        json.WriteEndObject();
        return null;
    }

    // F-191: the operator's money in the insurance fund of a settle asset, below 0 out of it.
    private async ValueTask<ApiError?> EndowAsync(ControlRequest request)
    {
        var body = request.Body("account", "asset", "amount");
        if (body.Word("account", "insurance") < 0) body.Refuse(ApiErrors.MissingParam("account"));
        var code = body.RequiredText("asset", 64);
        var amount = new Money(body.RequiredScaled("amount", Money.Decimals));
        if (body.Error is { } error) return error;
        if (!options.Views.TryGetAsset(code, out var asset)) return WalletRefusals.UnknownCurrency(code);
        var fund = new Fund { User = UserId.Venue.Value, Wallet = WalletId.Insurance.Value, Asset = asset.Id, Amount = amount };
        var outcome = await sequencer.SubmitAsync(UserId.Venue, fund, TailBytes.Of("", "", ""), new CommandOptions(Idempotency: request.Idempotency()));
        if (!outcome.Result.Accepted) return ControlRefusals.Of(outcome.Result.Refusal);
        request.Json.WriteStartObject();
        request.Json.WriteNumber("sequence"u8, outcome.Stamp.Sequence);
        request.Json.WriteEndObject();
        return null;
    }

    private List<(string Account, string Asset, Money Amount)> Funds()
    {
        var funds = new List<(int Wallet, int Asset, Money Amount)>();
        foreach (ref readonly var account in products.Ledger.Accounts)
        {
            if (account.Owner == UserId.Venue.Value && account.UpdateId > 0) funds.Add((account.Wallet, account.Asset, account.Total));
        }
        funds.Sort();
        return [.. funds.Select(fund => (NameOf(new WalletId(fund.Wallet)), products.Spot.State.AssetOf(fund.Asset)!.Code, fund.Amount))];
    }

    private string NameOf(WalletId wallet)
    {
        if (wallet == WalletId.Fees) return "fees";
        if (wallet == WalletId.Insurance) return "insurance";
        if (wallet == WalletId.RoundingResidue) return "rounding";
        if (wallet == WalletId.House) return "house";
        if (wallet == WalletId.OutsideWorld) return "outside_world";
        var contracts = products.Futures.State.Markets;
        var clearing = wallet.Value - WalletId.Clearing(0).Value;
        return clearing >= 0 && clearing < contracts.Count ? $"clearing:{ContractNames.Of(contracts[clearing].Wallet, contracts[clearing].Symbol)}" : $"wallet_{wallet.Value}";
    }
}
