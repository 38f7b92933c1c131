using System.Net;
using Deskward.Audit;
using Deskward.Fixture;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Browser;

public sealed class AuditPageTests(Services services)
{
    private const string Export = "/audit/export";

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task An_owner_sees_the_state_of_the_chain_and_exports_it(Engine engine)
    {
        var (ground, visitor) = await SignedInAsync(engine, Role.CustomerOwner);
        var signed = (await ground.CheckpointAsync()).Checkpoint.Sequence;
        Assert.Contains($"Signed up to row {signed}", await visitor.TextAsync("/audit"), StringComparison.Ordinal);
        var answer = await visitor.PostToAsync("/audit", Export, "", false, ("organisation", ground.Tenant.ToString()));
        Assert.Equal((HttpStatusCode.OK, "application/jsonl"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var file = Path.Combine(ground.Service.Settings.Data, $"download-{Guid.CreateVersion7():n}.jsonl");
        await File.WriteAllBytesAsync(file, await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        Assert.Null((await AuditGround.VerifyFileAsync(file)).Flaw);
        Assert.Contains("Exported the audit trail", await visitor.TextAsync("/audit"), StringComparison.Ordinal);
        visitor.Dispose();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Nobody_exports_what_is_not_theirs_or_without_the_forms_token(Engine engine)
    {
        var (ground, visitor) = await SignedInAsync(engine, Role.CustomerOwner);
        var other = await ground.Service.AddCustomerAsync("Fabrikam");
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.PostToAsync("/audit", Export, "", false, ("organisation", other.Id.ToString()))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.PostToAsync("/audit", Export, "", false, ("organisation", Guid.CreateVersion7().ToString()))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.PostToAsync("/audit", Export, "", true, ("organisation", ground.Tenant.ToString()))).StatusCode);
        visitor.Dispose();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_reader_sees_the_chain_and_cannot_export_it(Engine engine)
    {
        var (ground, visitor) = await SignedInAsync(engine, Role.ServiceReader);
        var text = await visitor.TextAsync("/audit");
        Assert.Contains("Rows in the chain", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Export, text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await visitor.PostToAsync("/audit", Export, "", false, ("organisation", ground.Tenant.ToString()))).StatusCode);
        visitor.Dispose();
    }

    [Fact]
    public async Task An_erased_row_is_marked()
    {
        var (ground, visitor) = await SignedInAsync(Engine.Sqlite, Role.ServiceReader);
        Assert.DoesNotContain("Content erased", await visitor.TextAsync("/audit"), StringComparison.Ordinal);
        await ground.EraseAsync((await ground.EntryAsync(5)).Id);
        Assert.Contains("Content erased", await visitor.TextAsync("/audit"), StringComparison.Ordinal);
        visitor.Dispose();
    }

    private async Task<(AuditGround Ground, PortalVisitor Visitor)> SignedInAsync(Engine engine, Role role)
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(engine));
        var organisation = await ground.QueryAsync(db => db.Set<Organisation>().SingleAsync());
        var person = await ground.Service.AddPersonAsync(organisation, "alice", role);
        var visitor = new PortalVisitor(ground.Service);
        await visitor.SignInAsync(person.UserName!);
        return (ground, visitor);
    }
}
