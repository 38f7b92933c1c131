using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Notices;

/// <summary>
/// A person gets a kind of notice in the portal alone. The table belongs to the closed list outside tenancy: it hangs on a person, who may be told
/// of another organisation's matters.
/// </summary>
public sealed class MailOptOut
{
    public Guid PersonId { get; init; }

    /// <summary>Key of the kind.</summary>
    public string Kind { get; init; } = "";
}

internal sealed class MailOptOutMapping : IEntityTypeConfiguration<MailOptOut>
{
    public void Configure(EntityTypeBuilder<MailOptOut> builder)
    {
        builder.ToTable("notices_opt_outs").HasKey(row => new { row.PersonId, row.Kind });
        builder.Property(row => row.Kind).HasMaxLength(80);
    }
}
