using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Deskward.Fixture;
using Deskward.Platform;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Certificates;

public sealed class DeviceCertificatesTests(Services services)
{
    private static readonly RSA Key = RSA.Create(2048);

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_certificate_is_for_client_authentication_begins_now_and_lives_a_year(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var customer = await service.AddCustomerAsync();
        var issued = await IssueAsync(service, customer, Guid.CreateVersion7());
        using var certificate = X509CertificateLoader.LoadCertificate(issued.Certificate);
        Assert.Equal($"CN={issued.DeviceId:D}", certificate.Subject);
        Assert.Equal(["1.3.6.1.5.5.7.3.2"], certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<Oid>().Select(oid => oid.Value!));
        Assert.InRange(service.Time.Now() - issued.NotBefore, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(7));
        Assert.InRange(issued.NotAfter - issued.NotBefore, TimeSpan.FromDays(365), TimeSpan.FromDays(366));
        Assert.Equal(Key.ExportSubjectPublicKeyInfo(), certificate.PublicKey.ExportSubjectPublicKeyInfo());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task The_predecessor_counts_until_its_successor_is_seen(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var (customer, device) = (await service.AddCustomerAsync(), Guid.CreateVersion7());
        var first = await IssueAsync(service, customer, device);
        var second = await IssueAsync(service, customer, device, first);
        Assert.Null((await FindAsync(service, first)).RevokedAt);
        await SeenAsync(service, second);
        var (before, after) = (await FindAsync(service, first), await FindAsync(service, second));
        Assert.Equal("superseded", before.RevocationReason);
        Assert.NotNull(after.FirstSeenAt);
        Assert.Null(after.RevokedAt);
    }

    [Fact]
    public async Task Seeing_the_predecessor_late_leaves_the_successor_valid()
    {
        var service = await services.SharedAsync(Engine.Sqlite);
        var (customer, device) = (await service.AddCustomerAsync(), Guid.CreateVersion7());
        var first = await IssueAsync(service, customer, device);
        var second = await IssueAsync(service, customer, device, first);
        await SeenAsync(service, first);
        Assert.Null((await FindAsync(service, second)).RevokedAt);
    }

    [Fact]
    public async Task A_revocation_is_heard_on_the_other_node_within_a_second()
    {
        var settings = await services.NewDatabaseAsync(Engine.Postgres);
        await using var one = await TestService.StartAsync(settings);
        var moved = TestService.NewSettings() with { Database = settings.Database, OwnerDatabase = settings.OwnerDatabase, KeyFile = settings.KeyPath };
        await using var two = await TestService.StartAsync(moved);
        await one.ProviderAsync();
        var issued = await IssueAsync(one, await one.AddCustomerAsync(), Guid.CreateVersion7());
        var heard = new TaskCompletionSource();
        two.Provider.GetRequiredService<ChangeFeed>().Changed += change => _ = change == new Change("certificate", issued.TenantId, issued.Id) && heard.TrySetResult();
        await Task.Delay(300, TestContext.Current.CancellationToken);
        await RevokeAsync(one, issued);
        await heard.Task.WaitAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Only_the_issued_bytes_are_recognised(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var issued = await IssueAsync(service, await service.AddCustomerAsync(), Guid.CreateVersion7());
        using var real = X509CertificateLoader.LoadCertificate(issued.Certificate);
        var forger = new CertificateRequest(real.SubjectName, Key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var forged = forger.Create(real.IssuerName, X509SignatureGenerator.CreateForRSA(Key, RSASignaturePadding.Pkcs1), real.NotBefore, real.NotAfter, real.SerialNumberBytes.ToArray());
        Assert.Equal(real.SerialNumber, forged.SerialNumber);
        Assert.Null(await RecogniseAsync(service, forged.RawData));
        Assert.Equal(issued.Id, (await RecogniseAsync(service, issued.Certificate))?.Id);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task The_list_of_one_customer_holds_nothing_of_another(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var (contoso, fabrikam) = (await service.AddCustomerAsync(), await service.AddCustomerAsync());
        var (own, other) = (await IssueAsync(service, contoso, Guid.CreateVersion7()), await IssueAsync(service, fabrikam, Guid.CreateVersion7()));
        var list = await service.InScopeAsync(provider => provider.GetRequiredService<DeviceCertificates>().ListAsync(null, 0, 100, CancellationToken.None), contoso.Id);
        Assert.Equal([own.Id], list.Select(view => view.Id));
        Assert.Empty(await service.InScopeAsync(
            provider => provider.GetRequiredService<DeviceCertificates>().ListAsync(other.DeviceId, 0, 100, CancellationToken.None), contoso.Id));
    }

    private static async Task<IssuedCertificate> IssueAsync(TestService service, Organisation customer, Guid device, IssuedCertificate? renews = null)
    {
        var authority = await service.Provider.GetRequiredService<Authorities>().ForAsync(customer.Id, CancellationToken.None);
        return await service.InScopeAsync(
            async provider =>
            {
                var issued = provider.GetRequiredService<DeviceCertificates>().Issue(authority, device, Key.ExportSubjectPublicKeyInfo(), renews);
                await provider.GetRequiredService<DeskwardContext>().SaveChangesAsync();
                return issued;
            },
            customer.Id);
    }

    private static Task<IssuedCertificate> FindAsync(TestService service, IssuedCertificate issued) =>
        service.QueryAsync(db => db.Set<IssuedCertificate>().SingleAsync(row => row.Id == issued.Id), issued.TenantId);

    private static async Task<IssuedCertificate?> RecogniseAsync(TestService service, byte[] der)
    {
        await using var scope = service.Provider.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<DeviceCertificates>().RecogniseAsync(der, CancellationToken.None);
    }

    private static Task<int> SeenAsync(TestService service, IssuedCertificate issued) => ChangeAsync(service, issued, (all, row) => all.SeenAsync(row, CancellationToken.None));

    private static Task<int> RevokeAsync(TestService service, IssuedCertificate issued) => ChangeAsync(service, issued, (all, row) =>
    {
        all.Revoke(row, RevocationReason.Revoked);
        return Task.CompletedTask;
    });

    private static Task<int> ChangeAsync(TestService service, IssuedCertificate issued, Func<DeviceCertificates, IssuedCertificate, Task> change) => service.InScopeAsync(
        async provider =>
        {
            var db = provider.GetRequiredService<DeskwardContext>();
            await change(provider.GetRequiredService<DeviceCertificates>(), await db.Set<IssuedCertificate>().SingleAsync(row => row.Id == issued.Id));
            return await db.SaveChangesAsync();
        },
        issued.TenantId);
}
