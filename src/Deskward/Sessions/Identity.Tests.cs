using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Deskward.Certificates;
using Deskward.Fixture;
using Deskward.Simulator;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Deskward.Sessions;

public sealed class IdentityTests(Services services)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_any_credential_the_answer_is_401() =>
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(await services.SharedAsync(Engine.Sqlite), null, Body("PC")));

    [Fact]
    public async Task A_certificate_that_we_did_not_issue_is_refused()
    {
        using var foreign = SelfSigned("CN=foreign");
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(await services.SharedAsync(Engine.Sqlite), foreign, Body("PC")));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_pc_cannot_speak_in_the_name_of_another(Engine engine)
    {
        var pcs = await ManagedPcs.NewAsync(services, engine);
        using var pc = await pcs.EnrolAsync();
        using var other = await pcs.EnrolAsync();
        using var identity = ManagedPcs.IdentityOf(pc);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(pcs.Service, identity, Body(pc.Identity.DeviceId)));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(pcs.Service, identity, Body(other.Identity.DeviceId)));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_revoked_certificate_is_refused_at_once(Engine engine)
    {
        var pcs = await ManagedPcs.NewAsync(services, engine);
        using var pc = await pcs.EnrolAsync();
        await pc.SyncAsync(Stop);
        Assert.Equal(SyncOutcome.Completed, (await pc.SyncAsync(Stop)).Outcome);
        var id = (await pcs.DeviceAsync(pc)).Id;
        await pcs.Service.InScopeAsync(
            async provider =>
            {
                var certificates = (DeviceCertificates)provider.GetService(typeof(DeviceCertificates))!;
                await certificates.RevokeAllAsync(id, RevocationReason.Revoked, Stop);
                return await ((Platform.DeskwardContext)provider.GetService(typeof(Platform.DeskwardContext))!).SaveChangesAsync(Stop);
            },
            pcs.Customer.Id);
        Assert.Equal(403, (await pc.SyncAsync(Stop)).HttpStatus);
    }

    [Fact]
    public async Task A_signed_message_needs_no_client_certificate()
    {
        var (service, pc, identity) = await SignerAsync();
        var body = Body(pc.Identity.DeviceId);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(service, null, body, ("MS-Signature", Sign(body, identity, service.Time.GetUtcNow()))));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(service, null, body, ("MDM-Signature", Sign(body, identity, service.Time.GetUtcNow()))));
    }

    [Fact]
    public async Task A_signature_over_another_body_is_refused()
    {
        var (service, pc, identity) = await SignerAsync();
        var signature = Sign(Body(pc.Identity.DeviceId, "2"), identity, service.Time.GetUtcNow());
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(service, null, Body(pc.Identity.DeviceId), ("MS-Signature", signature)));
    }

    [Theory]
    [InlineData(-11)]
    [InlineData(11)]
    public async Task A_signature_outside_its_time_window_is_refused(int minutes)
    {
        var (service, pc, identity) = await SignerAsync();
        var body = Body(pc.Identity.DeviceId);
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(service, null, body, ("MS-Signature", Sign(body, identity, service.Time.GetUtcNow().AddMinutes(minutes)))));
    }

    [Fact]
    public void A_signature_counts_once()
    {
        using var identity = SelfSigned("CN=PC");
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        var (signatures, body) = (new MessageSignature(time), Body("PC"));
        var header = Sign(body, identity, time.GetUtcNow());
        Assert.Equal(identity.GetCertHash(HashAlgorithmName.SHA256), signatures.Verify(header, body).Signer);
        Assert.Equal(IdentityRefusal.None, signatures.Verify(header, body).Refusal);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(IdentityRefusal.SignatureReplayed, signatures.Verify(header, body).Refusal);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("AAAA")]
    [InlineData("MIIB")]
    public async Task A_damaged_signature_is_refused(string header) =>
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(await services.SharedAsync(Engine.Sqlite), null, Body("PC"), ("MS-Signature", header)));

    [Fact]
    public async Task A_certificate_header_from_no_trusted_proxy_is_refused()
    {
        var (service, pc, identity) = await SignerAsync();
        var header = (Name: "Client-Cert", Value: $":{Convert.ToBase64String(identity.RawData)}:");
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(service, null, Body(pc.Identity.DeviceId), header));
    }

    [Theory]
    [InlineData("Client-Cert")]
    [InlineData("X-Client-Cert")]
    public async Task A_certificate_header_from_a_trusted_proxy_is_believed(string name)
    {
        await using var service = await services.FreshAsync(Engine.Sqlite, settings => settings with { TrustedProxies = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")] });
        var pcs = await ManagedPcs.NewAsync(service);
        using var pc = await pcs.EnrolAsync();
        using var identity = ManagedPcs.IdentityOf(pc);
        var value = name == "Client-Cert" ? $":{Convert.ToBase64String(identity.RawData)}:" : Uri.EscapeDataString(identity.ExportCertificatePem());
        Assert.Equal(HttpStatusCode.OK, await PostAsync(service, null, Body(pc.Identity.DeviceId), (name, value)));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(service, null, Body("SOMEBODY"), (name, value)));
    }

    [Fact]
    public async Task What_is_no_syncml_is_refused_in_form()
    {
        var (service, _, identity) = await SignerAsync();
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await PostAsync(service, identity, Body("PC"), type: "application/vnd.syncml.dm+wbxml"));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(service, identity, "<SyncML"u8.ToArray()));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync(service, identity, new byte[5 * 1024 * 1024]));
    }

    internal static byte[] Body(string source, string session = "1") => Encoding.UTF8.GetBytes(
        $"<SyncML xmlns=\"SYNCML:SYNCML1.2\"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>{session}</SessionID><MsgID>1</MsgID><Target><LocURI>https://mdm</LocURI></Target>"
        + $"<Source><LocURI>{source}</LocURI></Source></SyncHdr><SyncBody><Alert><CmdID>2</CmdID><Data>1201</Data></Alert><Final/></SyncBody></SyncML>");

    internal static async Task<HttpStatusCode> PostAsync(TestService service, X509Certificate2? certificate, byte[] body, (string Name, string Value)? header = null, string type = "application/vnd.syncml.dm+xml")
    {
        using var client = service.Client(certificate);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(service.ManagementUrl, ManagementEndpoint.Path + "?mode=Maintenance")) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        request.Headers.ExpectContinue = body.Length > 1024 * 1024;
        if (header is { } extra)
        {
            request.Headers.TryAddWithoutValidation(extra.Name, extra.Value);
        }

        using var response = await client.SendAsync(request, Stop);
        Assert.Equal(response.IsSuccessStatusCode, response.Content.Headers.ContentLength > 0);
        return response.StatusCode;
    }

    private async Task<(TestService Service, VirtualPc Pc, X509Certificate2 Identity)> SignerAsync()
    {
        var pcs = await ManagedPcs.NewAsync(services, Engine.Sqlite);
        var pc = await pcs.EnrolAsync();
        return (pcs.Service, pc, ManagedPcs.IdentityOf(pc));
    }

    private static string Sign(byte[] body, X509Certificate2 identity, DateTimeOffset at)
    {
        var cms = new SignedCms(new ContentInfo(body), detached: true);
        var signer = new CmsSigner(identity) { IncludeOption = X509IncludeOption.EndCertOnly, DigestAlgorithm = new Oid("2.16.840.1.101.3.4.2.1") };
        signer.SignedAttributes.Add(new Pkcs9SigningTime(at.UtcDateTime));
        cms.ComputeSignature(signer);
        return Convert.ToBase64String(cms.Encode());
    }

    private static X509Certificate2 SelfSigned(string name)
    {
        using var key = RSA.Create(2048);
        var made = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(80));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
