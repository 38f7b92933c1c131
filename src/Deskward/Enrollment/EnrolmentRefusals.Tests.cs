using Deskward.Certificates;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Identity;
using Deskward.Platform;
using Deskward.Platform.Guessing;
using Deskward.RawClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Enrollment;

public sealed class EnrolmentRefusalTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_wrong_code_and_an_unknown_person_are_refused_alike(Engine engine)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, engine);
        using var wrong = new RawPc(ground.Person.UserName!, "AAAA-BBBB-CCCC-DDDD");
        using var unknown = new RawPc("nobody@" + ground.Customer.Domain, await ground.NewCodeAsync());
        using var nowhere = new RawPc("alice@nowhere.invalid", "AAAA-BBBB-CCCC-DDDD");
        using var local = new RawPc("CONTOSO\\alice", "x");
        foreach (var pc in new[] { wrong, unknown, nowhere, local })
        {
            var answer = await RequestAsync(ground, pc);
            Assert.Equal((500, "Authentication", "The address or the enrolment code is wrong."), (answer.Status, answer.Fault(), answer.FaultText()));
        }

        Assert.Equal(0, await ground.CountAsync<Device>(row => true));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_code_of_another_organisation_is_no_code(Engine engine)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, engine);
        await using var other = await EnrolmentGround.OnAsync(services, engine);
        using var pc = new RawPc(ground.Person.UserName!, await other.NewCodeAsync());
        Assert.Equal("Authentication", (await RequestAsync(ground, pc)).Fault());
        Assert.Equal(0, await other.CountAsync<CodeUse>(row => true));
    }

    [Fact]
    public async Task A_person_whose_address_is_in_another_organisations_domain_cannot_enrol()
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        await using var other = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        using var pc = await ground.NewPcAsync();
        var address = "mallory@" + other.Customer.Domain;
        await ChangeAsync(ground, person => (person.UserName, person.NormalizedUserName) = (address, address.ToUpperInvariant()));
        pc.Address = address;
        Assert.Equal("Authentication", (await RequestAsync(ground, pc)).Fault());
    }

    [Fact]
    public async Task A_disabled_person_is_refused_after_the_code_was_right()
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        using var pc = await ground.NewPcAsync();
        await ChangeAsync(ground, person => person.IsEnabled = false);
        Assert.Equal("Authorization", (await RequestAsync(ground, pc)).Fault());
        pc.Code = "AAAA-BBBB-CCCC-DDDD";
        Assert.Equal("Authentication", (await RequestAsync(ground, pc)).Fault());
    }

    [Fact]
    public async Task An_expired_code_says_so_to_who_knows_it()
    {
        await using var service = await services.FreshAsync(Engine.Sqlite);
        await using var ground = await EnrolmentGround.OnAsync(service);
        using var pc = new RawPc(ground.Person.UserName!, await ground.NewCodeAsync(life: TimeSpan.FromHours(1)));
        service.Time.Advance(TimeSpan.FromHours(1));
        var answer = await RequestAsync(ground, pc);
        Assert.Equal("Authentication", answer.Fault());
        Assert.Contains("expired", answer.FaultText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_revoked_code_enrols_nobody(Engine engine)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, engine);
        var code = await ground.MakeCodeAsync();
        Assert.Null(await ground.Service.InScopeAsync(provider => provider.GetRequiredService<EnrolmentCodes>().RevokeAsync(code.Id, CancellationToken.None), ground.Customer.Id));
        using var pc = new RawPc(ground.Person.UserName!, code.Code);
        Assert.Contains("revoked", (await RequestAsync(ground, pc)).FaultText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Nobody_revokes_a_code_of_another_organisation(Engine engine)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, engine);
        await using var other = await EnrolmentGround.OnAsync(services, engine);
        var code = await other.MakeCodeAsync();
        var refusal = await ground.Service.InScopeAsync(provider => provider.GetRequiredService<EnrolmentCodes>().RevokeAsync(code.Id, CancellationToken.None), ground.Customer.Id);
        Assert.Equal(RefusalReason.NotFound, refusal?.Reason);
        Assert.Empty(await ground.Service.InScopeAsync(provider => provider.GetRequiredService<EnrolmentCodes>().ListAsync(0, 10, CancellationToken.None), ground.Customer.Id));
    }

    [Fact]
    public async Task Guessing_at_one_address_is_slowed()
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        using var pc = new RawPc(ground.Person.UserName!, "AAAA-BBBB-CCCC-DDDD");
        for (var guess = 0; guess < GuessLimiter.FreeGuesses; guess++)
        {
            Assert.Equal("Authentication", (await RequestAsync(ground, pc)).Fault());
        }

        pc.Code = await ground.NewCodeAsync();
        Assert.Equal("InMaintenance", (await RequestAsync(ground, pc)).Fault());
    }

    [Fact]
    public async Task A_key_of_1024_bits_and_a_broken_signature_are_refused_and_cost_no_use()
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        using var pc = await ground.NewPcAsync();
        using var small = System.Security.Cryptography.RSA.Create(1024);
        var broken = pc.Pkcs10();
        broken[^1] ^= 1;
        foreach (var request in new[] { pc.Pkcs10(small), broken, [0x30, 0x00] })
        {
            Assert.Equal("CertificateRequest", (await RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, pc.IssueMessage(ground.EnrolmentUrl, request))).Fault());
        }

        Assert.Equal(0, await ground.CountAsync<EnrolmentCode>(row => row.Used > 0));
        Assert.Equal(0, await ground.CountAsync<IssuedCertificate>(row => true));
    }

    [Fact]
    public async Task A_request_without_credentials_or_with_an_overlong_device_id_is_refused()
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        using var pc = await ground.NewPcAsync(new string('A', 65));
        Assert.Equal("InvalidEnrollmentData", (await RequestAsync(ground, pc)).Fault());
        var anonymous = pc.IssueMessage(ground.EnrolmentUrl).Replace("wsse:UsernameToken", "wsse:Nothing", StringComparison.Ordinal);
        Assert.Equal("InvalidSecurity", (await RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, anonymous)).Fault());
    }

    [Fact]
    public async Task The_management_listener_enrols_nobody()
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        using var pc = await ground.NewPcAsync();
        Assert.Equal("NotSupported", (await RawPc.PostAsync(ground.Http, ground.RenewalUrl, pc.IssueMessage(ground.RenewalUrl))).Fault());
        using var get = await ground.Http.GetAsync(ground.RenewalUrl, TestContext.Current.CancellationToken);
        Assert.Equal(405, (int)get.StatusCode);
    }

    private static Task<RawAnswer> RequestAsync(EnrolmentGround ground, RawPc pc) =>
        RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, pc.IssueMessage(ground.EnrolmentUrl));

    private static Task<int> ChangeAsync(EnrolmentGround ground, Action<Person> change) => ground.QueryAsync(async db =>
    {
        change(await db.Set<Person>().SingleAsync(row => row.Id == ground.Person.Id));
        return await db.SaveChangesAsync();
    });
}
