using System.Net;
using Deskward.Platform.Guessing;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Deskward.Platform;

/// <summary>Builds the web application of one node: two listeners, the modules' services, the modules' routes.</summary>
internal static class ServiceHost
{
    private const long LargestBody = 4 * 1024 * 1024;

    internal static WebApplication Build(ServiceSettings settings, Action<IServiceCollection>? more = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "deskward", ContentRootPath = AppContext.BaseDirectory, WebRootPath = "wwwroot" });
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseStaticWebAssets();
        AddServices(builder.Services, settings);
        AddLogging(builder.Logging);
        more?.Invoke(builder.Services);
        builder.WebHost.ConfigureKestrel((_, kestrel) => Listen(kestrel, settings));
        var app = builder.Build();
        Use(app, settings);
        return app;
    }

    /// <summary>What both the server and the other verbs need.</summary>
    internal static void AddServices(IServiceCollection services, ServiceSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(_ => ServiceKey.Load(settings.KeyPath, create: settings.KeyFile is null));
        services.AddSingleton<ServerCertificates>();
        services.AddSingleton<GuessLimiter>();
        services.AddLogging();
        Database.Add(services, settings);
        services.AddDataProtection().SetApplicationName("deskward").PersistKeysToDbContext<DeskwardContext>().ProtectWithServiceKey();
        Portal.PortalShell.Add(services);
        foreach (var module in Modules.All)
        {
            module.Add(services, settings);
        }
    }

    /// <summary>What an operator reads: our own lines, and of the frameworks only what is wrong. Configuration can say otherwise.</summary>
    private static void AddLogging(ILoggingBuilder logging) => logging
        .AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat, console.UseUtcTimestamp) = (true, "yyyy-MM-ddTHH:mm:ssZ ", true))
        .AddFilter("Microsoft", LogLevel.Warning)
        .AddFilter("System", LogLevel.Warning);

    private static void Listen(KestrelServerOptions kestrel, ServiceSettings settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = LargestBody;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(10));
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(20);
        var certificates = kestrel.ApplicationServices.GetRequiredService<ServerCertificates>();
        kestrel.Listen(EndPointOf(settings.Listen, settings.PublicUrl), listen => listen.UseHttps(certificates.ForPeople()));
        kestrel.Listen(EndPointOf(settings.ListenManagement, settings.ManagementUrl), listen =>
        {
            listen.Use(next => connection =>
            {
                connection.Features.Set(ManagementConnection.Instance);
                return next(connection);
            });
            listen.UseHttps(certificates.ForDevices());
        });
    }

    private static IPEndPoint EndPointOf(IPEndPoint? listen, Uri url) => listen ?? new IPEndPoint(url.IsLoopback ? IPAddress.Loopback : IPAddress.Any, url.Port);

    private static void Use(WebApplication app, ServiceSettings settings)
    {
        if (settings.TrustedProxies.Count > 0)
        {
            var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto };
            settings.TrustedProxies.ToList().ForEach(forwarded.KnownIPNetworks.Add);
            app.UseForwardedHeaders(forwarded);
        }

        var management = app.Services.GetServices<ManagementRoute>().ToDictionary(route => route.Path, route => route.Answer, StringComparer.OrdinalIgnoreCase);
        app.Use(next => context => context.Features.Get<ManagementConnection>() is null
            ? next(context)
            : management.TryGetValue(context.Request.Path.Value ?? "", out var answer) ? answer(context) : NotFound(context));
        Portal.PortalShell.Use(app);
        foreach (var module in Modules.All)
        {
            module.Map?.Invoke(app);
        }
    }

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
