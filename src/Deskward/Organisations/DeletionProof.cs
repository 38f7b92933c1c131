using System.Globalization;
using System.Text;
using System.Text.Json;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Organisations;

/// <summary>
/// What is left of a customer that was deleted: the proof, which belongs to the provider. Names no person of the customer. It is written from the beginning of
/// the deletion, so that one that was broken off goes on where it was.
/// </summary>
public sealed class DeletionProof : ITenantOwned
{
    private const string Times = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The provider.</summary>
    public Guid TenantId { get; init; }

    /// <summary>The id that the customer had.</summary>
    public Guid Organisation { get; init; }

    public string Name { get; init; } = "";

    public string Domain { get; init; } = "";

    public DateTimeOffset ApprovedAt { get; init; }

    public string ApprovedBy { get; init; } = "";

    /// <summary>When the customer's data was last taken out before; null: never.</summary>
    public DateTimeOffset? ExportedAt { get; init; }

    public DateTimeOffset BegunAt { get; init; }

    /// <summary>When the tables were empty for the first time; null: not yet.</summary>
    public DateTimeOffset? EmptiedAt { get; set; }

    /// <summary>When the customer itself was deleted; null: it goes on.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    /// <summary>Rows in all.</summary>
    public long Rows { get; set; }

    /// <summary>Rows per table, as a JSON object.</summary>
    public string Counts { get; set; } = "{}";

    /// <summary>The last signed checkpoint of the customer's audit, by which an export of it can still be verified; null when it never had an entry.</summary>
    public string? Checkpoint { get; set; }

    /// <summary>The proof as it can be given away, signed with the key of the provider's audit; null until the end.</summary>
    public string? Document { get; set; }

    /// <summary>Rows per table, by its name.</summary>
    internal SortedDictionary<string, long> ReadCounts() => new(JsonSerializer.Deserialize<Dictionary<string, long>>(Counts)!, StringComparer.Ordinal);

    /// <summary>Adds rows that were deleted from a table.</summary>
    internal void Add(string table, long rows)
    {
        var counts = ReadCounts();
        counts[table] = counts.GetValueOrDefault(table) + rows;
        (Counts, Rows) = (JsonSerializer.Serialize(counts), Rows + rows);
    }

    /// <summary>What is signed, a fact a line.</summary>
    internal string Describe()
    {
        var text = new StringBuilder("Deskward deletion proof 1\n");
        Line("organisation", Organisation.ToString());
        Line("name", string.Concat(Name.Select(letter => char.IsControl(letter) ? ' ' : letter)));
        Line("domain", Domain);
        Line("provider", TenantId.ToString());
        Line("approved", $"{At(ApprovedAt)} by {ApprovedBy}");
        Line("exported", ExportedAt is { } exported ? At(exported) : "never");
        Line("begun", At(BegunAt));
        Line("deleted", At(DeletedAt!.Value));
        Line("rows", Rows.ToString(CultureInfo.InvariantCulture));
        ReadCounts().ToList().ForEach(pair => Line($"rows of {pair.Key}", pair.Value.ToString(CultureInfo.InvariantCulture)));
        foreach (var line in (Checkpoint ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Line("audit", line);
        }

        return text.ToString();

        void Line(string name, string value) => text.Append(name).Append(": ").Append(value).Append('\n');

        static string At(DateTimeOffset at) => at.UtcDateTime.ToString(Times, CultureInfo.InvariantCulture);
    }
}

internal sealed class DeletionProofMapping : IEntityTypeConfiguration<DeletionProof>
{
    public void Configure(EntityTypeBuilder<DeletionProof> builder)
    {
        builder.ToTable("organisations_deletion_proofs").HasKey(row => row.Id);
        builder.Property(row => row.Name).HasMaxLength(200);
        builder.Property(row => row.Domain).HasMaxLength(253);
        builder.Property(row => row.ApprovedBy).HasMaxLength(320);
        builder.HasIndex(row => new { row.TenantId, row.BegunAt });
        builder.HasIndex(row => row.Organisation).IsUnique();
    }
}
