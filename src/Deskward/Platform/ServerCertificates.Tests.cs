using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Deskward.Fixture;
using Xunit;

namespace Deskward.Platform;

public sealed class ServerCertificatesTests(Services services)
{
    private readonly string _folder = Directory.CreateTempSubdirectory("deskward-sni-").FullName;

    [Fact]
    public async Task The_certificate_is_chosen_by_the_name_the_client_asks_for()
    {
        await using var service = await services.FreshAsync(Engine.Sqlite, WithCertificates("one.example", "two.example"));
        Assert.Equal("CN=two.example", (await ShownAsync(service.PublicUrl, "two.example")).Subject);
        Assert.Equal("CN=one.example", (await ShownAsync(service.ManagementUrl, "one.example")).Subject);
        Assert.Equal("CN=one.example", (await ShownAsync(service.PublicUrl, "other.example")).Subject);
    }

    [Fact]
    public async Task A_changed_file_is_read_while_the_service_runs_and_a_damaged_one_changes_nothing()
    {
        await using var service = await services.FreshAsync(Engine.Sqlite, WithCertificates("one.example"));
        var before = (await ShownAsync(service.PublicUrl, "one.example")).Thumbprint;
        await File.WriteAllTextAsync(Path.Combine(_folder, "one.example.pem"), "damaged", TestContext.Current.CancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        Assert.Equal(before, (await ShownAsync(service.PublicUrl, "one.example")).Thumbprint);
        Write("one.example");
        var patience = TimeProvider.System.GetUtcNow().AddSeconds(30);
        while ((await ShownAsync(service.PublicUrl, "one.example")).Thumbprint == before && TimeProvider.System.GetUtcNow() < patience)
        {
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        Assert.NotEqual(before, (await ShownAsync(service.PublicUrl, "one.example")).Thumbprint);
    }

    private Func<ServiceSettings, ServiceSettings> WithCertificates(params string[] names) =>
        settings => settings with { TlsCertificates = [.. names.Select(name => new TlsCertificateFile(Write(name), null))] };

    private string Write(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        alternatives.AddDnsName(name);
        request.CertificateExtensions.Add(alternatives.Build());
        using var made = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(30));
        var file = Path.Combine(_folder, name + ".pem");
        File.WriteAllText(file, made.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        return file;
    }

    private static async Task<X509Certificate2> ShownAsync(Uri url, string name)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(url.Host, url.Port, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = name, RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null }, TestContext.Current.CancellationToken);
        return X509CertificateLoader.LoadCertificate(tls.RemoteCertificate!.GetRawCertData());
    }
}
