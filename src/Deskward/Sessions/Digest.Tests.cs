using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Deskward.Certificates;
using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Platform;
using Deskward.Platform.Guessing;
using Deskward.Protocol.Enrolment;
using Deskward.Protocol.SyncMl;
using Deskward.Simulator;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static Deskward.Sessions.SessionBench;

namespace Deskward.Sessions;

public sealed class DigestTests(Services services)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task In_the_compatibility_mode_a_pc_is_managed_by_its_digest_alone(Engine engine)
    {
        var (service, pcs, pc) = await WithoutCertificateAsync(engine, settings => settings with { AllowMd5 = true });
        await using var ending = service;
        await pcs.AssignAsync((Pua, "1"));
        var answers = new List<SyncMlMessage>();
        pc.Watch = (sent, body) => answers.AddRange(sent ? [] : [SyncMlReader.Read(body)]);
        Assert.True((await pc.SyncAsync(Stop)).IsClean);
        Assert.Equal(SyncStatus.CredentialsMissing, ((StatusCommand)Assert.Single(answers[0].Commands)).Code);
        Assert.All(answers.Skip(1), answer => Assert.Equal(SyncStatus.Ok, ((StatusCommand)answer.Commands[0]).Code));
        Assert.Equal("1", pc.Tree.Read(Pua));
        Assert.True((await pcs.DeviceAsync(pc)).IsClean);
        Assert.True((await pc.SyncAsync(Stop)).IsClean);
        Assert.Equal(2, await pcs.QueryAsync(db => db.Set<Session>().Where(row => row.DigestNonce != null && !row.IsFirstStep).CountAsync()));
    }

    [Fact]
    public async Task Off_by_default_a_digest_proves_nothing()
    {
        var pcs = await ManagedPcs.NewAsync(services, Engine.Sqlite);
        using var pc = await pcs.EnrolAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await new Speaker(pcs.Service, pc).PostAsync("1", 1, pc.State.Enrolment!.Digest.Nonce)).Status);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_nonce_serves_one_session(Engine engine)
    {
        var (service, pcs, pc) = await WithoutCertificateAsync(engine, settings => settings with { AllowMd5 = true });
        await using var ending = service;
        var speaker = new Speaker(pcs.Service, pc);
        var nonce = (await speaker.PostAsync("1", 1)).Challenge!;
        Assert.Equal(pc.State.Enrolment!.Digest.Nonce, nonce);
        Assert.Equal(SyncStatus.Ok, (await speaker.PostAsync("1", 2, nonce)).Code);
        var used = await speaker.PostAsync("2", 1, nonce);
        Assert.Equal((SyncStatus.InvalidCredentials, false), (used.Code, used.HasCommands));
        Assert.NotEqual(nonce, used.Challenge);
        Assert.Equal(SyncStatus.InvalidCredentials, (await speaker.PostAsync("1", 1, nonce)).Code);
        Assert.Equal(SyncStatus.Ok, (await speaker.PostAsync("2", 2, used.Challenge)).Code);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_same_message_gets_the_same_bytes_challenge_or_not(Engine engine)
    {
        var (service, pcs, pc) = await WithoutCertificateAsync(engine, settings => settings with { AllowMd5 = true });
        await using var ending = service;
        var speaker = new Speaker(pcs.Service, pc);
        var first = await speaker.PostAsync("1", 1);
        Assert.Equal(first.Body, (await speaker.PostAsync("1", 1)).Body);
        var second = await speaker.PostAsync("1", 2, first.Challenge);
        Assert.True(second.HasCommands);
        Assert.Equal(second.Body, (await speaker.PostAsync("1", 2, first.Challenge)).Body);
        Assert.Equal(1, await pcs.QueryAsync(db => db.Set<Session>().CountAsync()));
    }

    [Fact]
    public async Task A_wrong_digest_is_challenged_again_and_guessing_is_slowed()
    {
        var (service, pcs, pc) = await WithoutCertificateAsync(Engine.Sqlite, settings => settings with { AllowMd5 = true });
        await using var ending = service;
        var speaker = new Speaker(pcs.Service, pc) { Secret = "guess" };
        for (var guess = 0; guess < GuessLimiter.FreeGuesses; guess++)
        {
            Assert.Equal(SyncStatus.InvalidCredentials, (await speaker.PostAsync("1", 1, [1])).Code);
        }

        var slowed = await speaker.PostAsync("1", 1, [1]);
        Assert.Equal(HttpStatusCode.TooManyRequests, slowed.Status);
        Assert.NotNull(slowed.RetryAfter);
        Assert.Equal(0, await pcs.QueryAsync(db => db.Set<Session>().CountAsync()));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_digest_speaks_for_no_other_pc(Engine engine)
    {
        var (service, pcs, pc) = await WithoutCertificateAsync(engine, settings => settings with { AllowMd5 = true });
        await using var ending = service;
        using var other = await pcs.EnrolAsync();
        var speaker = new Speaker(pcs.Service, pc) { Source = other.Identity.DeviceId };
        var claimed = await speaker.PostAsync("1", 1, pc.State.Enrolment!.Digest.Nonce);
        Assert.Equal((SyncStatus.InvalidCredentials, false), (claimed.Code, claimed.HasCommands));
        var nobody = await new Speaker(pcs.Service, pc) { Name = "nobody' OR 1=1" }.PostAsync("1", 1, pc.State.Enrolment.Digest.Nonce);
        Assert.Equal(SyncStatus.InvalidCredentials, nobody.Code);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Behind_a_proxy_the_digest_brings_the_demand_to_sign_and_nothing_else(Engine engine)
    {
        var (service, pcs, pc) = await WithoutCertificateAsync(engine, Proxied);
        await using var ending = service;
        await pcs.AssignAsync((Pua, "1"));
        pc.Tree.SetLocally(FirstStep.SigningPath, "false");
        var first = await pc.SyncAsync(Stop);
        Assert.True(first.IsClean);
        Assert.Equal([(SyncVerb.Replace, FirstStep.SigningPath, 200)], first.CarriedOut.Select(done => (done.Verb, done.Path, done.Status)));
        var second = await pc.SyncAsync(Stop);
        Assert.Equal((true, "1"), (second.IsClean, pc.Tree.Read(Pua)));
        Assert.NotNull(await pcs.QueryAsync(db => db.Set<DeviceProgress>().Select(row => row.SignedAt).SingleAsync()));
        Assert.Equal(["done", "signing"], await pcs.QueryAsync(db => db.Set<Session>().Select(row => row.Ending!).Order().ToListAsync()));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Whoever_has_signed_must_go_on_signing(Engine engine)
    {
        var (service, pcs, pc) = await WithoutCertificateAsync(engine, Proxied);
        await using var ending = service;
        Assert.True((await pc.SyncAsync(Stop)).IsClean);
        var speaker = new Speaker(pcs.Service, pc);
        var challenge = (await speaker.PostAsync("9", 1)).Challenge;
        Assert.Equal(HttpStatusCode.Unauthorized, (await speaker.PostAsync("9", 2, challenge)).Status);
        Assert.Equal(SyncOutcome.Completed, (await pc.SyncAsync(Stop)).Outcome);
    }

    [Fact]
    public async Task What_a_pc_says_in_its_first_step_is_not_believed()
    {
        var (service, pcs, pc) = await WithoutCertificateAsync(Engine.Sqlite, Proxied);
        await using var ending = service;
        pc.Tree.SetLocally(FirstStep.SigningPath, "false");
        await pc.UnenrolAsync(Stop);
        Assert.Equal(DeviceState.Enrolled, (await pcs.DeviceAsync(pc)).State);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task With_its_certificates_a_pc_loses_its_digest(Engine engine)
    {
        var (service, pcs, pc) = await WithoutCertificateAsync(engine, settings => settings with { AllowMd5 = true });
        await using var ending = service;
        await pcs.QueryAsync(db => db.Set<IssuedCertificate>().ExecuteUpdateAsync(set => set.SetProperty(row => row.RevokedAt, service.Time.Now())));
        var report = await pc.SyncAsync(Stop);
        Assert.Equal(SyncOutcome.Unauthorized, report.Outcome);
    }

    private static ServiceSettings Proxied(ServiceSettings settings) => settings with { TrustedProxies = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")] };

    private async Task<(TestService Service, ManagedPcs Pcs, VirtualPc Pc)> WithoutCertificateAsync(Engine engine, Func<ServiceSettings, ServiceSettings> change)
    {
        var service = await services.FreshAsync(engine, change);
        var pcs = await ManagedPcs.NewAsync(service);
        var pc = await pcs.EnrolAsync();
        pc.State.Enrolment = pc.State.Enrolment! with { ShowsCertificate = false };
        return (service, pcs, pc);
    }

    /// <summary>Speaks in the place of a PC, message by message.</summary>
    private sealed class Speaker(TestService service, VirtualPc pc)
    {
        private readonly AppAuth _digest = pc.State.Enrolment!.Digest;

        internal string? Name { get; init; }

        internal string? Secret { get; init; }

        internal string? Source { get; init; }

        internal async Task<Said> PostAsync(string session, int message, byte[]? nonce = null)
        {
            var credential = nonce is null ? null : new Credential(AuthMd5.Type, AuthMd5.Digest(AuthMd5.Secret(Name ?? _digest.Name!, Secret ?? _digest.Secret), nonce));
            var header = new SyncHeader
            {
                SessionId = session, MessageId = message, Target = pc.State.Enrolment!.ManagementUrl, Source = Source ?? pc.Identity.DeviceId,
                SourceName = nonce is null ? null : Name ?? _digest.Name, Credential = credential,
            };
            using var content = new ByteArrayContent(SyncMlWriter.Write(new SyncMlMessage(header, [new AlertCommand(AlertCode.ClientInitiated, []) { CommandId = "2" }], true)));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/vnd.syncml.dm+xml");
            using var client = service.Client();
            using var response = await client.PostAsync(new Uri(service.ManagementUrl, ManagementEndpoint.Path), content, Stop);
            return new Said(response.StatusCode, Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(Stop)), response.Headers.RetryAfter?.ToString());
        }
    }

    private sealed record Said(HttpStatusCode Status, string Body, string? RetryAfter)
    {
        private SyncMlMessage Message => SyncMlReader.Read(Encoding.UTF8.GetBytes(Body));

        internal int Code => ((StatusCommand)Message.Commands[0]).Code;

        internal byte[]? Challenge => ((StatusCommand)Message.Commands[0]).Challenge?.NextNonce;

        internal bool HasCommands => Message.Commands.Any(command => command is not StatusCommand);
    }
}
