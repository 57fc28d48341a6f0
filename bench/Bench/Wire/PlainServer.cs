using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sluice.Client;

namespace Sluice.Bench.Wire;

/// <summary>What the figures of the wire are ratios to: a minimal endpoint for signed orders, and a minimal socket that answers a constant and sends the same
/// to many by one send each. Kestrel as it comes.</summary>
internal sealed class PlainServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly List<WebSocket> sockets = [];

    private PlainServer(WebApplication app) => this.app = app;

    public Uri Url => new(app.Urls.First());

    public static async Task<PlainServer> StartAsync(params IEnumerable<Credentials> traders)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new PlainServer(builder.Build());
        var peer = new Peer(traders);
        server.app.UseWebSockets();
        server.app.MapPost(OrderLoad.OrdersPath, peer.PlaceAsync);
        server.app.MapDelete(OrderLoad.OrdersPath + "/{id}", peer.CancelAsync);
        server.app.Map("/ws/v4/", server.ServeAsync);
        await server.app.StartAsync();
        return server;
    }

    /// <summary>The naive fan-out: every socket gets the message, one send each.</summary>
    public async ValueTask BroadcastAsync(ReadOnlyMemory<byte> message)
    {
        foreach (var socket in sockets) await socket.SendAsync(message, WebSocketMessageType.Text, true, CancellationToken.None);
    }

    /// <summary>Lets go of the sockets it has.</summary>
    public void Forget()
    {
        lock (sockets)
        {
            foreach (var socket in sockets) socket.Abort();
            sockets.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        Forget();
        await app.StopAsync(patience.Token);
        await app.DisposeAsync();
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
