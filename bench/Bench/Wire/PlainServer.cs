using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Sluice.Bench.Wire;

/// <summary>What the gateway's figures are a ratio to: a minimal endpoint and a minimal socket that answer a constant and know nothing.</summary>
internal sealed class PlainServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly List<WebSocket> sockets = [];

    private PlainServer(WebApplication app) => this.app = app;

    public Uri Url => new(app.Urls.First());

    public static async Task<PlainServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new PlainServer(builder.Build());
        server.app.UseWebSockets();
        server.app.Map(OrderLoad.OrdersPath, Answer);
        server.app.Map(OrderLoad.OrdersPath + "/{id}", Answer);
        server.app.Map("/ws/v4/", server.ServeAsync);
        await server.app.StartAsync();
        return server;
    }

    /// <summary>The naive fan-out: every socket gets the message, one send each.</summary>
    public async Task BroadcastAsync(ReadOnlyMemory<byte> message)
    {
        foreach (var socket in sockets) await socket.SendAsync(message, WebSocketMessageType.Text, true, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        foreach (var socket in sockets) socket.Abort();
        await app.StopAsync(patience.Token);
        await app.DisposeAsync();
    }

    private static async Task Answer(HttpContext context)
    {
        if (context.Request.ContentLength > 0) await context.Request.Body.CopyToAsync(Stream.Null);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = OrderLoad.ConstantAnswer.Length;
        await context.Response.Body.WriteAsync(OrderLoad.ConstantAnswer);
    }

    private async Task ServeAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        lock (sockets) sockets.Add(socket);
        var frame = new byte[16 * 1024];
        try
        {
            while (true)
            {
                var got = await socket.ReceiveAsync(frame.AsMemory(), CancellationToken.None);
                if (got.MessageType == WebSocketMessageType.Close) return;
                await socket.SendAsync(SocketLoad.ConstantAnswerTo(frame.AsSpan(0, got.Count)), WebSocketMessageType.Text, true, CancellationToken.None);
            }
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException)
        {
            // The load is over.
        }
    }
}
