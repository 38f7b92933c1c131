using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace Deskward.Guards;

/// <summary>
/// A migration that exists never changes: some database has it already and would never hear of it. What is reviewed is a hash of each; a new migration
/// adds a line, and a line that changes is a mistake.
/// </summary>
public sealed class MigrationTests
{
    [Fact]
    public void The_migrations_are_those_that_were_reviewed() => Snapshot.Check("migrations.txt", Sources.All.Where(IsMigration).Select(Line).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_migration_of_both_engines_is_listed() =>
        Assert.Equal(["Postgres", "Sqlite"], Sources.All.Where(IsMigration).Select(file => file.Path.Split('/')[^2]).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void A_migration_that_changed_is_found()
    {
        var before = new SourceFile("src/Deskward/Platform/Migrations/Sqlite/20260101000000_Initial.cs", "CreateTable");
        Assert.Equal(2, Snapshot.Difference([Line(before)], [Line(before with { Text = "CreateTable DropTable" })]).Count());
        Assert.Empty(Snapshot.Difference([Line(before)], [Line(before with { Text = "CreateTable" })]));
    }

    [Theory]
    [InlineData("src/Deskward/Platform/Migrations/Sqlite/20260101000000_Initial.cs", true)]
    [InlineData("src/Deskward/Platform/Migrations/Sqlite/20260101000000_Initial.Designer.cs", false)]
    [InlineData("src/Deskward/Platform/Migrations/Sqlite/SqliteContextModelSnapshot.cs", false)]
    public void What_is_no_migration_may_change(string path, bool isMigration) => Assert.Equal(isMigration, IsMigration(new SourceFile(path, "")));

    private static bool IsMigration(SourceFile file) => file.Path.Contains("/Platform/Migrations/", StringComparison.Ordinal)
        && !file.Path.EndsWith(".Designer.cs", StringComparison.Ordinal) && !file.Path.EndsWith("ModelSnapshot.cs", StringComparison.Ordinal);

    private static string Line(SourceFile file) => $"{string.Join('/', file.Path.Split('/')[^2..])} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file.Text)))}";
}
