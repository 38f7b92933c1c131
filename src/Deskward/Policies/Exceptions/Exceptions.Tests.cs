using Deskward.DesiredState;
using Deskward.Fixture;
using Deskward.Notices;
using Deskward.Platform;
using Deskward.Platform.Plans;
using Deskward.Platform.Duties;
using Deskward.Responsibilities;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Fleet = Deskward.DesiredState.Fleet;

namespace Deskward.Policies.Exceptions;

/// <summary>The life of an exception on both engines, with the clock moved.</summary>
public sealed class ExceptionsTests(Services services)
{
    private const string Why = "The camera is needed for video calls.";

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_is_approved_is_what_the_PC_gets_and_what_ends_by_consent_goes(Engine engine)
    {
        var ground = await Ground.OnAsync(await services.SharedAsync(engine));
        var exception = await ground.AskAsync();
        Assert.Equal("0", await ground.CameraAsync());
        var plan = await ground.Fleet.AsAsync<ExceptionAssignment, DocumentPlan>(all => all.PlanAsync(exception, CancellationToken.None));
        Assert.Equal([(Fleet.Camera, "0", "1", 1)], plan.Flips.Select(one => (one.Flip.Path, one.Flip.Before, one.Flip.After, one.Pcs)));
        Assert.Equal(RefusalReason.Conflict, (await ground.DeskAsync(desk => desk.DecideAsync(exception, ground.Approval() with { Digest = "another" }, CancellationToken.None))).Refusal!.Reason);
        exception = Fleet.Granted(await ground.DeskAsync(desk => desk.DecideAsync(exception, ground.Approval() with { Digest = plan.Digest }, CancellationToken.None)));
        Assert.Equal(("1", "0"), (await ground.CameraAsync(), (await ground.Fleet.WantedOfAsync(ground.Other)).Single(setting => setting.Path == Fleet.Camera).Value));
        Assert.Equal(Layer.Exception, await ground.Fleet.QueryAsync(db => db.Set<Assignment>().Where(row => row.Id == exception.AssignmentId).Select(row => row.Layer).SingleAsync()));
        var ended = Fleet.Granted(await ground.DeskAsync(desk => desk.EndAsync(exception, null, CancellationToken.None)));
        Assert.Equal((ExceptionState.Ended, ExceptionEnding.Consent, "0"), (ended.State, ended.Ending, await ground.CameraAsync()));
        Assert.Equal(RefusalReason.Conflict, (await ground.DeskAsync(desk => desk.EndAsync(ended, null, CancellationToken.None))).Refusal!.Reason);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_revocation_keeps_its_calendar_and_never_takes_the_exception_away(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var ground = await Ground.OnAsync(service, "UTC");
        var exception = await ground.ApprovedAsync();
        exception = Fleet.Granted(await ground.DeskAsync(desk => desk.RevokeAsync(exception, new Revocation(Why, Why, null), CancellationToken.None)));
        Assert.Equal(["Revoked 0"], await ground.WalkAsync(29));
        Assert.Equal(["Revoked 0", "RevokedDay30 30", "RevokedDay60 60", "RevokedFinal 83"], await ground.WalkAsync(60));
        Assert.Null((await ground.RowAsync()).ServiceLevelLostOn);
        Assert.Equal(["Revoked 0", "RevokedDay30 30", "RevokedDay60 60", "RevokedFinal 83", "LevelLost 90"], await ground.WalkAsync(40));
        Assert.Equal((ExceptionState.Approved, exception.RevokedOn!.Value.AddDays(90), "1"), ((await ground.RowAsync()).State, (await ground.RowAsync()).ServiceLevelLostOn, await ground.CameraAsync()));
        Assert.Equal(5, await ground.ToldAsync("policies.exception-revoked") + await ground.ToldAsync("policies.exception-level-lost"));
        Fleet.Granted(await ground.DeskAsync(async desk => await desk.AppealAsync(await ground.RowAsync(), Why, CancellationToken.None)));
        Fleet.Granted(await ground.DeskAsync(async desk => await desk.AnswerAppealAsync(await ground.RowAsync(), true, Why, CancellationToken.None)));
        Assert.Equal((null, null), ((await ground.RowAsync()).RevokedOn, (await ground.RowAsync()).ServiceLevelLostOn));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task At_the_agreed_end_it_goes_and_was_told_30_and_5_days_before_in_the_customers_days(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var ground = await Ground.OnAsync(service, "Pacific/Kiritimati");
        var exception = await ground.ApprovedAsync(days: 50);
        Assert.Equal(["EndIn30 20", "EndIn5 45"], await ground.WalkAsync(50));
        Assert.Equal("1", await ground.CameraAsync());
        await ground.WalkAsync(1);
        var row = await ground.RowAsync();
        Assert.Equal((ExceptionState.Ended, ExceptionEnding.AgreedEnd, "0", exception.AgreedEnd), (row.State, row.Ending, await ground.CameraAsync(), row.AgreedEnd));
        Assert.Equal((2, 1), (await ground.ToldAsync("policies.exception-ending"), await ground.ToldAsync("policies.exception-ended")));
    }

    [Fact]
    public async Task A_request_that_Windows_does_not_know_or_that_holds_a_secret_is_refused_whole()
    {
        var ground = await Ground.OnAsync(await services.SharedAsync(Engine.Sqlite));
        var unknown = await ground.DeskAsync(desk => desk.AskAsync(ground.Customer.Id, null, ground.Wish() with { Settings = "./Device/Vendor/MSFT/Policy/Config/Camera/NoSuch\t1" }, CancellationToken.None));
        Assert.Contains("NoSuch", string.Join(' ', unknown.Refusal!.Details.Append(unknown.Refusal.Message)), StringComparison.Ordinal);
        var secret = await ground.DeskAsync(desk => desk.AskAsync(ground.Customer.Id, null, ground.Wish() with { Settings = $"path\tvalue\tsecret\n{Fleet.Camera}\t1\tyes" }, CancellationToken.None));
        Assert.Contains("no secrets", secret.Refusal!.Message, StringComparison.Ordinal);
        var foreign = await ground.DeskAsync(desk => desk.AskAsync(ground.Customer.Id, null, ground.Wish() with { Group = Guid.CreateVersion7() }, CancellationToken.None));
        Assert.Equal((RefusalReason.NotFound, 0), (foreign.Refusal!.Reason, await ground.Fleet.QueryAsync(db => db.Set<ExceptionRequest>().CountAsync())));
    }

    [Fact]
    public async Task Nobody_assigns_changes_or_removes_an_exception_past_its_request()
    {
        var ground = await Ground.OnAsync(await services.SharedAsync(Engine.Sqlite));
        var version = await ground.Fleet.AddPolicyAsync((Fleet.Pin, "8"));
        Assert.Equal(RefusalReason.Conflict, (await ground.AssignmentsAsync(all => all.AssignAsync(version.Id, ground.Group, Layer.Exception, CancellationToken.None))).Refusal?.Reason);
        var exception = await ground.ApprovedAsync();
        var (set, assignment) = (exception.PolicySetId!.Value, exception.AssignmentId!.Value);
        var next = Fleet.Granted(await ground.Fleet.AsAsync<PolicySets, Outcome<PolicySetVersion>>(sets => sets.AddVersionAsync(set, null, Fleet.Lines((Fleet.Camera, "0")), CancellationToken.None)));
        Assert.Equal(RefusalReason.Conflict, (await ground.AssignmentsAsync(all => all.ChangeVersionAsync(assignment, null, next.Id, CancellationToken.None))).Refusal?.Reason);
        Assert.Equal(RefusalReason.Conflict, (await ground.AssignmentsAsync(all => all.RemoveAsync(assignment, null, CancellationToken.None))).Refusal?.Reason);
        Assert.Equal("1", await ground.CameraAsync());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Of_two_who_decide_one_is_told_that_it_was_decided(Engine engine)
    {
        var ground = await Ground.OnAsync(await services.SharedAsync(engine));
        var exception = await ground.AskAsync();
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => ground.DeskAsync(desk => desk.DecideAsync(exception, ground.Approval(), CancellationToken.None))));
        Assert.Equal(1, both.Count(outcome => outcome.IsRefused));
        Assert.Equal(1, await ground.Fleet.QueryAsync(db => db.Set<Assignment>().CountAsync(row => row.Layer == Layer.Exception)));
    }

    /// <summary>A customer with two PCs without camera, one of them in a group that asks for it. With a zone the clock moves: the service must be a fresh one.</summary>
    private sealed class Ground(TestService service, Organisation customer, Organisation provider, Fleet fleet)
    {
        private DateOnly _begun;

        internal Organisation Customer => customer;

        internal Fleet Fleet => fleet;

        internal Guid Pc { get; private set; }

        internal Guid Other { get; private set; }

        internal Guid Group { get; private set; }

        internal static async Task<Ground> OnAsync(TestService service, string? zone = null)
        {
            var (provider, customer) = (await service.ProviderAsync(), await service.AddCustomerAsync());
            await service.AddPersonAsync(customer, "adam", Role.ItAdministrator);
            var ground = new Ground(service, customer, provider, new Fleet(service, customer.Id));
            if (zone is not null)
            {
                var now = service.Time.Now().UtcDateTime;
                Assert.Null(await ground.Fleet.AsAsync<Contracts, Refusal?>(contracts => contracts.SetCalendarAsync(customer.Id, zone, 62, DateOnly.FromDateTime(now).AddDays(1), CancellationToken.None)));
                service.Time.Advance(now.Date.AddDays(2).AddHours(20) - now); // Past nine in the morning, there and here.
            }

            (ground.Pc, ground.Other) = await ground.Fleet.AddDevicesAsync(2) is [var one, var other] ? (one, other) : default;
            await ground.Fleet.AssignAsync(await ground.Fleet.AddPolicyAsync((Fleet.Camera, "0")), await ground.Fleet.AllDevicesAsync());
            ground.Group = (await ground.Fleet.AddGroupAsync(ground.Pc)).Id;
            ground._begun = await ground.TodayAsync();
            return ground;
        }

        internal ExceptionWish Wish() => new(ExceptionType.Policies, Why, Why, _begun.AddYears(2), Group, $"{Fleet.Camera}\t1");

        internal ExceptionDecision Approval(int days = 400) => new(true, ExceptionAssessment.All, ExceptionNeed.NotMet, _begun.AddDays(days), Why);

        internal Task<T> DeskAsync<T>(Func<ExceptionDesk, Task<T>> step) => fleet.AsAsync(step);

        internal Task<Outcome<T>> AssignmentsAsync<T>(Func<Assignments, Task<Outcome<T>>> step) => fleet.AsAsync(step);

        internal async Task<ExceptionRequest> AskAsync() => Fleet.Granted(await DeskAsync(desk => desk.AskAsync(customer.Id, null, Wish(), CancellationToken.None)));

        internal async Task<ExceptionRequest> ApprovedAsync(int days = 400)
        {
            var asked = await AskAsync();
            return Fleet.Granted(await DeskAsync(desk => desk.DecideAsync(asked, Approval(days), CancellationToken.None)));
        }

        internal async Task<string> CameraAsync() => (await fleet.WantedOfAsync(Pc)).Single(setting => setting.Path == Fleet.Camera).Value;

        internal Task<ExceptionRequest> RowAsync() => fleet.QueryAsync(db => db.Set<ExceptionRequest>().AsNoTracking().SingleAsync());

        internal Task<int> ToldAsync(string kind) => fleet.QueryAsync(db => db.Set<SentNotice>().CountAsync(row => row.Kind == kind));

        /// <summary>Goes on by days, as the service does each of them; every notice with its day.</summary>
        internal async Task<List<string>> WalkAsync(int days)
        {
            for (; days > 0; days--)
            {
                service.Time.Advance(TimeSpan.FromDays(1));
                await service.Provider.GetRequiredService<ExceptionUpkeep>().FollowAsync(new ExceptionPlace(customer.Id, customer.Name, provider.Id), CancellationToken.None);
            }

            return [.. (await fleet.QueryAsync(db => db.Set<ExceptionNotice>().OrderBy(row => row.Day).ToListAsync())).Select(row => $"{row.Kind} {row.Day.DayNumber - _begun.DayNumber}")];
        }

        private Task<DateOnly> TodayAsync() => fleet.AsAsync<Contracts, DateOnly>(async contracts => (await contracts.CalendarAsync(customer.Id, CancellationToken.None)).DayOf(service.Time.Now()));
    }
}
