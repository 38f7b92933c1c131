using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Deskward.Protocol.Enrolment;
using Xunit;

namespace Deskward.Simulator;

public sealed class EnrollerTests
{
    private const string Ada = "ada@contoso.example";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pc_enrols_and_shows_its_certificate_in_the_session()
    {
        await using var service = await ScriptedEnrolment.StartAsync();
        using var pc = service.Pc();
        var enrolled = await pc.EnrolAsync(service.Discovery, Ada, "code", Stop);
        var report = await pc.SyncAsync(Stop);

        Assert.True(enrolled.Succeeded, enrolled.Reason);
        Assert.Empty(enrolled.Violations);
        Assert.True(report.IsClean, report.ToString());
        Assert.Equal(pc.Certificate!.Value.ToArray(), service.Shown.Single());
        Assert.Equal("id-7", pc.Tree.Read("./Device/Vendor/MSFT/DMClient/Provider/Test/EntDMID"));
    }

    [Fact]
    public async Task The_request_is_that_of_windows()
    {
        await using var service = await ScriptedEnrolment.StartAsync();
        using var pc = service.Pc(profile: new PcProfile { Enrolment = EnrolmentType.Device });
        await pc.EnrolAsync(service.Discovery, Ada, "code", Stop);

        var request = (IssueRequest)service.Requests.Single();
        Assert.Equal(["UXInitiated", "HWDevID", "Locale", "TargetedUserLoggedIn", "OSEdition", "DeviceName", "MAC", "MAC", "DeviceID", "EnrollmentType"],
            request.Context.Take(10).Select(item => item.Name));
        Assert.Equal((pc.Identity.DeviceId, EnrolmentType.Device), (request.DeviceId, request.EnrolmentType));
        Assert.Equal(pc.Identity.DeviceId, Pkcs10Request.Read(request.Pkcs10).ClaimedDeviceId);
        Assert.Equal(new UsernameToken(Ada, "code"), request.Header.Credentials);
    }

    [Fact]
    public async Task After_a_lost_reply_the_same_key_is_offered_again()
    {
        await using var service = await ScriptedEnrolment.StartAsync();
        using var pc = service.Pc();
        pc.Faults.LoseReply(exchange: 4);
        Assert.False((await pc.EnrolAsync(service.Discovery, Ada, "code", Stop)).Succeeded);
        Assert.True((await pc.EnrolAsync(service.Discovery, Ada, "code", Stop)).Succeeded);

        var keys = service.Requests.Cast<IssueRequest>().Select(request => Convert.ToHexString(Pkcs10Request.Read(request.Pkcs10).SubjectPublicKeyInfo));
        Assert.Equal((2, 1), (service.Requests.Count, keys.Distinct().Count()));
    }

    [Fact]
    public async Task A_pc_that_was_reset_enrols_again_under_its_old_id_with_a_new_key()
    {
        await using var service = await ScriptedEnrolment.StartAsync();
        using var pc = service.Pc();
        await pc.EnrolAsync(service.Discovery, Ada, "code", Stop);
        Assert.Equal(0x8018000Au, (await pc.EnrolAsync(service.Discovery, Ada, "code", Stop)).HResult);
        pc.Reset();
        Assert.True((await pc.EnrolAsync(service.Discovery, Ada, "code", Stop)).Succeeded);

        var requests = service.Requests.Cast<IssueRequest>().ToList();
        Assert.Equal(requests[0].DeviceId, requests[1].DeviceId);
        Assert.NotEqual(Pkcs10Request.Read(requests[0].Pkcs10).SubjectPublicKeyInfo, Pkcs10Request.Read(requests[1].Pkcs10).SubjectPublicKeyInfo);
    }

    [Fact]
    public async Task Http_2_is_spoken_where_it_is_wanted()
    {
        await using var service = await ScriptedEnrolment.StartAsync();
        using var pc = service.Pc();
        pc.Network = ScriptedEnrolment.NewNetwork(System.Net.HttpVersion.Version20);
        await pc.EnrolAsync(service.Discovery, Ada, "code", Stop);
        pc.Faults.LoseReply(ReplyLoss.WhileWaiting);
        var report = await pc.SyncAsync(Stop);

        Assert.Equal((SyncOutcome.Completed, 1), (report.Outcome, report.Retries));
        Assert.Equal(pc.Certificate!.Value.ToArray(), service.Shown.Last());
    }

    [Fact]
    public async Task A_refusal_is_shown_as_windows_shows_it()
    {
        await using var service = await ScriptedEnrolment.StartAsync();
        service.Refusal = SoapFaultKind.Authentication;
        using var pc = service.Pc();
        var report = await pc.EnrolAsync(service.Discovery, Ada, "wrong", Stop);

        Assert.Equal((false, 0x80180002u, "No.", 500), (report.Succeeded, report.HResult, report.Reason, report.HttpStatus));
        Assert.False(pc.IsEnrolled);
    }

    [Theory]
    [InlineData("<parm name=\"NAME\"", "<parm name=\"name\"")]
    [InlineData("PrivateKeyContainer", "KeyContainer")]
    [InlineData("type=\"User\"", "type=\"System\"")]
    [InlineData("</wap-provisioningdoc>", "<characteristic type=\"RootCATrustedCertificates\"/></wap-provisioningdoc>")]
    public async Task A_document_that_windows_refuses_is_refused(string right, string wrong)
    {
        await using var service = await ScriptedEnrolment.StartAsync();
        service.Damage = text => text.Replace(right, wrong, StringComparison.Ordinal);
        using var pc = service.Pc();
        var report = await pc.EnrolAsync(service.Discovery, Ada, "code", Stop);

        Assert.Equal((false, 0x80180023u), (report.Succeeded, report.HResult));
    }

    [Fact]
    public async Task A_certificate_for_another_key_is_refused()
    {
        await using var service = await ScriptedEnrolment.StartAsync();
        using var other = RSA.Create(2048);
        var foreign = new CertificateRequest("CN=x", other, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200)).RawData;
        service.Provision = document => document with { Certificate = foreign };
        using var pc = service.Pc();
        var report = await pc.EnrolAsync(service.Discovery, Ada, "code", Stop);

        Assert.Contains("another key", report.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_of_an_unknown_root_is_not_trusted()
    {
        await using var service = await ScriptedEnrolment.StartAsync();
        using var pc = service.Pc();
        pc.Network = new PcNetwork();
        var report = await pc.EnrolAsync(service.Discovery, Ada, "code", Stop);

        Assert.Equal((false, 0x80072EFDu), (report.Succeeded, report.HResult));
        Assert.Empty(service.Requests);
    }

    [Fact]
    public async Task A_renewal_is_signed_by_the_old_key_and_brings_a_new_one()
    {
        await using var service = await ScriptedEnrolment.StartAsync();
        using var pc = service.Pc();
        await pc.EnrolAsync(service.Discovery, Ada, "code", Stop);
        var before = pc.Certificate!.Value.ToArray();
        var report = await pc.RenewAsync(Stop);
        await pc.SyncAsync(Stop);

        Assert.True(report.Succeeded, report.Reason);
        Assert.IsType<RenewRequest>(service.Requests.Last());
        Assert.NotEqual(X509CertificateLoader.LoadCertificate(before).GetPublicKey(), X509CertificateLoader.LoadCertificate(service.Shown.Single()!).GetPublicKey());
    }

    [Fact]
    public async Task A_saved_pc_goes_on_where_it_was()
    {
        await using var service = await ScriptedEnrolment.StartAsync();
        using var pc = service.Pc();
        await pc.EnrolAsync(service.Discovery, Ada, "code", Stop);
        pc.SignIn(Ada);
        using var stream = new MemoryStream();
        await pc.SaveAsync(stream, Stop);
        stream.Position = 0;
        using var again = SavedPcs.Load(stream, service.Network);

        Assert.Equal((pc.Identity.DeviceId, LoginStatus.User, pc.NextSync), (again.Identity.DeviceId, again.LoginStatus, again.NextSync));
        Assert.Equal(pc.Tree.Settings.Order(Comparer<KeyValuePair<string, string>>.Create((a, b) => string.CompareOrdinal(a.Key, b.Key))),
            again.Tree.Settings.Order(Comparer<KeyValuePair<string, string>>.Create((a, b) => string.CompareOrdinal(a.Key, b.Key))));
        Assert.True((await again.SyncAsync(Stop)).IsClean);
    }

    [Fact]
    public async Task A_fleet_enrols_syncs_and_measures()
    {
        await using var service = await ScriptedEnrolment.StartAsync();
        var seen = 0;
        var fleet = new Fleet([.. Enumerable.Range(1, 5).Select(seed => service.Pc(seed))], new FleetOptions { Concurrency = 3, Progress = progress => seen = progress.Done });
        var failures = await fleet.EnrolAllAsync(pc => new EnrolmentTicket(service.Discovery, Ada, "code"), Stop);
        var restless = await fleet.SettleAsync(cancellation: Stop);

        Assert.Empty(failures);
        Assert.Equal((0, 5, 5L, 5L, 0L, 0L), (restless, seen, fleet.Figures.Enrolled, fleet.Figures.Sessions, fleet.Figures.SessionErrors, fleet.Figures.Violations));
        Assert.True(fleet.Figures.Wait(0.5) > TimeSpan.Zero);
    }
}
