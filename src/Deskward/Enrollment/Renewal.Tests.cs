using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Deskward.Certificates;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Platform;
using Deskward.RawClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Enrollment;

public sealed class RenewalTests(Services services)
{
    /// <summary>Nodes whose clock these tests, which run one after the other, may move: one per engine.</summary>
    private static readonly ConcurrentDictionary<Engine, Task<TestService>> Nodes = [];
    private static readonly TimeSpan IntoTheWindow = TimeSpan.FromDays(310);

    [Theory]
    [InlineData(Engine.Sqlite, false)]
    [InlineData(Engine.Sqlite, true)]
    [InlineData(Engine.Postgres, false)]
    [InlineData(Engine.Postgres, true)]
    public async Task A_certificate_is_renewed_on_the_management_listener_and_at_the_enrolment_address(Engine engine, bool atEnrolment)
    {
        await using var ground = await GroundAsync(engine);
        using var pc = await DueAsync(ground);
        using var http = ground.Service.Client(atEnrolment ? null : pc.Certificate);
        var answer = await RenewAsync(http, atEnrolment ? ground.EnrolmentUrl : ground.RenewalUrl, pc);
        Assert.True(answer.Status == 200, answer.Status == 200 ? "" : answer.FaultText());
        Assert.Equal("Deskward", answer.Parm("APPLICATION", "PROVIDER-ID"));
        var issued = await ground.QueryAsync(db => db.Set<IssuedCertificate>().OrderBy(row => row.IssuedAt).ToListAsync());
        Assert.Equal(answer.IssuedCertificate(), issued[1].Certificate);
        Assert.Equal((issued[0].Id, issued[0].DeviceId), (issued[1].RenewsId!.Value, issued[1].DeviceId));
        Assert.Null(issued[0].RevokedAt);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task The_same_renewal_twice_or_at_once_is_one_certificate_in_the_same_bytes(Engine engine)
    {
        await using var ground = await GroundAsync(engine);
        using var pc = await DueAsync(ground);
        pc.TakeNewKey();
        var message = pc.RenewMessage(ground.EnrolmentUrl);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, message)));
        Assert.All(answers, answer => Assert.Equal(answers[0].Document(), answer.Document()));
        Assert.Equal(2, await ground.CountAsync<IssuedCertificate>(row => true));
    }

    [Fact]
    public async Task A_renewal_with_another_key_takes_the_place_of_the_one_that_was_never_seen()
    {
        await using var ground = await GroundAsync(Engine.Sqlite);
        using var pc = await DueAsync(ground);
        var old = pc.Certificate!;
        Assert.Equal(200, (await RenewAsync(ground.Http, ground.EnrolmentUrl, pc)).Status);
        pc.TakeNewKey();
        Assert.Equal(200, (await RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, pc.RenewMessage(ground.EnrolmentUrl, old))).Status);
        Assert.Equal(2, await ground.CountAsync<IssuedCertificate>(row => row.RevokedAt == null));
        Assert.Equal(1, await ground.CountAsync<IssuedCertificate>(row => row.RevokedAt != null && row.RenewsId != null));
    }

    [Fact]
    public async Task A_request_encoded_twice_as_a_manual_renewal_does_is_read()
    {
        await using var ground = await GroundAsync(Engine.Sqlite);
        using var pc = await DueAsync(ground);
        pc.TakeNewKey();
        Assert.Equal(200, (await RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, pc.RenewMessage(ground.EnrolmentUrl, encodeTwice: true))).Status);
    }

    [Fact]
    public async Task Before_the_window_and_after_the_end_a_certificate_is_not_eligible()
    {
        await using var ground = await GroundAsync(Engine.Sqlite);
        using var pc = await ground.EnrolledAsync();
        var early = await RenewAsync(ground.Http, ground.EnrolmentUrl, pc);
        ground.Service.Time.Advance(TimeSpan.FromDays(366));
        var late = await RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, pc.RenewMessage(ground.EnrolmentUrl));
        Assert.Equal(("NotEligibleToRenew", "NotEligibleToRenew"), (early.Fault(), late.Fault()));
        Assert.Equal(1, await ground.CountAsync<IssuedCertificate>(row => true));
    }

    [Fact]
    public async Task A_foreign_signer_is_nobody_whatever_its_names_and_serial()
    {
        await using var ground = await GroundAsync(Engine.Sqlite);
        using var pc = await DueAsync(ground);
        using var key = RSA.Create(2048);
        var forger = new CertificateRequest(pc.Certificate!.SubjectName, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var forged = forger.Create(pc.Certificate.IssuerName, X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1), pc.Certificate.NotBefore, pc.Certificate.NotAfter, pc.Certificate.SerialNumberBytes.ToArray());
        using var signer = forged.CopyWithPrivateKey(key);
        Assert.Equal("Authentication", (await RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, pc.RenewMessage(ground.EnrolmentUrl, signer))).Fault());
    }

    [Fact]
    public async Task A_stranger_who_encloses_the_right_certificate_but_lacks_its_key_is_refused()
    {
        await using var ground = await GroundAsync(Engine.Sqlite);
        using var pc = await DueAsync(ground);
        var signed = RawPc.Sign(pc.Pkcs10(), pc.Certificate!);
        signed[^1] ^= 1;
        Assert.Equal("Authentication", (await RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, RawMessages.Renew(ground.EnrolmentUrl, pc.Address, signed))).Fault());
    }

    [Fact]
    public async Task A_signature_over_sha1_is_refused()
    {
        await using var ground = await GroundAsync(Engine.Sqlite);
        using var pc = await DueAsync(ground);
        var signed = RawPc.Sign(pc.Pkcs10(), pc.Certificate!, digest: "1.3.14.3.2.26");
        Assert.Equal("MessageFormat", (await RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, RawMessages.Renew(ground.EnrolmentUrl, pc.Address, signed))).Fault());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_revoked_certificate_and_one_of_a_retiring_pc_are_not_eligible(Engine engine)
    {
        await using var ground = await GroundAsync(engine);
        using var revoked = await DueAsync(ground);
        await ground.QueryAsync(db => db.Set<IssuedCertificate>().ExecuteUpdateAsync(set => set.SetProperty(row => row.RevokedAt, ground.Service.Time.Now())));
        Assert.Equal("NotEligibleToRenew", (await RenewAsync(ground.Http, ground.EnrolmentUrl, revoked)).Fault());
        using var retiring = await DueAsync(ground);
        var device = await ground.QueryAsync(db => db.Set<Device>().SingleAsync(row => row.HardwareId == retiring.DeviceId));
        await ground.Service.InScopeAsync(provider => provider.GetRequiredService<DeviceDirectory>().RetireAsync(device.Id, CancellationToken.None), ground.Customer.Id);
        Assert.Equal("NotEligibleToRenew", (await RenewAsync(ground.Http, ground.EnrolmentUrl, retiring)).Fault());
    }

    [Fact]
    public async Task A_connection_with_another_certificate_than_the_signer_is_refused()
    {
        await using var ground = await GroundAsync(Engine.Sqlite);
        using var other = await ground.EnrolledAsync();
        using var pc = await DueAsync(ground);
        using var http = ground.Service.Client(other.Certificate);
        Assert.Equal("Authorization", (await RenewAsync(http, ground.RenewalUrl, pc)).Fault());
    }

    [Fact]
    public async Task A_new_key_that_is_too_small_and_a_message_that_is_no_cms_are_refused()
    {
        await using var ground = await GroundAsync(Engine.Sqlite);
        using var pc = await DueAsync(ground);
        using var small = RSA.Create(1024);
        var weak = RawMessages.Renew(ground.EnrolmentUrl, pc.Address, RawPc.Sign(pc.Pkcs10(small), pc.Certificate!));
        Assert.Equal("CertificateRequest", (await RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, weak)).Fault());
        var noCms = RawMessages.Renew(ground.EnrolmentUrl, pc.Address, [0x30, 0x03, 0x02, 0x01, 0x00]);
        Assert.Equal("MessageFormat", (await RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, noCms)).Fault());
    }

    private async Task<EnrolmentGround> GroundAsync(Engine engine) => await EnrolmentGround.OnAsync(await Nodes.GetOrAdd(engine, key => services.FreshAsync(key)));

    /// <summary>A PC whose certificate is in its last days.</summary>
    private static async Task<RawPc> DueAsync(EnrolmentGround ground)
    {
        var pc = await ground.EnrolledAsync();
        ground.Service.Time.Advance(IntoTheWindow);
        return pc;
    }

    private static async Task<RawAnswer> RenewAsync(HttpClient http, Uri url, RawPc pc)
    {
        pc.TakeNewKey();
        var answer = await RawPc.PostAsync(http, url, pc.RenewMessage(url));
        pc.Keep(answer);
        return answer;
    }
}
