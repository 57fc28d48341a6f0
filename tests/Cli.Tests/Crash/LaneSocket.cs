using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Sluice.Client;

namespace Sluice.Cli.Tests.Crash;

// Order entry over the socket. A request there has no idempotency key: whether one that was not answered was executed is found out first, an order by
// its text, a change by the order it would have changed; and it is sent again only if it was not.
internal sealed partial class Lane
{
    private readonly Dictionary<Sender, SocketClient> sockets = [];

    /// <summary>Requests over the socket that were not answered; and how many of them were found to have been executed.</summary>
    public (int Asked, int Executed) SocketInDoubt { get; private set; }

    private Step BySocket(Step step, string channel, string parameters) => overSocket && step.Sender is Sender.Maker or Sender.Taker
        ? step with { Kind = "socket " + step.Kind, Socket = (channel, parameters) }
        : step;

    private async Task<Answer> CallAsync(Sender sender, string id, string channel, string parameters)
    {
        if (!sockets.TryGetValue(sender, out var socket))
        {
            socket = await SocketClient.ConnectAsync(venue!.BaseUrl);
            sockets.Add(sender, socket);
            await socket.LoginAsync(sender == Sender.Maker ? makerKey! : takerKey!);
            var login = await AnswerAsync(socket, "login");
            if (!login.IsSuccess) return login;
        }
        await socket.RequestAsync(channel, id, parameters);
        return await AnswerAsync(socket, id);
    }

    private static async Task<Answer> AnswerAsync(SocketClient socket, string id)
    {
        var frame = await socket.ReceiveAsync(frame => frame.GetProperty("request_id").GetString() == id && !frame.TryGetProperty("ack", out _));
        var status = int.Parse(frame.GetProperty("header").GetProperty("status").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        var data = frame.GetProperty("data");
        var body = data.TryGetProperty("result", out var result) ? result : data.GetProperty("errs");
        using var none = new HttpResponseMessage();
        return new Answer(status, none.Headers, Encoding.UTF8.GetBytes(body.GetRawText()));
    }

    private void CloseSockets()
    {
        foreach (var socket in sockets.Values) socket.Dispose();
        sockets.Clear();
    }

    // What the answer would have been, when the request was executed; null when it was not.
    private async Task<Answer?> FindExecutedAsync(Step step, SqliteConnection history)
    {
        var rest = ClientOf(step.Sender);
        (await rest.GetAsync("/spot/my_trades")).Require();         // waits for the history
        var id = step.Order?.Id ?? Rows(history, $"SELECT id FROM orders WHERE user_id = @1 AND text = '{step.Text}'", IdOf(UserOf(step.Sender))).SingleOrDefault()?[0];
        if (step.Text is { } text)
        {
            var named = await rest.GetAsync($"/spot/orders/{text}", ("currency_pair", Pair));
            Assert.Equal(id?.ToString() ?? "ORDER_NOT_FOUND", id is null ? named.Label : named.Require().GetProperty("id").GetString());
            return id is null ? null : named;
        }
        var told = await rest.GetAsync($"/spot/orders/{id}", ("currency_pair", Pair));
        var (json, known) = (told.Require(), step.Order!);
        return IsAsKnown(json, known) ? null : told;
    }

    private static bool IsAsKnown(JsonElement told, ExpectedOrder known) =>
        (told.GetProperty("status").GetString(), Decimal(told, "price"), Decimal(told, "amount")) == (known.Status, known.Price / 100m, known.Size / 1000m);

    private static bool IsGone(Exception gone) => gone is HttpRequestException or OperationCanceledException or IOException or WebSocketException;
}
