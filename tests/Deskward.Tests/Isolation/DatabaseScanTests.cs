using Deskward.Fixture;
using Deskward.Guards;
using Deskward.Platform;
using Npgsql;
using Xunit;

namespace Deskward.Isolation;

/// <summary>PostgreSQL alone, without the service: whoever connects as the service's role sees the rows of the customer that the setting names, in every table and view there is.</summary>
[Collection(IsolationTests.Name)]
public sealed class DatabaseScanTests(IsolationGrounds grounds)
{
    private const string Relations = """
        SELECT c.relname || CASE WHEN EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id') THEN '' ELSE '?' END
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p', 'f') ORDER BY 1
        """;

    [Fact]
    public async Task With_one_customer_set_no_table_shows_a_row_of_another()
    {
        await using var connection = await ConnectAsync();
        var ground = await grounds.OnAsync(Engine.Postgres);
        var relations = await TenantRelationsAsync(connection);
        await SetAsync(connection, tenants: ground.A.Id, standing: null);
        string[] published = [.. RowLevelSecurity.PublishedTables(await ModelAsync(ground))];
        Nothing.In(await WithRowsAsync(connection, [.. relations.Except(published)], $"tenant_id <> '{ground.A.Id}'"));
        Assert.Equal(published.Order(), (await WithRowsAsync(connection, [.. published], $"tenant_id = '{ground.Provided.Provider}' AND is_published")).Order());
        Nothing.In(await WithRowsAsync(connection, [.. published], $"tenant_id <> '{ground.A.Id}' AND NOT (tenant_id = '{ground.Provided.Provider}' AND is_published)"));
        Assert.Contains("devices_devices", await WithRowsAsync(connection, relations, "true"));
        Assert.InRange((await WithRowsAsync(connection, relations, "true")).Count, relations.Count - 5, relations.Count);
    }

    [Fact]
    public async Task With_none_set_no_table_shows_a_row()
    {
        await using var connection = await ConnectAsync();
        var relations = await TenantRelationsAsync(connection);
        Nothing.In(await WithRowsAsync(connection, relations, "true"));
        await SetAsync(connection, tenants: Guid.CreateVersion7(), standing: Guid.CreateVersion7());
        string[] published = [.. RowLevelSecurity.PublishedTables(await ModelAsync(await grounds.OnAsync(Engine.Postgres)))];
        Nothing.In((await WithRowsAsync(connection, relations, "true")).Except(published));
    }

    [Fact]
    public async Task What_the_provider_published_is_read_and_never_written_with_a_customer_set_and_no_customer_publishes()
    {
        await using var connection = await ConnectAsync();
        var ground = await grounds.OnAsync(Engine.Postgres);
        await SetAsync(connection, tenants: ground.A.Id, standing: null);
        foreach (var table in RowLevelSecurity.PublishedTables(await ModelAsync(ground)))
        {
            Assert.Equal((table, 0, 0), (table, await ChangedAsync(connection, $"UPDATE {table} SET is_published = true WHERE tenant_id <> '{ground.A.Id}'"), await ChangedAsync(connection, $"DELETE FROM {table} WHERE tenant_id <> '{ground.A.Id}'")));
            await ChangedAsync(connection, "BEGIN");
            Assert.NotEqual(0, await ChangedAsync(connection, $"UPDATE {table} SET is_published = true WHERE tenant_id = '{ground.A.Id}'"));
            await SetAsync(connection, tenants: ground.B.Id, standing: null);
            Nothing.In(await WithRowsAsync(connection, [table], $"tenant_id = '{ground.A.Id}'"));
            await ChangedAsync(connection, "ROLLBACK");
            await SetAsync(connection, tenants: ground.A.Id, standing: null);
        }
    }

    [Fact]
    public async Task At_the_standing_level_only_what_is_readable_there_shows_rows_and_none_can_be_written()
    {
        await using var connection = await ConnectAsync();
        var ground = await grounds.OnAsync(Engine.Postgres);
        var model = await ModelAsync(ground);
        string[] standing = [.. RowLevelSecurity.StandingTables(model), .. StandingViews.Of(model).Select(view => Microsoft.EntityFrameworkCore.RelationalEntityTypeExtensions.GetViewName(view)!)];
        await SetAsync(connection, tenants: null, standing: ground.A.Id);
        var relations = await TenantRelationsAsync(connection);
        Nothing.In((await WithRowsAsync(connection, relations, "true")).Except(standing));
        Nothing.In(await WithRowsAsync(connection, relations, $"tenant_id <> '{ground.A.Id}'"));
        Nothing.In(standing.Except(await WithRowsAsync(connection, relations, "true")));
        Assert.Equal(0, await ChangedAsync(connection, "UPDATE contacts_contacts SET name = 'x'") + await ChangedAsync(connection, "DELETE FROM grants_requests"));
    }

    [Fact]
    public async Task A_table_without_an_owner_stands_on_the_closed_list()
    {
        await using var connection = await ConnectAsync();
        Nothing.In((await NamesAsync(connection, Relations)).Where(name => name.EndsWith('?')).Select(name => name[..^1]).Except(ModelTests.OutsideTenancy.Keys).Except(["platform_migrations"]));
    }

    private static Task<Microsoft.EntityFrameworkCore.Metadata.IModel> ModelAsync(IsolationGround ground) => ground.Service.QueryAsync(db => Task.FromResult(db.Model));

    private async Task<NpgsqlConnection> ConnectAsync()
    {
        var ground = await grounds.OnAsync(Engine.Postgres);
        var connection = new NpgsqlConnection(ground.Service.Settings.Database + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    private static async Task<List<string>> TenantRelationsAsync(NpgsqlConnection connection) => [.. (await NamesAsync(connection, Relations)).Where(name => !name.EndsWith('?'))];

    private static Task<int> SetAsync(NpgsqlConnection connection, Guid? tenants, Guid? standing) =>
        ChangedAsync(connection, $"SELECT set_config('deskward.tenants', '{Literal(tenants)}', false), set_config('deskward.standing', '{Literal(standing)}', false)");

    private static string Literal(Guid? id) => id is null ? "" : $"{{{id}}}";

    private static async Task<List<string>> WithRowsAsync(NpgsqlConnection connection, List<string> relations, string condition) =>
        relations.Count == 0 ? [] : await NamesAsync(connection, string.Join(" UNION ALL ", relations.Select(relation => $"SELECT '{relation}' WHERE EXISTS (SELECT FROM {relation} WHERE {condition})")));

    private static async Task<List<string>> NamesAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var names = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private static async Task<int> ChangedAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
