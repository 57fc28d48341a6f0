using System.Net;
using System.Net.Sockets;

namespace Sluice.Browser.Tests;

/// <summary>A way to the venue that can be cut: every connection goes through here.</summary>
internal sealed class CuttableLine : IAsyncDisposable
{
    private readonly Uri to;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> open = [];
    private volatile bool isCut;

    public CuttableLine(Uri to)
    {
        this.to = to;
        listener.Start();
        _ = AcceptAsync();
    }

    public string BaseUrl => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    /// <summary>Ends what is open, and everything that is tried until <see cref="Mend"/>.</summary>
    public void Cut()
    {
        isCut = true;
        lock (open)
        {
            foreach (var client in open) client.Close();
            open.Clear();
        }
    }

    public void Mend() => isCut = false;

    public ValueTask DisposeAsync()
    {
        listener.Stop();
        Cut();
        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = CarryAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task CarryAsync(TcpClient from)
    {
        using var near = from;
        using var far = new TcpClient();
        if (isCut) return;
        try
        {
            await far.ConnectAsync(to.Host, to.Port);
            lock (open) open.AddRange([near, far]);
            await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(near.GetStream()));
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Either side hung up, or the line was cut.
        }
    }
}
