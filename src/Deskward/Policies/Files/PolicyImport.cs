using System.IO.Compression;
using System.Text.Json;
using Deskward.Platform;
using Deskward.Protocol.Intune;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Policies.Files;

/// <summary>A policy that came from a file: what became of each of its settings, and what still waits for a template.</summary>
public sealed class PolicyImport : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    /// <summary>The file it came from last.</summary>
    public string FileName { get; set; } = "";

    public ImportedKind Kind { get; init; }

    /// <summary>The policy's name in the file.</summary>
    public string Name { get; set; } = "";

    /// <summary>Its id where it comes from; null when the file tells none.</summary>
    public string? SourceId { get; init; }

    /// <summary>The policy set that it became; null while nothing of it was taken.</summary>
    public Guid? PolicySetId { get; set; }

    public int Accepted { get; set; }

    public int Changed { get; set; }

    public int NeedsAdmx { get; set; }

    public int NotSupported { get; set; }

    /// <summary>The report: a list of settings as JSON, compressed.</summary>
    public byte[] Report { get; set; } = [];

    /// <summary>SHA-256 over what it told PCs: tells whether the same is imported again.</summary>
    public byte[] LinesHash { get; set; } = [];

    /// <summary>The policy as it stood in the file, wrapped by the service key; null once nothing waits for a template.</summary>
    public byte[]? WrappedSource { get; set; }

    /// <summary>The Entra tenant that was given with it.</summary>
    public Guid? EntraTenant { get; set; }

    public string ImportedBy { get; set; } = "";

    public DateTimeOffset ImportedAt { get; set; }

    public int Version { get; set; }

    /// <summary>What became of each setting.</summary>
    internal IReadOnlyList<ImportedSetting> Settings() => JsonSerializer.Deserialize<ImportedSetting[]>(Packed.Open(Report)) ?? [];

    internal void Tell(ImportedPolicy policy)
    {
        (Accepted, Changed) = (policy.Count(ImportState.Accepted), policy.Count(ImportState.Changed));
        (NeedsAdmx, NotSupported) = (policy.Count(ImportState.NeedsAdmx), policy.Count(ImportState.NotSupported));
        Report = Packed.Close(JsonSerializer.SerializeToUtf8Bytes(policy.Settings));
    }
}

/// <summary>An administrative template that an organisation supplied.</summary>
public sealed class PolicyTemplate : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    /// <summary>Its file name; unique in the organisation without case.</summary>
    public string FileName { get; init; } = "";

    /// <summary><see cref="FileName"/> in upper case.</summary>
    public string FileKey { get; init; } = "";

    /// <summary>The file, compressed.</summary>
    public byte[] Content { get; set; } = [];

    public int Policies { get; set; }

    public string SuppliedBy { get; set; } = "";

    public DateTimeOffset SuppliedAt { get; set; }

    public int Version { get; set; }
}

/// <summary>Bytes in few bytes.</summary>
internal static class Packed
{
    internal static byte[] Close(ReadOnlySpan<byte> bytes)
    {
        var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            brotli.Write(bytes);
        }

        return packed.ToArray();
    }

    internal static byte[] Open(byte[] packed)
    {
        var bytes = new MemoryStream();
        using (var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress))
        {
            brotli.CopyTo(bytes);
        }

        return bytes.ToArray();
    }
}

internal sealed class PolicyImportMapping : IEntityTypeConfiguration<PolicyImport>, IEntityTypeConfiguration<PolicyTemplate>
{
    internal const int LongestName = 260;

    public void Configure(EntityTypeBuilder<PolicyImport> builder)
    {
        builder.ToTable("policies_imports").HasKey(row => row.Id);
        builder.Property(row => row.FileName).HasMaxLength(LongestName);
        builder.Property(row => row.Name).HasMaxLength(LongestName);
        builder.Property(row => row.SourceId).HasMaxLength(100);
        builder.Property(row => row.ImportedBy).HasMaxLength(320);
        builder.Property(row => row.Kind).HasConversion<string>().HasMaxLength(40);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => new { row.TenantId, row.Name });
        builder.HasIndex(row => new { row.TenantId, row.ImportedAt });
    }

    public void Configure(EntityTypeBuilder<PolicyTemplate> builder)
    {
        builder.ToTable("policies_templates").HasKey(row => row.Id);
        builder.Property(row => row.FileName).HasMaxLength(LongestName);
        builder.Property(row => row.FileKey).HasMaxLength(LongestName);
        builder.Property(row => row.SuppliedBy).HasMaxLength(320);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => new { row.TenantId, row.FileKey }).IsUnique();
    }
}
