using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.Fuzz.Tests.Schema;
using Sluice.Fuzz.Tests.Wire;

namespace Sluice.Fuzz.Tests.Rest;

/// <summary>How a request is signed.</summary>
internal enum Signed { Well, NotAtAll, Badly }

/// <summary>One request, and what is known about it before it is sent.</summary>
/// <param name="IsPlain">Nothing in it was spoiled.</param>
/// <param name="IsForeign">It names somebody else's things.</param>
internal sealed record Attempt(DocumentedOperation Operation, RawRequest Request, Signer Who, Signed Signed, bool IsPlain, bool IsForeign);

/// <summary>Makes requests from the document: each parameter and each property of the body by its schema, as it should be or spoiled.</summary>
internal sealed class Composer(IReadOnlyList<DocumentedOperation> operations)
{
    private const int PlainOf100 = 60, SomeSpoiledOf100 = 82, WildOf100 = 93;      // the rest: a body that is none
    private const int Deepest = 4;

    private readonly DocumentedOperation[] drawn = [.. operations.SelectMany(operation => Enumerable.Repeat(operation, WeightOf(operation.Id)))];

    public Attempt Compose(Lane lane, long seed, int number)
    {
        var dice = new Dice(seed, lane.Index, number);
        var operation = dice.Among(drawn);
        var who = lane.Someone(ref dice, operation.Operation.Group == "subaccount" || operation.Operation.Path.Contains("sub_account", StringComparison.Ordinal));
        var manner = dice.Below(100);
        var spoil = manner < PlainOf100 ? 0 : manner < SomeSpoiledOf100 ? 12 : manner < WildOf100 ? 60 : 0;
        var draft = new Draft(operation, lane, who, spoil, dice);
        var request = draft.Request();
        dice = draft.Dice;
        if (manner >= WildOf100 && operation.Body is not null) request = request with { Body = dice.Among(Hostile.Bodies) };
        var (signed, well) = Sign(request, who, lane, operation, ref dice);
        return new Attempt(operation, signed, who, well, manner < PlainOf100, draft.IsForeign);
    }

    private static (RawRequest, Signed) Sign(RawRequest request, Signer who, Lane lane, DocumentedOperation operation, ref Dice dice)
    {
        var roll = dice.Below(100);
        if (roll >= 10) return (request.By(who), Signed.Well);
        if (roll < 2) return (request, Signed.NotAtAll);
        var good = request.By(who);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return (roll switch
        {
            2 => good with { Sign = Convert.ToHexStringLower(SHA512.HashData(Encoding.UTF8.GetBytes($"{dice.Next()}"))) },
            3 => good with { Sign = "" },
            4 => good with { Key = "" },
            5 => good with { Timestamp = "" },
            6 => request.By(who, (now - 3600 + dice.Below(2) * 7200).ToString()),
            7 => request.By(lane.Revoked),
            8 => request.By(new Signer(who.User, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{dice.Next()}")))[..32], who.Secret)),
            _ => request.By(new Signer(who.User, who.Key, who.Secret + "x")),
        }, Signed.Badly);
    }

    // Trading is the better part of traffic; what lists everything costs most.
    private static int WeightOf(string id) => id switch
    {
        "createOrder" or "createFuturesOrder" or "createDeliveryOrder" => 10,
        "createBatchOrders" or "cancelOrder" or "amendOrder" or "createSpotPriceTriggeredOrder" or "transfer" or "createBatchFuturesOrder" or "cancelFuturesOrder" or "amendFuturesOrder"
            or "createPriceTriggeredOrder" or "createTrailOrder" or "updateTrailOrder" or "stopTrailOrder" or "createChaseOrder" or "stopChaseOrder" => 5,
        "listCurrencyPairs" or "listCurrencies" or "listTickers" or "createSubAccounts" or "listSubAccounts" or "listFuturesContracts" or "listFuturesTickers"
            or "stopAllTrailOrders" or "stopAllChaseOrders" => 1,
        _ => 2,
    };

    /// <summary>One request while it is made.</summary>
    private sealed class Draft
    {
        private readonly DocumentedOperation operation;
        private readonly Lane lane;
        private readonly Signer who;
        private readonly int spoil;
        private IValues sources;
        private Dice dice;

        public Draft(DocumentedOperation operation, Lane lane, Signer who, int spoil, Dice dice)
        {
            (this.operation, this.lane, this.who, this.spoil, this.dice) = (operation, lane, who, spoil, dice);
            sources = SourcesOf(ref this.dice);
            IsForeign = sources.IsForeign;
        }

        public Dice Dice => dice;

        public bool IsForeign { get; private set; }

        public RawRequest Request()
        {
            var path = new StringBuilder("/api/v4").Append(operation.Operation.Path);
            var (query, headers) = (new StringBuilder(), new StringBuilder());
            foreach (var parameter in operation.Parameters)
            {
                switch (parameter.Place)
                {
                    case "path": path.Replace($"{{{parameter.Name}}}", LineText(parameter)); break;
                    case "query" when IsGiven(parameter.Name, parameter.IsRequired):
                        do query.Append(query.Length > 0 ? "&" : "").Append(parameter.Name).Append('=').Append(LineText(parameter));
                        while (Spoils() && dice.Percent(10));
                        break;
                    case "header" when IsGiven(parameter.Name, parameter.IsRequired):
                        headers.Append(parameter.Name).Append(": ").Append(Visible(TextOf(parameter.Name, parameter.Shape))).Append("\r\n");
                        break;
                }
            }
            if (Spoils() && dice.Percent(20)) query.Append(query.Length > 0 ? "&" : "").Append(dice.Of("unknown=1", "=", "&&", "a", "limit[]=1", "%zz=%zz", "currency_pair=", "limit=&limit="));
            if (operation.Operation.IsWrite && dice.Percent(6)) headers.Append("Idempotency-Key: ").Append(dice.Percent(80) ? $"k{dice.Below(50)}" : dice.Of("", "a b", new string('k', 65), "\u00e9")).Append("\r\n");
            // The document's sizes of contracts are texts.
            if (IsOfContracts) headers.Append("X-Gate-Size-Decimal: 1\r\n");
            var body = operation.Body is null ? "" : BodyOf(operation.Body);
            return new RawRequest(operation.Operation.Method, path.ToString(), query.ToString(), Encoding.UTF8.GetBytes(body), Headers: headers.ToString());
        }

        private bool IsOfContracts => operation.Operation.Group is "futures" or "delivery";

        private IValues SourcesOf(ref Dice from) => IsOfContracts ? new ContractSources(lane, operation.Operation, who, ref from) : new Sources(lane, operation.Operation, who, ref from);

        private bool Spoils() => spoil > 0 && dice.Percent(spoil);

        private bool IsGiven(string name, bool isRequired) => isRequired ? spoil == 0 || !dice.Percent(spoil / 3) : dice.Percent(sources.ChanceOf(name));

        private string LineText(Parameter parameter) =>
            Spoils() && dice.Percent(25) ? dice.Among(Hostile.OnTheLine) : Uri.EscapeDataString(Whole(TextOf(parameter.Name, parameter.Shape)));

        private string TextOf(string name, Shape shape) => Spoils() ? Spoiled(shape) : Good(name, shape);

        // In a shape's bounds and just outside them, and far from anything.
        private string Spoiled(Shape shape)
        {
            if (dice.Percent(30))
            {
                if (shape.Most is { } most) return (most + dice.Below(2)).ToString();
                if (shape.Least is { } least) return (least - dice.Below(2)).ToString();
                if (shape.Longest is { } longest) return new string('x', longest + dice.Below(2));
            }
            return shape.Kind is ShapeKind.Integer or ShapeKind.Number || dice.Percent(50) ? dice.Among(Hostile.Numbers) : dice.Among(Hostile.Texts);
        }

        private string Good(string name, Shape shape) => shape.Words.Length > 0 && sources.ValueOf(name, ref dice) is var word ? word is not null && shape.Words.Contains(word) ? word : dice.Among(shape.Words)
            : sources.ValueOf(name, ref dice) ?? shape.Kind switch
            {
                ShapeKind.Integer or ShapeKind.Number => (shape.Least ?? 1).ToString(),
                ShapeKind.Flag => dice.Of("true", "false"),
                _ => dice.Of("x", "abc", "1"),
            };

        private string BodyOf(Shape shape)
        {
            if (shape.Kind != ShapeKind.List) return Json("", shape, 0);
            var most = Spoils() ? dice.Of(0, 1, 11, 21, 41, 50) : 1 + dice.Below(4);
            var items = new List<string>(most);
            for (var i = 0; i < most; i++)
            {
                if (i > 0) sources = SourcesOf(ref dice);
                IsForeign |= sources.IsForeign;
                items.Add(Json("", shape.Item!, 1));
            }
            return $"[{string.Join(',', items)}]";
        }

        private string Json(string name, Shape shape, int depth)
        {
            if (depth > 0 && Spoils())
            {
                return dice.Below(10) switch
                {
                    < 3 => dice.Among(Hostile.Types),
                    3 => string.Concat(Enumerable.Repeat("[", 5 + dice.Below(20))) + "1",       // not even closed
                    < 7 => JsonSerializer.Serialize(dice.Among(Hostile.Numbers)),
                    _ => JsonSerializer.Serialize(dice.Among(Hostile.Texts)),
                };
            }
            switch (shape.Kind)
            {
                case ShapeKind.Object when shape.Properties.Count > 0 && depth < Deepest: return ObjectOf(shape, depth);
                case ShapeKind.Object: return "{}";
                case ShapeKind.List: return $"[{string.Join(',', Enumerable.Range(0, 1 + dice.Below(2)).Select(_ => Json(name, shape.Item!, depth + 1)))}]";
                case ShapeKind.Flag: return dice.Of("true", "false");
                case ShapeKind.Integer or ShapeKind.Number: return Good(name, shape) is var number && dice.Percent(90) ? number : $"\"{number}\"";
                default: return JsonSerializer.Serialize(Good(name, shape));
            }
        }

        private string ObjectOf(Shape shape, int depth)
        {
            var entries = new List<string>();
            foreach (var property in shape.Properties)
            {
                // What only the server writes is sent now and then: it must change nothing.
                if (property.Shape.IsReadOnly ? !dice.Percent(2) : !IsGiven(property.Name, property.IsRequired || (depth > 1 && property.Name is "name" or "read_only"))) continue;
                var entry = $"\"{property.Name}\":{Json(property.Name, property.Shape, depth + 1)}";
                entries.Add(entry);
                if (Spoils() && dice.Percent(8)) entries.Add(entry);
            }
            if (dice.Percent(5)) entries.Add("""
                "unknown":{"a":[1,2,3]}
                """);
            return $"{{{string.Join(',', entries)}}}";
        }

        // Half a surrogate pair has no percent-encoding.
        private static string Whole(string text) => text.Replace("\ud800", "", StringComparison.Ordinal);

        private static string Visible(string text) => new([.. text.Where(character => character is > ' ' and < '\u007f').Take(200)]);
    }
}
