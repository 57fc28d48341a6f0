using System.Text.Json;
using Sluice.Client;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Spot;
using Sluice.Products.Tests.Spot.Oracle;

namespace Sluice.Cli.Tests.Crash;

// What a lane sends, and what each answer must be.
internal sealed partial class Lane
{
    private const int OpenMost = 80, TriggersMost = 30, KeysMost = 6;

    private Queue<Func<Step>> script = new();

    private Step Next()
    {
        if (sent == 0) Open();
        if (script.TryDequeue(out var scripted)) return scripted();
        foreach (var user in new[] { LaneLedger.Maker, LaneLedger.Taker, LaneLedger.Sub })
        {
            if (ledger.OpenOf(user).Count() > OpenMost) return CancelPair(user);
        }
        if (ledger.Triggers.Values.Count(trigger => trigger.Status == "open") > TriggersMost) return CancelTriggers(random.Next(2) == 0 ? LaneLedger.Maker : LaneLedger.Taker);
        return random.Next(100) switch
        {
            < 34 => Place(Limit(AnyUser())),
            < 42 => Place(Market(AnyUser())),
            < 52 => Cancel(),
            < 60 => Amend(),
            < 65 => PlaceBatch(),
            < 67 => AmendBatch(),
            < 70 => CancelBatch(),
            < 72 => CancelPair(AnyUser()),
            < 77 => Trigger(),
            < 79 => CancelTrigger(),
            < 80 => CancelTriggers(LaneLedger.Maker),
            < 84 => Transfer(),
            < 88 => TransferSub(),
            < 91 => Fund(),
            < 93 => Pin(),
            < 95 => KeyChange(),
            < 96 => Lock(),
            < 97 => Halt(),
            < 98 => Countdown(),
            < 99 => Pov(),
            _ => Place(new Ask(LaneLedger.Maker, Side.Buy, LaneLedger.Reference, 900_000_000_000, TimeInForce.GoodTillCancelled)),       // nobody has that much
        };
    }

    private int AnyUser() => random.Next(10) switch { < 5 => LaneLedger.Maker, < 8 => LaneLedger.Taker, _ => LaneLedger.Sub };

    private static Sender SenderOf(int user) => user switch { LaneLedger.Maker => Sender.Maker, LaneLedger.Taker => Sender.Taker, _ => Sender.Sub };

    private static int UserOf(Sender sender) => sender switch { Sender.Maker => LaneLedger.Maker, Sender.Taker => LaneLedger.Taker, _ => LaneLedger.Sub };

    // The first commands: a market, users, money, a sub-account with a key.
    private void Open()
    {
        script.Enqueue(() => Operate("instrument", "/instruments", $$"""{"symbol":"{{Pair}}","price_decimals":2,"size_decimals":3,"reference_price":"100","slippage":"0.5"}"""));
        script.Enqueue(() => User($"maker-{number}", (id, key) => (makerId, makerKey) = (id, key)));
        script.Enqueue(() => User($"taker-{number}", (id, key) => (takerId, takerKey) = (id, key)));
        foreach (var user in new[] { LaneLedger.Maker, LaneLedger.Taker })
            foreach (var quote in new[] { false, true }) script.Enqueue(() => Fund(user, quote, (Int128)1_000_000 * 1_000_000_000_000));
        script.Enqueue(() => new Step("sub-account", Sender.Maker, HttpMethod.Post, "/sub_accounts", $$"""{"login_name":"sub-{{number}}"}""", answer =>
            subId = answer.Require().GetProperty("user_id").GetInt32()));
        script.Enqueue(() => NewKey(writes: true));
        foreach (var quote in new[] { false, true }) script.Enqueue(() => TransferSub(true, quote, (Int128)100_000 * 1_000_000_000_000));
    }

    private Ask Limit(int user)
    {
        var tif = random.Next(10) switch { 6 => TimeInForce.ImmediateOrCancel, 7 => TimeInForce.FillOrKill, 8 => TimeInForce.PostOnly, _ => TimeInForce.GoodTillCancelled };
        var size = 1 + random.Next(3000);
        var iceberg = tif is TimeInForce.GoodTillCancelled or TimeInForce.PostOnly && size > 4 && random.Next(4) == 0 ? 1 + random.Next(size / 2) : 0;
        return new Ask(user, (Side)random.Next(2), 95_00 + random.Next(10_01), size, tif, iceberg);
    }

    private Ask Market(int user)
    {
        var side = (Side)random.Next(2);
        var tif = random.Next(3) == 0 ? TimeInForce.FillOrKill : TimeInForce.ImmediateOrCancel;
        return new Ask(user, side, 0, side == Side.Sell ? 1 + random.Next(3000) : 0, tif, Budget: side == Side.Buy ? (Int128)(1 + random.Next(300_000)) * 1_000_000_000 : 0);
    }

    private Step Place(Ask ask)
    {
        var text = NewText();
        var kind = ask.Iceberg > 0 ? "iceberg" : $"{(ask.Price == 0 ? "market" : "limit")} {Word(ask.Tif)}";
        var body = Body(ask, text);
        Step? step = null;
        return step = BySocket(new Step(kind, SenderOf(ask.User), HttpMethod.Post, "/spot/orders", body, answer =>
        {
            var (refusal, order) = ledger.Place(ask, text);
            if (refusal != SpotRefusal.None && !step!.Found) Assert.Equal(LabelOf(refusal), answer.Label);
            else Expect(order!, answer.Require());
        }) { Text = text }, "spot.order_place", body);
    }

    private Step PlaceBatch()
    {
        var asks = Enumerable.Range(0, 2 + random.Next(4)).Select(_ => (Ask: Limit(LaneLedger.Maker), Text: NewText())).ToList();
        return new Step("batch", Sender.Maker, HttpMethod.Post, "/spot/batch_orders", $"[{string.Join(',', asks.Select(one => Body(one.Ask, one.Text)))}]", answer =>
        {
            var placed = asks.ConvertAll(one => ledger.Place(one.Ask, one.Text));
            Assert.Equal(asks.Count, answer.Require().GetArrayLength());
            foreach (var ((refusal, order), item) in placed.Zip(answer.Json.EnumerateArray()))
            {
                if (refusal != SpotRefusal.None) Assert.Equal(LabelOf(refusal), item.GetProperty("label").GetString());
                else Expect(order!, item);
            }
        });
    }

    private Step Cancel()
    {
        if (Known() is not { } known) return Place(Limit(LaneLedger.Maker));
        var order = ledger.Orders[known];
        return BySocket(new Step("cancel", SenderOf(order.User), HttpMethod.Delete, $"/spot/orders/{order.Id}", null, answer =>
        {
            Assert.Equal(SpotRefusal.None, ledger.Cancel(order.User, known));
            Expect(order, answer.Require());
        }) { Query = [("currency_pair", Pair)], Order = order }, "spot.order_cancel", $$"""{"order_id":"{{order.Id}}","currency_pair":"{{Pair}}"}""");
    }

    private Step CancelBatch()
    {
        var known = ledger.OpenOf(LaneLedger.Maker).Where(order => order.Value.Id is not null).Take(1 + random.Next(5)).ToList();
        if (known.Count == 0) return PlaceBatch();
        var body = string.Join(',', known.Select(order => $$"""{"currency_pair":"{{Pair}}","id":"{{order.Value.Id}}"}"""));
        return new Step("batch cancel", Sender.Maker, HttpMethod.Post, "/spot/cancel_batch_orders", $"[{body}]", answer =>
        {
            foreach (var order in known) Assert.Equal(SpotRefusal.None, ledger.Cancel(LaneLedger.Maker, order.Key));
            Assert.All(answer.Require().EnumerateArray(), item => Assert.True(item.GetProperty("succeeded").GetBoolean()));
        });
    }

    private Step CancelPair(int user)
    {
        var before = ledger.OpenOf(user).Count();
        Step? step = null;
        return step = new Step("cancel all", SenderOf(user), HttpMethod.Delete, "/spot/orders", null, answer =>
        {
            Assert.Equal(SpotRefusal.None, ledger.CancelAll(user));
            if (!step!.Repeated) Assert.Equal(before, answer.Require().GetArrayLength());
            else answer.Require();
        }) { Query = [("currency_pair", Pair)] };
    }

    private (long Price, long Size) NewTerms(ExpectedOrder order)
    {
        if (random.Next(2) == 0) return (95_00 + random.Next(10_01), 0);
        return (0, 1 + random.Next(3000));
    }

    private Step Amend()
    {
        if (Known() is not { } known) return Place(Limit(LaneLedger.Maker));
        var order = ledger.Orders[known];
        var (price, size) = NewTerms(order);
        return BySocket(new Step("amend", SenderOf(order.User), HttpMethod.Patch, $"/spot/orders/{order.Id}", $"{{{Terms(price, size)}}}", answer =>
        {
            var refusal = ledger.Amend(order.User, known, price, size);
            if (refusal != SpotRefusal.None) Assert.Equal(LabelOf(refusal), answer.Label);
            else Expect(order, answer.Require());
        }) { Query = [("currency_pair", Pair)], Order = order }, "spot.order_amend", $$"""{"order_id":"{{order.Id}}","currency_pair":"{{Pair}}",{{Terms(price, size)}}}""");
    }

    private Step AmendBatch()
    {
        var known = ledger.OpenOf(LaneLedger.Maker).Where(order => order.Value.Id is not null).Take(1 + random.Next(4)).Select(order => (order.Key, Terms: NewTerms(order.Value))).ToList();
        if (known.Count == 0) return PlaceBatch();
        var body = string.Join(',', known.Select(one => $$"""{"currency_pair":"{{Pair}}","order_id":"{{ledger.Orders[one.Key].Id}}",{{Terms(one.Terms.Price, one.Terms.Size)}}}"""));
        return new Step("batch amend", Sender.Maker, HttpMethod.Post, "/spot/amend_batch_orders", $"[{body}]", answer =>
        {
            var refusals = known.ConvertAll(one => ledger.Amend(LaneLedger.Maker, one.Key, one.Terms.Price, one.Terms.Size));
            foreach (var ((one, refusal), item) in known.Zip(refusals).Zip(answer.Require().EnumerateArray()))
            {
                var order = ledger.Orders[one.Key];
                if (refusal == SpotRefusal.None) Expect(order, item);
                else Assert.Equal(refusal != SpotRefusal.OrderNotFound ? LabelOf(refusal) : order.Finish == FinishReason.Filled ? "ORDER_CLOSED" : "ORDER_CANCELLED",
                    item.GetProperty("label").GetString());
            }
        });
    }

    private Step Trigger()
    {
        var user = random.Next(2) == 0 ? LaneLedger.Maker : LaneLedger.Taker;
        var ask = random.Next(4) == 0 ? Market(user) with { Tif = TimeInForce.ImmediateOrCancel } : Limit(user) with { Iceberg = 0 };
        if (ask.Price != 0) ask = ask with { Tif = random.Next(2) == 0 ? TimeInForce.GoodTillCancelled : TimeInForce.ImmediateOrCancel };
        var (above, price, text) = (random.Next(2) == 0, 95_00L + random.Next(10_01), NewText());
        var put = $$"""{"type":"{{(ask.Price == 0 ? "market" : "limit")}}","side":"{{Word(ask.Side)}}","price":"{{Price(ask.Price)}}","amount":"{{Amount(ask)}}","account":"normal","time_in_force":"{{Word(ask.Tif)}}","text":"{{text}}"}""";
        var body = $$"""{"trigger":{"price":"{{Price(price)}}","rule":"{{(above ? ">=" : "<=")}}","expiration":0},"put":{{put}},"market":"{{Pair}}"}""";
        return new Step("price order", SenderOf(user), HttpMethod.Post, "/spot/price_orders", body, answer =>
        {
            var (refusal, trigger) = ledger.Trigger(user, above, price, ask, text);
            if (refusal != SpotRefusal.None) Assert.Equal(LabelOf(refusal), answer.Label);
            else trigger!.Id = answer.Require().GetProperty("id").GetInt64();
        });
    }

    private Step CancelTrigger()
    {
        var open = ledger.Triggers.Where(trigger => trigger.Value.Status == "open").ToList();
        if (open.Count == 0) return Trigger();
        var (id, trigger) = open[random.Next(open.Count)];
        return new Step("cancel price order", SenderOf(trigger.User), HttpMethod.Delete, $"/spot/price_orders/{trigger.Id}", null, answer =>
        {
            Assert.Equal(SpotRefusal.None, ledger.CancelTrigger(trigger.User, id));
            Assert.Equal("cancelled", answer.Require().GetProperty("status").GetString());
        });
    }

    private Step CancelTriggers(int user) => new("cancel price orders", SenderOf(user), HttpMethod.Delete, "/spot/price_orders", null, answer =>
    {
        foreach (var (id, _) in ledger.Triggers.Where(trigger => trigger.Value.Status == "open" && trigger.Value.User == user).OrderBy(trigger => trigger.Key).ToList())
            ledger.CancelTrigger(user, id);
        answer.Require();
    }) { Query = [("market", Pair)] };

    private Step Transfer()
    {
        var (quote, back) = (random.Next(2) == 0, random.Next(2) == 0);
        var amount = (Int128)(1 + random.Next(1000)) * 1_000_000_000;
        var (purse, from, to) = ((LaneLedger.Maker, quote), back ? "margin" : "spot", back ? "spot" : "margin");
        var body = $$"""{"currency":"{{(quote ? 'Q' : 'K')}}{{number}}","from":"{{from}}","to":"{{to}}","amount":"{{Money(amount)}}","currency_pair":"{{Pair}}"}""";
        return new Step("transfer", Sender.Maker, HttpMethod.Post, "/wallet/transfers", body, answer =>
        {
            var (source, target) = back ? (ledger.Margin, ledger.Book.Available) : (ledger.Book.Available, ledger.Margin);
            if (source[purse] < amount)
            {
                Assert.Equal("BALANCE_NOT_ENOUGH", answer.Label);
                return;
            }
            answer.Require();
            source[purse] -= amount;
            target[purse] += amount;
        });
    }

    private Step TransferSub() => TransferSub(random.Next(2) == 0, random.Next(2) == 0, (Int128)(1 + random.Next(1000)) * 1_000_000_000);

    private Step TransferSub(bool toSub, bool quote, Int128 amount)
    {
        var body = $$"""{"sub_account":"{{subId}}","currency":"{{(quote ? 'Q' : 'K')}}{{number}}","amount":"{{Money(amount)}}","direction":"{{(toSub ? "to" : "from")}}","client_order_id":"c{{number}}-{{texts++}}"}""";
        return new Step("sub-account transfer", Sender.Maker, HttpMethod.Post, "/wallet/sub_account_transfers", body, answer =>
        {
            var (source, target) = toSub ? ((LaneLedger.Maker, quote), (LaneLedger.Sub, quote)) : ((LaneLedger.Sub, quote), (LaneLedger.Maker, quote));
            if (ledger.Book.Available[source] < amount)
            {
                Assert.Equal("BALANCE_NOT_ENOUGH", answer.Label);
                return;
            }
            answer.Require();
            ledger.Book.Available[source] -= amount;
            ledger.Book.Available[target] += amount;
        });
    }

    private Step Fund() => Fund(AnyUser(), random.Next(2) == 0, (Int128)(1 + random.Next(1000)) * 1_000_000_000);

    private Step Fund(int user, bool quote, Int128 amount) => Operate("fund", () => $"/users/{IdOf(user)}/fund",
        $$"""{"wallet":"spot","asset":"{{(quote ? 'Q' : 'K')}}{{number}}","amount":"{{Money(amount)}}"}""", _ => ledger.Book.Available[(user, quote)] += amount);

    private Step Pin()
    {
        script.Enqueue(() => Operate("release", "/prices", $$"""{"names":["{{Pair}}"],"mode":"release"}"""));
        return Operate("pin", "/prices", $$$"""{"prices":{"{{{Pair}}}":"{{{Price(95_00 + random.Next(1000))}}}"}}""");
    }

    private Step Halt()
    {
        script.Enqueue(() => new Step("refused in a halt", Sender.Taker, HttpMethod.Post, "/spot/orders", Body(Market(LaneLedger.Taker), NewText()), answer =>
            Assert.Equal("TRADE_RESTRICTED", answer.Label)));
        script.Enqueue(() => Operate("resume", $"/instruments/spot:{Pair}/status", """{"status":"trading"}""", _ => halted = false));
        return Operate("halt", $"/instruments/spot:{Pair}/status", """{"status":"circuit_breaker"}""", _ => halted = true);
    }

    private Step Countdown()
    {
        script.Enqueue(() => Set(0));
        return Set(3600);

        Step Set(int seconds) => new("countdown", Sender.Maker, HttpMethod.Post, "/spot/countdown_cancel_all", $$"""{"timeout":{{seconds}},"currency_pair":"{{Pair}}"}""", answer => answer.Require());
    }

    // Its trigger price is never reached: what it would do then is not the ledger's to know.
    private Step Pov()
    {
        var text = NewText();
        return new Step("volume order", Sender.Taker, HttpMethod.Post, "/spot/pov_orders",
            $$"""{"currency_pair":"{{Pair}}","side":"buy","amount":"1","participation_rate":10,"ttl":"1h","trigger_price":"9000","text":"{{text}}"}""", answer =>
        {
            var id = answer.Require().GetProperty("id").GetString();
            script.Enqueue(() => new Step("cancel volume order", Sender.Taker, HttpMethod.Delete, $"/spot/pov_orders/{id}", null, ended =>
                Assert.Equal("TERMINATED", ended.Require().GetProperty("status").GetString())));
        });
    }

    private Step KeyChange()
    {
        if (keys.Count >= KeysMost || (keys.Count > 2 && random.Next(2) == 0))
        {
            var gone = keys.FindLast(key => keys.Count(one => one.Writes) > 1 || !key.Writes)!;
            return new Step("key deleted", Sender.Maker, HttpMethod.Delete, $"/sub_accounts/{subId}/keys/{gone.Credentials.Key}", null, answer =>
            {
                answer.Require();
                keys.Remove(gone);
                revoked.Add(gone.Credentials);
                (sub, var old) = (null, sub);
                old?.Dispose();
            });
        }
        if (keys.Count > 1 && keys[^1].Writes && random.Next(3) == 0)
        {
            var changed = keys[^1];
            return new Step("key changed", Sender.Maker, HttpMethod.Put, $"/sub_accounts/{subId}/keys/{changed.Credentials.Key}", KeyBody(writes: false), answer =>
            {
                answer.Require();
                keys[^1] = changed with { Writes = false };
            });
        }
        return NewKey(random.Next(2) == 0);
    }

    private readonly List<Credentials> revoked = [];

    private Step NewKey(bool writes) => new("key", Sender.Maker, HttpMethod.Post, $"/sub_accounts/{subId}/keys", KeyBody(writes), answer =>
        keys.Add(new SubKey(new Credentials(answer.Require().GetProperty("key").GetString()!, answer.Json.GetProperty("secret").GetString()!), writes)));

    private static string KeyBody(bool writes) =>
        $$"""{"mode":1,"name":"lane","perms":[{{string.Join(',', new[] { "spot", "wallet", "account" }.Select(name => $$"""{"name":"{{name}}","read_only":{{(writes ? "false" : "true")}}}"""))}}]}""";

    private Step Lock()
    {
        script.Enqueue(() => new Step("unlock", Sender.Maker, HttpMethod.Post, $"/sub_accounts/{subId}/unlock", null, answer =>
        {
            answer.Require();
            subLocked = false;
        }));
        return new Step("lock", Sender.Maker, HttpMethod.Post, $"/sub_accounts/{subId}/lock", null, answer =>
        {
            answer.Require();
            subLocked = true;
        });
    }

    private Step User(string name, Action<int, Credentials> made) => Operate("user", "/users", $$"""{"name":"{{name}}"}""", answer =>
        made(answer.GetProperty("user_id").GetInt32(), new Credentials(answer.GetProperty("key").GetString()!, answer.GetProperty("secret").GetString()!)));

    private Step Operate(string kind, string path, string body, Action<JsonElement>? done = null) => Operate(kind, () => path, body, done);

    private Step Operate(string kind, Func<string> path, string body, Action<JsonElement>? done) => new(kind, Sender.Operator, HttpMethod.Post, path(), body, answer =>
    {
        NoteSequence(answer.Require());
        done?.Invoke(answer.Json);
    });

    private int IdOf(int user) => user switch { LaneLedger.Maker => makerId, LaneLedger.Taker => takerId, _ => subId };

    // An open order whose id an answer has told.
    private long? Known()
    {
        var open = ledger.Orders.Where(order => order.Value is { IsOpen: true, Id: not null }).ToList();
        return open.Count == 0 ? null : open[random.Next(open.Count)].Key;
    }

    private static void Expect(ExpectedOrder order, JsonElement told)
    {
        order.Id ??= long.Parse(told.GetProperty("id").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(order.Id.ToString(), told.GetProperty("id").GetString());
        Assert.Equal(order.Text, told.GetProperty("text").GetString());
        var expected = (order.Status, order.ByBudget ? (decimal)order.BudgetLeft / 1_000_000_000_000m : order.Left / 1000m, order.Filled / 1000m,
            (decimal)order.Value / 1_000_000_000_000m, (decimal)order.Fee / 1_000_000_000_000m);
        Assert.Equal(expected, (told.GetProperty("status").GetString()!, Decimal(told, "left"), Decimal(told, "filled_amount"), Decimal(told, "filled_total"), Decimal(told, "fee")));
    }

    private string Body(Ask ask, string text) =>
        $$"""{"text":"{{text}}","currency_pair":"{{Pair}}","type":"{{(ask.Price == 0 ? "market" : "limit")}}","side":"{{Word(ask.Side)}}","amount":"{{Amount(ask)}}","time_in_force":"{{Word(ask.Tif)}}"{{(ask.Price == 0 ? "" : $",\"price\":\"{Price(ask.Price)}\",\"iceberg\":\"{Size(ask.Iceberg)}\"")}}}""";

    private static string Amount(Ask ask) => ask.Budget != 0 ? Money(ask.Budget) : Size(ask.Size);

    private static string Terms(long price, long size) => price != 0 ? $"\"price\":\"{Price(price)}\"" : $"\"amount\":\"{Size(size)}\"";

    private static string Word(Side side) => side == Side.Buy ? "buy" : "sell";

    private static string Word(TimeInForce tif) => tif switch
    {
        TimeInForce.ImmediateOrCancel => "ioc", TimeInForce.FillOrKill => "fok", TimeInForce.PostOnly => "poc", _ => "gtc",
    };

    private static string LabelOf(SpotRefusal refusal) => refusal switch
    {
        SpotRefusal.PostOnlyWouldTake => "POC_FILL_IMMEDIATELY",
        SpotRefusal.FillOrKillWouldNotFill => "FOK_NOT_FILL",
        SpotRefusal.NoCounterparty => "ORDER_BOOK_NOT_FOUND",
        SpotRefusal.BalanceTooLow => "BALANCE_NOT_ENOUGH",
        SpotRefusal.NoChange => "NO_CHANGE",
        SpotRefusal.TriggerPriceOnWrongSide => "INVALID_PARAM_VALUE",
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "The lane never asks for what is refused so."),
    };
}
