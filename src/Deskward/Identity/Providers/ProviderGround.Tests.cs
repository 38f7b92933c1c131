using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Deskward.Browser;
using Deskward.Fixture;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Identity.Providers;

/// <summary>A node and a real identity provider, one pair per engine, for the tests of a class.</summary>
public sealed class ProviderGrounds(Services services) : IAsyncDisposable
{
    private readonly Dictionary<Engine, ProviderGround> _grounds = [];

    internal async Task<ProviderGround> OnAsync(Engine engine)
    {
        if (!_grounds.TryGetValue(engine, out var ground))
        {
            OpenIdHost? host = null;
            var settings = await services.NewDatabaseAsync(engine);
            host = await OpenIdHost.StartAsync(new Uri(settings.PublicUrl, ProviderSignIn.CallbackPath));
            var service = await TestService.StartAsync(settings with { IdentityProviderRoot = host.RootFile, InternalIdentityProviders = true });
            await service.ProviderAsync();
            _grounds[engine] = ground = new ProviderGround(service, host);
        }

        return ground;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var ground in _grounds.Values)
        {
            await ground.Service.DisposeAsync();
            await ground.Host.DisposeAsync();
        }
    }
}

/// <summary>What tests do with an identity provider.</summary>
internal sealed partial class ProviderGround(TestService service, OpenIdHost host)
{
    internal TestService Service { get; } = service;

    internal OpenIdHost Host { get; } = host;

    /// <summary>A customer whose provider is set up, and an owner who did it.</summary>
    internal async Task<(Organisation Organisation, Person Owner)> CustomerAsync(bool isOursAlone = false)
    {
        var organisation = await Service.AddCustomerAsync();
        var owner = await Service.AddPersonAsync(organisation, "olga", Role.CustomerOwner, Role.ItAdministrator);
        Assert.Null(await SetUpAsync(organisation, isOursAlone));
        return (organisation, owner);
    }

    internal Task<Platform.Refusal?> SetUpAsync(Organisation organisation, bool isOursAlone = false, string? issuer = null) => Service.InScopeAsync(
        provider => provider.GetRequiredService<IdentityProviderDesk>().SaveAsync(organisation.Id, new WantedProvider(issuer ?? Host.Issuer, OpenIdHost.ClientId, OpenIdHost.Secret, isOursAlone, true, 0), CancellationToken.None), organisation.Id);

    /// <summary>Types the address and is led to the provider; the address there.</summary>
    internal static async Task<Uri> LeaveAsync(PortalVisitor visitor, string address, string page = "/sign-in?return=%2Fpeople")
    {
        using var answer = await visitor.PostAsync(page, "sign-in", false, ("address", address), ("through", "provider"));
        var html = await answer.Content.ReadAsStringAsync();
        return new Uri(WebUtility.HtmlDecode(Link().Match(html).Groups[1].Value is { Length: > 0 } found ? found : throw new InvalidOperationException(html)));
    }

    /// <summary>What the provider answers at that address: path and query of the way back.</summary>
    internal async Task<string> AnswerAsync(Uri there)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(Host.RootFile);
        using var client = new HttpClient(handler);
        using var answer = await client.GetAsync(there);
        return answer.Headers.Location?.PathAndQuery ?? throw new InvalidOperationException($"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>Signs in through the provider as whoever is signed in there.</summary>
    internal async Task<HttpResponseMessage> SignInAsync(PortalVisitor visitor, string address) => await visitor.GetAsync(await AnswerAsync(await LeaveAsync(visitor, address)));

    [GeneratedRegex("href=\"([^\"]+)\" data-provider")]
    private static partial Regex Link();
}
