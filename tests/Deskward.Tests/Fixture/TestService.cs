using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Deskward.Certificates;
using Deskward.Identity;
using Deskward.Identity.Factors;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Deskward.Fixture;

/// <summary>Which database a test runs on.</summary>
public enum Engine
{
    Sqlite,
    Postgres,
}

/// <summary>A node of the service as it is in production: two HTTPS listeners on loopback, a real database, in this process.</summary>
public sealed class TestService : IAsyncDisposable
{
    /// <summary>Of <see cref="Password"/>, with few rounds: thousands of people sign in.</summary>
    private static readonly string s_hash = new PasswordHasher<Person>(Options.Create(new PasswordHasherOptions { IterationCount = 1_000 })).HashPassword(new Person(), Password);
    private readonly WebApplication _app;
    private int _disposed;

    private TestService(WebApplication app, ServiceSettings settings, ShiftedTime time) => (_app, Settings, Time) = (app, settings, time);

    internal ServiceSettings Settings { get; }

    /// <summary>The service's clock: real, but it can be moved forward.</summary>
    public ShiftedTime Time { get; }

    public IServiceProvider Provider => _app.Services;

    public Uri PublicUrl => Settings.PublicUrl;

    public Uri ManagementUrl => Settings.ManagementUrl;

    /// <summary>The discovery address that PCs are told.</summary>
    public Uri DiscoveryUrl => new(PublicUrl, "/EnrollmentServer/Discovery.svc");

    /// <summary>What a PC must trust before it enrols.</summary>
    public X509Certificate2 TlsRoot => X509CertificateLoader.LoadCertificateFromFile(Path.Combine(Settings.Data, "tls", "root.pem"));

    /// <summary>Starts a node on a database that has the schema.</summary>
    internal static async Task<TestService> StartAsync(ServiceSettings settings, ShiftedTime? time = null, Action<IServiceCollection>? more = null)
    {
        var clock = time ?? new ShiftedTime();
        var app = ServiceHost.Build(settings, services =>
        {
            services.AddSingleton<TimeProvider>(clock);
            services.AddSingleton<NewAuthorityKey>(RunKeys.Authorities.Next);
            services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.EntityFrameworkCore", LogLevel.None));
            more?.Invoke(services);
        });
        await app.StartAsync();
        return new TestService(app, settings, clock);
    }

    /// <summary>New settings with free ports and a folder of their own.</summary>
    internal static ServiceSettings NewSettings() => new()
    {
        Data = Directory.CreateTempSubdirectory("deskward-data-").FullName,
        PublicUrl = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://localhost:{PostgresServer.FreePort()}")),
        ManagementUrl = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://localhost:{PostgresServer.FreePort()}")),
    };

    /// <summary>A client that trusts the service's TLS root alone, follows no redirects, and shows <paramref name="certificate"/> when asked.</summary>
    public HttpClient Client(X509Certificate2? certificate = null, bool cookies = false)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = cookies };
        var root = TlsRoot;
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(root);
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [certificate];
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }

        return new HttpClient(handler) { BaseAddress = PublicUrl };
    }

    /// <summary>Runs work in a scope of its own with these organisations open; all of them when none is named.</summary>
    public async Task<T> InScopeAsync<T>(Func<IServiceProvider, Task<T>> work, params Guid[] tenants)
    {
        await using var scope = Provider.CreateAsyncScope();
        if (tenants.Length == 0)
        {
            await scope.ServiceProvider.GetRequiredService<OrganisationDirectory>().OpenAllAsync(CancellationToken.None);
        }
        else
        {
            scope.ServiceProvider.GetRequiredService<TenantScope>().Open(tenants);
        }

        return await work(scope.ServiceProvider);
    }

    /// <summary>Queries with these organisations open.</summary>
    public Task<T> QueryAsync<T>(Func<DeskwardContext, Task<T>> query, params Guid[] tenants) =>
        InScopeAsync(provider => query(provider.GetRequiredService<DeskwardContext>()), tenants);

    /// <summary>A customer of its own for a test, with a domain nobody else uses.</summary>
    public async Task<Organisation> AddCustomerAsync(string name = "Contoso")
    {
        var unique = Guid.CreateVersion7().ToString("n")[^12..];
        return await InScopeAsync(async provider =>
        {
            var directory = provider.GetRequiredService<OrganisationDirectory>();
            var added = await directory.AddAsync(OrganisationKind.Customer, $"{name} {unique}", $"{unique}.example", CancellationToken.None);
            return added.IsRefused ? throw new InvalidOperationException(added.Refusal.Message) : added.Value;
        });
    }

    /// <summary>The provider of this database; made when absent.</summary>
    public async Task<Organisation> ProviderAsync() => await InScopeAsync(async provider =>
    {
        var db = provider.GetRequiredService<DeskwardContext>();
        if (await db.Set<Organisation>().SingleOrDefaultAsync(row => row.Kind == OrganisationKind.Provider) is { } existing)
        {
            return existing;
        }

        var added = await provider.GetRequiredService<OrganisationDirectory>().AddAsync(OrganisationKind.Provider, "Northwind", "northwind.example", CancellationToken.None);
        return added.IsRefused ? throw new InvalidOperationException(added.Refusal.Message) : added.Value;
    });

    /// <summary>A person with a password (<see cref="Password"/>); one of the provider also has an authenticator app, because without one nothing opens.</summary>
    public Task<Person> AddPersonAsync(Organisation organisation, string name, params Role[] roles) => InScopeAsync(async provider =>
    {
        var address = $"{name}@{organisation.Domain}";
        var person = new Person
        {
            TenantId = organisation.Id, DisplayName = name, Roles = RoleSet.Of(roles), UserName = address, NormalizedUserName = address.ToUpperInvariant(), Email = address,
            NormalizedEmail = address.ToUpperInvariant(), SecurityStamp = Guid.CreateVersion7().ToString(),
        };
        person.PasswordHash = s_hash;
        person.RefreshSearch();
        var db = provider.GetRequiredService<DeskwardContext>();
        db.Add(person);
        db.AddRange(roles.Select(role => new RoleAssignment { TenantId = organisation.Id, PersonId = person.Id, Role = role, Since = DateTimeOffset.UnixEpoch }));
        await db.SaveChangesAsync();
        if (organisation.Kind == OrganisationKind.Provider)
        {
            await AddAppAsync(person);
        }

        return person;
    });

    /// <summary>Gives a person an authenticator app, whose codes <see cref="CodeAsync"/> tells.</summary>
    public Task<int> AddAppAsync(Person person) => InScopeAsync(provider =>
    {
        var db = provider.GetRequiredService<DeskwardContext>();
        var secret = AuthenticatorApps.Wrap(provider.GetRequiredService<ServiceKey>(), person.Id, AppSecret);
        db.Add(new Authenticator { PersonId = person.Id, TenantId = person.TenantId, WrappedSecret = secret, Since = DateTimeOffset.UnixEpoch });
        return db.SaveChangesAsync();
    }, person.TenantId);

    /// <summary>
    /// What the person's authenticator app shows now. A code is good once, so the service first forgets which one it saw last: tests sign the same person
    /// in more often than every 30 seconds.
    /// </summary>
    public Task<string> CodeAsync(string address) => InScopeAsync(async provider =>
    {
        var db = provider.GetRequiredService<DeskwardContext>();
        var person = await db.Set<Person>().SingleAsync(row => row.UserName == address);
        await db.Set<Authenticator>().Where(row => row.PersonId == person.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.LastStep, 0));
        return Totp.Code(AppSecret, Totp.StepAt(Time.GetUtcNow()));
    });

    /// <summary>The secret of every authenticator app that the fixture sets up.</summary>
    internal static byte[] AppSecret { get; } = Totp.FromBase32("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP");

    /// <summary>The password of every person the fixture makes.</summary>
    public const string Password = "Correct-Horse-7-Battery";

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>The real clock, moved forward by what the test says; timers run in real time.</summary>
public sealed class ShiftedTime : TimeProvider
{
    private long _shift;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _shift));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _shift, by.Ticks);
}
