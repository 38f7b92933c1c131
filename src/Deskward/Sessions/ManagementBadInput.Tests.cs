using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Deskward.Fixture;
using Xunit;

namespace Deskward.Sessions;

/// <summary>Bodies that are too long or too slow, on the listener of the managed PCs.</summary>
public sealed class ManagementBadInputTests(Services services)
{
    private const int TenMegabytes = 10 << 20;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Ten_megabytes_are_refused_before_they_are_sent_and_the_pc_goes_on(Engine engine)
    {
        var (pcs, pc, identity) = await PcAsync(engine);
        using (identity)
        using (pc)
        {
            using var refused = await SendAsync(pcs.Service, identity, new ByteArrayContent(new byte[TenMegabytes]), isChunked: false);
            Assert.Equal((HttpStatusCode.RequestEntityTooLarge, (long?)0), (refused.StatusCode, refused.Content.Headers.ContentLength));
            Assert.Equal(Simulator.SyncOutcome.Completed, (await pc.SyncAsync(Stop)).Outcome);
        }
    }

    [Fact]
    public async Task Ten_megabytes_that_nobody_announced_are_cut_off()
    {
        var (pcs, pc, identity) = await PcAsync(Engine.Sqlite);
        using (identity)
        using (pc)
        {
            // Whether the client gets to read the answer, or only sees the connection end while it still writes, is a race.
            var outcome = await Record.ExceptionAsync(async () =>
            {
                using var refused = await SendAsync(pcs.Service, identity, new StreamContent(new MemoryStream(new byte[TenMegabytes])), isChunked: true);
                Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
            });
            Assert.True(outcome is null or HttpRequestException, outcome?.ToString());
            Assert.Equal(Simulator.SyncOutcome.Completed, (await pc.SyncAsync(Stop)).Outcome);
        }
    }

    [Fact]
    public async Task A_body_that_drips_is_cut_off()
    {
        var (pcs, pc, identity) = await PcAsync(Engine.Sqlite);
        using (identity)
        using (pc)
        {
            Assert.StartsWith("HTTP/1.1 408", await DripAsync(pcs.Service, identity, "<SyncML"), StringComparison.Ordinal);
            Assert.Equal(Simulator.SyncOutcome.Completed, (await pc.SyncAsync(Stop)).Outcome);
        }
    }

    [Fact]
    public async Task Whoever_shows_no_certificate_is_refused_before_a_byte_of_the_body_is_read() =>
        Assert.StartsWith("HTTP/1.1 401", await DripAsync(await services.SharedAsync(Engine.Sqlite), null, ""), StringComparison.Ordinal);

    private async Task<(ManagedPcs Pcs, Simulator.VirtualPc Pc, X509Certificate2 Identity)> PcAsync(Engine engine)
    {
        var pcs = await ManagedPcs.NewAsync(services, engine);
        var pc = await pcs.EnrolAsync();
        using var identity = ManagedPcs.IdentityOf(pc);
        return (pcs, pc, X509CertificateLoader.LoadPkcs12(identity.Export(X509ContentType.Pkcs12), null));
    }

    private static async Task<HttpResponseMessage> SendAsync(TestService service, X509Certificate2 identity, HttpContent content, bool isChunked)
    {
        using var client = service.Client(identity);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(service.ManagementUrl, ManagementEndpoint.Path)) { Content = content };
        content.Headers.ContentType = new MediaTypeHeaderValue("application/vnd.syncml.dm+xml");
        request.Headers.TransferEncodingChunked = isChunked;
        request.Headers.ExpectContinue = !isChunked;
        return await client.SendAsync(request, Stop);
    }

    /// <summary>The status line that comes when a body of 5000 bytes is announced and never follows.</summary>
    private static async Task<string?> DripAsync(TestService service, X509Certificate2? identity, string begin)
    {
        using var client = new TcpClient("localhost", service.ManagementUrl.Port);
        await using var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate?.Issuer == service.TlsRoot.Subject);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", ClientCertificates = identity is null ? [] : [identity] }, Stop);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {ManagementEndpoint.Path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/vnd.syncml.dm+xml\r\nContent-Length: 5000\r\n\r\n{begin}"), Stop);
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync(Stop).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Stop);
    }
}
