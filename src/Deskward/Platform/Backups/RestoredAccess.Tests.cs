using System.Net;
using System.Text.Json;
using Deskward.Audit;
using Deskward.Directories;
using Deskward.Enrollment;
using Deskward.Fixture;
using Deskward.Grants;
using Deskward.Identity.Passwords;
using Deskward.Notices;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Deskward.Platform.Backups;

/// <summary>What could be ended after a backup was made does not come alive again when it is restored.</summary>
public sealed class RestoredAccessTests(Services services)
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Grants_sessions_links_and_codes_that_ended_after_the_backup_stay_ended(Engine engine)
    {
        await using var ground = await GroundAsync(engine);
        using var ed = await ground.Access.VisitAsync(ground.Access.Ed);
        var file = await ground.BackUpAsync();
        Assert.Equal(HttpStatusCode.OK, (await ed.GetAsync("/devices")).StatusCode);

        var (restored, _) = await ground.RestoreAsync(services, engine, file);
        await using var again = restored;
        Assert.Empty((await again.InScopeAsync(provider => provider.GetRequiredService<GrantBook>().OfAsync(provider.GetRequiredService<DeskwardContext>(), [ground.Access.Ed.Id], CancellationToken.None)))[ground.Access.Ed.Id]);
        Assert.Null(await again.InScopeAsync(provider => provider.GetRequiredService<MailLinks>().FindAsync(AccountLinks.Invitation.Key, ground.LinkToken, CancellationToken.None)));
        Assert.NotNull(await again.QueryAsync(db => db.Set<EnrolmentCode>().Where(row => row.PersonId == ground.Access.Alice.Id && row.Used == 0).Select(row => row.RevokedAt).SingleAsync()));
        Assert.Equal(0, await again.QueryAsync(db => db.Set<Identity.Visits.PortalSession>().CountAsync()));
        var request = await again.QueryAsync(db => db.Set<AccessRequest>().SingleAsync());
        Assert.Equal((AccessState.Ended, AccessEnding.Restore), (request.State, request.Ending));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_audit_of_each_organisation_says_what_ended_with_the_restore(Engine engine)
    {
        await using var ground = await GroundAsync(engine);
        using var alice = await ground.Access.VisitAsync(ground.Access.Alice);
        var file = await ground.BackUpAsync();
        var (restored, _) = await ground.RestoreAsync(services, engine, file);
        await using var again = restored;
        var rows = await again.QueryAsync(db => db.Set<AuditEntry>().Where(row => row.Action == "backup.restore").ToDictionaryAsync(row => row.TenantId, row => row.After!));
        Assert.Equal(2, rows.Count);
        var customer = JsonDocument.Parse(rows[ground.Access.Customer.Id]).RootElement;
        Assert.Equal((1, 1, 1), (customer.GetProperty("sessions").GetInt32(), customer.GetProperty("mailLinks").GetInt32(), customer.GetProperty("enrolmentCodes").GetInt32()));
        Assert.Equal([$"{ground.Access.Ed.UserName}: {Role.OperationsEngineer}"], customer.GetProperty("grants").EnumerateArray().Select(grant => grant.GetString()));
        var provider = JsonDocument.Parse(rows[ground.Access.Provider.Id]).RootElement;
        Assert.Equal((0, 0, 0), (provider.GetProperty("grants").GetArrayLength(), provider.GetProperty("mailLinks").GetInt32(), provider.GetProperty("enrolmentCodes").GetInt32()));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_console_names_the_tokens_and_roles_that_stand_as_of_the_backup(Engine engine)
    {
        await using var ground = await GroundAsync(engine);
        var gone = await ground.Access.Service.InScopeAsync(async provider => (await provider.GetRequiredService<DirectoryTokens>().CreateAsync(ground.Access.Customer.Id, "Gone", 90, CancellationToken.None)).Value!.Id, ground.Access.Customer.Id);
        await ground.Access.Service.QueryAsync(db => db.Set<DirectoryToken>().Where(row => row.Id == gone).ExecuteUpdateAsync(set => set.SetProperty(row => row.RevokedAt, ground.Access.Service.Time.Now())), ground.Access.Customer.Id);
        var (restored, report) = await ground.RestoreAsync(services, engine, await ground.BackUpAsync());
        await using var again = restored;
        var told = string.Join('\n', report.Lines());
        Assert.Contains($"{ground.Access.Customer.Name}: sessions 0, grants 1, links in mails 1, enrolment codes 1", told, StringComparison.Ordinal);
        Assert.Contains("directory token \"Entra ID\", made by ", told, StringComparison.Ordinal);
        Assert.DoesNotContain("\"Gone\"", told, StringComparison.Ordinal);
        Assert.Contains($"    {ground.Access.Alice.UserName}: {Role.CustomerOwner}", told, StringComparison.Ordinal);
        Assert.Contains($"    {ground.Access.Ed.UserName}: {Role.OperationsEngineer}", told, StringComparison.Ordinal);
    }

    /// <summary>Ed has a grant, an invitation and an enrolment code are under way, and a directory has a token.</summary>
    private async Task<Ground> GroundAsync(Engine engine)
    {
        var access = await AccessGround.OnAsync(await services.FreshAsync(engine));
        await access.GrantAsync(access.Ed);
        var token = await access.Service.InScopeAsync(async provider =>
        {
            var link = provider.GetRequiredService<MailLinks>().Add(AccountLinks.Invitation.Key, "/invitation", access.Customer.Id, access.Alice.Id, TimeSpan.FromDays(7));
            await provider.GetRequiredService<DeskwardContext>().SaveChangesAsync();
            await provider.GetRequiredService<EnrolmentCodes>().CreateAsync(access.Alice, 1, TimeSpan.FromHours(24), CancellationToken.None);
            var used = (await provider.GetRequiredService<EnrolmentCodes>().CreateAsync(access.Alice, 1, TimeSpan.FromHours(24), CancellationToken.None)).Value!.Id;
            await provider.GetRequiredService<DeskwardContext>().Set<EnrolmentCode>().Where(row => row.Id == used).ExecuteUpdateAsync(set => set.SetProperty(row => row.Used, 1));
            await provider.GetRequiredService<DirectoryTokens>().CreateAsync(access.Customer.Id, "Entra ID", 90, CancellationToken.None);
            return link.Path.Split('=')[1];
        }, access.Customer.Id);
        return new Ground(access, token);
    }

    private sealed record Ground(AccessGround Access, string LinkToken) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Access.Service.DisposeAsync();

        internal async Task<string> BackUpAsync()
        {
            var file = Path.Combine(Access.Service.Settings.Data, "backup.zip");
            await Backup.WriteAsync(Access.Service.Settings, file, CancellationToken.None);
            return file;
        }

        internal async Task<(TestService Service, RestoredReport Report)> RestoreAsync(Services services, Engine engine, string file)
        {
            await Access.Service.DisposeAsync();
            NpgsqlConnection.ClearAllPools();
            var settings = TestService.NewSettings() with { KeyFile = Access.Service.Settings.KeyPath };
            if (engine == Engine.Postgres)
            {
                var (owner, service) = await (await services.PostgresAsync()).CreateDatabaseAsync();
                settings = settings with { Database = service, OwnerDatabase = owner };
            }

            var report = await Backup.RestoreAsync(settings, file, CancellationToken.None);
            return (await TestService.StartAsync(settings), report);
        }
    }
}
