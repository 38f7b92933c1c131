using System.Text.RegularExpressions;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Guards;

/// <summary>The rules of the database model: who owns a row, what tables and columns are called, what may lead to another module.</summary>
public sealed partial class ModelTests
{
    /// <summary>The closed list of what belongs to no organisation.</summary>
    internal static readonly Dictionary<string, string> OutsideTenancy = new()
    {
        ["identity_setup_links"] = "the link of the first run is made before there is any organisation",
        ["platform_guesses"] = "a wrong guess is counted before anybody knows whose address it is at",
        ["notices_links"] = "who follows a link in a mail is known by nothing else",
        ["notices_opt_outs"] = "hangs on a person, who may be told of another organisation's matters",
        ["platform_data_protection_keys"] = "keys of the service itself, wrapped by the service key",
    };

    private static readonly IModel Model = ReadModel();

    [Fact]
    public void Every_entity_belongs_to_an_organisation_or_stands_on_the_closed_list() =>
        Nothing.In(Model.GetEntityTypes().Where(type => !type.ClrType.IsAssignableTo(typeof(ITenantOwned)) && !type.ClrType.IsAssignableTo(typeof(IStandingView)) && !OutsideTenancy.ContainsKey(type.GetTableName() ?? ""))
            .Select(type => $"{type.ClrType.FullName} ({type.GetTableName()})"));

    [Fact]
    public void The_closed_list_names_no_table_that_is_gone() => Nothing.In(OutsideTenancy.Keys.Except(Model.GetEntityTypes().Select(type => type.GetTableName()!)));

    [Fact]
    public void Every_entity_of_an_organisation_carries_the_named_filter() =>
        Nothing.In(Model.GetEntityTypes().Where(type => (type.ClrType.IsAssignableTo(typeof(ITenantOwned)) || type.ClrType.IsAssignableTo(typeof(IStandingView))) && type.GetDeclaredQueryFilters().All(filter => filter.Key != DeskwardContext.TenantFilter))
            .Select(type => type.ClrType.FullName!));

    [Fact]
    public void Tables_carry_the_prefix_of_their_module() =>
        Nothing.In(Model.GetEntityTypes().Where(type => !HasPrefix(NameOf(type), type.ClrType)).Select(type => $"{NameOf(type)} of {type.ClrType.FullName}"));

    [Fact]
    public void Names_are_snake_case() =>
        Nothing.In(Model.GetEntityTypes().SelectMany(type => type.GetProperties().Select(property => property.GetColumnName()).Append(NameOf(type))).Where(name => !IsSnakeCase(name)));

    [Fact]
    public void No_relation_leaves_its_module() =>
        Nothing.In(Model.GetEntityTypes().SelectMany(type => type.GetForeignKeys()).Where(key => key.DeclaringEntityType.ClrType.Namespace != key.PrincipalEntityType.ClrType.Namespace)
            .Select(key => $"{key.DeclaringEntityType.DisplayName()} -> {key.PrincipalEntityType.DisplayName()}"));

    [Fact]
    public void Enumerations_are_stored_as_words() =>
        Nothing.In(Model.GetEntityTypes().SelectMany(type => type.GetProperties()).Where(property => (Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType).IsEnum
            && property.GetTypeMapping().Converter?.ProviderClrType != typeof(string)).Select(property => $"{property.DeclaringType.DisplayName()}.{property.Name}"));

    [Theory]
    [InlineData("audit_entries", typeof(Audit.AuditEntry), true)]
    [InlineData("entries", typeof(Audit.AuditEntry), false)]
    [InlineData("desired_documents", typeof(DesiredState.Document), true)]
    [InlineData("devices_documents", typeof(DesiredState.Document), false)]
    public void A_table_with_a_foreign_prefix_is_found(string table, Type type, bool right) => Assert.Equal(right, HasPrefix(table, type));

    [Theory]
    [InlineData("tenant_id", true)]
    [InlineData("TenantId", false)]
    [InlineData("tenant__id", false)]
    public void A_name_in_another_spelling_is_found(string name, bool right) => Assert.Equal(right, IsSnakeCase(name));

    /// <summary>The prefix is the first word of the folder: <c>desired</c> for DesiredState.</summary>
    private static bool HasPrefix(string? table, Type type)
    {
        var folder = type.Assembly == typeof(Modules).Assembly ? Boundaries.FolderOf(type.FullName!)! : type.Namespace!.Contains("Identity", StringComparison.Ordinal) ? "Identity" : "Platform";
        return table?.StartsWith(Word().Match(folder).Value.ToLowerInvariant() + "_", StringComparison.Ordinal) == true;
    }

    private static string NameOf(IReadOnlyEntityType type) => (type.GetTableName() ?? type.GetViewName())!;

    private static bool IsSnakeCase(string name) => Snake().IsMatch(name);

    [GeneratedRegex("^[A-Z][a-z]+")]
    private static partial Regex Word();

    [GeneratedRegex("^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
    private static partial Regex Snake();

    private static IModel ReadModel()
    {
        using var db = new PostgresDesignTime().CreateDbContext([]);
        return db.Model;
    }
}
