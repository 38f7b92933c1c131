using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Deskward.Audit;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Deskward.Organisations;

public sealed class DepartureTests(Services services)
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_customer_that_leaves_is_deleted_to_the_last_row_and_the_provider_keeps_the_proof(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        var other = await ground.Service.AddCustomerAsync("Fabrikam");
        await ground.LeaveAsync(retention: 0);
        await ground.DeleteAsync();
        Nothing(await RowsAsync(ground, ground.Customer));
        var proof = await ground.Service.QueryAsync(db => db.Set<DeletionProof>().SingleAsync(), ground.Access.Provider.Id);
        var counts = JsonSerializer.Deserialize<Dictionary<string, long>>(proof.Counts)!;
        Assert.Equal((1, 1, 1), (counts["devices_devices"], counts["identity_people"], counts["tenants_organisations"]));
        Assert.Equal((counts.Values.Sum(), ground.Access.Customer.Name, ground.Access.Eva.UserName), (proof.Rows, proof.Name, proof.ApprovedBy));
        Assert.Contains($"organisation: {ground.Customer}", proof.Checkpoint, StringComparison.Ordinal);
        Assert.NotNull(SignedStatements.SignerOf(proof.Document!));
        Assert.Null(SignedStatements.SignerOf(proof.Document!.Replace("rows of devices_devices: 1", "rows of devices_devices: 2", StringComparison.Ordinal)));
        Assert.Contains(await RowsAsync(ground, other.Id), row => row.Rows > 0);
        using var eva = await ground.Access.VisitAsync(ground.Access.Eva);
        Assert.Contains(ground.Access.Customer.Name, await eva.TextAsync("/organisations/deleted"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Its_people_and_its_domain_are_free_again_and_nobody_signs_in(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        using var alice = await ground.Access.VisitAsync(ground.Access.Alice);
        await ground.LeaveAsync(retention: 0);
        await ground.DeleteAsync();
        Assert.Equal(HttpStatusCode.Redirect, (await alice.GetAsync("/devices")).StatusCode);
        var again = await ground.Service.InScopeAsync(provider => provider.GetRequiredService<OrganisationDirectory>().AddAsync(OrganisationKind.Customer, "Contoso anew", ground.Access.Customer.Domain, CancellationToken.None));
        Assert.False(again.IsRefused);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task PCs_are_retired_at_once_and_stay_when_it_is_undone(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        await ground.LeaveAsync(retention: 30);
        await ground.WorkAsync();
        Assert.Equal((OrganisationState.Leaving, DeviceState.Retiring), ((await ground.RowAsync()).State, await PcAsync(ground)));
        using var alice = await ground.Access.VisitAsync(ground.Access.Alice);
        Assert.Equal(HttpStatusCode.Redirect, (await alice.PostAsync($"/organisations/{ground.Customer}/leave", "undo", false)).StatusCode);
        Assert.Equal((OrganisationState.Active, DeviceState.Enrolled), ((await ground.RowAsync()).State, await PcAsync(ground)));
        await ground.WorkAsync();
        Assert.Equal(DeviceState.Enrolled, await PcAsync(ground));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Nothing_is_deleted_before_its_time_and_everything_after(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        await ground.LeaveAsync(retention: 30);
        ground.Service.Time.Advance(TimeSpan.FromDays(29));
        await ground.WorkAsync();
        Assert.Equal(OrganisationState.Leaving, (await ground.RowAsync()).State);
        if (engine == Engine.Sqlite)
        {
            ground.Service.Time.Advance(TimeSpan.FromDays(2)); // PostgreSQL looks at its own clock before it gives up an audit.
            await ground.DeleteAsync();
            Nothing(await RowsAsync(ground, ground.Customer));
        }
    }

    [Theory]
    [InlineData(Role.ItAdministrator)]
    [InlineData(Role.ChangeApprover)]
    [InlineData(Role.ServiceReader)]
    public async Task Only_the_owner_asks_and_takes_the_data_out(Role role)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, Engine.Sqlite);
        using var person = await ground.Access.VisitAsync(await ground.Service.AddPersonAsync(ground.Access.Customer, "bob", role));
        Assert.Equal(HttpStatusCode.Forbidden, (await person.GetAsync($"/organisations/{ground.Customer}/leave")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await person.PostToAsync("/password", ExportDownload.Path, "x", false)).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_engineer_answers_no_departure_and_there_is_none_to_approve_twice(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        await ground.LeaveAsync(retention: 30);
        using var ed = await ground.Access.VisitAsync(ground.Access.Ed);
        using var eva = await ground.Access.VisitAsync(ground.Access.Eva);
        Assert.Equal(HttpStatusCode.Forbidden, (await ed.GetAsync($"/organisations/{ground.Customer}/leave/answer")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await eva.PostAsync($"/organisations/{ground.Customer}/leave/answer", "answer", false, ("answer", "approve"), ("confirmation", ground.Access.Customer.Domain))).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_export_holds_every_row_and_no_secret(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        using var alice = await ground.Access.VisitAsync(ground.Access.Alice);
        using var answer = await alice.PostToAsync($"/organisations/{ground.Customer}/leave", ExportDownload.Path, "x", false);
        await using var zip = await ZipArchive.CreateAsync(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), ZipArchiveMode.Read, false, null, TestContext.Current.CancellationToken);
        var people = await ReadAsync(zip, "identity_people.jsonl");
        Assert.Contains(ground.Access.Alice.UserName!, people, StringComparison.Ordinal);
        Assert.DoesNotContain(ground.Access.Alice.PasswordHash!, people, StringComparison.Ordinal);
        Assert.Contains(ground.Access.Pc.ToString(), await ReadAsync(zip, "devices_devices.jsonl"), StringComparison.Ordinal);
        Assert.Contains("person.sign-in", await ReadAsync(zip, "audit.jsonl"), StringComparison.Ordinal);
        using var contents = JsonDocument.Parse(await ReadAsync(zip, "contents.json"));
        Assert.Equal(CustomerExport.Exported(Model()).Count(), contents.RootElement.GetProperty("tables").GetArrayLength());
    }

    [Fact]
    public void What_holds_a_secret_is_left_out()
    {
        var withheld = CustomerExport.Exported(Model()).SelectMany(type => type.GetProperties().Where(CustomerExport.IsSecret).Select(property => $"{type.GetTableName()}.{property.GetColumnName()}")).ToList();
        foreach (var column in new[] { "identity_people.password_hash", "identity_people.security_stamp", "certificates_authorities.wrapped_key", "enrollment_codes.code_hash", "identity_one_time_codes.hash", "identity_authenticators.wrapped_secret", "identity_providers.wrapped_secret", "directories_tokens.token_hash", "devices_secrets.wrapped_client_secret", "devices_secrets.client_nonce", "desired_progress.last_response" })
        {
            Assert.Contains(column, withheld);
        }
    }

    [Fact]
    public async Task PostgreSQL_gives_up_no_audit_that_is_not_due()
    {
        await using var ground = await OrganisationsGround.OnAsync(services, Engine.Postgres);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => ground.Service.QueryAsync(db => AuditForgetting.ForgetAsync(db, ground.Customer, 1, CancellationToken.None), ground.Customer));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    private static Task<DeviceState> PcAsync(OrganisationsGround ground) => ground.Service.QueryAsync(db => db.Set<Device>().Where(row => row.Id == ground.Access.Pc).Select(row => row.State).SingleAsync(), ground.Customer);

    private static void Nothing(IReadOnlyList<(string Table, long Rows)> rows) => Assert.DoesNotContain(rows, row => row.Rows > 0);

    private static Task<List<(string Table, long Rows)>> RowsAsync(OrganisationsGround ground, Guid organisation) => ground.Service.QueryAsync(async db =>
    {
        var rows = new List<(string, long)>();
        foreach (var table in OwnedTables.ChildrenFirst(db.Model).ToList())
        {
            var sql = $"SELECT count(*) AS \"Value\" FROM {table} WHERE tenant_id = {{0}}";
            rows.Add((table, await db.Database.SqlQueryRaw<long>(sql, organisation).SingleAsync()));
        }

        return rows;
    }, organisation);

    private static async Task<string> ReadAsync(ZipArchive zip, string entry)
    {
        using var reader = new StreamReader(await zip.GetEntry(entry)!.OpenAsync(TestContext.Current.CancellationToken));
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private static Microsoft.EntityFrameworkCore.Metadata.IModel Model()
    {
        using var db = new SqliteDesignTime().CreateDbContext([]);
        return db.Model;
    }
}
