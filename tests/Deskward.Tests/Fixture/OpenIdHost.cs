using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;

namespace Deskward.Fixture;

/// <summary>Somebody who is signed in at the identity provider.</summary>
internal sealed record OpenIdPerson(string Subject, string Address, bool? IsVerified = true, params string[] Methods);

/// <summary>
/// A real OpenID Connect provider (OpenIddict) on HTTPS, with a certificate of an authority of its own. Who is signed in there is what the test says; the
/// protocol is the provider's.
/// </summary>
internal sealed class OpenIdHost : IAsyncDisposable
{
    internal const string ClientId = "deskward";
    internal const string Secret = "Client-Horse-7-Battery";
    private readonly WebApplication _app;
    private readonly SqliteConnection _database;

    private OpenIdHost(WebApplication app, SqliteConnection database, string issuer, string rootFile) => (_app, _database, Issuer, RootFile) = (app, database, issuer, rootFile);

    internal string Issuer { get; }

    internal string RootFile { get; }

    /// <summary>Who is signed in there.</summary>
    internal OpenIdPerson Person { get; set; } = new("s-1", "alice@contoso.example");

    private OpenIddictServerOptions Options => _app.Services.GetRequiredService<IOptionsMonitor<OpenIddictServerOptions>>().CurrentValue;

    /// <param name="redirect">Where the service is reached: the address that is registered.</param>
    internal static async Task<OpenIdHost> StartAsync(Uri redirect)
    {
        var issuer = string.Create(CultureInfo.InvariantCulture, $"https://localhost:{PostgresServer.FreePort()}/");
        var certificate = LocalCertificate.Make();
        var root = Path.Combine(Directory.CreateTempSubdirectory("deskward-openid-").FullName, "root.pem");
        await File.WriteAllTextAsync(root, certificate.ExportCertificatePem());
        var database = new SqliteConnection("Data Source=:memory:");
        await database.OpenAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(new Uri(issuer).Port, listen => listen.UseHttps(certificate)));
        builder.Logging.SetMinimumLevel(LogLevel.None);
        OpenIdHost? host = null;
        AddServices(builder.Services, database);
        var app = builder.Build();
        app.UseAuthentication();
        app.MapGet("/authorize", context => AuthorizeAsync(context, host!));
        host = new OpenIdHost(app, database, issuer, root);
        await host.RegisterAsync(redirect);
        await app.StartAsync();
        return host;
    }

    /// <summary>The provider signs with a new key from now on; the old one is gone.</summary>
    internal void RollOver()
    {
        Options.SigningCredentials.Clear();
        Options.SigningCredentials.Add(NewKey());
    }

    /// <summary>A token with the provider's own signature that says what the test wants.</summary>
    internal string Sign(Action<Dictionary<string, object>, SecurityTokenDescriptor> change, SigningCredentials? credentials = null)
    {
        Dictionary<string, object> claims = new() { ["sub"] = Person.Subject, ["email"] = Person.Address, ["email_verified"] = true };
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = Issuer, Audience = ClientId, IssuedAt = TimeProvider.System.GetUtcNow().UtcDateTime, Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(5), Claims = claims,
            SigningCredentials = credentials ?? Options.SigningCredentials[0],
        };
        change(claims, descriptor);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor);
    }

    internal static SigningCredentials NewKey() => new(new RsaSecurityKey(RunKeys.Pcs.Next()) { KeyId = Guid.CreateVersion7().ToString("n") }, SecurityAlgorithms.RsaSha256);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static void AddServices(IServiceCollection services, SqliteConnection database)
    {
        services.AddDbContext<DbContext>(options => options.UseSqlite(database).UseOpenIddict());
        services.AddAuthentication();
        services.AddOpenIddict().AddCore(core => core.UseEntityFrameworkCore().UseDbContext<DbContext>()).AddServer(server =>
        {
            server.SetAuthorizationEndpointUris("authorize").SetTokenEndpointUris("token").AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange().RegisterScopes("email", "profile");
            server.AddEncryptionKey(new RsaSecurityKey(RunKeys.Pcs.Next())).Configure(options => options.SigningCredentials.Add(NewKey()));
            server.UseAspNetCore().EnableAuthorizationEndpointPassthrough();
        });
    }

    private async Task RegisterAsync(Uri redirect)
    {
        await using var scope = _app.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<DbContext>().Database.EnsureCreatedAsync();
        await scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>().CreateAsync(new OpenIddictApplicationDescriptor
        {
            ClientId = ClientId, ClientSecret = Secret, RedirectUris = { redirect },
            Permissions =
            {
                OpenIddictConstants.Permissions.Endpoints.Authorization, OpenIddictConstants.Permissions.Endpoints.Token, OpenIddictConstants.Permissions.GrantTypes.AuthorizationCode,
                OpenIddictConstants.Permissions.ResponseTypes.Code, OpenIddictConstants.Permissions.Scopes.Email, OpenIddictConstants.Permissions.Scopes.Profile,
            },
        });
    }

    private static Task AuthorizeAsync(HttpContext context, OpenIdHost host)
    {
        var (person, request) = (host.Person, context.GetOpenIddictServerRequest()!);
        var identity = new ClaimsIdentity("host", OpenIddictConstants.Claims.Name, OpenIddictConstants.Claims.Role);
        identity.SetClaim(OpenIddictConstants.Claims.Subject, person.Subject).SetClaim(OpenIddictConstants.Claims.Email, person.Address).SetClaim("auth_time", TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        if (person.IsVerified is { } verified)
        {
            identity.SetClaim(OpenIddictConstants.Claims.EmailVerified, verified);
        }

        identity.AddClaims(person.Methods.Select(method => new Claim("amr", method)));
        identity.SetScopes(request.GetScopes());
        identity.SetDestinations(_ => [OpenIddictConstants.Destinations.IdentityToken]);
        return context.SignInAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme, new ClaimsPrincipal(identity));
    }
}
