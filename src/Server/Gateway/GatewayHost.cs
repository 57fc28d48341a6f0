using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sluice.Server.Gateway;

/// <summary>How the gateway listens and what it enforces.</summary>
public sealed record GatewayOptions
{
    /// <summary>Addresses such as http://127.0.0.1:8787; port 0 picks a free one.</summary>
    public IReadOnlyList<string> Urls { get; init; } = ["http://127.0.0.1:8787"];

    /// <summary>False: --rate-limits off.</summary>
    public bool RateLimits { get; init; } = true;

    /// <summary>The wall clock: signature window, limits, X-In-Time. Never the venue clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>What one caller can hold of the server.</summary>
    public ConnectionLimits Limits { get; init; } = new();

    /// <summary>Names the server answers to; null = any.</summary>
    public HostNames? Hosts { get; init; }

    /// <summary>Who signed in with a browser; null where nobody can.</summary>
    public IBrowserSessions? Sessions { get; init; }

    /// <summary>Adds log outputs; without it nothing is logged.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }
}

/// <summary>The web server with the API on it.</summary>
public sealed class GatewayHost : IAsyncDisposable
{
    /// <summary>The route of what no other has.</summary>
    internal const string AnyPath = "{*path}";

    private GatewayHost(WebApplication app, EndpointTable endpoints, RateLimiter limiter)
    {
        App = app;
        Endpoints = endpoints;
        Limiter = limiter;
    }

    public WebApplication App { get; }

    /// <summary>Which operations are built.</summary>
    public EndpointTable Endpoints { get; }

    /// <summary>The counters of all limits, shared with the feeds.</summary>
    public RateLimiter Limiter { get; }

    /// <summary>Scheme, host and the port in use; once started.</summary>
    public string BaseUrl => App.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.First()
        ?? throw new InvalidOperationException("The gateway has not started.");

    /// <summary>Puts the server together; nothing listens before <see cref="StartAsync"/>.</summary>
    /// <param name="groups">The products' endpoints.</param>
    /// <param name="beside">Adds what stands beside the API: sockets, the control API, health. It sees requests outside /api/v4 only.</param>
    /// <param name="limiter">Counters to share; made here when null.</param>
    public static GatewayHost Build(
        GatewayOptions options, IKeyDirectory keys, IEnumerable<IEndpointGroup> groups, Action<WebApplication>? beside = null, RateLimiter? limiter = null)
    {
        var endpoints = new EndpointTable();
        foreach (var group in groups) group.Map(endpoints);
        limiter ??= new RateLimiter(options.Clock, options.RateLimits);

        // Settings come from the caller alone: no file in the working directory and no variable of the environment changes the server.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection();
        builder.Logging.ClearProviders();
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        options.Logging?.Invoke(builder.Logging);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            options.Limits.Set(kestrel.Limits);
        });
        builder.WebHost.UseUrls([.. options.Urls]);

        var app = builder.Build();
        var dispatcher = new Dispatcher(endpoints, keys, options.Sessions, limiter, options.Clock, app.Services.GetRequiredService<ILogger<Dispatcher>>());
        if (options.Hosts is { } hosts) app.Use(next => http => hosts.CheckAsync(http, next));
        app.Use(next => http => dispatcher.InvokeAsync(http, next));
        app.UseRouting();
        beside?.Invoke(app);
        app.MapFallback(AnyPath, dispatcher.AnswerNotFoundAsync);
        return new GatewayHost(app, endpoints, limiter);
    }

    public Task StartAsync(CancellationToken cancellation = default) => App.StartAsync(cancellation);

    public Task StopAsync(CancellationToken cancellation = default) => App.StopAsync(cancellation);

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
