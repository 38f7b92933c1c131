using System.Net;
using System.Security.Cryptography.X509Certificates;
using Deskward.Certificates;
using Deskward.Fixture;
using Deskward.RawClient;
using Xunit;

namespace Deskward.Enrollment;

/// <summary>Renewal behind a proxy that ends TLS and tells which certificate it saw.</summary>
public sealed class RenewalProxyTests(Services services)
{
    private static readonly IPNetwork[] Loopback = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];
    private static readonly IPNetwork[] Elsewhere = [IPNetwork.Parse("10.0.0.0/8")];

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task The_certificate_that_a_trusted_proxy_saw_must_be_the_signers(Engine engine)
    {
        await using var service = await services.FreshAsync(engine, settings => settings with { TrustedProxies = Loopback });
        await using var ground = await EnrolmentGround.OnAsync(service);
        using var other = await ground.EnrolledAsync();
        using var pc = await DueAsync(ground);
        foreach (var url in new[] { ground.EnrolmentUrl, ground.RenewalUrl })
        {
            Assert.Equal("Authorization", (await RenewAsync(ground, pc, url, ("Client-Cert", Standard(other.Certificate!)))).Fault());
            Assert.Equal("Authorization", (await RenewAsync(ground, pc, url, ("X-Client-Cert", Pem(other.Certificate!)))).Fault());
            Assert.Equal("Authorization", (await RenewAsync(ground, pc, url, ("Client-Cert", "nonsense"))).Fault());
            Assert.Equal("Authorization", (await RenewAsync(ground, pc, url, ("Client-Cert", Standard(pc.Certificate!)), ("X-Client-Cert", Pem(other.Certificate!)))).Fault());
        }

        Assert.Equal(2, await ground.CountAsync<IssuedCertificate>(row => true));
        Assert.Equal(200, (await RenewAsync(ground, pc, ground.RenewalUrl, ("X-Client-Cert", Pem(pc.Certificate!)))).Status);
        Assert.Equal(200, (await RenewAsync(ground, pc, ground.EnrolmentUrl, ("Client-Cert", Standard(pc.Certificate!)))).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_header_from_elsewhere_says_nothing(bool trustsOthers)
    {
        await using var service = await services.FreshAsync(Engine.Sqlite, settings => settings with { TrustedProxies = trustsOthers ? Elsewhere : [] });
        await using var ground = await EnrolmentGround.OnAsync(service);
        using var other = await ground.EnrolledAsync();
        using var pc = await DueAsync(ground);
        Assert.Equal(200, (await RenewAsync(ground, pc, ground.EnrolmentUrl, ("Client-Cert", Standard(other.Certificate!)))).Status);
    }

    private static async Task<RawPc> DueAsync(EnrolmentGround ground)
    {
        var pc = await ground.EnrolledAsync();
        ground.Service.Time.Advance(TimeSpan.FromDays(310));
        pc.TakeNewKey();
        return pc;
    }

    private static async Task<RawAnswer> RenewAsync(EnrolmentGround ground, RawPc pc, Uri url, params (string Name, string Value)[] headers)
    {
        using var http = ground.Service.Client();
        headers.ToList().ForEach(header => http.DefaultRequestHeaders.TryAddWithoutValidation(header.Name, header.Value));
        return await RawPc.PostAsync(http, url, pc.RenewMessage(url));
    }

    private static string Standard(X509Certificate2 certificate) => $":{Convert.ToBase64String(certificate.RawData)}:";

    private static string Pem(X509Certificate2 certificate) => Uri.EscapeDataString(certificate.ExportCertificatePem());
}
