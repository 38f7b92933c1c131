using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Deskward.Fixture;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Certificates;

public sealed class AuthoritiesTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Customers_have_authorities_of_their_own_under_one_root(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var (contoso, fabrikam) = (await service.AddCustomerAsync(), await service.AddCustomerAsync());
        var authorities = service.Provider.GetRequiredService<Authorities>();
        var (one, two) = (await authorities.ForAsync(contoso.Id, CancellationToken.None), await authorities.ForAsync(fabrikam.Id, CancellationToken.None));
        Assert.NotEqual(one.Id, two.Id);
        Assert.Equal(one.Root, two.Root);
        Assert.Same(one, await authorities.ForAsync(contoso.Id, CancellationToken.None));
        Assert.True(IsChain(one.Intermediate, one.Root));
        Assert.Equal([one.Id], await service.QueryAsync(db => db.Set<Authority>().Select(row => row.Id).ToListAsync(), contoso.Id));
    }

    [Fact]
    public async Task Two_nodes_that_need_an_authority_at_once_make_one()
    {
        var settings = await services.NewDatabaseAsync(Engine.Postgres);
        await using var one = await TestService.StartAsync(settings);
        await using var two = await TestService.StartAsync(Moved(settings));
        await one.ProviderAsync();
        var customer = await one.AddCustomerAsync();
        var made = await Task.WhenAll(new[] { one, two }.Select(node => node.Provider.GetRequiredService<Authorities>().ForAsync(customer.Id, CancellationToken.None).AsTask()));
        Assert.Equal(made[0].Intermediate, made[1].Intermediate);
        Assert.Equal(2, await one.QueryAsync(db => db.Set<Authority>().CountAsync()));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task What_the_database_holds_of_a_key_opens_with_the_service_key_alone(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var customer = await service.AddCustomerAsync();
        var authority = await service.Provider.GetRequiredService<Authorities>().ForAsync(customer.Id, CancellationToken.None);
        var row = await service.QueryAsync(db => db.Set<Authority>().SingleAsync(), customer.Id);
        using var key = AuthorityMaker.Unwrap(service.Provider.GetRequiredService<ServiceKey>(), row);
        var plain = key.ExportPkcs8PrivateKey();
        Assert.True(row.WrappedKey.AsSpan().IndexOf(plain.AsSpan(^64..)) < 0);
        var other = ServiceKey.Load(Path.Combine(Directory.CreateTempSubdirectory().FullName, "other.key"), create: true);
        Assert.ThrowsAny<CryptographicException>(() => AuthorityMaker.Unwrap(other, row));
        Assert.Equal(authority.Id, row.Id);
    }

    [Fact]
    public async Task An_authority_that_cannot_cover_another_year_gets_a_successor_under_the_same_root()
    {
        await using var service = await services.FreshAsync(Engine.Sqlite);
        await service.ProviderAsync();
        var customer = await service.AddCustomerAsync();
        var authorities = service.Provider.GetRequiredService<Authorities>();
        var before = await authorities.ForAsync(customer.Id, CancellationToken.None);
        service.Time.Advance(AuthorityMaker.IssuingLife - TimeSpan.FromDays(700));
        var after = await authorities.ForAsync(customer.Id, CancellationToken.None);
        Assert.NotEqual(before.Id, after.Id);
        Assert.Equal(before.Root, after.Root);
    }

    private static ServiceSettings Moved(ServiceSettings settings)
    {
        var other = TestService.NewSettings();
        return settings with { PublicUrl = other.PublicUrl, ManagementUrl = other.ManagementUrl, Data = other.Data, KeyFile = settings.KeyPath };
    }

    private static bool IsChain(byte[] intermediate, byte[] root)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificate(root));
        using var leaf = X509CertificateLoader.LoadCertificate(intermediate);
        return chain.Build(leaf);
    }
}
