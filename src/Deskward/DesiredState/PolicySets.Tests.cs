using Deskward.Audit;
using Deskward.Fixture;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.DesiredState;

public sealed class PolicySetsTests(Services services)
{
    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_policy_set_with_one_wrong_line_leaves_nothing_behind(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var refused = await CreateAsync(fleet, "Broken", (Fleet.Camera, "0"), (Fleet.Pin, "many"));
        Assert.Equal(RefusalReason.Invalid, refused.Refusal?.Reason);
        Assert.StartsWith("Line 2:", refused.Refusal?.Message, StringComparison.Ordinal);
        Assert.Equal(0, await fleet.QueryAsync(db => db.Set<PolicySet>().CountAsync(row => row.TenantId == fleet.Tenant)) + await fleet.QueryAsync(db => db.Set<PolicySetVersion>().CountAsync(row => row.TenantId == fleet.Tenant)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Versions_are_compared_by_path_and_value(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var first = await fleet.AddPolicyAsync((Fleet.Camera, "0"), (Fleet.Cortana, "0"));
        var second = Fleet.Granted(await AddVersionAsync(fleet, first.PolicySetId, null, (Fleet.Cortana, "1"), (Fleet.Pin, "6")));
        var compared = Fleet.Granted(await fleet.AsAsync<PolicySetContents, Outcome<VersionComparison>>(contents => contents.CompareAsync(first.Id, second.Id, CancellationToken.None)));
        Assert.Equal((Fleet.Pin, Fleet.Camera), (Assert.Single(compared.Added).Path, Assert.Single(compared.Removed).Path));
        Assert.Equal(("0", "1"), (Assert.Single(compared.Changed).Before.Value, compared.Changed[0].After.Value));
        Assert.Equal(2, second.Number);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Another_organisation_s_policy_set_does_not_exist(Engine engine)
    {
        var (fleet, other) = (await Fleet.NewAsync(services, engine), await Fleet.NewAsync(services, engine));
        var foreign = await other.AddPolicyAsync((Fleet.Camera, "0"));
        Assert.Equal(RefusalReason.NotFound, (await AddVersionAsync(fleet, foreign.PolicySetId, null, (Fleet.Pin, "6"))).Refusal?.Reason);
        Assert.Null(await fleet.AsAsync<PolicySetContents, IReadOnlyList<SettingView>?>(contents => contents.SettingsAsync(foreign.Id, CancellationToken.None)));
        Assert.NotNull(await other.AsAsync<PolicySetContents, IReadOnlyList<SettingView>?>(contents => contents.SettingsAsync(foreign.Id, CancellationToken.None)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Each_change_is_audited_with_before_and_after(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var created = Fleet.Granted(await CreateAsync(fleet, "Cameras", (Fleet.Camera, "0")));
        Fleet.Granted(await AddVersionAsync(fleet, created.PolicySetId, 0, (Fleet.Camera, "1")));
        Fleet.Granted(await RenameAsync(fleet, created.PolicySetId, 1, "Lenses"));
        Fleet.Granted(await fleet.AsAsync<PolicySets, Outcome<PolicySet>>(sets => sets.ArchiveAsync(created.PolicySetId, 2, CancellationToken.None)));
        var entries = await fleet.QueryAsync(db => db.Set<AuditEntry>().Where(row => row.ObjectId == created.PolicySetId).OrderBy(row => row.At).ToListAsync());
        Assert.Equal(["policyset.add", "policyset.version", "policyset.rename", "policyset.archive"], entries.Select(entry => entry.Action));
        Assert.Contains("Cameras", entries[2].Before, StringComparison.Ordinal);
        Assert.Contains("Lenses", entries[2].After, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890")]
    public async Task A_name_that_breaks_the_rule_is_refused(string name)
    {
        var fleet = await Fleet.NewAsync(services, Engine.Sqlite);
        Assert.Equal(RefusalReason.Invalid, (await CreateAsync(fleet, name, (Fleet.Camera, "0"))).Refusal?.Reason);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_name_is_given_once(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var first = Fleet.Granted(await CreateAsync(fleet, "Twice", (Fleet.Camera, "0")));
        Assert.Equal(RefusalReason.Conflict, (await CreateAsync(fleet, " Twice ", (Fleet.Camera, "0"))).Refusal?.Reason);
        var other = Fleet.Granted(await CreateAsync(fleet, "Once", (Fleet.Camera, "0")));
        Assert.Equal(RefusalReason.Conflict, (await RenameAsync(fleet, other.PolicySetId, null, "Twice")).Refusal?.Reason);
        Assert.Null((await RenameAsync(fleet, first.PolicySetId, null, "Twice")).Refusal);
    }

    [Fact]
    public async Task What_somebody_else_changed_meanwhile_is_not_overwritten()
    {
        var fleet = await Fleet.NewAsync(services, Engine.Sqlite);
        var created = await fleet.AddPolicyAsync((Fleet.Camera, "0"));
        Fleet.Granted(await RenameAsync(fleet, created.PolicySetId, 0, "Mine"));
        Assert.Equal(RefusalReason.Conflict, (await RenameAsync(fleet, created.PolicySetId, 0, "Yours")).Refusal?.Reason);
    }

    [Fact]
    public async Task A_version_that_changes_nothing_is_refused()
    {
        var fleet = await Fleet.NewAsync(services, Engine.Sqlite);
        var created = await fleet.AddPolicyAsync((Fleet.Camera, "0"));
        Assert.Equal(RefusalReason.Conflict, (await AddVersionAsync(fleet, created.PolicySetId, null, (Fleet.Camera, "0"))).Refusal?.Reason);
    }

    [Fact]
    public async Task An_archived_policy_set_takes_no_version_and_no_assignment_and_an_assigned_one_is_not_archived()
    {
        var fleet = await Fleet.NewAsync(services, Engine.Sqlite);
        var (used, idle) = (await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AddPolicyAsync((Fleet.Camera, "0")));
        await fleet.AssignAsync(used, await fleet.AllDevicesAsync());
        Assert.Equal(RefusalReason.Conflict, (await fleet.AsAsync<PolicySets, Outcome<PolicySet>>(sets => sets.ArchiveAsync(used.PolicySetId, null, CancellationToken.None))).Refusal?.Reason);
        Fleet.Granted(await fleet.AsAsync<PolicySets, Outcome<PolicySet>>(sets => sets.ArchiveAsync(idle.PolicySetId, null, CancellationToken.None)));
        Assert.Equal(RefusalReason.Conflict, (await AddVersionAsync(fleet, idle.PolicySetId, null, (Fleet.Camera, "1"))).Refusal?.Reason);
        var group = await fleet.AllDevicesAsync();
        Assert.Equal(RefusalReason.Conflict, (await fleet.AsAsync<Assignments, Outcome<AssignmentResult>>(all => all.AssignAsync(idle.Id, group, Layer.Customer, CancellationToken.None))).Refusal?.Reason);
    }

    private static Task<Outcome<PolicySetVersion>> CreateAsync(Fleet fleet, string name, params (string Path, string Value)[] settings) =>
        fleet.AsAsync<PolicySets, Outcome<PolicySetVersion>>(sets => sets.CreateAsync(fleet.Tenant, name, "", Fleet.Lines(settings), CancellationToken.None));

    private static Task<Outcome<PolicySetVersion>> AddVersionAsync(Fleet fleet, Guid set, int? concurrency, params (string Path, string Value)[] settings) =>
        fleet.AsAsync<PolicySets, Outcome<PolicySetVersion>>(sets => sets.AddVersionAsync(set, concurrency, Fleet.Lines(settings), CancellationToken.None));

    private static Task<Outcome<PolicySet>> RenameAsync(Fleet fleet, Guid set, int? concurrency, string name) =>
        fleet.AsAsync<PolicySets, Outcome<PolicySet>>(sets => sets.RenameAsync(set, concurrency, name, "", CancellationToken.None));
}
