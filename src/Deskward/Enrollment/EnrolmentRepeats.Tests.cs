using Deskward.Certificates;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.RawClient;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Deskward.Enrollment;

public sealed class EnrolmentRepeatTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_lost_answer_asked_for_again_is_the_same_bytes_and_costs_nothing(Engine engine)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, engine);
        using var pc = await ground.NewPcAsync();
        var first = await pc.EnrolAsync(ground.Http, ground.Service.DiscoveryUrl);
        var again = await pc.EnrolAsync(ground.Http, ground.Service.DiscoveryUrl);
        Assert.Equal(first.Document(), again.Document());
        Assert.Equal(1, await ground.CountAsync<IssuedCertificate>(row => true));
        Assert.Equal(1, await ground.CountAsync<EnrolmentCode>(row => row.Used == 1));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_new_key_within_the_hour_costs_no_use_and_revokes_the_unseen_certificate(Engine engine)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, engine);
        using var pc = await ground.EnrolledAsync();
        var before = pc.Certificate!.RawData;
        pc.TakeNewKey();
        Assert.Equal(200, (await pc.EnrolAsync(ground.Http, ground.Service.DiscoveryUrl)).Status);
        Assert.Equal(1, await ground.CountAsync<IssuedCertificate>(row => row.Certificate == before && row.RevokedAt != null));
        Assert.Equal(1, await ground.CountAsync<IssuedCertificate>(row => row.RevokedAt == null));
        Assert.Equal(1, await ground.CountAsync<Device>(row => true));
        Assert.Equal(1, await ground.CountAsync<EnrolmentCode>(row => row.Used == 1));
    }

    [Fact]
    public async Task After_the_hour_the_same_request_needs_another_use()
    {
        await using var service = await services.FreshAsync(Engine.Sqlite);
        await using var ground = await EnrolmentGround.OnAsync(service);
        using var pc = await ground.EnrolledAsync();
        service.Time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(200, (await pc.EnrolAsync(ground.Http, service.DiscoveryUrl)).Status);
        service.Time.Advance(TimeSpan.FromMinutes(2));
        var late = await pc.EnrolAsync(ground.Http, service.DiscoveryUrl);
        Assert.Contains("used up", late.FaultText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task After_the_hour_the_document_is_no_longer_kept(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        await using var ground = await EnrolmentGround.OnAsync(service);
        using var pc = await ground.EnrolledAsync();
        var upkeep = service.Provider.GetServices<IHostedService>().OfType<CodeUpkeep>().Single();
        service.Time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(0, await upkeep.PruneAsync(CancellationToken.None));
        Assert.Equal(200, (await pc.EnrolAsync(ground.Http, service.DiscoveryUrl)).Status);
        service.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, await upkeep.PruneAsync(CancellationToken.None));
        Assert.Equal(1, await ground.CountAsync<CodeUse>(row => row.WrappedDocument == null));
    }

    [Fact]
    public async Task A_used_up_code_enrols_no_second_machine_even_within_the_hour()
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        using var first = await ground.EnrolledAsync();
        using var second = new RawPc(first.Address, first.Code);
        var answer = await second.EnrolAsync(ground.Http, ground.Service.DiscoveryUrl);
        Assert.Equal((500, "Authentication"), (answer.Status, answer.Fault()));
        Assert.Equal(1, await ground.CountAsync<Device>(row => true));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task The_same_request_ten_times_at_once_makes_one_certificate(Engine engine)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, engine);
        using var pc = await ground.NewPcAsync();
        var message = pc.IssueMessage(ground.EnrolmentUrl);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, message)));
        Assert.All(answers, answer => Assert.Equal(answers[0].Document(), answer.Document()));
        Assert.Equal(1, await ground.CountAsync<IssuedCertificate>(row => true));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Twelve_machines_at_once_share_a_code_of_five_uses_exactly(Engine engine)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, engine);
        var code = await ground.NewCodeAsync(uses: 5);
        var pcs = Enumerable.Range(0, 12).Select(_ => new RawPc(ground.Person.UserName!, code)).ToList();
        var answers = await Task.WhenAll(pcs.Select(pc => RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, pc.IssueMessage(ground.EnrolmentUrl))));
        Assert.Equal(5, answers.Count(answer => answer.Status == 200));
        Assert.Equal(5, await ground.CountAsync<Device>(row => true));
        Assert.Equal(1, await ground.CountAsync<EnrolmentCode>(row => row.Used == 5));
        Assert.Equal(5, await ground.CountAsync<CodeUse>(row => true));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task An_enrolment_that_breaks_off_leaves_nothing_behind_and_can_be_repeated(Engine engine)
    {
        var broken = true;
        DeviceArrived breaks = (_, _, _) => Interlocked.Exchange(ref broken, false) ? throw new InvalidOperationException("The test breaks the enrolment.") : Task.CompletedTask;
        await using var service = await TestService.StartAsync(await services.NewDatabaseAsync(engine), more: more => more.AddSingleton(breaks));
        await using var ground = await EnrolmentGround.OnAsync(service);
        using var pc = await ground.NewPcAsync();
        Assert.Equal("InternalServiceFault", (await pc.EnrolAsync(ground.Http, service.DiscoveryUrl)).Fault());
        Assert.Equal(0, await ground.CountAsync<Device>(row => true) + await ground.CountAsync<CodeUse>(row => true) + await ground.CountAsync<IssuedCertificate>(row => true));
        Assert.Equal(200, (await pc.EnrolAsync(ground.Http, service.DiscoveryUrl)).Status);
        Assert.Equal(1, await ground.CountAsync<EnrolmentCode>(row => row.Used == 1));
    }

    [Fact]
    public async Task Two_nodes_answer_the_same_request_with_the_same_certificate()
    {
        var settings = await services.NewDatabaseAsync(Engine.Postgres);
        await using var one = await TestService.StartAsync(settings);
        await using var two = await TestService.StartAsync(TestService.NewSettings() with { Database = settings.Database, KeyFile = settings.KeyPath });
        await using var ground = await EnrolmentGround.OnAsync(one);
        using var pc = await ground.NewPcAsync();
        using var http = two.Client();
        var answers = await Task.WhenAll(
            RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, pc.IssueMessage(ground.EnrolmentUrl)),
            RawPc.PostAsync(http, new Uri(two.PublicUrl, "/EnrollmentServer/Enrollment.svc"), pc.IssueMessage(two.PublicUrl)));
        Assert.Equal(answers[0].Document(), answers[1].Document());
        Assert.Equal(1, await ground.CountAsync<IssuedCertificate>(row => true));
    }
}
