using System.Text.Json.Nodes;
using Sluice.Server.Tests.Api.Spot;
using Sluice.Server.Tests.Wire;

namespace Sluice.Server.Tests.Api.Futures;

/// <summary>Split mode as a client meets it: orders say which legs, positions show all four (F-130, F-132).</summary>
public sealed class FuturesSplitTests(FuturesVenue venue) : IClassFixture<FuturesVenue>
{
    [Fact]
    public async Task Four_legs_of_one_contract_are_opened_shown_set_and_closed()
    {
        var alice = await venue.NewTraderAsync();
        var account = await DoneAsync(alice, "/futures/usdt/set_position_mode", "position_mode=dual_plus");
        Assert.Equal(("dual_plus", true, true), ((string)account["position_mode"]!, (bool)account["enable_dual_plus"]!, (bool)account["in_dual_mode"]!));
        await DoneAsync(alice, "/futures/usdt/positions/BTC_USDT/set_leverage", "leverage=25&margin_mode=isolated&dual_side=dual_short");
        await DoneAsync(alice, "/futures/usdt/positions/BTC_USDT/set_leverage", "leverage=15&margin_mode=cross");
        foreach (var (mode, size) in new[] { ("cross", 10), ("isolated", 6), ("cross", -4), ("isolated", -3) })
        {
            var order = await DoneAsync(alice, "/futures/usdt/orders", "", $$"""{"contract":"BTC_USDT","size":{{size}},"price":"{{(size > 0 ? "84000" : "83900")}}","tif":"ioc","pos_margin_mode":"{{mode}}"}""");
            Assert.Equal((mode, 0), ((string)order["pos_margin_mode"]!, (int)order["left"]!));
        }
        string[] expected = ["dual_long isolated 6 10", "dual_long cross 10 15", "dual_short isolated -3 25", "dual_short cross -4 15"];
        Assert.Equal(expected, (await ReadAsync(alice, "/futures/usdt/dual_comp/positions/BTC_USDT")).AsArray().Select(Told));
        Assert.Equal(expected.Order(), (await ReadAsync(alice, "/futures/usdt/positions", "holding=true")).AsArray().Select(Told).Order());
        Assert.Equal("25", (string)(await ReadAsync(alice, "/futures/usdt/get_leverage/BTC_USDT", "pos_margin_mode=isolated&dual_side=dual_short"))["Lever"]!);
        Assert.Equal("15", (string)(await ReadAsync(alice, "/futures/usdt/get_leverage/BTC_USDT", "pos_margin_mode=cross&dual_side=dual_short"))["Lever"]!);

        Assert.Equal(400, (await venue.AskAsync(alice, "POST", "/futures/usdt/set_position_mode", "position_mode=single")).Status);
        Assert.Equal(400, (await venue.AskAsync(alice, "POST", "/futures/usdt/dual_comp/positions/cross_mode", "", """{"mode":"CROSS","contract":"BTC_USDT"}""")).Status);
        foreach (var (mode, side) in new[] { ("cross", "close_long"), ("isolated", "close_long"), ("cross", "close_short"), ("isolated", "close_short") })
        {
            await DoneAsync(alice, "/futures/usdt/orders", "", $$"""{"contract":"BTC_USDT","size":0,"price":"0","tif":"ioc","auto_size":"{{side}}","pos_margin_mode":"{{mode}}"}""");
        }
        Assert.Empty((await ReadAsync(alice, "/futures/usdt/positions", "holding=true")).AsArray());
        await DoneAsync(alice, "/futures/usdt/set_position_mode", "position_mode=single");
    }

    private static string Told(JsonNode? position) =>
        $"{position!["mode"]} {position["pos_margin_mode"]} {position["size"]} {position["lever"]}";

    private async Task<JsonNode> ReadAsync(Signer signer, string path, string query = "") => Parsed(path, await venue.AskAsync(signer, "GET", path, query));

    private async Task<JsonNode> DoneAsync(Signer signer, string path, string query, string body = "") => Parsed(path, await venue.AskAsync(signer, "POST", path, query, body));

    private static JsonNode Parsed(string path, Said said)
    {
        Assert.True(said.Status is 200 or 201, $"{path}: {said.Status} {said.Text}");
        return JsonNode.Parse(said.Text)!;
    }
}
