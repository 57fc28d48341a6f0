using System.Text.Json;
using Sluice.Fuzz.Tests.Schema;
using Sluice.Fuzz.Tests.Wire;
using Sluice.Server.Views;

namespace Sluice.Fuzz.Tests.Rest;

/// <summary>An order, price order or percentage-of-volume order somebody has placed.</summary>
internal sealed record Placed(string Id, string Pair, string Text, int User);

/// <summary>What one user owns and has owned, newest last; ended and deleted things stay, to be asked for again.</summary>
internal sealed class Belongings
{
    public List<Placed> Orders { get; } = [];
    public List<Placed> Triggers { get; } = [];
    public List<Placed> Povs { get; } = [];
    public List<Placed> Trails { get; } = [];
    public List<Placed> Chases { get; } = [];
    public List<string> Transfers { get; } = [];
    public List<string> ClientIds { get; } = [];
    public List<int> SubAccounts { get; } = [];
    public List<(int User, string Key)> Keys { get; } = [];
}

/// <summary>One connection with users of its own: two main accounts that do not know each other, their sub-accounts, and keys that may do less. Lanes
/// meet in the books only.</summary>
internal sealed class Lane : IDisposable
{
    private const int MostKept = 48;

    private readonly Dictionary<int, Belongings> belongings = [];
    private readonly Dictionary<int, Signer> mainOf = [];
    private readonly List<Signer> fresh = [];

    private Lane(int index, FuzzVenue venue, RawConnection connection)
    {
        Index = index;
        Venue = venue;
        Connection = connection;
        Pairs = [.. venue.Host.Views.Pairs];
    }

    public int Index { get; }
    public FuzzVenue Venue { get; }
    public RawConnection Connection { get; private set; }
    public IReadOnlyList<PairView> Pairs { get; }

    /// <summary>The pair this lane trades most.</summary>
    public PairView Home => Pairs[Index % Pairs.Count];

    public Signer[] Mains { get; private set; } = [];
    public Signer[] Subs { get; private set; } = [];

    /// <summary>May read everything, write nothing.</summary>
    public Signer Reader { get; private set; } = Signer.Nobody;

    /// <summary>May touch the wallet only.</summary>
    public Signer Narrow { get; private set; } = Signer.Nobody;

    public Signer Revoked { get; private set; } = Signer.Nobody;

    public static async Task<Lane> OpenAsync(int index, FuzzVenue venue)
    {
        var lane = new Lane(index, venue, await RawConnection.OpenAsync(venue.BaseUrl));
        var funds = lane.Pairs.SelectMany(pair => new[] { pair.Base.Code, pair.Quote.Code }).Distinct().Select(asset => (asset, "1000000")).ToArray();
        lane.Mains = [await venue.NewUserAsync(funds), await venue.NewUserAsync(funds)];
        lane.Subs = new Signer[4];
        for (var i = 0; i < lane.Subs.Length; i++)
        {
            var main = lane.Mains[i / 2];
            lane.Subs[i] = await venue.NewSubAccountAsync(main, $"sub-{index}-{i}");
            lane.Of(main.User).SubAccounts.Add(lane.Subs[i].User);
            lane.mainOf[lane.Subs[i].User] = main;
            foreach (var asset in new[] { lane.Home.Base.Code, "USDT" }.Distinct()) await venue.FundAsync(lane.Subs[i].User, asset, "100000");
        }
        lane.Reader = await venue.NewKeyAsync(lane.Mains[0], lane.Subs[0].User, FuzzVenue.PermissionsOfAll(readOnly: true));
        lane.Narrow = await venue.NewKeyAsync(lane.Mains[0], lane.Subs[1].User, """{"name":"wallet","read_only":false}""");
        lane.Revoked = await venue.NewKeyAsync(lane.Mains[1], lane.Subs[2].User, FuzzVenue.PermissionsOfAll(readOnly: false));
        await venue.DoAsync(lane.Mains[1], "DELETE", $"/sub_accounts/{lane.Revoked.User}/keys/{lane.Revoked.Key}");
        return lane;
    }

    /// <summary>Gives everybody something to trade contracts with; the second main account keeps two legs, and both of them isolated margins in the contract that the lane
    /// trades most.</summary>
    public async Task FundContractsAsync()
    {
        var perpetuals = Venue.Host.Views.Futures.Contracts.Where(contract => !contract.IsDelivery).ToList();
        var home = perpetuals[Index % perpetuals.Count];
        var settle = home.Settle.Code.ToLowerInvariant();
        await Venue.DoAsync(Mains[1], "POST", $"/futures/{settle}/dual_mode", "dual_mode=true");
        await Venue.DoAsync(Mains[0], "POST", $"/futures/{settle}/positions/{home.Symbol}/leverage", "leverage=10");
        await Venue.DoAsync(Mains[1], "POST", $"/futures/{settle}/dual_comp/positions/{home.Symbol}/leverage", "leverage=10");
        foreach (var user in Mains.Concat(Subs))
        {
            foreach (var (wallet, asset, amount) in new[] { ("futures:usdt", "USDT", "20000"), ("futures:btc", "BTC", "1"), ("delivery:usdt", "USDT", "20000") })
                await Venue.FundAsync(user.User, asset, amount, wallet);
        }
    }

    public Belongings Of(int user) => belongings.TryGetValue(user, out var known) ? known : belongings[user] = new Belongings();

    /// <summary>Somebody this user is not, and whose main account it is not.</summary>
    public int Stranger(int user) => user == Mains[1].User || (mainOf.TryGetValue(user, out var main) && main == Mains[1]) ? Mains[0].User : Mains[1].User;

    public int MainOf(int user) => mainOf.TryGetValue(user, out var main) ? main.User : user;

    /// <summary>Who sends the next request.</summary>
    public Signer Someone(ref Dice dice, bool mainsOnly)
    {
        var roll = dice.Below(100);
        if (mainsOnly && roll >= 40) roll %= 40;
        return roll < 74 ? Mains[roll < 50 ? 0 : 1] : roll < 86 ? dice.Among(Subs) : roll < 91 ? Reader : roll < 95 ? Narrow : roll < 98 && fresh.Count > 0 ? dice.Among(fresh) : dice.Among(Subs);
    }

    public async Task ReconnectAsync()
    {
        Connection.Dispose();
        Connection = await RawConnection.OpenAsync(Venue.BaseUrl);
    }

    /// <summary>Keeps the ids an answer tells.</summary>
    public void Learn(DocumentedOperation operation, Signer who, RawRequest request, JsonElement answer)
    {
        var mine = Of(who.User);
        switch (operation.Id)
        {
            case "createOrder": Keep(mine.Orders, OrderIn(answer, who.User)); break;
            case "createBatchOrders":
                foreach (var item in answer.EnumerateArray()) Keep(mine.Orders, OrderIn(item, who.User));
                break;
            case "createSpotPriceTriggeredOrder":
                Keep(mine.Triggers, new Placed(answer.GetProperty("id").GetRawText(), "", "", who.User));
                break;
            case "createFuturesOrder" or "createFuturesBBOOrder" or "createDeliveryOrder": Keep(mine.Orders, ContractOrderIn(answer, who.User)); break;
            case "createBatchFuturesOrder":
                foreach (var item in answer.EnumerateArray()) Keep(mine.Orders, ContractOrderIn(item, who.User));
                break;
            case "createPriceTriggeredOrder" or "createPriceTriggeredDeliveryOrder":
                using (var sent = JsonDocument.Parse(request.Body))
                    Keep(mine.Triggers, new Placed(answer.GetProperty("id").GetRawText(), TextIn(sent.RootElement.GetProperty("initial"), "contract"), "", who.User));
                break;
            case "createTrailOrder": Keep(mine.Trails, AutoIn(answer.GetProperty("data"), request, who.User)); break;
            case "createChaseOrder": Keep(mine.Chases, AutoIn(answer, request, who.User)); break;
            case "createSpotPovOrder": Keep(mine.Povs, OrderIn(answer, who.User)); break;
            case "transfer" or "transferWithSubAccount" or "subAccountToSubAccount":
                Keep(mine.Transfers, answer.GetProperty("tx_id").GetRawText());
                using (var body = JsonDocument.Parse(request.Body))
                {
                    if (body.RootElement.TryGetProperty("client_order_id", out var id) && id.ValueKind == JsonValueKind.String) Keep(mine.ClientIds, id.GetString()!);
                }
                break;
            case "createSubAccounts":
                var sub = answer.GetProperty("user_id").GetInt32();
                Keep(mine.SubAccounts, sub);
                mainOf[sub] = who;
                break;
            case "createSubAccountKeys":
                var owner = answer.GetProperty("user_id").GetInt32();
                Keep(mine.Keys, (owner, answer.GetProperty("key").GetString()!));
                Keep(fresh, new Signer(owner, answer.GetProperty("key").GetString()!, answer.GetProperty("secret").GetString()!));
                break;
        }
    }

    public void Dispose() => Connection.Dispose();

    private static Placed? OrderIn(JsonElement order, int user) =>
        order.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String && id.GetString() is { Length: > 0 } text
            ? new Placed(text, TextIn(order, "currency_pair"), TextIn(order, "text"), user) : null;

    private static Placed? ContractOrderIn(JsonElement order, int user) =>
        order.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.Number && id.GetInt64() > 0 ? new Placed(id.GetRawText(), TextIn(order, "contract"), TextIn(order, "text"), user) : null;

    // Its contract stands in what was asked.
    private static Placed AutoIn(JsonElement answer, RawRequest request, int user)
    {
        using var sent = JsonDocument.Parse(request.Body);
        return new Placed(TextIn(answer, "id"), TextIn(sent.RootElement, "contract"), TextIn(sent.RootElement, "text"), user);
    }

    private static string TextIn(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static void Keep<T>(List<T> list, T? item)
    {
        if (item is null) return;
        if (list.Count == MostKept) list.RemoveAt(0);
        list.Add(item);
    }
}
