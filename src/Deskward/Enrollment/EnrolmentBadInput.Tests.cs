using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Deskward.Fixture;
using Deskward.RawClient;
using Xunit;

namespace Deskward.Enrollment;

public sealed class EnrolmentBadInputTests(Services services)
{
    private const string Doctype = "<!DOCTYPE s:Envelope [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b SYSTEM \"file:///etc/passwd\">]>";

    [Theory]
    [InlineData("Discovery")]
    [InlineData("Policy")]
    [InlineData("Enrollment")]
    public async Task What_cannot_be_read_is_refused_in_the_form_of_the_protocol(string service)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        var url = new Uri(ground.Service.PublicUrl, $"/EnrollmentServer/{service}.svc");
        foreach (var message in Unreadable(url))
        {
            var answer = await RawPc.PostAsync(ground.Http, url, message);
            Assert.Equal((500, "MessageFormat"), (answer.Status, answer.Fault()));
            Assert.DoesNotContain("   at ", Encoding.UTF8.GetString(answer.Body), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Ten_megabytes_are_refused_before_they_are_sent()
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        using var refused = await SendAsync(ground, new ByteArrayContent(new byte[10 << 20]), isChunked: false);
        Assert.Equal(413, (int)refused.StatusCode);
        Assert.Contains("MessageFormat", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_megabytes_that_nobody_announced_are_cut_off()
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        // Whether the client gets to read the answer, or only sees the connection end while it still writes, is a race.
        var outcome = await Record.ExceptionAsync(async () =>
        {
            using var refused = await SendAsync(ground, new StreamContent(new MemoryStream(new byte[10 << 20])), isChunked: true);
            Assert.Equal(413, (int)refused.StatusCode);
        });
        Assert.True(outcome is null or HttpRequestException, outcome?.ToString());
    }

    [Fact]
    public async Task A_body_that_drips_is_cut_off()
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        using var client = new TcpClient("localhost", ground.Service.PublicUrl.Port);
        await using var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate?.Issuer == ground.Service.TlsRoot.Subject);
        await stream.AuthenticateAsClientAsync("localhost");
        await stream.WriteAsync(Encoding.ASCII.GetBytes("POST /EnrollmentServer/Enrollment.svc HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n<"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        var status = await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.StartsWith("HTTP/1.1 408", status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_names_what_it_answers_even_when_the_body_makes_no_sense()
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        var senseless = RawMessages.Discover("a@b.c", ground.PolicyUrl);
        var answer = await RawPc.PostAsync(ground.Http, ground.PolicyUrl, senseless);
        Assert.Equal((RawMessages.MessageId, "MessageFormat"), (answer.Text("RelatesTo"), answer.Fault()));
    }

    private static IEnumerable<byte[]> Unreadable(Uri url)
    {
        var good = RawMessages.Discover("alice@contoso.example", url);
        yield return [];
        yield return "not xml at all"u8.ToArray();
        yield return Encoding.UTF8.GetBytes(Doctype + good);
        yield return Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("<a>", 1000)) + string.Concat(Enumerable.Repeat("</a>", 1000)));
        yield return Encoding.UTF8.GetBytes(good)[..200];
        yield return [.. Encoding.UTF8.GetBytes(good), 0xE2, 0x82];
        yield return Encoding.UTF8.GetBytes(good.Replace("alice", "\uFFFEalice", StringComparison.Ordinal).Replace("Discover", "Forget", StringComparison.Ordinal));
        yield return Encoding.UTF8.GetBytes(good.Replace("9.0", string.Create(CultureInfo.InvariantCulture, $"{new string('9', 5000)}"), StringComparison.Ordinal));
    }

    private static async Task<HttpResponseMessage> SendAsync(EnrolmentGround ground, HttpContent content, bool isChunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, ground.EnrolmentUrl) { Content = content };
        request.Headers.TransferEncodingChunked = isChunked;
        request.Headers.ExpectContinue = !isChunked;
        return await ground.Http.SendAsync(request);
    }
}
