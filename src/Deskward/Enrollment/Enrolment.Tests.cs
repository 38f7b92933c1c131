using System.Text;
using Deskward.Certificates;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.RawClient;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Enrollment;

public sealed class EnrolmentTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_pc_that_knows_only_the_discovery_address_enrols(Engine engine)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, engine);
        using var pc = await ground.NewPcAsync();
        var answer = await pc.EnrolAsync(ground.Http, ground.Service.DiscoveryUrl);
        Assert.Equal(200, answer.Status);
        Assert.Equal(RawMessages.MessageId, answer.Text("RelatesTo"));
        var device = Assert.Single(await ground.QueryAsync(db => db.Set<Device>().ToListAsync()));
        Assert.Equal((pc.DeviceId, "PC-RAW", DeviceState.Enrolled, 4), (device.HardwareId, device.Name, device.State, device.Edition));
        Assert.NotNull(device.AssignmentSetId);
        var issued = Assert.Single(await ground.QueryAsync(db => db.Set<IssuedCertificate>().ToListAsync()));
        Assert.Equal(issued.Certificate, pc.Certificate!.RawData);
        Assert.Equal(device.Id, issued.DeviceId);
    }

    [Theory]
    [InlineData("Full", "User")]
    [InlineData("Device", "System")]
    public async Task The_document_makes_the_pc_managed(string type, string store)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        using var pc = await ground.NewPcAsync();
        pc.EnrollmentType = type;
        var answer = await pc.EnrolAsync(ground.Http, ground.Service.DiscoveryUrl);
        var device = await ground.QueryAsync(db => db.Set<Device>().SingleAsync());
        Assert.Equal(new Uri(ground.Service.ManagementUrl, "/ManagementServer/MDM.svc").AbsoluteUri, answer.Parm("APPLICATION", "ADDR"));
        Assert.Equal($"Subject=CN%3D{device.Id:D}&Stores=My%5C{store}", answer.Parm("APPLICATION", "SSLCLIENTCERTSEARCHCRITERIA"));
        Assert.Equal(ground.RenewalUrl.AbsoluteUri, answer.Parm("CertificateStore", "My", "WSTEP", "Renew", "ServerURL"));
        Assert.Equal(device.Id.ToString("D"), answer.Parm("DMClient", "Provider", "Deskward", "EntDMID"));
        string[] poll = ["NumberOfFirstRetries", "IntervalForFirstSetOfRetries", "NumberOfSecondRetries", "IntervalForSecondSetOfRetries", "NumberOfRemainingScheduledRetries", "IntervalForRemainingScheduledRetries"];
        Assert.Equal(["10", "15", "8", "60", "0", "480"], poll.Select(name => answer.Parm("DMClient", "Provider", "Deskward", "Poll", name)));
        Assert.DoesNotContain("RequireMessageSigning", Encoding.UTF8.GetString(answer.Document()), StringComparison.Ordinal);
        Assert.Equal(Convert.ToBase64String(pc.Certificate!.RawData), answer.Parm("CertificateStore", "My", store, pc.Certificate.Thumbprint, "EncodedCertificate"));
    }

    [Fact]
    public async Task Behind_a_proxy_the_pc_is_told_to_sign_its_messages()
    {
        await using var service = await services.FreshAsync(Engine.Sqlite, settings => settings with { TrustedProxies = [System.Net.IPNetwork.Parse("10.0.0.0/8")] });
        await using var ground = await EnrolmentGround.OnAsync(service);
        using var pc = await ground.NewPcAsync();
        var answer = await pc.EnrolAsync(ground.Http, service.DiscoveryUrl);
        Assert.Equal("true", answer.Parm("DMClient", "Provider", "Deskward", "RequireMessageSigning"));
    }

    [Fact]
    public async Task Every_answer_says_its_length_and_is_never_chunked()
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        using var pc = await ground.NewPcAsync();
        var answer = await pc.EnrolAsync(ground.Http, ground.Service.DiscoveryUrl);
        var refused = await RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, "no xml");
        Assert.All([answer, refused], one => Assert.Equal(one.Body.Length, one.ContentLength));
        Assert.All([answer, refused], one => Assert.Null(one.IsChunked));
        Assert.All([answer, refused], one => Assert.Equal("application/soap+xml; charset=utf-8", one.ContentType));
    }

    [Fact]
    public async Task The_probe_answers_an_empty_page_at_any_spelling_of_the_path()
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        using var probe = await ground.Http.GetAsync(new Uri(ground.Service.PublicUrl, "/ENROLLMENTSERVER/DISCOVERY.SVC?x=1"), TestContext.Current.CancellationToken);
        Assert.Equal((200, 0L, "text/html"), ((int)probe.StatusCode, probe.Content.Headers.ContentLength, probe.Content.Headers.ContentType?.ToString()));
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("9.0")]
    [InlineData("42.5")]
    public async Task Discovery_takes_any_version(string version)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        var answer = await RawPc.PostAsync(ground.Http, ground.Service.DiscoveryUrl, RawMessages.Discover("", ground.Service.DiscoveryUrl, version));
        Assert.Equal((200, "OnPremise", ground.EnrolmentUrl.AbsoluteUri), (answer.Status, answer.Text("AuthPolicy"), answer.Text("EnrollmentServiceUrl")));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task The_same_machine_enrolled_again_replaces_its_earlier_enrolment_in_its_organisation_only(Engine engine)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, engine);
        await using var other = await EnrolmentGround.OnAsync(services, engine);
        using var first = await ground.EnrolledAsync();
        using var elsewhere = await other.NewPcAsync(first.DeviceId);
        await elsewhere.EnrolAsync(other.Http, other.Service.DiscoveryUrl);
        using var again = await ground.NewPcAsync(first.DeviceId.ToLowerInvariant());
        await again.EnrolAsync(ground.Http, ground.Service.DiscoveryUrl);
        Assert.Equal(1, await ground.CountAsync<Device>(row => row.State == DeviceState.Enrolled));
        Assert.Equal(1, await ground.CountAsync<IssuedCertificate>(row => row.RevokedAt != null && row.RevocationReason == "superseded"));
        Assert.Equal(1, await other.CountAsync<Device>(row => row.State == DeviceState.Enrolled));
        Assert.Equal(0, await other.CountAsync<IssuedCertificate>(row => row.RevokedAt != null));
    }

    [Fact]
    public async Task What_a_pc_calls_itself_is_cleaned_and_never_becomes_markup()
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        using var pc = await ground.NewPcAsync();
        pc.Facts.RemoveAll(fact => fact.Name == "DeviceName");
        pc.Facts.Add(("DeviceName", "=cmd|&lt;script&gt;&#x202E;&#10;evil" + new string('x', 400)));
        var answer = await pc.EnrolAsync(ground.Http, ground.Service.DiscoveryUrl);
        var device = await ground.QueryAsync(db => db.Set<Device>().SingleAsync());
        Assert.StartsWith("=cmd|<script> evil", device.Name, StringComparison.Ordinal);
        Assert.Equal(255, device.Name.Length);
        Assert.Equal(device.Name, answer.Parm("DMClient", "Provider", "Deskward", "EntDeviceName"));
    }
}
